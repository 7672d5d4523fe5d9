//! Portraits: one person with sources and dates, several beside each other, a list for a post, a move that nobody makes.

mod on_record;

use entity::{
    assessment, cadre,
    id::{AssessmentId, CadreId, OrganizationId},
    kind::{
        AssessmentGrade, AssessmentKind, CadreStatus, Disclosure, ExperienceKind, FactState, MembershipState,
        PositionLevel, Role, Sex,
    },
    partial_date::PartialDate,
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    policy,
    source::read,
    world::{World, global},
};

const PORTRAIT: &str =
    "query($cadre: ID!, $asOf: Date) { it: portrait(cadre: $cadre, asOf: $asOf) { asOf cadre { name }
    sections { code titleZh cells { code labelZh value valueAtMost missing source since until recordedAt } } } }";
const BESIDE: &str = "query($cadres: [ID!]!, $policy: String, $purpose: String, $asOf: Date) {
    it: comparisonSheet(cadres: $cadres, policy: $policy, purpose: $purpose, asOf: $asOf) {
        people { cadre { name } edition { title } } facts { code cells { value missing source since } }
        criteria { code results { outcome inputs { fact value source } } } } }";
const LIST: &str = "query($list: String!, $at: ID!, $first: Int!, $after: String, $asOf: Date) {
    it: shortlist(policy: \"M208_POST_PORTRAIT\", list: $list, organization: $at, first: $first, after: $after, asOf: $asOf) {
        code title totalCount factors { code } pageInfo { hasNextPage endCursor }
        edges { node { name } factors { outcome criterion { code title } inputs { fact value source } } } } }";
const MOVE: &str = "query($cadre: ID!, $at: ID!, $asOf: Date) { it: moveSimulation(cadre: $cadre, organization: $at, asOf: $asOf) {
    cadre { name } from { ...change } to { ...change } } }
    fragment change on StructureChange { organization { name headcount { approved } } counts { by code before after } }";
const DAY: &str = "2026-06-30";

fn section(found: &Answer, code: &str) -> Value {
    let sections = found.at("/it/sections").as_array().expect("sections");
    sections.iter().find(|it| it["code"] == code).expect("the section")["cells"].clone()
}

fn all(cells: &Value, key: &str) -> Vec<Value> {
    cells.as_array().expect("a list").iter().map(|it| it[key].clone()).collect()
}

/// A policy of the library, drafted by an officer and published by a leader of an organization.
async fn published(world: &World, place: OrganizationId, file: &str) {
    let document: Value = serde_json::from_str(&read(&format!("api/policies/{file}"))).expect("JSON");
    let mut document = policy::taken_by(world, place, document).await;
    document["validFrom"] = json!("2020-01-01");
    let officer = world.sign_in(Role::OrganizationOfficer, place).await;
    let leader = world.sign_in(Role::OrganizationLeader, place).await;
    policy::publish(&officer, &leader, &document).await;
}

async fn sign(by: &Client, code: &str, person: CadreId, holds: bool) {
    let record = "mutation($code: String!, $cadre: ID!, $holds: Boolean!) { it: declaredFactRecord(input: { policy: \"M208_POST_PORTRAIT\", code: $code,
        cadreId: $cadre, holds: $holds, validFrom: \"2026-01-01\", documentNumber: \"S 1\", source: \"Signed\" }) { problems { code field message } fact { id } } }";
    by.run(record, json!({ "code": code, "cadre": global(person), "holds": holds })).await.done("/it");
}

async fn grade(world: &World, cadre_id: CadreId, year: i32, grade: AssessmentGrade) {
    world
        .insert(assessment::Model {
            id: AssessmentId::fresh(),
            cadre_id,
            year,
            kind: AssessmentKind::Annual,
            grade,
            source: format!("Form {year}"),
            recorded_at: world.now(),
            recorded_by: None,
            state: FactState::Recorded,
            superseded_by: None,
            void_reason: None,
            version: 1,
        })
        .await;
}

fn born(day: &str) -> impl FnOnce(&mut cadre::Model) + use<'_> {
    move |row| row.birth_date = PartialDate::parse(day)
}

