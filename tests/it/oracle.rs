//! Every row by every path, for many accounts of a random world: what is answered is what the rules allow, worked out
//! apart from the server. One case is one row or list that one account meets, or must not meet, on one path.
//!
//! `cargo run -p tests --bin mutate-policies` shows that this story would notice each row policy that lost a condition.

mod build;
mod paths;
mod rules;
mod sight;

use entity::kind::AccountState;
use serde_json::Value;
use tests::{both, client::Client, dice::Dice, world::World};

use paths::{Expected, Path};
use rules::Raw;
use sight::Sight;

/// The world to build. Another one is another test: change it and run, when rules have changed.
const SEED: u64 = 20_261_121;
/// Fields of one document.
const FIELDS: usize = 60;
/// Fewest cases that are worth the name, on each stack.
const CASES: usize = 20_000;

both! {
    async fn every_account_is_answered_what_the_rules_allow(mut world: World) {
        let begin = std::time::Instant::now();
        open_wide(&mut world).await;
        let accounts = build::fill(&world, SEED).await;
        let raw = Raw::of(&world).await;
        let before = world.fingerprint().await;
        let mut dice = Dice::new(SEED + 1);
        let mut cases = 0;
        for account in accounts.iter().copied() {
            let client = world.client(account);
            if raw.account(account).state == AccountState::Closed {
                client.run("{ me { id } }", Value::Null).await.refused("UNAUTHENTICATED");
                cases += 1;
                continue;
            }
            let sight = Sight::of(&raw, account);
            let mut wrong = Vec::new();
            let questions = paths::questions(&sight, &mut dice);
            let changes = paths::changes(&sight, &mut dice);
            for (kind, paths) in [("query", questions), ("query", paths::past(&sight)), ("mutation", changes)] {
                for some in paths.chunks(FIELDS) {
                    cases += ask(&client, kind, some, &mut wrong).await;
                }
            }
            same(&sight, &wrong);
        }
        // What is opened is put on record, where others read it: so it comes last.
        for account in accounts.iter().filter(|it| raw.account(**it).state == AccountState::Active) {
            let sight = Sight::of(&raw, *account);
            let mut wrong = Vec::new();
            for path in paths::openings(&sight, &mut dice) {
                cases += ask(&world.client(*account), "query", &[path], &mut wrong).await;
            }
            same(&sight, &wrong);
        }
        assert_eq!(world.fingerprint().await, before, "something was written");
        println!("{cases} cases on {} in {} s, seed {SEED}", world.stack, begin.elapsed().as_secs());
        assert!(cases >= CASES, "{cases} cases, at least {CASES}");
    }
}

fn same(sight: &Sight<'_>, wrong: &[String]) {
    assert!(wrong.is_empty(), "seed {SEED}, {}:\n{}", sight.described(), wrong[..wrong.len().min(8)].join("\n"));
}

/// Starts the server again with limits that let one document hold many paths.
async fn open_wide(world: &mut World) {
    world.stop().await;
    let config = &mut world.config;
    config.secrecy_limit = "TOP_SECRET".to_owned();
    let limits = [
        &mut config.document_tokens,
        &mut config.document_aliases,
        &mut config.document_root_fields,
        &mut config.document_nodes,
        &mut config.document_selections,
        &mut config.document_cost,
    ];
    for limit in limits {
        *limit = 10_000_000;
    }
    world.start().await;
}

/// Sends some paths as one document; gives back how many cases it held.
async fn ask(client: &Client, kind: &str, paths: &[Path], wrong: &mut Vec<String>) -> usize {
    let fields = paths.iter().enumerate().map(|(at, path)| format!("p{at}: {}\n", path.field));
    let answer = client.run(&format!("{kind} {{ {} }}", fields.collect::<String>()), Value::Null).await;
    let errors = answer.json["errors"].as_array().cloned().unwrap_or_default();
    assert!(errors.iter().all(|it| it["path"][0].is_string()), "no answer at all: {errors:?}");
    let mut cases = 0;
    for (at, path) in paths.iter().enumerate() {
        let name = format!("p{at}");
        let codes: Vec<_> = errors.iter().filter(|it| it["path"][0] == name.as_str()).collect();
        let codes: Vec<_> = codes.iter().filter_map(|it| it["extensions"]["code"].as_str()).collect();
        let found = sorted(&answer.json["data"][&name]);
        let difference = match &path.expected {
            Expected::Refusal(code) if codes == [*code] && found.is_null() => None,
            Expected::Refusal(code) => Some(format!("not {code}, but {codes:?} and {found}")),
            Expected::Holes(value) => {
                let strange = codes.iter().find(|it| !["FORBIDDEN", "NOT_FOUND"].contains(it));
                strange.map(|it| format!("refused with {it}")).or_else(|| difference(&sorted(value), &found))
            }
            Expected::Answer(_) if !codes.is_empty() => Some(format!("refused with {codes:?}")),
            Expected::Answer(value) => difference(&sorted(value), &found),
        };
        cases += match &path.expected {
            Expected::Refusal(_) => 1,
            Expected::Answer(value) | Expected::Holes(value) => held(value),
        };
        let asked: String = path.field.chars().take(300).collect();
        wrong.extend(difference.map(|it| format!("{asked}: {it}")));
    }
    cases
}

/// A value with its lists in one order: which rows there are is asked here, not how they are sorted.
fn sorted(value: &Value) -> Value {
    match value {
        Value::Array(items) => {
            let mut items: Vec<Value> = items.iter().map(sorted).collect();
            items.sort_by_cached_key(Value::to_string);
            Value::Array(items)
        }
        Value::Object(fields) => fields.iter().map(|(name, it)| (name.clone(), sorted(it))).collect(),
        other => other.clone(),
    }
}

/// Where two values differ first.
fn difference(expected: &Value, found: &Value) -> Option<String> {
    match (expected, found) {
        _ if expected == found => None,
        (Value::Object(one), Value::Object(other)) if one.keys().eq(other.keys()) => {
            one.iter().find_map(|(name, value)| difference(value, &other[name]).map(|it| format!("{name}: {it}")))
        }
        (Value::Array(one), Value::Array(other)) if one.len() == other.len() => {
            one.iter().zip(other).find_map(|(one, other)| difference(one, other)).map(|it| format!("a row: {it}"))
        }
        (Value::Array(one), Value::Array(other)) => {
            let missing: Vec<_> = one.iter().filter(|it| !other.contains(it)).map(Value::to_string).collect();
            let leaked: Vec<_> = other.iter().filter(|it| !one.contains(it)).map(Value::to_string).collect();
            Some(format!("missing {missing:?}, leaked {leaked:?}"))
        }
        _ => Some(format!("expected {expected}, found {found}")),
    }
}

/// How many cases an answer holds: each list, each row with more than its name, each row that must be absent.
fn held(value: &Value) -> usize {
    match value {
        Value::Null => 1,
        Value::Array(items) => 1 + items.iter().map(|it| held(it.get("node").unwrap_or(it))).sum::<usize>(),
        Value::Object(fields) if fields.len() > 1 => 1 + fields.values().map(held).sum::<usize>(),
        _ => 0,
    }
}
