//! What the token library accepts by itself, and we do not: one story for each of its defaults that are too lax.
//!
//! Each shows first that the library, asked as its documentation begins, takes the token: a refusal of ours that comes
//! from something else, a typing error in the test among them, can't pass for the check.

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use entity::kind::Role;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    sqlite,
    token::{self, Forge, with},
    world::World,
};

const ME: &str = "{ me { login } }";

/// A good token's parts, and how to make others.
struct Case {
    good: Client,
    header: Value,
    claims: Value,
    ours: Forge,
    now: i64,
}

impl Case {
    async fn of(world: &World) -> Self {
        let county = world.organization("North").await;
        let good = world.sign_in(Role::OrganizationOfficer, county).await;
        let (header, claims) = token::read(good.token());
        let case =
            Self { good, header, claims, ours: Forge::with_key(&world.signing_key()), now: world.now().timestamp() };
        // What the forge signs without a change is accepted: the key and the form are right.
        let copy = case.ours.sign(&case.header, &with(&case.claims, "sid", json!(uuid::Uuid::now_v7())));
        case.good.with_token(&copy).run(ME, json!({})).await.at("/me/login");
        case
    }

    fn claim(&self, name: &str, to: Value) -> String {
        self.ours.sign(&self.header, &with(&self.claims, name, to))
    }

    fn times(&self, iat: i64, exp: i64) -> String {
        self.ours.sign(&self.header, &with(&with(&self.claims, "iat", json!(iat)), "exp", json!(exp)))
    }

    fn head(&self, name: &str, to: Value) -> String {
        self.ours.sign(&with(&self.header, name, to), &self.claims)
    }

    /// The library takes it under these rules; we do not.
    async fn lax(&self, token: &str, rules: &Validation) {
        let key = DecodingKey::from_ed_der(&self.ours.public());
        let taken = decode::<Value>(token, &key, rules);
        assert!(taken.is_ok(), "the library refuses it too: {:?}", taken.err());
        self.strict(token).await;
    }

    async fn strict(&self, token: &str) {
        let answer = self.good.with_token(token).run(ME, json!({})).await;
        assert_eq!((answer.status, answer.codes()), (401, vec!["UNAUTHENTICATED".to_owned()]), "{}", answer.text);
    }
}

/// The library's rules but for the algorithm, with the audience that a token with `aud` can't do without.
fn rules() -> Validation {
    let mut rules = Validation::new(Algorithm::EdDSA);
    rules.set_audience(&["tidui"]);
    rules
}

sqlite! {
    async fn a_leeway_of_a_minute(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.times(case.now - 600, case.now - 20), &rules()).await;
    }

    async fn nbf_is_not_looked_at(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.claim("nbf", json!(case.now + 3600)), &rules()).await;
    }

    async fn iss_is_not_looked_at(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.claim("iss", json!("another")), &rules()).await;
        case.lax(&case.claim("iss", Value::Null), &rules()).await;
    }

    async fn an_issuer_that_is_wanted_need_not_be_there(world: World) {
        let case = Case::of(&world).await;
        let mut rules = rules();
        rules.set_issuer(&["tidui"]);
        case.lax(&case.claim("iss", Value::Null), &rules).await;
    }

    async fn aud_need_not_be_there(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.claim("aud", Value::Null), &rules()).await;
        case.lax(&case.claim("aud", Value::Null), &Validation::new(Algorithm::EdDSA)).await;
    }

    async fn one_audience_of_several_is_enough(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.claim("aud", json!(["another", "tidui"])), &rules()).await;
    }

    async fn sub_need_not_be_there(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.claim("sub", Value::Null), &rules()).await;
    }

    async fn jti_need_not_be_there(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.claim("jti", Value::Null), &rules()).await;
    }

    async fn iat_is_not_looked_at(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.claim("iat", Value::Null), &rules()).await;
        case.lax(&case.times(case.now + 3600, case.now + 4000), &rules()).await;
        case.lax(&case.times(case.now + 4000, case.now + 3600), &rules()).await;
    }

    async fn a_life_may_have_any_length(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.times(case.now, case.now + 901), &rules()).await;
        case.lax(&case.times(case.now, case.now + 315_360_000), &rules()).await;
    }

    async fn typ_is_not_looked_at(world: World) {
        let case = Case::of(&world).await;
        for typ in [json!("JWT"), json!("logout+jwt"), Value::Null] {
            case.lax(&case.head("typ", typ), &rules()).await;
        }
    }

    async fn crit_is_not_looked_at(world: World) {
        let case = Case::of(&world).await;
        case.lax(&case.head("crit", json!(["what nobody knows"])), &rules()).await;
    }

    async fn kid_is_not_looked_at(world: World) {
        let case = Case::of(&world).await;
        for kid in [json!("another"), Value::Null] {
            case.lax(&case.head("kid", kid), &rules()).await;
        }
    }
}

both! {
    /// `Validation::default()` is HS256, and an empty secret is a secret.
    async fn an_empty_secret_signs(world: World) {
        let case = Case::of(&world).await;
        let header = with(&case.header, "alg", json!("HS256"));
        let encoded = |value: &Value| BASE64_URL_SAFE_NO_PAD.encode(value.to_string());
        let body = format!("{}.{}", encoded(&header), encoded(&with(&case.claims, "aud", Value::Null)));
        let sign = |key: &[u8]| {
            let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), body.as_bytes());
            format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(tag.as_ref()))
        };
        let token = sign(b"");
        assert!(decode::<Value>(&token, &DecodingKey::from_secret(b""), &Validation::default()).is_ok());
        case.strict(&token).await;
        // What is published is no secret either.
        case.strict(&sign(&case.ours.public())).await;
    }
}
