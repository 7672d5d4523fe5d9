//! One finding of a run: how bad, where, what is wrong and what to do.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{ImportFindingId, ImportRunId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "import_finding")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportFindingId,
    /// The run.
    pub run_id: ImportRunId,
    /// How bad, in the word of the report.
    pub severity: String,
    /// What kind, in the word of the report.
    pub code: String,
    /// The number of the form in its archive, from 1; none in a roster.
    pub form: Option<i32>,
    /// The line of the file; none for the file as a whole.
    pub line: Option<i32>,
    /// The header of the column; none for the line as a whole.
    pub header: Option<String>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: String,
    /// Keys of the persons whom the line could mean, apart by commas.
    #[sea_orm(column_type = "Text", nullable)]
    pub candidates: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
