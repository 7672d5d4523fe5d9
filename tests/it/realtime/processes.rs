//! Several processes over one database: a change through one is told by the other at once; Redis may die in between, and
//! nothing is lost or told twice; numbers rise in the order of visibility, whoever commits.

use std::time::{Duration, Instant};

use api::{Hooks, Server};
use entity::kind::Role;
use serde_json::json;
use tests::{
    client::Client,
    events::{Event, Events},
    postgres,
    process::{Program, fresh_folder},
    proxy::FaultProxy,
    redis::RedisServer,
    socket::Socket,
    world::World,
};

use super::{PAIRS, Scene, step, until};

fn at(server: &Server, client: &Client) -> Client {
    Client::new(&format!("http://{}", server.address()), client.token())
}

/// The next event that tells of a change; those of the stream itself are collected.
async fn change(events: &mut Events, notices: &mut Vec<String>) -> Event {
    loop {
        let event = events.expect().await;
        match event.at("/it/news").as_str() {
            Some("CHANGED") => return event,
            other => notices.push(other.unwrap_or_default().to_owned()),
        }
    }
}

/// How many files this process may have open; a thousand where the system does not tell.
fn files() -> u64 {
    let limits = std::fs::read_to_string("/proc/self/limits").unwrap_or_default();
    let line = limits.lines().find_map(|line| line.strip_prefix("Max open files")).unwrap_or_default().to_owned();
    line.split_whitespace().next().and_then(|it| it.parse().ok()).unwrap_or(1000)
}

