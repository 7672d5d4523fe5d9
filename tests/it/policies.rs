//! Policies: drafted by one, published by another, never changed; and how they come out for people, with the reasons.

mod agreement;
mod publishing;
mod trying;

use entity::{
    id::OrganizationId,
    kind::{PositionLevel, Role},
    organization,
    partial_date::PartialDate,
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    law,
    process::{Ended, Program, fresh_folder},
    world::{World, global},
};

const DRAFT: &str = "mutation($input: PolicyDraftInput!) { it: policyDraft(input: $input) { problems { code field message } edition { id state version title } } }";
const PUBLISH: &str = "mutation($input: PolicyPublishInput!) { it: policyPublish(input: $input) { problems { code field message } edition { id state version } } }";
const JUDGE: &str = "query($subject: ID!, $policy: String!, $asOf: Date) { it: eligibility(subject: $subject, policy: $policy, asOf: $asOf) {
    outcome asOf edition { edition title organization { name } }
    criteria { outcome criterion { code severity mode citation waivedBy sentenceZh sentenceEn }
        inputs { fact labelZh outcome value missing source since parameter sentenceEn } } } }";

async fn code_of(world: &World, place: OrganizationId) -> String {
    let row = organization::Entity::find_by_id(place).one(&world.db).await;
    row.expect("an answer").expect("an organization").code
}

fn criterion(code: &str, need: Value) -> Value {
    json!({ "code": code, "title": code, "severity": "ERROR", "mode": "MUST", "cite": "第三条", "waiver": { "by": "ORGANIZATION_LEADER" }, "need": need })
}

/// A policy of an organization: at most so old, and nothing against the person.
async fn document(world: &World, place: OrganizationId, edition: i32, from: &str, oldest: i32) -> Value {
    json!({
        "code": "YOUNG", "jurisdiction": code_of(world, place).await, "title": "优秀年轻干部", "edition": edition,
        "validFrom": from, "source": "县委办〔2026〕1号",
        "parameters": [{ "code": "oldest", "value": oldest, "unit": "YEAR" }],
        "criteria": [
            criterion("AGE", json!({ "fact": "age", "op": "LE", "parameter": "oldest" })),
            criterion("CLEAN", json!({ "fact": "sanctionsInEffect", "op": "EQ", "value": 0 })),
        ],
    })
}

async fn draft(by: &Client, document: &Value) -> Answer {
    by.run(DRAFT, json!({ "input": { "document": document.to_string() } })).await
}

async fn publish(by: &Client, id: &str, version: i64) -> Answer {
    by.run(PUBLISH, json!({ "input": { "id": id, "expectedVersion": version } })).await
}

fn tidui(arguments: &[&str], file: &str) -> Ended {
    let folder = fresh_folder();
    std::fs::write(folder.join("policy.json"), file).expect("a file");
    Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &folder, arguments).run()
}

law! {
    /// A file is checked without a database: what is wrong by its place, or what it asks for in words.
    fn a_file_is_checked_and_said_in_words() {
        let need = json!({ "fact": "age", "op": "LE", "value": 36, "unit": "YEAR" });
        let mut policy = json!({ "code": "P", "jurisdiction": "990101", "title": "T", "edition": 1, "validFrom": "2026-01-01", "source": "S", "criteria": [criterion("AGE", need)] });
        let good = tidui(&["policy", "lint", "policy.json"], &policy.to_string());
        assert_eq!((good.code, good.out.as_str()), (0, "OK: P T, 1 criteria.\nAGE ERROR: 年龄不超过36周岁。\n"));
        policy["criteria"][0]["need"]["op"] = json!("UPTO");
        let bad = tidui(&["policy", "lint", "policy.json"], &policy.to_string());
        assert_eq!((bad.code, bad.out.as_str()), (1, "criteria[0].need.op: is none of GE, GT, LE, LT, EQ.\n"));
        let schema = tidui(&["policy", "schema"], "");
        let schema: Value = serde_json::from_str(&schema.out).expect("a JSON Schema");
        assert!(schema["$defs"]["need"].to_string().contains("monthsAtLevel") && !schema["$defs"]["need"].to_string().contains("\"sex\""));
    }
}

