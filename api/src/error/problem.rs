//! A refusal that is part of an answer.

use super::{Error, ProblemCode};

/// A refusal that is part of the answer: which rule, on which field, and what to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Problem {
    /// The code that clients match on.
    pub code: ProblemCode,
    /// The input field, where one is to blame.
    pub field: Option<String>,
    /// What is wrong, and what to do.
    pub message: String,
    /// The rule that refuses, where one does.
    pub rule_id: Option<String>,
    /// Where the rule stands written.
    pub citation: Option<String>,
    /// The row's version now, where it was changed meanwhile.
    pub current_version: Option<i32>,
}

impl Problem {
    /// A refusal with its code and its words.
    pub fn new(code: ProblemCode, message: impl Into<String>) -> Self {
        Self { code, field: None, message: message.into(), rule_id: None, citation: None, current_version: None }
    }

    /// Names the input field to blame.
    pub fn on(mut self, field: &str) -> Self {
        self.field = Some(field.to_owned());
        self
    }

    /// Names the rule.
    pub fn by_rule(mut self, rule_id: &str) -> Self {
        self.rule_id = Some(rule_id.to_owned());
        self
    }
}

impl From<Problem> for Error {
    fn from(problem: Problem) -> Self {
        Self::Rule(problem)
    }
}
