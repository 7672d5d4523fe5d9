//! Commands on talks: asked for, fixed, held, followed up, and what was raised in them. None takes a word of what was said.

use chrono::NaiveDate;
use entity::{
    cadre,
    id::{CadreId, OrganizationId, TalkId, TalkIssueId},
    kind::{IssueState, Role, TalkState},
    organization, policy_edition, talk, talk_issue,
};
use serde::Serialize;

use crate::{
    db::{session::Command, writer::Writer},
    edition::{
        document::Document,
        read::{document_of, in_force},
    },
    error::{Action, Error, Result},
    talk::rules,
};

/// With whom a talk is.
struct Whom {
    cadre: Option<CadreId>,
    unit: Option<OrganizationId>,
    /// The unit, or that which keeps the person.
    place: OrganizationId,
    /// Whether it is who asks.
    is_own: bool,
}

/// The person or unit that is named, or else who asks.
async fn whom(tx: &Writer<'_>, cadre: Option<CadreId>, unit: Option<OrganizationId>) -> Result<Whom> {
    let own = tx.reader().gate().scope().person(&[Role::Cadre]);
    match (cadre.or(own.filter(|_| unit.is_none())), unit) {
        (Some(person), None) => {
            let place = tx.get::<cadre::Entity>(person).await?.organization_id;
            Ok(Whom { cadre: Some(person), unit: None, place, is_own: own == Some(person) })
        }
        (None, Some(unit)) => {
            let place = tx.get::<organization::Entity>(unit).await?.id;
            Ok(Whom { cadre: None, unit: Some(unit), place, is_own: false })
        }
        _ => Err(Error::invalid("cadreId", "or unitId must be given, and one of them alone")),
    }
}

/// That talks with somebody may be held in a place: where they are kept, or above it. Who asks for oneself may not see that
/// place, and so is told of it that it is not.
async fn holds_for(tx: &Writer<'_>, place: OrganizationId, whom: &Whom) -> Result<()> {
    if !whom.is_own {
        tx.get::<organization::Entity>(place).await?;
    }
    if tx.reader().above(whom.place).await?.contains(&place) {
        return Ok(());
    }
    let why = "is neither that to which they belong nor one above it";
    Err(Error::invalid("organizationId", why))
}

/// The edition that has effect in a place on a day, and what it says.
async fn in_effect(
    tx: &Writer<'_>,
    policy: &str,
    place: OrganizationId,
    on: NaiveDate,
) -> Result<(policy_edition::Model, Document)> {
    let found = in_force(&tx.reader(), policy, place, on).await?;
    found.ok_or_else(|| Error::invalid("policy", format!("'{policy}' has no edition in effect there on {on}")))
}

/// Asks for a talk. Fails with INVALID or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RequestTalk {
    /// Code of the policy.
    pub policy: String,
    /// The organization whose people are asked.
    pub organization: OrganizationId,
    /// Code of who is to hold it.
    pub conductor: String,
    /// Code of its kind.
    pub kind: Option<String>,
    /// With whom; who asks, where neither is named.
    pub cadre: Option<CadreId>,
    /// With which unit.
    pub unit: Option<OrganizationId>,
    /// Class of its topic.
    pub topic: Option<String>,
}

impl Command for RequestTalk {
    const ACTION: Action = Action::TalkRequest;
    type Outcome = TalkId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TalkId> {
        let whom = whom(tx, self.cadre, self.unit).await?;
        holds_for(tx, self.organization, &whom).await?;
        let today = tx.today();
        let (edition, document) = in_effect(tx, &self.policy, self.organization, today).await?;
        let talks = rules::said(&document)?;
        rules::conductor(talks, &self.conductor, whom.is_own)?;
        rules::topic(talks, self.topic.as_deref())?;
        let row = talk::Model {
            id: TalkId::fresh(),
            edition_id: edition.id,
            organization_id: self.organization,
            cadre_id: whom.cadre,
            unit_id: whom.unit,
            kind: rules::kind(talks, self.kind, whom.is_own)?,
            trigger: None,
            conductor: self.conductor,
            topic: self.topic,
            state: TalkState::Requested,
            requested_on: today,
            answer_by: rules::answer_by(talks, today, tx.calendar())?,
            fixed_for: None,
            held_on: None,
            follow_up_on: None,
            requested_by: tx.account(),
            version: 1,
        };
        tx.insert::<talk::Entity>(row).await
    }
}

