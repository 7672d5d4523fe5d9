//! What an account signs in with: the Argon2id hash of a password or of a client's secret, never the secret.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::id::{AccountId, CredentialId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "account_credential")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CredentialId,
    /// Whose.
    pub account_id: AccountId,
    /// Argon2id in PHC form. Never serialized, so neither cached nor audited.
    #[serde(skip)]
    pub secret_hash: String,
    /// When it was set.
    pub set_at: DateTimeUtc,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
