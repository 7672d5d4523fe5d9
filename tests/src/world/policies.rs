//! Builders of policies.

use chrono::NaiveDate;
use entity::{
    id::{CadreId, OrganizationId, PolicyEditionId, TalkId, TalkIssueId},
    kind::{IssueState, PolicyState, TalkState},
    policy_edition, talk, talk_issue,
};
use serde_json::{Value, json};

use crate::world::World;

impl World {
    /// A published policy of an organization, in effect since 2020, with these criteria.
    pub async fn policy(&self, place: OrganizationId, code: &str, criteria: &Value) -> PolicyEditionId {
        self.policy_with(place, code, json!({ "criteria": criteria })).await
    }

    /// A published policy of who is young, with a list by it; its titles begin with a name.
    pub async fn youth_policy(&self, place: OrganizationId, name: &str, code: &str) -> PolicyEditionId {
        let need = json!({ "fact": "age", "op": "LE", "value": 99, "unit": "YEAR" });
        let young = json!({ "code": "YOUNG", "title": format!("{name} youth"), "severity": "ERROR", "mode": "MUST", "cite": "3", "need": need });
        let list = json!({ "code": "LIST", "title": format!("{name} list"), "factors": ["YOUNG"] });
        self.policy_with(place, code, json!({ "criteria": [young], "views": { "shortlists": [list] } })).await
    }

    /// A published policy, with whatever it says.
    pub async fn policy_with(&self, place: OrganizationId, code: &str, said: Value) -> PolicyEditionId {
        let mut document = json!({
            "code": code, "jurisdiction": "990101", "title": format!("{code} policy"), "edition": 1,
            "validFrom": "2020-01-01", "source": format!("{code} 1"),
        });
        document.as_object_mut().expect("an object").extend(said.as_object().expect("sections").clone());
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

    /// A talk with a person that was held on a day.
    pub async fn talk(
        &self,
        edition_id: PolicyEditionId,
        organization_id: OrganizationId,
        cadre_id: CadreId,
        conductor: &str,
        held_on: NaiveDate,
    ) -> TalkId {
        let id = TalkId::fresh();
        self.insert(talk::Model {
            id,
            edition_id,
            organization_id,
            cadre_id: Some(cadre_id),
            unit_id: None,
            kind: "SUMMONED".to_owned(),
            trigger: None,
            conductor: conductor.to_owned(),
            topic: None,
            state: TalkState::Held,
            requested_on: held_on,
            answer_by: None,
            fixed_for: None,
            held_on: Some(held_on),
            follow_up_on: None,
            requested_by: None,
            version: 1,
        })
        .await;
        id
    }

    /// A matter that was raised in a talk on a day.
    pub async fn issue(&self, talk_id: TalkId, topic: &str, state: IssueState, raised_on: NaiveDate) -> TalkIssueId {
        let id = TalkIssueId::fresh();
        self.insert(talk_issue::Model {
            id,
            talk_id,
            topic: topic.to_owned(),
            state,
            raised_on,
            closed_on: Some(raised_on).filter(|_| state != IssueState::Open),
            document_number: None,
            version: 1,
        })
        .await;
        id
    }
}
