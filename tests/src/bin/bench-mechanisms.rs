//! What the mechanisms cost as a country grows: each question through HTTP at one connection, over PostgreSQL, nothing
//! remembered, with the rows that the database read for it.
//!
//! `cargo run --release -p tests --bin bench-mechanisms [PEOPLE]...` makes a synthetic registry of each size (10,000 and 100,000
//! where none is named; 1,000,000 takes some minutes and 4 GB of disk) and prints a table: `tests/bench/mechanisms/RESULTS.md`
//! keeps the last one. `BENCH_PLANS=FILE` has the database explain every statement, which takes time of its own, and writes
//! what it says to a file.

// An optimised build looks through all futures of the schema at once.
#![recursion_limit = "256"]

use std::time::Instant;

use entity::{
    id::{CadreId, Key, OrganizationId},
    kind::{PairForm, PairSide, PairState, Role},
    mentoring_pair, policy_edition,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter};
use serde_json::{Value, json};
use tests::{
    client::Client,
    country, postgres,
    runner::Stack,
    world::{World, global},
};

const CANDIDATES: &str =
    "query($filter: CandidateFilter!) { candidates(filter: $filter, first: 20) { edges { node { name } } } }";
/// How often each question is asked, after five times for nothing.
const TIMES: usize = 40;

#[tokio::main]
async fn main() {
    let _ = rustls::crypto::ring::default_provider().install_default();
    let sizes: Vec<u64> = std::env::args().skip(1).map(|it| it.parse().expect("a number of people")).collect();
    let sizes = if sizes.is_empty() { vec![10_000, 100_000] } else { sizes };
    println!("| people | question | p50 ms | p95 ms | statements |");
    println!("| ---: | --- | ---: | ---: | ---: |");
    if std::env::var_os("BENCH_PLANS").is_some() {
        for setting in [
            "session_preload_libraries = 'auto_explain'",
            "auto_explain.log_min_duration = 0",
            "auto_explain.log_analyze = on",
            "auto_explain.log_timing = off",
        ] {
            postgres::shared()
                .psql("postgres", &format!("load 'auto_explain'; alter system set {setting}"))
                .expect("a setting");
        }
        postgres::shared().psql("postgres", "select pg_reload_conf()").expect("settings read");
    }
    for size in sizes {
        measure(size).await;
    }
    if let Some(file) = std::env::var_os("BENCH_PLANS") {
        std::fs::copy(postgres::shared().log(), file).expect("a file of plans");
    }
    postgres::stop_shared();
    tests::world::clean_up();
}

/// A question, and who asks it with what.
struct Question<'a> {
    name: &'static str,
    by: &'a Client,
    text: &'static str,
    variables: Value,
    times: usize,
}

async fn measure(people: u64) {
    let settings = [
        ("cache", "false"),
        ("database_connections", "16"),
        ("document_cost", "10000000"),
        ("document_nodes", "100000"),
    ];
    let world = World::with(Stack::Postgres, &settings).await;
    let begun = Instant::now();
    country::settle(&world, people);
    eprintln!("{people} people in {:.0} s", begun.elapsed().as_secs_f64());
    let root = OrganizationId::from_uuid(
        one(&world, "select cast(id as text) from organization where parent_id is null").await,
    );
    let county = OrganizationId::from_uuid(
        one(&world, "select cast(id as text) from organization where code = '9901000000'").await,
    );
    let officer = world.sign_in(Role::OrganizationOfficer, root).await;
    let leader = world.sign_in(Role::OrganizationLeader, root).await;
    let edition = country::publish(&officer, &leader).await;
    let places = "select cast(id as text) from cadre order by id limit 1 offset";
    let mentee = CadreId::from_uuid(one(&world, &format!("{places} 17")).await);
    let mentor = CadreId::from_uuid(one(&world, &format!("{places} 71")).await);
    pair(&world, county, mentor, mentee).await;
    let phone = world.sign_in_as(Role::Cadre, county, mentee).await;
    let batch = people_of(&world, "select cast(id as text) from cadre order by id limit 500").await;
    let deputies =
        "select cast(cadre_id as text) from post_assignment where role = 'DEPUTY' order by cadre_id limit 500";
    let mentors = people_of(&world, deputies).await;
    let batch = json!({ "place": global(root), "mentees": batch, "mentors": mentors });
    for question in questions((&officer, &phone), &edition, mentee, &batch) {
        if cfg!(debug_assertions) && question.name.contains("matched") {
            continue; // Not optimised, it takes longer than a request may.
        }
        ask(people, &question).await;
    }
}

