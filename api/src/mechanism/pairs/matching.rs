//! What speaks for a mentor when mentors are suggested: factors with weights, each of them visible, none of them a ground to
//! leave somebody out.

use serde_json::{Value, json};

use crate::{
    kernel::{
        fact::{Fact, Type, Unit},
        finding::Findings,
        need::{self, Need},
        node::Node,
        sentence::{Language, sentence},
        vocabulary::{Vocabulary, flag},
    },
    mechanism::{Bounds, code, code_schema, list_schema, title},
};

/// The most that one factor weighs.
const HEAVIEST: u32 = 100;

/// Something that speaks for a mentor.
#[derive(Clone, Debug, PartialEq)]
pub struct Factor {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// How much it weighs, 1 to 100.
    pub weight: u32,
    /// For which mentees; for all where none is named.
    pub mentee: Option<Need>,
    /// What is looked at.
    pub fit: Fit,
}

/// What is looked at.
#[derive(Clone, Debug, PartialEq)]
pub enum Fit {
    /// That the mentor meets this.
    Mentor(Need),
    /// That a fact of both is the same.
    Same(Fact),
    /// That the mentor's number, or place in an order, is above the mentee's by so much.
    Above(Fact, Bounds),
    /// Whether one organization keeps both.
    SameOrganization(bool),
}

impl Factor {
    /// What it looks at, as a sentence without its full stop.
    pub fn sentence(&self, language: Language) -> String {
        let zh = language == Language::Chinese;
        let label = |fact: Fact| if zh { fact.labels().0 } else { fact.labels().1 };
        let fit = match &self.fit {
            Fit::Mentor(need) if zh => format!("导师{}", sentence(need, language)),
            Fit::Mentor(need) => format!("the mentor: {}", sentence(need, language)),
            Fit::Same(fact) if zh => format!("双方{}相同", label(*fact)),
            Fit::Same(fact) => format!("{} is the same", label(*fact)),
            Fit::Above(fact, by) if zh => format!("导师{}高于帮带对象{}", label(*fact), above_zh(*fact, *by)),
            Fit::Above(fact, by) => format!("the mentor's {} is above by {}", label(*fact), above_en(*fact, *by)),
            Fit::SameOrganization(true) if zh => "双方同一单位".to_owned(),
            Fit::SameOrganization(true) => "one organization keeps both".to_owned(),
            Fit::SameOrganization(false) if zh => "双方不同单位".to_owned(),
            Fit::SameOrganization(false) => "different organizations keep them".to_owned(),
        };
        match &self.mentee {
            None => fit,
            Some(need) if zh => format!("帮带对象{}的，{fit}", sentence(need, language)),
            Some(need) => format!("where the mentee: {}, {fit}", sentence(need, language)),
        }
    }
}

fn above_zh(fact: Fact, by: Bounds) -> String {
    let unit = match fact.kind() {
        Type::Number(Unit::Year) => "岁",
        Type::Number(Unit::Month) => "个月",
        _ => "级",
    };
    match (by.min, by.max) {
        (Some(min), Some(max)) => format!("{min}至{max}{unit}"),
        (Some(min), None) => format!("不少于{min}{unit}"),
        (None, Some(max)) => format!("不超过{max}{unit}"),
        (None, None) => String::new(),
    }
}

fn above_en(fact: Fact, by: Bounds) -> String {
    let unit = match fact.kind() {
        Type::Number(Unit::Year) => "years",
        Type::Number(Unit::Month) => "months",
        _ => "steps",
    };
    format!("{} {unit}", by.said())
}

const KEYS: [&str; 8] = ["code", "title", "weight", "mentee", "mentor", "same", "above", "sameOrganization"];

/// Reads a factor.
pub(super) fn factor(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Factor> {
    if !node.is_object_of(&KEYS, findings) {
        return None;
    }
    let code = code(node, "code", findings);
    let weight = node.needed("weight", findings).and_then(|it| it.whole(1, HEAVIEST, findings));
    let mentee = match node.get("mentee") {
        Some(it) => Some(need::read(&it, &vocabulary.names, findings)?),
        None => None,
    };
    let fits: Vec<Option<Fit>> = [
        node.get("mentor").map(|it| need::read(&it, &vocabulary.names, findings).map(Fit::Mentor)),
        node.get("same").map(|it| same(&it, findings)),
        node.get("above").map(|it| above(&it, findings)),
        node.get("sameOrganization").map(|it| Some(Fit::SameOrganization(flag(&it, findings)))),
    ]
    .into_iter()
    .flatten()
    .collect();
    let [fit] = fits.as_slice() else {
        findings.add(&node.path, "must say one thing to look at: mentor, same, above or sameOrganization");
        return None;
    };
    let code = code?;
    Some(Factor { title: title(node, &code, findings)?, code, weight: weight?, mentee, fit: fit.clone()? })
}

fn same(node: &Node<'_>, findings: &mut Findings) -> Option<Fit> {
    let fact = need::fact(node, false, findings)?;
    if matches!(fact.kind(), Type::Code | Type::Ordered) {
        return Some(Fit::Same(fact));
    }
    findings.add(&node.path, format!("'{}' is no code that two people could share: use above", fact.text()));
    None
}

fn above(node: &Node<'_>, findings: &mut Findings) -> Option<Fit> {
    if !node.is_object_of(&["fact", "min", "max", "count"], findings) {
        return None;
    }
    let name = node.needed("fact", findings)?;
    let fact = need::fact(&name, false, findings)?;
    if fact == Fact::AnnualGrades || !matches!(fact.kind(), Type::Number(_) | Type::Ordered) {
        let why =
            format!("'{}' has no more and less that two people could be compared by: use same or mentor", fact.text());
        findings.add(&name.path, why);
        return None;
    }
    let by = Bounds::beside(node, findings)?;
    if by == (Bounds { min: None, max: None }) {
        findings.add(&node.path, "must say by how much: min, max or both");
        return None;
    }
    Some(Fit::Above(fact, by))
}

/// The JSON Schema of a list of factors.
pub(super) fn schema() -> Value {
    let need = json!({ "$ref": "#/$defs/need" });
    let facts: Vec<&str> = Fact::ALL.iter().filter(|it| !it.is_structural()).map(|it| it.text()).collect();
    let above = json!({
        "type": "object", "additionalProperties": false, "required": ["fact"],
        "properties": { "fact": { "enum": facts }, "min": { "type": "integer" }, "max": { "type": "integer" }, "count": { "type": "integer" } },
    });
    list_schema(
        &["code", "weight"],
        &json!({
            "code": code_schema(), "title": { "type": "string" },
            "weight": { "type": "integer", "minimum": 1, "maximum": HEAVIEST },
            "mentee": need, "mentor": need, "same": { "enum": facts }, "above": above,
            "sameOrganization": { "type": "boolean" },
        }),
    )
}
