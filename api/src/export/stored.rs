//! Files that went out, as the registry keeps them, and who may see that they did.

use entity::{export, kind::Role};
use sea_orm::Condition;

use crate::db::gate::{Alias, Gate, Visible};

impl Visible for export::Entity {
    /// Within reach of an organization officer.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        gate.under(at.col(export::Column::OrganizationId), &[Role::OrganizationOfficer])
    }
}
