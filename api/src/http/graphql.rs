//! `/graphql` over HTTP: POST for everything; GET and QUERY (RFC 10008) for questions. From bytes to an answer with the
//! media type that the client takes and the status that it means there (see `negotiate.rs` and `refusal.rs`).

use std::time::{Duration, Instant};

use actix_web::{
    FromRequest, HttpRequest, HttpResponse, HttpResponseBuilder,
    http::{StatusCode, header},
    web,
};
use uuid::Uuid;

use crate::{
    http::{
        asked::{self, Asked},
        execute::{self, Answered, Manner},
        fresh,
        house::House,
        negotiate::Media,
        refusal::{Kind, Refusal},
        sse,
    },
    quota::{admission::Allowance, plan::Plan},
    shared::gcra::Balance,
    traces::Parent,
};

/// How long a body may take to come.
const BODY_PATIENCE: Duration = Duration::from_secs(20);
/// What `/graphql` can be asked with.
const ALLOWED: &str = "POST, GET, QUERY";

/// How a request came.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Verb {
    /// With a body, for everything.
    Post,
    /// Without one.
    Get,
    /// With one, and safe.
    Query,
}

/// `POST /graphql`.
pub async fn post(request: HttpRequest, payload: web::Payload, house: web::Data<House>) -> HttpResponse {
    answer(request, payload, house, Verb::Post).await
}

/// `GET /graphql`: questions alone.
pub async fn get(request: HttpRequest, payload: web::Payload, house: web::Data<House>) -> HttpResponse {
    answer(request, payload, house, Verb::Get).await
}

/// `QUERY /graphql`: questions alone, with a body.
pub async fn query(request: HttpRequest, payload: web::Payload, house: web::Data<House>) -> HttpResponse {
    answer(request, payload, house, Verb::Query).await
}

/// Any other method.
pub async fn other(house: web::Data<House>) -> HttpResponse {
    let id = Uuid::now_v7().simple().to_string();
    let message = format!("Send questions and changes with {ALLOWED}.");
    let refusal = Refusal::new(Kind::Method, "METHOD_NOT_ALLOWED", message);
    let status = refusal.status(house.profile, Media::Json);
    HttpResponse::build(status)
        .insert_header((header::ALLOW, ALLOWED))
        .insert_header(("accept-query", "application/json"))
        .insert_header((header::CONTENT_TYPE, Media::Json.text()))
        .insert_header(("x-request-id", id.clone()))
        .body(refusal.text(&id))
}

async fn answer(request: HttpRequest, payload: web::Payload, house: web::Data<House>, verb: Verb) -> HttpResponse {
    let id = Uuid::now_v7().simple().to_string();
    house.metrics.requests.add(1);
    let since = Instant::now();
    let media = Media::of(&request);
    if media == Some(Media::Stream) {
        return sse::answer(request, payload, house, verb, id).await;
    }
    let answered = match media {
        Some(_) => executed(&request, payload, &house, verb, &id).await,
        None => Err(Refusal::new(Kind::NotAcceptable, "NOT_ACCEPTABLE", "Accept application/json.")),
    };
    let media = media.unwrap_or(Media::Json);
    let (status, text, statements, left) = match &answered {
        Ok(it) => (status(&house, media, it), execute::text(it), it.statements, it.left.as_ref()),
        Err(refusal) => (refusal.status(house.profile, media), refusal.text(&id), 0, refusal.left.as_deref()),
    };
    let ms = u64::try_from(since.elapsed().as_millis()).unwrap_or(u64::MAX);
    tracing::info!(request.id = id, status = status.as_u16(), ms, statements, "graphql");
    let tag = answered.as_ref().ok().filter(|it| verb == Verb::Get && keepable(it)).map(|_| tag(media, &text));
    let known = tag.as_deref().is_some_and(|it| fresh::known(&request, it));
    let mut out = begun(if known { StatusCode::NOT_MODIFIED } else { status }, media, id);
    if let Some(tag) = &tag {
        // Whoever keeps it asks again each time: tokens end, and so do grants.
        out.insert_header((header::ETAG, tag.as_str()))
            .insert_header((header::CACHE_CONTROL, "private, no-cache"))
            .insert_header((header::VARY, "accept, authorization, accept-encoding"));
    }
    if let Some(seconds) = answered.as_ref().err().and_then(|it| it.retry_after_s) {
        out.insert_header((header::RETRY_AFTER, seconds));
    }
    if let Some(left) = left {
        let (policy, state) = rate_limit(left);
        out.insert_header(("ratelimit-policy", policy)).insert_header(("ratelimit", state));
    }
    if house.config.explain {
        out.insert_header(("x-tidui-statements", statements.to_string()));
        if answered.as_ref().is_ok_and(|it| it.kept) {
            out.insert_header(("x-tidui-kept", "whole"));
        }
    }
    if known {
        return out.finish();
    }
    out.body(text)
}

