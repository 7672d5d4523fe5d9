//! A word to every process that there is something new: over Redis, or within this process when there is none.
//!
//! The word says nothing of what is new, so one that is lost costs time and no content: who listens looks for itself now
//! and then, and at once when the link comes back.

use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use futures_util::StreamExt;
use redis::aio::PubSub;
use tokio::sync::Notify;

use crate::shared::store::Store;

/// How long Redis may take to connect or to answer.
const PATIENCE: Duration = Duration::from_millis(1000);
/// Between two looks whether a silent link is alive.
const LOOK: Duration = Duration::from_secs(2);
/// Before the next try to connect.
const PAUSE: Duration = Duration::from_millis(200);

/// Where the word is given and heard.
pub struct Channel {
    store: Arc<Store>,
    name: &'static str,
    heard: Notify,
    away: AtomicBool,
}

impl Channel {
    /// The channel of a name.
    pub fn new(store: Arc<Store>, name: &'static str) -> Self {
        Self { store, name, heard: Notify::new(), away: AtomicBool::new(false) }
    }

    /// Whether the words of other processes do not come at this moment.
    pub fn is_away(&self) -> bool {
        self.away.load(Ordering::SeqCst)
    }

    /// Gives the word. Where it can't be given to others, they find out by looking.
    pub async fn announce(&self) {
        self.heard.notify_one();
        self.store.publish(self.name).await;
    }

    /// Waits for the word; one that came since the last time counts. For one listener.
    pub async fn heard(&self) {
        self.heard.notified().await;
    }

    /// Listens to the other processes until it is dropped.
    pub async fn listen(&self) {
        loop {
            match tokio::time::timeout(PATIENCE, self.store.subscribe(self.name)).await {
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
        self.heard.notify_one();
    }

    async fn stay(&self, link: PubSub) {
        let (mut link, mut words) = link.split();
        loop {
            match tokio::time::timeout(LOOK, words.next()).await {
                Ok(Some(_)) => self.heard.notify_one(),
                Ok(None) => return,
                Err(_) => match tokio::time::timeout(PATIENCE, link.ping::<redis::Value>()).await {
                    Ok(Ok(_)) => {}
                    _ => return,
                },
            }
        }
    }
}
