//! Turns at slow work: hashing a password takes a core for some 20 ms and 19 MiB, so a flood of sign-ins may neither take
//! all cores, nor all memory, nor wait without end.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::error::{Error, Result};

/// A short queue before a few turns.
pub struct Turns {
    turns: Arc<Semaphore>,
    waiting: AtomicU64,
    most: u64,
}

/// One turn, until it is dropped: it goes along to where the work is done, because a client that goes away ends what
/// waits for the work, and not the work.
pub type Turn = OwnedSemaphorePermit;

impl Turns {
    /// As many turns as half of the cores, at least one: the other half serves everybody else.
    pub fn new(most: u64) -> Self {
        let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
        Self { turns: Arc::new(Semaphore::new((cores / 2).max(1))), waiting: AtomicU64::new(0), most: most.max(1) }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// `Busy` when too many wait already.
    pub async fn take(&self) -> Result<Turn> {
        let place = Place(self);
        if self.waiting.fetch_add(1, Ordering::SeqCst) >= self.most {
            return Err(Error::Busy { retry_after_s: 5 });
        }
        let turn = self.turns.clone().acquire_owned().await.map_err(Error::internal)?;
        drop(place);
        Ok(turn)
    }
}

/// A place in the queue, given up however the waiting ends: also by a client that goes away.
struct Place<'t>(&'t Turns);

impl Drop for Place<'_> {
    fn drop(&mut self) {
        self.0.waiting.fetch_sub(1, Ordering::SeqCst);
    }
}
