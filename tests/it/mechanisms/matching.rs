//! Mentors as they are suggested: by factors that everybody sees, under what one person can take on, without anybody in
//! conflict; and nothing is committed.

use entity::kind::{ExperienceKind, PositionLevel, PostRole};
use tests::both;

use super::*;

const ASK: &str = "query($policy: String!, $place: ID!, $mentees: [ID!], $mentors: [ID!], $first: Int! = 20, $top: Int! = 3) {
    it: pairMatches(policy: $policy, organization: $place, mentees: $mentees, mentors: $mentors, first: $first) {
        edition { edition } factors { code weight ruleZh ruleEn }
        matches {
            mentee { name } mentor { name } unmatched findings { rule }
            suggestions(first: $top) { mentor { name } weight mentees: menteeCount room factors { code outcome weight } } }
        unfit { cadre { name } findings { rule severity } } } }";

/// A policy of front-line mentors with factors, and what is allowed to one person.
async fn policy(world: &World, place: &Place, each: u32) -> String {
    let change = |document: &mut Value| {
        document["pairs"]["menteesPerMentor"] = json!({ "max": each });
        document["pairs"]["menteeTriggers"] = json!([{ "code": "VOLUNTEERS", "need": { "attested": "VOLUNTEER" } }]);
        document["pairs"]["matching"] = json!([
            { "code": "GRASSROOTS", "title": "有基层经历", "weight": 30,
              "mentor": { "fact": "grassrootsMonths", "op": "GE", "value": 24, "unit": "MONTH" } },
            { "code": "SAME_KIND", "weight": 20, "same": "organizationKind" },
            { "code": "OLDER", "weight": 10, "above": { "fact": "age", "min": 5, "max": 20 } },
            { "code": "OTHER_UNIT", "weight": 5, "sameOrganization": false,
              "mentee": { "fact": "age", "op": "GE", "value": 30, "unit": "YEAR" } }
        ]);
    };
    place.take_where(world, "M063", "2020-01-01", change).await
}

async fn volunteer(world: &World, place: &Place, policy: &str, at: OrganizationId, name: &str, years: u32) -> CadreId {
    let person = clerk(world, at, name, years).await;
    place.declare(policy, "VOLUNTEER", json!({ "cadreId": global(person) })).await.done("/it");
    person
}

/// A deputy of an age, with months of grassroots work.
async fn deputy(world: &World, at: OrganizationId, name: &str, years: u32, grassroots: bool) -> CadreId {
    let id = official(world, at, name, PositionLevel::TownshipDeputy, PostRole::Deputy).await;
    let born = aged(world, years).expect("a day");
    world.sql("update cadre set birth_date = $1 where id = $2", vec![String::from(born).into(), id.into()]).await;
    if grassroots {
        served(world, id, ExperienceKind::Grassroots).await;
    }
    id
}

/// The names under a pointer of each match, and what they are matched with.
fn given(answer: &Answer) -> Vec<(String, Value)> {
    let matches = answer.at("/it/matches").as_array().expect("matches");
    let one = |it: &Value| {
        let mentor = if it["mentor"].is_null() { it["unmatched"].clone() } else { it["mentor"]["name"].clone() };
        (it["mentee"]["name"].as_str().expect("a name").to_owned(), mentor)
    };
    matches.iter().map(one).collect()
}

fn wanted(pairs: &[(&str, &str)]) -> Vec<(String, Value)> {
    pairs.iter().map(|(mentee, mentor)| ((*mentee).to_owned(), json!(mentor))).collect()
}

