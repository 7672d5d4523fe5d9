//! Goals, quotas and posts that are set aside, in the schema.

use async_graphql::{ComplexObject, Context, Enum, ID, Object, SimpleObject};
use entity::id::OrganizationId;
use futures_util::future::try_join_all;

use crate::{
    cadre::graphql::CadreCard,
    edition::graphql::PolicyEdition,
    error::{Action, Result},
    loaders::Caller,
    mechanism::{
        aim::{Size, Standing},
        targets::{Counted, Wanted},
    },
    organization::{graphql::Organization, read::Organizations},
    pool::graphql::percent,
    questions::One,
    relay::{Date, access, key},
    target::read::{
        GoalStanding, Progress, ProgressOf,
        quotas::{LimitStanding, QuotaStanding, QuotasOf, ReservedStanding},
        units::{UnitStanding, plus},
    },
};

/// How a goal stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum GoalStatus {
    /// It is reached.
    Met,
    /// It is not reached yet.
    Short,
    /// It is not reached, and its time is over.
    Missed,
    /// There are more than it wants at most: a hint.
    Over,
}

/// How one unit stands in a goal that is wanted of each.
#[derive(SimpleObject)]
#[graphql(complex)]
pub struct GoalUnit {
    #[graphql(skip)]
    unit: OrganizationId,
    /// Of how many it is a part there.
    base: u32,
    /// How many are needed there; at most allowed, where it is a limit.
    needed: u32,
    /// How many there are.
    actual: u32,
    /// How many are missing.
    missing: u32,
    /// How many there are too many.
    over: u32,
    /// Of how many nothing is known.
    unknown: u32,
    /// How it stands.
    status: GoalStatus,
}

#[ComplexObject]
impl GoalUnit {
    /// The unit.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.unit)).await?.map(Organization))
    }
}

/// How a goal stands, counted to the request's day. Of a goal that each unit is to reach the numbers are the sums of the units'
/// own: what one has too many another still lacks. It never stands in the way of a person.
#[derive(SimpleObject)]
pub struct GoalProgress {
    /// Code of the goal.
    code: String,
    /// What it is called.
    title: String,
    /// What it counts: CADRES, MEMBERS, DEPLOYED, EVENTS or UNITS.
    counts: &'static str,
    /// Of how many it is a part.
    base: u32,
    /// How many are needed; at most allowed, where it is a limit.
    needed: u32,
    /// How many there are.
    actual: u32,
    /// How many are missing.
    missing: u32,
    /// How many there are too many.
    over: u32,
    /// How many per cent of the base there are, to one digit, where the goal is a share.
    percent: Option<String>,
    /// Of how many nothing is known, so that they count for no goal.
    unknown: u32,
    /// The first day of its time.
    from: Option<Date>,
    /// The last day of its time.
    to: Option<Date>,
    /// How many there would be by now if they came evenly; null for a goal without an end.
    expected_by_now: Option<u32>,
    /// How it stands.
    status: GoalStatus,
    /// The goal of which it is a part.
    subset_of: Option<String>,
    /// Each unit by itself, by name, where each is to reach it; empty where the place as a whole is.
    units: Vec<GoalUnit>,
}

fn status(standing: Standing, is_over: bool) -> GoalStatus {
    match (standing.missing, standing.over) {
        (0, 0) => GoalStatus::Met,
        (0, _) => GoalStatus::Over,
        _ if is_over => GoalStatus::Missed,
        _ => GoalStatus::Short,
    }
}

impl From<GoalStanding> for GoalProgress {
    fn from(it: GoalStanding) -> Self {
        let standing = it.standing;
        let unit = |unit: &UnitStanding| GoalUnit {
            unit: unit.unit,
            base: unit.base,
            needed: unit.standing.needed,
            actual: unit.standing.actual,
            missing: unit.standing.missing,
            over: unit.standing.over,
            unknown: unit.unknown,
            status: status(unit.standing, it.is_over),
        };
        let units = it.units.iter().map(unit).collect();
        let is_share = matches!(it.goal.wanted, Wanted::Aim(aim) if matches!(aim.size, Size::Share(_)));
        Self {
            counts: match it.goal.counted {
                Counted::Cadres => "CADRES",
                Counted::Members { .. } => "MEMBERS",
                Counted::Deployed { .. } => "DEPLOYED",
                Counted::Events { .. } => "EVENTS",
                Counted::Units { .. } => "UNITS",
            },
            code: it.goal.code,
            title: it.goal.title,
            base: it.base,
            needed: standing.needed,
            actual: standing.actual,
            missing: standing.missing,
            over: standing.over,
            percent: percent(standing.actual, it.base).filter(|_| is_share),
            unknown: it.unknown,
            from: it.stretch.map(|it| Date(it.from)),
            to: it.stretch.map(|it| Date(it.to)),
            expected_by_now: it.pace,
            status: status(standing, it.is_over),
            subset_of: it.goal.subset_of,
            units,
        }
    }
}

