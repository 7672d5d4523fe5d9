//! `POST /auth/token` and `POST /auth/revoke`: sessions begin, go on and end here, outside GraphQL, so that inside it
//! there always is a session.

use std::sync::PoisonError;

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use serde_json::json;

use crate::{
    auth::{
        password,
        policy::Job,
        token::{LIFE_S, Subject},
    },
    db::session::{Session, Terms},
    error::{Action, Error, Result},
    http::{
        house::House,
        oauth::{Form, Refusal, basic, form},
        sender,
        turns::Turn,
    },
    signin::{
        read::CredentialOf,
        write::{BeginSession, Begun, ContinueSession, Continued, EndSession, Ending, Lives, Told},
    },
};

/// The window in which failures are counted, in seconds.
const WINDOW_S: u64 = 300;

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

/// Any other method on `/auth/token` and `/auth/revoke`.
pub async fn only_post() -> HttpResponse {
    let body = json!({ "error": "invalid_request", "error_description": "Send it with POST." });
    HttpResponse::MethodNotAllowed().insert_header((header::ALLOW, "POST")).json(body)
}

async fn grant(request: &HttpRequest, mut form: Form, house: &House) -> std::result::Result<HttpResponse, Refusal> {
    if let Some((id, secret)) = basic(request) {
        (form.client_id, form.client_secret) = (id, secret);
    }
    let session = house.door.job(Job::SignIn, None);
    match form.grant_type.as_str() {
        "password" => {
            let counts = Counts::of(request, house, &form.username);
            let right = verified(house, &session, &counts, form.username, form.password, false).await?;
            begin(house, &session, &counts, right, Some(form.otp)).await
        }
        "client_credentials" => {
            let counts = Counts::of(request, house, &form.client_id);
            let right = verified(house, &session, &counts, form.client_id, form.client_secret, true).await?;
            begin(house, &session, &counts, right, None).await
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

/// What failures of one attempt are counted by, with the most in a window: a login from one address; a login from
/// anywhere, wider, so that a stranger can't so easily lock somebody out; an address, widest, because a whole office may
/// share one. Wrong codes of a login are counted from anywhere and as narrow as the first: only who knows the password
/// can try them, and there are but a million.
struct Counts {
    secrets: [(String, u64); 3],
    codes: (String, u64),
}

impl Counts {
    fn of(request: &HttpRequest, house: &House, login: &str) -> Self {
        let address = sender::address(request.peer_addr(), request.headers(), house.config.proxies)
            .map_or_else(String::new, |it| it.to_string());
        let (most, login) = (house.config.sign_in_attempts, house.door.name_of(login));
        let secrets = [
            (format!("login:{login}:{address}"), most),
            (format!("login:{login}"), most.saturating_mul(5)),
            (format!("address:{address}"), most.saturating_mul(30)),
        ];
        Self { secrets, codes: (format!("code:{login}"), most) }
    }

    async fn admit(&self, house: &House) -> std::result::Result<(), Refusal> {
        for (what, most) in self.secrets.iter().chain([&self.codes]) {
            if house.tally.count(what).await >= *most {
                let message = format!("Too many failed attempts: wait {} minutes.", WINDOW_S / 60);
                return Err(Refusal::new(StatusCode::TOO_MANY_REQUESTS, "slow_down", message).after(WINDOW_S));
            }
        }
        Ok(())
    }

    async fn failed(&self, house: &House) {
        for (what, _) in &self.secrets {
            house.tally.add(what, WINDOW_S).await;
        }
    }

    /// Forgets only what this login failed from here: a success must not buy an address new guesses at others.
    async fn succeeded(&self, house: &House) {
        if let Some((what, _)) = self.secrets.first() {
            house.tally.forget(what).await;
        }
        house.tally.forget(&self.codes.0).await;
    }
}

/// An account whose secret was right. The turn is held until the code was looked at too, so that no more attempts than
/// turns can slip under a limit at once.
struct Right {
    account: Subject,
    _turn: Turn,
}

/// The account of a login whose secret is right. An unknown account takes the same time and gets the same answer.
async fn verified(
    house: &House,
    session: &Session,
    counts: &Counts,
    login: String,
    secret: String,
    machine: bool,
) -> std::result::Result<Right, Refusal> {
    if login.is_empty() || secret.is_empty() {
        let fields = if machine { "client_id and client_secret" } else { "username and password" };
        return Err(Refusal::new(StatusCode::BAD_REQUEST, "invalid_request", format!("Send {fields}.")));
    }
    // Whoever must wait anyway takes no place in the queue; who passes is counted again once it is their turn.
    counts.admit(house).await?;
    let turn = house.hashing.take().await?;
    counts.admit(house).await?;
    let found = session.ask(&CredentialOf { login, machine }).await?;
    let account = found.as_ref().map(|(account, _)| account.id);
    let hashed = found.map(|(_, hashed)| hashed);
    let work = web::block(move || (password::verify(&secret, hashed.as_deref()), turn));
    let (right, turn) = work.await.map_err(|_| Error::broken("verification ended early"))?;
    match account.filter(|_| right) {
        Some(account) => Ok(Right { account, _turn: turn }),
        None => {
            counts.failed(house).await;
            session.refused(Action::SignIn, account).await;
            Err(Refusal::wrong_secret(machine))
        }
    }
}

/// How long sessions live, by the settings.
fn lives(house: &House) -> Lives {
    let seconds = |days: u64| i64::try_from(days.saturating_mul(86_400)).unwrap_or(i64::MAX);
    Lives { unused_s: seconds(house.config.refresh_token_days), whole_s: seconds(house.config.session_days) }
}

/// Begins a session: of a person with what they sent as a code, or of a program.
async fn begin(
    house: &House,
    session: &Session,
    counts: &Counts,
    right: Right,
    person: Option<Option<String>>,
) -> std::result::Result<HttpResponse, Refusal> {
    let (account, told) = (right.account, Told::default());
    let command = BeginSession {
        account,
        lives: person.as_ref().map(|_| lives(house)),
        code: person.flatten().filter(|it| !it.is_empty()),
        second_factor_roles: house.door.second_factor_roles(),
        told: told.clone(),
    };
    let done = session.run(command, &Terms::default()).await;
    let begun = told.lock().unwrap_or_else(PoisonError::into_inner).take();
    match (done, begun) {
        (Ok(_), Some(Begun::Session(continued))) => {
            counts.succeeded(house).await;
            Ok(issued(house, account, Some(continued))?)
        }
        (Ok(_), _) => {
            counts.succeeded(house).await;
            Ok(issued(house, account, None)?)
        }
        (Err(_), Some(Begun::WantsCode)) => Err(Refusal::wants_code()),
        (Err(_), Some(Begun::WantsFactor)) => {
            session.refused(Action::SignIn, Some(account)).await;
            Err(Refusal::wants_factor())
        }
        // Two requests came with one code at once: one of them has used it.
        (Err(Error::Stale { .. }), _) | (Err(Error::Unauthenticated), Some(Begun::WrongCode)) => {
            counts.failed(house).await;
            house.tally.add(&counts.codes.0, WINDOW_S).await;
            session.refused(Action::SignIn, Some(account)).await;
            Err(Refusal::wrong_code())
        }
        (Err(error), _) => Err(error.into()),
    }
}

async fn go_on(house: &House, session: &Session, text: String) -> std::result::Result<HttpResponse, Refusal> {
    // A phone that asks twice at once races itself: the loser asks again and meets the winner's successor.
    for _ in 0..3 {
        let told: Told<Continued> = Told::default();
        let command = ContinueSession { text: text.clone(), lives: lives(house), told: told.clone() };
        match session.run(command, &Terms::default()).await {
            Ok(_) => {
                let continued = told.lock().unwrap_or_else(PoisonError::into_inner).take();
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
    let second_factor = continued.as_ref().is_some_and(|it| it.second_factor);
    let access_token = house.tokens.issue(account, family, second_factor, house.clock.now())?;
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
    let what = ending(&house, form.token).await;
    let session = house.door.job(Job::SignIn, None);
    match session.run(EndSession { what }, &Terms::default()).await {
        Ok(_) | Err(Error::NotFound(_)) => {
            HttpResponse::Ok().insert_header((header::CACHE_CONTROL, "no-store")).finish()
        }
        Err(error) => Refusal::from(error).answer(),
    }
}

/// What a text that came to be revoked is.
async fn ending(house: &House, text: String) -> Ending {
    let now = house.clock.now();
    if let Ok(claims) = house.tokens.check(&text, now) {
        return Ending::Token { account: claims.sub, token: claims.jti, life_s: 2 * LIFE_S };
    }
    let visitor = match &house.outside {
        Some(outside) => outside.check(&text, now).await.ok(),
        None => None,
    };
    match visitor {
        Some(visitor) => Ending::Outside(visitor),
        None => Ending::Session(text),
    }
}
