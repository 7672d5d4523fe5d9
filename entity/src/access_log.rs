//! Who opened which sensitive value of a person, or was shown the findings on them, when and what for. Appended, never changed, kept at least three years.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccessLogId, AccountId, AuditEventId, CadreId},
    kind::{AccessPurpose, SeenField},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "access_log")]
pub struct Model {
    /// Key; later readings sort later within a process.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccessLogId,
    /// The act in the audit trail.
    pub event_id: AuditEventId,
    /// Whose.
    pub cadre_id: CadreId,
    /// What.
    pub field: SeenField,
    /// What for.
    pub purpose: AccessPurpose,
    /// What for, in the reader's words; what was asked for, where no purpose is stated.
    pub reason: String,
    /// Who.
    pub account_id: AccountId,
    /// When.
    pub recorded_at: DateTimeUtc,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
