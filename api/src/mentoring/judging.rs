//! How the people of a pair stand beside its policy: whom its criteria ask for, and which mentors such mentees have.

use chrono::NaiveDate;
use entity::id::PolicyEditionId;

use crate::{
    edition::{
        document::{Document, Severity},
        notice::Notice,
    },
    eligibility::{
        dossier::Dossier,
        judge::{belongs, judge},
    },
    kernel::{
        outcome::Outcome,
        sentence::{Language, sentence},
    },
    mechanism::pairs::Pairs,
};

/// An edition, and what it says of pairs.
#[derive(Clone, Copy)]
pub struct By<'a> {
    /// The edition.
    pub edition: PolicyEditionId,
    /// Its number.
    pub number: i32,
    /// What it says.
    pub document: &'a Document,
    /// What it says of pairs.
    pub rules: &'a Pairs,
}

/// One thing that is said of the people of a pair.
pub struct Said {
    /// What.
    pub notice: Notice,
    /// The side that it is about.
    pub field: &'static str,
    /// Whether it stands in the way.
    pub blocks: bool,
}

/// Everything that is said of the people of a pair on a day.
pub fn people(by: By<'_>, mentors: &[Dossier], mentees: &[Dossier], deciding: bool, on: NaiveDate) -> Vec<Said> {
    let mut all = Vec::new();
    let sides = [(mentors, &by.rules.mentor_criteria, "mentorIds"), (mentees, &by.rules.mentee_criteria, "menteeIds")];
    for (side, criteria, field) in sides {
        all.extend(side.iter().flat_map(|dossier| said_of(by, criteria, field, dossier, deciding, on)));
    }
    all.extend(mentees.iter().filter_map(|mentee| level(by, mentors, mentee, on)));
    all
}

/// What the criteria of a side say of somebody.
fn said_of(
    by: By<'_>,
    criteria: &[String],
    field: &'static str,
    dossier: &Dossier,
    deciding: bool,
    on: NaiveDate,
) -> Vec<Said> {
    let criteria = criteria.iter().filter_map(|code| by.document.criterion(code));
    let said = |criterion| {
        let judged = judge(criterion, by.edition, dossier, on);
        let notice = judged.notice()?.under(by.number, &by.document.source);
        Some(Said { notice, field, blocks: judged.blocks(deciding) })
    };
    criteria.filter_map(said).collect()
}

/// What is said of somebody as a mentor, where it is to be decided.
pub fn as_mentor(by: By<'_>, dossier: &Dossier, on: NaiveDate) -> Vec<Said> {
    said_of(by, &by.rules.mentor_criteria, "mentorIds", dossier, true, on)
}

/// What is said of somebody as a mentee, where it is to be decided.
pub fn as_mentee(by: By<'_>, dossier: &Dossier, on: NaiveDate) -> Vec<Said> {
    said_of(by, &by.rules.mentee_criteria, "menteeIds", dossier, true, on)
}

/// That each mentor is one of those whom the policy gives such a mentee: one row that fits is enough.
fn level(by: By<'_>, mentors: &[Dossier], mentee: &Dossier, on: NaiveDate) -> Option<Said> {
    let fitting: Vec<_> = by.rules.levels.iter().filter(|it| belongs(&it.mentee, mentee, on) == Outcome::Met).collect();
    let fits = |mentor: &Dossier| fitting.iter().any(|it| belongs(&it.mentor, mentor, on) == Outcome::Met);
    if fitting.is_empty() || mentors.iter().all(fits) {
        return None;
    }
    let named = |language| {
        let one = |it: &&crate::mechanism::pairs::Level| format!("{}（{}）", it.title, sentence(&it.mentor, language));
        fitting.iter().map(one).collect::<Vec<_>>().join("；")
    };
    let zh = format!("应由下列导师帮带：{}", named(Language::Chinese));
    let en = format!("such a mentee has another mentor: {}", named(Language::English));
    let notice = Notice::warning("LEVELS", zh, en).under(by.number, &by.document.source);
    Some(Said { notice: Notice { severity: Severity::Error, ..notice }, field: "mentorIds", blocks: true })
}

/// Whether somebody meets every criterion of a mentor whose failing is an error.
pub fn may_mentor(by: By<'_>, dossier: &Dossier, on: NaiveDate) -> bool {
    !as_mentor(by, dossier, on).iter().any(|it| it.blocks)
}
