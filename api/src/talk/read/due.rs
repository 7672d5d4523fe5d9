//! Which talks are missing: whom a policy wants talked to and nobody did, after which events a talk is due, and what became of
//! what was raised. For those in whose reach the place is, who see all of it; for anybody else it would be a guess from some.

use std::collections::{BTreeMap, BTreeSet};

use chrono::NaiveDate;
use entity::{
    cadre, declared_fact,
    id::{CadreId, OrganizationId, PolicyEditionId},
    kind::{CadreStatus, FactState, IssueState, MembershipState, Role},
    organization, policy_edition, pool_membership, reserve_pool, talk, talk_issue,
};
use sea_orm::{
    Condition,
    sea_query::{ExprTrait, SelectStatement},
};

use crate::{
    cadre::read::ROWS,
    career::read::DECIDING,
    db::{
        connect::Plans,
        gate::{Alias, Gate},
        reader::Reader,
        session::Query,
    },
    edition::read::in_force,
    eligibility::condition::Conditions,
    error::{Action, Error, Result},
    kernel::{need::Need, outcome::Outcome},
    mechanism::talks::{Coverage, Talks, Trigger},
    organization::read::below,
    talk::rules,
};

/// Most rows of one answer.
const MOST: usize = 100;

/// A person, or a unit.
type Whom = (Option<CadreId>, Option<OrganizationId>);

/// Whether a place is within what some roles reach.
async fn reaches(reader: &Reader<'_>, place: OrganizationId, roles: &[Role]) -> Result<bool> {
    let id = Alias::own::<organization::Entity>().col(organization::Column::Id);
    let reached = Condition::all().add(reader.gate().under(id.clone(), roles)).add(id.eq(place));
    Ok(reader.find::<organization::Entity>().filter(reached).one().await?.is_some())
}

/// The editions of a policy.
fn editions(gate: &Gate, policy: &str) -> SelectStatement {
    let at = Alias::named("of_policy");
    let mut all = gate.visible::<policy_edition::Entity>(policy_edition::Column::Id, &at);
    all.and_where(at.col(policy_edition::Column::Code).eq(policy));
    all
}

/// That a talk by a policy was held, by a day.
fn was_held(gate: &Gate, policy: &str, on: NaiveDate) -> Condition {
    let at = Alias::own::<talk::Entity>();
    Condition::all()
        .add(at.col(talk::Column::EditionId).in_subquery(editions(gate, policy)))
        .add(at.col(talk::Column::State).is_in(rules::HELD))
        .add(at.col(talk::Column::HeldOn).lte(on))
}

/// Whom talks by a policy reach, and whom they do not; none where the place is out of reach or no edition has effect.
pub struct CoverageOf {
    /// Code of the policy.
    pub policy: String,
    /// In which place, and below.
    pub organization: OrganizationId,
    /// The last day of the time.
    pub on: NaiveDate,
}

/// How one rule of coverage stands.
pub struct Covered {
    /// The rule.
    pub rule: Coverage,
    /// The first day of the time.
    pub from: NaiveDate,
    /// Its last day.
    pub to: NaiveDate,
    /// How many are to be talked to.
    pub due: usize,
    /// With how many of them it was done, as often as it is to be.
    pub held: usize,
    /// With whom it was not, the first 100.
    pub missing: Vec<CadreId>,
}

impl Query for CoverageOf {
    const ACTION: Action = Action::TalkRead;
    type Answer = Option<(PolicyEditionId, Vec<Covered>)>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        if !reaches(reader, self.organization, ROWS).await? {
            return Ok(None);
        }
        let Some((edition, document)) = in_force(reader, &self.policy, self.organization, self.on).await? else {
            return Ok(None);
        };
        let mut out = Vec::new();
        for rule in coverage(document.sections.talks.as_ref()) {
            let group = rule.group.as_ref().and_then(|it| document.group(it)).map(|it| &it.need);
            out.push(self.covered(reader, rule, group).await?);
        }
        Ok(Some((edition.id, out)))
    }
}

fn coverage(talks: Option<&Talks>) -> &[Coverage] {
    talks.map(|it| it.coverage.as_slice()).unwrap_or_default()
}

