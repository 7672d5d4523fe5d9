//! Pools as their policies keep them: M001, M008, M012, M022, M027, M049, M080.

use entity::{
    id::RankPeriodId,
    kind::{CivilServantRank, Education, FactState, Sex},
    rank_period,
};
use tests::both;

use super::*;

/// How a pool stands.
async fn stands(by: &Client, pool: PoolId) -> Answer {
    let text = "query($id: ID!) { it: reservePool(id: $id) {
        headroom { members total headroom tiers { tierCode target members headroom } }
        structureGaps { code tierCode base needed actual missing percent unknown met } grid { tierCode count } } }";
    by.run(text, json!({ "id": global(pool) })).await
}

fn gap<'a>(answer: &'a Answer, code: &str) -> &'a Value {
    let all = answer.at("/it/structureGaps").as_array().expect("gaps");
    all.iter().find(|it| it["code"] == code).unwrap_or_else(|| panic!("no {code} in {}", answer.text))
}

both! {
    /// M001: the 301st is taken in with a warning, and the structure is told.
    async fn the_315_pool_takes_the_301st_with_a_warning(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M001", "2020-01-01").await;
        let pool = place.pool(&policy, json!([])).await;
        for at in 0..300 {
            let years = if at < 96 { 29 } else { 38 };
            let born = aged(&world, years);
            let person = world.cadre(place.county, &format!("Member {at:03}"), |row| row.birth_date = born).await;
            member(&world, pool, "DEPUTY_SECTION", person, world.today()).await;
        }
        let next = clerk(&world, place.county, "Next", 40).await;
        let proposed = place.propose(pool, "DEPUTY_SECTION", next, json!({ "entryRoute": "UNIT_VOTE" })).await;
        assert_eq!(proposed.done("/it")["membership"]["findings"], json!([]));
        let id = proposed.text_at("/it/membership/id");
        let confirmed = place.step("Confirm", &id, 1, json!({})).await;
        let membership = &confirmed.done("/it")["membership"];
        assert_eq!(membership["state"], "CONFIRMED");
        assert_eq!(membership["findings"], json!([{ "rule": "TIER_TARGET", "severity": "WARNING", "outcome": "NOT_MET",
            "messageEn": "target about 300, now 301", "asksReason": true }]));
        let stands = stands(&place.officer, pool).await;
        let tiers = stands.at("/it/headroom/tiers").as_array().expect("tiers");
        let tier = tiers.iter().find(|it| it["tierCode"] == "DEPUTY_SECTION").expect("the tier");
        assert_eq!((&tier["members"], &tier["headroom"]), (&json!(301), &json!(-1)));
        let gap = gap(&stands, "DEPUTY_SECTION-AGED_UP_TO_30");
        assert_eq!((&gap["actual"], &gap["missing"], &gap["met"]), (&json!(96), &json!(4), &json!(false)));
        assert_eq!(stands.at("/it/grid"), &json!([{ "tierCode": "DEPUTY_SECTION", "count": 301 }]));
        let other = place.propose(pool, "DEPUTY_SECTION", next, json!({ "entryRoute": "HEARSAY" })).await;
        assert_eq!(other.at("/it/problems/0/field"), "entryRoute", "{}", other.text);
        // Who does not keep the pool learns nothing of how it stands.
        let unit = world.department(place.county, "Finance").await;
        let below = world.sign_in(Role::UnitOfficer, unit).await;
        world.sql("update reserve_pool set disclosure = 'UNIT'", vec![]).await;
        world.tell().await;
        let seen = super::pools::stands(&below, pool).await;
        assert_eq!(seen.at("/it"), &json!({ "headroom": null, "structureGaps": null, "grid": null }));
    }

    /// M008: 33 is too old for the young reserve, and it is said; 32 passes; the leader may waive, and never the proposer.
    async fn the_double_hundred_says_why_and_may_be_waived(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M008", "2020-01-01").await;
        let pool = place.pool(&policy, json!([])).await;
        let (older, younger) = (clerk(&world, place.county, "Older", 33).await, clerk(&world, place.county, "Younger", 32).await);
        for person in [older, younger] {
            studied(&world, person, Education::Bachelor).await;
        }
        let refused = place.propose(pool, "YOUNG_RESERVE", older, json!({})).await;
        refused.problem("/it", "CRITERION_UNMET");
        assert_eq!(refused.at("/it/problems/0/ruleId"), "RESERVE_AGE");
        assert_eq!(refused.at("/it/problems/0/citation"), "第397、401、403条");
        let message = refused.text_at("/it/problems/0/message");
        assert_eq!(message, "age is at most 32 years; it is: 33. ORGANIZATION_LEADER may waive it (criterionWaive).");
        let passed = place.propose(pool, "YOUNG_RESERVE", younger, json!({})).await;
        assert_eq!(passed.done("/it")["membership"]["findings"], json!([]));
        let edition = place.officer.run("query($code: String!) { policies(filter: { code: $code }) { edges { node { id } } } }", json!({ "code": policy })).await;
        let edition = edition.text_at("/policies/edges/0/node/id");
        let waive = "mutation($input: CriterionWaiveInput!) { it: criterionWaive(input: $input) { problems { code field message } waiver { criterion reason } } }";
        let input = |person, criterion: &str| json!({ "input": { "editionId": edition, "criterion": criterion, "cadreId": global(person), "reason": "Ten years in the field" } });
        place.officer.run(waive, input(older, "RESERVE_AGE")).await.problem("/it", "TRANSITION_REFUSED");
        place.leader.run(waive, input(older, "FULL_TIME_BACHELOR")).await.problem("/it", "TRANSITION_REFUSED");
        place.leader.run(waive, input(older, "RESERVE_AGE")).await.done("/it");
        let passed = place.propose(pool, "YOUNG_RESERVE", older, json!({})).await;
        assert_eq!(passed.done("/it")["membership"]["findings"][0]["outcome"], "WAIVED", "{}", passed.text);
        let judged = "query($subject: ID!, $policy: String!) { it: eligibility(subject: $subject, policy: $policy, purpose: \"TIER:YOUNG_RESERVE\") { outcome criteria { outcome waiverReason criterion { code } } } }";
        let judged = place.officer.run(judged, json!({ "subject": global(older), "policy": policy })).await;
        assert_eq!(judged.at("/it/outcome"), "MET", "{}", judged.text);
        assert_eq!(judged.at("/it/criteria/1"), &json!({ "outcome": "WAIVED", "waiverReason": "Ten years in the field", "criterion": { "code": "RESERVE_AGE" } }));
    }

    /// M012: women are short by 2 of 260 and by 3 of 261; nobody is kept out by it.
    async fn a_structure_target_counts_and_blocks_nobody(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M012", "2017-01-01").await;
        let pool = place.pool(&policy, json!([])).await;
        for at in 0..260 {
            let sex = if at < 50 { Sex::Female } else { Sex::Male };
            let person = world.cadre(place.county, &format!("Member {at:03}"), |row| row.sex = sex).await;
            member(&world, pool, "DEPUTY", person, world.today()).await;
            if at >= 233 {
                place.declare(&policy, "NON_PARTY", json!({ "cadreId": global(person) })).await.done("/it");
            }
        }
        let before = stands(&place.officer, pool).await;
        let women = gap(&before, "WOMEN");
        assert_eq!((&women["needed"], &women["actual"], &women["missing"]), (&json!(52), &json!(50), &json!(2)), "{}", before.text);
        let outside = gap(&before, "NON_PARTY");
        assert_eq!((&outside["needed"], &outside["actual"], &outside["met"]), (&json!(26), &json!(27), &json!(true)));
        let man = world.cadre(place.county, "One More", |row| row.sex = Sex::Male).await;
        let id = place.propose(pool, "DEPUTY", man, json!({})).await.text_at("/it/membership/id");
        let confirmed = place.step("Confirm", &id, 1, json!({ "reason": "Needed now" })).await;
        assert_eq!(confirmed.done("/it")["membership"]["state"], "CONFIRMED");
        let after = stands(&place.officer, pool).await;
        let women = gap(&after, "WOMEN");
        assert_eq!((&women["needed"], &women["missing"]), (&json!(53), &json!(3)));
        assert_eq!(after.at("/it/headroom/headroom"), -1);
    }

    /// M022: a layer that is skipped is said; a post is forecast to fall vacant by age and the own wish together.
    async fn a_skipped_layer_is_said_and_a_vacancy_needs_the_own_wish(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M022", "2020-01-01").await;
        let pool = place.pool(&policy, json!([{ "code": "A", "name": "A" }])).await;
        let named = ["LONG_TERM", "MID_TERM", "NEAR_TERM", "PREFERRED_LIST"].map(|it| json!({ "code": it, "name": it }));
        let layers = json!({ "input": { "id": global(pool), "expectedVersion": 1, "maturities": named } });
        place.officer.run("mutation($input: PoolUpdateInput!) { it: poolUpdate(input: $input) { problems { message } pool { id } } }", layers).await.done("/it");
        let person = clerk(&world, place.county, "Steady", 30).await;
        let id = place.propose(pool, "A", person, json!({ "maturityCode": "LONG_TERM" })).await.text_at("/it/membership/id");
        place.step("Confirm", &id, 1, json!({})).await.done("/it");
        let moved = place.step("Move", &id, 2, json!({ "maturityCode": "PREFERRED_LIST", "reason": "Two good reviews" })).await;
        assert_eq!(moved.done("/it")["membership"]["findings"], json!([{ "rule": "LAYER_SKIPPED", "severity": "WARNING", "outcome": "NOT_MET", "messageEn": "goes over MID_TERM, NEAR_TERM", "asksReason": true }]));
        let forecast = async || {
            let text = "query($policy: String!, $place: ID!) { it: quotaStatus(policy: $policy, organization: $place) { forecasts { code vacancies people { name } } } }";
            place.officer.run(text, json!({ "policy": policy, "place": global(place.county) })).await.at("/it/forecasts/0/people").clone()
        };
        for (name, years, wishes) in [("Too Young", 54, true), ("Ready", 55, true), ("Unwilling", 55, false)] {
            let born = aged(&world, years);
            let cadre_id = world.cadre(place.county, name, |row| row.birth_date = born).await;
            let row = rank_period::Model {
                id: RankPeriodId::fresh(), cadre_id, rank: CivilServantRank::Researcher1, valid_from: PartialDate::parse("2022-01"), valid_to: None, source: String::new(),
                recorded_at: world.now(), recorded_by: None, state: FactState::Recorded, superseded_by: None, void_reason: None, version: 1,
            };
            world.insert(row).await;
            if wishes {
                place.declare(&policy, "OWN_WISH", json!({ "cadreId": global(cadre_id) })).await.done("/it");
            }
        }
        assert_eq!(forecast().await, json!([{ "name": "Ready" }]));
    }

    /// M027: 40 of 81 are 49.4 %, one short of a half.
    async fn half_of_81_is_41(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M027", "2020-01-01").await;
        let pool = place.pool(&policy, json!([{ "code": "A", "name": "A" }])).await;
        for at in 0..81 {
            let born = aged(&world, if at < 40 { 35 } else { 36 });
            let person = world.cadre(place.county, &format!("Member {at:02}"), |row| row.birth_date = born).await;
            member(&world, pool, "A", person, world.today()).await;
        }
        let stands = stands(&place.officer, pool).await;
        let gap = gap(&stands, "AGE_AROUND_35");
        assert_eq!((&gap["percent"], &gap["missing"], &gap["unknown"]), (&json!("49.4"), &json!(1), &json!(0)), "{}", stands.text);
    }

    /// M049: the 200th has a place, the 201st has none until the number is raised; without title or degree it is signed.
    async fn a_quota_is_never_exceeded_and_a_qualification_may_be_signed(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take_where(&world, "M049", "2020-01-01", |it| it["registry"]["quotas"][0]["approved"] = json!(3)).await;
        let mut people = Vec::new();
        for at in 0..5 {
            people.push(clerk(&world, place.county, &format!("Talent {at}"), 30).await);
        }
        for person in &people[..3] {
            place.declare(&policy, "ON_SPECIAL_ESTABLISHMENT", json!({ "cadreId": global(*person) })).await.done("/it");
        }
        let full = place.declare(&policy, "ON_SPECIAL_ESTABLISHMENT", json!({ "cadreId": global(people[3]) })).await;
        full.problem("/it", "QUOTA_REACHED");
        place.declare(&policy, "SPECIAL_ESTABLISHMENT", json!({ "organizationId": global(place.county), "number": 4 })).await.done("/it");
        place.declare(&policy, "ON_SPECIAL_ESTABLISHMENT", json!({ "cadreId": global(people[3]) })).await.done("/it");
        place.declare(&policy, "ON_SPECIAL_ESTABLISHMENT", json!({ "cadreId": global(people[4]) })).await.problem("/it", "QUOTA_REACHED");
        let text = "query($policy: String!, $place: ID!) { it: quotaStatus(policy: $policy, organization: $place) { quotas { code approved held room } } }";
        let told = place.officer.run(text, json!({ "policy": policy, "place": global(place.county) })).await;
        assert_eq!(told.at("/it/quotas/0"), &json!({ "code": "ON_SPECIAL_ESTABLISHMENT", "approved": 4, "held": 4, "room": 0 }));
        studied(&world, people[0], Education::Bachelor).await;
        let judged = async || {
            let text = "query($subject: ID!, $policy: String!) { it: eligibility(subject: $subject, policy: $policy) { outcome criteria { inputs { fact outcome value source } } } }";
            place.officer.run(text, json!({ "subject": global(people[0]), "policy": policy })).await
        };
        assert_eq!(judged().await.at("/it/outcome"), "UNKNOWN");
        place.declare(&policy, "URGENTLY_NEEDED", json!({ "cadreId": global(people[0]), "documentNumber": "组发〔2026〕9号" })).await.done("/it");
        let judged = judged().await;
        assert_eq!(judged.at("/it/outcome"), "MET", "{}", judged.text);
        assert_eq!(judged.at("/it/criteria/0/inputs/2"), &json!({ "fact": "attested", "outcome": "MET", "value": "YES", "source": "declared_fact: 组发〔2026〕9号" }));
        // What no policy declares can't be recorded, nor what it declares otherwise.
        for (code, more, field) in [
            ("BELIEF", json!({ "cadreId": global(people[0]) }), "code"),
            ("URGENTLY_NEEDED", json!({ "organizationId": global(place.county) }), "cadreId"),
            ("SPECIAL_ESTABLISHMENT", json!({ "organizationId": global(place.county) }), "number"),
            ("URGENTLY_NEEDED", json!({ "cadreId": global(people[0]), "validFrom": "2199-01-01" }), "validFrom"),
        ] {
            let refused = place.declare(&policy, code, more).await;
            assert_eq!(refused.at("/it/problems/0/field"), field, "{}", refused.text);
        }
    }

    /// M080, its pool: those whom an event names show up by themselves, and who is in the pool no more.
    async fn close_losers_show_up_by_themselves(world: World) {
        let place = Place::of(&world).await;
        let policy = place.take(&world, "M080", "2020-01-01").await;
        let pool = place.pool(&policy, json!([{ "code": "KEY", "name": "Key list" }])).await;
        let mut people = Vec::new();
        for at in 0..6 {
            people.push(clerk(&world, place.county, &format!("Loser {at}"), 30).await);
        }
        for person in &people[..5] {
            place.declare(&policy, "CLOSE_LOSER", json!({ "cadreId": global(*person) })).await.done("/it");
        }
        let found = async || {
            let text = "query($id: ID!) { it: reservePool(id: $id) { autoCandidates(rule: \"CLOSE_LOSER\") { totalCount edges { node { name } } } } }";
            place.officer.run(text, json!({ "id": global(pool) })).await
        };
        let five = found().await;
        assert_eq!(five.names("/it/autoCandidates"), ["Loser 0", "Loser 1", "Loser 2", "Loser 3", "Loser 4"], "{}", five.text);
        place.propose(pool, "KEY", people[0], json!({ "entryRoute": "CLOSE_LOSER" })).await.done("/it");
        assert_eq!(found().await.at("/it/autoCandidates/totalCount"), 4);
    }
}
