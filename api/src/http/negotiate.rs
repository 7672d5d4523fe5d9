//! What the client takes: the media type of the answer, by `Accept` with its weights.
//!
//! Source: the draft of GraphQL over HTTP, «Legacy watershed», and RFC 9110, section 12.5.1. Without `Accept`, or with
//! `*/*`, the older type is meant, because that is what older clients read.

use actix_web::{HttpRequest, http::header};

/// In which type an answer goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`: whatever a well-formed request comes to, it is 200.
    Json,
    /// `application/graphql-response+json`: the status says whether the request was executed.
    Modern,
}

impl Media {
    /// The value of `content-type`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Modern => "application/graphql-response+json; charset=utf-8",
        }
    }

    /// What a request takes best; none where it takes neither.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let mut lines = request.headers().get_all(header::ACCEPT).peekable();
        if lines.peek().is_none() {
            return Some(Self::Json);
        }
        let text: Vec<&str> = lines.filter_map(|it| it.to_str().ok()).collect();
        best(&text.join(","))
    }
}

/// The better of both types for a value of `Accept`; of equal ones the one that is named first.
fn best(accept: &str) -> Option<Media> {
    let ranges: Vec<(&str, u16)> = accept.split(',').filter_map(range).collect();
    if ranges.is_empty() {
        return Some(Media::Json);
    }
    let weigh = |media: Media, name: &str| {
        let kinds = [name, "application/*", "*/*"];
        let found = kinds.iter().enumerate().find_map(|(rank, kind)| {
            let place = ranges.iter().position(|(range, _)| range.eq_ignore_ascii_case(kind))?;
            ranges.get(place).map(|(_, weight)| (*weight, rank, place))
        });
        found.filter(|(weight, ..)| *weight > 0).map(|(weight, rank, place)| (weight, rank, place, media))
    };
    let json = weigh(Media::Json, "application/json");
    let modern = weigh(Media::Modern, "application/graphql-response+json");
    match (json, modern) {
        (Some(json), Some(modern)) if modern.0 > json.0 => Some(modern.3),
        // Named beats meant by a star; of two that are named, the first.
        (Some(json), Some(modern)) if modern.0 == json.0 && (modern.1, modern.2) < (json.1, json.2) => Some(modern.3),
        (Some(json), _) => Some(json.3),
        (None, modern) => modern.map(|it| it.3),
    }
}

/// One range with its weight in thousandths; a charset other than UTF-8 is none of ours.
fn range(text: &str) -> Option<(&str, u16)> {
    let mut parts = text.split(';').map(str::trim);
    let kind = parts.next().filter(|it| it.contains('/'))?;
    let mut weight = 1000;
    for part in parts {
        let (name, value) = part.split_once('=')?;
        match name.trim().to_ascii_lowercase().as_str() {
            "q" => weight = thousandths(value.trim())?,
            "charset" if !value.trim().trim_matches('"').eq_ignore_ascii_case("utf-8") => return None,
            _ => {}
        }
    }
    Some((kind, weight))
}

fn thousandths(text: &str) -> Option<u16> {
    let value: f32 = text.parse().ok()?;
    // In range by the filter, so the cast keeps the value.
    (0.0..=1.0).contains(&value).then_some((value * 1000.0).round() as u16)
}

#[cfg(test)]
mod tests {
    use super::{Media::*, *};

    #[test]
    fn the_weights_of_accept_decide() {
        let modern = "application/graphql-response+json";
        for (accept, expected) in [
            ("", Some(Json)),
            ("*/*", Some(Json)),
            ("application/*", Some(Json)),
            ("application/json", Some(Json)),
            (modern, Some(Modern)),
            ("application/graphql-response+json;charset=utf-8", Some(Modern)),
            ("application/graphql-response+json, application/json;q=0.9", Some(Modern)),
            ("application/json, application/graphql-response+json", Some(Json)),
            ("application/graphql-response+json, application/json", Some(Modern)),
            ("application/graphql-response+json;q=0.1, application/json;q=0.9", Some(Json)),
            ("application/graphql-response+json;q=0, */*", Some(Json)),
            ("application/json;q=0, */*;q=0.1", Some(Modern)),
            ("text/html, application/xhtml+xml, */*;q=0.8", Some(Json)),
            ("APPLICATION/JSON", Some(Json)),
            ("text/html", None),
            ("application/json;charset=latin1", Some(Json)),
            ("text/event-stream", None),
            ("application/json;q=0", None),
            ("application/json;q=2, application/graphql-response+json", Some(Modern)),
        ] {
            assert_eq!(best(accept), expected, "{accept}");
        }
    }
}
