//! Goals as units have them: each by itself, units that are counted, and units that keep no plan.

use std::collections::{HashMap, HashSet};

use chrono::{Months, NaiveDate};
use entity::{
    cadre, declared_fact,
    id::{Key as _, OrganizationId},
    kind::{FactState, OrganizationKind, OrganizationState},
    organization,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait},
};

use super::{GoalStanding, Progress, stands};
use crate::{
    db::{
        gate::{Alias, Gate},
        reader::Reader,
    },
    error::{Error, Result},
    mechanism::{
        aim::Standing,
        targets::{Goal, UnitPlan},
    },
    organization::read::below,
    target::rules::Stretch,
};

/// Most units of which each is told by itself.
const MOST_UNITS: u64 = 1000;

/// How one unit stands in a goal that is wanted of each.
#[derive(Clone, Debug)]
pub struct UnitStanding {
    /// The unit.
    pub unit: OrganizationId,
    /// Of how many it is a part there.
    pub base: u32,
    /// How it stands there.
    pub standing: Standing,
    /// Of how many there nothing is known.
    pub unknown: u32,
}

/// The sum of two counts, as far as an answer can say it.
pub fn plus(one: u32, other: u32) -> u32 {
    Ord::min(one.saturating_add(other), i32::MAX.unsigned_abs())
}

/// How several units stand together: what one has too many is nothing that another lacks.
pub(super) fn together(units: impl Iterator<Item = Standing>) -> Standing {
    let none = Standing { needed: 0, actual: 0, missing: 0, over: 0 };
    units.fold(none, |sum, it| Standing {
        needed: plus(sum.needed, it.needed),
        actual: plus(sum.actual, it.actual),
        missing: plus(sum.missing, it.missing),
        over: plus(sum.over, it.over),
    })
}

/// The unit of some kinds for which a person counts: the nearest one above the home, or that itself.
fn unit_of(gate: &Gate, kinds: &[OrganizationKind]) -> Expr {
    let unit = Alias::named("unit_of");
    let home = Alias::own::<cadre::Entity>().col(cadre::Column::OrganizationId);
    Expr::from(gate.nearest(home, &unit, of_kinds(&unit, kinds)))
}

fn of_kinds(at: &Alias, kinds: &[OrganizationKind]) -> Condition {
    Condition::all()
        .add(at.col(organization::Column::Kind).is_in(kinds.iter().copied()))
        .add(at.col(organization::Column::State).eq(OrganizationState::Active))
}

/// That a fact says on a day that something is so of an organization.
fn said_of_unit(at: &Alias, code: &str, on: NaiveDate) -> Condition {
    let until = at.col(declared_fact::Column::ValidTo);
    Condition::all()
        .add(at.col(declared_fact::Column::Code).eq(code))
        .add(at.col(declared_fact::Column::CadreId).is_null())
        .add(at.col(declared_fact::Column::Holds).eq(true))
        .add(at.col(declared_fact::Column::State).eq(FactState::Recorded))
        .add(at.col(declared_fact::Column::ValidFrom).lte(on))
        .add(until.clone().is_null().or(until.gt(on)))
}

/// The units for which a condition holds, by name.
///
/// # Errors
/// `Invalid` on `organization` where they are more than one answer holds.
async fn units_among(reader: &Reader<'_>, among: Condition) -> Result<Vec<OrganizationId>> {
    let units = reader.find::<organization::Entity>().filter(among).order(organization::Column::NameSort);
    let units = units.order(organization::Column::Id).limit(MOST_UNITS + 1).all().await?;
    if units.len() as u64 > MOST_UNITS {
        let why = format!("has more than {MOST_UNITS} units that the policy speaks of: ask for a smaller one");
        return Err(Error::invalid("organization", why));
    }
    Ok(units.into_iter().map(|it| it.id).collect())
}

impl Progress {
    /// How a goal stands that counts organizations below the place.
    pub(super) async fn of_units(
        &self,
        reader: &Reader<'_>,
        goal: &Goal,
        fact: &str,
        period: Option<Stretch>,
    ) -> Result<GoalStanding> {
        let at = Alias::own::<organization::Entity>();
        let here = Condition::all()
            .add(at.col(organization::Column::Id).in_subquery(below(reader.gate(), self.place)))
            .add(at.col(organization::Column::Id).ne(self.place))
            .add(at.col(organization::Column::State).eq(OrganizationState::Active));
        let count = async |among: Condition| -> Result<u32> {
            let found = reader.find::<organization::Entity>().filter(among).count().await?;
            Ok(u32::try_from(found).unwrap_or(u32::MAX))
        };
        let said = Alias::named("said_of_unit");
        let mut units = reader.gate().visible::<declared_fact::Entity>(declared_fact::Column::OrganizationId, &said);
        units.cond_where(said_of_unit(&said, fact, self.on));
        let named = here.clone().add(at.col(organization::Column::Id).in_subquery(units));
        let (base, actual) = (count(here).await?, count(named).await?);
        let standing = stands(goal.wanted, actual, base);
        Ok(self.told(goal, (base, standing, 0), Vec::new(), period))
    }

