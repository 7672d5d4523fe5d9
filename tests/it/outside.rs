//! Tokens of an outside issuer: taken where the settings name one, and only the right ones, for accounts that exist.

use std::path::PathBuf;

use aws_lc_rs::hmac;
use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
use chrono::TimeDelta;
use entity::{id::AccountId, kind::Role};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    issuer::{Issuer, Pair, publish},
    process::{Program, fresh_folder},
    signin::post,
    sqlite, token,
    world::World,
};

const ME: &str = "{ me { login } }";
const TRAIL: &str = "{ auditEvents(first: 1) { edges { node { action } } } }";
const ISSUER: &str = "https://login.example/realms/county";

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

/// A world that takes the outside issuer's tokens, with more settings, and the file of its keys.
async fn world_with(stack: tests::runner::Stack, more: &[(&str, &str)]) -> (World, PathBuf) {
    let file = fresh_folder().join("jwks.json");
    let path = file.display().to_string();
    let own = [
        ("outside_issuer", ISSUER),
        ("outside_audience", "tidui"),
        ("outside_jwks", path.as_str()),
        ("outside_claim", "preferred_username"),
    ];
    let settings: Vec<_> = own.into_iter().chain(more.iter().copied()).collect();
    (World::with(stack, &settings).await, file)
}

/// An account with a role, and claims of a good token for it.
async fn somebody(world: &World, role: Role) -> (AccountId, Value) {
    let county = world.organization("North").await;
    let account = world.account(None).await;
    world.grant(account, role, county, None).await;
    let now = world.now().timestamp();
    let claims = json!({
        "iss": ISSUER, "aud": ["account", "tidui"], "sub": "f:1:7", "preferred_username": account.0.simple().to_string(),
        "iat": now, "exp": now + 300, "jti": "onrtac:7", "scope": "openid", "client_id": "portal",
    });
    (account, claims)
}

fn head(alg: &str, kid: &str) -> Value {
    json!({ "typ": "at+jwt", "alg": alg, "kid": kid })
}

async fn status(world: &World, token: &str) -> u16 {
    Client::new(world.url(), token).run(ME, json!({})).await.status
}

