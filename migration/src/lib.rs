//! Frozen history of the tables. Names are spelled out: history does not follow renames in `entity`.
//!
//! The library takes no lock, so two replicas that start together would race. `up`, `down` take a sentinel row
//! (`migration_lock`) for the whole run, which works on every engine that has row locks, advisory locks or not. All
//! migrations of one run share that transaction: a run happens whole or not at all.

mod alter;
mod columns;
mod m20261121_000001_registry;
mod m20261121_000002_programmes;
mod m20261121_000003_audit;
mod m20261121_000004_signin;
mod m20261121_000005_trail;
mod m20261121_000006_keys;
mod m20261121_000007_factors;
mod m20261121_000008_reach;
mod m20261121_000009_career;
mod m20261121_000010_pools;
mod m20261121_000011_mentoring;
mod m20261121_000012_imports;
mod m20261121_000013_organizations;
mod m20261121_000014_uploads;
mod m20261121_000015_downloads;
mod m20261121_000016_outbox;
mod m20261121_000017_forms;
mod m20261121_000018_planning;
mod m20261121_000019_transfers;
mod m20261121_000021_party;
mod m20261121_000022_policies;
mod m20261121_000023_mechanisms;
mod m20261122_000024_seen;
mod m20261122_000025_searches;
mod m20261122_000026_rounds;
mod m20261122_000027_helping;
mod m20261122_000028_derived;
mod m20261122_000029_looks;

use sea_orm_migration::{
    MigratorTrait as _,
    prelude::*,
    sea_orm::{ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, TransactionTrait},
};

struct Migrator;

#[async_trait::async_trait]
impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            Box::new(m20261121_000001_registry::Migration),
            Box::new(m20261121_000002_programmes::Migration),
            Box::new(m20261121_000003_audit::Migration),
            Box::new(m20261121_000004_signin::Migration),
            Box::new(m20261121_000005_trail::Migration),
            Box::new(m20261121_000006_keys::Migration),
            Box::new(m20261121_000007_factors::Migration),
            Box::new(m20261121_000008_reach::Migration),
            Box::new(m20261121_000009_career::Migration),
            Box::new(m20261121_000010_pools::Migration),
            Box::new(m20261121_000011_mentoring::Migration),
            Box::new(m20261121_000012_imports::Migration),
            Box::new(m20261121_000013_organizations::Migration),
            Box::new(m20261121_000014_uploads::Migration),
            Box::new(m20261121_000015_downloads::Migration),
            Box::new(m20261121_000016_outbox::Migration),
            Box::new(m20261121_000017_forms::Migration),
            Box::new(m20261121_000018_planning::Migration),
            Box::new(m20261121_000019_transfers::Migration),
            Box::new(m20261121_000021_party::Migration),
            Box::new(m20261121_000022_policies::Migration),
            Box::new(m20261121_000023_mechanisms::Migration),
            Box::new(m20261122_000024_seen::Migration),
            Box::new(m20261122_000025_searches::Migration),
            Box::new(m20261122_000026_rounds::Migration),
            Box::new(m20261122_000027_helping::Migration),
            Box::new(m20261122_000028_derived::Migration),
            Box::new(m20261122_000029_looks::Migration),
        ]
    }
}

/// A migration and whether the database has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Status {
    /// Its name, such as `m20261121_000001_registry`.
    pub name: String,
    /// Whether the database has it.
    pub applied: bool,
}

/// Applies what is pending.
///
/// # Errors
/// Whatever the database says; then nothing of this run was applied.
pub async fn up(db: &DatabaseConnection) -> Result<(), DbErr> {
    let held = lock(db).await?;
    Migrator::up(&held, None).await?;
    held.commit().await
}

/// Takes back the last `steps` migrations, with the rows that stand in their tables.
///
/// # Errors
/// Whatever the database says; then nothing was taken back.
pub async fn down(db: &DatabaseConnection, steps: u32) -> Result<(), DbErr> {
    let held = lock(db).await?;
    Migrator::down(&held, Some(steps)).await?;
    held.commit().await
}

/// Every migration, oldest first, and whether the database has it. Changes nothing, so a reader without the right to
/// define tables may ask.
///
/// # Errors
/// Whatever the database says.
pub async fn status(db: &DatabaseConnection) -> Result<Vec<Status>, DbErr> {
    let pending = Migrator::get_pending_migrations_read_only(db).await?;
    let pending: Vec<&str> = pending.iter().map(|it| it.name()).collect();
    Ok(Migrator::get_migration_files()
        .iter()
        .map(|it| Status { name: it.name().to_owned(), applied: !pending.contains(&it.name()) })
        .collect())
}

/// Opens the transaction that holds the sentinel row until it ends.
async fn lock(db: &DatabaseConnection) -> Result<DatabaseTransaction, DbErr> {
    let make = "CREATE TABLE IF NOT EXISTS migration_lock (id integer PRIMARY KEY)";
    if let Err(first) = db.execute_unprepared(make).await {
        // Two processes that create the table at one moment: one loses on PostgreSQL's catalogue, and finds it made.
        db.execute_unprepared(make).await.map_err(|_| first)?;
    }
    db.execute_unprepared("INSERT INTO migration_lock (id) VALUES (1) ON CONFLICT DO NOTHING").await?;
    let held = db.begin().await?;
    let take = match db.get_database_backend() {
        DbBackend::Postgres => "SELECT id FROM migration_lock WHERE id = 1 FOR UPDATE",
        // SQLite has one writer: a write takes the lock, and waits for it as long as `busy_timeout` says.
        _ => "UPDATE migration_lock SET id = 1 WHERE id = 1",
    };
    held.execute_unprepared(take).await?;
    Ok(held)
}
