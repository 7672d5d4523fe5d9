//! An outside issuer of tokens: its keys, the list that shows them, and the address that serves it.

use std::{
    io::{Read, Write},
    net::TcpListener,
    path::Path,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use aws_lc_rs::{
    rand::SystemRandom,
    rsa::KeySize,
    signature::{
        ECDSA_P256_SHA256_FIXED_SIGNING, EcdsaKeyPair, Ed25519KeyPair, KeyPair, RSA_PKCS1_SHA256, RSA_PSS_SHA256,
        RsaEncoding, RsaKeyPair,
    },
};
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use serde_json::{Value, json};

/// A key pair of the outside issuer.
pub enum Pair {
    /// Ed25519.
    Edwards(Ed25519KeyPair),
    /// P-256.
    Curve(EcdsaKeyPair),
    /// RSA of 2048 bits.
    Rsa(RsaKeyPair),
}

impl Pair {
    /// A fresh one.
    pub fn edwards() -> Self {
        Self::Edwards(Ed25519KeyPair::generate().expect("a key"))
    }

    /// A fresh one.
    pub fn curve() -> Self {
        Self::Curve(EcdsaKeyPair::generate(&ECDSA_P256_SHA256_FIXED_SIGNING).expect("a key"))
    }

    /// A fresh one.
    pub fn rsa() -> Self {
        Self::Rsa(RsaKeyPair::generate(KeySize::Rsa2048).expect("a key"))
    }

    /// The public half as a list of keys shows it.
    pub fn shown(&self, kid: &str) -> Value {
        let text = |bytes: &[u8]| BASE64_URL_SAFE_NO_PAD.encode(bytes);
        match self {
            Self::Edwards(pair) => {
                json!({ "kid": kid, "kty": "OKP", "crv": "Ed25519", "x": text(pair.public_key().as_ref()) })
            }
            Self::Curve(pair) => {
                let point = pair.public_key().as_ref();
                json!({ "kid": kid, "kty": "EC", "crv": "P-256", "x": text(&point[1..33]), "y": text(&point[33..]) })
            }
            Self::Rsa(pair) => {
                let key = pair.public_key();
                let modulus = key.modulus().big_endian_without_leading_zero();
                let exponent = key.exponent().big_endian_without_leading_zero();
                json!({ "kid": kid, "kty": "RSA", "n": text(modulus), "e": text(exponent) })
            }
        }
    }

    /// A signed token.
    pub fn sign(&self, header: &Value, claims: &Value) -> String {
        let part = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let body = format!("{}.{}", part(header), part(claims));
        let random = SystemRandom::new();
        let signature = match self {
            Self::Edwards(pair) => pair.sign(body.as_bytes()).as_ref().to_vec(),
            Self::Curve(pair) => pair.sign(&random, body.as_bytes()).expect("a signature").as_ref().to_vec(),
            Self::Rsa(pair) => {
                let way: &'static dyn RsaEncoding =
                    if header["alg"] == "PS256" { &RSA_PSS_SHA256 } else { &RSA_PKCS1_SHA256 };
                let mut out = vec![0; pair.public_modulus_len()];
                pair.sign(way, &random, body.as_bytes(), &mut out).expect("a signature");
                out
            }
        };
        format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(signature))
    }
}

/// Writes a list of keys as whoever keeps the file does: whole, in its place.
pub fn publish(file: &Path, keys: &[Value]) {
    let fresh = file.with_extension("new");
    std::fs::write(&fresh, json!({ "keys": keys }).to_string()).expect("a file");
    std::fs::rename(fresh, file).expect("a file");
}

/// An issuer that serves its keys over HTTP on loopback, and counts who asks.
pub struct Issuer {
    /// Where the keys stand.
    pub address: String,
    /// The whole answer, as bytes on the wire.
    pub answer: Arc<Mutex<String>>,
    asked: Arc<AtomicU64>,
}

impl Issuer {
    /// Starts it on a free port.
    pub fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port");
        let address = format!("http://{}/jwks", listener.local_addr().expect("an address"));
        let it = Self { address, answer: Arc::default(), asked: Arc::default() };
        let (answer, asked) = (it.answer.clone(), it.asked.clone());
        std::thread::spawn(move || {
            for link in listener.incoming() {
                let mut link = link.expect("a link");
                let _ = link.read(&mut [0; 4096]);
                asked.fetch_add(1, Ordering::SeqCst);
                let _ = link.write_all(answer.lock().expect("an answer").as_bytes());
            }
        });
        it
    }

    /// It shows these keys from now on.
    pub fn says(&self, keys: &[Value]) {
        self.says_bytes(&json!({ "keys": keys }).to_string());
    }

    /// It shows this text from now on.
    pub fn says_bytes(&self, body: &str) {
        let text = format!("HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: {}\r\n\r\n{body}", body.len());
        *self.answer.lock().expect("an answer") = text;
    }

    /// How often it was asked.
    pub fn asked(&self) -> u64 {
        self.asked.load(Ordering::SeqCst)
    }
}
