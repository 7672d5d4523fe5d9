//! Memberships of pools and their steps in the schema.

use async_graphql::{Context, Enum, ID, Object};
use entity::{
    id::{PoolDivisionId, PoolId, PoolMembershipId},
    kind, membership_step, pool_membership,
};

use crate::{
    cadre::{
        graphql::{Cadre, CadreCard},
        read::{Cadres, Cards},
    },
    connection,
    edition::{
        graphql::{PolicyEdition, PolicyFinding},
        notice,
        read::Editions,
    },
    error::{Action, Result},
    leads,
    loaders::Caller,
    pool::{
        graphql::{PoolDivision, PoolTier, ReservePool},
        read::{Divisions, Memberships, MembershipsAmong, Pools, Steps, StepsAmong, Tiers},
    },
    questions::{Many, One},
    reading,
    relay::{Date, FromRow, global_id},
};

/// Where a membership stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::MembershipState")]
pub enum MembershipState {
    /// 建议人选
    Proposed,
    /// 已入库
    Confirmed,
    /// 已入库，预警
    Warned,
    /// 已出库
    Exited,
    /// 已使用
    Deployed,
}

/// 推荐来源
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::RecommendationSource")]
pub enum RecommendationSource {
    /// 党委推荐
    PartyCommittee,
    /// 组织部门推荐
    OrganizationDepartment,
    /// 单位推荐
    OwnUnit,
    /// 基层党组织推荐
    GrassrootsParty,
}

/// What happened to a membership.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::StepKind")]
pub enum MembershipStepKind {
    /// 提名
    Proposed,
    /// 入库
    Confirmed,
    /// 预警
    Warned,
    /// 解除预警
    WarningLifted,
    /// 调整
    Moved,
    /// 出库
    Exited,
    /// 使用
    Deployed,
}

async fn division(ctx: &Context<'_>, pool: PoolId, id: Option<PoolDivisionId>) -> Result<Option<PoolDivision>> {
    let Some(id) = id else { return Ok(None) };
    let rows = ctx.load(Many::<Divisions>::of(pool)).await?.unwrap_or_default();
    Ok(rows.into_iter().find(|it| it.id == id).map(PoolDivision))
}

/// One step of a membership.
#[derive(Clone)]
pub struct MembershipStep(membership_step::Model);

impl FromRow for MembershipStep {
    type Row = membership_step::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

/// One step of a membership (出入库记录): what was decided, why, when.
#[Object(crate = "crate::relay::graphql")]
impl MembershipStep {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// What happened.
    async fn kind(&self) -> MembershipStepKind {
        self.0.kind.into()
    }
    /// Where the membership stands since.
    async fn state(&self) -> MembershipState {
        self.0.state.into()
    }
    /// Why.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
    /// Why, as a code of the pool's policy.
    async fn reason_code(&self) -> Option<&str> {
        self.0.reason_code.as_deref()
    }
    /// The document of the decision.
    async fn document_number(&self) -> Option<&str> {
        self.0.document_number.as_deref()
    }
    /// The day of the decision.
    async fn decided_on(&self) -> Date {
        Date(self.0.decided_on)
    }
    /// Global id of the account that decided; null for an import.
    async fn decided_by(&self) -> Option<ID> {
        self.0.decided_by.map(global_id)
    }
    /// What the pool's policy said of it then.
    async fn findings(&self) -> Vec<PolicyFinding> {
        notice::told(self.0.findings.as_deref()).into_iter().map(PolicyFinding).collect()
    }
    /// The membership.
    async fn membership(&self, ctx: &Context<'_>) -> Result<Option<PoolMembership>> {
        Ok(ctx.load(One::<Memberships>::of(self.0.membership_id)).await?.map(PoolMembership))
    }
}

connection!(MembershipStepConnection, MembershipStepEdge, MembershipStep, StepsAmong);

/// A person's membership of a pool.
#[derive(Clone)]
pub struct PoolMembership(pub pool_membership::Model);

impl FromRow for PoolMembership {
    type Row = pool_membership::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }

