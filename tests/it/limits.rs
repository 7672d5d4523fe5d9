//! How much one may ask for: requests, points and operations at once by account, requests by address, what a request
//! costs and what is left, over HTTP and across processes.

use api::{Config, Hooks, Server};
use entity::kind::Role;
use serde_json::{Value, json};
use tests::{
    both,
    client::{Client, http},
    world::World,
};

const ME: &str = "{ me { login } }";

/// A server of the world with other settings.
async fn again(world: &mut World, change: impl FnOnce(&mut Config)) {
    world.stop().await;
    change(&mut world.config);
    world.start().await;
}

/// An answer with its headers.
struct Got {
    status: u16,
    retry_after: Option<u64>,
    limit: Option<String>,
    policy: Option<String>,
    json: Value,
}

async fn send(client: &Client, world: &World, path: &str, body: &Value) -> Got {
    let request = http().build().expect("a client").post(format!("{}{path}", world.url())).json(body);
    let response = request.bearer_auth(client.token()).header("x-tidui-cost", "1").send().await.expect("an answer");
    let header = |name: &str| response.headers().get(name).and_then(|it| it.to_str().ok()).map(str::to_owned);
    let (retry_after, limit) = (header("retry-after").and_then(|it| it.parse().ok()), header("ratelimit"));
    let (policy, status) = (header("ratelimit-policy"), response.status().as_u16());
    let text = response.text().await.expect("a body");
    Got { status, retry_after, limit, policy, json: serde_json::from_str(&text).unwrap_or(Value::Null) }
}

async fn ask(client: &Client, world: &World, query: &str) -> Got {
    send(client, world, "/graphql", &json!({ "query": query })).await
}

fn code(got: &Got) -> &str {
    got.json["errors"][0]["extensions"]["code"].as_str().unwrap_or_default()
}

