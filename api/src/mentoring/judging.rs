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
        for dossier in side {
            for criterion in criteria.iter().filter_map(|code| by.document.criterion(code)) {
                let judged = judge(criterion, by.edition, dossier, on);
                let Some(notice) = judged.notice() else { continue };
                let notice = notice.under(by.number, &by.document.source);
                all.push(Said { notice, field, blocks: judged.blocks(deciding) });
            }
        }
    }
    all.extend(mentees.iter().filter_map(|mentee| level(by, mentors, mentee, on)));
    all
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
    let mut criteria = by.rules.mentor_criteria.iter().filter_map(|code| by.document.criterion(code));
    criteria.all(|it| !judge(it, by.edition, dossier, on).blocks(true))
}
