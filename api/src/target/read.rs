//! Questions about goals, quotas and posts that are set aside. They are answered where the caller reads the rows: counted from
//! some of them, an answer would be wrong and look right.

pub mod advice;
pub mod quotas;
pub mod units;

use chrono::NaiveDate;
use entity::{
    cadre, declared_fact,
    id::OrganizationId,
    kind::{CadreStatus, FactState, MembershipState},
    organization, policy_edition, pool_membership, pool_tier, reserve_pool,
};
use sea_orm::{
    Condition,
    sea_query::{ExprTrait, SelectStatement},
};

use crate::{
    cadre::read::ROWS,
    db::{
        connect::Plans,
        gate::{Alias, Gate},
        reader::Reader,
        session::Query,
    },
    edition::{document::Document, read::in_force},
    eligibility::condition::Conditions,
    error::{Action, Result},
    kernel::{need::Need, outcome::Outcome},
    mechanism::{
        Bounds,
        aim::Standing,
        targets::{Counted, Goal, Wanted},
    },
    organization::read::below,
    target::{
        read::units::{UnitStanding, plus, together},
        rules::{Stretch, pace, stretch},
    },
};

/// How the goals of a policy stand for a place on a day; none where the caller does not read its rows, or has no edition.
pub struct Progress {
    /// Code of the policy.
    pub policy: String,
    /// The place.
    pub place: OrganizationId,
    /// The day.
    pub on: NaiveDate,
}

/// How one goal stands.
#[derive(Clone, Debug)]
pub struct GoalStanding {
    /// The goal.
    pub goal: Goal,
    /// Of how many it is a part.
    pub base: u32,
    /// How it stands.
    pub standing: Standing,
    /// Of how many nothing is known.
    pub unknown: u32,
    /// Each unit by itself, where each wants so many.
    pub units: Vec<UnitStanding>,
    /// In which time.
    pub stretch: Option<Stretch>,
    /// How many there would be by now if they came evenly.
    pub pace: Option<u32>,
    /// Whether its time is over.
    pub is_over: bool,
}

/// How all of a policy's goals stand.
#[derive(Clone, Debug)]
pub struct ProgressOf {
    /// The edition.
    pub edition: policy_edition::Model,
    /// What it says.
    pub document: Document,
    /// Each goal.
    pub goals: Vec<GoalStanding>,
    /// How many persons count for one goal or more, each once.
    pub persons: u32,
    /// Which units keep no plan that reaches as far as it is to, by name.
    pub without_plan: Vec<OrganizationId>,
}

/// The edition that has effect for a place whose rows the caller reads.
async fn said(
    reader: &Reader<'_>,
    policy: &str,
    place: OrganizationId,
    on: NaiveDate,
) -> Result<Option<(policy_edition::Model, Document)>> {
    let at = Alias::own::<organization::Entity>();
    let id = at.col(organization::Column::Id);
    let reached = reader.gate().under(id.clone(), ROWS).add(id.eq(place));
    if reader.find::<organization::Entity>().filter(reached).count().await? == 0 {
        return Ok(None);
    }
    in_force(reader, policy, place, on).await
}

impl Query for Progress {
    const ACTION: Action = Action::TargetRead;
    const PLANS: Plans = Plans::Anew;
    type Answer = Option<ProgressOf>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some((edition, document)) = said(reader, &self.policy, self.place, self.on).await? else { return Ok(None) };
        let Some(targets) = &document.sections.targets else { return Ok(None) };
        let mut goals = Vec::new();
        let mut counted = Condition::any();
        for goal in &targets.goals {
            let (standing, come) = self.goal(reader, &edition, &document, goal).await?;
            counted = counted.add(come);
            goals.push(standing);
        }
        let persons = if goals.is_empty() { 0 } else { people(reader, Condition::all().add(counted)).await? };
        let without_plan = match &targets.unit_plan {
            Some(plan) => self.without_plan(reader, plan).await?,
            None => Vec::new(),
        };
        Ok(Some(ProgressOf { edition, document, goals, persons, without_plan }))
    }
}

