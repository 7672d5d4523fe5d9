//! Dated levels and posts that could have happened: every step up takes its years, a post never begins before the level
//! it needs, and one post ends on the day the next begins.
//!
//! Time runs in whole months here, counted from the year 0, because that is how precisely personnel files speak.

use chrono::{Datelike, NaiveDate};
use entity::{
    id::{CadreId, LevelPeriodId, PostAssignmentId},
    kind::{
        FactState,
        PositionLevel::{self, Clerk, CountyDeputy, CountyPrincipal, SectionMember, TownshipDeputy, TownshipPrincipal},
    },
    level_period,
    partial_date::PartialDate,
    post_assignment,
};

use super::{
    dice::Dice,
    titles,
    tree::{CountyTree, House},
};

const MOST_POSTS: usize = 5;

/// What a career has to lead to.
pub struct Course<'a> {
    /// Whose career.
    pub cadre_id: CadreId,
    /// The last level.
    pub level: Option<PositionLevel>,
    /// The last post.
    pub title: &'a str,
    /// Month of the first post.
    pub begun: i32,
    /// The month after the last that counts: this one, or the month of leaving.
    pub until: i32,
    /// Whether it is over.
    pub over: bool,
}

/// The rows of a career.
pub struct Career {
    /// Posts, first to last.
    pub posts: Vec<post_assignment::Model>,
    /// Levels, lowest to highest.
    pub levels: Vec<level_period::Model>,
    /// First day of the month in which the last level began.
    pub level_since: Option<NaiveDate>,
}

/// A level or none, and the month in which it begins.
type Stage = (Option<PositionLevel>, i32);

/// The month of a day, counted from the year 0.
pub fn month_of(day: NaiveDate) -> i32 {
    day.year() * 12 + day.month0().cast_signed()
}

/// Months that the way to a level takes at the least.
pub fn shortest(level: Option<PositionLevel>) -> i32 {
    rungs(level).iter().map(|(_, months)| months).sum()
}

/// A career that ends as the course says.
pub fn career(dice: &mut Dice, course: &Course, county: &CountyTree) -> Career {
    let stages = climb(dice, course);
    let posts = posts(dice, &stages, course, county);
    let stamp = Stamp::throw(dice, posts.first().map_or(0, |(_, from)| *from));
    let end = course.over.then_some(course.until);
    Career {
        level_since: stages.last().filter(|(level, _)| level.is_some()).and_then(|(_, from)| first_day(*from)),
        levels: spans(&stages, end)
            .filter_map(|((level, from), to)| {
                Some(level_period::Model {
                    id: LevelPeriodId(dice.key()),
                    cadre_id: course.cadre_id,
                    level: *level.as_ref()?,
                    valid_from: stamp.date(*from),
                    valid_to: to.and_then(|month| stamp.date(month)),
                    source: "干部履历".to_owned(),
                    recorded_at: None,
                    recorded_by: None,
                    state: FactState::Recorded,
                    superseded_by: None,
                    void_reason: None,
                    version: 1,
                })
            })
            .collect(),
        posts: spans(&posts, end)
            .map(|((title, from), to)| post_assignment::Model {
                id: PostAssignmentId(dice.key()),
                cadre_id: course.cadre_id,
                title: title.clone(),
                valid_from: stamp.date(*from),
                valid_to: to.and_then(|month| stamp.date(month)),
                is_primary: true,
                role: None,
                document_number: None,
                post_id: None,
                source: "干部履历".to_owned(),
                recorded_at: None,
                recorded_by: None,
                state: FactState::Recorded,
                superseded_by: None,
                void_reason: None,
                version: 1,
            })
            .collect(),
    }
}

/// The levels on the way, with the months that each takes at the least.
///
/// A level takes two or three years by the rules of promotion; the first leaders' files begin with their first
/// leading post, so that nobody has more than four.
fn rungs(level: Option<PositionLevel>) -> &'static [Stage] {
    match level {
        Some(CountyPrincipal) => &[
            (Some(TownshipDeputy), 36),
            (Some(TownshipPrincipal), 36),
            (Some(CountyDeputy), 36),
            (Some(CountyPrincipal), 2),
        ],
        Some(CountyDeputy) => &[
            (Some(SectionMember), 36),
            (Some(TownshipDeputy), 24),
            (Some(TownshipPrincipal), 36),
            (Some(CountyDeputy), 2),
        ],
        Some(TownshipPrincipal) => {
            &[(Some(SectionMember), 36), (Some(TownshipDeputy), 24), (Some(TownshipPrincipal), 2)]
        }
        Some(TownshipDeputy) => &[(Some(SectionMember), 36), (Some(TownshipDeputy), 2)],
        Some(Clerk) => &[(Some(Clerk), 2)],
        Some(_) => &[(Some(SectionMember), 2)],
        None => &[(None, 2)],
    }
}

