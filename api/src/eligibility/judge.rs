//! How a criterion comes out for a person with everything that counts: what was compared, whether "about" was needed, and
//! whether somebody let it pass.

use chrono::NaiveDate;
use entity::{criterion_waiver, id::PolicyEditionId};

use crate::{
    edition::{
        document::{Criterion, Severity},
        notice::Notice,
    },
    eligibility::dossier::Dossier,
    kernel::{
        fact::Asked,
        need::{Limit, Need},
        outcome::{Explained, Input, Known, Outcome, compare, evaluate},
        sentence::{Language, sentence},
    },
};

/// How a criterion comes out.
pub struct Judged {
    /// The criterion.
    pub criterion: Criterion,
    /// How it comes out.
    pub outcome: Outcome,
    /// Whether it is met only because the policy says "about".
    pub is_about: bool,
    /// Everything that was compared.
    pub told: Vec<Explained>,
    /// Who let it pass, and why.
    pub waiver: Option<criterion_waiver::Model>,
}

/// Judges a person by a criterion of an edition on a day.
pub fn judge(criterion: &Criterion, edition: PolicyEditionId, dossier: &Dossier, on: NaiveDate) -> Judged {
    let read = |asked: &Asked| -> Input { dossier.input(asked, on) };
    let mut told = Vec::new();
    let plain = evaluate(&criterion.asked(), &read, &mut told);
    let exact = |it: &Explained| match it.compared.about {
        Some(written) => compare(it.compared.asked.fact, &Limit::Number(written), &it.input.known) == Outcome::Met,
        None => true,
    };
    let is_about = plain == Outcome::Met && told.iter().any(|it| it.outcome == Outcome::Met && !exact(it));
    let in_force = |it: &&criterion_waiver::Model| {
        it.edition_id == edition
            && it.criterion == criterion.code
            && it.waived_on <= on
            && it.valid_to.is_none_or(|end| on < end)
    };
    let waiver = dossier.waivers.iter().find(in_force).filter(|_| plain != Outcome::Met).cloned();
    let outcome = if waiver.is_some() { Outcome::Waived } else { plain };
    Judged { criterion: criterion.clone(), outcome, is_about, told, waiver }
}

/// All of some outcomes together: what is waived counts as met.
pub fn together(outcomes: impl Iterator<Item = Outcome>) -> Outcome {
    outcomes.fold(Outcome::Met, |all, it| match (all, it) {
        (Outcome::NotMet, _) | (_, Outcome::NotMet) => Outcome::NotMet,
        (Outcome::Unknown, _) | (_, Outcome::Unknown) => Outcome::Unknown,
        _ => Outcome::Met,
    })
}

impl Judged {
    /// Whether it stands in the way: what is not met does, and what is not known where somebody decides.
    pub fn blocks(&self, deciding: bool) -> bool {
        self.criterion.severity == Severity::Error
            && (self.outcome == Outcome::NotMet || (deciding && self.outcome == Outcome::Unknown))
    }

    /// What is said of it; nothing of what is simply met.
    pub fn notice(&self) -> Option<Notice> {
        let criterion = &self.criterion;
        let severity = match self.outcome {
            Outcome::Met if self.is_about => Severity::Warning,
            Outcome::Met => return None,
            Outcome::Waived => Severity::Hint,
            Outcome::NotMet | Outcome::Unknown => criterion.severity,
        };
        let said = |language| format!("{}{}", sentence(&criterion.need, language), self.inputs(language));
        Some(Notice {
            rule: criterion.code.clone(),
            severity,
            outcome: self.outcome,
            message_zh: said(Language::Chinese),
            message_en: said(Language::English),
            citation: criterion.cite.clone(),
            edition: 0,
            waived_by: criterion.waived_by,
        })
    }

    fn inputs(&self, language: Language) -> String {
        let value = |it: &Explained| match &it.input.known {
            Known::Number(low, high) if low == high => low.to_string(),
            Known::Number(low, high) => format!("{low}–{high}"),
            Known::Code(code) => {
                let words = it.compared.asked.fact.words(code);
                if language == Language::Chinese { words.0.to_owned() } else { words.1.to_owned() }
            }
            Known::Day(day) => String::from(*day),
            Known::Nothing(_) if language == Language::Chinese => "未知".to_owned(),
            Known::Nothing(_) => "not known".to_owned(),
        };
        let each: Vec<String> = self.told.iter().map(value).collect();
        match (each.is_empty(), language) {
            (true, _) => String::new(),
            (false, Language::Chinese) => format!("；现为：{}", each.join("、")),
            (false, Language::English) => format!("; it is: {}", each.join(", ")),
        }
    }
}

/// Whether somebody belongs to a group, as far as known.
pub fn belongs(need: &Need, dossier: &Dossier, on: NaiveDate) -> Outcome {
    evaluate(need, &|asked: &Asked| dossier.input(asked, on), &mut Vec::new())
}
