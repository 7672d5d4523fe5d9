//! The second factor: roles that want one, codes that are good once, and sessions that began without.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entity::{id::AccountId, kind::Role};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    process::{Ended, Program, fresh_folder},
    signin::{Authenticator, PASSWORD, Told, post, sign_in, sign_in_with, somebody},
    token,
    world::World,
};

const TRAIL: &str = "{ auditEvents(first: 1) { edges { node { action } } } }";
const CADRES: &str = "{ cadres { totalCount } }";

/// The command line over the world's database.
async fn tidui(world: &World, words: &[&str]) -> Ended {
    let config = &world.config;
    let settings = [
        ("TIDUI_DATABASE_URL", &config.database_url),
        ("TIDUI_REDIS_URL", &config.redis_url),
        ("TIDUI_REDIS_PREFIX", &config.redis_prefix),
        ("TIDUI_SIGNING_KEY", &config.signing_key),
        ("TIDUI_FIELD_KEY", &config.field_key),
    ];
    let program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), words);
    let program = settings.into_iter().fold(program, |program, (name, value)| program.with(name, value));
    tokio::task::spawn_blocking(|| program.run()).await.expect("an end")
}

async fn enrol(world: &World, login: &str) -> Authenticator {
    Authenticator::reading(&tidui(world, &["account", "totp", login]).await.done().out)
}

/// An auditor, who needs a second factor by the default settings, and has one.
async fn auditor(world: &World) -> (AccountId, String, Authenticator) {
    let (account, login) = somebody(world, Role::AuditAdmin).await;
    let authenticator = enrol(world, &login).await;
    (account, login, authenticator)
}

fn client(world: &World, told: &Told) -> Client {
    Client::new(world.url(), told.json["access_token"].as_str().unwrap_or_else(|| panic!("no token in {}", told.json)))
}

async fn refresh(world: &World, told: &Told) -> Told {
    post(world, "/auth/token", json!({ "grant_type": "refresh_token", "refresh_token": told.json["refresh_token"] }))
        .await
}

