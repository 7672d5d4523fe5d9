//! Questions about what an edition would do before anybody publishes it: whom another edition would touch, and how it comes out
//! over a whole pool or place.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::{
    cadre,
    id::{OrganizationId, PolicyEditionId, PoolId},
    kind::{CadreStatus, MembershipState},
    pool_membership,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    db::{
        connect::Plans,
        gate::{Alias, Gate},
        reader::Reader,
        session::Query,
    },
    eligibility::condition::Conditions,
    error::{Action, Result},
    kernel::{need::Need, outcome::Outcome},
    organization::read::below,
    questions,
};

/// Who meets one edition and does not, for certain, meet another.
#[derive(Clone, Serialize)]
pub struct Touched {
    /// Who is met by this one,
    pub met_by: (PolicyEditionId, i32),
    /// and not by this one.
    pub not_by: (PolicyEditionId, i32),
    /// Whose policy it is.
    pub under: OrganizationId,
    /// On which day.
    pub on: NaiveDate,
    /// What the first asks.
    #[serde(skip)]
    pub met: Arc<Need>,
    /// What the other asks.
    #[serde(skip)]
    pub not: Arc<Need>,
}

impl questions::Among for Touched {
    type Entity = cadre::Entity;
    const ACTION: Action = Action::EligibilityRead;
    const PLANS: Plans = Plans::Anew;
    const LIST: &'static str = "eligibility.touched";
    const COUNT: &'static str = "eligibility.touched_count";
    fn by_name() -> cadre::Column {
        cadre::Column::NameSort
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let (person, by) = (Alias::own::<cadre::Entity>(), Conditions::new(gate, self.on));
        Condition::all()
            .add(person.col(cadre::Column::OrganizationId).in_subquery(below(gate, self.under)))
            .add(person.col(cadre::Column::Status).eq(CadreStatus::InPost))
            .add(by.come(&self.met, Outcome::Met))
            .add(by.come(&self.not, Outcome::Met).not())
    }
}

/// Whether the caller may see how editions come out at all.
pub struct MayTry;

impl Query for MayTry {
    const ACTION: Action = Action::EligibilityRead;
    type Answer = ();
    async fn load(&self, _: &Reader<'_>) -> Result<()> {
        Ok(())
    }
}

/// Over whom an edition is tried.
#[derive(Clone, Copy, Debug)]
pub enum Over {
    /// The members of a pool.
    Pool(PoolId),
    /// Everybody in post at or below an organization.
    Place(OrganizationId),
}

/// How needs come out over some people, each counted by one statement.
pub struct Trial {
    /// Over whom.
    pub over: Over,
    /// On which day.
    pub on: NaiveDate,
    /// What is asked, by the code of the criterion.
    pub needs: Vec<(String, Need)>,
}

/// How one need comes out over them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tried {
    /// Code of the criterion.
    pub code: String,
    /// How many meet it.
    pub met: u64,
    /// How many do not.
    pub not_met: u64,
}

impl Query for Trial {
    const ACTION: Action = Action::EligibilityRead;
    const PLANS: Plans = Plans::Anew;
    /// Over how many, and each.
    type Answer = (u64, Vec<Tried>);
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let all = reader.find::<cadre::Entity>().filter(self.whom(reader.gate())).count().await?;
        let mut tried = Vec::new();
        for (code, need) in &self.needs {
            let mut counts = [0, 0];
            for (count, outcome) in counts.iter_mut().zip([Outcome::Met, Outcome::NotMet]) {
                let come = Conditions::new(reader.gate(), self.on).come(need, outcome);
                *count = reader.find::<cadre::Entity>().filter(self.whom(reader.gate())).filter(come).count().await?;
            }
            let [met, not_met] = counts;
            tried.push(Tried { code: code.clone(), met, not_met });
        }
        Ok((all, tried))
    }
}

impl Trial {
    fn whom(&self, gate: &Gate) -> Condition {
        let person = Alias::own::<cadre::Entity>();
        match self.over {
            Over::Place(place) => Condition::all()
                .add(person.col(cadre::Column::OrganizationId).in_subquery(below(gate, place)))
                .add(person.col(cadre::Column::Status).eq(CadreStatus::InPost)),
            Over::Pool(pool) => {
                let at = Alias::named("tried_member");
                let held = [MembershipState::Confirmed, MembershipState::Warned];
                let mut people = gate.visible::<pool_membership::Entity>(pool_membership::Column::CadreId, &at);
                people.and_where(at.col(pool_membership::Column::PoolId).eq(pool));
                people.and_where(at.col(pool_membership::Column::State).is_in(held));
                Condition::all().add(person.col(cadre::Column::Id).in_subquery(people))
            }
        }
    }
}
