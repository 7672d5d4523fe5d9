//! One way of executing, whatever the transport: document, operation, session, answer. Every refusal has a code and the
//! request's id; what was refused before it was executed has no `data`.

mod ready;
mod whole;

use std::{sync::Arc, time::Duration};

use actix_web::{HttpRequest, http::header};
use async_graphql::{Response, ServerError, Value, value};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use futures_util::StreamExt;
use serde::Serialize;
use tracing::Instrument;

use crate::{
    auth::scope::Actor,
    db::{hub::Turn, session::Session},
    document::order,
    error::{Cause, Error, chain},
    http::{
        asked::Asked,
        house::House,
        operations::Seen,
        refusal::{Kind, Refusal},
    },
    quota::admission::{Allowance, Running},
    traces::{self, Parent},
};

pub use ready::Ready;

/// How a request came, as far as executing it goes.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Whether it may change anything. What comes by a safe method may not, nor open what must be put on record.
    pub changes: bool,
    /// Whether the answer says what it cost.
    pub cost: bool,
    /// Whether there may be more than one answer.
    pub streams: bool,
    /// The client's own span, where it names one.
    pub parent: Option<Parent>,
}

/// An answer.
pub struct Answered {
    /// Data, errors, extensions.
    pub response: Response,
    /// Whether nothing was executed: the library found the document, or its variables, unfit.
    pub refused: bool,
    /// Whether the document was known by name.
    pub named: bool,
    /// Statements that it took.
    pub statements: u64,
    /// Fields that were told.
    pub told: u64,
    /// What the caller has left, where that was looked at.
    pub left: Option<Allowance>,
    /// The answer as text, where it is written already.
    pub written: Option<String>,
    /// Whether it was kept as a whole.
    pub kept: bool,
}

impl Answered {
    /// Why nothing is told, where that is because the caller may not ask it.
    pub fn forbidden(&self) -> Option<&str> {
        let code = Value::from("FORBIDDEN");
        let of = |it: &&ServerError| it.extensions.as_ref().and_then(|it| it.get("code")) == Some(&code);
        self.response.errors.iter().filter(|_| self.refused).find(of).map(|it| it.message.as_str())
    }
}

/// What a client proves who it is with. A stream keeps it, to have it checked again.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials(Arc<str>);

impl Credentials {
    /// Those of a request.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        // Of two tokens nobody can say which one is meant, and what stands before us may have looked at the other.
        let mut all = request.headers().get_all(header::AUTHORIZATION);
        all.next().filter(|_| all.next().is_none()).and_then(|it| it.to_str().ok()).and_then(Self::read)
    }

    /// Those of the value of `Authorization`.
    pub fn read(text: &str) -> Option<Self> {
        let (_, token) = text.split_once(' ').filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))?;
        Some(Self(token.trim().into()))
    }

    /// The session that they open now.
    ///
    /// # Errors
    /// `Unauthenticated`, or those of opening one.
    pub async fn open(&self, house: &House, id: &str) -> Result<Session, Error> {
        match (house.tokens.check(&self.0, house.clock.now()), &house.outside) {
            (Ok(claims), _) => house.door.open(&claims, id).await,
            (Err(_), Some(outside)) => {
                let visitor = outside.check(&self.0, house.clock.now()).await?;
                house.door.open_outside(&visitor, id).await
            }
            (Err(error), None) => Err(error),
        }
    }
}

/// The session of a request's token.
///
/// # Errors
/// `Unauthenticated`, or those of opening one.
pub async fn open(request: &HttpRequest, house: &House, id: &str) -> Result<Session, Error> {
    Credentials::of(request).ok_or(Error::Unauthenticated)?.open(house, id).await
}

/// Executes a request that has one answer.
///
/// # Errors
/// A refusal, when nothing was executed.
pub async fn execute(
    house: &House,
    session: Session,
    asked: Asked,
    manner: Manner,
    id: &str,
) -> Result<Answered, Refusal> {
    let (_, answered) = start(house, session, asked, manner, |_| None, id).await?;
    answered.ok_or_else(|| Refusal::from(Error::broken("an execution without an answer")))
}

