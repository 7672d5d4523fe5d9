//! Documents and bodies that nobody here wrote: refused calmly, with a code, before they cost anything.

use std::time::Instant;

use entity::kind::Role;
use serde_json::{Value, json};
use tests::{sqlite, world::World};

/// A fragment that doubles at each of `levels`.
fn bomb(levels: usize) -> String {
    let mut text = "{ me { ...f0 } }".to_owned();
    for level in 0..levels {
        let next = level + 1;
        text.push_str(&format!(" fragment f{level} on Me {{ ...f{next} ...f{next} }}"));
    }
    format!("{text} fragment f{levels} on Me {{ login }}")
}

sqlite! {
    async fn documents_over_a_limit_are_refused(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let aliases: String = (0..51).map(|it| format!("a{it}: me {{ login }} ")).collect();
        let roots: String = (0..21).map(|it| format!("r{it}: node(id: \"x\") {{ id }} ")).collect();
        let deep = format!("{{ me {{ {} login {} }} }}", "...on Me { grants { organization { ".repeat(9), "} } }".repeat(9));
        for (what, text, said) in [
            ("a circle", "{ me { ...a } } fragment a on Me { ...a }".to_owned(), "contains itself"),
            ("aliases", format!("{{ {aliases} }}"), "aliases of me"),
            ("roots", format!("{{ {roots} }}"), "fields at the root"),
            ("depth", deep, "levels of fields"),
            ("tokens", format!("{{ me {{ {} }} }}", "login ".repeat(5000)), "tokens"),
            ("pages", "{ organizations(first: 100) { edges { node { children(first: 100) { edges { node { children(first: 2) { totalCount } } } } } } } }".to_owned(), "nodes"),
            ("brackets", format!("{{ a(b: {}{}) }}", "[".repeat(1600), "]".repeat(1600)), "nests brackets"),
            ("objects", format!("{{ a(b: {}1{}) }}", "{a:".repeat(600), "}".repeat(600)), "nests brackets"),
            ("circular introspection", format!("{{ __type(name: \"Node\") {{ {} name {} }} }}", "possibleTypes { interfaces { ".repeat(4), "} } ".repeat(4)), "lists of introspection"),
            ("a default", "query($n: Int = 100) { organizations(first: $n) { edges { node { children(first: $n) { edges { node { children(first: $n) { totalCount } } } } } } } }".to_owned(), "nodes"),
            ("nonsense", "{ me { ".to_owned(), "can't be read"),
            ("an unknown field", "{ nothing }".to_owned(), "Unknown field"),
            ("a type's name with an argument", "{ __schema { __typename(of: {}) } }".to_owned(), "__typename takes no argument"),
            ("a type's name with fields", "{ me { __typename { name } } }".to_owned(), "__typename has no fields"),
            ("fragments only", "fragment a on Me { login }".to_owned(), "does not contain an operation"),
        ] {
            let begun = Instant::now();
            let answer = officer.run(&text, json!({})).await;
            assert_eq!((answer.status, answer.codes().first().map(String::as_str)), (400, Some("DOCUMENT_INVALID")), "{what}: {}", answer.text);
            assert!(answer.text.contains(said), "{what}: {}", answer.text);
            assert!(answer.json.get("data").is_none() && begun.elapsed().as_millis() < 1000, "{what}");
        }
        officer.run("{ me { login } }", json!({})).await.at("/me/login");
    }

    async fn twenty_errors_of_a_document_are_told_and_no_more(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let unknown: String = (0..30).map(|it| format!("nothing{it} ")).collect();
        for _ in 0..2 {
            let answer = officer.run(&format!("{{ me {{ {unknown} }} }}"), json!({})).await;
            assert_eq!((answer.status, answer.codes().len()), (400, 20), "{}", answer.text);
        }
    }

    /// The clock's verdict is no verdict on the document.
    async fn a_document_that_takes_too_long_to_read_is_told_to_come_again(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let mut config = world.config.clone();
        config.document_ms = 0;
        let hasty = api::Server::start(config, api::Hooks::default()).await.expect("a server");
        let client = tests::client::Client::new(&format!("http://{}", hasty.address()), officer.token());
        for _ in 0..2 {
            let answer = client.run("{ me { login } }", json!({})).await;
            assert_eq!((answer.status, answer.codes()), (503, vec!["TIMEOUT".to_owned()]), "{}", answer.text);
            assert!(answer.text.contains("took longer than 0 ms to read"), "{}", answer.text);
        }
        hasty.stop().await;
    }

    /// A bomb within the limits of size: whatever the verdict, it comes at once.
    async fn a_bomb_costs_nothing(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        for levels in [8, 16, 30, 200] {
            let begun = Instant::now();
            let answer = officer.run(&bomb(levels), json!({})).await;
            assert!(begun.elapsed().as_millis() < 1000, "{levels} levels took {:?}", begun.elapsed());
            assert_eq!((levels, answer.status), (levels, if levels < 9 { 200 } else { 400 }), "{}", answer.text);
        }
    }

    /// Fields that wait for a batch come where the document has them, not when they are ready.
    async fn answers_keep_the_order_of_the_document(world: World) {
        let county = tests::county::County::build(&world, "North").await;
        let officer = county.person(Role::OrganizationOfficer);
        let query = "{ cadres(first: 1) { pageInfo { hasNextPage } edges { node { memberships { state } organization { name } ...rest name } cursor } totalCount } me { login } }
            fragment rest on Cadre { version id }";
        let answer = officer.run(query, json!({})).await;
        let keys = ["cadres", "pageInfo", "edges", "node", "memberships", "organization", "version", "id", "cursor", "totalCount", "me"];
        let places: Vec<usize> = keys.iter().map(|key| answer.text.find(&format!("\"{key}\":")).expect("the key")).collect();
        assert!(places.is_sorted(), "{}", answer.text);
        // A field that fails is null in its place, and the others stand.
        let reader = county.person(Role::SummaryReader);
        let mixed = reader.run("{ a: me { login } cadres { totalCount } me { login } }", json!({})).await;
        assert_eq!(mixed.codes(), ["FORBIDDEN"]);
        let data = mixed.json["data"].as_object().expect("data");
        assert_eq!(data["cadres"], Value::Null);
        assert!(data["me"]["login"].is_string() && data["a"]["login"].is_string());
        assert!(mixed.text.contains("},\"cadres\":null,\"me\":"), "{}", mixed.text);
    }

    async fn variables_count_into_the_size_of_pages(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let query = "query($n: Int!) { organizations(first: $n) { edges { node { children(first: 50) { totalCount } } } } }";
        officer.run(query, json!({ "n": 100 })).await.at("/organizations/edges");
        let huge = officer.run(query, json!({ "n": 999_999_999 })).await;
        assert_eq!(huge.codes(), ["DOCUMENT_INVALID"]);
        let over = officer.run("{ cadres(first: 101) { totalCount } }", json!({})).await;
        over.refused("INVALID");
        assert_eq!(over.json["errors"][0]["extensions"]["field"], "first");
    }

    async fn bodies_that_are_no_request_are_refused(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let send = async |kind: &str, body: String| {
            let http = reqwest_client();
            let request = http.post(format!("{}/graphql", world.url())).bearer_auth(officer.token()).header("content-type", kind);
            let response = request.body(body).send().await.expect("an answer");
            let status = response.status().as_u16();
            let json: Value = serde_json::from_str(&response.text().await.expect("a body")).expect("JSON");
            (status, json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default().to_owned())
        };
        let good = json!({ "query": "{ me { login } }" }).to_string();
        assert_eq!(send("text/plain", good.clone()).await, (415, "UNSUPPORTED_MEDIA_TYPE".into()));
        assert_eq!(send("multipart/form-data; boundary=x", good.clone()).await.0, 415);
        assert_eq!(send("application/json", "{".into()).await, (400, "BAD_REQUEST".into()));
        assert_eq!(send("application/json", format!("[{good}]")).await.0, 400);
        assert_eq!(send("application/json", "{\"query\": 7}".into()).await.0, 400);
        assert_eq!(send("application/json", "{}".into()).await, (400, "BAD_REQUEST".into()));
        assert_eq!(send("application/json", "{\"query\": \"{me{login}}\", \"variables\": []}".into()).await.0, 400);
        let nul = json!({ "query": "query($p: String) { cadres(filter: { namePrefix: $p }) { totalCount } }", "variables": { "p": "x\u{0}" } });
        assert_eq!(send("application/json", nul.to_string()).await, (400, "BAD_REQUEST".into()));
        let long = json!({ "query": format!("{{ me {{ login }} }} # {}", "x".repeat(262_144)) }).to_string();
        assert_eq!(send("application/json", long).await, (413, "BODY_TOO_LARGE".into()));
        assert_eq!(send("application/json; charset=utf-8", good).await.0, 200);
        let got = reqwest_client().get(format!("{}/graphql?query={{me{{login}}}}", world.url())).send().await.expect("an answer");
        assert_eq!(got.status().as_u16(), 401);
    }

    /// A cursor is a bookmark of its own list; anything else is refused by name.
    async fn stale_and_forged_cursors_are_refused(world: World) {
        let county = world.organization("North").await;
        for number in 0..25 {
            world.cadre(county, &format!("Person {number:02}"), |_| {}).await;
        }
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let list = "query($after: String, $prefix: String, $order: ListOrder! = NAME) {
            cadres(first: 10, after: $after, orderBy: $order, filter: { namePrefix: $prefix }) {
                edges { node { name } } pageInfo { hasNextPage endCursor hasPreviousPage } } }";
        let mut seen = Vec::new();
        let mut after = Value::Null;
        loop {
            let page = officer.run(list, json!({ "after": after })).await;
            seen.extend(page.names("/cadres"));
            // Somebody new, before and after the bookmark, shifts nothing.
            if seen.len() == 10 {
                world.cadre(county, "Person 00b", |_| {}).await;
                world.cadre(county, "Person 24b", |_| {}).await;
                world.tell().await;
            }
            if page.at("/cadres/pageInfo/hasNextPage") == &json!(false) {
                break;
            }
            after = page.at("/cadres/pageInfo/endCursor").clone();
        }
        let expected: Vec<String> = (0..25).map(|it| format!("Person {it:02}")).chain(["Person 24b".to_owned()]).collect();
        assert_eq!(seen, expected);
        let cursor = after.as_str().expect("a cursor").to_owned();
        let tampered = format!("{}A", &cursor[..cursor.len() - 1]);
        for variables in [
            json!({ "after": cursor, "prefix": "Person" }),
            json!({ "after": cursor, "order": "ID" }),
            json!({ "after": tampered }),
            json!({ "after": "nonsense" }),
            json!({ "after": "" }),
        ] {
            let answer = officer.run(list, variables.clone()).await;
            assert_eq!(answer.codes(), ["INVALID"], "{variables}: {}", answer.text);
            assert_eq!(answer.json["errors"][0]["extensions"]["field"], "after");
        }
        let by_id = officer.run(list, json!({ "order": "ID" })).await;
        assert_eq!(by_id.names("/cadres")[..2], ["Person 00", "Person 01"]);
    }
}

fn reqwest_client() -> reqwest::Client {
    tests::client::http().build().expect("a client")
}
