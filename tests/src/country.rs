//! A synthetic country of any size, for what must cost the same in a large one: made by the database itself.

use serde_json::{Value, json};

use crate::{client::Client, postgres, source::read, world::World};

/// Fills a fresh world on PostgreSQL with so many people.
pub fn settle(world: &World, people: u64) {
    let seed = format!("set bench.people = '{people}';\n{}", read("tests/bench/mechanisms/seed.sql"));
    postgres::shared().psql(world.database(), &seed).expect("a seeded registry");
}

/// Drafts and publishes the policy that such a country is measured by; the global id of its edition.
pub async fn publish(officer: &Client, leader: &Client) -> Value {
    let document = read("tests/bench/mechanisms/policy.json");
    let draft = "mutation($text: String!) { it: policyDraft(input: { document: $text }) { problems { field message } edition { id } } }";
    let id = officer.run(draft, json!({ "text": document })).await.done("/it")["edition"]["id"].clone();
    let publish = "mutation($id: ID!) { it: policyPublish(input: { id: $id, expectedVersion: 1 }) { problems { message } edition { state } } }";
    leader.run(publish, json!({ "id": id })).await.done("/it");
    id
}
