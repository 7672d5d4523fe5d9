//! Which mentors are suggested to which mentees: everybody who may, with every factor that was looked at, and the best
//! assignment of a whole batch. It suggests and commits nothing. Knows no database.

pub mod assignment;

use std::collections::HashSet;

use chrono::NaiveDate;
use entity::id::{CadreId, OrganizationId};

use crate::{
    edition::notice::Notice,
    eligibility::{dossier::Dossier, judge::belongs},
    kernel::{
        fact::{Asked, Fact},
        need::Need,
        outcome::{Known, Outcome},
    },
    mechanism::{
        Bounds,
        pairs::{
            Level,
            matching::{Factor, Fit},
        },
    },
    mentoring::matching::assignment::{Seats, assign},
};

/// Somebody who may be a mentor.
pub struct Mentor {
    /// What is on record.
    pub dossier: Dossier,
    /// How many mentees now.
    pub load: u32,
    /// How many more; none for no limit.
    pub room: Option<u32>,
    /// Whether the principal post where the person serves is held.
    pub heads: bool,
}

/// Somebody who is to have a mentor.
pub struct Mentee {
    /// What is on record.
    pub dossier: Dossier,
    /// How many more mentors; none for no limit.
    pub room: Option<u32>,
    /// What the policy says of the person as a mentee.
    pub findings: Vec<Notice>,
    /// The organization above the one where the person serves.
    pub above: Option<OrganizationId>,
}

/// Everything that a matching looks at.
pub struct Batch {
    /// On which day.
    pub on: NaiveDate,
    /// Who may be a mentor, by name.
    pub mentors: Vec<Mentor>,
    /// Who is to have one, in the order in which they are answered.
    pub mentees: Vec<Mentee>,
    /// What speaks for a mentor.
    pub factors: Vec<Factor>,
    /// Which mentors for which mentees.
    pub levels: Vec<Level>,
    /// Whether superiors may be mentors.
    pub superiors: bool,
    /// Who may not be paired, as mentor and mentee: kin, and those who are or were a pair already.
    pub apart: HashSet<(CadreId, CadreId)>,
}

/// A mentor suggested to a mentee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    /// The mentor's place in the batch.
    pub mentor: usize,
    /// The weights of the factors that speak for the mentor, together.
    pub weight: u32,
    /// How each factor comes out; none where it is not for this mentee.
    pub factors: Vec<Option<Outcome>>,
}

/// Why a mentee has no mentor in an assignment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unmatched {
    /// The mentee has as many mentors as allowed.
    Enough,
    /// Nobody may be the mentor.
    NobodyFits,
    /// Those who may are given to others, or have no room.
    NoRoom,
}

/// What comes out for one mentee.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matched {
    /// Who is given in the best assignment of all, or why nobody is.
    pub given: Result<usize, Unmatched>,
    /// The best mentors, best first, whoever else wants them.
    pub suggestions: Vec<Suggestion>,
}

/// One factor, looked at once for each person.
struct Looked<'a> {
    factor: &'a Factor,
    applies: Vec<Outcome>,
    fit: Values,
}

enum Values {
    Mentor(Vec<Outcome>),
    Same(Vec<Option<&'static str>>, Vec<Option<&'static str>>),
    Above(Vec<Option<(i64, i64)>>, Vec<Option<(i64, i64)>>, Bounds),
    Organization(bool),
}

