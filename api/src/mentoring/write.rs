//! Commands on mentoring pairs: proposal, activation, contacts; the steps after them stand in `course`. Each step is kept
//! with decider, reason and day, and only one comes without a decision: whoever leaves suspends the pair (`leaving`).

pub mod capacity;
pub mod course;
mod guard;
pub mod kin;
pub mod leaving;
pub mod policed;
pub mod word;

use chrono::NaiveDate;
use entity::{
    id::{CadreId, OrganizationId, PairContactId, PairId, PairPartId, PairStepId},
    kind::{ContactTopic, PairForm, PairRole, PairSide, PairState, PairStepKind, Role},
    mentoring_pair, pair_contact, pair_part, pair_step,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    auth::scope::Reach,
    cadre::read::ROWS,
    db::{gate::Alias, session::Command, writer::Writer},
    edition::notice,
    error::{Action, Error, Problem, ProblemCode, Result},
    mentoring::{
        plan::PlanItem,
        rules,
        write::{
            guard::Sides,
            policed::{Policed, Whom},
        },
    },
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
    /// What it says under the headings of the policy.
    pub items: Vec<PlanItem>,
}

impl Plan {
    /// Its headings in normal form, as they are kept.
    ///
    /// # Errors
    /// `Invalid` on `plan`.
    fn kept(&self, policy: Option<&Policed>) -> Result<Option<String>> {
        let trimmed = |it: &PlanItem| PlanItem { code: it.code.trim().to_owned(), text: it.text.trim().to_owned() };
        let items: Vec<PlanItem> = self.items.iter().map(trimmed).collect();
        if let Some(long) = items.iter().find(|it| it.text.chars().count() > 500) {
            return Err(Error::invalid("plan", format!("has more than 500 characters under {}", long.code)));
        }
        match policy {
            Some(policy) => policy.plan(&items)?,
            None if !items.is_empty() => {
                return Err(Error::invalid("plan", "has headings, and no policy wants them: say it as planGoal"));
            }
            None => {}
        }
        Ok(if items.is_empty() { None } else { serde_json::to_string(&items).ok() })
    }
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
    /// As what each mentor takes part, in the order of the mentors; by the form where it is left out.
    pub roles: Option<Vec<PairRole>>,
    /// Who mentors whom, as a form; by the numbers where it is left out.
    pub form: Option<PairForm>,
    /// The organization that helps, where organizations are paired.
    pub helping: Option<OrganizationId>,
    /// The organization that is helped.
    pub helped: Option<OrganizationId>,
    /// What it is to lead to.
    pub plan: Plan,
    /// Days between contacts.
    pub contact_every_days: i32,
    /// Code of the policy by which the pair is made.
    pub policy_code: Option<String>,
}

impl Command for ProposePair {
    const ACTION: Action = Action::PairPropose;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        propose(tx, self, None).await
    }
}

/// Checks and writes a proposal.
async fn propose(tx: &mut Writer<'_>, asked: ProposePair, instead_of: Option<PairId>) -> Result<PairId> {
    let units = rules::units(asked.helping, asked.helped)?;
    rules::sides(&asked.mentors, &asked.mentees, units)?;
    let policy = match &asked.policy_code {
        Some(code) => Some(policed::named(tx, code, asked.organization).await?),
        None => None,
    };
    let said = policy.as_ref().map(Policed::contact_days).transpose()?.flatten();
    let contact_every_days = said.map_or_else(|| rules::cadence(asked.contact_every_days), Ok)?;
    let numbers = (asked.mentors.len(), asked.mentees.len());
    let form = asked.form.unwrap_or_else(|| rules::form_of(numbers.0, numbers.1, units));
    rules::fits(form, numbers.0, numbers.1, units)?;
    let plan_items = asked.plan.kept(policy.as_ref())?;
    let pair = mentoring_pair::Model {
        id: PairId::fresh(),
        organization_id: asked.organization,
        state: PairState::Proposed,
        started_on: None,
        ended_on: None,
        contact_every_days,
        next_contact_due: None,
        form,
        helping_id: asked.helping,
        helped_id: asked.helped,
        plan_goal: rules::plan("planGoal", asked.plan.goal)?,
        plan_measures: rules::plan("planMeasures", asked.plan.measures)?,
        term_ends_on: rules::term(asked.plan.term_ends_on, tx.today())?,
        reason_code: None,
        successor_id: None,
        proposed_by: tx.account(),
        edition_id: policy.as_ref().map(|it| it.edition.id),
        plan_items,
        version: 1,
    };
    for place in [Some(asked.organization), asked.helping, asked.helped].into_iter().flatten() {
        standing(tx, place).await?;
    }
    if let Some((helping, helped)) = units {
        alone(tx, helping, helped, instead_of).await?;
    }
    let superiors = policy.as_ref().is_some_and(Policed::allows_superiors);
    Sides::new(asked.mentors.clone(), asked.mentees.clone()).fit(tx, superiors).await?;
    let roles = rules::roles(form, &asked.mentors, asked.roles.as_deref())?;
    let whom = Whom { mentors: roles, mentees: asked.mentees, form, except: instead_of };
    let notices = match &policy {
        Some(policy) => policy.proposed(tx, &whom).await?,
        None => Vec::new(),
    };
    let mut step = step_row(tx, &pair, PairStepKind::Proposed, tx.today(), Decision::default());
    step.findings = notice::kept(&notices);
    let id = tx.insert::<mentoring_pair::Entity>(pair).await?;
    let mentees = whom.mentees.into_iter().map(|it| (it, PairSide::Mentee, PairRole::Mentee));
    let mentors = whom.mentors.into_iter().map(|(it, role)| (it, PairSide::Mentor, role));
    let parts = mentors.chain(mentees).map(|(cadre_id, side, role)| part_row(id, cadre_id, side, role)).collect();
    tx.insert_many::<pair_part::Entity>(parts).await?;
    tx.insert::<pair_step::Entity>(step).await?;
    Ok(id)
}

