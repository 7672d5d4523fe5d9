//! Dated facts of a cadre: recorded, superseded, voided, told as of a day, and found by filters as their fields say.

use entity::{
    id::CadreId,
    kind::{ExperienceKind, FactState, PositionLevel, Role},
    partial_date::PartialDate,
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    county::County,
    world::{World, global},
};

const RECORD: &str = "mutation($input: CadreFactRecordInput!) { cadreFactRecord(input: $input) {
    factId problems { code field message } warnings { severity code field }
    cadre { version postTitle positionLevel education posts { id title validFrom validTo isPrimary isCurrent role documentNumber source version }
        levels { id level validFrom validTo levelCode { code edition } } ranks { rank rankCode { labelZh } } educations { level degree school }
        assessments { id year grade gradeCode { code codeSet } } experiences { months } grassrootsMonths sanctions { kind inEffect appealTo } } } }";
const VOID: &str = "mutation($input: CadreFactVoidInput!) { cadreFactVoid(input: $input) {
    problems { code } cadre { postTitle education posts { title } educations { level } } } }";

async fn record(officer: &Client, cadre: CadreId, fact: Value) -> Answer {
    record_with(officer, cadre, fact, json!({})).await
}

async fn record_with(officer: &Client, cadre: CadreId, fact: Value, more: Value) -> Answer {
    let mut input = json!({ "cadreId": global(cadre), "source": "File", "fact": fact });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("an object").clone());
    officer.run(RECORD, json!({ "input": input })).await
}

fn post(title: &str, from: &str, to: Option<&str>) -> Value {
    json!({ "post": { "title": title, "validFrom": from, "validTo": to } })
}

fn level(level: &str, from: &str, to: Option<&str>) -> Value {
    json!({ "level": { "level": level, "validFrom": from, "validTo": to } })
}

/// A cadre born in 1988-05 without any fact, and the officer of their county.
async fn bare(world: &World) -> (Client, CadreId) {
    let county = world.organization("North").await;
    let cadre = world.cadre(county, "Anna", |row| (row.post_title, row.position_level) = (None, None)).await;
    (world.sign_in(Role::OrganizationOfficer, county).await, cadre)
}

