//! What hangs on the people and pools of the world: facts, sealed values, steps, requests, readings, acts.

use entity::{
    cadre_transfer,
    id::{AccountId, CadreId, Key, OrganizationId, PairCapacityId, PairEvaluationId, PoolId, PoolMembershipId},
    kind::{
        AccessPurpose, CivilServantRank, CorrectionState, EvaluationSide, FactState, ManagementAuthority, PairSide,
        Role, SealedField, SecrecyLevel, TransferState,
    },
    pair_capacity, pair_evaluation, pair_part,
    partial_date::PartialDate,
};
use sea_orm::EntityTrait;
use serde_json::Value;
use tests::world::{World, global};

use super::{Built, Dice};

/// Facts of a person: those in force, and some that were so once.
pub async fn dossier(world: &World, dice: &mut Dice, person: CadreId, name: &str) {
    let rank = dice.pick(&CivilServantRank::ALL[8..12]);
    world.dossier(person, &format!("Of {name}"), rank, FactState::Recorded).await;
    if dice.chance(30) {
        let state = dice.pick(&[FactState::Superseded, FactState::Voided]);
        world.dossier(person, &format!("Once of {name}"), rank, state).await;
    }
}

/// The day of all moves.
pub const MOVED: chrono::NaiveDate = chrono::NaiveDate::from_ymd_opt(2015, 6, 15).expect("a day");

/// People who moved, as themselves alone and as leaders somewhere else; people who said a word on a pair, as officers of
/// their own unit alone.
pub async fn concerned(world: &World, built: &Built) -> Vec<AccountId> {
    let mut out = Vec::new();
    let mut moves = cadre_transfer::Entity::find().all(&world.db).await.expect("moves");
    moves.sort_by_key(|it| it.id);
    let moves: Vec<_> = moves.into_iter().filter(|it| it.state == TransferState::Completed).take(6).collect();
    for (number, row) in moves.iter().enumerate() {
        let account = world.account(Some(row.cadre_id)).await;
        let role = if number % 2 == 0 { Role::Cadre } else { Role::OrganizationLeader };
        let elsewhere = built.places.iter().rev().find(|it| **it != row.from_id && **it != row.to_id);
        world.grant(account, role, *elsewhere.expect("a place"), None).await;
        out.push(account);
    }
    let mut words = pair_evaluation::Entity::find().all(&world.db).await.expect("words");
    words.sort_by_key(|it| it.id);
    for person in words.iter().filter_map(|it| it.cadre_id).take(8) {
        let at = built.people.iter().position(|it| *it == person).expect("one of the people");
        let account = world.account(Some(person)).await;
        world.grant(account, Role::UnitOfficer, built.homes[at], None).await;
        out.push(account);
    }
    out
}

/// Offers and moves of some people, to anywhere, in every state. They throw dice of their own.
pub async fn transfers(world: &World, built: &Built, seed: u64) {
    let mut dice = Dice::new(seed + 19);
    for (person, home) in built.people.iter().zip(&built.homes) {
        let to = dice.pick(&built.places);
        if to == *home || dice.chance(40) {
            continue;
        }
        let state = dice.pick(&[
            TransferState::Offered,
            TransferState::Offered,
            TransferState::Completed,
            TransferState::Refused,
        ]);
        // What is over may be of a time when somebody else kept the person.
        let from = if state == TransferState::Offered { *home } else { dice.pick(&built.places) };
        let id = world.offer(*person, (from, "Home"), (to, "Elsewhere")).await;
        let moved = (state == TransferState::Completed).then_some(MOVED);
        let values = vec![state.into(), moved.into(), id.into()];
        world.sql("update cadre_transfer set state = $1, effective_on = $2 where id = $3", values).await;
    }
}

/// Words on pairs by their people and by the keeper, and capacities of some places. They throw dice of their own.
pub async fn words(world: &World, built: &Built, seed: u64) {
    let mut dice = Dice::new(seed + 31);
    let mut parts = pair_part::Entity::find().all(&world.db).await.expect("parts");
    parts.sort_by_key(|it| it.id);
    for (number, part) in parts.iter().enumerate() {
        let side = if part.side == PairSide::Mentor { EvaluationSide::Mentor } else { EvaluationSide::Mentee };
        let by = [(side, Some(part.cadre_id)), (EvaluationSide::Organization, None)];
        for (side, cadre_id) in by.into_iter().filter(|_| dice.chance(50)) {
            let row = pair_evaluation::Model {
                id: PairEvaluationId::fresh(),
                pair_id: part.pair_id,
                side,
                cadre_id,
                grade: "GOOD".to_owned(),
                summary: format!("Word {number} of {}", side.text()),
                evaluated_on: world.today(),
                evaluated_by: None,
                recorded_at: world.now(),
                version: 1,
            };
            world.insert(row).await;
        }
    }
    for (number, place) in built.places.iter().enumerate().filter(|(number, _)| number % 3 != 1) {
        let row = pair_capacity::Model {
            id: PairCapacityId::fresh(),
            organization_id: *place,
            mentees_per_mentor: Some(i32::try_from(number).expect("few places") + 1),
            mentors_per_mentee: None,
            valid_from: world.today(),
            valid_to: None,
            set_by: None,
            recorded_at: world.now(),
            version: 1,
        };
        world.insert(row).await;
    }
}

/// Ranks of some people that ended years ago.
pub async fn ended_ranks(world: &World, built: &Built) {
    let ended = PartialDate::parse("2021-05");
    for person in built.people.iter().step_by(5) {
        world
            .sql("update rank_period set valid_to = $1 where cadre_id = $2", vec![ended.into(), (*person).into()])
            .await;
    }
}

