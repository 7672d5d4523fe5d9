//! Sealing: what turns a sensitive value into ciphertext and back, and into a keyed hash to match by.
//!
//! AES-256-GCM with a random nonce; the row's person and field are bound in, so a ciphertext moved to another row does
//! not open. The hash is an HMAC: without the key a list of all possible identity numbers helps nobody.

use aws_lc_rs::{
    aead::{AES_256_GCM, Aad, NONCE_LEN, Nonce, RandomizedNonceKey},
    hmac,
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::{
    cadre_sealed::Sealed,
    id::{AccountId, CadreId},
    kind::SealedField,
};

use crate::{
    auth::keys::{FieldKey, hex},
    error::{Error, Result},
    page::CursorKey,
};

/// The keys in use by the door.
pub struct Seal {
    aead: RandomizedNonceKey,
    matching: hmac::Key,
    inputs: hmac::Key,
    refreshing: hmac::Key,
    tokens: hmac::Key,
    /// Signs cursors.
    pub cursors: CursorKey,
}

impl Seal {
    /// The keys that come from one field key.
    ///
    /// # Errors
    /// `Internal` when the cryptography refuses, which it does not.
    pub fn new(key: &FieldKey) -> Result<Self> {
        let refused = |_| Error::broken("the sealing key was refused");
        Ok(Self {
            aead: RandomizedNonceKey::new(&AES_256_GCM, &key.derive("seal.v1")).map_err(refused)?,
            matching: hmac::Key::new(hmac::HMAC_SHA256, &key.derive("match.v1")),
            inputs: hmac::Key::new(hmac::HMAC_SHA256, &key.derive("input.v1")),
            refreshing: hmac::Key::new(hmac::HMAC_SHA256, &key.derive("refresh.v1")),
            tokens: hmac::Key::new(hmac::HMAC_SHA256, &key.derive("token.v1")),
            cursors: CursorKey::new(&key.derive("cursor.v1")),
        })
    }

    /// Seals a value of a person.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal(&self, cadre: CadreId, field: SealedField, value: &str) -> Result<Sealed> {
        let mut bytes = value.as_bytes().to_vec();
        let nonce = self.aead.seal_in_place_append_tag(bound(cadre, field), &mut bytes);
        let nonce = nonce.map_err(|_| Error::broken("sealing failed"))?;
        Ok(Sealed([nonce.as_ref().as_slice(), &bytes].concat()))
    }

    /// Opens a value of a person.
    ///
    /// # Errors
    /// `Internal` when it was sealed with another key or for another row.
    pub fn open(&self, cadre: CadreId, field: SealedField, sealed: &Sealed) -> Result<String> {
        let broken = || Error::broken("a sealed value does not open: was field_key replaced?");
        let (nonce, body) = sealed.0.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut bytes = body.to_vec();
        let text = self.aead.open_in_place(nonce, bound(cadre, field), &mut bytes).map_err(|_| broken())?;
        String::from_utf8(text.to_vec()).map_err(|_| broken())
    }

    /// Seals the secret of an account's second factor.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal_factor(&self, account: AccountId, secret: &[u8]) -> Result<Sealed> {
        let mut bytes = secret.to_vec();
        let nonce = self.aead.seal_in_place_append_tag(bound_factor(account), &mut bytes);
        let nonce = nonce.map_err(|_| Error::broken("sealing failed"))?;
        Ok(Sealed([nonce.as_ref().as_slice(), &bytes].concat()))
    }

    /// Opens the secret of an account's second factor.
    ///
    /// # Errors
    /// `Internal` when it was sealed with another key or for another account.
    pub fn open_factor(&self, account: AccountId, sealed: &Sealed) -> Result<Vec<u8>> {
        let broken = || Error::broken("the secret of a second factor does not open: was field_key replaced?");
        let (nonce, body) = sealed.0.split_at_checked(NONCE_LEN).ok_or_else(broken)?;
        let nonce = Nonce::try_assume_unique_for_key(nonce).map_err(|_| broken())?;
        let mut bytes = body.to_vec();
        Ok(self.aead.open_in_place(nonce, bound_factor(account), &mut bytes).map_err(|_| broken())?.to_vec())
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

fn bound(cadre: CadreId, field: SealedField) -> Aad<Vec<u8>> {
    Aad::from([cadre.0.as_bytes().as_slice(), field.text().as_bytes()].concat())
}

fn bound_factor(account: AccountId) -> Aad<Vec<u8>> {
    Aad::from([account.0.as_bytes().as_slice(), b"SECOND_FACTOR"].concat())
}
