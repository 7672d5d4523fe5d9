//! The console: what a browser gets, under which policy, who hands out tokens; and that each example is one.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tests::{
    client::{Client, http},
    law,
    process::{Program, fresh_folder},
    source::read,
    sqlite,
    world::World,
};

/// What came of one request: status, headers, body.
struct Got {
    status: u16,
    headers: reqwest::header::HeaderMap,
    body: Vec<u8>,
}

impl Got {
    fn header(&self, name: &str) -> &str {
        self.headers.get(name).and_then(|it| it.to_str().ok()).unwrap_or_default()
    }
}

async fn get(url: &str, path: &str, headers: &[(&str, &str)]) -> Got {
    let client = http().redirect(reqwest::redirect::Policy::none()).build().expect("a client");
    let mut request = client.get(format!("{url}{path}"));
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.send().await.expect("an answer");
    let (status, headers) = (response.status().as_u16(), response.headers().clone());
    Got { status, headers, body: response.bytes().await.expect("a body").to_vec() }
}

async fn stand_in(url: &str, login: &str) -> (u16, Value) {
    let client = http().build().expect("a client");
    let sent = client.post(format!("{url}/console/token")).json(&json!({ "login": login })).send().await;
    let response = sent.expect("an answer");
    (response.status().as_u16(), response.json().await.unwrap_or(Value::Null))
}

/// The variables of an example, ids of organizations looked up as the page does.
async fn filled(client: &Client, example: &Value) -> Value {
    let mut out = example["variables"].as_object().cloned().unwrap_or_default();
    for (name, code) in example["organizations"].as_object().into_iter().flatten() {
        let found =
            client.run("query($code: String!) { organization(code: $code) { id } }", json!({ "code": code })).await;
        out.insert(name.clone(), found.at("/organization/id").clone());
    }
    Value::Object(out)
}

sqlite! {
    async fn every_file_of_the_page_comes_from_here_under_a_strict_policy(world: World) {
        let page = get(world.url(), "/console", &[]).await;
        let text = String::from_utf8(page.body.clone()).expect("text");
        assert_eq!((page.status, page.header("content-type")), (200, "text/html; charset=utf-8"));
        let files: Vec<&str> = text.split('"').filter(|it| it.starts_with("console/")).collect();
        assert_eq!(files, ["console/icon.svg", "console/console.css", "console/console.js"]);
        assert!(!text.contains("<style") && text.matches("<script").count() == 1, "inline code in {text}");
        for path in files.iter().map(|it| format!("/{it}")).chain(["/console".to_owned(), "/console/licences.txt".to_owned()]) {
            let plain = get(world.url(), &path, &[]).await;
            assert_eq!((plain.status, plain.header("content-encoding")), (200, ""), "{path}");
            let policy = plain.header("content-security-policy");
            assert!(policy.starts_with("default-src 'none';") && policy.contains("frame-ancestors 'none'"), "{policy}");
            assert!(!policy.contains("unsafe") && !policy.contains("http") && !policy.contains('*'), "{policy}");
            assert_eq!((plain.header("x-content-type-options"), plain.header("referrer-policy")), ("nosniff", "no-referrer"));
            let packed = get(world.url(), &path, &[("accept-encoding", "gzip, br")]).await;
            assert_eq!(packed.header("content-encoding"), "gzip", "{path}");
            assert!(packed.header("vary").starts_with("accept-encoding"), "{path}: {}", packed.header("vary"));
            assert_eq!(packed.body[..2], [0x1f, 0x8b], "{path}");
            let again = get(world.url(), &path, &[("if-none-match", packed.header("etag"))]).await;
            assert_eq!((again.status, again.body.len()), (304, 0), "{path}");
            assert_eq!(get(world.url(), &path, &[("if-none-match", "W/\"other\"")]).await.status, 200, "{path}");
        }
        for path in ["/console/package.json", "/console/..%2fCargo.toml", "/console/index"] {
            assert_eq!(get(world.url(), path, &[]).await.status, 404, "{path}");
        }
    }

    async fn a_browser_is_led_to_the_page(world: World) {
        let browser = get(world.url(), "/", &[("accept", "text/html,*/*;q=0.8")]).await;
        assert_eq!((browser.status, browser.header("location")), (302, "console"));
        let other = get(world.url(), "/", &[]).await;
        assert!(other.status == 200 && String::from_utf8_lossy(&other.body).contains("GET  /console"));
        assert_eq!(get(world.url(), "/console/", &[]).await.header("location"), "../console");
    }

    async fn no_server_but_a_demo_hands_out_tokens(world: World) {
        let people = get(world.url(), "/console/people", &[]).await;
        assert_eq!((people.status, people.body.as_slice()), (200, b"[]".as_slice()));
        for login in ["officer", "system", ""] {
            assert_eq!(stand_in(world.url(), login).await.0, 404, "{login}");
        }
        assert_eq!(get(world.url(), "/console/token", &[]).await.status, 404);
    }

    async fn the_console_can_be_switched_off(mut world: World) {
        world.stop().await;
        world.config.console = false;
        world.start().await;
        for path in ["/console", "/console/", "/console/console.js", "/console/people", "/console/token"] {
            assert_eq!(get(world.url(), path, &[]).await.status, 404, "{path}");
        }
        assert_eq!(get(world.url(), "/", &[("accept", "text/html")]).await.status, 200);
    }
}

