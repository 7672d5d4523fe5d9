//! Whether a client has an answer already: tags of bodies, and `If-None-Match`.
//!
//! Tags are weak: the same answer may leave as it is or compressed.

use actix_web::{
    HttpMessage, HttpRequest,
    http::header::{EntityTag, IfNoneMatch},
};
use aws_lc_rs::digest::{Context, SHA256};

use crate::hash::hex;

/// The tag of an answer with these parts.
pub fn tag(parts: &[&[u8]]) -> String {
    let mut context = Context::new(&SHA256);
    for part in parts {
        context.update(part);
    }
    let mut hash = hex(context.finish().as_ref());
    hash.truncate(32);
    format!("W/\"{hash}\"")
}

/// Whether the request says that its client has what the tag stands for.
pub fn known(request: &HttpRequest, tag: &str) -> bool {
    let Ok(tag) = tag.parse::<EntityTag>() else { return false };
    match request.get_header::<IfNoneMatch>() {
        Some(IfNoneMatch::Items(all)) => all.iter().any(|it| it.weak_eq(&tag)),
        Some(IfNoneMatch::Any) | None => false,
    }
}
