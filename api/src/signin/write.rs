//! Commands of signing in: sessions begin, go on, end. The server's own job runs them for the account concerned.
//!
//! A refresh token is good once. Its successor follows from it by a keyed hash, so a phone that did not hear the answer
//! and asks again within the grace gets the same successor, without one being kept in the clear. A token that comes
//! back after the grace was copied: its whole family ends.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use entity::{
    account, account_factor, account_grant,
    id::{AccountId, RefreshTokenId, RevocationId},
    kind::{AccountState, Role},
    refresh_token, revoked_token,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    auth::outside::Visitor,
    auth::token::CLOCKS_APART_S,
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
    questions::distinct,
};

/// How long a phone may ask again with the token that it exchanged, in seconds: ten, on whichever server's clock.
const GRACE_S: i64 = 10 + CLOCKS_APART_S;

/// How long a family stays refused: longer than any refresh token of it can live.
const FAMILY: TimeDelta = TimeDelta::days(400);

/// What a session goes on with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Continued {
    /// Whose session.
    pub account: AccountId,
    /// The sign-in that it follows from.
    pub family: Uuid,
    /// Whether that had a second factor.
    pub second_factor: bool,
    /// The refresh token to use next.
    pub refresh_token: String,
}

/// Where a command puts what the endpoint needs besides the row's key.
pub type Told<T> = Arc<Mutex<Option<T>>>;

fn tell<T>(told: &Told<T>, what: T) {
    *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
}

/// How long sessions live, in seconds.
#[derive(Clone, Copy, Debug, Serialize)]
pub struct Lives {
    /// Without being used.
    pub unused_s: i64,
    /// At most, however much they are used.
    pub whole_s: i64,
}

/// What came of a wish to begin a session, besides an error.
pub enum Begun {
    /// A session to go on with.
    Session(Continued),
    /// Nothing: the account has a second factor, and no code came.
    WantsCode,
    /// Nothing: the code was wrong, or used before.
    WrongCode,
    /// Nothing: a role wants a second factor, and the account has none.
    WantsFactor,
}

/// Begins a session of an account whose secret was verified.
#[derive(Serialize)]
pub struct BeginSession {
    /// The account.
    pub account: AccountId,
    /// How long it lives; none for a program, which signs in again instead, and has no second factor.
    pub lives: Option<Lives>,
    /// The one-time code that came along.
    #[serde(skip)]
    pub code: Option<String>,
    /// Roles that count only with a second factor.
    pub second_factor_roles: Vec<Role>,
    /// What the endpoint answers with.
    #[serde(skip)]
    pub told: Told<Begun>,
}

impl Command for BeginSession {
    const ACTION: Action = Action::SignIn;
    type Outcome = AccountId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<AccountId> {
        tx.on_behalf_of(self.account);
        let Some(lives) = self.lives else { return Ok(self.account) };
        let second_factor = match self.proved(tx).await? {
            Ok(second_factor) => second_factor,
            Err(refused) => {
                tell(&self.told, refused);
                return Err(Error::Unauthenticated);
            }
        };
        let first = refresh_token::Model {
            id: RefreshTokenId::fresh(),
            account_id: self.account,
            family_id: Uuid::now_v7(),
            token_hash: String::new(),
            second_factor,
            began_at: tx.now(),
            issued_at: tx.now(),
            expires_at: tx.now(),
            used_at: None,
            version: 1,
        };
        let refresh_token = tx.refresh_token(&Uuid::new_v4().to_string());
        let told = continued(&first, &refresh_token);
        let row = following(tx, &first, &refresh_token, lives);
        tx.insert::<refresh_token::Entity>(row).await?;
        tell(&self.told, Begun::Session(told));
        Ok(self.account)
    }
}

