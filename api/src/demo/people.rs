//! A person for every seat: name, birth, education, career and the sealed numbers.

use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc};
use entity::{
    cadre,
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, Education, PositionLevel, SealedField, SecrecyLevel, Sex},
    level_period,
    partial_date::PartialDate,
    post_assignment,
};

use super::{
    careers::{self, Course},
    county::SealedValue,
    dice::Dice,
    identity::Numbers,
    names,
    seats::Seat,
    tree::CountyTree,
};

/// A cadre with what pools and pairs ask about.
pub struct Profile {
    /// The row.
    pub cadre: cadre::Model,
    /// Department or township; the county for its own leaders.
    pub house_id: OrganizationId,
    /// Full years, as the registry would count them from what it knows.
    pub age: u32,
    /// When the present level began.
    pub level_since: Option<NaiveDate>,
}

impl Profile {
    /// Whether the person serves at one of these levels.
    pub fn serves_at(&self, levels: &[PositionLevel]) -> bool {
        self.cadre.status == CadreStatus::InPost
            && self.cadre.position_level.is_some_and(|level| levels.contains(&level))
    }
}

/// The persons made so far.
#[derive(Default)]
pub struct People {
    /// Persons.
    pub profiles: Vec<Profile>,
    /// Their posts.
    pub posts: Vec<post_assignment::Model>,
    /// Their levels.
    pub levels: Vec<level_period::Model>,
    /// Their sealed values.
    pub sealed: Vec<SealedValue>,
    numbers: Numbers,
}

impl People {
    /// Seats people on all `seats` of a county.
    pub fn fill(&mut self, dice: &mut Dice, today: NaiveDate, county: &CountyTree, seats: Vec<Seat>) {
        for seat in seats {
            self.sit(dice, today, county, seat);
        }
    }

    fn sit(&mut self, dice: &mut Dice, today: NaiveDate, county: &CountyTree, seat: Seat) {
        let id = seat.taken.map_or_else(|| CadreId(dice.key()), |sitter| sitter.id);
        let women = if seat.authority.is_some() { 27 } else { 35 };
        let sex =
            seat.taken.map_or_else(|| if dice.chance(women) { Sex::Female } else { Sex::Male }, |sitter| sitter.sex);
        let name = seat.taken.map_or_else(|| names::person(dice, sex), |sitter| sitter.name.to_owned());
        let (low, high) =
            seat.taken.map_or_else(|| dice.weighted(seat.ages, (30, 40)), |sitter| (sitter.age, sitter.age));
        let age_months = dice.between(low * 12 + 1, high * 12 + 11);
        let born = born(dice, today, age_months);
        let education = education(dice, age_months / 12, &seat);
        let over = seat.status != CadreStatus::InPost;
        let this_month = careers::month_of(today);
        let until = if over { this_month - dice.between(1, 24) } else { this_month };
        let course = Course {
            cadre_id: id,
            level: seat.level,
            title: &seat.title,
            begun: begun(dice, education, careers::month_of(born), until, seat.level),
            until,
            over,
        };
        let career = careers::career(dice, &course, county);
        self.posts.extend(career.posts);
        self.levels.extend(career.levels);
        let value = |field, value| SealedValue { cadre_id: id, field, value };
        self.sealed.push(value(SealedField::IdentityNumber, self.numbers.identity_number(dice, born, sex)));
        self.sealed.push(value(SealedField::Phone, self.numbers.phone(dice)));
        let birth_date = known_birth_date(dice, born, seat.taken.is_some());
        self.profiles.push(Profile {
            house_id: seat.house_id,
            age: birth_date.and_then(|date| date.full_years(today)).unwrap_or_default(),
            level_since: career.level_since,
            cadre: cadre::Model {
                id,
                organization_id: seat.organization_id,
                name_sort: crate::pinyin::sort_key(&name),
                name_initials: crate::pinyin::initials(&crate::pinyin::sort_key(&name)),
                name,
                sex,
                birth_date,
                party_joined_on: None,
                // Who has left holds neither post nor level any more: the row says what its open facts say.
                post_title: (!over).then_some(seat.title),
                position_level: seat.level.filter(|_| !over),
                education: Some(education),
                management_authority: seat.authority,
                status: seat.status,
                secrecy_level: SecrecyLevel::Internal,
                recorded_at: recorded_at(today, self.profiles.len()),
                version: 1,
            },
        });
    }
}

/// The real day of birth, of which the registry may know less. Counted so that age in full months comes out exactly.
fn born(dice: &mut Dice, today: NaiveDate, age_months: i32) -> NaiveDate {
    let month = careers::month_of(today) - age_months;
    // A day of birth after today's day would make the person a month younger; the first 28 days exist everywhere.
    let day = dice.between(1, today.day().cast_signed().min(28));
    NaiveDate::from_ymd_opt(month / 12, (month % 12 + 1).cast_unsigned(), day.cast_unsigned()).unwrap_or(today)
}

fn known_birth_date(dice: &mut Dice, born: NaiveDate, whole: bool) -> Option<PartialDate> {
    let year = u16::try_from(born.year()).ok()?;
    match dice.between(1, 100) {
        _ if whole => PartialDate::day_of(born),
        1..=3 => PartialDate::new(year, None, None),
        4..=20 => PartialDate::day_of(born),
        _ => PartialDate::new(year, u8::try_from(born.month()).ok(), None),
    }
}

fn education(dice: &mut Dice, age: i32, seat: &Seat) -> Education {
    use Education::{Bachelor, JuniorCollege, Postgraduate, SecondaryVocational, SeniorHigh};
    let weights: &[(i32, Education)] = match (age, seat.authority.is_some()) {
        (..=34, _) => &[(18, Postgraduate), (68, Bachelor), (14, JuniorCollege)],
        (35..=47, true) => &[(22, Postgraduate), (66, Bachelor), (12, JuniorCollege)],
        (35..=47, false) => &[(9, Postgraduate), (58, Bachelor), (27, JuniorCollege), (6, SecondaryVocational)],
        (_, true) => &[(12, Postgraduate), (64, Bachelor), (22, JuniorCollege), (2, SecondaryVocational)],
        (_, false) => {
            &[(3, Postgraduate), (38, Bachelor), (37, JuniorCollege), (15, SecondaryVocational), (7, SeniorHigh)]
        }
    };
    dice.weighted(weights, Bachelor)
}

/// The month of the first post: after school, but early enough for the level that was reached.
fn begun(dice: &mut Dice, education: Education, born: i32, until: i32, level: Option<PositionLevel>) -> i32 {
    let (low, high) = match education {
        Education::Postgraduate => (24, 26),
        Education::Bachelor => (21, 23),
        Education::JuniorCollege => (20, 22),
        _ => (18, 20),
    };
    let wished = born + dice.between(low * 12, high * 12 + 11);
    wished.min(until - careers::shortest(level)).max(born + 18 * 12)
}

/// The registry was filled in one go, thirteen months ago, a second a person.
fn recorded_at(today: NaiveDate, ordinal: usize) -> DateTime<Utc> {
    let seconds = i64::try_from(ordinal).unwrap_or_default();
    today.and_time(chrono::NaiveTime::MIN).and_utc() - TimeDelta::days(395) + TimeDelta::seconds(8 * 3600 + seconds)
}
