//! What stands behind every session: the database, the cache, the keys, the clock. One a server.

use std::{sync::Arc, sync::atomic::AtomicU64};

use chrono::TimeDelta;
use entity::{
    account, account_grant,
    id::AccountId,
    kind::{AccountKind, AccountState, Role, SecrecyLevel},
    revoked_token,
};
use moka::sync::Cache;
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, TransactionOptions, sea_query::SimpleExpr};
use uuid::Uuid;

use crate::{
    auth::{
        factor,
        outside::Visitor,
        policy::Job,
        scope::{Actor, Grant, Identity, Narrowings},
        seal::Seal,
        token::Claims,
    },
    cache::{generations::Snapshot, known::Known, recall::Recall},
    calendar::Calendar,
    clock::Clock,
    config::{Config, Rosters},
    db::{
        connect::{self, Own},
        errands::Errands,
        gather::Made,
        hub::Hub,
        run::Aftermath,
        session::Session,
        whole::Seen,
    },
    error::{Error, Result},
    hash::{hex, sha256},
    metrics::Metrics,
    shared::store::Store,
};

/// Breaks the server, or does not, by the name of the operation.
pub type Fault = Arc<dyn Fn(&str) + Send + Sync>;

/// A place where a test breaks the server; in service nothing ever happens there.
#[derive(Clone, Default)]
pub struct Faults {
    /// Between a commit and its invalidation.
    pub after_commit: Option<Arc<dyn Fn() + Send + Sync>>,
    /// When a job has been claimed, before anything of it is done. An error is one of the job.
    pub in_job: Option<Arc<dyn Fn() -> Result<()> + Send + Sync>>,
    /// Before a request is executed: how long to wait, in milliseconds.
    pub before_execution_ms: u64,
    /// Before a request is executed, with the name of its operation.
    pub before_execution: Option<Fault>,
}

/// Everything that a session needs.
pub struct Door {
    pub(super) database: DatabaseConnection,
    pub(super) own: Own,
    /// Statements that are sent again and again.
    pub(super) made: Cache<String, Arc<Made>>,
    pub(super) recall: Recall,
    /// What follows commits.
    pub(super) aftermath: Aftermath,
    identities: Known<Named, Arc<Identity>>,
    pub(super) seal: Seal,
    pub(super) clock: Clock,
    pub(super) calendar: Arc<Calendar>,
    pub(super) faults: Faults,
    pub(super) build: String,
    pub(super) metrics: Arc<Metrics>,
    pub(super) errands: Errands,
    /// Whether this process tells the caches of what it commits. A command beside a server that keeps its cache to
    /// itself can't; it leaves its events unpublished, and the server's sweeper finds them.
    pub(super) publishes: bool,
    /// Records above it are not kept here.
    pub(super) secrecy_limit: SecrecyLevel,
    /// Roles that count only after a sign-in with a second factor.
    pub(super) second_factor_roles: Vec<Role>,
    /// Those who follow changes.
    pub(super) hub: Hub,
    /// How long changes are kept for who was away.
    pub(super) changes_kept: TimeDelta,
}

/// What an identity is asked for by.
#[derive(PartialEq, Eq, Hash)]
enum Named {
    Account(AccountId),
    Login(String),
}

/// Statements that a process keeps put together, at most.
const STATEMENTS: u64 = 2000;
/// Identities that a process knows at most, and for how long, in seconds.
const IDENTITIES: (u64, u64) = (100_000, 60);

/// What a process is to the caches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// It serves, and keeps the cache that its answers come from.
    Server,
    /// It makes one change and ends.
    Command,
}

/// What a door is told of where it stands.
pub struct Standing {
    /// What the process is to the caches.
    pub part: Part,
    /// The highest secrecy level of records that the deployment keeps.
    pub secrecy_limit: SecrecyLevel,
    /// Roles that count only after a sign-in with a second factor.
    pub second_factor_roles: Vec<Role>,
    /// How long changes are kept for who was away, in hours.
    pub changes_kept_hours: u64,
    /// What is set for rosters.
    pub rosters: Rosters,
    /// The working days.
    pub calendar: Arc<Calendar>,
    /// Connections of the serving threads' own.
    pub own: Own,
}

