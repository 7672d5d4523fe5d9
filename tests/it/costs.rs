//! What the documents of the README and of the benchmark kit cost: a golden file, so that nobody's document becomes
//! dearer without anybody noticing.

use serde_json::{Value, json};
use tests::{
    client::http,
    source::{read, root},
    sqlite,
    world::{World, global},
};

/// The bodies of requests in the README, with what a shell would put in left simple.
fn bodies() -> Vec<Value> {
    let text = read("README.md");
    let lines = text.lines().filter_map(|line| line.trim().strip_prefix("-d '").map(str::to_owned));
    let mut out = Vec::new();
    for line in lines {
        let Some(end) = line.rfind('}') else { continue };
        let line = line[..=end].replace("'$(date +%F)'", "2026-11-21");
        let plain: String =
            line.split('\'').enumerate().map(|(at, it)| if at % 2 == 0 { it } else { "SHELL" }).collect();
        let body: Value = serde_json::from_str(&plain).unwrap_or_else(|cause| panic!("{cause} in the README: {plain}"));
        if body.get("query").is_some() {
            out.push(body);
        }
    }
    out
}

/// What the benchmark kit asks (`tests/bench/bodies`), so that no workload names what the schema has no more.
fn workloads() -> Vec<Value> {
    let body = |name: &str| -> Value {
        let body: Value = serde_json::from_str(&read(&format!("tests/bench/bodies/{name}.json"))).expect("JSON");
        let input = json!({ "pairId": "SHELL", "heldOn": "2026-03-02", "topic": "OTHER", "agreed": "read" });
        let page = json!({ "organization": "SHELL", "level": "CLERK", "first": 20, "asOf": "2025-12-31" });
        let variables = match name {
            "W1" | "W5" => json!({ "id": "SHELL" }),
            "W3" => json!({ "id": "SHELL", "first": 50 }),
            "W6" => json!({ "input": input }),
            _ => page,
        };
        json!({ "query": body["query"], "variables": variables })
    };
    ["W1", "W2", "W3", "W4", "W5", "W6"].map(body).into()
}

/// A body with real ids where the shell would have put them.
fn filled(value: &Value, id: &str) -> Value {
    match value {
        Value::String(it) if it == "SHELL" => json!(id),
        Value::Object(all) => Value::Object(all.iter().map(|(key, it)| (key.clone(), filled(it, id))).collect()),
        Value::Array(all) => Value::Array(all.iter().map(|it| filled(it, id)).collect()),
        other => other.clone(),
    }
}

sqlite! {
    async fn documents_cost_what_the_golden_file_says(world: World) {
        let county = world.organization("North").await;
        let client = world.sign_in(entity::kind::Role::OrganizationOfficer, county).await;
        let mut found = String::new();
        for body in bodies().into_iter().chain(workloads()) {
            let request = http().build().expect("a client").post(format!("{}/graphql/cost", world.url()));
            let answer = request.bearer_auth(client.token()).json(&filled(&body, &global(county))).send().await;
            let answer: Value = answer.expect("an answer").json().await.expect("JSON");
            let cost = answer["cost"]["requested"].as_u64().unwrap_or_else(|| panic!("{answer} to {body}"));
            found.push_str(&format!("{cost} {}\n", body["query"].as_str().expect("a text")));
        }
        assert!(found.lines().count() >= 5, "the README has fewer requests than it had:\n{found}");
        let path = root().join("target/costs.txt");
        std::fs::write(&path, &found).expect("a file");
        assert_eq!(found, read("tests/it/costs.txt"), "compare target/costs.txt with tests/it/costs.txt; copy it when every change is meant");
    }
}
