//! Commands on pool memberships. Membership gives no right to a post; who proposes does not confirm.

use entity::{
    cadre,
    id::{CadreId, PoolId, PoolMembershipId},
    kind::{CadreStatus, MembershipState},
    pool_membership, pool_tier, reserve_pool,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    pool::rules,
};

/// Proposes a cadre for a tier of a pool. Fails with INVALID, NOT_IN_POST, ALREADY_MEMBER or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct ProposeMembership {
    /// The pool.
    pub pool: PoolId,
    /// Code of the tier.
    pub tier_code: String,
    /// The person.
    pub cadre: CadreId,
    /// Why.
    pub reason: String,
}

impl Command for ProposeMembership {
    const ACTION: Action = Action::MembershipPropose;
    type Outcome = PoolMembershipId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PoolMembershipId> {
        let reason = rules::reason(&self.reason)?;
        let pool = tx.get::<reserve_pool::Entity>(self.pool).await?;
        let cadre = tx.get::<cadre::Entity>(self.cadre).await?;
        if cadre.status != CadreStatus::InPost {
            let message = format!("The person is {}: only those in post can be proposed.", cadre.status.text());
            return Err(Problem::new(ProblemCode::NotInPost, message).on("cadreId").into());
        }
        let at = Alias::own::<pool_tier::Entity>();
        let reader = tx.reader();
        let tiers = reader.find::<pool_tier::Entity>().filter(at.col(pool_tier::Column::PoolId).eq(pool.id));
        let tiers = tiers.order(pool_tier::Column::Ordinal).all().await?;
        let tier = tiers.iter().find(|it| it.code == self.tier_code).ok_or_else(|| {
            let codes: Vec<&str> = tiers.iter().map(|it| it.code.as_str()).collect();
            Error::invalid(
                "tierCode",
                format!("'{}' is no tier of this pool; it has {}", self.tier_code, codes.join(", ")),
            )
        })?;
        tx.insert::<pool_membership::Entity>(pool_membership::Model {
            id: PoolMembershipId::fresh(),
            pool_id: pool.id,
            tier_id: tier.id,
            cadre_id: cadre.id,
            state: MembershipState::Proposed,
            reason,
            proposed_by: tx.account(),
            proposed_on: tx.today(),
            decided_by: None,
            decided_on: None,
            version: 1,
        })
        .await
    }
}

/// Confirms a proposed membership. Fails with STALE, TRANSITION_REFUSED, SAME_PERSON or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct ConfirmMembership {
    /// The membership.
    pub id: PoolMembershipId,
    /// The version that the client saw.
    pub expected_version: i32,
}

impl Command for ConfirmMembership {
    const ACTION: Action = Action::MembershipConfirm;
    type Outcome = PoolMembershipId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PoolMembershipId> {
        let before = tx.get_at::<pool_membership::Entity>(self.id, self.expected_version).await?;
        rules::may_confirm(&before, tx.account())?;
        let after = pool_membership::Model {
            state: MembershipState::Confirmed,
            decided_by: tx.account(),
            decided_on: Some(tx.today()),
            ..before.clone()
        };
        tx.update::<pool_membership::Entity>(&before, after).await?;
        Ok(self.id)
    }
}
