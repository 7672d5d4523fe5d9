//! Why a request is refused before it is executed, and with which status in which profile.
//!
//! Two profiles, by setting: `2025`, in which whatever is wrong with a document is 400, and `2026-draft`, which tells an
//! unreadable text (400) from one that can't be executed (422), and answers partial success with 294. Under
//! `application/json` a well-formed request is always answered with 200: older clients take other statuses for broken
//! connections.

use actix_web::http::StatusCode;

use crate::{
    error::{Cause, Error},
    http::negotiate::Media,
    quota::admission::{Allowance, Over},
};

/// Which statuses are told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// As the draft stood in 2025.
    Y2025,
    /// As it stands in 2026.
    Draft2026,
}

impl Profile {
    /// The profile of a setting.
    ///
    /// # Errors
    /// A sentence that says what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        match text {
            "2025" => Ok(Self::Y2025),
            "2026-draft" => Ok(Self::Draft2026),
            other => Err(format!("status_profile = '{other}' is none: write 2025 or 2026-draft")),
        }
    }

    /// The status of an answer that was executed.
    pub fn executed(self, partial: bool) -> StatusCode {
        let partial = partial && self == Self::Draft2026;
        StatusCode::from_u16(if partial { 294 } else { 200 }).unwrap_or(StatusCode::OK)
    }
}

/// What is wrong with a request.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The document is no GraphQL.
    Syntax,
    /// The document, its variables or its operation can't be executed.
    Document,
    /// The body, or a parameter, can't be read.
    Unreadable,
    /// It can be read, and is no request.
    Malformed,
    /// The method does not fit what is asked.
    Method,
    /// The client takes no type that we have.
    NotAcceptable,
    /// The body is too long.
    TooLarge,
    /// The address is too long.
    UriTooLong,
    /// The body has another type.
    MediaType,
    /// The body did not come in time.
    Slow,
    /// No valid token.
    Unauthenticated,
    /// The client may not send such a document.
    Forbidden,
    /// The account, or the address, asks for too much.
    TooMany,
    /// Come again later.
    Busy,
    /// Ours to mend.
    Internal,
}

impl Kind {
    /// The status, and whether the request is well-formed all the same.
    pub fn status(self, profile: Profile) -> StatusCode {
        let draft = profile == Profile::Draft2026;
        match self {
            Self::Document | Self::Malformed if draft => StatusCode::UNPROCESSABLE_ENTITY,
            Self::Syntax | Self::Document | Self::Unreadable | Self::Malformed => StatusCode::BAD_REQUEST,
            Self::Method => StatusCode::METHOD_NOT_ALLOWED,
            Self::NotAcceptable => StatusCode::NOT_ACCEPTABLE,
            Self::TooLarge => StatusCode::PAYLOAD_TOO_LARGE,
            Self::UriTooLong => StatusCode::URI_TOO_LONG,
            Self::MediaType => StatusCode::UNSUPPORTED_MEDIA_TYPE,
            Self::Slow => StatusCode::REQUEST_TIMEOUT,
            Self::Unauthenticated => StatusCode::UNAUTHORIZED,
            Self::Forbidden => StatusCode::FORBIDDEN,
            Self::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Self::Busy => StatusCode::SERVICE_UNAVAILABLE,
            Self::Internal => StatusCode::INTERNAL_SERVER_ERROR,
        }
    }

    /// Whether the HTTP request is in order, so that `application/json` answers it with 200.
    fn well_formed(self) -> bool {
        matches!(self, Self::Syntax | Self::Document)
    }
}

/// A request that is refused before it is executed.
pub struct Refusal {
    /// What is wrong.
    pub kind: Kind,
    /// The code that clients match on.
    pub code: &'static str,
    /// What is wrong and what to do, in words.
    pub message: String,
    /// When to come again, in seconds, where that would help.
    pub retry_after_s: Option<u64>,
    /// What the caller has left, where that was looked at.
    pub left: Option<Box<Allowance>>,
}

impl Refusal {
    /// A refusal with a code of its own.
    pub fn new(kind: Kind, code: &'static str, message: impl Into<String>) -> Self {
        let retry_after_s = (kind == Kind::Busy).then_some(1);
        Self { kind, code, message: message.into(), retry_after_s, left: None }
    }

    /// A document that can't be executed.
    pub fn document(message: impl Into<String>) -> Self {
        Self::new(Kind::Document, "DOCUMENT_INVALID", message)
    }

    /// A request that is none.
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(Kind::Malformed, "BAD_REQUEST", message)
    }

    /// A request that can't be read.
    pub fn unreadable(message: impl Into<String>) -> Self {
        Self::new(Kind::Unreadable, "BAD_REQUEST", message)
    }

    /// The status of the answer.
    pub fn status(&self, profile: Profile, media: Media) -> StatusCode {
        if media != Media::Modern && self.kind.well_formed() { StatusCode::OK } else { self.kind.status(profile) }
    }

    /// The answer's text: no `data`, for nothing was executed.
    pub fn text(&self, id: &str) -> String {
        serde_json::json!({ "errors": self.errors(id) }).to_string()
    }

    /// The list of errors alone, as a WebSocket tells it.
    pub fn errors(&self, id: &str) -> serde_json::Value {
        let mut extensions = serde_json::json!({ "code": self.code, "requestId": id });
        if let (Some(seconds), Some(fields)) = (self.retry_after_s, extensions.as_object_mut()) {
            fields.insert("retryAfterSeconds".to_owned(), seconds.into());
        }
        serde_json::json!([{ "message": self.message, "extensions": extensions }])
    }
}

impl From<Over> for Refusal {
    fn from(over: Over) -> Self {
        let seconds = over.wait.as_secs() + u64::from(over.wait.subsec_nanos() > 0);
        let Over { what, most, .. } = over;
        let message = format!("Too many {what}, of which there are {most}: come again in {seconds} s.");
        let mut refusal = Self::new(Kind::TooMany, "RATE_LIMITED", message);
        refusal.retry_after_s = Some(seconds.max(1));
        refusal.left = over.left;
        refusal
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        let kind = match &error {
            Error::Unauthenticated => Kind::Unauthenticated,
            Error::Busy { .. } => Kind::Busy,
            _ => Kind::Internal,
        };
        let retry_after_s = match &error {
            Error::Busy { retry_after_s } => Some(u64::from(*retry_after_s)),
            _ => None,
        };
        let code = error.code();
        let mut shown = async_graphql::Error::from(error);
        if let Some(cause) = shown.source.take().and_then(|it| it.downcast::<Cause>().ok()) {
            tracing::error!(cause = crate::error::chain(cause.0.as_ref()), "a session could not be opened");
        }
        Self { retry_after_s, ..Self::new(kind, code, shown.message) }
    }
}
