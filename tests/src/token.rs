//! Tokens as a forger would make them: any header, any claims, signed with any key.

use aws_lc_rs::signature::{Ed25519KeyPair, KeyPair};
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
        self.sign_texts(&header.to_string(), &claims.to_string())
    }

    /// A signed token of texts that need not be JSON.
    pub fn sign_texts(&self, header: &str, claims: &str) -> String {
        self.sign_parts(&BASE64_URL_SAFE_NO_PAD.encode(header), &BASE64_URL_SAFE_NO_PAD.encode(claims))
    }

    /// A signed token of parts that need not be base64.
    pub fn sign_parts(&self, header: &str, claims: &str) -> String {
        let body = format!("{header}.{claims}");
        format!("{body}.{}", self.signature(&body))
    }

    /// The signature of a text.
    pub fn signature(&self, text: &str) -> String {
        BASE64_URL_SAFE_NO_PAD.encode(self.0.sign(text.as_bytes()).as_ref())
    }

    /// The public half.
    pub fn public(&self) -> Vec<u8> {
        self.0.public_key().as_ref().to_vec()
    }
}

/// A header or claims with one field changed or, by null, removed.
pub fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut value = value.clone();
    let fields = value.as_object_mut().expect("an object");
    match to {
        Value::Null => fields.remove(name),
        to => fields.insert(name.to_owned(), to),
    };
    value
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
