//! A person's part in a mentoring pair.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{CadreId, PairId, PairPartId},
    kind::{PairRole, PairSide},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pair_part")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PairPartId,
    /// The pair.
    pub pair_id: PairId,
    /// The person.
    pub cadre_id: CadreId,
    /// Mentor or mentee.
    pub side: PairSide,
    /// As what.
    pub role: PairRole,
    /// Since when, once the pair is active.
    pub joined_on: Option<Date>,
    /// Since when no more, where the person left before the pair ended.
    pub left_on: Option<Date>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
