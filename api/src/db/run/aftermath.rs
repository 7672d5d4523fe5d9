//! What follows commits: the mark that the caches know, and the numbers of what is told. A server does it beside its
//! requests, for all that committed within a few thousandths of a second at once: neither who wrote nor who asks next waits
//! for it. Where no server runs, who committed does it; and where one file has one writer, for whom all others wait anyway.
//!
//! What waits here has committed. Where a process ends before it came to it, a sweeper comes to it within a second.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use entity::id::AuditEventId;
use sea_orm::DbBackend;
use tokio::sync::{Mutex as Turn, Notify};

use crate::db::{door::Door, outbox};

/// How long what has committed waits for others, so that one round does for all of them.
const GATHERING: Duration = Duration::from_millis(5);

/// Acts of this process that committed and were not seen to yet.
#[derive(Default)]
pub struct Aftermath {
    waiting: Mutex<Waiting>,
    turn: Turn<()>,
    come: Notify,
    /// Whether somebody sees to them beside the requests.
    kept: AtomicBool,
}

/// What one round sees to. What it does not come to waits for the next: a request that does it may be given up.
struct Round<'a> {
    of: &'a Aftermath,
    left: Waiting,
}

impl Drop for Round<'_> {
    fn drop(&mut self) {
        if self.left.told || !self.left.published.is_empty() {
            self.of.note(&mut self.left);
        }
    }
}

#[derive(Default)]
struct Waiting {
    /// Events that the caches know of.
    published: Vec<AuditEventId>,
    /// Whether there is anything to tell.
    told: bool,
}

impl Aftermath {
    /// Notes an act that committed; sees to it where nobody else does.
    pub async fn follow(&self, door: &Door, published: Option<AuditEventId>, told: bool) {
        self.note(&mut Waiting { published: published.into_iter().collect(), told });
        if !self.kept.load(Ordering::SeqCst) {
            self.see_to(door).await;
        }
    }

    fn note(&self, of: &mut Waiting) {
        let mut waiting = self.waiting();
        waiting.published.append(&mut of.published);
        waiting.told |= of.told;
        self.come.notify_one();
    }

    /// Sees to all that committed until now, and waits for who is at it.
    pub async fn see_to(&self, door: &Door) {
        let _turn = self.turn.lock().await;
        let mut round = Round { of: self, left: std::mem::take(&mut *self.waiting()) };
        if !round.left.published.is_empty() {
            super::mark(door, &round.left.published).await;
            round.left.published.clear();
        }
        // After the caches, so that who is told and asks is not answered from before.
        if round.left.told
            && let Err(error) = outbox::number(door).await
        {
            tracing::warn!(?error, "a change could not be told; the sweeper will repeat it");
        }
        round.left.told = false;
    }

    /// To see to what is left alone; none while somebody is at it, for they may wait long for the database.
    pub fn turn(&self) -> Option<tokio::sync::MutexGuard<'_, ()>> {
        self.turn.try_lock().ok()
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// While it lives, who commits leaves what follows to another.
struct Kept<'k>(&'k AtomicBool);

impl Drop for Kept<'_> {
    fn drop(&mut self) {
        self.0.store(false, Ordering::SeqCst);
    }
}

impl Door {
    /// Sees to what has committed in this process until now.
    pub async fn catch_up(&self) {
        self.aftermath.see_to(self).await;
    }

    /// Sees to what commits in this process, until it is dropped.
    pub async fn keep_following(self: Arc<Self>) {
        if self.database.get_database_backend() != DbBackend::Postgres {
            return;
        }
        let aftermath = &self.aftermath;
        aftermath.kept.store(true, Ordering::SeqCst);
        let _kept = Kept(&aftermath.kept);
        loop {
            aftermath.come.notified().await;
            tokio::time::sleep(GATHERING).await;
            self.catch_up().await;
        }
    }
}
