//! What is due so many times within a time: two visits a year, three contacts a quarter.

use tests::both;

use super::{
    duties::{before, submit},
    pairs::act,
    *,
};

fn document() -> Value {
    json!({
        "code": "TURNS", "title": "Visits and contacts", "edition": 1, "validFrom": "2020-01-01", "source": "Turns 1",
        "pool": { "tiers": [{ "code": "A", "title": "A" }] },
        "duties": { "items": [{ "code": "VISIT", "title": "Visit", "subject": "MEMBER", "every": { "min": 2, "per": "P1Y" },
            "overdue": [{ "after": "P1M", "propose": "REMIND" }] }] },
        "pairs": { "contactEvery": { "min": 2, "per": "P3M" } }
    })
}

both! {
    /// Both visits of a year are due on its last day, and each is done by itself.
    async fn two_visits_a_year_are_two_items(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, document()).await;
        let pool = place.pool("TURNS", json!([])).await;
        let person = clerk(&world, place.county, "Member", 30).await;
        let since = before(&world, 14);
        member(&world, pool, "A", person, since).await;
        let year = since.checked_add_months(Months::new(12)).expect("a day").pred_opt().expect("a day");
        let filter = json!({ "codes": ["VISIT"], "from": since.to_string(), "to": world.today().to_string() });
        let text = "query($place: ID!, $filter: DutyFilter) { it: duties(policy: \"TURNS\", organization: $place, filter: $filter) {
            totalCount nodes { id code nth dueOn status proposals entry { state } } } }";
        let ask = async || place.officer.run(text, json!({ "place": global(place.county), "filter": filter })).await;
        let found = ask().await;
        let told = |it: &Answer| -> Vec<(String, i64, String)> {
            let all = it.at("/it/nodes").as_array().expect("nodes").clone();
            let one = |it: &Value| (it["dueOn"].as_str().expect("a day").to_owned(), it["nth"].as_i64().expect("a place"), it["status"].as_str().expect("a status").to_owned());
            all.iter().map(one).collect()
        };
        let overdue = |nth| (year.to_string(), nth, "OVERDUE".to_owned());
        assert_eq!(told(&found), [overdue(1), overdue(2)], "{}", found.text);
        assert_eq!((found.at("/it/nodes/1/code"), found.at("/it/nodes/1/proposals/0")), (&json!("VISIT"), &json!("REMIND")));
        let second = found.text_at("/it/nodes/1/id");
        let done = submit(&place.officer, &second, "Visited in June").await;
        assert_eq!(done.done("/it")["entry"]["dutyId"], second.as_str());
        assert_eq!(told(&ask().await), [overdue(1), (year.to_string(), 2, "SUBMITTED".to_owned())]);
        submit(&place.officer, &second, "Visited again").await.problem("/it", "TRANSITION_REFUSED");
        submit(&place.officer, &found.text_at("/it/nodes/0/id"), "Visited in December").await.done("/it");
    }

    /// A contact is due by the end of the quarter until two were held in it, then by the end of the next.
    async fn contacts_are_counted_within_their_quarter(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, document()).await;
        let (mentor, mentee) = (clerk(&world, place.county, "Mentor", 50).await, clerk(&world, place.county, "Mentee", 26).await);
        let begun = before(&world, 1);
        let input = json!({ "organizationId": global(place.county), "policyCode": "TURNS", "mentorIds": [global(mentor)], "menteeIds": [global(mentee)] });
        let made = act(&place.officer, "pairPropose", input).await;
        let pair = made.done("/it")["pair"]["id"].clone();
        act(&place.officer, "pairActivate", json!({ "id": pair, "expectedVersion": 1, "startedOn": begun.to_string() })).await.done("/it");
        let own = world.sign_in_as(Role::Mentor, place.county, mentor).await;
        let end = |quarter: u32| begun.checked_add_months(Months::new(3 * quarter)).expect("a day").pred_opt().expect("a day").to_string();
        let due = async || {
            let it = place.officer.run("query($id: ID!) { mentoringPair(id: $id) { nextContactDue } }", json!({ "id": pair })).await;
            it.text_at("/mentoringPair/nextContactDue")
        };
        assert_eq!(due().await, end(1));
        let held = world.today().to_string();
        for expected in [end(1), end(2), end(2)] {
            let input = json!({ "pairId": pair, "heldOn": held, "topic": "WORK" });
            let text = "mutation($input: PairContactRecordInput!) { it: pairContactRecord(input: $input) { problems { code field message } pair { id } } }";
            own.run(text, json!({ "input": input })).await.done("/it");
            assert_eq!(due().await, expected);
        }
    }

    /// What is written wrongly is named where it stands.
    async fn a_turn_is_written_whole(world: World) {
        let place = Place::of(&world).await;
        for (every, field, words) in [
            (json!({ "min": 2 }), "duties.items[0].every.per", "is missing"),
            (json!({ "per": "P1Y" }), "duties.items[0].every.min", "is missing"),
            (json!({ "min": 0, "per": "P1Y" }), "duties.items[0].every.min", "1 to 100"),
            (json!({ "min": 2, "per": "P1Y", "yearly": "01-31" }), "duties.items[0].every.min", "stands beside yearly"),
            (json!({ "min": 5, "per": "P1M" }), "duties.items[0].every", "more often than weekly"),
            (json!({ "min": 100, "per": "P1D" }), "duties.items[0].every", "more often than once a day"),
            (json!({}), "duties.items[0].every.onEvent", "is missing"),
            (json!({ "yearly": "+1-+1" }), "duties.items[0].every.yearly", "no day of the year"),
        ] {
            let mut wrong = document();
            wrong["duties"]["items"][0]["every"] = every;
            let wrong = taken_by(&world, place.county, wrong).await;
            let answer = place.officer.run(policy::DRAFT, json!({ "text": wrong.to_string() })).await;
            let problem = answer.at("/it/problems/0");
            assert_eq!(problem["field"], field, "{}", answer.text);
            assert!(problem["message"].as_str().is_some_and(|it| it.contains(words)), "{}", answer.text);
        }
    }
}
