//! What a policy says of mentoring pairs: who may mentor whom, how many, with what plan, how often they meet and report, when
//! a pair is to be renewed.

pub mod counting;
pub mod matching;

use entity::kind::{PairForm, PairRole};
use serde_json::{Value, json};

use crate::{
    kernel::{
        cadence::{Cadence, term},
        finding::Findings,
        need::{self, Need},
        node::Node,
        term::Term,
        vocabulary::{Nature, Vocabulary, codes, each, unique},
    },
    mechanism::{
        Bounds, Purpose, Section, cadence_schema, code, code_maybe, code_schema, codes_schema, flag, list_schema,
        numbered, object_schema,
        pairs::{counting::CountsFor, matching::Factor},
        title,
    },
};

/// For mentees of one kind, which mentors.
#[derive(Clone, Debug, PartialEq)]
pub struct Level {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Which mentees.
    pub mentee: Need,
    /// What each of their mentors meets.
    pub mentor: Need,
}

/// Something that a pair reports again and again.
#[derive(Clone, Debug, PartialEq)]
pub struct Report {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Who owes it.
    pub by: Owner,
    /// To whom it goes.
    pub to: Option<String>,
    /// How often.
    pub every: Cadence,
    /// The report without whose acceptance it stays open.
    pub needs: Option<String>,
    /// What it speaks of.
    pub on: Vec<String>,
}

/// Who owes something of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Owner {
    /// The mentor; where one leads, the leading one.
    Mentor,
    /// The mentee.
    Mentee,
    /// Who keeps the pair.
    Keeper,
}

impl Owner {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::Mentor, Self::Mentee, Self::Keeper];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Mentor => "MENTOR",
            Self::Mentee => "MENTEE",
            Self::Keeper => "KEEPER",
        }
    }
}

/// Who should have a mentor.
#[derive(Clone, Debug, PartialEq)]
pub struct Trigger {
    /// Its code.
    pub code: String,
    /// Those who meet this.
    pub need: Option<Need>,
    /// Those to whom this happened.
    pub event: Option<String>,
}

/// What a policy says of pairs.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Pairs {
    /// Its forms; any where it names none.
    pub forms: Vec<PairForm>,
    /// How many mentors of each role.
    pub roles: Vec<(PairRole, Bounds)>,
    /// Roles that one person has for the whole programme, and how many of each.
    pub programme_roles: Vec<(String, Bounds)>,
    /// What a mentor meets.
    pub mentor_criteria: Vec<String>,
    /// What a mentee meets.
    pub mentee_criteria: Vec<String>,
    /// Which mentors for which mentees.
    pub levels: Vec<Level>,
    /// Who should have a mentor.
    pub triggers: Vec<Trigger>,
    /// How many mentors a mentee has.
    pub mentors_per_mentee: Option<Bounds>,
    /// How many mentees a mentor has.
    pub mentees_per_mentor: Option<Bounds>,
    /// What a plan says.
    pub plan: Vec<String>,
    /// How long a pair lasts.
    pub term: Option<Term>,
    /// How often they meet.
    pub contact_every: Option<Cadence>,
    /// Who meets the mentee.
    pub contact_by: Option<String>,
    /// What is reported.
    pub reports: Vec<Report>,
    /// The grades of an evaluation.
    pub grades: Vec<String>,
    /// For what a pair counts.
    pub counts_for: Vec<CountsFor>,
    /// After how long a pair is proposed anew.
    pub repair_every: Option<Term>,
    /// Whether another mentor must follow.
    pub different_mentor: bool,
    /// Why a pair ends, as codes.
    pub end_rules: Vec<String>,
    /// The post whose holder is the mentor: when another takes it, the pair is proposed with the new holder.
    pub mentor_post: Option<String>,
    /// Whether whoever is set over the mentee may be the mentor: nowhere else may they.
    pub superior_may_mentor: bool,
    /// What speaks for a mentor when mentors are suggested.
    pub matching: Vec<Factor>,
    /// What is proposed where a pair does not go well: for a reason, or a grade of an evaluation.
    pub on_problem: Vec<OnProblem>,
}

/// What is proposed where a pair does not go well; people decide.
#[derive(Clone, Debug, PartialEq)]
pub struct OnProblem {
    /// Code of the reason for which a pair is suspended, or grade of an evaluation.
    pub when: String,
    /// What is proposed.
    pub propose: String,
}

const KEYS: [&str; 22] = [
    "matching",
    "onProblem",
    "forms",
    "mentorRoles",
    "programmeRoles",
    "mentorCriteria",
    "menteeCriteria",
    "levels",
    "menteeTriggers",
    "mentorsPerMentee",
    "menteesPerMentor",
    "plan",
    "term",
    "contactEvery",
    "reports",
    "evaluation",
    "countsFor",
    "repair",
    "endRules",
    "mentorPost",
    "contactBy",
    "superiorMayMentor",
];

