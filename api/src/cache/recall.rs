//! Remembered answers: found only while every table that they were read from is as it was.
//!
//! The order is the law: generations first, then the entry, then, on a miss, the database. The other order would store
//! an old row under a new generation.
//!
//! What processes share is text. What this one has met lately it keeps as it is used, so that nothing is read from text
//! again; such an entry says itself whether it is of now.

use std::{
    any::Any,
    sync::Arc,
    time::{Duration, SystemTime},
};

use aws_lc_rs::digest;
use entity::Table;
use moka::{future, sync};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;
use tokio::sync::Mutex;

use crate::{
    cache::generations::{Generations, Snapshot, Stamp},
    hash::hex,
    metrics::Metrics,
};

/// What names an answer: build, question, scope and the question's fields.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Key(Arc<str>);

impl Key {
    /// The key of a question as serialized text, asked in a scope with this fingerprint.
    pub fn new(build: &str, name: &str, scope: &str, question: &[u8]) -> Self {
        let mut context = digest::Context::new(&digest::SHA256);
        for part in [build.as_bytes(), name.as_bytes(), scope.as_bytes(), question] {
            context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_le_bytes());
            context.update(part);
        }
        Self(hex(context.finish().as_ref()).into())
    }
}

/// An answer as all processes share it.
#[derive(Serialize, Deserialize)]
struct Entry<A> {
    stamps: Vec<Stamp>,
    /// Until which second, since 1970.
    until_s: u64,
    answer: A,
}

/// An answer as this process uses it, with the generations of its tables.
struct Near<A> {
    of: Arc<[u64]>,
    remembered: Remembered<A>,
}

/// What is near, and how long its text is.
type Held = (u32, Arc<dyn Any + Send + Sync>);

/// Bytes of answers' texts that a process has near, at most; with a store that other processes share, and without.
const NEAR: (u64, u64) = (6 * 1024 * 1024, 24 * 1024 * 1024);

/// An answer, with what it was made of.
#[derive(Clone)]
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
    near: sync::Cache<Key, Held>,
    flights: future::Cache<Key, Arc<Mutex<()>>>,
    on: bool,
    metrics: Arc<Metrics>,
}

impl Recall {
    /// A cache over these generations; `on: false` remembers nothing.
    pub fn new(generations: Arc<Generations>, on: bool, metrics: Arc<Metrics>) -> Self {
        let flights = future::Cache::builder().max_capacity(10_000).time_to_idle(Duration::from_secs(60)).build();
        let near = sync::Cache::builder()
            .weigher(|_: &Key, held: &Held| held.0)
            .max_capacity(if generations.store().is_shared() { NEAR.0 } else { NEAR.1 })
            .time_to_live(Duration::from_secs(300))
            .build();
        Self { generations, near, flights, on, metrics }
    }

    /// Whether anything is remembered.
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// The generations beneath.
    pub fn generations(&self) -> &Arc<Generations> {
        &self.generations
    }

    /// The answer remembered as of a snapshot, which `read` reads from its text, or the one that `load` reads from the
    /// database with the tables that it read, kept for `ttl_s` seconds. Several callers at once wait for one of them.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn answer<A, E>(
        &self,
        key: Key,
        ttl_s: u64,
        snapshot: Option<Snapshot>,
        read: impl Fn(&str) -> Option<A>,
        load: impl AsyncFnOnce() -> Result<(A, Vec<Table>), E>,
    ) -> Result<Remembered<A>, E>
    where
        A: Serialize + Clone + Send + Sync + 'static,
    {
        let unkept = |(answer, tables)| Remembered { answer, tables, until_s: 0 };
        let Some(snapshot) = snapshot else { return Ok(unkept(load().await?)) };
        if let Some(found) = self.look(&key, &snapshot, &read).await {
            return Ok(found);
        }
        let flight = self.flights.get_with(key.clone(), async { Arc::default() }).await;
        let _held = flight.lock().await;
        // Whoever flew before us may have brought it.
        let Some(snapshot) = self.snapshot().await else { return Ok(unkept(load().await?)) };
        if let Some(found) = self.look(&key, &snapshot, &read).await {
            return Ok(found);
        }
        self.metrics.misses.add(1);
        let (answer, tables) = load().await?;
        let made = Remembered { answer, tables, until_s: now_s() + ttl_s };
        Ok(self.keep(key, &snapshot, made).await)
    }

    /// Keeps what was made after a snapshot was taken, as long as it may be used.
    pub async fn keep<A: Serialize + Clone + Send + Sync + 'static>(
        &self,
        key: Key,
        snapshot: &Snapshot,
        made: Remembered<A>,
    ) -> Remembered<A> {
        let ttl_s = made.until_s.saturating_sub(now_s());
        let stamps = snapshot.of(made.tables.iter().copied());
        let entry = Entry { stamps, until_s: made.until_s, answer: &made.answer };
        if ttl_s > 0
            && let Ok(bytes) = serde_json::to_vec(&entry)
        {
            self.hold(&key, snapshot, bytes.len(), made.clone());
            let store = self.generations.store();
            // Without other processes nobody reads the text.
            if store.is_shared() && store.set(key.0.to_string(), bytes, ttl_s).await.is_err() {
                self.generations.distrust();
            }
        }
        made
    }

    fn hold<A: Send + Sync + 'static>(&self, key: &Key, snapshot: &Snapshot, bytes: usize, remembered: Remembered<A>) {
        let near = Near { of: snapshot.all(&remembered.tables), remembered };
        self.near.insert(key.clone(), (u32::try_from(bytes).unwrap_or(u32::MAX), Arc::new(near)));
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

    /// What is remembered under a key, where it is as it was at a snapshot; `read` reads it from its text.
    pub async fn look<A: Clone + Send + Sync + 'static>(
        &self,
        key: &Key,
        snapshot: &Snapshot,
        read: impl Fn(&str) -> Option<A>,
    ) -> Option<Remembered<A>> {
        let found = match self.at_hand(key, snapshot) {
            Some(found) => found,
            None => self.fetch(key, snapshot, read).await?,
        };
        self.metrics.hits.add(1);
        Some(found)
    }

    fn at_hand<A: Clone + Send + Sync + 'static>(&self, key: &Key, snapshot: &Snapshot) -> Option<Remembered<A>> {
        let (_, held) = self.near.get(key)?;
        // The key names the question, and so the type of its answer.
        let Near { of, remembered } = held.downcast_ref::<Near<A>>()?;
        let tables = remembered.tables.iter();
        let of_now = tables.zip(of.iter()).all(|(table, generation)| snapshot.at(*table) == *generation);
        (of_now && remembered.until_s > now_s()).then(|| remembered.clone())
    }

    async fn fetch<A: Clone + Send + Sync + 'static>(
        &self,
        key: &Key,
        snapshot: &Snapshot,
        read: impl Fn(&str) -> Option<A>,
    ) -> Option<Remembered<A>> {
        let store = self.generations.store();
        if !store.is_shared() {
            return None;
        }
        let Ok(found) = store.get(&key.0).await else {
            self.generations.distrust();
            return None;
        };
        let bytes = found?;
        // Bytes that can't be read are another build's: a miss.
        let Entry { stamps, until_s, answer } = serde_json::from_slice::<Entry<&RawValue>>(&bytes).ok()?;
        if !snapshot.agrees(&stamps) || until_s <= now_s() {
            return None;
        }
        let tables = stamps.iter().filter_map(|(name, _)| Table::parse(name)).collect();
        let found = Remembered { answer: read(answer.get())?, tables, until_s };
        self.hold(key, snapshot, bytes.len(), found.clone());
        Some(found)
    }
}
