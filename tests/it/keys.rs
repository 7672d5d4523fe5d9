//! Key rotation under running servers: the commands of an operator, what other processes see of it and how soon, and what
//! an old key is still good for.

use std::{
    fs,
    os::unix::fs::PermissionsExt,
    path::{Path, PathBuf},
    time::{Duration, Instant, SystemTime},
};

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use entity::{audit_digest, kind::Role};
use sea_orm::{EntityTrait, QueryOrder};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    process::{Ended, Program, fresh_folder},
    runner::Stack,
    sqlite,
    token::{self, Forge},
    world::{World, global},
};

const ME: &str = "{ me { login } }";
const NUMBER: &str = "990000199003070013";
const CREATE: &str =
    "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code } cadre { id } } }";
const PHONES: &str = "{ cadres(first: 100) { edges { node { name sensitive(purpose: INSPECTION, reason: \"Count\") { phone identityNumber } } } } }";

/// A world whose keys are nobody else's.
async fn with_keys(world: World) -> (World, PathBuf) {
    let folder = fresh_folder();
    let (signing, field) = (folder.join("signing.pem"), folder.join("field.key"));
    api::auth::keys::generate(&signing, &field).expect("keys");
    let text = |path: &Path| path.display().to_string();
    let (signing, field) = (text(&signing), text(&field));
    let own = World::with(world.stack, &[("signing_key", &signing), ("field_key", &field)]).await;
    (own, folder)
}

async fn tidui(world: &World, words: &[&str], ahead: TimeDelta) -> Ended {
    let program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), words).over(&world.config);
    let program = program.with("FAULT_CLOCK_AHEAD_S", ahead.num_seconds().to_string());
    tokio::task::spawn_blocking(move || program.run()).await.expect("a task")
}

/// Imports a roster of one row, which is kept sealed.
async fn import_one(world: &World, county: entity::id::OrganizationId, folder: &Path) {
    let county = entity::organization::Entity::find_by_id(county).one(&world.db).await.expect("an answer");
    let roster = folder.join("roster.csv");
    fs::write(&roster, "姓名,备注\nZ,甲\n").expect("a roster");
    let words = ["import", "roster", &roster.display().to_string(), "--organization", &county.expect("a county").code];
    tidui(world, &words, TimeDelta::zero()).await.done();
}

async fn rotate(world: &World, words: &[&str]) -> Ended {
    tidui(world, &[&["key", "rotate"], words].concat(), TimeDelta::zero()).await
}

/// Makes a file as old as if it had been made an hour ago.
fn age(path: &Path) {
    let file = fs::File::options().append(true).open(path).expect("a file");
    file.set_modified(SystemTime::now() - Duration::from_secs(3600)).expect("a time");
}

async fn kids(url: &str) -> Vec<String> {
    let (_, text) = Client::new(url, "").get("/.well-known/jwks.json").await;
    let keys: Value = serde_json::from_str(&text).expect("JSON");
    assert!(!text.contains("\"d\""), "a private half is shown");
    keys["keys"].as_array().expect("keys").iter().map(|it| it["kid"].as_str().expect("a kid").to_owned()).collect()
}

