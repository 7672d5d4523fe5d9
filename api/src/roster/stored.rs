//! Imports as the registry keeps them, and who may see them.
//!
//! An import is for the officers who may import for that organization. The sealed rows follow it, and no question yields
//! them.

use entity::{id::OrganizationId, import, kind::Role};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    db::gate::{Alias, Gate, Visible},
    error::Action,
    questions,
};

impl Visible for import::Entity {
    /// Within reach of an organization officer.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        gate.under(at.col(import::Column::OrganizationId), &[Role::OrganizationOfficer])
    }
}

/// Which imports to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportsAmong {
    /// Into this organization.
    pub organization: Option<OrganizationId>,
}

impl questions::Among for ImportsAmong {
    type Entity = import::Entity;
    const ACTION: Action = Action::RosterImportRead;
    const LIST: &'static str = "import.list";
    const COUNT: &'static str = "import.count";
    fn by_name() -> import::Column {
        import::Column::Id
    }
    fn condition(&self, _: &Gate) -> Condition {
        let at = Alias::own::<import::Entity>();
        Condition::all().add_option(self.organization.map(|it| at.col(import::Column::OrganizationId).eq(it)))
    }
}

crate::belonging! {
    /// Imports by their own keys.
    Imports = import by Id(id: entity::id::ImportId), ordered Id, RosterImportRead, "roster.import_by_id";
}
