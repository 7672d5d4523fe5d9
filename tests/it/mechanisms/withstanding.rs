//! What happens while a mechanism runs: another edition, a mentor who is there no more, a mentee of two programmes; strange
//! days, and strange documents.

mod days;
mod leaving;
mod merging;

use std::time::{Duration, Instant};

use entity::kind::PositionLevel;
use tests::both;

use super::{
    duties::{before, mine, pair_since, submit},
    pairs::{act, refused},
    *,
};

const MEMBERSHIP: &str = "query($id: ID!) { it: node(id: $id) { ... on PoolMembership { version state edition { edition } findings { rule outcome edition }
    steps { kind findings { rule outcome edition messageEn } } } } }";

impl Place {
    /// Lets AGE pass for somebody under an edition.
    async fn waive(&self, edition: &str, person: CadreId) {
        let waive = "mutation($input: CriterionWaiveInput!) { it: criterionWaive(input: $input) { problems { code message } waiver { edition { id } } } }";
        let input =
            json!({ "editionId": edition, "criterion": "AGE", "cadreId": global(person), "reason": "Much needed" });
        let waived = self.leader.run(waive, json!({ "input": input })).await;
        assert_eq!(waived.done("/it")["waiver"]["edition"]["id"], edition);
    }
}

/// A policy with everything that a record may be made under.
fn programme(code: &str, more: Value) -> Value {
    let mut document = json!({
        "code": code, "title": code, "edition": 1, "validFrom": "2020-01-01", "source": format!("{code} 1"),
        "facts": [{ "code": "VOLUNTEER", "title": "Volunteer", "about": "CADRE", "nature": "STATEMENT" },
            { "code": "PRAISED", "title": "Praised unit", "about": "ORGANIZATION", "nature": "STATEMENT" }],
        "criteria": [
            { "code": "AGE", "title": "Young", "severity": "ERROR", "mode": "MUST", "cite": "3", "waiver": { "by": "ORGANIZATION_LEADER" },
              "need": { "fact": "age", "op": "LE", "value": 36, "unit": "YEAR" } },
            { "code": "SENIOR", "title": "Senior", "severity": "ERROR", "mode": "MUST", "cite": "4",
              "need": { "fact": "level", "op": "GE", "value": "TOWNSHIP_DEPUTY" } },
            { "code": "CLEAN", "title": "Clean", "severity": "ERROR", "mode": "MUST", "cite": "5",
              "need": { "fact": "sanctionsInEffect", "op": "EQ", "value": 0 } }],
        "pool": { "tiers": [{ "code": "A", "title": "A", "criteria": ["AGE"] }] },
        "pairs": { "mentorCriteria": ["SENIOR", "CLEAN"], "menteeCriteria": ["AGE"], "mentorsPerMentee": { "min": 1, "max": 1 },
            "menteesPerMentor": { "max": 1 }, "contactEvery": "P3M", "reports": [
                { "code": "NOTE", "title": "Note", "by": "MENTEE", "every": "P1M" }, { "code": "RATING", "title": "Rating", "by": "MENTOR", "every": "P1M" }] },
        "duties": { "items": [{ "code": "VISIT", "title": "Visit", "subject": "MEMBER", "every": "P3M" }] },
        "talks": { "conductors": ["MINISTER"], "kinds": ["SUMMONED"] },
    });
    document.as_object_mut().expect("an object").extend(more.as_object().expect("sections").clone());
    document
}

/// A second edition from today on, for people up to 30, who are visited every month.
fn stricter(world: &World) -> Value {
    let more = json!({ "edition": 2, "validFrom": world.today().to_string(), "source": "STEADY 2",
        "duties": { "items": [{ "code": "VISIT", "title": "Visit", "subject": "MEMBER", "every": "P1M" }] } });
    let mut document = programme("STEADY", more);
    document["criteria"][0]["need"]["value"] = json!(30);
    document
}

async fn senior(world: &World, at: OrganizationId, name: &str) -> CadreId {
    official(world, at, name, PositionLevel::TownshipDeputy, PostRole::Deputy).await
}

