//! Papers of offices: policies, talks by them, files that came in with what was found in them, posts with those who fill them.

use entity::{
    id::{AccountId, ImportFindingId, ImportId, ImportRunId, OrganizationId, PolicyEditionId, PostId, UploadId},
    import, import_finding, import_run,
    kind::{ImportKind, ImportMode, ImportState, IssueState, PolicyState, PostRole},
    policy_edition, post, post_assignment, upload,
};
use sea_orm::EntityTrait;
use tests::{dice::Dice, world::World};

use super::Built;

/// Of every place: a draft, a policy that is published, and an import; files of some accounts about places that they
/// may, or may no more, import for. They throw dice of their own.
pub async fn fill(world: &World, built: &Built, accounts: &[AccountId], seed: u64) {
    let mut dice = Dice::new(seed + 43);
    let mut editions = Vec::new();
    for (number, place) in built.places.iter().enumerate() {
        for state in [PolicyState::Draft, PolicyState::Published] {
            editions.push(edition(world, *place, number, state).await);
        }
        imported(world, *place, number).await;
    }
    for (number, account) in accounts.iter().enumerate() {
        for file in 0..3 {
            let place = dice.pick(&built.places);
            let name = format!("File {number} {file}");
            sent(world, *account, place, &name).await;
        }
    }
    seats(world, built, &mut dice).await;
    talks(world, built, &editions, seed).await;
    super::declared::fill(world, built, &editions, seed).await;
}

/// Talks with some people, held by people of some place, near or not; what was raised in each; and some with a unit.
async fn talks(world: &World, built: &Built, editions: &[PolicyEditionId], seed: u64) {
    let mut dice = Dice::new(seed + 44);
    let today = world.today();
    for person in &built.people {
        let (edition, place) = (dice.pick(editions), dice.pick(&built.places));
        let id = world.talk(edition, place, *person, "MINISTER", today).await;
        world.issue(id, "GENERAL", IssueState::Open, today).await;
        if dice.chance(20) {
            let sql = "update talk set unit_id = organization_id, cadre_id = null where id = $1";
            world.sql(sql, vec![id.into()]).await;
        }
    }
}

async fn edition(world: &World, organization_id: OrganizationId, number: usize, state: PolicyState) -> PolicyEditionId {
    let row = policy_edition::Model {
        id: PolicyEditionId::fresh(),
        organization_id,
        code: format!("policy-{number}"),
        edition: if state == PolicyState::Draft { 2 } else { 1 },
        title: format!("Policy {number}"),
        state,
        valid_from: world.today(),
        valid_to: None,
        body: super::declared::body(number),
        drafted_by: None,
        drafted_at: world.now(),
        published_by: None,
        published_at: (state == PolicyState::Published).then(|| world.now()),
        version: 1,
    };
    let id = row.id;
    world.insert(row).await;
    id
}

async fn imported(world: &World, organization_id: OrganizationId, number: usize) {
    let row = import::Model {
        id: ImportId::fresh(),
        kind: ImportKind::Roster,
        organization_id,
        file_name: format!("Import {number}"),
        file_hash: format!("{number:064}"),
        mode: ImportMode::All,
        rows_read: 1,
        added: 1,
        changed: 0,
        unchanged: 0,
        skipped: 0,
        errors: 0,
        warnings: 0,
        hints: 0,
        imported_at: world.now(),
        imported_by: None,
        version: 1,
    };
    world.insert(row).await;
}

/// A file that has not come, a run of an earlier one, and what that found.
async fn sent(world: &World, account_id: AccountId, organization_id: OrganizationId, file_name: &str) {
    let (kind, file_name) = (ImportKind::Roster, file_name.to_owned());
    let (upload_id, run_id) = (UploadId::fresh(), ImportRunId::fresh());
    let row = upload::Model {
        id: upload_id,
        kind,
        organization_id,
        account_id,
        file_name: file_name.clone(),
        size: 1,
        sha256: None,
        expires_at: world.now(),
        token_id: None,
        sign_in_id: None,
        received_at: None,
        kept_until: world.now() + chrono::TimeDelta::days(1),
        version: 1,
    };
    world.insert(row).await;
    let row = import_run::Model {
        id: run_id,
        kind,
        organization_id,
        account_id,
        upload_id,
        import_id: None,
        file_name: file_name.clone(),
        file_hash: String::new(),
        mode: ImportMode::All,
        dry_run: false,
        state: ImportState::Done,
        failure: None,
        rows_read: 1,
        rows_total: 1,
        added: 0,
        changed: 0,
        unchanged: 0,
        skipped: 0,
        errors: 1,
        warnings: 0,
        hints: 0,
        process: uuid::Uuid::nil(),
        beaten_at: world.now(),
        requested_at: world.now(),
        ended_at: Some(world.now()),
        version: 1,
    };
    world.insert(row).await;
    found(world, run_id, &file_name).await;
}

async fn found(world: &World, run_id: ImportRunId, file_name: &str) {
    let row = import_finding::Model {
        id: ImportFindingId::fresh(),
        run_id,
        severity: "error".to_owned(),
        code: "empty".to_owned(),
        form: None,
        line: Some(2),
        header: None,
        message: format!("Found in {file_name}"),
        remedy: "Fill it".to_owned(),
        candidates: None,
        version: 1,
    };
    world.insert(row).await;
}

/// Two posts of each place, and most people in one or another.
async fn seats(world: &World, built: &Built, dice: &mut Dice) {
    let mut seats = Vec::new();
    for place in &built.places {
        for code in ["A", "B"] {
            let row = post::Model {
                id: PostId::fresh(),
                organization_id: *place,
                code: code.to_owned(),
                title: format!("Seat {code}"),
                role: PostRole::Deputy,
                level: None,
                approved_headcount: 2,
                valid_from: world.today(),
                valid_to: None,
                version: 1,
            };
            seats.push(row.id);
            world.insert(row).await;
        }
    }
    let mut held = post_assignment::Entity::find().all(&world.db).await.expect("posts");
    held.sort_by_key(|it| it.id);
    for row in held {
        // One of five fills none.
        if dice.chance(20) {
            continue;
        }
        let seat: PostId = dice.pick(&seats);
        world.sql("update post_assignment set post_id = $1 where id = $2", vec![seat.into(), row.id.into()]).await;
    }
}
