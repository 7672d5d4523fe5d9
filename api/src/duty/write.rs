//! Commands on due items: submitted by who owes them, accepted or returned by who keeps the organization, excused with a reason.
//! An item gets its row by the first of them; that it is due at all is worked out anew each time.

pub mod round;

use entity::{
    cadre, declared_fact, duty_entry,
    id::{CadreId, DeclaredFactId, DutyEntryId, OrganizationId, PairId, PoolId, PoolMembershipId, TalkId, TalkIssueId},
    kind::{DutyState, DutySubject, PairSide, Role},
    mentoring_pair, organization, pair_part, policy_edition, pool_membership, reserve_pool,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    auth::scope::Reach,
    cadre::read::ROWS,
    db::{gate::Alias, session::Command, writer::Writer},
    duty::due::{About, Due, Named, Said, Window},
    error::{Action, Error, Problem, ProblemCode, Result},
    mechanism::duties::Subject,
};

fn words(field: &'static str, text: Option<String>, most: usize) -> Result<Option<String>> {
    let text = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    match text.as_ref().map(|it| it.chars().count()) {
        Some(length) if length > most => {
            Err(Error::invalid(field, format!("has {length} characters; write at most {most}")))
        }
        _ => Ok(text),
    }
}

/// The due item of a name, if the caller may see what it is about, and it is due at all.
async fn named(tx: &Writer<'_>, name: &str) -> Result<Due> {
    let Some(named) = Named::parse(name) else {
        return Err(Error::invalid("dutyId", "names no due item: take it from duties"));
    };
    let said = Said::of(tx.get::<policy_edition::Entity>(named.edition).await?, tx.calendar())?;
    let window = Window { from: named.due_on, to: named.due_on, today: tx.today() };
    let found = about(tx, &said, &named, window).await?;
    let due = found.into_iter().find(|it| it.code == named.code && it.due_on == named.due_on);
    due.ok_or_else(|| Error::invalid("dutyId", "names an item that is not due: take it from duties again"))
}

async fn about(tx: &Writer<'_>, said: &Said, named: &Named, window: Window) -> Result<Vec<Due>> {
    let plain =
        |kind, place: OrganizationId, since| About { kind, id: named.id, place, owner: None, since, until: None };
    let begins = said.edition.valid_from;
    Ok(match named.kind {
        DutySubject::Pair => {
            let pair = tx.get::<mentoring_pair::Entity>(PairId(named.id)).await?;
            let at = Alias::own::<pair_part::Entity>();
            let reader = tx.reader();
            let parts = reader.find::<pair_part::Entity>().filter(at.col(pair_part::Column::PairId).eq(pair.id));
            let parts =
                parts.filter(at.col(pair_part::Column::LeftOn).is_null()).order(pair_part::Column::Id).all().await?;
            let first = |side: PairSide| parts.iter().find(|it| it.side == side).map(|it| it.cadre_id);
            let side = |by: &str| match by {
                "MENTOR" => first(PairSide::Mentor),
                "MENTEE" => first(PairSide::Mentee),
                _ => None,
            };
            said.pair(&pair, &side, window)
        }
        DutySubject::Membership => {
            let member = tx.get::<pool_membership::Entity>(PoolMembershipId(named.id)).await?;
            let pool = tx.get::<reserve_pool::Entity>(member.pool_id).await?;
            let since = member.decided_on.unwrap_or(member.proposed_on);
            let about = plain(named.kind, pool.organization_id, since);
            let mut all = said.items(Subject::Member, about, window);
            all.extend(said.reviews(about, window));
            all
        }
        DutySubject::Pool => {
            let pool = tx.get::<reserve_pool::Entity>(PoolId(named.id)).await?;
            said.items(Subject::Pool, plain(named.kind, pool.organization_id, begins), window)
        }
        DutySubject::Organization => {
            let place = tx.get::<organization::Entity>(OrganizationId(named.id)).await?;
            let about = plain(named.kind, place.id, begins);
            let mut all = said.items(Subject::Place, about, window);
            all.extend(said.items(Subject::Unit, about, window));
            all
        }
        DutySubject::Fact => {
            let fact = tx.get::<declared_fact::Entity>(DeclaredFactId(named.id)).await?;
            let mut all = said.task(&fact, window);
            all.extend(said.event(&fact, window));
            all
        }
        DutySubject::Talk | DutySubject::Issue => {
            let _ = (TalkId(named.id), TalkIssueId(named.id));
            return Err(Error::invalid("dutyId", "is done by fixing the talk, or by closing the matter"));
        }
        DutySubject::Cadre => {
            let person = tx.get::<cadre::Entity>(CadreId(named.id)).await?;
            said.items(Subject::Member, plain(named.kind, person.organization_id, begins), window)
        }
    })
}

/// That the caller owes an item, or keeps the organization under which it is due.
async fn may_do(tx: &Writer<'_>, due: &Due) -> Result<()> {
    let reader = tx.reader();
    let scope = reader.gate().scope();
    let own = scope.person(&[Role::Mentor, Role::Cadre]);
    if own.is_some() && own == due.about.owner {
        return Ok(());
    }
    let keeps = match scope.reach(ROWS) {
        Reach::Everything => true,
        Reach::Under(roots) => tx.reader().above(due.about.place).await?.iter().any(|it| roots.contains(it)),
    };
    if keeps { Ok(()) } else { Err(Error::Forbidden(scope.action())) }
}