postgres! {
    async fn a_change_through_one_process_is_told_by_the_other_at_once(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &["serve", "--listen", "127.0.0.1:0"]).over(&world.config).start();
        let elsewhere = Client::new(&program.url(), scene.officer.token());
        let mut events = Events::of(&scene.officer, PAIRS, json!({})).await;
        let mut slowest = Duration::ZERO;
        for _ in 0..10 {
            let id = scene.propose(&elsewhere).await;
            let committed = Instant::now();
            let told = events.expect().await;
            slowest = slowest.max(committed.elapsed());
            assert_eq!((told.at("/it/pair/id"), told.at("/it/act")), (&json!(id), &json!("PAIR_PROPOSE")));
            step(&elsewhere, "End", &id, 1, json!({ "reason": "Enough", "reasonCode": "OTHER" })).await;
            assert_eq!(events.expect().await.at("/it/act"), "PAIR_END");
        }
        println!("told by the other process within {} ms of the answer", slowest.as_millis());
        assert!(slowest < Duration::from_millis(200), "{slowest:?}");
    }

    /// Redis dies under a stream and comes back: the stream says so, tells all changes meanwhile, each once, in order.
    async fn redis_may_die_under_a_stream(mut world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut redis = RedisServer::start().expect("a Redis");
        world.stop().await;
        let mut config = world.config.clone();
        config.redis_url = redis.url();
        let here = Server::start(config.clone(), Hooks::default()).await.expect("a server");
        let there = Server::start(config, Hooks::default()).await.expect("a server");
        let (reader, writer) = (at(&here, &scene.officer), at(&there, &scene.officer));
        let (mut notices, mut acts) = (Vec::new(), Vec::new());
        let mut events = Events::of(&reader, PAIRS, json!({})).await;
        let id = scene.propose(&writer).await;
        let first = change(&mut events, &mut notices).await;
        assert!(notices.is_empty(), "{notices:?}");
        redis.kill();
        let said = events.expect().await;
        assert_eq!((said.at("/it/news"), said.at("/it/pair"), said.at("/it/act")), (&json!("DELAYED"), &json!(null), &json!(null)));
        step(&writer, "Activate", &id, 1, json!({})).await;
        step(&writer, "Suspend", &id, 2, json!({ "reason": "A course" })).await;
        let mut late = Events::of(&reader, PAIRS, json!({ "after": first.id })).await;
        assert_eq!(late.expect().await.at("/it/news"), "DELAYED", "who comes now is told too");
        for _ in 0..2 {
            acts.push(change(&mut events, &mut notices).await.at("/it/act").clone());
        }
        redis.restart().expect("Redis again");
        loop {
            if events.expect().await.at("/it/news") == "LIVE" {
                break;
            }
        }
        step(&writer, "Resume", &id, 3, json!({})).await;
        acts.push(change(&mut events, &mut notices).await.at("/it/act").clone());
        assert_eq!(acts, [json!("PAIR_ACTIVATE"), json!("PAIR_SUSPEND"), json!("PAIR_RESUME")]);
        let mut since = Vec::new();
        for _ in 0..3 {
            since.push(change(&mut late, &mut notices).await.at("/it/act").clone());
        }
        assert_eq!(since, acts, "who goes on after the first hears the same");
        for server in [here, there] {
            server.stop().await;
        }
    }

    /// A link that is silent, not shut, is found out as well.
    async fn a_link_may_fall_silent(mut world: World) {
        let scene = Scene::of(&world, "North").await;
        let redis = RedisServer::start().expect("a Redis");
        let proxy = FaultProxy::start(redis.address()).expect("a proxy");
        world.stop().await;
        let mut config = world.config.clone();
        config.redis_url = redis.url();
        let there = Server::start(config.clone(), Hooks::default()).await.expect("a server");
        config.redis_url = format!("redis://{}/", proxy.addr());
        let here = Server::start(config, Hooks::default()).await.expect("a server");
        let (reader, writer) = (at(&here, &scene.officer), at(&there, &scene.officer));
        let mut events = Events::of(&reader, PAIRS, json!({})).await;
        let mut notices = Vec::new();
        proxy.delay(Duration::from_secs(3600));
        let begun = Instant::now();
        scene.propose(&writer).await;
        change(&mut events, &mut notices).await;
        assert!(begun.elapsed() < Duration::from_secs(3), "{:?}", begun.elapsed());
        if notices.is_empty() {
            assert_eq!(events.expect().await.at("/it/news"), "DELAYED");
        }
        proxy.mend();
        assert_eq!(events.expect().await.at("/it/news"), "LIVE");
        for server in [here, there] {
            server.stop().await;
        }
    }

    /// Many commands at once through two processes: every change is told once, and who follows hears them in one order.
    async fn many_at_once_are_numbered_without_a_gap(world: World) {
        let other = world.another().await;
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let mut scenes = Vec::new();
        for number in 0..12 {
            let home = world.department(county, &format!("Home {number}")).await;
            let away = world.department(county, &format!("Away {number}")).await;
            let mentor = world.cadre(home, &format!("Mentor {number}"), |_| {}).await;
            let mentee = world.cadre(away, &format!("Mentee {number}"), |_| {}).await;
            scenes.push(Scene { county, home, mentor, mentee, officer: officer.clone() });
        }
        let (here, there) = (Client::new(world.url(), officer.token()), at(&other, &officer));
        let (mut one, mut two) = (Events::of(&here, PAIRS, json!({})).await, Events::of(&there, PAIRS, json!({})).await);
        until(&here, "tidui_subscriptions", 1).await;
        let mut working = Vec::new();
        for (number, scene) in scenes.into_iter().enumerate() {
            let through = if number % 2 == 0 { here.clone() } else { there.clone() };
            working.push(tokio::spawn(async move {
                let id = scene.propose(&through).await;
                step(&through, "Activate", &id, 1, json!({})).await;
                step(&through, "Suspend", &id, 2, json!({ "reason": "A course" })).await;
            }));
        }
        for work in working {
            work.await.expect("done");
        }
        let mut heard = [Vec::new(), Vec::new()];
        for (events, heard) in [&mut one, &mut two].into_iter().zip(&mut heard) {
            for _ in 0..36 {
                heard.push(events.expect().await.id.expect("an id"));
            }
        }
        assert_eq!(heard[0], heard[1], "both hear one order");
        let distinct: std::collections::BTreeSet<&String> = heard[0].iter().collect();
        assert_eq!(distinct.len(), 36);
        assert_eq!(world.number("select count(*) from outbox").await, 36);
        assert_eq!(world.number("select max(sequence) - min(sequence) + 1 from outbox").await, 36);
        other.stop().await;
    }
}

