//! What must stay secret, and where it may not be found: in no log at any level, no error, no metric, no table in the clear.

use std::path::Path;

use entity::{Table, account_grant, kind::Role};
use sea_orm::{ConnectionTrait, EntityTrait, Statement};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Client, http},
    process::{Process, Program, fresh_folder},
    runner::Stack,
    signin::{Authenticator, PASSWORD, somebody},
    world::{World, global},
};

const NUMBER: &str = "990000199003070013";
const OTHER_NUMBER: &str = "990000198501010027";
const BAD_NUMBER: &str = "990000199003070019";
const PHONE: &str = "10000000001";
const GUESS: &str = "open sesame, a wrong guess";
const OF_DATABASE: &str = "database-password-5a1e";
const OF_REDIS: &str = "redis-password-77c0";
const CREATE: &str = "mutation Create($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code message } cadre { id } } }";
const OPEN: &str = "query($id: ID!) { cadre(id: $id) { sensitive(purpose: POOL_REVIEW, reason: \"Review\") { identityNumber phone } } }";

/// Everything that was seen, by where, and everything that must not be in it.
struct Watch {
    url: String,
    seen: Vec<(String, String)>,
    secrets: Vec<(&'static str, String)>,
}

impl Watch {
    fn see(&mut self, place: impl Into<String>, text: impl Into<String>) {
        self.seen.push((place.into(), text.into()));
    }

    fn keep(&mut self, name: &'static str, secret: impl Into<String>) {
        let secret = secret.into();
        assert!(secret.len() >= 11, "{name} is too short to be looked for");
        self.secrets.push((name, secret));
    }

    /// Sends a body to an endpoint of signing in. What a success answers is for the client alone.
    async fn sign_in(&mut self, kind: &str, body: String) -> Value {
        let request = http().build().expect("a client").post(format!("{}/auth/token", self.url));
        let answer = request.header("content-type", kind).body(body).send().await.expect("an answer");
        let status = answer.status().as_u16();
        let text = answer.text().await.expect("a body");
        let json: Value = serde_json::from_str(&text).unwrap_or(Value::Null);
        for (field, name) in [("access_token", "an access token"), ("refresh_token", "a refresh token")] {
            if let Some(token) = json[field].as_str() {
                self.keep(name, token);
            }
        }
        if status != 200 {
            self.see(format!("{status} of /auth/token"), text);
        }
        json
    }

    async fn ask(&mut self, client: &Client, body: Value) -> Value {
        let answer = client.send(&body).await;
        self.see(format!("the answer to {}", body["operationName"]), answer.text.clone());
        answer.json
    }

    fn hold(&self) {
        let mut found = Vec::new();
        for (name, secret) in &self.secrets {
            for (place, text) in &self.seen {
                if let Some(at) = text.find(secret.as_str()) {
                    let from = text[..at].rfind('\n').map_or(0, |it| it + 1);
                    let line: String = text[from..].chars().take(400).collect();
                    found.push(format!("{name} in {place}: {line}"));
                }
            }
        }
        found.dedup();
        assert!(found.is_empty(), "{}", found.join("\n"));
    }
}

/// The server as a process over the world's tables, talkative.
fn serve(world: &World, format: &str) -> Process {
    let config = &world.config;
    let database = config.database_url.replacen("://tidui@", &format!("://tidui:{OF_DATABASE}@"), 1);
    let redis = config.redis_url.replacen("://", &format!("://:{OF_REDIS}@"), 1);
    assert_eq!(database.contains(OF_DATABASE), world.stack == Stack::Postgres);
    Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &["serve"])
        .with("TIDUI_LISTEN", "127.0.0.1:0")
        .with("TIDUI_WORKERS", "1")
        .with("TIDUI_DATABASE_URL", database)
        .with("TIDUI_REDIS_URL", redis)
        .with("TIDUI_SIGNING_KEY", &config.signing_key)
        .with("TIDUI_FIELD_KEY", &config.field_key)
        .with("TIDUI_LOG", "trace")
        .with("TIDUI_LOG_FORMAT", format)
        .with("FAULT_PANIC_ON", "Panic")
        .start()
}

