//! One act, done or refused. Appended, never changed, but for the mark that its invalidations are published.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, AuditEventId},
    kind::AuditOutcome,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "audit_event")]
pub struct Model {
    /// Key; later acts sort later within a process.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditEventId,
    /// When.
    pub recorded_at: DateTimeUtc,
    /// Who; none for a job.
    pub account_id: Option<AccountId>,
    /// In which roles, separated by commas, or the job's name.
    pub role: String,
    /// What.
    pub action: String,
    /// How it ended.
    pub outcome: AuditOutcome,
    /// The request, as the client and the logs name it.
    pub request_id: String,
    /// What for, where it was stated.
    pub purpose: Option<String>,
    /// Tables whose rows it changed, separated by commas.
    pub tables: String,
    /// Whether the caches have been told.
    pub published: bool,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
