//! Mentoring pairs with their contacts: seniors of one house with young cadres of another.
//!
//! A mentor never comes from the mentee's own house, where advice would be an order; nobody is mentored twice, and a
//! mentor leads three pairs at most. About one active pair in seven is overdue.

use chrono::{NaiveDate, TimeDelta};
use entity::{
    id::{AccountId, CadreId, PairContactId, PairId, PairPartId, PairStepId},
    kind::PairStepKind,
    kind::{
        ContactTopic, PairForm, PairRole, PairSide,
        PairState::{self, Active, Completed, EndedEarly, Proposed, Suspended},
        PositionLevel::{CountyDeputy, CountyPrincipal, SectionMember, TownshipDeputy, TownshipPrincipal},
    },
    mentoring_pair, pair_contact, pair_part, pair_step,
};

use super::{cast::Keeper, dice::Dice, people::Profile};

/// The rows of pairs.
#[derive(Default)]
pub struct Pairs {
    /// Pairs.
    pub pairs: Vec<mentoring_pair::Model>,
    /// Who is in them.
    pub parts: Vec<pair_part::Model>,
    /// Contacts held.
    pub contacts: Vec<pair_contact::Model>,
    /// Their steps.
    pub steps: Vec<pair_step::Model>,
}

/// Up to this age mentees come in any order.
const YOUNG: u32 = 35;

/// How many pairs: state, number, whether they are overdue, whether they have two mentees.
pub struct Lot {
    /// Their state.
    pub state: PairState,
    /// How many.
    pub count: usize,
    /// Whether the next contact is overdue.
    pub overdue: bool,
    /// Mentees in each.
    pub mentees: usize,
}

const fn lot(state: PairState, count: usize, overdue: bool, mentees: usize) -> Lot {
    Lot { state, count, overdue, mentees }
}

/// The county's 180 pairs. The first two lots are the demo mentor's: one pair in time, one overdue.
pub const COUNTY: &[Lot] = &[
    lot(Active, 1, false, 1),
    lot(Active, 1, true, 1),
    lot(Active, 118, false, 1),
    lot(Active, 20, true, 1),
    lot(Active, 8, false, 2),
    lot(Active, 2, true, 2),
    lot(Proposed, 8, false, 1),
    lot(Suspended, 6, false, 1),
    lot(Completed, 10, false, 1),
    lot(EndedEarly, 6, false, 1),
];

/// The neighbour's pairs.
pub const NEIGHBOUR: &[Lot] = &[lot(Active, 2, false, 1), lot(Active, 1, true, 1), lot(Proposed, 1, false, 1)];

/// The days of a pair.
struct Course {
    started_on: Option<NaiveDate>,
    ended_on: Option<NaiveDate>,
    last_contact_on: Option<NaiveDate>,
    every_days: i32,
}

impl Pairs {
    /// Adds the pairs of a keeper.
    pub fn fill(&mut self, dice: &mut Dice, keeper: &Keeper, lots: &[Lot]) {
        let mut mentors = mentors(dice, keeper).into_iter();
        let mut mentees = mentees(dice, keeper);
        for (lot, _) in lots.iter().flat_map(|lot| (0..lot.count).map(move |turn| (lot, turn))) {
            let Some(mentor) = mentors.next() else { return };
            let chosen: Vec<&Profile> = (0..lot.mentees)
                .filter_map(|_| {
                    let foreign = mentees.iter().position(|mentee| mentee.house_id != mentor.house_id)?;
                    Some(mentees.remove(foreign))
                })
                .collect();
            if !chosen.is_empty() {
                self.join(dice, keeper, lot, mentor, &chosen);
            }
        }
    }