impl Section for Pairs {
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&KEYS, findings) {
            return None;
        }
        let bounds = |key: &str, findings: &mut Findings| node.get(key).and_then(|it| Bounds::read(&it, findings));
        let reports = each(node, "reports", findings, |it, findings| report(it, vocabulary, findings));
        unique(node, "reports", reports.iter().map(|it| it.code.as_str()), findings);
        needed_reports(node, &reports, findings);
        let roles = each(node, "mentorRoles", findings, role);
        unique(node, "mentorRoles", roles.iter().map(|it| it.0.text()), findings);
        let levels = each(node, "levels", findings, |it, findings| level(it, vocabulary, findings));
        unique(node, "levels", levels.iter().map(|it| it.code.as_str()), findings);
        distinct(node, &levels, findings);
        let triggers = each(node, "menteeTriggers", findings, |it, findings| trigger(it, vocabulary, findings));
        unique(node, "menteeTriggers", triggers.iter().map(|it| it.code.as_str()), findings);
        let matching = each(node, "matching", findings, |it, findings| matching::factor(it, vocabulary, findings));
        unique(node, "matching", matching.iter().map(|it| it.code.as_str()), findings);
        let repair = node.get("repair").filter(|it| it.is_object_of(&["every", "differentMentor"], findings));
        let grades = node.get("evaluation").filter(|it| it.is_object_of(&["grades"], findings));
        let grades = grades.map(|it| codes(&it, "grades", findings)).unwrap_or_default();
        Some(Self {
            forms: each(node, "forms", findings, |it, findings| it.one_of(PairForm::ALL, PairForm::text, findings)),
            roles,
            programme_roles: each(node, "programmeRoles", findings, |it, findings| {
                programme_role(it, vocabulary, findings)
            }),
            mentor_criteria: vocabulary.criteria_of(node, "mentorCriteria", findings),
            mentee_criteria: vocabulary.criteria_of(node, "menteeCriteria", findings),
            levels,
            triggers,
            mentors_per_mentee: bounds("mentorsPerMentee", findings),
            mentees_per_mentor: bounds("menteesPerMentor", findings),
            plan: codes(node, "plan", findings),
            term: node.get("term").and_then(|it| term(&it, findings)),
            contact_every: node.get("contactEvery").and_then(|it| Cadence::turning(&it, vocabulary, findings)),
            contact_by: code_maybe(node, "contactBy", findings),
            reports,
            counts_for: each(node, "countsFor", findings, |it, findings| counting::counts_for(it, &grades, findings)),
            grades,
            repair_every: repair.as_ref().and_then(|it| it.get("every")).and_then(|it| term(&it, findings)),
            different_mentor: repair.as_ref().is_some_and(|it| flag(it, "differentMentor", findings)),
            end_rules: codes(node, "endRules", findings),
            mentor_post: code_maybe(node, "mentorPost", findings),
            superior_may_mentor: flag(node, "superiorMayMentor", findings),
            matching,
            on_problem: each(node, "onProblem", findings, on_problem),
        })
    }

    fn schema() -> Value {
        let bounds = object_schema(
            &[],
            &json!({ "min": { "type": "integer" }, "max": { "type": "integer" }, "count": { "type": "integer" } }),
        );
        let need = json!({ "$ref": "#/$defs/need" });
        let text = json!({ "type": "string" });
        let (code, codes) = (code_schema(), codes_schema());
        let forms: Vec<&str> = PairForm::ALL.iter().map(|it| it.text()).collect();
        let owners: Vec<&str> = Owner::ALL.iter().map(|it| it.text()).collect();
        let role = json!({ "code": code, "min": { "type": "integer" }, "max": { "type": "integer" }, "count": { "type": "integer" } });
        object_schema(
            &[],
            &json!({
                "forms": { "type": "array", "items": { "enum": forms } },
                "mentorRoles": list_schema(&["code"], &role), "programmeRoles": list_schema(&["code"], &role),
                "mentorCriteria": codes, "menteeCriteria": codes,
                "levels": list_schema(&["code", "mentee", "mentor"], &json!({ "code": code, "title": text, "mentee": need, "mentor": need })),
                "menteeTriggers": list_schema(&["code"], &json!({ "code": code, "need": need, "event": code })),
                "mentorsPerMentee": bounds, "menteesPerMentor": bounds, "plan": codes, "term": text,
                "contactEvery": cadence_schema(), "contactBy": code,
                "reports": list_schema(&["code", "by", "every"], &json!({ "code": code, "title": text, "by": { "enum": owners }, "to": code, "every": cadence_schema(), "needs": code, "on": codes })),
                "evaluation": object_schema(&["grades"], &json!({ "grades": codes })),
                "countsFor": counting::schema(),
                "repair": object_schema(&[], &json!({ "every": text, "differentMentor": { "type": "boolean" } })),
                "endRules": codes, "mentorPost": code, "superiorMayMentor": { "type": "boolean" },
                "matching": matching::schema(),
                "onProblem": list_schema(&["when", "propose"], &json!({ "when": code, "propose": code })),
            }),
        )
    }

    fn purposes(&self) -> Vec<Purpose> {
        let of = |code: &str, criteria: &[String]| Purpose { code: code.to_owned(), criteria: criteria.to_vec() };
        vec![of("MENTOR", &self.mentor_criteria), of("MENTEE", &self.mentee_criteria)]
    }
}