impl Batch {
    /// Suggests at most so many mentors to each mentee, and assigns one to each, as many as possible, best weights first,
    /// and evenly where weights are alike.
    pub fn matched(&self, most: usize) -> Vec<Matched> {
        let looked: Vec<Looked<'_>> = self.factors.iter().map(|it| self.looked(it)).collect();
        let may = self.may();
        let weigh = |(mentee, row): (usize, &Vec<bool>)| -> Vec<Option<u32>> {
            let weight = |(mentor, may): (usize, &bool)| {
                may.then(|| looked.iter().map(|it| it.weight(self, mentee, mentor)).sum::<u32>())
            };
            row.iter().enumerate().map(weight).collect()
        };
        let weights: Vec<Vec<Option<u32>>> = may.iter().enumerate().map(weigh).collect();
        let seats: Vec<Seats> = self.mentors.iter().map(|it| Seats { room: it.room, load: it.load }).collect();
        let wanting = self.mentees.iter().zip(&weights);
        let rows: Vec<Vec<Option<u32>>> = wanting
            .map(|(mentee, row)| if mentee.room == Some(0) { vec![None; row.len()] } else { row.clone() })
            .collect();
        let given = assign(&rows, &seats);
        let one = |(mentee, (row, given)): (usize, (&Vec<Option<u32>>, Option<usize>))| {
            let enough = self.mentees.get(mentee).is_some_and(|it| it.room == Some(0));
            let given = given.ok_or(match row.iter().any(Option::is_some) {
                _ if enough => Unmatched::Enough,
                true => Unmatched::NoRoom,
                false => Unmatched::NobodyFits,
            });
            Matched { given, suggestions: self.best(mentee, row, &looked, most) }
        };
        weights.iter().zip(given).enumerate().map(one).collect()
    }

    fn best(&self, mentee: usize, row: &[Option<u32>], looked: &[Looked<'_>], most: usize) -> Vec<Suggestion> {
        let with_room = |mentor: usize| self.mentors.get(mentor).filter(|it| it.room != Some(0));
        let may = row.iter().enumerate().filter_map(|(mentor, it)| Some((mentor, (*it)?, with_room(mentor)?.load)));
        let mut all: Vec<(usize, u32, u32)> = may.collect();
        all.sort_by_key(|(mentor, weight, load)| (std::cmp::Reverse(*weight), *load, *mentor));
        all.truncate(most);
        let told = |(mentor, weight, _): (usize, u32, u32)| Suggestion {
            mentor,
            weight,
            factors: looked.iter().map(|it| it.outcome(self, mentee, mentor)).collect(),
        };
        all.into_iter().map(told).collect()
    }

    /// By mentee, for each mentor, whether they may be paired.
    fn may(&self) -> Vec<Vec<bool>> {
        let level = |it: &Level| -> (Vec<bool>, Vec<bool>) {
            let met = |need: &Need, dossier: &Dossier| belongs(need, dossier, self.on) == Outcome::Met;
            let mentees = self.mentees.iter().map(|one| met(&it.mentee, &one.dossier)).collect();
            (mentees, self.mentors.iter().map(|one| met(&it.mentor, &one.dossier)).collect())
        };
        let levels: Vec<(Vec<bool>, Vec<bool>)> = self.levels.iter().map(level).collect();
        let at = |side: &[bool], place: usize| side.get(place).copied().unwrap_or(false);
        let row = |(place, mentee): (usize, &Mentee)| -> Vec<bool> {
            let fitting: Vec<&Vec<bool>> =
                levels.iter().filter(|(mentees, _)| at(mentees, place)).map(|(_, mentors)| mentors).collect();
            let one = |(number, mentor): (usize, &Mentor)| {
                let of_level = fitting.is_empty() || fitting.iter().any(|it| at(it, number));
                of_level && self.may_pair(mentor, mentee)
            };
            self.mentors.iter().enumerate().map(one).collect()
        };
        self.mentees.iter().enumerate().map(row).collect()
    }

    fn may_pair(&self, mentor: &Mentor, mentee: &Mentee) -> bool {
        let (one, other) = (&mentor.dossier.cadre, &mentee.dossier.cadre);
        let over = [Some(other.organization_id), mentee.above].contains(&Some(one.organization_id));
        one.id != other.id && (self.superiors || !(mentor.heads && over)) && !self.apart.contains(&(one.id, other.id))
    }

    fn looked<'a>(&self, factor: &'a Factor) -> Looked<'a> {
        let mentors = || self.mentors.iter().map(|it| &it.dossier);
        let mentees = || self.mentees.iter().map(|it| &it.dossier);
        let of = |need: &Need, dossier: &Dossier| belongs(need, dossier, self.on);
        let applies = mentees().map(|it| factor.mentee.as_ref().map_or(Outcome::Met, |need| of(need, it))).collect();
        let fit = match &factor.fit {
            Fit::Mentor(need) => Values::Mentor(mentors().map(|it| of(need, it)).collect()),
            Fit::Same(fact) => Values::Same(
                mentors().map(|it| code(it, *fact, self.on)).collect(),
                mentees().map(|it| code(it, *fact, self.on)).collect(),
            ),
            Fit::Above(fact, by) => Values::Above(
                mentors().map(|it| ends(it, *fact, self.on)).collect(),
                mentees().map(|it| ends(it, *fact, self.on)).collect(),
                *by,
            ),
            Fit::SameOrganization(same) => Values::Organization(*same),
        };
        Looked { factor, applies, fit }
    }
}