/// All goals of a programme that count people, together.
#[derive(SimpleObject)]
pub struct ProgrammeTotal {
    /// How many are needed: of goals that are a part of another, the other's alone.
    needed: u32,
    /// How many persons count, each once.
    persons: u32,
    /// How many are missing, of goals that are no part of another.
    missing: u32,
}

/// A stretch of a plan.
#[derive(SimpleObject)]
pub struct PlanMilestone {
    /// Its code.
    code: String,
    /// The first day.
    from: Date,
    /// The last day.
    to: Date,
}

/// How the goals of a policy stand for a place (目标进度).
pub struct TargetProgress(ProgressOf, chrono::NaiveDate);

/// How the goals of a policy stand for a place (目标进度), counted to one day.
#[Object(crate = "crate::relay::graphql")]
impl TargetProgress {
    /// The edition.
    async fn edition(&self) -> PolicyEdition {
        PolicyEdition(self.0.edition.clone())
    }
    /// Code of the programme.
    async fn programme(&self) -> Option<&str> {
        self.0.document.sections.targets.as_ref()?.programme.as_deref()
    }
    /// The day to which it is counted.
    async fn as_of(&self) -> Date {
        Date(self.1)
    }
    /// Each goal, in the policy's order.
    async fn goals(&self) -> Vec<GoalProgress> {
        self.0.goals.iter().cloned().map(Into::into).collect()
    }
    /// Units that keep no plan that holds on the day and is of as many years as the policy wants, by name; empty where it
    /// wants none.
    async fn missing_plans(&self, ctx: &Context<'_>) -> Result<Option<Vec<Organization>>> {
        let units = self.0.without_plan.iter().map(|id| ctx.load(One::<Organizations>::of(*id)));
        Ok(Some(try_join_all(units).await?.into_iter().flatten().map(Organization).collect()))
    }
    /// All of them together, nobody counted twice.
    async fn total(&self) -> ProgrammeTotal {
        let of_people = |it: &&GoalStanding| !matches!(it.goal.counted, Counted::Units { .. });
        let whole = || self.0.goals.iter().filter(of_people).filter(|it| it.goal.subset_of.is_none());
        ProgrammeTotal {
            needed: whole().map(|it| it.standing.needed).fold(0, plus),
            persons: self.0.persons,
            missing: whole().map(|it| it.standing.missing).fold(0, plus),
        }
    }
    /// What the policy proposes where a goal is short, in order; empty where none is. People decide.
    async fn proposals(&self) -> Vec<String> {
        let short = self.0.goals.iter().any(|it| it.standing.missing > 0);
        let targets = self.0.document.sections.targets.as_ref().filter(|_| short);
        targets.map(|it| it.on_shortfall.clone()).unwrap_or_default()
    }
    /// The stretches of its plan.
    async fn milestones(&self) -> Vec<PlanMilestone> {
        let all = self.0.document.sections.targets.as_ref().map(|it| it.milestones.clone()).unwrap_or_default();
        let one = |it: crate::mechanism::targets::Milestone| PlanMilestone {
            code: it.code,
            from: Date(it.from),
            to: Date(it.to),
        };
        all.into_iter().map(one).collect()
    }
}

/// How a quota stands. No waiver lifts it.
#[derive(SimpleObject)]
pub struct QuotaLine {
    /// Code of the declared fact that takes a place.
    code: String,
    /// How many are approved.
    approved: u32,
    /// How many are held.
    held: u32,
    /// How many more may be.
    room: u32,
}