/// Somebody who never held a grant, whose act stands in the trail all the same.
pub async fn stranger(world: &World, built: &Built) {
    let account = world.account(None).await;
    world.act(Some(account), "CADRE_UPDATE", "oracle", &[built.people[0].uuid(), built.people[1].uuid()]).await;
}

/// A track of a pool, and steps of its memberships.
pub async fn course(world: &World, dice: &mut Dice, pool: PoolId, memberships: &[PoolMembershipId]) {
    world.track(pool, &format!("T{}", dice.below(3))).await;
    for (number, membership) in memberships.iter().enumerate() {
        for step in 0..dice.below(3) {
            world.step(*membership, &format!("Step {number} {step}")).await;
        }
    }
}

/// Where accounts belong; what they asked for, read and did. Every eighth of them belongs nowhere.
pub async fn doings(world: &World, built: &mut Built, accounts: &[AccountId]) {
    for (number, account) in accounts.iter().enumerate() {
        if number % 8 != 7 {
            let place: OrganizationId = built.dice.pick(&built.places);
            let values = vec![place.into(), (*account).into()];
            world.sql("update account set organization_id = $1 where id = $2", values).await;
        }
        for _ in 0..3 {
            let person = built.dice.pick(&built.people);
            let field = built.dice.pick(SealedField::ALL);
            world.reading(person, *account, field, AccessPurpose::Inspection).await;
        }
        for _ in 0..2 {
            let rows = [built.dice.pick(&built.people).uuid(), built.dice.pick(&built.places).uuid()];
            world.act(Some(*account), "CADRE_UPDATE", "oracle", &rows[built.dice.below(2)..]).await;
        }
    }
    for _ in 0..4 {
        let row = built.dice.pick(&built.people).uuid();
        world.act(None, "ROSTER_IMPORT", "oracle", &[row]).await;
    }
    for person in built.people.clone() {
        if built.dice.chance(60) {
            let request = world.correction(person, built.dice.pick(accounts)).await;
            let state = built.dice.pick(CorrectionState::ALL);
            world
                .sql("update correction_request set state = $1 where id = $2", vec![state.into(), request.into()])
                .await;
        }
    }
}

/// An auditor of everything, and others whose grants carry a ceiling or a tier.
pub async fn auditors(world: &World, built: &mut Built) -> Vec<AccountId> {
    let mut out = Vec::new();
    let (north, south) = (built.places[0], built.places[built.places.len() / 2]);
    let some = [
        (&[north, south][..], None, SecrecyLevel::Internal),
        (&[north, south][..], None, SecrecyLevel::TopSecret),
        (&[north][..], None, SecrecyLevel::Confidential),
        (&[south][..], None, SecrecyLevel::TopSecret),
        (&[north][..], Some(ManagementAuthority::Municipal), SecrecyLevel::Secret),
    ];
    for (places, tier, ceiling) in some {
        let account = world.account(None).await;
        for at in places {
            let change =
                |row: &mut entity::account_grant::Model| (row.managing_tier, row.secrecy_ceiling) = (tier, ceiling);
            world.grant_of(account, Role::AuditAdmin, *at, change).await;
        }
        out.push(account);
    }
    // Officers whose tier is another one at each place: neither reaches the other's place.
    for role in [Role::OrganizationOfficer, Role::OrganizationLeader] {
        let account = world.account(None).await;
        for (at, tier) in [(north, ManagementAuthority::Municipal), (south, ManagementAuthority::Central)] {
            let change = |row: &mut entity::account_grant::Model| row.managing_tier = Some(tier);
            world.grant_of(account, role, at, change).await;
        }
        out.push(account);
    }
    // Administrators who reach a whole county, so that much of it can be explained and granted.
    for (role, at) in [(Role::SecurityAdmin, north), (Role::SystemAdmin, south), (Role::SecurityAdmin, south)] {
        let account = world.account(Some(built.dice.pick(&built.people))).await;
        world.grant(account, role, at, None).await;
        out.push(account);
    }
    out
}

/// The phone of a person of this name, where one is on record.
pub fn phone(name: &str) -> Option<String> {
    let number: usize = name.rsplit(' ').next()?.parse().ok()?;
    number.is_multiple_of(2).then(|| format!("100000000{number:02}"))
}

/// Seals phones as a client does: by an officer whom no tier or ceiling stops.
pub async fn phones(world: &World, built: &Built) {
    let account = world.account(None).await;
    for at in [built.places[0], built.places[built.places.len() / 2]] {
        let change = |row: &mut entity::account_grant::Model| row.secrecy_ceiling = SecrecyLevel::TopSecret;
        world.grant_of(account, Role::OrganizationOfficer, at, change).await;
    }
    let changes = built.people.iter().enumerate().filter_map(|(number, person)| {
        let (id, phone) = (global(*person), phone(&format!("Person {number:02}"))?);
        let input = format!("{{ id: \"{id}\", expectedVersion: 1, phone: \"{phone}\" }}");
        Some(format!("c{number}: cadreUpdate(input: {input}) {{ problems {{ code message }} }}\n"))
    });
    let document = format!("mutation {{ {} }}", changes.collect::<String>());
    let answer = world.client(account).run(&document, Value::Null).await;
    let problems =
        answer.at("").as_object().expect("answers").values().all(|it| it["problems"] == Value::Array(vec![]));
    assert!(problems, "{}", answer.text);
}
