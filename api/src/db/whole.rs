//! What a whole answer is made of: while it is, each verb of the door notes here what it read, so that the answer may be kept
//! as a whole and ends with the first of its parts. Whatever is not remembered itself, or tells of the moment, makes it pass.

use std::{
    collections::BTreeSet,
    sync::{Arc, Mutex, PoisonError},
    time::{Duration, Instant},
};

use entity::Table;
use serde::{Serialize, de::DeserializeOwned};

use crate::{
    cache::{
        generations::Snapshot,
        recall::{Key, Remembered},
    },
    db::session::Session,
};

/// How long a request goes by the generations that it began with.
const MOMENT: Duration = Duration::from_millis(100);

/// The generations that a request began with: what was true then may be told until it changes something itself.
#[derive(Clone, Default)]
pub(super) struct Seen(Arc<Mutex<Option<(Instant, Snapshot)>>>);

impl Seen {
    /// Of this moment.
    pub(super) fn now(snapshot: Option<Snapshot>) -> Self {
        Self(Arc::new(Mutex::new(snapshot.map(|it| (Instant::now(), it)))))
    }

    /// Nothing any more: something was changed.
    pub(super) fn forget(&self) {
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }

    fn get(&self) -> Option<Snapshot> {
        let seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.as_ref().filter(|(at, _)| at.elapsed() <= MOMENT).map(|(_, it)| it.clone())
    }
}

/// The parts of a whole answer; nothing where it is not to be kept.
#[derive(Clone, Default)]
pub(super) struct Whole(Option<Arc<Mutex<Parts>>>);

struct Parts {
    passes: bool,
    tables: BTreeSet<Table>,
    until_s: u64,
}

impl Whole {
    /// Of an answer that begins.
    pub(super) fn begun() -> Self {
        let parts = Parts { passes: false, tables: BTreeSet::new(), until_s: u64::MAX };
        Self(Some(Arc::new(Mutex::new(parts))))
    }

    fn note(&self, note: impl FnOnce(&mut Parts)) {
        if let Some(parts) = &self.0 {
            note(&mut parts.lock().unwrap_or_else(PoisonError::into_inner));
        }
    }

    /// It is made of something that is not remembered.
    pub(super) fn passes(&self) {
        self.note(|it| it.passes = true);
    }

    /// It is made of an answer that was read from these tables, and is remembered until a second since 1970.
    pub(super) fn holds(&self, tables: &[Table], until_s: u64) {
        self.note(|it| {
            it.tables.extend(tables);
            it.until_s = it.until_s.min(until_s);
        });
    }

    /// The tables and the end of what it was made of; none where it passes, or is made of nothing that is remembered.
    fn made(&self) -> Option<(Vec<Table>, u64)> {
        let parts = self.0.as_ref()?.lock().unwrap_or_else(PoisonError::into_inner);
        let whole = !parts.passes && !parts.tables.is_empty();
        whole.then(|| (parts.tables.iter().copied().collect(), parts.until_s))
    }
}

/// Where the whole answer to one request is kept.
pub struct Place {
    key: Key,
    // Taken before anything is read: the other order would keep an old answer under a new generation.
    snapshot: Snapshot,
}

impl Session {
    /// The same session, which notes what its whole answer is made of.
    pub fn gathering(mut self) -> Self {
        self.whole = Whole::begun();
        self
    }

    /// The generations by which remembered answers are looked up.
    pub(super) async fn snapshot(&self) -> Option<Snapshot> {
        match self.seen.get().filter(|_| self.door().recall.generations().trusted()) {
            Some(seen) => Some(seen),
            None => self.door().recall.snapshot().await,
        }
    }

    /// Where the whole answer to what is asked is kept for this caller; none where nothing is remembered.
    pub async fn place(&self, asked: &[u8]) -> Option<Place> {
        let door = self.door();
        let scope = self.actor().fingerprint(door.clock.now()).filter(|_| self.remembers())?;
        let snapshot = self.snapshot().await?;
        let scope = format!("{scope}|{}", self.today());
        Some(Place { key: Key::new(&door.build, "whole answer", &scope, asked), snapshot })
    }

    /// The answer that is kept in a place.
    pub async fn kept<A: DeserializeOwned + Clone + Send + Sync + 'static>(&self, place: &Place) -> Option<A> {
        let read = |text: &str| serde_json::from_str(text).ok();
        Some(self.door().recall.look(&place.key, &place.snapshot, read).await?.answer)
    }

    /// Keeps a whole answer, where all that it was made of may be remembered.
    pub async fn keep<A: Serialize + Clone + Send + Sync + 'static>(&self, place: Place, answer: A) {
        if let Some((tables, until_s)) = self.whole.made() {
            self.door().recall.keep(place.key, &place.snapshot, Remembered { answer, tables, until_s }).await;
        }
    }
}
