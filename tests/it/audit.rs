//! The audit trail: who did what, who saw whose sensitive values, and who may see that.

use chrono::TimeDelta;
use entity::{
    audit_event,
    id::AuditEventId,
    kind::{AuditOutcome, Role},
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    county::{County, probe},
    world::{World, global},
};

const NUMBER: &str = "990000199003070013";
const PHONE: &str = "10000000001";
const CREATE: &str =
    "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code } cadre { id } } }";
const OPEN: &str =
    "query($id: ID!) { cadre(id: $id) { sensitive(purpose: SUPERVISION, reason: \"Letter 7\") { phone } } }";
const EVENTS: &str = "query($filter: AuditEventFilter, $first: Int = 20, $after: String) {
    auditEvents(filter: $filter, first: $first, after: $after) { totalCount pageInfo { hasNextPage endCursor } edges { node {
        who { login name } roles action outcome at requestId purpose changes { table rowId kind before after } } } } }";
const LOG: &str = "query($id: ID!) { accessLog(cadre: $id) { totalCount edges { node { who { login name } field purpose reason at } } } }";

async fn recorded(officer: &Client, at: &str, name: &str) -> String {
    let input = json!({ "organizationId": at, "name": name, "sex": "MALE", "identityNumber": NUMBER, "phone": PHONE });
    officer.run(CREATE, json!({ "input": input })).await.text_at("/cadreCreate/cadre/id")
}

async fn events(auditor: &Client, filter: Value) -> Vec<Value> {
    nodes(&auditor.run(EVENTS, json!({ "filter": filter })).await, "/auditEvents")
}

fn nodes(answer: &Answer, list: &str) -> Vec<Value> {
    let edges = answer.at(&format!("{list}/edges")).as_array().expect("edges").clone();
    assert_eq!(answer.at(&format!("{list}/totalCount")), edges.len(), "{}", answer.text);
    edges.into_iter().map(|it| it["node"].clone()).collect()
}

fn actions(events: &[Value]) -> Vec<&str> {
    events.iter().map(|it| it["action"].as_str().expect("an action")).collect()
}

async fn login(client: &Client) -> String {
    client.run("{ me { login } }", json!({})).await.text_at("/me/login")
}

/// An act of a job, as the trail keeps it.
async fn job(world: &World) {
    let event = audit_event::Model {
        id: AuditEventId::fresh(),
        recorded_at: world.now(),
        account_id: None,
        role: "JOB_ROSTER_IMPORT".to_owned(),
        action: "ROSTER_IMPORT".to_owned(),
        outcome: AuditOutcome::Done,
        request_id: "JOB_ROSTER_IMPORT".to_owned(),
        purpose: None,
        tables: "cadre".to_owned(),
        published: true,
    };
    world.insert(event).await;
}

