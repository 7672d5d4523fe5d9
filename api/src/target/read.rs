//! Questions about goals, quotas and posts that are set aside. They are answered where the caller reads the rows: counted from
//! some of them, an answer would be wrong and look right.

use chrono::NaiveDate;
use entity::{
    cadre, declared_fact,
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, FactState, MembershipState},
    organization, policy_edition, pool_membership, pool_tier, rank_period, reserve_pool,
};
use sea_orm::{
    Condition,
    sea_query::{ExprTrait, SelectStatement},
};

use crate::{
    cadre::read::{ROWS, holds},
    db::{
        gate::{Alias, Gate},
        reader::Reader,
        session::Query,
    },
    declared::read::in_force,
    edition::{document::Document, read::effective},
    eligibility::{condition::Conditions, judge::belongs, read::dossier},
    error::{Action, Error, Result},
    kernel::{need::Need, outcome::Outcome},
    mechanism::{
        Bounds,
        aim::Standing,
        registry::{PostLimit, Quota, Reserved},
        targets::{Counted, Goal, Wanted},
    },
    organization::read::below,
    target::rules::{Stretch, pace, stretch},
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
    let Some(edition) = effective(reader, policy, place, on).await? else { return Ok(None) };
    let document = Document::read(&edition.body).map_err(|_| Error::broken("a kept policy can't be read"))?;
    Ok(Some((edition, document)))
}

impl Query for Progress {
    const ACTION: Action = Action::TargetRead;
    type Answer = Option<ProgressOf>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some((edition, document)) = said(reader, &self.policy, self.place, self.on).await? else { return Ok(None) };
        let Some(targets) = &document.sections.targets else { return Ok(None) };
        let mut goals = Vec::new();
        let mut counted = Condition::any();
        for goal in &targets.goals {
            let period = goal.period.and_then(|it| stretch(it, edition.valid_from, self.on));
            let base = self.base(reader.gate(), &document, goal, period);
            let all = people(reader, base.clone()).await?;
            let group = goal.group.as_ref().and_then(|code| document.group(code)).map(|it| &it.need);
            let come = |outcome| base.clone().add_option(group.map(|it| self.come(reader.gate(), it, outcome)));
            let actual = if group.is_some() { people(reader, come(Outcome::Met)).await? } else { all };
            let unknown = if group.is_some() { people(reader, come(Outcome::Unknown)).await? } else { 0 };
            counted = counted.add(come(Outcome::Met));
            let standing = match goal.wanted {
                Wanted::Aim(aim) => aim.standing(actual, all),
                Wanted::Between(bounds) => between(bounds, actual),
            };
            goals.push(GoalStanding {
                goal: goal.clone(),
                base: all,
                standing,
                unknown,
                pace: period
                    .filter(|_| matches!(goal.wanted, Wanted::Aim(_)))
                    .map(|it| pace(standing.needed, it, self.on)),
                is_over: period.is_some_and(|it| self.on >= it.to),
                stretch: period,
            });
        }
        let persons = if goals.is_empty() { 0 } else { people(reader, Condition::all().add(counted)).await? };
        Ok(Some(ProgressOf { edition, document, goals, persons }))
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

impl Progress {
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

/// How the quotas, the posts set aside and the limits of posts of a policy stand for a place on a day.
pub struct QuotasOf {
    /// Code of the policy.
    pub policy: String,
    /// The place.
    pub place: OrganizationId,
    /// The day.
    pub on: NaiveDate,
}

/// How a quota stands.
#[derive(Clone, Debug)]
pub struct QuotaStanding {
    /// The quota.
    pub quota: Quota,
    /// How many are approved.
    pub approved: u32,
    /// How many are held.
    pub held: u32,
}

/// How posts that are set aside stand.
#[derive(Clone, Debug)]
pub struct ReservedStanding {
    /// What is set aside.
    pub reserved: Reserved,
    /// In which time.
    pub stretch: Option<Stretch>,
    /// Of how many; none where no forecast is filed for that time, which is not 0.
    pub forecast: Option<u32>,
    /// How many are set aside.
    pub needed: Option<u32>,
    /// How many are filled.
    pub filled: u32,
}

/// Who may leave a leading post by a limit.
#[derive(Clone, Debug)]
pub struct LimitStanding {
    /// The limit.
    pub limit: PostLimit,
    /// Who.
    pub people: Vec<CadreId>,
}

/// All of it.
#[derive(Clone, Debug)]
pub struct Quotas {
    /// The edition.
    pub edition: policy_edition::Model,
    /// Quotas.
    pub quotas: Vec<QuotaStanding>,
    /// Posts set aside.
    pub reserved: Vec<ReservedStanding>,
    /// Limits of posts.
    pub limits: Vec<LimitStanding>,
}

impl Query for QuotasOf {
    const ACTION: Action = Action::TargetRead;
    type Answer = Option<Quotas>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some((edition, document)) = said(reader, &self.policy, self.place, self.on).await? else { return Ok(None) };
        let Some(registry) = document.sections.registry.clone() else { return Ok(None) };
        let mut quotas = Vec::new();
        for quota in registry.quotas {
            let held = self.facts(reader, &quota.fact).await?;
            let held: std::collections::BTreeSet<_> =
                held.iter().filter(|it| it.holds).filter_map(|it| it.cadre_id).collect();
            let raised = match &quota.raised_by {
                Some(code) => self
                    .facts(reader, code)
                    .await?
                    .iter()
                    .max_by_key(|it| (it.valid_from, it.id))
                    .and_then(|it| it.number),
                None => None,
            };
            let approved = raised.and_then(|it| u32::try_from(it).ok()).unwrap_or(quota.approved);
            quotas.push(QuotaStanding { approved, held: u32::try_from(held.len()).unwrap_or(u32::MAX), quota });
        }
        let mut reserved = Vec::new();
        for it in registry.reserved {
            reserved.push(self.reserved(reader, &edition, it).await?);
        }
        let mut limits = Vec::new();
        for limit in registry.post_limits {
            let people = self.limited(reader, &limit).await?;
            limits.push(LimitStanding { limit, people });
        }
        Ok(Some(Quotas { edition, quotas, reserved, limits }))
    }
}

impl QuotasOf {
    /// Declared facts of a code at or below the place, in force on the day.
    async fn facts(&self, reader: &Reader<'_>, code: &str) -> Result<Vec<declared_fact::Model>> {
        let at = Alias::own::<declared_fact::Entity>();
        let here = at.col(declared_fact::Column::OrganizationId).in_subquery(below(reader.gate(), self.place));
        let found = reader.find::<declared_fact::Entity>().filter(here);
        found.filter(at.col(declared_fact::Column::Code).eq(code)).filter(in_force(&at, self.on)).all().await
    }