impl Looked<'_> {
    fn weight(&self, batch: &Batch, mentee: usize, mentor: usize) -> u32 {
        if self.outcome(batch, mentee, mentor) == Some(Outcome::Met) { self.factor.weight } else { 0 }
    }

    /// How it comes out for two of them; none where it is not for this mentee.
    fn outcome(&self, batch: &Batch, mentee: usize, mentor: usize) -> Option<Outcome> {
        match self.applies.get(mentee)? {
            Outcome::NotMet => return None,
            Outcome::Unknown => return Some(Outcome::Unknown),
            Outcome::Met | Outcome::Waived => {}
        }
        let so = |it: bool| if it { Outcome::Met } else { Outcome::NotMet };
        Some(match &self.fit {
            Values::Mentor(outcomes) => *outcomes.get(mentor)?,
            Values::Same(mentors, mentees) => match (mentors.get(mentor)?, mentees.get(mentee)?) {
                (Some(one), Some(other)) => so(one == other),
                _ => Outcome::Unknown,
            },
            Values::Above(mentors, mentees, by) => match (mentors.get(mentor)?, mentees.get(mentee)?) {
                (Some(one), Some(other)) => above(*one, *other, *by),
                _ => Outcome::Unknown,
            },
            Values::Organization(same) => {
                let place = |it: &Dossier| it.cadre.organization_id;
                let (one, other) = (&batch.mentors.get(mentor)?.dossier, &batch.mentees.get(mentee)?.dossier);
                so((place(one) == place(other)) == *same)
            }
        })
    }
}

fn known(dossier: &Dossier, fact: Fact, on: NaiveDate) -> Known {
    dossier.input(&Asked { fact, grades: None, declared: None }, on).known
}

fn code(dossier: &Dossier, fact: Fact, on: NaiveDate) -> Option<&'static str> {
    match known(dossier, fact, on) {
        Known::Code(code) => Some(code),
        _ => None,
    }
}

/// The least and the most that a number, or a place in an order, can be.
fn ends(dossier: &Dossier, fact: Fact, on: NaiveDate) -> Option<(i64, i64)> {
    match known(dossier, fact, on) {
        Known::Number(low, high) => Some((low, high)),
        Known::Code(code) => fact.height(code).map(|it| (it, it)),
        _ => None,
    }
}

fn above((low, high): (i64, i64), (least, most): (i64, i64), by: Bounds) -> Outcome {
    let within =
        |it: i64| by.min.is_none_or(|min| it >= i64::from(min)) && by.max.is_none_or(|max| it <= i64::from(max));
    let outside = by.min.is_some_and(|min| high - least < i64::from(min))
        || by.max.is_some_and(|max| low - most > i64::from(max));
    match (within(low - most) && within(high - least), outside) {
        (true, _) => Outcome::Met,
        (_, true) => Outcome::NotMet,
        _ => Outcome::Unknown,
    }
}
