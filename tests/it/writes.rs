//! Changes: what they write, what they refuse, and that they happen once.

use entity::kind::{Disclosure, MembershipState, Role};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    county::County,
    postgres,
    world::{World, global},
};

const CREATE: &str = "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) {
    clientMutationId problems { __typename code field message } cadre { id name version birthDate posts { title validFrom } levels { level validFrom } } query { me { login } } } }";
const UPDATE: &str = "mutation($input: CadreUpdateInput!) { cadreUpdate(input: $input) {
    problems { __typename code field ... on VersionConflict { currentVersion } }
    cadre { id name version postTitle positionLevel posts { title validFrom validTo } levels { level validFrom validTo } } } }";

both! {
    async fn a_cadre_is_recorded_with_post_and_level(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let input = json!({ "input": {
            "organizationId": global(county), "name": " 王静安 ", "sex": "FEMALE", "birthDate": "1990-03",
            "postTitle": "教育局副局长", "postStart": "2021-06", "positionLevel": "TOWNSHIP_DEPUTY", "levelStart": "2019",
            "identityNumber": "990000199003070013", "phone": "10000000001", "clientMutationId": "mine",
        }});
        let answer = officer.run(CREATE, input).await;
        let payload = answer.done("/cadreCreate");
        assert_eq!(payload["clientMutationId"], "mine");
        assert_eq!(payload["cadre"]["name"], "王静安");
        assert_eq!(payload["cadre"]["posts"], json!([{ "title": "教育局副局长", "validFrom": "2021-06" }]));
        assert_eq!(payload["cadre"]["levels"], json!([{ "level": "TOWNSHIP_DEPUTY", "validFrom": "2019" }]));
        assert!(payload["query"]["me"]["login"].is_string());
        assert_eq!(world.number("select count(*) from audit_event where action = 'CADRE_CREATE' and outcome = 'DONE'").await, 1);
        assert_eq!(world.number("select count(*) from audit_change").await, 5);
        // The sealed values stand nowhere in the clear, least of all in the audit trail.
        let clear = "select count(*) from audit_change where after_values like '%990000199003070013%' or after_values like '%10000000001%'";
        assert_eq!(world.number(clear).await, 0);
    }

    async fn bad_input_names_the_field(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let before = world.fingerprint().await;
        let input = |change: Value| {
            let mut input = json!({ "organizationId": global(county), "name": "Anna", "sex": "FEMALE" });
            input.as_object_mut().expect("an object").extend(change.as_object().expect("an object").clone());
            json!({ "input": input })
        };
        for (change, field) in [
            (json!({ "name": "  " }), "name"),
            (json!({ "name": "x".repeat(61) }), "name"),
            (json!({ "birthDate": "2199-01" }), "birthDate"),
            (json!({ "birthDate": "1990", "postStart": "1985-01" }), "postStart"),
            (json!({ "birthDate": "1990", "levelStart": "1985-01" }), "levelStart"),
            (json!({ "postTitle": "x".repeat(401) }), "postTitle"),
            (json!({ "identityNumber": "990000199003070014" }), "identityNumber"),
            (json!({ "idempotencyKey": "" }), "idempotencyKey"),
        ] {
            let answer = officer.run(CREATE, input(change.clone())).await;
            answer.problem("/cadreCreate", "INVALID");
            assert_eq!(answer.at("/cadreCreate/problems/0/field"), field, "{change}");
            assert_eq!(answer.at("/cadreCreate/problems/0/__typename"), "InputProblem");
            assert_eq!(answer.at("/cadreCreate/cadre"), &Value::Null);
        }
        for change in [json!({ "birthDate": "1990-13" }), json!({ "sex": "OTHER" }), json!({ "unknown": 1 })] {
            let answer = officer.run(CREATE, input(change.clone())).await;
            assert_eq!(answer.codes().len(), 1, "{change}: {}", answer.text);
            assert!(["INVALID", "DOCUMENT_INVALID"].contains(&answer.codes()[0].as_str()), "{change}: {}", answer.text);
        }
        assert_eq!(world.fingerprint().await, before);
    }

    async fn an_identity_number_is_one_person(world: World) {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        let input = |at, name: &str| json!({ "input": { "organizationId": global(at), "name": name, "sex": "MALE", "identityNumber": "990000199003070013" } });
        let first = world.sign_in(Role::OrganizationOfficer, north).await;
        first.run(CREATE, input(north, "Anna")).await.done("/cadreCreate");
        let other = world.sign_in(Role::OrganizationOfficer, south).await;
        let before = world.fingerprint().await;
        let answer = other.run(CREATE, input(south, "Bert")).await;
        answer.problem("/cadreCreate", "IDENTITY_HELD_ELSEWHERE");
        assert!(!answer.text.contains("Anna") && !answer.text.contains("North"));
        assert_eq!(world.fingerprint().await, before);
    }

    async fn two_writers_of_one_row_do_not_overwrite(world: World) {
        let county = County::build(&world, "North").await;
        let officer = county.person(Role::OrganizationOfficer);
        let change = |version: i32, name: &str| json!({ "input": { "id": global(county.free), "expectedVersion": version, "name": name } });
        let first = officer.run(UPDATE, change(1, "First")).await;
        assert_eq!(first.done("/cadreUpdate")["cadre"]["version"], 2);
        let second = officer.run(UPDATE, change(1, "Second")).await;
        second.problem("/cadreUpdate", "STALE");
        assert_eq!(second.at("/cadreUpdate/problems/0/__typename"), "VersionConflict");
        assert_eq!(second.at("/cadreUpdate/problems/0/currentVersion"), 2);
        // At once, too: of eight writers who all saw version 2, one writes.
        let answers = (0..8).map(|it| {
            let officer = officer.clone();
            let variables = change(2, &format!("Racer {it}"));
            async move { officer.run(UPDATE, variables).await }
        });
        let answers = futures_join(answers).await;
        let done = answers.iter().filter(|it| it.text.contains("\"version\":3")).count();
        assert_eq!(done, 1, "{answers:?}");
        let told = |it: &&tests::client::Answer| it.text.contains("STALE") || it.text.contains("BUSY");
        assert_eq!(answers.iter().filter(told).count(), 7, "{answers:?}");
    }

    async fn a_new_post_and_level_end_the_old_ones(world: World) {
        let county = County::build(&world, "North").await;
        let officer = county.person(Role::OrganizationOfficer);
        let step = |version: i32, title: Value, from: &str| json!({ "input": {
            "id": global(county.free), "expectedVersion": version, "postTitle": title, "postStart": from,
            "positionLevel": "TOWNSHIP_PRINCIPAL", "levelStart": from,
        }});
        officer.run(UPDATE, step(1, json!("Deputy head"), "2020-01")).await.done("/cadreUpdate");
        let answer = officer.run(UPDATE, step(2, json!("Head"), "2024-05")).await;
        let cadre = &answer.done("/cadreUpdate")["cadre"];
        assert_eq!(cadre["posts"], json!([
            { "title": "Deputy head", "validFrom": "2020-01", "validTo": "2024-05" },
            { "title": "Head", "validFrom": "2024-05", "validTo": null },
        ]));
        assert_eq!(cadre["levels"], json!([{ "level": "TOWNSHIP_PRINCIPAL", "validFrom": "2020-01", "validTo": null }]));
        let emptied = officer.run(UPDATE, step(3, Value::Null, "2026-01")).await;
        assert_eq!(emptied.done("/cadreUpdate")["cadre"]["postTitle"], Value::Null);
    }

    /// The same key twice: one effect, the same answer, rendered by the retry's own selection.
    async fn a_retry_is_one_effect(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let input = |name: &str, key: &str| json!({ "input": { "organizationId": global(county), "name": name, "sex": "MALE", "idempotencyKey": key } });
        let first = officer.run(CREATE, input("Anna", "k1")).await;
        let id = first.done("/cadreCreate")["cadre"]["id"].clone();
        let before = world.fingerprint().await;
        let short = "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code } cadre { id sex } } }";
        let again = officer.run(short, input("Anna", "k1")).await;
        assert_eq!(again.done("/cadreCreate")["cadre"], json!({ "id": id, "sex": "MALE" }));
        let other = officer.run(CREATE, input("Bert", "k1")).await;
        other.problem("/cadreCreate", "IDEMPOTENCY_KEY_REUSED");
        assert_eq!(world.fingerprint().await, before);
        // Another person's key of the same text is another key.
        let second = world.sign_in(Role::OrganizationOfficer, county).await;
        second.run(CREATE, input("Carl", "k1")).await.done("/cadreCreate");
        // All at once: one row.
        let answers = futures_join((0..6).map(|_| {
            let (officer, variables) = (officer.clone(), input("Dora", "k2"));
            async move { officer.run(CREATE, variables).await }
        })).await;
        let ids: std::collections::BTreeSet<String> = answers.iter().filter(|it| it.json.get("errors").is_none()).map(|it| it.text_at("/cadreCreate/cadre/id")).collect();
        assert_eq!(ids.len(), 1, "{answers:?}");
        assert_eq!(world.number("select count(*) from cadre where name = 'Dora'").await, 1);
    }

    async fn who_proposes_does_not_confirm(world: World) {
        let county = world.organization("North").await;
        let pool = world.pool(county, "p", Disclosure::Confidential).await;
        let cadre = world.cadre(county, "Anna", |_| {}).await;
        let grants = [(Role::OrganizationOfficer, county), (Role::OrganizationLeader, county)];
        let both = world.sign_in_with(&grants, None).await;
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        let propose = "mutation($input: PoolMembershipProposeInput!) { poolMembershipPropose(input: $input) { problems { code message } membership { id state version tier { code } member { name } } } }";
        let confirm = "mutation($input: PoolMembershipConfirmInput!) { poolMembershipConfirm(input: $input) { problems { code } membership { state version decidedOn } } }";
        let input = |tier: &str| json!({ "input": { "poolId": global(pool), "cadreId": global(cadre), "tierCode": tier, "reason": "Good work" } });
        let wrong = both.run(propose, input("Z")).await;
        wrong.problem("/poolMembershipPropose", "INVALID");
        assert!(wrong.text.contains("it has A"), "{}", wrong.text);
        let proposed = both.run(propose, input("A")).await;
        let membership = proposed.done("/poolMembershipPropose")["membership"].clone();
        assert_eq!((&membership["state"], &membership["member"]["name"]), (&json!("PROPOSED"), &json!("Anna")));
        both.run(propose, input("A")).await.problem("/poolMembershipPropose", "ALREADY_MEMBER");
        let decide = json!({ "input": { "id": membership["id"], "expectedVersion": 1 } });
        both.run(confirm, decide.clone()).await.problem("/poolMembershipConfirm", "SAME_PERSON");
        let confirmed = leader.run(confirm, decide).await;
        assert_eq!(confirmed.done("/poolMembershipConfirm")["membership"]["state"], "CONFIRMED");
        let again = json!({ "input": { "id": membership["id"], "expectedVersion": 2 } });
        leader.run(confirm, again).await.problem("/poolMembershipConfirm", "TRANSITION_REFUSED");
        world.sql("update cadre set status = 'RETIRED'", vec![]).await;
        world.sql("update pool_membership set state = 'EXITED'", vec![]).await;
        both.run(propose, input("A")).await.problem("/poolMembershipPropose", "NOT_IN_POST");
    }

    async fn a_unit_officer_proposes_for_disclosed_pools_alone(world: World) {
        let county = County::build(&world, "North").await;
        let unit = county.person(Role::UnitOfficer);
        let propose = "mutation($input: PoolMembershipProposeInput!) { poolMembershipPropose(input: $input) { problems { code } membership { state } } }";
        let input = |pool: usize, cadre| json!({ "input": { "poolId": global(county.pools[pool]), "cadreId": global(cadre), "tierCode": "A", "reason": "Good work" } });
        unit.run(propose, input(1, county.mentor)).await.done("/poolMembershipPropose");
        unit.run(propose, input(0, county.mentor)).await.refused("NOT_FOUND");
        unit.run(propose, input(1, county.free)).await.refused("NOT_FOUND");
        assert_eq!(world.number(&format!("select count(*) from pool_membership where state = '{}'", MembershipState::Proposed.text())).await, 2);
    }

    async fn a_pair_is_proposed_activated_and_met(world: World) {
        let county = County::build(&world, "North").await;
        let officer = county.person(Role::OrganizationOfficer);
        let propose = "mutation($input: PairProposeInput!) { pairPropose(input: $input) { problems { code } pair { id state mentors { name } mentees { name } } } }";
        let activate = "mutation($input: PairActivateInput!) { pairActivate(input: $input) { problems { code } pair { state nextContactDue version } } }";
        let contact = "mutation($input: PairContactRecordInput!) { pairContactRecord(input: $input) { problems { code field } pair { nextContactDue overdue contacts { totalCount edges { node { heldOn agreed } } } } } }";
        let pair = |mentees: Value| json!({ "input": { "organizationId": global(county.top), "mentorIds": [global(county.mentor)], "menteeIds": mentees, "contactEveryDays": 30 } });
        officer.run(propose, pair(json!([global(county.mentor)]))).await.problem("/pairPropose", "CONFLICT");
        officer.run(propose, pair(json!([]))).await.problem("/pairPropose", "INVALID");
        let proposed = officer.run(propose, pair(json!([global(county.free)]))).await;
        let id = proposed.done("/pairPropose")["pair"]["id"].clone();
        assert_eq!(proposed.at("/pairPropose/pair/mentees"), &json!([{ "name": "North Free" }]));
        let today = api::clock::Clock::moved_by({ let now = world.now(); move || now }).today();
        let held = |day: chrono::NaiveDate| json!({ "input": { "pairId": id, "heldOn": day.to_string(), "topic": "STUDY", "agreed": "Read chapter 2" } });
        officer.run(contact, held(today)).await.problem("/pairContactRecord", "TRANSITION_REFUSED");
        let start = today - chrono::TimeDelta::days(40);
        let step = json!({ "input": { "id": id, "expectedVersion": 1, "startedOn": start.to_string() } });
        let active = officer.run(activate, step.clone()).await;
        assert_eq!(active.done("/pairActivate")["pair"]["nextContactDue"], (start + chrono::TimeDelta::days(30)).to_string());
        officer.run(activate, step).await.problem("/pairActivate", "STALE");
        let mentor = county.person(Role::Mentor);
        mentor.run(contact, held(today + chrono::TimeDelta::days(1))).await.problem("/pairContactRecord", "INVALID");
        mentor.run(contact, held(start - chrono::TimeDelta::days(1))).await.problem("/pairContactRecord", "INVALID");
        let met = mentor.run(contact, held(today)).await;
        let pair = &met.done("/pairContactRecord")["pair"];
        assert_eq!((&pair["nextContactDue"], &pair["overdue"]), (&json!((today + chrono::TimeDelta::days(30)).to_string()), &json!(false)));
        assert_eq!(pair["contacts"]["edges"][0]["node"], json!({ "heldOn": today.to_string(), "agreed": "Read chapter 2" }));
    }
}

