//! One finding of an import: how bad, where, what is wrong, what to do; and whom an ambiguous row could mean.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{ImportFindingId, ImportId},
    kind::ImportSeverity,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "import_finding")]
pub struct Model {
    /// Key; later findings have later ones.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportFindingId,
    /// The import.
    pub import_id: ImportId,
    /// Its place among the findings, from 1.
    pub ordinal: i32,
    /// How bad.
    pub severity: ImportSeverity,
    /// The line of the file; none for the file as a whole.
    pub line: Option<i32>,
    /// The header of the column as in the file; none for the line as a whole.
    pub header: Option<String>,
    /// What kind of finding.
    pub code: String,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Keys of the persons whom an ambiguous row could mean, parted by commas.
    pub candidates: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
