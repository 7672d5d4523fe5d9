//! Commit, audit and invalidation: one function, which commands can neither call nor skip.
//!
//! Order: begin → has this key been used? → the command → read-back → are its rights still there? → audit, outbox and
//! idempotency, in the transaction → commit → new generations; then, beside the requests, mark published → number the outbox.
//! If the process dies after the commit, the sweeper of any process finds the event unpublished and renews in its place.

mod aftermath;
mod ending;

use std::collections::BTreeSet;

use entity::{
    audit_event,
    id::{AccountId, AuditEventId, Key},
    idempotency_record,
    kind::AuditOutcome,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, QueryFilter, sea_query::Expr,
};

use crate::{
    auth::scope::{Actor, Scope},
    db::{
        door::Door,
        gate::Gate,
        session::{Command, Session, Terms},
        unique,
        writer::Writer,
    },
    error::{Action, Error, Problem, ProblemCode, Result},
};

pub use aftermath::Aftermath;

/// Longest text that says what an act is for, in characters.
const LONGEST_PURPOSE: usize = 200;

/// What a key stands for: who, what, under which name, with which input.
struct Repeat {
    account: AccountId,
    action: Action,
    key: String,
    input_hash: String,
}

pub(super) async fn run<C: Command>(
    session: &Session,
    door: &Door,
    scope: Scope,
    command: C,
    terms: &Terms,
) -> Result<C::Outcome> {
    if terms.purpose.as_ref().is_some_and(|it| it.chars().count() > LONGEST_PURPOSE) {
        return Err(Error::invalid("reason", format!("is longer than {LONGEST_PURPOSE} characters: say it shortly")));
    }
    let repeat = repeat::<C>(door, &scope, &command, terms)?;
    let done = attempt(session, door, &scope, command, terms, repeat.as_ref()).await;
    match done {
        Ok(outcome) => Ok(outcome),
        Err(Failure::Repeated) => {
            // Another request with this key committed while we worked: its outcome is ours.
            let repeat = repeat.ok_or_else(|| Error::broken("a repeat without a key"))?;
            earlier(&door.database, &repeat).await?.map(C::Outcome::from_uuid).ok_or(Error::Busy { retry_after_s: 1 })
        }
        Err(Failure::Other(error)) => {
            // Whoever races with the same key changed the row under us: then its outcome is ours too.
            if let (Some(repeat), Error::Stale { .. } | Error::Rule(_)) = (&repeat, &error)
                && let Ok(Some(outcome)) = earlier(&door.database, repeat).await
            {
                return Ok(C::Outcome::from_uuid(outcome));
            }
            if matches!(error, Error::Rule(_) | Error::NotFound(_) | Error::Forbidden(_) | Error::Withheld(_)) {
                refused(session, door, &scope, terms).await;
            }
            Err(error)
        }
    }
}

enum Failure {
    Repeated,
    Other(Error),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Other(error)
    }
}

impl From<DbErr> for Failure {
    fn from(cause: DbErr) -> Self {
        Self::Other(unique::failed(cause))
    }
}

fn repeat<C: Command>(door: &Door, scope: &Scope, command: &C, terms: &Terms) -> Result<Option<Repeat>> {
    let (Some(key), Some(account)) = (&terms.idempotency_key, scope.account()) else { return Ok(None) };
    if key.is_empty() || key.chars().count() > 100 {
        return Err(Error::invalid("idempotencyKey", "must be 1 to 100 characters: a UUID does well"));
    }
    let input = serde_json::to_vec(command).map_err(Error::internal)?;
    Ok(Some(Repeat { account, action: C::ACTION, key: key.clone(), input_hash: door.seal.input_hash(&input) }))
}

async fn attempt<C: Command>(
    session: &Session,
    door: &Door,
    scope: &Scope,
    command: C,
    terms: &Terms,
    repeat: Option<&Repeat>,
) -> std::result::Result<C::Outcome, Failure> {
    let tx = door.own.begin(&door.database, || door.options()).await?;
    if let Some(repeat) = repeat
        && let Some(outcome) = earlier(&tx, repeat).await?
    {
        return Ok(C::Outcome::from_uuid(outcome));
    }
    let gate = Gate::new(scope.clone());
    let mut writer = Writer::new(tx, gate, session, door);
    // An early return drops the transaction, which undoes it.
    let outcome = command.apply(&mut writer).await?;
    let mut event = event(session, door, scope, AuditOutcome::Done, terms, &writer.touched);
    event.account_id = writer.account;
    let event_id = event.id;
    let told = ending::end(session, door, scope, &writer, event).await?;
    if let Some(repeat) = repeat {
        remember(&writer, repeat, outcome, door).await?;
    }
    let touched = std::mem::take(&mut writer.touched);
    let Writer { tx, .. } = writer;
    tx.commit().await?;
    if let Some(fault) = &door.faults.after_commit {
        fault();
    }
    let marked = touched.is_empty();
    let published = renewed(door, touched).await.then_some(event_id).filter(|_| !marked);
    door.aftermath.follow(door, published, told && door.publishes).await;
    Ok(outcome)
}

