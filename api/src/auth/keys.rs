//! The keys that sign tokens, and the key from which sealing, matching and cursors take theirs.
//!
//! A key stands in a file. Beside it may stand the next one and what is left of those before it (`rotation.rs` moves
//! them): `signing.pem`, `signing.next.pem`, `signing.retired.json`; `field.key`, `field.next.key`,
//! `field.previous.key`. A key file that others on the machine may read is refused: it would be no secret.
//!
//! Of a retired signing key its public half alone is kept, beside the keys and not in the database: who can change the
//! audit trail must not be able to choose the keys that it is verified with.

use std::{
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use aws_lc_rs::{digest, hmac, rand, signature::Ed25519KeyPair};
use base64::{Engine, prelude::BASE64_STANDARD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};
use serde::{Deserialize, Serialize};

use crate::auth::rotation::{NEXT, PREVIOUS, RETIRED, beside};
use crate::hash::hex;

/// The public half of a signing key.
pub struct PublicKey {
    /// RFC 7638 thumbprint, the `kid` of every token.
    pub kid: String,
    /// Checks.
    pub checking: DecodingKey,
    /// Since when it signs no longer; none for the current and the next key.
    pub retired: Option<Retirement>,
    /// Whether it is that of the key that signs.
    pub current: bool,
    shown: Jwk,
}

/// When a key stopped signing, in seconds since 1970.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Retirement {
    /// Since when it signs nothing.
    pub retired_at: i64,
    /// Until when tokens that it signed are good.
    pub tokens_until: i64,
}

/// A retired key in its file.
#[derive(Clone, Serialize, Deserialize)]
pub(super) struct RetiredKey {
    #[serde(flatten)]
    pub(super) key: Jwk,
    #[serde(flatten)]
    pub(super) when: Retirement,
}

/// The file of retired keys.
#[derive(Default, Serialize, Deserialize)]
pub(super) struct RetiredKeys {
    pub(super) keys: Vec<RetiredKey>,
}

impl PublicKey {
    fn new(mut jwk: Jwk, retired: Option<Retirement>) -> Result<Self, jsonwebtoken::errors::Error> {
        let kid = jwk.thumbprint(ThumbprintHash::SHA256)?;
        jwk.common.key_id = Some(kid.clone());
        jwk.common.public_key_use = Some(PublicKeyUse::Signature);
        let checking = DecodingKey::from_jwk(&jwk)?;
        Ok(Self { kid, checking, retired, current: false, shown: jwk })
    }

    /// In the file of retired keys.
    pub(super) fn retire(&self, when: Retirement) -> RetiredKey {
        RetiredKey { key: self.shown.clone(), when }
    }

    /// Whether tokens that it signed are good now.
    pub fn counts(&self, now: i64) -> bool {
        self.retired.is_none_or(|it| now < it.tokens_until)
    }
}

/// The key that signs, and every public half that checks: the current one's first, the next one's, retired ones'.
pub struct TokenKeys {
    /// Signs.
    pub signing: EncodingKey,
    /// Which key signs.
    pub kid: String,
    known: Vec<PublicKey>,
}

impl TokenKeys {
    /// Reads the Ed25519 key of a PKCS #8 PEM file and those beside it.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn read(path: &Path) -> Result<Self, String> {
        // In the order in which rotation writes backwards: a key that moves meanwhile is met twice, never missed.
        let (signing, mut public) = pair(path)?;
        public.current = true;
        let (kid, mut known) = (public.kid.clone(), vec![public]);
        let next = beside(path, NEXT);
        if next.exists() {
            known.push(pair(&next)?.1);
        }
        for it in retired(path)?.keys {
            let key = PublicKey::new(it.key, Some(it.when));
            let key = key.map_err(|cause| format!("{} can't be used: {cause}", beside(path, RETIRED).display()))?;
            if known.iter().all(|it| it.kid != key.kid) {
                known.push(key);
            }
        }
        Ok(Self { signing, kid, known })
    }

    /// The public half of a key that ever signed here, or will next.
    pub fn public(&self, kid: &str) -> Option<&PublicKey> {
        self.known.iter().find(|it| it.kid == kid)
    }

    /// Every public half: the current key's, the next one's, the last retired first.
    pub fn all(&self) -> &[PublicKey] {
        &self.known
    }

    /// What `/.well-known/jwks.json` shows: every key whose tokens are good now.
    pub fn published(&self, now: i64) -> JwkSet {
        JwkSet { keys: self.known.iter().filter(|it| it.counts(now)).map(|it| it.shown.clone()).collect() }
    }
}

