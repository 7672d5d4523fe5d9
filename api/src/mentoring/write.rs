//! Commands on mentoring pairs: proposal, activation, contacts; the steps after them stand in `course`. Each step is kept
//! with decider, reason and day, and only one comes without a decision: whoever leaves suspends the pair (`leaving`).

pub mod capacity;
pub mod course;
mod guard;
pub mod kin;
pub mod leaving;
pub mod word;

use chrono::NaiveDate;
use entity::{
    id::{CadreId, OrganizationId, PairContactId, PairId, PairPartId, PairStepId},
    kind::{ContactTopic, PairForm, PairSide, PairState, PairStepKind, Role},
    mentoring_pair, pair_contact, pair_part, pair_step,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    auth::scope::Reach,
    cadre::read::ROWS,
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
    mentoring::{rules, write::guard::Sides},
    organization::write::standing,
};

/// What a pair is to lead to, and until when.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Plan {
    /// What it is to lead to.
    pub goal: Option<String>,
    /// What is to be done for it.
    pub measures: Option<String>,
    /// The day on which the term is over.
    pub term_ends_on: Option<NaiveDate>,
}

/// Proposes a pair. Fails with INVALID, NOT_IN_POST, CONFLICT or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct ProposePair {
    /// The organization that keeps the pair.
    pub organization: OrganizationId,
    /// The mentors; where one of them leads, the first.
    pub mentors: Vec<CadreId>,
    /// The mentees.
    pub mentees: Vec<CadreId>,
    /// Who mentors whom, as a form; by the numbers where it is left out.
    pub form: Option<PairForm>,
    /// What it is to lead to.
    pub plan: Plan,
    /// Days between contacts.
    pub contact_every_days: i32,
}

impl Command for ProposePair {
    const ACTION: Action = Action::PairPropose;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        propose(tx, self).await
    }
}

/// Checks and writes a proposal.
async fn propose(tx: &mut Writer<'_>, asked: ProposePair) -> Result<PairId> {
    rules::sides(&asked.mentors, &asked.mentees)?;
    let contact_every_days = rules::cadence(asked.contact_every_days)?;
    let numbers = (asked.mentors.len(), asked.mentees.len());
    let form = asked.form.unwrap_or_else(|| rules::form_of(numbers.0, numbers.1));
    rules::fits(form, numbers.0, numbers.1)?;
    let pair = mentoring_pair::Model {
        id: PairId::fresh(),
        organization_id: asked.organization,
        state: PairState::Proposed,
        started_on: None,
        ended_on: None,
        contact_every_days,
        next_contact_due: None,
        form,
        plan_goal: rules::plan("planGoal", asked.plan.goal)?,
        plan_measures: rules::plan("planMeasures", asked.plan.measures)?,
        term_ends_on: rules::term(asked.plan.term_ends_on, tx.today())?,
        reason_code: None,
        successor_id: None,
        proposed_by: tx.account(),
        edition_id: None,
        plan_items: None,
        version: 1,
    };
    standing(tx, asked.organization).await?;
    Sides::new(asked.mentors.clone(), asked.mentees.clone()).fit(tx).await?;
    let step = step_row(tx, &pair, PairStepKind::Proposed, tx.today(), Decision::default());
    let id = tx.insert::<mentoring_pair::Entity>(pair).await?;
    let part = |side: PairSide, place: usize, cadre_id: CadreId| pair_part::Model {
        id: PairPartId::fresh(),
        pair_id: id,
        cadre_id,
        side,
        role: rules::role(form, side, place),
        joined_on: None,
        left_on: None,
        version: 1,
    };
    let mentors = asked.mentors.into_iter().enumerate().map(|(place, it)| part(PairSide::Mentor, place, it));
    let mentees = asked.mentees.into_iter().enumerate().map(|(place, it)| part(PairSide::Mentee, place, it));
    tx.insert_many::<pair_part::Entity>(mentors.chain(mentees).collect()).await?;
    tx.insert::<pair_step::Entity>(step).await?;
    Ok(id)
}

/// What is said of a decision.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Decision {
    /// Why.
    pub reason: Option<String>,
    /// Why, as a code.
    pub reason_code: Option<String>,
    /// Its day; today when it is left out.
    pub decided_on: Option<NaiveDate>,
}

fn step_row(
    tx: &Writer<'_>,
    pair: &mentoring_pair::Model,
    kind: PairStepKind,
    decided_on: NaiveDate,
    decision: Decision,
) -> pair_step::Model {
    pair_step::Model {
        id: PairStepId::fresh(),
        pair_id: pair.id,
        kind,
        state: pair.state,
        cadre_id: None,
        reason: decision.reason,
        reason_code: decision.reason_code,
        decided_on,
        decided_by: tx.account(),
        recorded_at: tx.now(),
        findings: None,
        version: 1,
    }
}

