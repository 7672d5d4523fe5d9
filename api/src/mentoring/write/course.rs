//! The steps of a pair after its activation: suspended, resumed, completed, ended, replaced, left by one of its people.

use entity::{
    id::{CadreId, OrganizationId, PairId},
    kind::{PairForm, PairRole, PairSide, PairState, PairStepKind},
    mentoring_pair, pair_part, pair_step,
};
use serde::Serialize;

use crate::{
    db::{session::Command, writer::Writer},
    edition::notice,
    error::{Action, Error, Result},
    mentoring::{
        rules,
        write::{
            Decision, Plan, ProposePair, guard::Sides, part_row, parts_of, policed, policed::Policed, propose,
            step_row, whom,
        },
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
        let parts = parts_of(tx, before.id).await?;
        let policy = policed::of(tx, &before).await?;
        Sides::of(&parts).fit(tx, policy.as_ref().is_some_and(Policed::allows_superiors)).await?;
        if let Some(policy) = policy {
            policy.resumed(&whom(&before, &parts))?;
        }
    }
    let over = matches!(state, PairState::Completed | PairState::EndedEarly);
    let due = policed::next_due(tx, &before, day).await?.filter(|_| state == PairState::Active);
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
    /// The mentors from now on; where organizations are paired, those of the pair that ends where they are left out.
    pub mentors: Option<Vec<CadreId>>,
    /// The mentees from now on; those of the pair that ends where they are left out.
    pub mentees: Option<Vec<CadreId>>,
    /// Who mentors whom; by the numbers where it is left out.
    pub form: Option<PairForm>,
    /// The organization that helps from now on; that of the pair that ends where it is left out.
    pub helping: Option<OrganizationId>,
    /// The organization that is helped from now on; as above.
    pub helped: Option<OrganizationId>,
    /// What the new pair is to lead to.
    pub plan: Plan,
}

impl Command for ReplacePair {
    const ACTION: Action = Action::PairReplace;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        let before = tx.get_at::<mentoring_pair::Entity>(self.id, self.expected_version).await?;
        rules::after(before.state, PairStepKind::Replaced)?;
        let parts = parts_of(tx, self.id).await?;
        let of = |side: PairSide| parts.iter().filter(move |it| it.side == side).map(|it| it.cadre_id);
        let mentees = self.mentees.unwrap_or_else(|| of(PairSide::Mentee).collect());
        let mentors = match self.mentors {
            Some(mentors) => mentors,
            None if before.helping_id.is_some() => of(PairSide::Mentor).collect(),
            None => return Err(Error::invalid("mentorIds", "must be named: who mentors from now on")),
        };
        let mut policy_code = None;
        if let Some(policy) = policed::of(tx, &before).await? {
            policy.replaced(&of(PairSide::Mentor).collect::<Vec<_>>(), &mentors)?;
            policy_code = Some(policy.edition.code);
        }
        let proposal = ProposePair {
            organization: before.organization_id,
            mentors,
            mentees,
            roles: None,
            form: self.form,
            helping: self.helping.or(before.helping_id),
            helped: self.helped.or(before.helped_id),
            plan: self.plan,
            contact_every_days: before.contact_every_days,
            policy_code,
        };
        let successor = propose(tx, proposal, Some(before.id)).await?;
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
        if before.helping_id.is_none() && !parts.iter().any(|it| it.side == left.side && it.id != left.id) {
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

/// Takes one more mentor into a pair that runs, or that waits for one. Fails with INVALID, STALE, TRANSITION_REFUSED,
/// NOT_IN_POST, CONFLICT, CRITERION_UNMET, CAPACITY_REACHED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct JoinPair {
    /// The pair.
    pub id: PairId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Who joins it.
    pub cadre: CadreId,
    /// As what.
    pub role: PairRole,
    /// What is said of the decision.
    pub decision: Decision,
}

impl Command for JoinPair {
    const ACTION: Action = Action::PairPartEnd;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        let before = tx.get_at::<mentoring_pair::Entity>(self.id, self.expected_version).await?;
        rules::after(before.state, PairStepKind::PartJoined)?;
        let decision = checked(self.decision, PairStepKind::PartJoined)?;
        let day = rules::decided_on(decision.decided_on, before.started_on, tx.today())?;
        let mut parts = parts_of(tx, self.id).await?;
        if parts.iter().any(|it| it.cadre_id == self.cadre) {
            return Err(Error::invalid("cadreId", "takes part in this pair already"));
        }
        if self.role == PairRole::Mentee {
            return Err(Error::invalid("role", "must be one of a mentor: propose another pair for another mentee"));
        }
        let joined =
            pair_part::Model { joined_on: Some(day), ..part_row(self.id, self.cadre, PairSide::Mentor, self.role) };
        parts.push(joined.clone());
        let sides = Sides::of(&parts);
        let policy = policed::of(tx, &before).await?;
        sides.fit(tx, policy.as_ref().is_some_and(Policed::allows_superiors)).await?;
        sides.find_room(tx, before.organization_id).await?;
        let mut step = step_row(tx, &before, PairStepKind::PartJoined, day, decision);
        if let Some(policy) = policy {
            step.findings = notice::kept(&policy.proposed(tx, &whom(&before, &parts)).await?);
        }
        tx.update::<mentoring_pair::Entity>(&before, before.clone()).await?;
        tx.insert::<pair_part::Entity>(joined).await?;
        tx.insert::<pair_step::Entity>(pair_step::Model { cadre_id: Some(self.cadre), ..step }).await?;
        Ok(self.id)
    }
}
