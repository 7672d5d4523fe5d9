//! What operators see: each part of readiness, what operations cost by name, which were slow, and nothing of what was
//! asked.

use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::{Client, http},
    collector::Collector,
    postgres,
    process::{Program, fresh_folder},
    sqlite,
    world::World,
};

async fn metrics(world: &World) -> String {
    Client::new(world.url(), "").get("/metrics").await.1
}

/// The value of the series with this name and these labels.
fn value(text: &str, series: &str) -> f64 {
    let line = text.lines().find_map(|it| it.strip_prefix(series)).unwrap_or_else(|| panic!("no {series} in\n{text}"));
    line.trim().parse().expect("a number")
}

both! {
    async fn operations_are_counted_by_name_client_and_outcome(world: World) {
        let county = world.organization("North").await;
        world.cadre(county, "Anna", |_| {}).await;
        let person = world.sign_in(Role::OrganizationOfficer, county).await;
        let document = "query Names { cadres(first: 2) { edges { node { name } } } }";
        for _ in 0..3 {
            assert_eq!(person.run(document, json!({})).await.status, 200);
        }
        person.run("query Names { me { login } accounts { totalCount } }", json!({})).await;
        person.run("query Names { nothing }", json!({})).await;
        person.run("query Names {", json!({})).await;
        person.run("{ me { login } }", json!({})).await;
        let text = metrics(&world).await;
        let named = "operation=\"Names\",client=\"PERSON\"";
        assert_eq!(value(&text, &format!("tidui_operations_total{{{named},outcome=\"done\"}}")), 3.0);
        assert_eq!(value(&text, &format!("tidui_operations_total{{{named},outcome=\"errors\"}}")), 1.0);
        assert_eq!(value(&text, &format!("tidui_operations_total{{{named},outcome=\"refused\"}}")), 1.0);
        assert_eq!(value(&text, "tidui_operations_total{operation=\"unfit\",client=\"PERSON\",outcome=\"refused\"}"), 1.0);
        assert_eq!(value(&text, "tidui_operations_total{operation=\"anonymous\",client=\"PERSON\",outcome=\"done\"}"), 1.0);
        assert_eq!(value(&text, &format!("tidui_operation_seconds_bucket{{{named},le=\"+Inf\"}}")), 5.0);
        assert_eq!(value(&text, &format!("tidui_operation_seconds_count{{{named}}}")), 5.0);
        assert!(value(&text, &format!("tidui_operation_seconds_sum{{{named}}}")) > 0.0);
        assert!(value(&text, &format!("tidui_operation_cost_total{{{named}}}")) >= 3.0 * 7.0);
        assert!(value(&text, &format!("tidui_operation_statements_total{{{named}}}")) >= 1.0);
        assert!(value(&text, &format!("tidui_operation_cache_hits_total{{{named}}}")) >= 2.0, "{text}");
    }
}

sqlite! {
    async fn nobody_fills_the_counts_with_names(world: World) {
        let county = world.organization("North").await;
        let person = world.sign_in(Role::OrganizationOfficer, county).await;
        for number in 0..230 {
            person.run(&format!("query Made{number} {{ me {{ login }} }}"), json!({})).await;
        }
        person.run(&format!("query {} {{ me {{ login }} }}", "L".repeat(100)), json!({})).await;
        let text = metrics(&world).await;
        let names = text.lines().filter(|it| it.starts_with("tidui_operations_total{")).count();
        assert_eq!(names, 201, "200 names and the rest");
        assert_eq!(value(&text, "tidui_operations_total{operation=\"other\",client=\"PERSON\",outcome=\"done\"}"), 31.0);
        assert!(!text.contains("LLLL"));
    }

    async fn readiness_names_each_part(world: World) {
        let client = Client::new(world.url(), "");
        let ready = |text: String| serde_json::from_str::<Value>(&text).expect("JSON");
        let (status, text) = client.get("/readyz").await;
        assert_eq!((status, ready(text)), (200, json!({ "database": "ok", "cache": "ok", "migrations": "ok" })));
        world.sql("delete from seaql_migrations where version = (select max(version) from seaql_migrations)", vec![]).await;
        let (status, text) = client.get("/readyz").await;
        assert_eq!((status, ready(text)), (503, json!({ "database": "ok", "cache": "ok", "migrations": "pending" })));
    }
}

