//! Accounts and grants through the API: who may make, link, grant and end them, and how soon it counts.

use std::time::{Duration, Instant};

use api::{Hooks, Server};
use entity::{
    id::{AccountId, Key, OrganizationId},
    kind::Role,
};
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client},
    postgres,
    redis::RedisServer,
    runner::Stack,
    world::{World, global},
};

const GRANT: &str = "mutation($input: GrantCreateInput!) { grantCreate(input: $input) {
    problems { code field message } grant { id role validTo managingTier secrecyCeiling organization { name } } } }";
const REVOKE: &str = "mutation($input: GrantRevokeInput!) { grantRevoke(input: $input) { problems { code field } grant { id validTo } } }";
const CREATE: &str = "mutation($input: AccountCreateInput!) { accountCreate(input: $input) { problems { code field } account { id login state isLinked version grants { role } } } }";
const UPDATE: &str = "mutation($input: AccountUpdateInput!) { accountUpdate(input: $input) { problems { code field } account { state name version } } }";
const LINK: &str =
    "mutation($input: AccountLinkInput!) { accountLink(input: $input) { problems { code field } account { id } } }";
const COUNT: &str = "{ cadres { totalCount } }";

/// An account that belongs to an organization.
async fn account_of(world: &World, at: OrganizationId) -> AccountId {
    let account = world.account(None).await;
    world.sql("update account set organization_id = $1 where id = $2", vec![at.into(), account.into()]).await;
    world.tell().await;
    account
}

async fn grant(by: &Client, account: AccountId, role: &str, at: OrganizationId) -> Answer {
    let input = json!({ "accountId": global(account), "role": role, "organizationId": global(at) });
    by.run(GRANT, json!({ "input": input })).await
}

