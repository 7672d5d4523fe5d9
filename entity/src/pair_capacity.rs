//! How many mentees a mentor and how many mentors a mentee may have under an organization, from a day on.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganizationId, PairCapacityId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pair_capacity")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PairCapacityId,
    /// The organization that says so, for itself and all below it.
    pub organization_id: OrganizationId,
    /// How many mentees a mentor may have; none for no limit.
    pub mentees_per_mentor: Option<i32>,
    /// How many mentors a mentee may have; none for no limit.
    pub mentors_per_mentee: Option<i32>,
    /// From when.
    pub valid_from: Date,
    /// Until when, exclusive; none while it holds.
    pub valid_to: Option<Date>,
    /// Who set it.
    pub set_by: Option<AccountId>,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
