//! Work that goes on after the answer, as the session that asked for it: its rights, its name in the audit trail.
//!
//! At most so many errands of a process are at work at once, the others wait. Each says on its row that its process is
//! alive, and in the shared store how far it is: a transaction that writes for minutes shows nothing before its commit.

use std::{
    collections::BTreeMap,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use entity::{
    id::{AccountId, ImportRunId},
    import_run,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, sea_query::Expr};
use tokio::{sync::Semaphore, task::AbortHandle};
use uuid::Uuid;

use crate::{
    auth::policy::Job,
    config::Rosters,
    db::{door::Door, session::Session, writer::Writer},
    shared::store::{Store, Tally},
};

/// Between two looks at how far an errand is.
const TICK: Duration = Duration::from_millis(250);
/// Ticks between two signs of life on the row.
const TICKS_OF_A_BEAT: u32 = 20;
/// How long the last sign of progress is remembered, in seconds.
const REMEMBERED_S: u64 = 60;
/// The window in which identity numbers held elsewhere are counted, in seconds.
const WINDOW_S: u64 = 3600;

/// How far an errand is.
#[derive(Clone, Default)]
pub struct Progress {
    /// Rows done.
    pub done: Arc<AtomicU64>,
    /// Rows to do.
    pub total: Arc<AtomicU64>,
}

/// The errands of one process.
pub struct Errands {
    /// This process among others.
    pub process: Uuid,
    pub(super) rosters: Rosters,
    pub(super) misses: Tally,
    turns: Arc<Semaphore>,
    live: Mutex<BTreeMap<ImportRunId, AbortHandle>>,
}

impl Errands {
    /// None yet.
    pub fn new(rosters: Rosters, store: Arc<Store>) -> Self {
        let most = usize::try_from(rosters.at_once).unwrap_or(1).max(1);
        Self {
            process: Uuid::now_v7(),
            rosters,
            misses: Tally::new(store),
            turns: Arc::new(Semaphore::new(most)),
            live: Mutex::default(),
        }
    }

    fn live(&self) -> MutexGuard<'_, BTreeMap<ImportRunId, AbortHandle>> {
        self.live.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Those that wait or are at work.
    pub fn under_way(&self) -> Vec<ImportRunId> {
        self.live().keys().copied().collect()
    }

    /// Ends all of them where they stand; what they were writing is undone.
    pub fn end(&self) {
        self.turns.close();
        self.live().values().for_each(AbortHandle::abort);
    }

    /// Counts an identity number held elsewhere that an account met; whether it has met too many this hour.
    pub(super) async fn missed(&self, account: Option<AccountId>) -> bool {
        let Some(account) = account else { return false };
        let count = self.misses.add(&format!("held-elsewhere:{}", account.0.simple()), WINDOW_S).await;
        count > self.rosters.held_elsewhere_an_hour
    }
}

/// Where the progress of a run is remembered.
fn place(run: ImportRunId) -> String {
    format!("progress:{}", run.0.simple())
}

impl Session {
    /// What is set for rosters.
    pub fn rosters(&self) -> Rosters {
        self.door().errands.rosters
    }

    /// The process that this session is of.
    pub fn process(&self) -> Uuid {
        self.door().errands.process
    }

    /// Counts an identity number that the caller tried, and that nobody within reach has; whether there were too many.
    pub async fn missed(&self) -> bool {
        let account = match self.actor() {
            crate::auth::scope::Actor::Account(identity) => Some(identity.account),
            crate::auth::scope::Actor::Job(..) => None,
        };
        self.door().errands.missed(account).await
    }

    /// The server's own session that keeps account of imports.
    pub fn clerk(&self) -> Self {
        self.door().job(Job::RosterImport, None)
    }

    /// How far a run is: rows done, rows to do.
    pub async fn progress(&self, run: ImportRunId) -> Option<(u64, u64)> {
        let bytes = self.door().store().get(&place(run)).await.ok()??;
        let (done, total) = std::str::from_utf8(&bytes).ok()?.split_once('/')?;
        Some((done.parse().ok()?, total.parse().ok()?))
    }

    /// Does some work after the answer, once it is its turn. A second errand for the same run is none.
    #[expect(clippy::disallowed_methods, reason = "an errand outlives the request that asks for it")]
    pub fn send_on_errand<W>(&self, run: ImportRunId, progress: Progress, work: W)
    where
        W: Future<Output = ()> + Send + 'static,
    {
        let door = self.door().clone();
        let mut live = self.door().errands.live();
        if live.contains_key(&run) {
            return;
        }
        let gone = Gone(door.clone(), run);
        let task = tokio::spawn(async move {
            let gone = gone;
            let ticking = tick(&door, run, &progress);
            let working = async {
                if let Ok(turn) = door.errands.turns.clone().acquire_owned().await {
                    work.await;
                    drop(turn);
                }
            };
            tokio::select! {
                () = working => {}
                () = ticking => {}
            }
            drop(gone);
        });
        live.insert(run, task.abort_handle());
    }
}

/// Takes an errand off the list, however it ends.
struct Gone(Arc<Door>, ImportRunId);

impl Drop for Gone {
    fn drop(&mut self) {
        self.0.errands.live().remove(&self.1);
    }
}

async fn tick(door: &Door, run: ImportRunId, progress: &Progress) {
    let mut ticks: u32 = 0;
    loop {
        let (done, total) = (progress.done.load(Ordering::Relaxed), progress.total.load(Ordering::Relaxed));
        // Who polls meanwhile is told less; nothing depends on it.
        let _ = door.store().set(place(run), format!("{done}/{total}").into_bytes(), REMEMBERED_S).await;
        // Without a shared store there is no other process that could ask, and SQLite has one writer: the import.
        if door.store().is_shared() && ticks.is_multiple_of(TICKS_OF_A_BEAT) {
            beat(door, run).await;
        }
        ticks = ticks.wrapping_add(1);
        tokio::time::sleep(TICK).await;
    }
}

#[expect(clippy::disallowed_methods, reason = "a sign of life is no change of what the row means")]
async fn beat(door: &Door, run: ImportRunId) {
    let beaten = import_run::Entity::update_many()
        .col_expr(import_run::Column::BeatenAt, Expr::val(door.clock.now()))
        .filter(import_run::Column::Id.eq(run))
        .exec(&door.database)
        .await;
    if let Err(cause) = beaten {
        tracing::debug!(%cause, "a run could not say that it is alive");
    }
}

impl Door {
    /// The errands of this process.
    pub fn errands(&self) -> &Errands {
        &self.errands
    }
}

impl Writer<'_> {
    /// As `Session::missed`, within a command.
    pub async fn missed(&self) -> bool {
        self.errands.missed(self.account).await
    }
}
