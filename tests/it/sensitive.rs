//! Sensitive values: opened by the one role that may, for a stated purpose, on record before they are shown.

use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    county::County,
    world::{World, global},
};

const NUMBER: &str = "990000199003070013";
const PHONE: &str = "10000000001";
const CREATE: &str =
    "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code } cadre { id } } }";
const OPEN: &str = "query($id: ID!, $reason: String!) { cadre(id: $id) {
    name sensitive(purpose: POOL_REVIEW, reason: $reason) { identityNumber phone } } }";
const PAGE: &str = "query($first: Int!) { cadres(first: $first) { edges { node {
    name sensitive(purpose: APPOINTMENT, reason: \"Filling the form\") { identityNumber phone } } } } }";

/// Records a person with a number and, where one is given, a phone.
async fn recorded(officer: &Client, at: &str, name: &str, phone: Option<&str>) -> String {
    let number = if name == "Anna" { NUMBER } else { "990000198501010027" };
    let input =
        json!({ "organizationId": at, "name": name, "sex": "FEMALE", "identityNumber": number, "phone": phone });
    officer.run(CREATE, json!({ "input": input })).await.text_at("/cadreCreate/cadre/id")
}

async fn open(client: &Client, id: &str, reason: &str) -> Answer {
    client.run(OPEN, json!({ "id": id, "reason": reason })).await
}

/// Error codes, each once; the values themselves must not show.
fn refused(answer: &Answer, code: &str) {
    let mut codes = answer.codes();
    codes.dedup();
    assert_eq!(codes, [code], "{}", answer.text);
    assert!(!answer.text.contains(NUMBER) && !answer.text.contains(PHONE), "{}", answer.text);
}

const EVENTS: &str = "select count(*) from audit_event where action = 'SENSITIVE_OPEN' and outcome = 'DONE'";
const LOG: &str = "select count(*) from access_log";

both! {
    async fn an_officer_opens_for_a_purpose_and_it_is_on_record(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let anna = recorded(&officer, &global(county), "Anna", Some(PHONE)).await;
        let answer = open(&officer, &anna, " Review of 2026 ").await;
        assert_eq!(answer.at("/cadre/sensitive"), &json!({ "identityNumber": NUMBER, "phone": PHONE }));
        assert_eq!((world.number(EVENTS).await, world.number(LOG).await), (1, 2));
        let told = "select count(*) from access_log l join audit_event e on e.id = l.event_id and e.account_id = l.account_id
            where l.purpose = 'POOL_REVIEW' and l.reason = 'Review of 2026' and e.purpose = 'POOL_REVIEW' and e.role = 'ORGANIZATION_OFFICER'";
        assert_eq!(world.number(told).await, 2);
        // Read again, it is opened again, and recorded again: nothing remembers it.
        open(&officer, &anna, "Once more").await.at("/cadre/sensitive/phone");
        assert_eq!((world.number(EVENTS).await, world.number(LOG).await), (2, 4));
    }

    async fn only_what_is_asked_for_and_there_is_opened(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let bea = recorded(&officer, &global(county), "Bea", None).await;
        let answer = open(&officer, &bea, "Review").await;
        assert_eq!(answer.at("/cadre/sensitive/phone"), &Value::Null);
        assert_eq!(world.number(LOG).await, 1);
        let phone = "query($id: ID!, $no: Boolean!) { cadre(id: $id) { sensitive(purpose: CORRECTION, reason: \"x\") { phone identityNumber @include(if: $no) } } }";
        officer.run(phone, json!({ "id": bea, "no": false })).await.at("/cadre/sensitive");
        assert_eq!((world.number(EVENTS).await, world.number(LOG).await), (2, 1));
        let name = "query($id: ID!) { cadre(id: $id) { sensitive(purpose: CORRECTION, reason: \"x\") { __typename } } }";
        officer.run(name, json!({ "id": bea })).await.at("/cadre/sensitive/__typename");
        assert_eq!(world.number(EVENTS).await, 2);
    }

    async fn nobody_else_opens_anything(world: World) {
        let county = County::build(&world, "North").await;
        let officer = county.person(Role::OrganizationOfficer);
        let anna = recorded(officer, &global(county.department), "Anna", Some(PHONE)).await;
        for role in [Role::OrganizationLeader, Role::UnitOfficer] {
            let answer = open(county.person(role), &anna, "Curious").await;
            refused(&answer, "FORBIDDEN");
            let cadre = &answer.json["data"]["cadre"];
            assert_eq!((&cadre["name"], &cadre["sensitive"]), (&json!("Anna"), &Value::Null));
            assert_eq!(answer.json["errors"][0]["extensions"]["action"], "SENSITIVE_OPEN");
        }
        let own = open(county.person(Role::Cadre), &global(county.mentee), "Myself").await;
        refused(&own, "FORBIDDEN");
        assert_eq!((world.number(EVENTS).await, world.number(LOG).await), (0, 0));
        let recorded = "select count(*) from audit_event where action = 'SENSITIVE_OPEN' and outcome = 'REFUSED'";
        assert_eq!(world.number(recorded).await, 3);
    }

    /// The person is seen as a leader; the grant to open is for elsewhere.
    async fn the_grant_to_open_must_reach_the_person(world: World) {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        let officer = world.sign_in(Role::OrganizationOfficer, south).await;
        let anna = recorded(&officer, &global(south), "Anna", Some(PHONE)).await;
        let both = world.sign_in_with(&[(Role::OrganizationOfficer, north), (Role::OrganizationLeader, south)], None).await;
        let answer = open(&both, &anna, "Curious").await;
        refused(&answer, "NOT_FOUND");
        assert_eq!(answer.json["data"]["cadre"]["name"], "Anna");
        assert_eq!((world.number(EVENTS).await, world.number(LOG).await), (0, 0));
        let stranger = world.sign_in(Role::OrganizationOfficer, north).await;
        assert_eq!(open(&stranger, &anna, "Curious").await.at("/cadre"), &Value::Null);
    }

    async fn a_page_is_one_act(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        recorded(&officer, &global(county), "Anna", Some(PHONE)).await;
        recorded(&officer, &global(county), "Bea", None).await;
        for number in 0..98 {
            world.cadre(county, &format!("Person {number:02}"), |_| {}).await;
        }
        world.tell().await;
        let answer = officer.run(PAGE, json!({ "first": 100 })).await;
        assert_eq!(answer.at("/cadres/edges").as_array().map(Vec::len), Some(100));
        assert_eq!(answer.at("/cadres/edges/0/node/sensitive/phone"), PHONE);
        assert_eq!((world.number(EVENTS).await, world.number(LOG).await), (1, 3));
        // The page; who is visible, their sealed rows, rights, the event, the log.
        assert_eq!(answer.statements, Some(6));
    }

    async fn at_most_a_hundred_people_in_one_request(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        for number in 0..101 {
            world.cadre(county, &format!("Person {:03}", 100 - number), |_| {}).await;
        }
        // The last sixty by name and the first hundred: one more than may be.
        let page = "edges { node { sensitive(purpose: INSPECTION, reason: \"All\") { phone } } }";
        let query = format!("{{ a: cadres(first: 60, orderBy: ID) {{ {page} }} b: cadres(first: 100) {{ {page} }} }}");
        refused(&officer.run(&query, json!({})).await, "INVALID");
        // The pages may come to the door together or one after the other: together all are refused.
        assert!(world.number(EVENTS).await <= 1);
        assert_eq!(world.number(LOG).await, 0);
    }

    async fn a_reason_is_a_reason(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let anna = recorded(&officer, &global(county), "Anna", Some(PHONE)).await;
        for reason in [String::new(), "  ".to_owned(), "因".repeat(201)] {
            let answer = open(&officer, &anna, &reason).await;
            refused(&answer, "INVALID");
            assert_eq!(answer.json["errors"][0]["extensions"]["field"], "reason");
        }
        open(&officer, &anna, &"因".repeat(200)).await.at("/cadre/sensitive/phone");
        assert_eq!(world.number(EVENTS).await, 1);
    }

    /// No record, no value.
    async fn what_can_not_be_recorded_is_not_shown(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let anna = recorded(&officer, &global(county), "Anna", Some(PHONE)).await;
        world.sql("alter table access_log rename to elsewhere", vec![]).await;
        refused(&open(&officer, &anna, "Review").await, "INTERNAL");
        assert_eq!(world.number(EVENTS).await, 0);
    }
}
