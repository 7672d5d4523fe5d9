//! How far a grant reaches inside its subtree: managing tier, secrecy ceiling; and `explainAccess`, which says why not.

use entity::{
    id::{AccountId, CadreId, OrganizationId},
    kind::{Disclosure, ManagementAuthority, MembershipState, Role, SecrecyLevel},
};
use serde_json::{Value, json};
use tests::{
    both,
    client::Client,
    world::{World, global},
};

const NAMES: &str = "{ cadres { totalCount edges { node { name } } } }";
const EXPLAIN: &str =
    "query($account: ID!, $act: Action!, $id: ID) { explainAccess(account: $account, act: $act, id: $id) {
    decision message roles grants { decision grant { role } } } }";

async fn names(client: &Client) -> Vec<String> {
    client.run(NAMES, json!({})).await.names("/cadres")
}

async fn officer_of(
    world: &World,
    at: OrganizationId,
    tier: Option<ManagementAuthority>,
    ceiling: SecrecyLevel,
) -> (AccountId, Client) {
    let account = world.account(None).await;
    let change = |row: &mut entity::account_grant::Model| (row.managing_tier, row.secrecy_ceiling) = (tier, ceiling);
    world.grant_of(account, Role::OrganizationOfficer, at, change).await;
    (account, world.client(account))
}

async fn person(
    world: &World,
    at: OrganizationId,
    name: &str,
    by: Option<ManagementAuthority>,
    level: SecrecyLevel,
) -> CadreId {
    world.cadre(at, name, |row| (row.management_authority, row.secrecy_level) = (by, level)).await
}

