//! Rights that end: how soon another process knows, what holds while Redis is away, and what becomes of a change that was
//! begun before.

use std::time::{Duration, Instant};

use api::{Hooks, Server};
use entity::{
    account_credential,
    id::{AccountId, CredentialId},
    kind::Role,
};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    postgres,
    process::{Program, fresh_folder},
    proxy::FaultProxy,
    redis::RedisServer,
    world::{World, global},
};

const ME: &str = "{ me { login } }";
const CADRES: &str = "select count(*) from cadre";
const CREATE: &str = "mutation($at: ID!) { cadreCreate(input: { organizationId: $at, name: \"New\", sex: MALE }) { problems { code } cadre { id } } }";
const PASSWORD: &str = "correct horse battery";

async fn post(url: &str, path: &str, body: Value) -> (u16, Value) {
    let http = reqwest::Client::builder().no_proxy().build().expect("a client");
    let response = http.post(format!("{url}{path}")).json(&body).send().await.expect("an answer");
    (response.status().as_u16(), serde_json::from_str(&response.text().await.expect("a body")).unwrap_or(Value::Null))
}

fn url(server: &Server) -> String {
    format!("http://{}", server.address())
}

/// An officer with a password.
async fn officer(world: &World) -> (AccountId, entity::id::OrganizationId) {
    let county = world.organization("North").await;
    let account = world.account(None).await;
    world.grant(account, Role::OrganizationOfficer, county, None).await;
    let secret_hash = api::auth::password::hash(PASSWORD).expect("a hash");
    let id = CredentialId::fresh();
    let row = account_credential::Model { id, account_id: account, secret_hash, set_at: world.now(), version: 1 };
    world.insert(row).await;
    (account, county)
}

async fn session(url: &str, account: AccountId) -> Value {
    let login = account.0.simple().to_string();
    let body = json!({ "grant_type": "password", "username": login, "password": PASSWORD });
    let (status, told) = post(url, "/auth/token", body).await;
    assert_eq!(status, 200, "{told}");
    told
}

fn text<'v>(of: &'v Value, name: &str) -> &'v str {
    of[name].as_str().expect("a text")
}

/// A server of this world that breaks somewhere.
async fn broken(world: &World, hooks: Hooks) -> Server {
    Server::start(world.config.clone(), hooks).await.expect("a server")
}

/// A server by its Redis, and one that reaches it through a link that can fail.
async fn near_and_far(world: &World, redis: &RedisServer, proxy: &FaultProxy, cache: bool) -> [Server; 2] {
    let mut config = world.config.clone();
    (config.redis_url, config.cache) = (redis.url(), cache);
    let near = Server::start(config.clone(), Hooks::default()).await.expect("a server");
    config.redis_url = format!("redis://{}/", proxy.addr());
    [near, Server::start(config, Hooks::default()).await.expect("a server")]
}