    fn join(&mut self, dice: &mut Dice, keeper: &Keeper, lot: &Lot, mentor: &Profile, mentees: &[&Profile]) {
        let course = course(dice, lot, keeper.today);
        let pair_id = PairId(dice.key());
        let every = TimeDelta::days(i64::from(course.every_days));
        // Dice of their own: what is told of a pair does not move what was drawn before it was told.
        let aside = &mut Dice::new(u64::try_from(self.pairs.len()).unwrap_or(0) ^ 0x7069_7273);
        let pair = mentoring_pair::Model {
            id: pair_id,
            organization_id: keeper.organization_id,
            state: lot.state,
            started_on: course.started_on,
            ended_on: course.ended_on,
            contact_every_days: course.every_days,
            next_contact_due: course.last_contact_on.filter(|_| lot.state == Active).map(|last| last + every),
            form: if mentees.len() > 1 { PairForm::OneToMany } else { PairForm::OneToOne },
            helping_id: None,
            helped_id: None,
            plan_goal: Some(aside.pick(GOALS).to_string()),
            plan_measures: None,
            term_ends_on: course.started_on.map(|start| start + TimeDelta::days(3 * 365)),
            reason_code: match lot.state {
                Suspended => Some("STUDY".to_owned()),
                EndedEarly => Some("REASSIGNED".to_owned()),
                _ => None,
            },
            successor_id: None,
            proposed_by: Some(keeper.officer),
            edition_id: None,
            plan_items: None,
            version: 1,
        };
        self.steps.extend(steps(aside, &pair, course.last_contact_on, keeper.today, keeper.officer));
        self.pairs.push(pair);
        let sides =
            std::iter::once((mentor, PairSide::Mentor)).chain(mentees.iter().map(|who| (*who, PairSide::Mentee)));
        for (who, side) in sides {
            let (id, cadre_id) = (PairPartId(dice.key()), who.cadre.id);
            let role = if side == PairSide::Mentor { PairRole::Lead } else { PairRole::Mentee };
            let (joined_on, left_on) = (course.started_on, None);
            self.parts.push(pair_part::Model { id, pair_id, cadre_id, side, role, joined_on, left_on, version: 1 });
        }
        let own_hand = mentor.cadre.id == keeper.cast.mentor.id;
        for held_on in contact_days(dice, &course) {
            let recorded_by = match (own_hand, dice.chance(75)) {
                (true, _) => Some(keeper.cast.mentor_account),
                (false, true) => Some(keeper.officer),
                (false, false) => None,
            };
            let (topic, agreed) = topic(dice);
            let id = PairContactId(dice.key());
            self.contacts.push(pair_contact::Model { id, pair_id, held_on, topic, agreed, recorded_by, version: 1 });
        }
    }
}

/// What pairs are to lead to.
const GOALS: &[&str] =
    &["一年内能独立承担业务工作", "熟悉群众工作方法", "提高综合协调能力", "补齐专业短板，成为业务骨干"];

/// The steps that a pair has come by.
fn steps(
    dice: &mut Dice,
    pair: &mentoring_pair::Model,
    last_contact_on: Option<NaiveDate>,
    today: NaiveDate,
    officer: AccountId,
) -> Vec<pair_step::Model> {
    let nobody: Option<CadreId> = None;
    let start = pair.started_on.unwrap_or(today);
    let later = pair.ended_on.or(last_contact_on).unwrap_or(today);
    let mut course = vec![(PairStepKind::Proposed, Proposed, start - dice.days(7, 30))];
    course.extend(pair.started_on.map(|day| (PairStepKind::Activated, Active, day)));
    course.extend(match pair.state {
        Suspended => Some((PairStepKind::Suspended, Suspended, later)),
        Completed => Some((PairStepKind::Completed, Completed, later)),
        EndedEarly => Some((PairStepKind::Ended, EndedEarly, later)),
        Proposed | Active => None,
    });
    let step = |(kind, state, decided_on): (PairStepKind, PairState, NaiveDate)| pair_step::Model {
        id: PairStepId(dice.key()),
        pair_id: pair.id,
        kind,
        state,
        cadre_id: nobody,
        reason: match kind {
            PairStepKind::Suspended => Some("帮带对象参加脱产学习".to_owned()),
            PairStepKind::Ended => Some("导师工作调整".to_owned()),
            _ => None,
        },
        reason_code: pair.reason_code.clone().filter(|_| state == pair.state),
        decided_on,
        decided_by: Some(officer),
        recorded_at: decided_on.and_time(chrono::NaiveTime::MIN).and_utc(),
        findings: None,
        version: 1,
    };
    course.into_iter().map(step).collect()
}

