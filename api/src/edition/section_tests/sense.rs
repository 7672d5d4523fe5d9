//! Documents that can be read and that nobody can mean: what no person meets, and routes and levels that overlap.

use serde_json::json;

use super::{Bad, good, is_told, told, with};
use crate::edition::document::Document;

const BAD: &[Bad] = &[
    (
        "/groups/0/need",
        r#"{ "all": [{ "fact": "age", "op": "LE", "value": 35, "unit": "YEAR" }, { "fact": "age", "op": "GE", "value": 40, "unit": "YEAR" }] }"#,
        "groups[0].need.all",
        "nobody can have both",
    ),
    (
        "/groups/0/need",
        r#"{ "any": [{ "fact": "level", "op": "LT", "value": "CLERK" }, { "attested": "SIGNED" }] }"#,
        "groups[0].need.any[0]",
        "beyond what there is",
    ),
    (
        "/criteria/0/when",
        r#"{ "all": [{ "attested": "SIGNED" }, { "not": { "attested": "SIGNED" } }] }"#,
        "criteria[0].when.all",
        "for something and for its opposite",
    ),
    (
        "/criteria/0/when",
        r#"{ "all": [{ "fact": "status", "op": "IN", "value": ["IN_POST"] }, { "fact": "status", "op": "IN", "value": ["RETIRED"] }] }"#,
        "criteria[0].when.all",
        "nobody can have both",
    ),
    (
        "/criteria/0/when",
        r#"{ "all": [{ "fact": "birthDate", "op": "GE", "value": "1990-01-01" }, { "all": [{ "fact": "birthDate", "op": "LT", "value": "1980-01-01" }] }] }"#,
        "criteria[0].when.all",
        "nobody can have both",
    ),
    (
        "/criteria/1/need",
        r#"{ "fact": "annualGrades", "grades": ["EXCELLENT"], "years": 3, "op": "GE", "value": 4 }"#,
        "criteria[1].need",
        "beyond what there is",
    ),
    (
        "/criteria/1/need",
        r#"{ "not": { "fact": "sanctionsInEffect", "op": "LT", "value": 0 } }"#,
        "criteria[1].need.not",
        "beyond what there is",
    ),
    (
        "/criteria",
        r#"[{ "code": "AGE", "title": "年龄", "severity": "ERROR", "mode": "MUST", "cite": "1", "need": { "fact": "age", "op": "LE", "value": 35, "unit": "YEAR" } },
            { "code": "TWO", "title": "年龄", "severity": "ERROR", "mode": "MUST", "cite": "2", "need": { "fact": "age", "op": "GE", "value": 36, "unit": "YEAR" } }]"#,
        "criteria[1].need",
        "and that of AGE set limits to age that nobody can meet both",
    ),
    (
        "/pool/autoCandidates",
        r#"[{ "code": "A", "route": "WORD", "event": "HAPPENED" }, { "code": "B", "route": "FAME", "event": "HAPPENED" }]"#,
        "pool.autoCandidates",
        "by A for WORD and by B for FAME, so the routes overlap",
    ),
    (
        "/pool/autoCandidates",
        r#"[{ "code": "A", "route": "WORD", "need": { "attested": "SIGNED" } }, { "code": "B", "tier": "A", "route": "FAME", "need": { "attested": "SIGNED" } }]"#,
        "pool.autoCandidates",
        "so the routes overlap",
    ),
    (
        "/pool/autoCandidates",
        r#"[{ "code": "A", "route": "WORD", "need": { "fact": "monthsAtLevel", "op": "GE", "value": 3, "unit": "YEAR" } },
            { "code": "B", "route": "FAME", "need": { "all": [{ "fact": "monthsAtLevel", "op": "LE", "value": 36, "unit": "MONTH" }, { "attested": "SIGNED" }] } }]"#,
        "pool.autoCandidates",
        "set limits that leave nobody between them",
    ),
    (
        "/pool/autoCandidates",
        r#"[{ "code": "A", "need": { "attested": "SIGNED" } }, { "code": "B", "need": { "attested": "SIGNED" } }]"#,
        "pool.autoCandidates",
        "says the same in A and in B",
    ),
    (
        "/pool/autoCandidates",
        r#"[{ "code": "A", "need": { "all": [{ "attested": "SIGNED" }, { "not": { "attested": "SIGNED" } }] } }]"#,
        "pool.autoCandidates[0].need.all",
        "its opposite",
    ),
    (
        "/pool/exitRules/0/when",
        r#"{ "all": [{ "fact": "level", "op": "GT", "value": "CLERK" }, { "fact": "level", "op": "IN", "value": ["CLERK"] }] }"#,
        "pool.exitRules[0].when.all",
        "nobody can have both",
    ),
    (
        "/pairs/levels",
        r#"[{ "code": "A", "mentee": { "attested": "SIGNED" }, "mentor": { "fact": "level", "op": "GE", "value": "TOWNSHIP_DEPUTY" } },
            { "code": "B", "mentee": { "attested": "SIGNED" }, "mentor": { "fact": "level", "op": "GE", "value": "TOWNSHIP_PRINCIPAL" } }]"#,
        "pairs.levels",
        "the same mentee in A and in B, and not of which mentor goes first",
    ),
    (
        "/pairs/levels",
        r#"[{ "code": "A", "mentee": { "fact": "age", "op": "LE", "value": 30, "unit": "YEAR" }, "mentor": { "attested": "SIGNED" } },
            { "code": "B", "mentee": { "fact": "age", "op": "GE", "value": 30, "unit": "YEAR" }, "mentor": { "not": { "attested": "SIGNED" } } }]"#,
        "pairs.levels",
        "limits that leave nobody between them",
    ),
    (
        "/pairs/levels/0/mentee",
        r#"{ "all": [{ "fact": "age", "op": "LE", "value": 30, "unit": "YEAR" }, { "fact": "age", "op": "GT", "value": 30, "unit": "YEAR" }] }"#,
        "pairs.levels[0].mentee.all",
        "nobody can have both",
    ),
    (
        "/pairs/levels/0/mentor",
        r#"{ "any": [{ "all": [{ "attested": "SIGNED" }, { "not": { "attested": "SIGNED" } }] }, { "attested": "SIGNED" }] }"#,
        "pairs.levels[0].mentor.any[0].all",
        "its opposite",
    ),
    (
        "/pairs/menteeTriggers",
        r#"[{ "code": "NEW", "need": { "all": [{ "fact": "sanctionsInEffect", "op": "EQ", "value": 0 }, { "fact": "sanctionsInEffect", "op": "GE", "value": 1 }] } }]"#,
        "pairs.menteeTriggers[0].need.all",
        "nobody can have both",
    ),
];