both! {
    async fn tokens_of_every_kind_of_key_are_taken(plain: World) {
        let (world, file) = world_with(plain.stack, &[]).await;
        let (account, claims) = somebody(&world, Role::OrganizationOfficer).await;
        let (edwards, curve, rsa) = (Pair::edwards(), Pair::curve(), Pair::rsa());
        // A key that is not for us takes nothing from the others.
        let foreign = json!({ "kid": "enc", "kty": "RSA", "alg": "RSA-OAEP", "use": "enc", "n": "AQAB", "e": "AQAB" });
        publish(&file, &[foreign, json!(7), edwards.shown("e"), curve.shown("c"), rsa.shown("r")]);
        for (pair, alg, kid) in [(&edwards, "EdDSA", "e"), (&curve, "ES256", "c"), (&rsa, "RS256", "r"), (&rsa, "PS256", "r")] {
            let token = pair.sign(&head(alg, kid), &claims);
            let answer = Client::new(world.url(), &token).run(ME, json!({})).await;
            assert_eq!(answer.text_at("/me/login"), account.0.simple().to_string(), "{alg}");
        }
        let one = edwards.sign(&with(&head("EdDSA", "e"), "typ", json!("application/at+jwt")), &with(&claims, "aud", json!("tidui")));
        assert_eq!(status(&world, &one).await, 200);
        // Without the settings nobody outside is heard.
        assert_eq!(status(&plain, &one).await, 401);
    }

    async fn hostile_outside_tokens_are_refused(plain: World) {
        let (world, file) = world_with(plain.stack, &[]).await;
        let (_, claims) = somebody(&world, Role::OrganizationOfficer).await;
        let (ours, rsa, twin) = (Pair::edwards(), Pair::rsa(), Pair::edwards());
        let secret = json!({ "kid": "oct", "kty": "oct", "k": BASE64_URL_SAFE_NO_PAD.encode("secret") });
        let only = with(&rsa.shown("only-ps"), "alg", json!("PS256"));
        let sealing = with(&ours.shown("enc"), "use", json!("enc"));
        publish(&file, &[ours.shown("k"), rsa.shown("r"), only, sealing, secret, twin.shown("two"), ours.shown("two")]);
        let (header, now) = (head("EdDSA", "k"), world.now().timestamp());
        assert_eq!(status(&world, &ours.sign(&header, &claims)).await, 200);
        let hostile = by_header(&ours, &rsa, &header, &claims).into_iter().chain(by_claims(&ours, &header, &claims, now));
        for (what, token) in hostile {
            let answer = Client::new(world.url(), &token).run(ME, json!({})).await;
            assert_eq!((answer.status, answer.codes()), (401, vec!["UNAUTHENTICATED".to_owned()]), "{what}: {}", answer.text);
        }
        assert_eq!(world.number("select count(*) from account").await, 1, "an account was made for a visitor");
    }

    /// An issuer that says JWT of everything is heard where the settings say so; its ID tokens are not.
    async fn id_tokens_are_refused_by_their_claims(plain: World) {
        let (world, file) = world_with(plain.stack, &[("outside_token_type", "JWT")]).await;
        let (_, claims) = somebody(&world, Role::OrganizationOfficer).await;
        let ours = Pair::edwards();
        publish(&file, &[ours.shown("k")]);
        let header = with(&head("EdDSA", "k"), "typ", json!("JWT"));
        assert_eq!(status(&world, &ours.sign(&header, &with(&claims, "typ", json!("Bearer")))).await, 200);
        let bare = with(&with(&claims, "scope", Value::Null), "client_id", Value::Null);
        for (what, claims) in [
            ("nonce", with(&claims, "nonce", json!("n"))),
            ("at_hash", with(&claims, "at_hash", json!("h"))),
            ("typ ID", with(&claims, "typ", json!("ID"))),
            ("typ Refresh", with(&claims, "typ", json!("Refresh"))),
            ("no client", bare),
        ] {
            assert_eq!(status(&world, &ours.sign(&header, &claims)).await, 401, "{what}");
        }
    }

    async fn outside_tokens_are_revoked_by_name_and_by_account(plain: World) {
        let (world, file) = world_with(plain.stack, &[]).await;
        let (_, claims) = somebody(&world, Role::OrganizationOfficer).await;
        let ours = Pair::edwards();
        publish(&file, &[ours.shown("k")]);
        let (one, two) = (ours.sign(&head("EdDSA", "k"), &claims), ours.sign(&head("EdDSA", "k"), &with(&claims, "jti", json!("onrtac:8"))));
        assert_eq!((status(&world, &one).await, status(&world, &two).await), (200, 200));
        assert_eq!(post(&world, "/auth/revoke", json!({ "token": one })).await.status, 200);
        assert_eq!((status(&world, &one).await, status(&world, &two).await), (401, 200));
        world.sql("update account set state = 'CLOSED'", vec![]).await;
        world.tell().await;
        assert_eq!(status(&world, &two).await, 401);
    }

    async fn a_role_that_wants_a_second_factor_asks_the_issuer_for_it(plain: World) {
        let ours = Pair::edwards();
        for (settings, amr, counts) in [
            (&[][..], json!(["pwd"]), false),
            (&[], Value::Null, false),
            (&[], json!(["pwd", "otp"]), true),
            (&[], json!(["mfa"]), true),
            (&[("outside_second_factor", "true")], Value::Null, true),
        ] {
            let (world, file) = world_with(plain.stack, settings).await;
            let (_, claims) = somebody(&world, Role::AuditAdmin).await;
            publish(&file, &[ours.shown("k")]);
            let client = Client::new(world.url(), &ours.sign(&head("EdDSA", "k"), &with(&claims, "amr", amr.clone())));
            let answer = client.run(TRAIL, json!({})).await;
            assert_eq!(answer.codes().is_empty(), counts, "{amr}: {}", answer.text);
        }
    }
}

