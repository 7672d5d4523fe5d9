//! What is explained of one person and what is found by one statement are the same: for random people, random criteria, two
//! days, and callers who may read more or less.

use std::{collections::BTreeMap, fmt::Write};

use entity::{
    assessment, declared_fact, education,
    id::{AssessmentId, CadreId, DeclaredFactId, EducationId, PolicyEditionId, ProfessionalTitleId, RankPeriodId},
    kind::{
        AssessmentGrade, AssessmentKind, CadreStatus, CivilServantRank, Degree, Education, EducationMode,
        ExperienceKind, FactState, PositionLevel, PostRole, TitleGrade,
    },
    professional_title, rank_period,
};
use tests::dice::Dice;

use super::*;

const SEED: u64 = 20_261_122;
const PEOPLE: usize = 64;
const CRITERIA: usize = 40;
/// Fields of one document.
const FIELDS: usize = 20;
const DAYS: [&str; 2] = ["2024-02-29", "2026-05-31"];

/// A date of some precision, or none.
fn date(dice: &mut Dice, first: usize, years: usize) -> Option<PartialDate> {
    let (year, month, day) = (first + dice.below(years), 1 + dice.below(12), 1 + dice.below(31));
    let text = match dice.below(8) {
        0 => return None,
        1 => format!("{year}"),
        2 | 3 => format!("{year}-{month:02}"),
        4 => format!("{year}-02-29"),
        _ => format!("{year}-{month:02}-{day:02}"),
    };
    PartialDate::parse(&text).or_else(|| PartialDate::parse(&format!("{year}-{month:02}")))
}

fn state(dice: &mut Dice) -> FactState {
    dice.pick(&[FactState::Recorded, FactState::Recorded, FactState::Recorded, FactState::Voided])
}

async fn person(world: &World, at: OrganizationId, number: usize, dice: &mut Dice) -> CadreId {
    let birth = date(dice, 1980, 24);
    let (status, joined) = (dice.pick(CadreStatus::ALL), date(dice, 2010, 16));
    let change = |row: &mut entity::cadre::Model| {
        (row.birth_date, row.status, row.party_joined_on) = (birth, status, joined);
    };
    let id = world.cadre(at, &format!("Person {number:02}"), change).await;
    for _ in 0..dice.below(3) {
        let (from, to) = (date(dice, 2015, 12), if dice.chance(60) { None } else { date(dice, 2018, 10) });
        world.level(id, dice.pick(PositionLevel::ALL), from, to).await;
        let state = state(dice);
        let begun = date(dice, 2015, 12);
        let role = dice.chance(80).then(|| dice.pick(PostRole::ALL));
        let change = |row: &mut entity::post_assignment::Model| {
            (row.is_primary, row.state, row.role) = (!number.is_multiple_of(3), state, role);
        };
        world.post(id, "Post", begun, to, change).await;
        titled(world, id, state, dice).await;
        if let Some(begun) = date(dice, 2016, 10) {
            let kind = dice.pick(&[ExperienceKind::Grassroots, ExperienceKind::Secondment]);
            world.experience(id, kind, begun, to, state).await;
        }
        ranked(world, id, state, to, dice).await;
        studied(world, id, state, dice).await;
    }
    assessed(world, id, dice).await;
    if dice.chance(30) {
        punished(world, id, dice).await;
    }
    id
}

async fn ranked(world: &World, cadre_id: CadreId, state: FactState, valid_to: Option<PartialDate>, dice: &mut Dice) {
    let row = rank_period::Model {
        id: RankPeriodId::fresh(),
        cadre_id,
        rank: dice.pick(CivilServantRank::ALL),
        valid_from: date(dice, 2015, 12),
        valid_to,
        source: String::new(),
        recorded_at: world.now(),
        recorded_by: None,
        state,
        superseded_by: None,
        void_reason: None,
        version: 1,
    };
    world.insert(row).await;
}

