//! How many people in post of what kind stand under whom. Derived from `cadre` and `organization_closure` by the database
//! itself; a kind may have several rows, of which the sum counts. An unknown level or authority is an empty text, an unknown
//! year 0.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::OrganizationId;

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "cadre_tally")]
pub struct Model {
    /// The organization with all below it.
    #[sea_orm(primary_key, auto_increment = false)]
    pub ancestor_id: OrganizationId,
    /// Current level.
    #[sea_orm(primary_key, auto_increment = false)]
    pub position_level: String,
    /// Sex.
    #[sea_orm(primary_key, auto_increment = false)]
    pub sex: String,
    /// Year of birth.
    #[sea_orm(primary_key, auto_increment = false)]
    pub birth_year: i32,
    /// Who manages them.
    #[sea_orm(primary_key, auto_increment = false)]
    pub management_authority: String,
    /// Secrecy level of the records.
    #[sea_orm(primary_key, auto_increment = false)]
    pub secrecy_level: String,
    /// How many, or by how many there are more or fewer.
    pub people: i32,
    /// Whether it is a sum, and no difference that is to be summed up yet.
    pub folded: bool,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
