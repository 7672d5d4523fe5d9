//! One import of a file: which one, by whom, what came of it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, ImportId, OrganizationId},
    kind::{ImportKind, ImportMode},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "import")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportId,
    /// What kind of file it is.
    pub kind: ImportKind,
    /// The organization whose people the file lists.
    pub organization_id: OrganizationId,
    /// What the file is called.
    pub file_name: String,
    /// SHA-256 of the file in hexadecimal.
    pub file_hash: String,
    /// Whether a row that can't go in keeps the others out.
    pub mode: ImportMode,
    /// Rows of people in the file, good and bad.
    pub rows_read: i32,
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
    /// When.
    pub imported_at: DateTimeUtc,
    /// By whom; none for a job of the command line.
    pub imported_by: Option<AccountId>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
