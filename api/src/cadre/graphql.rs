//! Cadres in the schema; their closed sets stand in `kinds`, their changes in `changes`, their sensitive values in `sensitive`.

mod changes;
mod filter;
mod identity;
mod kinds;
mod sensitive;

use async_graphql::{Context, ID, Object};
use chrono::{DateTime, Utc};
use entity::{cadre, id::CadreId};

use crate::{
    cadre::read::{Among, Cadres, Cards, Levels, Posts},
    career::{
        graphql::{
            self as career, Assessment, Award, EducationMode, EducationRecord, Experience, LevelPeriod, PostAssignment,
            ProfessionalTitle, RankPeriod, RecordFinding, ResumeEntry, Sanction, Training,
        },
        read::{Assessments, Awards, Educations, Experiences, Ranks, Resume, Titles, Trainings},
    },
    connection,
    error::{Action, Result},
    leads,
    loaders::Caller,
    mentoring::{
        graphql::MentoringPair,
        read::{Pairs, PartsOfCadres},
    },
    organization::{
        graphql::{ListOrder, Organization, PositionLevel},
        read::Organizations,
    },
    pool::{graphql::PoolMembership, read::MembershipsOfCadres},
    questions::{Many, One},
    reading,
    relay::{Date, FromRow, PartialDate, access, global_id, key},
    transfer::read::{Moves, keeper_on},
};

pub use changes::CadreMutation;
pub use filter::{CadreFilter, MonthsRange};
pub use identity::IdentityQuery;
pub use kinds::{CadreStatus, Education, ManagementAuthority, SecrecyLevel, Sex};
pub use sensitive::{AccessPurpose, CadreSensitive};

/// A cadre's record.
#[derive(Clone)]
pub struct Cadre(pub cadre::Model);

impl FromRow for Cadre {
    type Row = cadre::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }

    leads! {
        "organization": organization_id => Organizations; Organization;
        "posts": id => Posts; PostAssignment;
        "levels": id => Levels; LevelPeriod;
        "ageYears": birth_date;
        "ageMonths": birth_date;
        "monthsAtLevel": id => Levels;
        "monthsInPost": id => Posts;
        "ranks": id => Ranks; RankPeriod;
        "educations": id => Educations; EducationRecord;
        "highestEducation": id => Educations;
        "titles": id => Titles; ProfessionalTitle;
        "assessments": id => Assessments; Assessment;
        "experiences": id => Experiences; Experience;
        "grassrootsMonths": id => Experiences;
        "trainings": id => Trainings; Training;
        "awards": id => Awards; Award;
        "resume": id => Resume;
        "memberships": id => MembershipsOfCadres; PoolMembership;
        "pairs": id => PartsOfCadres [left_on], pair_id => Pairs; MentoringPair;
    }
}

connection!(CadreConnection, CadreEdge, Cadre, Among);

impl Cadre {
    /// The record of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: CadreId) -> Result<Option<Self>> {
        Ok(reading::row::<Cadres>(ctx, key, Self::leads()).await?.map(Self))
    }
}

