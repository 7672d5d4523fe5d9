//! The dated facts of a cadre in the schema: what `Cadre` tells of them, and their changes.
//!
//! Rows are loaded for a whole page at once, whatever the day; which of them have begun is decided here, so that one
//! remembered answer serves every day.

mod changes;
mod facts;
mod inputs;
mod kinds;

use async_graphql::{Context, Enum, Object};
use chrono::{Datelike, NaiveDate};
use entity::{education, experience, id::CadreId, kind, level_period, partial_date::PartialDate, post_assignment};

use crate::{
    cadre::read::{Levels, Posts},
    career::{
        read::{Assessments, Educations, Experiences, Fact, Resume, RowOf, SanctionReach, Sanctions, told},
        rules,
    },
    error::Result,
    loaders::Caller,
    questions::{Belonging, Many, One},
};

pub use changes::CareerMutation;
pub use facts::{
    Assessment, Award, EducationRecord, Experience, LevelPeriod, PostAssignment, ProfessionalTitle, RankPeriod,
    ResumeEntry, Sanction, Training,
};
pub use kinds::{CivilServantRank, EducationMode, PostRole};

/// How grave a finding is (VRU003).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "rules::Severity")]
pub enum FindingSeverity {
    /// Look at it: a computation may be wrong because of it.
    Warning,
    /// Something may be missing.
    Hint,
}

/// What a check of a record found: nothing that refuses, something to look at.
#[derive(Clone)]
pub struct RecordFinding(pub rules::Finding);

/// What a check of a record found: nothing that refuses, something to look at (数据校验).
#[Object(crate = "crate::relay::graphql")]
impl RecordFinding {
    /// How grave it is.
    async fn severity(&self) -> FindingSeverity {
        self.0.severity.into()
    }
    /// The code to match on.
    async fn code(&self) -> &str {
        self.0.code
    }
    /// What it is about, as the input of `cadreFactRecord` calls it.
    async fn field(&self) -> &str {
        self.0.field
    }
    /// What was found and what to do, in words.
    async fn message(&self) -> &str {
        &self.0.message
    }
}