fn stands(wanted: Wanted, actual: u32, base: u32) -> Standing {
    match wanted {
        Wanted::Aim(aim) => aim.standing(actual, base),
        Wanted::Between(bounds) => between(bounds, actual),
    }
}

fn between(bounds: Bounds, actual: u32) -> Standing {
    let (least, most) = (bounds.min.unwrap_or(0), bounds.max.unwrap_or(u32::MAX));
    Standing { needed: least, actual, missing: least.saturating_sub(actual), over: actual.saturating_sub(most) }
}

/// How many people a condition holds for, each once.
async fn people(reader: &Reader<'_>, among: Condition) -> Result<u32> {
    let found = reader.find::<cadre::Entity>().filter(among).count().await?;
    Ok(u32::try_from(found).unwrap_or(u32::MAX))
}

/// Whether a goal of a policy is short for a place; one that it does not have is not.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn is_short(
    reader: &Reader<'_>,
    of: &Progress,
    edition: &policy_edition::Model,
    document: &Document,
    code: &str,
) -> Result<bool> {
    let goals = document.sections.targets.iter().flat_map(|it| &it.goals);
    let Some(goal) = goals.into_iter().find(|it| it.code == code) else { return Ok(false) };
    let (standing, _) = of.goal(reader, edition, document, goal).await?;
    Ok(standing.standing.missing > 0)
}

impl Progress {
    /// How one goal stands, and whom it counts.
    async fn goal(
        &self,
        reader: &Reader<'_>,
        edition: &policy_edition::Model,
        document: &Document,
        goal: &Goal,
    ) -> Result<(GoalStanding, Condition)> {
        let period = goal.period.and_then(|it| stretch(it, edition.valid_from, self.on, reader.calendar()));
        if let Counted::Units { fact } = &goal.counted {
            return Ok((self.of_units(reader, goal, fact, period).await?, Gate::nothing()));
        }
        let mut base = self.base(reader.gate(), document, goal, period);
        let units = self.units_of(reader, &goal.each).await?;
        if !goal.each.is_empty() {
            base = base.add(self.serves_in(reader.gate(), &goal.each, &units));
        }
        let group = goal.group.as_ref().and_then(|code| document.group(code)).map(|it| &it.need);
        let come = |outcome| base.clone().add_option(group.map(|it| self.come(reader.gate(), it, outcome)));
        if !goal.each.is_empty() {
            let whom = [base.clone(), come(Outcome::Met), come(Outcome::Unknown)];
            let units = self.units(reader, goal, units, whom).await?;
            let sum = |of: fn(&UnitStanding) -> u32| units.iter().map(of).fold(0, plus);
            let numbers = (sum(|it| it.base), together(units.iter().map(|it| it.standing)), sum(|it| it.unknown));
            return Ok((self.told(goal, numbers, units, period), come(Outcome::Met)));
        }
        let all = people(reader, base.clone()).await?;
        let actual = if group.is_some() { people(reader, come(Outcome::Met)).await? } else { all };
        let unknown = if group.is_some() { people(reader, come(Outcome::Unknown)).await? } else { 0 };
        let numbers = (all, stands(goal.wanted, actual, all), unknown);
        Ok((self.told(goal, numbers, Vec::new(), period), come(Outcome::Met)))
    }

    fn told(
        &self,
        goal: &Goal,
        (base, standing, unknown): (u32, Standing, u32),
        units: Vec<UnitStanding>,
        period: Option<Stretch>,
    ) -> GoalStanding {
        let paced = period.filter(|_| matches!(goal.wanted, Wanted::Aim(_)));
        GoalStanding {
            goal: goal.clone(),
            base,
            standing,
            unknown,
            units,
            pace: paced.map(|it| pace(standing.needed, it, self.on)),
            is_over: period.is_some_and(|it| self.on >= it.to),
            stretch: period,
        }
    }

