//! Whole answers that are kept: of documents known by name. Each caller's own, and none after a change of what it was made of.

use entity::{account_grant, kind::Role};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::{
    both,
    client::{self, Client},
    county::{County, PROBES, probe},
    world::{World, global},
};

/// What came of a question by an address, and whether it was kept as a whole.
struct Came {
    json: Value,
    kept: bool,
}

fn hash(text: &str) -> String {
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, text.as_bytes());
    digest.as_ref().iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Sends a document once with its text, so that it is known by its hash from then on.
async fn register(by: &Client, text: &str, variables: &Value) {
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } });
    by.send(&json!({ "query": text, "variables": variables, "extensions": extensions })).await;
}

async fn get(by: &Client, text: &str, variables: &Value) -> Came {
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash(text) } }).to_string();
    let mut address = reqwest::Url::parse(&format!("{}/graphql", by.url())).expect("an address");
    address.query_pairs_mut().append_pair("variables", &variables.to_string()).append_pair("extensions", &extensions);
    let sent = client::http().build().expect("a client").get(address).header("x-graphql-require-preflight", "1");
    let sent = sent.bearer_auth(by.token()).send();
    let answer = sent.await.expect("an answer");
    let kept = answer.headers().get("x-tidui-kept").is_some_and(|it| it == "whole");
    let mut json: Value = answer.json().await.expect("JSON");
    for error in json["errors"].as_array_mut().into_iter().flatten() {
        error["extensions"]["requestId"] = Value::Null;
    }
    Came { json, kept }
}

const LIST: &str = "query List { cadres { totalCount edges { node { name organization { name } } } } }";

both! {
    /// Every question by every role: what is kept is what was told, whoever asks.
    async fn what_is_kept_is_what_was_told(world: World) {
        let county = County::build(&world, "North").await;
        let mut kept = 0;
        for (field, body) in PROBES {
            if body.starts_with("mutation") || ["auditEvents", "accessLog", "rateLimit"].contains(field) {
                continue;
            }
            for (role, by) in &county.people {
                let (text, variables) = (probe(field), county.variables());
                let plain = by.run(&text, variables.clone()).await.json;
                register(by, &text, &variables).await;
                let first = get(by, &text, &variables).await;
                let again = get(by, &text, &variables).await;
                // What opens something comes by POST alone.
                assert!(first.json["errors"].is_array() || first.json["data"] == plain["data"], "{field} as {role:?}");
                assert_eq!(again.json, first.json, "{field} as {role:?}");
                kept += usize::from(again.kept);
            }
        }
        assert!(kept > 50, "{kept} answers were kept as a whole");
    }

    /// A change of any part ends the whole: at once, for every process over the same database.
    async fn none_survives_a_change_of_what_it_was_made_of(world: World) {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        world.cadre(home, "Anna", |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let admin = world.sign_in(Role::SystemAdmin, county).await;
        register(&officer, LIST, &json!({})).await;
        let (first, again) = (get(&officer, LIST, &json!({})).await, get(&officer, LIST, &json!({})).await);
        assert!(!first.kept && again.kept, "the second answer is kept");
        assert_eq!(first.json, again.json);
        let create = "mutation($at: ID!) { it: cadreCreate(input: { organizationId: $at, name: \"Bert\", sex: MALE }) { problems { code field message } } }";
        officer.run(create, json!({ "at": global(home) })).await.done("/it");
        let after = get(&officer, LIST, &json!({})).await;
        assert_eq!((after.kept, &after.json["data"]["cadres"]["totalCount"]), (false, &json!(2)));
        assert!(get(&officer, LIST, &json!({})).await.kept);
        let rename = "mutation($id: ID!) { it: organizationRename(input: { id: $id, expectedVersion: 1, name: \"Treasury\" }) { problems { code field message } } }";
        admin.run(rename, json!({ "id": global(home) })).await.done("/it");
        let renamed = get(&officer, LIST, &json!({})).await;
        assert_eq!((renamed.kept, &renamed.json["data"]["cadres"]["edges"][0]["node"]["organization"]["name"]), (false, &json!("Treasury")));
    }

    /// One document, two counties, and somebody whose grant ends: each has the own answer, or none.
    async fn none_crosses_from_one_caller_to_another(world: World) {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        for (at, name) in [(north, "Anna"), (south, "Carl")] {
            let home = world.department(at, "Finance").await;
            world.cadre(home, name, |_| {}).await;
        }
        let one = world.sign_in(Role::OrganizationOfficer, north).await;
        let other = world.sign_in(Role::OrganizationOfficer, south).await;
        let reader = world.sign_in(Role::SummaryReader, north).await;
        register(&one, LIST, &json!({})).await;
        let name = |it: &Came| it.json["data"]["cadres"]["edges"][0]["node"]["name"].clone();
        for _ in 0..2 {
            assert_eq!((name(&get(&one, LIST, &json!({})).await), name(&get(&other, LIST, &json!({})).await)), (json!("Anna"), json!("Carl")));
            assert!(get(&reader, LIST, &json!({})).await.json["errors"].is_array(), "a reader of summaries reads no rows");
        }
        let held = account_grant::Entity::find().filter(account_grant::Column::OrganizationId.eq(north));
        let held = held.filter(account_grant::Column::Role.eq(Role::OrganizationOfficer)).one(&world.db).await;
        let grant = held.expect("an answer").expect("a grant").id;
        let security = world.sign_in(Role::SecurityAdmin, north).await;
        let revoke = "mutation($id: ID!) { it: grantRevoke(input: { id: $id }) { problems { code field message } } }";
        security.run(revoke, json!({ "id": global(grant) })).await.done("/it");
        let ended = get(&one, LIST, &json!({})).await;
        assert!(!ended.kept && ended.json["errors"].is_array(), "{}", ended.json);
    }

    /// What tells of the moment, of sealed values or of the cost is never kept; neither is an answer with an error.
    async fn what_is_of_the_moment_is_asked_each_time(world: World) {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        let anna = world.cadre(home, "Anna", |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let id = json!({ "id": global(anna) });
        for text in [
            "query Left { rateLimit { concurrent } cadres { totalCount } }",
            "query Bad($id: ID!) { cadre(id: $id) { name } shortlist(policy: \"NONE\", list: \"NONE\", organization: $id) { totalCount } }",
        ] {
            register(&officer, text, &id).await;
            for _ in 0..3 {
                let came = get(&officer, text, &id).await;
                assert!(!came.kept, "{text}: {}", came.json);
            }
        }
    }
}
