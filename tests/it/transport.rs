//! `/graphql` by the book: methods, media types, statuses of both profiles, documents known by name.

use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    client::{Client, http},
    sqlite,
    world::{World, folder},
};

const MODERN: &str = "application/graphql-response+json";
const ME: &str = "{ me { login } }";

/// What came of one request.
struct Got {
    status: u16,
    kind: String,
    allow: Option<String>,
    json: Value,
}

/// One request, put together by hand.
struct Ask<'c> {
    client: &'c Client,
    url: String,
    method: &'static str,
    headers: Vec<(&'static str, String)>,
    body: Option<String>,
}

impl<'c> Ask<'c> {
    fn post(world: &World, client: &'c Client, body: impl ToString) -> Self {
        let headers = vec![("content-type", "application/json".to_owned()), ("accept", MODERN.to_owned())];
        Self { client, url: format!("{}/graphql", world.url()), method: "POST", headers, body: Some(body.to_string()) }
    }

    fn get(world: &World, client: &'c Client, parameters: &[(&str, &str)]) -> Self {
        let url = reqwest::Url::parse_with_params(&format!("{}/graphql", world.url()), parameters).expect("an address");
        let headers = vec![("accept", MODERN.to_owned()), ("x-graphql-require-preflight", "1".to_owned())];
        Self { client, url: url.to_string(), method: "GET", headers, body: None }
    }

    fn by(mut self, method: &'static str) -> Self {
        self.method = method;
        self
    }

    /// With another value of a header; an empty one leaves it out.
    fn with(mut self, name: &'static str, value: &str) -> Self {
        self.headers.retain(|(it, _)| *it != name);
        if !value.is_empty() {
            self.headers.push((name, value.to_owned()));
        }
        self
    }

    async fn send(self) -> Got {
        let method = reqwest::Method::from_bytes(self.method.as_bytes()).expect("a method");
        let mut request = http().build().expect("a client").request(method, &self.url).bearer_auth(self.client.token());
        for (name, value) in &self.headers {
            request = request.header(*name, value);
        }
        if let Some(body) = self.body {
            request = request.body(body);
        }
        let response = request.send().await.expect("an answer");
        let header = |name: &str| response.headers().get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
        let (status, allow) = (response.status().as_u16(), header("allow"));
        let kind = header("content-type").unwrap_or_default();
        let json = serde_json::from_str(&response.text().await.expect("a body")).unwrap_or(Value::Null);
        Got { status, kind, allow, json }
    }
}

impl Got {
    fn code(&self) -> &str {
        self.json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
    }
}

fn query(text: &str) -> Value {
    json!({ "query": text })
}

async fn officer(world: &World) -> Client {
    let county = world.organization("North").await;
    world.sign_in(Role::OrganizationOfficer, county).await
}

/// Every kind of request with the statuses of both profiles, under the newer type.
async fn statuses(world: &World, client: &Client) -> Vec<(&'static str, u16)> {
    let long = format!("{{\"query\": \"{}\"}}", " ".repeat(300_000));
    let body = |body: Value| Ask::post(world, client, body);
    let text = |text: &str| Ask::post(world, client, text);
    let cases = vec![
        ("well", body(query(ME))),
        ("partial", body(query("{ me { login } accounts { totalCount } }"))),
        ("no GraphQL", body(query("{ me {"))),
        ("unknown field", body(query("{ nothing }"))),
        ("beyond a limit", body(query(&format!("{{ me {{ {} }} }}", "login ".repeat(5001))))),
        (
            "variable of another kind",
            body(json!({ "query": "query($n: Int) { cadres(first: $n) { totalCount } }", "variables": { "n": "x" } })),
        ),
        ("no such operation", body(json!({ "query": "query A { me { login } }", "operationName": "B" }))),
        ("several operations", body(query("query A { me { login } } query B { me { login } }"))),
        ("no JSON", text("{")),
        ("an array", text("[]")),
        ("no query", body(json!({}))),
        ("query is a number", body(json!({ "query": 1 }))),
        ("variables are text", body(json!({ "query": ME, "variables": "x" }))),
        ("another type", body(query(ME)).with("content-type", "text/plain")),
        ("no type", body(query(ME)).with("content-type", "")),
        ("too long", text(&long)),
        ("accepts nothing of ours", body(query(ME)).with("accept", "text/html")),
        ("another method", body(query(ME)).by("PUT")),
        ("mutation by GET", Ask::get(world, client, &[("query", "mutation { myRecordExport { fileName } }")])),
        ("mutation by QUERY", body(query("mutation { myRecordExport { fileName } }")).by("QUERY")),
        ("address too long", Ask::get(world, client, &[("query", &format!("{ME}{}", " ".repeat(17_000)))])),
        ("no preflight", Ask::get(world, client, &[("query", ME)]).with("x-graphql-require-preflight", "")),
        ("wrong token", body(query(ME)).with("authorization", "Bearer x")),
    ];
    let mut out = Vec::new();
    for (what, ask) in cases {
        out.push((what, ask.send().await.status));
    }
    out
}