impl CoverageOf {
    async fn covered(&self, reader: &Reader<'_>, rule: &Coverage, group: Option<&Need>) -> Result<Covered> {
        let why = "counts working days of a year whose notice is not at hand: take it in first";
        let time = rules::time(rule.within, self.on, reader.calendar());
        let (from, to) = time.ok_or_else(|| Error::invalid("policy", why))?;
        let wanted: BTreeSet<CadreId> = match group {
            Some(need) => self.of_group(reader, need).await?,
            None => self.of_pools(reader).await?,
        };
        let at = Alias::own::<talk::Entity>();
        let by = Some(&rule.by).filter(|it| !it.is_empty());
        let held = was_held(reader.gate(), &self.policy, to)
            .add(at.col(talk::Column::CadreId).is_not_null())
            .add(at.col(talk::Column::HeldOn).gte(from))
            .add_option(by.map(|all| at.col(talk::Column::Conductor).is_in(all.iter().map(String::as_str))));
        let held = reader.find::<talk::Entity>().filter(held).all().await?;
        let mut times: BTreeMap<CadreId, u32> = BTreeMap::new();
        for person in held.into_iter().filter_map(|it| it.cadre_id) {
            *times.entry(person).or_default() += 1;
        }
        let enough = times.into_iter().filter(|it| it.1 >= rule.min);
        let reached: BTreeSet<CadreId> = enough.map(|it| it.0).collect();
        Ok(Covered {
            rule: rule.clone(),
            from,
            to,
            due: wanted.len(),
            held: wanted.intersection(&reached).count(),
            missing: wanted.difference(&reached).take(MOST).copied().collect(),
        })
    }

    /// The members of the pools that are kept by the policy.
    async fn of_pools(&self, reader: &Reader<'_>) -> Result<BTreeSet<CadreId>> {
        let (at, pool) = (Alias::own::<pool_membership::Entity>(), Alias::named("kept_by_policy"));
        let mut pools = reader.gate().visible::<reserve_pool::Entity>(reserve_pool::Column::Id, &pool);
        pools.and_where(pool.col(reserve_pool::Column::PolicyCode).eq(self.policy.as_str()));
        let place = pool.col(reserve_pool::Column::OrganizationId);
        pools.and_where(place.in_subquery(below(reader.gate(), self.organization)));
        let members = Condition::all()
            .add(at.col(pool_membership::Column::PoolId).in_subquery(pools))
            .add(at.col(pool_membership::Column::State).is_in([MembershipState::Confirmed, MembershipState::Warned]));
        let rows = reader.find::<pool_membership::Entity>().filter(members).all().await?;
        Ok(rows.into_iter().map(|it| it.cadre_id).collect())
    }

    /// Those in post in the place who belong to a group.
    async fn of_group(&self, reader: &Reader<'_>, need: &Need) -> Result<BTreeSet<CadreId>> {
        let at = Alias::own::<cadre::Entity>();
        let there = at.col(cadre::Column::OrganizationId).in_subquery(below(reader.gate(), self.organization));
        let people = Condition::all()
            .add(there)
            .add(at.col(cadre::Column::Status).eq(CadreStatus::InPost))
            .add(Conditions::new(reader.gate(), self.on).come(need, Outcome::Met));
        Ok(reader.find::<cadre::Entity>().filter(people).keys().await?.into_iter().collect())
    }
}

/// After which events a talk is due and was not held; none where the caller does not decide in the place, or no edition has
/// effect.
pub struct TriggersDue {
    /// Code of the policy.
    pub policy: String,
    /// In which place, and below.
    pub organization: OrganizationId,
    /// On which day.
    pub on: NaiveDate,
}

/// A talk that is due.
pub struct DueTalk {
    /// Code of the event.
    pub trigger: String,
    /// The class of its topic.
    pub topic: Option<String>,
    /// With whom, where it is a person.
    pub cadre: Option<CadreId>,
    /// The unit to which it happened, or which kept the person then.
    pub unit: OrganizationId,
    /// When it happened.
    pub happened_on: NaiveDate,
    /// By when the talk is due; none where the notice of a year is not at hand.
    pub due_on: Option<NaiveDate>,
}

impl Query for TriggersDue {
    const ACTION: Action = Action::TalkRead;
    const PLANS: Plans = Plans::Anew;
    type Answer = Option<Vec<DueTalk>>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        if !reaches(reader, self.organization, DECIDING).await? {
            return Ok(None);
        }
        let Some((_, document)) = in_force(reader, &self.policy, self.organization, self.on).await? else {
            return Ok(None);
        };
        let mut out = Vec::new();
        for trigger in document.sections.talks.iter().flat_map(|it| &it.triggers) {
            out.extend(self.due(reader, trigger).await?);
        }
        // Those whose day can't be told come first: somebody must look.
        out.sort_by_key(|it| (it.due_on, it.happened_on, it.unit, it.cadre));
        out.truncate(MOST);
        Ok(Some(out))
    }
}

