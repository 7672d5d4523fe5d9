//! Reserve pools with their members: the plan's draws, filled by chance from those who fit.
//!
//! Nobody is in one pool twice, not even as history, so that an open membership is always the only one.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use entity::{
    id::{CadreId, PoolId, PoolMembershipId, PoolTierId},
    kind::{Disclosure, MembershipState},
    pool_membership, pool_tier, reserve_pool,
};

use super::{
    cast::Keeper,
    dice::Dice,
    people::Profile,
    pool_plans::{Draw, PoolPlan},
};
use crate::pinyin::sort_key;

/// The rows of pools.
#[derive(Default)]
pub struct Pools {
    /// Pools.
    pub pools: Vec<reserve_pool::Model>,
    /// Their tiers.
    pub tiers: Vec<pool_tier::Model>,
    /// Their members.
    pub memberships: Vec<pool_membership::Model>,
}

/// What the members of one tier share.
struct Place {
    pool_id: PoolId,
    tier_id: PoolTierId,
    disclosure: Disclosure,
}

impl Pools {
    /// Adds the pools of a keeper.
    pub fn fill(&mut self, dice: &mut Dice, keeper: &Keeper, plans: &[PoolPlan]) {
        for plan in plans {
            let pool_id = PoolId(dice.key());
            self.pools.push(reserve_pool::Model {
                id: pool_id,
                organization_id: keeper.organization_id,
                code: plan.code.to_owned(),
                name: plan.name.to_owned(),
                name_sort: sort_key(plan.name),
                disclosure: plan.disclosure,
                version: 1,
            });
            let mut inside = BTreeSet::new();
            for (ordinal, tier) in (1..).zip(plan.tiers) {
                let tier_id = PoolTierId(dice.key());
                self.tiers.push(pool_tier::Model {
                    id: tier_id,
                    pool_id,
                    code: tier.code.to_owned(),
                    name: tier.name.to_owned(),
                    target_count: tier.target,
                    ordinal,
                    version: 1,
                });
                let place = Place { pool_id, tier_id, disclosure: plan.disclosure };
                for draw in tier.draws {
                    self.enrol(dice, keeper, &place, draw, &mut inside);
                }
            }
        }
    }

    fn enrol(&mut self, dice: &mut Dice, keeper: &Keeper, place: &Place, draw: &Draw, inside: &mut BTreeSet<CadreId>) {
        let mut fitting: Vec<&Profile> = keeper
            .profiles
            .iter()
            .filter(|who| !inside.contains(&who.cadre.id) && (draw.fits)(who, keeper.cast))
            .filter(|who| ripe(who, draw.state, keeper.today))
            .collect();
        dice.shuffle(&mut fitting);
        for who in fitting.into_iter().take(draw.count) {
            inside.insert(who.cadre.id);
            self.memberships.push(membership(dice, keeper, place, draw.state, who));
        }
    }
}

/// Whether the present level fits the course of such a membership: members had it before they were proposed, and who
/// was deployed rose to it afterwards, not too long ago.
fn ripe(who: &Profile, state: MembershipState, today: NaiveDate) -> bool {
    let Some(since) = who.level_since else { return false };
    match state {
        MembershipState::Deployed => since > today - TimeDelta::days(5 * 365),
        _ => since < today - TimeDelta::days(200),
    }
}

fn membership(
    dice: &mut Dice,
    keeper: &Keeper,
    place: &Place,
    state: MembershipState,
    who: &Profile,
) -> pool_membership::Model {
    let today = keeper.today;
    let since = who.level_since.unwrap_or(today);
    let after_level = |day: NaiveDate| day.max(since + TimeDelta::days(30));
    let proposed_on = match state {
        MembershipState::Proposed => today - dice.days(3, 60),
        MembershipState::Confirmed => after_level(today - dice.days(120, 900)),
        MembershipState::Exited => after_level(today - dice.days(700, 1400)),
        MembershipState::Deployed => since - dice.days(200, 700),
    };
    let decided = state != MembershipState::Proposed;
    // What the unit may know, the unit proposes itself.
    let from_unit = place.disclosure == Disclosure::Unit && who.house_id == keeper.cast.unit_id;
    pool_membership::Model {
        id: PoolMembershipId(dice.key()),
        pool_id: place.pool_id,
        tier_id: place.tier_id,
        cadre_id: who.cadre.id,
        state,
        reason: reason(dice),
        proposed_by: Some(if from_unit { keeper.cast.unit_officer } else { keeper.officer }),
        proposed_on,
        decided_by: decided.then_some(keeper.leader),
        decided_on: decided.then(|| proposed_on + dice.days(20, 60)),
        version: 1,
    }
}

fn reason(dice: &mut Dice) -> String {
    const STRENGTHS: &[&str] = &[
        "工作扎实，群众认可度高",
        "业务能力强，连续两年考核优秀",
        "有基层工作经历，善于做群众工作",
        "在重点项目中表现突出",
        "勤于学习，综合协调能力较强",
        "敢于担当，在急难任务中经受了考验",
        "专业对口，熟悉政策法规",
    ];
    const ROUTES: &[&str] = &["单位党组织推荐", "民主推荐得票居前", "年度考核后由组织部门提出", "调研走访中发现"];
    format!("{}，{}。", dice.pick(STRENGTHS), dice.pick(ROUTES))
}
