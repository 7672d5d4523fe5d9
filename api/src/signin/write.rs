//! Commands of signing in: sessions begin, go on, end. The server's own job runs them for the account concerned.
//!
//! A refresh token is good once. Its successor follows from it by a keyed hash, so a phone that did not hear the answer
//! and asks again within the grace gets the same successor, without one being kept in the clear. A token that comes
//! back after the grace was copied: its whole family ends.

use std::sync::{Arc, Mutex, PoisonError};

use chrono::TimeDelta;
use entity::{
    account, account_credential,
    id::{AccountId, CredentialId, RefreshTokenId, RevocationId},
    kind::AccountState,
    refresh_token, revoked_token,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    auth::token::{CLOCKS_APART_S, LIFE_S},
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
    /// The refresh token to use next.
    pub refresh_token: String,
}

/// Where a command puts what the endpoint needs besides the row's key.
pub type Told<T> = Arc<Mutex<Option<T>>>;

fn tell<T>(told: &Told<T>, what: T) {
    *told.lock().unwrap_or_else(PoisonError::into_inner) = Some(what);
}

/// Begins a session of an account whose secret was verified.
#[derive(Serialize)]
pub struct BeginSession {
    /// The account.
    pub account: AccountId,
    /// How long a refresh token lives, in seconds; none for a machine, which signs in again instead.
    pub refresh_life_s: Option<i64>,
    /// What the endpoint answers with, where there is a refresh token.
    #[serde(skip)]
    pub told: Told<Continued>,
}

impl Command for BeginSession {
    const ACTION: Action = Action::SignIn;
    type Outcome = AccountId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<AccountId> {
        tx.on_behalf_of(self.account);
        let Some(life_s) = self.refresh_life_s else { return Ok(self.account) };
        let family = Uuid::now_v7();
        let refresh_token = tx.refresh_token(&Uuid::new_v4().to_string());
        let row = row(tx, self.account, family, &refresh_token, life_s);
        tx.insert::<refresh_token::Entity>(row).await?;
        tell(&self.told, Continued { account: self.account, family, refresh_token });
        Ok(self.account)
    }
}

fn row(tx: &Writer<'_>, account_id: AccountId, family_id: Uuid, text: &str, life_s: i64) -> refresh_token::Model {
    refresh_token::Model {
        id: RefreshTokenId::fresh(),
        account_id,
        family_id,
        token_hash: tx.token_hash(text),
        issued_at: tx.now(),
        expires_at: tx.now() + TimeDelta::seconds(life_s),
        used_at: None,
        version: 1,
    }
}

/// Exchanges a refresh token for its successor, or ends its family when it was used before.
#[derive(Serialize)]
pub struct ContinueSession {
    /// The token's text.
    #[serde(skip)]
    pub text: String,
    /// How long a refresh token lives, in seconds.
    pub refresh_life_s: i64,
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
        let usable = account.one().await?.is_some() && tx.now() < held.expires_at && !is_revoked(tx, &held).await?;
        if !usable {
            return Err(Error::Unauthenticated);
        }
        let successor = tx.refresh_token(&self.text);
        let told = Continued { account: held.account_id, family: held.family_id, refresh_token: successor.clone() };
        match held.used_at {
            None => {
                let used = refresh_token::Model { used_at: Some(tx.now()), ..held.clone() };
                let next = row(tx, held.account_id, held.family_id, &successor, self.refresh_life_s);
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

/// Ends a session by its refresh token, or one access token. Whatever is unknown is over already.
#[derive(Serialize)]
pub struct EndSession {
    /// A refresh token's text.
    #[serde(skip)]
    pub refresh_token: Option<String>,
    /// The account and `jti` of an access token whose signature was verified.
    pub access_token: Option<(AccountId, Uuid)>,
}

impl Command for EndSession {
    const ACTION: Action = Action::TokenRevoke;
    type Outcome = RevocationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<RevocationId> {
        if let Some((account, token)) = self.access_token {
            tx.on_behalf_of(account);
            return revoke(tx, account, token, TimeDelta::seconds(2 * LIFE_S)).await;
        }
        let held = by_text(tx, &self.refresh_token.unwrap_or_default()).await?.ok_or(Error::NotFound("token"))?;
        tx.on_behalf_of(held.account_id);
        revoke(tx, held.account_id, held.family_id, FAMILY).await
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

/// Sets what an account signs in with.
#[derive(Serialize)]
pub struct SetSecret {
    /// The account.
    pub account: AccountId,
    /// Argon2id in PHC form.
    #[serde(skip)]
    pub secret_hash: String,
}

impl Command for SetSecret {
    const ACTION: Action = Action::SecretSet;
    type Outcome = CredentialId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CredentialId> {
        tx.get::<account::Entity>(self.account).await?;
        let owner = Alias::own::<account_credential::Entity>().col(account_credential::Column::AccountId);
        let held = tx.reader().find::<account_credential::Entity>().filter(owner.eq(self.account)).one().await?;
        let set_at = tx.now();
        end_sessions(tx, self.account).await?;
        match held {
            Some(held) => {
                let after = account_credential::Model { secret_hash: self.secret_hash, set_at, ..held.clone() };
                tx.update::<account_credential::Entity>(&held, after).await?;
                Ok(held.id)
            }
            None => {
                let id = CredentialId::fresh();
                let (account_id, secret_hash) = (self.account, self.secret_hash);
                let row = account_credential::Model { id, account_id, secret_hash, set_at, version: 1 };
                tx.insert::<account_credential::Entity>(row).await
            }
        }
    }
}

/// Ends every session of an account: whoever knew the old secret must know the new one.
async fn end_sessions(tx: &mut Writer<'_>, account: AccountId) -> Result<()> {
    let at = Alias::own::<refresh_token::Entity>();
    let reader = tx.reader();
    let open = reader.find::<refresh_token::Entity>().filter(at.col(refresh_token::Column::AccountId).eq(account));
    let open = open.filter(at.col(refresh_token::Column::UsedAt).is_null()).all().await?;
    for family in distinct(open.into_iter().map(|it| it.family_id)) {
        revoke(tx, account, family, FAMILY).await?;
    }
    Ok(())
}