/// That a report which needs another one can ever be whole: the other is there, is due on the same days, and does not need it.
fn needed_reports(node: &Node<'_>, reports: &[Report], findings: &mut Findings) {
    let written = node.get("reports").and_then(|it| it.value.as_array().map(Vec::len)).unwrap_or(0);
    // Where one could not be read, a name of it is no fault of the others.
    for (place, report) in reports.iter().enumerate().filter(|_| written == reports.len()) {
        let Some(code) = &report.needs else { continue };
        let why = match reports.iter().find(|it| it.code == *code) {
            None => format!("'{code}' is no report of this document"),
            Some(other) if other.code == report.code || other.needs.as_ref() == Some(&report.code) => {
                "makes the report wait for itself: name another one".to_owned()
            }
            Some(other) if other.every != report.every => {
                format!("'{code}' is due on other days: give both one every")
            }
            Some(_) => continue,
        };
        findings.add(&format!("{}.reports[{place}].needs", node.path), why);
    }
}

fn on_problem(node: &Node<'_>, findings: &mut Findings) -> Option<OnProblem> {
    if !node.is_object_of(&["when", "propose"], findings) {
        return None;
    }
    Some(OnProblem { when: code(node, "when", findings)?, propose: code(node, "propose", findings)? })
}

fn role(node: &Node<'_>, findings: &mut Findings) -> Option<(PairRole, Bounds)> {
    if !node.is_object_of(&["code", "min", "max", "count"], findings) {
        return None;
    }
    let mentors = [PairRole::Lead, PairRole::Assistant, PairRole::Member, PairRole::ContactOfficer];
    let role = node.needed("code", findings)?.one_of(&mentors, PairRole::text, findings)?;
    Some((role, Bounds::beside(node, findings)?))
}

/// A role that is signed for a person: a declared fact of the same code.
fn programme_role(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<(String, Bounds)> {
    if !node.is_object_of(&["code", "min", "max", "count"], findings) {
        return None;
    }
    let role = vocabulary.fact(&node.needed("code", findings)?, &[Nature::Statement], findings)?;
    Some((role.code, Bounds::beside(node, findings)?))
}

fn level(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Level> {
    if !node.is_object_of(&["code", "title", "mentee", "mentor"], findings) {
        return None;
    }
    let mut need = |key: &str| node.needed(key, findings).and_then(|it| need::read(&it, &vocabulary.names, findings));
    let (mentee, mentor) = (need("mentee"), need("mentor"));
    let code = code(node, "code", findings)?;
    Some(Level { title: title(node, &code, findings)?, code, mentee: mentee?, mentor: mentor? })
}

/// That no two levels speak of the same mentees: which of the two mentors would go first?
fn distinct(node: &Node<'_>, levels: &[Level], findings: &mut Findings) {
    for (place, one) in levels.iter().enumerate() {
        for other in levels.iter().skip(place + 1).filter(|it| need::overlap(&one.mentee, &it.mentee)) {
            let (one, other) = (&one.code, &other.code);
            let message = format!(
                "speaks of the same mentee in {one} and in {other}, and not of which mentor goes first: write one level with any, or limits that leave nobody between them"
            );
            findings.doubt(&format!("{}.levels", node.path), message);
        }
    }
}

fn trigger(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Trigger> {
    if !node.is_object_of(&["code", "need", "event"], findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let need = node.get("need").map(|it| need::read(&it, &vocabulary.names, findings));
    let event = node.get("event").map(|it| vocabulary.event_of_person(&it, findings));
    if need.is_some() == event.is_some() {
        findings.add(&node.path, "must say whom it finds: by need, or by event, and by one of them");
        return None;
    }
    Some(Trigger { code, need: need.flatten(), event: event.flatten() })
}

fn report(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Report> {
    if !node.is_object_of(&["code", "title", "by", "to", "every", "needs", "on"], findings) {
        return None;
    }
    let code = code(node, "code", findings)?;
    let by = node.needed("by", findings).and_then(|it| it.one_of(Owner::ALL, Owner::text, findings));
    let every = node.needed("every", findings).and_then(|it| Cadence::turning(&it, vocabulary, findings))?;
    numbered(node, &code, &every, findings);
    Some(Report {
        title: title(node, &code, findings)?,
        code,
        by: by?,
        to: code_maybe(node, "to", findings),
        every,
        needs: code_maybe(node, "needs", findings),
        on: codes(node, "on", findings),
    })
}
