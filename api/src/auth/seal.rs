//! Sealing: what turns a sensitive value into ciphertext and back, and into a keyed hash to match by.
//!
//! AES-256-GCM with a random nonce; the row's person and field are bound in, so a ciphertext moved to another row does
//! not open. The hash is an HMAC: without the key a list of all possible identity numbers helps nobody.
//!
//! The key that seals rotates, under the server's feet: each value carries the name of the key that it was sealed with.
//! The keys that hash stay (see `rotation.rs`), and with them matching, refresh tokens, idempotency and cursors.

use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hmac,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::{
    cadre_sealed::Sealed,
    id::{AccountId, CadreId, ImportRowId, UploadPartId},
    kind::SealedField,
};

use crate::{
    auth::{
        address::AddressKey,
        keys::{FieldKeys, SealingKey},
    },
    error::{Error, Result},
    hash::hex,
    page::CursorKey,
};

/// What a value is said to be sealed with that was sealed before keys had names.
pub const UNNAMED: &str = "";

/// A key that seals, ready for use.
struct Sealer {
    id: String,
    aead: RandomizedNonceKey,
}

impl Sealer {
    fn new(key: &SealingKey) -> Result<Self> {
        let aead = RandomizedNonceKey::new(&AES_256_GCM, key.bytes());
        Ok(Self { id: key.id(), aead: aead.map_err(|_| Error::broken("the sealing key was refused"))? })
    }
}

/// The keys that open, of which the first seals.
struct Ring {
    current: Sealer,
    next: Option<Sealer>,
    previous: Option<Sealer>,
}

impl Ring {
    fn new(keys: &FieldKeys) -> Result<Self> {
        Ok(Self {
            current: Sealer::new(&keys.current)?,
            next: keys.next.as_ref().map(Sealer::new).transpose()?,
            previous: keys.previous.as_ref().map(Sealer::new).transpose()?,
        })
    }

    fn all(&self) -> impl Iterator<Item = &Sealer> {
        [Some(&self.current), self.previous.as_ref(), self.next.as_ref()].into_iter().flatten()
    }
}

/// The keys in use by the door.
pub struct Seal {
    ring: RwLock<Arc<Ring>>,
    matching: hmac::Key,
    inputs: hmac::Key,
    refreshing: hmac::Key,
    tokens: hmac::Key,
    /// Signs cursors.
    pub cursors: CursorKey,
    /// Signs addresses.
    pub addresses: AddressKey,
}

impl Seal {
    /// The keys that come from the field keys.
    ///
    /// # Errors
    /// `Internal` when the cryptography refuses, which it does not.
    pub fn new(keys: &FieldKeys) -> Result<Self> {
        let lookup = |key: &[u8; 32]| hmac::Key::new(hmac::HMAC_SHA256, key);
        Ok(Self {
            ring: RwLock::new(Arc::new(Ring::new(keys)?)),
            matching: lookup(&keys.lookups.matching),
            inputs: lookup(&keys.lookups.inputs),
            refreshing: lookup(&keys.lookups.refreshing),
            tokens: lookup(&keys.lookups.tokens),
            cursors: CursorKey::new(&keys.lookups.cursors),
            addresses: AddressKey::new(&keys.lookups.cursors),
        })
    }

    /// Takes the keys of a rotation.
    ///
    /// # Errors
    /// As `new`; then the old ones stay.
    pub fn renew(&self, keys: &FieldKeys) -> Result<()> {
        let ring = Arc::new(Ring::new(keys)?);
        *self.ring.write().unwrap_or_else(PoisonError::into_inner) = ring;
        Ok(())
    }

    fn ring(&self) -> Arc<Ring> {
        self.ring.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The names of the keys that open here, that of the one that seals first.
    pub fn known(&self) -> Vec<String> {
        self.ring().all().map(|it| it.id.clone()).collect()
    }

    /// Under which names stand values that are to be sealed anew. Not those of the next key: who has not heard of a
    /// promotion must not undo it.
    pub fn outworn(&self) -> Vec<String> {
        self.ring().previous.iter().map(|it| it.id.clone()).chain([UNNAMED.to_owned()]).collect()
    }

    /// Seals a value of a person; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal(&self, cadre: CadreId, field: SealedField, value: &str) -> Result<(Sealed, String)> {
        self.close(bound(cadre, field), value.as_bytes().to_vec())
    }

    /// Opens a value of a person that was sealed with a key of this name.
    ///
    /// # Errors
    /// `Internal` when that key is not here, or it was sealed for another row.
    pub fn open(&self, cadre: CadreId, field: SealedField, key_id: &str, sealed: &Sealed) -> Result<String> {
        let bytes = self.reopen(|| bound(cadre, field), key_id, sealed)?;
        String::from_utf8(bytes).map_err(|_| Error::broken("a sealed value is no text"))
    }

