//! The pools of the demo as a table: tiers, targets, and who fits.
//!
//! The "315" pool is the known one of the field: about 300 for deputy section posts (of them about 100 around thirty),
//! about 100 for section heads, about 50 for heads of units. Some places are left free, so that a target can be missed.

use entity::kind::{
    Disclosure, Education,
    MembershipState::{self, Confirmed, Deployed, Exited, Proposed},
    PoolKind,
    PositionLevel::{SectionMember, TownshipDeputy, TownshipPrincipal},
    Sex,
};

use super::{cast::Cast, people::Profile};

/// A pool.
pub struct PoolPlan {
    /// Code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// What it is for.
    pub kind: PoolKind,
    /// Who may know.
    pub disclosure: Disclosure,
    /// Its tiers, in order.
    pub tiers: &'static [TierPlan],
}

/// A tier of a pool.
pub struct TierPlan {
    /// Code.
    pub code: &'static str,
    /// Name.
    pub name: &'static str,
    /// How many it aims at.
    pub target: i32,
    /// Who is in it, or was.
    pub draws: &'static [Draw],
}

/// So many persons who fit, in one state.
pub struct Draw {
    /// How many at most.
    pub count: usize,
    /// The state of their membership.
    pub state: MembershipState,
    /// Who fits.
    pub fits: fn(&Profile, &Cast) -> bool,
}

const fn draw(count: usize, state: MembershipState, fits: fn(&Profile, &Cast) -> bool) -> Draw {
    Draw { count, state, fits }
}