/// Signs in rightly, wrongly and in broken ways; returns what a right one answered.
async fn knock(watch: &mut Watch, login: &str, code: &str) -> Value {
    let json = "application/json";
    let right = json!({ "grant_type": "password", "username": login, "password": PASSWORD });
    watch.sign_in(json, right.to_string()).await;
    let mut whole = right.clone();
    whole["otp"] = json!(code);
    let session = watch.sign_in(json, whole.to_string()).await;
    assert!(session["access_token"].is_string(), "{session}");
    watch.sign_in(json, whole.to_string()).await;
    let mut wrong = right.clone();
    wrong["password"] = json!(GUESS);
    watch.sign_in(json, wrong.to_string()).await;
    let client = json!({ "grant_type": "client_credentials", "client_id": login, "client_secret": GUESS });
    watch.sign_in(json, client.to_string()).await;
    // Cut off, of the wrong kind, of the wrong type, and with the secret where it does not belong.
    watch.sign_in(json, right.to_string().trim_end_matches('}').to_owned()).await;
    watch.sign_in("text/plain", right.to_string()).await;
    watch
        .sign_in(
            json,
            json!({ "grant_type": "password", "username": [PASSWORD], "password": { "x": PASSWORD } }).to_string(),
        )
        .await;
    watch
        .sign_in(json, json!({ "grant_type": "password", "username": PASSWORD, "password": PASSWORD }).to_string())
        .await;
    watch
        .sign_in(
            "application/x-www-form-urlencoded",
            format!("grant_type=password&password={PASSWORD}&password={PASSWORD}"),
        )
        .await;
    let refresh = json!({ "grant_type": "refresh_token", "refresh_token": session["refresh_token"] });
    let next = watch.sign_in(json, refresh.to_string()).await;
    watch.sign_in(json, json!({ "grant_type": "refresh_token", "refresh_token": PASSWORD }).to_string()).await;
    next
}

/// Records a person, opens what was sealed, and gets everything wrong that can be.
async fn work(watch: &mut Watch, world: &World, client: &Client, county: &str) {
    let input = |number: &str| json!({ "input": { "organizationId": county, "name": "Anna", "sex": "FEMALE", "identityNumber": number, "phone": PHONE } });
    let create = |number: &str| json!({ "operationName": "Create", "query": CREATE, "variables": input(number) });
    let made = watch.ask(client, create(NUMBER)).await;
    let id =
        made["data"]["cadreCreate"]["cadre"]["id"].as_str().unwrap_or_else(|| panic!("nobody in {made}")).to_owned();
    // The one answer that may show them.
    let opened = client.run(OPEN, json!({ "id": id })).await;
    assert_eq!(opened.at("/cadre/sensitive"), &json!({ "identityNumber": NUMBER, "phone": PHONE }));
    for number in [NUMBER, BAD_NUMBER] {
        let refused = watch.ask(client, create(number)).await;
        assert_eq!(refused["data"]["cadreCreate"]["problems"].as_array().map(Vec::len), Some(1), "{refused}");
    }
    let mut odd = create(NUMBER);
    odd["variables"]["input"]["phone"] = json!({ "x": NUMBER });
    watch.ask(client, odd).await;
    // Only the library's word on a closed set says back what was sent, and to who sent it alone: let it stay in no log.
    let mut odd = create(NUMBER);
    odd["variables"]["input"]["sex"] = json!(PHONE);
    assert_eq!(client.send(&odd).await.codes(), ["DOCUMENT_INVALID"]);
    let mut odd = create(NUMBER);
    odd["variables"] = json!(NUMBER);
    watch.ask(client, odd).await;
    let query = format!("{{ cadre(id: \"{NUMBER}\") {{ name }} cadres(filter: {{ namePrefix: 7 }}) {{ {PHONE} }} }}");
    watch.ask(client, json!({ "operationName": "Broken", "query": query })).await;
    let stranger = client.with_token(&format!("{}x", client.token()));
    watch.ask(&stranger, create(NUMBER)).await;
    // A panic in a worker, and a fault of the database in the middle of writing.
    let mut panic = create(OTHER_NUMBER);
    panic["operationName"] = json!("Panic");
    panic["query"] = json!(CREATE.replace("Create(", "Panic("));
    assert!(client.try_send(&panic).await.is_err(), "no panic");
    world.sql("alter table cadre_sealed rename to cadre_sealed_away", vec![]).await;
    let broken = watch.ask(client, create(OTHER_NUMBER)).await;
    assert_eq!(broken["errors"][0]["extensions"]["code"], "INTERNAL", "{broken}");
    world.sql("alter table cadre_sealed_away rename to cadre_sealed", vec![]).await;
}

/// Every row of every table, as text.
async fn tables(world: &World) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for table in Table::ALL {
        let sql = match world.stack {
            Stack::Postgres => {
                format!("select convert_to(coalesce(string_agg(t::text, E'\\n'), ''), 'UTF8') from {} t", table.name())
            }
            Stack::Sqlite => {
                let sql = format!(
                    "select cast(group_concat('coalesce(cast(\"' || name || '\" as text), '''')', ' || ''|'' || ') as blob) from pragma_table_info('{}')",
                    table.name()
                );
                let columns = text(world, sql).await;
                // As bytes: a table may hold some that are no text.
                format!("select cast(coalesce(group_concat({columns}, char(10)), '') as blob) from {}", table.name())
            }
        };
        found.push((format!("the table {}", table.name()), text(world, sql).await));
    }
    found
}