both! {
    async fn an_administrator_makes_an_account_another_grants_and_it_counts_at_once(world: World) {
        let county = world.organization("North").await;
        world.cadre(county, "Anna", |_| {}).await;
        let system = world.sign_in(Role::SystemAdmin, county).await;
        let security = world.sign_in(Role::SecurityAdmin, county).await;
        let input = json!({ "login": "li.lei", "name": "Li Lei", "organizationId": global(county) });
        let made = system.run(CREATE, json!({ "input": input })).await;
        assert_eq!(made.at("/accountCreate/account/login"), "li.lei");
        assert_eq!(made.at("/accountCreate/account/isLinked"), false);
        system.run(CREATE, json!({ "input": input })).await.problem("/accountCreate", "TAKEN");
        let id = made.text_at("/accountCreate/account/id");
        let key = uuid::Uuid::try_parse_ascii(&decoded(&id)[8..]).expect("a key");
        let account = AccountId::from_uuid(key);
        let officer = world.client(account);
        officer.run(COUNT, json!({})).await.refused("FORBIDDEN");

        let given = grant(&security, account, "ORGANIZATION_OFFICER", county).await;
        assert_eq!(given.at("/grantCreate/grant/secrecyCeiling"), "INTERNAL");
        assert_eq!(officer.run(COUNT, json!({})).await.at("/cadres/totalCount"), 1);

        let ended = json!({ "input": { "id": given.at("/grantCreate/grant/id"), "reason": "Moved away" } });
        security.run(REVOKE, ended.clone()).await.done("/grantRevoke");
        officer.run(COUNT, json!({})).await.refused("FORBIDDEN");
        security.run(REVOKE, ended).await.problem("/grantRevoke", "TRANSITION_REFUSED");
        let why = "select count(*) from audit_event where action = 'GRANT_REVOKE' and purpose = 'Moved away' and outcome = 'DONE'";
        assert_eq!(world.number(why).await, 1);

        let close = json!({ "input": { "id": id, "expectedVersion": 3, "state": "CLOSED" } });
        assert_eq!(system.run(UPDATE, close).await.at("/accountUpdate/account/state"), "CLOSED");
        officer.run("{ me { login } }", json!({})).await.refused("UNAUTHENTICATED");
    }

    /// Within the own reach, never to oneself, never an administrator: and what is refused changes nothing.
    async fn nobody_widens_the_own_reach(world: World) {
        let north = world.organization("North").await;
        let department = world.department(north, "North Finance").await;
        let south = world.organization("South").await;
        let inside = account_of(&world, department).await;
        let outside = account_of(&world, south).await;
        let person = world.cadre(department, "Anna", |_| {}).await;
        let security = world.account(Some(person)).await;
        world.grant(security, Role::SecurityAdmin, department, None).await;
        let twin = world.account(Some(person)).await;
        world.grant(twin, Role::Mentor, department, None).await;
        let by = world.client(security);
        world.tell().await;
        let before = world.fingerprint().await;
        let cases = [
            ("an administrator", inside, "AUDIT_ADMIN", department, "ROLE_REFUSED"),
            ("an administrator of the same kind", inside, "SECURITY_ADMIN", department, "ROLE_REFUSED"),
            ("to oneself", security, "ORGANIZATION_OFFICER", department, "SAME_PERSON"),
            ("to the own other account", twin, "ORGANIZATION_OFFICER", department, "SAME_PERSON"),
            ("CADRE to nobody", inside, "CADRE", department, "INVALID"),
        ];
        for (what, account, role, at, code) in cases {
            let answer = grant(&by, account, role, at).await;
            assert_eq!(answer.at("/grantCreate/problems/0/code"), code, "{what}");
        }
        for (what, account, at) in [
            ("above the own reach", inside, north),
            ("beside the own reach", inside, south),
            ("to an account elsewhere", outside, department),
        ] {
            let answer = grant(&by, account, "ORGANIZATION_OFFICER", at).await;
            assert_eq!(answer.codes(), ["NOT_FOUND"], "{what}");
        }
        for role in Role::ALL.iter().filter(|it| **it != Role::SecurityAdmin) {
            let other = world.sign_in(*role, north).await;
            grant(&other, inside, "ORGANIZATION_OFFICER", department).await.refused("FORBIDDEN");
        }
        let added = 9 - 1; // one account and one grant for each role that tried
        let after = world.fingerprint().await;
        for (was, is) in before.iter().zip(&after) {
            let grown = if matches!(was.0.as_str(), "account" | "account_grant") { added } else { 0 };
            assert_eq!((was.1 + grown, was.2 + grown), (is.1, is.2), "{}", was.0);
        }
    }

    /// An audit administrator of the province can't be made an officer of a county by the county.
    async fn administrators_elsewhere_stay_administrators_alone(world: World) {
        let province = world.organization("Province").await;
        let county = world.department(province, "County").await;
        let account = account_of(&world, county).await;
        world.grant(account, Role::AuditAdmin, province, None).await;
        let security = world.sign_in(Role::SecurityAdmin, county).await;
        world.tell().await;
        let answer = grant(&security, account, "ORGANIZATION_OFFICER", county).await;
        assert_eq!(answer.at("/grantCreate/problems/0/code"), "CONFLICT");
        let list = security.run("{ accounts { edges { node { login grants { role } } } } }", json!({})).await;
        assert!(!list.text.contains("AUDIT_ADMIN"), "a grant beyond reach shows: {}", list.text);
    }

    async fn bad_grants_are_told_what_to_mend(world: World) {
        let county = world.organization("North").await;
        let account = account_of(&world, county).await;
        let security = world.sign_in(Role::SecurityAdmin, county).await;
        let base = json!({ "accountId": global(account), "role": "UNIT_OFFICER", "organizationId": global(county) });
        let with = |more: Value| {
            let mut input = base.clone();
            input.as_object_mut().expect("an object").extend(more.as_object().expect("fields").clone());
            json!({ "input": input })
        };
        let cases = [
            (json!({ "validFrom": "2030-01-02T00:00:00Z", "validTo": "2030-01-01T00:00:00Z" }), "validTo"),
            (json!({ "validFrom": "2001-01-01T00:00:00Z", "validTo": "2002-01-01T00:00:00Z" }), "validTo"),
            (json!({ "secrecyCeiling": "SECRET" }), "secrecyCeiling"),
            (json!({ "reason": "x".repeat(201) }), "reason"),
        ];
        for (more, field) in cases {
            let answer = security.run(GRANT, with(more)).await;
            assert_eq!(answer.at("/grantCreate/problems/0/code"), "INVALID");
            assert_eq!(answer.at("/grantCreate/problems/0/field"), field);
        }
        let tiered = security.run(GRANT, with(json!({ "managingTier": "COUNTY", "secrecyCeiling": "PUBLIC" }))).await;
        assert_eq!(tiered.at("/grantCreate/grant/managingTier"), "COUNTY");
        assert_eq!(tiered.at("/grantCreate/grant/secrecyCeiling"), "PUBLIC");
    }

    /// A retry of a phone is one grant; the same key with another input is refused.
    async fn the_same_key_grants_once(world: World) {
        let county = world.organization("North").await;
        let account = account_of(&world, county).await;
        let security = world.sign_in(Role::SecurityAdmin, county).await;
        let input = |role: &str| json!({ "input": { "accountId": global(account), "role": role, "organizationId": global(county), "idempotencyKey": "k" } });
        let first = security.run(GRANT, input("UNIT_OFFICER")).await.text_at("/grantCreate/grant/id");
        let second = security.run(GRANT, input("UNIT_OFFICER")).await.text_at("/grantCreate/grant/id");
        assert_eq!(first, second);
        security.run(GRANT, input("MENTOR")).await.problem("/grantCreate", "IDEMPOTENCY_KEY_REUSED");
        assert_eq!(world.number("select count(*) from account_grant where role = 'UNIT_OFFICER'").await, 1);
    }

    async fn an_officer_says_who_an_account_is(world: World) {
        let county = world.organization("North").await;
        let south = world.organization("South").await;
        let (anna, bea) = (world.cadre(county, "Anna", |_| {}).await, world.cadre(county, "Bea", |_| {}).await);
        let stranger = world.cadre(south, "Stranger", |_| {}).await;
        let account = account_of(&world, county).await;
        let login = account.0.simple().to_string();
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let security = world.sign_in(Role::SecurityAdmin, county).await;
        let link = |cadre: entity::id::CadreId| json!({ "input": { "login": login, "cadreId": global(cadre) } });
        officer.run(LINK, link(stranger)).await.refused("NOT_FOUND");
        officer.run(LINK, link(anna)).await.done("/accountLink");
        officer.run(LINK, link(bea)).await.problem("/accountLink", "CONFLICT");
        grant(&security, account, "CADRE", county).await.done("/grantCreate");
        let own = world.client(account).run("{ myRecord { name } }", json!({})).await;
        assert_eq!(own.at("/myRecord/name"), "Anna");
    }

    /// A grant that ends at midnight ends then, also for an identity that is remembered.
    async fn a_grant_ends_at_its_moment(world: World) {
        let county = world.organization("North").await;
        let account = world.account(None).await;
        let midnight = world.now() + chrono::TimeDelta::seconds(30);
        world.grant(account, Role::OrganizationOfficer, county, Some(midnight)).await;
        let client = world.client(account);
        assert_eq!(client.run(COUNT, json!({})).await.at("/cadres/totalCount"), 0);
        world.pass(chrono::TimeDelta::milliseconds(29_999));
        assert_eq!(client.run(COUNT, json!({})).await.at("/cadres/totalCount"), 0);
        world.pass(chrono::TimeDelta::milliseconds(1));
        client.run(COUNT, json!({})).await.refused("FORBIDDEN");
    }
}

