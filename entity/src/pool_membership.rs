//! A person's membership of a pool, from proposal to exit.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, PolicyEditionId, PoolDivisionId, PoolId, PoolMembershipId, PoolTierId},
    kind::{MembershipState, RecommendationSource},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pool_membership")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PoolMembershipId,
    /// The pool.
    pub pool_id: PoolId,
    /// The tier.
    pub tier_id: PoolTierId,
    /// The track, where the pool has tracks.
    pub track_id: Option<PoolDivisionId>,
    /// The category, where the pool has categories.
    pub category_id: Option<PoolDivisionId>,
    /// The maturity, where the pool tells maturities apart.
    pub maturity_id: Option<PoolDivisionId>,
    /// Who recommended the person.
    pub source: Option<RecommendationSource>,
    /// By which route, a code of the pool's policy.
    pub entry_route: Option<String>,
    /// The person.
    pub cadre_id: CadreId,
    /// Where it stands.
    pub state: MembershipState,
    /// Why the person was proposed.
    pub reason: String,
    /// Who proposed; none for an import.
    pub proposed_by: Option<AccountId>,
    /// When.
    pub proposed_on: Date,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_on: Option<Date>,
    /// The edition of the pool's policy under which it was decided last.
    pub edition_id: Option<PolicyEditionId>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