/// Runs futures at once and waits for all.
async fn futures_join<F>(all: impl Iterator<Item = F>) -> Vec<F::Output>
where
    F: Future + Send + 'static,
    F::Output: Send + 'static,
{
    let tasks: Vec<_> = all.map(tokio::spawn).collect();
    let mut out = Vec::new();
    for task in tasks {
        out.push(task.await.expect("an answer"));
    }
    out
}

postgres! {
    /// A thread has one connection of its own for changes. One that waits there for what somebody else holds keeps nobody from
    /// changing something.
    async fn a_change_that_waits_holds_up_no_other(world: World) {
        let county = world.organization("North").await;
        let mut config = world.config.clone();
        (config.workers, config.database_connections) = (1, 16);
        let server = api::Server::start(config, api::Hooks::default()).await.expect("a server");
        let at = |client: &Client| Client::new(&format!("http://{}", server.address()), client.token());
        let input = |name: &str| json!({ "input": { "organizationId": global(county), "name": name, "sex": "FEMALE" } });
        let first = at(&world.sign_in(Role::OrganizationOfficer, county).await);
        first.run(CREATE, input("Anna")).await.done("/cadreCreate");
        // Whoever changes something holds the grants by which they may, last of all.
        let held = world.db.begin().await.expect("a transaction");
        held.execute_unprepared("update account_grant set valid_from = valid_from").await.expect("an update");
        let other = at(&world.sign_in(Role::OrganizationOfficer, county).await);
        let (waited, ()) = tokio::join!(first.run(CREATE, input("Berta")), async {
            tokio::time::sleep(std::time::Duration::from_millis(300)).await;
            for name in ["Clara", "Dora", "Emma"] {
                other.run(CREATE, input(name)).await.done("/cadreCreate");
            }
            assert_eq!(world.number("select count(*) from cadre where name = 'Berta'").await, 0);
            held.commit().await.expect("a commit");
        });
        waited.done("/cadreCreate");
        assert_eq!(world.number("select count(*) from cadre").await, 5);
        server.stop().await;
    }
}
