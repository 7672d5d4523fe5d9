//! The second factor of an account: the secret of its one-time codes, and the last of them that was used.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::{
    cadre_sealed::Sealed,
    id::{AccountId, FactorId},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "account_factor")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: FactorId,
    /// Whose.
    pub account_id: AccountId,
    /// The secret that the codes follow from.
    #[serde(skip)]
    pub secret: Sealed,
    /// The name of the key that it is sealed with.
    pub key_id: String,
    /// The step of 30 seconds since 1970 whose code was used last: codes up to it are refused.
    pub last_step: i32,
    /// When it was set.
    pub set_at: DateTimeUtc,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
