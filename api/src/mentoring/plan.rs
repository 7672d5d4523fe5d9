//! What the plan of a pair says under the headings of its policy, as it is kept.

use serde::{Deserialize, Serialize};

/// What a plan says under one heading.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct PlanItem {
    /// Code of the heading.
    pub code: String,
    /// What is said.
    pub text: String,
}

/// What was kept of a plan.
pub fn plan_of(kept: Option<&str>) -> Vec<PlanItem> {
    kept.and_then(|it| serde_json::from_str(it).ok()).unwrap_or_default()
}
