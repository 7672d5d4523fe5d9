//! Counts of pools and pairs in the schema.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use crate::{
    cadre::graphql::Sex,
    error::{Action, Result},
    loaders::Caller,
    mentoring::graphql::{PairForm, PairState},
    pool::graphql::MembershipState,
    relay::{Date, access, key},
    summary::{
        graphql::{CellStatus, each_once},
        read::{
            FLOOR,
            pairs::{self, PairCell, SummarizePairs},
            pools::{self, PoolCell, SummarizePools},
        },
    },
};

/// By what to count members of pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "pools::PoolGroupBy")]
pub enum PoolGroupBy {
    /// By the code of the pool.
    Pool,
    /// By the code of the tier.
    Tier,
    /// By the code of the track.
    Track,
    /// By the code of the category.
    Category,
    /// By the code of the maturity.
    Maturity,
    /// By the state of the membership; then every state counts, and otherwise members alone.
    State,
    /// By sex.
    Sex,
}

/// By what to count pairs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "pairs::PairGroupBy")]
pub enum PairGroupBy {
    /// By state.
    State,
    /// By form.
    Form,
    /// By whether a contact is overdue on the day.
    Overdue,
}

/// One count of persons in pools. What is not grouped by is null, and so is a part that the membership does not have.
#[derive(SimpleObject)]
pub struct PoolSummaryCell {
    /// Code of the pool.
    pool_code: Option<String>,
    /// Code of the tier.
    tier_code: Option<String>,
    /// Code of the track.
    track_code: Option<String>,
    /// Code of the category.
    category_code: Option<String>,
    /// Code of the maturity.
    maturity_code: Option<String>,
    /// The state of the membership.
    state: Option<MembershipState>,
    /// The sex.
    sex: Option<Sex>,
    /// How many persons, each once; null where it is suppressed.
    count: Option<i64>,
    /// Whether the count is shown.
    status: CellStatus,
    /// How many the tier aims at; null unless grouped by tier, alone or with the pool, and the caller counts all of it.
    target: Option<i64>,
    /// How many more it aims at than there are, below zero where there are more; null where either is.
    headroom: Option<i64>,
}

impl PoolSummaryCell {
    fn of(it: &PoolCell, asked: &[pools::PoolGroupBy]) -> Self {
        let text = |by| it.text(asked, by).map(str::to_owned);
        Self {
            pool_code: text(pools::PoolGroupBy::Pool),
            tier_code: text(pools::PoolGroupBy::Tier),
            track_code: text(pools::PoolGroupBy::Track),
            category_code: text(pools::PoolGroupBy::Category),
            maturity_code: text(pools::PoolGroupBy::Maturity),
            state: it.state(asked).map(Into::into),
            sex: it.sex(asked).map(Into::into),
            count: it.count,
            status: status(it.count),
            target: it.target,
            headroom: it.target.zip(it.count).map(|(target, count)| target - count),
        }
    }
}

/// Counts of persons in the pools of an organization and those below it.
#[derive(SimpleObject)]
pub struct PoolSummary {
    /// The day of which it tells (统计截止时间).
    as_of: Date,
    /// One count for each combination that occurs, and for each tier where they are counted.
    cells: Vec<PoolSummaryCell>,
    /// How many persons in all: who is in several pools counts once. Null where a suppressed cell of this answer would follow from it.
    persons: Option<i64>,
    /// Counts whose part that the caller may not see is below this are suppressed.
    suppressed_below: i64,
}

/// One count of pairs. What is not grouped by is null.
#[derive(SimpleObject)]
pub struct PairSummaryCell {
    /// The state.
    state: Option<PairState>,
    /// The form.
    form: Option<PairForm>,
    /// Whether a contact is overdue.
    overdue: Option<bool>,
    /// How many pairs; null where it is suppressed.
    count: Option<i64>,
    /// Whether the count is shown.
    status: CellStatus,
}

impl From<PairCell> for PairSummaryCell {
    fn from(it: PairCell) -> Self {
        let (state, form) = (it.state.map(Into::into), it.form.map(Into::into));
        Self { state, form, overdue: it.overdue, count: it.count, status: status(it.count) }
    }
}

/// Counts of the pairs that an organization and those below it keep.
#[derive(SimpleObject)]
pub struct PairSummary {
    /// The day of which it tells (统计截止时间).
    as_of: Date,
    /// One count for each combination that occurs.
    cells: Vec<PairSummaryCell>,
    /// Sum of the counts; null where a suppressed cell of this answer would follow from it.
    total: Option<i64>,
    /// Counts whose part that the caller may not see is below this are suppressed.
    suppressed_below: i64,
}

fn status(count: Option<i64>) -> CellStatus {
    if count.is_some() { CellStatus::Known } else { CellStatus::Suppressed }
}

/// Questions about counts of pools and pairs.
#[derive(Default)]
pub struct ProgrammeSummaryQuery;

/// Questions about counts of pools and pairs.
#[Object]
impl ProgrammeSummaryQuery {
    /// Persons in reserve pools that an organization and those below it keep. Of an earlier day the steps up to it tell
    /// states and tiers; what no step tells (tracks, targets, who may count what) is as it is now. A unit's officer counts only
    /// what is disclosed.
    #[graphql(directive = access::apply(Action::SummaryRead))]
    async fn pool_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization, with all below it.")] organization: ID,
        #[graphql(desc = "Only pools of this code.")] pool_code: Option<String>,
        #[graphql(desc = "By what, each at most once; none for one count.")] group_by: Vec<PoolGroupBy>,
        #[graphql(desc = "The day of which it tells, today where it is left out; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<PoolSummary>> {
        let group_by: Vec<pools::PoolGroupBy> = group_by.into_iter().map(Into::into).collect();
        each_once(&group_by)?;
        let session = ctx.session()?;
        let as_of = session.agree(as_of.map(|it| it.0))?;
        let past = Some(as_of).filter(|day| *day < session.today());
        let question = SummarizePools { organization: key(&organization), pool_code, group_by, past };
        let counts = session.recall(&question).await?;
        let cells = counts.cells.iter().map(|it| PoolSummaryCell::of(it, &question.group_by)).collect();
        Ok(Some(PoolSummary { as_of: Date(as_of), cells, persons: counts.persons, suppressed_below: FLOOR }))
    }

    /// Mentoring pairs that an organization and those below it keep. Of an earlier day the steps and contacts up to it tell.
    #[graphql(directive = access::apply(Action::SummaryRead))]
    async fn pair_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization, with all below it.")] organization: ID,
        #[graphql(desc = "By what, each at most once; none for one count.")] group_by: Vec<PairGroupBy>,
        #[graphql(desc = "The day of which it tells, today where it is left out; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<PairSummary>> {
        let session = ctx.session()?;
        let group_by: Vec<pairs::PairGroupBy> = group_by.into_iter().map(Into::into).collect();
        each_once(&group_by)?;
        let as_of = session.agree(as_of.map(|it| it.0))?;
        let (organization, past) = (key(&organization), as_of < session.today());
        let question = SummarizePairs { organization, group_by, as_of, past };
        let cells = session.recall(&question).await?;
        let total = cells.iter().map(|it| it.count).sum();
        let cells = cells.into_iter().map(Into::into).collect();
        Ok(Some(PairSummary { as_of: Date(as_of), cells, total, suppressed_below: FLOOR }))
    }
}
