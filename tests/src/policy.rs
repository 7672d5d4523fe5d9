//! Policies that a test puts into effect, as those do who may: an officer drafts, a leader publishes.

use entity::{id::OrganizationId, organization};
use sea_orm::EntityTrait;
use serde_json::{Value, json};

use crate::{client::Client, world::World};

/// Drafts a document; the whole answer under `/it`.
pub const DRAFT: &str = "mutation($text: String!) { it: policyDraft(input: { document: $text }) { problems { code field message } edition { id } } }";
const PUBLISH: &str = "mutation($id: ID!) { it: policyPublish(input: { id: $id, expectedVersion: 1 }) { problems { code field message } edition { id } } }";

/// Drafts and publishes a document; the global id of its edition.
pub async fn publish(officer: &Client, leader: &Client, document: &Value) -> Value {
    let drafted = officer.run(DRAFT, json!({ "text": document.to_string() })).await;
    let id = drafted.done("/it")["edition"]["id"].clone();
    leader.run(PUBLISH, json!({ "id": id })).await.done("/it");
    id
}

/// A document that an organization takes over under its own code.
pub async fn taken_by(world: &World, place: OrganizationId, mut document: Value) -> Value {
    let row =
        organization::Entity::find_by_id(place).one(&world.db).await.expect("an answer").expect("an organization");
    document["jurisdiction"] = json!(row.code);
    document
}
