//! Who is told what: rights are asked again at each change, and a token that ends, ends the stream.

use std::time::Duration;

use chrono::TimeDelta;
use entity::kind::Role;
use serde_json::json;
use tests::{
    both,
    county::County,
    events::Events,
    world::{World, global},
};

use super::{DUTIES, MEMBERSHIPS, PAIRS, SILENCE, Scene, step};

both! {
    /// The roles that the schema prints are those that may follow.
    async fn printed_access_of_subscriptions_is_real_access(world: World) {
        let county = County::build(&world, "North").await;
        let sdl = api::schema::sdl();
        let body = sdl.split("type Subscription {").nth(1).expect("subscriptions").split("\n}").next().expect("their end").to_owned();
        let mut seen = 0;
        for (field, query) in [("mentoringPairChanged", PAIRS), ("poolMembershipChanged", MEMBERSHIPS), ("myDutiesChanged", DUTIES)] {
            let printed = body.split(&format!("\t{field}(")).nth(1).expect("the field").split("roles: [").nth(1).expect("roles");
            let roles: Vec<&str> = printed.split(']').next().expect("their end").split(", ").collect();
            for (role, client) in &county.people {
                let mut events = Events::of(client, query, json!({})).await;
                if roles.contains(&role.text()) {
                    events.silent_for(Duration::from_millis(30)).await;
                } else {
                    assert_eq!(events.expect().await.code(), "FORBIDDEN", "{field} as {role:?}");
                }
                seen += 1;
            }
        }
        assert_eq!((seen, body.matches("@access(").count()), (3 * Role::ALL.len(), 3), "a new subscription is to be tried here");
    }

    /// Nothing of the neighbour, and nothing of what is confidential or another side's word.
    async fn nobody_is_told_of_what_they_may_not_see(world: World) {
        let (north, south) = (Scene::of(&world, "North").await, Scene::of(&world, "South").await);
        let mentor = world.sign_in_as(Role::Mentor, north.home, north.mentor).await;
        let mentee = world.sign_in_as(Role::Cadre, north.county, north.mentee).await;
        let mut told_south = Events::of(&south.officer, PAIRS, json!({})).await;
        let mut told_mentor = Events::of(&mentor, PAIRS, json!({})).await;
        let mut told_mentee = Events::of(&mentee, PAIRS, json!({})).await;
        let mut told_officer = Events::of(&north.officer, PAIRS, json!({})).await;
        let id = north.propose(&north.officer).await;
        step(&north.officer, "Activate", &id, 1, json!({})).await;
        for events in [&mut told_mentor, &mut told_mentee, &mut told_officer] {
            for act in ["PAIR_PROPOSE", "PAIR_ACTIVATE"] {
                assert_eq!(events.expect().await.at("/it/act"), act);
            }
        }
        // What the mentor says of the pair is for those who keep it, and for the mentor.
        let evaluate = "mutation($input: PairEvaluateInput!) { it: pairEvaluate(input: $input) { problems { code message } } }";
        let word = json!({ "pairId": id, "side": "MENTOR", "grade": "GOOD", "summary": "Goes well" });
        mentor.run(evaluate, json!({ "input": word })).await.done("/it");
        for events in [&mut told_mentor, &mut told_officer] {
            assert_eq!(events.expect().await.at("/it/act"), "PAIR_EVALUATE");
        }
        told_mentee.silent_for(SILENCE).await;
        told_south.silent_for(SILENCE).await;
    }

    async fn a_confidential_membership_is_told_to_its_keepers_alone(world: World) {
        let county = County::build(&world, "North").await;
        let pools = [(county.pools[0], false), (county.pools[2], true)];
        let keeper = county.person(Role::OrganizationOfficer);
        let mut told_keeper = Events::of(keeper, MEMBERSHIPS, json!({})).await;
        let mut told_person = Events::of(county.person(Role::Cadre), MEMBERSHIPS, json!({})).await;
        let mut told_unit = Events::of(county.person(Role::UnitOfficer), MEMBERSHIPS, json!({})).await;
        for ((pool, open), membership) in pools.into_iter().zip([county.memberships[0], county.memberships[2]]) {
            let mut named = Events::of(keeper, MEMBERSHIPS, json!({ "pool": global(pool), "at": global(county.top) })).await;
            let warn = "mutation($input: PoolMembershipWarnInput!) { it: poolMembershipWarn(input: $input) { problems { code message } } }";
            let input = json!({ "id": global(membership), "expectedVersion": 1, "reason": "A reason" });
            county.person(Role::OrganizationLeader).run(warn, json!({ "input": input })).await.done("/it");
            for events in [&mut told_keeper, &mut named] {
                let event = events.expect().await;
                assert_eq!((event.at("/it/act"), event.at("/it/membership/state")), (&json!("MEMBERSHIP_WARN"), &json!("WARNED")));
            }
            for events in [&mut told_person, &mut told_unit] {
                if open {
                    assert_eq!(events.expect().await.at("/it/membership/id"), &json!(global(membership)));
                } else {
                    events.silent_for(SILENCE).await;
                }
            }
        }
    }

    /// A token that is over or revoked ends the stream, at the next sign of life or the next change.
    async fn a_token_that_ends_ends_the_stream(mut world: World) {
        world.stop().await;
        world.config.stream_heartbeat_ms = 200;
        world.start().await;
        let scene = Scene::of(&world, "North").await;
        let mut over = Events::of(&scene.officer, PAIRS, json!({})).await;
        over.silent_for(Duration::from_millis(500)).await;
        world.pass(TimeDelta::minutes(16));
        assert_eq!(over.expect().await.code(), "UNAUTHENTICATED");
        assert_eq!(over.expect().await.name, "complete");
        assert_eq!(over.next().await, None);
        let again = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        let mut revoked = Events::of(&again, PAIRS, json!({})).await;
        let http = tests::client::http().build().expect("a client");
        let body = json!({ "token": again.token() });
        let status = http.post(format!("{}/auth/revoke", world.url())).json(&body).send().await.expect("an answer").status();
        assert_eq!(status.as_u16(), 200);
        assert_eq!(revoked.expect().await.code(), "UNAUTHENTICATED");
        assert_eq!(revoked.expect().await.name, "complete");
    }

    /// A grant that ends, ends what is told and nothing more: the token is still good for what is left.
    async fn a_grant_that_ends_is_felt_at_the_next_change(world: World) {
        let (north, south) = (Scene::of(&world, "North").await, Scene::of(&world, "South").await);
        let account = world.account(None).await;
        world.grant(account, Role::OrganizationOfficer, north.county, None).await;
        world.grant(account, Role::OrganizationOfficer, south.county, Some(world.now() + TimeDelta::seconds(60))).await;
        let mut events = Events::of(&world.client(account), PAIRS, json!({})).await;
        south.propose(&south.officer).await;
        events.expect().await;
        world.pass(TimeDelta::seconds(61));
        south.propose(&south.officer).await;
        events.silent_for(SILENCE).await;
        let id = north.propose(&north.officer).await;
        assert_eq!(events.expect().await.at("/it/pair/id"), &json!(id));
    }

    /// What a stream tells draws on the account's points: who has none left is told later, and everything.
    async fn who_has_no_points_left_is_told_later(mut world: World) {
        world.stop().await;
        (world.config.people_points, world.config.document_cost) = (120, 120);
        world.start().await;
        let scene = Scene::of(&world, "North").await;
        let follower = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        let mut events = Events::of(&follower, PAIRS, json!({})).await;
        let id = scene.propose(&scene.officer).await;
        let begun = std::time::Instant::now();
        let mut acts = vec!["PAIR_PROPOSE"];
        step(&scene.officer, "Activate", &id, 1, json!({})).await;
        acts.push("PAIR_ACTIVATE");
        for round in 0..5 {
            step(&scene.officer, "Suspend", &id, 2 + 2 * round, json!({ "reason": "A course" })).await;
            step(&scene.officer, "Resume", &id, 3 + 2 * round, json!({})).await;
            acts.extend(["PAIR_SUSPEND", "PAIR_RESUME"]);
        }
        let done = begun.elapsed();
        for act in acts {
            assert_eq!(events.expect().await.at("/it/act"), act);
        }
        assert!(begun.elapsed() > done + Duration::from_secs(2), "{:?}, and {done:?}", begun.elapsed());
    }
}