/// Tokens that are wrong by their header or signature.
fn by_header(ours: &Pair, rsa: &Pair, header: &Value, claims: &Value) -> Vec<(&'static str, String)> {
    let other = |name: &str, to: Value| ours.sign(&with(header, name, to), claims);
    let symmetric = |kid: &str, key: &[u8]| {
        let body = token::unsigned(&with(&head("HS256", kid), "alg", json!("HS256")), claims);
        let tag = hmac::sign(&hmac::Key::new(hmac::HMAC_SHA256, key), body.trim_end_matches('.').as_bytes());
        format!("{body}{}", BASE64_URL_SAFE_NO_PAD.encode(tag.as_ref()))
    };
    let public = rsa.shown("r")["n"].as_str().expect("a modulus").to_owned();
    vec![
        ("alg none", token::unsigned(&with(header, "alg", json!("none")), claims)),
        ("no signature", token::unsigned(header, claims)),
        ("a key of one's own", Pair::edwards().sign(header, claims)),
        ("HS256 by a published secret", symmetric("oct", b"secret")),
        ("HS256 by the public key", symmetric("r", public.as_bytes())),
        ("HS256 by nothing", symmetric("k", b"")),
        ("the key of another kind", rsa.sign(&head("RS256", "k"), claims)),
        ("another algorithm's name", other("alg", json!("RS256"))),
        ("RS384", rsa.sign(&head("RS384", "r"), claims)),
        ("a key that is named for another algorithm", rsa.sign(&head("RS256", "only-ps"), claims)),
        ("a key for encryption", ours.sign(&head("EdDSA", "enc"), claims)),
        ("a name that two keys bear", ours.sign(&head("EdDSA", "two"), claims)),
        ("an unknown kid", other("kid", json!("other"))),
        ("no kid", other("kid", Value::Null)),
        (
            "a key of its own in the header",
            Pair::edwards().sign(&with(&with(header, "jwk", ours.shown("k")), "kid", Value::Null), claims),
        ),
        ("typ JWT", other("typ", json!("JWT"))),
        ("no typ", other("typ", Value::Null)),
        ("crit", other("crit", json!(["exp"]))),
    ]
}

/// Tokens that are wrong by their claims.
fn by_claims(ours: &Pair, header: &Value, claims: &Value, now: i64) -> Vec<(&'static str, String)> {
    let claim = |name: &str, to: Value| ours.sign(header, &with(claims, name, to));
    vec![
        ("a foreign issuer", claim("iss", json!("https://login.example/realms/other"))),
        ("our own name as issuer", claim("iss", json!("tidui"))),
        ("two issuers", claim("iss", json!([ISSUER, "tidui"]))),
        ("no issuer", claim("iss", Value::Null)),
        ("a foreign audience", claim("aud", json!("account"))),
        ("foreign audiences", claim("aud", json!(["account", "tidui2"]))),
        ("no audience", claim("aud", Value::Null)),
        ("an audience that is no text", claim("aud", json!({ "tidui": true }))),
        ("no exp", claim("exp", Value::Null)),
        ("exp as text", claim("exp", json!("9999999999"))),
        ("expired", ours.sign(header, &with(&with(claims, "exp", json!(now - 6)), "iat", json!(now - 60)))),
        ("no iat", claim("iat", Value::Null)),
        ("iat in the future", claim("iat", json!(now + 60))),
        ("a life over an hour", claim("exp", json!(now + 3601))),
        ("a life without end", claim("exp", json!(i64::MAX))),
        ("not yet", claim("nbf", json!(now + 60))),
        ("no account's login", claim("preferred_username", json!("nobody-at-all"))),
        ("no login", claim("preferred_username", Value::Null)),
        ("a login that is a list", claim("preferred_username", json!([claims["preferred_username"]]))),
        ("an empty login", claim("preferred_username", json!(""))),
        ("claims that are a list", ours.sign(header, &json!([1]))),
        ("nine kilobytes", claim("roles", json!("x".repeat(9000)))),
    ]
}

