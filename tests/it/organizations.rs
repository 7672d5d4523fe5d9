//! Organizations: made, renamed, moved, merged, split and closed, each on record, and none with what it still keeps.

mod merging;
mod posts;
mod tree;

use entity::{id::OrganizationId, kind::Role};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    world::{World, global},
};

const FIELDS: &str = "id code name kind level divisionCode unifiedSocialCreditCode affiliationLevel state validFrom validTo version
    parent { id } managingOrganization { id } successor { id name } predecessors { name } splitFrom { name } offshoots { name code }
    history { kind effectiveOn documentNumber reason nameBefore nameAfter parentBefore { name } parentAfter { name } other { name } }";
/// A credit code of an unallocated region.
const CREDIT: &str = "11990000MB0000001M";

/// Runs `organization{verb}` with an input.
pub async fn act(client: &Client, verb: &str, input: Value) -> Answer {
    let text = format!(
        "mutation($input: Organization{verb}Input!) {{ it: organization{verb}(input: $input) {{
            problems {{ code field message }} organization {{ {FIELDS} }} }} }}"
    );
    client.run(&text, json!({ "input": input })).await
}

/// Reads an organization.
pub async fn read(client: &Client, id: OrganizationId) -> Value {
    let text = format!("query($id: ID!) {{ organization(id: $id) {{ {FIELDS} }} }}");
    client.run(&text, json!({ "id": global(id) })).await.at("/organization").clone()
}

fn invalid(answer: &Answer, field: &str) {
    assert_eq!(
        (answer.at("/it/problems/0/code"), answer.at("/it/problems/0/field")),
        (&json!("INVALID"), &json!(field)),
        "{}",
        answer.text
    );
}

fn made(parent: OrganizationId, code: &str, name: &str) -> Value {
    json!({ "parentId": global(parent), "code": code, "name": name, "kind": "DEPARTMENT" })
}