async fn titled(world: &World, cadre_id: CadreId, state: FactState, dice: &mut Dice) {
    let row = professional_title::Model {
        id: ProfessionalTitleId::fresh(),
        cadre_id,
        title: "Engineer".to_owned(),
        grade: dice.chance(80).then(|| dice.pick(TitleGrade::ALL)),
        obtained: date(dice, 2015, 12),
        source: String::new(),
        recorded_at: world.now(),
        recorded_by: None,
        state,
        superseded_by: None,
        void_reason: None,
        version: 1,
    };
    world.insert(row).await;
}

/// What is signed for somebody: yes and no, in force and over, recorded and void.
async fn signed(world: &World, edition_id: PolicyEditionId, at: OrganizationId, person: CadreId, dice: &mut Dice) {
    for code in ["FIT", "KEEN"] {
        for _ in 0..dice.below(3) {
            let from = dice.pick(&["2023-05-01", "2024-02-29", "2026-06-01"]).parse().expect("a day");
            let until = dice.pick(&["2024-02-29", "2026-05-31", "2030-01-01"]).parse().expect("a day");
            let row = declared_fact::Model {
                id: DeclaredFactId::fresh(),
                edition_id,
                code: code.to_owned(),
                organization_id: at,
                cadre_id: Some(person),
                holds: dice.chance(60),
                number: None,
                valid_from: from,
                valid_to: dice.chance(50).then_some(until).filter(|end| *end > from),
                document_number: None,
                source: "Signed".to_owned(),
                recorded_at: world.now(),
                recorded_by: None,
                state: state(dice),
                void_reason: None,
                version: 1,
            };
            world.insert(row).await;
        }
    }
}

async fn studied(world: &World, cadre_id: CadreId, state: FactState, dice: &mut Dice) {
    let row = education::Model {
        id: EducationId::fresh(),
        cadre_id,
        mode: dice.pick(&[EducationMode::FullTime, EducationMode::InService]),
        level: dice.chance(80).then(|| dice.pick(Education::ALL)),
        education_code: None,
        degree: dice.chance(60).then(|| dice.pick(Degree::ALL)),
        degree_code: None,
        school: "School".to_owned(),
        major: None,
        enrolled: date(dice, 2010, 14),
        graduated: date(dice, 2014, 14),
        source: String::new(),
        recorded_at: world.now(),
        recorded_by: None,
        state,
        superseded_by: None,
        void_reason: None,
        version: 1,
    };
    world.insert(row).await;
}

async fn assessed(world: &World, cadre_id: CadreId, dice: &mut Dice) {
    for year in 2019..2026 {
        let row = assessment::Model {
            id: AssessmentId::fresh(),
            cadre_id,
            year,
            kind: dice.pick(&[AssessmentKind::Annual, AssessmentKind::Annual, AssessmentKind::Term]),
            grade: dice.pick(AssessmentGrade::ALL),
            source: String::new(),
            recorded_at: world.now(),
            recorded_by: None,
            state: state(dice),
            superseded_by: None,
            void_reason: None,
            version: 1,
        };
        if dice.chance(75) {
            world.insert(row).await;
        }
    }
}

async fn punished(world: &World, cadre_id: CadreId, dice: &mut Dice) {
    let sanction = world.sanction(cadre_id, "1").await;
    let day = |text: &str| text.parse::<chrono::NaiveDate>().expect("a day");
    let from = day(dice.pick(&["2023-08-01", "2024-02-29", "2025-01-01"]));
    let until = day(dice.pick(&["2024-02-29", "2026-05-31", "2026-06-01", "2030-01-01"]));
    if from < until {
        let sql = "update sanction set effect_from = $1, effect_until = $2 where id = $3";
        world.sql(sql, vec![from.into(), until.into(), sanction.into()]).await;
    }
}