both! {
    /// A second edition, published in the middle of a review: what is on record stays as it was judged, and under which edition
    /// it was; what comes after it is judged by the new one.
    async fn a_new_edition_judges_nothing_anew(world: World) {
        let place = Place::of(&world).await;
        let unit = world.department(place.county, "Finance").await;
        let first = place.publish(&world, programme("STEADY", json!({}))).await;
        let pool = place.pool("STEADY", json!([])).await;
        let mentor = senior(&world, unit, "Mentor").await;
        let (middle, older) = (clerk(&world, place.county, "Middle", 33).await, clerk(&world, place.county, "Older", 40).await);
        let visited = clerk(&world, place.county, "Visited", 30).await;
        let visited = member(&world, pool, "A", visited, before(&world, 5)).await;
        let of_middle = place.propose(pool, "A", middle, json!({})).await.done("/it")["membership"]["id"].clone();
        place.waive(&first, older).await;
        let of_older = place.propose(pool, "A", older, json!({})).await.done("/it")["membership"]["id"].clone();
        let pair = place.pair("STEADY", &[mentor], &[middle], json!({})).await;
        place.activate(&pair, json!({})).await.done("/it");
        place.declare("STEADY", "VOLUNTEER", json!({ "cadreId": global(middle) })).await.done("/it");
        let so_far = json!({ "codes": ["VISIT"], "to": (world.today() - TimeDelta::days(1)).to_string() });
        let visits = place.duties("STEADY", so_far.clone()).await;
        assert_eq!((visits.at("/it/totalCount"), visits.at("/it/nodes/0/status")), (&json!(1), &json!("OVERDUE")), "{}", visits.text);
        submit(&place.officer, &visits.text_at("/it/nodes/0/id"), "Visited at work").await.done("/it");
        let whole = async || {
            let mut all = Vec::new();
            for id in [&of_middle, &of_older] {
                all.push(place.officer.run(MEMBERSHIP, json!({ "id": id })).await.at("/it").clone());
            }
            let text = "query($id: ID!) { it: mentoringPair(id: $id) { version state edition { edition } findings { rule edition } steps { kind } checks { rule } } }";
            all.push(place.officer.run(text, json!({ "id": pair.at("/it/pair/id") })).await.at("/it").clone());
            all.push(place.officer.run("{ it: declaredFacts { edges { node { version edition { edition } } } } }", json!({})).await.at("/it").clone());
            all.push(place.duties("STEADY", so_far.clone()).await.at("/it/nodes").clone());
            all
        };
        let (counted, told) = (world.fingerprint().await, whole().await);
        assert_eq!((&told[0]["edition"], &told[1]["findings"][0]["outcome"]), (&json!({ "edition": 1 }), &json!("WAIVED")), "{told:?}");
        let second = place.publish(&world, stricter(&world)).await;
        let but_policies = |all: Vec<(String, i64, i64)>| all.into_iter().filter(|it| !["policy_edition", "audit_change"].contains(&it.0.as_str())).collect::<Vec<_>>();
        assert_eq!(but_policies(world.fingerprint().await), but_policies(counted));
        assert_eq!(whole().await, told, "what was judged stays as it was");
        // Each new step is judged by the edition of its day, and says so; a waiver lets the old criterion pass, not the new one.
        let id = |it: &Value| it.as_str().expect("an id").to_owned();
        refused(&place.step("Confirm", &id(&of_middle), 1, json!({})).await, "CRITERION_UNMET", "AGE");
        refused(&place.step("Confirm", &id(&of_older), 1, json!({})).await, "CRITERION_UNMET", "AGE");
        assert_eq!(whole().await, told);
        place.waive(&second, older).await;
        place.step("Confirm", &id(&of_older), 1, json!({})).await.done("/it");
        let confirmed = place.officer.run(MEMBERSHIP, json!({ "id": of_older })).await;
        let editions: Vec<_> = confirmed.at("/it/steps").as_array().expect("steps").iter().map(|it| it["findings"][0]["edition"].clone()).collect();
        assert_eq!((confirmed.at("/it/edition/edition"), editions), (&json!(2), vec![json!(1), json!(2)]), "{}", confirmed.text);
        let other = senior(&world, unit, "Other").await;
        let young = clerk(&world, place.county, "Aged 33", 33).await;
        refused(&place.pair("STEADY", &[other], &[young], json!({})).await, "CRITERION_UNMET", "AGE");
        let of = json!({ "id": pair.at("/it/pair/id"), "expectedVersion": 2, "reason": "A course" });
        let waits = act(&place.officer, "pairSuspend", of).await;
        let on = act(&place.officer, "pairResume", json!({ "id": pair.at("/it/pair/id"), "expectedVersion": waits.at("/it/pair/version") })).await;
        assert_eq!((&on.done("/it")["pair"]["state"], on.at("/it/pair/edition/edition")), (&json!("ACTIVE"), &json!(1)));
        // From today on the second edition says when a visit is due.
        let ahead = json!({ "codes": ["VISIT"], "subject": global(visited), "from": world.today().to_string(), "to": (world.today() + TimeDelta::days(100)).to_string() });
        assert!(place.duties("STEADY", ahead).await.at("/it/totalCount").as_u64().is_some_and(|it| it >= 3));
    }

    /// A mentee in two programmes: each counts, meets and reports for itself.
    async fn two_programmes_of_one_mentee_are_kept_apart(world: World) {
        let place = Place::of(&world).await;
        let unit = world.department(place.county, "Finance").await;
        for (code, every) in [("EAST", "P1M"), ("WEST", "P3M")] {
            let mut document = programme(code, json!({}));
            document["pairs"]["contactEvery"] = json!(every);
            place.publish(&world, document).await;
        }
        let (one, two) = (senior(&world, unit, "One").await, senior(&world, unit, "Two").await);
        let (mentee, other) = (clerk(&world, place.county, "Mentee", 30).await, clerk(&world, place.county, "Other", 30).await);
        let since = before(&world, 2);
        let begin = async |policy: &str, mentor: CadreId, who: CadreId| {
            let pair = place.pair(policy, &[mentor], &[who], json!({})).await;
            place.activate(&pair, json!({ "startedOn": since.to_string() })).await
        };
        let (east, west) = (begin("EAST", one, mentee).await, begin("WEST", two, mentee).await);
        for pair in [&east, &west] {
            assert_eq!(pair.done("/it")["pair"]["state"], "ACTIVE");
        }
        // In each programme a mentee has one mentor and a mentor one mentee, whatever there is in the other.
        refused(&place.pair("EAST", &[two], &[mentee], json!({})).await, "CAPACITY_REACHED", "MENTORS_PER_MENTEE");
        refused(&place.pair("WEST", &[two], &[other], json!({})).await, "CAPACITY_REACHED", "MENTEES_PER_MENTOR");
        begin("EAST", two, other).await.done("/it");
        let look = async |pair: &Answer| {
            let text = "query($id: ID!) { it: mentoringPair(id: $id) { nextContactDue contacts { totalCount } } }";
            place.officer.run(text, json!({ "id": pair.at("/it/pair/id") })).await.at("/it").clone()
        };
        let months = |count: u32| json!(since.checked_add_months(Months::new(count)).expect("a day").to_string());
        assert_eq!((&look(&east).await["nextContactDue"], &look(&west).await["nextContactDue"]), (&months(1), &months(3)));
        let contact = "mutation($p: ID!, $day: Date!) { it: pairContactRecord(input: { pairId: $p, heldOn: $day, topic: WORK }) { problems { message } pair { id } } }";
        let met = json!({ "p": east.at("/it/pair/id"), "day": world.today().to_string() });
        world.sign_in_as(Role::Mentor, place.county, one).await.run(contact, met).await.done("/it");
        assert_eq!((look(&east).await["contacts"]["totalCount"].clone(), look(&west).await), (json!(1), json!({ "nextContactDue": months(3), "contacts": { "totalCount": 0 } })));
        // Two notes are due a month, one for each; one that is written counts for its own programme.
        let own = world.sign_in_as(Role::Cadre, place.county, mentee).await;
        let notes = json!({ "codes": ["NOTE"], "statuses": ["OVERDUE"] });
        let due = mine(&own, notes.clone()).await;
        assert_eq!(due.at("/it/totalCount"), 4, "{}", due.text);
        let of_east = place.duties("EAST", json!({ "codes": ["NOTE"], "subject": east.at("/it/pair/id"), "statuses": ["OVERDUE"] })).await;
        assert_eq!(of_east.at("/it/totalCount"), 2, "{}", of_east.text);
        submit(&own, &of_east.text_at("/it/nodes/0/id"), "A month").await.done("/it");
        assert_eq!(mine(&own, notes.clone()).await.at("/it/totalCount"), 3);
        let left = async |policy: &str, pair: &Answer| place.duties(policy, json!({ "codes": ["NOTE"], "subject": pair.at("/it/pair/id"), "statuses": ["OVERDUE"] })).await.at("/it/totalCount").clone();
        assert_eq!((left("EAST", &east).await, left("WEST", &west).await), (json!(1), json!(2)));
        let end = json!({ "id": east.at("/it/pair/id"), "expectedVersion": 3, "reason": "Done", "reasonCode": "DONE" });
        act(&place.officer, "pairEnd", end).await.done("/it");
        assert_eq!((mine(&own, notes).await.at("/it/totalCount"), look(&west).await["nextContactDue"].clone()), (&json!(2), months(3)));
    }

    /// Ten thousand criteria, a hundred groups within each other, a part of nothing, codes that are compared: refused with the place
    /// and what to do, in less than a second, and nothing is kept.
    async fn a_strange_document_is_refused_at_once(world: World) {
        let place = Place::of(&world).await;
        let whole = programme("STRANGE", json!({ "groups": [{ "code": "YOUNG", "title": "Young",
            "need": { "fact": "age", "op": "LE", "value": 30, "unit": "YEAR" } }] }));
        let whole = taken_by(&world, place.county, whole).await;
        let many: Vec<Value> = (0..10_000).map(|it| json!({ "code": format!("C{it}") })).collect();
        let deep = (0..100).fold(whole["criteria"][0]["need"].clone(), |inner, _| json!({ "not": inner }));
        let share = json!([{ "tier": "A", "group": "YOUNG", "op": "GE", "share": { "num": 1, "den": 0, "of": "MEMBERS", "round": "CEIL" } }]);
        let kind = json!({ "fact": "organizationKind", "op": "GE", "value": "TOWNSHIP" });
        for (path, value, field, words) in [
            ("/criteria", json!(many), "criteria", "has 10000 entries; at most 200"),
            ("/criteria/0/need", deep, "criteria[0].need.not.not", "levels deep: say it with fewer groups"),
            ("/pool/structureTargets", share, "pool.structureTargets[0].share", "divides by 0"),
            ("/criteria/0/need", kind, "criteria[0].need.op", "codes"),
            ("/criteria/0/need/fact", json!("horoscope"), "criteria[0].need.fact", "known are age"),
            ("/criteria/0/need/op", json!(null), "criteria[0].need.op", "is missing"),
        ] {
            let mut document = whole.clone();
            let (parent, key) = path.rsplit_once('/').expect("a path");
            document.pointer_mut(parent).expect("a place").as_object_mut().expect("an object").insert(key.to_owned(), value);
            let (mut fastest, mut told) = (Duration::MAX, None);
            // The machine may be busy: one of some tries shows how long the check takes.
            for _ in 0..5 {
                let begun = Instant::now();
                told = Some(place.officer.run(policy::DRAFT, json!({ "text": document.to_string() })).await);
                fastest = fastest.min(begun.elapsed());
                if fastest < Duration::from_secs(1) {
                    break;
                }
            }
            let (told, problem) = (told.as_ref().expect("an answer"), "/it/problems/0");
            assert!(fastest < Duration::from_secs(1), "{path}: {fastest:?}");
            assert_eq!(told.at(&format!("{problem}/code")), "INVALID", "{}", told.text);
            assert!(told.text_at(&format!("{problem}/field")).starts_with(field), "{}", told.text);
            assert!(told.text_at(&format!("{problem}/message")).contains(words), "{}", told.text);
        }
        assert_eq!(world.number("select count(*) from policy_edition").await, 0);
    }
}
