//! An address of a file ends with the ground that it was given on, and nobody holds the server up with many of them.

use std::time::Duration;

use chrono::TimeDelta;
use entity::{
    account_credential,
    id::{CredentialId, OrganizationId},
    kind::Role,
};
use sea_orm::{ConnectionTrait, SqliteTransactionMode, TransactionOptions, TransactionTrait};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Client, http},
    world::World,
};

use super::{
    counties,
    downloads::{ORDER, fetch, input, ordered},
    import, roster,
};

const PASSWORD: &str = "correct horse battery";
const OPENED: &str = "select count(*) from access_log";

/// An officer of a county with the roster, with a session of a password.
pub(super) async fn session(world: &World, county: OrganizationId) -> (Client, Value) {
    let account = world.account(None).await;
    world.grant(account, Role::OrganizationOfficer, county, None).await;
    let secret_hash = api::auth::password::hash(PASSWORD).expect("a hash");
    let id = CredentialId::fresh();
    world
        .insert(account_credential::Model { id, account_id: account, secret_hash, set_at: world.now(), version: 1 })
        .await;
    let body = json!({ "grant_type": "password", "username": account.0.simple().to_string(), "password": PASSWORD });
    let told = post(world, "/auth/token", &body).await.json::<Value>().await.expect("a token");
    (Client::new(world.url(), told["access_token"].as_str().expect("a token")), told)
}

pub(super) async fn post(world: &World, path: &str, body: &Value) -> reqwest::Response {
    let http = http().build().expect("a client");
    let answer = http.post(format!("{}{path}", world.url())).json(body).send().await.expect("an answer");
    assert_eq!(answer.status(), 200, "{path}");
    answer
}

both! {
    async fn the_addresses_of_an_ended_session_are_ended(world: World) {
        let (county, _) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        for name in ["access_token", "refresh_token"] {
            let (officer, told) = session(&world, county).await;
            let (path, other) = (ordered(&officer, county).await, session(&world, county).await);
            let good = ordered(&other.0, county).await;
            post(&world, "/auth/revoke", &json!({ "token": told[name] })).await;
            assert_eq!(fetch(&world, &path).await.status(), 403, "{name}");
            // A token that would be over by itself was ended all the same.
            world.sql("update revoked_token set expires_at = $1", vec![(world.now() - TimeDelta::seconds(1)).into()]).await;
            assert_eq!(fetch(&world, &path).await.status(), 403, "{name}");
            assert_eq!(fetch(&world, &good).await.status(), 200, "{name}: another session's goes on");
        }
        assert_eq!(world.number(OPENED).await, 6);
    }

    async fn an_order_ends_by_its_own_row_and_is_removed_after_a_day(mut world: World) {
        let (county, _) = counties(&world).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let (old, good) = (ordered(&officer, county).await, ordered(&officer, county).await);
        assert_eq!(fetch(&world, &good).await.status(), 200);
        world.sql("update export set ordered_at = $1", vec![(world.now() - TimeDelta::minutes(11)).into()]).await;
        assert_eq!(fetch(&world, &old).await.status(), 410);
        world.stop().await;
        world.pass(TimeDelta::hours(25));
        world.start().await;
        for _ in 0..100 {
            if world.number("select count(*) from export").await == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        assert_eq!(world.number("select count(*) from export").await, 1);
        assert_eq!(world.number("select count(*) from export where made_at is not null").await, 1, "what went out stays on record");
    }

    async fn one_account_has_twenty_open_orders_at_most(world: World) {
        let (county, _) = counties(&world).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let first = ordered(&officer, county).await;
        for _ in 1..20 {
            ordered(&officer, county).await;
        }
        officer.run(ORDER, input(county)).await.problem("/it", "INVALID");
        let colleague = world.sign_in(Role::OrganizationOfficer, county).await;
        ordered(&colleague, county).await;
        assert_eq!(fetch(&world, &first).await.status(), 200);
        ordered(&officer, county).await;
        officer.run(ORDER, input(county)).await.problem("/it", "INVALID");
        world.pass(TimeDelta::minutes(11));
        ordered(&world.sign_in(Role::OrganizationOfficer, county).await, county).await;
    }

    async fn two_files_are_made_at_once_and_the_next_comes_again(world: World) {
        let (county, _) = counties(&world).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let mut paths = Vec::new();
        for _ in 0..3 {
            paths.push(ordered(&officer, county).await);
        }
        let options = TransactionOptions { sqlite_transaction_mode: Some(SqliteTransactionMode::Immediate), ..TransactionOptions::default() };
        let lock = world.db.begin_with_options(options).await.expect("a transaction");
        lock.execute_unprepared("update export set reason = reason").await.expect("a lock");
        // Each wants to take its one use before anything is read for it, and waits for the lock.
        let (mut one, mut two) = (Box::pin(fetch(&world, &paths[0])), Box::pin(fetch(&world, &paths[1])));
        let waiting = Duration::from_millis(700);
        assert!(tokio::time::timeout(waiting, async { tokio::select! { _ = &mut one => (), _ = &mut two => () } }).await.is_err());
        let third = fetch(&world, &paths[2]).await;
        assert_eq!((third.status().as_u16(), third.headers().get("retry-after").map(|it| it.as_bytes())), (503, Some(b"5".as_slice())));
        lock.commit().await.expect("a commit");
        assert_eq!((one.await.status(), two.await.status()), (reqwest::StatusCode::OK, reqwest::StatusCode::OK));
        assert_eq!(fetch(&world, &paths[2]).await.status(), 200);
    }
}
