//! One edition of a policy: the dated rule document of one organization, for itself and all below it. Once published it
//! never changes; a later edition takes its place from its own first day on.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, OrganizationId, PolicyEditionId},
    kind::PolicyState,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "policy_edition")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PolicyEditionId,
    /// The organization whose policy it is.
    pub organization_id: OrganizationId,
    /// The policy's code, the same over its editions.
    pub code: String,
    /// The number of the edition.
    pub edition: i32,
    /// What it is called.
    pub title: String,
    /// How far it is.
    pub state: PolicyState,
    /// From when it has effect.
    pub valid_from: Date,
    /// Until when, exclusive; none until another edition takes its place.
    pub valid_to: Option<Date>,
    /// The document, as it was written.
    #[sea_orm(column_type = "Text")]
    pub body: String,
    /// Who drafted it last.
    pub drafted_by: Option<AccountId>,
    /// When.
    pub drafted_at: DateTimeUtc,
    /// Who published it.
    pub published_by: Option<AccountId>,
    /// When.
    pub published_at: Option<DateTimeUtc>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
