//! `POST /auth/token` and `POST /auth/revoke`: sessions begin, go on and end here, outside GraphQL, so that inside it
//! there always is a session. JSON and form bodies; OAuth's shape of answers and errors (RFC 6749, RFC 7009).

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use base64::{Engine, prelude::BASE64_STANDARD};
use serde::Deserialize;
use serde_json::json;

use crate::{
    auth::{
        password,
        policy::Job,
        token::{LIFE_S, Subject},
    },
    db::session::{Session, Terms},
    error::{Action, Error, Result},
    http::house::House,
    signin::{
        read::CredentialOf,
        write::{BeginSession, ContinueSession, Continued, EndSession, Told},
    },
};

/// The window in which failures are counted, in seconds.
const WINDOW_S: u64 = 300;

/// What a client sends; which fields count depends on `grant_type`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Form {
    grant_type: String,
    username: String,
    password: String,
    client_id: String,
    client_secret: String,
    refresh_token: String,
    token: String,
}

/// A refusal in OAuth's shape.
struct Refusal {
    status: StatusCode,
    error: &'static str,
    description: String,
    retry_after_s: Option<u64>,
}

impl Refusal {
    fn new(status: StatusCode, error: &'static str, description: impl Into<String>) -> Self {
        Self { status, error, description: description.into(), retry_after_s: None }
    }

    /// The one answer to every wrong secret, of a known account or not.
    fn wrong_secret(machine: bool) -> Self {
        if machine {
            Self::new(StatusCode::UNAUTHORIZED, "invalid_client", "The client or its secret is wrong.")
        } else {
            Self::new(StatusCode::BAD_REQUEST, "invalid_grant", "The login or the password is wrong.")
        }
    }

    fn answer(self) -> HttpResponse {
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
                Self { retry_after_s: Some(u64::from(retry_after_s)), ..refusal }
            }
            error => {
                tracing::error!(?error, "signing in failed");
                let message = "Something broke on our side: tell your operator.";
                Self::new(StatusCode::INTERNAL_SERVER_ERROR, "server_error", message)
            }
        }
    }
}

/// `POST /auth/token`.
pub async fn token(
    request: HttpRequest,
    body: std::result::Result<web::Bytes, actix_web::Error>,
    house: web::Data<House>,
) -> HttpResponse {
    let answer = match form(&request, body) {
        Ok(form) => grant(&request, form, &house).await,
        Err(refusal) => Err(refusal),
    };
    answer.unwrap_or_else(Refusal::answer)
}

async fn grant(request: &HttpRequest, mut form: Form, house: &House) -> std::result::Result<HttpResponse, Refusal> {
    if let Some((id, secret)) = basic(request) {
        (form.client_id, form.client_secret) = (id, secret);
    }
    let session = house.door.job(Job::SignIn, None);
    match form.grant_type.as_str() {
        "password" => {
            let account = verified(request, house, &session, form.username, form.password, false).await?;
            let life_s = i64::try_from(house.config.refresh_token_days * 86_400).unwrap_or(i64::MAX);
            begin(house, &session, account, Some(life_s)).await
        }
        "client_credentials" => {
            let account = verified(request, house, &session, form.client_id, form.client_secret, true).await?;
            begin(house, &session, account, None).await
        }
        "refresh_token" => go_on(house, &session, form.refresh_token).await,
        "" => Err(Refusal::new(
            StatusCode::BAD_REQUEST,
            "invalid_request",
            "Send grant_type: password, refresh_token or client_credentials.",
        )),
        other => {
            let message =
                format!("grant_type '{other}' is not offered: send password, refresh_token or client_credentials.");
            Err(Refusal::new(StatusCode::BAD_REQUEST, "unsupported_grant_type", message))
        }
    }
}

/// The account of a login whose secret is right. Failures are counted by account and by address; an unknown account
/// takes the same time and gets the same answer.
async fn verified(
    request: &HttpRequest,
    house: &House,
    session: &Session,
    login: String,
    secret: String,
    machine: bool,
) -> std::result::Result<Subject, Refusal> {
    if login.is_empty() || secret.is_empty() {
        let fields = if machine { "client_id and client_secret" } else { "username and password" };
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", format!("Send {fields}.")));
    }
    // Hashing is slow on purpose: few at once, so that a flood of attempts leaves cores for everybody else. Taken before
    // the counts are read, so that no more attempts than turns can slip under a limit at once.
    let _turn = house.hashing.acquire().await.map_err(Error::internal)?;
    let address = request.peer_addr().map_or_else(String::new, |it| it.ip().to_string());
    let limits = counts(house, &login, &address);
    for (what, most) in &limits {
        if house.tally.count(what).await >= *most {
            let message = format!("Too many failed attempts: wait {} minutes.", WINDOW_S / 60);
            let refusal = Refusal::new(StatusCode::TOO_MANY_REQUESTS, "slow_down", message);
            return Err(Refusal { retry_after_s: Some(WINDOW_S), ..refusal });
        }
    }
    let found = session.ask(&CredentialOf { login }).await?;
    let account = found.as_ref().map(|(account, _)| account.id);
    let hashed = found.map(|(_, hashed)| hashed);
    let right = web::block(move || password::verify(&secret, hashed.as_deref())).await;
    let right = right.map_err(|_| Error::broken("verification ended early"))?;
    match account.filter(|_| right) {
        Some(account) => {
            // Only what this login failed from here: a success must not buy an address new guesses at others.
            if let Some((what, _)) = limits.first() {
                house.tally.forget(what).await;
            }
            Ok(account)
        }
        None => {
            for (what, _) in &limits {
                house.tally.add(what, WINDOW_S).await;
            }
            session.refused(Action::SignIn, account).await;
            Err(Refusal::wrong_secret(machine))
        }
    }
}

