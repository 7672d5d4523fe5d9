//! What policies declare and somebody signs, criteria that pass for somebody, and what was done about due items.

use entity::{
    criterion_waiver, declared_fact, duty_entry,
    id::{CriterionWaiverId, DeclaredFactId, DutyEntryId, Key, PolicyEditionId},
    kind::{DutyState, DutySubject, FactState},
};
use serde_json::json;
use tests::{dice::Dice, world::World};

use super::Built;

/// What every policy says: one criterion that nobody meets, and one that a signed fact meets.
pub fn body(number: usize) -> String {
    let criterion = |code: &str, need| json!({ "code": code, "title": code, "severity": "ERROR", "mode": "MUST", "cite": "1", "waiver": { "by": "ORGANIZATION_LEADER" }, "need": need });
    json!({
        "code": format!("policy-{number}"), "jurisdiction": "990101", "title": "Policy", "edition": 1, "validFrom": "2020-01-01", "source": "1",
        "facts": [{ "code": "SIGNED", "title": "Signed", "about": "CADRE", "nature": "STATEMENT" }],
        "criteria": [
            criterion("YOUNG", json!({ "fact": "age", "op": "LE", "value": 1, "unit": "YEAR" })),
            criterion("SIGNED", json!({ "attested": "SIGNED" })),
        ],
    })
    .to_string()
}

/// Of each person a fact or none, a waiver or none; of each place a fact; entries of people and of places, near or not. They
/// throw dice of their own.
pub async fn fill(world: &World, built: &Built, editions: &[PolicyEditionId], seed: u64) {
    let mut dice = Dice::new(seed + 47);
    for (number, person) in built.people.iter().enumerate() {
        if dice.chance(60) {
            let cadre_id = Some(*person);
            fact(world, |row| {
                (row.edition_id, row.organization_id, row.cadre_id) =
                    (dice.pick(editions), dice.pick(&built.places), cadre_id);
                row.state = if dice.chance(80) { FactState::Recorded } else { FactState::Voided };
            })
            .await;
        }
        if dice.chance(50) {
            let row = criterion_waiver::Model {
                id: CriterionWaiverId::fresh(),
                edition_id: dice.pick(editions),
                criterion: "YOUNG".to_owned(),
                cadre_id: *person,
                reason: format!("Passes {number}"),
                waived_by: None,
                waived_on: world.today(),
                valid_to: None,
                version: 1,
            };
            world.insert(row).await;
        }
        entry(world, |row| {
            (row.edition_id, row.organization_id) = (dice.pick(editions), dice.pick(&built.places));
            row.cadre_id = dice.chance(70).then_some(*person);
            row.subject_id = person.uuid();
            row.state =
                dice.pick(&[DutyState::Submitted, DutyState::Accepted, DutyState::Excused, DutyState::Returned]);
        })
        .await;
    }
    for place in &built.places {
        fact(world, |row| (row.edition_id, row.organization_id) = (dice.pick(editions), *place)).await;
    }
}

async fn fact(world: &World, change: impl FnOnce(&mut declared_fact::Model)) {
    let mut row = declared_fact::Model {
        id: DeclaredFactId::fresh(),
        edition_id: PolicyEditionId::fresh(),
        code: "SIGNED".to_owned(),
        organization_id: entity::id::OrganizationId::fresh(),
        cadre_id: None,
        holds: true,
        number: None,
        valid_from: world.today() - chrono::TimeDelta::days(9),
        valid_to: None,
        document_number: None,
        source: "Signed".to_owned(),
        recorded_at: world.now(),
        recorded_by: None,
        state: FactState::Recorded,
        void_reason: None,
        version: 1,
    };
    change(&mut row);
    world.insert(row).await;
}

async fn entry(world: &World, change: impl FnOnce(&mut duty_entry::Model)) {
    let day = world.today() - chrono::TimeDelta::days(9);
    let mut row = duty_entry::Model {
        id: DutyEntryId::fresh(),
        edition_id: PolicyEditionId::fresh(),
        code: "REPORT".to_owned(),
        organization_id: entity::id::OrganizationId::fresh(),
        subject_kind: DutySubject::Cadre,
        subject_id: uuid::Uuid::nil(),
        cadre_id: None,
        due_on: day,
        state: DutyState::Submitted,
        content: Some("Done".to_owned()),
        document_number: None,
        done_by: None,
        done_on: day,
        decided_by: None,
        reason: None,
        version: 1,
    };
    change(&mut row);
    world.insert(row).await;
}