fn pair(path: &Path) -> Result<(EncodingKey, PublicKey), String> {
    let pem = secret_file(path)?;
    let signing = EncodingKey::from_ed_pem(pem.as_bytes())
        .map_err(|_| format!("{} is no Ed25519 key in PKCS #8 PEM; {MAKE}", path.display()))?;
    let public = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).and_then(|it| PublicKey::new(it, None));
    let public = public.map_err(|cause| format!("{} can't be used: {cause}", path.display()))?;
    Ok((signing, public))
}

/// The retired keys beside a signing key. They are no secret, but who could add one could sign.
pub(super) fn retired(path: &Path) -> Result<RetiredKeys, String> {
    let path = beside(path, RETIRED);
    if !path.exists() {
        return Ok(RetiredKeys::default());
    }
    let text = owned_file(&path, 0o022, "changed")?;
    serde_json::from_str(&text).map_err(|cause| format!("{} is damaged ({cause}): restore it", path.display()))
}

/// A key that seals values.
#[derive(Clone, PartialEq, Eq)]
pub struct SealingKey(pub(super) [u8; 32]);

impl SealingKey {
    /// Its name beside every value that it sealed. Tells nothing of the key.
    pub fn id(&self) -> String {
        let digest = digest::digest(&digest::SHA256, &[b"tidui sealing key ".as_slice(), &self.0].concat());
        hex(digest.as_ref().split_at(8).0)
    }

    /// The bytes.
    pub fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

/// The keys of what must stay equal for equal input: hashes to match by, tokens, cursors. They do not rotate: see
/// `rotation.rs`.
#[derive(Clone, PartialEq, Eq)]
pub struct LookupKeys {
    /// Of values that identify a person.
    pub matching: [u8; 32],
    /// Of the inputs of commands.
    pub inputs: [u8; 32],
    /// From one refresh token to the next.
    pub refreshing: [u8; 32],
    /// Of refresh tokens at rest.
    pub tokens: [u8; 32],
    /// Of cursors.
    pub cursors: [u8; 32],
}

/// One file of a field key.
#[derive(Clone, PartialEq, Eq)]
pub(super) struct FieldKey {
    pub(super) sealing: SealingKey,
    pub(super) lookups: LookupKeys,
}

impl FieldKey {
    pub(super) fn read(path: &Path) -> Result<Self, String> {
        let text = secret_file(path)?;
        Self::parse(text.trim()).ok_or_else(|| format!("{} is no field key; {MAKE}", path.display()))
    }

    /// Either 64 hexadecimal digits, from which each use derives a key of its own, or those keys by name.
    fn parse(text: &str) -> Option<Self> {
        let root = bytes(text).map(|root| hmac::Key::new(hmac::HMAC_SHA256, &root));
        let key = |name: &str| -> Option<[u8; 32]> {
            if let Some(root) = &root {
                return hmac::sign(root, name.as_bytes()).as_ref().try_into().ok();
            }
            let line = text.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(' '));
            bytes(line?.trim())
        };
        Some(Self {
            sealing: SealingKey(key("seal.v1")?),
            lookups: LookupKeys {
                matching: key("match.v1")?,
                inputs: key("input.v1")?,
                refreshing: key("refresh.v1")?,
                tokens: key("token.v1")?,
                cursors: key("cursor.v1")?,
            },
        })
    }

    pub(super) fn text(&self) -> String {
        let LookupKeys { matching, inputs, refreshing, tokens, cursors } = &self.lookups;
        let all = [
            ("seal.v1", self.sealing.bytes()),
            ("match.v1", matching),
            ("input.v1", inputs),
            ("refresh.v1", refreshing),
            ("token.v1", tokens),
            ("cursor.v1", cursors),
        ];
        all.map(|(name, key)| format!("{name} {}\n", hex(key))).concat()
    }
}