/// The facts of one kind that are in force and have begun by the request's day, oldest first.
///
/// # Errors
/// As the question.
pub async fn facts<B>(ctx: &Context<'_>, cadre: CadreId) -> Result<Vec<RowOf<B>>>
where
    B: Belonging<By = CadreId, Entity: Fact>,
{
    let all = ctx.load(Many::<B>::of(cadre)).await?.unwrap_or_default();
    Ok(told::<B::Entity>(all, ctx.session()?.as_of()))
}

/// The facts of one kind, each as its type of the schema.
///
/// # Errors
/// As the question.
pub async fn list<B, T>(
    ctx: &Context<'_>,
    cadre: CadreId,
    shape: impl Fn(RowOf<B>, NaiveDate) -> T,
) -> Result<Option<Vec<T>>>
where
    B: Belonging<By = CadreId, Entity: Fact>,
{
    let on = ctx.session()?.as_of();
    Ok(Some(facts::<B>(ctx, cadre).await?.into_iter().map(|row| shape(row, on)).collect()))
}

/// The highest education of a mode that was finished by the request's day.
///
/// # Errors
/// As the question.
pub async fn highest_education(
    ctx: &Context<'_>,
    cadre: CadreId,
    mode: EducationMode,
) -> Result<Option<EducationRecord>> {
    let on = ctx.session()?.as_of();
    let mode: kind::EducationMode = mode.into();
    let over = |it: &education::Model| it.graduated.and_then(PartialDate::earliest).is_some_and(|day| day <= on);
    let all = facts::<Educations>(ctx, cadre).await?.into_iter().filter(|it| it.mode == mode && over(it));
    // Both closed sets are declared highest first, and a degree says more than none.
    let rank = |it: &education::Model| (it.level.is_none(), it.level, it.degree.is_none(), it.degree);
    Ok(all.min_by_key(rank).map(|row| EducationRecord::new(row, on)))
}

/// Assessments; of so many last whole years, where it is said.
///
/// # Errors
/// As the question.
pub async fn assessments(
    ctx: &Context<'_>,
    cadre: CadreId,
    last_years: Option<i32>,
) -> Result<Option<Vec<Assessment>>> {
    let on = ctx.session()?.as_of();
    let wanted = |year: i32| last_years.is_none_or(|count| (on.year() - count..on.year()).contains(&year));
    let rows = facts::<Assessments>(ctx, cadre).await?;
    Ok(Some(rows.into_iter().filter(|it| wanted(it.year)).map(|row| Assessment::new(row, on)).collect()))
}

/// Months of grassroots experience on record by the request's day.
///
/// # Errors
/// As the question.
pub async fn grassroots_months(ctx: &Context<'_>, cadre: CadreId) -> Result<Option<u32>> {
    let on = ctx.session()?.as_of();
    let rows = facts::<Experiences>(ctx, cadre).await?;
    let rows = rows.iter().filter(|it| it.kind == kind::ExperienceKind::Grassroots);
    Ok(Some(rows.filter_map(|it| experience::Entity::span(it).full_months(on)).sum()))
}

/// Full months at the level that is held on the request's day.
///
/// # Errors
/// As the question.
pub async fn months_at_level(ctx: &Context<'_>, cadre: CadreId) -> Result<Option<u32>> {
    let on = ctx.session()?.as_of();
    let spans = facts::<Levels>(ctx, cadre).await?.iter().map(level_period::Entity::span).collect::<Vec<_>>();
    Ok(spans.iter().filter(|it| it.holds(on)).filter_map(|it| it.full_months(on)).max())
}

/// Full months in the principal post that is held on the request's day.
///
/// # Errors
/// As the question.
pub async fn months_in_post(ctx: &Context<'_>, cadre: CadreId) -> Result<Option<u32>> {
    let on = ctx.session()?.as_of();
    let posts = facts::<Posts>(ctx, cadre).await?;
    let spans = posts.iter().filter(|it| it.is_primary).map(post_assignment::Entity::span);
    Ok(spans.filter(|it| it.holds(on)).filter_map(|it| it.full_months(on)).max())
}

/// Sanctions; none, which is not an empty list, where the caller may not read those of the person.
///
/// # Errors
/// As the question.
pub async fn sanctions(ctx: &Context<'_>, cadre: CadreId) -> Result<Option<Vec<Sanction>>> {
    if !ctx.session()?.may(crate::error::Action::SanctionRead) {
        return Ok(None);
    }
    match ctx.load(One::<SanctionReach>::of(cadre)).await? {
        Some(_) => list::<Sanctions, _>(ctx, cadre, Sanction::new).await,
        None => Ok(None),
    }
}

/// The résumé, in its own order.
///
/// # Errors
/// As the question.
pub async fn resume(ctx: &Context<'_>, cadre: CadreId) -> Result<Option<Vec<ResumeEntry>>> {
    let on = ctx.session()?.as_of();
    let mut rows = facts::<Resume>(ctx, cadre).await?;
    rows.sort_by_key(|it| it.ordinal);
    Ok(Some(rows.into_iter().map(|row| ResumeEntry::new(row, on)).collect()))
}

/// What the checks of a record find.
///
/// # Errors
/// As the questions.
pub async fn findings(ctx: &Context<'_>, cadre: CadreId) -> Result<Vec<rules::Finding>> {
    let levels: Vec<_> = facts::<Levels>(ctx, cadre).await?.iter().map(level_period::Entity::span).collect();
    let annual = |it: &&entity::assessment::Model| it.kind == kind::AssessmentKind::Annual;
    let years: Vec<i32> = facts::<Assessments>(ctx, cadre).await?.iter().filter(annual).map(|it| it.year).collect();
    Ok(rules::gaps(&levels).into_iter().chain(rules::unassessed(&years)).collect())
}
