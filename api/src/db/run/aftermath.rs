//! What follows commits: the mark that the caches know, and the numbers of what is told. One request does it for all that
//! committed while another did, so that many writers at once do not each wait for their own.
//!
//! Who waits here has committed. Where the one that does it is broken off, the sweeper comes to it within a second.

use std::sync::{Mutex, MutexGuard, PoisonError};

use entity::id::AuditEventId;
use tokio::sync::Mutex as Turn;

use crate::db::{door::Door, outbox};

/// Acts of this process that committed and were not seen to yet.
#[derive(Default)]
pub struct Aftermath {
    waiting: Mutex<Waiting>,
    turn: Turn<()>,
}

#[derive(Default)]
struct Waiting {
    /// How often it was seen to what waited.
    round: u64,
    /// Events that the caches know of.
    published: Vec<AuditEventId>,
    /// Whether there is anything to tell.
    told: bool,
}

impl Aftermath {
    /// Sees to one act, and to all that wait with it.
    pub async fn follow(&self, door: &Door, published: Option<AuditEventId>, told: bool) {
        let round = {
            let mut waiting = self.waiting();
            waiting.published.extend(published);
            waiting.told |= told;
            waiting.round
        };
        let _turn = self.turn.lock().await;
        let Waiting { published, told, .. } = {
            let mut waiting = self.waiting();
            if waiting.round != round {
                return;
            }
            let next = Waiting { round: round.wrapping_add(1), ..Waiting::default() };
            std::mem::replace(&mut *waiting, next)
        };
        if !published.is_empty() {
            super::mark(door, &published).await;
        }
        // After the caches, so that who is told and asks is not answered from before.
        if told && let Err(error) = outbox::number(door).await {
            tracing::warn!(?error, "a change could not be told; the sweeper will repeat it");
        }
    }

    fn waiting(&self) -> MutexGuard<'_, Waiting> {
        self.waiting.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
