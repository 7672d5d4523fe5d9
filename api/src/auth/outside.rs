//! Access tokens of an outside issuer, such as a government's own sign-on, where the settings name one.
//!
//! The issuer says who somebody is; what they may do stands here alone: the claim that the settings name must be the
//! login of an account that exists. The algorithm comes from the key, never from the token, and is never symmetric. An
//! ID token is refused, for it tells a client who signed in and gives nobody a right here: its `typ` is not at+jwt, and
//! where the issuer says JWT of everything, an ID token's own claims give it away.

use std::{
    collections::HashMap,
    fs,
    path::{Path, PathBuf},
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, SystemTime},
};

use chrono::{DateTime, TimeDelta, Utc};
use jsonwebtoken::{Algorithm, DecodingKey, Header, Validation, decode, decode_header};
use serde::Deserialize;
use serde_json::{Map, Value};
use uuid::Uuid;

use crate::{
    auth::outside_keys::{Key, keys},
    config::Config,
    error::{Error, Result},
    hash::sha256,
};

const LEEWAY_S: i64 = 5;
/// A longer text is not looked at. Wider than our own tokens': others put roles and groups into theirs.
const LONGEST: usize = 8192;
/// The longest list of keys that is read.
const LONGEST_KEYS: usize = 64 * 1024;
/// Between two attempts to fetch the keys.
const PAUSE: TimeDelta = TimeDelta::seconds(60);
/// Keys of this age are fetched anew, so that one that the issuer withdrew ends.
const STALE: TimeDelta = TimeDelta::hours(1);
/// Keys of this age end, if the issuer has been away so long.
const OVER: TimeDelta = TimeDelta::hours(24);

/// What a good token of the outside issuer says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// The login of the account that it speaks for.
    pub login: String,
    /// A key that its issuer's name and its own make, where it has one: what it is revoked by.
    pub token: Option<Uuid>,
    /// Whether the sign-in there had a second factor.
    pub second_factor: bool,
    /// When it ends.
    pub until: DateTime<Utc>,
}

/// Checks the tokens of the outside issuer.
pub struct Outside {
    issuer: String,
    audience: String,
    claim: String,
    plain_type: bool,
    life_s: i64,
    trusted_factor: bool,
    source: Source,
    held: Mutex<Held>,
    /// One fetch at a time.
    fetching: tokio::sync::Mutex<()>,
}

/// Where the issuer's keys are.
enum Source {
    /// Kept by whoever runs this server: a closed network.
    File(PathBuf),
    /// At the issuer's address.
    Address(reqwest::Client, reqwest::Url),
}

/// The keys as they were read last.
#[derive(Default)]
struct Held {
    keys: HashMap<String, Arc<Key>>,
    /// The file's time and length when it was read.
    mark: Option<(SystemTime, u64)>,
    read_at: Option<DateTime<Utc>>,
    tried_at: Option<DateTime<Utc>>,
}

/// The claims that are looked at.
#[derive(Deserialize)]
struct Stated {
    iss: String,
    aud: Audience,
    exp: i64,
    iat: i64,
    nbf: Option<i64>,
    jti: Option<String>,
    #[serde(default)]
    amr: Vec<String>,
    typ: Option<String>,
    #[serde(flatten)]
    rest: Map<String, Value>,
}

#[derive(Deserialize)]
#[serde(untagged)]
enum Audience {
    One(String),
    Many(Vec<String>),
}

impl Outside {
    /// The issuer that the settings name; none where they name none.
    ///
    /// # Errors
    /// A sentence that names the setting to mend.
    pub fn of(config: &Config) -> std::result::Result<Option<Self>, String> {
        if config.outside_issuer.is_empty() {
            return Ok(None);
        }
        for (name, text) in [
            ("outside_audience", &config.outside_audience),
            ("outside_jwks", &config.outside_jwks),
            ("outside_claim", &config.outside_claim),
        ] {
            if text.is_empty() {
                return Err(format!("outside_issuer also needs {name}"));
            }
        }
        let plain_type = match config.outside_token_type.as_str() {
            "at+jwt" => false,
            "JWT" => true,
            other => return Err(format!("outside_token_type = '{other}': write at+jwt or JWT")),
        };
        let life_s = i64::try_from(config.outside_token_s).unwrap_or(0);
        if !(1..=86_400).contains(&life_s) {
            return Err("outside_token_s must be 1 to 86400 seconds".to_owned());
        }
        Ok(Some(Self {
            issuer: config.outside_issuer.clone(),
            audience: config.outside_audience.clone(),
            claim: config.outside_claim.clone(),
            plain_type,
            life_s,
            trusted_factor: config.outside_second_factor,
            source: source(&config.outside_jwks)?,
            held: Mutex::default(),
            fetching: tokio::sync::Mutex::default(),
        }))
    }

