//! Connections: one pool to SQLite or PostgreSQL, set up so that neither surprises us.

use std::time::Duration;

use sea_orm::{ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DbBackend};

use crate::config::Config;

/// Connects as the settings say; an SQLite file that is missing is made only where `create` says so.
///
/// # Errors
/// A sentence that says what to do.
pub async fn connect(config: &Config, create: bool) -> Result<DatabaseConnection, String> {
    let url = &config.database_url;
    if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err("database_url must begin with sqlite:// or postgres://".to_owned());
    }
    let timeout_ms = config.statement_timeout_ms;
    let mut options = ConnectOptions::new(url.clone());
    options
        .max_connections(u32::try_from(config.database_connections).unwrap_or(16).max(1))
        .acquire_timeout(Duration::from_millis(config.execution_timeout_ms))
        .connect_timeout(Duration::from_secs(5))
        // Ours to log, once, at the boundary; and a ping before each statement would double the round trips.
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_postgres_opts(move |it| it.options([("statement_timeout", timeout_ms.to_string())]))
        .map_sqlx_sqlite_opts(move |it| {
            it.create_if_missing(create)
                .journal_mode(sea_orm::sqlx::sqlite::SqliteJournalMode::Wal)
                .synchronous(sea_orm::sqlx::sqlite::SqliteSynchronous::Normal)
                .foreign_keys(true)
                .busy_timeout(Duration::from_secs(5))
        });
    let failed = |cause: sea_orm::DbErr| {
        // An address that can't be read is said back whole, password and all.
        let cause = cause.to_string().replace(url, "****");
        format!("the database does not answer ({cause}): is database_url right, and was tidui migrate up run?")
    };
    let db = Database::connect(options).await.map_err(failed)?;
    if db.get_database_backend() == DbBackend::Sqlite {
        db.execute_unprepared("PRAGMA cache_size = -16000").await.map_err(failed)?;
    }
    Ok(db)
}

/// Says what to do when the database lacks migrations.
///
/// # Errors
/// A sentence that names what is missing.
pub async fn require_migrated(db: &DatabaseConnection) -> Result<(), String> {
    let pending = lacking(db).await?;
    if pending.is_empty() {
        return Ok(());
    }
    Err(format!("the database lacks {} migration(s) ({}): run tidui migrate up", pending.len(), pending.join(", ")))
}

/// The migrations that the database lacks.
///
/// # Errors
/// A sentence, when it can't be told.
pub async fn lacking(db: &DatabaseConnection) -> Result<Vec<String>, String> {
    let all = migration::status(db).await.map_err(|cause| format!("the database does not answer: {cause}"))?;
    Ok(all.into_iter().filter(|it| !it.applied).map(|it| it.name).collect())
}

/// What to do with the database's tables.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// Apply what is pending.
    Up,
    /// Take the last migration back.
    Down,
    /// Only tell.
    Status,
}

/// Takes a step, and tells where the tables stand then.
///
/// # Errors
/// A sentence that says what to do.
pub async fn migrate(config: &Config, step: Step) -> Result<Vec<migration::Status>, String> {
    let db = connect(config, step == Step::Up).await?;
    let failed = |cause: sea_orm::DbErr| format!("the tables could not be changed: {cause}");
    match step {
        Step::Up => migration::up(&db).await.map_err(failed)?,
        Step::Down => migration::down(&db, 1).await.map_err(failed)?,
        Step::Status => {}
    }
    let all = migration::status(&db).await.map_err(failed)?;
    db.close().await.map_err(failed)?;
    Ok(all)
}