postgres! {
    /// Two processes over one database: what one grants or ends counts in the other within a second.
    async fn a_grant_reaches_the_other_process_within_a_second(mut world: World) {
        assert_eq!(world.stack, Stack::Postgres);
        let redis = RedisServer::start().expect("a Redis");
        let mut config = world.config.clone();
        config.redis_url = redis.url();
        let one = Server::start(config.clone(), Hooks::default()).await.expect("a server");
        let two = Server::start(config, Hooks::default()).await.expect("a server");
        let county = world.organization("North").await;
        let account = account_of(&world, county).await;
        let security = world.sign_in(Role::SecurityAdmin, county).await;
        let officer = world.client(account);
        world.stop().await;
        let here = Client::new(&format!("http://{}", one.address()), security.token());
        let there = Client::new(&format!("http://{}", two.address()), officer.token());
        there.run(COUNT, json!({})).await.refused("FORBIDDEN");
        let given = grant(&here, account, "ORGANIZATION_OFFICER", county).await.text_at("/grantCreate/grant/id");
        within_a_second(&there, |answer| answer.codes().is_empty()).await;
        here.run(REVOKE, json!({ "input": { "id": given } })).await.done("/grantRevoke");
        within_a_second(&there, |answer| answer.codes() == ["FORBIDDEN"]).await;
        one.stop().await;
        two.stop().await;
    }
}

async fn within_a_second(client: &Client, so: impl Fn(&Answer) -> bool) {
    let begun = Instant::now();
    loop {
        let answer = client.run(COUNT, json!({})).await;
        if so(&answer) {
            return;
        }
        assert!(begun.elapsed() < Duration::from_secs(1), "after a second: {}", answer.text);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

fn decoded(id: &str) -> Vec<u8> {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    BASE64_URL_SAFE_NO_PAD.decode(id).expect("a global id")
}
