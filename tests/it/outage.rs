//! What breaks around the server: Redis, a process killed at the worst moment. Answers stay right, nothing is lost.

use std::{
    process::{Command, Stdio},
    time::{Duration, Instant},
};

use api::{Hooks, Server};
use entity::kind::Role;
use serde_json::json;
use tests::{
    both,
    client::Client,
    postgres,
    proxy::FaultProxy,
    redis::RedisServer,
    runner::Stack,
    world::{World, global},
};

const COUNT: &str = "{ cadres { totalCount } }";
const CREATE: &str = "mutation($at: ID!, $name: String!) { cadreCreate(input: { organizationId: $at, name: $name, sex: MALE }) { problems { code } cadre { id } } }";

async fn metric(client: &Client, name: &str) -> u64 {
    let (_, text) = client.get("/metrics").await;
    let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).expect("the metric").to_owned();
    line.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a number")
}

/// Waits until a client sees so many cadres; the promise is two seconds.
async fn sees_within_two_seconds(client: &Client, expected: u64, what: &str) {
    let begun = Instant::now();
    loop {
        let seen = client.run(COUNT, json!({})).await;
        if seen.at("/cadres/totalCount") == expected {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(2), "{what}: {} after two seconds", seen.text);
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
}

tests::postgres! {
    /// Redis dies and comes back empty; two processes answer rightly all the while.
    async fn redis_may_die_and_return(mut world: World) {
        let mut redis = RedisServer::start().expect("a Redis");
        let mut config = world.config.clone();
        config.redis_url = redis.url();
        let one = Server::start(config.clone(), Hooks::default()).await.expect("a server");
        let two = Server::start(config, Hooks::default()).await.expect("a server");
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        // The world's own server stands on another Redis, and would sweep in these two's place.
        world.stop().await;
        let first = Client::new(&format!("http://{}", one.address()), officer.token());
        let second = Client::new(&format!("http://{}", two.address()), officer.token());
        let add = |name: &str| json!({ "at": global(county), "name": name });

        // In normal running the other process sees a write at once.
        for expected in 1..=3 {
            assert_eq!(second.run(COUNT, json!({})).await.at("/cadres/totalCount"), expected - 1);
            first.run(CREATE, add("In normal running")).await.done("/cadreCreate");
            assert_eq!(second.run(COUNT, json!({})).await.at("/cadres/totalCount"), expected);
        }
        assert_eq!((metric(&first, "tidui_cache_degraded").await, metric(&second, "tidui_cache_degraded").await), (0, 0));
        assert!(metric(&second, "tidui_cache_misses_total").await > 0);

        redis.kill();
        for expected in 4..=6 {
            first.run(CREATE, add("Without Redis")).await.done("/cadreCreate");
            assert_eq!(first.run(COUNT, json!({})).await.at("/cadres/totalCount"), expected);
            assert_eq!(second.run(COUNT, json!({})).await.at("/cadres/totalCount"), expected);
        }
        assert_eq!((metric(&first, "tidui_cache_degraded").await, metric(&second, "tidui_cache_degraded").await), (1, 1));

        redis.restart().expect("Redis again");
        first.run(CREATE, add("Just back")).await.done("/cadreCreate");
        sees_within_two_seconds(&second, 7, "after Redis returned").await;
        let begun = Instant::now();
        while metric(&first, "tidui_cache_degraded").await + metric(&second, "tidui_cache_degraded").await > 0 {
            assert!(begun.elapsed() < Duration::from_secs(10), "the cache is not believed again");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        first.run(CREATE, add("Believed again")).await.done("/cadreCreate");
        assert_eq!(second.run(COUNT, json!({})).await.at("/cadres/totalCount"), 8);
        one.stop().await;
        two.stop().await;
    }

    /// The database ends every connection, as it does when it is restarted: who reads a row by its key does not notice, and
    /// within a moment nobody does.
    async fn connections_may_be_ended(world: World) {
        let mut config = world.config.clone();
        config.database_connections = 16;
        let server = Server::start(config, Hooks::default()).await.expect("a server");
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let officer = Client::new(&format!("http://{}", server.address()), officer.token());
        let add = json!({ "at": global(county), "name": "Wang" });
        let person = officer.run(CREATE, add.clone()).await.done("/cadreCreate")["cadre"]["id"].clone();
        let ask = "query($id: ID!) { cadre(id: $id) { name organization { name } } }";
        let named = async || officer.run(ask, json!({ "id": person })).await.text_at("/cadre/name");
        for _ in 0..8 {
            assert_eq!(named().await, "Wang");
        }
        let end = "select count(pg_terminate_backend(pid)) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid()";
        postgres::shared().psql(world.database(), end).expect("connections that end");
        for _ in 0..8 {
            assert_eq!(named().await, "Wang");
        }
        let begun = Instant::now();
        while officer.run(CREATE, add.clone()).await.text.contains("INTERNAL") {
            assert!(begun.elapsed() < Duration::from_secs(5), "nothing can be written any more");
        }
        assert_eq!(named().await, "Wang");
        server.stop().await;
    }

    /// One process loses its link to Redis, writes, and the other still remembers: within two seconds it does not.
    async fn a_link_may_break(mut world: World) {
        let redis = RedisServer::start().expect("a Redis");
        let proxy = FaultProxy::start(redis.address()).expect("a proxy");
        let mut near = world.config.clone();
        near.redis_url = redis.url();
        let mut far = near.clone();
        far.redis_url = format!("redis://{}/", proxy.addr());
        let near = Server::start(near, Hooks::default()).await.expect("a server");
        let far = Server::start(far, Hooks::default()).await.expect("a server");
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        world.stop().await;
        let reader = Client::new(&format!("http://{}", near.address()), officer.token());
        let writer = Client::new(&format!("http://{}", far.address()), officer.token());
        let add = json!({ "at": global(county), "name": "New" });
        reader.run(COUNT, json!({})).await;

        proxy.cut();
        writer.run(CREATE, add.clone()).await.done("/cadreCreate");
        assert_eq!(writer.run(COUNT, json!({})).await.at("/cadres/totalCount"), 1);
        sees_within_two_seconds(&reader, 1, "with the writer's link cut").await;
        proxy.mend();

        // A slow Redis is no Redis: requests do not wait for it.
        proxy.delay(Duration::from_millis(500));
        let begun = Instant::now();
        writer.run(CREATE, add).await.done("/cadreCreate");
        assert_eq!(writer.run(COUNT, json!({})).await.at("/cadres/totalCount"), 2);
        assert!(begun.elapsed() < Duration::from_millis(1500), "{:?}", begun.elapsed());
        sees_within_two_seconds(&reader, 2, "with the writer's link slow").await;
        near.stop().await;
        far.stop().await;
    }
}

both! {
    /// A process dies between its commit and the invalidation: another one tells the caches in its place.
    async fn a_process_may_die_after_its_commit(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        assert_eq!(officer.run(COUNT, json!({})).await.at("/cadres/totalCount"), 0);
        let config = world.config.clone();
        let mut command = Command::new(env!("CARGO_BIN_EXE_tidui-under-test"));
        command.args(["serve", "--listen", "127.0.0.1:0"]).env("FAULT_ABORT_AFTER_COMMIT", "1");
        command.args(["--database-url", &config.database_url, "--redis-url", &config.redis_url, "--redis-prefix", &config.redis_prefix]);
        command.args(["--signing-key", &config.signing_key, "--field-key", &config.field_key]);
        let mut child = command.stdout(Stdio::null()).stderr(Stdio::piped()).spawn().expect("a process");
        let stderr = child.stderr.take().expect("its words");
        let (tell, address) = tokio::sync::oneshot::channel();
        std::thread::spawn(move || {
            use std::io::BufRead;
            let mut tell = Some(tell);
            for line in std::io::BufReader::new(stderr).lines().map_while(Result::ok) {
                if let (Some(address), Some(tell)) = (line.strip_prefix("Serving on "), tell.take_if(|_| line.starts_with("Serving"))) {
                    let _ = tell.send(address.to_owned());
                }
            }
        });
        let address = address.await.expect("an address");
        let doomed = Client::new(&address, officer.token());
        let body = json!({ "query": CREATE, "variables": { "at": global(county), "name": "Committed" } });
        assert!(doomed.try_send(&body).await.is_err(), "the process answered");
        assert!(!child.wait().expect("an end").success());
        assert_eq!(world.number("select count(*) from audit_event where action = 'CADRE_CREATE'").await, 1);
        sees_within_two_seconds(&officer, 1, "after the kill").await;
        let begun = Instant::now();
        while world.number("select count(*) from audit_event where not published").await > 0 {
            assert!(begun.elapsed() < Duration::from_secs(3), "the event stays unpublished");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
    }

    /// The database goes away under the server: an honest error with a code, and no words of the database.
    async fn errors_of_our_own_show_nothing(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        officer.run("{ me { login } }", json!({})).await.at("/me/login");
        world.sql("drop table pair_contact", vec![]).await;
        world.sql("alter table cadre rename to elsewhere", vec![]).await;
        let answer = officer.run("{ cadres { edges { node { name } } } }", json!({})).await;
        answer.refused("INTERNAL");
        for word in ["cadre\"", "table", "relation", "select", "SELECT", "sqlx"] {
            assert!(!answer.text.contains(word), "{word} in {}", answer.text);
        }
    }

    async fn it_says_what_it_stands_on(world: World) {
        let client = Client::new(world.url(), "");
        assert_eq!(client.get("/healthz").await, (200, "{\"status\":\"ok\"}".to_owned()));
        let (status, ready) = client.get("/readyz").await;
        let ready: serde_json::Value = serde_json::from_str(&ready).expect("JSON");
        assert_eq!((status, ready), (200, json!({ "database": "ok", "cache": "ok", "migrations": "ok" })));
        if world.stack == Stack::Postgres {
            assert!(postgres::Cluster::available().is_ok());
        }
    }
}