impl Standing {
    /// As the settings say.
    ///
    /// # Errors
    /// A sentence, when `secrecy_limit` is no level, `second_factor_roles` no roles, or `calendar` no notices.
    pub fn of(config: &Config, part: Part) -> std::result::Result<Self, String> {
        let secrecy_limit = SecrecyLevel::parse(&config.secrecy_limit).ok_or_else(|| {
            let levels: Vec<&str> = SecrecyLevel::ALL.iter().map(|it| it.text()).collect();
            format!("secrecy_limit = '{}' is no level: write one of {}", config.secrecy_limit, levels.join(", "))
        })?;
        let second_factor_roles = factor::roles(&config.second_factor_roles)?;
        let calendar = Calendar::of(&config.calendar).map_err(|why| format!("calendar: {why}"))?;
        Ok(Self {
            part,
            secrecy_limit,
            second_factor_roles,
            changes_kept_hours: config.changes_kept_hours,
            rosters: config.rosters(),
            calendar: Arc::new(calendar),
            own: Own::of(config),
        })
    }
}

impl Door {
    /// Puts a door together.
    pub fn new(
        database: DatabaseConnection,
        recall: Recall,
        seal: Seal,
        clock: Clock,
        faults: Faults,
        metrics: Arc<Metrics>,
        standing: Standing,
    ) -> Arc<Self> {
        let Standing { part, secrecy_limit, second_factor_roles, changes_kept_hours, rosters, calendar, own } =
            standing;
        let hub = Hub::new(recall.generations().store().clone());
        let errands = Errands::new(rosters, recall.generations().store().clone());
        let identities = Known::new(IDENTITIES.0, IDENTITIES.1);
        let publishes = part == Part::Server || recall.generations().store().is_shared();
        // Answers that were counted by another calendar are not this one's.
        let counted: [u8; 8] = sha256(calendar.said().as_bytes());
        let build = format!("{}-{}", build(), hex(&counted));
        Arc::new(Self {
            database,
            own,
            made: Cache::new(STATEMENTS),
            recall,
            aftermath: Aftermath::default(),
            identities,
            seal,
            clock,
            calendar,
            faults,
            build,
            metrics,
            errands,
            publishes,
            secrecy_limit,
            second_factor_roles,
            hub,
            changes_kept: TimeDelta::hours(i64::try_from(changes_kept_hours).unwrap_or(24)),
        })
    }

    /// Has this thread keep connections of its own: it serves.
    pub fn adopt(&self) {
        self.own.adopt();
        self.recall.generations().adopt();
    }

    /// Hears from other processes who one is no more, until it is dropped.
    pub async fn keep_hearing(self: Arc<Self>) {
        self.recall.generations().keep_hearing().await;
    }

    /// A session for an account, with its grants as they are now.
    ///
    /// # Errors
    /// `Unauthenticated` when there is no such account, or it may not sign in.
    pub async fn open(self: &Arc<Self>, claims: &Claims, request: &str) -> Result<Session> {
        let names = [Some(claims.jti), claims.sid];
        self.enter(
            Named::Account(claims.sub),
            account::Column::Id.eq(claims.sub),
            &names,
            claims.second_factor(),
            request,
        )
        .await
    }

    /// A session for the account that a token of the outside issuer speaks for. It must exist: nobody is made here.
    ///
    /// # Errors
    /// As `open`.
    pub async fn open_outside(self: &Arc<Self>, visitor: &Visitor, request: &str) -> Result<Session> {
        let login = account::Column::Login.eq(visitor.login.as_str());
        let key = Named::Login(visitor.login.clone());
        self.enter(key, login, &[visitor.token], visitor.second_factor, request).await
    }

    async fn enter(
        self: &Arc<Self>,
        key: Named,
        who: SimpleExpr,
        tokens: &[Option<Uuid>],
        second_factor: bool,
        request: &str,
    ) -> Result<Session> {
        let load = async || Ok::<_, Error>(self.identity(who).await?.map(Arc::new));
        // Where answers are remembered, all of the request goes by the generations that it begins with.
        let snapshot = self.recall.snapshot().await;
        let now = match &snapshot {
            None if !self.recall.is_on() => self.recall.generations().of_identity().await,
            seen => seen.as_ref().map(Snapshot::identity),
        };
        let mut identity = self.identities.answer(now, key, load).await?.ok_or(Error::Unauthenticated)?;
        if tokens.iter().flatten().any(|it| identity.revoked.contains(it)) {
            return Err(Error::Unauthenticated);
        }
        // A role that was granted after a sign-in without a second factor counts once there is one with it; what the
        // session may do besides goes on meanwhile. A program has no second factor.
        if !second_factor && identity.kind == AccountKind::Person && !self.second_factor_roles.is_empty() {
            Arc::make_mut(&mut identity).withheld.clone_from(&self.second_factor_roles);
        }
        let statements = Arc::new(AtomicU64::new(0));
        let session = Session::new(self.clone(), Actor::Account(identity), request, statements);
        Ok(session.on(tokens.iter().flatten().copied().collect(), Seen::now(snapshot)))
    }

