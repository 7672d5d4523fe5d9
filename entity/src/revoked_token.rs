//! An access token, or a family of them, that is refused before its time.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::id::{AccountId, RevocationId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "revoked_token")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: RevocationId,
    /// Whose.
    pub account_id: AccountId,
    /// The token's `jti` or the family's `sid`.
    pub token_id: Uuid,
    /// When the last token that it concerns has ended by itself.
    pub expires_at: DateTimeUtc,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