/// Spreads the months beyond the shortest way over the levels by chance.
fn climb(dice: &mut Dice, course: &Course) -> Vec<Stage> {
    let mut rungs = rungs(course.level).to_vec();
    let mut begun = course.begun;
    if course.level == Some(SectionMember) && course.until - begun >= 120 && dice.chance(25) {
        rungs.insert(0, (Some(Clerk), 12));
    }
    if course.level == Some(CountyPrincipal) {
        begun += 60;
    }
    let shortest: i32 = rungs.iter().map(|(_, months)| months).sum();
    let spare = (course.until - begun - shortest).max(0);
    let mut cuts: Vec<i32> = rungs.iter().skip(1).map(|_| dice.between(0, spare)).collect();
    cuts.sort_unstable();
    cuts.insert(0, 0);
    let mut passed = begun.min(course.until - shortest);
    let mut stages = Vec::with_capacity(rungs.len());
    for ((level, months), cut) in rungs.into_iter().zip(cuts) {
        stages.push((level, passed + cut));
        passed += months;
    }
    stages
}

/// At least one post a level; long levels hold two or three.
fn posts(dice: &mut Dice, stages: &[Stage], course: &Course, county: &CountyTree) -> Vec<(String, i32)> {
    let mut room = MOST_POSTS.saturating_sub(stages.len());
    let mut posts = Vec::new();
    for (position, (level, from)) in stages.iter().enumerate() {
        let next = stages.get(position + 1).map_or(course.until, |(_, from)| *from);
        let mut begins = vec![*from];
        if room > 0 && next - from >= 48 && dice.chance(55) {
            room -= 1;
            begins.push(from + (next - from) * dice.between(35, 50) / 100);
        }
        if room > 0 && next - from >= 120 && dice.chance(50) {
            room -= 1;
            begins.push(from + (next - from) * dice.between(60, 80) / 100);
        }
        begins.sort_unstable();
        posts.extend(begins.into_iter().map(|from| (former(dice, *level, county), from)));
    }
    if let Some((title, _)) = posts.last_mut() {
        course.title.clone_into(title);
    }
    posts
}

/// A post that somebody of that level may have held before.
fn former(dice: &mut Dice, level: Option<PositionLevel>, county: &CountyTree) -> String {
    if let Some(level @ (CountyDeputy | CountyPrincipal)) = level {
        let fitting: Vec<&str> =
            titles::COUNTY_LEADERS.iter().filter(|(_, needs)| *needs == level).map(|(post, _)| *post).collect();
        let post = dice.pick(&fitting);
        return format!("{}{}", county.name, post.strip_prefix('县').unwrap_or(post));
    }
    // Nobody rises from teacher to clerk, and who has no level comes from an institution where there is one.
    let fitting: Vec<&House> =
        county.houses.iter().filter(|house| house.style.is_institution() == level.is_none()).collect();
    let Some(house) = dice.pick_from(&fitting).copied().or_else(|| county.houses.first()) else { return String::new() };
    if level.is_some_and(|level| level <= TownshipDeputy) {
        let fitting: Vec<String> = titles::leaders(house, 1)
            .into_iter()
            .filter(|(_, needs)| Some(*needs) == level)
            .map(|(title, _)| title)
            .collect();
        return dice
            .pick_from(&fitting)
            .cloned()
            .unwrap_or_else(|| titles::ranked(house, level.unwrap_or(TownshipDeputy), false));
    }
    let place = dice.pick_from(&house.inner).map_or(&house.name, |unit| &unit.name);
    titles::staff(place, house.style, level, false)
}

/// Each with the month in which the next begins, or the end of all.
fn spans<T>(steps: &[(T, i32)], end: Option<i32>) -> impl Iterator<Item = (&(T, i32), Option<i32>)> {
    steps.iter().zip(steps.iter().skip(1).map(|(_, from)| Some(*from)).chain(std::iter::once(end)))
}

/// How precisely a file dates: mostly to the month, some to the day, and some know only the year of the first post.
struct Stamp {
    to_the_day: bool,
    /// The month of which the file knows only the year.
    vague: Option<i32>,
}

impl Stamp {
    fn throw(dice: &mut Dice, first: i32) -> Self {
        let vague = (first < 2005 * 12 && dice.chance(8)).then_some(first);
        Self { to_the_day: dice.chance(12), vague }
    }

    fn date(&self, month: i32) -> Option<PartialDate> {
        let year = u16::try_from(month / 12).ok()?;
        if self.vague == Some(month) {
            return PartialDate::new(year, None, None);
        }
        // The day follows from the month, so that a level and its post bear the same date.
        let day = u8::try_from(1 + month * 11 % 28).ok().filter(|_| self.to_the_day);
        PartialDate::new(year, u8::try_from(month % 12 + 1).ok(), day)
    }
}

fn first_day(month: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(month / 12, u32::try_from(month % 12 + 1).ok()?, 1)
}