    leads! {
        "pool": pool_id => Pools; ReservePool;
        "tier": pool_id => Tiers;
        "track": pool_id => Divisions;
        "category": pool_id => Divisions;
        "maturity": pool_id => Divisions;
        "steps": id => Steps;
        "stateAsOf": id => Steps;
        "findings": id => Steps;
        "edition": edition_id => Editions;
        "member": cadre_id => Cards; CadreCard;
        "cadre": cadre_id => Cadres; Cadre;
    }
}

connection!(PoolMembershipConnection, PoolMembershipEdge, PoolMembership, MembershipsAmong);

impl PoolMembership {
    /// The membership of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: PoolMembershipId) -> Result<Option<Self>> {
        Ok(reading::row::<Memberships>(ctx, key, Self::leads()).await?.map(Self))
    }
}

/// A person's membership of a reserve pool (入库人选), from proposal to exit.
#[Object(crate = "crate::relay::graphql")]
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
    /// The track, where the pool has tracks.
    async fn track(&self, ctx: &Context<'_>) -> Result<Option<PoolDivision>> {
        division(ctx, self.0.pool_id, self.0.track_id).await
    }
    /// The category, where the pool has categories.
    async fn category(&self, ctx: &Context<'_>) -> Result<Option<PoolDivision>> {
        division(ctx, self.0.pool_id, self.0.category_id).await
    }
    /// The maturity, where the pool tells maturities apart.
    async fn maturity(&self, ctx: &Context<'_>) -> Result<Option<PoolDivision>> {
        division(ctx, self.0.pool_id, self.0.maturity_id).await
    }
    /// Who recommended the person.
    async fn source(&self) -> Option<RecommendationSource> {
        self.0.source.map(Into::into)
    }
    /// By which route the person came, a code of the pool's policy.
    async fn entry_route(&self) -> Option<&str> {
        self.0.entry_route.as_deref()
    }
    /// The edition of the pool's policy under which it was decided last.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<PolicyEdition>> {
        let Some(edition) = self.0.edition_id else { return Ok(None) };
        Ok(ctx.load(One::<Editions>::of(edition)).await?.map(PolicyEdition))
    }
    /// What the policy said of its last step.
    async fn findings(&self, ctx: &Context<'_>) -> Result<Option<Vec<PolicyFinding>>> {
        let rows = ctx.load(Many::<Steps>::of(self.0.id)).await?.unwrap_or_default();
        let said = rows.last().map(|it| notice::told(it.findings.as_deref())).unwrap_or_default();
        Ok(Some(said.into_iter().map(PolicyFinding).collect()))
    }
    /// Its steps, oldest first.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Option<Vec<MembershipStep>>> {
        let rows = ctx.load(Many::<Steps>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(MembershipStep).collect()))
    }
    /// Where it stood on the request's day, by the decisions up to then; null before it was proposed.
    async fn state_as_of(&self, ctx: &Context<'_>) -> Result<Option<MembershipState>> {
        let on = ctx.session()?.as_of();
        let steps = ctx.load(Many::<Steps>::of(self.0.id)).await?.unwrap_or_default();
        let decided = steps.iter().filter(|it| it.decided_on <= on);
        Ok(decided.max_by_key(|it| (it.decided_on, it.recorded_at)).map(|it| it.state.into()))
    }
    /// The person's short card; null where the caller may not see it.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        Ok(ctx.load(One::<Cards>::of(self.0.cadre_id)).await?.map(CadreCard))
    }
    /// The person's record; null where the caller may not see it, as where `member` is all that they may.
    async fn cadre(&self, ctx: &Context<'_>) -> Result<Option<Cadre>> {
        if !ctx.session()?.may(Action::CadreRead) {
            return Ok(None);
        }
        Ok(ctx.load(One::<Cadres>::of(self.0.cadre_id)).await?.map(Cadre))
    }
}
