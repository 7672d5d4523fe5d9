//! How a pool stands beside its policy: how much room there is, what it is made of, who shows up as a candidate. For those who
//! keep the pool, who see all of its members; for anybody else any of it would be a guess from some.

use std::sync::Arc;

use chrono::NaiveDate;
use entity::{
    cadre, declared_fact,
    id::{PolicyEditionId, PoolId},
    kind::{CadreStatus, FactState, MembershipState},
    pool_division, pool_membership, pool_tier, reserve_pool,
};
use sea_orm::{
    Condition,
    sea_query::{ExprTrait, SelectStatement},
};
use serde::Serialize;

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
    mechanism::aim::{Aim, Size, Standing},
    organization::read::below,
    questions,
};

const HELD: [MembershipState; 2] = [MembershipState::Confirmed, MembershipState::Warned];

/// How a pool stands on a day; none where the caller does not keep it.
pub struct StandingOf {
    /// The pool.
    pub pool: PoolId,
    /// The day of which groups are told.
    pub on: NaiveDate,
}

/// How a pool stands.
#[derive(Clone, Debug)]
pub struct PoolStanding {
    /// The members of each tier, with its code and target.
    pub tiers: Vec<(String, u32, Option<u32>)>,
    /// How many members in all, each once.
    pub members: u32,
    /// How many it aims at, or holds, in all.
    pub total: Option<u32>,
    /// What it should be made of.
    pub structure: Vec<StructureStanding>,
    /// How many stand in each tier, category and maturity.
    pub grid: Vec<GridCell>,
    /// The edition of its policy.
    pub edition: Option<PolicyEditionId>,
}

/// One part of the structure.
#[derive(Clone, Debug)]
pub struct StructureStanding {
    /// Code of the target.
    pub code: String,
    /// Code of the tier; all where it is none.
    pub tier: Option<String>,
    /// What the group is called.
    pub group: String,
    /// Of how many members.
    pub base: u32,
    /// What is aimed at.
    pub aim: Aim,
    /// How it stands.
    pub standing: Standing,
    /// Of how many members nothing is known.
    pub unknown: u32,
}

/// How many stand in one part of a pool.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct GridCell {
    /// Code of the tier.
    pub tier: String,
    /// Code of the category.
    pub category: Option<String>,
    /// Code of the maturity.
    pub maturity: Option<String>,
    /// What is proposed next for members of that maturity.
    pub next: Option<String>,
    /// How many.
    pub count: u32,
}

fn count(it: usize) -> u32 {
    u32::try_from(it).unwrap_or(u32::MAX)
}