/// A person in the registry of an organization department (干部), with current values and dated history.
#[Object(crate = "crate::relay::graphql")]
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
    /// 入党时间, as far as known. It is told with the record alone: no list is filtered, sorted or counted by it.
    async fn party_joined_on(&self) -> Option<PartialDate> {
        self.0.party_joined_on.map(PartialDate)
    }
    /// Age in full years on the request's day, an unknown month counted as January; null where the birth date is unknown.
    async fn age_years(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        let on = ctx.session()?.as_of();
        Ok(self.0.birth_date.and_then(|birth| birth.full_years(on)))
    }
    /// Age in full months on the request's day, counted as ageYears is.
    async fn age_months(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        let on = ctx.session()?.as_of();
        Ok(self.0.birth_date.and_then(|birth| birth.full_months(on)))
    }
    /// The organization that kept the person on the request's day, by the moves since; null where the caller may not see it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        let session = ctx.session()?;
        let on = session.as_of();
        // Moves lie in the past: only a day before today can have had another keeper.
        let moves = match on < session.today() {
            true => ctx.load(Many::<Moves>::of(self.0.id)).await?.unwrap_or_default(),
            false => Vec::new(),
        };
        let keeper = keeper_on(&moves, on).unwrap_or(self.0.organization_id);
        Ok(ctx.load(One::<Organizations>::of(keeper)).await?.map(Organization))
    }
    /// 单位及职务全称 of the principal post held now, whatever the request's day: `posts` tells of other days.
    async fn post_title(&self) -> Option<&str> {
        self.0.post_title.as_deref()
    }
    /// 职务层次 held now, whatever the request's day: `levels` tells of other days.
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
    /// Dated posts that had begun by the request's day, oldest first.
    async fn posts(&self, ctx: &Context<'_>) -> Result<Option<Vec<PostAssignment>>> {
        career::list::<Posts, _>(ctx, self.0.id, PostAssignment::new).await
    }
    /// Dated position levels that had begun by the request's day, oldest first.
    async fn levels(&self, ctx: &Context<'_>) -> Result<Option<Vec<LevelPeriod>>> {
        career::list::<Levels, _>(ctx, self.0.id, LevelPeriod::new).await
    }
    /// Dated ranks (职级), oldest first.
    async fn ranks(&self, ctx: &Context<'_>) -> Result<Option<Vec<RankPeriod>>> {
        career::list::<Ranks, _>(ctx, self.0.id, RankPeriod::new).await
    }
    /// Education and degrees, full-time and in-service ones alike, oldest first.
    async fn educations(&self, ctx: &Context<'_>) -> Result<Option<Vec<EducationRecord>>> {
        career::list::<Educations, _>(ctx, self.0.id, EducationRecord::new).await
    }
    /// Professional titles, oldest first.
    async fn titles(&self, ctx: &Context<'_>) -> Result<Option<Vec<ProfessionalTitle>>> {
        career::list::<Titles, _>(ctx, self.0.id, ProfessionalTitle::new).await
    }
    /// Stretches of experience, oldest first.
    async fn experiences(&self, ctx: &Context<'_>) -> Result<Option<Vec<Experience>>> {
        career::list::<Experiences, _>(ctx, self.0.id, Experience::new).await
    }
    /// Trainings, oldest first.
    async fn trainings(&self, ctx: &Context<'_>) -> Result<Option<Vec<Training>>> {
        career::list::<Trainings, _>(ctx, self.0.id, Training::new).await
    }
    /// Awards, oldest first.
    async fn awards(&self, ctx: &Context<'_>) -> Result<Option<Vec<Award>>> {
        career::list::<Awards, _>(ctx, self.0.id, Award::new).await
    }
    /// The résumé line by line, in its own order.
    async fn resume(&self, ctx: &Context<'_>) -> Result<Option<Vec<ResumeEntry>>> {
        career::resume(ctx, self.0.id).await
    }
    /// The highest education of a mode that was finished by the request's day.
    async fn highest_education(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Full-time or in-service.")] mode: EducationMode,
    ) -> Result<Option<EducationRecord>> {
        career::highest_education(ctx, self.0.id, mode).await
    }
    /// Assessments, oldest first.
    async fn assessments(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only of so many last whole years before the year of the request's day.")] last_years: Option<
            i32,
        >,
    ) -> Result<Option<Vec<Assessment>>> {
        career::assessments(ctx, self.0.id, last_years).await
    }
    /// Months of grassroots experience (基层工作经历) on record by the request's day; 0 where none is recorded.
    async fn grassroots_months(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        career::grassroots_months(ctx, self.0.id).await
    }
    /// Full months at the level held on the request's day; null where none is held or its beginning is unknown.
    async fn months_at_level(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        career::months_at_level(ctx, self.0.id).await
    }
    /// Full months in the principal post held on the request's day; null where none is held or its beginning is unknown.
    async fn months_in_post(&self, ctx: &Context<'_>) -> Result<Option<u32>> {
        career::months_in_post(ctx, self.0.id).await
    }
    /// Sanctions of the person, oldest first, those past their effect too. Null, which is not an empty list, where none
    /// of your grants that reach the person allows SANCTION_READ: then nothing is known.
    async fn sanctions(&self, ctx: &Context<'_>) -> Result<Option<Vec<Sanction>>> {
        career::sanctions(ctx, self.0.id).await
    }
    /// What the checks of the record find, such as a gap between levels.
    async fn findings(&self, ctx: &Context<'_>) -> Result<Option<Vec<RecordFinding>>> {
        Ok(Some(career::findings(ctx, self.0.id).await?.into_iter().map(RecordFinding).collect()))
    }
    /// Memberships of pools, as far as they are disclosed to the caller.
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Option<Vec<PoolMembership>>> {
        let rows = ctx.load(Many::<MembershipsOfCadres>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(PoolMembership).collect()))
    }
    /// Mentoring pairs in which the person takes part.
    async fn pairs(&self, ctx: &Context<'_>) -> Result<Option<Vec<MentoringPair>>> {
        let parts = ctx.load(Many::<PartsOfCadres>::of(self.0.id)).await?.unwrap_or_default();
        let pairs = parts.iter().filter(|it| it.left_on.is_none()).map(|it| ctx.load(One::<Pairs>::of(it.pair_id)));
        let pairs = futures_util::future::try_join_all(pairs).await?;
        Ok(Some(pairs.into_iter().flatten().map(MentoringPair).collect()))
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

impl FromRow for CadreCard {
    type Row = cadre::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }

    leads! {
        "cadreId": id;
        "organization": organization_id => Organizations; Organization;
    }
}

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
#[Object(crate = "crate::relay::graphql")]
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

/// Questions about cadres.
#[derive(Default)]
pub struct CadreQuery;

/// Questions about cadres.
#[Object]
impl CadreQuery {
    /// One cadre; null where there is none that the caller may see.
    #[graphql(directive = access::apply(Action::CadreRead))]
    async fn cadre(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<Cadre>> {
        ctx.session()?.agree(as_of.map(|it| it.0))?;
        Cadre::by_key(ctx, key(&id)).await
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
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<CadreConnection>> {
        let on = ctx.session()?.agree(as_of.map(|it| it.0))?;
        CadreConnection::open(ctx, filter.unwrap_or_default().among(on)?, order_by.into(), first, after).await
    }
}
