//! A file that was ordered through the schema is fetched once, in time, by whoever still may.

use std::path::PathBuf;

use entity::{
    id::OrganizationId,
    kind::{Disclosure, MembershipState, Role},
};
use sea_orm::EntityTrait;
use serde_json::{Value, json};
use tests::{
    both,
    client::{Answer, Client, http},
    process::fresh_folder,
    world::{World, global},
};

use super::{cell, cells, counties, import, roster};

pub(super) const ORDER: &str =
    "mutation($input: RosterExportInput!) { it: rosterExport(input: $input) { problems { code field }
    export { id downloadPath expiresAt rowCount } } }";
const PROGRAM: &str = "mutation($input: PoolExportInput!) { it: poolExport(input: $input) { problems { code field }
    export { id downloadPath expiresAt rowCount } } }";

pub(super) fn input(organization: OrganizationId) -> Value {
    json!({ "input": { "organizationId": global(organization), "purpose": "INSPECTION", "reason": "年度统计核对" } })
}

pub(super) async fn ordered(officer: &Client, at: OrganizationId) -> String {
    address(&officer.run(ORDER, input(at)).await)
}

fn address(answer: &Answer) -> String {
    answer.text_at("/it/export/downloadPath")
}

pub(super) async fn fetch(world: &World, path: &str) -> reqwest::Response {
    http().build().expect("a client").get(format!("{}{path}", world.url())).send().await.expect("an answer")
}

async fn saved(answer: reqwest::Response) -> PathBuf {
    let path = fresh_folder().join("fetched.xlsx");
    std::fs::write(&path, answer.bytes().await.expect("a file")).expect("a file");
    path
}

both! {
    async fn a_roster_is_ordered_and_fetched_once(world: World) {
        let (county, _) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let path = ordered(&officer, county).await;
        assert_eq!(world.number("select count(*) from access_log").await, 0, "nothing is opened by an order");
        let answer = fetch(&world, &path).await;
        assert_eq!(answer.status(), 200);
        let header = |name: &str| answer.headers().get(name).and_then(|it| it.to_str().ok()).unwrap_or_default().to_owned();
        assert_eq!(header("cache-control"), "no-store");
        assert!(header("content-disposition").starts_with("attachment; filename=\"roster-"), "{}", header("content-disposition"));
        let file = saved(answer).await;
        assert_eq!(cell(&cells(&file), "王伟", "身份证号"), "990000199003070013");
        import(&world, county, &file, "0 added, 0 changed, 3 unchanged").await;
        assert_eq!(world.number("select count(*) from access_log where purpose = 'INSPECTION'").await, 3);
        assert_eq!(world.number("select count(*) from export where row_count = 3 and made_at is not null").await, 1);
        let purposes = "select count(*) from audit_event where action = 'ROSTER_EXPORT' and outcome = 'DONE' and purpose = 'INSPECTION'";
        assert_eq!(world.number(purposes).await, 2, "the order and the opening both say what for");
        let again = fetch(&world, &path).await;
        assert_eq!(again.status(), 410);
        assert_eq!(again.headers().get("cache-control").map(|it| it.as_bytes()), Some(b"no-store".as_slice()));
        assert_eq!(world.number("select count(*) from access_log").await, 3);
    }

    async fn of_four_who_fetch_at_once_one_gets_the_file(world: World) {
        let (county, _) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let path = ordered(&officer, county).await;
        let (one, two, three, four) = tokio::join!(fetch(&world, &path), fetch(&world, &path), fetch(&world, &path), fetch(&world, &path));
        let all = [one, two, three, four];
        let got = |status: u16| all.iter().filter(|it| it.status() == status).count();
        assert_eq!(got(200), 1, "{:?}", all.iter().map(|it| it.status()).collect::<Vec<_>>());
        // Two at a time are made; whoever finds no turn may come again, and learns that it is gone.
        assert_eq!(got(200) + got(410) + got(503), 4, "{:?}", all.iter().map(|it| it.status()).collect::<Vec<_>>());
        assert_eq!(fetch(&world, &path).await.status(), 410);
        assert_eq!(world.number("select count(*) from access_log").await, 3);
    }

    async fn an_address_ends_and_is_no_other_s(world: World) {
        let (county, elsewhere) = counties(&world).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let path = ordered(&officer, county).await;
        world.pass(chrono::TimeDelta::minutes(11));
        assert_eq!(fetch(&world, &path).await.status(), 410);
        let mut forged = path.clone();
        forged.pop();
        for bad in [forged.as_str(), "/downloads/x", "/downloads/AAAA"] {
            assert_eq!(fetch(&world, bad).await.status(), 410, "{bad}");
        }
        assert_eq!(world.number("select count(*) from export where made_at is null").await, 1);
        // Who may not order gets no address.
        for (role, at) in [(Role::OrganizationOfficer, elsewhere), (Role::OrganizationLeader, county), (Role::Mentor, county),
            (Role::SummaryReader, county), (Role::UnitOfficer, county)] {
            let other = world.sign_in(role, at).await;
            let answer = other.run(ORDER, input(county)).await;
            answer.refused(if role == Role::OrganizationOfficer { "NOT_FOUND" } else { "FORBIDDEN" });
        }
        let answer = officer.run(ORDER, json!({ "input": { "organizationId": global(county), "purpose": "OWN_COPY", "reason": "x" } })).await;
        answer.problem("/it", "INVALID");
    }

    async fn rights_are_asked_again_when_the_file_is_fetched(world: World) {
        let (county, _) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        let account = world.account(None).await;
        let grant = world.grant(account, Role::OrganizationOfficer, county, Some(world.now() + chrono::TimeDelta::minutes(5))).await;
        let officer = world.client(account);
        let path = ordered(&officer, county).await;
        world.pass(chrono::TimeDelta::minutes(6));
        assert_eq!(fetch(&world, &path).await.status(), 403);
        assert_eq!(world.number("select count(*) from access_log").await, 0);
        assert_eq!(world.number("select count(*) from audit_event where action = 'ROSTER_EXPORT' and outcome = 'REFUSED'").await, 1);
        assert!(entity::account_grant::Entity::find_by_id(grant).one(&world.db).await.expect("an answer").is_some());
    }

    async fn a_pool_s_list_is_ordered_and_fetched(world: World) {
        let (county, _) = counties(&world).await;
        import(&world, county, &roster(), "3 added, 0 changed, 0 unchanged").await;
        let people = entity::cadre::Entity::find().all(&world.db).await.expect("people");
        let pool = world.pool(county, "P315", Disclosure::Confidential).await;
        let who = people.iter().find(|it| it.name == "欧阳娜").expect("a person").id;
        world.membership(pool, who, MembershipState::Confirmed).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let order = json!({ "input": { "poolId": global(pool), "purpose": "POOL_REVIEW", "reason": "会议材料", "withoutNumbers": true } });
        let path = address(&officer.run(PROGRAM, order).await);
        let answer = fetch(&world, &path).await;
        assert_eq!(answer.status(), 200);
        let rows = cells(&saved(answer).await);
        assert_eq!((rows.len(), cell(&rows, "欧阳娜", "身份证号")), (3, String::new()));
        assert_eq!(world.number("select count(*) from access_log").await, 0);
    }
}
