//! Appointment forms through the API: announced, sent once, imported in the background, ordered, fetched once, unchanged.

use std::{
    io::{Cursor, Read},
    path::Path,
    time::Duration,
};

use entity::{id::OrganizationId, kind::Role};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    world::{World, global},
};
use zip::ZipArchive;

use super::{
    addresses::{post, session},
    downloads::fetch,
    forms::{archive, folder, of_another, only_person, usual},
};

const START: &str =
    "mutation($input: AppointmentFormUploadStartInput!) { it: appointmentFormUploadStart(input: $input) {
    upload { id address } problems { code field message } } }";
const IMPORT: &str = "mutation($input: AppointmentFormImportInput!) { it: appointmentFormImport(input: $input) {
    run { id kind } problems { code field message } } }";
const EXPORT: &str = "mutation($input: AppointmentFormExportInput!) { it: appointmentFormExport(input: $input) {
    export { id downloadPath rowCount } problems { code field message } } }";
const RUN: &str =
    "query($id: ID!) { node(id: $id) { ... on ImportRun { kind state failure rowsRead rowsDone rowsTotal added changed
    unchanged skipped errors imported { id kind } findings(first: 100) { totalCount edges { node {
        severity code form row column message candidates { id } } } } } } }";
const PEOPLE: &str = "select count(*) from cadre";

async fn start(client: &Client, at: OrganizationId, bytes: usize) -> tests::client::Answer {
    let input = json!({ "organizationId": global(at), "fileName": "任免表.lrmx", "bytes": bytes });
    client.run(START, json!({ "input": input })).await
}

/// Announces and sends a file; the id of the upload, and its address.
async fn sent(client: &Client, at: OrganizationId, file: &[u8]) -> (String, String) {
    let upload = start(client, at, file.len()).await.done("/it")["upload"].clone();
    let text = |name: &str| upload[name].as_str().expect("a text").to_owned();
    assert_eq!(client.put(&text("address"), file).await, (204, String::new()));
    (text("id"), text("address"))
}

