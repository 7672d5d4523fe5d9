//! Bad policies, each with the place that is wrong and what it is told; and that no size makes the check slow.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::document::Document;

fn good() -> Value {
    json!({
        "code": "YOUNG_POOL", "jurisdiction": "990101", "title": "优秀年轻干部库", "edition": 1, "validFrom": "2026-01-01",
        "source": "县委办〔2026〕1号",
        "parameters": [{ "code": "oldest", "value": 36, "unit": "YEAR" }],
        "criteria": [
            { "code": "AGE", "title": "年龄", "severity": "ERROR", "mode": "MUST", "cite": "第三条", "waiver": { "by": "ORGANIZATION_LEADER" },
              "need": { "fact": "age", "op": "LE", "parameter": "oldest" } },
            { "code": "CLEAN", "title": "影响期", "severity": "ERROR", "mode": "NORMALLY", "cite": "第四条",
              "need": { "all": [{ "fact": "sanctionsInEffect", "op": "EQ", "value": 0 }] } },
        ],
    })
}

fn told(text: &str) -> Vec<(String, String)> {
    let begin = Instant::now();
    let read = Document::read(text);
    assert!(begin.elapsed() < Duration::from_secs(1), "{:?}", begin.elapsed());
    let findings = read.err().map(|it| it.told().to_vec()).unwrap_or_default();
    findings.into_iter().map(|it| (it.path, it.message)).collect()
}

/// The good document with something else at a place.
fn with(place: &str, value: Value) -> String {
    let mut document = good();
    let (parent, key) = place.rsplit_once('/').unwrap();
    document.pointer_mut(parent).unwrap().as_object_mut().unwrap().insert(key.to_owned(), value);
    document.to_string()
}

#[test]
fn a_good_document_is_read_whole() {
    let document = Document::read(&good().to_string()).unwrap();
    assert_eq!((document.code.as_str(), document.criteria.len(), document.edition), ("YOUNG_POOL", 2, 1));
    assert_eq!(document.whole().leaves().len(), 2);
}

type Bad = (String, Value, &'static str, &'static str);

fn bad_heads() -> Vec<Bad> {
    vec![
        ("/code".to_owned(), Value::Null, "code", "is missing"),
        ("/code".into(), json!("a b"), "code", "is no code"),
        ("/code".into(), json!(5), "code", "is no text"),
        ("/jurisdiction".into(), json!(""), "jurisdiction", "write 1 to 60"),
        ("/title".into(), json!("x".repeat(201)), "title", "write 1 to 200"),
        ("/title".into(), json!("a\u{7}b"), "title", "without line breaks"),
        ("/edition".into(), json!(0), "edition", "1 to 10000"),
        ("/edition".into(), json!(1.5), "edition", "whole number"),
        ("/edition".into(), json!("1"), "edition", "whole number"),
        ("/validFrom".into(), json!("2026-02-30"), "validFrom", "is no day"),
        ("/validFrom".into(), json!("2026-1-1"), "validFrom", "is no day"),
        ("/validFrom".into(), json!("2026"), "validFrom", "is no day"),
        ("/validTo".into(), json!("2026-01-01"), "validTo", "is not after validFrom"),
        ("/source".into(), Value::Null, "source", "is missing"),
        ("/extra".into(), json!(1), "extra", "is no key here"),
        ("/criteria".into(), Value::Null, "criteria", "is missing"),
        ("/criteria".into(), json!([]), "criteria", "is empty"),
        ("/criteria".into(), json!({}), "criteria", "is no list"),
        ("/criteria".into(), json!([3]), "criteria[0]", "is no object"),
        ("/parameters".into(), json!({ "oldest": 36 }), "parameters", "is no list"),
        ("/parameters".into(), json!([]), "criteria[0].need.parameter", "known are none"),
        ("/parameters".into(), json!([{ "code": "oldest" }]), "parameters[0].value", "is missing"),
        ("/parameters".into(), json!([{ "code": "oldest", "value": {} }]), "parameters[0].value", "a number, a text"),
        ("/parameters".into(), json!([{ "code": "oldest", "value": 36 }]), "criteria[0].need.parameter", "say YEAR"),
        (
            "/parameters".into(),
            json!([{ "code": "oldest", "value": "old", "unit": "YEAR" }]),
            "criteria[0].need.parameter",
            "no exact number",
        ),
        (
            "/parameters".into(),
            json!([{ "code": "oldest", "value": 36, "unit": "YEAR" }, { "code": "oldest", "value": 35, "unit": "YEAR" }]),
            "parameters[1].code",
            "names two parameters",
        ),
    ]
}