    /// What a token says, if it is good now.
    ///
    /// # Errors
    /// `Unauthenticated`, whatever is wrong.
    pub async fn check(&self, token: &str, now: DateTime<Utc>) -> Result<Visitor> {
        self.good(token, now).await.ok_or(Error::Unauthenticated)
    }

    async fn good(&self, token: &str, now: DateTime<Utc>) -> Option<Visitor> {
        if token.len() > LONGEST {
            return None;
        }
        let header = decode_header(token).ok().filter(|it| self.right_header(it))?;
        let key = self.key(header.kid.as_deref()?, now).await.filter(|it| it.algorithms.contains(&header.alg))?;
        let stated = signed(token, header.alg, &key.checking)?;
        let login = stated.rest.get(&self.claim)?.as_str().filter(|it| !it.is_empty())?.to_owned();
        let right = stated.iss == self.issuer
            && stated.aud.holds(&self.audience)
            && self.in_time(&stated, now.timestamp())
            && !(self.plain_type && of_identity(&stated));
        if !right {
            return None;
        }
        let second_factor = self.trusted_factor || stated.amr.iter().any(|it| it == "mfa" || it == "otp");
        let token = stated.jti.map(|jti| name_of(&self.issuer, &jti));
        let until = DateTime::from_timestamp(stated.exp.saturating_add(LEEWAY_S), 0)?;
        Some(Visitor { login, token, second_factor, until })
    }

    fn right_header(&self, header: &Header) -> bool {
        let typ = header.typ.as_deref().unwrap_or_default().to_ascii_lowercase();
        let typ = typ.strip_prefix("application/").unwrap_or(&typ);
        let right = typ == "at+jwt" || (self.plain_type && typ == "jwt");
        right && header.crit.is_none() && header.enc.is_none() && header.zip.is_none()
    }

    fn in_time(&self, stated: &Stated, now: i64) -> bool {
        let soon = now.saturating_add(LEEWAY_S);
        now < stated.exp.saturating_add(LEEWAY_S)
            && stated.iat <= soon
            && stated.nbf.is_none_or(|from| from <= soon)
            && stated.exp > stated.iat
            && stated.exp.saturating_sub(stated.iat) <= self.life_s
    }

    async fn key(&self, kid: &str, now: DateTime<Utc>) -> Option<Arc<Key>> {
        match &self.source {
            Source::File(path) => {
                self.reread(path, now);
                self.held().keys.get(kid).cloned()
            }
            Source::Address(http, url) => {
                let known = self.known(kid, now);
                if let Some((key, false)) = &known {
                    return Some(key.clone());
                }
                let turn = match known {
                    // Old keys serve while somebody fetches the new ones.
                    Some((key, _)) => match self.fetching.try_lock() {
                        Ok(turn) => turn,
                        Err(_) => return Some(key),
                    },
                    None => self.fetching.lock().await,
                };
                if self.may_try(now) && !matches!(self.known(kid, now), Some((_, false))) {
                    self.refetch(http, url, now).await;
                }
                drop(turn);
                self.known(kid, now).map(|(key, _)| key)
            }
        }
    }

    /// The key of a name, and whether it is time to fetch it anew.
    fn known(&self, kid: &str, now: DateTime<Utc>) -> Option<(Arc<Key>, bool)> {
        let held = self.held();
        let age = now - held.read_at?;
        let key = held.keys.get(kid).filter(|_| age < OVER)?.clone();
        Some((key, age >= STALE))
    }

    /// Whether keys may be fetched now; if so, they may not be for a while.
    fn may_try(&self, now: DateTime<Utc>) -> bool {
        let mut held = self.held();
        let may = held.tried_at.is_none_or(|at| now - at >= PAUSE);
        if may {
            held.tried_at = Some(now);
        }
        may
    }

    async fn refetch(&self, http: &reqwest::Client, url: &reqwest::Url, now: DateTime<Utc>) {
        match fetched(http, url).await {
            Ok(bytes) => match keys(&bytes) {
                Some(keys) => {
                    let mut held = self.held();
                    (held.keys, held.read_at) = (keys, Some(now));
                }
                None => tracing::warn!("what stands at outside_jwks is no list of keys; the old keys stay"),
            },
            Err(cause) => tracing::warn!(cause, "outside_jwks could not be fetched; the old keys stay"),
        }
    }