both! {
    async fn facts_of_every_kind_are_recorded_and_told(world: World) {
        let (officer, cadre) = bare(&world).await;
        for fact in [
            json!({ "post": { "title": "Head", "role": "PRINCIPAL", "documentNumber": "9-1", "validFrom": "2020-02-29" } }),
            level("TOWNSHIP_DEPUTY", "2020-02", None),
            json!({ "rank": { "rank": "PRINCIPAL_STAFF_3", "validFrom": "2019-06" } }),
            json!({ "education": { "mode": "FULL_TIME", "educationCode": "21", "degreeCode": "408", "school": "A university", "enrolled": "2006", "graduated": "2010" } }),
            json!({ "title": { "title": "Engineer", "grade": "INTERMEDIATE", "obtained": "2015" } }),
            json!({ "assessment": { "year": 2024, "kind": "ANNUAL", "grade": "EXCELLENT" } }),
            json!({ "experience": { "kind": "GRASSROOTS", "place": "A village", "validFrom": "2010-07", "validTo": "2012-07" } }),
            json!({ "training": { "title": "A class", "hours": 56, "validFrom": "2021-03-01", "validTo": "2021-03-07" } }),
            json!({ "award": { "name": "Commendation", "awardCode": "01115", "decided": "2022" } }),
            json!({ "sanction": { "kind": "ADMONITION", "decidingBody": "Supervision", "documentNumber": "9-2", "decidedOn": "2023-01-10",
                "effectFrom": "2023-01-10", "effectUntil": "2023-07-10", "appealTo": "Supervision above" } }),
            json!({ "resume": { "ordinal": 1, "rawText": "2006.09--2010.07 大学", "validFrom": "2006-09", "validTo": "2010-07" } }),
        ] {
            let answer = record(&officer, cadre, fact.clone()).await;
            assert!(answer.done("/cadreFactRecord")["factId"].is_string(), "{fact}");
        }
        let query = "query($id: ID!) { cadre(id: $id) { version postTitle positionLevel education
            posts { title role documentNumber isCurrent source } ranks { rank rankCode { labelZh codeSet } } titles { title grade }
            educations { level degree degreeCode { labelZh edition } } highestEducation(mode: FULL_TIME) { school }
            assessments(lastYears: 5) { grade gradeCode { code codeSet } } grassrootsMonths trainings { hours } awards { code { labelZh } }
            sanctions { kind inEffect documentNumber appealTo } resume { ordinal rawText validFrom } findings { code } } }";
        let told = officer.run(query, json!({ "id": global(cadre) })).await;
        assert_eq!(told.at("/cadre"), &json!({
            "version": 12, "postTitle": "Head", "positionLevel": "TOWNSHIP_DEPUTY", "education": "BACHELOR",
            "posts": [{ "title": "Head", "role": "PRINCIPAL", "documentNumber": "9-1", "isCurrent": true, "source": "File" }],
            "ranks": [{ "rank": "PRINCIPAL_STAFF_3", "rankCode": { "labelZh": "三级主任科员", "codeSet": "TIDUI RANK" } }],
            "titles": [{ "title": "Engineer", "grade": "INTERMEDIATE" }],
            "educations": [{ "level": "BACHELOR", "degree": "BACHELOR", "degreeCode": { "labelZh": "工学学士", "edition": "2003" } }],
            "highestEducation": { "school": "A university" },
            "assessments": [{ "grade": "EXCELLENT", "gradeCode": { "code": "1", "codeSet": "ZB18" } }],
            "grassrootsMonths": 24, "trainings": [{ "hours": 56 }], "awards": [{ "code": { "labelZh": "嘉奖" } }],
            "sanctions": [{ "kind": "ADMONITION", "inEffect": false, "documentNumber": "9-2", "appealTo": "Supervision above" }],
            "resume": [{ "ordinal": 1, "rawText": "2006.09--2010.07 大学", "validFrom": "2006-09" }], "findings": [],
        }));
        assert_eq!(world.number("select count(*) from rank_period where recorded_by is not null and state = 'RECORDED'").await, 1);
    }

    async fn contradictions_are_refused_by_field(world: World) {
        let (officer, cadre) = bare(&world).await;
        record(&officer, cadre, post("First", "2012-03", Some("2016-07"))).await.done("/cadreFactRecord");
        record(&officer, cadre, level("SECTION_MEMBER", "2012-03", Some("2016-07"))).await.done("/cadreFactRecord");
        record(&officer, cadre, json!({ "assessment": { "year": 2020, "kind": "ANNUAL", "grade": "COMPETENT" } })).await.done("/cadreFactRecord");
        let before = world.fingerprint().await;
        let sanction = |until: &str, body: &str| json!({ "sanction": { "kind": "WARNING", "decidingBody": body, "documentNumber": "1",
            "decidedOn": "2023-01-10", "effectFrom": "2023-01-10", "effectUntil": until, "appealTo": "Above" } });
        for (fact, code, field) in [
            (post("Early", "1988-04", Some("1990")), "INVALID", "fact.post.validFrom"),
            (post("Turned", "2018", Some("2017-12-31")), "INVALID", "fact.post.validTo"),
            (post("Later", "2199", None), "INVALID", "fact.post.validFrom"),
            (post(" ", "2018", None), "INVALID", "fact.post.title"),
            (post("Beside", "2014-05", Some("2015")), "OVERLAPS", "fact.post.validFrom"),
            (post("Beside", "2016-06", None), "OVERLAPS", "fact.post.validFrom"),
            (level("CLERK", "2010", Some("2012-04")), "OVERLAPS", "fact.level.validFrom"),
            (json!({ "assessment": { "year": 2020, "kind": "ANNUAL", "grade": "EXCELLENT" } }), "TAKEN", "fact.assessment.year"),
            (json!({ "assessment": { "year": 2199, "kind": "ANNUAL", "grade": "EXCELLENT" } }), "INVALID", "fact.assessment.year"),
            (json!({ "education": { "mode": "FULL_TIME", "educationCode": "34", "school": "S" } }), "INVALID", "fact.education.educationCode"),
            (json!({ "education": { "mode": "FULL_TIME", "school": "S" } }), "INVALID", "fact.education.educationCode"),
            (sanction("2023-01-10", "Supervision"), "INVALID", "fact.sanction.effectUntil"),
            (sanction("2023-07-10", " "), "INVALID", "fact.sanction.decidingBody"),
        ] {
            let answer = record(&officer, cadre, fact.clone()).await;
            answer.problem("/cadreFactRecord", code);
            assert_eq!(answer.at("/cadreFactRecord/problems/0/field"), field, "{fact}");
        }
        // Two kinds at once, or none, is no fact; the last of February is a day in leap years alone.
        for fact in [json!({}), json!({ "resume": { "ordinal": 1, "rawText": "x" }, "rank": { "rank": "STAFF_1" } }), post("Leap", "2023-02-29", None)] {
            assert_eq!(record(&officer, cadre, fact).await.codes().len(), 1);
        }
        assert_eq!(world.fingerprint().await, before);
        // A year alone contradicts nothing in it, and what ends on a day meets what begins on it.
        for fact in [post("Next", "2016-07", Some("2018")), post("Then", "2018", None), json!({ "rank": { "rank": "STAFF_1", "validFrom": "1988" } })] {
            record(&officer, cadre, fact).await.done("/cadreFactRecord");
        }
        let concurrent = json!({ "post": { "title": "Beside", "isPrimary": false, "validFrom": "2019" } });
        assert_eq!(record(&officer, cadre, concurrent).await.done("/cadreFactRecord")["cadre"]["postTitle"], "Then");
    }

    async fn a_gap_between_levels_is_a_warning(world: World) {
        let (officer, cadre) = bare(&world).await;
        record(&officer, cadre, level("SECTION_MEMBER", "2012-03", Some("2015-02-28"))).await.done("/cadreFactRecord");
        let gap = record(&officer, cadre, level("TOWNSHIP_DEPUTY", "2016-02-29", None)).await;
        assert_eq!(gap.done("/cadreFactRecord")["warnings"], json!([{ "severity": "WARNING", "code": "LEVEL_GAP", "field": "fact.level.validFrom" }]));
        assert_eq!(gap.at("/cadreFactRecord/cadre/positionLevel"), "TOWNSHIP_DEPUTY");
        let closed = record(&officer, cadre, level("CLERK", "2015-02-28", Some("2016-02-29"))).await;
        assert_eq!(closed.done("/cadreFactRecord")["warnings"], json!([]));
    }

    async fn a_correction_supersedes_and_a_mistake_is_voided(world: World) {
        let (officer, cadre) = bare(&world).await;
        let first = record_with(&officer, cadre, post("Haed", "2020-01", None), json!({ "idempotencyKey": "one" })).await;
        let id = first.done("/cadreFactRecord")["factId"].clone();
        // A retry is one effect.
        let again = record_with(&officer, cadre, post("Haed", "2020-01", None), json!({ "idempotencyKey": "one" })).await;
        assert_eq!(again.done("/cadreFactRecord")["factId"], id);
        let better = record_with(&officer, cadre, post("Head", "2020-01", None), json!({ "supersedes": id, "expectedVersion": 2 })).await;
        let cadre_now = &better.done("/cadreFactRecord")["cadre"];
        assert_eq!((&cadre_now["postTitle"], cadre_now["posts"].as_array().map(Vec::len)), (&json!("Head"), Some(1)));
        let stale = record_with(&officer, cadre, post("Other", "2010", Some("2011")), json!({ "expectedVersion": 2 })).await;
        stale.problem("/cadreFactRecord", "STALE");
        let twice = record_with(&officer, cadre, post("Other", "2010", Some("2011")), json!({ "supersedes": id })).await;
        twice.problem("/cadreFactRecord", "TRANSITION_REFUSED");
        let kind = record_with(&officer, cadre, level("CLERK", "2010", Some("2011")), json!({ "supersedes": id })).await;
        kind.refused("NOT_FOUND");
        assert_eq!(world.number("select count(*) from post_assignment where state = 'SUPERSEDED' and superseded_by is not null").await, 1);
        let id = better.at("/cadreFactRecord/factId").clone();
        let void = |version: i32, reason: &str| json!({ "input": { "factId": id, "expectedVersion": version, "reason": reason } });
        officer.run(VOID, void(7, "Another person's")).await.problem("/cadreFactVoid", "STALE");
        officer.run(VOID, void(1, " ")).await.problem("/cadreFactVoid", "INVALID");
        let voided = officer.run(VOID, void(1, "Another person's")).await;
        assert_eq!(voided.done("/cadreFactVoid")["cadre"], json!({ "postTitle": null, "education": null, "posts": [], "educations": [] }));
        officer.run(VOID, void(2, "Another person's")).await.problem("/cadreFactVoid", "TRANSITION_REFUSED");
    }

    /// What came along with the answer of the one is not told as that of the next.
    async fn each_of_two_changes_in_one_document_tells_what_it_left(world: World) {
        let (officer, cadre) = bare(&world).await;
        let first = record(&officer, cadre, post("Head", "2020-01", None)).await;
        let void = json!({ "factId": first.done("/cadreFactRecord")["factId"], "expectedVersion": 1, "reason": "Another person's" });
        let fact = json!({ "cadreId": global(cadre), "source": "File", "fact": post("Clerk", "2010-01", Some("2012-01")) });
        let both = "mutation($fact: CadreFactRecordInput!, $void: CadreFactVoidInput!) {
            a: cadreFactRecord(input: $fact) { problems { code } cadre { posts { title } } }
            b: cadreFactVoid(input: $void) { problems { code } cadre { posts { title } } } }";
        let told = officer.run(both, json!({ "fact": fact, "void": void })).await;
        assert_eq!(told.at("/a/cadre/posts").as_array().map(Vec::len), Some(2), "{}", told.text);
        assert_eq!(told.at("/b/cadre/posts"), &json!([{ "title": "Clerk" }]), "{}", told.text);
    }

    /// What a fact said of the highest education goes with it.
    async fn the_highest_education_follows_its_facts(world: World) {
        let (officer, cadre) = bare(&world).await;
        let education = |code: &str| json!({ "education": { "mode": "IN_SERVICE", "educationCode": code, "school": "S", "graduated": "2012" } });
        record(&officer, cadre, education("31")).await.done("/cadreFactRecord");
        let high = record(&officer, cadre, education("1A")).await;
        assert_eq!(high.done("/cadreFactRecord")["cadre"]["education"], "POSTGRADUATE");
        let input = json!({ "input": { "factId": high.at("/cadreFactRecord/factId"), "expectedVersion": 1, "reason": "A forgery" } });
        assert_eq!(officer.run(VOID, input).await.done("/cadreFactVoid")["cadre"]["education"], "JUNIOR_COLLEGE");
    }

    /// One day for the whole answer: what had begun, what held, how many months had passed.
    async fn everything_dated_is_told_as_of_one_day(world: World) {
        let (officer, cadre) = bare(&world).await;
        world.post(cadre, "First", PartialDate::parse("2012-02-29"), PartialDate::parse("2016"), |_| {}).await;
        world.post(cadre, "Second", PartialDate::parse("2016"), None, |_| {}).await;
        world.level(cadre, PositionLevel::Clerk, PartialDate::parse("2012-02-29"), PartialDate::parse("2014-05")).await;
        world.level(cadre, PositionLevel::SectionMember, PartialDate::parse("2014-05"), None).await;
        let query = "query($id: ID!, $on: Date) { cadre(id: $id, asOf: $on) { ageYears ageMonths monthsAtLevel monthsInPost
            posts { title isCurrent } levels { level isCurrent } } }";
        let told = async |on: &str| officer.run(query, json!({ "id": global(cadre), "on": on })).await.at("/cadre").clone();
        assert_eq!(told("2013-02-28").await, json!({ "ageYears": 24, "ageMonths": 297, "monthsAtLevel": 11, "monthsInPost": 11,
            "posts": [{ "title": "First", "isCurrent": true }], "levels": [{ "level": "CLERK", "isCurrent": true }] }));
        assert_eq!(told("2013-03-01").await["monthsInPost"], 12);
        assert_eq!(told("2014-05-01").await["monthsAtLevel"], 0);
        assert_eq!(told("2011-12-31").await, json!({ "ageYears": 23, "ageMonths": 283, "monthsAtLevel": null, "monthsInPost": null, "posts": [], "levels": [] }));
        let later = told("2040-01-01").await;
        assert_eq!((&later["monthsInPost"], &later["posts"][1]), (&json!(288), &json!({ "title": "Second", "isCurrent": true })));
        let nested = officer.run("query($id: ID!) { node(id: $id) { ... on Cadre { ageYears } } cadre(id: $id, asOf: \"2013-03-01\") { ageYears } }", json!({ "id": global(cadre) })).await;
        assert_eq!(nested.at("/node/ageYears"), 24, "the day is that of the request, wherever it is named");
        assert_eq!(nested.json["extensions"]["asOf"], "2013-03-01");
        let two = officer.run("query($id: ID!) { a: cadre(id: $id, asOf: \"2013-03-01\") { id } b: cadre(id: $id, asOf: \"2014-03-01\") { id } }", json!({ "id": global(cadre) })).await;
        assert_eq!((two.codes(), &two.json["errors"][0]["extensions"]["field"]), (vec!["INVALID".to_owned()], &json!("asOf")));
    }

    /// Sanctions are for those who decide, and for the person: not for the unit, where null is not an empty list.
    async fn sanctions_are_read_by_few(world: World) {
        let county = County::build(&world, "North").await;
        let query = "query($id: ID!) { cadre(id: $id) { sanctions { documentNumber inEffect } } }";
        let seen = async |role, cadre| county.person(role).run(query, json!({ "id": global(cadre) })).await.at("/cadre/sanctions").clone();
        let one = json!([{ "documentNumber": "North 1", "inEffect": true }]);
        for role in [Role::OrganizationOfficer, Role::OrganizationLeader, Role::Cadre] {
            assert_eq!(seen(role, county.mentee).await, one, "{role:?}");
        }
        assert_eq!(seen(Role::OrganizationOfficer, county.mentor).await, json!([]));
        assert_eq!(seen(Role::UnitOfficer, county.mentee).await, Value::Null);
        // An officer elsewhere learns nothing here: neither what there is, nor that there is nothing.
        let south = world.organization("South").await;
        let mixed = world.sign_in_with(&[(Role::UnitOfficer, county.department), (Role::OrganizationOfficer, south)], None).await;
        for cadre in [county.mentee, county.mentor] {
            assert_eq!(mixed.run(query, json!({ "id": global(cadre) })).await.at("/cadre/sanctions"), &Value::Null);
        }
    }
}