fn bad_criteria() -> Vec<Bad> {
    let (first, deep) = ("/criteria/0", "/criteria/1/need/all/0");
    let at = |place: &str, key: &str| format!("{place}/{key}");
    vec![
        (at(first, "code"), json!("CLEAN"), "criteria[1].code", "names two criteria"),
        (at(first, "code"), Value::Null, "criteria[0].code", "is missing"),
        (at(first, "title"), Value::Null, "criteria[0].title", "is missing"),
        (at(first, "cite"), Value::Null, "criteria[0].cite", "is missing"),
        (at(first, "cite"), json!(" "), "criteria[0].cite", "write 1 to 200"),
        (at(first, "severity"), json!("FATAL"), "criteria[0].severity", "ERROR, WARNING, HINT"),
        (at(first, "severity"), Value::Null, "criteria[0].severity", "is missing"),
        (at(first, "mode"), json!("SHOULD"), "criteria[0].mode", "MUST, NORMALLY"),
        (at(first, "waiver"), json!("LEADER"), "criteria[0].waiver", "is no object"),
        (at(first, "waiver"), json!({ "by": "CADRE" }), "criteria[0].waiver.by", "ORGANIZATION_LEADER"),
        (at(first, "waiver"), json!({}), "criteria[0].waiver.by", "is missing"),
        (at(first, "need"), Value::Null, "criteria[0].need", "is missing"),
        (
            at(first, "need"),
            json!({ "fact": "religion", "op": "EQ", "value": 1 }),
            "criteria[0].need.fact",
            "is refused here",
        ),
        (
            at(first, "need"),
            json!({ "fact": "phoneLocation", "op": "EQ", "value": 1 }),
            "criteria[0].need.fact",
            "is no fact",
        ),
        (at(deep, "op"), Value::Null, "criteria[1].need.all[0].op", "is missing"),
        (at(deep, "op"), json!("IN"), "criteria[1].need.all[0].op", "IN is for codes"),
        (at(deep, "unit"), json!("MONTH"), "criteria[1].need.all[0].unit", "has no unit"),
        (at(deep, "value"), json!(0.5), "criteria[1].need.all[0].value", "can never be"),
        (at(deep, "value"), json!(1e30), "criteria[1].need.all[0].value", "no exact number"),
        (at(deep, "any"), json!([]), "criteria[1].need.all[0]", "side by side"),
        (
            at("/criteria/1/need", "all"),
            json!([{ "fact": "monthsAtLevel", "op": "GE", "value": 3, "unit": "YEAR" }, { "fact": "monthsAtLevel", "op": "LT", "value": 24, "unit": "MONTH" }]),
            "criteria[1].need.all",
            "nobody can have both",
        ),
        (
            at("/criteria/1/need", "all"),
            json!([{ "fact": "level", "op": "GT", "value": "CLERK" }, { "fact": "level", "op": "EQ", "value": "CLERK" }]),
            "criteria[1].need.all",
            "nobody can have both",
        ),
    ]
}

#[test]
fn every_wrong_place_is_named() {
    for (place, value, path, words) in bad_heads().into_iter().chain(bad_criteria()) {
        let found = told(&with(&place, value));
        let hit = found.iter().any(|it| it.0 == path && it.1.contains(words));
        assert!(hit, "{place}: {path}, {words}; found {found:?}");
    }
}

#[test]
fn texts_that_are_no_document_are_refused() {
    for (text, path, words) in [
        ("", "", "is no JSON"),
        ("{", "", "is no JSON"),
        ("[]", "", "is no object"),
        ("null", "", "is no object"),
        ("{} {}", "", "is no JSON"),
        ("{\"code\": 1, \"code\": 2}", "code", "stands twice"),
        ("{\"criteria\": [{\"need\": {}, \"need\": {}}]}", "criteria[0].need", "stands twice"),
    ] {
        let found = told(text);
        assert!(found.iter().any(|it| it.0 == path && it.1.contains(words)), "{text}: {found:?}");
    }
}

#[test]
fn no_size_makes_it_slow() {
    let criterion = good()["criteria"][1].clone();
    let found = told(&with("/criteria", json!(vec![criterion.clone(); 4_000])));
    assert!(found[0].0 == "criteria" && found[0].1.contains("has 4000 entries; at most 200"), "{found:?}");
    let found = told(&with("/criteria", json!(vec![criterion; 10_000])));
    assert!(found[0].0.is_empty() && found[0].1.contains("bytes; at most"), "{found:?}");
    for levels in [20, 100, 100_000] {
        let nested = format!("{}{}", r#"{"criteria":[{"need":"#, r#"{"all":["#.repeat(levels));
        let found = told(&nested);
        assert!(
            found[0].0.starts_with("criteria[0].need.all[0].all") && found[0].1.contains("levels deep"),
            "{found:?}"
        );
    }
    let bad = json!(vec![json!({ "code": 1 }); 200]);
    assert_eq!(told(&with("/criteria", bad)).len(), 50, "the first fifty are told");
}
