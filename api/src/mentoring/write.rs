//! Commands on mentoring pairs.

use chrono::NaiveDate;
use entity::{
    cadre,
    id::{CadreId, OrganizationId, PairContactId, PairId, PairPartId},
    kind::{CadreStatus, ContactTopic, PairSide, PairState, Role},
    mentoring_pair, pair_contact, pair_part,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    auth::scope::Reach,
    cadre::read::ROWS,
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    mentoring::rules,
    organization::write::standing,
};

/// Proposes a pair. Fails with INVALID, NOT_IN_POST, CONFLICT or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct ProposePair {
    /// The organization that keeps the pair.
    pub organization: OrganizationId,
    /// The mentors.
    pub mentors: Vec<CadreId>,
    /// The mentees.
    pub mentees: Vec<CadreId>,
    /// Days between contacts.
    pub contact_every_days: i32,
}

impl Command for ProposePair {
    const ACTION: Action = Action::PairPropose;
    type Outcome = PairId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairId> {
        rules::sides(&self.mentors, &self.mentees)?;
        let contact_every_days = rules::cadence(self.contact_every_days)?;
        standing(tx, self.organization).await?;
        let people: Vec<CadreId> = self.mentors.iter().chain(&self.mentees).copied().collect();
        in_post(tx, &people).await?;
        let pair = tx
            .insert::<mentoring_pair::Entity>(mentoring_pair::Model {
                id: PairId::fresh(),
                organization_id: self.organization,
                state: PairState::Proposed,
                started_on: None,
                ended_on: None,
                contact_every_days,
                next_contact_due: None,
                proposed_by: tx.account(),
                version: 1,
            })
            .await?;
        let side = |side: PairSide| {
            move |cadre_id: CadreId| pair_part::Model {
                id: PairPartId::fresh(),
                pair_id: pair,
                cadre_id,
                side,
                version: 1,
            }
        };
        let mentors = self.mentors.into_iter().map(side(PairSide::Mentor));
        let parts = mentors.chain(self.mentees.into_iter().map(side(PairSide::Mentee))).collect();
        tx.insert_many::<pair_part::Entity>(parts).await?;
        Ok(pair)
    }
}

/// That a caller who may record contacts only as a mentor is one in this pair.
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
    let at = Alias::own::<pair_part::Entity>();
    let mine = reader.find::<pair_part::Entity>().filter(at.col(pair_part::Column::PairId).eq(pair));
    let mine = mine.filter(at.col(pair_part::Column::CadreId).eq(person)).one().await?;
    if mine.is_some_and(|it| it.side == PairSide::Mentor) {
        Ok(())
    } else {
        Err(Error::Forbidden(Action::ContactRecord))
    }
}

/// That all of these people exist for the caller and are in post.
async fn in_post(tx: &Writer<'_>, people: &[CadreId]) -> Result<()> {
    let id = Alias::own::<cadre::Entity>().col(cadre::Column::Id);
    let rows = tx.reader().find::<cadre::Entity>().filter(id.is_in(people.iter().copied())).all().await?;
    if rows.len() < people.len() {
        return Err(Error::NotFound("cadre"));
    }
    match rows.iter().find(|it| it.status != CadreStatus::InPost) {
        Some(row) => {
            let message = format!("{} is {}: only those in post can be paired.", row.name, row.status.text());
            Err(Problem::new(ProblemCode::NotInPost, message).into())
        }
        None => Ok(()),
    }
}

/// Activates a proposed pair. Fails with INVALID, STALE, TRANSITION_REFUSED, NOT_IN_POST or IDEMPOTENCY_KEY_REUSED.
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
        rules::from(&before, PairState::Proposed, "activation")?;
        let start = self.started_on.unwrap_or_else(|| tx.today());
        if start > tx.today() {
            return Err(Error::invalid(
                "startedOn",
                format!("{start} lies after today: activate the pair on that day"),
            ));
        }
        let pair = Alias::own::<pair_part::Entity>().col(pair_part::Column::PairId).eq(self.id);
        let parts = tx.reader().find::<pair_part::Entity>().filter(pair).all().await?;
        in_post(tx, &parts.iter().map(|it| it.cadre_id).collect::<Vec<_>>()).await?;
        let after = mentoring_pair::Model {
            state: PairState::Active,
            started_on: Some(start),
            next_contact_due: rules::due_after(start, before.contact_every_days),
            ..before.clone()
        };
        tx.update::<mentoring_pair::Entity>(&before, after).await?;
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