/// The global ids of the people whose keys a statement yields.
async fn people_of(world: &World, sql: &str) -> Vec<String> {
    let keys = world.texts(sql).await;
    keys.iter().map(|it| global(CadreId::from_uuid(it.parse().expect("a key")))).collect()
}

/// What is asked by an officer, and by the phone of a mentee.
fn questions<'a>(
    (officer, phone): (&'a Client, &'a Client),
    edition: &Value,
    mentee: CadreId,
    batch: &Value,
) -> Vec<Question<'a>> {
    let among = |criterion: Option<&str>| json!({ "filter": { "edition": edition, "criterion": criterion } });
    vec![
        Question {
            name: "eligibility of one person",
            by: officer,
            text: "query($id: ID!) { eligibility(subject: $id, policy: \"BENCH\") { outcome criteria { criterion { code } outcome inputs { fact value source } } } }",
            variables: json!({ "id": global(mentee) }),
            times: TIMES,
        },
        Question {
            name: "20 candidates, all criteria (1 in 70 meets them)",
            by: officer,
            text: CANDIDATES,
            variables: among(None),
            times: TIMES,
        },
        Question {
            name: "20 candidates, a rare criterion",
            by: officer,
            text: CANDIDATES,
            variables: among(Some("RARE")),
            times: TIMES,
        },
        Question {
            name: "20 candidates, a criterion that nobody meets",
            by: officer,
            text: CANDIDATES,
            variables: among(Some("NOBODY")),
            times: 10,
        },
        Question {
            name: "duties of one person",
            by: phone,
            text: "query { myDuties(first: 20) { totalCount nodes { code dueOn status } } }",
            variables: json!({}),
            times: TIMES,
        },
        Question {
            name: "portrait of one person",
            by: officer,
            text: "query($id: ID!) { portrait(cadre: $id) { sections { code cells { code value source since } } } }",
            variables: json!({ "id": global(mentee) }),
            times: TIMES,
        },
        Question {
            name: "500 mentees and 500 mentors matched",
            by: officer,
            text: "query($place: ID!, $mentees: [ID!], $mentors: [ID!]) { pairMatches(policy: \"BENCH\", organization: $place, mentees: $mentees, mentors: $mentors, first: 500) { matches { unmatched mentor { name } suggestions(first: 3) { weight } } } }",
            variables: batch.clone(),
            times: 5,
        },
    ]
}

async fn ask(people: u64, question: &Question<'_>) {
    postgres::shared()
        .psql("postgres", &format!("do $$ begin raise log 'QUESTION {}'; end $$", question.name))
        .expect("a mark");
    let first = question.by.run(question.text, question.variables.clone()).await;
    assert!(!first.text.contains("\"errors\""), "{}: {}", question.name, first.text);
    for _ in 0..5.min(question.times) {
        question.by.run(question.text, question.variables.clone()).await;
    }
    let mut took = Vec::new();
    for _ in 0..question.times {
        let begun = Instant::now();
        question.by.run(question.text, question.variables.clone()).await;
        took.push(begun.elapsed());
    }
    took.sort_unstable();
    let at = |share: usize| took[(took.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    let statements = first.statements.unwrap_or(0);
    println!("| {people} | {} | {:.1} | {:.1} | {statements} |", question.name, at(50), at(95));
}

async fn one(world: &World, sql: &str) -> uuid::Uuid {
    world.texts(sql).await.first().expect("a row").parse().expect("a key")
}

/// An active pair of the policy since a year ago.
async fn pair(world: &World, keeper: OrganizationId, mentor: CadreId, mentee: CadreId) {
    let edition = policy_edition::Entity::find().filter(policy_edition::Column::Code.eq("BENCH")).one(&world.db).await;
    let edition = edition.expect("an answer").expect("an edition").id;
    let since = world.today() - chrono::TimeDelta::days(365);
    let sides = [(mentor, PairSide::Mentor), (mentee, PairSide::Mentee)];
    world
        .pair_of(keeper, &sides, |row: &mut mentoring_pair::Model| {
            (row.started_on, row.edition_id, row.state, row.form) =
                (Some(since), Some(edition), PairState::Active, PairForm::OneToOne);
        })
        .await;
}
