//! The keys: one that signs tokens, one from which sealing, matching and cursors take theirs.
//!
//! A key file that others on the machine may read is refused: it would be no secret.

use std::{
    fs,
    io::Write,
    os::unix::fs::{OpenOptionsExt, PermissionsExt},
    path::Path,
};

use aws_lc_rs::{
    encoding::AsDer,
    hmac, rand,
    signature::{Ed25519KeyPair, KeyPair},
};
use base64::{Engine, prelude::BASE64_STANDARD};
use jsonwebtoken::{
    Algorithm, DecodingKey, EncodingKey,
    jwk::{Jwk, JwkSet, PublicKeyUse, ThumbprintHash},
};

/// The key that signs tokens, and the public half that others check them with.
pub struct TokenKeys {
    /// Signs.
    pub signing: EncodingKey,
    /// Checks.
    pub checking: DecodingKey,
    /// RFC 7638 thumbprint, the `kid` of every token.
    pub kid: String,
    /// What `/.well-known/jwks.json` shows.
    pub published: JwkSet,
}

impl TokenKeys {
    /// Reads an Ed25519 key from a PKCS #8 PEM file.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn read(path: &Path) -> Result<Self, String> {
        let make = "make one with: tidui key generate";
        let pem = secret_file(path, make)?;
        let signing = EncodingKey::from_ed_pem(pem.as_bytes())
            .map_err(|_| format!("{} is no Ed25519 key in PKCS #8 PEM; {make}", path.display()))?;
        let broken = |cause: jsonwebtoken::errors::Error| format!("{} can't be used: {cause}", path.display());
        let mut public = Jwk::from_encoding_key(&signing, Algorithm::EdDSA).map_err(broken)?;
        let kid = public.thumbprint(ThumbprintHash::SHA256).map_err(broken)?;
        public.common.key_id = Some(kid.clone());
        public.common.public_key_use = Some(PublicKeyUse::Signature);
        let checking = DecodingKey::from_jwk(&public).map_err(broken)?;
        Ok(Self { signing, checking, kid, published: JwkSet { keys: vec![public] } })
    }
}

/// The secret behind sealed fields, matching and cursors. Each use gets a key of its own.
pub struct FieldKey(hmac::Key);

impl FieldKey {
    /// Reads 32 bytes in hexadecimal.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn read(path: &Path) -> Result<Self, String> {
        let make = "make one with: tidui key generate";
        let text = secret_file(path, make)?;
        let bytes = unhex(text.trim()).filter(|bytes| bytes.len() == 32);
        let bytes = bytes.ok_or_else(|| format!("{} is not 64 hexadecimal digits; {make}", path.display()))?;
        Ok(Self(hmac::Key::new(hmac::HMAC_SHA256, &bytes)))
    }

    /// The key for one use, always the same.
    pub fn derive(&self, for_what: &str) -> [u8; 32] {
        let mut out = [0; 32];
        let tag = hmac::sign(&self.0, for_what.as_bytes());
        out.iter_mut().zip(tag.as_ref()).for_each(|(to, from)| *to = *from);
        out
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
    let random = "the machine gave no random bytes";
    let pair = Ed25519KeyPair::generate().map_err(|_| random.to_owned())?;
    let der = pair.to_pkcs8v1().map_err(|_| random.to_owned())?;
    debug_assert!(!pair.public_key().as_der().is_ok_and(|it| it.as_ref().is_empty()));
    let body = BASE64_STANDARD.encode(der.as_ref());
    write_secret(signing, &format!("-----BEGIN PRIVATE KEY-----\n{body}\n-----END PRIVATE KEY-----\n"))?;
    let mut bytes = [0; 32];
    rand::fill(&mut bytes).map_err(|_| random.to_owned())?;
    write_secret(field, &format!("{}\n", hex(&bytes)))
}

fn kept(path: &Path) -> String {
    format!("{} exists and is kept: name another place with --dir, or move it away first", path.display())
}

fn write_secret(path: &Path, text: &str) -> Result<(), String> {
    let failed = |cause: std::io::Error| format!("can't write {}: {cause}", path.display());
    if let Some(folder) = path.parent().filter(|it| !it.as_os_str().is_empty()) {
        fs::create_dir_all(folder).map_err(failed)?;
    }
    let file = fs::OpenOptions::new().write(true).create_new(true).mode(0o600).open(path);
    let mut file = file.map_err(|cause| match cause.kind() {
        std::io::ErrorKind::AlreadyExists => kept(path),
        _ => failed(cause),
    })?;
    file.write_all(text.as_bytes()).map_err(failed)
}

fn secret_file(path: &Path, make: &str) -> Result<String, String> {
    let about = fs::metadata(path).map_err(|cause| format!("can't read {}: {cause}; {make}", path.display()))?;
    if about.permissions().mode() & 0o077 != 0 {
        return Err(format!("{} can be read by others: chmod 600 {0}", path.display()));
    }
    fs::read_to_string(path).map_err(|cause| format!("can't read {}: {cause}", path.display()))
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> =
        text.chars().map(|it| it.to_digit(16).and_then(|it| u8::try_from(it).ok())).collect::<Option<_>>()?;
    digits.chunks(2).map(|pair| pair.first().zip(pair.get(1)).map(|(high, low)| high << 4 | low)).collect()
}
