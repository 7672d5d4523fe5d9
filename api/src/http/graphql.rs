//! `POST /graphql`: from bytes to an answer. Every refusal has a code and the request's id.
//!
//! Request errors (no valid token, no JSON, a document that can't be read or is too large) are told before anything is
//! executed, so they carry no `data`. The media type decides their status: 4xx under
//! `application/graphql-response+json`, 200 under `application/json` where the request itself was well-formed.

use std::time::{Duration, Instant};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use async_graphql::{Request, Response, ServerError, Value, Variables, parser::types::OperationType, value};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    db::session::Session,
    document::order,
    error::{Cause, Error},
    http::house::House,
    loaders::Loaders,
};

/// How long a body may take to come.
const BODY_PATIENCE: Duration = Duration::from_secs(20);

/// The body of a request.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
struct Body {
    query: Option<String>,
    operation_name: Option<String>,
    variables: Option<serde_json::Map<String, serde_json::Value>>,
    #[serde(default, rename = "extensions")]
    _extensions: Option<serde_json::Map<String, serde_json::Value>>,
}

/// Why a request is refused before it is executed.
struct Refusal {
    status: StatusCode,
    code: &'static str,
    message: String,
    /// Whether the request was well-formed, so that `application/json` answers it with 200.
    well_formed: bool,
}

impl Refusal {
    fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), well_formed: false }
    }

    fn document(message: impl Into<String>) -> Self {
        let (status, code) = (StatusCode::BAD_REQUEST, "DOCUMENT_INVALID");
        Self { status, code, message: message.into(), well_formed: true }
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let status = match &error {
            Error::Unauthenticated => StatusCode::UNAUTHORIZED,
            Error::Busy { .. } => StatusCode::SERVICE_UNAVAILABLE,
            _ => StatusCode::INTERNAL_SERVER_ERROR,
        };
        if let Error::Internal(cause) = &error {
            tracing::error!(cause = chain(cause.as_ref()), "a session could not be opened");
        }
        let code = error.code();
        Self::new(status, code, async_graphql::Error::from(error).message)
    }
}

/// Answers one request.
pub async fn post(request: HttpRequest, payload: web::Payload, house: web::Data<House>) -> HttpResponse {
    let id = Uuid::now_v7().simple().to_string();
    house.metrics.requests.add(1);
    let begun = Instant::now();
    let modern = accepts_modern(&request);
    let answer = answer(&request, payload, &house, &id).await;
    let (status, text, statements) = match answer {
        Ok((response, statements)) => {
            let refused = response.data == Value::Null && response.errors.iter().all(|it| it.path.is_empty());
            let failed = refused && !response.errors.is_empty();
            let status = if failed && modern { StatusCode::BAD_REQUEST } else { StatusCode::OK };
            (status, text(&response, failed), statements)
        }
        Err(refusal) => {
            let status = if refusal.well_formed && !modern { StatusCode::OK } else { refusal.status };
            (status, refused(&refusal, &id), 0)
        }
    };
    let ms = u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request.id = id, status = status.as_u16(), ms, statements, "graphql");
    let mut out = HttpResponse::build(status);
    out.insert_header((header::CONTENT_TYPE, if modern { MODERN } else { "application/json; charset=utf-8" }));
    out.insert_header((header::CACHE_CONTROL, "no-store")).insert_header(("x-request-id", id));
    if status == StatusCode::UNAUTHORIZED {
        out.insert_header((header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""));
    }
    if status == StatusCode::SERVICE_UNAVAILABLE {
        out.insert_header((header::RETRY_AFTER, "1"));
    }
    if house.config.explain {
        out.insert_header(("x-tidui-statements", statements.to_string()));
    }
    out.body(text)
}

const MODERN: &str = "application/graphql-response+json; charset=utf-8";

fn accepts_modern(request: &HttpRequest) -> bool {
    let accept = request.headers().get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    accept.contains("application/graphql-response+json")
}

