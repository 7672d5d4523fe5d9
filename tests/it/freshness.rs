//! What leaves compressed, and what need not leave at all: answers to questions known by name, asked by address.

use aws_lc_rs::digest::{SHA256, digest};
use entity::kind::Role;
use serde_json::json;
use tests::{
    both,
    client::{Client, http},
    sqlite,
    world::{World, global},
};

const NAMES: &str = "query Names { cadres(first: 20) { totalCount edges { node { name } } } }";

/// One GET of a document known by its hash.
async fn ask(world: &World, client: &Client, headers: &[(&str, &str)]) -> reqwest::Response {
    let hash: String = digest(&SHA256, NAMES.as_bytes()).as_ref().iter().map(|it| format!("{it:02x}")).collect();
    let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
    let sent = client.send(&json!({ "query": NAMES, "extensions": extensions })).await;
    assert_eq!(sent.status, 200);
    get(world, client, &[("extensions", &extensions.to_string())], headers).await
}

async fn get(
    world: &World,
    client: &Client,
    parameters: &[(&str, &str)],
    headers: &[(&str, &str)],
) -> reqwest::Response {
    let url = reqwest::Url::parse_with_params(&format!("{}/graphql", world.url()), parameters).expect("an address");
    let mut request = http().build().expect("a client").get(url).header("x-graphql-require-preflight", "1");
    if !headers.iter().any(|(name, _)| *name == "authorization") {
        request = request.bearer_auth(client.token());
    }
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    request.send().await.expect("an answer")
}

fn header(response: &reqwest::Response, name: &str) -> String {
    let all: Vec<_> = response.headers().get_all(name).iter().filter_map(|it| it.to_str().ok()).collect();
    all.join(", ")
}

both! {
    async fn who_has_the_answer_is_told_so_until_it_changes(world: World) {
        let county = world.organization("North").await;
        world.cadre(county, "Anna", |_| {}).await;
        let client = world.sign_in(Role::OrganizationOfficer, county).await;
        let first = ask(&world, &client, &[]).await;
        let tag = header(&first, "etag");
        assert!(first.status() == 200 && tag.starts_with("W/\""), "{tag}");
        assert_eq!(header(&first, "cache-control"), "private, no-cache");
        for name in ["accept", "authorization", "accept-encoding"] {
            assert!(header(&first, "vary").split(", ").any(|it| it == name), "{name} in {}", header(&first, "vary"));
        }
        let again = ask(&world, &client, &[("if-none-match", &format!("\"other\", {tag}"))]).await;
        assert_eq!((again.status().as_u16(), header(&again, "etag")), (304, tag.clone()));
        assert!(!header(&again, "ratelimit").is_empty(), "it counts all the same");
        assert_eq!(again.bytes().await.expect("no body").len(), 0);
        // Another type of the same answer is another answer.
        let modern = [("accept", "application/graphql-response+json"), ("if-none-match", tag.as_str())];
        assert_eq!(ask(&world, &client, &modern).await.status(), 200);
        let create = "mutation($at: ID!) { cadreCreate(input: { organizationId: $at, name: \"Berta\", sex: FEMALE }) { problems { code } } }";
        client.run(create, json!({ "at": global(county) })).await.done("/cadreCreate");
        let changed = ask(&world, &client, &[("if-none-match", &tag)]).await;
        assert_eq!(changed.status(), 200);
        assert_ne!(header(&changed, "etag"), tag);
    }
}

sqlite! {
    async fn a_tag_opens_nothing(world: World) {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        world.cadre(north, "Anna", |_| {}).await;
        let client = world.sign_in(Role::OrganizationOfficer, north).await;
        let tag = header(&ask(&world, &client, &[]).await, "etag");
        let stranger = ask(&world, &client, &[("if-none-match", &tag), ("authorization", "Bearer x")]).await;
        assert_eq!(stranger.status(), 401);
        let other = world.sign_in(Role::OrganizationOfficer, south).await;
        assert_eq!(ask(&world, &other, &[("if-none-match", &tag)]).await.status(), 200);
        assert_eq!(ask(&world, &client, &[("if-none-match", "*")]).await.status(), 200, "whatever it is, is not this one");
    }

    async fn only_named_questions_without_errors_are_kept(world: World) {
        let north = world.organization("North").await;
        let client = world.sign_in(Role::OrganizationOfficer, north).await;
        let text = get(&world, &client, &[("query", NAMES)], &[]).await;
        assert_eq!((header(&text, "etag"), header(&text, "cache-control")), (String::new(), "no-store".to_owned()));
        let forbidden = "query Partial { me { login } accounts { totalCount } }";
        let hash: String = digest(&SHA256, forbidden.as_bytes()).as_ref().iter().map(|it| format!("{it:02x}")).collect();
        let extensions = json!({ "persistedQuery": { "version": 1, "sha256Hash": hash } });
        client.send(&json!({ "query": forbidden, "extensions": extensions })).await;
        let partial = get(&world, &client, &[("extensions", &extensions.to_string())], &[]).await;
        assert_eq!((partial.status().as_u16(), header(&partial, "etag")), (200, String::new()));
    }

    async fn an_answer_leaves_as_its_client_takes_it(world: World) {
        let north = world.organization("North").await;
        for number in 0..20 {
            world.cadre(north, &format!("Somebody {number}"), |_| {}).await;
        }
        let client = world.sign_in(Role::OrganizationOfficer, north).await;
        let mut lengths = Vec::new();
        for (accepted, wanted) in [("identity", ""), ("gzip", "gzip"), ("br", "br"), ("zstd", "zstd"), ("br;q=0, gzip", "gzip")] {
            let request = http().build().expect("a client").post(format!("{}/graphql", world.url())).bearer_auth(client.token());
            let response = request.header("accept-encoding", accepted).json(&json!({ "query": NAMES })).send().await;
            let response = response.expect("an answer");
            assert_eq!((response.status().as_u16(), header(&response, "content-encoding").as_str()), (200, wanted), "{accepted}");
            lengths.push(response.bytes().await.expect("a body").len());
        }
        println!("an answer of {} bytes leaves as gzip, br, zstd, gzip: {:?}", lengths[0], &lengths[1..]);
        assert!(lengths[1..].iter().all(|it| *it < lengths[0] / 2), "{lengths:?}");
    }
}
