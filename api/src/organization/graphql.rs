//! Organizations in the schema; their history stands in `history`, their changes in `changes` and `reforms`.

mod changes;
mod history;
mod reforms;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{id::OrganizationId, kind, organization};

use crate::{
    connection,
    error::{Action, Result},
    leads,
    loaders::Caller,
    organization::read::{Among, Events, Offshoots, OrganizationByCode, Organizations, Predecessors},
    page,
    post::graphql::{Headcount, Post},
    questions::{Many, One},
    reading,
    relay::{Date, FromRow, access, global_id, key},
};

pub use changes::OrganizationMutation;
pub use history::{OrganizationEvent, OrganizationEventKind};
pub use reforms::ReformMutation;

/// Whether an organization is one still.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(remote = "kind::OrganizationState")]
pub enum OrganizationState {
    /// 存续
    Active,
    /// 已并入其他单位: `successor` says which.
    Merged,
    /// 已撤销
    Closed,
}

/// 隶属关系 (GB/T 12404), highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(remote = "kind::AffiliationLevel")]
pub enum AffiliationLevel {
    /// 中央
    Central,
    /// 省
    Province,
    /// 副省级市
    SubProvincialCity,
    /// 市（地区）
    Prefecture,
    /// 区
    District,
    /// 县
    County,
    /// 镇、乡
    Township,
}

/// What an organization is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(remote = "kind::OrganizationKind")]
pub enum OrganizationKind {
    /// 省
    Province,
    /// 市（地、州）
    Prefecture,
    /// 县（市、区）
    County,
    /// 乡镇（街道）
    Township,
    /// 部门、单位
    Department,
    /// 内设机构
    InternalUnit,
}

/// 职务层次 of a person, or 机构级别 of an organization, highest first (GB/T 12407-2008).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum, serde::Serialize)]
#[graphql(remote = "kind::PositionLevel")]
pub enum PositionLevel {
    /// 国家级正职
    NationalPrincipal,
    /// 国家级副职
    NationalDeputy,
    /// 省部级正职
    ProvincialPrincipal,
    /// 省部级副职
    ProvincialDeputy,
    /// 厅局级正职
    BureauPrincipal,
    /// 厅局级副职
    BureauDeputy,
    /// 县处级正职
    CountyPrincipal,
    /// 县处级副职
    CountyDeputy,
    /// 乡科级正职
    TownshipPrincipal,
    /// 乡科级副职
    TownshipDeputy,
    /// 科员级
    SectionMember,
    /// 办事员级
    Clerk,
}

/// By what a list is ordered.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Enum)]
pub enum ListOrder {
    /// By name in pinyin, then by id.
    #[default]
    Name,
    /// By id, which is the order of recording.
    Id,
}

impl From<ListOrder> for page::Order {
    fn from(it: ListOrder) -> Self {
        match it {
            ListOrder::Name => Self::Name,
            ListOrder::Id => Self::Id,
        }
    }
}

/// Which organizations to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct OrganizationFilter {
    /// Only this organization and those below it.
    pub under: Option<ID>,
    /// Only direct children of this one.
    pub parent: Option<ID>,
    /// Only of these kinds.
    pub kinds: Option<Vec<OrganizationKind>>,
    /// Only names that begin so.
    pub name_prefix: Option<String>,
    /// Only in these states; left out, only those that are ACTIVE. An id or code finds the others too.
    pub states: Option<Vec<OrganizationState>>,
    /// Only of these codes.
    pub codes: Option<Vec<String>>,
    /// Only of this unified social credit code.
    pub unified_social_credit_code: Option<String>,
}

impl From<OrganizationFilter> for Among {
    fn from(it: OrganizationFilter) -> Self {
        Self {
            under: it.under.as_ref().map(key),
            parent: it.parent.as_ref().map(key),
            kinds: it.kinds.map(|all| all.into_iter().map(Into::into).collect()),
            name_prefix: it.name_prefix,
            states: Some(it.states.map_or_else(
                || vec![kind::OrganizationState::Active],
                |all| all.into_iter().map(Into::into).collect(),
            )),
            codes: it.codes,
            credit_code: it.unified_social_credit_code.map(|it| it.trim().to_uppercase()),
        }
    }
}

/// An organization: a province, a prefecture, a county, a township or department, an internal unit.
#[derive(Clone)]
pub struct Organization(pub organization::Model);

impl FromRow for Organization {
    type Row = organization::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }

    leads! {
        "parent": parent_id => Organizations; Organization;
        "managingOrganization": managing_organization_id => Organizations;
        "successor": successor_id => Organizations;
        "splitFrom": split_from_id => Organizations;
        "history": id => Events;
        "children": id as pages of Organization;
    }
}

connection!(OrganizationConnection, OrganizationEdge, Organization, Among);

impl Organization {
    /// The organization of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: OrganizationId) -> Result<Option<Self>> {
        Ok(reading::row::<Organizations>(ctx, key, Self::leads()).await?.map(Self))
    }

    async fn maybe(ctx: &Context<'_>, key: Option<OrganizationId>) -> Result<Option<Self>> {
        let Some(key) = key else { return Ok(None) };
        Ok(ctx.load(One::<Organizations>::of(key)).await?.map(Self))
    }
}

