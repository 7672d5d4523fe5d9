//! A refresh token, by the hash of its text. One use each: it is exchanged for its successor, and all that follow from one sign-in are a family.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::id::{AccountId, RefreshTokenId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "refresh_token")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RefreshTokenId,
    /// Whose.
    pub account_id: AccountId,
    /// The sign-in that it follows from; also the `sid` of the access tokens issued with it.
    pub family_id: Uuid,
    /// Keyed hash of its text.
    #[serde(skip)]
    pub token_hash: String,
    /// Whether the sign-in that it follows from had a second factor.
    pub second_factor: bool,
    /// When the sign-in was that it follows from.
    pub began_at: DateTimeUtc,
    /// When it was issued.
    pub issued_at: DateTimeUtc,
    /// When it ends.
    pub expires_at: DateTimeUtc,
    /// When it was exchanged.
    pub used_at: Option<DateTimeUtc>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
