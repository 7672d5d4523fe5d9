//! Cadres in the schema; their changes stand in `changes`, their sensitive values in `sensitive`.

mod changes;
mod sensitive;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::{cadre, id::CadreId, kind, level_period, post_assignment};

use crate::{
    cadre::read::{Among, Cadres, Cards, Levels, Posts},
    connection,
    db::session::Session,
    error::{Action, Result},
    loaders::Caller,
    mentoring::{graphql::MentoringPair, read::PairsOf},
    organization::{
        graphql::{ListOrder, Organization, PositionLevel},
        read::Organizations,
    },
    pool::{graphql::PoolMembership, read::MembershipsOfCadres},
    questions::{self, Many, One},
    relay::{FromRow, PartialDate, access, global_id, key},
};

pub use changes::CadreMutation;
pub use sensitive::{AccessPurpose, CadreSensitive};

/// Sex (GB/T 2261.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::Sex")]
pub enum Sex {
    /// 男
    Male,
    /// 女
    Female,
    /// 未知或未说明
    Unknown,
}

/// Highest education, highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::Education")]
pub enum Education {
    /// 研究生
    Postgraduate,
    /// 大学
    Bachelor,
    /// 大专
    JuniorCollege,
    /// 中专
    SecondaryVocational,
    /// 高中
    SeniorHigh,
    /// 初中及以下
    JuniorHigh,
}

/// 人员状态 (ZB126).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::CadreStatus")]
pub enum CadreStatus {
    /// 现职
    InPost,
    /// 离退
    Retired,
    /// 调出
    TransferredOut,
    /// 去世
    Deceased,
    /// 其他
    Other,
}

/// 管理权限 (ZB130): at which level a person is managed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ManagementAuthority")]
pub enum ManagementAuthority {
    /// 中央管
    Central,
    /// 省管
    Provincial,
    /// 市管
    Municipal,
    /// 县管
    County,
}

/// 密级 (ZB35) of a record, lowest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::SecrecyLevel")]
pub enum SecrecyLevel {
    /// 公开
    Public,
    /// 内部
    Internal,
    /// 秘密
    Confidential,
    /// 机密
    Secret,
    /// 绝密
    TopSecret,
}

/// One dated post of a cadre (职务任免记录).
pub struct PostAssignment(post_assignment::Model);

/// One dated post of a cadre (职务任免记录, A02).
#[Object]
impl PostAssignment {
    /// 职务名称
    async fn title(&self) -> &str {
        &self.0.title
    }
    /// 任职时间, where known.
    async fn valid_from(&self) -> Option<PartialDate> {
        self.0.valid_from.map(PartialDate)
    }
    /// 免职时间; null while it is held.
    async fn valid_to(&self) -> Option<PartialDate> {
        self.0.valid_to.map(PartialDate)
    }
    /// 主职务
    async fn is_primary(&self) -> bool {
        self.0.is_primary
    }
}

/// One dated position level of a cadre.
pub struct LevelPeriod(level_period::Model);

/// One dated position level (职务层次) of a cadre.
#[Object]
impl LevelPeriod {
    /// 职务层次
    async fn level(&self) -> PositionLevel {
        self.0.level.into()
    }
    /// 任职务层次时间 (A0288), where known.
    async fn valid_from(&self) -> Option<PartialDate> {
        self.0.valid_from.map(PartialDate)
    }
    /// The end; null while it is held.
    async fn valid_to(&self) -> Option<PartialDate> {
        self.0.valid_to.map(PartialDate)
    }
}

/// A cadre's record.
#[derive(Clone)]
pub struct Cadre(pub cadre::Model);

impl FromRow for Cadre {
    type Row = cadre::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

connection!(CadreConnection, CadreEdge, Cadre, Among);

impl Cadre {
    /// The record of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(session: &Session, key: CadreId) -> Result<Option<Self>> {
        Ok(questions::row::<Cadres>(session, key).await?.map(Self))
    }
}

