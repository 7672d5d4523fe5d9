//! That two persons are kin: who they are stands in a keyed hash alone, and how is sealed.

use sea_orm::entity::prelude::*;
use serde::Serialize;

use crate::{
    cadre_sealed::Sealed,
    id::{AccountId, KinDeclarationId},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, DeriveEntityModel)]
#[sea_orm(table_name = "kin_declaration")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: KinDeclarationId,
    /// The keyed hash that follows from the two persons, in whichever order they are named.
    pub match_key: String,
    /// How they are kin.
    #[serde(skip)]
    pub kinship: Sealed,
    /// The name of the key that it is sealed with.
    pub key_id: String,
    /// Who entered it.
    pub declared_by: Option<AccountId>,
    /// Since when it is declared.
    pub declared_on: Date,
    /// Since when it is so no more.
    pub ended_on: Option<Date>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
