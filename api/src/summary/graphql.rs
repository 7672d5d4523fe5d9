//! Counts in the schema; those of pools and pairs stand in `programmes`.

mod programmes;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use chrono::NaiveDate;
use entity::id::OrganizationId;

use crate::{
    cadre::graphql::Sex,
    error::{Action, Error, Result},
    loaders::Caller,
    organization::{
        graphql::{Organization, PositionLevel},
        read::Organizations,
    },
    questions::One,
    relay::{Date, access, key},
    summary::read::{self, Cell, FLOOR, SummarizeCadres},
};

pub use programmes::ProgrammeSummaryQuery;

/// By what to count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "read::GroupBy")]
pub enum CadreGroupBy {
    /// By position level (职务层次).
    Level,
    /// By sex.
    Sex,
    /// By age band, in full years.
    AgeBand,
    /// By the band of the age that is reached within the year: the difference of years. Not together with `AGE_BAND`.
    AgeBandInYear,
    /// By year of birth.
    BirthYear,
}

/// Ages in full years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "read::AgeBand")]
pub enum AgeBand {
    /// Below 30.
    Under30,
    /// 30 to 34.
    From30To34,
    /// 35 to 39.
    From35To39,
    /// 40 to 44.
    From40To44,
    /// 45 to 49.
    From45To49,
    /// 50 to 54.
    From50To54,
    /// 55 and above.
    From55,
}

/// Whether a count is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum CellStatus {
    /// It is.
    Known,
    /// It is below 5, or the part of it that the caller may not see is: showing it could name a person.
    Suppressed,
}

/// One count of a summary.
#[derive(SimpleObject)]
#[graphql(crate = "crate::relay::graphql")]
pub struct CadreSummaryCell {
    /// The position level; null where it is not grouped by, or not known.
    level: Option<PositionLevel>,
    /// The sex; null where it is not grouped by.
    sex: Option<Sex>,
    /// The age band; null where it is not grouped by, or the birth date not known.
    age_band: Option<AgeBand>,
    /// The year of birth; null where it is not grouped by, or not known.
    birth_year: Option<i32>,
    /// How many; null where it is suppressed.
    count: Option<i64>,
    /// Whether the count is shown.
    status: CellStatus,
}

impl From<Cell> for CadreSummaryCell {
    fn from(it: Cell) -> Self {
        let status = if it.count.is_some() { CellStatus::Known } else { CellStatus::Suppressed };
        let (level, sex) = (it.level.map(Into::into), it.sex.map(Into::into));
        let (age_band, birth_year) = (it.age_band.map(Into::into), it.birth_year);
        Self { level, sex, age_band, birth_year, count: it.count, status }
    }
}

/// Counts of cadres in post under an organization.
pub struct CadreSummary {
    organization: OrganizationId,
    as_of: NaiveDate,
    cells: Vec<Cell>,
}

/// Counts of cadres in post under an organization, as far as the caller may count them.
#[Object(crate = "crate::relay::graphql")]
impl CadreSummary {
    /// The organization; null where the caller may not see it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.organization)).await?.map(Organization))
    }
    /// The day of which it tells (统计截止时间).
    async fn as_of(&self) -> Date {
        Date(self.as_of)
    }
    /// Sum of the counts; null where a suppressed cell of this answer would follow from it.
    async fn total(&self) -> Option<i64> {
        self.cells.iter().map(|it| it.count).sum()
    }
    /// One count for each combination that occurs, in the order of the groupings.
    async fn cells(&self) -> Vec<CadreSummaryCell> {
        self.cells.iter().cloned().map(Into::into).collect()
    }
    /// Counts whose part that the caller may not see is below this are suppressed.
    async fn suppressed_below(&self) -> i64 {
        FLOOR
    }
}

/// Questions about counts.
#[derive(Default)]
pub struct SummaryQuery;

/// Questions about counts.
#[Object]
impl SummaryQuery {
    /// Cadres in post under an organization, counted by level, sex, age band and year of birth. Of an earlier day posts, levels and moves
    /// tell, and the records where they have none; the caller counts only people whom they may count today. An organization
    /// outside the caller's reach counts nobody, like one that does not exist.
    #[graphql(directive = access::apply(Action::SummaryRead))]
    async fn cadre_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization, with all below it.")] organization: ID,
        #[graphql(desc = "By what, each at most once; none for one count.")] group_by: Vec<CadreGroupBy>,
        #[graphql(desc = "The day of which it tells, today where it is left out; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<CadreSummary>> {
        let session = ctx.session()?;
        let group_by: Vec<read::GroupBy> = group_by.into_iter().map(Into::into).collect();
        each_once(&group_by)?;
        if group_by.contains(&read::GroupBy::AgeBand) && group_by.contains(&read::GroupBy::AgeBandInYear) {
            return Err(Error::invalid("groupBy", "names two ways to tell an age: name one"));
        }
        let as_of = session.agree(as_of.map(|it| it.0))?;
        let (organization, past) = (key(&organization), as_of < session.today());
        let question = SummarizeCadres { organization, group_by, as_of, past };
        let cells = session.recall(&question).await?;
        Ok(Some(CadreSummary { organization: question.organization, as_of: question.as_of, cells }))
    }
}

/// That no grouping is named twice.
fn each_once<G: Ord + Clone>(group_by: &[G]) -> Result<()> {
    let mut once = group_by.to_vec();
    once.sort_unstable();
    once.dedup();
    if once.len() < group_by.len() {
        return Err(Error::invalid("groupBy", "names a grouping twice: name each at most once"));
    }
    Ok(())
}
