//! How PostgreSQL finds the people of a page: by indexes, however many there are beside them.

use entity::{
    id::{Key, OrganizationId},
    kind::Role,
};
use serde_json::json;
use tests::{
    client::Client,
    country, postgres,
    world::{World, global},
};

/// Tables that grow with the people.
const LARGE: [&str; 9] = [
    "cadre",
    "cadre_scope",
    "cadre_tally",
    "level_period",
    "post_assignment",
    "experience",
    "education",
    "assessment",
    "organization_closure",
];

/// Has the database log the plan of whatever it is asked on connections that begin from here on.
fn tell_plans(world: &World) {
    let explain = format!(
        "load 'auto_explain'; alter database {0} set session_preload_libraries = 'auto_explain';
         alter database {0} set auto_explain.log_min_duration = 0",
        world.database()
    );
    postgres::shared().psql(world.database(), &explain).expect("plans in the log");
}

/// The plans of statements that hold these words, as far as they were logged.
fn plans(words: &[&str]) -> Vec<String> {
    let log = std::fs::read_to_string(postgres::shared().log()).expect("a log");
    let holds = |it: &&str| words.iter().all(|word| it.contains(word));
    log.split("LOG:  duration").filter(holds).map(str::to_owned).collect()
}

/// That no plan reads all of a table that grows.
fn by_indexes(plan: &str) {
    for table in LARGE {
        assert!(!plan.contains(&format!("Seq Scan on {table} ")), "all of {table} is read: {plan}");
    }
}

async fn root(world: &World) -> OrganizationId {
    let root = world.texts("select cast(id as text) from organization where parent_id is null").await;
    OrganizationId::from_uuid(root[0].parse().expect("a key"))
}

postgres! {
    /// A page of candidates is read by indexes alone, the first time and when the database has seen it often.
    async fn candidates_are_found_by_indexes(world: World) {
        country::settle(&world, 20_000);
        tell_plans(&world);
        let root = root(&world).await;
        let mut config = world.config.clone();
        (config.cache, config.database_connections) = (false, 16);
        let server = api::Server::start(config, api::Hooks::default()).await.expect("a server");
        let (officer, leader) = (world.sign_in(Role::OrganizationOfficer, root).await, world.sign_in(Role::OrganizationLeader, root).await);
        let edition = country::publish(&officer, &leader).await;
        let officer = Client::new(&format!("http://{}", server.address()), officer.token());
        let ask = "query($edition: ID!) { it: candidates(filter: { edition: $edition }, first: 20) { edges { node { name } } } }";
        for _ in 0..8 {
            let found = officer.run(ask, json!({ "edition": edition })).await;
            assert_eq!(found.at("/it/edges").as_array().map(Vec::len), Some(20), "{}", found.text);
        }
        server.stop().await;
        let plans = plans(&["\"served\"", "ORDER BY"]);
        assert!(plans.len() >= 8, "{} plans", plans.len());
        for plan in plans {
            assert!(plan.contains("Index Scan using ix_cadre_name on cadre"), "{plan}");
            by_indexes(&plan);
        }
    }

    /// Among 100,000 people a page of those under an organization is read in its order from what is derived, a summary from
    /// sums, one person by the key: with one plan for all values, and with plans made for theirs.
    async fn pages_and_counts_are_found_by_what_is_derived(world: World) {
        country::settle(&world, 100_000);
        tell_plans(&world);
        let root = root(&world).await;
        let officer = world.sign_in(Role::OrganizationOfficer, root).await;
        let county = world.texts("select cast(id as text) from organization where kind = 'COUNTY' order by id limit 3").await;
        let page = "query($at: ID!) { it: cadres(filter: { organization: $at, positionLevels: [TOWNSHIP_DEPUTY] }, orderBy: ID, first: 20) { edges { node { id name organization { name } memberships { state } } } } }";
        let sums = "query($at: ID!) { it: cadreSummary(organization: $at, groupBy: [LEVEL, BIRTH_YEAR, SEX]) { cells { count } } }";
        let one = "query($id: ID!) { it: cadre(id: $id) { name organization { name } educations { degree } pairs { state } } }";
        // With few connections none is kept for plans that are made once.
        for connections in [16, 4] {
            let mut config = world.config.clone();
            (config.cache, config.database_connections) = (false, connections);
            let server = api::Server::start(config, api::Hooks::default()).await.expect("a server");
            let officer = Client::new(&format!("http://{}", server.address()), officer.token());
            let places = county.iter().map(|it| OrganizationId::from_uuid(it.parse().expect("a key"))).chain([root]);
            for place in places {
                let found = officer.run(page, json!({ "at": global(place) })).await;
                assert_eq!(found.at("/it/edges").as_array().map(Vec::len), Some(20), "{}", found.text);
                let person = found.text_at("/it/edges/0/node/id");
                assert!(officer.run(one, json!({ "id": person })).await.text_at("/it/name").starts_with("Person"));
                let counted = officer.run(sums, json!({ "at": global(place) })).await;
                assert!(counted.at("/it/cells").as_array().is_some_and(|it| it.len() > 100), "{}", counted.text);
            }
            server.stop().await;
        }
        for (words, derived, at_least) in [
            (["\"cadre_scope\"", "part_1"], "Index Only Scan using ix_cadre_scope_level on cadre_scope", 8),
            (["\"cadre_tally\"", "GROUP BY"], "using ix_cadre_tally_ancestor on cadre_tally", 8),
            (["\"pair_part\"", "part_1"], "Index Scan using cadre_pkey on cadre", 8),
        ] {
            let plans = plans(&words);
            assert!(plans.len() >= at_least, "{} plans of {words:?}", plans.len());
            for plan in plans {
                assert!(plan.contains(derived), "{plan}");
                by_indexes(&plan);
            }
        }
    }
}