both! {
    /// All sections in their order; each cell with its source and date; what is not known stands there as not known.
    async fn a_portrait_has_sources_and_dates(world: World) {
        let county = world.organization("North").await;
        let person = world.cadre(world.department(county, "Finance").await, "Anna", |_| {}).await;
        let begun = PartialDate::parse("2020-03");
        let now = world.now();
        world.post(person, "Deputy head", begun, None, |row| (row.source, row.recorded_at) = ("Form 1".to_owned(), Some(now))).await;
        world.level(person, PositionLevel::TownshipDeputy, begun, None).await;
        for (year, one) in [(2019, AssessmentGrade::Excellent), (2024, AssessmentGrade::Competent), (2025, AssessmentGrade::Excellent)] {
            grade(&world, person, year, one).await;
        }
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let found = officer.run(PORTRAIT, json!({ "cadre": global(person), "asOf": DAY })).await;
        let codes = ["IDENTITY", "POST", "LEVEL_AND_RANK", "EDUCATION", "EXPERIENCE", "ASSESSMENTS", "AWARDS", "SANCTIONS", "POOLS", "PAIRS"];
        assert_eq!((all(found.at("/it/sections"), "code"), found.at("/it/asOf")), (codes.map(Value::from).to_vec(), &json!(DAY)));
        let post = section(&found, "POST");
        let shape = |at: usize| ["code", "value", "missing", "source", "since"].map(|key| post[at][key].clone());
        let facts = [shape(0), shape(1), shape(2)].concat();
        assert_eq!(facts, [
            json!("monthsInPost"), json!("75"), json!(null), json!("post_assignment: Form 1"), json!("2020-03"),
            json!("postRole"), json!(null), json!("NOT_ON_RECORD"), json!(null), json!(null),
            json!("post"), json!("Deputy head"), json!(null), json!("post_assignment: Form 1"), json!("2020-03"),
        ]);
        assert!(post[0]["recordedAt"].is_string() && post[1]["recordedAt"].is_null() && post[2]["recordedAt"].is_string());
        // Of three years one is not on record: neither good nor bad. What is older than five years is not listed.
        let grades = section(&found, "ASSESSMENTS");
        assert_eq!(all(&grades, "value"), ["2", "COMPETENT", "EXCELLENT"].map(Value::from));
        assert_eq!((&grades[0]["valueAtMost"], &grades[2]["source"], &grades[2]["since"]), (&json!("3"), &json!("assessment: Form 2025"), &json!("2025")));
        assert_eq!(all(&section(&found, "SANCTIONS"), "value"), ["0"].map(Value::from));
        assert!(!found.text.contains("\"sex\""), "sex is a fact of structures: {}", found.text);
        let none = world.sign_in(Role::OrganizationOfficer, world.organization("South").await).await;
        assert!(none.run(PORTRAIT, json!({ "cadre": global(person) })).await.at("/it").is_null());
        let mentor = world.sign_in(Role::Mentor, county).await;
        mentor.run(PORTRAIT, json!({ "cadre": global(person) })).await.refused("FORBIDDEN");
    }

    /// Who keeps the unit reads no sanction; and a confidential pool is there for those who keep it alone.
    async fn what_is_not_for_the_caller_is_told_or_absent(world: World) {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        let person = world.cadre(home, "Anna", |_| {}).await;
        let mentor = world.cadre(county, "Wang", |_| {}).await;
        world.sanction(person, "9").await;
        for (code, disclosure) in [("secret", Disclosure::Confidential), ("unit", Disclosure::Unit), ("person", Disclosure::Person)] {
            let pool = world.pool(county, code, disclosure).await;
            world.membership(pool, person, MembershipState::Confirmed).await;
        }
        world.pair(county, mentor, person).await;
        let ask = async |by: Client| by.run(PORTRAIT, json!({ "cadre": global(person) })).await;
        let officer = ask(world.sign_in(Role::OrganizationOfficer, county).await).await;
        let unit = ask(world.sign_in(Role::UnitOfficer, home).await).await;
        let own = ask(world.sign_in_as(Role::Cadre, home, person).await).await;
        let pools = |found: &Answer| all(&section(found, "POOLS"), "labelZh");
        let named = |names: &[&str]| names.iter().map(|it| json!(format!("Pool {it} · Tier A"))).collect::<Vec<_>>();
        assert_eq!(pools(&officer), named(&["secret", "unit", "person"]));
        assert_eq!((pools(&unit), pools(&own)), (named(&["unit", "person"]), named(&["person"])));
        assert!(!unit.text.contains("secret") && !own.text.contains("secret"));
        for found in [&officer, &unit, &own] {
            let pair = section(found, "PAIRS");
            assert_eq!((&pair[0]["labelZh"], &pair[0]["value"]), (&json!("帮带（帮带对象）"), &json!("ACTIVE")));
            assert!(pair[0]["since"].is_string() && pair[0]["source"] == "mentoring_pair");
        }
        let sanctions = section(&unit, "SANCTIONS");
        assert_eq!((all(&sanctions, "missing"), all(&sanctions, "value")), (vec![json!("NOT_FOR_CALLER")], vec![json!(null)]));
        for found in [&officer, &own] {
            let sanctions = section(found, "SANCTIONS");
            assert_eq!(all(&sanctions, "value"), ["1", "DEMERIT"].map(Value::from));
            assert_eq!(all(&sanctions, "source"), ["sanction: 9", "sanction: 9"].map(Value::from));
        }
    }

    /// People stand as they were asked for; each fact has its source, each criterion its outcome.
    async fn people_stand_beside_each_other_in_the_order_asked_for(world: World) {
        let (county, south) = (world.organization("North").await, world.organization("South").await);
        let (old, young) = (world.cadre(county, "Anna", born("1970-01-02")).await, world.cadre(county, "Wang", born("1995-01-02")).await);
        let stranger = world.cadre(south, "Bo", |_| {}).await;
        let need = json!({ "fact": "age", "op": "LE", "value": 36, "unit": "YEAR" });
        let clean = json!({ "fact": "sanctionsInEffect", "op": "EQ", "value": 0 });
        let criterion = |code: &str, need: &Value| json!({ "code": code, "title": code, "severity": "ERROR", "mode": "MUST", "cite": "3", "waiver": { "by": "ORGANIZATION_LEADER" }, "need": need });
        let edition = world.policy(county, "YOUNG", &json!([criterion("AGE", &need), criterion("CLEAN", &clean)])).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let beside = async |people: &[CadreId]| {
            let cadres: Vec<_> = people.iter().map(|it| global(*it)).collect();
            officer.run(BESIDE, json!({ "cadres": cadres, "policy": "YOUNG", "asOf": DAY })).await
        };
        let outcomes = |found: &Answer| found.at("/it/criteria/0/results").as_array().expect("results").iter().map(|it| it["outcome"].clone()).collect::<Vec<_>>();
        let found = beside(&[young, stranger, old]).await;
        assert_eq!(found.at("/it/people"), &json!([
            { "cadre": { "name": "Wang" }, "edition": { "title": "YOUNG policy" } }, null, { "cadre": { "name": "Anna" }, "edition": { "title": "YOUNG policy" } },
        ]));
        assert_eq!(found.at("/it/facts/0"), &json!({ "code": "age", "cells": [
            { "value": "31", "missing": null, "source": "cadre", "since": "1995-01-02" }, null, { "value": "56", "missing": null, "source": "cadre", "since": "1970-01-02" },
        ] }));
        assert_eq!(outcomes(&found), [json!("MET"), json!(null), json!("NOT_MET")]);
        assert_eq!(outcomes(&beside(&[old, young]).await), ["NOT_MET", "MET"].map(Value::from));
        let leader = world.sign_in(Role::OrganizationLeader, county).await;
        let waive = "mutation($edition: ID!, $cadre: ID!) { it: criterionWaive(input: { editionId: $edition, criterion: \"AGE\", cadreId: $cadre, reason: \"Known\" }) { problems { code field message } } }";
        leader.run(waive, json!({ "edition": global(edition), "cadre": global(old) })).await.done("/it");
        let cadres = json!([global(old), global(young)]);
        let today = officer.run(BESIDE, json!({ "cadres": cadres, "policy": "YOUNG" })).await;
        assert_eq!(outcomes(&today), ["WAIVED", "MET"].map(Value::from));
        let unit = world.sign_in(Role::UnitOfficer, county).await.run(BESIDE, json!({ "cadres": cadres, "policy": "YOUNG" })).await;
        assert_eq!(unit.at("/it/criteria/1/results/0/outcome"), "UNKNOWN", "what is not for the caller is neither met nor failed");
        let plain = officer.run(BESIDE, json!({ "cadres": cadres })).await;
        assert_eq!((plain.at("/it/criteria"), plain.at("/it/people/0/edition")), (&json!([]), &json!(null)));
        for refused in [json!({ "cadres": [global(old)] }), json!({ "cadres": [global(old), global(old)] }),
            json!({ "cadres": cadres, "purpose": "TIER:A" }), json!({ "cadres": cadres, "policy": "YOUNG", "purpose": "TIER:A" })] {
            assert_eq!(officer.run(BESIDE, refused).await.codes(), ["INVALID"]);
        }
    }

    /// M208: a list for a vacancy in finance. Everybody has every factor, who fails one stays with it, and names alone order.
    async fn a_list_for_a_post_shows_every_factor_of_everybody(world: World) {
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        published(&world, county, "m208.json").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let (bo, cai) = (world.cadre(home, "Bo", born("1970-01-02")).await, world.cadre(home, "Cai", born("1990-01-02")).await);
        world.cadre(home, "Anna", born("1990-01-02")).await;
        world.cadre(home, "Gone", |row| row.status = CadreStatus::Retired).await;
        world.cadre(world.organization("South").await, "Wang", |_| {}).await;
        for person in [bo, cai] {
            let (from, to) = (PartialDate::parse("2015-01").expect("a date"), PartialDate::parse("2018-01"));
            world.experience(person, ExperienceKind::Grassroots, from, to, FactState::Recorded).await;
            for year in [2023, 2024, 2025] {
                grade(&world, person, year, AssessmentGrade::Competent).await;
            }
            sign(&officer, "UNIT_RANK_FITS", person, true).await;
        }
        sign(&officer, "MAJOR_FITS", bo, false).await;
        sign(&officer, "MAJOR_FITS", cai, true).await;
        let ask = async |by: &Client, at: OrganizationId, first: i32, after: Option<&str>| {
            by.run(LIST, json!({ "list": "FINANCE", "at": global(at), "first": first, "after": after, "asOf": "2026-12-31" })).await
        };
        let found = ask(&officer, county, 2, None).await;
        assert_eq!((found.at("/it/title"), found.at("/it/totalCount")), (&json!("财经类岗位人选"), &json!(3)));
        let codes = ["AGE", "MAJOR", "EXPERIENCE", "GRADES_3_YEARS", "UNIT_RANK"].map(Value::from);
        assert_eq!(all(found.at("/it/factors"), "code"), codes);
        let rest = ask(&officer, county, 2, found.at("/it/pageInfo/endCursor").as_str()).await;
        assert_eq!((found.at("/it/pageInfo/hasNextPage"), rest.at("/it/pageInfo/hasNextPage")), (&json!(true), &json!(false)));
        let rows: Vec<Value> = [&found, &rest].iter().flat_map(|it| it.at("/it/edges").as_array().expect("edges").clone()).collect();
        let names: Vec<_> = rows.iter().map(|it| it["node"]["name"].clone()).collect();
        assert_eq!(names, ["Anna", "Bo", "Cai"].map(Value::from), "by name, whoever meets what");
        let outcomes = |at: usize| all(&rows[at]["factors"], "outcome");
        assert_eq!(outcomes(0), ["MET", "UNKNOWN", "UNKNOWN", "UNKNOWN", "UNKNOWN"].map(Value::from));
        assert_eq!(outcomes(1), ["NOT_MET", "NOT_MET", "MET", "MET", "MET"].map(Value::from));
        assert_eq!(outcomes(2), ["MET"; 5].map(Value::from));
        assert_eq!(rows[1]["factors"][0]["inputs"], json!([{ "fact": "age", "value": "56", "source": "cadre" }]));
        assert_eq!(rows[1]["factors"][1]["inputs"][0]["source"], "declared_fact: S 1");
        let [one, more] = [ask(&officer, county, 1, None).await, ask(&officer, county, 3, None).await];
        assert!(one.statements.is_some() && one.statements == more.statements, "as many for one as for all");
        let other = officer.run(LIST, json!({ "list": "ENFORCEMENT", "at": global(county), "first": 20 })).await;
        assert_eq!(other.codes(), ["INVALID"]);
        // A unit's officer reads no statement: unknown, and nobody hidden.
        let unit = world.sign_in(Role::UnitOfficer, home).await;
        assert!(ask(&unit, county, 20, None).await.at("/it").is_null());
        let unit = ask(&unit, home, 20, None).await;
        assert_eq!((unit.at("/it/totalCount"), unit.at("/it/edges/1/factors/1/outcome")), (&json!(3), &json!("UNKNOWN")));
        let own = ask(&world.sign_in_as(Role::Cadre, home, bo).await, home, 20, None).await;
        assert_eq!(own.at("/it/totalCount"), 1);
        let stranger = world.sign_in(Role::OrganizationOfficer, world.organization("East").await).await;
        assert!(ask(&stranger, county, 20, None).await.at("/it").is_null());
    }

    /// A move is counted and not made.
    async fn a_move_is_simulated_and_nothing_changes(world: World) {
        let county = world.organization("North").await;
        let (home, other) = (world.department(county, "Finance").await, world.department(county, "Water").await);
        let person = world.cadre(home, "Anna", born("1970-01-02")).await;
        world.cadre(home, "Bo", |row| (row.sex, row.birth_date) = (Sex::Male, None)).await;
        world.cadre(home, "Gone", |row| row.status = CadreStatus::Retired).await;
        world.cadre(other, "Cai", |row| (row.position_level, row.birth_date) = (Some(PositionLevel::CountyDeputy), PartialDate::parse("1998"))).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let (unit, own) = (world.sign_in(Role::UnitOfficer, home).await, world.sign_in_as(Role::Cadre, home, person).await);
        let before = world.fingerprint().await;
        let ask = async |by: &Client, at| by.run(MOVE, json!({ "cadre": global(person), "at": global(at), "asOf": DAY })).await;
        let found = ask(&officer, other).await;
        let counts = |unit: &str| {
            let counts = found.at(&format!("/it/{unit}/counts")).as_array().expect("counts").clone();
            let text = |it: &Value| it.as_str().unwrap_or("-").to_owned();
            counts.iter().map(|it| format!("{} {} {}>{}", text(&it["by"]), text(&it["code"]), it["before"], it["after"])).collect::<Vec<_>>()
        };
        assert_eq!(counts("from"), [
            "ALL - 2>1", "LEVEL TOWNSHIP_DEPUTY 2>1", "AGE_BAND FROM_55 1>0", "AGE_BAND - 1>1", "SEX MALE 1>1", "SEX FEMALE 1>0",
        ]);
        assert_eq!(counts("to"), [
            "ALL - 1>2", "LEVEL COUNTY_DEPUTY 1>1", "LEVEL TOWNSHIP_DEPUTY 0>1", "AGE_BAND UNDER_30 1>1", "AGE_BAND FROM_55 0>1", "SEX FEMALE 1>2",
        ]);
        assert_eq!((found.at("/it/from/organization/name"), found.at("/it/to/organization/name")), (&json!("Finance"), &json!("Water")));
        assert_eq!(ask(&officer, home).await.codes(), ["INVALID"]);
        // Who reaches one of the two alone is told nothing, nor is the person.
        assert!(ask(&unit, other).await.at("/it").is_null() && ask(&own, other).await.at("/it").is_null());
        assert_eq!(world.fingerprint().await, before);
    }
}
