//! Tokens: ours are accepted for their time, every other is a 401 with a code.

use std::{
    io::{Read, Write},
    net::TcpStream,
    time::Duration,
};

use aws_lc_rs::hmac;
use base64::{
    Engine,
    prelude::{BASE64_STANDARD, BASE64_URL_SAFE_NO_PAD},
};
use chrono::TimeDelta;
use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    sqlite,
    token::{self, Forge, with},
    world::World,
};

const ME: &str = "{ me { login } }";

/// That every token is refused in the one way that says nothing, while a good one is accepted before and after.
async fn refused(good: &Client, hostile: Vec<(&str, String)>) {
    good.run(ME, json!({})).await.at("/me/login");
    let mut texts: Vec<&String> = hostile.iter().map(|(_, token)| token).collect();
    texts.sort();
    texts.dedup();
    assert_eq!(texts.len(), hostile.len(), "one token stands there twice");
    for (what, token) in &hostile {
        assert_ne!(token, good.token(), "{what}");
        let answer = good.with_token(token).run(ME, json!({})).await;
        assert_eq!(
            (answer.status, answer.codes()),
            (401, vec!["UNAUTHENTICATED".to_owned()]),
            "{what}: {}",
            answer.text
        );
        assert!(answer.json.get("data").is_none(), "{what}");
    }
    good.run(ME, json!({})).await.at("/me/login");
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
        refused(&good, hostile.into()).await;
    }

    /// Headers that would have the server fetch, choose or skip something.
    async fn headers_that_steer_are_refused(world: World) {
        let county = world.organization("North").await;
        let good = world.sign_in(Role::OrganizationOfficer, county).await;
        let (header, claims) = token::read(good.token());
        let (ours, theirs) = (Forge::with_key(&world.signing_key()), Forge::with_own_key());
        let theirs_alone = with(&header, "kid", json!("theirs"));
        let jwk = json!({ "kty": "OKP", "crv": "Ed25519", "x": BASE64_URL_SAFE_NO_PAD.encode(theirs.public()), "kid": "theirs" });
        let forged = |name: &str, to: Value| theirs.sign(&with(&theirs_alone, name, to), &claims);
        let kid = |to: &str| theirs.sign(&with(&header, "kid", json!(to)), &claims);
        let text = header.to_string();
        refused(&good, vec![
            ("the forger's key in jwk", forged("jwk", jwk.clone())),
            ("the forger's key in jwk under our kid", theirs.sign(&with(&header, "jwk", jwk), &claims)),
            ("the forger's address in jku", forged("jku", json!("http://127.0.0.1:9/jwks.json"))),
            ("the forger's address in x5u", forged("x5u", json!("http://127.0.0.1:9/chain.pem"))),
            ("the forger's chain in x5c", forged("x5c", json!(["MIIB"]))),
            ("a kid that is a path", kid("../../../../dev/null")),
            ("a kid that is SQL", kid("' or '1'='1")),
            ("a kid that is a list", theirs.sign(&with(&header, "kid", json!([header["kid"]])), &claims)),
            ("an empty kid", kid("")),
            ("our kid, the forger's key", theirs.sign(&header, &claims)),
            ("b64 false, as crit", ours.sign(&with(&with(&header, "b64", json!(false)), "crit", json!(["b64"])), &claims)),
            ("crit without names", ours.sign(&with(&header, "crit", json!([])), &claims)),
            ("alg in other letters", ours.sign(&with(&header, "alg", json!("eddsa")), &claims)),
            ("alg None", token::unsigned(&with(&header, "alg", json!("None")), &claims)),
            ("no alg", ours.sign(&with(&header, "alg", Value::Null), &claims)),
            ("an ID token's typ", ours.sign(&with(&header, "typ", json!("logout+jwt")), &claims)),
            ("typ as a list", ours.sign(&with(&header, "typ", json!(["at+jwt"])), &claims)),
            ("two algs", ours.sign_texts(&text.replacen('{', "{\"alg\":\"none\",", 1), &claims.to_string())),
            ("two kids", ours.sign_texts(&text.replacen('{', "{\"kid\":\"other\",", 1), &claims.to_string())),
            ("a header that is a list", ours.sign_texts("[]", &claims.to_string())),
            ("a token in a token", ours.sign(&with(&header, "cty", json!("JWT")), &json!(good.token()))),
        ]).await;
    }

    /// Claims that are almost ours.
    async fn claims_that_bend_are_refused(world: World) {
        let county = world.organization("North").await;
        let good = world.sign_in(Role::OrganizationOfficer, county).await;
        let (header, claims) = token::read(good.token());
        let ours = Forge::with_key(&world.signing_key());
        let now = world.now().timestamp();
        let claim = |name: &str, to: Value| ours.sign(&header, &with(&claims, name, to));
        let twice = |more: &str| ours.sign_texts(&header.to_string(), &claims.to_string().replacen('{', &format!("{{{more},"), 1));
        let closed = world.account_in(entity::kind::AccountState::Closed, None).await;
        refused(&good, vec![
            ("two subjects", twice("\"sub\":\"0198d2c0-0000-7000-8000-000000000000\"")),
            ("two exps", twice(&format!("\"exp\":{}", now + 60))),
            ("two audiences by name", twice("\"aud\":\"other\"")),
            ("our audience in a list", claim("aud", json!(["tidui"]))),
            ("an audience in other letters", claim("aud", json!("Tidui"))),
            ("an audience with a blank", claim("aud", json!("tidui "))),
            ("an empty audience", claim("aud", json!(""))),
            ("an issuer in a list", claim("iss", json!(["tidui"]))),
            ("an issuer that begins like ours", claim("iss", json!("tidui.example"))),
            ("exp with a fraction", claim("exp", json!(now as f64 + 60.5))),
            ("exp before 1970", claim("exp", json!(-1))),
            ("exp beyond every number", ours.sign_texts(&header.to_string(), &claims.to_string().replace(&claims["exp"].to_string(), "1e400"))),
            ("exp before iat", claim("exp", json!(claims["iat"].as_i64().expect("a number") - 1))),
            ("exp true", claim("exp", json!(true))),
            ("iat as text", claim("iat", json!(now.to_string()))),
            ("iat before 1970", claim("iat", json!(-1))),
            ("iat at the end of time", claim("iat", json!(i64::MAX))),
            ("nbf as text", claim("nbf", json!(now.to_string()))),
            ("nbf sixteen seconds off", claim("nbf", json!(now + 16))),
            ("iat sixteen seconds off", ours.sign(&header, &with(&with(&claims, "iat", json!(now + 16)), "exp", json!(now + 100)))),
            ("expired for five seconds", ours.sign(&header, &with(&with(&claims, "exp", json!(now - 5)), "iat", json!(now - 100)))),
            ("a jti that is a path", claim("jti", json!("../1"))),
            ("a sid that is no key", claim("sid", json!("x"))),
            ("a closed account's subject", claim("sub", json!(closed.0))),
            ("a subject of nothing", claim("sub", json!("00000000-0000-0000-0000-000000000000"))),
            ("a subject and SQL", claim("sub", json!(format!("{}' or '1'='1", claims["sub"].as_str().expect("a text"))))),
        ]).await;
    }

    /// Texts that another reader could take for the same token.
    async fn texts_that_are_almost_a_token_are_refused(world: World) {
        let county = world.organization("North").await;
        let good = world.sign_in(Role::OrganizationOfficer, county).await;
        let (header, claims) = token::read(good.token());
        let ours = Forge::with_key(&world.signing_key());
        let parts: Vec<&str> = good.token().split('.').collect();
        let (head, body, signature) = (parts[0], parts[1], parts[2]);
        let standard = BASE64_STANDARD.encode(claims.to_string());
        // 64 bytes leave four bits of the last letter unused: another letter means the same bytes.
        let last = signature.chars().last().expect("a letter");
        let letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
        let beside = letters.chars().nth(letters.find(last).expect("base64") + 1).expect("a letter");
        refused(&good, vec![
            ("padding", format!("{head}.{body}.{signature}==")),
            ("unused bits that are set", format!("{head}.{body}.{}{beside}", &signature[..signature.len() - 1])),
            ("a signed header with padding", ours.sign_parts(&BASE64_STANDARD.encode(format!("{header} ")), body)),
            ("standard base64", ours.sign_parts(head, &format!("{}+/", standard.trim_end_matches('=')))),
            ("a blank inside", format!("{head}. {body}.{signature}")),
            ("a tab inside", format!("{head}.{body}.\t{signature}")),
            ("a fourth part", format!("{}.{signature}", good.token())),
            ("a dot at the end", format!("{}.", good.token())),
            ("a dot at the beginning", format!(".{}", good.token())),
            ("five parts, as of an encrypted one", format!("{head}..{body}.{signature}.x")),
            ("two tokens", format!("{0},{0}", good.token())),
            ("two tokens and a blank", format!("{0} {0}", good.token())),
            ("in quotes", format!("\"{}\"", good.token())),
            ("escaped", good.token().replacen('.', "%2E", 1)),
            ("a letter less", good.token()[..good.token().len() - 1].to_owned()),
            ("the signature's bytes swapped", format!("{head}.{body}.{}", signature.chars().rev().collect::<String>())),
            ("fifteen kilobytes", "x".repeat(15_000)),
            ("claims that are no JSON", ours.sign_texts(&header.to_string(), "{")),
            ("claims and more", ours.sign_texts(&header.to_string(), &format!("{claims}{{}}"))),
            ("claims that are no text", ours.sign_parts(head, "_____w")),
        ]).await;
    }

    /// The token is looked for in one place, once.
    async fn a_token_comes_in_one_header(world: World) {
        let county = world.organization("North").await;
        let good = world.sign_in(Role::OrganizationOfficer, county).await;
        let token = good.token();
        let http = reqwest::Client::builder().no_proxy().build().expect("a client");
        let ask = || http.post(format!("{}/graphql", world.url())).json(&json!({ "query": ME }));
        let status = async |request: reqwest::RequestBuilder| request.send().await.expect("an answer").status().as_u16();
        assert_eq!(status(ask()).await, 401);
        // A scheme has no case (RFC 9110).
        for scheme in ["Bearer", "bearer", "BEARER"] {
            assert_eq!(status(ask().header("authorization", format!("{scheme} {token}"))).await, 200, "{scheme}");
        }
        for text in [token.to_owned(), format!("Basic {token}"), format!("DPoP {token}"), format!("Bearer:{token}"), format!("Bearer\t{token}"), "Bearer".to_owned(), "Bearer ".to_owned(), format!("Bearer {token}, Bearer {token}")] {
            assert_eq!(status(ask().header("authorization", &text)).await, 401, "{text}");
        }
        for (first, second) in [(token, "x"), ("x", token), (token, token)] {
            let two = ask().header("authorization", format!("Bearer {first}")).header("authorization", format!("Bearer {second}"));
            assert_eq!(status(two).await, 401);
        }
        for name in ["x-authorization", "cookie", "x-access-token"] {
            assert_eq!(status(ask().header(name, format!("Bearer {token}"))).await, 401, "{name}");
        }
        let in_address = http.post(format!("{}/graphql?access_token={token}", world.url())).json(&json!({ "query": ME }));
        assert_eq!(status(in_address).await, 401);
    }

    /// Clocks of two servers stand ten seconds apart, either way: what one issues, the other accepts.
    async fn clocks_may_stand_ten_seconds_apart(world: World) {
        let county = world.organization("North").await;
        let good = world.sign_in(Role::OrganizationOfficer, county).await;
        let (header, claims) = token::read(good.token());
        let ours = Forge::with_key(&world.signing_key());
        let now = world.now().timestamp();
        for ahead in [10, -10] {
            let issued = with(&with(&claims, "iat", json!(now + ahead)), "exp", json!(now + ahead + 900));
            let token = ours.sign(&header, &issued);
            good.with_token(&token).run(ME, json!({})).await.at("/me/login");
        }
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
