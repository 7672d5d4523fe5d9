//! A part of a file that came in, sealed: any process may put the file together again.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::{
    cadre_sealed::Sealed,
    id::{UploadId, UploadPartId},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "upload_part")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: UploadPartId,
    /// The file.
    pub upload_id: UploadId,
    /// Which part, from 0.
    pub place: i32,
    /// Its bytes.
    #[serde(skip)]
    pub content: Sealed,
    /// The name of the key that it is sealed with.
    pub key_id: String,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
