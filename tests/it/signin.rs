//! Sessions: they begin with a secret, go on with refresh tokens that are good once, and end when somebody says so.

use chrono::TimeDelta;
use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    signin::{PASSWORD, Told, post, sign_in, somebody},
    world::World,
};

async fn refresh(world: &World, token: &Value) -> Told {
    post(world, "/auth/token", json!({ "grant_type": "refresh_token", "refresh_token": token })).await
}

async fn me(world: &World, token: &Value) -> u16 {
    let client = Client::new(world.url(), token.as_str().expect("a token"));
    client.run("{ me { login } }", json!({})).await.status
}

both! {
    async fn a_password_begins_a_session(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let told = sign_in(&world, &login, PASSWORD).await;
        assert_eq!((told.status, &told.json["token_type"], &told.json["expires_in"]), (200, &json!("Bearer"), &json!(900)));
        assert_eq!(me(&world, &told.json["access_token"]).await, 200);
        let http = tests::client::http().build().expect("a client");
        let form = format!("grant_type=password&username={login}&password={}", PASSWORD.replace(' ', "+"));
        let request = http.post(format!("{}/auth/token", world.url())).header("content-type", "application/x-www-form-urlencoded");
        assert_eq!(request.body(form).send().await.expect("an answer").status(), 200);
        assert_eq!(world.number("select count(*) from audit_event where action = 'SIGN_IN' and outcome = 'DONE' and account_id is not null").await, 2);
        // Nothing that opens anything is kept in the clear.
        let (refresh, password) = (told.json["refresh_token"].as_str().expect("a token"), PASSWORD);
        for (table, column) in [("refresh_token", "token_hash"), ("account_credential", "secret_hash"), ("audit_change", "after_values")] {
            let found = format!("select count(*) from {table} where {column} like '%{refresh}%' or {column} like '%{password}%'");
            assert_eq!(world.number(&found).await, 0, "{table}");
        }
        assert_eq!(world.number("select count(*) from audit_change where after_values like '%argon2%' or after_values like '%token_hash%'").await, 0);
    }

    async fn wrong_secrets_and_unknown_accounts_get_one_answer(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let wrong = sign_in(&world, &login, "wrong password").await;
        let unknown = sign_in(&world, "nobody-at-all", "wrong password").await;
        assert_eq!((wrong.status, &wrong.json), (unknown.status, &unknown.json));
        assert_eq!((wrong.status, &wrong.json["error"]), (400, &json!("invalid_grant")));
        assert_eq!(world.number("select count(*) from audit_event where action = 'SIGN_IN' and outcome = 'REFUSED'").await, 2);
        let client = json!({ "grant_type": "client_credentials", "client_id": login, "client_secret": "wrong secret!" });
        let told = post(&world, "/auth/token", client).await;
        assert_eq!((told.status, &told.json["error"]), (401, &json!("invalid_client")));
        for body in [json!({}), json!({ "grant_type": "magic" }), json!({ "grant_type": "password" }), json!([1]), json!(["password", login, PASSWORD]), json!("x")] {
            let told = post(&world, "/auth/token", body.clone()).await;
            assert_eq!(told.status, 400, "{body}");
            assert!(told.json["error"].is_string() && told.json["error_description"].is_string(), "{body}");
        }
        world.sql("update account set state = 'CLOSED'", vec![]).await;
        assert_eq!(sign_in(&world, &login, PASSWORD).await.status, 400);
    }

    async fn failures_are_throttled(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        for _ in 0..3 {
            assert_eq!(sign_in(&world, &login, "wrong password").await.status, 400);
        }
        // A success forgets the failures before it.
        assert_eq!(sign_in(&world, &login, PASSWORD).await.status, 200);
        for _ in 0..10 {
            assert_eq!(sign_in(&world, &login, "wrong password").await.status, 400);
        }
        let told = sign_in(&world, &login, PASSWORD).await;
        assert_eq!((told.status, told.retry_after.as_deref()), (429, Some("300")));
        assert_eq!(told.json["error"], "slow_down");
    }

    async fn a_machine_signs_in_with_its_secret(world: World) {
        let (_, login) = somebody(&world, Role::SummaryReader).await;
        let body = json!({ "grant_type": "client_credentials", "client_id": login, "client_secret": PASSWORD });
        // A person is no client, nor a client a person.
        assert_eq!(post(&world, "/auth/token", body).await.json["error"], "invalid_client");
        world.sql("update account set kind = 'MACHINE'", vec![]).await;
        assert_eq!(sign_in(&world, &login, PASSWORD).await.json["error"], "invalid_grant");
        let body = json!({ "grant_type": "client_credentials", "client_id": login, "client_secret": PASSWORD });
        let told = post(&world, "/auth/token", body).await;
        assert_eq!((told.status, told.json.get("refresh_token")), (200, None));
        assert_eq!(me(&world, &told.json["access_token"]).await, 200);
        let http = tests::client::http().build().expect("a client");
        let basic = http.post(format!("{}/auth/token", world.url())).basic_auth(&login, Some(PASSWORD));
        let answer = basic.json(&json!({ "grant_type": "client_credentials" })).send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
    }

    /// A phone that did not hear the answer asks again within ten seconds and gets the same successor.
    async fn refresh_tokens_are_good_once_with_a_grace(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let first = sign_in(&world, &login, PASSWORD).await.json["refresh_token"].clone();
        let second = refresh(&world, &first).await;
        assert_eq!(second.status, 200);
        world.pass(TimeDelta::seconds(9));
        let again = refresh(&world, &first).await;
        assert_eq!(second.json["refresh_token"], again.json["refresh_token"]);
        let third = refresh(&world, &second.json["refresh_token"]).await;
        assert_eq!(third.status, 200);
        assert_ne!(third.json["refresh_token"], second.json["refresh_token"]);
        assert_eq!(refresh(&world, &json!("guess")).await.status, 400);
        assert_eq!(refresh(&world, &json!("")).await.status, 400);
        world.pass(TimeDelta::days(31));
        assert_eq!(refresh(&world, &third.json["refresh_token"]).await.status, 400);
    }

    /// However much it is used, a session ends: then the password is asked for again.
    async fn a_session_ends_after_its_longest_life(world: World) {
        let world = World::with(world.stack, &[("session_days", "40")]).await;
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let mut token = sign_in(&world, &login, PASSWORD).await.json["refresh_token"].clone();
        for _ in 0..3 {
            world.pass(TimeDelta::days(13));
            let told = refresh(&world, &token).await;
            assert_eq!(told.status, 200, "{}", told.json);
            token = told.json["refresh_token"].clone();
        }
        world.pass(TimeDelta::hours(23));
        token = refresh(&world, &token).await.json["refresh_token"].clone();
        world.pass(TimeDelta::hours(2));
        assert_eq!(refresh(&world, &token).await.status, 400);
        // No token is promised a life beyond its session's.
        assert_eq!(world.number("select count(distinct expires_at) from refresh_token").await, 2);
    }

    async fn endpoints_of_signing_in_take_post_alone(world: World) {
        let http = tests::client::http().build().expect("a client");
        for path in ["/auth/token", "/auth/revoke"] {
            for method in ["GET", "PUT", "DELETE"] {
                let method = method.parse().expect("a method");
                let answer = http.request(method, format!("{}{path}", world.url())).send().await.expect("an answer");
                assert_eq!((answer.status().as_u16(), answer.headers()["allow"].to_str().ok()), (405, Some("POST")));
                assert_eq!(answer.json::<Value>().await.expect("JSON")["error"], "invalid_request");
            }
        }
    }

    async fn a_phone_that_asks_many_times_at_once_gets_one_successor(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let first = sign_in(&world, &login, PASSWORD).await.json["refresh_token"].clone();
        let mut all = Vec::new();
        let answers = [refresh(&world, &first), refresh(&world, &first), refresh(&world, &first), refresh(&world, &first)];
        let [a, b, c, d] = answers;
        let (a, b, c, d) = tokio::join!(a, b, c, d);
        for told in [a, b, c, d] {
            assert_eq!(told.status, 200, "{}", told.json);
            all.push(told.json["refresh_token"].clone());
        }
        all.dedup();
        assert_eq!(all.len(), 1);
        assert_eq!(world.number("select count(*) from refresh_token").await, 2);
    }

    /// Two hold one token: whoever comes second, after the grace, ends the session of both.
    async fn a_stolen_refresh_token_ends_the_family(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let first = sign_in(&world, &login, PASSWORD).await;
        let second = refresh(&world, &first.json["refresh_token"]).await;
        assert_eq!(me(&world, &second.json["access_token"]).await, 200);
        world.pass(TimeDelta::seconds(21));
        assert_eq!(refresh(&world, &first.json["refresh_token"]).await.status, 400);
        assert_eq!(refresh(&world, &second.json["refresh_token"]).await.status, 400);
        for session in [&first, &second] {
            assert_eq!(me(&world, &session.json["access_token"]).await, 401);
        }
        let reuse = "select count(*) from audit_event where action = 'TOKEN_REFRESH' and tables like '%revoked_token%' and account_id is not null";
        assert_eq!(world.number(reuse).await, 1);
        // Another sign-in of the same account is another session.
        assert_eq!(sign_in(&world, &login, PASSWORD).await.status, 200);
    }

    /// At once here, and within a second in another process; also while Redis is away, when the database is asked.
    async fn a_revoked_token_is_refused_everywhere(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let session = sign_in(&world, &login, PASSWORD).await.json;
        let other = sign_in(&world, &login, PASSWORD).await.json;
        assert_eq!(me(&world, &session["access_token"]).await, 200);
        let revoked = post(&world, "/auth/revoke", json!({ "token": session["access_token"] })).await;
        assert_eq!(revoked.status, 200);
        assert_eq!(me(&world, &session["access_token"]).await, 401);
        assert_eq!(me(&world, &other["access_token"]).await, 200);
        assert_eq!(refresh(&world, &session["refresh_token"]).await.status, 200);
        assert_eq!(post(&world, "/auth/revoke", json!({ "token": other["refresh_token"] })).await.status, 200);
        assert_eq!(me(&world, &other["access_token"]).await, 401);
        assert_eq!(refresh(&world, &other["refresh_token"]).await.status, 400);
        assert_eq!(post(&world, "/auth/revoke", json!({ "token": "unknown" })).await.status, 200);
        assert_eq!(post(&world, "/auth/revoke", json!({})).await.status, 400);
    }
}

tests::postgres! {
    async fn another_process_refuses_a_revoked_token_at_once(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let second = world.another().await;
        let session = sign_in(&world, &login, PASSWORD).await.json;
        let there = Client::new(&format!("http://{}", second.address()), session["access_token"].as_str().expect("a token"));
        assert_eq!(there.run("{ me { login } }", json!({})).await.status, 200);
        post(&world, "/auth/revoke", json!({ "token": session["access_token"] })).await;
        assert_eq!(there.run("{ me { login } }", json!({})).await.status, 401);
        second.stop().await;
    }
}