impl BeginSession {
    /// Whether a second factor was proved; or why there is no session without. Who has one gives its code always,
    /// whatever the roles. The code is used up in this transaction, so no other process takes it again.
    async fn proved(&self, tx: &mut Writer<'_>) -> Result<std::result::Result<bool, Begun>> {
        let Some(held) = factor(tx, self.account).await? else {
            let wanted = self.wants_factor(tx).await?;
            return Ok(if wanted { Err(Begun::WantsFactor) } else { Ok(false) });
        };
        let Some(code) = &self.code else { return Ok(Err(Begun::WantsCode)) };
        let Some(last_step) = tx.step_of(&held, code)? else { return Ok(Err(Begun::WrongCode)) };
        let after = account_factor::Model { last_step, ..held.clone() };
        tx.update::<account_factor::Entity>(&held, after).await?;
        Ok(Ok(true))
    }

    async fn wants_factor(&self, tx: &Writer<'_>) -> Result<bool> {
        let at = Alias::own::<account_grant::Entity>();
        let reader = tx.reader();
        let held =
            reader.find::<account_grant::Entity>().filter(at.col(account_grant::Column::AccountId).eq(self.account));
        let counts =
            |it: &account_grant::Model| it.valid_from <= tx.now() && it.valid_to.is_none_or(|to| tx.now() < to);
        Ok(held.all().await?.iter().any(|it| counts(it) && self.second_factor_roles.contains(&it.role)))
    }
}

pub(super) async fn factor(tx: &Writer<'_>, account: AccountId) -> Result<Option<account_factor::Model>> {
    let owner = Alias::own::<account_factor::Entity>().col(account_factor::Column::AccountId);
    tx.reader().find::<account_factor::Entity>().filter(owner.eq(account)).one().await
}

/// The token that comes after another of the same sign-in.
fn following(tx: &Writer<'_>, before: &refresh_token::Model, text: &str, lives: Lives) -> refresh_token::Model {
    let unused = tx.now() + seconds(lives.unused_s);
    refresh_token::Model {
        id: RefreshTokenId::fresh(),
        token_hash: tx.token_hash(text),
        issued_at: tx.now(),
        expires_at: Ord::min(unused, before.began_at + seconds(lives.whole_s)),
        used_at: None,
        version: 1,
        ..before.clone()
    }
}

/// A time that a moment of this century can be moved by.
fn seconds(number: i64) -> TimeDelta {
    TimeDelta::seconds(number.clamp(0, FAMILY.num_seconds()))
}

fn continued(row: &refresh_token::Model, refresh_token: &str) -> Continued {
    Continued {
        account: row.account_id,
        family: row.family_id,
        second_factor: row.second_factor,
        refresh_token: refresh_token.to_owned(),
    }
}

/// Exchanges a refresh token for its successor, or ends its family when it was used before.
#[derive(Serialize)]
pub struct ContinueSession {
    /// The token's text.
    #[serde(skip)]
    pub text: String,
    /// How long sessions live.
    pub lives: Lives,
    /// What the endpoint answers with; nothing where the token is refused.
    #[serde(skip)]
    pub told: Told<Continued>,
}

impl Command for ContinueSession {
    const ACTION: Action = Action::TokenRefresh;
    type Outcome = RefreshTokenId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<RefreshTokenId> {
        let held = by_text(tx, &self.text).await?.ok_or(Error::Unauthenticated)?;
        tx.on_behalf_of(held.account_id);
        let at = Alias::own::<account::Entity>();
        let active = at.col(account::Column::State).eq(AccountState::Active);
        let reader = tx.reader();
        let account =
            reader.find::<account::Entity>().filter(at.col(account::Column::Id).eq(held.account_id)).filter(active);
        let young = tx.now() < held.expires_at && tx.now() < held.began_at + seconds(self.lives.whole_s);
        let usable = account.one().await?.is_some() && young && !is_revoked(tx, &held).await?;
        if !usable {
            return Err(Error::Unauthenticated);
        }
        let successor = tx.refresh_token(&self.text);
        let told = continued(&held, &successor);
        match held.used_at {
            None => {
                let used = refresh_token::Model { used_at: Some(tx.now()), ..held.clone() };
                let next = following(tx, &held, &successor, self.lives);
                tx.update::<refresh_token::Entity>(&held, used).await?;
                let id = tx.insert::<refresh_token::Entity>(next).await?;
                tell(&self.told, told);
                Ok(id)
            }
            Some(used) if tx.now() - used <= TimeDelta::seconds(GRACE_S) => {
                tell(&self.told, told);
                Ok(held.id)
            }
            // Somebody else has the copy. Who is who can't be known, so both sign in again.
            Some(_) => {
                revoke(tx, held.account_id, held.family_id, FAMILY).await?;
                Ok(held.id)
            }
        }
    }
}