/// Fixes the day of a talk that is asked for, or another one. Fails with INVALID, STALE, TRANSITION_REFUSED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct FixTalk {
    /// The talk.
    pub id: TalkId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// The day.
    pub fixed_for: NaiveDate,
}

impl Command for FixTalk {
    const ACTION: Action = Action::TalkRecord;
    type Outcome = TalkId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TalkId> {
        let before = tx.get_at::<talk::Entity>(self.id, self.expected_version).await?;
        rules::from(before.state, &[TalkState::Requested, TalkState::Fixed], "fixed")?;
        if self.fixed_for < tx.today() {
            return Err(Error::invalid("fixedFor", format!("{} is over: record the talk instead", self.fixed_for)));
        }
        let after = talk::Model { state: TalkState::Fixed, fixed_for: Some(self.fixed_for), ..before.clone() };
        tx.update::<talk::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// What is recorded of a talk: all that is kept of it.
#[derive(Clone, Debug, Serialize)]
pub struct Note {
    /// When it was held.
    pub held_on: NaiveDate,
    /// Class of its topic.
    pub topic: Option<String>,
    /// By when it is followed up.
    pub follow_up_on: Option<NaiveDate>,
    /// Code of the event after which it was due.
    pub trigger: Option<String>,
}

/// Records that a talk was held, one that was asked for or another. Fails with INVALID, STALE, TRANSITION_REFUSED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RecordTalk {
    /// The talk that was asked for.
    pub asked: Option<TalkId>,
    /// The version of it that the client saw.
    pub expected_version: Option<i32>,
    /// Of another one: code of the policy.
    pub policy: Option<String>,
    /// The organization whose people held it.
    pub organization: Option<OrganizationId>,
    /// Code of who held it.
    pub conductor: Option<String>,
    /// Code of its kind.
    pub kind: Option<String>,
    /// With whom.
    pub cadre: Option<CadreId>,
    /// With which unit.
    pub unit: Option<OrganizationId>,
    /// What is kept of it.
    pub note: Note,
}

impl Command for RecordTalk {
    const ACTION: Action = Action::TalkRecord;
    type Outcome = TalkId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TalkId> {
        match self.asked {
            Some(id) => self.asked(tx, id).await,
            None => self.other(tx).await,
        }
    }
}

impl RecordTalk {
    async fn asked(self, tx: &mut Writer<'_>, id: TalkId) -> Result<TalkId> {
        let further = [
            ("policy", self.policy.is_some()),
            ("organizationId", self.organization.is_some()),
            ("conductor", self.conductor.is_some()),
            ("kind", self.kind.is_some()),
            ("cadreId", self.cadre.is_some()),
            ("unitId", self.unit.is_some()),
        ];
        if let Some((field, _)) = further.into_iter().find(|(_, is_given)| *is_given) {
            return Err(Error::invalid(field, "must be left out: the talk of the id has it"));
        }
        let seen = self.expected_version;
        let seen = seen.ok_or_else(|| Error::invalid("expectedVersion", "must be given with the id"))?;
        let before = tx.get_at::<talk::Entity>(id, seen).await?;
        rules::from(before.state, &[TalkState::Requested, TalkState::Fixed], "recorded")?;
        let document = document_of(&tx.get::<policy_edition::Entity>(before.edition_id).await?)?;
        let after = noted(before.clone(), self.note, &document, Some(before.requested_on), tx.today())?;
        tx.update::<talk::Entity>(&before, after).await?;
        Ok(id)
    }