/// Lets a request in, as one of its account's, and executes it: one that streams for the turn that is given.
///
/// # Errors
/// A refusal, when nothing was executed.
pub async fn start(
    house: &House,
    session: Session,
    mut asked: Asked,
    manner: Manner,
    turn: impl FnOnce(&Ready) -> Option<Turn>,
    id: &str,
) -> Result<(Ready, Option<Answered>), Refusal> {
    let mut seen = Seen::of(&session);
    let entered = async {
        let done = enter(house, session, &mut asked, manner, turn, id, &mut seen).await;
        house.operations.note(&seen, &asked, done.as_ref().map(|(_, it)| it.as_ref()), id);
        done
    };
    entered.instrument(traces::operation(id, manner.parent)).await
}

async fn enter(
    house: &House,
    session: Session,
    asked: &mut Asked,
    manner: Manner,
    turn: impl FnOnce(&Ready) -> Option<Turn>,
    id: &str,
    seen: &mut Seen,
) -> Result<(Ready, Option<Answered>), Refusal> {
    let running = begin(house, &session)?;
    let ready = match Ready::make(house, asked, session.is_machine(), manner).await {
        Ok(ready) => ready,
        Err(refusal) => {
            // What can't be executed is a request all the same.
            house.quota.draw(&running, 0).await?;
            return Err(refusal);
        }
    };
    seen.begins(ready.chosen.name.as_deref(), ready.cost());
    let left = house.quota.draw(&running, ready.cost()).await?;
    let (turn, now) = (turn(&ready), session.now());
    let answered = whole::answered(house, session, &ready, manner, turn, left, id).await?;
    let told = answered.as_ref().map_or(0, |it| it.told);
    let unused = left.requested.saturating_sub(told);
    house.quota.give_back(&running, unused);
    let answered = answered.map(|mut it| {
        if manner.cost {
            it.response.extensions.insert("cost".to_owned(), cost(&left, unused, now));
        }
        it
    });
    Ok((ready, answered))
}

/// Executes what is ready: a subscription for one turn of its stream, which may have nothing to say.
///
/// # Errors
/// A refusal, when nothing was executed.
pub async fn perform(
    house: &House,
    session: Session,
    ready: &Ready,
    manner: Manner,
    turn: Option<Turn>,
    left: Option<Allowance>,
    id: &str,
) -> Result<Option<Answered>, Refusal> {
    let chosen = &ready.chosen;
    // A text that is no day is refused by the field that it stands at.
    let session = session.about(chosen.as_of.as_deref().and_then(|it| it.parse().ok()));
    let session = if manner.changes && turn.is_none() { session } else { session.safe() };
    let mut data = ready.data(&session, left);
    if let Some(fault) = &house.faults.before_execution {
        fault(ready.operation_name.as_deref().unwrap_or_default());
    }
    if house.faults.before_execution_ms > 0 {
        tokio::time::sleep(Duration::from_millis(house.faults.before_execution_ms)).await;
    }
    let limit = Duration::from_millis(house.config.execution_timeout_ms);
    // A stream that can't begin has no data, not even an empty one.
    let streams = turn.is_some();
    let executing = async {
        match turn {
            _ if !ready.prepared.errors.is_empty() => Some(Response::from_errors(ready.prepared.errors.clone())),
            None => Some(ready.answer(house, data).await),
            Some(turn) => {
                data.insert(turn);
                house.schema.execute_stream(ready.request(data)).next().await
            }
        }
    };
    let response = tokio::time::timeout(limit, executing).await.map_err(|_| {
        let message = format!("The request took longer than {} ms and was given up: ask for less.", limit.as_millis());
        Refusal::new(Kind::Busy, "TIMEOUT", message)
    })?;
    house.metrics.statements.add(session.statements());
    let Some(response) = response else { return Ok(None) };
    let mut response = finish(response, house, id);
    let refused = response.data == Value::Null
        && !response.errors.is_empty()
        && (streams || response.errors.iter().all(|it| it.path.is_empty()));
    if let Some((hash, text)) = ready.register.as_ref().filter(|_| !refused) {
        house.known.register(hash, text).await;
    }
    for error in response.errors.iter().filter(|_| !refused) {
        order::null_at(&mut response.data, &error.path);
    }
    let mut told = 0;
    chosen.order.apply(&mut response.data, &mut told);
    if let Some(day) = session.asked() {
        response.extensions.insert("asOf".to_owned(), value!(day.to_string()));
    }
    let (named, statements) = (ready.named, session.statements());
    Ok(Some(Answered { response, refused, named, statements, told, left, written: None, kept: false }))
}

