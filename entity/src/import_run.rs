//! One run of an import that was asked for through the API: how far it is, and what came of it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, ImportId, ImportRunId, OrganizationId, UploadId},
    kind::{ImportFailure, ImportKind, ImportMode, ImportState},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "import_run")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportRunId,
    /// What kind of file it is.
    pub kind: ImportKind,
    /// The organization whose people the file is about.
    pub organization_id: OrganizationId,
    /// Who asked for it.
    pub account_id: AccountId,
    /// The file; its row may be gone.
    pub upload_id: UploadId,
    /// What went in; none where nothing did.
    pub import_id: Option<ImportId>,
    /// What the file is called.
    pub file_name: String,
    /// SHA-256 of the file in hexadecimal.
    pub file_hash: String,
    /// Whether a row that can't go in keeps the others out.
    pub mode: ImportMode,
    /// Whether it is only tried.
    pub dry_run: bool,
    /// Where it stands.
    pub state: ImportState,
    /// Why it failed; none where it did not.
    pub failure: Option<ImportFailure>,
    /// Rows of people in the file, good and bad.
    pub rows_read: i32,
    /// Rows to go in.
    pub rows_total: i32,
    /// New persons.
    pub added: i32,
    /// Persons whose record or facts changed.
    pub changed: i32,
    /// Persons of whom everything was recorded already.
    pub unchanged: i32,
    /// Rows that a decision left out.
    pub skipped: i32,
    /// Errors that were found.
    pub errors: i32,
    /// Warnings.
    pub warnings: i32,
    /// Hints.
    pub hints: i32,
    /// The process that does it.
    pub process: Uuid,
    /// When that process last said that it is alive.
    pub beaten_at: DateTimeUtc,
    /// When it was asked for.
    pub requested_at: DateTimeUtc,
    /// When it ended.
    pub ended_at: Option<DateTimeUtc>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
