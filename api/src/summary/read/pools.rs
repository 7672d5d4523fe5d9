//! Counts over the members of reserve pools: persons, each once in a cell and once in all.

use chrono::NaiveDate;
use entity::{
    cadre,
    id::OrganizationId,
    kind::{MembershipState, Sex},
    membership_step, pool_division, pool_membership, pool_tier, reserve_pool,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait, SubQueryStatement},
};
use serde::{Deserialize, Serialize};

use crate::{
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::{Query, Remember},
    },
    error::{Action, Result},
    organization::read::below,
    summary::read::{at_own_level, then::membership, told},
};

/// By what to count members of pools.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
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
    /// By the state of the membership.
    State,
    /// By sex.
    Sex,
}

/// Counts of persons in the pools that an organization and those below it keep: members, or every state where it is
/// grouped by.
#[derive(Serialize)]
pub struct SummarizePools {
    /// The organization, with all below it.
    pub organization: OrganizationId,
    /// Only pools of this code.
    pub pool_code: Option<String>,
    /// By what, each once.
    pub group_by: Vec<PoolGroupBy>,
    /// The day of which it tells, where that is over; none for the memberships as they stand.
    pub past: Option<NaiveDate>,
}

/// One count of persons in pools.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolCell {
    /// What each grouping is here, in the order asked for; none where the membership has no such part.
    pub keys: Vec<Option<String>>,
    /// How many persons; none where it is suppressed.
    pub count: Option<i64>,
    /// How many it aims at; none where it is not a tier.
    pub target: Option<i64>,
}

/// All of it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PoolCounts {
    /// The cells, in the order of their keys.
    pub cells: Vec<PoolCell>,
    /// How many persons in all, each once; none where it, or a cell, is suppressed.
    pub persons: Option<i64>,
}

impl Query for SummarizePools {
    const ACTION: Action = Action::SummaryRead;
    type Answer = PoolCounts;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        at_own_level(reader, self.organization).await?;
        let gate = reader.gate();
        let at = Alias::own::<pool_membership::Entity>();
        let keys: Vec<Expr> = self.group_by.iter().map(|by| self.key(*by, &at, gate)).collect();
        let members = [MembershipState::Confirmed, MembershipState::Warned];
        let every = self.group_by.contains(&PoolGroupBy::State);
        let state = self.state(&at, gate);
        let members = if every { state.is_not_null() } else { state.is_in(members) };
        let pools = at.col(pool_membership::Column::PoolId).in_subquery(self.pools(gate));
        let among = Condition::all().add(pools).add(members);
        let persons = at.col(pool_membership::Column::CadreId).count_distinct();
        let rows = told::<pool_membership::Entity>(reader, among.clone(), &keys, persons.clone(), |keys| keys).await?;
        let all = told::<pool_membership::Entity>(reader, among, &[], persons, |keys| keys).await?.pop();
        let all = all.and_then(|it| it.1);
        let mut cells: Vec<PoolCell> =
            rows.into_iter().map(|(keys, count)| PoolCell { keys, count, target: None }).collect();
        self.aim(reader, &mut cells).await?;
        cells.sort_by(|one, other| one.keys.cmp(&other.keys));
        let shown = cells.iter().all(|it| it.count.is_some());
        Ok(PoolCounts { cells, persons: all.filter(|_| shown) })
    }
}

impl Remember for SummarizePools {
    const NAME: &'static str = "summary.pools";
    const TTL_S: u64 = 300;
}

impl SummarizePools {
    /// The pools that are counted.
    fn pools(&self, gate: &Gate) -> sea_orm::sea_query::SelectStatement {
        let pool = Alias::named("summed_pool");
        let mut pools = gate.raw::<reserve_pool::Entity>(reserve_pool::Column::Id, &pool);
        pools.and_where(pool.col(reserve_pool::Column::OrganizationId).in_subquery(below(gate, self.organization)));
        if let Some(code) = &self.pool_code {
            pools.and_where(pool.col(reserve_pool::Column::Code).eq(code.as_str()));
        }
        pools
    }

