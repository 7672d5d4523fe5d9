//! Connections of one thread to PostgreSQL, for what a question asks, and where statements of a question go.
//!
//! The driver's pool asks a connection once more each time it is given back, and starts a task for that: two of three round
//! trips of a read by a key were these. A connection here goes from one statement to the next as it is. Only one whose
//! statement was broken off is asked whether it is quiet again before it serves another.

use std::{
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DbBackend, DbErr, ExecResult,
    QueryResult, RuntimeErr, Statement, Value,
    sea_query::Values,
    sqlx::{
        self, Arguments as _, AssertSqlSafe, Connection as _,
        postgres::{PgArguments, PgConnectOptions, PgConnection, PgRow},
    },
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

/// How long a connection serves: what the database keeps for one grows with what it was asked.
const LIFE: Duration = Duration::from_mins(30);
/// Statements that a connection keeps. Loaders ask for one key, for two, for three.
const STATEMENTS: usize = 256;

/// Connections of one thread.
pub struct Lines {
    options: PgConnectOptions,
    turns: Arc<Semaphore>,
    idle: Mutex<Vec<Line>>,
}

struct Line {
    link: PgConnection,
    since: Instant,
}

/// A line while it is asked.
struct Held {
    line: Option<Line>,
    home: Arc<Lines>,
    turn: Option<OwnedSemaphorePermit>,
    /// Whether all that it was asked has been answered.
    quiet: bool,
}

impl Lines {
    /// So many, each made when it is first needed.
    pub(super) fn new(options: &PgConnectOptions, most: u32) -> Arc<Self> {
        let most = usize::try_from(most).unwrap_or(1).max(1);
        let options = options.clone().statement_cache_capacity(STATEMENTS);
        Arc::new(Self { options, turns: Arc::new(Semaphore::new(most)), idle: Mutex::default() })
    }

    /// The rows that a statement yields. What reads alone may be sent here: where the database went away since the line was
    /// last used, it is sent once more.
    async fn rows(self: &Arc<Self>, text: &Arc<str>, arguments: PgArguments) -> Result<Vec<PgRow>, sqlx::Error> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let Some(line) = self.idle().pop() else {
            return self.asked(self.line().await?, turn, text, arguments).await.0;
        };
        let (rows, turn) = self.asked(line, turn, text, arguments.clone()).await;
        match (rows, turn) {
            (Err(cause), Some(turn)) if ended(&cause) => {
                self.idle().clear();
                self.asked(self.line().await?, turn, text, arguments).await.0
            }
            (rows, _) => rows,
        }
    }

    async fn line(&self) -> Result<Line, sqlx::Error> {
        Ok(Line { link: PgConnection::connect_with(&self.options).await?, since: Instant::now() })
    }

    /// What a line answers; and the turn again, where the line is of no more use.
    async fn asked(
        self: &Arc<Self>,
        line: Line,
        turn: OwnedSemaphorePermit,
        text: &Arc<str>,
        arguments: PgArguments,
    ) -> (Result<Vec<PgRow>, sqlx::Error>, Option<OwnedSemaphorePermit>) {
        let mut held = Held { line: Some(line), home: self.clone(), turn: Some(turn), quiet: false };
        let Some(line) = &mut held.line else { return (Err(sqlx::Error::PoolClosed), None) };
        let query = sqlx::query_with(AssertSqlSafe(text.clone()), arguments);
        let rows = query.fetch_all(&mut line.link).await;
        match &rows {
            Ok(_) => held.quiet = true,
            // A statement that was refused: the line waits for the end of it before it is asked again.
            Err(cause @ sqlx::Error::Database(_)) if !ended(cause) => held.quiet = true,
            Err(_) => {
                held.line = None;
                return (rows, held.turn.take());
            }
        }
        (rows, None)
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Line>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn put(&self, line: Line) {
        if line.since.elapsed() < LIFE {
            self.idle().push(line);
        }
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        let Some(mut line) = self.line.take() else { return };
        if self.quiet {
            return self.home.put(line);
        }
        // Who asked has gone; the database may still be at it. Until it is quiet nobody else has the turn.
        let (home, turn) = (self.home.clone(), self.turn.take());
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                if line.link.ping().await.is_ok() {
                    home.put(line);
                }
                drop(turn);
            });
        }
    }
}

/// Whether the database has ended the connection, or lost it.
fn ended(cause: &sqlx::Error) -> bool {
    match cause {
        sqlx::Error::Io(_) | sqlx::Error::Protocol(_) => true,
        // It was told to stop, or it is about to begin.
        sqlx::Error::Database(cause) => cause.code().is_some_and(|it| it.starts_with("57P")),
        _ => false,
    }
}

