//! Which state of each table an answer was read from, and whether this process may believe what it remembers.
//!
//! Considered and dropped: keeping a local copy of all generations and pushing changes to it; a lost message would then
//! be a stale answer with nothing to notice it. Those of who one is are kept near all the same: see `near`.

mod near;
mod rounds;

use std::{
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::Duration,
};

use entity::Table;

use crate::shared::store::{PerThread, Store};
use near::Near;
use rounds::Rounds;

/// Who one is stands in these tables: a changed grant renews its table, and the identity is read again.
const IDENTITY: &[Table] = &[Table::Account, Table::AccountGrant, Table::RevokedToken];

/// The name of the generation that changes with each of the others. No table has it.
const ANY: &str = "*";

/// How long this process goes without asking for all that it believes: a process of another build may neither give the word
/// nor know of the one number.
const LIFE: Duration = Duration::from_secs(1);

/// A table and its generation.
pub type Stamp = (String, u64);

/// The generations of all tables, and this process's trust in them.
pub struct Generations {
    store: Arc<Store>,
    rounds: PerThread<Rounds>,
    identity: Near,
    /// Times that the store failed us. Grows before anybody relies on it again.
    failures: AtomicU64,
    /// The count of failures that the last sweep made good. Trust is `mended == failures`: a failure during a sweep
    /// leaves the two apart, so a sweep can't bury what happened meanwhile.
    mended: AtomicU64,
}

/// Every table's generation at one moment, in the order of the tables.
#[derive(Clone)]
pub struct Snapshot(Arc<[u64]>);

impl Generations {
    /// Over a store. Nothing is believed before the first sweep.
    pub fn new(store: Arc<Store>) -> Self {
        let identity = Near::new(store.clone(), "identities");
        let (failures, mended) = (AtomicU64::new(1), AtomicU64::new(0));
        Self { store, rounds: PerThread::default(), identity, failures, mended }
    }

    /// The store itself, for entries.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Has this thread ask with links of its own: it serves.
    pub fn adopt(&self) {
        self.store.adopt();
        self.rounds.adopt();
    }

    /// Whether remembered answers may be used.
    pub fn trusted(&self) -> bool {
        self.mended.load(Ordering::SeqCst) == self.failures.load(Ordering::SeqCst)
    }

    /// Every table's generation now; none while nothing may be believed.
    pub async fn snapshot(&self) -> Option<Snapshot> {
        if !self.trusted() {
            return None;
        }
        let found = match self.rounds.get(|| Some(Rounds::default())) {
            Some(rounds) => rounds.ask(&self.store).await,
            None => rounds::numbers(&self.store).await,
        };
        found.inspect_err(|_| self.distrust()).ok().map(Snapshot)
    }

    /// The generations of who one is, as near as they may be; none while nothing may be believed.
    pub async fn of_identity(&self) -> Option<Arc<[u64]>> {
        if !self.trusted() {
            return None;
        }
        self.identity.or(async { Some(self.snapshot().await?.identity()) }).await
    }

    /// Hears of changes of who one is, until it is dropped.
    pub async fn keep_hearing(&self) {
        self.identity.channel().listen().await;
    }

    /// Gives these tables new generations; says whether it was done.
    pub async fn renew(&self, tables: impl IntoIterator<Item = Table>) -> bool {
        let tables: Vec<Table> = tables.into_iter().collect();
        let done = tables.is_empty() || self.tell(&tables).await;
        if !done {
            self.distrust();
        }
        done
    }

    async fn tell(&self, tables: &[Table]) -> bool {
        if self.store.renew(&names(tables)).await.is_err() {
            return false;
        }
        // The word last: who hears it must find the new ones.
        let told = !tables.iter().any(|it| IDENTITY.contains(it)) || self.identity.channel().announce().await;
        if !told {
            tracing::warn!(
                "Redis took the new generations and not the word of them: may its user publish on channels?"
            );
        }
        told
    }

    /// Believe nothing until a sweep has renewed everything.
    pub fn distrust(&self) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }

    /// Renews every table, so that nothing remembered before can be used, and believes again if nothing failed
    /// meanwhile. Says whether it does.
    pub async fn mend(&self) -> bool {
        let seen = self.failures.load(Ordering::SeqCst);
        if self.tell(Table::ALL).await {
            self.mended.store(seen, Ordering::SeqCst);
        }
        self.trusted()
    }
}

impl Snapshot {
    /// The stamps of some tables.
    pub fn of(&self, tables: impl IntoIterator<Item = Table>) -> Vec<Stamp> {
        let stamp = |table: Table| (table.name().to_owned(), self.at(table));
        tables.into_iter().map(stamp).collect()
    }

    /// The generations of who one is.
    pub fn identity(&self) -> Arc<[u64]> {
        self.all(IDENTITY)
    }

    /// The generations of some tables.
    pub fn all(&self, tables: &[Table]) -> Arc<[u64]> {
        tables.iter().map(|it| self.at(*it)).collect()
    }

    /// Whether all of these stamps are the tables' own now.
    pub fn agrees(&self, stamps: &[Stamp]) -> bool {
        stamps.iter().all(|(name, stamp)| Table::parse(name).is_some_and(|table| self.at(table) == *stamp))
    }

    /// The generation of a table.
    pub fn at(&self, table: Table) -> u64 {
        // They stand in the order of the tables.
        self.0.get(table as usize).copied().unwrap_or(0)
    }
}

/// By which names the store knows the generations of tables, and of any.
fn names(tables: &[Table]) -> Vec<&'static str> {
    tables.iter().map(|it| it.name()).chain([ANY]).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    async fn generations() -> Generations {
        Generations::new(Arc::new(Store::open("", "").await.unwrap()))
    }

    #[tokio::test]
    async fn nothing_is_believed_before_the_first_sweep() {
        let generations = generations().await;
        assert!(generations.snapshot().await.is_none());
        assert!(generations.mend().await);
        assert!(generations.snapshot().await.is_some());
    }

    #[tokio::test]
    async fn a_renewal_ends_agreement_of_its_table_alone() {
        let generations = generations().await;
        generations.mend().await;
        let before = generations.snapshot().await.unwrap();
        let (cadre, pool) = (before.of([Table::Cadre]), before.of([Table::ReservePool]));
        assert!(cadre.iter().all(|(_, stamp)| *stamp != 0));
        generations.renew([Table::Cadre]).await;
        let after = generations.snapshot().await.unwrap();
        assert!(!after.agrees(&cadre));
        assert!(after.agrees(&pool));
        assert!(!after.agrees(&[("no such table".to_owned(), 0)]));
    }

    #[tokio::test]
    async fn distrust_lasts_until_a_sweep() {
        let generations = generations().await;
        generations.mend().await;
        generations.distrust();
        assert!(generations.snapshot().await.is_none());
        assert!(generations.mend().await);
    }
}