    /// Says how many each tier aims at, where tiers, alone or with their pools, are what is counted; a tier without members
    /// is a cell too.
    async fn aim(&self, reader: &Reader<'_>, cells: &mut Vec<PoolCell>) -> Result<()> {
        let plain = self.group_by.iter().all(|it| matches!(it, PoolGroupBy::Pool | PoolGroupBy::Tier));
        if !plain || !self.group_by.contains(&PoolGroupBy::Tier) {
            return Ok(());
        }
        let (gate, at) = (reader.gate(), Alias::own::<pool_tier::Entity>());
        let key = |by: &PoolGroupBy| match by {
            PoolGroupBy::Tier => at.col(pool_tier::Column::Code),
            _ => code_of::<reserve_pool::Entity>(
                gate,
                "aiming_pool",
                reserve_pool::Column::Code,
                at.col(pool_tier::Column::PoolId),
            ),
        };
        let keys: Vec<Expr> = self.group_by.iter().map(key).collect();
        let among = Condition::all().add(at.col(pool_tier::Column::PoolId).in_subquery(self.pools(gate)));
        let aims = at.col(pool_tier::Column::TargetCount).sum();
        for (keys, target) in reader.measure_by::<pool_tier::Entity>(among.clone(), &keys, aims).await? {
            match cells.iter_mut().find(|it| it.keys == keys) {
                Some(cell) => cell.target = Some(target),
                None => {
                    let sees = !matches!(gate.scope().reach(crate::cadre::read::ROWS),
                        crate::auth::scope::Reach::Under(roots) if roots.is_empty());
                    cells.push(PoolCell { keys, count: sees.then_some(0), target: Some(target) });
                }
            }
        }
        Ok(())
    }
}

impl SummarizePools {
    /// Where a membership stood on the day.
    fn state(&self, at: &Alias, gate: &Gate) -> Expr {
        self.of_the_day(at, gate, membership_step::Column::State, pool_membership::Column::State)
    }

    /// What the steps say of a day that is over, and the membership otherwise.
    fn of_the_day(&self, at: &Alias, gate: &Gate, then: membership_step::Column, now: pool_membership::Column) -> Expr {
        self.past.map_or_else(|| at.col(now), |day| membership(at, gate, day, then))
    }

    /// What a membership is by a grouping.
    fn key(&self, by: PoolGroupBy, at: &Alias, gate: &Gate) -> Expr {
        let division =
            |name, column| code_of::<pool_division::Entity>(gate, name, pool_division::Column::Code, at.col(column));
        match by {
            PoolGroupBy::Pool => code_of::<reserve_pool::Entity>(
                gate,
                "pool_named",
                reserve_pool::Column::Code,
                at.col(pool_membership::Column::PoolId),
            ),
            PoolGroupBy::Tier => code_of::<pool_tier::Entity>(
                gate,
                "tier_named",
                pool_tier::Column::Code,
                self.of_the_day(at, gate, membership_step::Column::TierId, pool_membership::Column::TierId),
            ),
            PoolGroupBy::Track => division("track_named", pool_membership::Column::TrackId),
            PoolGroupBy::Category => division("category_named", pool_membership::Column::CategoryId),
            PoolGroupBy::Maturity => division("maturity_named", pool_membership::Column::MaturityId),
            PoolGroupBy::State => self.state(at, gate),
            PoolGroupBy::Sex => code_of::<cadre::Entity>(
                gate,
                "person_named",
                cadre::Column::Sex,
                at.col(pool_membership::Column::CadreId),
            ),
        }
    }
}

/// A column of the row that a key names.
fn code_of<E: Visible>(gate: &Gate, name: &'static str, column: E::Column, id: Expr) -> Expr {
    let named = Alias::named(name);
    let mut select = gate.raw::<E>(column, &named);
    select.and_where(named.col(E::ID).eq(id));
    Expr::from(SubQueryStatement::SelectStatement(select))
}

/// What a text of a cell is, where it is one of a closed set.
impl PoolCell {
    /// The text of a grouping.
    pub fn text(&self, asked: &[PoolGroupBy], by: PoolGroupBy) -> Option<&str> {
        let place = asked.iter().position(|it| *it == by)?;
        self.keys.get(place)?.as_deref()
    }

    /// The state of a membership.
    pub fn state(&self, asked: &[PoolGroupBy]) -> Option<MembershipState> {
        self.text(asked, PoolGroupBy::State).and_then(MembershipState::parse)
    }

    /// The sex.
    pub fn sex(&self, asked: &[PoolGroupBy]) -> Option<Sex> {
        self.text(asked, PoolGroupBy::Sex).and_then(Sex::parse)
    }
}