/// A person in the registry of an organization department (干部), with current values and dated history.
#[Object]
impl Cadre {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// 姓名
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// 性别
    async fn sex(&self) -> Sex {
        self.0.sex.into()
    }
    /// 出生日期, as far as known.
    async fn birth_date(&self) -> Option<PartialDate> {
        self.0.birth_date.map(PartialDate)
    }
    /// Age today in full years, an unknown month counted as January; null where the birth date is unknown.
    async fn age_years(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        let today = ctx.session()?.today();
        Ok(self.0.birth_date.and_then(|birth| birth.full_years(today)))
    }
    /// The organization that keeps the person.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// 单位及职务全称 of the current principal post.
    async fn post_title(&self) -> Option<&str> {
        self.0.post_title.as_deref()
    }
    /// Current 职务层次.
    async fn position_level(&self) -> Option<PositionLevel> {
        self.0.position_level.map(Into::into)
    }
    /// Highest 学历.
    async fn education(&self) -> Option<Education> {
        self.0.education.map(Into::into)
    }
    /// 管理权限; null for staff outside any committee's list.
    async fn management_authority(&self) -> Option<ManagementAuthority> {
        self.0.management_authority.map(Into::into)
    }
    /// 人员状态
    async fn status(&self) -> CadreStatus {
        self.0.status.into()
    }
    /// 密级 of the record.
    async fn secrecy_level(&self) -> SecrecyLevel {
        self.0.secrecy_level.into()
    }
    /// When the record was made.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
    /// Grows by one at each change; state it as expectedVersion when you change the record.
    async fn version(&self) -> i32 {
        self.0.version
    }
    /// Dated posts, oldest first.
    async fn posts(&self, ctx: &Context<'_>) -> Result<Option<Vec<PostAssignment>>> {
        let rows = ctx.load(Many::<Posts>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(PostAssignment).collect()))
    }
    /// Dated position levels, oldest first.
    async fn levels(&self, ctx: &Context<'_>) -> Result<Option<Vec<LevelPeriod>>> {
        let rows = ctx.load(Many::<Levels>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(LevelPeriod).collect()))
    }
    /// Memberships of pools, as far as they are disclosed to the caller.
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Option<Vec<PoolMembership>>> {
        let rows = ctx.load(Many::<MembershipsOfCadres>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(PoolMembership).collect()))
    }
    /// Mentoring pairs in which the person takes part.
    async fn pairs(&self, ctx: &Context<'_>) -> Result<Option<Vec<MentoringPair>>> {
        let rows = ctx.load(PairsOf(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(MentoringPair).collect()))
    }
    /// Sensitive values, opened for a stated purpose and put on record; at most 100 people in one request.
    /// Errors: FORBIDDEN, INVALID, NOT_FOUND where the grant to open does not reach the person.
    #[graphql(directive = access::apply(Action::SensitiveOpen))]
    async fn sensitive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What for.")] purpose: AccessPurpose,
        #[graphql(desc = "What for, in your words: 1 to 200 characters.")] reason: String,
    ) -> Result<Option<CadreSensitive>> {
        CadreSensitive::open(ctx, self.0.id, purpose, reason).await.map(Some)
    }
}

/// The short card of a person.
#[derive(Clone)]
pub struct CadreCard(pub cadre::Model);

impl CadreCard {
    /// The cards of some persons, in their order, as far as the caller may see them.
    ///
    /// # Errors
    /// As the question.
    pub async fn of(ctx: &Context<'_>, people: impl Iterator<Item = CadreId>) -> Result<Vec<Self>> {
        let cards = futures_util::future::try_join_all(people.map(|person| ctx.load(One::<Cards>::of(person)))).await?;
        Ok(cards.into_iter().flatten().map(Self).collect())
    }
}

/// The short card of a person: all that the other side of a pair, or the keeper of a pool, needs to know.
#[Object]
impl CadreCard {
    /// Global id of the cadre, for callers who may see the record itself.
    async fn cadre_id(&self) -> ID {
        global_id(self.0.id)
    }
    /// 姓名
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// 单位及职务全称
    async fn post_title(&self) -> Option<&str> {
        self.0.post_title.as_deref()
    }
    /// The organization that keeps the person.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
}

/// Which cadres to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CadreFilter {
    /// Kept by this organization or one below it.
    pub organization: Option<ID>,
    /// Names that begin so.
    pub name_prefix: Option<String>,
    /// Of these position levels.
    pub position_levels: Option<Vec<PositionLevel>>,
    /// Of this sex.
    pub sex: Option<Sex>,
    /// Of these statuses.
    pub statuses: Option<Vec<CadreStatus>>,
    /// Managed at one of these levels.
    pub management_authorities: Option<Vec<ManagementAuthority>>,
}

impl From<CadreFilter> for Among {
    fn from(it: CadreFilter) -> Self {
        Self {
            under: it.organization.as_ref().map(key),
            name_prefix: it.name_prefix,
            position_levels: it.position_levels.map(|all| all.into_iter().map(Into::into).collect()),
            sex: it.sex.map(Into::into),
            statuses: it.statuses.map(|all| all.into_iter().map(Into::into).collect()),
            management_authorities: it.management_authorities.map(|all| all.into_iter().map(Into::into).collect()),
        }
    }
}

/// Questions about cadres.
#[derive(Default)]
pub struct CadreQuery;

/// Questions about cadres.
#[Object]
impl CadreQuery {
    /// One cadre; null where there is none that the caller may see.
    #[graphql(directive = access::apply(Action::CadreRead))]
    async fn cadre(&self, ctx: &Context<'_>, #[graphql(desc = "Global id.")] id: ID) -> Result<Option<Cadre>> {
        Cadre::by_key(ctx.session()?, key(&id)).await
    }

    /// Cadres in the caller's scope, by name.
    #[graphql(directive = access::apply(Action::CadreRead))]
    async fn cadres(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which cadres.")] filter: Option<CadreFilter>,
        #[graphql(desc = "In which order.", default)] order_by: ListOrder,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<CadreConnection>> {
        CadreConnection::open(ctx, filter.unwrap_or_default().into(), order_by.into(), first, after).await
    }
}
