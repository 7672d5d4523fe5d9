//! A roster goes in through the API: announced, sent once to its address, imported in the background and followed.

use std::time::Duration;

use chrono::TimeDelta;
use entity::{
    id::{AccountId, OrganizationId},
    kind::Role,
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    world::{World, global},
};

use super::{PEOPLE, csv, import_with, number};

pub const START: &str = "mutation($input: RosterUploadStartInput!) { rosterUploadStart(input: $input) {
    upload { id address expiresAt bytes maximumBytes fileName } problems { code field message } } }";
const IMPORT: &str = "mutation($input: RosterImportInput!) { rosterImport(input: $input) {
    run { id state rowsTotal } problems { code field message } } }";
const RUN: &str = "query($id: ID!) { node(id: $id) { ... on ImportRun { id state failure dryRun mode rowsRead rowsDone
    rowsTotal added changed unchanged skipped errors warnings hints endedAt fileName imported { id added }
    findings(first: 100) { totalCount edges { node { severity code row column message remedy candidates { id name } } } } } } }";

/// An officer with the account, which other stories' officers lack.
pub async fn officer(world: &World, at: OrganizationId) -> (AccountId, Client) {
    let account = world.account(None).await;
    world.grant(account, Role::OrganizationOfficer, at, None).await;
    (account, world.client(account))
}

fn text(lines: &[&str]) -> String {
    lines.join("\n")
}

async fn start(client: &Client, at: OrganizationId, bytes: usize) -> Answer {
    let input = json!({ "organizationId": global(at), "fileName": "花名册.csv", "bytes": bytes });
    client.run(START, json!({ "input": input })).await
}

/// Announces and sends a file; the id of the upload.
pub async fn sent(client: &Client, at: OrganizationId, file: &str) -> String {
    let answer = start(client, at, file.len()).await;
    let upload = answer.done("/rosterUploadStart")["upload"].clone();
    let (status, told) = client.put(upload["address"].as_str().expect("an address"), file.as_bytes()).await;
    assert_eq!((status, told.as_str()), (204, ""));
    upload["id"].as_str().expect("an id").to_owned()
}

pub async fn begin(client: &Client, input: Value) -> String {
    let answer = client.run(IMPORT, json!({ "input": input })).await;
    answer.done("/rosterImport")["run"]["id"].as_str().expect("a run").to_owned()
}

