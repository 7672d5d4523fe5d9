//! A word to every process that there is something new: over Redis, or within this process when there is none.
//!
//! The word says nothing of what is new, so one that is lost costs time and no content: who listens looks for itself now
//! and then, and at once when the link comes back. Words are counted: what was true at one count is true while the count
//! stays, as long as they come.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt;
use redis::aio::PubSub;
use tokio::sync::Notify;

use crate::shared::store::Store;

/// Before the next try to connect.
const PAUSE: Duration = Duration::from_millis(200);

/// Where the word is given and heard.
pub struct Channel {
    store: Arc<Store>,
    name: &'static str,
    /// Between two looks whether a silent link is alive, and how long Redis may take to connect or to answer.
    look: Duration,
    patience: Duration,
    heard: Notify,
    away: AtomicBool,
    /// Whether words come at this moment, and how many came or may have been missed.
    comes: AtomicBool,
    words: AtomicU64,
}

impl Channel {
    /// The channel of a name. A link that has died is noticed after `look` and `patience` at most.
    pub fn new(store: Arc<Store>, name: &'static str, look: Duration, patience: Duration) -> Self {
        let (heard, away, comes, words) = Default::default();
        Self { store, name, look, patience, heard, away, comes, words }
    }

    /// How many words there were; none while the words of other processes do not come.
    pub fn count(&self) -> Option<u64> {
        self.comes.load(Ordering::SeqCst).then(|| self.words.load(Ordering::SeqCst))
    }

    /// Whether the words of other processes do not come at this moment.
    pub fn is_away(&self) -> bool {
        self.away.load(Ordering::SeqCst)
    }

    /// Gives the word; says whether it was given to others. Where it can't be, they find out by looking.
    pub async fn announce(&self) -> bool {
        self.word();
        self.store.publish(self.name).await.is_ok()
    }

    /// Waits for the word; one that came since the last time counts. For one listener.
    pub async fn heard(&self) {
        self.heard.notified().await;
    }

    /// Listens to the other processes until it is dropped.
    pub async fn listen(&self) {
        loop {
            match tokio::time::timeout(self.patience, self.store.subscribe(self.name)).await {
                // In this process alone there is nobody else to listen to.
                Ok(Ok(None)) => return,
                Ok(Ok(Some(link))) => {
                    self.told(false);
                    self.stay(link).await;
                }
                Ok(Err(_)) | Err(_) => {}
            }
            self.told(true);
            tokio::time::sleep(PAUSE).await;
        }
    }

    /// Wakes the listener too: what was said meanwhile is to be looked for.
    fn told(&self, away: bool) {
        if self.away.swap(away, Ordering::SeqCst) != away {
            tracing::info!(away, "the link by which processes tell each other of changes");
        }
        // In this order: what was kept before the link came back is of an older count.
        self.word();
        self.comes.store(!away, Ordering::SeqCst);
    }

    fn word(&self) {
        self.words.fetch_add(1, Ordering::SeqCst);
        self.heard.notify_one();
    }

    async fn stay(&self, link: PubSub) {
        let (mut link, mut words) = link.split();
        loop {
            match tokio::time::timeout(self.look, words.next()).await {
                Ok(Some(_)) => self.word(),
                Ok(None) => return,
                Err(_) => match tokio::time::timeout(self.patience, link.ping::<redis::Value>()).await {
                    Ok(Ok(_)) => {}
                    _ => return,
                },
            }
        }
    }
}
