//! Imports as the registry keeps them, and who may see them.
//!
//! An import and its findings are for the officers who may import for that organization. The sealed rows follow it, and
//! no question yields them.

use entity::{import, kind::Role};
use sea_orm::Condition;

use crate::db::gate::{Alias, Gate, Visible};

impl Visible for import::Entity {
    /// Within reach of an organization officer.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        gate.under(at.col(import::Column::OrganizationId), &[Role::OrganizationOfficer])
    }
}
