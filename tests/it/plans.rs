//! How PostgreSQL finds the people of a page: by indexes, however many there are beside them.

use entity::{
    id::{Key, OrganizationId},
    kind::Role,
};
use serde_json::json;
use tests::{client::Client, country, postgres, world::World};

/// Tables that grow with the people.
const LARGE: [&str; 6] = ["cadre", "level_period", "post_assignment", "experience", "education", "assessment"];

postgres! {
    /// A page of candidates is read by indexes alone, the first time and when the database has seen it often.
    async fn candidates_are_found_by_indexes(world: World) {
        country::settle(&world, 20_000);
        let explain = format!(
            "load 'auto_explain'; alter database {0} set session_preload_libraries = 'auto_explain';
             alter database {0} set auto_explain.log_min_duration = 0",
            world.database()
        );
        postgres::shared().psql(world.database(), &explain).expect("plans in the log");
        let root = world.texts("select cast(id as text) from organization where parent_id is null").await;
        let root = OrganizationId::from_uuid(root[0].parse().expect("a key"));
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
        let log = std::fs::read_to_string(postgres::shared().log()).expect("a log");
        let plans: Vec<&str> = log.split("LOG:  duration").filter(|it| it.contains("\"served\"") && it.contains("ORDER BY")).collect();
        assert!(plans.len() >= 8, "{} plans", plans.len());
        for plan in plans {
            assert!(plan.contains("Index Scan using ix_cadre_name on cadre"), "{plan}");
            for table in LARGE {
                assert!(!plan.contains(&format!("Seq Scan on {table}")), "all of {table} is read: {plan}");
            }
        }
    }
}