postgres! {
    /// A process of its own, because the log is the process's.
    async fn a_slow_operation_is_logged_by_its_hash_alone(world: World) {
        let county = world.organization("North").await;
        let person = world.sign_in(Role::OrganizationOfficer, county).await;
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--slow-ms", "0", "--log-format", "json"];
        let program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &arguments);
        let mut server = program.over(&world.config).start();
        let document = "query Slow($name: String) { cadres(first: 1, filter: {namePrefix: $name}) { totalCount } }";
        let answer = Client::new(&server.url(), person.token()).run(document, json!({ "name": "张三丰" })).await;
        assert_eq!(answer.status, 200, "{}", answer.text);
        let printed = server.printed();
        let line = printed.lines().find(|it| it.contains("a slow operation")).unwrap_or_else(|| panic!("none in {printed}"));
        let line: Value = serde_json::from_str(line).expect("JSON");
        let fields = &line["fields"];
        let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, document.as_bytes());
        let hash: String = hash.as_ref().iter().map(|it| format!("{it:02x}")).collect();
        assert_eq!((&fields["document"], &fields["operation"]), (&json!(hash), &json!("Slow")));
        assert!(fields["ms"].is_u64() && fields["statements"].is_u64() && fields["cost"].is_u64(), "{line}");
        let id = fields["request.id"].as_str().expect("an id");
        assert!(printed.lines().any(|it| it.contains("\"graphql\"") && it.contains(id)), "the same request: {printed}");
        assert!(!printed.contains("张三丰") && !printed.contains("namePrefix"), "{printed}");
    }

    /// What a collector is told: the operation as a step of the client's own trace, the questions in it, no value.
    async fn traces_tell_names_and_times_and_no_values(world: World) {
        let county = world.organization("North").await;
        world.cadre(county, "张三丰", |_| {}).await;
        let person = world.sign_in(Role::OrganizationOfficer, county).await;
        let collector = Collector::start();
        let arguments = ["serve", "--listen", "127.0.0.1:0", "--log-format", "json", "--traces-to", &collector.url()];
        let program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &arguments);
        let mut server = program.over(&world.config).start();
        let url = tokio::task::block_in_place(|| server.url());
        let query = "query Traced($name: String) { cadres(first: 1, filter: {namePrefix: $name}) { edges { node { name } } } }";
        let asked = http().build().expect("a client").post(format!("{url}/graphql")).bearer_auth(person.token());
        let asked = asked.header("traceparent", "00-5469647569547261636554657374aa01-5469647569537061-01");
        let answer = asked.json(&json!({ "query": query, "variables": { "name": "张三丰" } })).send().await.expect("an answer");
        let id = answer.headers()["x-request-id"].to_str().expect("text").to_owned();
        let text = answer.text().await.expect("a body");
        assert!(text.contains("张三丰"), "{text}");
        let printed = server.printed();
        // What waits is sent when the server ends.
        server.terminate();
        tokio::task::block_in_place(|| server.end(std::time::Duration::from_secs(20)));
        let trace = *b"TiduiTraceTest\xaa\x01";
        for said in [trace.as_slice(), b"TiduiSpa", b"Traced", id.as_bytes(), b"tidui.statements", b"ask", b"api::cadre::read::"] {
            assert!(collector.has(said), "not told: {}", String::from_utf8_lossy(said));
        }
        for kept in ["张三丰", "namePrefix", person.token()] {
            assert!(!collector.has(kept.as_bytes()), "told: {kept}");
        }
        assert!(!printed.contains("\"span\"") && !printed.contains("tidui.step"), "spans are not for the log: {printed}");
    }
}