/// The run at its end.
pub async fn ended(client: &Client, run: &str) -> Value {
    for _ in 0..600 {
        let answer = client.run(RUN, json!({ "id": run })).await;
        let found = answer.at("/node").clone();
        if !["WAITING", "RUNNING"].contains(&found["state"].as_str().expect("a state")) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the run does not end");
}

pub async fn imported(client: &Client, at: OrganizationId, file: &str, more: Value) -> Value {
    let mut input = json!({ "uploadId": sent(client, at, file).await });
    for (name, value) in more.as_object().expect("an object") {
        input[name] = value.clone();
    }
    ended(client, &begin(client, input).await).await
}

/// Findings as the command prints them.
fn lines(run: &Value) -> Vec<String> {
    let of = |it: &Value| {
        let place = match (it["row"].as_i64(), it["column"].as_str()) {
            (Some(row), Some(column)) => format!("line {row}, {column}"),
            (Some(row), None) => format!("line {row}"),
            (None, _) => "file".to_owned(),
        };
        let word = |name: &str| it[name].as_str().expect("a word").to_owned();
        format!("{} {place}: {} → {}", word("severity"), word("message"), word("remedy"))
    };
    run["findings"]["edges"].as_array().expect("findings").iter().map(|it| of(&it["node"])).collect()
}

fn counts(run: &Value) -> [i64; 4] {
    ["added", "changed", "unchanged", "skipped"].map(|name| run[name].as_i64().expect("a count"))
}

both! {
    async fn a_file_is_sent_imported_and_reported_as_by_the_command(world: World) {
        let county = world.organization("青禾县").await;
        world.department(county, "教育局").await;
        let (_, client) = officer(&world, county).await;
        let bad = text(&["姓名,出生年月,单位", "王伟,1988.13,教育局", "李娜,1990.01,水务局", "张强,1979.02,教育局"]);
        let run = imported(&client, county, &bad, json!({})).await;
        assert_eq!((&run["state"], &run["failure"]), (&json!("FAILED"), &json!("FILE")), "{run:#}");
        assert_eq!(world.number(PEOPLE).await, 0);
        let told = import_with(&world, county, &csv(&bad.lines().collect::<Vec<_>>()), &[]).await.refused(&["Nothing was imported"]).out;
        let found = lines(&run);
        assert!(!found.is_empty() && found.iter().all(|line| told.lines().any(|it| it == line)), "{found:#?} in {told}");
        assert_eq!(told.lines().filter(|it| it.starts_with("ERROR ")).count(), found.len());

        let run = imported(&client, county, &bad, json!({ "mode": "GOOD" })).await;
        assert_eq!((&run["state"], counts(&run)), (&json!("DONE"), [1, 0, 0, 0]), "{run:#}");
        assert_eq!((&run["rowsRead"], &run["errors"], &run["rowsDone"], &run["rowsTotal"]), (&json!(3), &json!(2), &json!(2), &json!(2)));
        assert_eq!((&run["imported"]["added"], &run["fileName"]), (&json!(1), &json!("花名册.csv")));
        let told = import_with(&world, county, &csv(&bad.lines().collect::<Vec<_>>()), &["--mode", "good"]).await.done().out;
        let found = lines(&run);
        assert_eq!(told.lines().filter(|it| it.starts_with("ERROR ")).collect::<Vec<_>>(), found, "{told}");

        let good = text(&["姓名,出生年月,单位", "王伟,1988.05,教育局", "李娜,1990.01,教育局"]);
        let run = imported(&client, county, &good, json!({})).await;
        assert_eq!((&run["state"], counts(&run)), (&json!("DONE"), [2, 0, 0, 0]));
        let again = imported(&client, county, &good, json!({})).await;
        assert_eq!((&again["state"], counts(&again), &again["imported"]), (&json!("DONE"), [0, 0, 2, 0], &Value::Null));
        assert_eq!(world.number(PEOPLE).await, 3);
        let done = "select count(*) from audit_event where action = 'ROSTER_IMPORT' and role = 'ORGANIZATION_OFFICER' and account_id is not null and tables like '%cadre%'";
        assert_eq!(world.number(done).await, 2);
        for _ in 0..100 {
            if world.number("select count(*) from upload_part").await == 1 {
                break;
            }
            tokio::time::sleep(Duration::from_millis(200)).await;
        }
        assert_eq!(world.number("select count(*) from upload_part").await, 1, "imported files go, the refused one stays");
    }

    async fn an_address_is_good_once_in_time_and_for_what_was_announced(world: World) {
        let county = world.organization("青禾县").await;
        let (_, client) = officer(&world, county).await;
        let file = text(&["姓名", "王伟"]);
        let upload = start(&client, county, file.len()).await.at("/rosterUploadStart/upload").clone();
        let address = upload["address"].as_str().expect("an address");
        for (bytes, status, code) in [
            (format!("{file} and more"), 413, "BODY_TOO_LARGE"),
            (file[..3].to_owned(), 400, "INVALID"),
        ] {
            let (got, told) = client.put(address, bytes.as_bytes()).await;
            assert!(got == status && told.contains(code), "{got} {told}");
        }
        let forged = format!("{}A", &address[..address.len() - 1]);
        let other = format!("{}B", &address[..address.len() - 1]);
        for bad in [forged.as_str(), other.as_str(), "/uploads/x"].into_iter().filter(|it| *it != address) {
            let (got, told) = client.put(bad, file.as_bytes()).await;
            assert!(got == 404 && told.contains("NOT_FOUND"), "{got} {told}");
        }
        // What was refused has not used it up.
        let import = json!({ "input": { "uploadId": upload["id"] } });
        client.run(IMPORT, import).await.problem("/rosterImport", "INVALID");
        assert_eq!(client.put(address, file.as_bytes()).await.0, 204);
        assert_eq!(client.put(address, file.as_bytes()).await.0, 404);
        let late = start(&client, county, file.len()).await.text_at("/rosterUploadStart/upload/address");
        world.pass(TimeDelta::minutes(11));
        assert_eq!(client.put(&late, file.as_bytes()).await.0, 404);
        assert_eq!(client.get(address).await.0, 405);
        let wrong = json!({ "organizationId": global(county), "fileName": "x.csv", "bytes": 6, "sha256": "0".repeat(64) });
        let client = officer(&world, county).await.1;
        let upload = client.run(START, json!({ "input": wrong })).await;
        let (got, told) = client.put(&upload.text_at("/rosterUploadStart/upload/address"), "王伟".as_bytes()).await;
        assert!(got == 400 && told.contains("sha256"), "{got} {told}");
        for bytes in [0, -1, 67_108_865] {
            let input = json!({ "organizationId": global(county), "fileName": "x.csv", "bytes": bytes });
            client.run(START, json!({ "input": input })).await.problem("/rosterUploadStart", "INVALID");
        }
        assert_eq!(world.number("select count(*) from upload_part").await, 1);
        for _ in 1..20 {
            start(&client, county, 6).await.done("/rosterUploadStart");
        }
        start(&client, county, 6).await.problem("/rosterUploadStart", "INVALID");
        let plain = "select count(*) from audit_change where table_name = 'upload_part' and cast(after_values as text) like '%王伟%'";
        assert_eq!(world.number(plain).await, 0);
    }

    async fn only_the_own_file_is_imported_and_only_by_who_may(world: World) {
        let (north, south) = (world.organization("青禾县").await, world.organization("邻县").await);
        let (_, one) = officer(&world, north).await;
        let (_, other) = officer(&world, north).await;
        let upload = sent(&one, north, &text(&["姓名", "王伟"])).await;
        let input = json!({ "input": { "uploadId": upload } });
        other.run(IMPORT, input.clone()).await.refused("NOT_FOUND");
        let leader = world.sign_in(Role::OrganizationLeader, north).await;
        leader.run(IMPORT, input).await.refused("FORBIDDEN");
        start(&leader, north, 6).await.refused("FORBIDDEN");
        start(&one, south, 6).await.refused("NOT_FOUND");
        let run = begin(&one, json!({ "uploadId": upload, "mode": "GOOD" })).await;
        assert_eq!(ended(&one, &run).await["state"], "DONE");
        let theirs = other.run(RUN, json!({ "id": run })).await;
        assert_eq!((theirs.at("/node/added"), theirs.at("/node/findings/totalCount")), (&json!(1), &json!(0)));
        let stranger = world.sign_in(Role::OrganizationOfficer, south).await;
        assert_eq!(stranger.run(RUN, json!({ "id": run })).await.at("/node"), &Value::Null);
    }

    async fn a_dry_run_tells_and_writes_nobody(world: World) {
        let county = world.organization("青禾县").await;
        let (_, client) = officer(&world, county).await;
        let upload = sent(&client, county, &text(&["姓名", "王伟", "李娜"])).await;
        let run = ended(&client, &begin(&client, json!({ "uploadId": upload, "dryRun": true })).await).await;
        assert_eq!((&run["state"], &run["dryRun"], counts(&run)), (&json!("DONE"), &json!(true), [2, 0, 0, 0]));
        assert_eq!((world.number(PEOPLE).await, world.number("select count(*) from import").await), (0, 0));
        let input = json!({ "uploadId": upload, "idempotencyKey": "once" });
        let first = begin(&client, input.clone()).await;
        assert_eq!(begin(&client, input).await, first);
        assert_eq!(counts(&ended(&client, &first).await), [2, 0, 0, 0]);
        assert_eq!(world.number(PEOPLE).await, 2);
    }

    async fn a_row_that_could_mean_several_waits_for_a_decision(world: World) {
        let county = world.organization("青禾县").await;
        let mut known = Vec::new();
        for _ in 0..2 {
            known.push(global(world.cadre(county, "王伟", |_| {}).await));
        }
        known.sort();
        let (_, client) = officer(&world, county).await;
        let upload = sent(&client, county, &text(&["姓名,现任职务", "王伟,局长"])).await;
        let run = ended(&client, &begin(&client, json!({ "uploadId": upload })).await).await;
        assert_eq!(run["failure"], "FILE");
        let finding = &run["findings"]["edges"][0]["node"];
        assert_eq!((&finding["code"], &finding["row"]), (&json!("PERSON_AMBIGUOUS"), &json!(2)));
        let mut named: Vec<String> = finding["candidates"].as_array().expect("candidates").iter().map(|it| it["id"].as_str().expect("an id").to_owned()).collect();
        named.sort();
        assert_eq!(named, known);
        let both = json!([{ "row": 2, "cadreId": known[0], "choice": "NEW" }]);
        let refused = client.run(IMPORT, json!({ "input": { "uploadId": upload, "decisions": both } })).await;
        refused.problem("/rosterImport", "INVALID");
        let decided = json!([{ "row": 2, "cadreId": known[0] }]);
        let run = begin(&client, json!({ "uploadId": upload, "decisions": decided })).await;
        let run = ended(&client, &run).await;
        assert_eq!((&run["state"], counts(&run)), (&json!("DONE"), [0, 1, 0, 0]), "{run:#}");
        assert_eq!(world.number(PEOPLE).await, 2);
    }

    async fn one_file_of_two_officers_and_one_person_in_two_units_are_recorded_once(world: World) {
        let county = world.organization("青禾县").await;
        for unit in ["教育局", "水务局"] {
            world.department(county, unit).await;
        }
        let (_, one) = officer(&world, county).await;
        let (_, other) = officer(&world, county).await;
        let rows: Vec<String> = (0..60).map(|row| format!("王{row},1988.05,教育局,{}", number("19880513", row))).collect();
        let file = |unit: &str| format!("姓名,出生年月,单位,身份证号\n{}", rows.join("\n").replace("教育局", unit));
        let (mine, theirs) = (sent(&one, county, &file("教育局")).await, sent(&other, county, &file("教育局")).await);
        let (mine, theirs) = (begin(&one, json!({ "uploadId": mine })).await, begin(&other, json!({ "uploadId": theirs })).await);
        let (mine, theirs) = (ended(&one, &mine).await, ended(&other, &theirs).await);
        let mut added = [counts(&mine), counts(&theirs)];
        added.sort();
        assert_eq!(added, [[0, 0, 60, 0], [60, 0, 0, 0]], "{mine:#} {theirs:#}");
        let moved = imported(&one, county, &file("水务局"), json!({})).await;
        assert_eq!(counts(&moved), [0, 60, 0, 0]);
        assert_eq!(world.number(PEOPLE).await, 60);
    }
}