both! {
    async fn an_organization_is_made_with_all_that_it_is(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let input = json!({
            "parentId": global(county), "code": "990101-D1", "name": " 北县教育局 ", "kind": "DEPARTMENT", "level": "TOWNSHIP_PRINCIPAL",
            "divisionCode": "990101", "unifiedSocialCreditCode": " 11990000mb0000001m ", "affiliationLevel": "COUNTY",
            "managingOrganizationId": global(county), "effectiveOn": "2020-01-01", "documentNumber": "编办〔2020〕1号", "reason": "机构改革",
        });
        let answer = act(&admin, "Create", input).await;
        let it = &answer.done("/it")["organization"];
        assert_eq!((&it["name"], &it["unifiedSocialCreditCode"], &it["divisionCode"]), (&json!("北县教育局"), &json!(CREDIT), &json!("990101")));
        assert_eq!((&it["affiliationLevel"], &it["state"], &it["validFrom"], &it["validTo"]), (&json!("COUNTY"), &json!("ACTIVE"), &json!("2020-01-01"), &Value::Null));
        assert_eq!((&it["parent"]["id"], &it["managingOrganization"]["id"]), (&json!(global(county)), &json!(global(county))));
        assert_eq!(it["history"], json!([{ "kind": "CREATED", "effectiveOn": "2020-01-01", "documentNumber": "编办〔2020〕1号", "reason": "机构改革",
            "nameBefore": null, "nameAfter": "北县教育局", "parentBefore": null, "parentAfter": { "name": "North" }, "other": null }]));
        let query = "query($filter: OrganizationFilter!) { organizations(filter: $filter) { totalCount } }";
        for (filter, count) in [
            (json!({ "unifiedSocialCreditCode": "11990000mb0000001m" }), 1),
            (json!({ "unifiedSocialCreditCode": "91990000MA00000T16" }), 0),
            (json!({ "codes": ["990101-D1", "none"] }), 1),
            (json!({ "states": ["ACTIVE"] }), 2),
            (json!({ "states": ["CLOSED", "MERGED"] }), 0),
        ] {
            assert_eq!(admin.run(query, json!({ "filter": filter })).await.at("/organizations/totalCount"), count, "{filter}");
        }
    }

    async fn what_cannot_be_meant_names_its_field(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let before = world.fingerprint().await;
        let tomorrow = (world.today() + chrono::TimeDelta::days(2)).to_string();
        for (field, value) in [
            ("code", json!("two words")),
            ("code", json!("x".repeat(33))),
            ("name", json!(" ")),
            ("name", json!("x".repeat(121))),
            ("divisionCode", json!("98")),
            ("divisionCode", json!("980000")),
            ("unifiedSocialCreditCode", json!("11990000MB00000010")),
            ("unifiedSocialCreditCode", json!("")),
            ("documentNumber", json!("9".repeat(61))),
            ("reason", json!("x".repeat(501))),
            ("effectiveOn", json!(tomorrow)),
        ] {
            let mut input = made(county, "D1", "Department");
            input[field] = value;
            invalid(&act(&admin, "Create", input).await, field);
        }
        let id = global(county);
        invalid(&act(&admin, "Rename", json!({ "id": id, "expectedVersion": 1, "name": "North" })).await, "name");
        invalid(&act(&admin, "Update", json!({ "id": id, "expectedVersion": 1, "managingOrganizationId": id })).await, "managingOrganizationId");
        invalid(&act(&admin, "Merge", json!({ "sourceId": id, "expectedVersion": 1, "targetId": id })).await, "targetId");
        invalid(&act(&admin, "Split", json!({ "id": id, "expectedVersion": 1, "units": [] })).await, "units");
        let units = json!([{ "code": "D1", "name": "One", "kind": "DEPARTMENT" }]);
        invalid(&act(&admin, "Split", json!({ "id": id, "expectedVersion": 1, "units": units })).await, "parentId");
        assert_eq!(world.fingerprint().await, before);
    }

    async fn codes_are_one_organizations_own(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let mut first = made(county, "D1", "One");
        first["unifiedSocialCreditCode"] = json!(CREDIT);
        first["idempotencyKey"] = json!("once");
        let done = act(&admin, "Create", first.clone()).await;
        // The same intent again is the same organization.
        assert_eq!(act(&admin, "Create", first.clone()).await.done("/it")["organization"]["id"], done.at("/it/organization/id").clone());
        first["name"] = json!("Another");
        act(&admin, "Create", first).await.problem("/it", "IDEMPOTENCY_KEY_REUSED");
        let taken = |answer: &Answer, field: &str| assert_eq!((answer.at("/it/problems/0/code"), answer.at("/it/problems/0/field")), (&json!("TAKEN"), &json!(field)), "{}", answer.text);
        taken(&act(&admin, "Create", made(county, "D1", "Two")).await, "code");
        let second = act(&admin, "Create", made(county, "D2", "Two")).await.text_at("/it/organization/id");
        let change = |field: &str, value: Value| { let mut it = json!({ "id": second, "expectedVersion": 1 }); it[field] = value; it };
        taken(&act(&admin, "Update", change("unifiedSocialCreditCode", json!(CREDIT))).await, "unifiedSocialCreditCode");
        taken(&act(&admin, "Update", change("code", json!("D1"))).await, "code");
        let it = act(&admin, "Update", change("unifiedSocialCreditCode", json!("91990000MA00000T16"))).await;
        assert_eq!(it.done("/it")["organization"]["version"], 2);
        act(&admin, "Update", change("level", json!("CLERK"))).await.problem("/it", "STALE");
        let emptied = json!({ "id": second, "expectedVersion": 2, "unifiedSocialCreditCode": null, "level": "CLERK" });
        let it = act(&admin, "Update", emptied).await;
        assert_eq!((it.at("/it/organization/unifiedSocialCreditCode"), it.at("/it/organization/level")), (&Value::Null, &json!("CLERK")));
    }

    async fn a_name_is_told_as_of_its_day(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let rename = |version: i32, name: &str, day: &str| json!({ "id": global(county), "expectedVersion": version, "name": name, "effectiveOn": day, "reason": "撤县设市" });
        act(&admin, "Rename", rename(1, "北市", "2015-03-01")).await.done("/it");
        act(&admin, "Rename", rename(2, "北区", "2021-07-01")).await.done("/it");
        act(&admin, "Rename", rename(2, "北州", "2022-07-01")).await.problem("/it", "STALE");
        // A name for an earlier day than the last one would not be the name of today.
        invalid(&act(&admin, "Rename", rename(3, "北州", "2018-01-01")).await, "effectiveOn");
        let query = "query($id: ID!, $asOf: Date) { organization(id: $id) { name nameAsOf(asOf: $asOf) } }";
        for (day, name) in [("2010-01-01", "North"), ("2015-02-28", "North"), ("2015-03-01", "北市"), ("2021-06-30", "北市"), ("2021-07-01", "北区"), ("2090-01-01", "北区")] {
            let answer = admin.run(query, json!({ "id": global(county), "asOf": day })).await;
            assert_eq!(answer.at("/organization"), &json!({ "name": "北区", "nameAsOf": name }), "{day}");
        }
        let history = read(&admin, county).await["history"].clone();
        assert_eq!((history[1]["nameBefore"].as_str(), history[1]["nameAfter"].as_str(), history[1]["reason"].as_str()), (Some("北市"), Some("北区"), Some("撤县设市")));
    }

    async fn units_are_split_from_one_that_goes_on(world: World) {
        let county = world.organization("North").await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        let old = world.department(county, "文化旅游局").await;
        let unit = |code: &str, name: &str| json!({ "code": code, "name": name, "kind": "DEPARTMENT" });
        let input = json!({ "id": global(old), "expectedVersion": 1, "units": [unit("D1", "文化局"), unit("D2", "旅游局")], "documentNumber": "编办〔2026〕9号" });
        let answer = act(&admin, "Split", input.clone()).await;
        let it = &answer.done("/it")["organization"];
        assert_eq!((&it["state"], &it["version"], &it["offshoots"]), (&json!("ACTIVE"), &json!(2), &json!([{ "name": "文化局", "code": "D1" }, { "name": "旅游局", "code": "D2" }])));
        act(&admin, "Split", input).await.problem("/it", "STALE");
        let found = admin.run(&format!("{{ organization(code: \"D2\") {{ {FIELDS} }} }}"), json!({})).await;
        let it = found.at("/organization");
        assert_eq!((&it["splitFrom"]["name"], &it["parent"]["id"]), (&json!("文化旅游局"), &json!(global(county))));
        assert_eq!((&it["history"][0]["kind"], &it["history"][0]["other"]["name"]), (&json!("SPLIT_FROM"), &json!("文化旅游局")));
        // One bad unit makes none.
        let before = world.fingerprint().await;
        act(&admin, "Split", json!({ "id": global(old), "expectedVersion": 2, "units": [unit("D3", "x"), unit("D1", "y")] })).await.problem("/it", "TAKEN");
        assert_eq!(world.fingerprint().await, before);
    }

    /// Others than a SYSTEM_ADMIN keep no organizations, and a SYSTEM_ADMIN none beyond the own reach.
    async fn organizations_are_kept_within_reach(world: World) {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        let admin = world.sign_in(Role::SystemAdmin, north).await;
        let before = world.fingerprint().await;
        act(&admin, "Create", made(south, "D1", "x")).await.refused("NOT_FOUND");
        act(&admin, "Rename", json!({ "id": global(south), "expectedVersion": 1, "name": "x" })).await.refused("NOT_FOUND");
        act(&admin, "Update", json!({ "id": global(north), "expectedVersion": 1, "managingOrganizationId": global(south) })).await.refused("NOT_FOUND");
        act(&admin, "Merge", json!({ "sourceId": global(north), "expectedVersion": 1, "targetId": global(south) })).await.refused("NOT_FOUND");
        act(&admin, "Merge", json!({ "sourceId": global(south), "expectedVersion": 1, "targetId": global(north) })).await.refused("NOT_FOUND");
        act(&admin, "Close", json!({ "id": global(south), "expectedVersion": 1 })).await.refused("NOT_FOUND");
        for role in [Role::OrganizationOfficer, Role::OrganizationLeader, Role::SecurityAdmin] {
            let other = world.sign_in(role, north).await;
            act(&other, "Create", made(north, "D1", "x")).await.refused("FORBIDDEN");
        }
        let counts = |it: Vec<(String, i64, i64)>| it.into_iter().filter(|(table, ..)| !table.starts_with("account")).collect::<Vec<_>>();
        assert_eq!(counts(world.fingerprint().await), counts(before));
    }
}
