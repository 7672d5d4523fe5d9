//! Mechanisms that no place has: what a document says is done although nobody here foresaw it. A rota over a bridge, the young who
//! teach the old, and a pool as a row of stepping stones.

use entity::kind::{ExperienceKind, OrganizationKind};
use tests::both;

use super::*;

/// Drafts and publishes a document of this folder under the county's code; tells the code of its policy.
async fn load(world: &World, place: &Place, file: &str) -> String {
    let text = tests::source::read(&format!("tests/it/mechanisms/{file}.json"));
    let document: Value = serde_json::from_str(&text).expect("JSON");
    place.publish(world, document.clone()).await;
    document["code"].as_str().expect("a code").to_owned()
}

/// Runs a mutation on a pair; the whole answer under `/it`.
async fn pair_step(by: &Client, name: &str, input: Value) -> Answer {
    let kind = format!("{}{}", name[..1].to_uppercase(), &name[1..]);
    let text = format!(
        "mutation($input: {kind}Input!) {{ it: {name}(input: $input) {{ problems {{ code field message ruleId }}
            pair {{ id state version termEndsOn nextContactDue findings {{ rule severity }} }} }} }}"
    );
    by.run(&text, json!({ "input": input })).await
}

/// Proposes a pair with everything that a plan wants.
async fn pair_up(place: &Place, policy: &str, mentor: CadreId, mentee: CadreId, plan: &[&str]) -> Answer {
    let plan: Vec<Value> = plan.iter().map(|it| json!({ "code": it, "text": "Said" })).collect();
    let input = json!({ "organizationId": global(place.county), "policyCode": policy, "plan": plan,
        "mentorIds": [global(mentor)], "menteeIds": [global(mentee)] });
    pair_step(&place.officer, "pairPropose", input).await
}

async fn begin(place: &Place, pair: &Answer, day: Option<&str>) -> Answer {
    let input =
        json!({ "id": pair.at("/it/pair/id"), "expectedVersion": pair.at("/it/pair/version"), "startedOn": day });
    pair_step(&place.officer, "pairActivate", input).await
}

fn stopped(answer: &Answer, code: &str, rule: &str) {
    answer.problem("/it", code);
    assert_eq!(answer.at("/it/problems/0/ruleId"), rule, "{}", answer.text);
}

/// The items of one code that are due within some days.
async fn due(place: &Place, policy: &str, code: &str, from: &str, to: &str) -> Answer {
    let text = "query($policy: String!, $place: ID!, $filter: DutyFilter) { it: duties(policy: $policy, organization: $place, filter: $filter, first: 100) {
        totalCount nodes { id dueOn status needs proposals organization { name } entry { state } } } }";
    let filter = json!({ "codes": [code], "from": from, "to": to });
    place.officer.run(text, json!({ "policy": policy, "place": global(place.county), "filter": filter })).await
}

fn days(found: &Answer) -> Vec<String> {
    let nodes = found.at("/it/nodes").as_array().expect("nodes");
    nodes.iter().map(|it| it["dueOn"].as_str().expect("a day").to_owned()).collect()
}

async fn hand_in(by: &Client, duty: &str) {
    let text = "mutation($input: DutySubmitInput!) { it: dutySubmit(input: $input) { problems { code message } entry { state } } }";
    by.run(text, json!({ "input": { "dutyId": duty, "content": "Done" } })).await.done("/it");
}

/// How a goal stands: needed, actual, missing, status.
async fn goal_of(place: &Place, policy: &str, code: &str, day: Option<&str>) -> Value {
    let text = "query($policy: String!, $place: ID!, $day: Date) { it: targetProgress(policy: $policy, organization: $place, asOf: $day) {
        goals { code needed actual missing over status percent unknown } } }";
    let found = place.officer.run(text, json!({ "policy": policy, "place": global(place.county), "day": day })).await;
    let goals = found.at("/it/goals").as_array().expect("goals");
    goals.iter().find(|it| it["code"] == code).unwrap_or_else(|| panic!("no {code} in {}", found.text)).clone()
}

fn told(goal: &Value) -> Value {
    json!([goal["needed"], goal["actual"], goal["missing"], goal["over"], goal["status"]])
}