/// Mentors in the order of their pairs, each up to three times; the demo's mentor comes first, twice and no more.
fn mentors<'a>(dice: &mut Dice, keeper: &Keeper<'a>) -> Vec<&'a Profile> {
    let is_mentor = |who: &Profile| who.cadre.id == keeper.cast.mentor.id;
    let mut fitting: Vec<&Profile> = keeper
        .profiles
        .iter()
        .filter(|who| {
            who.serves_at(&[CountyPrincipal, CountyDeputy, TownshipPrincipal]) && who.age >= 37 && !is_mentor(who)
        })
        .collect();
    dice.shuffle(&mut fitting);
    let others = fitting.into_iter().flat_map(|who| {
        let pairs = usize::try_from(dice.between(1, 3)).unwrap_or(1);
        std::iter::repeat_n(who, pairs)
    });
    keeper.profiles.iter().filter(|who| is_mentor(who)).cycle().take(2).chain(others.collect::<Vec<_>>()).collect()
}

/// Mentees in the order in which they find a mentor: the demo's cadre, then the young, and older ones only where a small
/// county has no others.
fn mentees<'a>(dice: &mut Dice, keeper: &Keeper<'a>) -> Vec<&'a Profile> {
    let mut fitting: Vec<&Profile> =
        keeper.profiles.iter().filter(|who| who.serves_at(&[SectionMember, TownshipDeputy]) && who.age <= 45).collect();
    dice.shuffle(&mut fitting);
    fitting.sort_by_key(|who| (who.cadre.id != keeper.cast.cadre.id, who.age.max(YOUNG)));
    fitting
}

fn course(dice: &mut Dice, lot: &Lot, today: NaiveDate) -> Course {
    let every_days = if dice.chance(60) { 30 } else { 90 };
    // The last contact lies within the interval, or beyond it where the next one is overdue.
    let since_last = match (lot.state, lot.overdue) {
        (Active, true) => every_days + dice.between(3, 40),
        (Active, false) => dice.between(0, every_days - 1),
        _ => dice.between(100, 200),
    };
    let since_start = since_last + every_days + dice.between(180, 600);
    let started_on = (lot.state != Proposed).then(|| today - TimeDelta::days(i64::from(since_start)));
    let last_contact_on = started_on.map(|_| today - TimeDelta::days(i64::from(since_last)));
    let ended = matches!(lot.state, Completed | EndedEarly);
    let ended_on = last_contact_on.filter(|_| ended).map(|last| last + dice.days(5, 60));
    Course { started_on, ended_on, last_contact_on, every_days }
}

/// The days of the contacts, first to last, about as far apart as agreed.
fn contact_days(dice: &mut Dice, course: &Course) -> Vec<NaiveDate> {
    let (Some(started_on), Some(last)) = (course.started_on, course.last_contact_on) else { return Vec::new() };
    let mut days = Vec::new();
    let mut day = last;
    while day > started_on {
        days.push(day);
        day -= dice.days(course.every_days * 3 / 4, course.every_days * 11 / 10);
    }
    days.reverse();
    days
}

/// The class of topic, and mostly what was agreed on.
fn topic(dice: &mut Dice) -> (ContactTopic, Option<String>) {
    let (topic, agreements): (ContactTopic, &[&str]) = match dice.between(1, 100) {
        1..=45 => {
            (ContactTopic::Work, &["下月完成调研报告初稿", "参加项目调度会", "每周走访一个村", "跟进一件信访事项"])
        }
        46..=75 => {
            (ContactTopic::Study, &["读完一本专业书并交流", "参加公文写作培训", "学习招投标政策", "报名业务骨干班"])
        }
        76..=94 => (ContactTopic::Development, &["争取到乡镇跟班锻炼", "制定年度成长计划", "补齐财务管理短板"]),
        _ => (ContactTopic::Other, &[]),
    };
    // What a private matter led to stays between the two.
    let agreed = dice.pick_from(agreements).map(|text| (*text).to_owned());
    (topic, agreed.filter(|_| dice.chance(70)))
}