    /// The units of some kinds at or below the place, by name; none where there are no kinds.
    pub(super) async fn units_of(
        &self,
        reader: &Reader<'_>,
        kinds: &[OrganizationKind],
    ) -> Result<Vec<OrganizationId>> {
        if kinds.is_empty() {
            return Ok(Vec::new());
        }
        let at = Alias::own::<organization::Entity>();
        let here = at.col(organization::Column::Id).in_subquery(below(reader.gate(), self.place));
        units_among(reader, Condition::all().add(here).add(of_kinds(&at, kinds))).await
    }

    /// That a person counts for one of some units.
    pub(super) fn serves_in(&self, gate: &Gate, kinds: &[OrganizationKind], units: &[OrganizationId]) -> Condition {
        if units.is_empty() {
            return Gate::nothing();
        }
        Condition::all().add(unit_of(gate, kinds).is_in(units.iter().copied()))
    }

    /// How each unit of some kinds stands, by name: whoever serves there, or below without another such unit between.
    pub(super) async fn units(
        &self,
        reader: &Reader<'_>,
        goal: &Goal,
        units: Vec<OrganizationId>,
        [base, met, unknown]: [Condition; 3],
    ) -> Result<Vec<UnitStanding>> {
        let each = async |among: Condition| -> Result<HashMap<OrganizationId, u32>> {
            let unit = unit_of(reader.gate(), &goal.each);
            let found = reader.find::<cadre::Entity>().filter(among).count_each(unit).await?;
            let count = |it: u64| u32::try_from(it).unwrap_or(u32::MAX);
            Ok(found.into_iter().map(|(unit, rows)| (OrganizationId::from_uuid(unit), count(rows))).collect())
        };
        let base = each(base).await?;
        let (met, unknown) = match goal.group {
            Some(_) => (each(met).await?, each(unknown).await?),
            None => (base.clone(), HashMap::new()),
        };
        let one = |unit: OrganizationId| {
            let of = |all: &HashMap<OrganizationId, u32>| all.get(&unit).copied().unwrap_or(0);
            let standing = stands(goal.wanted, of(&met), of(&base));
            UnitStanding { unit, base: of(&base), standing, unknown: of(&unknown) }
        };
        Ok(units.into_iter().map(one).collect())
    }

    /// Which units have filed no plan that holds on the day and is of as many years as a plan is to be.
    pub(super) async fn without_plan(&self, reader: &Reader<'_>, plan: &UnitPlan) -> Result<Vec<OrganizationId>> {
        let at = Alias::own::<organization::Entity>();
        let here = match plan.of.as_slice() {
            [] => Condition::all()
                .add(at.col(organization::Column::ParentId).eq(self.place))
                .add(at.col(organization::Column::State).eq(OrganizationState::Active)),
            kinds => Condition::all()
                .add(at.col(organization::Column::Id).in_subquery(below(reader.gate(), self.place)))
                .add(of_kinds(&at, kinds)),
        };
        let units = units_among(reader, here).await?;
        let said = Alias::own::<declared_fact::Entity>();
        let years = |count: u32| Months::new(count.saturating_mul(12));
        let filed = said_of_unit(&said, &plan.fact, self.on)
            .add(said.col(declared_fact::Column::OrganizationId).is_in(units.iter().copied()));
        let filed = reader.find::<declared_fact::Entity>().filter(filed).all().await?;
        let fits = |it: &&declared_fact::Model| {
            let after = |count: u32| it.valid_from.checked_add_months(years(count));
            // A plan without an end is of no number of years.
            it.valid_to.is_some_and(|until| {
                after(plan.min_years).is_some_and(|least| until >= least)
                    && plan.max_years.and_then(after).is_none_or(|most| until <= most)
            })
        };
        let planned: HashSet<OrganizationId> = filed.iter().filter(fits).map(|it| it.organization_id).collect();
        Ok(units.into_iter().filter(|it| !planned.contains(it)).collect())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sums_end_where_an_answer_can_say_no_more() {
        let most = i32::MAX.unsigned_abs();
        let one = Standing { needed: 10_000_000, actual: 3, missing: 9_999_997, over: 0 };
        let all = together(std::iter::repeat_n(one, 1000));
        assert_eq!((all.needed, all.actual, all.missing, all.over), (most, 3000, most, 0));
        assert_eq!(plus(u32::MAX, u32::MAX), most);
    }
}
