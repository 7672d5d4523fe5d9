//! Requests for correction: made by the person, decided by an officer who is somebody else. A decision changes no
//! record: the officer who accepts also changes it, by the command for that.

use entity::{
    cadre, correction_request,
    id::{CadreId, CorrectionId},
    kind::{CorrectionField, CorrectionState, Role},
};
use serde::Serialize;

use crate::{
    db::{session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    own_record::rules,
};

/// Asks for a correction of the own record. Fails with INVALID or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RequestCorrection {
    /// What of the record.
    pub field: CorrectionField,
    /// What should stand there instead.
    pub proposed: Option<String>,
    /// Why, and what proves it.
    pub reason: String,
}

impl Command for RequestCorrection {
    const ACTION: Action = Action::CorrectionRequest;
    type Outcome = CorrectionId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CorrectionId> {
        let own = own(tx).ok_or(Error::NotFound("cadre"))?;
        let (proposed, reason) = (rules::proposed(self.field, self.proposed)?, rules::text("reason", &self.reason)?);
        let cadre = tx.get::<cadre::Entity>(own).await?;
        let account_id = tx.account().ok_or(Error::Forbidden(Self::ACTION))?;
        tx.insert::<correction_request::Entity>(correction_request::Model {
            id: CorrectionId::fresh(),
            cadre_id: cadre.id,
            account_id,
            field: self.field,
            proposed,
            reason,
            state: CorrectionState::Requested,
            requested_at: tx.now(),
            decided_by: None,
            decided_at: None,
            answer: None,
            version: 1,
        })
        .await
    }
}

/// Takes an open request back. Fails with TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct WithdrawCorrection {
    /// The request.
    pub id: CorrectionId,
}

impl Command for WithdrawCorrection {
    const ACTION: Action = Action::CorrectionRequest;
    type Outcome = CorrectionId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CorrectionId> {
        let before = tx.get::<correction_request::Entity>(self.id).await?;
        rules::open(before.state)?;
        let after = correction_request::Model { state: CorrectionState::Withdrawn, ..before.clone() };
        tx.update::<correction_request::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// Decides on a request. Fails with INVALID, STALE, TRANSITION_REFUSED, SAME_PERSON or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct DecideCorrection {
    /// The request.
    pub id: CorrectionId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Whether it is accepted.
    pub accept: bool,
    /// What the office says to it.
    pub answer: String,
}

impl Command for DecideCorrection {
    const ACTION: Action = Action::CorrectionDecide;
    type Outcome = CorrectionId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CorrectionId> {
        let before = tx.get_at::<correction_request::Entity>(self.id, self.expected_version).await?;
        if tx.account() == Some(before.account_id) || own(tx) == Some(before.cadre_id) {
            let message = "Nobody decides on the own request: ask another officer.";
            return Err(Problem::new(ProblemCode::SamePerson, message).on("id").into());
        }
        rules::open(before.state)?;
        let state = if self.accept { CorrectionState::Accepted } else { CorrectionState::Refused };
        let after = correction_request::Model {
            state,
            answer: Some(rules::text("answer", &self.answer)?),
            decided_by: tx.account(),
            decided_at: Some(tx.now()),
            ..before.clone()
        };
        tx.update::<correction_request::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// The person behind the account.
fn own(tx: &Writer<'_>) -> Option<CadreId> {
    tx.reader().gate().scope().person(Role::ALL)
}
