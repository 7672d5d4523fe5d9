//! The tree: subtrees move with all that stands in them, at once, out of nobody's reach and never below themselves.

use std::time::Instant;

use entity::{id::OrganizationId, kind::Role};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    runner::Stack,
    world::{World, global},
};

use super::{act, read};

const CADRES: &str = "{ cadres { totalCount } }";

async fn put(client: &Client, id: OrganizationId, version: i32, parent: OrganizationId) -> Answer {
    let input =
        json!({ "id": global(id), "expectedVersion": version, "parentId": global(parent), "reason": "机构改革" });
    act(client, "Move", input).await
}

/// Rows by which the closure differs from what the parents say; a circle would show as well.
async fn astray(world: &World) -> i64 {
    let up = "with recursive up(a, d, n) as (select id, id, 0 from organization union all \
        select o.parent_id, up.d, up.n + 1 from up join organization o on o.id = up.a where o.parent_id is not null and up.n < 60)";
    let kept = "select ancestor_id, descendant_id, depth from organization_closure";
    let lost = world.number(&format!("{up} select count(*) from (select a, d, n from up except {kept}) x")).await;
    lost + world.number(&format!("{up} select count(*) from ({kept} except select a, d, n from up) x")).await
}

both! {
    /// Whoever reaches the place that a unit leaves sees its people no more, and who reaches the new place does, though
    /// both had an answer that was remembered.
    async fn people_follow_their_unit_at_once(world: World) {
        let county = world.organization("North").await;
        let (east, west) = (world.department(county, "East").await, world.department(county, "West").await);
        let office = world.department(east, "Office").await;
        world.cadre(office, "Anna", |_| {}).await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let (east_officer, west_officer) = (world.sign_in(Role::UnitOfficer, east).await, world.sign_in(Role::OrganizationOfficer, west).await);
        let other = world.another().await;
        let elsewhere = Client::new(&format!("http://{}", other.address()), west_officer.token());
        for (round, from, to) in [(1, &east_officer, &west_officer), (2, &west_officer, &east_officer)] {
            let there = |client: &Client| { let client = client.clone(); async move { client.run(CADRES, json!({})).await.at("/cadres/totalCount").clone() } };
            assert_eq!((there(from).await, there(to).await), (json!(1), json!(0)));
            assert_eq!((there(from).await, there(to).await), (json!(1), json!(0)), "remembered");
            let parent = if round == 1 { west } else { east };
            let moved = put(&admin, office, round, parent).await;
            assert_eq!(moved.done("/it")["organization"]["parent"]["id"], global(parent));
            assert_eq!((there(from).await, there(to).await), (json!(0), json!(1)), "after move {round}");
            if world.stack == Stack::Postgres {
                let seen = elsewhere.run(CADRES, json!({})).await;
                assert_eq!(seen.at("/cadres/totalCount"), if round == 1 { 1 } else { 0 }, "another process");
            }
            assert_eq!(astray(&world).await, 0);
        }
        let history = read(&admin, office).await["history"].clone();
        let places = |it: &Value| (it["kind"].as_str().map(str::to_owned), it["parentBefore"]["name"].clone(), it["parentAfter"]["name"].clone());
        assert_eq!(places(&history[0]), (Some("MOVED".to_owned()), json!("East"), json!("West")));
        assert_eq!(places(&history[1]), (Some("MOVED".to_owned()), json!("West"), json!("East")));
        other.stop().await;
    }

    async fn nothing_stands_below_itself(world: World) {
        let county = world.organization("North").await;
        let one = world.department(county, "One").await;
        let two = world.department(one, "Two").await;
        let three = world.department(two, "Three").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let before = world.fingerprint().await;
        for below in [one, two, three] {
            let answer = put(&admin, one, 1, below).await;
            answer.problem("/it", "CYCLE");
            assert_eq!(answer.at("/it/problems/0/field"), "parentId");
        }
        put(&admin, county, 1, three).await.problem("/it", "CYCLE");
        put(&admin, two, 1, one).await.problem("/it", "TRANSITION_REFUSED");
        put(&admin, two, 9, county).await.problem("/it", "STALE");
        assert_eq!(world.fingerprint().await, before);
        assert_eq!(astray(&world).await, 0);
        put(&admin, three, 1, county).await.done("/it");
        put(&admin, two, 1, three).await.done("/it");
        put(&admin, three, 2, one).await.done("/it");
        assert_eq!(astray(&world).await, 0);
    }

    /// Neither out of the own reach nor into it: both ends of a move are within grants.
    async fn nothing_moves_across_a_reach(world: World) {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        let (mine, theirs) = (world.department(north, "Mine").await, world.department(south, "Theirs").await);
        let admin = world.sign_in(Role::SystemAdmin, north).await;
        let before = world.fingerprint().await;
        put(&admin, mine, 1, south).await.refused("NOT_FOUND");
        put(&admin, mine, 1, theirs).await.refused("NOT_FOUND");
        put(&admin, theirs, 1, north).await.refused("NOT_FOUND");
        put(&admin, north, 1, south).await.refused("NOT_FOUND");
        assert_eq!(world.fingerprint().await, before);
        let wide = world.sign_in_with(&[(Role::SystemAdmin, north), (Role::SystemAdmin, south)], None).await;
        put(&wide, mine, 1, south).await.done("/it");
        assert_eq!(read(&admin, mine).await, Value::Null);
        assert_eq!(astray(&world).await, 0);
    }

    /// Of two moves at once that together would make a circle, one is made at most, round after round.
    async fn two_moves_at_once_make_no_circle(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let mut made = 0;
        for round in 0..8 {
            let (one, two) = (world.department(county, &format!("One {round}")).await, world.department(county, &format!("Two {round}")).await);
            world.tell().await;
            let (first, second) = tokio::join!(put(&admin, one, 1, two), put(&admin, two, 1, one));
            let done = [&first, &second].into_iter().filter(|it| it.text.contains("\"problems\":[]")).count();
            for it in [&first, &second] {
                let told = it.text.contains("\"problems\":[]") || it.text.contains("CYCLE") || it.text.contains("BUSY");
                assert!(told, "{}", it.text);
            }
            assert!(done <= 1, "{} {}", first.text, second.text);
            assert_eq!(astray(&world).await, 0, "round {round}");
            made += done;
        }
        assert!(made >= 4, "{made} of 8 were made");
    }

    /// A unit that is added below a subtree that is just moving comes along.
    async fn a_unit_added_during_a_move_comes_along(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let places = [world.department(county, "East").await, world.department(county, "West").await];
        let office = world.department(places[0], "Office").await;
        for round in 0..6 {
            let input = json!({ "parentId": global(office), "code": format!("N{round}"), "name": format!("New {round}"), "kind": "INTERNAL_UNIT" });
            let place = places[usize::from(round % 2 == 0)];
            let version = read(&admin, office).await["version"].as_i64().and_then(|it| i32::try_from(it).ok()).expect("a version");
            let (added, moved) = tokio::join!(act(&admin, "Create", input), put(&admin, office, version, place));
            for it in [&added, &moved] {
                assert!(it.text.contains("\"problems\":[]") || it.text.contains("BUSY"), "{}", it.text);
            }
            assert_eq!(astray(&world).await, 0, "round {round}");
        }
    }

    /// Many moves and mergers in any order, of units that may have ended: what is refused changes nothing, and the closure
    /// stays what the parents say.
    async fn the_closure_is_exact_after_any_history(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let mut units = vec![county];
        let mut seed = 20_261_121_u64;
        let mut dice = |below: usize| {
            seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            usize::try_from(seed >> 33).expect("a number") % below
        };
        for number in 0..40 {
            let parent = units[dice(units.len())];
            units.push(world.department(parent, &format!("Unit {number}")).await);
        }
        world.tell().await;
        let mut tally = std::collections::BTreeMap::<&str, u32>::new();
        for step in 0..120 {
            let (one, two) = (units[dice(units.len())], units[dice(units.len())]);
            let version = read(&admin, one).await["version"].clone();
            let answer = match dice(6) {
                0 => act(&admin, "Merge", json!({ "sourceId": global(one), "expectedVersion": version, "targetId": global(two) })).await,
                _ => act(&admin, "Move", json!({ "id": global(one), "expectedVersion": version, "parentId": global(two) })).await,
            };
            let problem = answer.at("/it/problems");
            let what = match problem[0]["code"].as_str() {
                None => "done",
                Some("CYCLE") => "cycle",
                Some("INVALID") => "itself",
                Some("TRANSITION_REFUSED") => "refused",
                Some(other) => panic!("{other}: {}", answer.text),
            };
            *tally.entry(what).or_default() += 1;
            assert_eq!(astray(&world).await, 0, "step {step}: {what}");
        }
        assert!(["done", "cycle", "refused"].iter().all(|it| tally.contains_key(it)), "{tally:?}");
        // Nobody stands below one that was merged, but what ended itself before.
        let orphans = "select count(*) from organization c join organization p on p.id = c.parent_id where p.state = 'MERGED' and c.state = 'ACTIVE'";
        assert_eq!(world.number(orphans).await, 0);
    }

    /// A subtree of 1,000 units, ten levels deep, with a person in each.
    async fn a_thousand_units_move_at_once(world: World) {
        let county = world.organization("North").await;
        let (east, west) = (world.department(county, "East").await, world.department(county, "West").await);
        let top = world.department(east, "Top").await;
        let mut above = vec![top];
        for number in 1..1000 {
            let unit = world.department(above[(number - 1) / 2], &format!("Unit {number}")).await;
            above.push(unit);
        }
        for unit in above.iter().step_by(10) {
            world.cadre(*unit, "Anna", |_| {}).await;
        }
        world.tell().await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let officer = world.sign_in(Role::OrganizationOfficer, west).await;
        assert_eq!(officer.run("{ cadres { totalCount } }", json!({})).await.at("/cadres/totalCount"), 0);
        let begin = Instant::now();
        let moved = put(&admin, top, 1, west).await;
        let took = begin.elapsed();
        moved.done("/it");
        assert_eq!(officer.run("{ cadres { totalCount } }", json!({})).await.at("/cadres/totalCount"), 100);
        println!("1,000 units moved on {} in {} ms, {:?} statements", world.stack, took.as_millis(), moved.statements);
        assert_eq!(astray(&world).await, 0);
        assert!(took.as_secs() < 5, "{took:?}");
    }
}