fn leaf(dice: &mut Dice) -> Value {
    let op = dice.pick(&["GE", "GT", "LE", "LT", "EQ"]);
    let codes = |dice: &mut Dice, all: Vec<&'static str>| dice.pick(&all);
    let ordered = |dice: &mut Dice, fact: &str, all: Vec<&'static str>| match dice.chance(25) {
        true => {
            let (one, other) = (dice.below(all.len()), dice.below(all.len()));
            let mut some = vec![all[one], all[other]];
            some.dedup();
            json!({ "fact": fact, "op": "IN", "value": some })
        }
        false => json!({ "fact": fact, "op": op, "value": codes(dice, all) }),
    };
    macro_rules! texts {
        ($of:ident) => {
            $of::ALL.iter().map(|it| it.text()).collect::<Vec<_>>()
        };
    }
    match dice.below(19) {
        13 => json!({ "fact": "postRole", "op": "IN", "value": [codes(dice, texts!(PostRole))] }),
        14 => json!({ "fact": "organizationKind", "op": "IN", "value": [dice.pick(&["DEPARTMENT", "TOWNSHIP"])] }),
        15 => ordered(dice, "titleGrade", texts!(TitleGrade)),
        16 => json!({ "fact": "partyMonths", "op": op, "value": dice.below(180), "unit": "MONTH" }),
        17 => json!({ "attested": dice.pick(&["FIT", "KEEN"]) }),
        18 => {
            let op = if op == "EQ" { "LE" } else { op };
            json!({ "fact": "age", "op": op, "value": 25 + dice.below(20), "unit": "YEAR", "approx": dice.below(3) })
        }
        0 | 1 => json!({ "fact": "age", "op": op, "value": 18 + dice.below(30), "unit": "YEAR" }),
        2 => {
            json!({ "fact": "birthDate", "op": op, "value": dice.pick(&["1985-01-01", "1990-05-01", "1992-02-29", "1988-06-15"]) })
        }
        3 => json!({ "fact": "status", "op": "IN", "value": [codes(dice, texts!(CadreStatus))] }),
        4 => ordered(dice, "level", texts!(PositionLevel)),
        5 => ordered(dice, "rank", texts!(CivilServantRank)),
        6 => {
            let fact = dice.pick(&["education", "fullTimeEducation"]);
            ordered(dice, fact, texts!(Education))
        }
        7 => ordered(dice, "degree", texts!(Degree)),
        8 | 9 => {
            let fact = dice.pick(&["monthsAtLevel", "monthsAtRank", "monthsInPost"]);
            match op {
                "EQ" => json!({ "fact": fact, "op": op, "value": dice.below(60), "unit": "MONTH" }),
                _ => {
                    json!({ "fact": fact, "op": op, "value": dice.pick(&["0", "1.5", "2.25", "3", "5", "0.04"]), "unit": "YEAR" })
                }
            }
        }
        10 => {
            json!({ "fact": dice.pick(&["grassrootsMonths", "secondmentMonths"]), "op": op, "value": dice.below(60), "unit": "MONTH" })
        }
        11 => {
            let (years, grade) = (1 + dice.below(5), codes(dice, texts!(AssessmentGrade)));
            json!({ "fact": "annualGrades", "grades": [grade], "years": years, "op": op, "value": dice.below(years + 2) })
        }
        _ => json!({ "fact": "sanctionsInEffect", "op": op, "value": dice.below(2) }),
    }
}

fn need(dice: &mut Dice, levels: usize) -> Value {
    if levels == 0 || dice.chance(35) {
        return leaf(dice);
    }
    let some = |dice: &mut Dice| (0..1 + dice.below(3)).map(|_| need(dice, levels - 1)).collect::<Vec<_>>();
    match dice.below(4) {
        // Half of the pairs of limits on one fact contradict each other, which is refused before anybody is judged.
        0 => json!({ "not": { "any": some(dice) } }),
        1 => json!({ "any": some(dice) }),
        2 => json!({ "not": need(dice, levels - 1) }),
        _ => {
            let of = some(dice);
            json!({ "atLeast": 1 + dice.below(of.len()), "of": of })
        }
    }
}