#[test]
fn what_nobody_can_mean_is_refused_where_it_stands() {
    for (place, value, path, words) in BAD {
        let text = with(place, serde_json::from_str(value).unwrap());
        let found = told(&text);
        assert!(is_told(&found, path, words), "{place} = {value}: {path}, {words}; found {found:?}");
        // One that was published before this was looked for is read as it was.
        assert!(Document::kept(&text).is_ok(), "{place} = {value}");
    }
    assert!(BAD.len() >= 19, "{}", BAD.len());
}

/// What is told apart by a limit, by a tier or by another fact is no overlap.
#[test]
fn routes_and_levels_that_are_told_apart_are_good() {
    let months = |op: &str| json!({ "fact": "monthsAtLevel", "op": op, "value": 3, "unit": "YEAR" });
    let level = |code: &str| json!({ "fact": "level", "op": "IN", "value": [code] });
    let both = |code: &str| json!({ "all": [level(code), months("GE")] });
    let tiers = json!([{ "code": "A", "criteria": ["AGE"] }, { "code": "B" }]);
    for (one, other) in [
        (months("GE"), months("LT")),
        (both("CLERK"), both("TOWNSHIP_DEPUTY")),
        (months("GE"), json!({ "attested": "SIGNED" })),
    ] {
        let rules =
            json!([{ "code": "X", "route": "WORD", "need": one }, { "code": "Y", "route": "FAME", "need": other }]);
        assert_eq!(told(&with("/pool/autoCandidates", rules)), []);
        let levels = json!([{ "code": "X", "mentee": one, "mentor": level("CLERK") }, { "code": "Y", "mentee": other, "mentor": level("CLERK") }]);
        assert_eq!(told(&with("/pairs/levels", levels)), []);
    }
    let mut document = good();
    document["pool"]["tiers"] = tiers;
    document["pool"]["autoCandidates"] = json!([{ "code": "X", "tier": "A", "route": "WORD", "need": months("GE") }, { "code": "Y", "tier": "B", "route": "FAME", "need": months("GE") }]);
    assert_eq!(told(&document.to_string()), []);
}
