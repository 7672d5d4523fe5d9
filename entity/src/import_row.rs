//! One row of an imported file as it stood there, sealed: what a typed record could not take is not lost.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::{
    cadre_sealed::Sealed,
    id::{CadreId, ImportId, ImportRowId},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "import_row")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ImportRowId,
    /// The import.
    pub import_id: ImportId,
    /// The line of the file.
    pub line: i32,
    /// Whom it meant; none where it did not go in.
    pub cadre_id: Option<CadreId>,
    /// Headers and cells, in the order of the columns.
    #[serde(skip)]
    pub cells: Sealed,
    /// The name of the key that it is sealed with.
    pub key_id: String,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
