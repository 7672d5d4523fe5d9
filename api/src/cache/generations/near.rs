//! Generations that every request asks for, kept near: believed while words of their changes come, and were none since.
//!
//! Who changes them gives the word when they are changed, so another process that hears goes by old ones for as long as the
//! word takes; one whose link has died finds out within `LOOK` and `PATIENCE` together, and asks each time until it hears again.
//! After a second they are asked for in any case. Enough for who one is, where a change asks the database again before it is
//! done; not for remembered answers.

use std::{
    sync::{Arc, PoisonError, RwLock},
    time::{Duration, Instant},
};

use super::LIFE;
use crate::shared::{channel::Channel, store::Store};

/// Between two looks whether a silent link is alive.
const LOOK: Duration = Duration::from_millis(500);
/// How long Redis may take to connect or to answer.
const PATIENCE: Duration = Duration::from_millis(400);

/// What is kept near of some tables.
pub struct Near {
    channel: Channel,
    kept: RwLock<Option<Kept>>,
}

/// Generations as they were asked for.
struct Kept {
    all: Arc<[u64]>,
    /// When, and how many words there had been.
    at: Instant,
    words: u64,
}

impl Near {
    /// Nothing yet.
    pub fn new(store: Arc<Store>, channel: &'static str) -> Self {
        Self { channel: Channel::new(store, channel, LOOK, PATIENCE), kept: RwLock::default() }
    }

    /// Where the words come.
    pub fn channel(&self) -> &Channel {
        &self.channel
    }

    /// The generations that are near, or those that `ask` brings.
    pub async fn or(&self, ask: impl Future<Output = Option<Arc<[u64]>>>) -> Option<Arc<[u64]>> {
        // Before they are asked for: a word that comes meanwhile tells that they may be old.
        let Some(words) = self.channel.count() else { return ask.await };
        if let Some(near) = self.at(words) {
            return Some(near);
        }
        let at = Instant::now();
        let all = ask.await?;
        let kept = Kept { all: all.clone(), at, words };
        *self.kept.write().unwrap_or_else(PoisonError::into_inner) = Some(kept);
        Some(all)
    }

    fn at(&self, words: u64) -> Option<Arc<[u64]>> {
        let kept = self.kept.read().unwrap_or_else(PoisonError::into_inner);
        kept.as_ref().filter(|it| it.words == words && it.at.elapsed() < LIFE).map(|it| it.all.clone())
    }
}