/// What failures are counted by, with the most in a window: a login from one address; a login from anywhere, wider, so
/// that a stranger can't so easily lock somebody out; an address, widest, because a whole office may share one.
fn counts(house: &House, login: &str, address: &str) -> [(String, u64); 3] {
    let (most, login) = (house.config.sign_in_attempts, house.door.name_of(login));
    [
        (format!("login:{login}:{address}"), most),
        (format!("login:{login}"), most.saturating_mul(5)),
        (format!("address:{address}"), most.saturating_mul(30)),
    ]
}

async fn begin(
    house: &House,
    session: &Session,
    account: Subject,
    refresh_life_s: Option<i64>,
) -> std::result::Result<HttpResponse, Refusal> {
    let told = Told::default();
    session.run(BeginSession { account, refresh_life_s, told: told.clone() }, &Terms::default()).await?;
    let continued = told.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
    Ok(issued(house, account, continued)?)
}

async fn go_on(house: &House, session: &Session, text: String) -> std::result::Result<HttpResponse, Refusal> {
    let life_s = i64::try_from(house.config.refresh_token_days * 86_400).unwrap_or(i64::MAX);
    // A phone that asks twice at once races itself: the loser asks again and meets the winner's successor.
    for _ in 0..3 {
        let told: Told<Continued> = Told::default();
        let command = ContinueSession { text: text.clone(), refresh_life_s: life_s, told: told.clone() };
        match session.run(command, &Terms::default()).await {
            Ok(_) => {
                let continued = told.lock().unwrap_or_else(std::sync::PoisonError::into_inner).take();
                let continued = continued.ok_or(Error::Unauthenticated)?;
                return Ok(issued(house, continued.account, Some(continued))?);
            }
            Err(Error::Stale { .. } | Error::Busy { .. }) => {}
            Err(error) => return Err(error.into()),
        }
    }
    Err(Error::Busy { retry_after_s: 1 }.into())
}

fn issued(house: &House, account: Subject, continued: Option<Continued>) -> Result<HttpResponse> {
    let family = continued.as_ref().map(|it| it.family);
    let access_token = house.tokens.issue(account, family, house.clock.now())?;
    let mut body = json!({ "access_token": access_token, "token_type": "Bearer", "expires_in": LIFE_S });
    if let (Some(continued), Some(fields)) = (continued, body.as_object_mut()) {
        fields.insert("refresh_token".to_owned(), continued.refresh_token.into());
    }
    Ok(HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).json(body))
}

/// `POST /auth/revoke`: whoever holds a token may end it. An unknown one is over already, so the answer is the same.
pub async fn revoke(
    request: HttpRequest,
    body: std::result::Result<web::Bytes, actix_web::Error>,
    house: web::Data<House>,
) -> HttpResponse {
    let form = match form(&request, body) {
        Ok(form) if !form.token.is_empty() => form,
        Ok(_) => return Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", "Send the token.").answer(),
        Err(refusal) => return refusal.answer(),
    };
    let access_token = house.tokens.check(&form.token, house.clock.now()).ok().map(|it| (it.sub, it.jti));
    let refresh_token = access_token.is_none().then_some(form.token);
    let session = house.door.job(Job::SignIn, None);
    match session.run(EndSession { refresh_token, access_token }, &Terms::default()).await {
        Ok(_) | Err(Error::NotFound(_)) => {
            HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish()
        }
        Err(error) => Refusal::from(error).answer(),
    }
}

fn form(
    request: &HttpRequest,
    body: std::result::Result<web::Bytes, actix_web::Error>,
) -> std::result::Result<Form, Refusal> {
    let malformed = |why: &str| Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", why);
    let body = body.map_err(|_| malformed("The body is too long or broke off."))?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|it| it.to_str().ok()).unwrap_or_default();
    match kind.split(';').next().unwrap_or_default().trim().to_ascii_lowercase().as_str() {
        "application/json" => {
            serde_json::from_slice(&body).map_err(|_| malformed("The body is no JSON object of texts."))
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
fn basic(request: &HttpRequest) -> Option<(String, String)> {
    let header = request.headers().get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, text) = header.split_once(' ')?;
    let decoded = scheme.eq_ignore_ascii_case("basic").then(|| BASE64_STANDARD.decode(text.trim()).ok())??;
    let (id, secret) =
        String::from_utf8(decoded).ok()?.split_once(':').map(|(id, secret)| (id.to_owned(), secret.to_owned()))?;
    Some((id, secret))
}