sqlite! {
    async fn the_profile_of_2025(world: World) {
        let client = officer(&world).await;
        assert_eq!(statuses(&world, &client).await, [
            ("well", 200), ("partial", 200), ("no GraphQL", 400), ("unknown field", 400), ("beyond a limit", 400),
            ("variable of another kind", 400), ("no such operation", 400), ("several operations", 400), ("no JSON", 400),
            ("an array", 400), ("no query", 400), ("query is a number", 400), ("variables are text", 400),
            ("another type", 415), ("no type", 415), ("too long", 413), ("accepts nothing of ours", 406),
            ("another method", 405), ("mutation by GET", 405), ("mutation by QUERY", 405), ("address too long", 414),
            ("no preflight", 400), ("wrong token", 401),
        ]);
    }

    async fn the_profile_of_the_draft_of_2026(mut world: World) {
        let client = officer(&world).await;
        world.stop().await;
        world.config.status_profile = "2026-draft".to_owned();
        world.start().await;
        assert_eq!(statuses(&world, &client).await, [
            ("well", 200), ("partial", 294), ("no GraphQL", 400), ("unknown field", 422), ("beyond a limit", 422),
            ("variable of another kind", 422), ("no such operation", 422), ("several operations", 422), ("no JSON", 400),
            ("an array", 422), ("no query", 422), ("query is a number", 422), ("variables are text", 422),
            ("another type", 415), ("no type", 415), ("too long", 413), ("accepts nothing of ours", 406),
            ("another method", 405), ("mutation by GET", 405), ("mutation by QUERY", 405), ("address too long", 414),
            ("no preflight", 422), ("wrong token", 401),
        ]);
    }

    async fn the_older_type_answers_well_formed_requests_with_200(world: World) {
        let client = officer(&world).await;
        for (accept, kind) in [("", "application/json"), ("*/*", "application/json"), (MODERN, MODERN)] {
            let well = Ask::post(&world, &client, query(ME)).with("accept", accept).send().await;
            assert!(well.status == 200 && well.kind.starts_with(kind), "{accept}: {} {}", well.status, well.kind);
            let wrong = Ask::post(&world, &client, query("{ nothing }")).with("accept", accept).send().await;
            assert_eq!(wrong.status, if accept == MODERN { 400 } else { 200 }, "{accept}");
            assert!(wrong.json.get("data").is_none() && wrong.code() == "DOCUMENT_INVALID");
            let malformed = Ask::post(&world, &client, "[]").with("accept", accept).send().await;
            assert_eq!(malformed.status, 400, "{accept}");
        }
    }

    async fn questions_come_by_get_and_query_too(world: World) {
        let client = officer(&world).await;
        let variables = json!({ "n": 1 }).to_string();
        let text = "query A($n: Int!) { cadres(first: $n) { totalCount } } query B { me { login } }";
        let got = Ask::get(&world, &client, &[("query", text), ("variables", &variables), ("operationName", "A")]).send().await;
        assert_eq!((got.status, &got.json["data"]["cadres"]["totalCount"]), (200, &json!(0)));
        let empty = Ask::get(&world, &client, &[("query", ME), ("operationName", "")]).send().await;
        assert_eq!(empty.status, 200);
        let asked = Ask::post(&world, &client, query(ME)).by("QUERY").send().await;
        assert_eq!(asked.status, 200);
        assert!(asked.json["data"]["me"]["login"].is_string());
        for wrong in [&[("query", ME), ("query", ME)][..], &[("query", ME), ("variables", "[1]")], &[("query", ME), ("variables", "{")], &[]] {
            assert_eq!(Ask::get(&world, &client, wrong).send().await.status, 400, "{wrong:?}");
        }
        let refused = Ask::get(&world, &client, &[("query", "mutation { myRecordExport { fileName } }")]).send().await;
        assert_eq!((refused.status, refused.allow.as_deref(), refused.code()), (405, Some("POST"), "METHOD_NOT_ALLOWED"));
        for header in ["apollo-require-preflight", "x-apollo-operation-name"] {
            let asked = Ask::get(&world, &client, &[("query", ME)]).with("x-graphql-require-preflight", "").with(header, "A");
            assert_eq!(asked.send().await.status, 200, "{header}");
        }
    }

    /// What must be put on record does not come by an address that logs keep.
    async fn safe_methods_open_nothing(world: World) {
        let county = world.organization("North").await;
        let anna = world.cadre(county, "Anna", |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let id = tests::world::global(anna);
        let open = format!("{{ cadre(id: \"{id}\") {{ name sensitive(purpose: POOL_REVIEW, reason: \"x\") {{ phone }} }} }}");
        let find = "{ cadreByIdentityNumber(identityNumber: \"990000199003070013\", purpose: POOL_REVIEW, reason: \"x\") { cadre { name } } }";
        for method in ["GET", "QUERY"] {
            for text in [open.as_str(), find] {
                let ask = if method == "GET" { Ask::get(&world, &officer, &[("query", text)]) } else { Ask::post(&world, &officer, query(text)).by("QUERY") };
                let got = ask.send().await;
                assert!(!got.json["errors"].as_array().is_none_or(Vec::is_empty), "{method} {text}: {}", got.json);
            }
        }
        assert_eq!(world.number("select count(*) from access_log").await, 0);
        assert_eq!(world.number("select count(*) from audit_event where outcome = 'DONE'").await, 0);
    }

    async fn a_document_is_registered_by_its_hash_once_it_has_proved_fit(world: World) {
        let client = officer(&world).await;
        let persisted = |text: Option<&str>, hash: &str| {
            json!({ "query": text, "extensions": { "persistedQuery": { "version": 1, "sha256Hash": hash } } })
        };
        let (fit, unfit) = (sha256(ME), sha256("{ nothing }"));
        let miss = Ask::post(&world, &client, persisted(None, &fit)).send().await;
        assert_eq!((miss.code(), miss.json["errors"][0]["message"].as_str()), ("PERSISTED_QUERY_NOT_FOUND", Some("PersistedQueryNotFound")));
        let wrong = Ask::post(&world, &client, persisted(Some(ME), &unfit)).send().await;
        assert_eq!((wrong.status, wrong.code()), (400, "BAD_REQUEST"));
        assert_eq!(Ask::post(&world, &client, persisted(None, &fit)).send().await.code(), "PERSISTED_QUERY_NOT_FOUND", "a wrong hash stores nothing");
        assert_eq!(Ask::post(&world, &client, persisted(Some(ME), &fit)).send().await.status, 200);
        let hit = Ask::post(&world, &client, persisted(None, &fit)).send().await;
        assert!(hit.json["data"]["me"]["login"].is_string(), "{}", hit.json);
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": fit } }).to_string();
        assert_eq!(Ask::get(&world, &client, &[("extensions", &extensions)]).send().await.status, 200);
        assert_eq!(Ask::post(&world, &client, persisted(Some("{ nothing }"), &unfit)).send().await.status, 400);
        assert_eq!(Ask::post(&world, &client, persisted(None, &unfit)).send().await.code(), "PERSISTED_QUERY_NOT_FOUND", "an unfit one is not kept");
        for bad in [json!({ "version": 2, "sha256Hash": fit }), json!({ "version": 1, "sha256Hash": "x" }), json!(1)] {
            let got = Ask::post(&world, &client, json!({ "extensions": { "persistedQuery": bad } })).send().await;
            assert_eq!((got.status, got.code()), (400, "BAD_REQUEST"));
        }
    }

    async fn trusted_documents_are_those_of_the_manifest(mut world: World) {
        let client = officer(&world).await;
        let file = folder().join("manifest.json");
        let id = format!("sha256:{}", sha256(ME));
        std::fs::write(&file, json!({ &id: ME }).to_string()).expect("a file");
        world.stop().await;
        world.config.documents_manifest = file.display().to_string();
        for (mode, by_id, by_text, another) in [("prefer", 200, 200, 200), ("only", 200, 200, 403), ("off", 400, 200, 200)] {
            world.config.documents_people = mode.to_owned();
            world.start().await;
            let ask = |body: Value| Ask::post(&world, &client, body).send();
            assert_eq!(ask(json!({ "documentId": id })).await.status, by_id, "{mode}");
            assert_eq!(ask(query(ME)).await.status, by_text, "{mode}");
            assert_eq!(ask(query("{ me { name } }")).await.status, another, "{mode}");
            world.stop().await;
        }
        world.config.documents_people = "only".to_owned();
        world.start().await;
        let ask = |body: Value| Ask::post(&world, &client, body).send();
        assert_eq!(ask(json!({ "documentId": "sha256:00" })).await.code(), "DOCUMENT_UNKNOWN");
        assert_eq!(ask(json!({ "documentId": id, "query": ME })).await.code(), "BAD_REQUEST");
        assert_eq!(Ask::get(&world, &client, &[("documentId", &id)]).send().await.status, 200);
        world.stop().await;
        for (text, said) in [
            (json!({ "sha256:00": ME }).to_string(), "is not the SHA-256"),
            (json!({ format!("sha256:{}", sha256("{")): "{" }).to_string(), "can't be read"),
            ("[]".to_owned(), "is no manifest"),
        ] {
            std::fs::write(&file, &text).expect("a file");
            let refused = api::Server::start(world.config.clone(), api::Hooks::default()).await.err().expect("a refusal");
            assert!(refused.contains(said), "{refused}");
        }
    }
}

fn sha256(text: &str) -> String {
    use aws_lc_rs::digest;
    digest::digest(&digest::SHA256, text.as_bytes()).as_ref().iter().map(|it| format!("{it:02x}")).collect()
}
