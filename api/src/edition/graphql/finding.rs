//! What a policy says of an act, in the schema.

use async_graphql::Object;

use crate::{
    account::graphql::Role,
    edition::{graphql::CriterionSeverity, notice::Notice},
    eligibility::graphql::CriterionOutcome,
};

/// What a policy said of an act.
#[derive(Clone)]
pub struct PolicyFinding(pub Notice);

/// What a policy said of an act when it was done: a rule that was not met, or met only about. Nothing judges it anew.
#[Object(crate = "crate::relay::graphql")]
impl PolicyFinding {
    /// Code of the criterion, or of the part of the policy: TIER_TARGET, CAPACITY, LAYER_SKIPPED and the like.
    async fn rule(&self) -> &str {
        &self.0.rule
    }
    /// How grave it is.
    async fn severity(&self) -> CriterionSeverity {
        self.0.severity.into()
    }
    /// How the rule came out.
    async fn outcome(&self) -> CriterionOutcome {
        self.0.outcome.into()
    }
    /// What it says, in Chinese.
    async fn message_zh(&self) -> &str {
        &self.0.message_zh
    }
    /// What it says, in English.
    async fn message_en(&self) -> &str {
        &self.0.message_en
    }
    /// Where it stands written.
    async fn citation(&self) -> &str {
        &self.0.citation
    }
    /// Number of the edition that said so.
    async fn edition(&self) -> i32 {
        self.0.edition
    }
    /// Who may let it pass; null where nobody may, or need.
    async fn waived_by(&self) -> Option<Role> {
        self.0.waived_by.map(Into::into)
    }
    /// Whether it asks for a reason.
    async fn asks_reason(&self) -> bool {
        self.0.severity == crate::edition::document::Severity::Warning
    }
}
