//! Which state of each table an answer was read from, and whether this process may believe what it remembers.
//!
//! Considered and dropped: keeping a local copy of the generations and pushing changes to it; a lost message would then
//! be a stale answer with nothing to notice it.

mod rounds;

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use entity::Table;

use crate::shared::store::{PerThread, Store};
use rounds::Rounds;

/// A table and its generation.
pub type Stamp = (String, u64);

/// The generations of all tables, and this process's trust in them.
pub struct Generations {
    store: Arc<Store>,
    rounds: PerThread<Rounds>,
    /// Times that the store failed us. Grows before anybody relies on it again.
    failures: AtomicU64,
    /// The count of failures that the last sweep made good. Trust is `mended == failures`: a failure during a sweep
    /// leaves the two apart, so a sweep can't bury what happened meanwhile.
    mended: AtomicU64,
}

/// Every table's generation at one moment.
#[derive(Clone)]
pub struct Snapshot(Arc<[u64]>);

impl Generations {
    /// Over a store. Nothing is believed before the first sweep.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, rounds: PerThread::default(), failures: AtomicU64::new(1), mended: AtomicU64::new(0) }
    }

    /// The store itself, for entries.
    pub fn store(&self) -> &Arc<Store> {
        &self.store
    }

    /// Has this thread ask with links of its own: it serves.
    pub fn adopt(&self) {
        self.store.adopt();
        if self.store.is_shared() {
            self.rounds.adopt();
        }
    }

    /// Whether remembered answers may be used.
    pub fn trusted(&self) -> bool {
        self.mended.load(Ordering::SeqCst) == self.failures.load(Ordering::SeqCst)
    }

    /// Every table's generation now; none while nothing may be believed.
    pub async fn snapshot(&self) -> Option<Snapshot> {
        self.of(Table::ALL).await.map(Snapshot)
    }

    /// The generations of some tables now; none while nothing may be believed.
    pub async fn of(&self, tables: &[Table]) -> Option<Arc<[u64]>> {
        if !self.trusted() {
            return None;
        }
        let found = match self.rounds.get(|_| ()) {
            Some(rounds) => rounds.ask(&self.store, tables).await,
            None => self.store.stamps(&tables.iter().map(|it| it.name()).collect::<Vec<_>>()).await.map(Arc::from),
        };
        found.inspect_err(|_| self.distrust()).ok()
    }

    /// Gives these tables new generations; says whether it was done.
    pub async fn renew(&self, tables: impl IntoIterator<Item = Table>) -> bool {
        let names: Vec<&'static str> = tables.into_iter().map(Table::name).collect();
        if names.is_empty() {
            return true;
        }
        let done = self.store.renew(&names).await.is_ok();
        if !done {
            self.distrust();
        }
        done
    }

    /// Believe nothing until a sweep has renewed everything.
    pub fn distrust(&self) {
        self.failures.fetch_add(1, Ordering::SeqCst);
    }

    /// Renews every table, so that nothing remembered before can be used, and believes again if nothing failed
    /// meanwhile. Says whether it does.
    pub async fn mend(&self) -> bool {
        let seen = self.failures.load(Ordering::SeqCst);
        let names: Vec<&'static str> = Table::ALL.iter().map(|it| it.name()).collect();
        if self.store.renew(&names).await.is_ok() {
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

    /// The generations of some tables.
    pub fn all(&self, tables: &[Table]) -> Arc<[u64]> {
        tables.iter().map(|it| self.at(*it)).collect()
    }

    /// Whether all of these stamps are the tables' own now.
    pub fn agrees(&self, stamps: &[Stamp]) -> bool {
        stamps.iter().all(|(name, stamp)| Table::parse(name).is_some_and(|table| self.at(table) == *stamp))
    }

    fn at(&self, table: Table) -> u64 {
        let place = Table::ALL.iter().position(|it| *it == table);
        place.and_then(|place| self.0.get(place)).copied().unwrap_or(0)
    }
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
