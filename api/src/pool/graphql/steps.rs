//! Changes of memberships in the schema: the proposal, and each step after it.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::PoolMembershipId;

use crate::{
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    payload,
    pool::{
        graphql::{PoolMembership, RecommendationSource},
        write::{
            ConfirmMembership, Decision, DeployMember, ExitMember, LiftWarning, MoveMember, Place, ProposeMembership,
            WarnMember,
        },
    },
    relay::{Date, access, key},
};

/// Whom to propose for which pool.
#[derive(InputObject)]
pub struct PoolMembershipProposeInput {
    /// The pool.
    pool_id: ID,
    /// Code of the tier.
    tier_code: String,
    /// Code of the track, where the pool has tracks.
    track_code: Option<String>,
    /// Code of the category, where the pool has categories.
    category_code: Option<String>,
    /// Code of the maturity, where the pool tells maturities apart.
    maturity_code: Option<String>,
    /// Who recommends the person.
    source: Option<RecommendationSource>,
    /// By which route, a code of the pool's policy.
    entry_route: Option<String>,
    /// The person.
    cadre_id: ID,
    /// Why, 1 to 500 characters.
    reason: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which proposal to confirm.
#[derive(InputObject)]
pub struct PoolMembershipConfirmInput {
    /// The membership.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, 1 to 500 characters.
    reason: Option<String>,
    /// The document of the decision.
    document_number: Option<String>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which member to warn.
#[derive(InputObject)]
pub struct PoolMembershipWarnInput {
    /// The membership.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The document of the decision.
    document_number: Option<String>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Whose warning to lift.
#[derive(InputObject)]
pub struct PoolMembershipLiftWarningInput {
    /// The membership.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, 1 to 500 characters.
    reason: Option<String>,
    /// The document of the decision.
    document_number: Option<String>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Whom to move where; what is left out stays.
#[derive(InputObject)]
pub struct PoolMembershipMoveInput {
    /// The membership.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Code of the tier.
    tier_code: Option<String>,
    /// Code of the track.
    track_code: Option<String>,
    /// Code of the category.
    category_code: Option<String>,
    /// Code of the maturity.
    maturity_code: Option<String>,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The document of the decision.
    document_number: Option<String>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Whose membership to end.
#[derive(InputObject)]
pub struct PoolMembershipExitInput {
    /// The membership.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, as a code of the pool's policy.
    reason_code: Option<String>,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The document of the decision.
    document_number: Option<String>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Who was given a post.
#[derive(InputObject)]
pub struct PoolMembershipDeployInput {
    /// The membership.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The document of the decision.
    document_number: Option<String>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `poolMembershipPropose`.
    PoolMembershipProposePayload {
        /// The proposed membership.
        membership: PoolMembership by PoolMembershipId
    }
);
payload!(
    /// What came of `poolMembershipConfirm`.
    PoolMembershipConfirmPayload {
        /// The membership as it is now.
        membership: PoolMembership by PoolMembershipId
    }
);
payload!(
    /// What came of `poolMembershipWarn`.
    PoolMembershipWarnPayload {
        /// The membership as it is now.
        membership: PoolMembership by PoolMembershipId
    }
);
payload!(
    /// What came of `poolMembershipLiftWarning`.
    PoolMembershipLiftWarningPayload {
        /// The membership as it is now.
        membership: PoolMembership by PoolMembershipId
    }
);
payload!(
    /// What came of `poolMembershipMove`.
    PoolMembershipMovePayload {
        /// The membership as it is now.
        membership: PoolMembership by PoolMembershipId
    }
);
payload!(
    /// What came of `poolMembershipExit`.
    PoolMembershipExitPayload {
        /// The membership as it is now.
        membership: PoolMembership by PoolMembershipId
    }
);
payload!(
    /// What came of `poolMembershipDeploy`.
    PoolMembershipDeployPayload {
        /// The membership as it is now.
        membership: PoolMembership by PoolMembershipId
    }
);

/// Changes of memberships.
#[derive(Default)]
pub struct MembershipMutation;

/// Changes of memberships.
#[Object]
impl MembershipMutation {
    /// Proposes a person for a tier of a pool. Problems: INVALID, NOT_IN_POST, ALREADY_MEMBER, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipPropose))]
    async fn pool_membership_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to propose for which pool.")] input: PoolMembershipProposeInput,
    ) -> Result<Option<PoolMembershipProposePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = ProposeMembership {
            pool: key(&input.pool_id),
            place: Place {
                tier: Some(input.tier_code),
                track: input.track_code,
                category: input.category_code,
                maturity: input.maturity_code,
            },
            cadre: key(&input.cadre_id),
            reason: input.reason,
            source: input.source.map(Into::into),
            entry_route: input.entry_route,
        };
        PoolMembershipProposePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Confirms a proposed membership; never the proposer. Problems: INVALID, STALE, TRANSITION_REFUSED, SAME_PERSON,
    /// NOT_IN_POST, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipConfirm))]
    async fn pool_membership_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal to confirm.")] input: PoolMembershipConfirmInput,
    ) -> Result<Option<PoolMembershipConfirmPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let place = Place::default();
        let decision = decision(input.reason, None, input.document_number, input.decided_on);
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = ConfirmMembership { id, expected_version, place, decision };
        PoolMembershipConfirmPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Warns a member: the first answer to a doubt, before any exit. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipWarn))]
    async fn pool_membership_warn(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which member to warn.")] input: PoolMembershipWarnInput,
    ) -> Result<Option<PoolMembershipWarnPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let place = Place::default();
        let decision = decision(Some(input.reason), None, input.document_number, input.decided_on);
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = WarnMember { id, expected_version, place, decision };
        PoolMembershipWarnPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Lifts a warning. Problems: INVALID, STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipWarn))]
    async fn pool_membership_lift_warning(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose warning to lift.")] input: PoolMembershipLiftWarningInput,
    ) -> Result<Option<PoolMembershipLiftWarningPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let place = Place::default();
        let decision = decision(input.reason, None, input.document_number, input.decided_on);
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = LiftWarning { id, expected_version, place, decision };
        PoolMembershipLiftWarningPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id)
            .map(Some)
    }

    /// Moves a member to another tier, track, category or maturity; the log keeps where the member stood. Problems: INVALID,
    /// STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipMove))]
    async fn pool_membership_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to move where; what is left out stays.")] input: PoolMembershipMoveInput,
    ) -> Result<Option<PoolMembershipMovePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let place = Place {
            tier: input.tier_code,
            track: input.track_code,
            category: input.category_code,
            maturity: input.maturity_code,
        };
        let decision = decision(Some(input.reason), None, input.document_number, input.decided_on);
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = MoveMember { id, expected_version, place, decision };
        PoolMembershipMovePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Ends a membership, or turns a proposal down. Problems: INVALID, STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipExit))]
    async fn pool_membership_exit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whose membership to end.")] input: PoolMembershipExitInput,
    ) -> Result<Option<PoolMembershipExitPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let place = Place::default();
        let decision = decision(Some(input.reason), input.reason_code, input.document_number, input.decided_on);
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = ExitMember { id, expected_version, place, decision };
        PoolMembershipExitPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Ends a membership because the person was given a post. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipDeploy))]
    async fn pool_membership_deploy(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who was given a post.")] input: PoolMembershipDeployInput,
    ) -> Result<Option<PoolMembershipDeployPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let place = Place::default();
        let decision = decision(Some(input.reason), None, input.document_number, input.decided_on);
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = DeployMember { id, expected_version, place, decision };
        PoolMembershipDeployPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}

fn decision(
    reason: Option<String>,
    reason_code: Option<String>,
    document_number: Option<String>,
    decided_on: Option<Date>,
) -> Decision {
    Decision { reason, reason_code, document_number, decided_on: decided_on.map(|it| it.0) }
}
