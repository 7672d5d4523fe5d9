//! Tokens: ours are accepted for their time, every other is a 401 with a code.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    sqlite,
    token::{self, Forge},
    world::World,
};

const ME: &str = "{ me { login } }";

/// A header or claims with one field changed or, by null, removed.
fn with(value: &Value, name: &str, to: Value) -> Value {
    let mut value = value.clone();
    let fields = value.as_object_mut().expect("an object");
    match to {
        Value::Null => fields.remove(name),
        to => fields.insert(name.to_owned(), to),
    };
    value
}

both! {
    async fn hostile_tokens_are_refused(world: World) {
        let county = world.organization("North").await;
        let good = world.sign_in(Role::OrganizationOfficer, county).await;
        good.run(ME, json!({})).await.at("/me/login");
        let (header, claims) = token::read(good.token());
        let ours = Forge::with_key(&world.signing_key());
        let now = world.now().timestamp();
        let head = |name: &str, to: Value| ours.sign(&with(&header, name, to), &claims);
        let claim = |name: &str, to: Value| ours.sign(&header, &with(&claims, name, to));
        let symmetric = {
            let body = format!("{}.{}", encoded(&with(&header, "alg", json!("HS256"))), encoded(&claims));
            let key = hmac::Key::new(hmac::HMAC_SHA256, b"");
            format!("{body}.{}", BASE64_URL_SAFE_NO_PAD.encode(hmac::sign(&key, body.as_bytes()).as_ref()))
        };
        let parts: Vec<&str> = good.token().split('.').collect();
        let swapped = format!("{}.{}.{}", parts[0], encoded(&with(&claims, "sub", json!(uuid::Uuid::now_v7()))), parts[2]);
        let hostile = [
            ("empty", String::new()),
            ("no token at all", "x".to_owned()),
            ("three empty parts", "..".to_owned()),
            ("alg none", token::unsigned(&with(&header, "alg", json!("none")), &claims)),
            ("no signature", token::unsigned(&header, &claims)),
            ("HS256 with an empty secret", symmetric),
            ("another key", Forge::with_own_key().sign(&header, &claims)),
            ("claims of another under the same signature", swapped),
            ("another kid", head("kid", json!("other"))),
            ("no kid", head("kid", Value::Null)),
            ("typ JWT", head("typ", json!("JWT"))),
            ("no typ", head("typ", Value::Null)),
            ("crit", head("crit", json!(["exp"]))),
            ("another algorithm's name", head("alg", json!("ES256"))),
            ("a foreign audience", claim("aud", json!("other"))),
            ("two audiences", claim("aud", json!(["tidui", "other"]))),
            ("no audience", claim("aud", Value::Null)),
            ("a foreign issuer", claim("iss", json!("other"))),
            ("no issuer", claim("iss", Value::Null)),
            ("no subject", claim("sub", Value::Null)),
            ("a subject that is no key", claim("sub", json!("me"))),
            ("nobody's subject", claim("sub", json!(uuid::Uuid::now_v7()))),
            ("no exp", claim("exp", Value::Null)),
            ("expired", ours.sign(&header, &with(&with(&claims, "exp", json!(now - 6)), "iat", json!(now - 600)))),
            ("exp as text", claim("exp", json!("9999999999"))),
            ("no iat", claim("iat", Value::Null)),
            ("iat in the future", ours.sign(&header, &with(&with(&claims, "iat", json!(now + 60)), "exp", json!(now + 120)))),
            ("a life over 15 minutes", claim("exp", json!(now + 901))),
            ("a life without end", claim("exp", json!(i64::MAX))),
            ("not yet", claim("nbf", json!(now + 60))),
            ("no jti", claim("jti", Value::Null)),
            ("a jti that is no key", claim("jti", json!(7))),
            ("claims that are a list", ours.sign(&header, &json!([1]))),
            ("four kilobytes", claim("sub", json!("x".repeat(4096)))),
        ];
        for (what, token) in hostile {
            let answer = good.with_token(&token).run(ME, json!({})).await;
            assert_eq!((answer.status, answer.codes()), (401, vec!["UNAUTHENTICATED".to_owned()]), "{what}: {}", answer.text);
            assert!(answer.json.get("data").is_none(), "{what}");
        }
        good.run(ME, json!({})).await.at("/me/login");
    }

    async fn a_remembered_token_ends_with_its_time(world: World) {
        let county = world.organization("North").await;
        let client = world.sign_in(Role::OrganizationOfficer, county).await;
        client.run(ME, json!({})).await.at("/me/login");
        world.pass(TimeDelta::seconds(15 * 60 + 4));
        client.run(ME, json!({})).await.at("/me/login");
        world.pass(TimeDelta::seconds(2));
        assert_eq!(client.run(ME, json!({})).await.status, 401);
    }
}

sqlite! {
    /// Whoever has no token is told so at once: the body that they promise is not waited for.
    async fn a_stranger_s_body_is_not_waited_for(world: World) {
        let address = world.url().trim_start_matches("http://").to_owned();
        let answer = tokio::task::spawn_blocking(move || {
            let mut link = TcpStream::connect(address).expect("a link");
            link.set_read_timeout(Some(Duration::from_secs(5))).expect("a limit");
            let head = "POST /graphql HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\ncontent-length: 100000\r\n\r\n{";
            link.write_all(head.as_bytes()).expect("a request");
            let mut bytes = [0; 12];
            link.read_exact(&mut bytes).expect("an answer");
            String::from_utf8_lossy(&bytes).into_owned()
        });
        assert_eq!(answer.await.expect("an end"), "HTTP/1.1 401");
    }

    /// What others check our tokens with is published, and fits.
    async fn the_public_key_is_published(world: World) {
        let county = world.organization("North").await;
        let client = world.sign_in(Role::OrganizationOfficer, county).await;
        let (status, text) = Client::new(world.url(), "").get("/.well-known/jwks.json").await;
        let keys: Value = serde_json::from_str(&text).expect("JSON");
        let (header, _) = token::read(client.token());
        assert_eq!(status, 200);
        assert_eq!(keys["keys"][0]["kid"], header["kid"]);
        assert_eq!((&keys["keys"][0]["kty"], &keys["keys"][0]["crv"]), (&json!("OKP"), &json!("Ed25519")));
        assert!(keys["keys"][0].get("d").is_none(), "the private half is shown");
    }
}

fn encoded(value: &Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(value.to_string())
}
