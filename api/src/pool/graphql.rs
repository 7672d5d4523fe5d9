//! Reserve pools in the schema.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{
    id::{CadreId, PoolId, PoolMembershipId},
    kind, pool_membership, pool_tier, reserve_pool,
};

use crate::{
    cadre::{graphql::CadreCard, read::Cards},
    connection,
    db::session::{Session, Terms},
    error::{Action, Result},
    loaders::Caller,
    organization::{
        graphql::{ListOrder, Organization},
        read::Organizations,
    },
    page::Order,
    payload,
    pool::{
        read::{Memberships, MembershipsAmong, Pools, PoolsAmong, Tiers},
        write::{ConfirmMembership, ProposeMembership},
    },
    questions::{self, Many, One},
    relay::{Date, FromRow, access, global_id, key},
};

/// How far a pool's memberships may be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::Disclosure")]
pub enum Disclosure {
    /// To the organization department alone: absent for the person, their unit and their mentors.
    Confidential,
    /// To the person's unit as well.
    Unit,
    /// To the person as well.
    Person,
}

/// Where a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::MembershipState")]
pub enum MembershipState {
    /// 建议人选
    Proposed,
    /// 已入库
    Confirmed,
    /// 已出库
    Exited,
    /// 已使用
    Deployed,
}

/// A reserve pool.
#[derive(Clone)]
pub struct ReservePool(pub reserve_pool::Model);

impl FromRow for ReservePool {
    type Row = reserve_pool::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

connection!(ReservePoolConnection, ReservePoolEdge, ReservePool, PoolsAmong);

impl ReservePool {
    /// The pool of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(session: &Session, key: PoolId) -> Result<Option<Self>> {
        Ok(questions::row::<Pools>(session, key).await?.map(Self))
    }
}

/// A reserve pool (后备干部库): persons kept ready, in tiers. Membership gives no right to a post.
#[Object]
impl ReservePool {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Code, unique within the organization that keeps the pool.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// How far memberships may be known.
    async fn disclosure(&self) -> Disclosure {
        self.0.disclosure.into()
    }
    /// Grows by one at each change.
    async fn version(&self) -> i32 {
        self.0.version
    }
    /// The organization that keeps the pool; null where the caller may not see it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// The tiers, in order.
    async fn tiers(&self, ctx: &Context<'_>) -> Result<Option<Vec<PoolTier>>> {
        let rows = ctx.load(Many::<Tiers>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(PoolTier).collect()))
    }
    /// Memberships that the caller may see, in the order of recording.
    async fn memberships(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only in these states.")] states: Option<Vec<MembershipState>>,
        #[graphql(desc = "Only in the tier of this code.")] tier_code: Option<String>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<PoolMembershipConnection>> {
        let states = states.map(|all| all.into_iter().map(Into::into).collect());
        let among = MembershipsAmong { pool: self.0.id, states, tier: tier_code };
        PoolMembershipConnection::open(ctx, among, Order::Id, first, after).await
    }
}

/// A tier of a pool.
#[derive(Clone)]
pub struct PoolTier(pool_tier::Model);

/// A tier of a reserve pool.
#[Object]
impl PoolTier {
    /// Code, unique within the pool.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// How many persons the tier aims at.
    async fn target_count(&self) -> i32 {
        self.0.target_count
    }
    /// Position among the tiers, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }
}

/// A person's membership of a pool.
#[derive(Clone)]
pub struct PoolMembership(pub pool_membership::Model);

impl FromRow for PoolMembership {
    type Row = pool_membership::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

connection!(PoolMembershipConnection, PoolMembershipEdge, PoolMembership, MembershipsAmong);

impl PoolMembership {
    /// The membership of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(session: &Session, key: PoolMembershipId) -> Result<Option<Self>> {
        Ok(questions::row::<Memberships>(session, key).await?.map(Self))
    }
}