/// Where a statement goes.
#[derive(Clone)]
pub enum Link<'c> {
    /// To connections that threads share.
    Shared(&'c DatabaseConnection),
    /// Into a transaction.
    Within(&'c DatabaseTransaction),
    /// To the thread's own; to those that are shared, what can't go there.
    Own(Arc<Lines>, &'c DatabaseConnection),
}

impl Link<'_> {
    /// The rows of a statement. One that is kept goes to the driver as it is: the ORM would copy its text and values, and move
    /// fifteen kilobytes of its own state three times.
    pub async fn rows(&self, text: &Arc<str>, values: Values) -> Result<Vec<QueryResult>, DbErr> {
        let backend = self.get_database_backend();
        let arguments = (backend == DbBackend::Postgres).then(|| arguments(&values)).flatten();
        let rows = match (self, arguments) {
            (Self::Own(lines, _), Some(arguments)) => lines.rows(text, arguments).await,
            (Self::Shared(pool), Some(arguments)) => {
                let query = sqlx::query_with(AssertSqlSafe(text.clone()), arguments);
                query.fetch_all(pool.get_postgres_connection_pool()).await
            }
            _ => {
                let statement = Statement::from_sql_and_values(backend, &**text, values.0);
                return match self {
                    Self::Shared(pool) | Self::Own(_, pool) => pool.query_all_raw(statement).await,
                    Self::Within(transaction) => transaction.query_all_raw(statement).await,
                };
            }
        };
        Ok(rows.map_err(failed)?.into_iter().map(QueryResult::from).collect())
    }
}

impl<'c> From<&'c DatabaseConnection> for Link<'c> {
    fn from(pool: &'c DatabaseConnection) -> Self {
        Self::Shared(pool)
    }
}

impl<'c> From<&'c DatabaseTransaction> for Link<'c> {
    fn from(transaction: &'c DatabaseTransaction) -> Self {
        Self::Within(transaction)
    }
}

#[async_trait::async_trait]
impl ConnectionTrait for Link<'_> {
    fn get_database_backend(&self) -> DbBackend {
        match self {
            Self::Shared(pool) => pool.get_database_backend(),
            Self::Within(transaction) => transaction.get_database_backend(),
            Self::Own(..) => DbBackend::Postgres,
        }
    }

    async fn execute_raw(&self, statement: Statement) -> Result<ExecResult, DbErr> {
        match self {
            Self::Shared(pool) | Self::Own(_, pool) => pool.execute_raw(statement).await,
            Self::Within(transaction) => transaction.execute_raw(statement).await,
        }
    }

    async fn execute_unprepared(&self, text: &str) -> Result<ExecResult, DbErr> {
        match self {
            Self::Shared(pool) | Self::Own(_, pool) => pool.execute_unprepared(text).await,
            Self::Within(transaction) => transaction.execute_unprepared(text).await,
        }
    }

    async fn query_one_raw(&self, statement: Statement) -> Result<Option<QueryResult>, DbErr> {
        match self {
            Self::Shared(pool) => pool.query_one_raw(statement).await,
            Self::Within(transaction) => transaction.query_one_raw(statement).await,
            Self::Own(..) => Ok(self.query_all_raw(statement).await?.into_iter().next()),
        }
    }

    async fn query_all_raw(&self, statement: Statement) -> Result<Vec<QueryResult>, DbErr> {
        match self {
            Self::Shared(pool) => pool.query_all_raw(statement).await,
            Self::Within(transaction) => transaction.query_all_raw(statement).await,
            Self::Own(..) => self.rows(&statement.sql.into(), statement.values.unwrap_or(Values(Vec::new()))).await,
        }
    }
}

/// As the ORM says it.
fn failed(cause: sqlx::Error) -> DbErr {
    match cause {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        other => DbErr::Query(RuntimeErr::SqlxError(Arc::new(other))),
    }
}

/// Values in PostgreSQL's own form; none where one is of a kind that keys and policies do not have.
fn arguments(values: &Values) -> Option<PgArguments> {
    let mut out = PgArguments::default();
    for value in &values.0 {
        let added = match value {
            Value::Uuid(it) => out.add(it),
            Value::String(it) => out.add(it.as_deref()),
            Value::Int(it) => out.add(it),
            Value::BigInt(it) => out.add(it),
            Value::Bool(it) => out.add(it),
            Value::ChronoDate(it) => out.add(it),
            Value::ChronoDateTimeUtc(it) => out.add(it),
            Value::Double(it) => out.add(it),
            _ => return None,
        };
        added.ok()?;
    }
    Some(out)
}
