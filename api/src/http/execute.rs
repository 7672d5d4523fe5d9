//! One way of executing, whatever the transport: document, operation, session, answer. Every refusal has a code and the
//! request's id; what was refused before it was executed has no `data`.

use std::time::Duration;

use actix_web::{HttpRequest, http::header};
use async_graphql::{Request, Response, ServerError, Value, Variables, parser::types::OperationType, value};
use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use serde::Serialize;

use crate::{
    auth::scope::Actor,
    db::session::Session,
    document::{idle::idle, order, prepared::Chosen},
    error::{Cause, Error},
    http::{
        asked::Asked,
        house::House,
        known::Found,
        operations::Seen,
        refusal::{Kind, Refusal},
    },
    loaders::Loaders,
    quota::admission::{Allowance, Running},
};

/// How a request came, as far as executing it goes.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    /// Whether it may change anything. What comes by a safe method may not, nor open what must be put on record.
    pub changes: bool,
    /// Whether the answer says what it cost.
    pub cost: bool,
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
    /// What the caller has left.
    pub left: Allowance,
}

/// The session of a request's token.
///
/// # Errors
/// `Unauthenticated`, or those of opening one.
pub async fn open(request: &HttpRequest, house: &House, id: &str) -> Result<Session, Error> {
    // Of two tokens nobody can say which one is meant, and what stands before us may have looked at the other.
    let mut all = request.headers().get_all(header::AUTHORIZATION);
    let header = all.next().filter(|_| all.next().is_none()).and_then(|it| it.to_str().ok());
    let token = header.and_then(|it| it.split_once(' ')).filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    let (_, token) = token.ok_or(Error::Unauthenticated)?;
    match (house.tokens.check(token.trim(), house.clock.now()), &house.outside) {
        (Ok(claims), _) => house.door.open(&claims, id).await,
        (Err(_), Some(outside)) => {
            let visitor = outside.check(token.trim(), house.clock.now()).await?;
            house.door.open_outside(&visitor, id).await
        }
        (Err(error), None) => Err(error),
    }
}

/// Executes a request.
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
    let named = asked.document_id.is_some() || asked.persisted.is_some();
    let mut seen = Seen::of(&session, &asked);
    let answered = go(house, session, asked, manner, id, &mut seen).await;
    house.operations.note(&seen, &answered, id);
    answered.map(|it| Answered { named, ..it })
}

async fn go(
    house: &House,
    session: Session,
    mut asked: Asked,
    manner: Manner,
    id: &str,
    seen: &mut Seen,
) -> Result<Answered, Refusal> {
    let running = begin(house, &session)?;
    let (found, chosen, variables) = match prepare(house, &session, &mut asked, manner).await {
        Ok(ready) => ready,
        Err(refusal) => {
            // What can't be executed is a request all the same.
            house.quota.draw(&running, 0).await?;
            return Err(refusal);
        }
    };
    seen.begins(chosen.name.as_deref(), chosen.measure.cost);
    let left = house.quota.draw(&running, chosen.measure.cost).await?;
    // A text that is no day is refused by the field that it stands at.
    let session = session.about(chosen.as_of.as_deref().and_then(|it| it.parse().ok()));
    let session = if manner.changes { session } else { session.safe() };
    let mut wanted = Request::new("").variables(variables).data(session.clone()).data(Loaders::new(session.clone()));
    wanted = wanted.data(left);
    if let Some(name) = asked.operation_name {
        wanted = wanted.operation_name(name);
    }
    wanted.set_parsed_query(found.prepared.document.clone());
    stumble(house, wanted.operation_name.as_deref()).await;
    let limit = Duration::from_millis(house.config.execution_timeout_ms);
    let response = tokio::time::timeout(limit, house.schema.execute(wanted)).await.map_err(|_| {
        let message = format!("The request took longer than {} ms and was given up: ask for less.", limit.as_millis());
        Refusal::new(Kind::Busy, "TIMEOUT", message)
    })?;
    house.metrics.statements.add(session.statements());
    let mut response = finish(response, house, id);
    let refused = response.data == Value::Null
        && !response.errors.is_empty()
        && response.errors.iter().all(|it| it.path.is_empty());
    if let Some((hash, text)) = found.register.filter(|_| !refused) {
        house.known.register(&hash, &text).await;
    }
    for error in &response.errors {
        order::null_at(&mut response.data, &error.path);
    }
    let mut told = 0;
    response.data = chosen.order.apply(response.data, &mut told);
    let unused = left.requested.saturating_sub(told);
    house.quota.give_back(&running, unused);
    if manner.cost {
        response.extensions.insert("cost".to_owned(), cost(&left, unused, session.now()));
    }
    if let Some(day) = session.asked() {
        response.extensions.insert("asOf".to_owned(), value!(day.to_string()));
    }
    Ok(Answered { response, refused, named: false, statements: session.statements(), left })
}

/// Where a test breaks the server.
async fn stumble(house: &House, operation: Option<&str>) {
    if let Some(fault) = &house.faults.before_execution {
        fault(operation.unwrap_or_default());
    }
    if house.faults.before_execution_ms > 0 {
        tokio::time::sleep(Duration::from_millis(house.faults.before_execution_ms)).await;
    }
}

/// What a request would ask for, and what it may ask for at most; nothing is executed.
///
/// # Errors
/// As [`execute`].
pub async fn measure(house: &House, session: &Session, mut asked: Asked) -> Result<serde_json::Value, Refusal> {
    let running = begin(house, session)?;
    let ready = prepare(house, session, &mut asked, Manner { changes: true, cost: true }).await;
    let left = house.quota.draw(&running, 0).await?;
    let (found, chosen, variables) = ready?;
    let mut wanted = Request::new("").variables(variables);
    if let Some(name) = asked.operation_name {
        wanted = wanted.operation_name(name);
    }
    wanted.set_parsed_query(idle(&found.prepared.document));
    if let Some(error) = house.schema.execute(wanted).await.errors.first() {
        return Err(Refusal::document(&error.message));
    }
    let config = &house.config;
    Ok(serde_json::json!({ "cost": {
        "requested": chosen.measure.cost,
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

/// The document of a request and the operation that it chooses.
async fn prepare(
    house: &House,
    session: &Session,
    asked: &mut Asked,
    manner: Manner,
) -> Result<(Found, Chosen, Variables), Refusal> {
    let found = house.known.find(asked, session.is_machine(), &house.documents).await?;
    let variables = std::mem::take(&mut asked.variables);
    let chosen = house.documents.choose(&found.prepared, asked.operation_name.as_deref(), variables);
    let (chosen, variables) = chosen.map_err(Refusal::document)?;
    fitting(chosen.kind, manner)?;
    Ok((found, chosen, variables))
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

/// That an operation may come in this manner.
fn fitting(kind: OperationType, manner: Manner) -> Result<(), Refusal> {
    match kind {
        OperationType::Subscription => Err(Refusal::document("Subscriptions are not offered here yet.")),
        OperationType::Mutation if !manner.changes => {
            Err(Refusal::new(Kind::Method, "METHOD_NOT_ALLOWED", "Mutations are sent with POST."))
        }
        _ => Ok(()),
    }
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

/// A cause and the causes behind it, in one line.
pub fn chain(cause: &(dyn std::error::Error + Send + Sync)) -> String {
    let mut text = cause.to_string();
    let mut next = cause.source();
    while let Some(cause) = next {
        text.push_str(": ");
        text.push_str(&cause.to_string());
        next = cause.source();
    }
    text
}

/// The answer as text, fields in the order of the document; a refused one has no `data`.
pub fn text(answered: &Answered) -> String {
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
