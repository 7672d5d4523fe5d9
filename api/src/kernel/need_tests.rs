//! Needs as documents write them: what is read, what is refused and where, what is said, what comes of it.

use serde_json::{Value, json};

use super::{
    fact::{Asked, Fact},
    finding::Findings,
    need::{self, Names, Need, Parameter, Parameters},
    node::Node,
    outcome::{Explained, Input, Known, Missing, Outcome, evaluate},
    sentence::{Language, sentence},
};

fn parameters() -> Parameters {
    let parameter = |value: Value, unit: Option<&str>| Parameter { value, unit: unit.map(str::to_owned) };
    [
        ("oldest".to_owned(), parameter(json!(36), Some("YEAR"))),
        ("levels".to_owned(), parameter(json!(["TOWNSHIP_DEPUTY", "TOWNSHIP_PRINCIPAL"]), None)),
    ]
    .into()
}

fn names() -> Names {
    Names { parameters: parameters(), ..Names::default() }
}

fn read(value: &Value) -> Result<Need, Vec<(String, String)>> {
    let mut findings = Findings::default();
    let read = need::read(&Node::root(value), &names(), &mut findings);
    let told: Vec<_> = findings.told().iter().map(|it| (it.path.clone(), it.message.clone())).collect();
    assert_eq!(read.is_none(), !told.is_empty(), "{value}: a need, or a finding");
    read.ok_or(told)
}

fn input(known: Known) -> Input {
    Input { known, source: None, since: None }
}

fn outcome(need: &Value, facts: &[(Fact, Known)]) -> (Outcome, Vec<Explained>) {
    let found = |asked: &Asked| {
        let known = facts.iter().find(|it| it.0 == asked.fact).map(|it| it.1.clone());
        input(known.unwrap_or(Known::Nothing(Missing::NotOnRecord)))
    };
    let mut told = Vec::new();
    (evaluate(&read(need).unwrap(), &found, &mut told), told)
}

fn excellent(op: &str, value: i64) -> Value {
    json!({ "fact": "annualGrades", "grades": ["EXCELLENT"], "years": 3, "op": op, "value": value })
}

#[test]
fn what_can_be_read_in_two_ways_is_refused_where_it_stands() {
    let young = json!({ "fact": "age", "op": "LE", "value": 36, "unit": "YEAR" });
    for (need, path, words) in [
        (json!([]), "", "is no object"),
        (json!({}), "", "says nothing"),
        (json!({ "all": [young], "any": [young] }), "", "all and any side by side"),
        (json!({ "all": [] }), "all", "is empty"),
        (json!({ "all": young }), "all", "is no list"),
        (json!({ "every": [young] }), "every", "is no key here"),
        (json!({ "any": [young, { "fact": "age", "value": 3, "unit": "YEAR" }] }), "any[1].op", "is missing"),
        (json!({ "all": [{ "not": { "fact": "age", "op": "LE", "value": 36 } }] }), "all[0].not.unit", "say YEAR"),
        (json!({ "fact": "age", "op": "LE", "value": 36, "unit": "MONTH" }), "unit", "is no unit of age"),
        (json!({ "fact": "sanctionsInEffect", "op": "EQ", "value": 0, "unit": "YEAR" }), "unit", "has no unit"),
        (json!({ "fact": "age", "op": "UPTO", "value": 36, "unit": "YEAR" }), "op", "GE, GT, LE, LT, EQ"),
        (json!({ "fact": "age", "op": "LE", "value": "thirty", "unit": "YEAR" }), "value", "no exact number"),
        (json!({ "fact": "age", "op": "LE", "value": -1, "unit": "YEAR" }), "value", "can't be met"),
        (json!({ "fact": "age", "op": "EQ", "value": 36.5, "unit": "YEAR" }), "value", "can never be"),
        (json!({ "fact": "age", "op": "LE", "unit": "YEAR" }), "", "has no limit"),
        (json!({ "fact": "age", "op": "LE", "parameter": "youngest" }), "parameter", "known are levels, oldest"),
        (json!({ "fact": "age", "op": "LE", "parameter": "oldest", "value": 1 }), "value", "beside parameter"),
        (json!({ "fact": "age", "op": "LE", "parameter": "oldest", "unit": "YEAR" }), "unit", "of its own"),
        (json!({ "fact": "age", "op": "IN", "value": [1], "unit": "YEAR" }), "op", "IN is for codes"),
        (json!({ "fact": "level", "op": "GE", "value": 3 }), "value", "is no position level"),
        (json!({ "fact": "level", "op": "IN", "value": [] }), "value", "one code or more"),
        (json!({ "fact": "level", "op": "IN", "value": ["CLERK", "CLERK"] }), "value", "each once"),
        (json!({ "fact": "status", "op": "GE", "value": "RETIRED" }), "op", "has no order"),
        (json!({ "fact": "birthDate", "op": "GE", "value": "1984" }), "value", "is no day"),
        (json!({ "fact": "annualGrades", "op": "GE", "value": 1, "years": 3 }), "grades", "is missing"),
        (
            json!({ "fact": "annualGrades", "grades": ["GOOD"], "op": "GE", "value": 1, "years": 3 }),
            "grades[0]",
            "is none of",
        ),
        (
            json!({ "fact": "annualGrades", "grades": ["EXCELLENT"], "op": "GE", "value": 1, "years": 0 }),
            "years",
            "1 to 20",
        ),
        (
            json!({ "fact": "age", "op": "LE", "value": 36, "unit": "YEAR", "years": 3 }),
            "years",
            "does not go with age",
        ),
        (json!({ "all": [young], "op": "GE" }), "op", "does not go with all"),
        (json!({ "atLeast": 2, "of": [young] }), "atLeast", "1 to 1"),
        (json!({ "atLeast": 1 }), "of", "is missing"),
        (json!({ "fact": "sex", "op": "IN", "value": ["MALE"] }), "fact", "structure of a body"),
        (json!({ "fact": "ethnicGroup", "op": "IN", "value": ["01"] }), "fact", "is refused here"),
        (json!({ "fact": "loyalty", "op": "GE", "value": 60 }), "fact", "is no fact that is kept here"),
    ] {
        let found = read(&need).expect_err(&need.to_string());
        let hit = found.iter().any(|it| it.0 == path && it.1.contains(words));
        assert!(hit, "{need}: {found:?}");
    }
}