    /// Seals the secret of an account's second factor; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal_factor(&self, account: AccountId, secret: &[u8]) -> Result<(Sealed, String)> {
        self.close(bound_factor(account), secret.to_vec())
    }

    /// Opens the secret of an account's second factor that was sealed with a key of this name.
    ///
    /// # Errors
    /// `Internal` when that key is not here, or it was sealed for another account.
    pub fn open_factor(&self, account: AccountId, key_id: &str, sealed: &Sealed) -> Result<Vec<u8>> {
        self.reopen(|| bound_factor(account), key_id, sealed)
    }

    /// Seals a row of an imported file; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal_import_row(&self, row: ImportRowId, cells: &[u8]) -> Result<(Sealed, String)> {
        self.close(bound_row(row), cells.to_vec())
    }

    /// Opens a row of an imported file that was sealed with a key of this name.
    ///
    /// # Errors
    /// `Internal` when that key is not here, or it was sealed for another row.
    pub fn open_import_row(&self, row: ImportRowId, key_id: &str, sealed: &Sealed) -> Result<Vec<u8>> {
        self.reopen(|| bound_row(row), key_id, sealed)
    }

    /// Seals a part of a file; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal_upload_part(&self, part: UploadPartId, bytes: &[u8]) -> Result<(Sealed, String)> {
        self.close(bound_part(part), bytes.to_vec())
    }

    /// Opens a part of a file that was sealed with a key of this name.
    ///
    /// # Errors
    /// `Internal` when that key is not here, or it was sealed for another part.
    pub fn open_upload_part(&self, part: UploadPartId, key_id: &str, sealed: &Sealed) -> Result<Vec<u8>> {
        self.reopen(|| bound_part(part), key_id, sealed)
    }

    /// The keyed hash that two persons share, in whichever order they are named.
    pub fn kin_key(&self, one: CadreId, other: CadreId) -> String {
        let (first, second) = (one.min(other), one.max(other));
        hex(hmac::sign(&self.matching, format!("KIN:{}:{}", first.0, second.0).as_bytes()).as_ref())
    }

    /// Seals how two persons are kin; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal_kinship(&self, kin_key: &str, kinship: &str) -> Result<(Sealed, String)> {
        self.close(bound_kinship(kin_key), kinship.as_bytes().to_vec())
    }

    /// Seals anew how two persons are kin; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the key of the value is not here, or it was sealed for others.
    pub fn reseal_kinship(&self, kin_key: &str, key_id: &str, sealed: &Sealed) -> Result<(Sealed, String)> {
        let bytes = self.reopen(|| bound_kinship(kin_key), key_id, sealed)?;
        self.close(bound_kinship(kin_key), bytes)
    }

    fn close(&self, bound: Aad<Vec<u8>>, mut bytes: Vec<u8>) -> Result<(Sealed, String)> {
        let sealer = &self.ring().current;
        let nonce = sealer.aead.seal_in_place_append_tag(bound, &mut bytes);
        let nonce = nonce.map_err(|_| Error::broken("sealing failed"))?;
        Ok((Sealed([nonce.as_ref().as_slice(), &bytes].concat()), sealer.id.clone()))
    }

    fn reopen(&self, bound: impl Fn() -> Aad<Vec<u8>>, key_id: &str, sealed: &Sealed) -> Result<Vec<u8>> {
        let ring = self.ring();
        let mut fitting = ring.all().filter(|it| it.id == key_id || key_id == UNNAMED);
        fitting.find_map(|it| opened(it, bound(), sealed)).ok_or_else(|| {
            let key = if ring.all().any(|it| it.id == key_id) { "a known key" } else { "a key that is not here" };
            Error::broken(format!("a value sealed with {key} ({key_id}) does not open: was field_key replaced?"))
        })
    }

    /// The keyed hash that equal values share.
    pub fn match_key(&self, field: SealedField, value: &str) -> String {
        hex(hmac::sign(&self.matching, format!("{}:{value}", field.text()).as_bytes()).as_ref())
    }

    /// The refresh token that follows from a text: 256 bits that nobody without the key can foretell.
    pub fn refresh_token(&self, from: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&self.refreshing, from.as_bytes()).as_ref())
    }

    /// The keyed hash by which a refresh token is found.
    pub fn token_hash(&self, text: &str) -> String {
        hex(hmac::sign(&self.tokens, text.as_bytes()).as_ref())
    }

    /// The keyed hash of a command's input.
    pub fn input_hash(&self, input: &[u8]) -> String {
        hex(hmac::sign(&self.inputs, input).as_ref())
    }
}

fn opened(sealer: &Sealer, bound: Aad<Vec<u8>>, sealed: &Sealed) -> Option<Vec<u8>> {
    let (nonce, body) = sealed.0.split_at_checked(NONCE_LEN)?;
    let nonce = Nonce::try_assume_unique_for_key(nonce).ok()?;
    let mut bytes = body.to_vec();
    Some(sealer.aead.open_in_place(nonce, bound, &mut bytes).ok()?.to_vec())
}

fn bound(cadre: CadreId, field: SealedField) -> Aad<Vec<u8>> {
    Aad::from([cadre.0.as_bytes().as_slice(), field.text().as_bytes()].concat())
}

fn bound_factor(account: AccountId) -> Aad<Vec<u8>> {
    Aad::from([account.0.as_bytes().as_slice(), b"SECOND_FACTOR"].concat())
}

fn bound_row(row: ImportRowId) -> Aad<Vec<u8>> {
    Aad::from([row.0.as_bytes().as_slice(), b"IMPORT_ROW"].concat())
}

fn bound_part(part: UploadPartId) -> Aad<Vec<u8>> {
    Aad::from([part.0.as_bytes().as_slice(), b"UPLOAD_PART"].concat())
}

fn bound_kinship(kin_key: &str) -> Aad<Vec<u8>> {
    Aad::from([kin_key.as_bytes(), b"KINSHIP"].concat())
}
