//! A file that is on its way in, or came in and waits to be imported.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, OrganizationId, UploadId},
    kind::ImportKind,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UploadId,
    /// What kind of file it is.
    pub kind: ImportKind,
    /// The organization whose people the file is about.
    pub organization_id: OrganizationId,
    /// Whose it is.
    pub account_id: AccountId,
    /// What the file is called.
    pub file_name: String,
    /// Its length in bytes, as it was announced.
    pub size: i32,
    /// SHA-256 in hexadecimal: what was announced, then what came.
    pub sha256: Option<String>,
    /// Until when its address is good.
    pub expires_at: DateTimeUtc,
    /// The token that it was announced with, where it may be revoked.
    pub token_id: Option<Uuid>,
    /// The sign-in that the token follows from, where there is one.
    pub sign_in_id: Option<Uuid>,
    /// When it came; none before.
    pub received_at: Option<DateTimeUtc>,
    /// From when on it is removed.
    pub kept_until: DateTimeUtc,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
