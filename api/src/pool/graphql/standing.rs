//! How a pool stands beside its policy, in the schema.

use async_graphql::SimpleObject;

use crate::{
    kernel::number::Comparator,
    mechanism::aim::Size,
    pool::read::standing::{GridCell, PoolStanding, StructureStanding},
};

/// How much room a tier has.
#[derive(SimpleObject)]
pub struct TierHeadroom {
    /// Code of the tier.
    tier_code: String,
    /// How many it aims at; null where it has no target.
    target: Option<u32>,
    /// How many members it has.
    members: u32,
    /// How many more it aims at; below 0 where there are more.
    headroom: Option<i64>,
}

/// How much room a pool has.
#[derive(SimpleObject)]
pub struct PoolHeadroom {
    /// How many it holds, or aims at, in all; null where nobody says.
    total: Option<u32>,
    /// How many members it has, each once.
    members: u32,
    /// How many more; below 0 where there are more.
    headroom: Option<i64>,
    /// The same of each tier.
    tiers: Vec<TierHeadroom>,
}

/// How one target of a pool's structure stands. It never stands in the way of a person.
#[derive(SimpleObject)]
pub struct StructureGap {
    /// Code of the target.
    code: String,
    /// Code of the tier that it speaks of; null where it speaks of the whole pool.
    tier_code: Option<String>,
    /// What the group is called.
    group: String,
    /// How it is compared: GE, GT, LE, LT or EQ.
    op: &'static str,
    /// How many members it is a part of.
    base: u32,
    /// How many are needed, or allowed at most: a share is exact, and rounded as the policy says.
    needed: u32,
    /// How many there are.
    actual: u32,
    /// How many are missing.
    missing: u32,
    /// How many there are too many.
    over: u32,
    /// How many per cent of the base there are, to one digit; null of an empty base, and of a target that is no share.
    percent: Option<String>,
    /// Of how many members nothing is known, so that they count for nobody.
    unknown: u32,
    /// Whether the target is met.
    met: bool,
}

/// How many members stand in one part of a pool.
#[derive(SimpleObject)]
#[graphql(crate = "crate::relay::graphql")]
pub struct PoolGridCell {
    /// Code of the tier.
    tier_code: String,
    /// Code of the category.
    category_code: Option<String>,
    /// Code of the maturity.
    maturity_code: Option<String>,
    /// What the policy proposes next for members of that maturity. People decide.
    next: Option<String>,
    /// How many.
    count: u32,
}

/// A share in per cent to one digit, rounded half up, exact.
pub fn percent(part: u32, whole: u32) -> Option<String> {
    let tenths = (u64::from(part) * 2000 + u64::from(whole)).checked_div(2 * u64::from(whole))?;
    Some(format!("{}.{}", tenths / 10, tenths % 10))
}

impl From<&PoolStanding> for PoolHeadroom {
    fn from(it: &PoolStanding) -> Self {
        let room = |target: Option<u32>, members: u32| target.map(|it| i64::from(it) - i64::from(members));
        let tier = |(code, members, target): &(String, u32, Option<u32>)| TierHeadroom {
            tier_code: code.clone(),
            target: *target,
            members: *members,
            headroom: room(*target, *members),
        };
        Self {
            total: it.total,
            members: it.members,
            headroom: room(it.total, it.members),
            tiers: it.tiers.iter().map(tier).collect(),
        }
    }
}

impl From<StructureStanding> for StructureGap {
    fn from(it: StructureStanding) -> Self {
        let op: Comparator = it.aim.op;
        Self {
            code: it.code,
            tier_code: it.tier,
            group: it.group,
            op: op.text(),
            base: it.base,
            needed: it.standing.needed,
            actual: it.standing.actual,
            missing: it.standing.missing,
            over: it.standing.over,
            percent: match it.aim.size {
                Size::Share(_) => percent(it.standing.actual, it.base),
                Size::Count(_) => None,
            },
            unknown: it.unknown,
            met: it.standing.is_met(),
        }
    }
}

impl From<GridCell> for PoolGridCell {
    fn from(it: GridCell) -> Self {
        Self {
            tier_code: it.tier,
            category_code: it.category,
            maturity_code: it.maturity,
            next: it.next,
            count: it.count,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::percent;

    #[test]
    fn a_share_is_told_to_one_digit() {
        assert_eq!(percent(40, 81).as_deref(), Some("49.4"));
        assert_eq!(percent(23, 110).as_deref(), Some("20.9"));
        assert_eq!(percent(1, 0), None);
    }
}
