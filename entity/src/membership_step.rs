//! One step of a membership: the in/out log of its pool.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, MembershipStepId, PoolMembershipId, PoolTierId},
    kind::{MembershipState, StepKind},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "membership_step")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: MembershipStepId,
    /// The membership.
    pub membership_id: PoolMembershipId,
    /// What happened.
    pub kind: StepKind,
    /// Where the membership stands since.
    pub state: MembershipState,
    /// In which tier it stands since.
    pub tier_id: PoolTierId,
    /// Why.
    pub reason: Option<String>,
    /// Why, as a code of the pool's policy.
    pub reason_code: Option<String>,
    /// The document of the decision.
    pub document_number: Option<String>,
    /// The day of the decision.
    pub decided_on: Date,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
    /// What the policy said of it then, as JSON; none where it said nothing.
    pub findings: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
