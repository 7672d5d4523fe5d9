//! Bad sections, each with the place that is wrong and what it is told.

mod sense;

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::edition::document::Document;

/// What the sections refer to.
fn words() -> Value {
    json!({ "code": "ALL_SECTIONS", "jurisdiction": "990101", "title": "各节", "edition": 1, "validFrom": "2026-01-01", "source": "县委办〔2026〕1号",
      "facts": [
        { "code": "SIGNED", "title": "书面认定", "about": "CADRE", "nature": "STATEMENT" },
        { "code": "HAPPENED", "title": "发生", "about": "CADRE", "nature": "EVENT" },
        { "code": "COUNTED", "title": "数目", "about": "ORGANIZATION", "nature": "COUNT" },
        { "code": "OF_BODY", "title": "结构", "about": "CADRE", "nature": "STATEMENT", "structural": true } ],
      "groups": [{ "code": "YOUNG", "title": "年轻", "need": { "fact": "age", "op": "LE", "value": 35, "unit": "YEAR" } }],
      "lists": [{ "code": "CASES", "title": "情形", "count": 2, "items": ["ONE", "TWO"] }],
      "criteria": [
        { "code": "AGE", "title": "年龄", "severity": "ERROR", "mode": "MUST", "cite": "第一条", "when": { "attested": "SIGNED" },
          "need": { "fact": "age", "op": "LE", "value": 35, "unit": "YEAR", "approx": 1 } },
        { "code": "TWO", "title": "两项", "severity": "HINT", "mode": "MUST", "cite": "第二条",
          "need": { "atLeast": 2, "of": [{ "attested": "SIGNED" }, { "fact": "sanctionsInEffect", "op": "EQ", "value": 0 }] } } ]
    })
}

/// A section of each kind.
fn sections() -> Value {
    json!({
      "registry": {"quotas": [{ "fact": "SIGNED", "approved": 3, "raisedBy": "COUNTED" }],
        "reservedPosts": [{ "code": "KEPT", "of": "COUNTED", "per": "P1Y", "filledBy": "HAPPENED", "share": { "num": 1, "den": 5, "of": "SEATS", "round": "CEIL" } }],
        "postLimits": [{ "code": "LIMIT", "rank": "RESEARCHER_1", "age": 55, "needs": "SIGNED" }],
        "taxonomies": [{ "code": "KINDS", "items": ["A", "B"] }] },
      "pool": {
        "tiers": [{ "code": "A", "title": "A", "target": { "op": "EQ", "count": 3, "approx": 0 }, "criteria": ["AGE"] }],
        "criteria": ["TWO"], "maturity": ["LOW", "HIGH"], "capacity": { "mode": "FIXED", "total": 3 },
        "structureTargets": [{ "tier": "A", "group": "YOUNG", "op": "GE", "share": { "num": 1, "den": 2, "of": "MEMBERS", "round": "CEIL" } }],
        "entryRoutes": ["WORD", "FAME"], "entryQuota": [{ "route": "WORD", "max": 1 }],
        "autoCandidates": [{ "code": "FOUND", "tier": "A", "route": "WORD", "event": "HAPPENED" }],
        "reviewEvery": "P6M", "moves": [{ "code": "ALL", "everyYears": { "min": 2, "max": 3 } }], "exitRules": [{ "code": "LEFT" }], "warnFirst": true },
      "pairs": {
        "forms": ["ONE_TO_ONE"], "mentorRoles": [{ "code": "LEAD", "count": 1 }], "programmeRoles": [{ "code": "SIGNED", "min": 1, "max": 2 }],
        "mentorCriteria": ["AGE"], "menteeTriggers": [{ "code": "NEW", "event": "HAPPENED" }], "mentorsPerMentee": { "min": 1, "max": 2 },
        "levels": [{ "code": "ROW", "mentee": { "attested": "SIGNED" }, "mentor": { "fact": "level", "op": "GE", "value": "TOWNSHIP_DEPUTY" } }],
        "plan": ["GOAL"], "term": "P1Y", "contactEvery": "P5WD",
        "reports": [{ "code": "NOTE", "by": "MENTEE", "every": "P1M", "needs": "WORD" }, { "code": "WORD", "by": "KEEPER", "every": "P1M" }],
        "repair": { "every": "P1Y", "differentMentor": true } },
      "duties": { "items": [
        { "code": "VISIT", "subject": "MEMBER", "every": "P3M", "overdue": [{ "after": "P1M", "propose": "ASK" }] },
        { "code": "TASK", "subject": "TASK", "every": "P1D", "task": "SIGNED" },
        { "code": "AFTER", "subject": "EVENT", "every": { "onEvent": "HAPPENED", "within": "P5WD" } } ] },
      "talks": {
        "conductors": ["MINISTER"], "topics": ["WORK"], "triggers": [{ "event": "HAPPENED", "within": "P3WD", "topic": "WORK" }],
        "coverage": [{ "code": "ALL", "group": "YOUNG", "per": "P1Y", "by": ["MINISTER"] }],
        "booking": { "byCadre": ["MINISTER"], "answerWithin": "P10D" } },
      "targets": {
        "goals": [
          { "code": "PART", "counts": "CADRES", "among": "YOUNG", "group": "YOUNG", "op": "GE", "count": 3, "subsetOf": "EVENTS" },
          { "code": "EVENTS", "counts": "EVENTS", "event": "HAPPENED", "between": { "min": 1, "max": 2 }, "per": "P1M" } ],
        "milestones": [{ "code": "FIRST", "from": "2026-01-01", "to": "2026-06-30" }] },
      "views": { "shortlists": [{ "code": "LIST", "factors": ["AGE"] }] } })
}

