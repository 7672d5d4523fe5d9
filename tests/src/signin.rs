//! Signing in as a client does it, and an authenticator that shows its one-time codes.

use aws_lc_rs::hmac;
use chrono::{DateTime, Utc};
use entity::{
    account_credential,
    id::{AccountId, CredentialId},
    kind::Role,
};
use serde_json::{Value, json};

use crate::world::World;

/// The secret of whoever `somebody` makes.
pub const PASSWORD: &str = "correct horse battery";

/// What an endpoint outside GraphQL answers.
pub struct Told {
    /// HTTP status.
    pub status: u16,
    /// The body as JSON.
    pub json: Value,
    /// When to come again.
    pub retry_after: Option<String>,
}

/// Posts JSON to an endpoint outside GraphQL.
pub async fn post(world: &World, path: &str, body: Value) -> Told {
    let http = crate::client::http().build().expect("a client");
    let response = http.post(format!("{}{path}", world.url())).json(&body).send().await.expect("an answer");
    let retry_after = response.headers().get("retry-after").map(|it| it.to_str().expect("text").to_owned());
    let status = response.status().as_u16();
    let json = serde_json::from_str(&response.text().await.expect("a body")).unwrap_or(Value::Null);
    Told { status, json, retry_after }
}

/// An account with a password and a grant, and its login.
pub async fn somebody(world: &World, role: Role) -> (AccountId, String) {
    let county = world.organization("North").await;
    let account = world.account(None).await;
    world.grant(account, role, county, None).await;
    let row = account_credential::Model {
        id: CredentialId::fresh(),
        account_id: account,
        secret_hash: api::auth::password::hash(PASSWORD).expect("a hash"),
        set_at: world.now(),
        version: 1,
    };
    world.insert(row).await;
    (account, account.0.simple().to_string())
}

/// Asks for a token by a password.
pub async fn sign_in(world: &World, login: &str, password: &str) -> Told {
    post(world, "/auth/token", json!({ "grant_type": "password", "username": login, "password": password })).await
}

/// Asks for a token by a password and a one-time code.
pub async fn sign_in_with(world: &World, login: &str, code: &str) -> Told {
    let body = json!({ "grant_type": "password", "username": login, "password": PASSWORD, "otp": code });
    post(world, "/auth/token", body).await
}

/// An authenticator that has read the address that the operator was shown.
#[derive(Clone, Debug)]
pub struct Authenticator {
    /// The secret in base 32, as the address spells it.
    pub text: String,
    secret: Vec<u8>,
}

impl Authenticator {
    /// Reads `otpauth://totp/…?secret=…`.
    pub fn reading(address: &str) -> Self {
        assert!(address.starts_with("otpauth://totp/"), "{address}");
        let (_, rest) = address.trim().split_once("secret=").expect("a secret");
        let text = rest.split('&').next().expect("a secret").to_owned();
        let bits: String = text
            .chars()
            .map(|it| format!("{:05b}", "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567".find(it).expect("base 32")))
            .collect();
        let bytes = bits.as_bytes().chunks_exact(8).map(|it| std::str::from_utf8(it).expect("digits"));
        Self { secret: bytes.map(|it| u8::from_str_radix(it, 2).expect("a byte")).collect(), text }
    }

    /// The secret as bytes.
    pub fn bytes(&self) -> Vec<u8> {
        self.secret.clone()
    }

    /// The code that it shows at a moment.
    pub fn code(&self, at: DateTime<Utc>) -> String {
        let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, &self.secret);
        let tag = hmac::sign(&key, &(at.timestamp() / 30).to_be_bytes());
        let from = usize::from(tag.as_ref()[19] & 15);
        let word: [u8; 4] = tag.as_ref()[from..from + 4].try_into().expect("four bytes");
        format!("{:06}", (u32::from_be_bytes(word) & 0x7fff_ffff) % 1_000_000)
    }

    /// A code that it shows at no moment near this one.
    pub fn wrong(&self, at: DateTime<Utc>) -> String {
        let near: Vec<String> = (-2..=2).map(|it| self.code(at + chrono::TimeDelta::seconds(30 * it))).collect();
        let free = (0..10).map(|it| format!("{it:06}")).find(|it| !near.contains(it));
        free.expect("five codes can't be ten")
    }
}
