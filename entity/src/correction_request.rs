//! What somebody asks to have corrected in the own record, and what came of it. The record itself is changed by a
//! command of its own: an accepted request is a decision, not a change.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, CorrectionId},
    kind::{CorrectionField, CorrectionState},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "correction_request")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CorrectionId,
    /// Whose record.
    pub cadre_id: CadreId,
    /// Who asks.
    pub account_id: AccountId,
    /// What of it.
    pub field: CorrectionField,
    /// What should stand there instead. Never an identity or phone number.
    pub proposed: Option<String>,
    /// Why, and what proves it.
    pub reason: String,
    /// How far it is.
    pub state: CorrectionState,
    /// When it was asked.
    pub requested_at: DateTimeUtc,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// What the office says to it.
    pub answer: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
