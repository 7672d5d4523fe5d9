//! Reserve pools with their members: the plan's draws, filled by chance from those who fit.
//!
//! Nobody is in one pool twice, not even as history, so that an open membership is always the only one.

use std::collections::BTreeSet;

use chrono::{NaiveDate, TimeDelta};
use entity::{
    id::{CadreId, MembershipStepId, PoolId, PoolMembershipId, PoolTierId},
    kind::{Disclosure, MembershipState, RecommendationSource, StepKind},
    membership_step, pool_membership, pool_tier, reserve_pool,
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
    /// Their steps.
    pub steps: Vec<membership_step::Model>,
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
                kind: plan.kind,
                target_size: None,
                disclosure: plan.disclosure,
                policy_code: None,
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
            let membership = membership(dice, keeper, place, draw.state, who);
            self.steps.extend(steps(dice, &membership));
            self.memberships.push(membership);
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
        MembershipState::Confirmed | MembershipState::Warned => after_level(today - dice.days(120, 900)),
        MembershipState::Exited => after_level(today - dice.days(700, 1400)),
        MembershipState::Deployed => since - dice.days(200, 700),
    };
    let decided = state != MembershipState::Proposed;
    // What the unit may know, the unit proposes itself.
    let from_unit = place.disclosure == Disclosure::Unit && who.house_id == keeper.cast.unit_id;
    let source = if from_unit { RecommendationSource::OwnUnit } else { RecommendationSource::OrganizationDepartment };
    pool_membership::Model {
        id: PoolMembershipId(dice.key()),
        pool_id: place.pool_id,
        tier_id: place.tier_id,
        track_id: None,
        category_id: None,
        maturity_id: None,
        source: Some(source),
        entry_route: None,
        cadre_id: who.cadre.id,
        state,
        reason: reason(dice),
        proposed_by: Some(if from_unit { keeper.cast.unit_officer } else { keeper.officer }),
        proposed_on,
        decided_by: decided.then_some(keeper.leader),
        decided_on: decided.then(|| proposed_on + dice.days(20, 60)),
        edition_id: None,
        version: 1,
    }
}

/// The steps that a membership has come by: proposed, decided, and in the end left. Who left was confirmed before.
fn steps(dice: &mut Dice, it: &pool_membership::Model) -> Vec<membership_step::Model> {
    let decided = it.decided_on.unwrap_or(it.proposed_on);
    let confirmed = it.proposed_on + (decided - it.proposed_on) / 2;
    let course: &[(StepKind, MembershipState, NaiveDate)] = match it.state {
        MembershipState::Proposed => &[],
        MembershipState::Confirmed | MembershipState::Warned => {
            &[(StepKind::Confirmed, MembershipState::Confirmed, decided)]
        }
        MembershipState::Exited => &[
            (StepKind::Confirmed, MembershipState::Confirmed, confirmed),
            (StepKind::Exited, MembershipState::Exited, decided),
        ],
        MembershipState::Deployed => &[
            (StepKind::Confirmed, MembershipState::Confirmed, confirmed),
            (StepKind::Deployed, MembershipState::Deployed, decided),
        ],
    };
    let first = [(StepKind::Proposed, MembershipState::Proposed, it.proposed_on)];
    let step = |(kind, state, decided_on): &(StepKind, MembershipState, NaiveDate)| membership_step::Model {
        id: MembershipStepId(dice.key()),
        membership_id: it.id,
        kind: *kind,
        state: *state,
        tier_id: it.tier_id,
        reason: match kind {
            StepKind::Proposed => Some(it.reason.clone()),
            StepKind::Exited => Some("超过年龄要求".to_owned()),
            StepKind::Deployed => Some("提拔使用".to_owned()),
            _ => None,
        },
        reason_code: (*kind == StepKind::Exited).then(|| "OVER_AGE".to_owned()),
        document_number: None,
        decided_on: *decided_on,
        decided_by: if *kind == StepKind::Proposed { it.proposed_by } else { it.decided_by },
        recorded_at: decided_on.and_time(chrono::NaiveTime::MIN).and_utc(),
        findings: None,
        version: 1,
    };
    first.iter().chain(course).map(step).collect()
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
