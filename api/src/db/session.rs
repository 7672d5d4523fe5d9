//! The verbs of the door: `ask` (fresh), `recall` (remembered), `run` (change), `open` (sealed values), `explain` (why
//! not). A resolver holds a `Session` and nothing else: no connection, no transaction, no query builder, no cache, no audit log.
//!
//! Each verb works in a box of its own. What waits for a database is large, and a resolver that held it would be as large:
//! the library makes one for every field of every row, and four tenths of the work of a long answer were copies of them.

use std::{
    collections::BTreeSet,
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use chrono::NaiveDate;
use entity::{
    Table,
    id::{CadreId, Key},
    kind::{AccessPurpose, SealedField},
};
use serde::{Serialize, de::DeserializeOwned};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    auth::{
        address::AddressKey,
        scope::{Actor, Scope},
    },
    cache::recall,
    db::{
        connect::Plans,
        door::Door,
        explain::{self, Asked, Explainable, Explained},
        gate::Gate,
        open::{self, Opened, Wanted},
        reader::Reader,
        whole::{Seen, Whole},
    },
    error::{Action, Error, Result},
    page::CursorKey,
    traces,
};

/// A request for rows: a struct whose fields are all that the answer depends on, besides the rows and the scope.
pub trait Query: Send + Sync {
    /// The act, for which the scope is narrowed. Without one a question does not compile:
    ///
    /// ```compile_fail,E0046
    /// # use api::{db::{session::Query, reader::Reader}, error::Result};
    /// struct Anything;
    /// impl Query for Anything {
    ///     type Answer = ();
    ///     async fn load(&self, _: &Reader<'_>) -> Result<()> { Ok(()) }
    /// }
    /// ```
    const ACTION: Action;
    /// How the database is to plan it.
    const PLANS: Plans = Plans::Shared;
    /// What comes back.
    type Answer: Send + Sync;
    /// The same, where it is not the same for every question of its kind.
    fn plans(&self) -> Plans {
        Self::PLANS
    }
    /// Reads the answer. The clock is not to be read here: a date is a field of the question.
    fn load(&self, reader: &Reader<'_>) -> impl Future<Output = Result<Self::Answer>> + Send;
}

/// A question whose answer may be remembered. The answer must be storable; sealed values are not:
///
/// ```compile_fail,E0277
/// # use api::{db::{session::{Query, Remember}, reader::Reader}, error::{Action, Result}};
/// #[derive(serde::Serialize)]
/// struct Numbers;
/// impl Query for Numbers {
///     const ACTION: Action = Action::CadreRead;
///     type Answer = Vec<entity::cadre_sealed::Sealed>;
///     async fn load(&self, _: &Reader<'_>) -> Result<Self::Answer> { Ok(vec![]) }
/// }
/// impl Remember for Numbers { const NAME: &'static str = "cadre.numbers"; const TTL_S: u64 = 60; }
/// ```
pub trait Remember: Query<Answer: Serialize + DeserializeOwned + Clone + 'static> + Serialize {
    /// Name of the question in keys: unique, `noun.request`.
    const NAME: &'static str;
    /// How long an answer may be kept, in seconds, at most 300.
    const TTL_S: u64;
}

/// A change: one command, one transaction.
pub trait Command: Serialize + Send {
    /// The act.
    const ACTION: Action;
    /// The key of the row that came of it; a retry meets the same.
    type Outcome: Key;
    /// Makes the change. Whatever it returns as an error undoes all of it.
    fn apply(self, tx: &mut super::writer::Writer<'_>) -> impl Future<Output = Result<Self::Outcome>> + Send;
}

/// What a client may say along with a command.
#[derive(Clone, Debug, Default)]
pub struct Terms {
    /// The client's key for this one intent: the same key twice is one effect.
    pub idempotency_key: Option<String>,
    /// What for.
    pub purpose: Option<String>,
}

/// Somebody's access to the data during one request.
#[derive(Clone)]
pub struct Session {
    door: Arc<Door>,
    actor: Actor,
    request: Arc<str>,
    statements: Arc<AtomicU64>,
    /// Questions answered from memory so far.
    hits: Arc<AtomicU64>,
    /// The token that the session stands on, and the sign-in that it follows from: what may be revoked.
    presented: Arc<[Uuid]>,
    /// The day that the request asks about, where it names one.
    asked: Option<NaiveDate>,
    /// Whether the request came by a safe method.
    safe: bool,
    /// Whether nothing remembered will do.
    fresh: bool,
    /// People whose sealed values were asked for so far.
    pub(super) opening: Arc<Mutex<BTreeSet<CadreId>>>,
    /// What its whole answer is made of, where that may be remembered.
    pub(super) whole: Whole,
    /// By which generations it looks up what is remembered.
    pub(super) seen: Seen,
}

impl Session {
    pub(super) fn new(door: Arc<Door>, actor: Actor, request: &str, statements: Arc<AtomicU64>) -> Self {
        Self {
            door,
            actor,
            request: request.into(),
            statements,
            hits: Arc::default(),
            presented: Arc::default(),
            asked: None,
            safe: false,
            fresh: false,
            opening: Arc::default(),
            whole: Whole::default(),
            seen: Seen::default(),
        }
    }

