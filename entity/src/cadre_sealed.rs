//! A sensitive value of a cadre, as ciphertext; a keyed hash beside it serves matching and uniqueness.
//!
//! `Sealed` has neither `Serialize` nor a telling `Debug`, so a value can't reach a cache, a log line or the audit
//! trail; the row is never part of an answer, only the value that the door opens for a stated purpose.

use sea_orm::{DeriveValueType, entity::prelude::*};
use serde::Serialize;

use crate::{
    id::{CadreId, SealedId},
    kind::SealedField,
};

/// Authenticated ciphertext. Only the door can open it.
#[derive(Clone, PartialEq, Eq, DeriveValueType)]
pub struct Sealed(pub Vec<u8>);

impl std::fmt::Debug for Sealed {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Sealed")
    }
}

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "cadre_sealed")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SealedId,
    /// Whose value.
    pub cadre_id: CadreId,
    /// Which value.
    pub field: SealedField,
    /// The value.
    #[serde(skip)]
    pub ciphertext: Sealed,
    /// The name of the key that sealed it; empty where it was sealed before keys had names.
    pub key_id: String,
    /// Keyed hash of the value in normal form, in hexadecimal; none where the value does not identify.
    #[serde(skip)]
    pub match_key: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