both! {
    /// Each factor is told with its rule and how it comes out; the weight is their sum; and no pair comes of it.
    async fn mentors_are_suggested_by_visible_factors(world: World) {
        let place = Place::of(&world).await;
        let code = policy(&world, &place, 2).await;
        let (finance, water) = (world.department(place.county, "Finance").await, world.department(place.county, "Water").await);
        deputy(&world, finance, "Ahead", 45, true).await;
        deputy(&world, finance, "Plain", 60, false).await;
        let young = volunteer(&world, &place, &code, finance, "Young", 28).await;
        volunteer(&world, &place, &code, water, "Zealous", 33).await;
        let ask = async |mentees: Value| place.officer.run(ASK, json!({ "policy": code, "place": global(place.county), "mentees": mentees })).await;
        let one = ask(json!([global(young)])).await;
        assert_eq!(one.at("/it/factors/2/ruleZh"), "导师年龄高于帮带对象5至20岁", "{}", one.text);
        assert_eq!(one.at("/it/factors/0/ruleEn"), "the mentor: grassroots work on record is at least 24 months");
        assert_eq!(one.at("/it/factors/3/ruleZh"), "帮带对象年龄不少于30周岁的，双方不同单位");
        let suggestions = one.at("/it/matches/0/suggestions");
        assert_eq!(suggestions, &json!([
            { "mentor": { "name": "Ahead" }, "weight": 60, "mentees": 0, "room": 2, "factors": [
                { "code": "GRASSROOTS", "outcome": "MET", "weight": 30 }, { "code": "SAME_KIND", "outcome": "MET", "weight": 20 },
                { "code": "OLDER", "outcome": "MET", "weight": 10 }, { "code": "OTHER_UNIT", "outcome": null, "weight": 0 }] },
            { "mentor": { "name": "Plain" }, "weight": 20, "mentees": 0, "room": 2, "factors": [
                { "code": "GRASSROOTS", "outcome": "UNKNOWN", "weight": 0 }, { "code": "SAME_KIND", "outcome": "MET", "weight": 20 },
                { "code": "OLDER", "outcome": "NOT_MET", "weight": 0 }, { "code": "OTHER_UNIT", "outcome": null, "weight": 0 }] },
        ]), "{}", one.text);
        // Who is not named is found by the policy: both volunteers, by name.
        let all = ask(Value::Null).await;
        assert_eq!(given(&all), wanted(&[("Young", "Ahead"), ("Zealous", "Ahead")]), "{}", all.text);
        assert_eq!(all.at("/it/matches/1/suggestions/0/weight"), 65);
        let pairs = place.officer.run("query { it: mentoringPairs(first: 5) { totalCount } }", json!({})).await;
        assert_eq!(pairs.at("/it/totalCount"), 0);
    }

    /// The best of all assignments is not everybody's first choice; superiors, kin and those who are a pair already are left out.
    async fn a_batch_is_assigned_under_capacities_and_without_conflicts(world: World) {
        let place = Place::of(&world).await;
        let code = policy(&world, &place, 1).await;
        let (finance, water) = (world.department(place.county, "Finance").await, world.department(place.county, "Water").await);
        let head = official(&world, finance, "Boss", PositionLevel::TownshipPrincipal, PostRole::Principal).await;
        let best = deputy(&world, finance, "Best", 45, true).await;
        let next = deputy(&world, water, "Next", 45, false).await;
        let one = volunteer(&world, &place, &code, finance, "One", 27).await;
        let two = volunteer(&world, &place, &code, finance, "Two", 33).await;
        let ask = async |mentees: Value, mentors: Value| place.officer.run(ASK, json!({ "policy": code, "place": global(place.county), "mentees": mentees, "mentors": mentors })).await;
        let both = json!([global(one), global(two)]);
        // Of two who want the same one, he who loses least by another has the other: a different unit counts for Two.
        let found = ask(both.clone(), json!([global(best), global(next)])).await;
        assert_eq!(given(&found), wanted(&[("One", "Best"), ("Two", "Next")]), "{}", found.text);
        // The head of their own unit is nobody's mentor there, and stands in no suggestion.
        let found = ask(both.clone(), Value::Null).await;
        assert!(!found.text.contains("Boss"), "{}", found.text);
        let found = ask(both.clone(), json!([global(head)])).await;
        assert_eq!(given(&found), wanted(&[("One", "NOBODY_FITS"), ("Two", "NOBODY_FITS")]));
        let found = ask(both.clone(), json!([global(best)])).await;
        assert_eq!(given(&found), wanted(&[("One", "Best"), ("Two", "NO_ROOM")]), "{}", found.text);
        // Kin are left out, and nothing tells why.
        let declare = "mutation($input: KinDeclareInput!) { it: kinDeclare(input: $input) { problems { code } } }";
        place.officer.run(declare, json!({ "input": { "cadreId": global(best), "otherCadreId": global(one), "kinship": "Cousins" } })).await.done("/it");
        let found = ask(both.clone(), json!([global(best), global(next)])).await;
        assert_eq!(given(&found), wanted(&[("One", "Next"), ("Two", "Best")]), "{}", found.text);
        assert_eq!(found.at("/it/matches/0/suggestions").as_array().expect("a list").len(), 1);
        // A proposed pair takes the place of its policy on both sides.
        let propose = "mutation($input: PairProposeInput!) { it: pairPropose(input: $input) { problems { code message } pair { id } } }";
        place.officer.run(propose, json!({ "input": { "organizationId": global(place.county), "policyCode": code, "mentorIds": [global(best)], "menteeIds": [global(two)] } })).await.done("/it");
        let found = ask(both, json!([global(best), global(next)])).await;
        assert_eq!(given(&found), wanted(&[("One", "Next"), ("Two", "ENOUGH")]), "{}", found.text);
    }

    /// Who is named and may not be a mentor is told with the reason; what is asked wrongly is told by name.
    async fn what_is_named_wrongly_is_told(world: World) {
        let place = Place::of(&world).await;
        let code = policy(&world, &place, 2).await;
        let finance = world.department(place.county, "Finance").await;
        let young = volunteer(&world, &place, &code, finance, "Young", 28).await;
        let (simple, gone) = (clerk(&world, finance, "Simple", 50).await, clerk(&world, finance, "Gone", 50).await);
        world.sql("update cadre set status = 'RETIRED' where id = $1", vec![gone.into()]).await;
        let ask = async |by: &Client, more: Value| {
            let mut variables = json!({ "policy": code, "place": global(place.county) });
            variables.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
            by.run(ASK, variables).await
        };
        let found = ask(&place.officer, json!({ "mentors": [global(simple)] })).await;
        assert_eq!(given(&found), wanted(&[("Young", "NOBODY_FITS")]));
        assert_eq!(found.at("/it/unfit/0"), &json!({ "cadre": { "name": "Simple" }, "findings": [
            { "rule": "LEADING_CADRE", "severity": "ERROR" }, { "rule": "EXPERIENCED", "severity": "HINT" }] }), "{}", found.text);
        for (more, word) in [
            (json!({ "first": 0 }), "must be 1 to 500"),
            (json!({ "first": 1, "top": 21 }), "write 1 to 20"),
            (json!({ "mentees": [global(young), global(young)] }), "write 1 to 500, each once"),
            (json!({ "mentors": [global(gone)] }), "Gone, who is not in post"),
        ] {
            let answer = ask(&place.officer, more).await;
            assert_eq!(answer.codes(), ["INVALID"], "{}", answer.text);
            assert!(answer.text.contains(word), "{} does not say {word}", answer.text);
        }
        let other = world.organization("South").await;
        let far = clerk(&world, other, "Far", 28).await;
        ask(&place.officer, json!({ "mentees": [global(far)] })).await.refused("NOT_FOUND");
        let summary = world.sign_in(Role::SummaryReader, place.county).await;
        ask(&summary, json!({})).await.refused("FORBIDDEN");
        let unit = world.sign_in(Role::UnitOfficer, finance).await;
        assert_eq!(given(&ask(&unit, json!({})).await).len(), 0, "declared facts are not for units: nobody is known to volunteer");
        assert_eq!(place.officer.run(ASK, json!({ "policy": "NONE", "place": global(place.county) })).await.at("/it"), &Value::Null);
    }
}
