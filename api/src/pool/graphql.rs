//! Reserve pools in the schema; their changes stand in `changes`, memberships in `membership`, their changes in `steps`.

mod changes;
mod following;
mod membership;
mod standing;
mod steps;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{id::PoolId, kind, pool_division, pool_tier, reserve_pool};

use crate::{
    cadre::graphql::Cadre,
    connection,
    error::{Action, Error, Result},
    leads,
    loaders::Caller,
    organization::{
        graphql::{ListOrder, Organization},
        read::Organizations,
    },
    page::Order,
    pool::read::{
        Divisions, MembershipsAmong, Pools, PoolsAmong, StepsAmong, Tiers,
        standing::{AutoCandidates, FindingRule, PoolStanding, StandingOf},
    },
    questions::{Many, One},
    reading,
    relay::{Date, FromRow, access, global_id, key},
};

pub use changes::PoolMutation;
pub use following::{PoolMembershipChange, PoolSubscription};
pub use membership::{
    MembershipState, MembershipStep, MembershipStepConnection, MembershipStepKind, PoolMembership,
    PoolMembershipConnection, RecommendationSource,
};
pub use standing::{PoolGridCell, PoolHeadroom, StructureGap, percent};
pub use steps::MembershipMutation;

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

/// What a pool is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::PoolKind")]
pub enum PoolKind {
    /// 后备干部库
    Reserve,
    /// 优秀年轻干部库
    PromisingYoung,
    /// 专题库
    Thematic,
}

/// A reserve pool.
#[derive(Clone)]
pub struct ReservePool(pub reserve_pool::Model);

impl FromRow for ReservePool {
    type Row = reserve_pool::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }

    leads! {
        "organization": organization_id => Organizations; Organization;
        "tiers": id => Tiers;
        "tracks": id => Divisions;
        "categories": id => Divisions;
        "maturities": id => Divisions;
        "memberships": id as pages of PoolMembership;
    }
}

connection!(ReservePoolConnection, ReservePoolEdge, ReservePool, PoolsAmong);
connection!(AutoCandidateConnection, AutoCandidateEdge, Cadre, AutoCandidates);

async fn standing(ctx: &Context<'_>, pool: PoolId) -> Result<Option<PoolStanding>> {
    let session = ctx.session()?;
    session.ask(&StandingOf { pool, on: session.as_of() }).await
}

impl ReservePool {
    /// The pool of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: PoolId) -> Result<Option<Self>> {
        Ok(reading::row::<Pools>(ctx, key, Self::leads()).await?.map(Self))
    }
}

/// A reserve pool (后备干部库): persons kept ready, in tiers. Membership gives no right to a post.
#[Object(crate = "crate::relay::graphql")]
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
    /// What it is for.
    async fn kind(&self) -> PoolKind {
        self.0.kind.into()
    }
    /// How many persons it aims at in all; null where only its tiers have targets.
    async fn target_size(&self) -> Option<i32> {
        self.0.target_size
    }
    /// How far memberships may be known.
    async fn disclosure(&self) -> Disclosure {
        self.0.disclosure.into()
    }
    /// Code of the policy by which it is kept.
    async fn policy_code(&self) -> Option<&str> {
        self.0.policy_code.as_deref()
    }
    /// How much room there is in it, as it stands; null for those who do not keep it.
    async fn headroom(&self, ctx: &Context<'_>) -> Result<Option<PoolHeadroom>> {
        Ok(standing(ctx, self.0.id).await?.as_ref().map(Into::into))
    }
    /// How its structure stands beside its policy: every target, met or not. Null for those who do not keep it.
    async fn structure_gaps(&self, ctx: &Context<'_>) -> Result<Option<Vec<StructureGap>>> {
        Ok(standing(ctx, self.0.id).await?.map(|it| it.structure.into_iter().map(Into::into).collect()))
    }
    /// How many members stand in each tier, category and maturity; null for those who do not keep it.
    async fn grid(&self, ctx: &Context<'_>) -> Result<Option<Vec<PoolGridCell>>> {
        Ok(standing(ctx, self.0.id).await?.map(|it| it.grid.into_iter().map(Into::into).collect()))
    }
    /// Who shows up by a rule of its policy, by name: nobody enters by it.
    async fn auto_candidates(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the rule.")] rule: String,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which person: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<AutoCandidateConnection>> {
        let session = ctx.session()?;
        let asked = FindingRule { pool: self.0.id, code: rule, on: session.as_of() };
        match session.ask(&asked).await? {
            Ok(among) => AutoCandidateConnection::open(ctx, among, Order::Name, first, after).await,
            Err(known) => {
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                Err(Error::invalid("rule", format!("'{}' is no rule of the pool's policy: it has {known}", asked.code)))
            }
        }
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
    /// The tracks (培养方向), in order; empty where the pool has none.
    async fn tracks(&self, ctx: &Context<'_>) -> Result<Option<Vec<PoolDivision>>> {
        divisions(ctx, self.0.id, kind::PoolAxis::Track).await
    }
    /// The categories (类别), in order; empty where the pool has none.
    async fn categories(&self, ctx: &Context<'_>) -> Result<Option<Vec<PoolDivision>>> {
        divisions(ctx, self.0.id, kind::PoolAxis::Category).await
    }
    /// The maturities (成熟度), in order; empty where the pool tells none apart.
    async fn maturities(&self, ctx: &Context<'_>) -> Result<Option<Vec<PoolDivision>>> {
        divisions(ctx, self.0.id, kind::PoolAxis::Maturity).await
    }
    /// The in/out log: steps of the memberships that the caller may see, newest first.
    async fn log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only steps of these kinds.")] kinds: Option<Vec<MembershipStepKind>>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<MembershipStepConnection>> {
        let kinds = kinds.map(|all| all.into_iter().map(Into::into).collect());
        let among = StepsAmong { pool: self.0.id, kinds };
        MembershipStepConnection::open(ctx, among, Order::Newest, first, after).await
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
pub struct PoolTier(pub pool_tier::Model);

/// A tier of a reserve pool.
#[Object(crate = "crate::relay::graphql")]
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

/// A track, category or maturity of a pool.
#[derive(Clone)]
pub struct PoolDivision(pub pool_division::Model);

/// A track, category or maturity of a reserve pool.
#[Object(crate = "crate::relay::graphql")]
impl PoolDivision {
    /// Code, unique among its like within the pool.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// How many persons it aims at; null where it has no target.
    async fn target_count(&self) -> Option<i32> {
        self.0.target_count
    }
    /// Position among its like, from 1.
    async fn ordinal(&self) -> i32 {
        self.0.ordinal
    }
}

async fn divisions(ctx: &Context<'_>, pool: PoolId, axis: kind::PoolAxis) -> Result<Option<Vec<PoolDivision>>> {
    let rows = ctx.load(Many::<Divisions>::of(pool)).await?.unwrap_or_default();
    Ok(Some(rows.into_iter().filter(|it| it.axis == axis).map(PoolDivision).collect()))
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
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<ReservePool>> {
        ctx.session()?.agree(as_of.map(|it| it.0))?;
        ReservePool::by_key(ctx, key(&id)).await
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
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<ReservePoolConnection>> {
        ctx.session()?.agree(as_of.map(|it| it.0))?;
        let filter = filter.unwrap_or_default();
        let among = PoolsAmong { organization: filter.organization.as_ref().map(key), code: filter.code };
        ReservePoolConnection::open(ctx, among, order_by.into(), first, after).await
    }
}
