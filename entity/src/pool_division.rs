//! A track, category or maturity of a reserve pool.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{PoolDivisionId, PoolId},
    kind::PoolAxis,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pool_division")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PoolDivisionId,
    /// The pool.
    pub pool_id: PoolId,
    /// By what it divides.
    pub axis: PoolAxis,
    /// Code, unique on the axis within the pool.
    pub code: String,
    /// Name.
    pub name: String,
    /// How many persons it aims at; none where it has no target.
    pub target_count: Option<i32>,
    /// Position on its axis, from 1.
    pub ordinal: i32,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
