//! Tokens as a forger would make them: any header, any claims, signed with any key.

use aws_lc_rs::signature::Ed25519KeyPair;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use serde_json::Value;

/// Signs whatever it is given.
pub struct Forge(Ed25519KeyPair);

impl Forge {
    /// With the server's own key, as its PEM file holds it.
    pub fn with_key(pem: &str) -> Self {
        let body: String = pem.lines().filter(|line| !line.starts_with('-')).collect();
        let der = BASE64_STANDARD.decode(body).expect("base64");
        Self(Ed25519KeyPair::from_pkcs8(&der).expect("an Ed25519 key"))
    }

    /// With a key of its own.
    pub fn with_own_key() -> Self {
        Self(Ed25519KeyPair::generate().expect("a key"))
    }

    /// A signed token.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let body = format!("{}.{}", part(header), part(claims));
        format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(self.0.sign(body.as_bytes()).as_ref()))
    }
}

/// A token without a signature.
pub fn unsigned(header: &Value, claims: &Value) -> String {
    format!("{}.{}.", part(header), part(claims))
}

/// The header and claims of a token.
pub fn read(token: &str) -> (Value, Value) {
    let part = |at: usize| {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(token.split('.').nth(at).expect("a part")).expect("base64");
        serde_json::from_slice(&bytes).expect("JSON")
    };
    (part(0), part(1))
}

fn part(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}
