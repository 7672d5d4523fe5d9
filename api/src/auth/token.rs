//! Access tokens: what they must carry, how they are checked, and the memory of checked ones.
//!
//! The library's defaults are too lax for us (RFC 8725, RFC 9068), so everything but the signature is checked here:
//! `typ` at+jwt, our own `kid`, no `crit`, iss, aud, sub, exp, iat and jti present, at most 15 minutes, 5 seconds of
//! leeway. `jku`, `x5u` and `jwk` headers are never read.
//!
//! Clocks of two servers may stand ten seconds apart: a token may seem to be issued that long in the future and is good
//! all the same. Nothing is lost by it, because its life is measured from `iat` and is never longer than ours. One that is
//! issued by a clock behind ours ends that much earlier for us, and its holder refreshes it. Ten seconds is also what the
//! grace of refresh tokens and the validity of a fresh grant may be off by.
//!
//! Keys rotate under the server's feet. Each check asks whether the key counts now, also for a remembered token.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use entity::id::AccountId;
use jsonwebtoken::{Algorithm, Header, Validation, decode, decode_header, encode};
use moka::sync::Cache;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::{
    auth::keys::TokenKeys,
    error::{Error, Result},
    hash::sha256,
};

/// Longest life of a token, in seconds.
pub const LIFE_S: i64 = 15 * 60;
/// By how much a token's end may be missed, in seconds.
pub const LEEWAY_S: i64 = 5;
/// By how much another server's clock may be ahead of ours, and the leeway, in seconds.
pub const AHEAD_S: i64 = CLOCKS_APART_S + LEEWAY_S;
/// By how much the clocks of two servers may differ, in seconds.
pub const CLOCKS_APART_S: i64 = 10;
/// A longer text is no token of ours, and is not looked at.
const LONGEST: usize = 4096;

/// Whom a token speaks for.
pub type Subject = AccountId;

/// What a token says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Claims {
    /// Who issued it.
    pub iss: String,
    /// Whom it is for. One text: a token for several services is refused.
    pub aud: String,
    /// The account.
    pub sub: AccountId,
    /// When it ends, in seconds since 1970.
    pub exp: i64,
    /// When it was issued.
    pub iat: i64,
    /// From when it may be used.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub nbf: Option<i64>,
    /// Its own name.
    pub jti: Uuid,
    /// The sign-in that it follows from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sid: Option<Uuid>,
    /// How the sign-in was proved (RFC 8176), where it was by more than one factor.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub amr: Vec<String>,
}

impl Claims {
    /// Whether the sign-in had a second factor.
    pub fn second_factor(&self) -> bool {
        self.amr.iter().any(|it| it == "mfa")
    }
}

/// Issues tokens and checks them.
pub struct Tokens {
    keys: RwLock<Arc<TokenKeys>>,
    issuer: String,
    audience: String,
    /// Keys and claims of checked tokens by the hash of their text: a signature is checked once. Time, and whether the
    /// key counts, are checked always.
    checked: Cache<[u8; 32], (Arc<str>, Arc<Claims>)>,
}

impl Tokens {
    /// For one issuer and audience.
    pub fn new(keys: TokenKeys, issuer: &str, audience: &str) -> Self {
        let checked = Cache::builder()
            .max_capacity(100_000)
            .time_to_live(std::time::Duration::from_secs(u64::try_from(LIFE_S + LEEWAY_S).unwrap_or(900)))
            .build();
        let keys = RwLock::new(Arc::new(keys));
        Self { keys, issuer: issuer.to_owned(), audience: audience.to_owned(), checked }
    }

    /// Takes the keys of a rotation.
    pub fn renew(&self, keys: TokenKeys) {
        *self.keys.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(keys);
    }

    fn keys(&self) -> Arc<TokenKeys> {
        self.keys.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The public keys whose tokens are good now.
    pub fn published(&self, now: DateTime<Utc>) -> jsonwebtoken::jwk::JwkSet {
        self.keys().published(now.timestamp())
    }

    /// A fresh token for an account, of a sign-in where there was one, which had a second factor or not.
    ///
    /// # Errors
    /// `Internal` when signing fails.
    pub fn issue(&self, sub: AccountId, sid: Option<Uuid>, second_factor: bool, now: DateTime<Utc>) -> Result<String> {
        let iat = now.timestamp();
        let claims = Claims {
            iss: self.issuer.clone(),
            aud: self.audience.clone(),
            sub,
            exp: iat + LIFE_S,
            iat,
            nbf: None,
            jti: Uuid::now_v7(),
            sid,
            amr: if second_factor { ["pwd", "otp", "mfa"].map(str::to_owned).to_vec() } else { Vec::new() },
        };
        let mut header = Header::new(Algorithm::EdDSA);
        header.typ = Some("at+jwt".to_owned());
        let keys = self.keys();
        header.kid = Some(keys.kid.clone());
        encode(&header, &claims, &keys.signing).map_err(Error::internal)
    }

    /// What a token says, if it is good now.
    ///
    /// # Errors
    /// `Unauthenticated`, whatever is wrong: telling a forger which check failed would help nobody else.
    pub fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Arc<Claims>> {
        if token.len() > LONGEST {
            return Err(Error::Unauthenticated);
        }
        let name: [u8; 32] = sha256(token.as_bytes());
        let (keys, now) = (self.keys(), now.timestamp());
        let (kid, claims) = match self.checked.get(&name) {
            Some(known) => known,
            None => {
                let (kid, claims) = self.signed(&keys, token).ok_or(Error::Unauthenticated)?;
                let known = (kid.into(), Arc::new(claims));
                self.checked.insert(name, known.clone());
                known
            }
        };
        let counts = keys.public(&kid).is_some_and(|it| it.counts(now));
        if counts && in_time(&claims, now) { Ok(claims) } else { Err(Error::Unauthenticated) }
    }

    /// The key and the claims of a token with a good signature.
    fn signed(&self, keys: &TokenKeys, token: &str) -> Option<(String, Claims)> {
        let header = decode_header(token).ok()?;
        let ours = header.typ.as_deref().is_some_and(|it| it.eq_ignore_ascii_case("at+jwt"))
            && header.crit.is_none()
            && header.alg == Algorithm::EdDSA;
        if !ours {
            return None;
        }
        let kid = header.kid?;
        let key = keys.public(&kid)?;
        let mut rules = Validation::new(Algorithm::EdDSA);
        rules.set_required_spec_claims(&["iss", "aud", "sub", "exp"]);
        rules.set_issuer(&[&self.issuer]);
        rules.set_audience(&[&self.audience]);
        // Times are checked against our own clock, each time the token is used.
        rules.validate_exp = false;
        rules.validate_nbf = false;
        decode::<Claims>(token, &key.checking, &rules).ok().map(|it| (kid, it.claims))
    }
}

fn in_time(claims: &Claims, now: i64) -> bool {
    now < claims.exp.saturating_add(LEEWAY_S)
        && claims.iat <= now.saturating_add(AHEAD_S)
        && claims.nbf.is_none_or(|from| from <= now.saturating_add(AHEAD_S))
        && claims.exp > claims.iat
        && claims.exp.saturating_sub(claims.iat) <= LIFE_S
}
