//! What policies make due: M001, M027, M062, M063, M064, M066, M069, M080, M215.

use chrono::Datelike;
use entity::{
    id::PairId,
    kind::{OrganizationKind, PairForm, PairSide, PairState, PositionLevel, PostRole},
    mentoring_pair, policy_edition,
};
use tests::both;

use super::*;

const NODE: &str =
    "id code status dueOn by to needs proposals subjectKind owner { name } entry { id state version reason }";

impl Place {
    pub async fn duties(&self, policy: &str, filter: Value) -> Answer {
        let text = format!(
            "query($policy: String!, $place: ID!, $filter: DutyFilter) {{ it: duties(policy: $policy, organization: $place, filter: $filter, first: 100) {{ today totalCount overdueCount end nodes {{ {NODE} }} }} }}"
        );
        self.officer.run(&text, json!({ "policy": policy, "place": global(self.county), "filter": filter })).await
    }
}

pub async fn mine(by: &Client, filter: Value) -> Answer {
    let text = format!(
        "query($filter: DutyFilter) {{ it: myDuties(filter: $filter, first: 100) {{ totalCount overdueCount nodes {{ {NODE} }} }} }}"
    );
    by.run(&text, json!({ "filter": filter })).await
}

pub async fn submit(by: &Client, duty: &str, content: &str) -> Answer {
    let text = "mutation($input: DutySubmitInput!) { it: dutySubmit(input: $input) { problems { code field message } entry { id state version dutyId } } }";
    by.run(text, json!({ "input": { "dutyId": duty, "content": content } })).await
}

pub fn before(world: &World, months: u32) -> NaiveDate {
    world.today().checked_sub_months(Months::new(months)).expect("a day")
}

/// An active pair of a policy since a day; the mentor leads.
pub async fn pair_since(
    world: &World,
    place: &Place,
    policy: &str,
    people: (CadreId, CadreId),
    since: NaiveDate,
) -> PairId {
    let edition = policy_edition::Entity::find().filter(policy_edition::Column::Code.eq(policy)).one(&world.db).await;
    let edition = edition.expect("an answer").expect("an edition").id;
    let sides = [(people.0, PairSide::Mentor), (people.1, PairSide::Mentee)];
    world
        .pair_of(place.county, &sides, |row: &mut mentoring_pair::Model| {
            (row.started_on, row.edition_id, row.state, row.form) =
                (Some(since), Some(edition), PairState::Active, PairForm::OneToOne);
        })
        .await
}