/// Waits until something holds; the promise is one second.
async fn within_a_second(what: &str, mut holds: impl AsyncFnMut() -> bool) {
    let begun = Instant::now();
    while !holds().await {
        assert!(begun.elapsed() < Duration::from_millis(1500), "{what}: not after {:?}", begun.elapsed());
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    let took = begun.elapsed();
    println!("{what} after {} ms", took.as_millis());
    assert!(took < Duration::from_secs(1), "{what} after {took:?}");
}

async fn until(world: &World, sql: &str, expected: i64) {
    let begun = Instant::now();
    while world.number(sql).await != expected {
        assert!(begun.elapsed() < Duration::from_secs(40), "{sql} is {}", world.number(sql).await);
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

fn kid(token: &str) -> String {
    token::read(token).0["kid"].as_str().expect("a kid").to_owned()
}

async fn status(client: &Client, token: &str) -> u16 {
    client.with_token(token).run(ME, json!({})).await.status
}

both! {
    async fn a_signing_key_rotates_under_running_servers(world: World) {
        let (world, folder) = with_keys(world).await;
        let county = world.organization("North").await;
        let account = world.account(None).await;
        world.grant(account, Role::OrganizationOfficer, county, None).await;
        let old = world.client(account);
        let (old_kid, old_pem) = (kid(old.token()), world.signing_key());
        // The other process shares nothing but the folder, the database and, on PostgreSQL, Redis.
        let mut other = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &["serve", "--listen", "127.0.0.1:0"]).over(&world.config).start();
        let other_url = tokio::task::block_in_place(|| other.url());
        let elsewhere = Client::new(&other_url, old.token());

        rotate(&world, &["signing"]).await.done();
        within_a_second("the next key is published by both", async || kids(world.url()).await.len() == 2 && kids(&other_url).await.len() == 2).await;
        let next = Forge::with_key(&fs::read_to_string(folder.join("signing.next.pem")).expect("a key"));
        let next_kid = kids(world.url()).await[1].clone();
        assert_eq!(kids(world.url()).await[0], old_kid);
        assert_eq!(kid(world.client(account).token()), old_kid, "the next key is used already");
        rotate(&world, &["signing"]).await.refused(&["signing.next.pem", "come again after", "--now"]);
        age(&folder.join("signing.next.pem"));
        rotate(&world, &["signing"]).await.done();
        // Not for a moment is a token of the new key refused: whoever has not heard of the promotion knows the key.
        let (header, claims) = token::read(old.token());
        let fresh = next.sign(&token::with(&header, "kid", json!(next_kid)), &token::with(&claims, "jti", json!(uuid::Uuid::now_v7())));
        assert_eq!((status(&old, &fresh).await, status(&elsewhere, &fresh).await), (200, 200));
        within_a_second("the new key signs", async || kid(world.client(account).token()) == next_kid).await;
        within_a_second("the other process shows it first", async || kids(&other_url).await == [next_kid.clone(), old_kid.clone()]).await;
        assert_eq!((status(&old, &fresh).await, status(&elsewhere, &fresh).await), (200, 200));
        // What the old key signed is good for its time.
        assert_eq!((status(&old, old.token()).await, status(&elsewhere, old.token()).await), (200, 200));
        assert!(!folder.join("signing.next.pem").exists());
        assert!(!fs::read_to_string(folder.join("signing.retired.json")).expect("keys").contains("\"d\""));

        // After it nothing that it signs is, however fresh.
        world.pass(TimeDelta::minutes(17));
        let late = token::with(&token::with(&claims, "iat", json!(world.now().timestamp())), "exp", json!(world.now().timestamp() + 900));
        assert_eq!(status(&old, &Forge::with_key(&old_pem).sign(&header, &late)).await, 401);
        let late = next.sign(&token::with(&header, "kid", json!(next_kid)), &late);
        assert_eq!(status(&old, &late).await, 200);
        assert_eq!(kids(world.url()).await, std::slice::from_ref(&next_kid));
        other.terminate();
    }
}

sqlite! {
    async fn a_leaked_signing_key_ends_at_once(world: World) {
        let (world, folder) = with_keys(world).await;
        let county = world.organization("North").await;
        let client = world.sign_in(Role::OrganizationOfficer, county).await;
        rotate(&world, &["signing"]).await.done();
        let stolen = fs::read_to_string(folder.join("signing.next.pem")).expect("a key");
        client.run(ME, json!({})).await.at("/me/login");
        rotate(&world, &["signing", "--leaked"]).await.done();
        // Remembered tokens too, and the next key that lay beside it is not the new one.
        within_a_second("the old key's tokens are over", async || status(&client, client.token()).await == 401).await;
        assert_ne!(world.signing_key(), stolen);
        assert_eq!(kids(world.url()).await.len(), 1);
        let (header, claims) = token::read(client.token());
        assert_eq!(status(&client, &Forge::with_key(&stolen).sign(&header, &claims)).await, 401);
    }

    async fn keys_that_cannot_be_used_are_not_taken(world: World) {
        let (world, folder) = with_keys(world).await;
        let county = world.organization("North").await;
        let client = world.sign_in(Role::OrganizationOfficer, county).await;
        let (signing, next) = (folder.join("signing.pem"), folder.join("signing.next.pem"));
        let good = world.signing_key();
        let serves = async || {
            tokio::time::sleep(Duration::from_millis(1100)).await;
            client.run(ME, json!({})).await.at("/me/login");
            assert_eq!(kids(world.url()).await, [kid(client.token())]);
        };
        rotate(&world, &["signing"]).await.done();
        within_a_second("the next key is published", async || kids(world.url()).await.len() == 2).await;
        fs::set_permissions(&next, fs::Permissions::from_mode(0o644)).expect("rights");
        rotate(&world, &["signing", "--now"]).await.refused(&["signing.next.pem can be read by others: chmod 600"]);
        // Published before it could be read by others, and after: the keys in use stay.
        tokio::time::sleep(Duration::from_millis(1000)).await;
        assert_eq!(kids(world.url()).await.len(), 2);
        fs::remove_file(&next).expect("a file");
        within_a_second("a next key may be given up", async || kids(world.url()).await.len() == 1).await;
        for (text, mode) in [("no key", 0o600), (good.as_str(), 0o644), ("", 0o600)] {
            fs::write(&signing, text).expect("a file");
            fs::set_permissions(&signing, fs::Permissions::from_mode(mode)).expect("rights");
            serves().await;
        }
        fs::remove_file(&signing).expect("a file");
        serves().await;
        fs::write(&signing, good).expect("a file");
        fs::set_permissions(&signing, fs::Permissions::from_mode(0o600)).expect("rights");
        rotate(&world, &["signing"]).await.done();
        within_a_second("a mended folder is taken", async || kids(world.url()).await.len() == 2).await;
        fs::write(folder.join("signing.retired.json"), "{}").expect("a file");
        rotate(&world, &["signing", "--now"]).await.refused(&["signing.retired.json is damaged"]);
    }
}

both! {
    /// A day is sealed, the key rotates, the next day is sealed: the trail is whole, and an old key forges nothing.
    async fn days_that_an_older_key_sealed_verify(world: World) {
        let (world, _) = with_keys(world).await;
        let began = Utc::now();
        let verified = async || {
            let ended = tidui(&world, &["audit", "verify"], world.now() - began).await;
            (ended.code == 0, format!("{}{}", ended.out, ended.err))
        };
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        officer.run(CREATE, json!({ "input": { "organizationId": global(county), "name": "Anna", "sex": "FEMALE" } })).await.done("/cadreCreate");
        world.pass(TimeDelta::days(1));
        until(&world, "select count(*) from audit_digest", 1).await;
        let old = Forge::with_key(&world.signing_key());
        let old_kid = kid(officer.token());
        tidui(&world, &["key", "rotate", "signing", "--now"], world.now() - began + TimeDelta::minutes(1)).await.done();
        world.pass(TimeDelta::days(1));
        until(&world, "select count(*) from audit_digest", 2).await;
        assert_eq!(world.number("select count(distinct kid) from audit_digest").await, 2);
        let (fine, text) = verified().await;
        assert!(fine && text.contains("OK: 2 day(s)"), "{text}");

        // Who has the database, and any key but ours, forges the second day.
        let row = last_digest(&world).await;
        let sign = async |key: &Forge, kid: &str, at: DateTime<Utc>| {
            let at = chrono::SubsecRound::trunc_subsecs(at, 0);
            let message = format!("tidui audit v1 {} {} {}", row.0, row.1, at.to_rfc3339_opts(SecondsFormat::Secs, true));
            let values = vec![kid.into(), key.signature(&message).into(), at.into(), row.0.into()];
            world.sql("update audit_digest set kid = $1, signature = $2, signed_at = $3 where day = $4", values).await;
            let (fine, text) = verified().await;
            assert!(!fine, "{text}");
            text
        };
        let theirs = Forge::with_own_key();
        assert!(sign(&theirs, "theirs", world.now()).await.contains("never was one beside"));
        assert!(sign(&theirs, &old_kid, world.now()).await.contains("did not sign so"));
        assert!(sign(&old, &old_kid, world.now()).await.contains("could not sign at"));
        assert!(sign(&old, &old_kid, world.now() - TimeDelta::days(2)).await.contains("could not sign at"));
    }

    async fn a_field_key_rotates_under_running_servers(world: World) {
        let (mut world, folder) = with_keys(world).await;
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let create = async |client: &Client, number: u32| {
            let input = json!({ "organizationId": global(county), "name": format!("P{number:02}"), "sex": "MALE", "phone": format!("100{number:08}") });
            client.run(CREATE, json!({ "input": input })).await.done("/cadreCreate").clone()
        };
        for number in 0..12 { create(&officer, number).await; }
        let known = json!({ "organizationId": global(county), "name": "Q", "sex": "FEMALE", "identityNumber": NUMBER });
        officer.run(CREATE, json!({ "input": known })).await.done("/cadreCreate");
        import_one(&world, county, &folder).await;
        // Some as a build before sealed them that knew no names of keys.
        world.sql("update cadre_sealed set key_id = '' where match_key is not null", vec![]).await;
        let before = officer.run(PHONES, json!({})).await;
        assert_eq!(before.at("/cadres/edges/0/node/sensitive/phone"), "10000000000");
        assert_eq!(before.at("/cadres/edges/12/node/sensitive/identityNumber"), NUMBER);
        let page = officer.run("{ cadres(first: 1) { pageInfo { endCursor } } }", json!({})).await.text_at("/cadres/pageInfo/endCursor");
        let several = world.stack == Stack::Postgres;
        let mut other = several.then(|| {
            Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), &["serve", "--listen", "127.0.0.1:0"]).over(&world.config).start()
        });
        let other_url = other.as_mut().map(|it| tokio::task::block_in_place(|| it.url()));
        let elsewhere = Client::new(&other_url.unwrap_or_else(|| world.url().to_owned()), officer.token());

        rotate(&world, &["field"]).await.done();
        rotate(&world, &["field"]).await.refused(&["field.next.key", "come again after"]);
        tokio::time::sleep(Duration::from_millis(1000)).await;
        age(&folder.join("field.next.key"));
        rotate(&world, &["field"]).await.done();
        // Whether it has heard of it or not, each opens what the other seals, and finds who is there already.
        for number in 12..20 {
            create(if number % 2 == 0 { &officer } else { &elsewhere }, number).await;
            for client in [&officer, &elsewhere] {
                let opened = client.run(PHONES, json!({})).await;
                let phones = opened.at("/cadres/edges").as_array().expect("edges").iter().filter(|it| it["node"]["sensitive"]["phone"].is_string());
                assert_eq!(phones.count(), usize::try_from(number).expect("few") + 1);
                client.run(CREATE, json!({ "input": known })).await.problem("/cadreCreate", "IDENTITY_HELD_ELSEWHERE");
            }
        }
        // One name for all may also be the old one: a busy process hears late.
        let new = field_key_id(&tidui(&world, &["key", "status"], TimeDelta::zero()).await.done().out);
        until(&world, &format!("select count(*) from cadre_sealed where key_id <> '{new}'"), 0).await;
        until(&world, &format!("select count(*) from import_row where key_id = '{new}'"), 1).await;
        assert!(world.number("select count(*) from audit_event where action = 'SEALED_RENEW' and role = 'JOB_RESEALING' and outcome = 'DONE'").await > 0);
        let told = tidui(&world, &["key", "status"], TimeDelta::zero()).await.done().out;
        assert!(told.contains("seals, 22 value(s)") && told.contains("field.previous.key may be removed"), "{told}");
        rotate(&world, &["field"]).await.refused(&["field.previous.key is still there", "tidui key status"]);
        fs::remove_file(folder.join("field.previous.key")).expect("a file");
        tokio::time::sleep(Duration::from_millis(1000)).await;
        // With the old key gone: values, matching, cursors.
        drop(other);
        world.stop().await;
        world.start().await;
        let again = Client::new(world.url(), officer.token());
        assert_eq!(again.run(PHONES, json!({})).await.at("/cadres/edges/12/node/sensitive/phone"), "10000000012");
        again.run(CREATE, json!({ "input": known })).await.problem("/cadreCreate", "IDENTITY_HELD_ELSEWHERE");
        let second = again.run("query($after: String) { cadres(first: 1, after: $after) { edges { node { name } } } }", json!({ "after": page })).await;
        assert_eq!(second.names("/cadres"), ["P01"]);
    }
}