/// A person's membership of a reserve pool (入库人选), from proposal to exit.
#[Object]
impl PoolMembership {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Where it stands.
    async fn state(&self) -> MembershipState {
        self.0.state.into()
    }
    /// Why the person was proposed.
    async fn reason(&self) -> &str {
        &self.0.reason
    }
    /// When the person was proposed.
    async fn proposed_on(&self) -> Date {
        Date(self.0.proposed_on)
    }
    /// When it was decided.
    async fn decided_on(&self) -> Option<Date> {
        self.0.decided_on.map(Date)
    }
    /// Grows by one at each change; state it as expectedVersion.
    async fn version(&self) -> i32 {
        self.0.version
    }
    /// The pool.
    async fn pool(&self, ctx: &Context<'_>) -> Result<Option<ReservePool>> {
        Ok(ctx.load(One::<Pools>::of(self.0.pool_id)).await?.map(ReservePool))
    }
    /// The tier.
    async fn tier(&self, ctx: &Context<'_>) -> Result<Option<PoolTier>> {
        let tiers = ctx.load(Many::<Tiers>::of(self.0.pool_id)).await?.unwrap_or_default();
        Ok(tiers.into_iter().find(|it| it.id == self.0.tier_id).map(PoolTier))
    }
    /// The person's short card; null where the caller may not see it.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        Ok(ctx.load(One::<Cards>::of(self.0.cadre_id)).await?.map(CadreCard))
    }
}

/// Which pools to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct ReservePoolFilter {
    /// Kept by this organization.
    pub organization: Option<ID>,
    /// Of this code.
    pub code: Option<String>,
}

/// Questions about reserve pools.
#[derive(Default)]
pub struct PoolQuery;

/// Questions about reserve pools.
#[Object]
impl PoolQuery {
    /// One reserve pool; null where there is none that the caller may see.
    #[graphql(directive = access::apply(Action::PoolRead))]
    async fn reserve_pool(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Result<Option<ReservePool>> {
        ReservePool::by_key(ctx.session()?, key(&id)).await
    }

    /// Reserve pools that the caller may see, by name.
    #[graphql(directive = access::apply(Action::PoolRead))]
    async fn reserve_pools(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pools.")] filter: Option<ReservePoolFilter>,
        #[graphql(desc = "In which order.", default)] order_by: ListOrder,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<ReservePoolConnection>> {
        let filter = filter.unwrap_or_default();
        let among = PoolsAmong { organization: filter.organization.as_ref().map(key), code: filter.code };
        ReservePoolConnection::open(ctx, among, order_by.into(), first, after).await
    }
}

/// Whom to propose for which pool.
#[derive(InputObject)]
pub struct PoolMembershipProposeInput {
    /// The pool.
    pool_id: ID,
    /// Code of the tier.
    tier_code: String,
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

/// Changes of pool memberships.
#[derive(Default)]
pub struct PoolMutation;

/// Changes of pool memberships.
#[Object]
impl PoolMutation {
    /// Proposes a person for a tier of a pool. Problems: INVALID, NOT_IN_POST, ALREADY_MEMBER, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipPropose))]
    async fn pool_membership_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to propose for which pool.")] input: PoolMembershipProposeInput,
    ) -> Result<Option<PoolMembershipProposePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let cadre: CadreId = key(&input.cadre_id);
        let command =
            ProposeMembership { pool: key(&input.pool_id), tier_code: input.tier_code, cadre, reason: input.reason };
        PoolMembershipProposePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Confirms a proposed membership; never the proposer. Problems: INVALID, STALE, TRANSITION_REFUSED, SAME_PERSON,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::MembershipConfirm))]
    async fn pool_membership_confirm(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which proposal.")] input: PoolMembershipConfirmInput,
    ) -> Result<Option<PoolMembershipConfirmPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = ConfirmMembership { id: key(&input.id), expected_version: input.expected_version };
        PoolMembershipConfirmPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