both! {
    async fn an_auditor_sees_who_did_what(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let auditor = world.sign_in(Role::AuditAdmin, county).await;
        assert_eq!(events(&auditor, Value::Null).await, Vec::<Value>::new());
        let anna = recorded(&officer, &global(county), "Anna").await;
        let refused = officer.run("{ auditEvents { totalCount } }", json!({})).await;
        refused.refused("FORBIDDEN");
        let answer = auditor.run(EVENTS, json!({})).await;
        let all = nodes(&answer, "/auditEvents");
        assert_eq!(actions(&all), ["AUDIT_READ", "CADRE_CREATE"], "newest first");
        assert_eq!(all[0]["outcome"], "REFUSED");
        assert_eq!(all[0]["requestId"], refused.json["errors"][0]["extensions"]["requestId"]);
        assert_eq!(all[0]["changes"], json!([]));
        assert_eq!(all[1]["who"], json!({ "login": login(&officer).await, "name": "Somebody" }));
        assert_eq!((&all[1]["roles"], &all[1]["outcome"]), (&json!(["ORGANIZATION_OFFICER"]), &json!("DONE")));
        let changes = all[1]["changes"].as_array().expect("changes");
        let tables: Vec<&str> = changes.iter().filter_map(|it| it["table"].as_str()).collect();
        assert_eq!(tables, ["cadre", "cadre_sealed", "cadre_sealed"]);
        assert_eq!((&changes[0]["kind"], &changes[0]["before"]), (&json!("INSERT"), &Value::Null));
        let after: Value = serde_json::from_str(changes[0]["after"].as_str().expect("JSON")).expect("JSON");
        assert_eq!(after["name"], "Anna");
        assert!(!answer.text.contains(NUMBER) && !answer.text.contains(PHONE), "{}", answer.text);
        officer.run(OPEN, json!({ "id": anna })).await.at("/cadre/sensitive/phone");
        let opened = events(&auditor, json!({ "action": "SENSITIVE_OPEN" })).await;
        assert_eq!((opened.len(), &opened[0]["purpose"]), (1, &json!("SUPERVISION")));
    }

    async fn filters_and_pages(world: World) {
        let county = world.organization("North").await;
        let auditor = world.sign_in(Role::AuditAdmin, county).await;
        let (one, other) = (world.sign_in(Role::OrganizationOfficer, county).await, world.sign_in(Role::SummaryReader, county).await);
        recorded(&one, &global(county), "Anna").await;
        world.pass(TimeDelta::minutes(2));
        let refused = other.run("{ cadres { totalCount } }", json!({})).await;
        let count = async |filter: Value| events(&auditor, filter).await.len();
        assert_eq!(count(json!({})).await, 2);
        assert_eq!(count(json!({ "outcome": "REFUSED" })).await, 1);
        assert_eq!(count(json!({ "action": "CADRE_CREATE", "outcome": "REFUSED" })).await, 0);
        assert_eq!(actions(&events(&auditor, json!({ "login": login(&one).await })).await), ["CADRE_CREATE"]);
        assert_eq!(count(json!({ "login": "nobody" })).await, 0);
        let middle = (world.now() - TimeDelta::minutes(1)).to_rfc3339();
        assert_eq!(actions(&events(&auditor, json!({ "to": middle })).await), ["CADRE_CREATE"]);
        assert_eq!(actions(&events(&auditor, json!({ "from": middle })).await), ["CADRE_READ"]);
        let id = refused.json["errors"][0]["extensions"]["requestId"].clone();
        assert_eq!(count(json!({ "requestId": id })).await, 1);

        let first = auditor.run(EVENTS, json!({ "first": 1 })).await;
        assert_eq!(first.at("/auditEvents/edges/0/node/action"), "CADRE_READ");
        let after = first.text_at("/auditEvents/pageInfo/endCursor");
        let second = auditor.run(EVENTS, json!({ "first": 1, "after": after })).await;
        assert_eq!(second.at("/auditEvents/edges/0/node/action"), "CADRE_CREATE");
        assert_eq!(second.at("/auditEvents/pageInfo/hasNextPage"), false);
    }

    async fn an_auditor_oversees_the_own_reach(world: World) {
        let province = world.organization("Province").await;
        let (north, south) = (world.department(province, "North").await, world.department(province, "South").await);
        let clerk = world.sign_in(Role::OrganizationOfficer, south).await;
        let both = world.sign_in_with(&[(Role::OrganizationOfficer, north), (Role::OrganizationOfficer, south)], None).await;
        recorded(&clerk, &global(south), "Southerner").await;
        let input = json!({ "organizationId": global(south), "name": "Secret", "sex": "MALE" });
        both.run(CREATE, json!({ "input": input })).await.done("/cadreCreate");
        job(&world).await;
        let auditor = world.sign_in(Role::AuditAdmin, north).await;
        let answer = auditor.run(EVENTS, json!({})).await;
        let seen = nodes(&answer, "/auditEvents");
        assert_eq!(actions(&seen), ["CADRE_CREATE"], "only of the one who is also granted in the north");
        assert_eq!(seen[0]["who"]["login"], login(&both).await);
        assert_eq!(seen[0]["changes"], json!([]), "its rows may be of the south");
        assert!(!answer.text.contains("Secret") && !answer.text.contains("Southerner"));
        let southern = events(&world.sign_in(Role::AuditAdmin, south).await, json!({})).await;
        assert_eq!(southern.len(), 2, "not the job");
        let all = events(&world.sign_in(Role::AuditAdmin, province).await, json!({})).await;
        assert_eq!(actions(&all), ["ROSTER_IMPORT", "CADRE_CREATE", "CADRE_CREATE"]);
        assert_eq!((&all[0]["who"], &all[0]["roles"]), (&Value::Null, &json!(["JOB_ROSTER_IMPORT"])));
        assert_eq!(all[1]["changes"].as_array().map(Vec::len), Some(1));
    }

    async fn a_grant_that_ended_still_shows(world: World) {
        let county = world.organization("North").await;
        let account = world.account(None).await;
        world.grant(account, Role::OrganizationOfficer, county, Some(world.now() + TimeDelta::seconds(60))).await;
        recorded(&world.client(account), &global(county), "Anna").await;
        world.pass(TimeDelta::seconds(120));
        let auditor = world.sign_in(Role::AuditAdmin, county).await;
        assert_eq!(events(&auditor, json!({})).await[0]["changes"].as_array().map(Vec::len), Some(3));
    }

    async fn a_person_and_the_auditor_see_who_opened(world: World) {
        let north = County::build(&world, "North").await;
        let south = County::build(&world, "South").await;
        let officer = north.person(Role::OrganizationOfficer);
        let id = json!({ "id": global(north.mentee) });
        let version = "query($id: ID!) { cadre(id: $id) { version } }";
        let version = officer.run(version, id.clone()).await.at("/cadre/version").clone();
        let input = json!({ "id": global(north.mentee), "expectedVersion": version, "phone": PHONE });
        let update = "mutation($input: CadreUpdateInput!) { cadreUpdate(input: $input) { problems { code } } }";
        officer.run(update, json!({ "input": input })).await.done("/cadreUpdate");
        officer.run(OPEN, id.clone()).await.at("/cadre/sensitive/phone");
        let (auditor, person) = (north.person(Role::AuditAdmin), north.person(Role::Cadre));
        for client in [auditor, person] {
            let log = nodes(&client.run(LOG, id.clone()).await, "/accessLog");
            assert_eq!(log.len(), 1);
            assert_eq!(log[0]["who"], json!({ "login": login(officer).await, "name": "Somebody" }));
            let rest = (&log[0]["field"], &log[0]["purpose"], &log[0]["reason"]);
            assert_eq!(rest, (&json!("PHONE"), &json!("SUPERVISION"), &json!("Letter 7")));
        }
        officer.run(LOG, id.clone()).await.refused("FORBIDDEN");
        for stranger in [south.person(Role::AuditAdmin), south.person(Role::Cadre)] {
            assert_eq!(nodes(&stranger.run(LOG, id.clone()).await, "/accessLog"), Vec::<Value>::new());
        }
        let own = json!({ "id": global(south.mentee) });
        assert_eq!(nodes(&person.run(LOG, own).await, "/accessLog"), Vec::<Value>::new());
    }

    /// What the trail shows takes no more statements for more acts.
    async fn a_page_of_acts_takes_a_fixed_number_of_statements(world: World) {
        let county = County::build(&world, "North").await;
        for number in 0..30 {
            let input = json!({ "organizationId": global(county.top), "name": format!("Person {number}"), "sex": "MALE" });
            let officer = county.person(Role::OrganizationOfficer);
            officer.run(CREATE, json!({ "input": input })).await.done("/cadreCreate");
        }
        // The page, its length, the accounts, the changes.
        let answer = county.person(Role::AuditAdmin).run(&probe("auditEvents"), json!({})).await;
        assert_eq!(answer.statements, Some(4));
    }
}