both! {
    /// M001: a member is visited every three months, and graded at the end of each year.
    async fn a_member_is_visited_every_three_months(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M001", "2020-01-01").await;
        let pool = place.pool(&policy, json!([])).await;
        let person = clerk(&world, place.county, "Member", 30).await;
        let since = before(&world, 2);
        member(&world, pool, "DEPUTY_SECTION", person, since).await;
        let found = place.duties(&policy, json!({ "codes": ["FIELD_VISIT"], "to": (world.today() + TimeDelta::days(60)).to_string() })).await;
        let due = since.checked_add_months(Months::new(3)).expect("a day").pred_opt().expect("a day");
        assert_eq!(found.at("/it/totalCount"), 1, "{}", found.text);
        let visit = found.at("/it/nodes/0");
        assert_eq!((&visit["dueOn"], &visit["status"], &visit["by"], &visit["subjectKind"]), (&json!(due.to_string()), &json!("OPEN"), &json!("ORG_DEPARTMENT"), &json!("MEMBERSHIP")));
        let id = visit["id"].as_str().expect("an id");
        let done = submit(&place.officer, id, "Visited at work").await;
        assert_eq!((done.done("/it")["entry"]["state"].as_str(), done.at("/it/entry/dutyId")), (Some("SUBMITTED"), &json!(id)));
        submit(&place.officer, id, "Again").await.problem("/it", "TRANSITION_REFUSED");
        let decide = "mutation($input: DutyDecideInput!) { it: dutyDecide(input: $input) { problems { code field } entry { state version reason } } }";
        let entry = |accept: bool, more: Value| {
            let mut input = json!({ "id": done.text_at("/it/entry/id"), "expectedVersion": 1, "accept": accept });
            input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
            json!({ "input": input })
        };
        place.officer.run(decide, entry(true, json!({}))).await.problem("/it", "SAME_PERSON");
        assert_eq!(place.leader.run(decide, entry(false, json!({}))).await.at("/it/problems/0/field"), "reason");
        let returned = place.leader.run(decide, entry(false, json!({ "reason": "Say what was seen" }))).await;
        assert_eq!(returned.done("/it")["entry"], json!({ "state": "RETURNED", "version": 2, "reason": "Say what was seen" }));
        assert_eq!(submit(&place.officer, id, "Visited at work; steady").await.done("/it")["entry"]["version"], 3);
        assert_eq!(submit(&place.officer, "nothing", "x").await.at("/it/problems/0/field"), "dutyId");
        let forged = id.replace(&due.to_string(), "2199-01-01");
        assert_eq!(submit(&place.officer, &forged, "x").await.at("/it/problems/0/field"), "dutyId");
        let stranger = world.sign_in(Role::OrganizationOfficer, world.organization("South").await).await;
        assert_eq!(submit(&stranger, id, "x").await.codes(), ["NOT_FOUND"]);
    }

    /// M063: after a month without a rating the mentor has one overdue; what the mentee owes is the mentee's.
    async fn a_rating_is_overdue_after_a_month(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M063", "2020-01-01").await;
        let unit = world.department(place.county, "Finance").await;
        let (mentor, mentee) = (clerk(&world, unit, "Mentor", 45).await, clerk(&world, place.county, "Mentee", 25).await);
        pair_since(&world, &place, &policy, (mentor, mentee), before(&world, 1)).await;
        let phone = world.sign_in_as(Role::Mentor, place.county, mentor).await;
        let found = mine(&phone, json!({ "statuses": ["OVERDUE"], "codes": ["RATING"] })).await;
        assert_eq!((found.at("/it/totalCount"), found.at("/it/nodes/0/owner/name")), (&json!(1), &json!("Mentor")), "{}", found.text);
        let own = world.sign_in_as(Role::Cadre, place.county, mentee).await;
        let notes = mine(&own, json!({ "statuses": ["OVERDUE"] })).await;
        let codes: std::collections::BTreeSet<_> = notes.at("/it/nodes").as_array().expect("nodes").iter().map(|it| it["code"].as_str().expect("a code")).collect();
        assert_eq!(codes.into_iter().collect::<Vec<_>>(), ["NOTE"]);
        let rating = found.text_at("/it/nodes/0/id");
        assert_eq!(submit(&own, &rating, "Not mine").await.codes(), ["FORBIDDEN"]);
        submit(&phone, &rating, "Steady").await.done("/it");
        assert_eq!(mine(&phone, json!({ "statuses": ["OVERDUE"], "codes": ["RATING"] })).await.at("/it/totalCount"), 0);
        // A picture has no place to go.
        let photo = phone.run("mutation { dutySubmit(input: { dutyId: \"x\", photo: \"y\" }) { problems { code } } }", json!({})).await;
        assert_eq!(photo.status, 400, "{}", photo.text);
    }

    /// M064 and M066: thirteen weekly summaries a quarter; a feedback form after half a year.
    async fn a_quarter_has_thirteen_weeks_and_a_form_comes_after_half_a_year(world: World) {
        let place = Place::of(&world).await;
        let unit = world.department(place.county, "Finance").await;
        let weekly = place.take(&world, "M064", "2020-01-01").await;
        let (mentor, mentee) = (clerk(&world, unit, "Mentor", 45).await, clerk(&world, place.county, "Mentee", 25).await);
        let since = world.today() - TimeDelta::days(200);
        pair_since(&world, &place, &weekly, (mentor, mentee), since).await;
        let quarter = json!({ "codes": ["SUMMARY"], "from": since.to_string(), "to": (since + TimeDelta::days(90)).to_string() });
        assert_eq!(place.duties(&weekly, quarter).await.at("/it/totalCount"), 13);
        let half = place.take(&world, "M066", "2020-01-01").await;
        pair_since(&world, &place, &half, (mentor, mentee), before(&world, 6)).await;
        let form = place.duties(&half, json!({ "codes": ["FEEDBACK_FORM"], "to": world.today().to_string() })).await;
        assert_eq!((form.at("/it/totalCount"), form.at("/it/nodes/0/to")), (&json!(1), &json!("ORG_DEPARTMENT")), "{}", form.text);
    }

    /// M069: three months after 1 January the quarter's talk is overdue on 1 April; a report without its verdict stays open.
    async fn a_report_without_its_verdict_stays_open(world: World) {
        let place = Place::of(&world).await;
        let year = world.today().year() - 1;
        let policy = place.take(&world, "M069", &format!("{year}-01-01")).await;
        let unit = world.department(place.county, "Finance").await;
        let pool = place.pool(&policy, json!([{ "code": "A", "name": "A" }])).await;
        let (mentor, mentee) = (clerk(&world, unit, "Mentor", 45).await, clerk(&world, place.county, "Mentee", 25).await);
        let first: NaiveDate = format!("{year}-01-01").parse().expect("a day");
        member(&world, pool, "A", mentee, first).await;
        let talk = place.duties(&policy, json!({ "codes": ["TALK_BY_SECRETARY"], "from": format!("{year}-01-01"), "to": format!("{year}-04-01") })).await;
        assert_eq!((talk.at("/it/nodes/0/dueOn"), talk.at("/it/nodes/0/status")), (&json!(format!("{year}-03-31")), &json!("OVERDUE")), "{}", talk.text);
        pair_since(&world, &place, &policy, (mentor, mentee), first).await;
        let of_year = json!({ "codes": ["DEVELOPMENT_REPORT"], "from": format!("{year}-12-01"), "to": format!("{year}-12-31") });
        let report = place.duties(&policy, of_year.clone()).await;
        let own = world.sign_in_as(Role::Cadre, place.county, mentee).await;
        submit(&own, &report.text_at("/it/nodes/0/id"), "A year of growth").await.done("/it");
        let still = place.duties(&policy, of_year.clone()).await;
        assert_eq!((still.at("/it/nodes/0/status"), still.at("/it/nodes/0/needs"), still.at("/it/nodes/0/entry/state")), (&json!("OVERDUE"), &json!("VERDICT"), &json!("SUBMITTED")), "{}", still.text);
        let verdict = place.duties(&policy, json!({ "codes": ["VERDICT"], "from": format!("{year}-12-01"), "to": format!("{year}-12-31") })).await;
        submit(&place.officer, &verdict.text_at("/it/nodes/0/id"), "Fit").await.done("/it");
        assert_eq!(place.duties(&policy, of_year).await.at("/it/nodes/0/status"), "SUBMITTED");
    }

    /// M027, M080: three years after the last re-adjustment another is overdue; so is a month without dispatch, until excused.
    async fn a_pool_and_a_place_owe_too(world: World) {
        let place = Place::of(&world).await;
        let from = before(&world, 37);
        let policy = place.take(&world, "M027", &from.to_string()).await;
        place.pool(&policy, json!([{ "code": "A", "name": "A" }])).await;
        let again = place.duties(&policy, json!({ "statuses": ["OVERDUE"] })).await;
        assert_eq!((again.at("/it/totalCount"), again.at("/it/nodes/0/code")), (&json!(1), &json!("WHOLE_READJUSTMENT")), "{}", again.text);
        let monthly = place.take(&world, "M080", &before(&world, 1).to_string()).await;
        let dispatch = place.duties(&monthly, json!({ "statuses": ["OVERDUE"] })).await;
        assert_eq!(dispatch.at("/it/nodes/0/code"), "MONTHLY_DISPATCH", "{}", dispatch.text);
        let excuse = "mutation($input: DutyExcuseInput!) { it: dutyExcuse(input: $input) { problems { code field } entry { state reason } } }";
        let id = dispatch.text_at("/it/nodes/0/id");
        assert_eq!(place.leader.run(excuse, json!({ "input": { "dutyId": id, "reason": " " } })).await.at("/it/problems/0/field"), "reason");
        place.leader.run(excuse, json!({ "input": { "dutyId": id, "reason": "The river was in flood" } })).await.done("/it");
        let after = place.duties(&monthly, json!({ "to": world.today().to_string() })).await;
        assert_eq!((after.at("/it/overdueCount"), after.at("/it/nodes/0/status")), (&json!(0), &json!("EXCUSED")));
    }

    /// M062: a unit short of young people owes a plan; a year later another step is proposed, and nothing is done by itself.
    async fn a_unit_that_is_short_owes_a_plan(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M062", &before(&world, 20).to_string()).await;
        let (short, whole) = (world.department(place.county, "Short").await, world.department(place.county, "Whole").await);
        for (unit, young) in [(short, 2), (whole, 3)] {
            for at in 0..10 {
                let born = aged(&world, if at < young { 30 } else { 45 });
                let id = official(&world, unit, &format!("Member {at}"), PositionLevel::SectionMember, PostRole::Deputy).await;
                world.sql("update cadre set birth_date = $1 where id = $2", vec![String::from(born.expect("a day")).into(), id.into()]).await;
            }
        }
        world.sql("update organization set kind = $1 where name in ('Short', 'Whole')", vec![OrganizationKind::Department.text().into()]).await;
        world.tell().await;
        let plans = place.duties(&policy, json!({ "codes": ["PLAN"], "statuses": ["OVERDUE"], "from": before(&world, 19).to_string() })).await;
        let nodes = plans.at("/it/nodes").as_array().expect("nodes");
        assert!(!nodes.is_empty(), "{}", plans.text);
        assert_eq!(nodes[0]["proposals"], json!(["TRANSFER_IN_FROM_OUTSIDE"]), "{}", plans.text);
        assert_eq!(nodes[nodes.len() - 1]["proposals"], json!([]));
        let subjects = place.officer.run("query($policy: String!, $place: ID!) { it: duties(policy: $policy, organization: $place, filter: { codes: [\"PLAN\"] }) { nodes { organization { name } } } }",
            json!({ "policy": policy, "place": global(place.county) })).await;
        assert!(subjects.at("/it/nodes").as_array().expect("nodes").iter().all(|it| it["organization"]["name"] == "Short"), "{}", subjects.text);
        // Who fills the next vacancy with somebody older is asked for a reason; with somebody young, or where enough are, not.
        let simulate = async |person: &str, to: OrganizationId| {
            let text = "query($person: ID!, $to: ID!, $policy: String) { it: moveSimulation(cadre: $person, organization: $to, policy: $policy) {
                findings { rule severity asksReason messageEn citation } } }";
            place.officer.run(text, json!({ "person": person, "to": global(to), "policy": policy })).await.at("/it/findings").clone()
        };
        let other = world.department(place.county, "Other").await;
        let (old, young) = (official(&world, other, "Old", PositionLevel::SectionMember, PostRole::Deputy).await, official(&world, other, "Young", PositionLevel::SectionMember, PostRole::Deputy).await);
        for (person, years) in [(old, 50), (young, 30)] {
            let born = String::from(aged(&world, years).expect("a day"));
            world.sql("update cadre set birth_date = $1 where id = $2", vec![born.into(), person.into()]).await;
        }
        world.tell().await;
        let warned = simulate(&global(old), short).await;
        assert_eq!((&warned[0]["rule"], &warned[0]["severity"], &warned[0]["asksReason"]), (&json!("YOUNG_SHARE"), &json!("WARNING"), &json!(true)), "{warned}");
        assert!(warned[0]["messageEn"].as_str().is_some_and(|it| it.contains("2 of 3") && it.contains("FILL_YOUNG_FIRST")), "{warned}");
        assert_eq!(simulate(&global(young), short).await, json!([]));
        assert_eq!(simulate(&global(old), whole).await, json!([]));
        // The check itself is every unit's.
        let checks = place.duties(&policy, json!({ "codes": ["CHECK"] })).await;
        assert!(checks.at("/it/totalCount").as_u64() > plans.at("/it/totalCount").as_u64() || checks.at("/it/totalCount").as_u64().is_some_and(|it| it >= 8), "{}", checks.text);
    }

    /// M215: nobody reports on themselves every day; a task has a weekly report, of words and documents.
    async fn a_daily_report_of_a_person_is_refused(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M215", "2020-01-01").await;
        let person = clerk(&world, place.county, "Worker", 30).await;
        let begun = (world.today() - TimeDelta::days(15)).to_string();
        place.declare(&policy, "ON_TASK", json!({ "cadreId": global(person), "validFrom": begun })).await.done("/it");
        let own = world.sign_in_as(Role::Cadre, place.county, person).await;
        let weekly = mine(&own, json!({ "codes": ["TASK_REPORT"], "to": world.today().to_string() })).await;
        assert_eq!(weekly.at("/it/totalCount"), 2, "{}", weekly.text);
        let text = place.officer.run("query { policyLibrary(mechanism: \"M215\") { document } }", json!({})).await.text_at("/policyLibrary/0/document");
        for (key, value, field, words) in [
            ("every", json!("P1D"), "duties.items[0].every", "at most"),
            ("forms", json!(["PHOTO"]), "duties.items[0].forms", "reports are words and documents"),
        ] {
            let mut document: Value = serde_json::from_str(&text).expect("JSON");
            let item = &mut document["duties"]["items"][0];
            item[key] = value;
            if key == "every" {
                item["subject"] = json!("MEMBER");
                item.as_object_mut().expect("an item").remove("task");
            }
            let refused = place.officer.run(policy::DRAFT, json!({ "text": document.to_string() })).await;
            assert_eq!(refused.at("/it/problems/0/field"), field, "{}", refused.text);
            assert!(refused.text_at("/it/problems/0/message").contains(words), "{}", refused.text);
        }
    }
}