async fn entry_of(tx: &Writer<'_>, due: &Due) -> Result<Option<duty_entry::Model>> {
    let at = Alias::own::<duty_entry::Entity>();
    let reader = tx.reader();
    reader
        .find::<duty_entry::Entity>()
        .filter(at.col(duty_entry::Column::SubjectId).eq(due.about.id))
        .filter(at.col(duty_entry::Column::Code).eq(due.code.as_str()))
        .filter(at.col(duty_entry::Column::DueOn).eq(due.due_on))
        .one()
        .await
}

/// What is put down of an item.
struct Done {
    state: DutyState,
    content: Option<String>,
    document_number: Option<String>,
    reason: Option<String>,
}

async fn put(tx: &mut Writer<'_>, due: Due, done: Done) -> Result<DutyEntryId> {
    let Done { state, content, document_number, reason } = done;
    if let Some(before) = entry_of(tx, &due).await? {
        if before.state != DutyState::Returned {
            let message = format!("The item is {} already.", before.state.text());
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("dutyId").into());
        }
        let after = duty_entry::Model {
            state,
            content,
            document_number,
            reason,
            done_by: tx.account(),
            done_on: tx.today(),
            decided_by: None,
            ..before.clone()
        };
        tx.update::<duty_entry::Entity>(&before, after).await?;
        return Ok(before.id);
    }
    let row = duty_entry::Model {
        id: DutyEntryId::fresh(),
        edition_id: due.edition,
        code: due.code,
        organization_id: due.about.place,
        subject_kind: due.about.kind,
        subject_id: due.about.id,
        cadre_id: due.about.owner,
        due_on: due.due_on,
        state,
        content,
        document_number,
        done_by: tx.account(),
        done_on: tx.today(),
        decided_by: None,
        reason,
        version: 1,
    };
    tx.insert::<duty_entry::Entity>(row).await
}

/// Submits a due item. Fails with INVALID, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct SubmitDuty {
    /// The item, as `duties` names it.
    pub duty: String,
    /// What is said.
    pub content: Option<String>,
    /// The document that is filed.
    pub document_number: Option<String>,
}

impl Command for SubmitDuty {
    const ACTION: Action = Action::DutySubmit;
    type Outcome = DutyEntryId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<DutyEntryId> {
        let due = named(tx, &self.duty).await?;
        may_do(tx, &due).await?;
        let content = words("content", self.content, 2000)?;
        let document_number = words("documentNumber", self.document_number, 60)?;
        if content.is_none() && document_number.is_none() {
            return Err(Error::invalid("content", "is empty, and no document is named: say one of the two"));
        }
        put(tx, due, Done { state: DutyState::Submitted, content, document_number, reason: None }).await
    }
}

/// Excuses a due item. Fails with INVALID, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct ExcuseDuty {
    /// The item, as `duties` names it.
    pub duty: String,
    /// Why.
    pub reason: String,
}

impl Command for ExcuseDuty {
    const ACTION: Action = Action::DutyDecide;
    type Outcome = DutyEntryId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<DutyEntryId> {
        let due = named(tx, &self.duty).await?;
        may_do(tx, &due).await?;
        let reason = words("reason", Some(self.reason), 500)?;
        let reason = Some(reason.ok_or_else(|| Error::invalid("reason", "is empty: an excuse has a reason"))?);
        put(tx, due, Done { state: DutyState::Excused, content: None, document_number: None, reason }).await
    }
}

/// Accepts what was submitted, or sends it back. Fails with INVALID, STALE, SAME_PERSON, TRANSITION_REFUSED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct DecideDuty {
    /// What was submitted.
    pub id: DutyEntryId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Whether it is accepted.
    pub accept: bool,
    /// Why it is sent back.
    pub reason: Option<String>,
}

impl Command for DecideDuty {
    const ACTION: Action = Action::DutyDecide;
    type Outcome = DutyEntryId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<DutyEntryId> {
        let before = tx.get_at::<duty_entry::Entity>(self.id, self.expected_version).await?;
        if before.state != DutyState::Submitted {
            let message = format!("The item is {}: only what is SUBMITTED is decided.", before.state.text());
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into());
        }
        if tx.is_own(before.done_by).await? {
            let message = "You submitted this yourself: somebody else decides.";
            return Err(Problem::new(ProblemCode::SamePerson, message).on("id").into());
        }
        let reason = words("reason", self.reason, 500)?;
        if !self.accept && reason.is_none() {
            return Err(Error::invalid("reason", "is empty: say what is to be mended"));
        }
        let state = if self.accept { DutyState::Accepted } else { DutyState::Returned };
        let after = duty_entry::Model { state, reason, decided_by: tx.account(), ..before.clone() };
        tx.update::<duty_entry::Entity>(&before, after).await?;
        Ok(self.id)
    }
}