    /// The same session, standing on a token, and on the generations by which that was found good.
    pub(super) fn on(self, tokens: Vec<Uuid>, seen: Seen) -> Self {
        Self { presented: tokens.into(), seen, ..self }
    }

    /// What of the session's token may be revoked.
    pub(super) fn presented(&self) -> &[Uuid] {
        &self.presented
    }

    /// What stands behind it.
    pub(super) fn door(&self) -> &Arc<Door> {
        &self.door
    }

    /// Who acts.
    pub fn actor(&self) -> &Actor {
        &self.actor
    }

    /// The request's name, for the client, the logs and the audit trail.
    pub fn request(&self) -> &str {
        &self.request
    }

    /// Signs the cursors of this deployment.
    pub fn cursors(&self) -> &CursorKey {
        &self.door.seal.cursors
    }

    /// Signs the addresses of this deployment.
    pub fn addresses(&self) -> &AddressKey {
        &self.door.seal.addresses
    }

    /// The civil day.
    pub fn today(&self) -> NaiveDate {
        self.door.clock.today()
    }

    /// The moment. An answer that tells of it is of that moment alone.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.whole.passes();
        self.door.clock.now()
    }

    /// Whether a program asks, not a person.
    pub fn is_machine(&self) -> bool {
        matches!(&self.actor, Actor::Account(it) if it.kind == entity::kind::AccountKind::Machine)
    }

    /// The same session, for a request by a safe method: it changes nothing, and opens nothing that must be put on
    /// record, for such requests are kept in logs and may be sent again by anybody on the way.
    pub fn safe(self) -> Self {
        Self { safe: true, ..self }
    }

    /// The same session, for an answer that must be of this moment whatever is remembered: who is told of a change must
    /// not be shown the row from before.
    pub fn fresh(self) -> Self {
        Self { fresh: true, ..self }
    }

    pub(super) fn unsafe_act(&self) -> Result<()> {
        if self.safe {
            return Err(Error::invalid("method", "is safe: send what is put on record with POST"));
        }
        Ok(())
    }

    /// The same session, for a request that asks about a day.
    pub fn about(self, day: Option<NaiveDate>) -> Self {
        Self { asked: day, ..self }
    }

    /// The day that the request asks about, where it names one.
    pub fn asked(&self) -> Option<NaiveDate> {
        self.asked
    }

    /// The day as of which dated things are told: the one that the request names, or the civil day.
    pub fn as_of(&self) -> NaiveDate {
        self.asked.unwrap_or_else(|| self.today())
    }

    /// The day of a dated field, which is that of the whole request.
    ///
    /// # Errors
    /// `Invalid` on `asOf` where the field names another day.
    pub fn agree(&self, named: Option<NaiveDate>) -> Result<NaiveDate> {
        match named {
            Some(day) if day != self.as_of() => {
                let why = format!("is {day} here and {} before: one request asks about one day", self.as_of());
                Err(Error::invalid("asOf", why))
            }
            _ => Ok(self.as_of()),
        }
    }

    /// Statements sent so far.
    pub fn statements(&self) -> u64 {
        self.statements.load(Ordering::Relaxed)
    }

    /// Questions answered from memory so far.
    pub fn hits(&self) -> u64 {
        self.hits.load(Ordering::Relaxed)
    }

    /// Records that an act was refused before any rule was asked, as a wrong password is. For jobs.
    pub async fn refused(&self, action: Action, account: Option<entity::id::AccountId>) {
        Box::pin(super::run::turned_away(self, &self.door, action, account)).await;
    }

    /// Whether the caller may perform an act at all.
    pub fn may(&self, action: Action) -> bool {
        Scope::narrow(&self.actor, action, self.door.clock.now()).is_ok()
    }

    /// A fresh answer from the database.
    ///
    /// # Errors
    /// `Forbidden`, or those of the question.
    pub async fn ask<Q: Query>(&self, question: &Q) -> Result<Q::Answer> {
        self.whole.passes();
        let scope = self.narrowed(Q::ACTION).await?;
        Ok(Box::pin(self.load(question, scope)).await?.0)
    }

