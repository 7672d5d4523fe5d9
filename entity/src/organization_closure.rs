//! Who stands above whom, at what distance. Derived from `organization` by the writer, in the same transaction.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::OrganizationId;

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "organization_closure")]
pub struct Model {
    /// The organization above, or the same one.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ancestor_id: OrganizationId,
    /// The organization below.
    #[sea_orm(primary_key, auto_increment = false)]
    pub descendant_id: OrganizationId,
    /// Steps between them; 0 for itself.
    pub depth: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