tests::sqlite! {
    /// A thousand sockets that are silent cost 64 MiB at most, and those who are told are told soon all the same.
    async fn a_thousand_idle_sockets_cost_little(world: World) {
        let scene = Scene::of(&world, "North").await;
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--stream-limit", "2000", "--subscription-limit", "200", "--people-operations", "500"];
        let mut program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &arguments).over(&world.config).start();
        let client = Client::new(&program.url(), scene.officer.token());
        let mut open = vec![Socket::of(&client).await];
        let before = program.memory_kib();
        // As many as the system lets one process have, where that is fewer.
        let count = files().saturating_sub(300).min(1000);
        for _ in 0..count {
            open.push(Socket::of(&client).await);
        }
        until(&client, "tidui_streams", count + 1).await;
        let idle = program.memory_kib();
        for socket in &mut open[..200] {
            socket.subscribe("1", PAIRS, json!({})).await;
        }
        until(&client, "tidui_subscriptions", 200).await;
        let followed = program.memory_kib();
        let begun = Instant::now();
        scene.propose(&client).await;
        for socket in &mut open[..200] {
            assert_eq!(socket.said().await["payload"]["data"]["it"]["act"], "PAIR_PROPOSE");
        }
        let told = begun.elapsed();
        if let (Some(before), Some(idle), Some(followed)) = (before, idle, followed) {
            let (more, further) = (idle - before, followed.saturating_sub(idle));
            println!("{count} idle sockets: {more} KiB more; 200 subscriptions: {further} KiB more; all 200 told in {} ms", told.as_millis());
            assert!(more <= count * 64 * 1024 / 1000, "{more} KiB for {count} sockets");
        }
        assert!(told < Duration::from_secs(10), "{told:?}");
    }
}

tests::both! {
    /// A process that dies between its commit and the telling is made up for by another one.
    async fn a_change_of_a_process_that_died_is_told_all_the_same(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut events = Events::of(&scene.officer, PAIRS, json!({})).await;
        let program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &["serve", "--listen", "127.0.0.1:0"]);
        let mut doomed = program.over(&world.config).with("FAULT_ABORT_AFTER_COMMIT", "1").start();
        let client = Client::new(&doomed.url(), scene.officer.token());
        let query = "mutation($input: PairProposeInput!) { pairPropose(input: $input) { pair { id } } }";
        let input = json!({ "organizationId": tests::world::global(scene.county), "mentorIds": [tests::world::global(scene.mentor)], "menteeIds": [tests::world::global(scene.mentee)] });
        assert!(client.try_send(&json!({ "query": query, "variables": { "input": input } })).await.is_err(), "the process answered");
        assert_eq!(events.expect().await.at("/it/act"), "PAIR_PROPOSE");
    }

    /// A client that does not read for a long while is told everything when it does: from the outbox, not from memory.
    async fn a_slow_reader_misses_nothing(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut events = Events::of(&scene.officer, PAIRS, json!({})).await;
        let id = scene.propose(&scene.officer).await;
        let first = events.expect().await;
        // As many changes as no queue holds, told by one number each.
        let copy = "insert into outbox (id, sequence, topic, subject_id, action, recorded_at) select $1, $2, topic, subject_id, action, recorded_at from outbox where sequence = 1";
        for sequence in 2..=1001_i64 {
            world.sql(copy, vec![uuid::Uuid::now_v7().into(), sequence.into()]).await;
        }
        step(&scene.officer, "Activate", &id, 1, json!({})).await;
        let mut ids = vec![first.id.expect("an id")];
        for _ in 0..1001 {
            ids.push(events.expect().await.id.expect("an id"));
        }
        let distinct: std::collections::BTreeSet<&String> = ids.iter().collect();
        assert_eq!(distinct.len(), 1002);
        assert_eq!(world.number("select max(sequence) from outbox").await, 1002);
        events.silent_for(super::SILENCE).await;
    }
}
