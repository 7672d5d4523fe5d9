//! What was done about a due item of a policy: submitted, accepted, returned or excused. An item about which nothing was done is computed, and has no row.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, DutyEntryId, OrganizationId, PolicyEditionId},
    kind::{DutyState, DutySubject},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "duty_entry")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DutyEntryId,
    /// The edition by which it was due.
    pub edition_id: PolicyEditionId,
    /// Code of the item there.
    pub code: String,
    /// The organization under which it is due.
    pub organization_id: OrganizationId,
    /// What it is about.
    pub subject_kind: DutySubject,
    /// Which one.
    pub subject_id: Uuid,
    /// The person who owes it, where it is one.
    pub cadre_id: Option<CadreId>,
    /// By when it was due.
    pub due_on: Date,
    /// What was done.
    pub state: DutyState,
    /// What was said, in a few words.
    pub content: Option<String>,
    /// The document that was filed.
    pub document_number: Option<String>,
    /// Who submitted or excused it.
    pub done_by: Option<AccountId>,
    /// When.
    pub done_on: Date,
    /// Who accepted or returned it.
    pub decided_by: Option<AccountId>,
    /// Why it was returned or excused.
    pub reason: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