async fn township(world: &World, county: OrganizationId, name: &str) -> OrganizationId {
    let town = world.department(county, name).await;
    let kind = OrganizationKind::Township.text();
    world.sql("update organization set kind = $1 where id = $2", vec![kind.into(), town.into()]).await;
    town
}

fn rules(answer: &Answer, path: &str) -> Vec<String> {
    let all = answer.at(path).as_array().unwrap_or_else(|| panic!("{}", answer.text));
    all.iter().map(|it| it["rule"].as_str().expect("a rule").to_owned()).collect()
}

both! {
    /// A pair between the county seat and a hill town meets every fifth working day, holidays and made-up Sundays counted as such.
    async fn a_bridge_follows_the_working_days(world: World) {
        let place = Place::of(&world).await;
        let (seat, hill) = (world.department(place.county, "Finance").await, township(&world, place.county, "Hill").await);
        let (mentor, mentee) = (clerk(&world, seat, "Bridge", 41).await, clerk(&world, hill, "Walker", 30).await);
        let (other, old) = (clerk(&world, hill, "Other", 31).await, clerk(&world, seat, "Old", 43).await);
        let born = aged(&world, 35);
        let fresh = world.cadre(seat, "Fresh", |row| row.birth_date = born).await;
        let lately = PartialDate::day_of(world.today() - TimeDelta::days(100));
        world.level(fresh, PositionLevel::TownshipPrincipal, lately, None).await;
        let policy = load(&world, &place, "invented-1").await;
        let plan = ["ROAD", "MARKET_DAY"];
        // 41 is about 40, and 43 is not; a level that is held since 100 days is asked for a year, a clerk's is not.
        stopped(&pair_up(&place, &policy, old, mentee, &plan).await, "CRITERION_UNMET", "AGE_ABOUT_40");
        stopped(&pair_up(&place, &policy, fresh, mentee, &plan).await, "CRITERION_UNMET", "SETTLED");
        let pair = pair_up(&place, &policy, mentor, mentee, &plan).await;
        assert_eq!(pair.done("/it")["pair"]["findings"], json!([{ "rule": "KNOWS_THE_HILLS", "severity": "ERROR" }, { "rule": "AGE_ABOUT_40", "severity": "WARNING" }]));
        served(&world, mentor, ExperienceKind::Grassroots).await;
        world.tell().await;
        // One of three on record, and of two nothing is known: nobody begins on that.
        stopped(&begin(&place, &pair, Some("2025-04-25")).await, "CRITERION_UNMET", "KNOWS_THE_HILLS");
        place.declare(&policy, "HILL_RESIDENT", json!({ "cadreId": global(mentor) })).await.done("/it");
        let active = begin(&place, &pair, Some("2025-04-25")).await;
        let active = &active.done("/it")["pair"];
        assert_eq!((&active["nextContactDue"], &active["termEndsOn"]), (&json!("2025-05-06"), &json!("2026-04-25")), "{active}");
        stopped(&pair_up(&place, &policy, mentor, other, &plan).await, "CAPACITY_REACHED", "MENTEES_PER_MENTOR");
        let met = json!({ "pairId": active["id"], "heldOn": "2025-09-28", "topic": "WORK" });
        let met = pair_step(&place.officer, "pairContactRecord", met).await;
        assert_eq!(met.done("/it")["pair"]["nextContactDue"], "2025-10-11");
        let notes = due(&place, &policy, "CROSSING_NOTE", "2025-04-25", "2025-06-30").await;
        assert_eq!(days(&notes), ["2025-05-13", "2025-05-27", "2025-06-11", "2025-06-25"], "{}", notes.text);
        place.declare(&policy, "CROSSING", json!({ "cadreId": global(mentee), "validFrom": "2025-04-25" })).await.done("/it");
        let report = due(&place, &policy, "CROSSING_REPORT", "2025-04-25", "2025-06-30").await;
        assert_eq!(days(&report), ["2025-05-06"], "{}", report.text);
        assert_eq!((report.at("/it/nodes/0/status"), report.at("/it/nodes/0/proposals")), (&json!("OVERDUE"), &json!(["RING_THE_TOWN"])));
        hand_in(&place.officer, &report.text_at("/it/nodes/0/id")).await;
        let report = due(&place, &policy, "CROSSING_REPORT", "2025-04-25", "2025-06-30").await;
        assert_eq!((report.at("/it/nodes/0/status"), report.at("/it/nodes/0/proposals")), (&json!("SUBMITTED"), &json!([])));
        for (day, stands) in [
            ("2025-04-30", json!([1, 1, 0, 0, "MET"])),
            ("2025-05-10", json!([1, 0, 1, 0, "SHORT"])),
            ("2025-05-31", json!([1, 0, 1, 0, "MISSED"])),
        ] {
            assert_eq!(told(&goal_of(&place, &policy, "CROSSINGS", Some(day)).await), stands, "{day}");
        }
    }

    /// The same rota: one seat, and a second once the number is raised; and a talk with the town whose road is cut.
    async fn a_bridge_has_its_seats_and_its_talks(world: World) {
        let place = Place::of(&world).await;
        let hill = township(&world, place.county, "Hill").await;
        let (mentor, mentee) = (clerk(&world, hill, "One", 41).await, clerk(&world, hill, "Two", 30).await);
        let policy = load(&world, &place, "invented-1").await;
        let seat_of = async |person: CadreId| place.declare(&policy, "BRIDGE_SEAT", json!({ "cadreId": global(person) })).await;
        seat_of(mentor).await.done("/it");
        seat_of(mentee).await.problem("/it", "QUOTA_REACHED");
        place.declare(&policy, "BRIDGE_SEATS", json!({ "organizationId": global(place.county), "number": 2 })).await.done("/it");
        seat_of(mentee).await.done("/it");
        // A road is cut on a Sunday that is worked: three working days end behind the holidays of October.
        place.declare(&policy, "ROAD_CUT", json!({ "organizationId": global(hill), "validFrom": "2025-09-28" })).await.done("/it");
        let waiting = async || {
            let text = "query($policy: String!, $at: ID!) { it: talkTriggersDue(policy: $policy, organization: $at) { trigger topic happenedOn dueOn overdue unit { name } } }";
            place.officer.run(text, json!({ "policy": policy, "at": global(place.county) })).await.at("/it").clone()
        };
        assert_eq!(waiting().await, json!([{ "trigger": "ROAD_CUT", "topic": "SAFETY", "happenedOn": "2025-09-28", "dueOn": "2025-10-09", "overdue": true, "unit": { "name": "Hill" } }]));
        let held = "mutation($input: TalkRecordInput!) { it: talkRecord(input: $input) { problems { code message } talk { topic } } }";
        let input = json!({ "policy": policy, "organizationId": global(place.county), "conductor": "COUNTY_HEAD", "unitId": global(hill), "trigger": "ROAD_CUT", "heldOn": "2025-10-09" });
        assert_eq!(place.officer.run(held, json!({ "input": input })).await.done("/it")["talk"]["topic"], "SAFETY");
        assert_eq!(waiting().await, json!([]));
    }

    /// The young teach their seniors: the criteria stand the other way round, and a unit below its half owes a plan.
    async fn the_young_teach_the_old(world: World) {
        let place = Place::of(&world).await;
        let (unit, able, unable) = (world.department(place.county, "Finance").await, township(&world, place.county, "Able").await, township(&world, place.county, "Unable").await);
        let (young, older) = (clerk(&world, unit, "Young", 31).await, clerk(&world, unit, "Older", 33).await);
        let level = PositionLevel::TownshipPrincipal;
        let chief = official(&world, able, "Chief", level, PostRole::Principal).await;
        let senior = official(&world, unable, "Senior", level, PostRole::Principal).await;
        let third = official(&world, unable, "Third", level, PostRole::Principal).await;
        let born = String::from(aged(&world, 56).expect("a day"));
        world.sql("update cadre set birth_date = $1 where id = $2", vec![born.into(), senior.into()]).await;
        let policy = load(&world, &place, "invented-2").await;
        let plan = ["TOOL", "OWN_TASK"];
        let sign = async |code: &str, person: CadreId| {
            place.declare(&policy, code, json!({ "cadreId": global(person) })).await.done("/it");
        };
        let without = async || {
            let text = "query($policy: String!, $place: ID!) { it: menteesWithoutMentor(policy: $policy, organization: $place) { edges { node { name } } } }";
            place.officer.run(text, json!({ "policy": policy, "place": global(place.county) })).await.names("/it")
        };
        assert_eq!(without().await, ["Chief", "Senior", "Third"]);
        stopped(&pair_up(&place, &policy, chief, young, &plan).await, "CRITERION_UNMET", "LOW_LEVEL");
        stopped(&pair_up(&place, &policy, older, chief, &plan).await, "CRITERION_UNMET", "YOUNG");
        let pair = pair_up(&place, &policy, young, chief, &plan).await;
        assert_eq!(pair.done("/it")["pair"]["findings"], json!([{ "rule": "YOUNG", "severity": "WARNING" }, { "rule": "TESTED", "severity": "ERROR" }, { "rule": "WISH", "severity": "ERROR" }]));
        for (rule, code, person) in [("PROGRAMME_ROLE", "DIGITAL_STEWARD", older), ("TESTED", "DIGITAL_TESTED", young), ("WISH", "OWN_WISH", chief)] {
            stopped(&begin(&place, &pair, Some("2025-01-15")).await, "CRITERION_UNMET", rule);
            sign(code, person).await;
        }
        let active = begin(&place, &pair, Some("2025-01-15")).await;
        let active = &active.done("/it")["pair"];
        assert_eq!((&active["nextContactDue"], &active["termEndsOn"]), (&json!("2025-01-29"), &json!("2025-07-15")), "{active}");
        // Who is 56 is asked for no wish; a third mentee is one too many.
        let second = pair_up(&place, &policy, young, senior, &plan).await;
        assert_eq!(second.done("/it")["pair"]["findings"], json!([{ "rule": "YOUNG", "severity": "WARNING" }]));
        assert_eq!(begin(&place, &second, None).await.done("/it")["pair"]["state"], "ACTIVE");
        stopped(&pair_up(&place, &policy, young, third, &plan).await, "CAPACITY_REACHED", "MENTEES_PER_MENTOR");
        assert_eq!(without().await, ["Third"]);
        // What the old one did stays open until the young one has said a word about it.
        let tasks = async || due(&place, &policy, "TASK_DONE", "2025-01-15", "2025-04-14").await;
        let found = tasks().await;
        assert_eq!(days(&found), ["2025-02-14", "2025-03-14", "2025-04-14"], "{}", found.text);
        hand_in(&world.sign_in_as(Role::Cadre, place.county, chief).await, &found.text_at("/it/nodes/0/id")).await;
        let found = tasks().await;
        let first = found.at("/it/nodes/0");
        assert_eq!((&first["status"], &first["needs"], &first["entry"]["state"]), (&json!("OVERDUE"), &json!("MENTOR_WORD"), &json!("SUBMITTED")));
        let word = due(&place, &policy, "MENTOR_WORD", "2025-02-01", "2025-02-28").await;
        hand_in(&world.sign_in_as(Role::Mentor, place.county, young).await, &word.text_at("/it/nodes/0/id")).await;
        assert_eq!(tasks().await.at("/it/nodes/0/status"), "SUBMITTED");
        // Five working days over the Spring Festival, one of them a Sunday.
        place.declare(&policy, "SYSTEM_CHANGED", json!({ "organizationId": global(place.county), "validFrom": "2025-01-24" })).await.done("/it");
        assert_eq!(days(&due(&place, &policy, "TEACH_AGAIN", "2025-01-01", "2025-12-31").await), ["2025-02-07"]);
        sign("WORKS_DIGITALLY", chief).await;
        let half = goal_of(&place, &policy, "HALF_ABLE", None).await;
        assert_eq!((told(&half), &half["percent"], &half["unknown"]), (json!([2, 1, 1, 0, "SHORT"]), &json!("33.3"), &json!(2)));
        let plans = due(&place, &policy, "CATCH_UP_PLAN", "2025-06-01", "2025-07-31").await;
        assert_eq!((plans.at("/it/totalCount"), plans.at("/it/nodes/0/dueOn"), plans.at("/it/nodes/0/organization/name")), (&json!(1), &json!("2025-06-30"), &json!("Unable")), "{}", plans.text);
        sign("WORKS_DIGITALLY", senior).await;
        assert_eq!(told(&goal_of(&place, &policy, "HALF_ABLE", None).await), json!([2, 2, 0, 0, "MET"]));
        assert_eq!(due(&place, &policy, "CATCH_UP_PLAN", "2025-06-01", "2025-07-31").await.at("/it/totalCount"), 0);
    }

    /// A pool of three stones: somebody must step off, warned first, before another steps on; and its structure blocks nobody.
    async fn one_steps_on_when_another_steps_off(world: World) {
        let place = Place::of(&world).await;
        let (unit, town) = (world.department(place.county, "Finance").await, township(&world, place.county, "Hill").await);
        let (ada, old) = (clerk(&world, town, "Ada", 36).await, clerk(&world, unit, "Old", 37).await);
        let mut rest = Vec::new();
        for name in ["Bo", "Cy", "Dee", "Eve"] {
            rest.push(clerk(&world, unit, name, 30).await);
        }
        served(&world, rest[0], ExperienceKind::Secondment).await;
        let policy = load(&world, &place, "invented-3").await;
        let pool = place.pool(&policy, json!([])).await;
        stopped(&place.propose(pool, "STONES", old, json!({})).await, "CRITERION_UNMET", "AGE");
        let first = place.propose(pool, "STONES", ada, json!({ "entryRoute": "TOWN_WORD", "maturityCode": "SEED" })).await;
        first.done("/it");
        assert_eq!(rules(&first, "/it/membership/findings"), ["AGE", "CONSENT", "TWO_OF_THREE"]);
        let ada_in = first.text_at("/it/membership/id");
        stopped(&place.step("Confirm", &ada_in, 1, json!({})).await, "CRITERION_UNMET", "CONSENT");
        place.declare(&policy, "TOWN_CONSENT", json!({ "cadreId": global(ada) })).await.done("/it");
        let confirmed = place.step("Confirm", &ada_in, 1, json!({})).await;
        assert_eq!(rules(&confirmed, "/it/membership/findings"), ["AGE", "TWO_OF_THREE"], "{}", confirmed.text);
        // Nobody asks a town for those whom no town keeps; the second by one way and the third of two are said.
        let mut ids = Vec::new();
        for (at, said) in [(0, ["TWO_OF_THREE", "ENTRY_QUOTA"]), (1, ["TWO_OF_THREE", "TIER_TARGET"])] {
            let route = ["TOWN_WORD", "STEPPED_BACK"][at];
            let proposed = place.propose(pool, "STONES", rest[at], json!({ "entryRoute": route })).await;
            proposed.done("/it");
            assert_eq!(rules(&proposed, "/it/membership/findings"), ["TWO_OF_THREE"], "{}", proposed.text);
            ids.push(proposed.text_at("/it/membership/id"));
            let confirmed = place.step("Confirm", &ids[at], 1, json!({})).await;
            confirmed.done("/it");
            assert_eq!(rules(&confirmed, "/it/membership/findings"), said, "{}", confirmed.text);
        }
        let fourth = place.propose(pool, "STONES", rest[2], json!({})).await.text_at("/it/membership/id");
        let full = place.step("Confirm", &fourth, 1, json!({})).await;
        stopped(&full, "CAPACITY_REACHED", "CAPACITY");
        assert!(full.text_at("/it/problems/0/message").contains("3 of 3, which is FIXED"), "{}", full.text);
        let text = "query($id: ID!) { it: reservePool(id: $id) { headroom { members total headroom } structureGaps { code base needed actual missing unknown percent met }
            autoCandidates(rule: \"STEPPED_BACK\") { edges { node { name } } } } }";
        let stands = async || place.officer.run(text, json!({ "id": global(pool) })).await;
        let found = stands().await;
        assert_eq!(found.at("/it/headroom"), &json!({ "members": 3, "total": 3, "headroom": 0 }));
        assert_eq!(found.at("/it/structureGaps"), &json!([{ "code": "SECONDED", "base": 3, "needed": 2, "actual": 1, "missing": 1, "unknown": 2, "percent": "33.3", "met": false }]));
        // The goal counts as the structure does.
        assert_eq!(told(&goal_of(&place, &policy, "HALF_SECONDED", None).await), json!([2, 1, 1, 0, "SHORT"]));
        for person in [rest[2], rest[3]] {
            place.declare(&policy, "STEPPED_BACK", json!({ "cadreId": global(person) })).await.done("/it");
        }
        assert_eq!(stands().await.names("/it/autoCandidates"), ["Eve"], "who is proposed shows up no more");
        let leaves = |code: &str| json!({ "reason": "Moved to the plain", "reasonCode": code });
        let strange = place.step("Exit", &ids[1], 2, leaves("TIRED")).await;
        assert_eq!(strange.at("/it/problems/0/field"), "reasonCode", "{}", strange.text);
        stopped(&place.step("Exit", &ids[1], 2, leaves("LEFT_THE_HILLS")).await, "TRANSITION_REFUSED", "WARN_FIRST");
        place.step("Warn", &ids[1], 2, json!({ "reason": "Seldom in the hills" })).await.done("/it");
        stopped(&place.step("Confirm", &fourth, 1, json!({})).await, "CAPACITY_REACHED", "CAPACITY");
        assert_eq!(place.step("Exit", &ids[1], 3, leaves("LEFT_THE_HILLS")).await.done("/it")["membership"]["state"], "EXITED");
        assert_eq!(place.step("Confirm", &fourth, 1, json!({})).await.done("/it")["membership"]["state"], "CONFIRMED");
        let moved = place.step("Move", &ada_in, 2, json!({ "maturityCode": "BRANCH", "reason": "A good year" })).await;
        moved.done("/it");
        assert_eq!((rules(&moved, "/it/membership/findings"), moved.at("/it/membership/findings/0/messageEn")), (vec!["LAYER_SKIPPED".to_owned()], &json!("goes over SHOOT")));
    }

    /// The same pool: three stones are reviewed, go to the field and are talked to; the goal of a month is counted by persons.
    async fn stones_are_reviewed_and_talked_to(world: World) {
        let place = Place::of(&world).await;
        let policy = load(&world, &place, "invented-3").await;
        let pool = place.pool(&policy, json!([])).await;
        let since = world.today();
        let mut stones = Vec::new();
        for name in ["Ada", "Bo", "Dee"] {
            let person = clerk(&world, place.county, name, 30).await;
            member(&world, pool, "STONES", person, since).await;
            stones.push(person);
        }
        world.tell().await;
        let review = since.checked_add_months(Months::new(6)).expect("a day").pred_opt().expect("a day").to_string();
        let reviews = due(&place, &policy, "REVIEW", &since.to_string(), &(since + TimeDelta::days(200)).to_string()).await;
        assert_eq!(days(&reviews), [review.clone(), review.clone(), review], "{}", reviews.text);
        for person in &stones[..2] {
            place.declare(&policy, "FIELD_DAY", json!({ "cadreId": global(*person), "validFrom": "2025-05-06" })).await.done("/it");
        }
        assert_eq!(days(&due(&place, &policy, "FIELD_NOTE", "2025-05-01", "2025-05-31").await), ["2025-05-13", "2025-05-13"]);
        assert_eq!(told(&goal_of(&place, &policy, "FIELD_DAYS", Some("2025-05-31")).await), json!([2, 2, 0, 0, "MET"]));
        assert_eq!(told(&goal_of(&place, &policy, "FIELD_DAYS", Some("2025-06-30")).await), json!([2, 0, 2, 0, "MISSED"]));
        let held = "mutation($input: TalkRecordInput!) { it: talkRecord(input: $input) { problems { code message } talk { state } } }";
        let input = json!({ "policy": policy, "organizationId": global(place.county), "conductor": "MINISTER", "cadreId": global(stones[0]), "heldOn": world.today().to_string() });
        place.officer.run(held, json!({ "input": input })).await.done("/it");
        let reach = "query($policy: String!, $at: ID!) { it: talkCoverage(policy: $policy, organization: $at) { code due held percent missing { name } } }";
        let reach = place.officer.run(reach, json!({ "policy": policy, "at": global(place.county) })).await;
        let mut missing: Vec<_> = reach.at("/it/0/missing").as_array().expect("cards").iter().map(|it| it["name"].as_str().expect("a name")).collect();
        missing.sort_unstable();
        assert_eq!((reach.at("/it/0/due"), reach.at("/it/0/held"), reach.at("/it/0/percent"), missing), (&json!(3), &json!(1), &json!("33.3"), vec!["Bo", "Dee"]), "{}", reach.text);
    }
}
