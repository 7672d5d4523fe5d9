//! Over server-sent events: the order, the ids, going on after them; what is no subscription; what is refused.

use chrono::TimeDelta;
use serde_json::{Value, json};
use tests::{
    both,
    client::http,
    events::{Event, Events},
    world::{World, global},
};

use super::{MEMBERSHIPS, PAIRS, SILENCE, Scene, step, until};

/// Act, state and version of a told pair.
fn told(event: &Event) -> (&str, &str, i64) {
    assert_eq!((event.name.as_str(), event.at("/it/news")), ("next", &json!("CHANGED")), "{event:?}");
    assert_eq!(event.id.as_deref(), event.at("/it/eventId").as_str(), "{event:?}");
    let text = |path: &str| event.at(path).as_str().unwrap_or_default();
    (text("/it/act"), text("/it/pair/state"), event.at("/it/pair/version").as_i64().unwrap_or_default())
}

both! {
    async fn a_change_is_told_at_once_and_in_order(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut events = Events::of(&scene.officer, PAIRS, json!({})).await;
        assert_eq!((events.status, events.kind.as_str()), (200, "text/event-stream; charset=utf-8"));
        let id = scene.propose(&scene.officer).await;
        let first = events.expect().await;
        assert_eq!(told(&first), ("PAIR_PROPOSE", "PROPOSED", 1));
        assert_eq!((first.at("/it/pair/id"), first.at("/it/pair/mentees/0/name")), (&json!(id), &json!("North Mentee")));
        step(&scene.officer, "Activate", &id, 1, json!({})).await;
        assert_eq!(told(&events.expect().await), ("PAIR_ACTIVATE", "ACTIVE", 2));
        step(&scene.officer, "Suspend", &id, 2, json!({ "reason": "A course" })).await;
        assert_eq!(told(&events.expect().await), ("PAIR_SUSPEND", "SUSPENDED", 3));
        step(&scene.officer, "Resume", &id, 3, json!({})).await;
        step(&scene.officer, "Complete", &id, 4, json!({ "reason": "Over" })).await;
        assert_eq!(told(&events.expect().await).0, "PAIR_RESUME");
        assert_eq!(told(&events.expect().await), ("PAIR_COMPLETE", "COMPLETED", 5));
        events.silent_for(SILENCE).await;
        // Each act that changed something of the pair has told so, once, in the order of its commit.
        let acts = world.texts("select action from outbox order by sequence").await;
        assert_eq!(acts, ["PAIR_PROPOSE", "PAIR_ACTIVATE", "PAIR_SUSPEND", "PAIR_RESUME", "PAIR_COMPLETE"]);
        let audited = "select count(distinct event_id) from audit_change where table_name in ('mentoring_pair', 'pair_part', 'pair_step', 'pair_contact', 'pair_evaluation')";
        assert_eq!(world.number(audited).await, 5);
        assert_eq!(world.number("select max(sequence) from outbox").await, 5);
    }

    async fn who_was_away_goes_on_after_the_last_event(world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut events = Events::of(&scene.officer, PAIRS, json!({})).await;
        let id = scene.propose(&scene.officer).await;
        let last = events.expect().await.id.expect("an id");
        drop(events);
        step(&scene.officer, "Activate", &id, 1, json!({})).await;
        step(&scene.officer, "Suspend", &id, 2, json!({ "reason": "A course" })).await;
        let mut by_header = Events::with(&scene.officer, PAIRS, json!({}), &[("last-event-id", &last)]).await;
        let mut by_argument = Events::of(&scene.officer, PAIRS, json!({ "after": last })).await;
        step(&scene.officer, "Resume", &id, 3, json!({})).await;
        for events in [&mut by_header, &mut by_argument] {
            let mut acts = Vec::new();
            for _ in 0..3 {
                acts.push(told(&events.expect().await).0.to_owned());
            }
            assert_eq!(acts, ["PAIR_ACTIVATE", "PAIR_SUSPEND", "PAIR_RESUME"]);
            events.silent_for(SILENCE).await;
        }
    }

    async fn an_event_that_is_not_kept_is_no_place_to_go_on_from(mut world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut events = Events::of(&scene.officer, PAIRS, json!({})).await;
        let id = scene.propose(&scene.officer).await;
        let first = events.expect().await.id.expect("an id");
        step(&scene.officer, "Activate", &id, 1, json!({})).await;
        let second = events.expect().await.id.expect("an id");
        drop(events);
        for wrong in ["x", "", &first[1..], &format!("{first}A")] {
            let mut lost = Events::of(&scene.officer, PAIRS, json!({ "after": wrong })).await;
            assert_eq!((lost.status, lost.expect().await.code()), (200, "RESUME_LOST"), "{wrong}");
            assert_eq!(lost.expect().await.name, "complete");
            assert_eq!(lost.next().await, None);
        }
        // After a day the outbox is swept, but for the newest, from which numbers follow.
        world.stop().await;
        world.pass(TimeDelta::hours(25));
        world.start().await;
        let officer = world.sign_in(entity::kind::Role::OrganizationOfficer, scene.county).await;
        let begun = std::time::Instant::now();
        while world.number("select count(*) from outbox").await > 1 {
            assert!(begun.elapsed().as_secs() < 10, "the outbox is not swept");
            tokio::time::sleep(std::time::Duration::from_millis(50)).await;
        }
        step(&officer, "Suspend", &id, 2, json!({ "reason": "A course" })).await;
        // What came after the first is kept whole; what came before it is not.
        let mut kept = Events::of(&officer, PAIRS, json!({ "after": first })).await;
        assert_eq!(told(&kept.expect().await).0, "PAIR_ACTIVATE");
        assert_eq!(told(&kept.expect().await).0, "PAIR_SUSPEND");
        world.sql("delete from outbox where sequence < 3", vec![]).await;
        let mut lost = Events::of(&officer, PAIRS, json!({ "after": first })).await;
        assert_eq!(lost.expect().await.code(), "RESUME_LOST");
        let mut kept = Events::of(&officer, PAIRS, json!({ "after": second })).await;
        assert_eq!(told(&kept.expect().await).0, "PAIR_SUSPEND");
    }

    async fn only_what_is_named_is_told(world: World) {
        let (north, south) = (Scene::of(&world, "North").await, Scene::of(&world, "South").await);
        let both = world.sign_in_with(&[(entity::kind::Role::OrganizationOfficer, north.county), (entity::kind::Role::OrganizationOfficer, south.county)], None).await;
        let mut all = Events::of(&both, PAIRS, json!({})).await;
        let one = north.propose(&both).await;
        all.expect().await;
        let mut southern = Events::of(&both, PAIRS, json!({ "at": global(south.county) })).await;
        let mut first = Events::of(&both, PAIRS, json!({ "ids": [one] })).await;
        let mut none = Events::of(&both, PAIRS, json!({ "ids": [] })).await;
        let mut memberships = Events::of(&both, MEMBERSHIPS, json!({})).await;
        let other = south.propose(&both).await;
        step(&both, "Activate", &one, 1, json!({})).await;
        assert_eq!(southern.expect().await.at("/it/pair/id"), &json!(other));
        let only = first.expect().await;
        assert_eq!((only.at("/it/pair/id"), told(&only).0), (&json!(one), "PAIR_ACTIVATE"));
        for _ in 0..2 {
            all.expect().await;
        }
        for silent in [&mut southern, &mut first, &mut none, &mut memberships] {
            silent.silent_for(SILENCE).await;
        }
        let too_many: Vec<String> = (0..101).map(|it| format!("{it}")).collect();
        assert_eq!(Events::of(&both, PAIRS, json!({ "ids": too_many })).await.expect().await.code(), "INVALID");
    }

    async fn questions_and_changes_come_as_one_event(world: World) {
        let scene = Scene::of(&world, "North").await;
        let answered = async |query: &str, code: &str| {
            let mut events = Events::of(&scene.officer, query, json!({})).await;
            assert_eq!(events.status, 200, "{query}");
            let first = events.expect().await;
            assert_eq!((first.name.as_str(), first.code()), ("next", code), "{query}: {first:?}");
            assert_eq!(events.expect().await, Event { name: "complete".to_owned(), id: None, data: Value::Null });
            assert_eq!(events.next().await, None);
            first.data
        };
        assert_eq!(answered("{ mentoringPairs { totalCount } }", "").await["data"]["mentoringPairs"]["totalCount"], 0);
        answered("mutation { myRecordExport { fileName } }", "FORBIDDEN").await;
        for wrong in ["{ nothing }", "subscription { a: mentoringPairChanged { news } b: poolMembershipChanged { news } }", "{", "subscription { __typename }"] {
            assert!(answered(wrong, "DOCUMENT_INVALID").await.get("data").is_none(), "{wrong}");
        }
    }

    async fn what_is_wrong_with_the_request_is_a_status(world: World) {
        let scene = Scene::of(&world, "North").await;
        let at = |query: &str| reqwest::Url::parse_with_params(&format!("{}/graphql", world.url()), &[("query", query)]).expect("an address");
        let get = |headers: &[(&str, &str)]| {
            let mut request = http().build().expect("a client").get(at("subscription { mentoringPairChanged { news } }"));
            for (name, value) in headers {
                request = request.header(*name, *value);
            }
            request
        };
        let (stream, token) = (("accept", "text/event-stream"), format!("Bearer {}", scene.officer.token()));
        let known = ("authorization", token.as_str());
        let preflight = ("x-graphql-require-preflight", "1");
        for (headers, status, code) in [
            (vec![stream, preflight], 401, "UNAUTHENTICATED"),
            (vec![stream, known], 400, "PREFLIGHT_REQUIRED"),
            (vec![("accept", "text/html"), known, preflight], 406, "NOT_ACCEPTABLE"),
            (vec![("accept", "application/graphql-response+json"), known, preflight], 400, "DOCUMENT_INVALID"),
        ] {
            let answer = Events::answer(get(&headers)).await;
            assert_eq!(answer.status, status, "{headers:?}");
            assert!(answer.kind.contains("json"), "{}", answer.kind);
            assert_eq!(answer.json().await["errors"][0]["extensions"]["code"], code, "{headers:?}");
        }
        let mut events = Events::answer(get(&[stream, known, preflight])).await;
        assert_eq!(events.status, 200);
        scene.propose(&scene.officer).await;
        assert_eq!(events.expect().await.at("/mentoringPairChanged/news"), &json!("CHANGED"));
        let mutation = http().build().expect("a client").get(at("mutation { myRecordExport { fileName } }"));
        let mutation = Events::answer(mutation.header("accept", "text/event-stream").header(preflight.0, "1").bearer_auth(scene.officer.token())).await;
        assert_eq!(mutation.status, 405);
    }

    async fn a_client_that_goes_away_leaves_nothing_behind(mut world: World) {
        world.stop().await;
        (world.config.stream_heartbeat_ms, world.config.stream_limit) = (100, 3);
        world.start().await;
        let scene = Scene::of(&world, "North").await;
        let mut open = Vec::new();
        for _ in 0..3 {
            open.push(Events::of(&scene.officer, PAIRS, json!({})).await);
        }
        let fourth = Events::of(&scene.officer, PAIRS, json!({})).await;
        assert_eq!(fourth.status, 429);
        assert_eq!(fourth.json().await["errors"][0]["extensions"]["code"], "TOO_MANY_STREAMS");
        until(&scene.officer, "tidui_subscriptions", 3).await;
        drop(open);
        until(&scene.officer, "tidui_streams", 0).await;
        until(&scene.officer, "tidui_subscriptions", 0).await;
        assert_eq!(Events::of(&scene.officer, PAIRS, json!({})).await.status, 200);
    }

    /// What was answered before a server ends is told before its streams do.
    async fn the_last_change_is_told_before_a_server_ends(mut world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut events = Events::of(&scene.officer, PAIRS, json!({})).await;
        scene.propose(&scene.officer).await;
        world.stop().await;
        assert_eq!(told(&events.expect().await), ("PAIR_PROPOSE", "PROPOSED", 1));
        assert_eq!(events.next().await, None);
        assert_eq!(world.number("select count(*) from outbox where sequence is null").await, 0);
    }

    async fn a_server_that_ends_ends_its_streams_without_a_last_word(mut world: World) {
        let scene = Scene::of(&world, "North").await;
        let mut events = Events::of(&scene.officer, PAIRS, json!({})).await;
        let begun = std::time::Instant::now();
        world.stop().await;
        assert_eq!(events.next().await, None, "no complete: the client comes again");
        assert!(begun.elapsed().as_secs() < 4, "{:?}", begun.elapsed());
    }
}