/// That a session has ended: at once where processes share a store, else within the promise of two seconds.
async fn ended(client: &Client) {
    let begun = Instant::now();
    while client.run(CADRES, json!({})).await.status != 401 {
        assert!(begun.elapsed() < Duration::from_secs(5), "the session goes on");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

fn refused(told: &Told, error: &str) {
    assert_eq!((told.status, &told.json["error"]), (400, &json!(error)), "{}", told.json);
    assert_eq!(told.json.get("access_token"), None);
}

both! {
    async fn a_role_that_wants_a_second_factor_gets_no_token_without(world: World) {
        let (_, login) = somebody(&world, Role::AuditAdmin).await;
        let told = sign_in(&world, &login, PASSWORD).await;
        refused(&told, "mfa_enrollment_required");
        assert!(told.json["error_description"].as_str().is_some_and(|it| it.contains("tidui account totp")));
        let authenticator = enrol(&world, &login).await;
        // That a code is wanted is told to who knows the password, and to nobody else.
        refused(&sign_in(&world, &login, PASSWORD).await, "mfa_required");
        refused(&sign_in(&world, &login, "wrong password").await, "invalid_grant");
        refused(&sign_in_with(&world, &login, &authenticator.wrong(world.now())).await, "invalid_grant");
        let told = sign_in_with(&world, &login, &authenticator.code(world.now())).await;
        client(&world, &told).run(TRAIL, json!({})).await.at("/auditEvents");
        assert_eq!(token::read(client(&world, &told).token()).1["amr"], json!(["pwd", "otp", "mfa"]));
        // A session goes on without a code, and keeps what it proved.
        let told = refresh(&world, &told).await;
        client(&world, &told).run(TRAIL, json!({})).await.at("/auditEvents");
        let refusals = "select count(*) from audit_event where action = 'SIGN_IN' and outcome = 'REFUSED' and account_id is not null";
        assert_eq!(world.number(refusals).await, 3);
        let secret = &authenticator.text;
        let shown = format!("select count(*) from audit_change where after_values like '%{secret}%' or after_values like '%secret\"%'");
        assert_eq!(world.number(&shown).await, 0);
    }

    async fn a_code_is_good_once_in_any_process(world: World) {
        let (_, login, authenticator) = auditor(&world).await;
        let code = authenticator.code(world.now());
        assert_eq!(sign_in_with(&world, &login, &code).await.status, 200);
        refused(&sign_in_with(&world, &login, &code).await, "invalid_grant");
        let second = world.another().await;
        let body = json!({ "grant_type": "password", "username": login, "password": PASSWORD, "otp": code });
        let http = tests::client::http().build().expect("a client");
        let there = http.post(format!("http://{}/auth/token", second.address())).json(&body).send().await.expect("an answer");
        assert_eq!(there.status(), 400);
        second.stop().await;
        // The code before the used one is over with it; the next one is good, also a little early.
        let before = authenticator.code(world.now() - TimeDelta::seconds(30));
        refused(&sign_in_with(&world, &login, &before).await, "invalid_grant");
        let next = authenticator.code(world.now() + TimeDelta::seconds(30));
        assert_eq!(sign_in_with(&world, &login, &next).await.status, 200);
    }

    async fn two_requests_with_one_code_begin_one_session(world: World) {
        let (_, login, authenticator) = auditor(&world).await;
        let code = authenticator.code(world.now());
        let (a, b, c) = tokio::join!(sign_in_with(&world, &login, &code), sign_in_with(&world, &login, &code), sign_in_with(&world, &login, &code));
        let mut all = [a.status, b.status, c.status];
        all.sort_unstable();
        assert_eq!(all, [200, 400, 400]);
        assert_eq!(world.number("select count(*) from refresh_token").await, 1);
    }

    /// Who knows the password may not try the million codes, nor buy new tries with the password.
    async fn wrong_codes_are_throttled(world: World) {
        let (_, login, authenticator) = auditor(&world).await;
        let wrong = authenticator.wrong(world.now());
        for _ in 0..10 {
            refused(&sign_in(&world, &login, PASSWORD).await, "mfa_required");
            refused(&sign_in_with(&world, &login, &wrong).await, "invalid_grant");
        }
        let told = sign_in_with(&world, &login, &authenticator.code(world.now())).await;
        assert_eq!((told.status, told.retry_after.as_deref()), (429, Some("300")));
    }

    /// A role that comes after a sign-in without a second factor counts after the next one with it.
    async fn a_role_gained_later_wants_a_new_sign_in(world: World) {
        let (account, login) = somebody(&world, Role::OrganizationOfficer).await;
        let session = sign_in(&world, &login, PASSWORD).await;
        client(&world, &session).run(CADRES, json!({})).await.at("/cadres");
        let county = world.organization("South").await;
        world.grant(account, Role::AuditAdmin, county, None).await;
        world.tell().await;
        let session = refresh(&world, &session).await;
        let withheld = client(&world, &session).run(TRAIL, json!({})).await;
        withheld.refused("FORBIDDEN");
        assert!(withheld.text.contains("second factor"), "{}", withheld.text);
        client(&world, &session).run(CADRES, json!({})).await.at("/cadres");
        refused(&sign_in(&world, &login, PASSWORD).await, "mfa_enrollment_required");
        let authenticator = enrol(&world, &login).await;
        // Whoever held the account before it had the factor is out.
        ended(&client(&world, &session)).await;
        let session = sign_in_with(&world, &login, &authenticator.code(world.now())).await;
        client(&world, &session).run(TRAIL, json!({})).await.at("/auditEvents");
    }

    async fn an_operator_takes_a_lost_factor_away(world: World) {
        let (_, login) = somebody(&world, Role::OrganizationOfficer).await;
        let first = enrol(&world, &login).await;
        // Who has a factor gives its code, whether a role wants it or not; a new one ends the old.
        refused(&sign_in(&world, &login, PASSWORD).await, "mfa_required");
        let second = enrol(&world, &login).await;
        refused(&sign_in_with(&world, &login, &first.code(world.now())).await, "invalid_grant");
        let session = sign_in_with(&world, &login, &second.code(world.now())).await;
        assert_eq!(session.status, 200);
        tidui(&world, &["account", "totp", &login, "--remove"]).await.done();
        ended(&client(&world, &session)).await;
        assert_eq!(sign_in(&world, &login, PASSWORD).await.status, 200);
        tidui(&world, &["account", "totp", &login, "--remove"]).await.refused(&["no second factor"]);
        tidui(&world, &["account", "totp", "nobody"]).await.refused(&["nobody", "tidui account grant"]);
    }

    async fn a_program_has_no_second_factor(world: World) {
        let (_, login) = somebody(&world, Role::AuditAdmin).await;
        world.sql("update account set kind = 'MACHINE'", vec![]).await;
        let body = json!({ "grant_type": "client_credentials", "client_id": login, "client_secret": PASSWORD });
        let told = post(&world, "/auth/token", body).await;
        client(&world, &told).run(TRAIL, json!({})).await.at("/auditEvents");
        assert_eq!(token::read(client(&world, &told).token()).1.get("amr"), None::<&Value>);
        tidui(&world, &["account", "totp", &login]).await.refused(&["program"]);
    }
}

tests::sqlite! {
    async fn the_settings_say_which_roles(world: World) {
        let open = World::with(world.stack, &[("second_factor_roles", "")]).await;
        let (_, login) = somebody(&open, Role::AuditAdmin).await;
        let told = sign_in(&open, &login, PASSWORD).await;
        client(&open, &told).run(TRAIL, json!({})).await.at("/auditEvents");
        tidui(&world, &["serve", "--second-factor-roles", "AUDITOR"]).await.refused(&["second_factor_roles", "AUDITOR", "AUDIT_ADMIN"]);
    }
}
