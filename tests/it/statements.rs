//! How many statements a request takes, whatever the size of the page.

use entity::kind::{Disclosure, MembershipState, PairSide, Role};
use serde_json::{Value, json};
use tests::{both, runner::Stack, world::World};

const PAGE: &str = "query($first: Int!) { cadres(first: $first) { edges { node {
    name organization { name } memberships { state pool { name } } } } } }";

both! {
    /// A page of cadres with organization, memberships and pools: one statement for all of them.
    async fn a_page_takes_one_statement(world: World) {
        let county = world.organization("North").await;
        let mut pools = Vec::new();
        for code in ["1", "2", "3"] {
            pools.push(world.pool(county, code, Disclosure::Confidential).await);
        }
        for number in 0..100 {
            let department = world.department(county, &format!("Department {number}")).await;
            let cadre = world.cadre(department, &format!("Person {number:03}"), |_| {}).await;
            for pool in &pools {
                world.membership(*pool, cadre, MembershipState::Confirmed).await;
            }
        }
        let mut plain = world.config.clone();
        plain.cache = false;
        let server = api::Server::start(plain, api::Hooks::default()).await.expect("a server without a cache");
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let officer = tests::client::Client::new(&format!("http://{}", server.address()), officer.token());
        for first in [1, 20, 100] {
            let answer = officer.run(PAGE, json!({ "first": first })).await;
            let edges = answer.at("/cadres/edges").as_array().expect("edges");
            assert_eq!(edges.len(), first);
            assert_eq!(edges[0]["node"]["memberships"].as_array().map(Vec::len), Some(3));
            assert_eq!(edges[0]["node"]["memberships"][0]["pool"]["name"], "Pool 1");
            assert_eq!(answer.statements, Some(1), "for a page of {first}");
        }
        let one = officer.run("{ cadres(first: 20) { edges { node { name } } } }", json!({})).await;
        assert_eq!(one.statements, Some(1));
        server.stop().await;
    }

    /// A pool with its members, the record of each, and their pairs: one statement for the pool, one for all else.
    async fn a_pool_with_its_members_takes_two_statements(mut world: World) {
        world.config.cache = false;
        world.start().await;
        let county = world.organization("North").await;
        let pool = world.pool(county, "1", Disclosure::Confidential).await;
        let mentor = world.cadre(county, "Mentor", |_| {}).await;
        for number in 0..60 {
            let member = world.cadre(county, &format!("Person {number:03}"), |_| {}).await;
            world.membership(pool, member, MembershipState::Confirmed).await;
            world.pair_of(county, &[(mentor, PairSide::Mentor), (member, PairSide::Mentee)], |_| {}).await;
        }
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let page = "query($pool: ID!, $first: Int!) { reservePool(id: $pool) { name memberships(first: $first) { edges { node {
            state member { name } cadre { name pairs { mentors { name } } } } } } } }";
        for first in [1, 20, 60] {
            let answer = officer.run(page, json!({ "pool": tests::world::global(pool), "first": first })).await;
            let edges = answer.at("/reservePool/memberships/edges").as_array().expect("edges");
            assert_eq!(edges.len(), first);
            let of = |edge: &Value| (edge["node"]["member"]["name"].clone(), edge["node"]["cadre"].clone());
            let record = json!({ "name": "Person 000", "pairs": [{ "mentors": [{ "name": "Mentor" }] }] });
            assert_eq!(of(&edges[0]), (json!("Person 000"), record));
            assert_eq!(answer.statements, Some(2), "for a page of {first}");
        }
    }

    /// Everything dated of a page: one statement, one for whose sanctions may be read, and one for those.
    async fn a_page_with_all_facts_takes_a_fixed_number_of_statements(world: World) {
        let county = world.organization("North").await;
        for number in 0..60 {
            let cadre = world.cadre(county, &format!("Person {number:03}"), |_| {}).await;
            world.career(cadre, "A post", entity::kind::PositionLevel::Clerk).await;
            world.sanction(cadre, "1").await;
        }
        let mut plain = world.config.clone();
        plain.cache = false;
        let server = api::Server::start(plain, api::Hooks::default()).await.expect("a server without a cache");
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        let officer = tests::client::Client::new(&format!("http://{}", server.address()), officer.token());
        let page = "query($first: Int!) { cadres(first: $first) { edges { node { ageMonths posts { title } levels { level } ranks { rank }
            educations { school } highestEducation(mode: IN_SERVICE) { school } titles { title } assessments { year } experiences { months }
            grassrootsMonths trainings { title } awards { name } sanctions { inEffect } resume { rawText } monthsAtLevel monthsInPost findings { code } } } } }";
        for first in [1, 20, 60] {
            let answer = officer.run(page, json!({ "first": first })).await;
            let last = answer.at(&format!("/cadres/edges/{}/node", first - 1));
            assert_eq!((&last["sanctions"], &last["posts"]), (&json!([{ "inEffect": true }]), &json!([{ "title": "A post" }])));
            assert_eq!(answer.statements, Some(3), "for a page of {first}");
        }
        let filter = "{ cadres(first: 20, filter: { name: \"PP\", ranks: [STAFF_1], educations: [BACHELOR], bornFrom: \"1980\", hasMentor: false,
            contactOverdue: false, monthsAtLevel: { min: 1 }, grassrootsMonths: { max: 9 }, tier: \"A\" }) { edges { node { name } } } }";
        assert_eq!(officer.run(filter, json!({})).await.statements, Some(1));
        server.stop().await;
    }

    /// What is remembered takes none.
    async fn a_warm_page_takes_no_statement(world: World) {
        let county = world.organization("North").await;
        world.cadre(county, "Anna", |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, county).await;
        assert_eq!(officer.run(PAGE, json!({ "first": 20 })).await.statements, Some(1));
        assert_eq!(officer.run(PAGE, json!({ "first": 20 })).await.statements, Some(0));
    }

    /// A phone's one request.
    async fn my_status_takes_a_fixed_number_of_statements(world: World) {
        let county = tests::county::County::build(&world, "North").await;
        let status = "{ myStatus { nextContactDue overdueCount pairs { nextContactDue mentors { name } mentees { name } } memberships { pool { name } } } }";
        let answer = county.person(Role::Cadre).run(status, json!({})).await;
        assert_eq!(answer.at("/myStatus/pairs/0/mentees/0/name"), "North Mentee");
        // Pairs with the cards of their people; memberships with their pools.
        assert_eq!(answer.statements, Some(2));
    }

    /// What a person owes, however much it is: one statement; one more each for the cards of who owes it, and for where it is due.
    async fn my_duties_take_one_statement(world: World) {
        let county = world.organization("North").await;
        let report = json!({ "code": "NOTE", "title": "A note", "by": "MENTOR", "every": "P1D" });
        let edition = world.policy_with(county, "reports", json!({ "pairs": { "reports": [report] } })).await;
        let mentor = world.cadre(county, "Mentor", |_| {}).await;
        let mentee = world.cadre(county, "Mentee", |_| {}).await;
        let since = world.today() - chrono::TimeDelta::days(120);
        let sides = [(mentor, entity::kind::PairSide::Mentor), (mentee, entity::kind::PairSide::Mentee)];
        let mut made = 0;
        let phone = world.sign_in_as(Role::Mentor, county, mentor).await;
        for (pairs, first) in [(1, 1), (1, 20), (1, 100), (20, 100)] {
            while made < pairs {
                world.pair_of(county, &sides, |row| (row.started_on, row.edition_id, row.state) = (Some(since), Some(edition), entity::kind::PairState::Active)).await;
                made += 1;
            }
            let list = "query($first: Int!) { it: myDuties(first: $first, filter: { statuses: [OVERDUE] }) { overdueCount nodes { id code title dueOn status by subject entry { state } } } }";
            let answer = phone.run(list, json!({ "first": first })).await;
            assert_eq!(answer.at("/it/nodes").as_array().map(Vec::len), Some(first), "{}", answer.text);
            assert_eq!(answer.statements, Some(1), "for {first} items of {pairs} pairs");
            let wider = "query($first: Int!) { it: myDuties(first: $first) { nodes { dueOn owner { name } organization { name } edition { title } } } }";
            let answer = phone.run(wider, json!({ "first": first })).await;
            assert_eq!(answer.at("/it/nodes/0/owner/name"), "Mentor", "{}", answer.text);
            // What is remembered of the three takes none.
            assert!(answer.statements.is_some_and(|it| (1..=4).contains(&it)), "{:?} for {first} items of {pairs} pairs", answer.statements);
        }
        let stranger = world.sign_in_as(Role::Cadre, county, mentee).await;
        let none = stranger.run("{ it: myDuties { totalCount } }", json!({})).await;
        assert_eq!((none.at("/it/totalCount"), none.statements), (&json!(0), Some(1)));
    }

    /// A change: the row, the read-back, and one statement each for the audit's event and its changes.
    async fn a_write_takes_a_fixed_number_of_statements(world: World) {
        let county = tests::county::County::build(&world, "North").await;
        let contact = "mutation($p: ID!, $day: Date!, $key: String) { pairContactRecord(input: { pairId: $p, heldOn: $day, topic: WORK, idempotencyKey: $key }) { problems { message } } }";
        let day = world.today().to_string();
        let variables = json!({ "p": tests::world::global(county.pair), "day": day, "key": "once" });
        let answer = county.person(Role::Mentor).run(contact, variables).await;
        answer.done("/pairContactRecord");
        // Pair and own part read, contact written, pair written, idempotency; both read back at once, rights, event, changes
        // and what is told, by one statement on PostgreSQL.
        let end = if world.stack == Stack::Postgres { 1 } else { 5 };
        assert_eq!(answer.statements, Some(5 + end));
    }
}