both! {
    /// One drafts, another publishes; what is published stays as it is, and a later edition takes its place.
    async fn a_policy_is_drafted_published_and_never_changed(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        let text = document(&world, county, 1, "2026-01-01", 36).await;
        let id = draft(&officer, &text).await.text_at("/it/edition/id");
        let again = draft(&officer, &text).await;
        assert_eq!((again.text_at("/it/edition/id"), again.at("/it/edition/version")), (id.clone(), &json!(2)), "the draft of a number is one");
        officer.run(PUBLISH, json!({ "input": { "id": id, "expectedVersion": 2 } })).await.refused("FORBIDDEN");
        leader.run(DRAFT, json!({ "input": { "document": "{}" } })).await.refused("FORBIDDEN");
        publish(&leader, &id, 1).await.problem("/it", "STALE");
        assert_eq!(publish(&leader, &id, 2).await.done("/it")["edition"]["state"], "PUBLISHED");
        publish(&leader, &id, 3).await.problem("/it", "TRANSITION_REFUSED");
        draft(&officer, &text).await.problem("/it", "TRANSITION_REFUSED");
        let early = draft(&officer, &document(&world, county, 2, "2026-01-01", 35).await).await.text_at("/it/edition/id");
        publish(&leader, &early, 1).await.problem("/it", "OVERLAPS");
        let later = draft(&officer, &document(&world, county, 3, "2026-01-02", 35).await).await.text_at("/it/edition/id");
        publish(&leader, &later, 1).await.problem("/it", "INVALID");
        assert_eq!(world.number("select count(*) from audit_change where table_name = 'policy_edition'").await, 5);
    }

    async fn nobody_publishes_what_they_drafted(world: World) {
        let county = world.organization("North").await;
        let account = world.account(None).await;
        for role in [Role::OrganizationOfficer, Role::OrganizationLeader] {
            world.grant(account, role, county, None).await;
        }
        let both = world.client(account);
        let id = draft(&both, &document(&world, county, 1, "2026-01-01", 36).await).await.text_at("/it/edition/id");
        publish(&both, &id, 1).await.problem("/it", "SAME_PERSON");
    }

    /// Nor with another account of their own.
    async fn another_account_of_the_drafter_does_not_publish(world: World) {
        let county = world.organization("North").await;
        let (wang, anna) = (world.cadre(county, "Wang", |_| {}).await, world.cadre(county, "Anna", |_| {}).await);
        let officer = world.sign_in_as(Role::OrganizationOfficer, county, wang).await;
        let id = draft(&officer, &document(&world, county, 1, "2026-01-01", 36).await).await.text_at("/it/edition/id");
        let twin = world.sign_in_as(Role::OrganizationLeader, county, wang).await;
        publish(&twin, &id, 1).await.problem("/it", "SAME_PERSON");
        let other = world.sign_in_as(Role::OrganizationLeader, county, anna).await;
        publish(&other, &id, 1).await.done("/it");
    }

    /// Every place that is wrong comes back at once, and nothing is kept.
    async fn a_bad_document_is_told_whole(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let mut text = document(&world, county, 1, "2026-01-01", 36).await;
        text["criteria"][0]["need"]["fact"] = json!("religion");
        text["criteria"][1]["severity"] = json!("FATAL");
        let refused = draft(&officer, &text).await;
        let fields: Vec<_> = refused.at("/it/problems").as_array().expect("problems").iter().map(|it| it["field"].clone()).collect();
        assert_eq!(fields, ["criteria[0].need.fact", "criteria[1].severity"], "{}", refused.text);
        let mut elsewhere = document(&world, county, 1, "2026-01-01", 36).await;
        elsewhere["jurisdiction"] = json!("990102-nowhere");
        let refused = draft(&officer, &elsewhere).await;
        assert_eq!(refused.at("/it/problems/0/field"), "jurisdiction");
        assert_eq!(world.number("select count(*) from policy_edition").await, 0);
    }

    /// Below and above a place its policies are read, beside it they do not exist; a draft is for those who decide.
    async fn a_policy_is_read_below_and_above_and_not_beside(world: World) {
        let county = world.organization("North").await;
        let (home, other) = (world.department(county, "Finance").await, world.department(county, "Water").await);
        let id = global(world.policy(home, "P", &json!([criterion("A", json!({ "fact": "age", "op": "GE", "value": 1, "unit": "YEAR" }))])).await);
        let unit = world.department(home, "Budget").await;
        let sees = async |role, place| {
            let client = world.sign_in(role, place).await;
            let one = client.run("query($id: ID!) { policyEdition(id: $id) { id } }", json!({ "id": id })).await;
            let all = client.run("{ policies { totalCount edges { node { id } } } }", json!({})).await;
            let node = client.run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
            let found = [!one.at("/policyEdition").is_null(), all.at("/policies/totalCount") == 1, !node.at("/node").is_null()];
            assert!(found.iter().all(|it| *it == found[0]), "{found:?}");
            found[0]
        };
        assert!(sees(Role::OrganizationOfficer, county).await && sees(Role::UnitOfficer, unit).await);
        assert!(!sees(Role::OrganizationOfficer, other).await);
        world.sql("update policy_edition set state = 'DRAFT'", vec![]).await;
        world.tell().await;
        assert!(sees(Role::OrganizationOfficer, county).await);
        assert!(!sees(Role::UnitOfficer, home).await && !sees(Role::OrganizationOfficer, unit).await);
    }

    /// Each criterion with its outcome, inputs, sources, citation, and who may waive it; what one may not read is unknown.
    async fn eligibility_is_explained_and_the_unreadable_is_unknown(world: World) {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        let person = world.cadre(home, "Young", |row| row.birth_date = PartialDate::parse("1990-06")).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        let id = draft(&officer, &document(&world, county, 1, "2026-01-01", 36).await).await.text_at("/it/edition/id");
        publish(&leader, &id, 1).await.done("/it");
        let ask = async |by: &Client, day: &str| by.run(JUDGE, json!({ "subject": global(person), "policy": "YOUNG", "asOf": day })).await;
        let found = ask(&officer, "2027-05-31").await;
        assert_eq!(found.at("/it/outcome"), "MET", "{}", found.text);
        assert_eq!(found.at("/it/criteria/0/criterion"), &json!({
            "code": "AGE", "severity": "ERROR", "mode": "MUST", "citation": "第三条", "waivedBy": "ORGANIZATION_LEADER",
            "sentenceZh": "年龄不超过36周岁。", "sentenceEn": "age is at most 36 years.",
        }));
        assert_eq!(found.at("/it/criteria/0/inputs/0"), &json!({
            "fact": "age", "labelZh": "年龄", "outcome": "MET", "value": "36", "missing": null, "source": "cadre", "since": "1990-06",
            "parameter": "oldest", "sentenceEn": "age is at most 36 years",
        }));
        // A day later the person is 37; the failed criterion stays in sight with its reason.
        assert_eq!(ask(&officer, "2027-06-01").await.at("/it/criteria/0/outcome"), "NOT_MET");
        // Nothing has effect before the first edition.
        assert!(ask(&officer, "2025-12-31").await.at("/it").is_null());
        let unit = world.sign_in(Role::UnitOfficer, home).await;
        let found = ask(&unit, "2027-05-31").await;
        assert_eq!((found.at("/it/outcome"), found.at("/it/criteria/1/inputs/0/missing")), (&json!("UNKNOWN"), &json!("NOT_FOR_CALLER")));
        let own = world.sign_in_as(Role::Cadre, home, person).await;
        assert_eq!(ask(&own, "2027-05-31").await.at("/it/outcome"), "MET");
        world.sanction(person, "9").await;
        world.tell().await;
        let found = ask(&officer, "2027-05-31").await;
        assert_eq!((found.at("/it/outcome"), found.at("/it/criteria/1/inputs/0/source")), (&json!("NOT_MET"), &json!("sanction: 9")));
        let stranger = world.sign_in(Role::OrganizationOfficer, world.organization("South").await).await;
        assert!(ask(&stranger, "2027-05-31").await.at("/it").is_null());
    }

    /// The nearest place that has a policy of the code goes before, from its own day on.
    async fn the_nearest_edition_in_effect_holds(world: World) {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        let person = world.cadre(home, "Young", |_| {}).await;
        world.career(person, "Clerk", PositionLevel::Clerk).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        for (place, edition, from, oldest) in [(county, 1, "2026-01-01", 40), (home, 1, "2199-01-01", 30), (county, 2, "2199-06-01", 35)] {
            let id = draft(&officer, &document(&world, place, edition, from, oldest).await).await.text_at("/it/edition/id");
            publish(&leader, &id, 1).await.done("/it");
        }
        for (day, name, edition) in [("2198-12-31", "North", 1), ("2199-01-01", "Finance", 1), ("2199-12-31", "Finance", 1)] {
            let found = officer.run(JUDGE, json!({ "subject": global(person), "policy": "YOUNG", "asOf": day })).await;
            assert_eq!((found.at("/it/edition/organization/name"), found.at("/it/edition/edition")), (&json!(name), &json!(edition)), "{day}");
        }
    }
}