impl Query for StandingOf {
    const ACTION: Action = Action::PoolRead;
    const PLANS: Plans = Plans::Anew;
    type Answer = Option<PoolStanding>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let at = Alias::own::<reserve_pool::Entity>();
        let kept = reader.gate().under(at.col(reserve_pool::Column::OrganizationId), ROWS);
        let kept = kept.add(at.col(reserve_pool::Column::Id).eq(self.pool));
        let Some(pool) = reader.find::<reserve_pool::Entity>().filter(kept).one().await? else { return Ok(None) };
        let tiers = Alias::own::<pool_tier::Entity>().col(pool_tier::Column::PoolId).eq(pool.id);
        let tiers = reader.find::<pool_tier::Entity>().filter(tiers).order(pool_tier::Column::Ordinal).all().await?;
        let divisions = Alias::own::<pool_division::Entity>().col(pool_division::Column::PoolId).eq(pool.id);
        let divisions = reader.find::<pool_division::Entity>().filter(divisions).all().await?;
        let at = Alias::own::<pool_membership::Entity>();
        let held = Condition::all()
            .add(at.col(pool_membership::Column::PoolId).eq(pool.id))
            .add(at.col(pool_membership::Column::State).is_in(HELD));
        let members = reader.find::<pool_membership::Entity>().filter(held).all().await?;
        let said = said(reader, &pool, self.on).await?;
        let rules = said.as_ref().and_then(|it| it.1.sections.pool.as_ref());
        let in_tier = |tier: &pool_tier::Model| count(members.iter().filter(|it| it.tier_id == tier.id).count());
        let target = |tier: &pool_tier::Model| {
            let own = u32::try_from(tier.target_count).ok().filter(|it| *it > 0);
            match rules.and_then(|it| it.tier(&tier.code)).and_then(|it| it.target).map(|it| it.size) {
                Some(Size::Count(count)) => Some(count),
                _ => own,
            }
        };
        let mut structure = Vec::new();
        if let Some((_, document)) = &said {
            for wanted in rules.map(|it| it.structure.as_slice()).unwrap_or_default() {
                let tier = wanted.tier.as_ref().and_then(|code| tiers.iter().find(|it| it.code == *code));
                let Some(group) = document.group(&wanted.group) else { continue };
                let base = tier.map_or(count(members.len()), in_tier);
                let whom = members_of(reader.gate(), pool.id, tier);
                let actual = among(reader, self.on, &group.need, Outcome::Met, whom.clone()).await?;
                let unknown = among(reader, self.on, &group.need, Outcome::Unknown, whom).await?;
                structure.push(StructureStanding {
                    code: wanted.code.clone(),
                    tier: wanted.tier.clone(),
                    group: group.title.clone(),
                    base,
                    aim: wanted.aim,
                    standing: wanted.aim.standing(actual, base),
                    unknown,
                });
            }
        }
        let total = rules.and_then(|it| it.capacity).and_then(|it| it.1);
        Ok(Some(PoolStanding {
            tiers: tiers.iter().map(|it| (it.code.clone(), in_tier(it), target(it))).collect(),
            members: count(members.len()),
            total: total.or_else(|| pool.target_size.and_then(|it| u32::try_from(it).ok())),
            structure,
            grid: grid(&tiers, &divisions, &members, rules.map(|it| it.next.as_slice()).unwrap_or_default()),
            edition: said.map(|it| it.0),
        }))
    }
}

/// The edition of a pool's policy that has effect on a day.
async fn said(
    reader: &Reader<'_>,
    pool: &reserve_pool::Model,
    on: NaiveDate,
) -> Result<Option<(PolicyEditionId, Document)>> {
    let Some(code) = &pool.policy_code else { return Ok(None) };
    let found = in_force(reader, code, pool.organization_id, on).await?;
    Ok(found.map(|(edition, document)| (edition.id, document)))
}

/// The members of a pool, or of a tier of it.
fn members_of(gate: &Gate, pool: PoolId, tier: Option<&pool_tier::Model>) -> SelectStatement {
    let at = Alias::named("standing_member");
    let mut people = gate.visible::<pool_membership::Entity>(pool_membership::Column::CadreId, &at);
    people.and_where(at.col(pool_membership::Column::PoolId).eq(pool));
    people.and_where(at.col(pool_membership::Column::State).is_in(HELD));
    if let Some(tier) = tier {
        people.and_where(at.col(pool_membership::Column::TierId).eq(tier.id));
    }
    people
}

/// How many of some people a need comes out so for.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn among(
    reader: &Reader<'_>,
    on: NaiveDate,
    need: &Need,
    outcome: Outcome,
    whom: SelectStatement,
) -> Result<u32> {
    let whom = Alias::own::<cadre::Entity>().col(cadre::Column::Id).in_subquery(whom);
    let come = Conditions::new(reader.gate(), on).come(need, outcome);
    let found = reader.find::<cadre::Entity>().filter(whom).filter(come).count().await?;
    Ok(u32::try_from(found).unwrap_or(u32::MAX))
}

fn grid(
    tiers: &[pool_tier::Model],
    divisions: &[pool_division::Model],
    members: &[pool_membership::Model],
    next: &[(String, String)],
) -> Vec<GridCell> {
    let after = |maturity: Option<&String>| next.iter().find(|it| Some(&it.0) == maturity).map(|it| it.1.clone());
    let division = |id| divisions.iter().find(|it| Some(it.id) == id).map(|it| it.code.clone());
    let mut cells: Vec<GridCell> = Vec::new();
    for member in members {
        let Some(tier) = tiers.iter().find(|it| it.id == member.tier_id) else { continue };
        let (category, maturity) = (division(member.category_id), division(member.maturity_id));
        let same = |it: &&mut GridCell| (&it.tier, &it.category, &it.maturity) == (&tier.code, &category, &maturity);
        match cells.iter_mut().find(same) {
            Some(cell) => cell.count += 1,
            None => {
                let next = after(maturity.as_ref());
                cells.push(GridCell { tier: tier.code.clone(), category, maturity, next, count: 1 });
            }
        }
    }
    cells.sort();
    cells
}