async fn text(world: &World, sql: String) -> String {
    let row = world.db.query_one_raw(Statement::from_string(world.db.get_database_backend(), sql)).await;
    let bytes: Vec<u8> = row.expect("an answer").expect("a row").try_get_by_index(0).expect("bytes");
    String::from_utf8_lossy(&bytes).into_owned()
}

fn file(path: &str) -> String {
    std::fs::read_to_string(Path::new(path)).expect("a file")
}

async fn story(world: &mut World, format: &'static str) {
    world.stop().await;
    let (_, login) = somebody(world, Role::OrganizationOfficer).await;
    let grant = account_grant::Entity::find().one(&world.db).await.expect("an answer").expect("a grant");
    let mut process = serve(world, format);
    let mut watch = Watch { url: process.url(), seen: Vec::new(), secrets: Vec::new() };
    for (name, secret) in [
        ("a password", PASSWORD),
        ("a wrong password", GUESS),
        ("an identity number", NUMBER),
        ("a phone number", PHONE),
    ] {
        watch.keep(name, secret);
    }
    for (name, secret) in [
        ("a wrong identity number", BAD_NUMBER),
        ("another identity number", OTHER_NUMBER),
        ("the database's password", OF_DATABASE),
        ("the password of Redis", OF_REDIS),
    ] {
        watch.keep(name, secret);
    }
    watch.keep("the field key", file(&world.config.field_key).trim());
    let pem = file(&world.config.signing_key);
    watch.keep("the signing key", pem.lines().nth(1).expect("a body"));
    let settings = [
        ("DATABASE_URL", &world.config.database_url),
        ("SIGNING_KEY", &world.config.signing_key),
        ("FIELD_KEY", &world.config.field_key),
    ];
    let program = Program::new(
        env!("CARGO_BIN_EXE_tidui-under-test"),
        &fresh_folder(),
        &["account", "totp", &login, "--log", "trace"],
    );
    let program = settings.into_iter().fold(program, |it, (name, value)| it.with(&format!("TIDUI_{name}"), value));
    let enrolled = tokio::task::spawn_blocking(|| program.run()).await.expect("an end").done();
    let authenticator = Authenticator::reading(&enrolled.out);
    watch.see("what enrolling says besides", enrolled.err);
    watch.keep("the secret of the second factor", authenticator.text.clone());
    watch.keep("its bytes", authenticator.bytes().iter().map(|it| format!("{it:02x}")).collect::<String>());

    let session = knock(&mut watch, &login, &authenticator.code(chrono::Utc::now())).await;
    let client = Client::new(&watch.url, session["access_token"].as_str().expect("a token"));
    work(&mut watch, world, &client, &global(grant.organization_id)).await;
    let (_, metrics) = client.get("/metrics").await;
    watch.see("/metrics", metrics);
    process.terminate();
    let ended = process.end(std::time::Duration::from_secs(20)).done();
    assert!(ended.err.contains("a fault of a test") && ended.err.to_lowercase().contains("trace"), "{}", ended.err);
    watch.see("standard output", ended.out);
    watch.see("the log", ended.err);
    for (place, text) in tables(world).await {
        watch.see(place, text);
    }
    watch.hold();
}

both! {
    async fn secrets_stay_secret_in_text_logs(world: World) {
        let mut world = world;
        story(&mut world, "text").await;
    }

    async fn secrets_stay_secret_in_json_logs(world: World) {
        let mut world = world;
        story(&mut world, "json").await;
    }
}

tests::law! {
    /// A server that can't start says why without the passwords in its addresses.
    fn a_failing_start_tells_no_password() {
        for (name, url) in [
            ("--database-url", format!("postgres://tidui:{OF_DATABASE}@127.0.0.1:1/tidui")),
            ("--database-url", format!("postgres://tidui:{OF_DATABASE}@127.0.0.1:port/tidui")),
            ("--database-url", format!("mysql://tidui:{OF_DATABASE}@127.0.0.1/tidui")),
            ("--redis-url", format!("http://tidui:{OF_DATABASE}@127.0.0.1/")),
        ] {
            let folder = fresh_folder();
            Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &folder, &["key", "generate"]).run().done();
            let ended = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &folder, &["serve", "--log", "trace", name, &url]).run();
            assert!(ended.code > 0, "{ended:?}");
            assert!(!format!("{}{}", ended.out, ended.err).contains(OF_DATABASE), "{url}: {ended:?}");
        }
    }
}