sqlite! {
    async fn a_key_that_values_need_is_not_given_up(world: World) {
        let (mut world, folder) = with_keys(world).await;
        let county = world.organization("North").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let input = json!({ "organizationId": global(county), "name": "Anna", "sex": "FEMALE", "phone": "10000000001" });
        officer.run(CREATE, json!({ "input": input })).await.done("/cadreCreate");
        let kept = fs::read_to_string(folder.join("field.key")).expect("a key");
        // Another field key in its place: the server goes on with the one that it has.
        let other = fresh_folder();
        api::auth::keys::generate(&other.join("signing.pem"), &other.join("field.key")).expect("keys");
        fs::copy(other.join("field.key"), folder.join("field.key")).expect("a copy");
        tokio::time::sleep(Duration::from_millis(1000)).await;
        assert_eq!(officer.run(PHONES, json!({})).await.at("/cadres/edges/0/node/sensitive/phone"), "10000000001");
        // And nothing starts with it.
        world.stop().await;
        tidui(&world, &["key", "status"], TimeDelta::zero()).await.refused(&["1 sealed value(s) need the field key", "put that file back"]);
        tidui(&world, &["serve", "--listen", "127.0.0.1:0"], TimeDelta::zero()).await.refused(&["1 sealed value(s) need the field key"]);
        fs::write(folder.join("field.key"), kept).expect("a file");
        // A next key that is not of this deployment is no next key.
        fs::copy(other.join("field.key"), folder.join("field.next.key")).expect("a copy");
        rotate(&world, &["field", "--now"]).await.refused(&["field.next.key is no key of this deployment"]);
        fs::remove_file(folder.join("field.next.key")).expect("a file");
        // From a rotated file the first key does not follow, and the deployment goes on.
        rotate(&world, &["field", "--now"]).await.done();
        world.start().await;
        let officer = Client::new(world.url(), officer.token());
        assert_eq!(officer.run(PHONES, json!({})).await.at("/cadres/edges/0/node/sensitive/phone"), "10000000001");
    }
}

/// The day and the hash of the last digest.
async fn last_digest(world: &World) -> (chrono::NaiveDate, String) {
    let last = audit_digest::Entity::find().order_by_desc(audit_digest::Column::Day).one(&world.db).await;
    let last = last.expect("an answer").expect("a digest");
    (last.day, last.hash)
}

/// The name of the field key that seals, as `tidui key status` says it.
fn field_key_id(told: &str) -> String {
    let line = told.lines().find(|it| it.starts_with("field key") && it.contains("seals")).expect("the key that seals");
    line.split([' ', ':']).nth(2).expect("its name").to_owned()
}
