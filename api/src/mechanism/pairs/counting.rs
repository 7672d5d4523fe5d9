//! For what a pair counts: an item of somebody's assessment, or a quota, and what follows from it.

use entity::kind::PairState;
use serde_json::{Value, json};

use crate::{
    kernel::{
        effect::Effect,
        finding::Findings,
        node::Node,
        vocabulary::{each, known, unique},
    },
    mechanism::{code, code_schema, codes_schema, list_schema},
};

/// For what a pair counts.
#[derive(Clone, Debug, PartialEq)]
pub struct CountsFor {
    /// For whom.
    pub who: String,
    /// What it is an item of.
    pub item: String,
    /// The grades of the organization's evaluation with which it counts; whatever comes of it where it names none.
    pub when: Vec<String>,
    /// What follows.
    pub effect: Option<Effect>,
}

impl CountsFor {
    /// Whether a pair counts that has begun and was not ended early, with the grade that the organization gave last; none
    /// where that is not known yet.
    pub fn holds(&self, state: PairState, grade: Option<&str>) -> Option<bool> {
        match state {
            PairState::Proposed => return None,
            PairState::EndedEarly => return Some(false),
            PairState::Active | PairState::Suspended | PairState::Completed => {}
        }
        if self.when.is_empty() {
            return Some(true);
        }
        grade.map(|grade| self.when.iter().any(|it| it == grade))
    }
}

/// Reads one, of a document with these grades.
pub(super) fn counts_for(node: &Node<'_>, grades: &[String], findings: &mut Findings) -> Option<CountsFor> {
    if !node.is_object_of(&["who", "item", "when", "effect"], findings) {
        return None;
    }
    let when = each(node, "when", findings, |it, findings| {
        known("grade of the evaluation", it, grades.iter().map(String::as_str), findings)
    });
    unique(node, "when", when.iter().map(String::as_str), findings);
    Some(CountsFor {
        who: code(node, "who", findings)?,
        item: code(node, "item", findings)?,
        when,
        effect: node.get("effect").and_then(|it| Effect::read(&it, findings)),
    })
}

/// The schema of a list of them.
pub(super) fn schema() -> Value {
    let code = code_schema();
    list_schema(
        &["who", "item"],
        &json!({ "who": code, "item": code, "when": codes_schema(), "effect": Effect::schema() }),
    )
}
