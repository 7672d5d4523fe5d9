//! Goals that each unit is to reach, units that are counted, plans that units keep, and talks within a window of the year.

use entity::kind::OrganizationKind;
use tests::both;

use super::{duties::before, *};

const PROGRESS: &str = "query($place: ID!) { it: targetProgress(policy: \"UNITS\", organization: $place) {
    goals { code base needed actual missing over status units { organization { name } base needed actual missing status } }
    missingPlans { name } total { needed persons missing } } }";

fn document() -> Value {
    json!({
        "code": "UNITS", "title": "What each unit is to have", "edition": 1, "validFrom": "2020-01-01", "source": "Units 1",
        "facts": [{ "code": "TEAM_PLAN", "title": "Plan", "about": "ORGANIZATION", "nature": "STATEMENT" },
            { "code": "MODEL_TEAM", "title": "Model team", "about": "ORGANIZATION", "nature": "STATEMENT" },
            { "code": "LEADS", "title": "Leads", "about": "CADRE", "nature": "STATEMENT" }],
        "groups": [{ "code": "YOUNG", "title": "Young", "need": { "fact": "age", "op": "LE", "value": 35, "unit": "YEAR" } }],
        "targets": {
            "unitPlan": { "fact": "TEAM_PLAN", "of": ["TOWNSHIP"], "minYears": 2, "maxYears": 3 },
            "goals": [
                { "code": "YOUNG_IN_EACH", "counts": "CADRES", "group": "YOUNG", "each": ["TOWNSHIP"], "op": "GE", "count": 1 },
                { "code": "HALF_YOUNG", "counts": "CADRES", "group": "YOUNG", "each": ["TOWNSHIP"], "op": "GE", "share": { "num": 1, "den": 2, "of": "MEMBERS", "round": "CEIL" } },
                { "code": "MODELS", "counts": "UNITS", "fact": "MODEL_TEAM", "op": "GE", "count": 2 }
            ]
        },
        "talks": { "conductors": ["LEADER"], "coverage": [
            { "code": "SUMMER", "window": { "from": "07-01", "to": "09-30" }, "group": "YOUNG" },
            { "code": "TWICE", "per": "P1Y", "min": 2, "group": "YOUNG" }] }
    })
}

async fn town(world: &World, county: OrganizationId, name: &str) -> OrganizationId {
    let id = world.department(county, name).await;
    world
        .sql("update organization set kind = $1 where id = $2", vec![OrganizationKind::Township.into(), id.into()])
        .await;
    id
}

async fn progress(place: &Place) -> Answer {
    place.officer.run(PROGRESS, json!({ "place": global(place.county) })).await
}