    /// A session for the account of a login, for a command of whoever runs the server. There is no sign-in, so no role
    /// is withheld for want of a second factor.
    ///
    /// # Errors
    /// `Unauthenticated` when there is no such account, or it may not sign in.
    pub async fn act_as(self: &Arc<Self>, login: &str, request: &str) -> Result<Session> {
        let identity = self.identity(account::Column::Login.eq(login)).await?.ok_or(Error::Unauthenticated)?;
        Ok(Session::new(self.clone(), Actor::Account(Arc::new(identity)), request, Arc::new(AtomicU64::new(0))))
    }

    /// A session of the server itself: on one organization's subtree or, without one, on everything.
    pub fn job(self: &Arc<Self>, job: Job, at: Option<entity::id::OrganizationId>) -> Session {
        Session::new(self.clone(), Actor::Job(job, at), job.text(), Arc::new(AtomicU64::new(0)))
    }

    /// The account and its grants. The one read without a row policy: before it there is no scope.
    #[expect(clippy::disallowed_methods, reason = "before the identity is known there is no scope to read under")]
    pub(super) async fn identity(&self, who: SimpleExpr) -> Result<Option<Identity>> {
        self.metrics.statements.add(3);
        let active = account::Column::State.eq(AccountState::Active);
        let Some(row) = account::Entity::find().filter(who).filter(active).one(&self.database).await? else {
            return Ok(None);
        };
        let id = row.id;
        let grants =
            account_grant::Entity::find().filter(account_grant::Column::AccountId.eq(id)).all(&self.database).await?;
        let ending = revoked_token::Column::ExpiresAt.gt(self.clock.now());
        let revoked = revoked_token::Entity::find().filter(revoked_token::Column::AccountId.eq(id)).filter(ending);
        let revoked = revoked.all(&self.database).await?.into_iter().map(|it| it.token_id).collect();
        Ok(Some(Identity {
            account: row.id,
            login: row.login,
            name: row.name,
            person: row.cadre_id,
            kind: row.kind,
            withheld: Vec::new(),
            grants: grants.into_iter().map(Grant::from).collect(),
            revoked,
            narrowed: Narrowings::default(),
        }))
    }

    /// Roles that count only after a sign-in with a second factor.
    pub fn second_factor_roles(&self) -> Vec<Role> {
        self.second_factor_roles.clone()
    }

    /// The shared store, for counts.
    pub fn store(&self) -> Arc<Store> {
        self.recall.generations().store().clone()
    }

    /// A name for a login in shared counts: short, and telling nothing to who reads them.
    pub fn name_of(&self, login: &str) -> String {
        self.seal.input_hash(login.as_bytes())
    }

    /// Whether remembered answers can't be believed at this moment.
    pub fn degraded(&self) -> bool {
        !self.recall.generations().trusted()
    }

    /// Whether the database answers.
    pub async fn answers(&self) -> bool {
        self.database.ping().await.is_ok()
    }

    /// Whether the database lacks migrations of this build; none where it can't be told.
    pub async fn lacks_migrations(&self) -> Option<bool> {
        connect::lacking(&self.database).await.ok().map(|it| !it.is_empty())
    }

    pub(super) fn options(&self) -> TransactionOptions {
        TransactionOptions {
            // A read that turns into a write would find the database locked: writers begin as writers.
            sqlite_transaction_mode: Some(sea_orm::SqliteTransactionMode::Immediate),
            ..TransactionOptions::default()
        }
    }
}

/// What tells this build from another in cache keys: replicas of one image share it, a new build does not.
fn build() -> String {
    let about = std::env::current_exe().and_then(std::fs::metadata);
    let size = about.as_ref().map_or(0, std::fs::Metadata::len);
    let made = about.and_then(|it| it.modified()).ok().and_then(|it| it.duration_since(std::time::UNIX_EPOCH).ok());
    format!("{}-{size}-{}", env!("CARGO_PKG_VERSION"), made.map_or(0, |it| it.as_nanos()))
}