async fn ends_within(client: &Client, limit: Duration, what: &str) {
    let begun = Instant::now();
    while client.run(ME, json!({})).await.status != 401 {
        assert!(begun.elapsed() < limit, "{what}: still good after {:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    println!("{what} after {} ms", begun.elapsed().as_millis());
}

postgres! {
    async fn a_revocation_reaches_the_other_process_within_a_second(world: World) {
        let (account, _) = officer(&world).await;
        let other = broken(&world, Hooks::default()).await;
        for name in ["access_token", "refresh_token"] {
            let begun = session(world.url(), account).await;
            let clients = [world.url(), &url(&other)].map(|url| Client::new(url, text(&begun, "access_token")));
            for client in &clients {
                client.run(ME, json!({})).await.at("/me/login");
            }
            assert_eq!(post(world.url(), "/auth/revoke", json!({ "token": begun[name] })).await.0, 200);
            ends_within(&clients[1], Duration::from_secs(1), "the other process refuses").await;
            assert_eq!(clients[0].run(ME, json!({})).await.status, 401);
        }
        other.stop().await;
    }

    /// While Redis is away every question asks the database, so that reads and changes alike know of a revocation at once.
    async fn without_redis_a_revoked_token_is_refused_at_once(mut world: World) {
        let mut redis = RedisServer::start().expect("a Redis");
        let mut config = world.config.clone();
        config.redis_url = redis.url();
        let one = Server::start(config.clone(), Hooks::default()).await.expect("a server");
        let two = Server::start(config, Hooks::default()).await.expect("a server");
        let (account, county) = officer(&world).await;
        world.stop().await;
        let (before, during) = (session(&url(&one), account).await, session(&url(&one), account).await);
        let at = |server: &Server, begun: &Value| Client::new(&url(server), text(begun, "access_token"));
        for begun in [&before, &during] {
            at(&two, begun).run(ME, json!({})).await.at("/me/login");
        }
        assert_eq!(post(&url(&one), "/auth/revoke", json!({ "token": before["access_token"] })).await.0, 200);
        redis.kill();
        // Revoked before Redis went, and while it is away.
        assert_eq!(post(&url(&one), "/auth/revoke", json!({ "token": during["refresh_token"] })).await.0, 200);
        for begun in [&before, &during] {
            let client = at(&two, begun);
            assert_eq!(client.run(CREATE, json!({ "at": global(county) })).await.status, 401);
            assert_eq!(client.run(ME, json!({})).await.status, 401);
        }
        assert_eq!(world.number(CADRES).await, 0);
        // Who was not revoked goes on.
        let other = session(&url(&one), account).await;
        at(&two, &other).run(CREATE, json!({ "at": global(county) })).await.done("/cadreCreate");
        one.stop().await;
        two.stop().await;
    }

    /// Only the link of the process that revokes is broken: the other still remembers who it was, and reads may go on for
    /// two seconds. A change may not: it asks the database.
    async fn with_a_broken_link_a_change_is_refused_at_once(mut world: World) {
        let redis = RedisServer::start().expect("a Redis");
        let proxy = FaultProxy::start(redis.address()).expect("a proxy");
        let [near, far] = near_and_far(&world, &redis, &proxy, true).await;
        let (account, county) = officer(&world).await;
        world.stop().await;
        let begun = session(&url(&near), account).await;
        let client = Client::new(&url(&near), text(&begun, "access_token"));
        client.run(ME, json!({})).await.at("/me/login");
        proxy.cut();
        assert_eq!(post(&url(&far), "/auth/revoke", json!({ "token": begun["access_token"] })).await.0, 200);
        let answer = client.run(CREATE, json!({ "at": global(county) })).await;
        assert_eq!(answer.codes(), ["UNAUTHENTICATED"], "{}", answer.text);
        assert_eq!(world.number(CADRES).await, 0);
        ends_within(&client, Duration::from_secs(2), "a read is refused").await;
        near.stop().await;
        far.stop().await;
    }

    /// Where nothing is remembered, who one is stays near all the same: it is not asked for again and again, and its end is
    /// heard. A link that has gone silent is not believed for a second.
    async fn who_one_is_stays_near_while_its_changes_are_heard(mut world: World) {
        let redis = RedisServer::start().expect("a Redis");
        let proxy = FaultProxy::start(redis.address()).expect("a proxy");
        let [near, far] = near_and_far(&world, &redis, &proxy, false).await;
        let (account, _) = officer(&world).await;
        world.stop().await;
        let mut sessions = Vec::new();
        for _ in 0..2 {
            sessions.push(session(&url(&near), account).await);
        }
        let clients: Vec<_> = sessions.iter().map(|it| Client::new(&url(&far), text(it, "access_token"))).collect();
        clients[0].run(ME, json!({})).await.at("/me/login");
        let (begun, before) = (Instant::now(), redis.calls("hmget").expect("a count"));
        for client in clients.iter().cycle().take(40) {
            client.run(ME, json!({})).await.at("/me/login");
        }
        let asked = redis.calls("hmget").expect("a count") - before;
        // Once a second in any case.
        assert!(asked <= 4 + 2 * begun.elapsed().as_secs(), "asked {asked} times for 40 requests");
        let revoke = async |which: usize| {
            let told = json!({ "token": sessions[which]["access_token"] });
            assert_eq!(post(&url(&near), "/auth/revoke", told).await.0, 200);
        };
        revoke(0).await;
        ends_within(&clients[0], Duration::from_secs(1), "a read is refused").await;
        clients[1].run(ME, json!({})).await.at("/me/login");
        proxy.delay(Duration::from_secs(600));
        revoke(1).await;
        ends_within(&clients[1], Duration::from_secs(2), "a read is refused through a silent link").await;
        near.stop().await;
        far.stop().await;
    }

    /// The end of a role is under way and not committed when the change asks: the change waits for it, and is refused.
    async fn a_role_that_is_just_being_ended_is_waited_for(world: World) {
        let (account, county) = officer(&world).await;
        let client = world.client(account);
        client.run(ME, json!({})).await.at("/me/login");
        let tx = world.db.begin().await.expect("a transaction");
        tx.execute_unprepared("update account_grant set valid_to = now() - interval '1 day', valid_from = now() - interval '2 days'").await.expect("an update");
        let variables = json!({ "at": global(county) });
        let (answer, ()) = tokio::join!(client.run(CREATE, variables), async {
            tokio::time::sleep(Duration::from_millis(600)).await;
            tx.commit().await.expect("a commit");
        });
        answer.refused("FORBIDDEN");
        assert_eq!(world.number(CADRES).await, 0);
    }

    /// One server's clock is ten seconds ahead: its sessions are good at the other, and the other way round.
    async fn clocks_ten_seconds_apart_sign_nobody_out(world: World) {
        let (account, county) = officer(&world).await;
        let mut ahead = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &["serve", "--listen", "127.0.0.1:0"])
            .over(&world.config)
            .with("FAULT_CLOCK_AHEAD_S", "10")
            .start();
        let ahead_url = tokio::task::block_in_place(|| ahead.url());
        let (one, two) = (world.url().to_owned(), ahead_url.clone());
        for (from, to) in [(&one, &two), (&two, &one)] {
            let begun = session(from, account).await;
            let client = Client::new(to, text(&begun, "access_token"));
            client.run(CREATE, json!({ "at": global(county) })).await.done("/cadreCreate");
            // A phone that did not hear the answer asks the other server.
            let body = json!({ "grant_type": "refresh_token", "refresh_token": begun["refresh_token"] });
            let (status, first) = post(from, "/auth/token", body.clone()).await;
            let (again, second) = post(to, "/auth/token", body).await;
            assert_eq!((status, again), (200, 200), "{first} {second}");
            assert_eq!(first["refresh_token"], second["refresh_token"]);
        }
        ahead.terminate();
    }
}

both! {
    /// A role, an account, a token: each ends after the request was admitted and before it commits.
    async fn what_ends_during_a_change_undoes_it(world: World) {
        let (account, county) = officer(&world).await;
        let mut hooks = Hooks { clock: api::clock::Clock::moved_by(chrono::Utc::now), ..Hooks::default() };
        hooks.faults.before_execution_ms = 700;
        let slow = broken(&world, hooks).await;
        let day = chrono::TimeDelta::days(1);
        let ended = vec![(world.now() - day).into(), (world.now() - day - day).into()];
        let endings: [(&str, Vec<sea_orm::Value>, &str, &str); 3] = [
            ("update account_grant set valid_to = $1, valid_from = $2", ended, "update account_grant set valid_to = null", "FORBIDDEN"),
            ("update account set state = 'CLOSED'", vec![], "update account set state = 'ACTIVE'", "UNAUTHENTICATED"),
            ("", vec![], "delete from revoked_token", "UNAUTHENTICATED"),
        ];
        for (end, values, mend, code) in endings {
            let begun = session(world.url(), account).await;
            let client = Client::new(&url(&slow), text(&begun, "access_token"));
            let change = client.run(CREATE, json!({ "at": global(county) }));
            let ending = async {
                tokio::time::sleep(Duration::from_millis(300)).await;
                if end.is_empty() {
                    assert_eq!(post(world.url(), "/auth/revoke", json!({ "token": begun["access_token"] })).await.0, 200);
                } else {
                    world.sql(end, values).await;
                }
            };
            let (answer, ()) = tokio::join!(change, ending);
            assert_eq!(answer.codes(), [code], "{end}: {}", answer.text);
            assert_eq!(world.number(CADRES).await, 0, "{end}");
            world.sql(mend, vec![]).await;
            world.tell().await;
        }
        // And where nothing ends, nothing is undone.
        let begun = session(world.url(), account).await;
        Client::new(&url(&slow), text(&begun, "access_token")).run(CREATE, json!({ "at": global(county) })).await.done("/cadreCreate");
        assert_eq!(world.number("select count(*) from audit_event where action = 'CADRE_CREATE' and outcome = 'REFUSED'").await, 1);
        slow.stop().await;
    }

    /// Nor is a sensitive value shown.
    async fn what_ends_while_values_are_opened_keeps_them_shut(world: World) {
        let (account, county) = officer(&world).await;
        let anna = world.cadre(county, "Anna", |_| {}).await;
        let mut hooks = Hooks::default();
        hooks.faults.before_execution_ms = 700;
        let slow = broken(&world, hooks).await;
        let client = Client::new(&url(&slow), world.client(account).token());
        let open = "query($id: ID!) { cadre(id: $id) { sensitive(purpose: SUPERVISION, reason: \"Letter 7\") { phone } } }";
        let ending = async {
            tokio::time::sleep(Duration::from_millis(300)).await;
            let day = chrono::TimeDelta::days(1);
            let values = vec![(world.now() - day).into(), (world.now() - day - day).into()];
            world.sql("update account_grant set valid_to = $1, valid_from = $2", values).await;
        };
        let (answer, ()) = tokio::join!(client.run(open, json!({ "id": global(anna) })), ending);
        assert_eq!(answer.codes(), ["FORBIDDEN"], "{}", answer.text);
        assert_eq!(world.number("select count(*) from access_log").await, 0);
        slow.stop().await;
    }
}
