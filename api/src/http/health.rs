//! What operators and newcomers ask for outside GraphQL.

use actix_web::{HttpRequest, HttpResponse, http::header, web};
use serde_json::json;

use crate::http::house::House;

/// `GET /healthz`: the process serves.
pub async fn alive() -> HttpResponse {
    HttpResponse::Ok().json(json!({ "status": "ok" }))
}

/// `GET /readyz`: whether requests can be answered, each part named. A cache that can't be believed makes answers
/// slower, not wrong, so it degrades and does not refuse.
pub async fn ready(house: web::Data<House>) -> HttpResponse {
    let database = house.door.answers().await;
    let cache = if house.door.degraded() { "degraded" } else { "ok" };
    let lacking = if database { house.door.lacks_migrations().await } else { None };
    let migrations = match lacking {
        Some(false) => "ok",
        Some(true) => "pending",
        // A database that a newer build has migrated says so too: it may serve on until it is replaced.
        None => "unknown",
    };
    let body = json!({ "database": if database { "ok" } else { "away" }, "cache": cache, "migrations": migrations });
    let ready = database && lacking != Some(true);
    if ready { HttpResponse::Ok().json(body) } else { HttpResponse::ServiceUnavailable().json(body) }
}

/// `GET /metrics`: totals in Prometheus' text form.
pub async fn metrics(house: web::Data<House>) -> HttpResponse {
    let text = house.metrics.text(house.door.degraded()) + &house.operations.text();
    let count = |of: &std::sync::atomic::AtomicU64| of.load(std::sync::atomic::Ordering::SeqCst);
    let (open, followed) = (count(&house.streams.connections), count(&house.streams.subscriptions));
    let text = format!(
        "{text}# HELP tidui_streams Open WebSockets and streams of events\n# TYPE tidui_streams gauge\ntidui_streams {open}\n\
         # HELP tidui_subscriptions Subscriptions over them\n# TYPE tidui_subscriptions gauge\ntidui_subscriptions {followed}\n"
    );
    HttpResponse::Ok().content_type("text/plain; version=0.0.4").body(text)
}

/// `GET /.well-known/jwks.json`: the public keys that tokens are checked with.
pub async fn keys(house: web::Data<House>) -> HttpResponse {
    let keys = house.tokens.published(house.clock.now());
    HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "public, max-age=300")).json(keys)
}

/// `GET /`: where to go. A browser goes to the console.
pub async fn welcome(request: HttpRequest, house: web::Data<House>) -> HttpResponse {
    let accept = request.headers().get(header::ACCEPT).and_then(|it| it.to_str().ok()).unwrap_or_default();
    if house.config.console && accept.contains("text/html") {
        return HttpResponse::Found().insert_header((header::LOCATION, "console")).finish();
    }
    let text = "Tidui: a GraphQL API for cadre development.\n\n\
        POST /graphql                 queries and mutations, with a bearer token; GET and QUERY for queries\n\
        subscriptions at the same     as text/event-stream, or over a WebSocket (graphql-transport-ws)\n\
        GET  /console                 a page to ask from, where it is not switched off\n\
        GET  /healthz /readyz         whether it serves, and with what\n\
        GET  /metrics                 totals for Prometheus\n\
        GET  /.well-known/jwks.json   keys that tokens are checked with\n";
    HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(text)
}
