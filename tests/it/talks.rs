//! Talks: asked for, fixed, held, and what was raised in them; whom none has reached, and after which events one is due.

use chrono::{Datelike, TimeDelta};
use entity::{
    id::{CadreId, OrganizationId},
    kind::{Disclosure, IssueState, MembershipState, Role, SecrecyLevel},
    organization,
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    law,
    source::read,
    world::{World, global},
};

const DRAFT: &str = "mutation($input: PolicyDraftInput!) { it: policyDraft(input: $input) { problems { code field message } edition { id } } }";
const PUBLISH: &str = "mutation($input: PolicyPublishInput!) { it: policyPublish(input: $input) { problems { code field message } edition { id } } }";
const HAPPENED: &str = "mutation($input: DeclaredFactRecordInput!) { it: declaredFactRecord(input: $input) { problems { code field message } fact { id } } }";
const REQUEST: &str =
    "mutation($input: TalkRequestInput!) { it: talkRequest(input: $input) { problems { code field message } talk {
    id state kind conductor topic requestedOn answerBy overdue version member { name } unit { name } } } }";
const FIX: &str = "mutation($input: TalkFixInput!) { it: talkFix(input: $input) { problems { code field message } talk { state fixedFor overdue version } } }";
const RECORD: &str =
    "mutation($input: TalkRecordInput!) { it: talkRecord(input: $input) { problems { code field message } talk {
    id state kind trigger topic heldOn followUpOn version member { name } unit { name } edition { title } } } }";
const FOLLOW_UP: &str = "mutation($input: TalkFollowUpInput!) { it: talkFollowUp(input: $input) { problems { code field message } talk { state } } }";
const RAISE: &str = "mutation($input: TalkIssueRaiseInput!) { it: talkIssueRaise(input: $input) { problems { code field message } issue { id topic state version } } }";
const CLOSE: &str = "mutation($input: TalkIssueCloseInput!) { it: talkIssueClose(input: $input) { problems { code field message } issue { state closedOn documentNumber version } } }";
const LIST: &str = "query($filter: TalkFilter) { talks(filter: $filter) { totalCount edges { node { id state overdue issues { topic state } } } } }";
const DUE: &str = "query($policy: String!, $at: ID!) { it: talkTriggersDue(policy: $policy, organization: $at) {
    trigger topic happenedOn dueOn overdue member { name } unit { name } } }";
const COVERAGE: &str = "query($policy: String!, $at: ID!, $asOf: Date) { it: talkCoverage(policy: $policy, organization: $at, asOf: $asOf) {
    code per by from to due held percent missing { name } } }";
const ISSUES: &str = "query($policy: String, $at: ID!) { it: talkIssueSummary(policy: $policy, organization: $at) { raised open solved explained declined solvedPercent } }";

/// A county with a unit and a person in it, and a policy that was drafted and published.
struct Scene {
    county: OrganizationId,
    home: OrganizationId,
    anna: CadreId,
    officer: Client,
    policy: String,
}

