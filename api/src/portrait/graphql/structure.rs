//! What a move would change, in the schema.

use async_graphql::{Enum, SimpleObject};
use chrono::NaiveDate;
use entity::{cadre, organization};

use crate::{
    cadre::graphql::CadreCard,
    edition::graphql::PolicyFinding,
    organization::graphql::Organization,
    portrait::{
        read::Units,
        rules::structure::{self, Change, Count, counts},
    },
    relay::Date,
};

/// By what the people of a unit are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "structure::By")]
pub enum StructureBy {
    /// All of them.
    All,
    /// By 职务层次.
    Level,
    /// By age band.
    AgeBand,
    /// By sex.
    Sex,
}

/// How many of a kind a unit has, and would have.
#[derive(SimpleObject)]
pub struct StructureCount {
    /// By what it is counted.
    by: StructureBy,
    /// Which level, age band or sex, as the enums of the schema name them; null of all people, and where it is not known.
    code: Option<&'static str>,
    /// How many there are.
    before: u32,
    /// How many there would be.
    after: u32,
}

/// One unit of a move, before and after.
#[derive(SimpleObject)]
pub struct StructureChange {
    /// The unit; `headcount` tells of its posts on the request's day.
    organization: Organization,
    /// The counts of all its people, then by level, age band and sex.
    counts: Vec<StructureCount>,
}

/// What a move that nobody makes would change in the structure of two units (模拟调整).
#[derive(SimpleObject)]
pub struct MoveSimulation {
    /// The person's short card.
    cadre: CadreCard,
    /// The day on which ages are told; who is kept where is told as it is now.
    as_of: Date,
    /// The unit that keeps the person.
    from: StructureChange,
    /// The unit where the person would go.
    to: StructureChange,
    /// What the goals of the policy say: each that is short where the person would go, and would stay so. Empty without one.
    findings: Vec<PolicyFinding>,
}

impl MoveSimulation {
    /// Of the two units.
    pub(super) fn of(it: Units, on: NaiveDate) -> Self {
        let change = |unit: organization::Model, change: Change| {
            let own: Vec<&cadre::Model> = it.people.iter().filter(|one| one.organization_id == unit.id).collect();
            let counts = counts(&own, &it.cadre, change, on).into_iter().map(StructureCount::from).collect();
            StructureChange { organization: Organization(unit), counts }
        };
        let (from, to) = (change(it.from, Change::Leaves), change(it.to, Change::Comes));
        let findings = it.findings.into_iter().map(PolicyFinding).collect();
        Self { cadre: CadreCard(it.cadre), as_of: Date(on), from, to, findings }
    }
}

impl From<Count> for StructureCount {
    fn from(it: Count) -> Self {
        Self { by: it.by.into(), code: it.code, before: it.before, after: it.after }
    }
}