#[test]
fn groups_are_as_deep_and_wide_as_a_reader_can_follow() {
    let leaf = json!({ "fact": "sanctionsInEffect", "op": "EQ", "value": 0 });
    let nested = |levels: usize| (1..levels).fold(leaf.clone(), |inner, _| json!({ "all": [inner] }));
    assert!(read(&nested(10)).is_ok());
    assert!(read(&nested(11)).unwrap_err()[0].1.contains("more than 10 groups deep"));
    let wide = |parts: usize| json!({ "any": [{ "all": vec![leaf.clone(); parts] }, leaf] });
    assert!(read(&wide(59)).is_ok());
    assert!(read(&wide(60)).unwrap_err()[0].1.contains("compares 61 facts"));
}

#[test]
fn the_unknown_is_neither_zero_nor_false() {
    use Outcome::{Met, NotMet, Unknown};
    let clean = json!({ "fact": "sanctionsInEffect", "op": "EQ", "value": 0 });
    let long = json!({ "fact": "monthsAtLevel", "op": "GE", "value": 2.5, "unit": "YEAR" });
    let young = json!({ "fact": "age", "op": "LE", "parameter": "oldest" });
    let facts = [(Fact::Age, Known::Number(36, 36)), (Fact::MonthsAtLevel, Known::Number(29, 29))];
    let come = |need: &Value| outcome(need, &facts).0;
    assert_eq!([&clean, &long, &young].map(come), [Unknown, NotMet, Met]);
    for (need, expected) in [
        (json!({ "not": clean }), Unknown),
        (json!({ "all": [clean, young] }), Unknown),
        (json!({ "all": [clean, long] }), NotMet),
        (json!({ "any": [clean, young] }), Met),
        (json!({ "any": [clean, long] }), Unknown),
        (json!({ "atLeast": 2, "of": [clean, long, young] }), Unknown),
        (json!({ "atLeast": 3, "of": [clean, long, young] }), NotMet),
        (json!({ "atLeast": 1, "of": [clean, long, young] }), Met),
    ] {
        assert_eq!(come(&need), expected, "{need}");
    }
    // Every comparison is told, those too that decide nothing.
    assert_eq!(outcome(&json!({ "all": [long, clean, young] }), &facts).1.len(), 3);
}

#[test]
fn what_is_partly_on_record_is_judged_as_far_as_it_goes() {
    use Outcome::{Met, NotMet, Unknown};
    // One EXCELLENT year, and a year of which nothing is known.
    let known = [(Fact::AnnualGrades, Known::Number(1, 2))];
    let come = |(op, value): (&str, i64)| outcome(&excellent(op, value), &known).0;
    let cases = [("GE", 1), ("GE", 2), ("GE", 3), ("LE", 2), ("LE", 1), ("LT", 1), ("EQ", 1), ("EQ", 3), ("GT", 0)];
    assert_eq!(cases.map(come), [Met, Unknown, NotMet, Met, Unknown, NotMet, Unknown, NotMet, Met]);
    let between = [(Fact::AnnualGrades, Known::Number(0, 2))];
    assert_eq!(outcome(&excellent("EQ", 1), &between).0, Unknown);
}

#[test]
fn a_need_is_said_in_both_languages() {
    let need = json!({ "all": [
        { "fact": "age", "op": "LE", "parameter": "oldest" },
        { "any": [
            { "fact": "level", "op": "GE", "value": "TOWNSHIP_PRINCIPAL" },
            { "all": [
                { "fact": "level", "op": "IN", "parameter": "levels" },
                { "fact": "monthsAtLevel", "op": "GE", "value": 3, "unit": "YEAR" }
            ] }
        ] },
        excellent("GE", 1),
        { "not": { "fact": "sanctionsInEffect", "op": "GE", "value": 1 } }
    ] });
    let need = read(&need).unwrap();
    assert_eq!(
        sentence(&need, Language::Chinese),
        "年龄不超过36周岁，且（职务层次为乡科级正职及以上，或（职务层次为乡科级副职或乡科级正职，且任现职务层次时间不少于36个月））\
         ，且近3年年度考核为优秀的次数不少于1，且不符合“影响期内处分、问责不少于1”"
    );
    assert_eq!(
        sentence(&need, Language::English),
        "age is at most 36 years and (position level is Township level: principal or higher or (position level is Township \
         level: deputy or Township level: principal and time at the level held is at least 36 months)) and annual \
         assessments of the last 3 years graded Excellent is at least 1 and not (sanctions in effect is at least 1)"
    );
}
