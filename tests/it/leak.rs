//! Nothing of a place that is not the caller's: neither by asking broadly, nor by naming its ids, nor in any byte.

use entity::{id::Key, kind::Role};
use serde_json::{Value, json};
use tests::{
    both,
    county::{County, PROBES, probe},
    world::{World, global},
};

/// Everything of a county that must not show elsewhere: names, raw ids, global ids.
fn secrets(county: &County, name: &str) -> Vec<String> {
    let mut out = vec![format!("{name} ")];
    let mut id = |uuid: uuid::Uuid, global: String| {
        out.push(uuid.simple().to_string());
        out.push(uuid.to_string());
        out.push(global);
    };
    for it in [county.top, county.department] {
        id(it.uuid(), global(it));
    }
    for it in [county.free, county.mentor, county.mentee] {
        id(it.uuid(), global(it));
    }
    for it in county.pools {
        id(it.uuid(), global(it));
    }
    for it in county.memberships {
        id(it.uuid(), global(it));
    }
    id(county.pair.uuid(), global(county.pair));
    id(county.account.uuid(), global(county.account));
    id(county.grant.uuid(), global(county.grant));
    id(county.correction.uuid(), global(county.correction));
    id(county.sanction.uuid(), global(county.sanction));
    id(county.talk.0.uuid(), global(county.talk.0));
    id(county.talk.1.uuid(), global(county.talk.1));
    out
}

fn assert_silent(text: &str, secrets: &[String], what: &str) {
    for secret in secrets {
        assert!(!text.contains(secret.as_str()), "{what} shows {secret}: {text}");
    }
}

