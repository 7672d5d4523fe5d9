//! A synthetic country of any size, for what must cost the same in a large one: made by the database itself.

use serde_json::Value;

use crate::{client::Client, policy, postgres, source::read, world::World};

/// Fills a fresh world on PostgreSQL with so many people.
pub fn settle(world: &World, people: u64) {
    let seed = format!("set bench.people = '{people}';\n{}", read("tests/bench/mechanisms/seed.sql"));
    postgres::shared().psql(world.database(), &seed).expect("a seeded registry");
}

/// Drafts and publishes the policy that such a country is measured by; the global id of its edition.
pub async fn publish(officer: &Client, leader: &Client) -> Value {
    let document = serde_json::from_str(&read("tests/bench/mechanisms/policy.json")).expect("JSON");
    policy::publish(officer, leader, &document).await
}
