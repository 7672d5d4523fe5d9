//! One story's world: a fresh database and a server over it.
//!
//! Rows are put in behind the server's back, by the builders in `rows`. One that is added after the server has answered is
//! not seen by its cache: say `tell` then, as a committed change of another process would.

mod accounts;
mod policies;
mod records;
mod rows;

use std::{
    path::{Path, PathBuf},
    sync::{
        Arc, Mutex, OnceLock,
        atomic::{AtomicU32, Ordering},
    },
};

use api::{Config, Hooks, Server};
use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::{
    audit_event,
    id::{AccountId, AuditEventId, Key},
    kind::AuditOutcome,
};
use sea_orm::{ActiveModelTrait, ConnectionTrait, Database, DatabaseConnection, IntoActiveModel, Statement};

use crate::{client::Client, postgres, redis, runner::Stack};

/// A fresh database with a server over it.
pub struct World {
    /// The database, for builders and for looking at what was written.
    pub db: DatabaseConnection,
    /// Which databases it stands on.
    pub stack: Stack,
    /// The settings of its server, for stories that start another.
    pub config: Config,
    /// How long its server waits before it executes a request, in milliseconds.
    pub pause_ms: u64,
    server: Option<Server>,
    url: String,
    now: Arc<Mutex<DateTime<Utc>>>,
    database: String,
}

static WORLDS: AtomicU32 = AtomicU32::new(1);

impl World {
    /// A fresh world with the default settings.
    pub async fn new(stack: Stack) -> Self {
        Self::with(stack, &[]).await
    }

    /// A fresh world with some settings of its own.
    pub async fn with(stack: Stack, settings: &[(&str, &str)]) -> Self {
        let number = WORLDS.fetch_add(1, Ordering::SeqCst);
        let (database, url) =
            tokio::task::spawn_blocking(move || fresh_database(stack, number)).await.expect("a database");
        let mut flags = vec![
            ("listen".to_owned(), "127.0.0.1:0".to_owned()),
            ("database_url".to_owned(), url),
            ("signing_key".to_owned(), keys().join("signing.pem").display().to_string()),
            ("field_key".to_owned(), keys().join("field.key").display().to_string()),
            ("explain".to_owned(), "true".to_owned()),
            ("workers".to_owned(), "1".to_owned()),
            ("database_connections".to_owned(), "4".to_owned()),
            ("redis_prefix".to_owned(), format!("world{number}")),
            // A story asks as fast as it can; those about limits set their own.
            ("people_requests".to_owned(), "1000000".to_owned()),
            ("people_points".to_owned(), "1000000000".to_owned()),
            ("people_operations".to_owned(), "100".to_owned()),
            ("machines_points".to_owned(), "1000000000".to_owned()),
            ("address_requests".to_owned(), "0".to_owned()),
            // A build for debugging on a busy machine.
            ("document_ms".to_owned(), "60000".to_owned()),
        ];
        if stack == Stack::Postgres {
            let url = tokio::task::spawn_blocking(|| redis::shared().url()).await.expect("a Redis");
            flags.push(("redis_url".to_owned(), url));
        }
        flags.extend(settings.iter().map(|(name, text)| ((*name).to_owned(), (*text).to_owned())));
        let config = Config::load(None, [], flags).expect("settings");
        let db = Database::connect(&config.database_url).await.expect("a connection");
        let mut world = Self {
            db,
            stack,
            config,
            pause_ms: 0,
            server: None,
            url: String::new(),
            now: Arc::new(Mutex::new(Utc::now())),
            database,
        };
        world.start().await;
        world
    }

    /// Starts the server (again).
    pub async fn start(&mut self) {
        let server = self.another().await;
        self.url = format!("http://{}", server.address());
        self.server = Some(server);
    }

    /// Another server over the same database and shared store.
    pub async fn another(&self) -> Server {
        let mut hooks = Hooks { clock: self.clock(), ..Hooks::default() };
        hooks.faults.before_execution_ms = self.pause_ms;
        Server::start(self.config.clone(), hooks).await.expect("a server")
    }

    /// The clock that `pass` moves, for a server of a story's own.
    pub fn clock(&self) -> api::clock::Clock {
        let now = self.now.clone();
        api::clock::Clock::moved_by(move || *now.lock().expect("a clock"))
    }

    /// Stops the server.
    pub async fn stop(&mut self) {
        if let Some(server) = self.server.take() {
            server.stop().await;
        }
    }

    /// The name of the database on PostgreSQL, the file on SQLite.
    pub fn database(&self) -> &str {
        &self.database
    }

    /// Where the server listens, without a path.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// The server's time.
    pub fn now(&self) -> DateTime<Utc> {
        *self.now.lock().expect("a clock")
    }

    /// The server's civil day.
    pub fn today(&self) -> NaiveDate {
        self.clock().today()
    }

    /// Moves the server's time on.
    pub fn pass(&self, time: TimeDelta) {
        let mut now = self.now.lock().expect("a clock");
        *now += time;
    }

    /// The file of the key that signs tokens.
    pub fn signing_key(&self) -> String {
        std::fs::read_to_string(&self.config.signing_key).expect("a key")
    }

    /// A client with a fresh token of an account, as after a sign-in with a second factor.
    pub fn client(&self, account: AccountId) -> Client {
        let server = self.server.as_ref().expect("a running server");
        let token = server.house().tokens.issue(account, None, true, self.now()).expect("a token");
        Client::new(&self.url, &token)
    }