both! {
    async fn nothing_of_the_neighbour_shows(world: World) {
        let north = County::build(&world, "North").await;
        let south = County::build(&world, "South").await;
        let hidden = secrets(&south, "South");
        for (field, _) in PROBES {
            for (role, client) in &north.people {
                let own = client.run(&probe(field), north.variables()).await;
                assert_silent(&own.text, &hidden, &format!("{field} as {role:?}"));
                let foreign = client.run(&probe(field), south.variables()).await;
                assert_silent(&foreign.text, &hidden, &format!("{field} of the south as {role:?}"));
            }
        }
    }

    /// A foreign id, an absent one and a text that is no id: one answer, for lookups and for changes.
    async fn foreign_absent_and_guessed_ids_look_the_same(world: World) {
        let north = County::build(&world, "North").await;
        let south = County::build(&world, "South").await;
        let absent = absent_variables();
        let mut guessed = south.variables();
        for (name, value) in guessed.as_object_mut().expect("variables") {
            if name != "today" {
                *value = json!(format!("guess {name}"));
            }
        }
        let before = world.fingerprint().await;
        for ((field, _), (role, client)) in PROBES.iter().flat_map(|it| north.people.iter().map(move |who| (it, who))) {
            let mut answers = Vec::new();
            for variables in [south.variables(), absent.clone(), guessed.clone()] {
                let answer = client.run(&probe(field), variables).await;
                let mut json = answer.json.clone();
                for error in json["errors"].as_array_mut().into_iter().flatten() {
                    error["extensions"]["requestId"] = Value::Null;
                }
                // What the caller has left goes down with each of the three, and is earned again meanwhile.
                for left in ["requests", "points"] {
                    if let Some(it) = json["data"]["rateLimit"][left].as_object_mut() {
                        it.retain(|name, _| !["remaining", "resetAt"].contains(&name.as_str()));
                    }
                }
                answers.push(json);
            }
            assert_eq!(answers[0], answers[1], "{field} as {role:?}: foreign and absent differ");
            assert_eq!(answers[1], answers[2], "{field} as {role:?}: absent and guessed differ");
        }
        assert_eq!(world.fingerprint().await, before, "something was written");
    }

    async fn a_filter_by_a_foreign_organization_finds_nobody(world: World) {
        let north = County::build(&world, "North").await;
        let south = County::build(&world, "South").await;
        let officer = north.person(Role::OrganizationOfficer);
        let query = "query($at: ID) { cadres(filter: { organization: $at }) { totalCount edges { node { name } } }
            organizations(filter: { under: $at }) { totalCount }
            mentoringPairs(filter: { organization: $at }) { totalCount } reservePools(filter: { organization: $at }) { totalCount }
            talks(filter: { organization: $at }) { totalCount } }";
        let count = |answer: &tests::client::Answer| {
            ["/cadres", "/organizations", "/mentoringPairs", "/reservePools", "/talks"]
                .map(|list| answer.at(&format!("{list}/totalCount")).as_u64().expect("a count"))
        };
        let own = officer.run(query, json!({ "at": global(north.top) })).await;
        assert_eq!(count(&own), [3, 2, 1, 3, 1]);
        let foreign = officer.run(query, json!({ "at": global(south.top) })).await;
        assert_eq!(count(&foreign), [0, 0, 0, 0, 0]);
    }

    /// A confidential membership is absent for the person, the unit and the mentor: from lists, counts and nodes.
    async fn disclosure_decides_who_knows_of_a_membership(world: World) {
        let county = County::build(&world, "North").await;
        let query = "query($cadre: ID!) { cadre(id: $cadre) { memberships { pool { name } } } reservePools { totalCount edges { node { name memberships { totalCount } } } } }";
        let variables = json!({ "cadre": global(county.mentee) });
        let seen = async |role| {
            let answer = county.person(role).run(query, variables.clone()).await;
            let members = answer.at("/cadre/memberships").as_array().expect("a list").clone();
            let pools: Vec<String> = members.iter().map(|it| it["pool"]["name"].as_str().unwrap_or("hidden").to_owned()).collect();
            (pools, answer.names("/reservePools"))
        };
        let all = ["Pool North secret", "Pool North unit", "Pool North person"];
        let sorted = ["Pool North person", "Pool North secret", "Pool North unit"];
        let (members, pools) = seen(Role::OrganizationOfficer).await;
        assert_eq!((members.as_slice(), pools.as_slice()), (&all.map(str::to_owned)[..], &sorted.map(str::to_owned)[..]));
        let (members, pools) = seen(Role::UnitOfficer).await;
        assert_eq!((members, pools), (
            vec!["Pool North unit".to_owned(), "Pool North person".to_owned()],
            vec!["Pool North person".to_owned(), "Pool North unit".to_owned()],
        ));
        let (members, pools) = seen(Role::Cadre).await;
        assert_eq!((members, pools), (vec!["Pool North person".to_owned()], vec!["Pool North person".to_owned()]));
        let mentor = county.person(Role::Mentor).run("query($p: ID!) { node(id: $p) { id } }", json!({ "p": global(county.memberships[2]) })).await;
        assert_eq!(mentor.at("/node"), &Value::Null);
        let status = county.person(Role::Cadre).run("{ myStatus { memberships { pool { name } } pairs { mentors { name } } } }", json!({})).await;
        assert_eq!(status.at("/myStatus/memberships"), &json!([{ "pool": { "name": "Pool North person" } }]));
        assert_eq!(status.at("/myStatus/pairs/0/mentors/0/name"), "North Mentor");
    }

    /// A mentor meets the mentee on the short card alone.
    async fn a_mentor_sees_own_pairs_and_cards_only(world: World) {
        let county = County::build(&world, "North").await;
        let other = world.pair(county.top, county.free, county.mentee).await;
        let mentor = county.person(Role::Mentor);
        let pairs = mentor.run("{ mentoringPairs { totalCount edges { node { id mentees { name postTitle } } } } }", json!({})).await;
        assert_eq!(pairs.at("/mentoringPairs/totalCount"), 1);
        assert_eq!(pairs.at("/mentoringPairs/edges/0/node/id"), &json!(global(county.pair)));
        assert_eq!(pairs.at("/mentoringPairs/edges/0/node/mentees/0/name"), "North Mentee");
        let foreign = mentor.run("query($p: ID!) { mentoringPair(id: $p) { id } }", json!({ "p": global(other) })).await;
        assert_eq!(foreign.at("/mentoringPair"), &Value::Null);
        mentor.run("query($c: ID!) { cadre(id: $c) { id } }", json!({ "c": global(county.mentee) })).await.refused("FORBIDDEN");
        let node = mentor.run("query($c: ID!) { node(id: $c) { id } }", json!({ "c": global(county.mentee) })).await;
        assert_eq!(node.at("/node"), &Value::Null);
    }

    /// Counts only, and small ones not at all.
    async fn a_reader_of_counts_sees_no_small_cell(world: World) {
        let county = County::build(&world, "North").await;
        let query = "query($at: ID!) { cadreSummary(organization: $at, groupBy: [LEVEL]) { total cells { level count status } } }";
        let variables = json!({ "at": global(county.top) });
        let officer = county.person(Role::OrganizationOfficer).run(query, variables.clone()).await;
        assert_eq!(officer.at("/cadreSummary"), &json!({ "total": 3, "cells": [{ "level": "TOWNSHIP_DEPUTY", "count": 3, "status": "KNOWN" }] }));
        let reader = county.person(Role::SummaryReader);
        let few = reader.run(query, variables.clone()).await;
        assert_eq!(few.at("/cadreSummary"), &json!({ "total": null, "cells": [{ "level": "TOWNSHIP_DEPUTY", "count": null, "status": "SUPPRESSED" }] }));
        for name in ["X", "Y"] {
            world.cadre(county.department, name, |_| {}).await;
        }
        world.tell().await;
        let enough = reader.run(query, variables).await;
        assert_eq!(enough.at("/cadreSummary/total"), 5);
    }
}

/// The ids of a county that was never built.
fn absent_variables() -> Value {
    use entity::id::{
        AccountId, CadreId, CorrectionId, GrantId, OrganizationId, PairId, PolicyEditionId, PoolId, PoolMembershipId,
        SanctionId, TalkId, TalkIssueId, TransferId,
    };
    json!({
        "organization": global(OrganizationId::fresh()),
        "department": global(OrganizationId::fresh()),
        "cadre": global(CadreId::fresh()),
        "free": global(CadreId::fresh()),
        "mentor": global(CadreId::fresh()),
        "pool": global(PoolId::fresh()),
        "membership": global(PoolMembershipId::fresh()),
        "proposed": global(PoolMembershipId::fresh()),
        "pair": global(PairId::fresh()),
        "account": global(AccountId::fresh()),
        "grant": global(GrantId::fresh()),
        "correction": global(CorrectionId::fresh()),
        "fact": global(SanctionId::fresh()),
        "transfer": global(TransferId::fresh()),
        "policy": global(PolicyEditionId::fresh()),
        "talk": global(TalkId::fresh()),
        "issue": global(TalkIssueId::fresh()),
        "policyCode": "absent-policy",
        "today": "2020-01-01",
    })
}