/// Whether a client may keep an answer: it came by an address that is short, and nothing went wrong.
fn keepable(answered: &Answered) -> bool {
    answered.named && !answered.refused && answered.response.errors.is_empty()
}

fn tag(media: Media, text: &str) -> String {
    fresh::tag(&[media.text().as_bytes(), text.as_bytes()])
}

/// An answer with the headers that every one has.
pub fn begun(status: StatusCode, media: Media, id: String) -> HttpResponseBuilder {
    let mut out = HttpResponse::build(status);
    out.insert_header((header::CONTENT_TYPE, media.text()));
    out.insert_header((header::CACHE_CONTROL, "no-store")).insert_header(("x-request-id", id));
    out.insert_header((header::VARY, "accept, authorization"));
    match status {
        StatusCode::UNAUTHORIZED => {
            out.insert_header((header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\""));
        }
        StatusCode::METHOD_NOT_ALLOWED => {
            out.insert_header((header::ALLOW, "POST"));
        }
        StatusCode::UNSUPPORTED_MEDIA_TYPE => {
            out.insert_header(("accept-query", "application/json"));
        }
        _ => {}
    }
    out
}

/// What the plan gives and what is left of it, as the headers `RateLimit-Policy` and `RateLimit` say it: `q` in a window
/// of `w` seconds, `r` left, all of it again after `t` seconds.
fn rate_limit(left: &Allowance) -> (String, String) {
    let Allowance { plan, requests, points, .. } = left;
    let Plan { requests: often, points: much, .. } = plan;
    let policy =
        format!("\"requests\";q={};w={}, \"points\";q={};w={}", often.most, often.window_s, much.most, much.window_s);
    let seconds = |it: &Balance| it.reset.as_secs() + u64::from(it.reset.subsec_nanos() > 0);
    let (soon, later) = (seconds(requests), seconds(points));
    let state = format!("\"requests\";r={};t={soon}, \"points\";r={};t={later}", requests.remaining, points.remaining);
    (policy, state)
}

fn status(house: &House, media: Media, answered: &Answered) -> StatusCode {
    match answered.refused {
        true if media == Media::Modern => Kind::Document.status(house.profile),
        true => StatusCode::OK,
        false => {
            let partial = media == Media::Modern && !answered.response.errors.is_empty();
            house.profile.executed(partial)
        }
    }
}

/// `POST /graphql/cost`: what a request would ask for, without executing it. It counts as a request, and costs no points.
pub async fn cost(request: HttpRequest, payload: web::Payload, house: web::Data<House>) -> HttpResponse {
    let id = Uuid::now_v7().simple().to_string();
    house.metrics.requests.add(1);
    let measured = async {
        let session = execute::open(&request, &house, &id).await?;
        let asked = body(&request, payload, &house).await?;
        execute::measure(&house, &session, asked).await
    };
    let (status, text) = match measured.await {
        Ok(measured) => (StatusCode::OK, measured.to_string()),
        Err(refusal) => (refusal.status(house.profile, Media::Modern), refusal.text(&id)),
    };
    HttpResponse::build(status)
        .insert_header((header::CONTENT_TYPE, "application/json"))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .insert_header(("x-request-id", id))
        .body(text)
}

async fn executed(
    request: &HttpRequest,
    payload: web::Payload,
    house: &House,
    verb: Verb,
    id: &str,
) -> Result<Answered, Refusal> {
    let session = execute::open(request, house, id).await?;
    // Only now: a stranger's body is not waited for.
    let asked = read(request, payload, house, verb).await?;
    execute::execute(house, session, asked, manner(request, verb, false), id).await
}

/// How a request came.
pub fn manner(request: &HttpRequest, verb: Verb, streams: bool) -> Manner {
    let headers = request.headers();
    let parent = headers.get("traceparent").and_then(|it| it.to_str().ok()).and_then(Parent::of);
    Manner { changes: verb == Verb::Post, cost: headers.contains_key("x-tidui-cost"), streams, parent }
}

/// What a request asks.
///
/// # Errors
/// A refusal that says what to send.
pub async fn read(request: &HttpRequest, payload: web::Payload, house: &House, verb: Verb) -> Result<Asked, Refusal> {
    match verb {
        Verb::Get => asked::of_address(request),
        Verb::Post | Verb::Query => body(request, payload, house).await,
    }
}

async fn body(request: &HttpRequest, payload: web::Payload, house: &House) -> Result<Asked, Refusal> {
    let body = web::Bytes::from_request(request, &mut payload.into_inner());
    let body = tokio::time::timeout(BODY_PATIENCE, body).await.map_err(|_| {
        let message = format!("The body did not come within {} s: send it again.", BODY_PATIENCE.as_secs());
        Refusal::new(Kind::Slow, "BAD_REQUEST", message)
    })?;
    asked::of_body(request, body, house.config.body_limit_bytes)
}
