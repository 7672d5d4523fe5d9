//! How much one may follow, and say, at once: streams draw as requests do, and who floods a socket loses it.

use std::time::{Duration, Instant};

use chrono::TimeDelta;
use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    events::Events,
    socket::{Came, Socket},
    sqlite,
    world::World,
};

use super::{PAIRS, SILENCE, Scene, metric, step, until};

const PROTOCOL: (&str, &str) = ("sec-websocket-protocol", "graphql-transport-ws");
const ME: &str = "{ me { login } }";
const NEWS: &str = "subscription { it: mentoringPairChanged { news } }";

/// The world's server again, with other settings.
async fn with(world: &mut World, change: impl FnOnce(&mut api::Config)) {
    world.stop().await;
    change(&mut world.config);
    world.start().await;
}

/// Waits until so many subscriptions go on.
async fn following(client: &Client, count: u64) {
    until(client, "tidui_subscriptions", count).await;
}

fn code(said: &Value) -> &str {
    assert_eq!(said["type"], "error", "{said}");
    said["payload"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

both! {
    /// The last grant that allows it ends: one last word, one line in the audit trail, whoever's pairs change.
    async fn a_last_grant_that_ends_ends_the_stream(world: World) {
        let (north, south) = (Scene::of(&world, "North").await, Scene::of(&world, "South").await);
        let account = world.account(None).await;
        let end = world.now() + TimeDelta::seconds(60);
        world.grant(account, Role::OrganizationOfficer, north.county, Some(end)).await;
        // Good for nothing that is followed here, so that the account itself stays.
        world.grant(account, Role::SummaryReader, north.county, None).await;
        let follower = world.client(account);
        let mut events = Events::of(&follower, PAIRS, json!({})).await;
        let mut socket = Socket::of(&follower).await;
        socket.subscribe("1", PAIRS, json!({})).await;
        following(&south.officer, 2).await;
        world.pass(TimeDelta::seconds(61));
        let id = south.propose(&south.officer).await;
        let last = events.expect().await;
        assert_eq!((last.name.as_str(), last.code(), last.data.get("data")), ("next", "FORBIDDEN", None), "{last:?}");
        assert_eq!(events.expect().await.name, "complete");
        assert_eq!(events.next().await, None);
        assert_eq!(code(&socket.said().await), "FORBIDDEN");
        following(&south.officer, 0).await;
        step(&south.officer, "Activate", &id, 1, json!({})).await;
        step(&south.officer, "Suspend", &id, 2, json!({ "reason": "A course" })).await;
        socket.silent_for(SILENCE).await;
        // The socket itself goes on: its token is good for what is left.
        socket.subscribe("1", ME, json!({})).await;
        assert_eq!(socket.said().await["type"], "next");
        let refused = "select count(*) from audit_event where outcome = 'REFUSED'";
        assert_eq!(world.number(refused).await, 2, "one for each of the two streams");
    }

    /// A change that is not told costs something all the same: it was looked at.
    async fn a_change_that_may_not_be_seen_draws_a_point(mut world: World) {
        with(&mut world, |it| (it.people_points, it.document_cost) = (120, 120)).await;
        let (north, south) = (Scene::of(&world, "North").await, Scene::of(&world, "South").await);
        let follower = world.sign_in(Role::OrganizationOfficer, north.county).await;
        let idle = world.sign_in(Role::OrganizationOfficer, north.county).await;
        let left = async |client: &Client| {
            let answer = client.run("{ rateLimit { points { remaining } } }", json!({})).await;
            answer.at("/rateLimit/points/remaining").as_u64().expect("points")
        };
        let mut all = Vec::new();
        for _ in 0..10 {
            all.push(Events::of(&follower, NEWS, json!({})).await);
        }
        let before = left(&follower).await;
        let id = south.propose(&south.officer).await;
        step(&south.officer, "Activate", &id, 1, json!({})).await;
        step(&south.officer, "Suspend", &id, 2, json!({ "reason": "A course" })).await;
        step(&south.officer, "Resume", &id, 3, json!({})).await;
        for events in &mut all {
            events.silent_for(Duration::from_millis(60)).await;
        }
        // What is not used comes back with the next request, so the first of two looks settles it.
        left(&follower).await;
        let after = left(&follower).await;
        assert!(after + 20 <= before, "{after} of {before} are left: ten streams looked at four changes");
        assert!(left(&idle).await >= 119);
    }
}

sqlite! {
    /// Changes are told with half of the account's operations: what it asks itself is answered meanwhile.
    async fn streams_tell_with_half_of_the_operations_at_once(mut world: World) {
        world.pause_ms = 400;
        with(&mut world, |it| it.people_operations = 2).await;
        let scene = Scene::of(&world, "North").await;
        let follower = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        let mut all = Vec::new();
        for _ in 0..4 {
            all.push(Events::of(&follower, NEWS, json!({})).await);
        }
        scene.propose(&scene.officer).await;
        let begun = Instant::now();
        let asking = async {
            for _ in 0..2 {
                let answer = follower.run(ME, json!({})).await;
                assert!(answer.at("/me/login").is_string());
            }
        };
        let telling = async {
            for events in &mut all {
                events.expect().await;
            }
        };
        tokio::join!(asking, telling);
        assert!(begun.elapsed() >= Duration::from_millis(1300), "{:?}: more than one at once", begun.elapsed());
    }

    async fn an_account_has_so_many_subscriptions(mut world: World) {
        with(&mut world, |it| (it.subscription_limit, it.stream_heartbeat_ms) = (3, 100)).await;
        let scene = Scene::of(&world, "North").await;
        let other = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        let mut socket = Socket::of(&scene.officer).await;
        socket.subscribe("1", PAIRS, json!({})).await;
        socket.subscribe("2", PAIRS, json!({})).await;
        following(&other, 2).await;
        let events = Events::of(&scene.officer, PAIRS, json!({})).await;
        following(&other, 3).await;
        socket.subscribe("3", PAIRS, json!({})).await;
        assert_eq!(code(&socket.said().await), "TOO_MANY_SUBSCRIPTIONS");
        let fourth = Events::of(&scene.officer, PAIRS, json!({})).await;
        assert_eq!((fourth.status, fourth.json().await["errors"][0]["extensions"]["code"].as_str()), (429, Some("TOO_MANY_SUBSCRIPTIONS")));
        // A neighbour has its own.
        let mut neighbour = Socket::of(&other).await;
        neighbour.subscribe("1", PAIRS, json!({})).await;
        following(&other, 4).await;
        drop(events);
        socket.say(json!({ "id": "1", "type": "complete" })).await;
        following(&other, 2).await;
        socket.subscribe("3", PAIRS, json!({})).await;
        following(&other, 3).await;
    }

    /// Whatever is asked over a socket is a request: what could not be read, and what there was no room for.
    async fn every_subscribe_is_a_request(mut world: World) {
        with(&mut world, |it| (it.people_requests, it.websocket_operations) = (4, 1)).await;
        let scene = Scene::of(&world, "North").await;
        let mut socket = Socket::of(&scene.officer).await;
        socket.say(json!({ "id": "1", "type": "subscribe", "payload": {} })).await;
        assert_eq!(code(&socket.said().await), "BAD_REQUEST");
        socket.subscribe("1", "{ nobody }", json!({})).await;
        assert_eq!(code(&socket.said().await), "DOCUMENT_INVALID");
        socket.subscribe("1", PAIRS, json!({})).await;
        let other = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        following(&other, 1).await;
        socket.subscribe("2", ME, json!({})).await;
        assert_eq!(code(&socket.said().await), "TOO_MANY_OPERATIONS");
        for payload in [json!({}), json!({ "query": ME })] {
            socket.say(json!({ "id": "2", "type": "subscribe", "payload": payload })).await;
            let said = socket.said().await;
            assert_eq!(code(&said), "RATE_LIMITED", "{said}");
            assert!(said["payload"][0]["extensions"]["retryAfterSeconds"].is_u64(), "{said}");
        }
    }

    async fn who_says_too_much_loses_the_socket(mut world: World) {
        with(&mut world, |it| it.websocket_messages = 3).await;
        let scene = Scene::of(&world, "North").await;
        for known in [true, false] {
            let mut socket = if known { Socket::of(&scene.officer).await } else { Socket::speaking(world.url()).await };
            for _ in 0..100 {
                socket.say(json!({ "type": "ping" })).await;
            }
            let mut pongs = 0;
            let closed = loop {
                match socket.next().await {
                    Came::Said(said) => assert_eq!(said["type"], "pong"),
                    Came::Closed(code, _) => break code,
                }
                pongs += 1;
            };
            assert_eq!(closed, 4429);
            assert!((28..=32).contains(&pongs), "{pongs} of 30 in ten seconds");
        }
    }

    /// Refusals that nobody reads keep their names, so that no more than a few of them wait.
    async fn refusals_that_nobody_reads_do_not_pile_up(mut world: World) {
        with(&mut world, |it| it.people_requests = 1_000_000).await;
        let scene = Scene::of(&world, "North").await;
        let mut socket = Socket::of(&scene.officer).await;
        let (count, name) = (800_u64, "x".repeat(100_000));
        let flood = async {
            for number in 0..count {
                let payload = json!({ "query": ME, "operationName": name });
                socket.say(json!({ "id": number.to_string(), "type": "subscribe", "payload": payload })).await;
            }
        };
        let watch = async {
            let mut before = 0;
            loop {
                tokio::time::sleep(Duration::from_millis(1500)).await;
                let now = metric(&scene.officer, "tidui_requests_total").await;
                if now == before {
                    return now;
                }
                before = now;
            }
        };
        let begun = tokio::select! {
            it = watch => it,
            () = async { flood.await; std::future::pending().await } => 0,
        };
        assert!(begun > 10 && begun < count / 2, "{begun} of {count} were begun, and nobody has read an answer");
    }

    async fn strangers_have_few_places(mut world: World) {
        with(&mut world, |it| it.websocket_strangers = 2).await;
        let scene = Scene::of(&world, "North").await;
        let mut first = Socket::speaking(world.url()).await;
        let second = Socket::speaking(world.url()).await;
        let Err(refused) = Socket::open(world.url(), &[PROTOCOL]).await else { panic!("a third stranger") };
        assert_eq!(refused.status().as_u16(), 503);
        assert_eq!(refused.headers().get("retry-after").and_then(|it| it.to_str().ok()), Some("1"));
        // Who is known takes none of the places, and who leaves gives one back.
        first.init(scene.officer.token()).await;
        assert_eq!(first.said().await["type"], "connection_ack");
        let _third = Socket::speaking(world.url()).await;
        assert!(Socket::open(world.url(), &[PROTOCOL]).await.is_err());
        drop(second);
        until(&scene.officer, "tidui_streams", 2).await;
        Socket::speaking(world.url()).await;
    }
}