    /// Reads the file where it has changed. Keys that can't be read are no keys: who removes the file ends them.
    fn reread(&self, path: &Path, now: DateTime<Utc>) {
        let mark = fs::metadata(path).ok().and_then(|it| Some((it.modified().ok()?, it.len())));
        let mut held = self.held();
        if mark.is_some() && held.mark == mark {
            return;
        }
        let short = mark.is_some_and(|(_, length)| length <= u64::try_from(LONGEST_KEYS).unwrap_or(0));
        let read = short.then(|| fs::read(path).ok()).flatten().and_then(|bytes| keys(&bytes));
        if read.is_none() {
            tracing::warn!(path = %path.display(), "outside_jwks is no file with a list of keys: no outside token is taken");
        }
        (held.keys, held.mark, held.read_at) = (read.unwrap_or_default(), mark, Some(now));
    }

    fn held(&self) -> std::sync::MutexGuard<'_, Held> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Audience {
    fn holds(&self, ours: &str) -> bool {
        match self {
            Self::One(one) => one == ours,
            Self::Many(all) => all.iter().any(|it| it == ours),
        }
    }
}

/// Whether a token whose header says no more than JWT is, or may be, an ID token: those have claims that access tokens
/// have not, or lack the client that an access token was given to.
fn of_identity(stated: &Stated) -> bool {
    let telling = ["nonce", "at_hash", "c_hash", "s_hash"].iter().any(|it| stated.rest.contains_key(*it));
    let other = stated.typ.as_deref().is_some_and(|it| it != "Bearer");
    let access = ["scope", "client_id"].iter().any(|it| stated.rest.contains_key(*it));
    telling || other || !access
}

fn signed(token: &str, algorithm: Algorithm, key: &DecodingKey) -> Option<Stated> {
    let mut rules = Validation::new(algorithm);
    rules.set_required_spec_claims(&["exp"]);
    // Checked by ourselves: an audience may be one text or several, and times are those of our own clock.
    rules.validate_aud = false;
    rules.validate_exp = false;
    rules.validate_nbf = false;
    decode::<Stated>(token, key, &rules).ok().map(|it| it.claims)
}

/// A key for a token of somebody else's, by which it is revoked: theirs may be any text.
fn name_of(issuer: &str, jti: &str) -> Uuid {
    Uuid::new_v8(sha256(format!("{issuer}\0{jti}").as_bytes()))
}

fn source(text: &str) -> std::result::Result<Source, String> {
    if !text.contains("://") {
        return Ok(Source::File(PathBuf::from(text)));
    }
    let url = reqwest::Url::parse(text).map_err(|cause| format!("outside_jwks is no address: {cause}"))?;
    let near = matches!(url.host_str(), Some("localhost" | "127.0.0.1" | "[::1]"));
    if url.scheme() != "https" && !(url.scheme() == "http" && near) {
        return Err(
            "outside_jwks must begin with https://, or be a file: keys that travel in the clear can be exchanged"
                .to_owned(),
        );
    }
    // The same cryptography as of the connections to the database. Whoever came first has set it.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let http = if near { reqwest::Client::builder().tls_certs_only([]) } else { reqwest::Client::builder() };
    let http = http
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none())
        .connect_timeout(Duration::from_secs(2))
        .timeout(Duration::from_secs(3))
        // A connection belongs to the thread that opened it, and is wanted once an hour.
        .pool_max_idle_per_host(0)
        .build()
        .map_err(|cause| format!("outside_jwks can't be fetched on this machine: {cause}"))?;
    Ok(Source::Address(http, url))
}

/// The bytes at an address, up to the limit.
async fn fetched(http: &reqwest::Client, url: &reqwest::Url) -> std::result::Result<Vec<u8>, String> {
    let answer = http.get(url.clone()).header("accept", "application/json").send().await;
    let mut answer = answer.map_err(|cause| cause.without_url().to_string())?;
    if answer.status() != reqwest::StatusCode::OK {
        return Err(format!("it answered {}", answer.status()));
    }
    let mut bytes = Vec::new();
    while let Some(chunk) = answer.chunk().await.map_err(|cause| cause.without_url().to_string())? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_KEYS {
            return Err(format!("it is longer than {LONGEST_KEYS} bytes"));
        }
    }
    Ok(bytes)
}