both! {
    /// Two towns, one with young people enough: what one has too many the other still lacks. Who serves in an office below a
    /// town counts there; who serves in the county counts nowhere.
    async fn each_town_is_to_reach_the_goal(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, document()).await;
        let (east, west) = (town(&world, place.county, "East").await, town(&world, place.county, "West").await);
        let office = world.department(east, "Office").await;
        for (at, name, years) in [(east, "A", 30), (office, "B", 31), (west, "C", 50), (west, "D", 51), (west, "E", 52), (place.county, "F", 28)] {
            clerk(&world, at, name, years).await;
        }
        let found = progress(&place).await;
        let goals = found.at("/it/goals");
        let told = |goal: &Value| ["needed", "actual", "missing"].map(|key| goal[key].as_i64().expect("a number"));
        let units = |goal: &Value| -> Vec<(String, [i64; 3], String)> {
            let one = |it: &Value| (it["organization"]["name"].as_str().expect("a name").to_owned(), told(it), it["status"].as_str().expect("a status").to_owned());
            goal["units"].as_array().expect("units").iter().map(one).collect()
        };
        let unit = |name: &str, numbers, status: &str| (name.to_owned(), numbers, status.to_owned());
        assert_eq!(told(&goals[0]), [2, 2, 1], "{}", found.text);
        assert_eq!((&goals[0]["status"], &goals[0]["base"]), (&json!("SHORT"), &json!(5)), "who serves in the county is in no unit");
        assert_eq!(found.at("/it/total/persons"), 2);
        assert_eq!(units(&goals[0]), [unit("East", [1, 2, 0], "MET"), unit("West", [1, 0, 1], "SHORT")]);
        assert_eq!(units(&goals[1]), [unit("East", [1, 2, 0], "MET"), unit("West", [2, 0, 2], "SHORT")]);
        assert_eq!(goals[2]["units"], json!([]));
    }

    /// Organizations are counted of which something is declared; a plan counts while it reaches far enough, and no further than it may.
    async fn units_are_counted_and_keep_plans(world: World) {
        let place = Place::of(&world).await;
        let gone = town(&world, place.county, "Gone").await;
        world.sql("update organization set state = 'CLOSED' where id = $1", vec![gone.into()]).await;
        place.publish(&world, document()).await;
        let (east, west, south) = (town(&world, place.county, "East").await, town(&world, place.county, "West").await, town(&world, place.county, "South").await);
        let day = world.today();
        let began = before(&world, 12);
        let years = |count: u32| Some(began.checked_add_months(Months::new(12 * count)).expect("a day").to_string());
        for (code, at, until) in [("MODEL_TEAM", east, None), ("MODEL_TEAM", place.county, None), ("TEAM_PLAN", east, years(2)), ("TEAM_PLAN", west, Some(day.succ_opt().expect("a day").to_string())), ("TEAM_PLAN", south, years(4))] {
            let more = json!({ "organizationId": global(at), "validFrom": began.to_string(), "validTo": until });
            place.declare("UNITS", code, more).await.done("/it");
        }
        let found = progress(&place).await;
        let models = &found.at("/it/goals/2");
        assert_eq!((&models["needed"], &models["actual"], &models["base"], &models["status"]), (&json!(2), &json!(1), &json!(3), &json!("SHORT")), "{}", found.text);
        assert_eq!(found.at("/it/missingPlans"), &json!([{ "name": "South" }, { "name": "West" }]));
    }

    /// A window of the year begins and ends on its days; two talks are two.
    async fn talks_reach_people_within_their_window(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, document()).await;
        let (young, other) = (clerk(&world, place.county, "Young", 25).await, clerk(&world, place.county, "Other", 26).await);
        let record = "mutation($input: TalkRecordInput!) { it: talkRecord(input: $input) { problems { code field message } talk { id } } }";
        for (who, day) in [(young, "2026-08-15"), (other, "2026-10-02"), (young, "2026-10-03")] {
            let input = json!({ "policy": "UNITS", "organizationId": global(place.county), "cadreId": global(who), "conductor": "LEADER", "heldOn": day });
            place.officer.run(record, json!({ "input": input })).await.done("/it");
        }
        let text = "query($at: ID!, $day: Date) { it: talkCoverage(policy: \"UNITS\", organization: $at, asOf: $day) { code per min from to due held missing { name } } }";
        for (day, from, to, held, missing) in [
            ("2026-11-01", "2026-07-01", "2026-09-30", [1, 1], ["Other", "Other"]),
            ("2026-08-31", "2026-07-01", "2026-08-31", [1, 0], ["Other", "Other"]),
            ("2026-06-30", "2025-07-01", "2025-09-30", [0, 0], ["Other", "Other"]),
        ] {
            let found = place.officer.run(text, json!({ "at": global(place.county), "day": day })).await;
            let rules = found.at("/it");
            assert_eq!((&rules[0]["from"], &rules[0]["to"], &rules[0]["min"], &rules[1]["min"]), (&json!(from), &json!(to), &json!(1), &json!(2)), "{}", found.text);
            assert_eq!([&rules[0]["held"], &rules[1]["held"]], [&json!(held[0]), &json!(held[1])], "{day}: {}", found.text);
            assert!((0..2).all(|it| rules[it]["missing"].as_array().expect("people").iter().any(|one| one["name"] == missing[it])), "{}", found.text);
        }
    }

    /// What can't be meant is refused where it stands.
    async fn what_units_are_asked_is_checked(world: World) {
        let place = Place::of(&world).await;
        for (path, value, field, words) in [
            ("/targets/goals/0/each", json!(["MOON"]), "targets.goals[0].each[0]", "TOWNSHIP"),
            ("/targets/goals/0/each", json!(["TOWNSHIP", "TOWNSHIP"]), "targets.goals[0].each", "twice"),
            ("/targets/goals/2/fact", json!("LEADS"), "targets.goals[2].fact", "said of persons"),
            ("/targets/goals/2/group", json!("YOUNG"), "targets.goals[2].group", "goes with"),
            ("/targets/unitPlan/maxYears", json!(1), "targets.unitPlan.maxYears", "less than minYears"),
            ("/talks/coverage/0/per", json!("P1Y"), "talks.coverage[0].per", "stands beside window"),
            ("/talks/coverage/0/window/to", json!("06-30"), "talks.coverage[0].window.to", "lies before from"),
            ("/talks/coverage/1/min", json!(0), "talks.coverage[1].min", "1 to 100"),
        ] {
            let mut wrong = document();
            let (parent, key) = path.rsplit_once('/').expect("a place");
            wrong.pointer_mut(parent).expect("a place").as_object_mut().expect("an object").insert(key.to_owned(), value);
            let wrong = taken_by(&world, place.county, wrong).await;
            let answer = place.officer.run(policy::DRAFT, json!({ "text": wrong.to_string() })).await;
            let problem = answer.at("/it/problems/0");
            assert_eq!(problem["field"], field, "{}", answer.text);
            assert!(problem["message"].as_str().is_some_and(|it| it.contains(words)), "{}", answer.text);
        }
    }

    /// What a policy proposes next for a maturity stands in the grid; what it proposes for a pair that does not go well, at the pair.
    async fn what_comes_next_is_proposed_and_no_more(world: World) {
        let place = Place::of(&world).await;
        place.publish(&world, json!({
            "code": "NEXT", "title": "What comes next", "edition": 1, "validFrom": "2020-01-01", "source": "Next 1",
            "pool": { "tiers": [{ "code": "A", "title": "A" }], "maturity": ["GREEN", { "code": "RIPE", "next": "APPOINT" }] },
            "pairs": { "evaluation": { "grades": ["GOOD", "SLOW"] }, "countsFor": [{ "who": "MENTOR", "item": "ASSESSMENT" },
                { "who": "UNIT", "item": "QUOTA", "when": ["GOOD"], "effect": { "scope": "EXCELLENT_QUOTA", "polarity": "ADD", "count": 1, "lasts": "P1Y" } }],
                "onProblem": [{ "when": "SLOW", "propose": "ASSIGN_EXTRA_MENTOR" },
                { "when": "ILL", "propose": "OTHER_MENTOR" }, { "when": "AWAY", "propose": "OTHER_MENTOR" }] }
        })).await;
        let pool = place.pool("NEXT", json!([])).await;
        let person = clerk(&world, place.county, "Member", 30).await;
        let proposed = place.propose(pool, "A", person, json!({ "maturityCode": "RIPE" })).await;
        let id = proposed.text_at("/it/membership/id");
        place.step("Confirm", &id, 1, json!({ "reason": "Decided" })).await.done("/it");
        let grid = place.officer.run("query($id: ID!) { reservePool(id: $id) { grid { maturityCode next count } } }", json!({ "id": global(pool) })).await;
        assert_eq!(grid.at("/reservePool/grid"), &json!([{ "maturityCode": "RIPE", "next": "APPOINT", "count": 1 }]), "{}", grid.text);
        let (mentor, mentee) = (clerk(&world, place.county, "Mentor", 50).await, clerk(&world, place.county, "Mentee", 26).await);
        let pair = place.pair("NEXT", &[mentor], &[mentee], json!({})).await;
        place.activate(&pair, json!({})).await.done("/it");
        let id = pair.text_at("/it/pair/id");
        let proposals = async || place.officer.run("query($id: ID!) { mentoringPair(id: $id) { proposals version countsFor { who counts effect { scope polarity count lasts } } } }", json!({ "id": id })).await.at("/mentoringPair").clone();
        let now = proposals().await;
        assert_eq!(now["proposals"], json!([]));
        let effect = json!({ "scope": "EXCELLENT_QUOTA", "polarity": "ADD", "count": 1, "lasts": "P1Y" });
        assert_eq!(now["countsFor"], json!([{ "who": "MENTOR", "counts": true, "effect": null }, { "who": "UNIT", "counts": null, "effect": effect }]));
        let evaluate = "mutation($input: PairEvaluateInput!) { it: pairEvaluate(input: $input) { problems { code field message } } }";
        let said = async |grade: &str| {
            let said = json!({ "pairId": id, "side": "ORGANIZATION", "grade": grade, "summary": "Said this year" });
            place.officer.run(evaluate, json!({ "input": said })).await
        };
        let strange = said("zzz").await;
        strange.problem("/it", "INVALID");
        assert_eq!(strange.at("/it/problems/0/field"), "grade");
        for (grade, proposed, counts) in [("SLOW", json!(["ASSIGN_EXTRA_MENTOR"]), false), ("GOOD", json!([]), true), ("SLOW", json!(["ASSIGN_EXTRA_MENTOR"]), false)] {
            said(grade).await.done("/it");
            let now = proposals().await;
            assert_eq!((&now["proposals"], &now["countsFor"][1]["counts"]), (&proposed, &json!(counts)), "{grade}");
        }
        let suspend = "mutation($input: PairSuspendInput!) { it: pairSuspend(input: $input) { problems { code field message } } }";
        let away = json!({ "id": id, "expectedVersion": proposals().await["version"], "reason": "Away", "reasonCode": "AWAY" });
        place.officer.run(suspend, json!({ "input": away })).await.done("/it");
        assert_eq!(proposals().await["proposals"], json!(["ASSIGN_EXTRA_MENTOR", "OTHER_MENTOR"]));
    }
}
