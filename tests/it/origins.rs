//! Pages of other origins: those of the list may ask, others are told nothing, and no page asks without its browser asking.

use api::{Hooks, Server};
use entity::kind::Role;
use serde_json::json;
use tests::{client::http, sqlite, world::World};

const PORTAL: &str = "https://portal.example";

/// The status of a request from a page, and for which origin its answer may be shown.
async fn from_page(
    world: &World,
    method: &str,
    origin: &str,
    headers: &[(&str, &str)],
    body: Option<String>,
) -> (u16, Option<String>) {
    let method = reqwest::Method::from_bytes(method.as_bytes()).expect("a method");
    let mut request = http().build().expect("a client").request(method, format!("{}/graphql", world.url()));
    request = request.header("origin", origin);
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let response = request.body(body.unwrap_or_default()).send().await.expect("an answer");
    let shown =
        response.headers().get("access-control-allow-origin").and_then(|it| it.to_str().ok()).map(str::to_owned);
    assert!(response.headers().get("access-control-allow-credentials").is_none(), "cookies are none of ours");
    (response.status().as_u16(), shown)
}

sqlite! {
    async fn pages_of_the_list_may_ask_and_others_are_told_nothing(mut world: World) {
        let county = world.organization("North").await;
        world.stop().await;
        world.config.origins = format!("{PORTAL}, https://phone.example");
        world.start().await;
        let token = format!("Bearer {}", world.sign_in(Role::OrganizationOfficer, county).await.token());
        let asks = [("access-control-request-method", "POST"), ("access-control-request-headers", "authorization,content-type,x-tidui-cost")];
        let (status, shown) = from_page(&world, "OPTIONS", PORTAL, &asks, None).await;
        assert_eq!((status, shown.as_deref()), (200, Some(PORTAL)));
        for stranger in ["https://evil.example", "https://portal.example.evil.example", "http://portal.example", "null"] {
            let (status, shown) = from_page(&world, "OPTIONS", stranger, &asks, None).await;
            assert_eq!((status, shown), (400, None), "{stranger}");
        }
        let headers = [("authorization", token.as_str()), ("content-type", "application/json")];
        let body = json!({ "query": "{ me { login } }" }).to_string();
        assert_eq!(from_page(&world, "POST", PORTAL, &headers, Some(body.clone())).await, (200, Some(PORTAL.to_owned())));
        assert_eq!(from_page(&world, "POST", "https://evil.example", &headers, Some(body)).await.1, None);
        // Also what is refused may be read by the page that asked.
        assert_eq!(from_page(&world, "POST", PORTAL, &[], None).await, (401, Some(PORTAL.to_owned())));
    }

    /// What a browser sends without asking first (forms, images, scripts) is not executed, token or not.
    async fn what_a_page_may_send_unasked_is_refused(world: World) {
        let county = world.organization("North").await;
        let token = format!("Bearer {}", world.sign_in(Role::OrganizationOfficer, county).await.token());
        let body = json!({ "query": "{ me { login } }" }).to_string();
        for kind in ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x", ""] {
            let headers = [("authorization", token.as_str()), ("content-type", kind)];
            assert_eq!(from_page(&world, "POST", "https://evil.example", &headers, Some(body.clone())).await.0, 415, "{kind}");
        }
        let plain = [("authorization", token.as_str())];
        assert!(from_page(&world, "GET", "https://evil.example", &plain, None).await.0 >= 400);
    }

    async fn what_is_no_origin_stops_the_start(world: World) {
        for wrong in ["portal.example", "https://portal.example/", "*", "https://*.example", "ftp://portal.example"] {
            let mut config = world.config.clone();
            config.origins = format!("https://fine.example, {wrong}");
            let Err(why) = Server::start(config, Hooks::default()).await else { panic!("{wrong} was taken") };
            assert!(why.contains(&format!("'{wrong}' is no origin")), "{why}");
        }
    }
}
