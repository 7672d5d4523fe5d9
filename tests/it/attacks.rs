//! Ways that somebody tried to see or to become more than the grants say. Each stays closed.

use entity::{
    account_grant,
    id::{AccountId, CadreId, OrganizationId},
    kind::{AccessPurpose, Disclosure, ManagementAuthority, MembershipState, Role, SealedField, SecrecyLevel},
};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    process::{Ended, Program, fresh_folder},
    world::{World, global},
};

const NUMBER: &str = "990000199003070013";
const CREATE: &str =
    "mutation($input: CadreCreateInput!) { cadreCreate(input: $input) { problems { code } cadre { id name } } }";
const UPDATE: &str = "mutation($input: CadreUpdateInput!) { cadreUpdate(input: $input) { problems { code } } }";
const VOID: &str = "mutation($input: CadreFactVoidInput!) { cadreFactVoid(input: $input) { problems { code } } }";
const GRANT: &str =
    "mutation($input: GrantCreateInput!) { grantCreate(input: $input) { problems { code field } grant { id } } }";
const LINK: &str = "mutation($input: AccountLinkInput!) { accountLink(input: $input) { problems { code field } } }";
const TRAIL: &str = "{ auditEvents(first: 100) { edges { node { action changes { table rowId before after } } } } }";
const FIND: &str = "query($number: String!, $purpose: AccessPurpose!) {
    cadreByIdentityNumber(number: $number, purpose: $purpose, reason: \"Letter 7\") { name } }";

/// Somebody with one grant of a tier and a ceiling.
async fn granted(
    world: &World,
    (role, at): (Role, OrganizationId),
    tier: Option<ManagementAuthority>,
    ceiling: SecrecyLevel,
) -> Client {
    let account = world.account(None).await;
    let change = |row: &mut account_grant::Model| (row.managing_tier, row.secrecy_ceiling) = (tier, ceiling);
    world.grant_of(account, role, at, change).await;
    world.client(account)
}

async fn secret(world: &World, at: OrganizationId, name: &str) -> CadreId {
    world.cadre(at, name, |row| row.secrecy_level = SecrecyLevel::Secret).await
}

/// An account that belongs to an organization, with its login.
async fn belonging(world: &World, at: OrganizationId) -> (AccountId, String) {
    let account = world.account(None).await;
    world.sql("update account set organization_id = $1 where id = $2", vec![at.into(), account.into()]).await;
    world.tell().await;
    (account, account.0.simple().to_string())
}

/// A world that keeps records up to SECRET.
async fn cleared(world: &mut World) {
    world.stop().await;
    world.config.secrecy_limit = "SECRET".to_owned();
    world.start().await;
}

/// The command line over the world's database.
async fn tidui(world: &World, words: &[&str]) -> Ended {
    let program = Program::new(env!("CARGO_BIN_EXE_tidui-under-test"), &fresh_folder(), words).over(&world.config);
    tokio::task::spawn_blocking(|| program.run()).await.expect("an end")
}

both! {
    /// Whose record one may not see, their sanctions one can neither void nor tell from none.
    async fn a_sanction_beyond_tier_or_ceiling_is_out_of_reach(world: World) {
        let county = world.organization("North").await;
        let above = world.cadre(county, "Above", |row| row.management_authority = Some(ManagementAuthority::Municipal)).await;
        let hidden = secret(&world, county, "Hidden").await;
        let officer = granted(&world, (Role::OrganizationOfficer, county), Some(ManagementAuthority::County), SecrecyLevel::Internal).await;
        for person in [above, hidden] {
            let sanction = world.sanction(person, "Number 1").await;
            for version in [1, 77] {
                let input = json!({ "factId": global(sanction), "expectedVersion": version, "reason": "Never so" });
                officer.run(VOID, json!({ "input": input })).await.refused("NOT_FOUND");
            }
        }
    }

    async fn readings_of_a_record_above_the_ceiling_show_to_no_auditor_below_it(world: World) {
        let county = world.organization("North").await;
        let (plain, hidden) = (world.cadre(county, "Plain", |_| {}).await, secret(&world, county, "Hidden").await);
        let (reader, _) = belonging(&world, county).await;
        for person in [plain, hidden] {
            world.reading(person, reader, SealedField::Phone, AccessPurpose::Supervision).await;
        }
        let log = "query($id: ID!) { accessLog(cadre: $id) { totalCount } }";
        let count = async |client: &Client, person| {
            client.run(log, json!({ "id": global(person) })).await.at("/accessLog/totalCount").clone()
        };
        let low = world.sign_in(Role::AuditAdmin, county).await;
        let high = granted(&world, (Role::AuditAdmin, county), None, SecrecyLevel::Secret).await;
        assert_eq!((count(&low, plain).await, count(&low, hidden).await), (json!(1), json!(0)));
        assert_eq!((count(&high, plain).await, count(&high, hidden).await), (json!(1), json!(1)));
    }

    /// Neither what an officer of a higher ceiling wrote, nor what was written of a record before it was raised.
    async fn changes_above_the_ceiling_show_to_no_auditor_below_it(mut world: World) {
        cleared(&mut world).await;
        let county = world.organization("North").await;
        let (low, high) = (
            granted(&world, (Role::OrganizationOfficer, county), None, SecrecyLevel::Internal).await,
            granted(&world, (Role::OrganizationOfficer, county), None, SecrecyLevel::Secret).await,
        );
        let input = |name: &str, level: &str| json!({ "input": { "organizationId": global(county), "name": name, "sex": "MALE", "secrecyLevel": level } });
        low.run(CREATE, input("Plain", "INTERNAL")).await.done("/cadreCreate");
        let raised = low.run(CREATE, input("Raised", "INTERNAL")).await.text_at("/cadreCreate/cadre/id");
        high.run(CREATE, input("Hidden", "SECRET")).await.done("/cadreCreate");
        let input = json!({ "id": raised, "expectedVersion": 1, "secrecyLevel": "SECRET" });
        high.run(UPDATE, json!({ "input": input })).await.done("/cadreUpdate");
        let seen = world.sign_in(Role::AuditAdmin, county).await.run(TRAIL, json!({})).await;
        assert!(seen.text.contains("Plain"), "{}", seen.text);
        assert!(!seen.text.contains("Hidden") && !seen.text.contains("Raised"), "{}", seen.text);
        assert_eq!(seen.at("/auditEvents/edges").as_array().map(Vec::len), Some(4), "that there was an act shows");
        let auditor = granted(&world, (Role::AuditAdmin, county), None, SecrecyLevel::Secret).await;
        let all = auditor.run(TRAIL, json!({})).await;
        assert!(["Plain", "Hidden", "Raised"].iter().all(|it| all.text.contains(it)), "{}", all.text);
        let tiered = granted(&world, (Role::AuditAdmin, county), Some(ManagementAuthority::County), SecrecyLevel::Secret).await;
        assert!(!tiered.run(TRAIL, json!({})).await.text.contains("Plain"), "who is managed where is not told by a row");
    }

    async fn nobody_grants_further_than_the_own_grant_goes(mut world: World) {
        cleared(&mut world).await;
        let county = world.organization("North").await;
        let (account, _) = belonging(&world, county).await;
        let low = granted(&world, (Role::SecurityAdmin, county), Some(ManagementAuthority::County), SecrecyLevel::Internal).await;
        let grant = async |by: &Client, tier: Option<&str>, ceiling: &str| {
            let input = json!({ "accountId": global(account), "role": "UNIT_OFFICER", "organizationId": global(county), "managingTier": tier, "secrecyCeiling": ceiling });
            by.run(GRANT, json!({ "input": input })).await.at("/grantCreate/problems").clone()
        };
        let invalid = |field: &str| json!([{ "code": "INVALID", "field": field }]);
        assert_eq!(grant(&low, Some("COUNTY"), "SECRET").await, invalid("secrecyCeiling"));
        assert_eq!(grant(&low, Some("MUNICIPAL"), "INTERNAL").await, invalid("managingTier"));
        assert_eq!(grant(&low, None, "INTERNAL").await, invalid("managingTier"));
        assert_eq!(grant(&low, Some("COUNTY"), "INTERNAL").await, json!([]));
        // Who runs the server says how far an administrator's own grant goes.
        let code = "select count(*) from account_grant where role = 'SECURITY_ADMIN' and secrecy_ceiling = 'SECRET' and managing_tier = 'MUNICIPAL'";
        world.sql("update organization set code = '990101'", vec![]).await;
        let words = ["account", "grant", "sun", "--role", "security-admin", "--organization", "990101"];
        let higher = ["--tier", "municipal", "--ceiling", "secret"];
        tidui(&world, &[&words[..], &higher].concat()).await.done();
        assert_eq!(world.number(code).await, 1);
        tidui(&world, &[&words[..], &["--ceiling", "cosmic"]].concat()).await.refused(&["cosmic", "TOP_SECRET"]);
        let high = granted(&world, (Role::SecurityAdmin, county), None, SecrecyLevel::Secret).await;
        assert_eq!(grant(&high, None, "SECRET").await, json!([]));
    }

    async fn a_program_is_nobody_of_the_registry(world: World) {
        let county = world.organization("North").await;
        let person = world.cadre(county, "Anna", |_| {}).await;
        let (account, login) = belonging(&world, county).await;
        world.sql("update account set kind = 'MACHINE' where id = $1", vec![account.into()]).await;
        world.tell().await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let answer = officer.run(LINK, json!({ "input": { "login": login, "cadreId": global(person) } })).await;
        assert_eq!(answer.at("/accountLink/problems"), &json!([{ "code": "INVALID", "field": "login" }]));
    }

    /// A number is answered alike where nobody has it, where somebody elsewhere has it, and where the record is above the
    /// ceiling; who is found has it on record. The purpose of one's own copy is no way around that.
    async fn a_number_tells_nothing_beyond_reach_and_each_find_is_on_record(mut world: World) {
        cleared(&mut world).await;
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        let own = world.cadre(north, "Officer", |_| {}).await;
        let account = world.account(Some(own)).await;
        world.grant(account, Role::OrganizationOfficer, north, None).await;
        world.grant(account, Role::Cadre, north, None).await;
        let officer = world.client(account);
        let ask = async |purpose: &str| officer.run(FIND, json!({ "number": NUMBER, "purpose": purpose })).await;
        assert_eq!(ask("INSPECTION").await.at("/cadreByIdentityNumber"), &Value::Null);
        let input = |at: OrganizationId, level: &str| json!({ "input": { "organizationId": global(at), "name": "Somebody", "sex": "MALE", "identityNumber": NUMBER, "secrecyLevel": level } });
        let neighbour = granted(&world, (Role::OrganizationOfficer, south), None, SecrecyLevel::Secret).await;
        let id = neighbour.run(CREATE, input(south, "INTERNAL")).await.text_at("/cadreCreate/cadre/id");
        assert_eq!(ask("INSPECTION").await.at("/cadreByIdentityNumber"), &Value::Null, "kept elsewhere");
        world.sql("update cadre set organization_id = $1, secrecy_level = 'SECRET' where name = 'Somebody'", vec![north.into()]).await;
        world.tell().await;
        assert_eq!(ask("INSPECTION").await.at("/cadreByIdentityNumber"), &Value::Null, "above the ceiling");
        world.sql("update cadre set secrecy_level = 'INTERNAL'", vec![]).await;
        world.tell().await;
        let logged = "select count(*) from access_log";
        ask("OWN_COPY").await.refused("INVALID");
        assert_eq!(world.number(logged).await, 0);
        assert_eq!(ask("INSPECTION").await.at("/cadreByIdentityNumber/name"), "Somebody", "{id}");
        assert_eq!(world.number(logged).await, 1);
    }

    /// A remembered answer, a day in the past and a repeated command show nothing of a record that has left the reach.
    async fn who_leaves_the_reach_leaves_every_answer(mut world: World) {
        cleared(&mut world).await;
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        let low = world.sign_in(Role::OrganizationOfficer, north).await;
        let high = granted(&world, (Role::OrganizationOfficer, north), None, SecrecyLevel::Secret).await;
        let input = |name: &str| json!({ "input": { "organizationId": global(north), "name": name, "sex": "MALE", "idempotencyKey": name } });
        let (moved, raised) = (low.run(CREATE, input("Moved")).await, low.run(CREATE, input("Raised")).await);
        let (moved, raised) = (moved.text_at("/cadreCreate/cadre/id"), raised.text_at("/cadreCreate/cadre/id"));
        let seen = "query($id: ID!, $on: Date) { cadre(id: $id, asOf: $on) { name } cadres(asOf: $on) { totalCount } node(id: $id) { id } }";
        let ask = async |id: &str, on: Value| low.run(seen, json!({ "id": id, "on": on })).await;
        assert_eq!(ask(&moved, Value::Null).await.at("/cadres/totalCount"), 2);
        let change = json!({ "id": raised, "expectedVersion": 1, "secrecyLevel": "SECRET" });
        high.run(UPDATE, json!({ "input": change })).await.done("/cadreUpdate");
        world.sql("update cadre set organization_id = $1 where name = 'Moved'", vec![south.into()]).await;
        world.tell().await;
        for id in [&moved, &raised] {
            for on in [Value::Null, json!("2020-01-01"), json!("2030-01-01")] {
                let gone = json!({ "cadre": null, "cadres": { "totalCount": 0 }, "node": null });
                assert_eq!(ask(id, on).await.at(""), &gone);
            }
            let input = json!({ "id": id, "expectedVersion": 77 });
            low.run(UPDATE, json!({ "input": input })).await.refused("NOT_FOUND");
        }
        for name in ["Moved", "Raised"] {
            let again = low.run(CREATE, input(name)).await;
            assert_eq!(again.at("/cadreCreate/cadre"), &Value::Null, "{name}");
        }
    }

    /// One's own membership is one's own also above the ceiling of one's grant; what a keeper closes again is gone at once.
    async fn a_pool_that_is_closed_again_is_gone_from_every_answer(world: World) {
        let county = world.organization("North").await;
        let person = secret(&world, county, "Anna").await;
        let pool = world.pool(county, "P", Disclosure::Person).await;
        world.membership(pool, person, MembershipState::Confirmed).await;
        let anna = world.sign_in_as(Role::Cadre, county, person).await;
        let status = "{ myStatus { memberships { pool { name } } } reservePools { totalCount } }";
        assert_eq!(anna.run(status, json!({})).await.at("/reservePools/totalCount"), 1);
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let close = "mutation($input: PoolUpdateInput!) { poolUpdate(input: $input) { problems { code } } }";
        let input = json!({ "id": global(pool), "expectedVersion": 1, "disclosure": "UNIT" });
        officer.run(close, json!({ "input": input })).await.done("/poolUpdate");
        let after = anna.run(status, json!({})).await;
        assert_eq!(after.at(""), &json!({ "myStatus": { "memberships": [] }, "reservePools": { "totalCount": 0 } }));
    }

    /// Who proposes does not confirm, with whichever account.
    async fn two_accounts_of_one_person_are_one_proposer(world: World) {
        let county = world.organization("North").await;
        let (wang, anna) = (world.cadre(county, "Wang", |_| {}).await, world.cadre(county, "Anna", |_| {}).await);
        let proposer = world.account(Some(wang)).await;
        world.grant(proposer, Role::OrganizationOfficer, county, None).await;
        let pool = world.pool(county, "P", Disclosure::Confidential).await;
        let membership = world.membership(pool, anna, MembershipState::Proposed).await;
        world.sql("update pool_membership set proposed_by = $1", vec![proposer.into()]).await;
        let twin = world.sign_in_as(Role::OrganizationLeader, county, wang).await;
        let other = world.sign_in_as(Role::OrganizationLeader, county, anna).await;
        let confirm = "mutation($input: PoolMembershipConfirmInput!) { poolMembershipConfirm(input: $input) { problems { code } } }";
        let input = json!({ "input": { "id": global(membership), "expectedVersion": 1 } });
        twin.run(confirm, input.clone()).await.problem("/poolMembershipConfirm", "SAME_PERSON");
        other.run(confirm, input).await.done("/poolMembershipConfirm");
    }
}
