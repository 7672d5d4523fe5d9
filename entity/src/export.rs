//! One file that went out: which rows, for whom, what for, and how many of them.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, ExportId, OrganizationId, PoolId},
    kind::{AccessPurpose, ExportKind},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "export")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ExportId,
    /// What kind of file it is.
    pub kind: ExportKind,
    /// The organization whose people it lists, or that keeps the pool.
    pub organization_id: OrganizationId,
    /// The pool, where it lists one.
    pub pool_id: Option<PoolId>,
    /// The person, where it is about one.
    pub cadre_id: Option<CadreId>,
    /// The day as of which dated facts are told.
    pub as_of: Date,
    /// What for.
    pub purpose: AccessPurpose,
    /// What for, in words.
    pub reason: String,
    /// Whether identity and phone numbers are left out.
    pub without_numbers: bool,
    /// People in it; none until it is made.
    pub row_count: Option<i32>,
    /// When it was ordered.
    pub ordered_at: DateTimeUtc,
    /// By whom.
    pub ordered_by: AccountId,
    /// The token that it was ordered with, where it may be revoked.
    pub token_id: Option<Uuid>,
    /// The sign-in that the token follows from, where there is one.
    pub sign_in_id: Option<Uuid>,
    /// When it was made; it is made once.
    pub made_at: Option<DateTimeUtc>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
