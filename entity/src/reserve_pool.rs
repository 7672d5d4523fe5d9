//! A reserve pool (后备干部库): persons kept ready, in tiers.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{OrganizationId, PoolId},
    kind::{Disclosure, PoolKind},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "reserve_pool")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PoolId,
    /// The organization that keeps the pool.
    pub organization_id: OrganizationId,
    /// Code, unique within the organization.
    pub code: String,
    /// Name.
    pub name: String,
    /// Name in pinyin, for sorting.
    pub name_sort: String,
    /// What it is for.
    pub kind: PoolKind,
    /// How many persons it aims at in all; none where only its tiers have targets.
    pub target_size: Option<i32>,
    /// How far memberships may be known.
    pub disclosure: Disclosure,
    /// Code of the policy by which it is kept; none where it has none.
    pub policy_code: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
