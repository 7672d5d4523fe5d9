//! One changed row of an act, with the changed columns before and after; sensitive ones are masked.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AuditChangeId, AuditEventId},
    kind::ChangeKind,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "audit_change")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AuditChangeId,
    /// The act.
    pub event_id: AuditEventId,
    /// The table.
    pub table_name: String,
    /// The row.
    pub row_id: Uuid,
    /// What happened to it.
    pub kind: ChangeKind,
    /// Changed columns before, as JSON.
    pub before_values: Option<String>,
    /// Changed columns after, as JSON.
    pub after_values: Option<String>,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