    fn come(&self, gate: &Gate, need: &Need, outcome: Outcome) -> Condition {
        Conditions::new(gate, self.on).come(need, outcome)
    }

    /// Of whom a goal is a part.
    fn base(&self, gate: &Gate, document: &Document, goal: &Goal, period: Option<Stretch>) -> Condition {
        let at = Alias::own::<cadre::Entity>();
        let id = at.col(cadre::Column::Id);
        let among = goal.among.as_ref().and_then(|code| document.group(code));
        let among = among.map(|it| self.come(gate, &it.need, Outcome::Met));
        let whom = match &goal.counted {
            Counted::Cadres => Condition::all()
                .add(at.col(cadre::Column::OrganizationId).in_subquery(below(gate, self.place)))
                .add(at.col(cadre::Column::Status).eq(CadreStatus::InPost)),
            Counted::Members { tier } => {
                let held = [MembershipState::Confirmed, MembershipState::Warned];
                Condition::all().add(id.in_subquery(self.members(gate, tier.as_deref(), &held, None)))
            }
            Counted::Deployed { tier } => {
                let done = [MembershipState::Deployed];
                Condition::all().add(id.in_subquery(self.members(gate, tier.as_deref(), &done, period)))
            }
            Counted::Units { .. } => Gate::nothing(),
            Counted::Events { event } => Condition::all().add(id.in_subquery(self.happened(gate, event, period))),
        };
        whom.add_option(among)
    }

    /// Members of the pools that the policy keeps at or below the place.
    fn members(
        &self,
        gate: &Gate,
        tier: Option<&str>,
        states: &[MembershipState],
        period: Option<Stretch>,
    ) -> SelectStatement {
        let (pool, member) = (Alias::named("aimed_at_pool"), Alias::named("aimed_at_member"));
        let mut pools = gate.visible::<reserve_pool::Entity>(reserve_pool::Column::Id, &pool);
        pools.and_where(pool.col(reserve_pool::Column::PolicyCode).eq(self.policy.as_str()));
        pools.and_where(pool.col(reserve_pool::Column::OrganizationId).in_subquery(below(gate, self.place)));
        let mut people = gate.visible::<pool_membership::Entity>(pool_membership::Column::CadreId, &member);
        people.and_where(member.col(pool_membership::Column::PoolId).in_subquery(pools));
        people.and_where(member.col(pool_membership::Column::State).is_in(states.iter().copied()));
        if let Some(code) = tier {
            let at = Alias::named("aimed_at_tier");
            let mut tiers = gate.visible::<pool_tier::Entity>(pool_tier::Column::Id, &at);
            tiers.and_where(at.col(pool_tier::Column::Code).eq(code));
            people.and_where(member.col(pool_membership::Column::TierId).in_subquery(tiers));
        }
        if let Some(Stretch { from, to }) = period {
            people.and_where(member.col(pool_membership::Column::DecidedOn).between(from, Ord::min(to, self.on)));
        }
        people
    }

    /// People to whom something happened in a time.
    fn happened(&self, gate: &Gate, event: &str, period: Option<Stretch>) -> SelectStatement {
        let at = Alias::named("aimed_at_event");
        let day = at.col(declared_fact::Column::ValidFrom);
        let mut people = gate.visible::<declared_fact::Entity>(declared_fact::Column::CadreId, &at);
        people
            .and_where(at.col(declared_fact::Column::CadreId).is_not_null())
            .and_where(at.col(declared_fact::Column::Code).eq(event))
            .and_where(at.col(declared_fact::Column::Holds).eq(true))
            .and_where(at.col(declared_fact::Column::State).eq(FactState::Recorded))
            .and_where(at.col(declared_fact::Column::OrganizationId).in_subquery(below(gate, self.place)));
        if let Some(Stretch { from, to }) = period {
            people.and_where(day.between(from, Ord::min(to, self.on)));
        }
        people
    }
}
