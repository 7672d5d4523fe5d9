//! First stories.

use entity::kind::Role;
use serde_json::json;
use tests::{both, world::World};

both! {
    async fn an_officer_sees_the_own_county_alone(world: World) {
        let (north, south) = (world.organization("North").await, world.organization("South").await);
        world.cadre(north, "Anna", |_| {}).await;
        world.cadre(south, "Bert", |_| {}).await;
        let officer = world.sign_in(Role::OrganizationOfficer, north).await;
        let answer = officer.run("{ cadres { edges { node { name } } } }", json!({})).await;
        assert_eq!(answer.names("/cadres"), ["Anna"]);
    }
}
