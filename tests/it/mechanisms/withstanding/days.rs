//! Days that are easy to get wrong: 29 February, the last of a month, half-known dates of birth, working days over a festival.

use super::*;

const JUDGE: &str = "query($subject: ID!, $on: Date) { it: eligibility(subject: $subject, policy: \"DAYS\", asOf: $on) { outcome criteria { inputs { value missing since } } } }";

fn document(items: Value) -> Value {
    let mut it = programme("DAYS", json!({ "duties": { "items": items } }));
    it["validFrom"] = json!("2015-01-01");
    it["facts"][0]["nature"] = json!("EVENT");
    it["criteria"] = json!([it["criteria"][0]]);
    for section in ["pairs", "talks"] {
        it.as_object_mut().expect("an object").remove(section);
    }
    it
}

both! {
    /// Months are counted from the day on which they began, 29 February is the last of the month in other years, and working
    /// days are those of the notices.
    async fn due_days_keep_to_the_calendar(world: World) {
        let place = Place::of(&world).await;
        let items = json!([
            { "code": "MONTHLY", "title": "Monthly", "subject": "MEMBER", "every": "P1M" },
            { "code": "LEAP", "title": "Leap", "subject": "PLACE", "every": { "yearly": "02-29" } },
            { "code": "ANSWER", "title": "Answer", "subject": "EVENT", "every": { "onEvent": "VOLUNTEER", "within": "P2WD" } },
        ]);
        place.publish(&world, document(items)).await;
        let pool = place.pool("DAYS", json!([])).await;
        let person = clerk(&world, place.county, "Anna", 30).await;
        member(&world, pool, "A", person, "2024-01-31".parse().expect("a day")).await;
        let days = async |code: &str, from: &str, to: &str| {
            let found = place.duties("DAYS", json!({ "codes": [code], "from": from, "to": to })).await;
            found.at("/it/nodes").as_array().expect("nodes").iter().map(|it| it["dueOn"].as_str().expect("a day").to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(days("MONTHLY", "2024-02-01", "2024-05-31").await, ["2024-02-28", "2024-03-30", "2024-04-29", "2024-05-30"]);
        assert_eq!(days("LEAP", "2023-01-01", "2025-12-31").await, ["2023-02-28", "2024-02-29", "2025-02-28"]);
        // The Friday before the festival of 2024; the Sunday on which one works before it; and a year without a notice.
        for happened in ["2024-02-09", "2024-02-03", "2015-02-13"] {
            place.declare("DAYS", "VOLUNTEER", json!({ "cadreId": global(person), "validFrom": happened })).await.done("/it");
        }
        assert_eq!(days("ANSWER", "2024-01-01", "2024-12-31").await, ["2024-02-05", "2024-02-19"]);
        assert!(days("ANSWER", "2015-01-01", "2015-12-31").await.is_empty(), "no day is guessed");
    }

    /// An age is counted from the first day that a date of birth can mean, in full months; a date that is not on record is none.
    async fn half_a_date_of_birth_counts_from_its_first_day(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, document(json!([]))).await;
        for (born, on, outcome) in [
            // At most 36.
            ("1990", "2026-12-31", "MET"),
            ("1990", "2027-01-01", "NOT_MET"),
            ("1990-06", "2027-05-31", "MET"),
            ("1990-06", "2027-06-01", "NOT_MET"),
            // Who was born on 29 February is a year older when that day would have come.
            ("1988-02-29", "2025-02-28", "MET"),
            ("1988-02-29", "2025-03-01", "NOT_MET"),
            ("1988-02-29", "2024-02-29", "MET"),
        ] {
            let person = world.cadre(place.county, "Anna", |row| row.birth_date = PartialDate::parse(born)).await;
            let found = place.officer.run(JUDGE, json!({ "subject": global(person), "on": on })).await;
            assert_eq!(found.at("/it/outcome"), outcome, "{born} on {on}: {}", found.text);
        }
        let nobody_knows = world.cadre(place.county, "Bea", |row| row.birth_date = None).await;
        let found = place.officer.run(JUDGE, json!({ "subject": global(nobody_knows), "on": "2026-12-31" })).await;
        assert_eq!((found.at("/it/outcome"), found.at("/it/criteria/0/inputs/0/missing")), (&json!("UNKNOWN"), &json!("NOT_ON_RECORD")));
    }
}