law! {
    /// On the demo, because that is where the examples are shown first.
    fn each_example_runs_without_errors_for_its_role() {
        let folder = fresh_folder();
        let start = |arguments: &[&str]| Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &folder, arguments).start();
        let mut demo = start(&["demo", "--port", "0", "--data", "demo"]);
        let url = demo.url();
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(each_example(&url));
        demo.terminate();
        demo.end(std::time::Duration::from_secs(10)).done();
        // The very same folder, served for good: its people get no tokens any more.
        let data = |name: &str| folder.join("demo").join(name).display().to_string();
        let database = format!("sqlite://{}", data("tidui.sqlite"));
        let (signing, field) = (data("keys/signing.pem"), data("keys/field.key"));
        let mut served = start(&[
            "serve", "--listen", "127.0.0.1:0", "--database-url", &database, "--signing-key", &signing, "--field-key", &field,
        ]);
        let url = served.url();
        assert_eq!(runtime.block_on(stand_in(&url, "officer")).0, 404);
    }
}

async fn each_example(url: &str) {
    let people = get(url, "/console/people", &[]).await;
    let people: Vec<Value> = serde_json::from_slice(&people.body).expect("people");
    assert!(people.iter().all(|it| it.get("account").is_none()), "{people:?}");
    let examples: Vec<Value> = serde_json::from_str(&read("console/examples.json")).expect("examples");
    for example in &examples {
        let title = &example["title"];
        let person =
            people.iter().find(|it| it["role"] == example["role"]).unwrap_or_else(|| panic!("nobody for {title}"));
        let (status, answer) = stand_in(url, person["login"].as_str().expect("a login")).await;
        assert_eq!(status, 200, "{answer}");
        let client = Client::new(url, answer["access_token"].as_str().expect("a token"));
        let variables = filled(&client, example).await;
        let answer = client.run(example["query"].as_str().expect("a query"), variables).await;
        assert!(answer.status == 200 && answer.json.get("errors").is_none(), "{title}: {}", answer.text);
        let empty = answer.json["data"].as_object().is_none_or(|it| it.values().all(Value::is_null));
        assert!(!empty, "{title} shows nothing: {}", answer.text);
    }
    let roles = |all: &[Value]| -> BTreeSet<String> { all.iter().map(|it| it["role"].to_string()).collect() };
    assert_eq!(roles(&people), roles(&examples), "a role without an example");
    assert_eq!(stand_in(url, "nobody").await.0, 404);
    let form = http()
        .build()
        .expect("a client")
        .post(format!("{url}/console/token"))
        .body("{\"login\":\"officer\"}")
        .send()
        .await;
    assert!(form.expect("an answer").status().is_client_error(), "what a stranger's page can send gets no token");
}
