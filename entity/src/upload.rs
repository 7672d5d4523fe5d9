//! A file that is on its way in, or came in and waits to be imported.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, OrganizationId, UploadId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "upload")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UploadId,
    /// The organization whose people the file lists.
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
