//! Whose pages may ask here: a closed list. A browser asks before it sends what a form could not send, and shows a page no
//! answer that was not meant for its origin; what it would send without asking is refused elsewhere (`asked.rs`).

use actix_cors::Cors;
use actix_web::http::{Method, header};

use crate::config::Config;

/// How long a browser may remember what it was told, in seconds.
const REMEMBERED_S: usize = 600;

/// The origins of the setting.
fn listed(config: &Config) -> impl Iterator<Item = &str> {
    config.origins.split(',').map(str::trim).filter(|it| !it.is_empty())
}

/// That each origin of the setting is one.
///
/// # Errors
/// A sentence that says what to write.
pub fn check(config: &Config) -> Result<(), String> {
    let origin = |it: &&str| {
        let (scheme, host) = it.split_once("://").unwrap_or_default();
        !matches!(scheme, "http" | "https") || host.is_empty() || host.contains(['/', '*', '@', ' '])
    };
    match listed(config).find(origin) {
        Some(wrong) => {
            Err(format!("origins: '{wrong}' is no origin; write it like https://portal.example, without a path"))
        }
        None => Ok(()),
    }
}

/// Whether pages of an origin may ask: those of this server, and those that are listed.
pub fn may_ask(origin: &str, host: Option<&str>, config: &Config) -> bool {
    let own = origin.split_once("://").map(|(_, rest)| rest);
    own.is_some_and(|own| host.is_some_and(|host| own.eq_ignore_ascii_case(host)))
        || listed(config).any(|it| it.eq_ignore_ascii_case(origin))
}

/// What browsers are told.
pub fn told(config: &Config) -> Cors {
    let mut cors = Cors::default();
    for origin in listed(config) {
        cors = cors.allowed_origin(&origin.to_ascii_lowercase());
    }
    let query = Method::from_bytes(b"QUERY").into_iter();
    cors.allowed_methods([Method::GET, Method::POST, Method::PUT].into_iter().chain(query))
        .allowed_headers([header::AUTHORIZATION, header::ACCEPT, header::CONTENT_TYPE, header::IF_NONE_MATCH])
        .allowed_headers(["last-event-id", "x-tidui-cost", "x-graphql-require-preflight", "apollo-require-preflight"])
        .allowed_headers(["x-apollo-operation-name", "apollographql-client-name", "apollographql-client-version"])
        .expose_headers(["x-request-id", "retry-after", "ratelimit", "ratelimit-policy", "etag", "accept-query"])
        .max_age(REMEMBERED_S)
}
