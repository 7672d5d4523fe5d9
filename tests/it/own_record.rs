//! One's own record: read, copied, and corrected on request.

use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    county::County,
    world::{World, global},
};

const NUMBER: &str = "990000199003070013";
const REQUEST: &str = "mutation($input: RequestCorrectionInput!) { requestCorrection(input: $input) { problems { code field message } request { id state version field proposed } } }";
const DECIDE: &str = "mutation($input: CorrectionDecideInput!) { correctionDecide(input: $input) { problems { code } request { state answer } } }";
const WITHDRAW: &str =
    "mutation($id: ID!) { correctionWithdraw(input: { id: $id }) { problems { code } request { state } } }";
const LIST: &str = "{ correctionRequests { totalCount edges { node { id state reason cadre { name } } } } }";

async fn ask(client: &Client, proposed: Option<&str>, reason: &str) -> tests::client::Answer {
    let input = json!({ "field": "BIRTH_DATE", "proposed": proposed, "reason": reason });
    client.run(REQUEST, json!({ "input": input })).await
}

both! {
    async fn the_own_record_is_read_and_copied_and_the_copy_is_on_record(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let create = "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { cadre { id } } }";
        let input = json!({ "organizationId": global(county), "name": "Anna", "sex": "FEMALE", "identityNumber": NUMBER, "postTitle": "Clerk" });
        officer.run(create, json!({ "input": input })).await.text_at("/cadreCreate/cadre/id");
        let anna = {
            use sea_orm::EntityTrait;
            entity::cadre::Entity::find().one(&world.db).await.expect("rows").expect("Anna").id
        };
        world.cadre(county, "Bea", |_| {}).await;
        let person = world.sign_in_as(Role::Cadre, county, anna).await;
        let own = person.run("{ myRecord { name posts { title } } }", json!({})).await;
        assert_eq!(own.at("/myRecord"), &json!({ "name": "Anna", "posts": [{ "title": "Clerk" }] }));

        let copy = person.run("mutation { myRecordExport { fileName content } }", json!({})).await;
        assert!(copy.text_at("/myRecordExport/fileName").ends_with(".json"));
        let content: Value = serde_json::from_str(&copy.text_at("/myRecordExport/content")).expect("JSON");
        assert_eq!((content["record"]["name"].as_str(), content["identityNumber"].as_str()), (Some("Anna"), Some(NUMBER)));
        assert_eq!(content["phone"], Value::Null);
        assert_eq!(content["posts"][0]["title"], "Clerk");
        assert_eq!(content["readings"][0]["purpose"], "OWN_COPY");
        assert!(!copy.text.contains("Bea"));
        let log = person.run("query($id: ID!) { accessLog(cadre: $id) { edges { node { field purpose } } } }", json!({ "id": global(anna) })).await;
        assert_eq!(log.at("/accessLog/edges/0/node"), &json!({ "field": "IDENTITY_NUMBER", "purpose": "OWN_COPY" }));
        let event = "select count(*) from audit_event where action = 'OWN_RECORD_EXPORT' and outcome = 'DONE'";
        assert_eq!(world.number(event).await, 1);

        // Purpose OWN_COPY opens nobody else's values, and nobody without a CADRE grant opens any by it.
        let open = "query($id: ID!) { cadre(id: $id) { sensitive(purpose: OWN_COPY, reason: \"x\") { identityNumber } } }";
        let refused = officer.run(open, json!({ "id": global(anna) })).await;
        assert!(refused.codes().contains(&"FORBIDDEN".to_owned()) && !refused.text.contains(NUMBER), "{}", refused.text);
        let own = person.run(open, json!({ "id": global(anna) })).await;
        assert!(own.text.contains(NUMBER) || own.codes().contains(&"FORBIDDEN".to_owned()), "{}", own.text);
    }

    async fn a_request_is_decided_by_an_officer_who_is_somebody_else(world: World) {
        let county = County::build(&world, "North").await;
        let person = county.person(Role::Cadre);
        let made = ask(person, Some("1988-06"), "The birth certificate in my file says June").await;
        assert_eq!(made.at("/requestCorrection/request/state"), "REQUESTED");
        let id = made.text_at("/requestCorrection/request/id");
        let officer = county.person(Role::OrganizationOfficer);
        let list = officer.run(LIST, json!({})).await;
        assert_eq!(list.at("/correctionRequests/totalCount"), 2);
        assert_eq!(list.at("/correctionRequests/edges/0/node/cadre/name"), "North Mentee");
        let decide = |accept: bool, version: i32| json!({ "input": { "id": id, "expectedVersion": version, "accept": accept, "answer": "It does" } });
        county.person(Role::OrganizationLeader).run(DECIDE, decide(true, 1)).await.refused("FORBIDDEN");
        officer.run(DECIDE, decide(true, 7)).await.problem("/correctionDecide", "STALE");
        // An officer who is that person may not.
        let twin = world.account(Some(county.mentee)).await;
        world.grant(twin, Role::OrganizationOfficer, county.top, None).await;
        world.tell().await;
        world.client(twin).run(DECIDE, decide(true, 1)).await.problem("/correctionDecide", "SAME_PERSON");
        let done = officer.run(DECIDE, decide(true, 1)).await;
        assert_eq!(done.at("/correctionDecide/request"), &json!({ "state": "ACCEPTED", "answer": "It does" }));
        officer.run(DECIDE, decide(false, 2)).await.problem("/correctionDecide", "TRANSITION_REFUSED");
        person.run(WITHDRAW, json!({ "id": id })).await.problem("/correctionWithdraw", "TRANSITION_REFUSED");
        // A decision changes no record.
        let birth = person.run("{ myRecord { birthDate } }", json!({})).await;
        assert_eq!(birth.at("/myRecord/birthDate"), "1988-05");
        let second = ask(person, None, "And the name too").await.text_at("/requestCorrection/request/id");
        assert_eq!(person.run(WITHDRAW, json!({ "id": second })).await.at("/correctionWithdraw/request/state"), "WITHDRAWN");
    }

    async fn requests_take_in_no_number_and_no_novel(world: World) {
        let county = County::build(&world, "North").await;
        let person = county.person(Role::Cadre);
        let before = world.fingerprint().await;
        for (proposed, reason, field) in [
            (None, "", "reason"),
            (None, "my number is 990000199003070013", "reason"),
            (Some("１００１２３４５６７８"), "typo", "proposed"),
        ] {
            let answer = ask(person, proposed, reason).await;
            assert_eq!(answer.at("/requestCorrection/problems/0/code"), "INVALID");
            assert_eq!(answer.at("/requestCorrection/problems/0/field"), field);
        }
        let long = ask(person, None, &"字".repeat(401)).await;
        long.problem("/requestCorrection", "INVALID");
        assert_eq!(world.fingerprint().await, before);
        // Others' requests are nobody's: neither to see nor to withdraw.
        let other = world.sign_in_as(Role::Cadre, county.department, county.free).await;
        assert_eq!(other.run(LIST, json!({})).await.at("/correctionRequests/totalCount"), 0);
        other.run(WITHDRAW, json!({ "id": global(county.correction) })).await.refused("NOT_FOUND");
    }
}
