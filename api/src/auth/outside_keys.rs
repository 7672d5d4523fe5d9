//! The keys of an outside issuer: which of a published list may check a signature, and by which algorithm.
//!
//! A key says by its own kind what it is for. One that is symmetric, meant for encryption, too short, or named as
//! another one is, is left out; the others serve.

use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
};

use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use jsonwebtoken::{
    Algorithm, DecodingKey,
    jwk::{AlgorithmParameters, EllipticCurve, Jwk, KeyAlgorithm, KeyOperations, PublicKeyUse},
};
use serde::Deserialize;
use serde_json::Value;

/// Most keys of a list.
const MOST: usize = 100;
/// Shortest RSA modulus, in bytes.
const SHORTEST_MODULUS: usize = 256;

/// A key that may check signatures.
pub struct Key {
    /// By these algorithms alone.
    pub algorithms: Vec<Algorithm>,
    /// The key.
    pub checking: DecodingKey,
}

/// The usable keys of a list in JSON by their names; none where it is no list of keys.
pub fn keys(bytes: &[u8]) -> Option<HashMap<String, Arc<Key>>> {
    #[derive(Deserialize)]
    struct List {
        keys: Vec<Value>,
    }
    let list: List = serde_json::from_slice(bytes).ok()?;
    let (mut found, mut twice) = (HashMap::new(), HashSet::new());
    for value in list.keys.into_iter().take(MOST) {
        let Some(kid) = value.get("kid").and_then(Value::as_str).map(str::to_owned) else { continue };
        // A name that two keys bear says nothing, whichever of them is usable.
        if !twice.insert(kid.clone()) {
            found.remove(&kid);
            continue;
        }
        if let Some(key) = serde_json::from_value::<Jwk>(value).ok().and_then(|it| usable(&it)) {
            found.insert(kid, Arc::new(key));
        }
    }
    Some(found)
}

fn usable(jwk: &Jwk) -> Option<Key> {
    let about = &jwk.common;
    let signs = about.public_key_use.as_ref().is_none_or(|it| *it == PublicKeyUse::Signature)
        && about.key_operations.as_ref().is_none_or(|it| it.contains(&KeyOperations::Verify));
    let mut algorithms = match &jwk.algorithm {
        AlgorithmParameters::EllipticCurve(it) if it.curve == EllipticCurve::P256 => vec![Algorithm::ES256],
        AlgorithmParameters::OctetKeyPair(it) if it.curve == EllipticCurve::Ed25519 => vec![Algorithm::EdDSA],
        AlgorithmParameters::RSA(it) => {
            BASE64_URL_SAFE_NO_PAD.decode(&it.n).ok().filter(|it| it.len() >= SHORTEST_MODULUS)?;
            vec![Algorithm::RS256, Algorithm::PS256]
        }
        _ => return None,
    };
    if let Some(named) = &about.key_algorithm {
        let only = match named {
            KeyAlgorithm::ES256 => Algorithm::ES256,
            KeyAlgorithm::EdDSA => Algorithm::EdDSA,
            KeyAlgorithm::RS256 => Algorithm::RS256,
            KeyAlgorithm::PS256 => Algorithm::PS256,
            _ => return None,
        };
        algorithms.retain(|it| *it == only);
    }
    let checking = DecodingKey::from_jwk(jwk).ok()?;
    (signs && !algorithms.is_empty()).then_some(Key { algorithms, checking })
}
