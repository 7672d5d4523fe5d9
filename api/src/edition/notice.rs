//! What a policy says of one act: a rule that is not met, or only about; who may let it pass. It is kept with the step that it
//! was told to, so that a later edition judges nothing anew.

use entity::kind::Role;
use serde::{Deserialize, Serialize};

use crate::{
    edition::document::Severity,
    error::{Problem, ProblemCode},
    kernel::outcome::Outcome,
};

/// One thing that a policy says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Notice {
    /// Code of the criterion, or of the part of the policy.
    pub rule: String,
    /// How grave it is.
    pub severity: Severity,
    /// How the rule comes out.
    pub outcome: Outcome,
    /// In Chinese.
    pub message_zh: String,
    /// In English.
    pub message_en: String,
    /// Where it stands written.
    pub citation: String,
    /// Number of the edition.
    pub edition: i32,
    /// Who may let it pass.
    pub waived_by: Option<Role>,
}

impl Notice {
    /// A warning of a part of a policy that is no criterion: a reason is asked for.
    pub fn warning(rule: &str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self {
            rule: rule.to_owned(),
            severity: Severity::Warning,
            outcome: Outcome::NotMet,
            message_zh: zh.into(),
            message_en: en.into(),
            citation: String::new(),
            edition: 0,
            waived_by: None,
        }
    }

    /// The same, as a hint.
    pub fn hint(self) -> Self {
        Self { severity: Severity::Hint, ..self }
    }

    /// Under an edition, and the document that it writes down where no place in it is known.
    pub fn under(self, edition: i32, source: &str) -> Self {
        let citation = if self.citation.is_empty() { source.to_owned() } else { self.citation };
        Self { edition, citation, ..self }
    }

    /// As the problem of a refused act.
    pub fn problem(&self, field: &str) -> Problem {
        let waiver = match self.waived_by {
            Some(role) => format!(" {} may waive it (criterionWaive).", role.text()),
            None => String::new(),
        };
        let message = format!("{}.{waiver}", self.message_en);
        Problem::new(ProblemCode::CriterionUnmet, message).on(field).cited(&self.rule, &self.citation)
    }
}

/// Notices as they are kept with a step; nothing for none.
pub fn kept(notices: &[Notice]) -> Option<String> {
    if notices.is_empty() { None } else { serde_json::to_string(notices).ok() }
}

/// What was kept with a step.
pub fn told(kept: Option<&str>) -> Vec<Notice> {
    kept.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default()
}
