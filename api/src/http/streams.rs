//! Which streams are open: how many of whom, and how all of them are told that the server ends.

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use tokio::sync::watch;

use crate::auth::token::Subject;

/// The open streams of one process.
pub struct Streams {
    /// Connections that stay open: WebSockets and streams of events.
    pub connections: AtomicU64,
    /// Subscriptions over them.
    pub subscriptions: AtomicU64,
    of: Mutex<HashMap<Subject, u64>>,
    most: u64,
    ending: watch::Sender<bool>,
}

impl Streams {
    /// None yet; at most so many of one account.
    pub fn new(most: u64) -> Arc<Self> {
        let (ending, _) = watch::channel(false);
        let (connections, subscriptions) = (AtomicU64::new(0), AtomicU64::new(0));
        Arc::new(Self { connections, subscriptions, of: Mutex::default(), most, ending })
    }

    /// Counts an account's stream; none where it has as many as it may.
    pub fn take(self: &Arc<Self>, who: Subject) -> Option<Place> {
        let mut of = self.of.lock().unwrap_or_else(PoisonError::into_inner);
        let count = of.entry(who).or_default();
        if *count >= self.most {
            return None;
        }
        *count += 1;
        Some(Place { streams: self.clone(), who })
    }

    /// Tells every stream to end.
    pub fn end(&self) {
        self.ending.send_replace(true);
    }

    /// Hears that the streams are to end.
    pub fn ending(&self) -> watch::Receiver<bool> {
        self.ending.subscribe()
    }
}

/// An account's stream, counted until it is dropped.
pub struct Place {
    streams: Arc<Streams>,
    who: Subject,
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut of = self.streams.of.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(count) = of.get_mut(&self.who) {
            *count -= 1;
            if *count == 0 {
                of.remove(&self.who);
            }
        }
    }
}

/// Counts something open until it is dropped.
pub struct Counted {
    streams: Arc<Streams>,
    which: fn(&Streams) -> &AtomicU64,
}

impl Counted {
    /// One more connection.
    pub fn connection(streams: &Arc<Streams>) -> Self {
        Self::new(streams, |it| &it.connections)
    }

    /// One more subscription.
    pub fn subscription(streams: &Arc<Streams>) -> Self {
        Self::new(streams, |it| &it.subscriptions)
    }

    fn new(streams: &Arc<Streams>, which: fn(&Streams) -> &AtomicU64) -> Self {
        which(streams).fetch_add(1, Ordering::SeqCst);
        Self { streams: streams.clone(), which }
    }
}

impl Drop for Counted {
    fn drop(&mut self) {
        (self.which)(&self.streams).fetch_sub(1, Ordering::SeqCst);
    }
}
