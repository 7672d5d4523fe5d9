//! Who follows what changes: told at once, in order, as far as they may see it, and nothing lost on the way.

mod events;
mod limits;
mod processes;
mod rights;
mod sockets;

use std::time::{Duration, Instant};

use entity::{
    id::{CadreId, OrganizationId},
    kind::Role,
};
use serde_json::{Value, json};
use tests::{
    client::{Answer, Client},
    world::{World, global},
};

const PAIRS: &str =
    "subscription($after: ID, $ids: [ID!], $at: ID) { it: mentoringPairChanged(after: $after, ids: $ids, organization: $at) {
    news eventId act at pair { id state version mentees { name } } } }";
const MEMBERSHIPS: &str =
    "subscription($after: ID, $ids: [ID!], $at: ID, $pool: ID) { it: poolMembershipChanged(after: $after, ids: $ids, organization: $at, pool: $pool) {
    news eventId act membership { id state } } }";

const DUTIES: &str = "subscription { it: myDutiesChanged { news eventId act duty { id code dueOn status } } }";

/// How long silence must last to be believed: a change takes a tenth of it.
const SILENCE: Duration = Duration::from_millis(400);

/// A county with people, and its officer.
struct Scene {
    county: OrganizationId,
    home: OrganizationId,
    mentor: CadreId,
    mentee: CadreId,
    officer: Client,
}

impl Scene {
    async fn of(world: &World, name: &str) -> Self {
        let county = world.organization(name).await;
        let home = world.department(county, &format!("{name} Finance")).await;
        let away = world.department(county, &format!("{name} Water")).await;
        let mentor = world.cadre(home, &format!("{name} Mentor"), |_| {}).await;
        let mentee = world.cadre(away, &format!("{name} Mentee"), |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        Self { county, home, mentor, mentee, officer }
    }

    /// Proposes a pair through some server; returns its id.
    async fn propose(&self, through: &Client) -> String {
        let query = "mutation($input: PairProposeInput!) { it: pairPropose(input: $input) { problems { code message } pair { id } } }";
        let input = json!({ "organizationId": global(self.county), "mentorIds": [global(self.mentor)], "menteeIds": [global(self.mentee)] });
        let answer = through.run(query, json!({ "input": input })).await;
        answer.done("/it");
        answer.text_at("/it/pair/id")
    }
}

/// Takes a step of a pair.
async fn step(by: &Client, name: &str, id: &str, version: i64, more: Value) -> Answer {
    let mut input = json!({ "id": id, "expectedVersion": version });
    input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
    let text = format!(
        "mutation($input: Pair{name}Input!) {{ it: pair{name}(input: $input) {{ problems {{ code message }} }} }}"
    );
    let answer = by.run(&text, json!({ "input": input })).await;
    answer.done("/it");
    answer
}

/// The number of a gauge or total.
async fn metric(client: &Client, name: &str) -> u64 {
    let (_, text) = client.get("/metrics").await;
    let line = text.lines().find(|line| line.starts_with(&format!("{name} "))).expect("the metric").to_owned();
    line.split(' ').nth(1).and_then(|it| it.parse().ok()).expect("a number")
}

/// Waits until a gauge says so.
async fn until(client: &Client, name: &str, expected: u64) {
    let begun = Instant::now();
    loop {
        let found = metric(client, name).await;
        if found == expected {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(10), "{name} is {found} and not {expected}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}
