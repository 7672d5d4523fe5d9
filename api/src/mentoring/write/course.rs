//! The steps of a pair after its activation: suspended, resumed, completed, ended, replaced, left by one of its people.

use entity::{
    id::{CadreId, PairId},
    kind::{PairForm, PairState, PairStepKind},
    mentoring_pair, pair_part, pair_step,
};
use serde::Serialize;

use crate::{
    db::{session::Command, writer::Writer},
    error::{Action, Error, Result},
    mentoring::{
        rules,
        write::{Decision, Plan, ProposePair, guard::Sides, parts_of, propose, step_row},
    },
    pool::rules as words,
};

macro_rules! steps {
    ($($(#[$doc:meta])* $name:ident by $action:ident as $kind:ident;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, Serialize)]
        pub struct $name {
            /// The pair.
            pub id: PairId,
            /// The version that the client saw.
            pub expected_version: i32,
            /// What is said of the decision.
            pub decision: Decision,
        }

        impl Command for $name {
            const ACTION: Action = Action::$action;
            type Outcome = PairId;
            async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
                let before = tx.get_at::<mentoring_pair::Entity>(self.id, self.expected_version).await?;
                take(tx, before, PairStepKind::$kind, self.decision, None).await
            }
        }
    )+};
}

steps! {
    /// Suspends an active pair. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
    SuspendPair by PairSuspend as Suspended;
    /// Resumes a suspended pair. Fails with INVALID, STALE, TRANSITION_REFUSED, NOT_IN_POST, CONFLICT or
    /// IDEMPOTENCY_KEY_REUSED.
    ResumePair by PairResume as Resumed;
    /// Completes a pair. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
    CompletePair by PairComplete as Completed;
    /// Ends a pair before its time, or turns a proposal down. Fails with INVALID, STALE, TRANSITION_REFUSED or
    /// IDEMPOTENCY_KEY_REUSED.
    EndPair by PairEnd as Ended;
}

/// Takes a step and keeps it; a pair that is replaced names its successor.
async fn take(
    tx: &mut Writer<'_>,
    before: mentoring_pair::Model,
    kind: PairStepKind,
    decision: Decision,
    successor: Option<PairId>,
) -> Result<PairId> {
    let state = rules::after(before.state, kind)?;
    let decision = checked(decision, kind)?;
    let day = rules::decided_on(decision.decided_on, before.started_on, tx.today())?;
    if kind == PairStepKind::Resumed {
        Sides::of(&parts_of(tx, before.id).await?).fit(tx).await?;
    }
    let over = matches!(state, PairState::Completed | PairState::EndedEarly);
    let due = rules::due_after(day, before.contact_every_days).filter(|_| state == PairState::Active);
    let after = mentoring_pair::Model {
        state,
        next_contact_due: due,
        ended_on: over.then_some(day),
        reason_code: decision.reason_code.clone().filter(|_| state != PairState::Active),
        successor_id: successor,
        ..before.clone()
    };
    let step = step_row(tx, &after, kind, day, decision);
    tx.update::<mentoring_pair::Entity>(&before, after).await?;
    tx.insert::<pair_step::Entity>(step).await?;
    Ok(before.id)
}

/// A decision in normal form. What breaks a pair off says why; its end says so as a code too.
fn checked(decision: Decision, kind: PairStepKind) -> Result<Decision> {
    let silent = matches!(kind, PairStepKind::Resumed | PairStepKind::Completed);
    let reason = match decision.reason {
        None if silent => None,
        given => Some(words::reason(&given.unwrap_or_default())?),
    };
    let coded = matches!(kind, PairStepKind::Ended | PairStepKind::Replaced);
    let reason_code = match decision.reason_code {
        None if !coded => None,
        given => Some(words::code("reasonCode", &given.unwrap_or_default())?),
    };
    Ok(Decision { reason, reason_code, ..decision })
}

/// Ends a pair and proposes another in its place; each names the other. Fails with INVALID, STALE, TRANSITION_REFUSED,
/// NOT_IN_POST, CONFLICT or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct ReplacePair {
    /// The pair that ends.
    pub id: PairId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// What is said of the decision.
    pub decision: Decision,
    /// The mentors from now on.
    pub mentors: Vec<CadreId>,
    /// The mentees from now on; those of the pair that ends where they are left out.
    pub mentees: Option<Vec<CadreId>>,
    /// Who mentors whom; by the numbers where it is left out.
    pub form: Option<PairForm>,
    /// What the new pair is to lead to.
    pub plan: Plan,
}

impl Command for ReplacePair {
    const ACTION: Action = Action::PairReplace;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        let before = tx.get_at::<mentoring_pair::Entity>(self.id, self.expected_version).await?;
        rules::after(before.state, PairStepKind::Replaced)?;
        let mentees = match self.mentees {
            Some(mentees) => mentees,
            None => {
                let parts = parts_of(tx, self.id).await?;
                parts.iter().filter(|it| it.side == entity::kind::PairSide::Mentee).map(|it| it.cadre_id).collect()
            }
        };
        let proposal = ProposePair {
            organization: before.organization_id,
            mentors: self.mentors,
            mentees,
            form: self.form,
            plan: self.plan,
            contact_every_days: before.contact_every_days,
        };
        let successor = propose(tx, proposal).await?;
        take(tx, before, PairStepKind::Replaced, self.decision, Some(successor)).await?;
        Ok(successor)
    }
}

/// Takes one person out of a pair that goes on with the others. Fails with INVALID, STALE, TRANSITION_REFUSED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct LeavePair {
    /// The pair.
    pub id: PairId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Who leaves it.
    pub cadre: CadreId,
    /// What is said of the decision.
    pub decision: Decision,
}

impl Command for LeavePair {
    const ACTION: Action = Action::PairPartEnd;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        let before = tx.get_at::<mentoring_pair::Entity>(self.id, self.expected_version).await?;
        rules::after(before.state, PairStepKind::PartLeft)?;
        let decision = checked(self.decision, PairStepKind::PartLeft)?;
        let day = rules::decided_on(decision.decided_on, before.started_on, tx.today())?;
        let parts = parts_of(tx, self.id).await?;
        let left = parts.iter().find(|it| it.cadre_id == self.cadre).ok_or(Error::NotFound("cadre"))?;
        if !parts.iter().any(|it| it.side == left.side && it.id != left.id) {
            let why = "is the last one on a side: end the pair or replace it";
            return Err(Error::invalid("cadreId", why));
        }
        let step = step_row(tx, &before, PairStepKind::PartLeft, day, decision);
        tx.update::<mentoring_pair::Entity>(&before, before.clone()).await?;
        tx.update::<pair_part::Entity>(left, pair_part::Model { left_on: Some(day), ..left.clone() }).await?;
        tx.insert::<pair_step::Entity>(pair_step::Model { cadre_id: Some(self.cadre), ..step }).await?;
        Ok(self.id)
    }
}
