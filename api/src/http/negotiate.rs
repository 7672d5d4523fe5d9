//! What the client takes: the media type of the answer, by `Accept` with its weights.
//!
//! Source: the draft of GraphQL over HTTP, «Legacy watershed», and RFC 9110, section 12.5.1. Without `Accept`, or with
//! `*/*`, the older type is meant, because that is what older clients read.

use std::cmp::Reverse;

use actix_web::{HttpRequest, http::header};

/// In which type an answer goes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    /// `application/json`: whatever a well-formed request comes to, it is 200.
    Json,
    /// `application/graphql-response+json`: the status says whether the request was executed.
    Modern,
    /// `text/event-stream`: one answer after the other. Only where it is asked for by name.
    Stream,
}

impl Media {
    /// The value of `content-type`.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Json => "application/json; charset=utf-8",
            Self::Modern => "application/graphql-response+json; charset=utf-8",
            Self::Stream => "text/event-stream; charset=utf-8",
        }
    }

    /// What a request takes best; none where it takes none of them.
    pub fn of(request: &HttpRequest) -> Option<Self> {
        let mut lines = request.headers().get_all(header::ACCEPT).peekable();
        if lines.peek().is_none() {
            return Some(Self::Json);
        }
        let text: Vec<&str> = lines.filter_map(|it| it.to_str().ok()).collect();
        best(&text.join(","))
    }
}

/// The best type for a value of `Accept`. Named beats meant by a star; of equal ones the first named.
fn best(accept: &str) -> Option<Media> {
    let ranges: Vec<(&str, u16)> = accept.split(',').filter_map(range).collect();
    if ranges.is_empty() {
        return Some(Media::Json);
    }
    let weigh = |(media, kinds): (Media, &[&str])| {
        let found = kinds.iter().enumerate().find_map(|(rank, kind)| {
            let place = ranges.iter().position(|(range, _)| range.eq_ignore_ascii_case(kind))?;
            ranges.get(place).map(|(_, weight)| (Reverse(*weight), rank, place))
        });
        found.filter(|(weight, ..)| weight.0 > 0).map(|found| (found, media))
    };
    let kinds: [(Media, &[&str]); 3] = [
        (Media::Json, &["application/json", "application/*", "*/*"]),
        (Media::Modern, &["application/graphql-response+json", "application/*", "*/*"]),
        (Media::Stream, &["text/event-stream"]),
    ];
    kinds.into_iter().filter_map(weigh).min_by_key(|(found, _)| *found).map(|(_, media)| media)
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
            ("text/event-stream", Some(Stream)),
            ("text/*", None),
            ("text/event-stream, */*;q=0.5", Some(Stream)),
            ("*/*, text/event-stream;q=0.5", Some(Json)),
            ("application/graphql-response+json, application/json, text/event-stream, multipart/mixed", Some(Modern)),
            ("text/event-stream;q=0", None),
            ("application/json;q=0", None),
            ("application/json;q=2, application/graphql-response+json", Some(Modern)),
        ] {
            assert_eq!(best(accept), expected, "{accept}");
        }
    }
}