    /// Tells the server's cache of rows that were put in behind its back, as another process's commit would.
    pub async fn tell(&self) {
        let id = AuditEventId::fresh();
        let all: Vec<&str> = entity::Table::ALL.iter().map(|it| it.name()).collect();
        let row = audit_event::Model {
            id,
            recorded_at: self.now(),
            account_id: None,
            role: "TEST".to_owned(),
            action: "TEST".to_owned(),
            outcome: AuditOutcome::Done,
            request_id: "test".to_owned(),
            purpose: None,
            tables: all.join(","),
            published: false,
        };
        self.insert(row).await;
        for _ in 0..200 {
            tokio::time::sleep(std::time::Duration::from_millis(25)).await;
            if self.number("select count(*) from audit_event where not published").await == 0 {
                return;
            }
        }
        panic!("no sweep in 5 s");
    }

    /// What must not move when an act is refused: the rows of every table but the audit events, and audited changes.
    pub async fn fingerprint(&self) -> Vec<(String, i64, i64)> {
        let mut out = Vec::new();
        for table in entity::Table::KEPT {
            let name = table.name();
            let rows = self.number(&format!("select count(*) from {name}")).await;
            let versions = self.number(&format!("select cast(coalesce(sum(version), 0) as bigint) from {name}")).await;
            out.push((name.to_owned(), rows, versions));
        }
        out.push(("audit_change".to_owned(), self.number("select count(*) from audit_change").await, 0));
        out.push(("idempotency_record".to_owned(), self.number("select count(*) from idempotency_record").await, 0));
        out
    }

    /// The whole number that a statement yields.
    pub async fn number(&self, sql: &str) -> i64 {
        let row = self.db.query_one_raw(Statement::from_string(self.db.get_database_backend(), sql)).await;
        row.expect("an answer").expect("a row").try_get_by_index(0).expect("a number")
    }

    /// The texts that a statement yields, one a row.
    pub async fn texts(&self, sql: &str) -> Vec<String> {
        let rows = self.db.query_all_raw(Statement::from_string(self.db.get_database_backend(), sql)).await;
        rows.expect("an answer").iter().map(|row| row.try_get_by_index(0).expect("a text")).collect()
    }

    /// Runs a statement.
    pub async fn sql(&self, sql: &str, values: Vec<sea_orm::Value>) {
        let statement = Statement::from_sql_and_values(self.db.get_database_backend(), sql, values);
        self.db.execute_raw(statement).await.unwrap_or_else(|cause| panic!("{sql}: {cause}"));
    }

    /// Adds a row.
    pub async fn insert<M, A>(&self, row: M)
    where
        M: IntoActiveModel<A>,
        A: ActiveModelTrait,
        A: sea_orm::ActiveModelBehavior + Send,
    {
        use sea_orm::EntityTrait;
        A::Entity::insert(row.into_active_model().reset_all()).exec_without_returning(&self.db).await.expect("a row");
    }
}

impl Drop for World {
    fn drop(&mut self) {
        if self.stack == Stack::Postgres {
            // Databases of finished stories would fill a small disk.
            let _ = postgres::shared().discard(&self.database);
        } else {
            let _ = std::fs::remove_file(&self.database);
        }
    }
}

/// The global id of a row, as clients hold it.
pub fn global<K: Key>(key: K) -> String {
    use base64::{Engine, prelude::BASE64_URL_SAFE_NO_PAD};
    BASE64_URL_SAFE_NO_PAD.encode(format!("{}:{}", K::NOUN, key.uuid().simple()))
}

/// A folder of this run for files that stories make.
pub fn folder() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let path = std::env::temp_dir().join(format!("tidui-tests-{}", std::process::id()));
        std::fs::create_dir_all(&path).expect("a folder");
        path
    })
}

/// Removes what this run has left.
pub fn clean_up() {
    let _ = std::fs::remove_dir_all(folder());
}

/// The keys of this run's servers.
pub fn keys() -> &'static Path {
    static KEYS: OnceLock<PathBuf> = OnceLock::new();
    KEYS.get_or_init(|| {
        let path = folder().join("keys");
        api::auth::keys::generate(&path.join("signing.pem"), &path.join("field.key")).expect("keys");
        path
    })
}

fn fresh_database(stack: Stack, number: u32) -> (String, String) {
    match stack {
        Stack::Sqlite => {
            let file = folder().join(format!("w{number}.sqlite"));
            std::fs::copy(sqlite_template(), &file).expect("a copy");
            let file = file.display().to_string();
            (file.clone(), format!("sqlite://{file}"))
        }
        Stack::Postgres => {
            let name = postgres::shared().clone_template(postgres_template()).expect("a clone");
            let url = postgres::shared().url(&name);
            (name, url)
        }
    }
}

fn sqlite_template() -> &'static Path {
    static TEMPLATE: OnceLock<PathBuf> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        let file = folder().join("template.sqlite");
        migrate(&format!("sqlite://{}?mode=rwc", file.display()));
        file
    })
}

fn postgres_template() -> &'static str {
    static TEMPLATE: OnceLock<&str> = OnceLock::new();
    TEMPLATE.get_or_init(|| {
        postgres::shared().psql("postgres", "create database tidui_template").expect("a database");
        migrate(&postgres::shared().url("tidui_template"));
        "tidui_template"
    })
}

fn migrate(url: &str) {
    let url = url.to_owned();
    let done = std::thread::spawn(move || {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().expect("a runtime");
        runtime.block_on(async {
            let db = Database::connect(url).await.expect("a connection");
            migration::up(&db).await.expect("migrations");
            db.close().await.expect("a closed connection");
        });
    });
    done.join().expect("a migrated template");
}