both! {
    async fn a_tier_reaches_people_managed_there_or_lower(world: World) {
        use ManagementAuthority::{County, Municipal, Provincial};
        let county = world.organization("North").await;
        for (name, by) in [("A city's", Some(Municipal)), ("B county's", Some(County)), ("C nobody's", None)] {
            person(&world, county, name, by, SecrecyLevel::Internal).await;
        }
        for (tier, expected) in [
            (None, &["A city's", "B county's", "C nobody's"][..]),
            (Some(Provincial), &["A city's", "B county's", "C nobody's"]),
            (Some(Municipal), &["A city's", "B county's", "C nobody's"]),
            (Some(County), &["B county's", "C nobody's"]),
        ] {
            let (_, officer) = officer_of(&world, county, tier, SecrecyLevel::Internal).await;
            assert_eq!(names(&officer).await, expected, "{tier:?}");
        }
        let (_, officer) = officer_of(&world, county, Some(County), SecrecyLevel::Internal).await;
        let create = "mutation($at: ID!, $by: ManagementAuthority!) { cadreCreate(input: { organizationId: $at, name: \"New\", sex: MALE, managementAuthority: $by }) { cadre { name } } }";
        // Whom one could not see, one can't record.
        officer.run(create, json!({ "at": global(county), "by": "MUNICIPAL" })).await.refused("NOT_FOUND");
        officer.run(create, json!({ "at": global(county), "by": "COUNTY" })).await.at("/cadreCreate/cadre/name");
    }

    async fn a_record_above_the_ceiling_exists_on_no_path(world: World) {
        let county = world.organization("North").await;
        let secret = person(&world, county, "Secret", None, SecrecyLevel::Secret).await;
        let plain = person(&world, county, "Plain", None, SecrecyLevel::Internal).await;
        let pool = world.pool(county, "unit", Disclosure::Unit).await;
        let membership = world.membership(pool, secret, MembershipState::Confirmed).await;
        world.membership(pool, plain, MembershipState::Confirmed).await;
        let pair = world.pair(county, secret, plain).await;
        let (_, low) = officer_of(&world, county, None, SecrecyLevel::Internal).await;
        let (_, high) = officer_of(&world, county, None, SecrecyLevel::Secret).await;
        let query = "query($id: ID!, $m: ID!, $p: ID!, $at: ID!) {
            cadre(id: $id) { name } a: node(id: $id) { id } b: node(id: $m) { id } c: node(id: $p) { id } cadres { totalCount }
            reservePools { edges { node { memberships { totalCount } } } } mentoringPairs { totalCount }
            cadreSummary(organization: $at, groupBy: []) { total } }";
        let variables = json!({ "id": global(secret), "m": global(membership), "p": global(pair), "at": global(county) });
        let seen = low.run(query, variables.clone()).await;
        for path in ["/cadre", "/a", "/b", "/c"] {
            assert_eq!(seen.at(path), &Value::Null, "{path}");
        }
        let counts = |answer: &tests::client::Answer| {
            ["/cadres/totalCount", "/reservePools/edges/0/node/memberships/totalCount", "/mentoringPairs/totalCount", "/cadreSummary/total"]
                .map(|it| answer.at(it).as_u64().expect("a count"))
        };
        assert_eq!(counts(&seen), [1, 1, 0, 1]);
        let all = high.run(query, variables).await;
        assert_eq!(counts(&all), [2, 2, 1, 2]);
        assert_eq!(all.at("/cadre/name"), "Secret");
    }

    /// The lowest ceiling of the grants that allow the act.
    async fn two_ceilings_are_the_lower_one(world: World) {
        let county = world.organization("North").await;
        person(&world, county, "Secret", None, SecrecyLevel::Secret).await;
        let (account, officer) = officer_of(&world, county, None, SecrecyLevel::Secret).await;
        assert_eq!(names(&officer).await, ["Secret"]);
        world.grant(account, Role::UnitOfficer, county, None).await;
        world.tell().await;
        assert!(names(&officer).await.is_empty());
    }

    /// Whatever the grant says, the deployment keeps nothing above its limit.
    async fn records_above_the_limit_are_refused(mut world: World) {
        let county = world.organization("North").await;
        let (_, officer) = officer_of(&world, county, None, SecrecyLevel::TopSecret).await;
        let create = "mutation($at: ID!) { cadreCreate(input: { organizationId: $at, name: \"New\", sex: MALE, secrecyLevel: CONFIDENTIAL }) {
            problems { code field message } cadre { id secrecyLevel } } }";
        let before = world.fingerprint().await;
        let refused = officer.run(create, json!({ "at": global(county) })).await;
        assert_eq!(refused.at("/cadreCreate/problems/0/code"), "INVALID");
        assert_eq!(refused.at("/cadreCreate/problems/0/field"), "secrecyLevel");
        let plain = person(&world, county, "Plain", None, SecrecyLevel::Internal).await;
        let update = "mutation($id: ID!) { cadreUpdate(input: { id: $id, expectedVersion: 1, secrecyLevel: SECRET }) { problems { field } } }";
        let refused = officer.run(update, json!({ "id": global(plain) })).await;
        assert_eq!(refused.at("/cadreUpdate/problems/0/field"), "secrecyLevel");
        assert_eq!(world.fingerprint().await.iter().filter(|it| !before.contains(it)).count(), 1, "the plain record alone");
        world.stop().await;
        world.config.secrecy_limit = "SECRET".to_owned();
        world.start().await;
        let (_, officer) = officer_of(&world, county, None, SecrecyLevel::TopSecret).await;
        let made = officer.run(create, json!({ "at": global(county) })).await;
        assert_eq!(made.at("/cadreCreate/cadre/secrecyLevel"), "CONFIDENTIAL");
    }

    async fn why_not_is_explained_without_showing_a_row(world: World) {
        let county = world.organization("North").await;
        let finance = world.department(county, "Finance").await;
        let water = world.department(county, "Water").await;
        let security = world.sign_in(Role::SecurityAdmin, county).await;
        let here = person(&world, finance, "Anna", None, SecrecyLevel::Internal).await;
        let there = person(&world, water, "Bea Water", None, SecrecyLevel::Internal).await;
        let city = person(&world, finance, "Cleo", Some(ManagementAuthority::Municipal), SecrecyLevel::Internal).await;
        let secret = person(&world, finance, "Dora", None, SecrecyLevel::Secret).await;
        let pool = world.pool(county, "secret", Disclosure::Confidential).await;
        let membership = world.membership(pool, here, MembershipState::Confirmed).await;
        let account = world.account(None).await;
        let tier = |row: &mut entity::account_grant::Model| row.managing_tier = Some(ManagementAuthority::County);
        world.grant_of(account, Role::UnitOfficer, finance, tier).await;
        let ask = async |act: &str, id: Option<String>| {
            let answer = security.run(EXPLAIN, json!({ "account": global(account), "act": act, "id": id })).await;
            assert!(!["Anna", "Bea Water", "Cleo", "Dora"].iter().any(|name| answer.text.contains(&format!("\"{name}"))), "{}", answer.text);
            answer.text_at("/explainAccess/decision")
        };
        assert_eq!(ask("CADRE_READ", Some(global(here))).await, "ALLOWED");
        assert_eq!(ask("CADRE_READ", Some(global(there))).await, "OUT_OF_REACH");
        assert_eq!(ask("CADRE_READ", Some(global(city))).await, "TIER");
        assert_eq!(ask("CADRE_READ", Some(global(secret))).await, "SECRECY");
        assert_eq!(ask("POOL_READ", Some(global(membership))).await, "DISCLOSURE");
        assert_eq!(ask("POOL_READ", Some(global(pool))).await, "DISCLOSURE");
        assert_eq!(ask("CADRE_CREATE", Some(global(here))).await, "NO_GRANT");
        assert_eq!(ask("CADRE_READ", None).await, "ALLOWED");
        assert_eq!(ask("CADRE_READ", Some(global(CadreId::fresh()))).await, "UNKNOWN_ROW");
        let other = world.organization("South").await;
        let foreign = person(&world, other, "Foreign", None, SecrecyLevel::Internal).await;
        assert_eq!(ask("CADRE_READ", Some(global(foreign))).await, "UNKNOWN_ROW");
        let stranger = account_elsewhere(&world, other).await;
        security.run(EXPLAIN, json!({ "account": global(stranger), "act": "CADRE_READ" })).await.refused("NOT_FOUND");
    }

    async fn each_grant_is_explained_by_itself(world: World) {
        let county = world.organization("North").await;
        let security = world.sign_in(Role::SecurityAdmin, county).await;
        let here = person(&world, county, "Anna", None, SecrecyLevel::Internal).await;
        let account = world.account(None).await;
        let day = chrono::TimeDelta::days(1);
        world.grant_between(account, Role::OrganizationOfficer, county, (world.now() - day * 2, Some(world.now() - day))).await;
        world.grant_between(account, Role::OrganizationLeader, county, (world.now() + day, None)).await;
        world.grant(account, Role::SummaryReader, county, None).await;
        let answer = security.run(EXPLAIN, json!({ "account": global(account), "act": "CADRE_READ", "id": global(here) })).await;
        assert_eq!(answer.at("/explainAccess/decision"), "NO_GRANT");
        let grants = answer.at("/explainAccess/grants").as_array().expect("grants");
        let mut decisions: Vec<_> = grants.iter().map(|it| (it["grant"]["role"].as_str(), it["decision"].as_str())).collect();
        decisions.sort_unstable();
        assert_eq!(decisions, [
            (Some("ORGANIZATION_LEADER"), Some("NOT_YET")),
            (Some("ORGANIZATION_OFFICER"), Some("OVER")),
            (Some("SUMMARY_READER"), Some("ROLE")),
        ]);
        assert_eq!(answer.at("/explainAccess/roles"), &json!(["ORGANIZATION_OFFICER", "ORGANIZATION_LEADER", "UNIT_OFFICER", "CADRE"]));
    }

    /// Counts of one level: not of the subtrees below the grant, whose differences would tell what is hidden.
    async fn a_reader_of_counts_asks_at_the_level_of_the_grant(world: World) {
        let county = world.organization("North").await;
        let finance = world.department(county, "Finance").await;
        let reader = world.sign_in(Role::SummaryReader, county).await;
        let query = "query($at: ID!) { cadreSummary(organization: $at, groupBy: []) { total } }";
        reader.run(query, json!({ "at": global(county) })).await.at("/cadreSummary/total");
        reader.run(query, json!({ "at": global(finance) })).await.refused("INVALID");
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        officer.run(query, json!({ "at": global(finance) })).await.at("/cadreSummary/total");
    }
}

async fn account_elsewhere(world: &World, at: OrganizationId) -> AccountId {
    let account = world.account(None).await;
    world.grant(account, Role::UnitOfficer, at, None).await;
    account
}
