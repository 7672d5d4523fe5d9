//! OAuth's shapes: what a client of `/auth` sends, as JSON or a form, and how it is refused (RFC 6749, RFC 7009).

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::json;

use crate::error::Error;

/// What a client sends; which fields count depends on `grant_type`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub struct Form {
    /// Which kind of grant.
    pub grant_type: String,
    /// A person's login.
    pub username: String,
    /// A person's password.
    pub password: String,
    /// A person's one-time code.
    pub otp: Option<String>,
    /// A program's login.
    pub client_id: String,
    /// A program's secret.
    pub client_secret: String,
    /// What a session goes on with.
    pub refresh_token: String,
    /// What is to be revoked.
    pub token: String,
}

/// A refusal in OAuth's shape.
pub struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after_s: Option<u64>,
}

impl Refusal {
    /// A refusal with its code and its words.
    pub fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), retry_after_s: None }
    }

    /// With when to come again.
    pub fn after(self, seconds: u64) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// The one answer to every wrong secret, of a known account or not.
    pub fn wrong_secret(machine: bool) -> Self {
        if machine {
            Self::new(StatusCode::UNAUTHORIZED, "invalid_client", "The client or its secret is wrong.")
        } else {
            Self::new(StatusCode::BAD_REQUEST, "invalid_grant", "The login or the password is wrong.")
        }
    }

    /// The one answer to every wrong code. The password was right: whoever knows it may know that.
    pub fn wrong_code() -> Self {
        let message = "The one-time code is wrong, over, or was used before: wait for the next one.";
        Self::new(StatusCode::BAD_REQUEST, "invalid_grant", message)
    }

    /// The password was right, and a code is wanted too.
    pub fn wants_code() -> Self {
        let message =
            "This account has a second factor: send the same again with otp, the code that the authenticator shows.";
        Self::new(StatusCode::BAD_REQUEST, "mfa_required", message)
    }

    /// The password was right; a role wants a code, and the account has no authenticator.
    pub fn wants_factor() -> Self {
        let message = "A role of this account wants a second factor, and the account has none: ask your operator to set one with tidui account totp.";
        Self::new(StatusCode::BAD_REQUEST, "mfa_enrollment_required", message)
    }

    /// As an answer.
    pub fn answer(self) -> HttpResponse {
        let mut out = HttpResponse::build(self.status);
        out.insert_header((header::CACHE_CONTROL, "no-store"));
        if let Some(seconds) = self.retry_after_s {
            out.insert_header((header::RETRY_AFTER, seconds.to_string()));
        }
        if self.status == StatusCode::UNAUTHORIZED {
            out.insert_header((header::WWW_AUTHENTICATE, "Basic realm=\"tidui\""));
        }
        out.json(json!({ "error": self.error, "error_description": self.description }))
    }
}

impl From<Error> for Refusal {
    fn from(error: Error) -> Self {
        match error {
            Error::Unauthenticated => Self::new(
                StatusCode::BAD_REQUEST,
                "invalid_grant",
                "The refresh token is wrong, used or over: sign in again.",
            ),
            Error::Busy { retry_after_s } => {
                let message = "Busy: try again in a moment.";
                let refusal = Self::new(StatusCode::SERVICE_UNAVAILABLE, "temporarily_unavailable", message);
                refusal.after(u64::from(retry_after_s))
            }
            error => {
                tracing::error!(?error, "signing in failed");
                let message = "Something broke on our side: tell your operator.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message)
            }
        }
    }
}

/// The fields that a client sent.
///
/// # Errors
/// `invalid_request`, with what to send instead.
pub fn form(request: &HttpRequest, body: Result<web::Bytes, actix_web::Error>) -> Result<Form, Refusal> {
    let malformed = |why: &str| Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", why);
    let body = body.map_err(|_| malformed("The body is too long or broke off."))?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => {
            // An object alone: a list would be read as the fields in their order.
            let object =
                body.trim_ascii_start().starts_with(b"{").then(|| serde_json::from_slice(&body).ok()).flatten();
            object.ok_or_else(|| malformed("The body is no JSON object of texts."))
        }
        "application/x-www-form-urlencoded" => {
            serde_urlencoded::from_bytes(&body).map_err(|_| malformed("The body is no form."))
        }
        _ => {
            let message = "Send application/json or application/x-www-form-urlencoded.";
            Err(Refusal::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "invalid_request", message))
        }
    }
}

/// The client's name and secret from HTTP Basic authentication.
pub fn basic(request: &HttpRequest) -> Option<(String, String)> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = header.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(text.trim()).ok())??;
    let (id, secret) =
        String::from_utf8(decoded).ok()?.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))?;
    Some((id, secret))
}