async fn ended(client: &Client, input: Value) -> Value {
    let answer = client.run(IMPORT, json!({ "input": input })).await;
    let run = answer.done("/it")["run"]["id"].clone();
    for _ in 0..600 {
        let found = client.run(RUN, json!({ "id": run })).await.at("/node").clone();
        if !["WAITING", "RUNNING"].contains(&found["state"].as_str().expect("a state")) {
            return found;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("the run does not end");
}

async fn imported(client: &Client, at: OrganizationId, file: &[u8], mode: &str) -> Value {
    let (upload, _) = sent(client, at, file).await;
    ended(client, json!({ "uploadId": upload, "mode": mode })).await
}

fn findings(run: &Value) -> Vec<&Value> {
    run["findings"]["edges"].as_array().expect("findings").iter().map(|it| &it["node"]).collect()
}

fn whose(name: &str, id: String) -> Value {
    json!({ "input": { name: id, "purpose": "INSPECTION", "reason": "年度统计核对" } })
}

async fn ordered(client: &Client, name: &str, id: String) -> String {
    client.run(EXPORT, whose(name, id)).await.text_at("/it/export/downloadPath")
}

fn read(path: &Path) -> Vec<u8> {
    std::fs::read(path).expect("a file")
}

/// The forms in a zip, by name.
fn forms(bytes: Vec<u8>) -> Vec<(String, Vec<u8>)> {
    let mut zip = ZipArchive::new(Cursor::new(bytes)).expect("a zip");
    let mut found = Vec::new();
    for index in 0..zip.len() {
        let mut part = zip.by_index(index).expect("a form");
        let mut bytes = Vec::new();
        part.read_to_end(&mut bytes).expect("a form");
        found.push((part.name().expect("a name").into_owned(), bytes));
    }
    found
}

both! {
    async fn a_form_goes_in_and_out_through_the_api_as_it_was(world: World) {
        for name in ["1-usual", "3-gb18030", "4-utf-16", "6-double-escaped"] {
            let world = World::new(world.stack).await;
            let county = world.organization("青禾县").await;
            let officer = world.sign_in(Role::OrganizationOfficer, county).await;
            let file = read(&folder().join(format!("{name}.lrmx")));
            let (upload, address) = sent(&officer, county, &file).await;
            let parts = entity::upload_part::Entity::find().all(&world.db).await.expect("parts");
            assert!(parts.iter().all(|it| !it.content.0.windows(6).any(|it| it == "王伟".as_bytes())), "it lies open");
            let run = ended(&officer, json!({ "uploadId": upload })).await;
            assert_eq!((&run["state"], &run["kind"], &run["added"]), (&json!("DONE"), &json!("APPOINTMENT_FORM"), &json!(1)), "{run:#}");
            assert_eq!((&run["imported"]["kind"], &run["rowsDone"], &run["rowsTotal"]), (&json!("APPOINTMENT_FORM"), &json!(1), &json!(1)));
            assert_eq!(officer.put(&address, &file).await.0, 404, "an address is good once");
            let by = "select count(*) from audit_event where action = 'FORM_IMPORT' and outcome = 'DONE' and account_id is not null and tables like '%cadre%'";
            assert_eq!(world.number(by).await, 1);

            let path = ordered(&officer, "cadreId", global(only_person(&world).await.id)).await;
            assert_eq!(world.number("select count(*) from access_log").await, 0, "nothing is opened by an order");
            let answer = fetch(&world, &path).await;
            assert_eq!(answer.status(), 200);
            let header = |name: &str| answer.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
            assert_eq!((header("content-type"), header("cache-control")), ("application/octet-stream".to_owned(), "no-store".to_owned()));
            assert!(header("content-disposition").ends_with(".lrmx\""), "{}", header("content-disposition"));
            assert!(answer.bytes().await.expect("a file") == file, "{name} came out otherwise");
            assert_eq!(fetch(&world, &path).await.status(), 410);
            let done = "select count(*) from audit_event where action = 'FORM_EXPORT' and outcome = 'DONE' and purpose = 'INSPECTION'";
            let opened = "select count(*) from access_log where field = 'IMPORTED_ROW' and reason = '年度统计核对'";
            let stands = "select count(*) from export where kind = 'FORM' and cadre_id is not null and row_count = 1 and made_at is not null";
            assert_eq!([world.number(done).await, world.number(opened).await, world.number(stands).await], [2, 1, 1]);
            let again = imported(&officer, county, &file, "ALL").await;
            assert_eq!((&again["state"], &again["unchanged"], &again["imported"]), (&json!("DONE"), &json!(1), &Value::Null));
        }
    }

    async fn a_zip_goes_in_with_findings_by_form_and_out_as_one(world: World) {
        let county = world.organization("青禾县").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let (one, other) = (read(&usual()), of_another("赵敏", "990000198512310025"));
        let cut = one[..one.len() / 2].to_vec();
        let file = read(&archive(&[("王伟.lrmx", one.clone()), ("残.lrmx", cut), ("赵敏.lrmx", other.clone())]));
        let run = imported(&officer, county, &file, "ALL").await;
        assert_eq!((&run["state"], &run["failure"], world.number(PEOPLE).await), (&json!("FAILED"), &json!("FILE"), 0), "{run:#}");
        let error = findings(&run).into_iter().find(|it| it["severity"] == "ERROR").expect("an error");
        assert_eq!(error["form"], 2, "{error:#}");
        assert!(error["column"].as_str().is_some_and(|it| it.starts_with("残.lrmx")), "{error:#}");
        let run = imported(&officer, county, &file, "GOOD").await;
        assert_eq!((&run["state"], &run["added"], &run["rowsRead"]), (&json!("DONE"), &json!(2), &json!(3)), "{run:#}");
        let answer = fetch(&world, &ordered(&officer, "organizationId", global(county)).await).await;
        assert_eq!(answer.headers().get("content-type").map(|it| it.as_bytes()), Some(b"application/zip".as_slice()));
        let mut found = forms(answer.bytes().await.expect("a file").to_vec());
        found.sort_by_key(|(name, _)| name.contains("赵敏"));
        assert_eq!(found.into_iter().map(|(_, bytes)| bytes).collect::<Vec<_>>(), [one, other]);
        assert_eq!(world.number("select count(*) from export where kind = 'FORM' and row_count = 2").await, 1);
    }

    async fn a_form_that_could_mean_several_waits_for_a_decision(world: World) {
        let county = world.organization("青禾县").await;
        let known = global(world.cadre(county, "赵敏", |it| it.birth_date = None).await);
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let file = read(&archive(&[("王伟.lrmx", read(&usual())), ("赵敏.lrmx", of_another("赵敏", "990000198512310025"))]));
        let (upload, _) = sent(&officer, county, &file).await;
        let run = ended(&officer, json!({ "uploadId": upload })).await;
        let waits = findings(&run).into_iter().find(|it| it["code"] == "PERSON_AMBIGUOUS").expect("a finding");
        assert_eq!((&waits["form"], &waits["candidates"]), (&json!(2), &json!([{ "id": known }])), "{waits:#}");
        let decisions = json!([{ "row": 2, "cadreId": known }]);
        let run = ended(&officer, json!({ "uploadId": upload, "decisions": decisions })).await;
        assert_eq!((&run["state"], &run["added"], &run["changed"]), (&json!("DONE"), &json!(1), &json!(1)), "{run:#}");
        assert_eq!(world.number(PEOPLE).await, 2);
    }

    async fn files_that_are_no_forms_or_too_many_of_them_take_nothing_in(mut world: World) {
        world.stop().await;
        world.config.roster_inflated_bytes = 3 << 20;
        world.start().await;
        let county = world.organization("青禾县").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let padded = |bytes: usize| [b"<Person><XingMing>".as_slice(), &vec![b'x'; bytes], b"</XingMing></Person>"].concat();
        let bombs: Vec<(String, Vec<u8>)> = (0..4).map(|it| (format!("{it}.lrmx"), padded(1 << 20))).collect();
        let bombs: Vec<(&str, Vec<u8>)> = bombs.iter().map(|(name, bytes)| (name.as_str(), bytes.clone())).collect();
        let many: Vec<String> = (0..2001).map(|it| format!("{it}.lrmx")).collect();
        let many: Vec<(&str, Vec<u8>)> = many.iter().map(|it| (it.as_str(), b"<a/>".to_vec())).collect();
        let zip = read(&archive(&[("王伟.lrmx", read(&usual()))]));
        for (file, code) in [
            (read(&archive(&bombs)), "FILE_TOO_LARGE"),
            (padded(9 << 20), "FILE_TOO_LARGE"),
            (read(&archive(&many)), "FILE_TOO_LARGE"),
            (zip[..zip.len() - 40].to_vec(), "FILE_DAMAGED"),
            (read(&archive(&[("a.txt", b"no form".to_vec())])), "FILE_EMPTY"),
            (read(&folder().join("8-doctype.lrmx")), "FORMAT_UNSUPPORTED"),
            ("姓名\n王伟".as_bytes().to_vec(), "FILE_DAMAGED"),
        ] {
            let run = imported(&officer, county, &file, "GOOD").await;
            assert_eq!((&run["state"], &run["failure"]), (&json!("FAILED"), &json!("FILE")), "{code}: {run:#}");
            assert!(findings(&run).iter().any(|it| it["code"] == code && it["severity"] == "ERROR"), "{code}: {run:#}");
        }
        assert_eq!((world.number(PEOPLE).await, world.number("select count(*) from import").await), (0, 0));
    }

    async fn forms_come_and_go_by_the_hand_of_officers_within_their_reach(world: World) {
        let (county, elsewhere) = (world.organization("青禾县").await, world.organization("邻县").await);
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let file = read(&usual());
        let (upload, _) = sent(&officer, county, &file).await;
        let own = world.cadre(county, "李娜", |_| {}).await;
        for role in Role::ALL.iter().filter(|it| **it != Role::OrganizationOfficer) {
            let other = world.sign_in(*role, county).await;
            start(&other, county, 9).await.refused("FORBIDDEN");
            other.run(IMPORT, json!({ "input": { "uploadId": upload } })).await.refused("FORBIDDEN");
            for whose in [whose("cadreId", global(own)), whose("organizationId", global(county))] {
                other.run(EXPORT, whose).await.refused("FORBIDDEN");
            }
        }
        let stranger = world.sign_in(Role::OrganizationOfficer, elsewhere).await;
        start(&stranger, county, 9).await.refused("NOT_FOUND");
        for whose in [whose("cadreId", global(own)), whose("organizationId", global(county))] {
            stranger.run(EXPORT, whose).await.refused("NOT_FOUND");
        }
        // Another officer of the same county sees no file of this one's either.
        for other in [stranger, world.sign_in(Role::OrganizationOfficer, county).await] {
            other.run(IMPORT, json!({ "input": { "uploadId": upload } })).await.refused("NOT_FOUND");
        }
        let roster = "mutation($input: RosterImportInput!) { it: rosterImport(input: $input) { run { id } problems { code field message } } }";
        officer.run(roster, json!({ "input": { "uploadId": upload } })).await.problem("/it", "INVALID");
        let mut both = whose("cadreId", global(own));
        both["input"]["organizationId"] = json!(global(county));
        officer.run(EXPORT, both).await.problem("/it", "INVALID");
        officer.run(EXPORT, json!({ "input": { "purpose": "INSPECTION", "reason": "x" } })).await.problem("/it", "INVALID");
        let mut unsaid = whose("cadreId", global(own));
        unsaid["input"]["reason"] = json!(" ");
        officer.run(EXPORT, unsaid).await.problem("/it", "INVALID");
        assert_eq!(world.number(PEOPLE).await, 1);
        assert_eq!(world.number("select count(*) from export").await, 0);
    }

    async fn an_ended_session_sends_and_fetches_no_form(world: World) {
        let county = world.organization("青禾县").await;
        let file = read(&usual());
        let keeper = world.sign_in(Role::OrganizationOfficer, county).await;
        assert_eq!(imported(&keeper, county, &file, "ALL").await["state"], "DONE");
        let person = global(only_person(&world).await.id);
        for name in ["access_token", "refresh_token"] {
            let ((officer, told), (colleague, _)) = (session(&world, county).await, session(&world, county).await);
            let address = start(&officer, county, file.len()).await.text_at("/it/upload/address");
            let path = ordered(&officer, "cadreId", person.clone()).await;
            post(&world, "/auth/revoke", &json!({ "token": told[name] })).await;
            let (status, told) = keeper.put(&address, &file).await;
            assert!(status == 403 && told.contains("FORBIDDEN"), "{name}: {status} {told}");
            assert_eq!(fetch(&world, &path).await.status(), 403, "{name}");
            sent(&colleague, county, &file).await;
        }
        assert_eq!(world.number("select count(*) from access_log").await, 0);
    }

    async fn numbers_held_elsewhere_can_be_guessed_with_few_forms(mut world: World) {
        world.stop().await;
        world.config.held_elsewhere_an_hour = 1;
        world.start().await;
        let (north, south) = (world.organization("青禾县").await, world.organization("邻县").await);
        let file = read(&archive(&[("a.lrmx", read(&usual())), ("b.lrmx", of_another("赵敏", "990000198512310025"))]));
        let keeper = world.sign_in(Role::OrganizationOfficer, south).await;
        assert_eq!(imported(&keeper, south, &file, "ALL").await["added"], 2);
        let officer = world.sign_in(Role::OrganizationOfficer, north).await;
        let run = imported(&officer, north, &file, "GOOD").await;
        assert_eq!((&run["state"], &run["failure"]), (&json!("FAILED"), &json!("THROTTLED")), "{run:#}");
        assert_eq!(world.number(PEOPLE).await, 2);
    }
}
