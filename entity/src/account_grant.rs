//! A role on an organization subtree for a time.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, GrantId, OrganizationId},
    kind::{ManagementAuthority, Role, SecrecyLevel},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "account_grant")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: GrantId,
    /// Who holds it.
    pub account_id: AccountId,
    /// The role.
    pub role: Role,
    /// The top of the subtree.
    pub organization_id: OrganizationId,
    /// From when.
    pub valid_from: DateTimeUtc,
    /// Until when, exclusive; none while open.
    pub valid_to: Option<DateTimeUtc>,
    /// Reaches only people managed at this tier or a lower one, or at none; none reaches all.
    pub managing_tier: Option<ManagementAuthority>,
    /// Reaches only records up to this level.
    pub secrecy_ceiling: SecrecyLevel,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
