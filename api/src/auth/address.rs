//! Addresses that are their own credential: whoever holds one may bring one file in, or take one out, until it is over.
//!
//! A browser or a phone sends a file without a token in a header, and what stands in the way may not keep tokens in its
//! logs. So an address names one thing, one purpose and its end, signed with a key that does not rotate, as cursors are.
//! That it is good once is kept by the row that it names.

use aws_lc_rs::{constant_time, hmac};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::{DateTime, Utc};
use uuid::Uuid;

use crate::error::{Error, Result};

/// What an address is good for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To bring a file in.
    Upload,
    /// To take a file out.
    Download,
}

impl Purpose {
    /// The first byte of what is signed.
    const fn mark(self) -> u8 {
        match self {
            Self::Upload => b'u',
            Self::Download => b'd',
        }
    }
}

/// Bytes of the signature at the front.
const TAG: usize = 32;

/// Signs and checks addresses.
#[derive(Clone)]
pub struct AddressKey(hmac::Key);

impl AddressKey {
    /// A key of its own from the secret of cursors, which a rotation hands on.
    pub fn new(cursors: &[u8]) -> Self {
        let root = hmac::Key::new(hmac::HMAC_SHA256, cursors);
        Self(hmac::Key::new(hmac::HMAC_SHA256, hmac::sign(&root, b"address.v1").as_ref()))
    }

    /// The last part of an address: letters, digits, hyphens and underscores.
    pub fn sign(&self, purpose: Purpose, id: Uuid, expires_at: DateTime<Utc>) -> String {
        let body = [id.as_bytes().as_slice(), &expires_at.timestamp().to_be_bytes()].concat();
        let tag = self.tag(purpose, &body);
        BASE64_URL_SAFE_NO_PAD.encode([tag.as_ref(), &body].concat())
    }

    /// What an address of this purpose names.
    ///
    /// # Errors
    /// `NotFound`, whether it is forged, over or of another purpose: who tries addresses learns nothing.
    pub fn read(&self, purpose: Purpose, text: &str, now: DateTime<Utc>) -> Result<Uuid> {
        self.known(purpose, text).filter(|(_, end)| now.timestamp() < *end).map(|(id, _)| id).ok_or(GONE)
    }

    fn known(&self, purpose: Purpose, text: &str) -> Option<(Uuid, i64)> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
        let (tag, body) = bytes.split_at_checked(TAG)?;
        constant_time::verify_slices_are_equal(tag, self.tag(purpose, body).as_ref()).ok()?;
        let (id, end) = body.split_at_checked(16)?;
        Some((Uuid::from_slice(id).ok()?, i64::from_be_bytes(end.try_into().ok()?)))
    }

    fn tag(&self, purpose: Purpose, body: &[u8]) -> hmac::Tag {
        hmac::sign(&self.0, &[&[purpose.mark()], body].concat())
    }
}

/// What every address that is not good is answered with.
const GONE: Error = Error::NotFound("address");

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_good_for_its_purpose_until_its_end() {
        let (key, id) = (AddressKey::new(b"secret"), Uuid::from_u128(7));
        let at = |s: i64| DateTime::from_timestamp(s, 0).unwrap();
        let address = key.sign(Purpose::Upload, id, at(1_000));
        assert!(address.chars().all(|it| it.is_ascii_alphanumeric() || "-_".contains(it)), "{address}");
        assert_eq!(key.read(Purpose::Upload, &address, at(999)).unwrap(), id);
        assert_eq!(AddressKey::new(b"secret").read(Purpose::Upload, &address, at(0)).unwrap(), id);

        let refused = |key: &AddressKey, purpose, text: &str, now| {
            matches!(key.read(purpose, text, at(now)), Err(Error::NotFound("address")))
        };
        assert!(refused(&key, Purpose::Upload, &address, 1_000));
        assert!(refused(&key, Purpose::Download, &address, 999));
        assert!(refused(&AddressKey::new(b"other"), Purpose::Upload, &address, 999));
        let changed = |at: usize| -> String {
            let turn = |it: char| if it == 'A' { 'B' } else { 'A' };
            address.chars().enumerate().map(|(place, it)| if place == at { turn(it) } else { it }).collect()
        };
        for place in 0..address.len() {
            assert!(refused(&key, Purpose::Upload, &changed(place), 999), "changed at {place}");
        }
        for bad in ["", "x", "!!", &address[1..], &format!("{address}AA")] {
            assert!(refused(&key, Purpose::Upload, bad, 999), "{bad}");
        }
    }
}