/// How posts that are set aside stand.
#[derive(SimpleObject)]
pub struct ReservedPosts {
    /// Its code.
    code: String,
    /// The first day of its time.
    from: Option<Date>,
    /// The last day of its time.
    to: Option<Date>,
    /// How many posts were forecast to fall vacant; null where no forecast is filed for that time: that is unknown, not 0.
    forecast: Option<u32>,
    /// How many are set aside; null where that is unknown.
    set_aside: Option<u32>,
    /// How many are filled.
    filled: u32,
    /// How many are still to be filled; null where that is unknown.
    missing: Option<u32>,
    /// How it stands; null where that is unknown.
    status: Option<GoalStatus>,
}

/// Who may leave a leading post by a limit of age and rank.
pub struct PostLimitForecast(LimitStanding);

/// Who may leave a leading post by a limit of age and rank: each is a post that would fall vacant. Nothing happens by it.
#[Object(crate = "crate::relay::graphql")]
impl PostLimitForecast {
    /// Its code.
    async fn code(&self) -> &str {
        &self.0.limit.code
    }
    /// How many posts would fall vacant.
    async fn vacancies(&self) -> usize {
        self.0.people.len()
    }
    /// Who.
    async fn people(&self, ctx: &Context<'_>) -> Result<Option<Vec<CadreCard>>> {
        Ok(Some(CadreCard::of(ctx, self.0.people.iter().copied()).await?))
    }
}

/// How the quotas, reserved posts and post limits of a policy stand for a place.
#[derive(SimpleObject)]
pub struct QuotaStatus {
    /// The edition.
    edition: PolicyEdition,
    /// The day to which it is counted.
    as_of: Date,
    /// Quotas.
    quotas: Vec<QuotaLine>,
    /// Posts set aside.
    reserved: Vec<ReservedPosts>,
    /// Posts that would fall vacant by limits.
    forecasts: Vec<PostLimitForecast>,
}

impl From<QuotaStanding> for QuotaLine {
    fn from(it: QuotaStanding) -> Self {
        let room = it.approved.saturating_sub(it.held);
        Self { code: it.quota.fact, approved: it.approved, held: it.held, room }
    }
}

impl ReservedPosts {
    fn on(it: ReservedStanding, day: chrono::NaiveDate) -> Self {
        let missing = it.needed.map(|needed| needed.saturating_sub(it.filled));
        let over = it.stretch.is_some_and(|it| day >= it.to);
        let status = missing.map(|missing| match (missing, over) {
            (0, _) => GoalStatus::Met,
            (_, true) => GoalStatus::Missed,
            _ => GoalStatus::Short,
        });
        Self {
            code: it.reserved.code,
            from: it.stretch.map(|it| Date(it.from)),
            to: it.stretch.map(|it| Date(it.to)),
            forecast: it.forecast,
            set_aside: it.needed,
            filled: it.filled,
            missing,
            status,
        }
    }
}

/// Questions about goals and quotas.
#[derive(Default)]
pub struct TargetQuery;

/// Questions about goals and quotas.
#[Object]
impl TargetQuery {
    /// How the goals of a policy stand for an organization and all below it. Null where the caller does not read the
    /// organization's rows, or no edition with goals is in effect.
    #[graphql(directive = access::apply(Action::TargetRead))]
    async fn target_progress(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the policy.")] policy: String,
        #[graphql(desc = "Global id of the organization.")] organization: ID,
        #[graphql(desc = "The day to which it is counted; one for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<TargetProgress>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let found = session.ask(&Progress { policy, place: key(&organization), on }).await?;
        Ok(found.map(|it| TargetProgress(it, on)))
    }

    /// How the quotas, the posts set aside and the limits of posts of a policy stand for an organization and all below it.
    /// Null where the caller does not read the organization's rows, or no edition that says anything of them is in effect.
    #[graphql(directive = access::apply(Action::TargetRead))]
    async fn quota_status(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the policy.")] policy: String,
        #[graphql(desc = "Global id of the organization.")] organization: ID,
        #[graphql(desc = "The day to which it is counted; one for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<QuotaStatus>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let found = session.ask(&QuotasOf { policy, place: key(&organization), on }).await?;
        Ok(found.map(|it| QuotaStatus {
            edition: PolicyEdition(it.edition),
            as_of: Date(on),
            quotas: it.quotas.into_iter().map(Into::into).collect(),
            reserved: it.reserved.into_iter().map(|it| ReservedPosts::on(it, on)).collect(),
            forecasts: it.limits.into_iter().map(PostLimitForecast).collect(),
        }))
    }
}