    async fn reserved(
        &self,
        reader: &Reader<'_>,
        edition: &policy_edition::Model,
        reserved: Reserved,
    ) -> Result<ReservedStanding> {
        let period = crate::mechanism::targets::Period::Per(reserved.per);
        let stretch = stretch(period, edition.valid_from, self.on);
        let within = |day: NaiveDate| stretch.is_some_and(|it| it.from <= day && day <= it.to);
        let filed = self.facts(reader, &reserved.of).await?;
        let filed = filed.iter().filter(|it| within(it.valid_from)).max_by_key(|it| (it.valid_from, it.id));
        let forecast = filed.and_then(|it| it.number).and_then(|it| u32::try_from(it).ok());
        let filled = self.facts(reader, &reserved.filled_by).await?;
        let filled = filled.iter().filter(|it| it.holds && within(it.valid_from)).count();
        Ok(ReservedStanding {
            needed: forecast.map(|it| reserved.share.count(it)),
            filled: u32::try_from(filled).unwrap_or(u32::MAX),
            reserved,
            stretch,
            forecast,
        })
    }

    /// People of a rank and age, with what the limit needs signed.
    async fn limited(&self, reader: &Reader<'_>, limit: &PostLimit) -> Result<Vec<CadreId>> {
        let (at, ranked) = (Alias::own::<cadre::Entity>(), Alias::named("limited_rank"));
        let (from, to) = (ranked.col(rank_period::Column::ValidFrom), ranked.col(rank_period::Column::ValidTo));
        let mut held = reader.gate().visible::<rank_period::Entity>(rank_period::Column::CadreId, &ranked);
        held.and_where(ranked.col(rank_period::Column::State).eq(FactState::Recorded))
            .and_where(ranked.col(rank_period::Column::Rank).eq(limit.rank))
            .cond_where(holds(from, to, self.on));
        let people = reader
            .find::<cadre::Entity>()
            .filter(at.col(cadre::Column::OrganizationId).in_subquery(below(reader.gate(), self.place)))
            .filter(at.col(cadre::Column::Status).eq(CadreStatus::InPost))
            .filter(at.col(cadre::Column::Id).in_subquery(held))
            .order(cadre::Column::NameSort)
            .all()
            .await?;
        let mut found = Vec::new();
        for person in people {
            let id = person.id;
            let dossier = dossier(reader, person).await?;
            if belongs(&limit.need(), &dossier, self.on) == Outcome::Met {
                found.push(id);
            }
        }
        Ok(found)
    }
}
