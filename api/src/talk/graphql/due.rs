//! Which talks are missing, and what became of what was raised, in the schema.

use std::collections::BTreeMap;

use async_graphql::{Context, Object, SimpleObject};
use chrono::NaiveDate;
use entity::{id::PolicyEditionId, kind::IssueState};

use crate::{
    cadre::{graphql::CadreCard, read::Cards},
    edition::{graphql::PolicyEdition, read::Editions},
    error::Result,
    kernel::term::Term,
    loaders::Caller,
    mechanism::talks::Within,
    organization::{graphql::Organization, read::Organizations},
    pool::graphql::percent,
    questions::One,
    relay::Date,
    talk::read::due::{Covered, DueTalk},
};

fn count(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

/// How one rule of a policy stands that says whom talks reach.
pub struct TalkCoverage {
    edition: PolicyEditionId,
    covered: Covered,
}

impl TalkCoverage {
    /// By an edition.
    pub fn new(edition: PolicyEditionId, covered: Covered) -> Self {
        Self { edition, covered }
    }
}

/// How one rule of a policy stands that says whom talks reach (谈话覆盖).
#[Object(crate = "crate::relay::graphql")]
impl TalkCoverage {
    /// Its code.
    async fn code(&self) -> &str {
        &self.covered.rule.code
    }
    /// In which time, such as P1Y.
    async fn per(&self) -> String {
        match self.covered.rule.within {
            Within::Per(term) => term.into(),
            Within::Window(..) => Term::Months(12).into(),
        }
    }
    /// How many talks with each.
    async fn min(&self) -> u32 {
        self.covered.rule.min
    }
    /// Codes of those of whom one must hold the talk; empty where anybody may.
    async fn by(&self) -> &[String] {
        &self.covered.rule.by
    }
    /// The first day of the time; of a window of the year the one that has begun last.
    async fn from(&self) -> Date {
        Date(self.covered.from)
    }
    /// Its last day.
    async fn to(&self) -> Date {
        Date(self.covered.to)
    }
    /// How many persons are to be talked to.
    async fn due(&self) -> u32 {
        count(self.covered.due)
    }
    /// With how many of them it was done, as often as it is to be.
    async fn held(&self) -> u32 {
        count(self.covered.held)
    }
    /// How many per cent that are, to one digit; null where nobody is to be talked to.
    async fn percent(&self) -> Option<String> {
        percent(count(self.covered.held), count(self.covered.due))
    }
    /// The short cards of those with whom it was not done, at most 100.
    async fn missing(&self, ctx: &Context<'_>) -> Result<Option<Vec<CadreCard>>> {
        Ok(Some(CadreCard::of(ctx, self.covered.missing.iter().copied()).await?))
    }
    /// The edition.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<PolicyEdition>> {
        Ok(ctx.load(One::<Editions>::of(self.edition)).await?.map(PolicyEdition))
    }
}

/// A talk that is due after an event.
pub struct TalkDue {
    due: DueTalk,
    on: NaiveDate,
}

impl TalkDue {
    /// As of a day.
    pub fn new(due: DueTalk, on: NaiveDate) -> Self {
        Self { due, on }
    }
}

/// A talk that is due after an event (必谈), and was not held since.
#[Object(crate = "crate::relay::graphql")]
impl TalkDue {
    /// Code of the event.
    async fn trigger(&self) -> &str {
        &self.due.trigger
    }
    /// Class of its topic.
    async fn topic(&self) -> Option<&str> {
        self.due.topic.as_deref()
    }
    /// The short card of the person to whom it happened; null where it happened to a unit.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        let Some(person) = self.due.cadre else { return Ok(None) };
        Ok(ctx.load(One::<Cards>::of(person)).await?.map(CadreCard))
    }
    /// The unit to which it happened, or which kept the person then.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.due.unit)).await?.map(Organization))
    }
    /// When it happened; the last time, where it must happen in several years running.
    async fn happened_on(&self) -> Date {
        Date(self.due.happened_on)
    }
    /// By when the talk is due; null where working days count, of a year whose notice is not at hand.
    async fn due_on(&self) -> Option<Date> {
        self.due.due_on.map(Date)
    }
    /// Whether that day has passed.
    async fn overdue(&self) -> bool {
        self.due.due_on.is_some_and(|it| it < self.on)
    }
}

/// What became of the matters that were raised in talks (问题办结).
#[derive(SimpleObject)]
pub struct TalkIssueSummary {
    /// How many were raised.
    raised: u32,
    /// How many are open.
    open: u32,
    /// How many were solved.
    solved: u32,
    /// How many were explained.
    explained: u32,
    /// How many were declined.
    declined: u32,
    /// How many per cent of those raised were solved, to one digit; null where none was raised.
    solved_percent: Option<String>,
}

impl TalkIssueSummary {
    /// Of counts by state.
    pub fn new(counts: BTreeMap<&'static str, u32>) -> Self {
        let of = |state: IssueState| counts.get(state.text()).copied().unwrap_or(0);
        let (raised, solved) = (counts.values().sum(), of(IssueState::Solved));
        Self {
            raised,
            open: of(IssueState::Open),
            solved,
            explained: of(IssueState::Explained),
            declined: of(IssueState::Declined),
            solved_percent: percent(solved, raised),
        }
    }
}
