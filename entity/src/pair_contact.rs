//! A contact held within a pair: the day and the class of topic, never what was said.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, PairContactId, PairId},
    kind::ContactTopic,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pair_contact")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PairContactId,
    /// The pair.
    pub pair_id: PairId,
    /// The day it was held.
    pub held_on: Date,
    /// What it was about, as a class.
    pub topic: ContactTopic,
    /// What was agreed on, in a few words for both sides.
    pub agreed: Option<String>,
    /// Who recorded it; none for an import.
    pub recorded_by: Option<AccountId>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
