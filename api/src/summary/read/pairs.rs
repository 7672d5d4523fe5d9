//! Counts over mentoring pairs.

use chrono::NaiveDate;
use entity::{
    id::OrganizationId,
    kind::{PairForm, PairState},
    mentoring_pair,
};
use sea_orm::{
    Condition,
    sea_query::{CaseStatement, Expr, ExprTrait},
};
use serde::{Deserialize, Serialize};

use crate::{
    db::{
        gate::Alias,
        reader::Reader,
        session::{Query, Remember},
    },
    error::{Action, Result},
    organization::read::below,
    summary::read::{Keys, at_own_level, then, told},
};

/// By what to count pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum PairGroupBy {
    /// By state.
    State,
    /// By form.
    Form,
    /// By whether a contact is overdue.
    Overdue,
}

/// Counts of the pairs that an organization and those below it keep.
#[derive(Serialize)]
pub struct SummarizePairs {
    /// The organization, with all below it.
    pub organization: OrganizationId,
    /// By what, each once.
    pub group_by: Vec<PairGroupBy>,
    /// The day of which it tells.
    pub as_of: NaiveDate,
    /// Whether that day is over: then the steps and contacts up to it tell, and the pairs otherwise.
    pub past: bool,
}

/// One count of pairs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PairCell {
    /// The state; none where it is not grouped by.
    pub state: Option<PairState>,
    /// The form; none where it is not grouped by.
    pub form: Option<PairForm>,
    /// Whether a contact is overdue; none where it is not grouped by.
    pub overdue: Option<bool>,
    /// How many; none where it is suppressed.
    pub count: Option<i64>,
}

impl Query for SummarizePairs {
    const ACTION: Action = Action::SummaryRead;
    type Answer = Vec<PairCell>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        at_own_level(reader, self.organization).await?;
        let (at, gate) = (Alias::own::<mentoring_pair::Entity>(), reader.gate());
        let late = Condition::all()
            .add(at.col(mentoring_pair::Column::State).eq(PairState::Active))
            .add(at.col(mentoring_pair::Column::NextContactDue).lt(self.as_of));
        let key = |by: &PairGroupBy| match by {
            PairGroupBy::State if self.past => then::pair_state(&at, gate, self.as_of),
            PairGroupBy::State => at.col(mentoring_pair::Column::State),
            PairGroupBy::Form => at.col(mentoring_pair::Column::Form),
            PairGroupBy::Overdue if self.past => then::pair_course(&at, gate, self.as_of),
            PairGroupBy::Overdue => {
                CaseStatement::new().case(late.clone(), Expr::cust("'YES'")).finally(Expr::cust("'NO'")).into()
            }
        };
        let keys: Vec<Expr> = self.group_by.iter().map(key).collect();
        let keeper = at.col(mentoring_pair::Column::OrganizationId);
        let there = self.past.then(|| then::pair_state(&at, gate, self.as_of).is_not_null());
        let among = Condition::all().add(keeper.in_subquery(below(gate, self.organization))).add_option(there);
        let measure = at.col(mentoring_pair::Column::Id).count();
        let rows = told::<mentoring_pair::Entity>(reader, among, &keys, measure, |keys| self.folded(keys)).await?;
        let mut cells: Vec<PairCell> = rows.into_iter().map(|(keys, count)| self.cell(&keys, count)).collect();
        cells.sort_by_key(|it| (it.state, it.form, it.overdue));
        Ok(cells)
    }
}

impl Remember for SummarizePairs {
    const NAME: &'static str = "summary.pairs";
    const TTL_S: u64 = 300;
}

impl SummarizePairs {
    /// The cell of a group: on a day that is over, groups are as fine as the courses of pairs.
    fn folded(&self, mut keys: Keys) -> Keys {
        if self.past {
            for (_, key) in self.group_by.iter().zip(&mut keys).filter(|(by, _)| **by == PairGroupBy::Overdue) {
                let late = key.as_deref().is_some_and(|course| then::was_overdue(course, self.as_of));
                *key = Some(if late { "YES" } else { "NO" }.to_owned());
            }
        }
        keys
    }

    fn cell(&self, keys: &[Option<String>], count: Option<i64>) -> PairCell {
        let text = |by: PairGroupBy| {
            let place = self.group_by.iter().position(|it| *it == by)?;
            keys.get(place)?.as_deref()
        };
        PairCell {
            state: text(PairGroupBy::State).and_then(PairState::parse),
            form: text(PairGroupBy::Form).and_then(PairForm::parse),
            overdue: text(PairGroupBy::Overdue).map(|it| it == "YES"),
            count,
        }
    }
}
