//! What a move would change in the structure of two units: counts by level, age band and sex, before and after. Nothing is
//! written down, and no count says whether the move is a good one.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use entity::{
    cadre,
    kind::{CadreStatus, PositionLevel, Sex},
};

/// By what people are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum By {
    /// All of them.
    All,
    /// By position level.
    Level,
    /// By age band.
    AgeBand,
    /// By sex.
    Sex,
}

/// What becomes of a unit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// The person leaves it.
    Leaves,
    /// The person comes to it.
    Comes,
}

/// How many of a kind a unit has, and would have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Count {
    /// By what it is counted.
    pub by: By,
    /// Which kind; none of all, and where it is not known.
    pub code: Option<&'static str>,
    /// How many there are.
    pub before: u32,
    /// How many there would be.
    pub after: u32,
}

/// Every age band with its oldest full year, youngest first.
const BANDS: [(&str, u32); 7] = [
    ("UNDER_30", 29),
    ("FROM_30_TO_34", 34),
    ("FROM_35_TO_39", 39),
    ("FROM_40_TO_44", 44),
    ("FROM_45_TO_49", 49),
    ("FROM_50_TO_54", 54),
    ("FROM_55", u32::MAX),
];

/// A kind, with its place among its own.
type Kind = (By, usize, Option<&'static str>);

fn kinds(person: &cadre::Model, on: NaiveDate) -> [Kind; 4] {
    let place = |at: Option<usize>| at.unwrap_or(usize::MAX);
    let level = person.position_level;
    let levels = place(level.and_then(|it| PositionLevel::ALL.iter().position(|one| *one == it)));
    let age = person.birth_date.and_then(|it| it.full_years(on));
    let band = age.and_then(|age| BANDS.iter().position(|(_, oldest)| age <= *oldest));
    let sex = Some(person.sex).filter(|it| *it != Sex::Unknown);
    let sexes = place(sex.and_then(|it| Sex::ALL.iter().position(|one| *one == it)));
    [
        (By::All, 0, None),
        (By::Level, levels, level.map(|it| it.text())),
        (By::AgeBand, place(band), band.and_then(|it| BANDS.get(it)).map(|it| it.0)),
        (By::Sex, sexes, sex.map(|it| it.text())),
    ]
}

/// The counts of a unit's people, before and after the move. Who is not in post is counted nowhere.
pub fn counts(people: &[&cadre::Model], moved: &cadre::Model, change: Change, on: NaiveDate) -> Vec<Count> {
    let mut found: BTreeMap<Kind, (u32, u32)> = BTreeMap::new();
    for kind in people.iter().flat_map(|it| kinds(it, on)) {
        let (before, after) = found.entry(kind).or_default();
        (*before, *after) = (before.saturating_add(1), after.saturating_add(1));
    }
    if moved.status == CadreStatus::InPost {
        for kind in kinds(moved, on) {
            let (_, after) = found.entry(kind).or_default();
            *after = match change {
                Change::Leaves => after.saturating_sub(1),
                Change::Comes => after.saturating_add(1),
            };
        }
    }
    let count = |((by, _, code), (before, after)): (Kind, (u32, u32))| Count { by, code, before, after };
    found.into_iter().map(count).collect()
}