both! {
    async fn requests_of_an_account_are_limited_and_its_neighbours_are_not(mut world: World) {
        let county = world.organization("North").await;
        again(&mut world, |it| it.people_requests = 5).await;
        let one = world.sign_in(Role::OrganizationOfficer, county).await;
        let other = world.sign_in(Role::OrganizationOfficer, county).await;
        for left in (0..5).rev() {
            let got = ask(&one, &world, ME).await;
            assert_eq!(got.status, 200, "{}", got.json);
            assert!(got.limit.as_deref().unwrap_or_default().starts_with(&format!("\"requests\";r={left};t=")), "{:?}", got.limit);
            assert!(got.policy.as_deref().unwrap_or_default().starts_with("\"requests\";q=5;w=60, \"points\";q="), "{:?}", got.policy);
        }
        let over = ask(&one, &world, ME).await;
        assert_eq!((over.status, code(&over)), (429, "RATE_LIMITED"), "{}", over.json);
        let wait = over.retry_after.expect("when to come again");
        assert!((1..=12).contains(&wait), "{wait} s");
        assert_eq!(over.json["errors"][0]["extensions"]["retryAfterSeconds"], wait);
        // Whatever is sent, it is a request: also what could not be read.
        let broken = ask(&one, &world, "{ nothing of this").await;
        assert_eq!(code(&broken), "RATE_LIMITED", "{}", broken.json);
        assert_eq!(ask(&other, &world, ME).await.status, 200);
    }

    async fn what_can_not_be_executed_counts_as_a_request(mut world: World) {
        let county = world.organization("North").await;
        again(&mut world, |it| it.people_requests = 3).await;
        let one = world.sign_in(Role::OrganizationOfficer, county).await;
        for _ in 0..3 {
            assert_eq!(code(&ask(&one, &world, "{ nobody }").await), "DOCUMENT_INVALID");
        }
        assert_eq!(code(&ask(&one, &world, ME).await), "RATE_LIMITED");
    }

    async fn points_are_drawn_and_what_was_not_used_comes_back(mut world: World) {
        let county = world.organization("North").await;
        for number in 0..3 {
            world.cadre(county, &format!("Person {number}"), |_| {}).await;
        }
        again(&mut world, |it| {
            it.document_cost = 500;
            it.people_points = 500;
        })
        .await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let page = "{ cadres(first: 100) { edges { node { id name } } } }";
        for _ in 0..2 {
            let got = ask(&officer, &world, page).await;
            assert_eq!(got.status, 200, "{}", got.json);
            let cost = &got.json["extensions"]["cost"];
            assert_eq!((&cost["requested"], &cost["actual"], &cost["limit"]), (&json!(401), &json!(11), &json!(500)), "{cost}");
            assert!(cost["remaining"].as_u64().expect("points") >= 470, "{cost}");
            assert!(cost["resetAt"].as_str().expect("when").ends_with('Z'), "{cost}");
        }
        // Two at once could not both be paid for; and a cheaper one still can.
        let all = futures_util::future::join_all((0..6).map(|_| ask(&officer, &world, page))).await;
        let refused = all.iter().filter(|it| code(it) == "RATE_LIMITED").count();
        assert!(refused <= 5, "one can always be paid for");
        let dear = ask(&officer, &world, &page.replace("first: 100", "first: 200")).await;
        assert_eq!(code(&dear), "DOCUMENT_INVALID", "what no plan could pay is the document's fault: {}", dear.json);
        assert_eq!(ask(&officer, &world, ME).await.status, 200);
    }

    async fn what_is_left_can_be_asked_for_nothing_and_a_document_measured_without_running(world: World) {
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let text = "{ rateLimit { plan concurrent requested requests { limit remaining resetAt windowSeconds } points { limit remaining } } }";
        let got = ask(&officer, &world, text).await;
        let data = &got.json["data"]["rateLimit"];
        assert_eq!((&data["plan"], &data["requested"], &data["requests"]["windowSeconds"]), (&json!("PERSON"), &json!(0), &json!(60)), "{}", got.json);
        assert_eq!(data["points"]["limit"], data["points"]["remaining"]);
        assert_eq!(data["requests"]["limit"].as_u64().map(|it| it - 1), data["requests"]["remaining"].as_u64());
        let program = world.account(None).await;
        world.grant(program, Role::SummaryReader, county, None).await;
        world.sql("UPDATE account SET kind = 'MACHINE' WHERE id = $1", vec![program.into()]).await;
        let machine = world.client(program);
        let plan = ask(&machine, &world, "{ rateLimit { plan } }").await;
        assert_eq!(plan.json["data"]["rateLimit"]["plan"], "MACHINE");
        let before = world.fingerprint().await;
        let body = json!({ "query": "mutation($i: CadreCreateInput!) { cadreCreate(input: $i) { cadre { id } } }", "variables": { "i": {
            "name": "Nobody", "sex": "MALE", "organizationId": tests::world::global(county), "idempotencyKey": "x" } } });
        let dry = send(&officer, &world, "/graphql/cost", &body).await;
        assert_eq!((dry.status, &dry.json["cost"]["requested"]), (200, &json!(3)), "{}", dry.json);
        let page = json!({ "query": "{ cadres(first: 10) { edges { node { name } } } }" });
        let dry = send(&officer, &world, "/graphql/cost", &page).await;
        assert_eq!((&dry.json["cost"]["requested"], &dry.json["cost"]["nodes"]), (&json!(31), &json!(10)), "{}", dry.json);
        let wrong = send(&officer, &world, "/graphql/cost", &json!({ "query": "{ nobody }" })).await;
        assert_eq!((wrong.status, code(&wrong)), (400, "DOCUMENT_INVALID"));
        let stranger = Client::new(world.url(), "none");
        assert_eq!(send(&stranger, &world, "/graphql/cost", &page).await.status, 401);
        assert_eq!(world.fingerprint().await, before, "something was written");
    }

    async fn an_address_is_limited_before_its_token_is_looked_at_and_watchers_are_not(mut world: World) {
        let county = world.organization("North").await;
        again(&mut world, |it| it.address_requests = 10).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let stranger = Client::new(world.url(), "none");
        let mut statuses = Vec::new();
        for _ in 0..12 {
            statuses.push(ask(&stranger, &world, ME).await.status);
        }
        assert_eq!((statuses[0], statuses[11]), (401, 429), "{statuses:?}");
        let got = ask(&officer, &world, ME).await;
        assert_eq!((got.status, code(&got)), (429, "RATE_LIMITED"), "{}", got.json);
        assert!(got.retry_after.is_some());
        for path in ["/healthz", "/readyz", "/metrics"] {
            assert_eq!(stranger.get(path).await.0, 200, "{path}");
        }
        assert!(stranger.get("/metrics").await.1.contains("tidui_limited_total 3"), "{}", stranger.get("/metrics").await.1);
    }

    /// Behind a proxy of ours each client counts by itself, and can't choose what it counts as.
    async fn behind_a_proxy_the_address_is_the_one_that_it_saw(mut world: World) {
        again(&mut world, |it| (it.address_requests, it.proxies) = (5, 1)).await;
        let ask = async |said: &str| {
            let asked = http().build().expect("a client").post(format!("{}/graphql", world.url()));
            asked.header("x-forwarded-for", said).json(&json!({ "query": ME })).send().await.expect("an answer").status().as_u16()
        };
        for number in 0..7 {
            let status = ask(&format!("9.9.9.{number}, 1.1.1.1")).await;
            assert_eq!(status, if number < 5 { 401 } else { 429 }, "request {number}");
        }
        assert_eq!(ask("1.1.1.1, 2.2.2.2").await, 401);
    }

    async fn operations_at_once_are_limited_by_account(mut world: World) {
        let county = world.organization("North").await;
        world.pause_ms = 2000;
        again(&mut world, |it| it.people_operations = 2).await;
        let one = world.sign_in(Role::OrganizationOfficer, county).await;
        let other = world.sign_in(Role::OrganizationOfficer, county).await;
        let asking = async { futures_util::future::join_all((0..5).map(|_| ask(&one, &world, ME))).await };
        let (all, neighbour) = futures_util::join!(asking, ask(&other, &world, ME));
        let refused: Vec<&Got> = all.iter().filter(|it| it.status == 429).collect();
        assert_eq!((refused.len(), neighbour.status), (3, 200), "{:?}", all.iter().map(|it| it.status).collect::<Vec<_>>());
        assert_eq!(refused[0].retry_after, Some(1));
        // What is over makes room again.
        assert_eq!(ask(&one, &world, ME).await.status, 200);
    }

    async fn a_server_with_too_much_to_do_says_so(mut world: World) {
        let county = world.organization("North").await;
        world.pause_ms = 2000;
        again(&mut world, |it| it.requests_in_flight = 2).await;
        let one = world.sign_in(Role::OrganizationOfficer, county).await;
        let all = futures_util::future::join_all((0..5).map(|_| ask(&one, &world, ME))).await;
        let shed: Vec<&Got> = all.iter().filter(|it| it.status == 503).collect();
        assert_eq!((shed.len(), code(shed[0]), shed[0].retry_after), (3, "BUSY", Some(1)));
    }

    async fn a_plan_that_could_not_pay_for_what_is_allowed_stops_the_start(world: World) {
        for change in [
            (|it: &mut Config| it.people_points = 10) as fn(&mut Config),
            |it| it.machines_requests = 0,
            |it| it.machines_operations = 0,
        ] {
            let mut config = world.config.clone();
            change(&mut config);
            let Err(why) = Server::start(config, Hooks::default()).await else { panic!("it started") };
            assert!(why.contains("_points = 10 is less than") || why.contains("= 0 would refuse everybody"), "{why}");
        }
    }
}