/// Every field key that a server needs.
pub struct FieldKeys {
    /// Seals and opens.
    pub current: SealingKey,
    /// Opens what another process sealed, which heard of a rotation first.
    pub next: Option<SealingKey>,
    /// Opens what is not sealed anew yet.
    pub previous: Option<SealingKey>,
    /// Equal for all of them.
    pub lookups: LookupKeys,
}

impl FieldKeys {
    /// Reads the key of a file and those beside it.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn read(path: &Path) -> Result<Self, String> {
        let FieldKey { sealing: current, lookups } = FieldKey::read(path)?;
        let other = |word: &str| {
            let path = beside(path, word);
            if !path.exists() {
                return Ok(None);
            }
            let key = FieldKey::read(&path)?;
            if key.lookups != lookups {
                let why = "is no key of this deployment: it was not made by tidui key rotate here; move it away";
                return Err(format!("{} {why}", path.display()));
            }
            Ok(Some(key.sealing).filter(|it| *it != current))
        };
        let (next, previous) = (other(NEXT)?, other(PREVIOUS)?);
        Ok(Self { current, next, previous, lookups })
    }
}

/// Makes a pair of key files, readable by their owner alone. An existing file is never overwritten.
///
/// # Errors
/// A sentence that says what to do.
pub fn generate(signing: &Path, field: &Path) -> Result<(), String> {
    // Looked at first, so that no half of a pair is left beside another's.
    if let Some(path) = [signing, field].into_iter().find(|path| path.exists()) {
        return Err(kept(path));
    }
    write_secret(signing, &fresh_signing_key()?)?;
    write_secret(field, &format!("{}\n", hex(&fresh_bytes()?)))
}

/// A new signing key, as its file holds it.
pub(super) fn fresh_signing_key() -> Result<String, String> {
    let pair = Ed25519KeyPair::generate().map_err(|_| NO_RANDOM.to_owned())?;
    let der = pair.to_pkcs8v1().map_err(|_| NO_RANDOM.to_owned())?;
    Ok(format!("-----BEGIN PRIVATE KEY-----\n{}\n-----END PRIVATE KEY-----\n", BASE64_STANDARD.encode(der.as_ref())))
}

pub(super) fn fresh_bytes() -> Result<[u8; 32], String> {
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| NO_RANDOM.to_owned())?;
    Ok(bytes)
}

const NO_RANDOM: &str = "the machine gave no random bytes";

fn kept(path: &Path) -> String {
    format!("{} exists and is kept: name another place with --dir, or move it away first", path.display())
}

pub(super) fn write_secret(path: &Path, text: &str) -> Result<(), String> {
    let failed = |cause: std::io::Error| format!("can't write {}: {cause}", path.display());
    if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => kept(path),
        _ => failed(cause),
    })?;
    file.write_all(text.as_bytes()).and_then(|()| file.sync_all()).map_err(failed)
}

/// What to do where there is no key.
const MAKE: &str = "make one with: tidui key generate";

fn secret_file(path: &Path) -> Result<String, String> {
    owned_file(path, 0o077, "read")
}

/// The text of a file that others may not read, or change.
fn owned_file(path: &Path, forbidden: u32, what: &str) -> Result<String, String> {
    let about = fs::metadata(path).map_err(|cause| format!("can't read {}: {cause}; {MAKE}", path.display()))?;
    if about.permissions().mode() & forbidden != 0 {
        return Err(format!("{} can be {what} by others: chmod 600 {0}", path.display()));
    }
    fs::read_to_string(path).map_err(|cause| format!("can't read {}: {cause}", path.display()))
}

/// 32 bytes from 64 hexadecimal digits.
fn bytes(text: &str) -> Option<[u8; 32]> {
    let digits: Vec<u8> =
        text.chars().map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok())).collect::<Option<_>>()?;
    let pairs = digits.chunks(2).map(|pair| pair.first().zip(pair.get(1)).map(|(high, low)| high << 4 | low));
    pairs.collect::<Option<Vec<u8>>>()?.try_into().ok()
}
