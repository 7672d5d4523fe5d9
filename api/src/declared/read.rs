//! Questions about facts that policies declare, and waivers of their criteria, and who may see their rows.
//!
//! Both speak of a person like a formal finding does: they are for those who decide about the person, and for the person.
//! What is declared of an organization is for those who decide in it.

use chrono::NaiveDate;
use entity::{
    cadre, criterion_waiver, declared_fact,
    id::{CadreId, CriterionWaiverId, DeclaredFactId, OrganizationId},
    kind::{FactState, Role},
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;

use crate::{
    belonging,
    cadre::read::{cleared, kept},
    career::read::DECIDING,
    db::gate::{Alias, Gate, Visible},
    error::Action,
    organization::read::below,
    questions,
};

/// That a person is one about whom the caller decides, tier and ceiling included, or the caller.
pub fn decided_about(person: Expr, gate: &Gate) -> Condition {
    let at = Alias::named("decided_about");
    let reached = Condition::all().add(kept(&at, gate, DECIDING)).add(cleared(&at, gate));
    let own = gate.scope().person(&[Role::Cadre]).map(|mine| person.clone().eq(mine));
    Condition::any().add(gate.some::<cadre::Entity>(cadre::Column::Id, &at, person, reached)).add_option(own)
}

impl Visible for declared_fact::Entity {
    /// Of people whom the caller decides about, one's own, and of organizations where the caller decides.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let person = at.col(declared_fact::Column::CadreId);
        let place = Condition::all()
            .add(person.clone().is_null())
            .add(gate.under(at.col(declared_fact::Column::OrganizationId), DECIDING));
        Condition::any().add(decided_about(person, gate)).add(place)
    }
}

impl Visible for criterion_waiver::Entity {
    /// Of people whom the caller decides about, and one's own.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        decided_about(at.col(criterion_waiver::Column::CadreId), gate)
    }
}

/// Which declared facts to list; several conditions must all hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct FactsAmong {
    /// Of this person.
    pub cadre: Option<CadreId>,
    /// Of organizations at or below this one, or of people whom they kept then.
    pub under: Option<OrganizationId>,
    /// Of this code.
    pub code: Option<String>,
    /// That hold on this day.
    pub on: Option<NaiveDate>,
}

impl questions::Among for FactsAmong {
    type Entity = declared_fact::Entity;
    const ACTION: Action = Action::DeclaredFactRead;
    const LIST: &'static str = "declared.list";
    const COUNT: &'static str = "declared.count";
    fn by_name() -> declared_fact::Column {
        declared_fact::Column::Id
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<declared_fact::Entity>();
        let place = at.col(declared_fact::Column::OrganizationId);
        Condition::all()
            .add_option(self.cadre.map(|it| at.col(declared_fact::Column::CadreId).eq(it)))
            .add_option(self.under.map(|it| place.in_subquery(below(gate, it))))
            .add_option(self.code.as_deref().map(|it| at.col(declared_fact::Column::Code).eq(it)))
            .add_option(self.on.map(|day| in_force(&at, day)))
    }
}

/// That a declared fact is in force on a day.
pub fn in_force(at: &Alias, on: NaiveDate) -> Condition {
    let until = at.col(declared_fact::Column::ValidTo);
    Condition::all()
        .add(at.col(declared_fact::Column::State).eq(FactState::Recorded))
        .add(at.col(declared_fact::Column::ValidFrom).lte(on))
        .add(Condition::any().add(until.clone().is_null()).add(until.gt(on)))
}

belonging! {
    /// Declared facts by their own keys.
    DeclaredFacts = declared_fact by Id(id: DeclaredFactId), ordered Id, DeclaredFactRead, "declared.by_id";
    /// Waivers by their own keys.
    Waivers = criterion_waiver by Id(id: CriterionWaiverId), ordered Id, DeclaredFactRead, "declared.waiver_by_id";
}