/// The parts of a pair that nobody has left.
async fn parts_of(tx: &Writer<'_>, pair: PairId) -> Result<Vec<pair_part::Model>> {
    let at = Alias::own::<pair_part::Entity>();
    let reader = tx.reader();
    let parts = reader.find::<pair_part::Entity>().filter(at.col(pair_part::Column::PairId).eq(pair));
    parts.filter(at.col(pair_part::Column::LeftOn).is_null()).order(pair_part::Column::Id).all().await
}

/// That a caller who may perform the act only as a mentor is one in this pair.
///
/// # Errors
/// `Forbidden`: the pair is the caller's own to see, and the act is not.
async fn as_mentor(tx: &Writer<'_>, pair: PairId) -> Result<()> {
    let reader = tx.reader();
    let scope = reader.gate().scope();
    let (Some(person), Reach::Under(roots)) = (scope.person(&[Role::Mentor]), scope.reach(ROWS)) else { return Ok(()) };
    if !roots.is_empty() {
        return Ok(());
    }
    let mine = |it: &pair_part::Model| it.cadre_id == person && it.side == PairSide::Mentor;
    if parts_of(tx, pair).await?.iter().any(mine) { Ok(()) } else { Err(Error::Forbidden(scope.action())) }
}

/// Activates a proposed pair. Fails with INVALID, STALE, TRANSITION_REFUSED, NOT_IN_POST, CONFLICT, CAPACITY_REACHED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct ActivatePair {
    /// The pair.
    pub id: PairId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// First day; today when it is left out.
    pub started_on: Option<NaiveDate>,
}

impl Command for ActivatePair {
    const ACTION: Action = Action::PairActivate;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        let before = tx.get_at::<mentoring_pair::Entity>(self.id, self.expected_version).await?;
        let state = rules::after(before.state, PairStepKind::Activated)?;
        let start = self.started_on.unwrap_or_else(|| tx.today());
        if start > tx.today() {
            let why = format!("{start} lies after today: activate the pair on that day");
            return Err(Error::invalid("startedOn", why));
        }
        rules::term(before.term_ends_on, start)?;
        let parts = parts_of(tx, self.id).await?;
        let sides = Sides::of(&parts);
        sides.fit(tx).await?;
        sides.find_room(tx, before.organization_id).await?;
        let after = mentoring_pair::Model {
            state,
            started_on: Some(start),
            next_contact_due: rules::due_after(start, before.contact_every_days),
            ..before.clone()
        };
        let step = step_row(tx, &after, PairStepKind::Activated, start, Decision::default());
        tx.update::<mentoring_pair::Entity>(&before, after).await?;
        for part in parts {
            let joined = pair_part::Model { joined_on: Some(start), ..part.clone() };
            tx.update::<pair_part::Entity>(&part, joined).await?;
        }
        tx.insert::<pair_step::Entity>(step).await?;
        Ok(self.id)
    }
}

/// Records a contact of a pair, and moves the next one on. Fails with INVALID, TRANSITION_REFUSED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RecordContact {
    /// The pair.
    pub pair: PairId,
    /// The day it was held.
    pub held_on: NaiveDate,
    /// What it was about, as a class.
    pub topic: ContactTopic,
    /// What was agreed on, for both sides.
    pub agreed: Option<String>,
}

impl Command for RecordContact {
    const ACTION: Action = Action::ContactRecord;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        let before = tx.get::<mentoring_pair::Entity>(self.pair).await?;
        as_mentor(tx, before.id).await?;
        rules::from(&before, PairState::Active, "a contact")?;
        rules::held_on(&before, self.held_on, tx.today())?;
        let agreed = self.agreed.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
        if agreed.as_ref().is_some_and(|it| it.chars().count() > 500) {
            return Err(Error::invalid("agreed", "is longer than 500 characters: a few words for both sides will do"));
        }
        tx.insert::<pair_contact::Entity>(pair_contact::Model {
            id: PairContactId::fresh(),
            pair_id: before.id,
            held_on: self.held_on,
            topic: self.topic,
            agreed,
            recorded_by: tx.account(),
            version: 1,
        })
        .await?;
        // A contact recorded late must not pull a later due date back.
        let due = Ord::max(rules::due_after(self.held_on, before.contact_every_days), before.next_contact_due);
        if due != before.next_contact_due {
            let after = mentoring_pair::Model { next_contact_due: due, ..before.clone() };
            tx.update::<mentoring_pair::Entity>(&before, after).await?;
        }
        Ok(self.pair)
    }
}
