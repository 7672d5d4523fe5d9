//! Remembered answers: found only while every table that they were read from is as it was.
//!
//! The order is the law: generations first, then the entry, then, on a miss, the database. The other order would store
//! an old row under a new generation.

use std::{
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_lc_rs::digest;
use entity::Table;
use moka::future::Cache;
use serde::{Deserialize, Serialize, de::DeserializeOwned};
use tokio::sync::Mutex;

use crate::{
    cache::generations::{Generations, Snapshot, Stamp},
    hash::hex,
    metrics::Metrics,
};

/// What names an answer: build, question, scope and the question's fields.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key(String);

impl Key {
    /// The key of a question as serialized text, asked in a scope with this fingerprint.
    pub fn new(build: &str, name: &str, scope: &str, question: &[u8]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [build.as_bytes(), name.as_bytes(), scope.as_bytes(), question] {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            context.update(part);
        }
        Self(hex(context.finish().as_ref()))
    }
}

#[derive(Serialize, Deserialize)]
struct Entry<A> {
    stamps: Vec<Stamp>,
    /// Until which second, since 1970.
    until_s: u64,
    answer: A,
}

/// An answer, with what it was made of.
pub struct Remembered<A> {
    /// The answer.
    pub answer: A,
    /// The tables that it was read from.
    pub tables: Vec<Table>,
    /// Until which second, since 1970, it may be used.
    pub until_s: u64,
}

fn now_s() -> u64 {
    SystemTime::UNIX_EPOCH.elapsed().map_or(0, |it| it.as_secs())
}

/// The cache of one process, over the shared store.
pub struct Recall {
    generations: Arc<Generations>,
    flights: Cache<Key, Arc<Mutex<()>>>,
    on: bool,
    metrics: Arc<Metrics>,
}

impl Recall {
    /// A cache over these generations; `on: false` remembers nothing.
    pub fn new(generations: Arc<Generations>, on: bool, metrics: Arc<Metrics>) -> Self {
        let flights = Cache::builder().max_capacity(10_000).time_to_idle(Duration::from_secs(60)).build();
        Self { generations, flights, on, metrics }
    }

    /// Whether anything is remembered.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// The generations beneath.
    pub fn generations(&self) -> &Arc<Generations> {
        &self.generations
    }

    /// The answer remembered as of a snapshot, or the one that `load` reads from the database with the tables that it read,
    /// kept for `ttl_s` seconds. Several callers at once wait for one of them.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn answer<A, E, F>(
        &self,
        key: Key,
        ttl_s: u64,
        snapshot: Option<Snapshot>,
        load: F,
    ) -> Result<Remembered<A>, E>
    where
        A: Serialize + DeserializeOwned,
        F: AsyncFnOnce() -> Result<(A, Vec<Table>), E>,
    {
        let unkept = |(answer, tables)| Remembered { answer, tables, until_s: 0 };
        let Some(snapshot) = snapshot else { return Ok(unkept(load().await?)) };
        if let Some(found) = self.look(&key, &snapshot).await {
            return Ok(found);
        }
        let flight = self.flights.get_with(key.clone(), async { Arc::default() }).await;
        let _held = flight.lock().await;
        // Whoever flew before us may have brought it.
        let Some(snapshot) = self.snapshot().await else { return Ok(unkept(load().await?)) };
        if let Some(found) = self.look(&key, &snapshot).await {
            return Ok(found);
        }
        self.metrics.misses.add(1);
        let (answer, tables) = load().await?;
        let made = Remembered { answer, tables, until_s: now_s() + ttl_s };
        Ok(self.keep(key, &snapshot, made).await)
    }

    /// Keeps what was made after a snapshot was taken, as long as it may be used.
    pub async fn keep<A: Serialize>(&self, key: Key, snapshot: &Snapshot, made: Remembered<A>) -> Remembered<A> {
        let ttl_s = made.until_s.saturating_sub(now_s());
        let entry =
            Entry { stamps: snapshot.of(made.tables.iter().copied()), until_s: made.until_s, answer: made.answer };
        if ttl_s > 0
            && let Ok(bytes) = serde_json::to_vec(&entry)
            && self.generations.store().set(key.0, bytes, ttl_s).await.is_err()
        {
            self.generations.distrust();
        }
        Remembered { answer: entry.answer, ..made }
    }

    /// The generations now; none where nothing is remembered, or may be believed.
    pub async fn snapshot(&self) -> Option<Snapshot> {
        if !self.on {
            return None;
        }
        let snapshot = self.generations.snapshot().await;
        if snapshot.is_none() {
            self.metrics.bypasses.add(1);
        }
        snapshot
    }

    /// What is remembered under a key, where it is as it was at a snapshot.
    pub async fn look<A: DeserializeOwned>(&self, key: &Key, snapshot: &Snapshot) -> Option<Remembered<A>> {
        let store = self.generations.store();
        // An entry says itself whether it is of now: an older one near is as good as none.
        if let Some(found) = store.near(&key.0).and_then(|it| self.read(&it, snapshot)) {
            return Some(found);
        }
        let Ok(found) = store.get(&key.0).await else {
            self.generations.distrust();
            return None;
        };
        self.read(&found?, snapshot)
    }

    fn read<A: DeserializeOwned>(&self, bytes: &[u8], snapshot: &Snapshot) -> Option<Remembered<A>> {
        // Bytes that can't be read are another build's: a miss.
        let entry: Entry<A> = serde_json::from_slice(bytes).ok()?;
        if !snapshot.agrees(&entry.stamps) || entry.until_s <= now_s() {
            return None;
        }
        self.metrics.hits.add(1);
        let tables = entry.stamps.iter().filter_map(|(name, _)| Table::parse(name)).collect();
        Some(Remembered { answer: entry.answer, tables, until_s: entry.until_s })
    }
}