sqlite! {
    /// An unknown name of a key makes the server ask, but no more than once a minute, whoever sends such names.
    async fn keys_are_fetched_when_needed_and_not_more(plain: World) {
        let issuer = Issuer::start();
        let (world, _) = world_with(plain.stack, &[("outside_jwks", &issuer.address)]).await;
        let (_, claims) = somebody(&world, Role::OrganizationOfficer).await;
        let claims = with(&claims, "exp", json!(world.now().timestamp() + 3600));
        let (first, second) = (Pair::edwards(), Pair::edwards());
        let (one, two) = (first.sign(&head("EdDSA", "1"), &claims), second.sign(&head("EdDSA", "2"), &claims));
        issuer.says(&[first.shown("1")]);
        assert_eq!((status(&world, &one).await, issuer.asked()), (200, 1));
        issuer.says(&[first.shown("1"), second.shown("2")]);
        for _ in 0..5 {
            assert_eq!(status(&world, &two).await, 401);
        }
        assert_eq!((status(&world, &one).await, issuer.asked()), (200, 1));
        world.pass(TimeDelta::seconds(61));
        assert_eq!((status(&world, &two).await, issuer.asked()), (200, 2));
        // A list that can't be read, is too long, or stands elsewhere leaves the keys that are held.
        for answer in ["no list".to_owned(), format!("{{\"keys\":[],\"x\":\"{}\"}}", "x".repeat(70_000))] {
            issuer.says_bytes(&answer);
            world.pass(TimeDelta::seconds(61));
            assert_eq!(status(&world, &second.sign(&head("EdDSA", "3"), &claims)).await, 401);
            assert_eq!(status(&world, &one).await, 200);
        }
        let elsewhere = Issuer::start();
        *issuer.answer.lock().expect("an answer") = format!("HTTP/1.1 302 Found\r\nlocation: {}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n", elsewhere.address);
        world.pass(TimeDelta::seconds(61));
        assert_eq!(status(&world, &second.sign(&head("EdDSA", "3"), &claims)).await, 401);
        assert_eq!((issuer.asked(), elsewhere.asked()), (5, 0));
    }

    /// A key that the issuer withdrew ends within the hour, and one of an issuer that is away within the day.
    async fn withdrawn_keys_end(plain: World) {
        let issuer = Issuer::start();
        let (world, _) = world_with(plain.stack, &[("outside_jwks", &issuer.address)]).await;
        let (_, claims) = somebody(&world, Role::OrganizationOfficer).await;
        let (first, second) = (Pair::edwards(), Pair::edwards());
        let token = |pair: &Pair, kid: &str| {
            let now = world.now().timestamp();
            pair.sign(&head("EdDSA", kid), &with(&with(&claims, "iat", json!(now)), "exp", json!(now + 60)))
        };
        issuer.says(&[first.shown("1"), second.shown("2")]);
        assert_eq!(status(&world, &token(&first, "1")).await, 200);
        issuer.says(&[second.shown("2")]);
        world.pass(TimeDelta::minutes(59));
        assert_eq!(status(&world, &token(&first, "1")).await, 200);
        world.pass(TimeDelta::minutes(2));
        assert_eq!(status(&world, &token(&first, "1")).await, 401);
        issuer.says_bytes("away");
        world.pass(TimeDelta::hours(23));
        assert_eq!(status(&world, &token(&second, "2")).await, 200);
        world.pass(TimeDelta::hours(2));
        assert_eq!(status(&world, &token(&second, "2")).await, 401);
    }

    async fn a_file_of_keys_is_read_again_when_it_changes(plain: World) {
        let (world, file) = world_with(plain.stack, &[]).await;
        let (_, claims) = somebody(&world, Role::OrganizationOfficer).await;
        let (first, second) = (Pair::edwards(), Pair::edwards());
        let (one, two) = (first.sign(&head("EdDSA", "1"), &claims), second.sign(&head("EdDSA", "2"), &claims));
        assert_eq!(status(&world, &one).await, 401);
        publish(&file, &[first.shown("1")]);
        assert_eq!((status(&world, &one).await, status(&world, &two).await), (200, 401));
        publish(&file, &[second.shown("2"), json!({})]);
        assert_eq!((status(&world, &one).await, status(&world, &two).await), (401, 200));
        std::fs::remove_file(&file).expect("a file");
        assert_eq!(status(&world, &two).await, 401);
    }

    async fn settings_that_can_t_be_meant_stop_the_start(world: World) {
        let config = &world.config;
        for (settings, words) in [
            (&[("outside-issuer", ISSUER)][..], ["outside_audience", "needs"]),
            (&[("outside-issuer", ISSUER), ("outside-audience", "tidui")], ["outside_jwks", "needs"]),
            (&[("outside-issuer", ISSUER), ("outside-audience", "tidui"), ("outside-jwks", "http://login.example/jwks")], ["outside_jwks", "https://"]),
            (&[("outside-issuer", ISSUER), ("outside-audience", "tidui"), ("outside-jwks", "x.json"), ("outside-token-type", "ID")], ["outside_token_type", "at+jwt"]),
            (&[("outside-issuer", ISSUER), ("outside-audience", "tidui"), ("outside-jwks", "x.json"), ("outside-token-s", "0")], ["outside_token_s", "86400"]),
        ] {
            let mut words_of = vec!["serve".to_owned(), "--listen".to_owned(), "127.0.0.1:0".to_owned()];
            let own = [("database-url", &config.database_url), ("signing-key", &config.signing_key), ("field-key", &config.field_key)];
            let own = own.into_iter().map(|(name, value)| (name, value.as_str()));
            words_of.extend(own.chain(settings.iter().copied()).flat_map(|(name, value)| [format!("--{name}"), value.to_owned()]));
            let words_of: Vec<&str> = words_of.iter().map(String::as_str).collect();
            Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &words_of).run().refused(&words);
        }
    }
}
