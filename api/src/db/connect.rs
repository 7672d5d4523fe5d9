//! Connections: one pool to SQLite or PostgreSQL, set up so that neither surprises us, and to PostgreSQL some apart. Each
//! thread that serves has its own, which wake no other, one of them for changes. There rows are read by their keys, with
//! plans that are made once: the plan of such a read is the same whatever the keys, and making it anew takes several times as
//! long as the read. Searches have theirs planned each time.

mod lines;

use std::{sync::Arc, thread::available_parallelism, time::Duration};

use sea_orm::{
    ConnectOptions, ConnectionTrait, Database, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr,
    SqlxPostgresConnector, TransactionOptions, TransactionTrait,
    sqlx::{
        ConnectOptions as _,
        postgres::{PgConnectOptions, PgPoolOptions},
    },
};
use tokio::sync::OnceCell;

use crate::{config::Config, shared::store::PerThread};
use lines::Lines;

pub use lines::Link;

/// How PostgreSQL is to plan a question. SQLite plans each anew.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Plans {
    /// As it sees fit: after some times it may keep one plan for all values.
    Shared,
    /// Once: rows are asked for by keys alone, and one plan does for all of them.
    Once,
    /// Each time: what it looks for differs so much that one plan for all values would be a bad one for most.
    Anew,
}