/// How each criterion comes out for each person, as `eligibility` explains it.
async fn explained(
    by: &Client,
    people: &[CadreId],
    edition: PolicyEditionId,
    day: &str,
) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    for some in people.chunks(FIELDS) {
        let mut text = String::new();
        for (at, it) in some.iter().enumerate() {
            let (subject, edition) = (global(*it), global(edition));
            writeln!(text, "p{at}: eligibility(subject: \"{subject}\", edition: \"{edition}\", asOf: \"{day}\") {{ subject {{ name }} criteria {{ outcome criterion {{ code }} }} }}").expect("text");
        }
        let answer = by.run(&format!("{{ {text} }}"), json!({})).await;
        for at in 0..some.len() {
            let name = answer.text_at(&format!("/p{at}/subject/name"));
            for it in answer.at(&format!("/p{at}/criteria")).as_array().expect("criteria") {
                let code = it["criterion"]["code"].as_str().expect("a code").to_owned();
                found.insert((code, name.clone()), it["outcome"].as_str().expect("an outcome").to_owned());
            }
        }
    }
    found
}

/// The same, as `candidates` finds it.
async fn listed(by: &Client, edition: PolicyEditionId, day: &str) -> BTreeMap<(String, String), String> {
    let mut found = BTreeMap::new();
    let each = |it: &'static str| (0..CRITERIA).map(move |at| (format!("C{at}"), it));
    let asked: Vec<_> = ["MET", "NOT_MET", "UNKNOWN"].into_iter().flat_map(each).collect();
    for some in asked.chunks(FIELDS) {
        let mut text = String::new();
        for (at, (code, outcome)) in some.iter().enumerate() {
            let edition = global(edition);
            writeln!(text, "p{at}: candidates(filter: {{ edition: \"{edition}\", criterion: \"{code}\", outcome: {outcome} }}, asOf: \"{day}\", first: 100) {{ edges {{ node {{ name }} }} }}").expect("text");
        }
        let answer = by.run(&format!("{{ {text} }}"), json!({})).await;
        for (at, (code, outcome)) in some.iter().enumerate() {
            for name in answer.names(&format!("/p{at}")) {
                let twice = found.insert((code.clone(), name.clone()), (*outcome).to_owned());
                assert_eq!(twice, None, "{code} comes out twice for {name}");
            }
        }
    }
    found
}

both! {
    async fn the_explained_and_the_listed_agree(world: World) {
        let mut dice = Dice::new(SEED);
        let county = world.organization("North").await;
        let home = world.department(county, "Finance").await;
        let mut people = Vec::new();
        for number in 0..PEOPLE {
            people.push(person(&world, home, number, &mut dice).await);
        }
        let mut needs: Vec<_> = (0..CRITERIA).map(|at| criterion(&format!("C{at}"), need(&mut dice, 2))).collect();
        // Some are asked of a part of the people alone.
        for it in needs.iter_mut().step_by(4) {
            it["when"] = need(&mut dice, 1);
        }
        let declared = |it| json!({ "code": it, "title": it, "about": "CADRE", "nature": "STATEMENT" });
        let said = json!({ "criteria": needs, "facts": [declared("FIT"), declared("KEEN")] });
        let edition = world.policy_with(county, "RANDOM", said).await;
        for person in &people {
            signed(&world, edition, home, *person, &mut dice).await;
        }
        let callers = [world.sign_in(Role::OrganizationOfficer, county).await, world.sign_in(Role::UnitOfficer, home).await];
        let (mut cases, mut outcomes) = (0, BTreeMap::new());
        for (caller, day) in callers.iter().flat_map(|it| DAYS.map(|day| (it, day))) {
            let (explained, listed) = (explained(caller, &people, edition, day).await, listed(caller, edition, day).await);
            for (case, outcome) in &explained {
                let index: usize = case.0[1..].parse().expect("a number");
                assert_eq!(listed.get(case), Some(outcome), "seed {SEED}, {case:?} on {day}: {}", needs[index]["need"]);
                *outcomes.entry(outcome.clone()).or_insert(0) += 1;
            }
            assert_eq!(explained.len(), listed.len());
            cases += explained.len();
        }
        println!("{cases} cases on {}: {outcomes:?}, seed {SEED}", world.stack);
        assert_eq!(cases, PEOPLE * CRITERIA * 4);
        assert!(outcomes.len() == 3 && outcomes.values().all(|it| *it >= cases / 20), "too few of one kind: {outcomes:?}");
    }
}