/// What a request would ask for, and what it may ask for at most; nothing is executed.
///
/// # Errors
/// As [`execute`].
pub async fn measure(house: &House, session: &Session, mut asked: Asked) -> Result<serde_json::Value, Refusal> {
    let running = begin(house, session)?;
    let manner = Manner { changes: true, cost: true, streams: true, parent: None };
    let ready = Ready::make(house, &mut asked, session.is_machine(), manner).await;
    let left = house.quota.draw(&running, 0).await?;
    let ready = ready?;
    if let Some(error) = ready.prepared.errors.first() {
        return Err(Refusal::document(&error.message));
    }
    let (config, chosen) = (&house.config, &ready.chosen);
    Ok(serde_json::json!({ "cost": {
        "requested": ready.cost(),
        "limit": config.document_cost,
        "nodes": chosen.measure.nodes,
        "nodesLimit": config.document_nodes,
        "depth": chosen.measure.depth,
        "depthLimit": config.document_depth,
        "remaining": left.points.remaining,
    }}))
}

/// Begins an operation of the caller's account. What no account asks for is not counted.
fn begin(house: &House, session: &Session) -> Result<Running, Refusal> {
    let Actor::Account(identity) = session.actor() else { return Err(Error::Unauthenticated.into()) };
    let account = identity.account;
    Ok(house.quota.begin(account, session.is_machine()).inspect_err(|_| house.metrics.limited.add(1))?)
}

/// What a request asked for, what it used, what is left after giving the rest back, and when all of it is there again.
fn cost(left: &Allowance, unused: u64, now: DateTime<Utc>) -> Value {
    let number = |it: u64| i64::try_from(it).unwrap_or(i64::MAX);
    let most = left.plan.points.most;
    let remaining = left.points.remaining.saturating_add(unused).min(most);
    let reset = TimeDelta::from_std(left.plan.points.earning(most.saturating_sub(remaining))).unwrap_or_default();
    value!({
        "requested": number(left.requested),
        "actual": number(left.requested.saturating_sub(unused)),
        "remaining": number(remaining),
        "limit": number(most),
        "resetAt": now.checked_add_signed(reset).unwrap_or(now).to_rfc3339_opts(SecondsFormat::Secs, true),
    })
}

/// Gives every error its code and the request's id, and logs the causes that the client must not see.
fn finish(mut response: Response, house: &House, id: &str) -> Response {
    for error in &mut response.errors {
        if let Some(Cause(cause)) = error.source::<Cause>() {
            house.metrics.internal_errors.add(1);
            let path = format!("{:?}", error.path);
            tracing::error!(request.id = id, graphql.path = path, cause = chain(cause.as_ref()), "Query failed");
        }
        let extensions = error.extensions.get_or_insert_default();
        if extensions.get("code").is_none() {
            extensions.set("code", if error.path.is_empty() { "DOCUMENT_INVALID" } else { "INVALID" });
        }
        extensions.set("requestId", id);
    }
    response
}

/// The answer as text, fields in the order of the document; a refused one has no `data`.
pub fn text(answered: &Answered) -> String {
    if let Some(written) = &answered.written {
        return written.clone();
    }
    #[derive(Serialize)]
    struct Refused<'r> {
        errors: &'r [ServerError],
    }
    let text = if answered.refused {
        serde_json::to_string(&Refused { errors: &answered.response.errors })
    } else {
        serde_json::to_string(&answered.response)
    };
    text.unwrap_or_default()
}
