//! Builders of policies.

use entity::{
    id::{OrganizationId, PolicyEditionId},
    kind::PolicyState,
    policy_edition,
};
use serde_json::{Value, json};

use crate::world::World;

impl World {
    /// A published policy of an organization, in effect since 2020, with these criteria.
    pub async fn policy(&self, place: OrganizationId, code: &str, criteria: &Value) -> PolicyEditionId {
        self.edition(place, code, json!({ "criteria": criteria })).await
    }

    /// A published policy of who is young, with a list by it; its titles begin with a name.
    pub async fn youth_policy(&self, place: OrganizationId, name: &str, code: &str) -> PolicyEditionId {
        let need = json!({ "fact": "age", "op": "LE", "value": 99, "unit": "YEAR" });
        let young = json!({ "code": "YOUNG", "title": format!("{name} youth"), "severity": "ERROR", "mode": "MUST", "cite": "3", "need": need });
        let list = json!({ "code": "LIST", "title": format!("{name} list"), "factors": ["YOUNG"] });
        self.edition(place, code, json!({ "criteria": [young], "views": { "shortlists": [list] } })).await
    }

    /// A published policy, with these parts of its document.
    async fn edition(&self, place: OrganizationId, code: &str, parts: Value) -> PolicyEditionId {
        let mut document = parts;
        document["code"] = json!(code);
        document["jurisdiction"] = json!("990101");
        document["title"] = json!(format!("{code} policy"));
        document["edition"] = json!(1);
        document["validFrom"] = json!("2020-01-01");
        document["source"] = json!(format!("{code} 1"));
        let id = PolicyEditionId::fresh();
        self.insert(policy_edition::Model {
            id,
            organization_id: place,
            code: code.to_owned(),
            edition: 1,
            title: format!("{code} policy"),
            state: PolicyState::Published,
            valid_from: "2020-01-01".parse().expect("a day"),
            valid_to: None,
            body: document.to_string(),
            drafted_by: None,
            drafted_at: self.now(),
            published_by: None,
            published_at: Some(self.now()),
            version: 1,
        })
        .await;
        id
    }
}