/// A small generator: the same numbers on every machine.
struct Dice(u64);

impl Dice {
    fn below(&mut self, end: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % end
    }

    /// A date of any precision, days at the end of months among them.
    fn date(&mut self) -> PartialDate {
        let year = 2008 + self.below(18);
        let month = 1 + self.below(12);
        let text = match self.below(4) {
            0 => format!("{year}"),
            1 => format!("{year}-{month:02}"),
            _ => format!("{year}-{month:02}-{:02}", [1, 15, 28, 29, 30, 31][self.below(6) as usize]),
        };
        PartialDate::parse(&text).unwrap_or_else(|| PartialDate::parse("2024-02-29").expect("a date"))
    }
}

both! {
    /// On random records, partial and impossible ones among them, a filter finds whom the field of the record says.
    async fn filters_find_whom_the_fields_tell(world: World) {
        let county = world.organization("North").await;
        let mut dice = Dice(20_261_121);
        for number in 0..60 {
            let birth = dice.date();
            let cadre = world.cadre(county, &format!("Person {number:02}"), |row| row.birth_date = Some(birth)).await;
            for _ in 0..dice.below(4) {
                let kind = [ExperienceKind::Grassroots, ExperienceKind::Grassroots, ExperienceKind::Aid][dice.below(3) as usize];
                let state = if dice.below(5) == 0 { FactState::Voided } else { FactState::Recorded };
                let to = (dice.below(3) > 0).then(|| dice.date());
                world.experience(cadre, kind, dice.date(), to, state).await;
            }
            for _ in 0..dice.below(3) {
                let (from, to) = ((dice.below(8) > 0).then(|| dice.date()), (dice.below(2) > 0).then(|| dice.date()));
                world.level(cadre, PositionLevel::Clerk, from, to).await;
            }
        }
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let fields = "query($on: Date) { cadres(first: 100, asOf: $on) { edges { node { id birthDate grassrootsMonths monthsAtLevel } } } }";
        let filter = "query($on: Date, $filter: CadreFilter) { cadres(first: 100, asOf: $on, filter: $filter) { totalCount edges { node { id } } } }";
        let mut found = 0;
        for on in ["2024-02-29", "2026-11-21", "2021-12-31", "2015-01-01"] {
            let all = officer.run(fields, json!({ "on": on })).await;
            let all: Vec<Value> = all.at("/cadres/edges").as_array().expect("edges").iter().map(|it| it["node"].clone()).collect();
            for (min, max) in [(Some(0), None), (Some(1), None), (None, Some(0)), (Some(12), Some(40)), (Some(24), None), (None, Some(59)), (Some(60), Some(200))] {
                for (name, zero) in [("grassrootsMonths", true), ("monthsAtLevel", false)] {
                    let fits = |it: &&Value| match it[name].as_i64() {
                        Some(months) => min.is_none_or(|min| months >= min) && max.is_none_or(|max| months <= max),
                        None => zero,
                    };
                    let mut expected: Vec<&str> = all.iter().filter(fits).filter_map(|it| it["id"].as_str()).collect();
                    let mut range = json!({});
                    if let Some(min) = min { range["min"] = json!(min); }
                    if let Some(max) = max { range["max"] = json!(max); }
                    let answer = officer.run(filter, json!({ "on": on, "filter": { name: range } })).await;
                    let edges = answer.at("/cadres/edges").as_array().expect("edges");
                    let mut ids: Vec<&str> = edges.iter().filter_map(|it| it["node"]["id"].as_str()).collect();
                    expected.sort_unstable();
                    ids.sort_unstable();
                    assert_eq!(ids, expected, "{name} from {min:?} to {max:?} on {on}");
                    found += ids.len();
                }
            }
        }
        assert!(found > 500, "the dice found only {found}");
        for (from, to) in [("2010", "2012"), ("2010-01-01", "2012-12-31"), ("2015-06", "2020-02-28")] {
            let answer = officer.run(filter, json!({ "filter": { "bornFrom": from, "bornTo": to } })).await;
            let day = |text: &str| PartialDate::parse(text).expect("a date");
            let all = officer.run(fields, json!({})).await;
            let born = all.at("/cadres/edges").as_array().expect("edges").iter().filter(|it| {
                let birth = day(it["node"]["birthDate"].as_str().expect("a date")).earliest();
                birth >= day(from).earliest() && birth <= day(to).latest()
            });
            assert_eq!(answer.at("/cadres/totalCount"), born.count(), "{from} to {to}");
        }
    }

    async fn programmes_and_names_filter_too(world: World) {
        let county = County::build(&world, "North").await;
        let officer = county.person(Role::OrganizationOfficer);
        let found = async |client: &Client, filter: Value| {
            let query = "query($filter: CadreFilter) { cadres(filter: $filter) { edges { node { name } } } }";
            client.run(query, json!({ "filter": filter })).await.names("/cadres")
        };
        let (mentee, mentor, free) = ("North Mentee", "North Mentor", "North Free");
        assert_eq!(found(officer, json!({ "hasMentor": true })).await, [mentee]);
        assert_eq!(found(officer, json!({ "hasMentor": false })).await, [free, mentor]);
        assert_eq!(found(officer, json!({ "contactOverdue": true })).await, [""; 0]);
        world.sql("update mentoring_pair set next_contact_due = '2020-01-01'", vec![]).await;
        world.tell().await;
        assert_eq!(found(officer, json!({ "contactOverdue": true })).await, [mentee, mentor]);
        assert_eq!(found(officer, json!({ "pool": global(county.pools[0]) })).await, [free, mentee]);
        assert_eq!(found(officer, json!({ "pool": global(county.pools[0]), "tier": "B" })).await, [""; 0]);
        assert_eq!(found(officer, json!({ "tier": "A" })).await, [free, mentee]);
        // A confidential membership is no filter for the unit.
        let unit = county.person(Role::UnitOfficer);
        assert_eq!(found(unit, json!({ "pool": global(county.pools[0]) })).await, [""; 0]);
        assert_eq!(found(unit, json!({ "pool": global(county.pools[1]) })).await, [mentee]);
        assert_eq!(found(officer, json!({ "name": "NF" })).await, [free]);
        assert_eq!(found(officer, json!({ "name": "North Free" })).await, [free]);
        assert_eq!(found(officer, json!({ "name": "North" })).await, [""; 0]);
        record(officer, county.free, json!({ "rank": { "rank": "STAFF_1", "validFrom": "2020", "validTo": "2022" } })).await.done("/cadreFactRecord");
        assert_eq!(found(officer, json!({ "ranks": ["STAFF_1"] })).await, [""; 0]);
        let then = officer.run("{ cadres(asOf: \"2021-06-30\", filter: { ranks: [STAFF_1, STAFF_2] }) { edges { node { name } } } }", json!({})).await;
        assert_eq!(then.names("/cadres"), [free]);
        let turned = officer.run("{ cadres(filter: { monthsAtLevel: { min: 3, max: 2 } }) { totalCount } }", json!({})).await;
        turned.refused("INVALID");
    }

    /// The lookup by number finds nobody beyond the scope, and leaves its trace either way.
    async fn an_identity_number_finds_one_person_and_is_on_record(world: World) {
        let county = County::build(&world, "North").await;
        let officer = county.person(Role::OrganizationOfficer);
        let create = "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code } cadre { id } } }";
        let input = json!({ "input": { "organizationId": global(county.top), "name": "Anna", "sex": "FEMALE", "identityNumber": "990000199003070013" } });
        officer.run(create, input).await.done("/cadreCreate");
        let query = "query($number: String!, $reason: String!) { cadreByIdentityNumber(number: $number, purpose: FILE_REVIEW, reason: $reason) { name } }";
        let ask = |number: &str, reason: &str| json!({ "number": number, "reason": reason });
        let found = officer.run(query, ask("990000199003070013", "Form 7")).await;
        assert_eq!(found.at("/cadreByIdentityNumber/name"), "Anna");
        assert_eq!(officer.run(query, ask("990000198512310025", "Form 7")).await.at("/cadreByIdentityNumber"), &Value::Null);
        let south = world.organization("South").await;
        let elsewhere = world.sign_in(Role::OrganizationOfficer, south).await;
        assert_eq!(elsewhere.run(query, ask("990000199003070013", "Form 7")).await.at("/cadreByIdentityNumber"), &Value::Null);
        county.person(Role::UnitOfficer).run(query, ask("990000199003070013", "Form 7")).await.refused("FORBIDDEN");
        for (number, reason) in [("990000199003070014", "Form 7"), ("990000199003070013", " ")] {
            officer.run(query, ask(number, reason)).await.refused("INVALID");
        }
        let tries = "select count(*) from audit_event where action = 'IDENTITY_LOOK_UP' and outcome = ";
        assert_eq!(world.number(&format!("{tries}'DONE' and purpose = 'FILE_REVIEW'")).await, 1);
        assert_eq!(world.number(&format!("{tries}'REFUSED'")).await, 3);
        assert_eq!(world.number("select count(*) from access_log where reason = 'Form 7' and field = 'IDENTITY_NUMBER'").await, 1);
    }
}