impl Scene {
    async fn of(world: &World, file: &str, change: impl FnOnce(&mut Value)) -> Self {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        let anna = world.cadre(home, "Anna", |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        let row = organization::Entity::find_by_id(county).one(&world.db).await.expect("an answer").expect("a county");
        let mut document: Value = serde_json::from_str(&read(file)).expect("JSON");
        document["jurisdiction"] = json!(row.code);
        document["validFrom"] = json!("2020-01-01");
        change(&mut document);
        let drafted = officer.run(DRAFT, json!({ "input": { "document": document.to_string() } })).await;
        let id = drafted.done("/it")["edition"]["id"].clone();
        leader.run(PUBLISH, json!({ "input": { "id": id, "expectedVersion": 1 } })).await.done("/it");
        let policy = document["code"].as_str().expect("a code").to_owned();
        Self { county, home, anna, officer, policy }
    }

    async fn happened(&self, code: &str, more: Value) {
        let input = json!({ "policy": self.policy, "code": code, "source": "Personnel office" });
        self.officer.run(HAPPENED, json!({ "input": with(input, &more) })).await.done("/it");
    }

    async fn due(&self, by: &Client) -> Value {
        by.run(DUE, json!({ "policy": self.policy, "at": global(self.county) })).await.at("/it").clone()
    }

    async fn record(&self, more: Value) -> Answer {
        let input = json!({ "policy": self.policy, "organizationId": global(self.county), "conductor": "MINISTER" });
        self.officer.run(RECORD, json!({ "input": with(input, &more) })).await
    }
}

fn with(mut input: Value, more: &Value) -> Value {
    input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
    input
}

fn day(world: &World, days: i64) -> String {
    (world.today() + TimeDelta::days(days)).to_string()
}

/// That a change is refused on a field.
fn invalid(answer: &Answer, field: &str) {
    answer.problem("/it", "INVALID");
    assert_eq!(answer.at("/it/problems/0/field"), field, "{}", answer.text);
}

law! {
    /// What was said has no place: an input names things by id, code, day or version, and a document by its number.
    fn no_input_takes_words() {
        let sdl = api::schema::sdl();
        let mut found = 0;
        for input in sdl.split("\ninput Talk").skip(1) {
            let (name, body) = input.split_once(" {").expect("fields");
            let body = body.split("\n}").next().expect("fields");
            for line in body.lines().filter(|it| it.contains(": ") && !it.trim_start().starts_with('"')) {
                let (field, kind) = line.trim().split_once(": ").expect("a field");
                let codes = ["policy", "conductor", "kind", "topic", "trigger", "documentNumber", "idempotencyKey", "clientMutationId"];
                assert!(!kind.starts_with("String") || codes.contains(&field), "Talk{name}.{field} takes words");
                found += 1;
            }
        }
        assert!(found > 30, "{found} fields");
    }
}

both! {
    /// M195 in Feixian: ranked last twice in a row, and not before.
    async fn a_unit_ranked_last_in_two_years_running_is_talked_to(world: World) {
        let scene = Scene::of(&world, "api/policies/m195-feixian.json", |_| {}).await;
        let year = world.today().year();
        let unit = json!({ "organizationId": global(scene.home), "validFrom": format!("{}-06-30", year - 1) });
        scene.happened("RANKED_LOW", unit).await;
        assert_eq!(scene.due(&scene.officer).await, json!([]), "one year makes no talk due");
        scene.happened("RANKED_LOW", json!({ "organizationId": global(scene.home) })).await;
        scene.happened("COMPLAINT", json!({ "cadreId": global(scene.anna), "validFrom": day(&world, -20) })).await;
        let due = |overdue: bool| json!([
            { "trigger": "COMPLAINT", "topic": "CONDUCT", "happenedOn": day(&world, -20), "dueOn": day(&world, -6), "overdue": true,
                "member": { "name": "Anna" }, "unit": { "name": "Finance" } },
            { "trigger": "RANKED_LOW", "topic": "ASSESSMENT", "happenedOn": day(&world, 0), "dueOn": day(&world, 14), "overdue": overdue,
                "member": null, "unit": { "name": "Finance" } },
        ]);
        let expected = due(false);
        assert_eq!(scene.due(&scene.officer).await, expected);
        // For who does not decide there it would be a guess.
        let unit = world.sign_in(Role::UnitOfficer, scene.home).await;
        assert!(scene.due(&unit).await.is_null());
        let own = world.sign_in_as(Role::Cadre, scene.home, scene.anna).await;
        assert!(scene.due(&own).await.is_null());
        // What happens to a unit is talked about with the unit.
        let held = json!({ "trigger": "RANKED_LOW", "heldOn": day(&world, 0) });
        invalid(&scene.record(with(held.clone(), &json!({ "cadreId": global(scene.anna) }))).await, "trigger");
        let later = held["heldOn"].clone();
        world.pass(TimeDelta::days(15));
        let officer = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        assert_eq!(scene.due(&officer).await.pointer("/1/overdue"), Some(&json!(true)));
        let scene = Scene { officer, ..scene };
        let talk = scene.record(json!({ "trigger": "RANKED_LOW", "heldOn": later, "unitId": global(scene.home) })).await;
        let talk = talk.done("/it")["talk"].clone();
        assert_eq!((&talk["topic"], &talk["unit"]["name"], &talk["state"]), (&json!("ASSESSMENT"), &json!("Finance"), &json!("HELD")));
        let left = scene.due(&scene.officer).await;
        assert_eq!((left.as_array().map(Vec::len), left.pointer("/0/trigger")), (Some(1), Some(&json!("COMPLAINT"))));
    }

    /// M195 in Weishan: a private matter is a class, a day and a day of follow-up.
    async fn of_a_private_matter_nothing_is_kept_but_its_class(world: World) {
        let scene = Scene::of(&world, "api/policies/m195-weishan.json", |_| {}).await;
        scene.happened("PRIVATE_MATTER", json!({ "cadreId": global(scene.anna) })).await;
        assert_eq!(scene.due(&scene.officer).await.pointer("/0/topic"), Some(&json!("PRIVATE")));
        let before = world.fingerprint().await;
        let talk = json!({ "cadreId": global(scene.anna), "heldOn": day(&world, 0), "followUpOn": day(&world, 30), "trigger": "PRIVATE_MATTER" });
        for field in ["note", "content", "summary", "reason", "text"] {
            let refused = scene.record(with(talk.clone(), &json!({ field: "Her child is ill" }))).await;
            assert!(refused.json["errors"].is_array() && refused.json["data"].is_null(), "{field}: {}", refused.text);
        }
        for (field, value) in [("topic", "Her child is ill"), ("kind", "IN PRIVATE"), ("conductor", "Aunt"), ("trigger", "HER_CHILD"),
            ("heldOn", day(&world, 1).as_str()), ("followUpOn", day(&world, -1).as_str())] {
            let refused = scene.record(with(talk.clone(), &json!({ field: value }))).await;
            invalid(&refused, field);
        }
        let known = scene.record(with(talk.clone(), &json!({ "topic": "X" }))).await.text_at("/it/problems/0/message");
        assert!(known.contains("POST, PRIVATE, CONDUCT, WORK"), "{known}");
        assert_eq!(world.fingerprint().await, before);
        let recorded = scene.record(talk).await;
        let mut kept = recorded.done("/it")["talk"].clone();
        let id = kept["id"].take();
        assert_eq!(kept, json!({ "id": null, "state": "HELD", "kind": "SUMMONED", "trigger": "PRIVATE_MATTER", "topic": "PRIVATE",
            "heldOn": day(&world, 0), "followUpOn": day(&world, 30), "version": 1, "member": { "name": "Anna" }, "unit": null,
            "edition": { "title": "事件触发谈话（微山/潍城）" } }));
        assert_eq!(scene.due(&scene.officer).await, json!([]));
        let up = async || scene.officer.run(FOLLOW_UP, json!({ "input": { "id": id } })).await;
        assert_eq!(up().await.done("/it")["talk"]["state"], "FOLLOWED_UP");
        up().await.problem("/it", "TRANSITION_REFUSED");
    }

    /// M197: who is asked answers in time, or it shows; the unit does not learn of it.
    async fn a_person_asks_for_a_talk_and_the_unit_does_not_see_it(world: World) {
        let scene = Scene::of(&world, "api/policies/m197.json", |_| {}).await;
        let own = world.sign_in_as(Role::Cadre, scene.home, scene.anna).await;
        let other = world.cadre(scene.home, "Bo", |_| {}).await;
        let south = world.organization("South").await;
        let input = json!({ "policy": scene.policy, "organizationId": global(scene.county), "conductor": "SECRETARY" });
        let ask = async |by: &Client, more: Value| by.run(REQUEST, json!({ "input": with(input.clone(), &more) })).await;
        ask(&own, json!({ "cadreId": global(other) })).await.refused("NOT_FOUND");
        ask(&own, json!({ "unitId": global(scene.home) })).await.refused("NOT_FOUND");
        for (field, value) in [("conductor", json!("UNIT_HEAD")), ("kind", json!("SUMMONED")), ("organizationId", json!(global(south))),
            ("policy", json!("NONE")), ("topic", json!("My boss"))] {
            invalid(&ask(&own, json!({ field: value })).await, field);
        }
        let asked = ask(&own, json!({})).await;
        let id = asked.text_at("/it/talk/id");
        let mut talk = asked.done("/it")["talk"].clone();
        talk["id"].take();
        assert_eq!(talk, json!({ "id": null, "state": "REQUESTED", "kind": "REQUESTED", "conductor": "SECRETARY", "topic": null,
            "requestedOn": day(&world, 0), "answerBy": day(&world, 10), "overdue": false, "version": 1, "member": { "name": "Anna" }, "unit": null }));
        let unit = world.sign_in(Role::UnitOfficer, scene.home).await;
        let sees = async |by: &Client| {
            let listed = by.run(LIST, json!({})).await.at("/talks/totalCount") == 1;
            let node = by.run("query($id: ID!) { node(id: $id) { id } }", json!({ "id": id })).await;
            assert_eq!(listed, !node.at("/node").is_null());
            listed
        };
        assert!(sees(&own).await && sees(&scene.officer).await);
        assert!(!sees(&unit).await && !sees(&world.sign_in(Role::OrganizationOfficer, south).await).await);
        assert!(!sees(&world.sign_in_as(Role::Cadre, scene.home, other).await).await);
        unit.run(FIX, json!({ "input": { "id": id, "expectedVersion": 1, "fixedFor": day(&world, 3) } })).await.refused("NOT_FOUND");
        own.run(FIX, json!({ "input": { "id": id, "expectedVersion": 1, "fixedFor": day(&world, 3) } })).await.refused("FORBIDDEN");
        // The officer of the unit asks nobody above for a talk that the unit would then not see.
        ask(&unit, json!({ "cadreId": global(scene.anna) })).await.refused("NOT_FOUND");
        let overdue = async |by: &Client| by.run(LIST, json!({ "filter": { "overdue": true } })).await.at("/talks/totalCount").clone();
        world.pass(TimeDelta::days(10));
        let officer = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        assert_eq!(overdue(&officer).await, 0);
        world.pass(TimeDelta::days(1));
        let officer = world.sign_in(Role::OrganizationOfficer, scene.county).await;
        assert_eq!(overdue(&officer).await, 1);
        invalid(&officer.run(FIX, json!({ "input": { "id": id, "expectedVersion": 1, "fixedFor": day(&world, -1) } })).await, "fixedFor");
        let fixed = officer.run(FIX, json!({ "input": { "id": id, "expectedVersion": 1, "fixedFor": day(&world, 2) } })).await;
        assert_eq!(fixed.done("/it")["talk"], json!({ "state": "FIXED", "fixedFor": day(&world, 2), "overdue": false, "version": 2 }));
        assert_eq!(overdue(&officer).await, 0);
        let held = json!({ "id": id, "expectedVersion": 2, "heldOn": day(&world, 0) });
        invalid(&officer.run(RECORD, json!({ "input": with(held.clone(), &json!({ "conductor": "MINISTER" })) })).await, "conductor");
        assert_eq!(officer.run(RECORD, json!({ "input": held })).await.done("/it")["talk"]["state"], "HELD");
        officer.run(RECORD, json!({ "input": with(held, &json!({ "expectedVersion": 3 })) })).await.problem("/it", "TRANSITION_REFUSED");
    }

    /// M197: what is raised stays open until somebody closes it, and 23 of 110 are 20.9 per cent.
    async fn what_is_raised_stays_open_until_it_is_closed(world: World) {
        let scene = Scene::of(&world, "api/policies/m197.json", |_| {}).await;
        let officer = &scene.officer;
        let input = json!({ "policy": scene.policy, "organizationId": global(scene.county), "conductor": "MINISTER", "cadreId": global(scene.anna) });
        let summoned = officer.run(REQUEST, json!({ "input": input })).await;
        assert_eq!(summoned.done("/it")["talk"]["kind"], "SUMMONED");
        let talk = summoned.text_at("/it/talk/id");
        let raise = async |topic: &str| officer.run(RAISE, json!({ "input": { "talkId": talk, "topic": topic } })).await;
        raise("GENERAL").await.problem("/it", "TRANSITION_REFUSED");
        officer.run(RECORD, json!({ "input": { "id": talk, "expectedVersion": 1, "heldOn": day(&world, 0) } })).await.done("/it");
        invalid(&raise("Too little pay").await, "topic");
        let issue = raise("GENERAL").await;
        assert_eq!((issue.at("/it/issue/state"), issue.at("/it/issue/version")), (&json!("OPEN"), &json!(1)));
        let listed = officer.run(LIST, json!({ "filter": { "cadre": global(scene.anna), "states": ["HELD"] } })).await;
        assert_eq!(listed.at("/talks/edges/0/node/issues"), &json!([{ "topic": "GENERAL", "state": "OPEN" }]));
        let id = issue.text_at("/it/issue/id");
        let close = async |version: i64, state: &str, number: &str| {
            let input = json!({ "id": id, "expectedVersion": version, "state": state, "documentNumber": number });
            officer.run(CLOSE, json!({ "input": input })).await
        };
        invalid(&close(1, "OPEN", "1").await, "state");
        invalid(&close(1, "SOLVED", &"x".repeat(61)).await, "documentNumber");
        close(7, "SOLVED", "1").await.problem("/it", "STALE");
        let closed = close(1, "SOLVED", "组办〔2026〕9号").await;
        assert_eq!(closed.done("/it")["issue"], json!({ "state": "SOLVED", "closedOn": day(&world, 0), "documentNumber": "组办〔2026〕9号", "version": 2 }));
        close(2, "DECLINED", "2").await.problem("/it", "TRANSITION_REFUSED");
        let edition = world.policy_with(scene.county, "OTHER", json!({ "talks": { "conductors": ["MINISTER"] } })).await;
        let unit_talk = world.talk(edition, scene.home, scene.anna, "MINISTER", world.today()).await;
        for number in 0..109 {
            let state = if number < 22 { IssueState::Solved } else { IssueState::Open };
            world.issue(unit_talk, "GENERAL", state, world.today()).await;
        }
        let ask = async |by: &Client, policy: Option<&str>, at: OrganizationId| {
            by.run(ISSUES, json!({ "policy": policy, "at": global(at) })).await.at("/it").clone()
        };
        let all = json!({ "raised": 110, "open": 87, "solved": 23, "explained": 0, "declined": 0, "solvedPercent": "20.9" });
        assert_eq!(ask(officer, None, scene.county).await, all);
        assert_eq!(ask(officer, Some(&scene.policy), scene.county).await["solvedPercent"], "100.0");
        let unit = world.sign_in(Role::UnitOfficer, scene.home).await;
        assert!(ask(&unit, None, scene.county).await.is_null());
        assert_eq!(ask(&unit, None, scene.home).await["raised"], 109);
        assert!(ask(&unit, Some("NONE"), scene.home).await["solvedPercent"].is_null());
    }

    /// M008: members with whom neither the minister nor a deputy talked in a year.
    async fn whom_no_talk_has_reached_is_named(world: World) {
        let scene = Scene::of(&world, "api/policies/m008.json", |document| {
            document["groups"] = json!([{ "code": "IN_FINANCE", "title": "Everybody", "need": { "fact": "status", "op": "IN", "value": ["IN_POST"] } }]);
            let all = json!({ "code": "EVERYBODY", "group": "IN_FINANCE", "per": "P6M" });
            document["talks"]["coverage"].as_array_mut().expect("rules").push(all);
        }).await;
        let pool = world.pool(scene.county, "双百", Disclosure::Confidential).await;
        world.sql("update reserve_pool set policy_code = $1", vec![scene.policy.clone().into()]).await;
        let other = world.pool(scene.county, "315", Disclosure::Confidential).await;
        let mut people = vec![scene.anna];
        for (name, state) in [("Bo", MembershipState::Confirmed), ("Chen", MembershipState::Warned), ("Dan", MembershipState::Proposed)] {
            let person = world.cadre(scene.county, name, |_| {}).await;
            world.membership(pool, person, state).await;
            people.push(person);
        }
        world.membership(pool, scene.anna, MembershipState::Confirmed).await;
        world.membership(other, people[3], MembershipState::Confirmed).await;
        for (person, conductor, days) in [(0, "DEPUTY_MINISTER", -30), (1, "MINISTER", -400), (3, "MINISTER", 0)] {
            let talk = json!({ "cadreId": global(people[person]), "conductor": conductor, "heldOn": day(&world, days) });
            scene.record(talk).await.done("/it");
        }
        let ask = async |by: &Client, as_of: Option<String>| {
            let asked = json!({ "policy": scene.policy, "at": global(scene.county), "asOf": as_of });
            by.run(COVERAGE, asked).await.at("/it").clone()
        };
        let mut found = ask(&scene.officer, None).await;
        assert_eq!((&found[1]["due"], &found[1]["held"]), (&json!(4), &json!(2)), "{found}");
        found[0]["from"].take();
        assert_eq!(found[0], json!({ "code": "POOL_MEMBERS", "per": "P1Y", "by": ["MINISTER", "DEPUTY_MINISTER"], "from": null, "to": day(&world, 0),
            "due": 3, "held": 1, "percent": "33.3", "missing": [{ "name": "Bo" }, { "name": "Chen" }] }));
        let then = ask(&scene.officer, Some(day(&world, -60))).await;
        assert_eq!((&then[0]["held"], then[0]["missing"].as_array().map(Vec::len)), (&json!(1), Some(2)), "{then}");
        let unit = world.sign_in(Role::UnitOfficer, scene.home).await;
        assert!(ask(&unit, None).await.is_null());
        let own = world.sign_in_as(Role::Cadre, scene.home, scene.anna).await;
        assert!(ask(&own, None).await.is_null());
    }

    /// A talk with somebody above the ceiling of the grant does not exist, nor what was raised in it.
    async fn a_talk_with_somebody_above_the_ceiling_does_not_exist(world: World) {
        let scene = Scene::of(&world, "api/policies/m197.json", |_| {}).await;
        let hidden = world.cadre(scene.home, "Hidden", |row| row.secrecy_level = SecrecyLevel::Secret).await;
        let edition = world.policy_with(scene.county, "OTHER", json!({ "talks": { "conductors": ["MINISTER"] } })).await;
        let talk = world.talk(edition, scene.county, hidden, "MINISTER", world.today()).await;
        let issue = world.issue(talk, "GENERAL", IssueState::Open, world.today()).await;
        world.tell().await;
        assert_eq!(scene.officer.run(LIST, json!({})).await.at("/talks/totalCount"), 0);
        let account = world.account(None).await;
        world.grant_of(account, Role::OrganizationOfficer, scene.county, |row| row.secrecy_ceiling = SecrecyLevel::Secret).await;
        assert_eq!(world.client(account).run(LIST, json!({})).await.at("/talks/totalCount"), 1);
        let close = json!({ "id": global(issue), "expectedVersion": 1, "state": "SOLVED" });
        scene.officer.run(CLOSE, json!({ "input": close })).await.refused("NOT_FOUND");
        let summary = scene.officer.run(ISSUES, json!({ "at": global(scene.county) })).await;
        assert_eq!(summary.at("/it/raised"), 0);
    }
}