/// A good document that says something in every section.
fn good() -> Value {
    let (mut document, sections) = (words(), sections());
    document.as_object_mut().unwrap().extend(sections.as_object().unwrap().clone());
    document
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

fn is_told(found: &[(String, String)], path: &str, words: &str) -> bool {
    found.iter().any(|it| it.0 == path && it.1.contains(words))
}

/// A place, what stands there instead, the path that is named, and words of what is said of it.
type Bad = (&'static str, &'static str, &'static str, &'static str);

#[test]
fn a_good_document_fills_every_section() {
    let document = Document::read(&good().to_string()).unwrap();
    assert_eq!(document.sections.primitives(), ["R", "POOL", "PAIR", "DUTY", "TALK", "TARGET", "VIEW"]);
    let purposes: Vec<_> = document.sections.purposes().into_iter().map(|it| (it.code, it.criteria)).collect();
    let asked = |codes: &[&str]| codes.iter().map(ToString::to_string).collect::<Vec<_>>();
    assert_eq!(purposes[1], ("TIER:A".to_owned(), asked(&["TWO", "AGE"])));
    assert_eq!(purposes[2], ("MENTOR".to_owned(), asked(&["AGE"])));
}

const BAD_WORDS: &[Bad] = &[
    ("/facts/0/code", r#""religious-belief""#, "facts[0].code", "belief is nobody's business"),
    ("/facts/0/code", r#""HAPPENED""#, "facts", "names 'HAPPENED' twice"),
    ("/facts/0/about", r#""TOWN""#, "facts[0].about", "CADRE, ORGANIZATION"),
    ("/facts/1/nature", r#""RUMOUR""#, "facts[1].nature", "STATEMENT, EVENT, COUNT"),
    ("/facts/2/title", "null", "facts[2].title", "is missing"),
    ("/facts/2/score", "5", "facts[2].score", "is no key here"),
    ("/groups/0/code", r#""a b""#, "groups[0].code", "is no code"),
    ("/groups/0/need", r#"{ "attested": "NOBODY" }"#, "groups[0].need.attested", "known are OF_BODY, SIGNED"),
    ("/groups/0/need/fact", r#""religion""#, "groups[0].need.fact", "is refused here"),
    ("/lists/0/count", "22", "lists[0].items", "has 2 entries, and its count says 22"),
    ("/lists/0/items", r#"["ONE", "ONE"]"#, "lists[0].items", "names 'ONE' twice"),
    ("/lists/0/count", "0", "lists[0].count", "1 to 200"),
];

const BAD_CRITERIA: &[Bad] = &[
    ("/criteria/0/when", r#"{ "attested": "HAPPENED" }"#, "criteria[0].when.attested", "is no fact of a person"),
    (
        "/criteria/0/when",
        r#"{ "attested": "OF_BODY" }"#,
        "criteria[0].when.attested",
        "belongs to the structure of a body",
    ),
    (
        "/criteria/0/when",
        r#"{ "fact": "sex", "op": "IN", "value": ["FEMALE"] }"#,
        "criteria[0].when.fact",
        "no person is judged by it",
    ),
    ("/criteria/0/when", r#"{ "all": [] }"#, "criteria[0].when.all", "is empty"),
    ("/criteria/0/need/approx", "-1", "criteria[0].need.approx", "met by everybody"),
    ("/criteria/0/need/approx", r#""some""#, "criteria[0].need.approx", "exact number"),
    ("/criteria/0/need/op", r#""EQ""#, "criteria[0].need.approx", "does not go with EQ"),
    (
        "/criteria/0/need",
        r#"{ "attested": "SIGNED", "approx": 1 }"#,
        "criteria[0].need.approx",
        "does not go with attested",
    ),
    (
        "/criteria/0/need",
        r#"{ "fact": "level", "op": "GE", "value": "CLERK", "approx": 1 }"#,
        "criteria[0].need.approx",
        "has no about",
    ),
    ("/criteria/1/need/atLeast", "3", "criteria[1].need.atLeast", "1 to 2"),
    ("/criteria/1/need/of", "null", "criteria[1].need.of", "is missing"),
];

const BAD_REGISTRIES: &[Bad] = &[
    ("/registry/quotas/0/fact", r#""COUNTED""#, "registry.quotas[0].fact", "known are SIGNED"),
    ("/registry/quotas/0/raisedBy", r#""SIGNED""#, "registry.quotas[0].raisedBy", "known are COUNTED"),
    ("/registry/quotas/0/approved", "-1", "registry.quotas[0].approved", "must be a whole number"),
    ("/registry/reservedPosts/0/of", r#""HAPPENED""#, "registry.reservedPosts[0].of", "known are COUNTED"),
    ("/registry/reservedPosts/0/share/den", "0", "registry.reservedPosts[0].share", "divides by 0"),
    ("/registry/reservedPosts/0/share/num", "6", "registry.reservedPosts[0].share", "more than the whole"),
    ("/registry/reservedPosts/0/share/of", "null", "registry.reservedPosts[0].share.of", "is missing"),
    ("/registry/reservedPosts/0/per", r#""P0D""#, "registry.reservedPosts[0].per", "is no time at all"),
    ("/registry/postLimits/0/rank", r#""KING""#, "registry.postLimits[0].rank", "is none of"),
    ("/registry/postLimits/0/age", "12", "registry.postLimits[0].age", "16 to 100"),
    ("/registry/taxonomies/0/items", r#"["A", "A"]"#, "registry.taxonomies[0].items", "names 'A' twice"),
];

const BAD_POOLS: &[Bad] = &[
    ("/pool/tiers/0/criteria", r#"["NONE"]"#, "pool.tiers[0].criteria[0]", "is no criterion of this document"),
    ("/pool/tiers/0/target", r#"{ "op": "GE" }"#, "pool.tiers[0].target", "aims at nothing"),
    ("/pool/tiers/0/target/share", "{}", "pool.tiers[0].target.share", "stands beside count"),
    ("/pool/tiers", r#"[{ "code": "A" }, { "code": "A" }]"#, "pool.tiers", "names 'A' twice"),
    ("/pool/maturity", r#"["LOW", "LOW"]"#, "pool.maturity", "names 'LOW' twice"),
    ("/pool/capacity", r#"{ "mode": "HARD" }"#, "pool.capacity", "write total"),
    ("/pool/capacity/mode", r#""ELASTIC""#, "pool.capacity.mode", "SOFT, HARD, FIXED"),
    ("/pool/structureTargets/0/tier", r#""B""#, "pool.structureTargets[0].tier", "'B' is no tier"),
    ("/pool/structureTargets/0/group", r#""OLD""#, "pool.structureTargets[0].group", "is no group of this document"),
    ("/pool/entryQuota/0/route", r#""BLOOD""#, "pool.entryQuota[0].route", "is no entry route"),
    ("/pool/autoCandidates/0/need", r#"{ "attested": "SIGNED" }"#, "pool.autoCandidates[0]", "by need, or by event"),
    ("/pool/autoCandidates/0/event", r#""SIGNED""#, "pool.autoCandidates[0].event", "known are HAPPENED"),
    ("/pool/moves/0/everyYears/min", "4", "pool.moves[0].everyYears", "at least 4 and at most 3"),
    ("/pool/warnFirst", r#""yes""#, "pool.warnFirst", "neither true nor false"),
    ("/pool/reviewEvery", "6", "pool.reviewEvery", "is no object"),
    ("/pool/reviewEvery", r#""P0M""#, "pool.reviewEvery", "is no time at all"),
    ("/pool/entryRoutes", r#"["WORD", "WORD"]"#, "pool.entryRoutes", "names 'WORD' twice"),
];

const BAD_PAIRS: &[Bad] = &[
    ("/pairs/forms", r#"["FOUR"]"#, "pairs.forms[0]", "ONE_TO_ONE"),
    ("/pairs/mentorRoles/0/max", "2", "pairs.mentorRoles[0]", "count beside min or max"),
    ("/pairs/mentorRoles/0/code", r#""MENTEE""#, "pairs.mentorRoles[0].code", "LEAD, ASSISTANT"),
    ("/pairs/programmeRoles/0/code", r#""CHIEF""#, "pairs.programmeRoles[0].code", "is no declared fact"),
    ("/pairs/mentorCriteria", r#"["AGED"]"#, "pairs.mentorCriteria[0]", "known are AGE, TWO"),
    ("/pairs/mentorsPerMentee/min", "3", "pairs.mentorsPerMentee", "which nothing can be"),
    ("/pairs/menteeTriggers/0/event", "null", "pairs.menteeTriggers[0]", "whom it finds"),
    ("/pairs/levels/0/mentor", "null", "pairs.levels[0].mentor", "is missing"),
    ("/pairs/reports/0/needs", r#""VERDICT""#, "pairs.reports[0].needs", "is no report"),
    ("/pairs/reports/0/by", r#""MINISTER""#, "pairs.reports[0].by", "MENTOR, MENTEE, KEEPER"),
    ("/pairs/term", r#""soon""#, "pairs.term", "is no length of time"),
    ("/pairs/contactEvery", r#"{ "yearly": "02-30" }"#, "pairs.contactEvery.yearly", "is no day of the year"),
    ("/pairs/repair/differentMentor", "1", "pairs.repair.differentMentor", "neither true nor false"),
    ("/pairs/matching", r#"[{ "code": "A", "same": "level" }]"#, "pairs.matching[0].weight", "is missing"),
    ("/pairs/matching", r#"[{ "code": "A", "weight": 101, "same": "level" }]"#, "pairs.matching[0].weight", "1 to 100"),
    ("/pairs/matching", r#"[{ "code": "A", "weight": 1 }]"#, "pairs.matching[0]", "one thing to look at"),
    (
        "/pairs/matching",
        r#"[{ "code": "A", "weight": 1, "same": "sex" }]"#,
        "pairs.matching[0].same",
        "structure of a body",
    ),
    ("/pairs/matching", r#"[{ "code": "A", "weight": 1, "same": "age" }]"#, "pairs.matching[0].same", "use above"),
    (
        "/pairs/matching",
        r#"[{ "code": "A", "weight": 1, "above": { "fact": "age" } }]"#,
        "pairs.matching[0].above",
        "by how much",
    ),
    (
        "/pairs/matching",
        r#"[{ "code": "A", "weight": 1, "same": "ethnicGroup" }]"#,
        "pairs.matching[0].same",
        "is refused here",
    ),
    ("/pairs/repair/every", r#""P0D""#, "pairs.repair.every", "is no time at all"),
    ("/pairs/term", r#""P0Y""#, "pairs.term", "is no time at all"),
    ("/pairs/contactEvery", r#""P0WD""#, "pairs.contactEvery", "is no time at all"),
];

const BAD_DUTIES: &[Bad] = &[
    ("/duties/items", "null", "duties.items", "is missing"),
    ("/duties/items/0/every", r#""P6D""#, "duties.items[0].every", "more often than weekly"),
    ("/duties/items/0/every", r#""P5WD""#, "duties.items[0].every", "more often than weekly"),
    ("/duties/items/0/subject", r#""EVENT""#, "duties.items[0].every", "goes with onEvent alone"),
    ("/duties/items/0/forms", r#"["video_of_the_day"]"#, "duties.items[0].forms", "words and documents"),
    ("/duties/items/0/overdue/0/after", r#""P0M""#, "duties.items[0].overdue[0].after", "is no time at all"),
    ("/duties/items/0/overdue/0/propose", "null", "duties.items[0].overdue[0].propose", "is missing"),
    ("/duties/items/0/code", r#""TASK""#, "duties.items", "names 'TASK' twice"),
    ("/duties/items/1/task", "null", "duties.items[1]", "write task"),
    ("/duties/items/2/subject", r#""MEMBER""#, "duties.items[2].every", "again and again"),
    ("/duties/items/2/subject", r#""TALK""#, "duties.items[2].every.onEvent", "known are TALK_REQUESTED"),
    ("/duties/items/2/every/onEvent", r#""SIGNED""#, "duties.items[2].every.onEvent", "known are HAPPENED"),
];

const BAD_TALKS: &[Bad] = &[
    ("/talks/conductors", "[]", "talks.conductors", "who holds the talks"),
    ("/talks/triggers/0/event", r#""SIGNED""#, "talks.triggers[0].event", "known are HAPPENED"),
    ("/talks/triggers/0/topic", r#""MONEY""#, "talks.triggers[0].topic", "is no topic"),
    ("/talks/triggers/0/yearsRunning", "0", "talks.triggers[0].yearsRunning", "1 to 10"),
    ("/talks/coverage/0/group", r#""OLD""#, "talks.coverage[0].group", "known are YOUNG"),
    ("/talks/coverage/0/by", r#"["FRIEND"]"#, "talks.coverage[0].by[0]", "is no conductor"),
    ("/talks/booking/answerWithin", r#""P0WD""#, "talks.booking.answerWithin", "is no time at all"),
    ("/talks/notes", "[]", "talks.notes", "is no key here"),
];

const BAD_TARGETS: &[Bad] = &[
    ("/targets/goals/0/subsetOf", r#""WHOLE""#, "targets.goals[0].subsetOf", "is no goal of this document"),
    ("/targets/goals/0/among", r#""OLD""#, "targets.goals[0].among", "is no group"),
    ("/targets/goals/0/counts", r#""WISHES""#, "targets.goals[0].counts", "CADRES, MEMBERS, DEPLOYED, EVENTS"),
    ("/targets/goals/0/op", r#""IN""#, "targets.goals[0].op", "GE, GT, LE, LT, EQ"),
    ("/targets/goals/0/code", r#""EVENTS""#, "targets.goals", "names 'EVENTS' twice"),
    ("/targets/goals/1/per", "null", "targets.goals[1]", "say in which time"),
    ("/targets/goals/1/by", r#""2027-01-01""#, "targets.goals[1].per", "a second time"),
    ("/targets/goals/1/event", r#""SIGNED""#, "targets.goals[1].event", "is no declared fact"),
    ("/targets/goals/1/between/max", "0", "targets.goals[1].between", "which nothing can be"),
    ("/targets/milestones/0/to", r#""2025-12-31""#, "targets.milestones[0].to", "lies before from"),
    ("/views/shortlists/0/factors", "[]", "views.shortlists[0].factors", "is empty"),
    ("/views/shortlists/0/factors", r#"["TOTAL"]"#, "views.shortlists[0].factors[0]", "is no criterion"),
    ("/views/scores", "[]", "views.scores", "is no key here"),
];

#[test]
fn every_wrong_place_of_a_section_is_named() {
    let tables = [BAD_WORDS, BAD_CRITERIA, BAD_REGISTRIES, BAD_POOLS, BAD_PAIRS, BAD_DUTIES, BAD_TALKS, BAD_TARGETS];
    for (place, value, path, words) in tables.into_iter().flatten() {
        let found = told(&with(place, serde_json::from_str(value).unwrap()));
        assert!(is_told(&found, path, words), "{place} = {value}: {path}, {words}; found {found:?}");
    }
    assert!(tables.iter().map(|it| it.len()).sum::<usize>() >= 95);
}

#[test]
fn no_section_makes_it_slow() {
    let items: Vec<_> =
        (0..10_000).map(|at| json!({ "code": format!("V{at}"), "subject": "MEMBER", "every": "P3M" })).collect();
    let found = told(&with("/duties/items", items.into()));
    assert!(is_told(&found, "duties.items", "has 10000 entries; at most 200"), "{found:?}");
    let young = json!({ "attested": "SIGNED" });
    let groups: Vec<_> =
        (0..10_000).map(|at| json!({ "code": format!("G{at}"), "title": "G", "need": young })).collect();
    let found = told(&with("/groups", groups.into()));
    assert!(is_told(&found, "groups", "has 10000 entries; at most 200"), "{found:?}");
    // As many as there may be, each as wide as it may be, and the good one among them.
    let any = json!({ "any": vec![young.clone(); 60] });
    let mut groups = vec![json!({ "code": "YOUNG", "title": "G", "need": young })];
    groups.extend((1..200).map(|at| json!({ "code": format!("G{at}"), "title": "G", "need": any })));
    let found = told(&with("/groups", groups.into()));
    assert!(found.is_empty(), "{found:?}");
    let found = told(&with("/pool/structureTargets/0/share/den", json!(0)));
    assert!(is_told(&found, "pool.structureTargets[0].share", "divides by 0"), "{found:?}");
    // A goal that is a part of itself, and two that are parts of each other: they end, whatever is said of them.
    told(&with("/targets/goals/0/subsetOf", json!("PART")));
    told(&with("/targets/goals/1/subsetOf", json!("PART")));
    for (levels, words) in [(14, "more than 10 groups deep"), (100, "levels deep")] {
        let nested = (0..levels).fold(young.clone(), |inner, _| json!({ "not": inner }));
        let found = told(&with("/pool/exitRules/0/when", nested));
        assert!(found[0].0.starts_with("pool.exitRules[0].when.not.not") && found[0].1.contains(words), "{found:?}");
    }
}
