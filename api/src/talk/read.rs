//! Questions about talks and what was raised in them, and who may see their rows; what is due stands in `due`.
//!
//! A talk is for those in reach of the organization whose people hold it, and for the person: who heads the unit does not learn
//! that somebody asked for a talk higher up. Nothing of what was said is kept, so nobody sees it.

pub mod due;

use chrono::NaiveDate;
use entity::{
    id::{CadreId, OrganizationId, TalkId, TalkIssueId},
    kind::{Role, TalkState},
    talk, talk_issue,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    belonging,
    cadre::read::{ROWS, names_cleared},
    db::gate::{Alias, Gate, Visible},
    error::Action,
    follows,
    organization::read::below,
    questions,
};

impl Visible for talk::Entity {
    /// Held by an organization within reach, or one's own. With nobody above the secrecy ceiling.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let person = at.col(talk::Column::CadreId);
        let own = gate.scope().person(&[Role::Cadre]).map(|mine| person.clone().eq(mine));
        let held = gate.under(at.col(talk::Column::OrganizationId), ROWS);
        let some = Condition::any().add(held).add_option(own);
        Condition::all().add(some).add(names_cleared(person, gate))
    }
}

follows!(talk_issue.TalkId => talk);

/// Which talks to list; several conditions must all hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TalksAmong {
    /// Held by people of this organization or one below it.
    pub under: Option<OrganizationId>,
    /// With this person.
    pub cadre: Option<CadreId>,
    /// In these states.
    pub states: Option<Vec<TalkState>>,
    /// Overdue on this day.
    pub overdue: Option<NaiveDate>,
}

impl questions::Among for TalksAmong {
    type Entity = talk::Entity;
    const ACTION: Action = Action::TalkRead;
    const LIST: &'static str = "talk.list";
    const COUNT: &'static str = "talk.count";
    fn by_name() -> talk::Column {
        talk::Column::Id
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<talk::Entity>();
        let place = at.col(talk::Column::OrganizationId);
        Condition::all()
            .add_option(self.under.map(|it| place.in_subquery(below(gate, it))))
            .add_option(self.cadre.map(|it| at.col(talk::Column::CadreId).eq(it)))
            .add_option(self.states.clone().map(|all| at.col(talk::Column::State).is_in(all)))
            .add_option(self.overdue.map(|day| overdue(&at, day)))
    }
}

/// As `rules::overdue`.
fn overdue(at: &Alias, day: NaiveDate) -> Condition {
    let waits = [
        (TalkState::Requested, talk::Column::AnswerBy),
        (TalkState::Fixed, talk::Column::FixedFor),
        (TalkState::Held, talk::Column::FollowUpOn),
    ];
    waits.into_iter().fold(Condition::any(), |any, (state, due)| {
        any.add(Condition::all().add(at.col(talk::Column::State).eq(state)).add(at.col(due).lt(day)))
    })
}

belonging! {
    /// Talks by their own keys.
    Talks = talk by Id(id: TalkId), ordered Id, TalkRead, "talk.by_id";
    /// What was raised in talks, oldest first.
    IssuesOfTalks = talk_issue by TalkId(talk_id: TalkId), ordered Id, TalkRead, "talk.issues";
    /// What was raised in talks, by its own keys.
    Issues = talk_issue by Id(id: TalkIssueId), ordered Id, TalkRead, "talk.issue_by_id";
}