/// Connects as the settings say; an SQLite file that is missing is made only where `create` says so.
///
/// # Errors
/// A sentence that says what to do.
pub async fn connect(config: &Config, create: bool) -> Result<DatabaseConnection, String> {
    let url = &config.database_url;
    if !["sqlite:", "postgres:", "postgresql:"].iter().any(|scheme| url.starts_with(scheme)) {
        return Err("database_url must begin with sqlite:// or postgres://".to_owned());
    }
    let mut options = options(config, Shares::of(config).common, None);
    options.map_sqlx_sqlite_opts(move |it| {
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

/// Connections that all threads share, where there are twice as many; with fewer than these no thread has its own.
const SHARED: u32 = 8;
/// Of these, those of searches, whose plans are made each time.
const SEARCHING: u32 = 2;
/// Of these, those of changes, whose plans are made once: they read and write rows by their keys.
const WRITING: u32 = 2;

/// Who has how many of the connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Shares {
    /// All threads, for all else.
    common: u32,
    /// All threads, for searches.
    searches: u32,
    /// All threads, for changes.
    changes: u32,
    /// Each thread for itself, for reads by keys.
    lines: u32,
    /// Each thread for itself, for changes.
    near: u32,
}

impl Shares {
    fn of(config: &Config) -> Self {
        let all = u32::try_from(config.database_connections).unwrap_or(16).max(1);
        let cores = || available_parallelism().map_or(1, std::num::NonZero::get);
        let workers = if config.workers == 0 { cores() } else { usize::try_from(config.workers).unwrap_or(1) };
        Self::among(all, u32::try_from(workers).unwrap_or(1), config.database_url.starts_with("sqlite:"))
    }

    fn among(all: u32, workers: u32, one_file: bool) -> Self {
        if one_file {
            return Self { common: all, ..Self::default() };
        }
        // Changes, lists and jobs go by the shared ones, and are not to wait for each other.
        let shared = if all < SHARED { all } else { SHARED.min(all / 2) };
        let own = (all - shared) / workers;
        let shared = all - own * workers;
        let searches = if shared < SHARED { 0 } else { SEARCHING };
        let changes = if shared < 2 * WRITING { 0 } else { WRITING };
        let common = shared - searches - changes;
        let (changes, lines, near) = match own {
            WITH_CHANGES.. => (changes, own - 1, 1),
            1.. if changes >= workers => (changes - workers, own, 1),
            _ => (changes, own, 0),
        };
        Self { common, searches, changes, lines, near }
    }
}

/// What a connection to PostgreSQL begins with.
fn set(config: &Config, plans: Option<&str>) -> Vec<(&'static str, String)> {
    let mut set = vec![("statement_timeout", config.statement_timeout_ms.to_string())];
    set.extend(plans.map(|it| ("plan_cache_mode", it.to_owned())));
    set
}

/// How to connect; `plans` says how PostgreSQL is to plan, where that is not left to it.
fn options(config: &Config, connections: u32, plans: Option<&str>) -> ConnectOptions {
    let set = set(config, plans);
    let mut options = ConnectOptions::new(config.database_url.clone());
    options
        .max_connections(connections)
        .acquire_timeout(Duration::from_millis(config.execution_timeout_ms))
        .connect_timeout(Duration::from_secs(5))
        // Ours to log, once, at the boundary; and a ping before each statement would double the round trips.
        .sqlx_logging(false)
        .test_before_acquire(false)
        .map_sqlx_postgres_opts(move |it| it.options(set.clone()));
    options
}

/// A thread that has so many for itself has one of them for changes; one that has fewer gets one of those that are for
/// changes, where there are enough.
const WITH_CHANGES: u32 = 3;
/// How long a change waits for that one while another holds it, before it takes one that threads share.
const PATIENCE: Duration = Duration::from_millis(20);

/// Connections of each serving thread's own, for reads by keys and for changes; those for searches and those for further
/// changes, which all threads share.
pub struct Own {
    lines: PerThread<Arc<Lines>>,
    near: PerThread<DatabaseConnection>,
    /// How a thread connects, where it has connections of its own.
    options: Option<PgConnectOptions>,
    shares: Shares,
    searches: Apart,
    changes: Apart,
}

/// Some connections that are planned in a way of their own.
struct Apart {
    options: Option<ConnectOptions>,
    made: OnceCell<DatabaseConnection>,
}

impl Apart {
    /// So many, made when they are first needed.
    fn new(config: &Config, connections: u32, plans: &'static str) -> Self {
        Self { options: lazy(config, connections, plans), made: OnceCell::new() }
    }

    /// Them, or those that all share.
    async fn or<'c>(&'c self, shared: &'c DatabaseConnection) -> &'c DatabaseConnection {
        let Some(options) = &self.options else { return shared };
        // Lazy: nothing is asked of the database yet, so nothing can fail but the address, which was good before.
        self.made.get_or_try_init(|| Box::pin(Database::connect(options.clone()))).await.unwrap_or(shared)
    }
}

fn lazy(config: &Config, connections: u32, plans: &'static str) -> Option<ConnectOptions> {
    let mut options = options(config, connections, Some(plans));
    options.connect_lazy(true);
    (connections > 0).then_some(options)
}

impl Own {
    /// As the settings say; none to SQLite, where plans cost little and one file has one writer.
    pub fn of(config: &Config) -> Self {
        let shares = Shares::of(config);
        let options = config.database_url.parse::<PgConnectOptions>().ok().filter(|_| shares.lines > 0);
        let options = options.map(|it| it.options(set(config, Some("force_generic_plan"))).disable_statement_logging());
        Self {
            lines: PerThread::default(),
            near: PerThread::default(),
            options,
            shares,
            searches: Apart::new(config, shares.searches, "force_custom_plan"),
            changes: Apart::new(config, shares.changes, "force_generic_plan"),
        }
    }

    /// Has this thread keep connections of its own from here on: it serves, and lives as long as the server.
    pub fn adopt(&self) {
        if self.options.is_some() {
            self.lines.adopt();
            self.near.adopt();
        }
    }

    /// Where to ask what is to be planned so.
    pub(super) async fn planned<'c>(&'c self, plans: Plans, shared: &'c DatabaseConnection) -> Link<'c> {
        match plans {
            Plans::Once => self.lines().map_or(Link::Shared(shared), |it| Link::Own(it, shared)),
            Plans::Anew => Link::Shared(self.searches.or(shared).await),
            Plans::Shared => Link::Shared(shared),
        }
    }

    /// Begins a change: on the thread's own connection, unless one that takes its time holds it.
    ///
    /// # Errors
    /// When the database does not answer.
    pub(super) async fn begin(
        &self,
        shared: &DatabaseConnection,
        how: impl Fn() -> TransactionOptions,
    ) -> Result<DatabaseTransaction, DbErr> {
        if let Some(near) = self.near() {
            let pool = near.get_postgres_connection_pool();
            let begun = near.begin_with_options(how());
            let begun = match pool.size() > 0 && pool.num_idle() == 0 {
                true => tokio::time::timeout(PATIENCE, begun).await.ok(),
                // One that is not there yet takes as long to make as it takes.
                false => Some(begun.await),
            };
            if let Some(Ok(begun)) = begun {
                return Ok(begun);
            }
        }
        self.changing(shared).await.begin_with_options(how()).await
    }

    /// The connections for changes that threads share, or those for all else while long changes hold these.
    async fn changing<'c>(&'c self, shared: &'c DatabaseConnection) -> &'c DatabaseConnection {
        let apart = self.changes.or(shared).await;
        if apart.get_database_backend() != DbBackend::Postgres {
            return apart;
        }
        let pool = apart.get_postgres_connection_pool();
        if pool.size() >= self.shares.changes && pool.num_idle() == 0 { shared } else { apart }
    }

    /// The thread's own connections, where it serves.
    fn lines(&self) -> Option<Arc<Lines>> {
        let options = self.options.as_ref()?;
        self.lines.get(|| Some(Lines::new(options, self.shares.lines)))
    }

    /// The thread's own connection for changes, where it serves.
    fn near(&self) -> Option<DatabaseConnection> {
        let options = self.options.as_ref().filter(|_| self.shares.near > 0)?;
        let pool = PgPoolOptions::new().max_connections(self.shares.near).test_before_acquire(false);
        self.near.get(|| Some(SqlxPostgresConnector::from_sqlx_postgres_pool(pool.connect_lazy_with(options.clone()))))
    }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_connections_are_given_out_and_no_more() {
        for (all, workers) in (1..200).flat_map(|all| [1, 2, 3, 8, 32].map(|workers| (all, workers))) {
            let it = Shares::among(all, workers, false);
            let given = it.common + it.searches + it.changes + workers * (it.lines + it.near);
            assert_eq!(given, all, "of {all} to {workers}: {it:?}");
            assert!(it.common > 0, "of {all} to {workers}: {it:?}");
        }
        let of = |common, searches, changes, lines, near| Shares { common, searches, changes, lines, near };
        assert_eq!(Shares::among(16, 2, false), of(4, 2, 2, 3, 1));
        assert_eq!(Shares::among(8, 2, false), of(2, 0, 0, 2, 1));
        assert_eq!(Shares::among(4, 2, false), of(2, 0, 2, 0, 0));
        assert_eq!(Shares::among(16, 2, true), of(16, 0, 0, 0, 0));
    }
}