/// The five pools of the county.
pub const COUNTY: &[PoolPlan] = &[
    PoolPlan {
        code: "315",
        name: "“315”科级后备干部库",
        kind: PoolKind::Reserve,
        disclosure: Disclosure::Confidential,
        tiers: &[
            TierPlan {
                code: "DEPUTY_SECTION",
                name: "副科级后备",
                target: 300,
                draws: &[
                    draw(1, Confirmed, demo_cadre),
                    draw(95, Confirmed, |who, _| section_member(who, 24, 30)),
                    draw(194, Confirmed, |who, _| section_member(who, 31, 38)),
                    draw(8, Proposed, |who, _| section_member(who, 24, 34)),
                    draw(14, Exited, |who, _| section_member(who, 36, 45)),
                    draw(18, Deployed, |who, _| who.serves_at(&[TownshipDeputy]) && who.age <= 38),
                ],
            },
            TierPlan {
                code: "SECTION_HEAD",
                name: "正科级后备",
                target: 100,
                draws: &[
                    draw(96, Confirmed, |who, _| who.serves_at(&[TownshipDeputy]) && who.age <= 44),
                    draw(3, Proposed, |who, _| who.serves_at(&[TownshipDeputy]) && who.age <= 40),
                    draw(6, Exited, |who, _| who.serves_at(&[TownshipDeputy]) && who.age >= 42),
                    draw(8, Deployed, |who, _| who.serves_at(&[TownshipPrincipal]) && who.age <= 45),
                ],
            },
            TierPlan {
                code: "UNIT_HEAD",
                name: "单位主要负责人后备",
                target: 50,
                draws: &[
                    draw(48, Confirmed, |who, _| who.serves_at(&[TownshipPrincipal, TownshipDeputy]) && who.age <= 42),
                    draw(2, Proposed, |who, _| who.serves_at(&[TownshipPrincipal]) && who.age <= 42),
                ],
            },
        ],
    },
    PoolPlan {
        code: "PROMISING",
        name: "优秀年轻干部库",
        kind: PoolKind::PromisingYoung,
        disclosure: Disclosure::Person,
        tiers: &[
            TierPlan {
                code: "MATURE",
                name: "成熟型",
                target: 50,
                draws: &[
                    draw(44, Confirmed, |who, _| who.serves_at(&[TownshipDeputy]) && who.age <= 38),
                    draw(3, Proposed, |who, _| who.serves_at(&[TownshipDeputy]) && who.age <= 38),
                    draw(5, Deployed, |who, _| who.serves_at(&[TownshipPrincipal]) && who.age <= 42),
                ],
            },
            TierPlan {
                code: "POTENTIAL",
                name: "潜力型",
                target: 90,
                draws: &[
                    draw(1, Confirmed, demo_cadre),
                    draw(77, Confirmed, |who, _| section_member(who, 23, 32)),
                    draw(6, Proposed, |who, _| section_member(who, 23, 32)),
                    draw(7, Exited, |who, _| section_member(who, 32, 38)),
                ],
            },
        ],
    },
    PoolPlan {
        code: "WOMEN",
        name: "女干部后备库",
        kind: PoolKind::Thematic,
        disclosure: Disclosure::Confidential,
        tiers: &[
            TierPlan {
                code: "PRINCIPAL",
                name: "正职后备",
                target: 30,
                draws: &[
                    draw(26, Confirmed, |who, _| woman(who) && who.serves_at(&[TownshipDeputy]) && who.age <= 46),
                    draw(2, Proposed, |who, _| woman(who) && who.serves_at(&[TownshipDeputy]) && who.age <= 42),
                ],
            },
            TierPlan {
                code: "DEPUTY",
                name: "副职后备",
                target: 60,
                draws: &[
                    draw(52, Confirmed, |who, _| woman(who) && section_member(who, 26, 40)),
                    draw(4, Proposed, |who, _| woman(who) && section_member(who, 26, 40)),
                    draw(4, Exited, |who, _| woman(who) && section_member(who, 40, 46)),
                ],
            },
        ],
    },
    PoolPlan {
        code: "SPECIALIST",
        name: "党外和专业型干部库",
        kind: PoolKind::Thematic,
        disclosure: Disclosure::Unit,
        tiers: &[
            TierPlan {
                code: "NON_PARTY",
                name: "党外干部",
                target: 30,
                draws: &[
                    draw(2, Confirmed, |who, cast| who.house_id == cast.unit_id && graduate(who)),
                    draw(24, Confirmed, |who, _| graduate(who)),
                ],
            },
            TierPlan {
                code: "SPECIALIST",
                name: "专业型干部",
                target: 60,
                draws: &[
                    draw(6, Confirmed, |who, cast| who.house_id == cast.unit_id && graduate(who)),
                    draw(2, Proposed, |who, cast| who.house_id == cast.unit_id && graduate(who)),
                    draw(48, Confirmed, |who, _| graduate(who)),
                    draw(5, Proposed, |who, _| graduate(who)),
                    draw(4, Exited, |who, _| graduate(who)),
                ],
            },
        ],
    },
    PoolPlan {
        code: "TOWNSHIP",
        name: "乡镇党政正职后备库",
        kind: PoolKind::Reserve,
        disclosure: Disclosure::Confidential,
        tiers: &[
            TierPlan {
                code: "SECRETARY",
                name: "乡镇党委书记后备",
                target: 15,
                draws: &[
                    draw(13, Confirmed, |who, _| who.serves_at(&[TownshipPrincipal]) && who.age <= 46),
                    draw(2, Exited, |who, _| who.serves_at(&[TownshipPrincipal]) && who.age >= 47),
                ],
            },
            TierPlan {
                code: "MAYOR",
                name: "乡镇长后备",
                target: 25,
                draws: &[
                    draw(22, Confirmed, |who, _| who.serves_at(&[TownshipDeputy]) && (30..=42).contains(&who.age)),
                    draw(2, Proposed, |who, _| who.serves_at(&[TownshipDeputy]) && (30..=42).contains(&who.age)),
                    draw(4, Deployed, |who, _| who.serves_at(&[TownshipPrincipal]) && who.age <= 45),
                ],
            },
        ],
    },
];

/// The one pool of the neighbour.
pub const NEIGHBOUR: &[PoolPlan] = &[PoolPlan {
    code: "PROMISING",
    name: "优秀年轻干部库",
    kind: PoolKind::Reserve,
    disclosure: Disclosure::Confidential,
    tiers: &[TierPlan {
        code: "POTENTIAL",
        name: "潜力型",
        target: 10,
        draws: &[
            draw(5, Confirmed, |who, _| section_member(who, 22, 45)),
            draw(2, Proposed, |who, _| section_member(who, 22, 45)),
        ],
    }],
}];

fn demo_cadre(who: &Profile, cast: &Cast) -> bool {
    who.cadre.id == cast.cadre.id
}

fn section_member(who: &Profile, from: u32, to: u32) -> bool {
    who.serves_at(&[SectionMember]) && (from..=to).contains(&who.age)
}

fn woman(who: &Profile) -> bool {
    who.cadre.sex == Sex::Female
}

fn graduate(who: &Profile) -> bool {
    who.serves_at(&[SectionMember, TownshipDeputy])
        && (28..=45).contains(&who.age)
        && matches!(who.cadre.education, Some(Education::Postgraduate | Education::Bachelor))
}
