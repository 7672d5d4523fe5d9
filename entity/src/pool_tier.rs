//! A tier of a reserve pool.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{PoolId, PoolTierId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pool_tier")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PoolTierId,
    /// The pool.
    pub pool_id: PoolId,
    /// Code, unique within the pool.
    pub code: String,
    /// Name.
    pub name: String,
    /// How many persons the tier aims at.
    pub target_count: i32,
    /// Position among the tiers, from 1.
    pub ordinal: i32,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
