//! The cache is never seen: off, cold and warm give the same answers, and a write ends what it makes wrong.

use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    county::{County, PROBES, probe},
    world::{World, global},
};

/// Answers to every question, by every role, without what differs between two requests by nature.
async fn answers(county: &County, url: &str) -> Vec<(String, Value)> {
    let mut out = Vec::new();
    for (field, body) in PROBES {
        // The trail and the access log are never remembered, and grow by what is refused and shown here; what is left shrinks
        // with each request.
        if body.starts_with("mutation") || ["auditEvents", "accessLog", "rateLimit"].contains(field) {
            continue;
        }
        for (role, client) in &county.people {
            let client = Client::new(url, client.token());
            let mut json = client.run(&probe(field), county.variables()).await.json;
            for error in json["errors"].as_array_mut().into_iter().flatten() {
                error["extensions"]["requestId"] = Value::Null;
            }
            // A cursor is signed and the same; nothing else may differ.
            out.push((format!("{field} as {role:?}"), json));
        }
    }
    out
}

both! {
    async fn off_cold_and_warm_answer_alike(world: World) {
        let county = County::build(&world, "North").await;
        let mut plain = world.config.clone();
        plain.cache = false;
        let off = api::Server::start(plain, api::Hooks::default()).await.expect("a server without a cache");
        let expected = answers(&county, &format!("http://{}", off.address())).await;
        let cold = answers(&county, world.url()).await;
        let hits = metric(&world, "tidui_cache_hits_total").await;
        let warm = answers(&county, world.url()).await;
        assert!(metric(&world, "tidui_cache_hits_total").await > hits + 50, "nothing was remembered");
        for ((expected, cold), warm) in expected.iter().zip(&cold).zip(&warm) {
            assert_eq!(expected, cold, "cold differs");
            assert_eq!(expected, warm, "warm differs");
        }
        off.stop().await;
    }

    /// Every list and count that a new cadre belongs to shows it at once, for its writer and for others.
    async fn a_write_is_seen_at_once(world: World) {
        let county = County::build(&world, "North").await;
        let leader = county.person(Role::OrganizationLeader);
        let query = "query($at: ID!) { cadres { totalCount edges { node { name } } } cadreSummary(organization: $at, groupBy: []) { total } }";
        let at = json!({ "at": global(county.top) });
        for round in 0..5 {
            let before = leader.run(query, at.clone()).await;
            assert_eq!(before.at("/cadres/totalCount"), 3 + round);
            let officer = county.person(Role::OrganizationOfficer);
            officer.run(&probe("cadreCreate"), county.variables()).await.done("/cadreCreate");
            let after = leader.run(query, at.clone()).await;
            assert_eq!(after.at("/cadres/totalCount"), 4 + round);
            assert_eq!(after.at("/cadreSummary/total"), 4 + round);
        }
    }

    /// A subtree that moves takes its people along, though no row of theirs changed.
    async fn rows_that_decide_about_visibility_end_answers_too(world: World) {
        let county = County::build(&world, "North").await;
        let unit = county.person(Role::UnitOfficer);
        let query = "{ cadres { totalCount } }";
        assert_eq!(unit.run(query, json!({})).await.at("/cadres/totalCount"), 2);
        world.sql("delete from organization_closure where descendant_id = $1", vec![county.department.into()]).await;
        world.tell().await;
        assert_eq!(unit.run(query, json!({})).await.at("/cadres/totalCount"), 0);
    }

    /// A closed account and a withdrawn grant end what was remembered of the identity.
    async fn a_withdrawn_grant_is_withdrawn(world: World) {
        let county = County::build(&world, "North").await;
        let officer = county.person(Role::OrganizationOfficer);
        officer.run("{ cadres { totalCount } }", json!({})).await.at("/cadres/totalCount");
        world.sql("delete from account_grant where role = 'ORGANIZATION_OFFICER'", vec![]).await;
        world.tell().await;
        officer.run("{ cadres { totalCount } }", json!({})).await.refused("FORBIDDEN");
        world.sql("update account set state = 'CLOSED'", vec![]).await;
        world.tell().await;
        let closed = officer.run("{ me { login } }", json!({})).await;
        assert_eq!((closed.status, closed.codes()), (401, vec!["UNAUTHENTICATED".to_owned()]));
    }
}

async fn metric(world: &World, name: &str) -> u64 {
    let (_, text) = Client::new(world.url(), "").get("/metrics").await;
    let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).expect("the metric").to_owned();
    line.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a number")
}