/// Who shows up as a candidate of a pool by itself, and is in it neither as a member nor as one proposed.
#[derive(Clone, Serialize)]
pub struct AutoCandidates {
    /// The pool.
    pub pool: PoolId,
    /// Its version: another policy finds others.
    pub version: i32,
    /// The edition of its policy.
    pub edition: PolicyEditionId,
    /// Code of the rule that finds them.
    pub code: String,
    /// On which day.
    pub on: NaiveDate,
    /// Those who meet this, as the edition says.
    #[serde(skip)]
    pub need: Option<Arc<Need>>,
    /// Those to whom this happened, as the edition says.
    #[serde(skip)]
    pub event: Option<String>,
    /// Kept at or below this organization.
    pub under: entity::id::OrganizationId,
}

impl questions::Among for AutoCandidates {
    type Entity = cadre::Entity;
    const ACTION: Action = Action::EligibilityRead;
    const PLANS: Plans = Plans::Anew;
    const LIST: &'static str = "pool.auto_candidates";
    const COUNT: &'static str = "pool.auto_candidate_count";
    fn by_name() -> cadre::Column {
        cadre::Column::NameSort
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let person = Alias::own::<cadre::Entity>();
        let (inside, happened) = (Alias::named("already_in"), Alias::named("happened"));
        let open = [MembershipState::Proposed, MembershipState::Confirmed, MembershipState::Warned];
        let mut already = gate.raw::<pool_membership::Entity>(pool_membership::Column::CadreId, &inside);
        already.and_where(inside.col(pool_membership::Column::PoolId).eq(self.pool));
        already.and_where(inside.col(pool_membership::Column::State).is_in(open));
        let event = self.event.as_deref().map(|code| {
            let mut people = gate.visible::<declared_fact::Entity>(declared_fact::Column::CadreId, &happened);
            people
                .and_where(happened.col(declared_fact::Column::CadreId).is_not_null())
                .and_where(happened.col(declared_fact::Column::Code).eq(code))
                .and_where(happened.col(declared_fact::Column::Holds).eq(true))
                .and_where(happened.col(declared_fact::Column::State).eq(FactState::Recorded))
                .and_where(happened.col(declared_fact::Column::ValidFrom).lte(self.on));
            person.col(cadre::Column::Id).in_subquery(people)
        });
        let need = self.need.as_ref().map(|it| Conditions::new(gate, self.on).come(it, Outcome::Met));
        Condition::all()
            .add(person.col(cadre::Column::OrganizationId).in_subquery(below(gate, self.under)))
            .add(person.col(cadre::Column::Status).eq(CadreStatus::InPost))
            .add(person.col(cadre::Column::Id).not_in_subquery(already))
            .add_option(event)
            .add_option(need)
    }
}

/// The rule of a pool's policy that finds candidates, by its code.
pub struct FindingRule {
    /// The pool.
    pub pool: PoolId,
    /// Code of the rule.
    pub code: String,
    /// On which day.
    pub on: NaiveDate,
}

impl Query for FindingRule {
    const ACTION: Action = Action::PoolRead;
    type Answer = std::result::Result<AutoCandidates, Vec<String>>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some(pool) = reader.get::<reserve_pool::Entity>(self.pool).await? else { return Ok(Err(Vec::new())) };
        let Some((edition, document)) = said(reader, &pool, self.on).await? else { return Ok(Err(Vec::new())) };
        let rules = document.sections.pool.map(|it| it.auto_candidates).unwrap_or_default();
        let Some(rule) = rules.iter().find(|it| it.code == self.code).cloned() else {
            return Ok(Err(rules.into_iter().map(|it| it.code).collect()));
        };
        Ok(Ok(AutoCandidates {
            pool: pool.id,
            version: pool.version,
            edition,
            code: self.code.clone(),
            on: self.on,
            need: rule.need.map(Arc::new),
            event: rule.event,
            under: pool.organization_id,
        }))
    }
}
