//! What happened to an organization, with what was before and after. Never changed.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, OrganizationEventId, OrganizationId},
    kind::OrganizationEventKind,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "organization_event")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizationEventId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// What happened.
    pub kind: OrganizationEventKind,
    /// The name before a renaming.
    pub name_before: Option<String>,
    /// The name from then on, at its making and at a renaming.
    pub name_after: Option<String>,
    /// The organization above before a move.
    pub parent_before: Option<OrganizationId>,
    /// The organization above from then on, at its making and at a move.
    pub parent_after: Option<OrganizationId>,
    /// What it was merged into, or split from.
    pub other_id: Option<OrganizationId>,
    /// 生效日期
    pub effective_on: Date,
    /// 批准文号
    pub document_number: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who decided; none for a job.
    pub decided_by: Option<AccountId>,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
