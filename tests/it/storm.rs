//! A storm of sign-ins: slow on purpose, they neither stop everybody else nor wait without end.

use std::{
    net::IpAddr,
    time::{Duration, Instant},
};

use entity::kind::Role;
use serde_json::json;
use tests::{
    client::{Client, http},
    signin::{PASSWORD, sign_in, somebody},
    world::World,
};

/// One attempt of a login from an address of its own: its status and when to come again.
async fn attempt(url: String, number: u8) -> (u16, Option<String>) {
    let from = IpAddr::from([127, 0, 1, number.max(1)]);
    let http = http().local_address(from).build().expect("a client");
    let body = json!({ "grant_type": "password", "username": format!("login-{number}"), "password": "wrong password" });
    let answer = http.post(format!("{url}/auth/token")).json(&body).send().await.expect("an answer");
    let again = answer.headers().get("retry-after").map(|it| it.to_str().expect("text").to_owned());
    (answer.status().as_u16(), again)
}

/// How long each of so many questions took, in order of length.
async fn times(client: &Client, count: usize) -> Vec<Duration> {
    let mut found = Vec::new();
    for _ in 0..count {
        let begun = Instant::now();
        client.run("{ cadres(first: 5) { totalCount edges { node { name } } } }", json!({})).await.at("/cadres");
        found.push(begun.elapsed());
        tokio::time::sleep(Duration::from_millis(5)).await;
    }
    found.sort_unstable();
    found
}

fn shown(times: &[Duration]) -> String {
    let at = |part: usize| times[(times.len() * part / 100).min(times.len() - 1)].as_secs_f64() * 1000.0;
    format!("median {:.1} ms, p99 {:.1} ms", at(50), at(99))
}

tests::sqlite! {
    async fn a_storm_of_sign_ins_leaves_everybody_else_in_calm(world: World) {
        let (account, login) = somebody(&world, Role::OrganizationOfficer).await;
        let client = world.client(account);
        let calm = times(&client, 200).await;
        let storm: Vec<_> = (0..=249).map(|number| tokio::spawn(attempt(world.url().to_owned(), number))).collect();
        let during = times(&client, 100).await;
        let mut statuses = Vec::new();
        for it in storm {
            let (status, again) = it.await.expect("an attempt");
            assert!(matches!(status, 400 | 429 | 503), "an attempt was answered with {status}");
            assert_eq!(again.is_some(), status != 400, "{status} says when to come again: {again:?}");
            statuses.push(status);
        }
        let of = |status| statuses.iter().filter(|it| **it == status).count();
        println!("calm: {}; storm: {}; tried {}, told to come again {}", shown(&calm), shown(&during), of(400), of(503));
        // More came than may wait, and those who may were served.
        assert!(of(503) > 0 && of(400) >= 50, "{} tried, {} told to come again", of(400), of(503));
        // One request may meet a busy core; that all of them wait for the storm's end would be seconds.
        assert!(during[during.len() / 2] < Duration::from_millis(500), "{}", shown(&during));
        assert_eq!(sign_in(&world, &login, PASSWORD).await.status, 200);
    }
}