/// The event of an act that changed rows of these tables.
pub(super) fn event(
    session: &Session,
    door: &Door,
    scope: &Scope,
    outcome: AuditOutcome,
    terms: &Terms,
    touched: &BTreeSet<entity::Table>,
) -> audit_event::Model {
    let tables: Vec<&str> = touched.iter().map(|it| it.name()).collect();
    audit_event::Model {
        id: AuditEventId::fresh(),
        recorded_at: door.clock.now(),
        account_id: scope.account(),
        role: scope.roles(),
        action: scope.action().text().to_owned(),
        outcome,
        request_id: session.request().to_owned(),
        purpose: terms.purpose.clone(),
        tables: tables.join(","),
        published: touched.is_empty(),
    }
}

#[expect(clippy::disallowed_methods, reason = "idempotency is remembered here alone")]
async fn remember(
    writer: &Writer<'_>,
    repeat: &Repeat,
    outcome: impl Key,
    door: &Door,
) -> std::result::Result<(), Failure> {
    let row = idempotency_record::Model {
        account_id: repeat.account,
        action: repeat.action.text().to_owned(),
        idempotency_key: repeat.key.clone(),
        input_hash: repeat.input_hash.clone(),
        outcome_id: outcome.uuid(),
        recorded_at: door.clock.now(),
    };
    writer.sent();
    let done = idempotency_record::Entity::insert(row.into_active_model().reset_all())
        .exec_without_returning(&writer.tx)
        .await;
    match done {
        Ok(_) => Ok(()),
        Err(cause) if unique::is_repeat(&cause) => Err(Failure::Repeated),
        Err(cause) => Err(cause.into()),
    }
}

/// The outcome that this key stands for already.
#[expect(clippy::disallowed_methods, reason = "idempotency is looked up here alone")]
async fn earlier(link: &impl ConnectionTrait, repeat: &Repeat) -> Result<Option<uuid::Uuid>> {
    let found = idempotency_record::Entity::find()
        .filter(idempotency_record::Column::AccountId.eq(repeat.account))
        .filter(idempotency_record::Column::Action.eq(repeat.action.text()))
        .filter(idempotency_record::Column::IdempotencyKey.eq(repeat.key.as_str()))
        .one(link)
        .await?;
    let Some(found) = found else { return Ok(None) };
    if found.input_hash == repeat.input_hash {
        return Ok(Some(found.outcome_id));
    }
    let message = "This key came with another input before: a new intent needs a new key.";
    Err(Problem::new(ProblemCode::IdempotencyKeyReused, message).on("idempotencyKey").into())
}

/// Tells the caches, and marks the events as told. What fails here the sweeper makes good.
pub(super) async fn publish(door: &Door, events: &[AuditEventId], touched: impl IntoIterator<Item = entity::Table>) {
    if renewed(door, touched).await {
        mark(door, events).await;
    }
}

/// Tells the caches; says whether they know.
async fn renewed(door: &Door, touched: impl IntoIterator<Item = entity::Table>) -> bool {
    door.publishes && door.recall.generations().renew(touched).await
}

#[expect(clippy::disallowed_methods, reason = "the mark is no change of a row's meaning")]
async fn mark(door: &Door, events: &[AuditEventId]) {
    let told = audit_event::Entity::update_many()
        .col_expr(audit_event::Column::Published, Expr::val(true))
        .filter(audit_event::Column::Id.is_in(events.iter().copied()))
        .filter(audit_event::Column::Published.eq(false))
        .exec(&door.database)
        .await;
    if let Err(cause) = told {
        tracing::warn!(%cause, "an invalidation could not be marked as published; the sweeper will repeat it");
    }
}

/// Records that an act was forbidden.
pub(super) async fn refuse(session: &Session, door: &Door, action: Action) {
    let (account_id, role) = match session.actor() {
        Actor::Account(identity) => {
            let mut roles: Vec<&str> = identity.grants.iter().map(|it| it.role.text()).collect();
            roles.sort_unstable();
            roles.dedup();
            (Some(identity.account), roles.join(","))
        }
        Actor::Job(job, _) => (None, job.text().to_owned()),
    };
    append(session, door, action, account_id, role, None).await;
}

/// Records that somebody was turned away by a job.
pub(super) async fn turned_away(session: &Session, door: &Door, action: Action, account: Option<AccountId>) {
    if let Actor::Job(job, _) = session.actor() {
        append(session, door, action, account, job.text().to_owned(), None).await;
    }
}

/// Records that an allowed act was refused.
pub(super) async fn refused(session: &Session, door: &Door, scope: &Scope, terms: &Terms) {
    append(session, door, scope.action(), scope.account(), scope.roles(), terms.purpose.clone()).await;
}

#[expect(clippy::disallowed_methods, reason = "the audit trail is written here alone")]
async fn append(
    session: &Session,
    door: &Door,
    action: Action,
    account_id: Option<AccountId>,
    role: String,
    purpose: Option<String>,
) {
    let event = audit_event::Model {
        id: AuditEventId::fresh(),
        recorded_at: door.clock.now(),
        account_id,
        role,
        action: action.text().to_owned(),
        outcome: AuditOutcome::Refused,
        request_id: session.request().to_owned(),
        purpose,
        tables: String::new(),
        published: true,
    };
    let written =
        audit_event::Entity::insert(event.into_active_model().reset_all()).exec_without_returning(&door.database).await;
    if let Err(cause) = written {
        tracing::error!(%cause, request.id = session.request(), "a refused act could not be recorded");
    }
}