async fn answer(
    request: &HttpRequest,
    payload: web::Payload,
    house: &House,
    id: &str,
) -> Result<(Response, u64), Refusal> {
    let session = open(request, house, id).await?;
    // Only now: a stranger's body is not waited for.
    let body = web::Bytes::from_request(request, &mut payload.into_inner());
    let body = tokio::time::timeout(BODY_PATIENCE, body).await.map_err(|_| {
        let message = format!("The body did not come within {} s: send it again.", BODY_PATIENCE.as_secs());
        Refusal::new(StatusCode::REQUEST_TIMEOUT, "BAD_REQUEST", message)
    })?;
    let body = read(request, body, house)?;
    let variables = Variables::from_json(serde_json::Value::Object(body.variables.unwrap_or_default()));
    let text = body.query.ok_or_else(|| {
        Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "The body has no query: send {\"query\": \"…\"}.")
    })?;
    let prepared = house.documents.prepare(&text).map_err(Refusal::document)?;
    let chosen = house.documents.choose(&prepared, body.operation_name.as_deref(), &variables);
    let chosen = chosen.map_err(Refusal::document)?;
    if chosen.kind == OperationType::Subscription {
        return Err(Refusal::document("Subscriptions are not offered here yet."));
    }
    // A text that is no day is refused by the field that it stands at.
    let session = session.about(chosen.as_of.as_deref().and_then(|it| it.parse().ok()));
    let mut wanted = Request::new("").variables(variables).data(session.clone()).data(Loaders::new(session.clone()));
    if let Some(name) = body.operation_name {
        wanted = wanted.operation_name(name);
    }
    wanted.set_parsed_query(prepared.document.clone());
    if let Some(fault) = &house.faults.before_execution {
        fault(wanted.operation_name.as_deref().unwrap_or_default());
    }
    if house.faults.before_execution_ms > 0 {
        tokio::time::sleep(Duration::from_millis(house.faults.before_execution_ms)).await;
    }
    let limit = Duration::from_millis(house.config.execution_timeout_ms);
    let response = tokio::time::timeout(limit, house.schema.execute(wanted)).await.map_err(|_| {
        let message = format!("The request took longer than {} ms and was given up: ask for less.", limit.as_millis());
        Refusal::new(StatusCode::SERVICE_UNAVAILABLE, "TIMEOUT", message)
    })?;
    house.metrics.statements.add(session.statements());
    let mut response = finish(response, house, id);
    for error in &response.errors {
        order::null_at(&mut response.data, &error.path);
    }
    response.data = chosen.order.apply(response.data);
    if request.headers().contains_key("x-tidui-cost") {
        let cost = i64::try_from(chosen.measure.cost).unwrap_or(i64::MAX);
        response.extensions.insert("cost".to_owned(), value!({ "requested": cost }));
    }
    if let Some(day) = session.asked() {
        response.extensions.insert("asOf".to_owned(), value!(day.to_string()));
    }
    Ok((response, session.statements()))
}

async fn open(request: &HttpRequest, house: &House, id: &str) -> Result<Session, Error> {
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

fn read(request: &HttpRequest, body: Result<web::Bytes, actix_web::Error>, house: &House) -> Result<Body, Refusal> {
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if !kind.split(';').next().is_some_and(|it| it.trim().eq_ignore_ascii_case("application/json")) {
        let message = "Send the body as content-type: application/json.";
        return Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "UNSUPPORTED_MEDIA_TYPE", message));
    }
    let body = body.map_err(|cause| {
        if cause.as_response_error().status_code() == StatusCode::PAYLOAD_TOO_LARGE {
            let message =
                format!("The body is longer than {} bytes: split the request.", house.config.body_limit_bytes);
            Refusal::new(StatusCode::PAYLOAD_TOO_LARGE, "BODY_TOO_LARGE", message)
        } else {
            Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", "The body broke off: send it again.")
        }
    })?;
    let read: Body = serde_json::from_slice(&body).map_err(|cause| {
        // Where, and not what: clients write errors down, and a value may be one that nobody may write down.
        let at = format!("line {}, column {}", cause.line(), cause.column());
        let message = format!("The body is not {{\"query\", \"variables\", \"operationName\"}} in JSON: see {at}.");
        Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message)
    })?;
    // No text of ours holds a NUL, and PostgreSQL can't store one: told here once, instead of in every field.
    let nul = |text: &str| text.contains('\0') || text.contains("\\u0000") || text.contains("\\u{0");
    if read.query.as_deref().is_some_and(nul) || read.variables.iter().flat_map(|it| it.values()).any(holds_nul) {
        let message = "A text holds the character NUL: remove it.";
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "BAD_REQUEST", message));
    }
    Ok(read)
}

fn holds_nul(value: &serde_json::Value) -> bool {
    match value {
        serde_json::Value::String(text) => text.contains('\0'),
        serde_json::Value::Array(all) => all.iter().any(holds_nul),
        serde_json::Value::Object(fields) => fields.values().any(holds_nul),
        _ => false,
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
fn chain(cause: &(dyn std::error::Error + Send + Sync)) -> String {
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
fn text(response: &Response, failed: bool) -> String {
    #[derive(Serialize)]
    struct Refused<'r> {
        errors: &'r [ServerError],
    }
    let text = if failed {
        serde_json::to_string(&Refused { errors: &response.errors })
    } else {
        serde_json::to_string(response)
    };
    text.unwrap_or_default()
}

fn refused(refusal: &Refusal, id: &str) -> String {
    let extensions = serde_json::json!({ "code": refusal.code, "requestId": id });
    serde_json::json!({ "errors": [{ "message": refusal.message, "extensions": extensions }] }).to_string()
}
