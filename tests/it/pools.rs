//! Pools and memberships from proposal to exit: each step with decider, reason and date, and none by itself.

use entity::{
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, Role},
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    world::{World, global},
};

const CREATE: &str = "mutation($input: PoolCreateInput!) { poolCreate(input: $input) { problems { code field message } pool {
    id code kind targetSize version tiers { code targetCount ordinal } tracks { code } categories { code } maturities { code ordinal } } } }";
const UPDATE: &str =
    "mutation($input: PoolUpdateInput!) { poolUpdate(input: $input) { problems { code field message } pool {
    name targetSize disclosure version tiers { code name targetCount ordinal } tracks { code targetCount } } } }";
const PROPOSE: &str = "mutation($input: PoolMembershipProposeInput!) { poolMembershipPropose(input: $input) { problems { code field message } membership {
    id state version source entryRoute tier { code } track { code } category { code } maturity { code } } } }";
const LOG: &str = "query($id: ID!) { reservePool(id: $id) { log(first: 50) { totalCount edges { node { kind state reason reasonCode documentNumber decidedOn membership { id } } } } } }";

/// A county with people, and those who work on its pools.
struct Scene {
    county: OrganizationId,
    anna: CadreId,
    officer: Client,
    leader: Client,
    pool: String,
}

impl Scene {
    async fn of(world: &World) -> Self {
        let county = world.organization("North").await;
        let anna = world.cadre(county, "Anna", |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        let made = officer.run(CREATE, json!({ "input": input(county) })).await;
        let pool = made.text_at("/poolCreate/pool/id");
        Self { county, anna, officer, leader, pool }
    }

    async fn propose(&self, more: Value) -> Answer {
        let mut input =
            json!({ "poolId": self.pool, "tierCode": "A", "cadreId": global(self.anna), "reason": "Steady work" });
        input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
        self.officer.run(PROPOSE, json!({ "input": input })).await
    }

    async fn proposed(&self) -> String {
        self.propose(json!({})).await.text_at("/poolMembershipPropose/membership/id")
    }
}

fn input(county: OrganizationId) -> Value {
    json!({
        "organizationId": global(county), "code": "315", "name": "“315”库", "targetSize": 450,
        "tiers": [{ "code": "A", "name": "副科级", "targetCount": 300 }, { "code": "B", "name": "正科级", "targetCount": 100 }],
        "tracks": [{ "code": "PARTY", "name": "党务" }], "categories": [{ "code": "ECONOMY", "name": "经济" }],
        "maturities": [{ "code": "READY", "name": "成熟" }, { "code": "LONG", "name": "培养" }],
    })
}

/// Takes a step, and answers with it.
async fn step(by: &Client, name: &str, id: &str, version: i64, more: Value) -> Answer {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
    let text = format!(
        "mutation($input: PoolMembership{name}Input!) {{ it: poolMembership{name}(input: $input) {{ problems {{ code field }} membership {{ state version tier {{ code }} track {{ code }} maturity {{ code }} }} }} }}"
    );
    by.run(&text, json!({ "input": input })).await
}

both! {
    async fn a_pool_is_made_with_its_parts_and_changed(world: World) {
        let scene = Scene::of(&world).await;
        let again = scene.officer.run(CREATE, json!({ "input": input(scene.county) })).await;
        again.problem("/poolCreate", "TAKEN");
        let change = json!({ "input": { "id": scene.pool, "expectedVersion": 1, "name": "新库", "targetSize": null, "disclosure": "UNIT",
            "tiers": [{ "code": "B", "name": "正科", "targetCount": 120 }, { "code": "C", "name": "主官", "targetCount": 50 }],
            "tracks": [{ "code": "PARTY", "name": "党务", "targetCount": 70 }] } });
        let changed = scene.officer.run(UPDATE, change.clone()).await;
        let pool = changed.at("/poolUpdate/pool");
        assert_eq!((pool["name"].as_str(), &pool["targetSize"], pool["disclosure"].as_str()), (Some("新库"), &Value::Null, Some("UNIT")));
        let tiers: Vec<_> = pool["tiers"].as_array().expect("tiers").iter().map(|it| (it["code"].as_str().expect("a code"), it["targetCount"].as_i64())).collect();
        assert_eq!(tiers, [("A", Some(300)), ("B", Some(120)), ("C", Some(50))]);
        assert_eq!(pool["tracks"], json!([{ "code": "PARTY", "targetCount": 70 }]));
        scene.officer.run(UPDATE, change).await.problem("/poolUpdate", "STALE");
    }

    async fn a_pool_that_cannot_be_meant_is_told_what_to_mend(world: World) {
        let scene = Scene::of(&world).await;
        let before = world.fingerprint().await;
        for (field, value) in [
            ("code", json!("two words")),
            ("name", json!(" ")),
            ("targetSize", json!(-1)),
            ("tiers", json!([])),
            ("tiers", json!([{ "code": "A", "name": "x" }, { "code": "A", "name": "y" }])),
            ("tracks", json!([{ "code": "A", "name": "" }])),
            ("maturities", json!((0..51).map(|it| json!({ "code": format!("m{it}"), "name": "x" })).collect::<Vec<_>>())),
        ] {
            let mut input = input(scene.county);
            input["code"] = json!("OTHER");
            input[field] = value;
            let answer = scene.officer.run(CREATE, json!({ "input": input })).await;
            assert_eq!((answer.at("/poolCreate/problems/0/code"), answer.at("/poolCreate/problems/0/field")), (&json!("INVALID"), &json!(field)), "{}", answer.text);
        }
        scene.leader.run(CREATE, json!({ "input": input(scene.county) })).await.refused("FORBIDDEN");
        assert_eq!(world.fingerprint().await, before);
    }

    async fn a_member_goes_the_whole_way_and_the_log_keeps_it(world: World) {
        let scene = Scene::of(&world).await;
        let more = json!({ "trackCode": "PARTY", "categoryCode": "ECONOMY", "maturityCode": "LONG", "source": "OWN_UNIT", "entryRoute": "UNIT_VOTE" });
        let made = scene.propose(more).await;
        let membership = made.at("/poolMembershipPropose/membership");
        assert_eq!((membership["source"].as_str(), membership["entryRoute"].as_str(), membership["maturity"]["code"].as_str()), (Some("OWN_UNIT"), Some("UNIT_VOTE"), Some("LONG")));
        let id = made.text_at("/poolMembershipPropose/membership/id");
        let leader = &scene.leader;
        let so = |answer: &Answer, state: &str| assert_eq!(answer.at("/it/membership/state"), state, "{}", answer.text);
        so(&step(leader, "Confirm", &id, 1, json!({ "documentNumber": "组发〔2026〕7号" })).await, "CONFIRMED");
        so(&step(leader, "Warn", &id, 2, json!({ "reason": "Two poor half years" })).await, "WARNED");
        so(&step(leader, "LiftWarning", &id, 3, json!({})).await, "CONFIRMED");
        let moved = step(leader, "Move", &id, 4, json!({ "tierCode": "B", "maturityCode": "READY", "reason": "Grown" })).await;
        assert_eq!(moved.at("/it/membership"), &json!({ "state": "CONFIRMED", "version": 5, "tier": { "code": "B" }, "track": { "code": "PARTY" }, "maturity": { "code": "READY" } }));
        so(&step(leader, "Exit", &id, 5, json!({ "reason": "Left the county", "reasonCode": "TRANSFERRED" })).await, "EXITED");
        step(leader, "Warn", &id, 6, json!({ "reason": "Too late" })).await.problem("/it", "TRANSITION_REFUSED");
        let log = scene.officer.run(LOG, json!({ "id": scene.pool })).await;
        let rows = log.at("/reservePool/log/edges").as_array().expect("a log");
        let kinds: Vec<_> = rows.iter().map(|it| it["node"]["kind"].as_str().expect("a kind")).collect();
        assert_eq!(kinds, ["EXITED", "MOVED", "WARNING_LIFTED", "WARNED", "CONFIRMED", "PROPOSED"]);
        assert_eq!(rows[0]["node"]["reasonCode"], "TRANSFERRED");
        assert_eq!(rows[4]["node"]["documentNumber"], "组发〔2026〕7号");
        // After the exit the person may be proposed anew: history is no bar.
        scene.propose(json!({})).await.done("/poolMembershipPropose");
    }

    async fn a_deployed_member_is_no_member(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.proposed().await;
        step(&scene.leader, "Deploy", &id, 1, json!({ "reason": "Named deputy head" })).await.problem("/it", "TRANSITION_REFUSED");
        step(&scene.leader, "Confirm", &id, 1, json!({})).await.done("/it");
        let done = step(&scene.leader, "Deploy", &id, 2, json!({ "reason": "Named deputy head" })).await;
        assert_eq!(done.at("/it/membership/state"), "DEPLOYED");
    }

    async fn a_proposal_may_be_turned_down(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.proposed().await;
        let done = step(&scene.leader, "Exit", &id, 1, json!({ "reason": "Not confirmed", "reasonCode": "NOT_CONFIRMED" })).await;
        assert_eq!(done.at("/it/membership/state"), "EXITED");
    }

    /// Nobody decides on the own proposal, without a reason, for a day to come, about somebody who left, or in a hurry.
    async fn what_a_step_must_not_be(world: World) {
        let scene = Scene::of(&world).await;
        let both = world.account(None).await;
        world.grant(both, Role::OrganizationOfficer, scene.county, None).await;
        world.grant(both, Role::OrganizationLeader, scene.county, None).await;
        let both = world.client(both);
        let input = json!({ "poolId": scene.pool, "tierCode": "A", "cadreId": global(scene.anna), "reason": "Steady work" });
        let id = both.run(PROPOSE, json!({ "input": input })).await.text_at("/poolMembershipPropose/membership/id");
        step(&both, "Confirm", &id, 1, json!({})).await.problem("/it", "SAME_PERSON");
        let leader = &scene.leader;
        let before = world.fingerprint().await;
        let tomorrow = (world.today() + chrono::TimeDelta::days(2)).to_string();
        let invalid = |answer: &Answer, field: &str| {
            assert_eq!((answer.at("/it/problems/0/code"), answer.at("/it/problems/0/field")), (&json!("INVALID"), &json!(field)), "{}", answer.text);
        };
        invalid(&step(leader, "Exit", &id, 1, json!({ "reason": " " })).await, "reason");
        invalid(&step(leader, "Exit", &id, 1, json!({ "reason": "x", "reasonCode": "two words" })).await, "reasonCode");
        invalid(&step(leader, "Exit", &id, 1, json!({ "reason": "x", "documentNumber": "9".repeat(61) })).await, "documentNumber");
        invalid(&step(leader, "Confirm", &id, 1, json!({ "decidedOn": tomorrow })).await, "decidedOn");
        invalid(&step(leader, "Confirm", &id, 1, json!({ "decidedOn": "2001-01-01" })).await, "decidedOn");
        step(leader, "Confirm", &id, 9, json!({})).await.problem("/it", "STALE");
        step(&scene.officer, "Exit", &id, 1, json!({ "reason": "x" })).await.refused("FORBIDDEN");
        world.sql("update cadre set status = $1 where id = $2", vec![CadreStatus::Retired.text().into(), scene.anna.into()]).await;
        world.tell().await;
        step(leader, "Confirm", &id, 1, json!({})).await.problem("/it", "NOT_IN_POST");
        assert_eq!(world.fingerprint().await, before);
    }

    async fn codes_of_a_pool_are_its_own(world: World) {
        let scene = Scene::of(&world).await;
        for (more, field) in [
            (json!({ "tierCode": "Z" }), "tierCode"),
            (json!({ "trackCode": "Z" }), "trackCode"),
            (json!({ "categoryCode": "PARTY" }), "categoryCode"),
            (json!({ "maturityCode": "Z" }), "maturityCode"),
            (json!({ "entryRoute": "two words" }), "entryRoute"),
        ] {
            let answer = scene.propose(more).await;
            assert_eq!((answer.at("/poolMembershipPropose/problems/0/code"), answer.at("/poolMembershipPropose/problems/0/field")), (&json!("INVALID"), &json!(field)));
        }
        let id = scene.proposed().await;
        step(&scene.leader, "Confirm", &id, 1, json!({})).await.done("/it");
        let stays = step(&scene.leader, "Move", &id, 2, json!({ "tierCode": "A", "reason": "x" })).await;
        assert_eq!(stays.at("/it/problems/0/field"), "tierCode");
    }

    /// A warned member is a member still: one open membership, in the person's status, in the pool's list.
    async fn a_warned_member_is_a_member_still(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.proposed().await;
        step(&scene.leader, "Confirm", &id, 1, json!({})).await.done("/it");
        step(&scene.leader, "Warn", &id, 2, json!({ "reason": "Poor half year" })).await.done("/it");
        scene.propose(json!({})).await.problem("/poolMembershipPropose", "ALREADY_MEMBER");
        let open = json!({ "input": { "id": scene.pool, "expectedVersion": 1, "disclosure": "PERSON" } });
        scene.officer.run(UPDATE, open).await.done("/poolUpdate");
        let anna = world.sign_in_as(Role::Cadre, scene.county, scene.anna).await;
        let status = anna.run("{ myStatus { memberships { state steps { kind } } } }", json!({})).await;
        assert_eq!(status.at("/myStatus/memberships/0/state"), "WARNED");
    }

    /// A membership that was confirmed on a day stood as proposed before it, and nowhere before it was proposed.
    async fn where_it_stood_is_told_of_any_day(world: World) {
        let scene = Scene::of(&world).await;
        let id = scene.proposed().await;
        let day = |days: i64| (world.today() + chrono::TimeDelta::days(days)).to_string();
        let (proposed, before) = (day(0), day(-1));
        world.pass(chrono::TimeDelta::days(10));
        let leader = world.sign_in(Role::OrganizationLeader, scene.county).await;
        let officer = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        step(&leader, "Confirm", &id, 1, json!({})).await.done("/it");
        let text = "query($id: ID!, $on: Date) { nodes(ids: [$id], asOf: $on) { ... on PoolMembership { state stateAsOf } } }";
        for (on, stood) in [(&before, Value::Null), (&proposed, json!("PROPOSED")), (&day(0), json!("CONFIRMED"))] {
            let answer = officer.run(text, json!({ "id": id, "on": on })).await;
            assert_eq!((answer.at("/nodes/0/stateAsOf"), answer.at("/nodes/0/state")), (&stood, &json!("CONFIRMED")), "on {on}");
            assert_eq!(answer.json["extensions"]["asOf"], json!(on));
        }
        let two = "query($id: ID!) { reservePools(asOf: \"2020-01-01\") { totalCount } nodes(ids: [$id], asOf: \"2021-01-01\") { id } }";
        assert_eq!(officer.run(two, json!({ "id": id })).await.codes(), ["INVALID"]);
    }

    /// By their keys, until there are enough of them: who is in no open membership, or in another pool, is not among them.
    async fn a_pools_people_are_listed_in_their_order(world: World) {
        let scene = Scene::of(&world).await;
        let other = scene.officer.run(CREATE, json!({ "input": { "organizationId": global(scene.county), "code": "316", "name": "Other",
            "tiers": [{ "code": "A", "name": "副科级" }] } })).await.text_at("/poolCreate/pool/id");
        let mut expected = Vec::new();
        for (place, name) in ["Bo", "Cai", "Dan", "Er", "Fu"].into_iter().enumerate() {
            let whom = global(world.cadre(scene.county, name, |_| {}).await);
            let pool = if place == 2 { &other } else { &scene.pool };
            scene.propose(json!({ "cadreId": whom, "poolId": pool })).await.text_at("/poolMembershipPropose/membership/id");
            if place != 2 {
                expected.push(name.to_owned());
            }
        }
        for more in ["", "memberships { state pool { id } }"] {
            let page = format!("query($pool: ID!, $after: String) {{ cadres(filter: {{ pool: $pool }}, orderBy: ID, first: 3, after: $after) {{ totalCount pageInfo {{ hasNextPage endCursor }} edges {{ node {{ name {more} }} }} }} }}");
            let (mut told, mut after) = (Vec::new(), Value::Null);
            for last in [false, true] {
                let found = scene.officer.run(&page, json!({ "pool": scene.pool, "after": after })).await;
                let edges = found.at("/cadres/edges").as_array().expect("people").clone();
                told.extend(edges.iter().map(|it| it["node"]["name"].as_str().expect("a name").to_owned()));
                assert_eq!((found.at("/cadres/totalCount"), found.at("/cadres/pageInfo/hasNextPage")), (&json!(4), &json!(!last)), "{}", found.text);
                after = found.at("/cadres/pageInfo/endCursor").clone();
            }
            assert_eq!(told, expected);
        }
    }
}