/// An organization: a province, a prefecture, a county, a township or department, an internal unit (组织、单位).
#[Object(crate = "crate::relay::graphql")]
impl Organization {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Unique code, by which files and the command line name it.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Full name.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// What it is.
    async fn kind(&self) -> OrganizationKind {
        self.0.kind.into()
    }
    /// 机构级别, where it has one.
    async fn level(&self) -> Option<PositionLevel> {
        self.0.level.map(Into::into)
    }
    /// 行政区划代码 (GB/T 2260), six digits, where it has one.
    async fn division_code(&self) -> Option<&str> {
        self.0.division_code.as_deref()
    }
    /// 统一社会信用代码 (GB 32100), where it has one.
    async fn unified_social_credit_code(&self) -> Option<&str> {
        self.0.unified_social_credit_code.as_deref()
    }
    /// 隶属关系 (GB/T 12404), where known.
    async fn affiliation_level(&self) -> Option<AffiliationLevel> {
        self.0.affiliation.map(Into::into)
    }
    /// 主管单位, where it is another one than the organization above; null too where the caller may not see it.
    async fn managing_organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Self::maybe(ctx, self.0.managing_organization_id).await
    }
    /// Whether it is one still.
    async fn state(&self) -> OrganizationState {
        self.0.state.into()
    }
    /// 设立日期, where known.
    async fn valid_from(&self) -> Option<Date> {
        self.0.valid_from.map(Date)
    }
    /// The first day on which it was none any more.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }
    /// What it was merged into; that one may have ended too since. Null too where the caller may not see it.
    async fn successor(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Self::maybe(ctx, self.0.successor_id).await
    }
    /// Those that were merged into it, as far as the caller may see them.
    async fn predecessors(&self, ctx: &Context<'_>) -> Result<Option<Vec<Organization>>> {
        let rows = ctx.load(Many::<Predecessors>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(Organization).collect()))
    }
    /// What it was split from.
    async fn split_from(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Self::maybe(ctx, self.0.split_from_id).await
    }
    /// Those that were split from it, as far as the caller may see them.
    async fn offshoots(&self, ctx: &Context<'_>) -> Result<Option<Vec<Organization>>> {
        let rows = ctx.load(Many::<Offshoots>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(Organization).collect()))
    }
    /// What happened to it, in the order of effect; none of what happened before it was kept here.
    async fn history(&self, ctx: &Context<'_>) -> Result<Option<Vec<OrganizationEvent>>> {
        let rows = ctx.load(Many::<Events>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(OrganizationEvent).collect()))
    }
    /// Its posts that stand on the request's day, by code, each with its headcount then.
    async fn posts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; one date for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<Vec<Post>>> {
        let on = ctx.session()?.agree(as_of.map(|it| it.0))?;
        Post::of(ctx, self.0.id, on).await.map(Some)
    }
    /// What is approved for its posts, filled, vacant and overstaffed on the request's day.
    async fn headcount(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; one date for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<Headcount>> {
        let on = ctx.session()?.agree(as_of.map(|it| it.0))?;
        Headcount::of(ctx, self.0.id, on).await.map(Some)
    }
    /// Its name on the request's day. Its place in the tree is told as it is now, whatever the day: `history` says when
    /// it moved.
    async fn name_as_of(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day; one date for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<String>> {
        let on = ctx.session()?.agree(as_of.map(|it| it.0))?;
        let events = ctx.load(Many::<Events>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(history::name_on(&events, on).unwrap_or(&self.0.name).to_owned()))
    }
    /// Grows by one at each change.
    async fn version(&self) -> i32 {
        self.0.version
    }
    /// The organization above; none at the top, or where the caller may not see it.
    async fn parent(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Self::maybe(ctx, self.0.parent_id).await
    }
    /// The ACTIVE organizations directly below.
    async fn children(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<OrganizationConnection>> {
        let filter = OrganizationFilter { parent: Some(global_id(self.0.id)), ..OrganizationFilter::default() };
        OrganizationConnection::open(ctx, filter.into(), page::Order::Name, first, after).await
    }
}

/// Questions about organizations.
#[derive(Default)]
pub struct OrganizationQuery;

/// Questions about organizations.
#[Object]
impl OrganizationQuery {
    /// One organization, by id or by code; null where there is none that the caller may see.
    #[graphql(directive = access::apply(Action::OrganizationRead))]
    async fn organization(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: Option<ID>,
        #[graphql(desc = "Unique code, instead of an id.")] code: Option<String>,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<Organization>> {
        let session = ctx.session()?;
        session.agree(as_of.map(|it| it.0))?;
        match (id, code) {
            (Some(id), None) => Organization::by_key(ctx, key(&id)).await,
            (None, Some(code)) => Ok(session.recall(&OrganizationByCode(code)).await?.map(Organization)),
            _ => Err(crate::error::Error::invalid("id", "or code: name exactly one of them")),
        }
    }

    /// Organizations that the caller may see, by name; those that ended only where `states` asks for them.
    #[graphql(directive = access::apply(Action::OrganizationRead))]
    async fn organizations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which organizations.")] filter: Option<OrganizationFilter>,
        #[graphql(desc = "In which order.", default)] order_by: ListOrder,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<OrganizationConnection>> {
        ctx.session()?.agree(as_of.map(|it| it.0))?;
        OrganizationConnection::open(ctx, filter.unwrap_or_default().into(), order_by.into(), first, after).await
    }
}