    /// An answer that may be remembered: the same as `ask` would give within the promise of the cache.
    ///
    /// # Errors
    /// As `ask`.
    pub async fn recall<Q: Remember>(&self, question: &Q) -> Result<Q::Answer> {
        const { assert!(Q::TTL_S <= 300, "an answer may be kept 300 seconds at most") };
        if !self.remembers() {
            return self.ask(question).await;
        }
        let scope = self.narrowed(Q::ACTION).await?;
        let text = serde_json::to_vec(question).map_err(Error::internal)?;
        let key = recall::Key::new(&self.door.build, Q::NAME, &scope.fingerprint(), &text);
        let load = async || self.load(question, scope).await;
        Box::pin(self.remembered(key, Q::TTL_S, |text| serde_json::from_str(text).ok(), load)).await
    }

    /// Whether answers are remembered for this request at all.
    pub(super) fn remembers(&self) -> bool {
        !self.fresh && self.door.recall.is_on()
    }

    /// The remembered answer of a key, which may have to be read from its text, or a new one.
    pub(super) async fn remembered<A: Serialize + Clone + Send + Sync + 'static>(
        &self,
        key: recall::Key,
        ttl_s: u64,
        read: impl Fn(&str) -> Option<A>,
        load: impl AsyncFnOnce() -> Result<(A, Vec<Table>)>,
    ) -> Result<A> {
        let loaded = AtomicBool::new(false);
        let load = async || {
            loaded.store(true, Ordering::Relaxed);
            load().await
        };
        let found = self.door.recall.answer(key, ttl_s, self.snapshot().await, read, load).await?;
        self.hits.fetch_add(u64::from(!loaded.load(Ordering::Relaxed)), Ordering::Relaxed);
        self.whole.holds(&found.tables, found.until_s);
        Ok(found.answer)
    }

    /// A change: policy, transaction, the command, read-back, audit, commit, invalidation. None of them can be skipped.
    ///
    /// # Errors
    /// `Forbidden`, or those of the command; then nothing has changed but the audit trail.
    pub async fn run<C: Command>(&self, command: C, terms: &Terms) -> Result<C::Outcome> {
        self.whole.passes();
        self.unsafe_act()?;
        let scope = self.narrowed(C::ACTION).await?;
        let span = traces::step("run", std::any::type_name::<C>());
        let done = Box::pin(super::run::run(self, &self.door, scope, command, terms).instrument(span)).await;
        self.seen.forget();
        done
    }

    /// Sealed values of people in the clear, for a stated purpose. Who saw which value is recorded before this returns;
    /// what can't be recorded is not shown. Never remembered.
    ///
    /// # Errors
    /// `Forbidden`; `Invalid` on a `reason` that is not 1 to 200 characters, or beyond 100 people in one request;
    /// `Internal` when it can't be recorded. A person who does not exist for the scope is no error: see
    /// [`Opened::knows`].
    pub async fn open(
        &self,
        values: &BTreeSet<(CadreId, SealedField)>,
        purpose: AccessPurpose,
        reason: &str,
    ) -> Result<Opened> {
        self.whole.passes();
        self.unsafe_act()?;
        // For the own copy nobody needs leave to open other people's values, and gets none.
        let own = purpose == AccessPurpose::OwnCopy;
        let scope = self.narrowed(if own { Action::OwnRecordExport } else { Action::SensitiveOpen }).await?;
        let opened = open::open(self, &self.door, scope, Wanted { values, purpose, reason });
        let done = Box::pin(opened.instrument(traces::step("open", "sealed values"))).await;
        self.seen.forget();
        done
    }

    /// What an account may do with a row, and which rule refuses where one does. For administrators: it tells nothing of
    /// rows that are kept beyond their reach.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` for an account that the caller does not administer.
    pub async fn explain<E: Explainable>(&self, asked: &Asked<E::Key>) -> Result<Explained> {
        self.whole.passes();
        let scope = self.narrowed(Action::AccessExplain).await?;
        Box::pin(explain::explain::<E>(self, &self.door, scope, asked)).await
    }

    async fn load<Q: Query>(&self, question: &Q, scope: Scope) -> Result<(Q::Answer, Vec<Table>)> {
        let gate = Gate::new(scope).to(self.door.database.get_database_backend(), Default::default());
        let link = self.door.own.planned(question.plans(), &self.door.database).await;
        let reader = Reader::new(link, &gate, &self.statements, &self.door.calendar);
        let span = traces::step("ask", std::any::type_name::<Q>());
        let answer = question.load(&reader).instrument(span).await?;
        Ok((answer, super::reader::tables(&gate)))
    }

    /// The same session for what has become of who acts.
    pub(super) fn acting_as(self, actor: Actor) -> Self {
        Self { actor, ..self }
    }

    pub(super) async fn narrowed(&self, action: Action) -> Result<Scope> {
        let narrowed = Scope::narrow(&self.actor, action, self.door.clock.now());
        if matches!(narrowed, Err(Error::Forbidden(_) | Error::Withheld(_))) {
            Box::pin(super::run::refuse(self, &self.door, action)).await;
        }
        narrowed
    }

    pub(super) fn sent(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) fn counter(&self) -> &AtomicU64 {
        &self.statements
    }
}