    async fn other(self, tx: &mut Writer<'_>) -> Result<TalkId> {
        let needed = |field: &'static str| move || Error::invalid(field, "must be given where there is no id");
        let policy = self.policy.ok_or_else(needed("policy"))?;
        let place = self.organization.ok_or_else(needed("organizationId"))?;
        let conductor = self.conductor.ok_or_else(needed("conductor"))?;
        let whom = whom(tx, self.cadre, self.unit).await?;
        holds_for(tx, place, &whom).await?;
        let held_on = self.note.held_on;
        let (edition, document) = in_effect(tx, &policy, place, held_on).await?;
        let talks = rules::said(&document)?;
        rules::conductor(talks, &conductor, false)?;
        let row = talk::Model {
            id: TalkId::fresh(),
            edition_id: edition.id,
            organization_id: place,
            cadre_id: whom.cadre,
            unit_id: whom.unit,
            kind: rules::kind(talks, self.kind, false)?,
            trigger: None,
            conductor,
            topic: None,
            state: TalkState::Held,
            requested_on: held_on,
            answer_by: None,
            fixed_for: None,
            held_on: None,
            follow_up_on: None,
            requested_by: None,
            version: 1,
        };
        let row = noted(row, self.note, &document, None, tx.today())?;
        tx.insert::<talk::Entity>(row).await
    }
}

/// A talk as it is once it was held.
fn noted(
    row: talk::Model,
    note: Note,
    document: &Document,
    asked_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<talk::Model> {
    let talks = rules::said(document)?;
    rules::days(note.held_on, asked_on, note.follow_up_on, today)?;
    rules::topic(talks, note.topic.as_deref())?;
    let trigger = match &note.trigger {
        Some(code) => Some(rules::trigger(document, talks, code, row.cadre_id.is_some())?),
        None => None,
    };
    let topic = note.topic.or_else(|| trigger.and_then(|it| it.topic.clone())).or(row.topic);
    let held_on = Some(note.held_on);
    let trigger = note.trigger.or(row.trigger);
    Ok(talk::Model { state: TalkState::Held, topic, trigger, held_on, follow_up_on: note.follow_up_on, ..row })
}

/// Says that a talk was followed up. Fails with TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct FollowUpTalk {
    /// The talk.
    pub id: TalkId,
}

impl Command for FollowUpTalk {
    const ACTION: Action = Action::TalkRecord;
    type Outcome = TalkId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TalkId> {
        let before = tx.get::<talk::Entity>(self.id).await?;
        rules::from(before.state, &[TalkState::Held], "followed up")?;
        let after = talk::Model { state: TalkState::FollowedUp, ..before.clone() };
        tx.update::<talk::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// Raises a matter in a talk that was held. Fails with INVALID, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RaiseIssue {
    /// The talk.
    pub talk: TalkId,
    /// Class of the matter.
    pub topic: String,
}

impl Command for RaiseIssue {
    const ACTION: Action = Action::TalkRecord;
    type Outcome = TalkIssueId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TalkIssueId> {
        let talk = tx.get::<talk::Entity>(self.talk).await?;
        rules::from(talk.state, &rules::HELD, "where something was raised")?;
        let document = document_of(&tx.get::<policy_edition::Entity>(talk.edition_id).await?)?;
        rules::topic(rules::said(&document)?, Some(&self.topic))?;
        let row = talk_issue::Model {
            id: TalkIssueId::fresh(),
            talk_id: talk.id,
            topic: self.topic,
            state: IssueState::Open,
            raised_on: tx.today(),
            closed_on: None,
            document_number: None,
            version: 1,
        };
        tx.insert::<talk_issue::Entity>(row).await
    }
}

/// Closes a matter with its result. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct CloseIssue {
    /// The matter.
    pub id: TalkIssueId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// What became of it.
    pub state: IssueState,
    /// The document of its result.
    pub document_number: Option<String>,
}

impl Command for CloseIssue {
    const ACTION: Action = Action::TalkRecord;
    type Outcome = TalkIssueId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<TalkIssueId> {
        let before = tx.get_at::<talk_issue::Entity>(self.id, self.expected_version).await?;
        rules::closes(before.state, self.state)?;
        let after = talk_issue::Model {
            state: self.state,
            closed_on: Some(tx.today()),
            document_number: rules::number(self.document_number)?,
            ..before.clone()
        };
        tx.update::<talk_issue::Entity>(&before, after).await?;
        Ok(self.id)
    }
}