impl TriggersDue {
    async fn due(&self, reader: &Reader<'_>, trigger: &Trigger) -> Result<Vec<DueTalk>> {
        let last = self.last_held(reader, trigger).await?;
        let mut happened: BTreeMap<Whom, (OrganizationId, Vec<NaiveDate>)> = BTreeMap::new();
        for row in self.events(reader, trigger).await? {
            let whom = (row.cadre_id, row.cadre_id.is_none().then_some(row.organization_id));
            let (unit, days) = happened.entry(whom).or_insert_with(|| (row.organization_id, Vec::new()));
            *unit = row.organization_id;
            days.push(row.valid_from);
        }
        let mut out = Vec::new();
        for (whom, (unit, days)) in happened {
            let talked = last.get(&whom);
            for day in rules::falls_due(&days, trigger.years_running) {
                if talked.is_some_and(|held| *held >= day) {
                    continue;
                }
                out.push(DueTalk {
                    trigger: trigger.event.clone(),
                    topic: trigger.topic.clone(),
                    cadre: whom.0,
                    unit,
                    happened_on: day,
                    due_on: trigger.within.last_day(day, reader.calendar()),
                });
            }
        }
        Ok(out)
    }

    /// The events, oldest first.
    async fn events(&self, reader: &Reader<'_>, trigger: &Trigger) -> Result<Vec<declared_fact::Model>> {
        let at = Alias::own::<declared_fact::Entity>();
        let place = at.col(declared_fact::Column::OrganizationId);
        let events = Condition::all()
            .add(at.col(declared_fact::Column::EditionId).in_subquery(editions(reader.gate(), &self.policy)))
            .add(place.in_subquery(below(reader.gate(), self.organization)))
            .add(at.col(declared_fact::Column::Code).eq(trigger.event.as_str()))
            .add(at.col(declared_fact::Column::Holds).eq(true))
            .add(at.col(declared_fact::Column::State).eq(FactState::Recorded))
            .add(at.col(declared_fact::Column::ValidFrom).lte(self.on));
        reader.find::<declared_fact::Entity>().filter(events).order(declared_fact::Column::ValidFrom).all().await
    }

    /// When a talk after the event was held last, with whom.
    async fn last_held(&self, reader: &Reader<'_>, trigger: &Trigger) -> Result<BTreeMap<Whom, NaiveDate>> {
        let at = Alias::own::<talk::Entity>();
        let held = was_held(reader.gate(), &self.policy, self.on)
            .add(at.col(talk::Column::Trigger).eq(trigger.event.as_str()));
        let rows = reader.find::<talk::Entity>().filter(held).order(talk::Column::HeldOn).all().await?;
        Ok(rows.into_iter().filter_map(|it| Some(((it.cadre_id, it.unit_id), it.held_on?))).collect())
    }
}

/// How many matters were raised, by what became of them; none where the place is out of reach.
pub struct IssuesOf {
    /// Code of the policy; talks by any where it is none.
    pub policy: Option<String>,
    /// In talks held by people of this place and those below.
    pub organization: OrganizationId,
}

impl Query for IssuesOf {
    const ACTION: Action = Action::TalkRead;
    type Answer = Option<BTreeMap<&'static str, u32>>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        if !reaches(reader, self.organization, ROWS).await? {
            return Ok(None);
        }
        let at = Alias::own::<talk_issue::Entity>();
        let mut out = BTreeMap::new();
        for state in IssueState::ALL {
            let raised = Condition::all()
                .add(at.col(talk_issue::Column::TalkId).in_subquery(self.talks(reader.gate())))
                .add(at.col(talk_issue::Column::State).eq(*state));
            let count = reader.find::<talk_issue::Entity>().filter(raised).count().await?;
            out.insert(state.text(), u32::try_from(count).unwrap_or(u32::MAX));
        }
        Ok(Some(out))
    }
}

impl IssuesOf {
    fn talks(&self, gate: &Gate) -> SelectStatement {
        let at = Alias::named("summed_talk");
        let mut talks = gate.raw::<talk::Entity>(talk::Column::Id, &at);
        talks.and_where(at.col(talk::Column::OrganizationId).in_subquery(below(gate, self.organization)));
        if let Some(policy) = &self.policy {
            talks.and_where(at.col(talk::Column::EditionId).in_subquery(editions(gate, policy)));
        }
        talks
    }
}
