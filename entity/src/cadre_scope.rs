//! Who stands under whom, and at which level. Derived from `cadre` and `organization_closure` by the database itself.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{CadreId, OrganizationId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "cadre_scope")]
pub struct Model {
    /// The organization that keeps the person, or one above it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ancestor_id: OrganizationId,
    /// The person.
    #[sea_orm(primary_key, auto_increment = false)]
    pub cadre_id: CadreId,
    /// The person's current level, as its column there writes it.
    pub position_level: Option<String>,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