/// What is to end.
pub enum Ending {
    /// The whole session of this refresh token.
    Session(String),
    /// An access token of ours, whose signature was verified.
    Token {
        /// Whose.
        account: AccountId,
        /// Its `jti`.
        token: Uuid,
        /// How long it must stay refused, in seconds.
        life_s: i64,
    },
    /// A token of the outside issuer, which was verified.
    Outside(Visitor),
}

/// Ends a session by its refresh token, or one access token. Whatever is unknown is over already.
#[derive(Serialize)]
pub struct EndSession {
    /// What is to end.
    #[serde(skip)]
    pub what: Ending,
}

impl Command for EndSession {
    const ACTION: Action = Action::TokenRevoke;
    type Outcome = RevocationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<RevocationId> {
        let unknown = || Error::NotFound("token");
        let (account, token, life) = match self.what {
            Ending::Session(text) => {
                let held = by_text(tx, &text).await?.ok_or_else(unknown)?;
                (held.account_id, held.family_id, FAMILY)
            }
            Ending::Token { account, token, life_s } => (account, token, seconds(life_s)),
            Ending::Outside(visitor) => {
                let login = Alias::own::<account::Entity>().col(account::Column::Login).eq(visitor.login.as_str());
                let account = tx.reader().find::<account::Entity>().filter(login).one().await?.ok_or_else(unknown)?;
                (account.id, visitor.token.ok_or_else(unknown)?, visitor.until - tx.now())
            }
        };
        tx.on_behalf_of(account);
        revoke(tx, account, token, life).await
    }
}

async fn by_text(tx: &Writer<'_>, text: &str) -> Result<Option<refresh_token::Model>> {
    let hash = Alias::own::<refresh_token::Entity>().col(refresh_token::Column::TokenHash);
    tx.reader().find::<refresh_token::Entity>().filter(hash.eq(tx.token_hash(text))).one().await
}

async fn is_revoked(tx: &Writer<'_>, token: &refresh_token::Model) -> Result<bool> {
    Ok(revocation(tx, token.family_id).await?.is_some())
}

async fn revocation(tx: &Writer<'_>, token_id: Uuid) -> Result<Option<revoked_token::Model>> {
    let token = Alias::own::<revoked_token::Entity>().col(revoked_token::Column::TokenId).eq(token_id);
    tx.reader().find::<revoked_token::Entity>().filter(token).one().await
}

/// Refuses a token or family from now on; once is enough.
async fn revoke(tx: &mut Writer<'_>, account_id: AccountId, token_id: Uuid, life: TimeDelta) -> Result<RevocationId> {
    if let Some(held) = revocation(tx, token_id).await? {
        return Ok(held.id);
    }
    let expires_at = tx.now() + life;
    let row = revoked_token::Model { id: RevocationId::fresh(), account_id, token_id, expires_at, version: 1 };
    tx.insert::<revoked_token::Entity>(row).await
}

/// Ends every session of an account: whoever knew the old secret must know the new one.
pub(super) async fn end_sessions(tx: &mut Writer<'_>, account: AccountId) -> Result<()> {
    let at = Alias::own::<refresh_token::Entity>();
    let reader = tx.reader();
    let open = reader.find::<refresh_token::Entity>().filter(at.col(refresh_token::Column::AccountId).eq(account));
    let open = open.filter(at.col(refresh_token::Column::UsedAt).is_null()).all().await?;
    for family in distinct(open.into_iter().map(|it| it.family_id)) {
        revoke(tx, account, family, FAMILY).await?;
    }
    Ok(())
}