/// That two organizations are paired once.
async fn alone(tx: &Writer<'_>, helping: OrganizationId, helped: OrganizationId, but: Option<PairId>) -> Result<()> {
    let at = Alias::own::<mentoring_pair::Entity>();
    let open = [PairState::Proposed, PairState::Active, PairState::Suspended];
    let reader = tx.reader();
    let same = reader.find::<mentoring_pair::Entity>().filter(at.col(mentoring_pair::Column::HelpingId).eq(helping));
    let same = same.filter(at.col(mentoring_pair::Column::HelpedId).eq(helped));
    let same = same.filter(at.col(mentoring_pair::Column::State).is_in(open)).all().await?;
    if same.iter().all(|it| Some(it.id) == but) {
        return Ok(());
    }
    let message = "These two organizations are paired already: end or replace that pair.";
    Err(Problem::new(ProblemCode::Conflict, message).on("helpedOrganizationId").into())
}

fn part_row(pair_id: PairId, cadre_id: CadreId, side: PairSide, role: PairRole) -> pair_part::Model {
    let id = PairPartId::fresh();
    pair_part::Model { id, pair_id, cadre_id, side, role, joined_on: None, left_on: None, version: 1 }
}

/// The people of a pair as its policy asks of them.
fn whom(pair: &mentoring_pair::Model, parts: &[pair_part::Model]) -> Whom {
    let of = |side: PairSide| parts.iter().filter(move |it| it.side == side);
    Whom {
        mentors: of(PairSide::Mentor).map(|it| (it.cadre_id, it.role)).collect(),
        mentees: of(PairSide::Mentee).map(|it| it.cadre_id).collect(),
        form: pair.form,
        except: Some(pair.id),
    }
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
        let policy = policed::of(tx, &before).await?;
        sides.fit(tx, policy.as_ref().is_some_and(Policed::allows_superiors)).await?;
        sides.find_room(tx, before.organization_id).await?;
        let (mut notices, mut term_ends_on) = (Vec::new(), before.term_ends_on);
        if let Some(policy) = policy {
            notices = policy.activated(tx, &whom(&before, &parts), before.plan_items.as_deref()).await?;
            term_ends_on = term_ends_on.or(policy.term_end(start, tx.calendar())?);
        }
        let next_contact_due = policed::next_due(tx, &before, start).await?;
        let after =
            mentoring_pair::Model { state, started_on: Some(start), next_contact_due, term_ends_on, ..before.clone() };
        let mut step = step_row(tx, &after, PairStepKind::Activated, start, Decision::default());
        step.findings = notice::kept(&notices);
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
        let due = Ord::max(policed::next_due(tx, &before, self.held_on).await?, before.next_contact_due);
        if due != before.next_contact_due {
            let after = mentoring_pair::Model { next_contact_due: due, ..before.clone() };
            tx.update::<mentoring_pair::Entity>(&before, after).await?;
        }
        Ok(self.pair)
    }
}
