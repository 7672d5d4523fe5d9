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
    /// WebSockets that have not said who they are.
    strangers: AtomicU64,
    connected: Shares,
    following: Shares,
    ending: watch::Sender<bool>,
}

impl Streams {
    /// None yet; at most so many, and so many subscriptions over them, of one account.
    pub fn new(most: u64, most_subscriptions: u64) -> Arc<Self> {
        let (ending, _) = watch::channel(false);
        Arc::new(Self {
            connections: AtomicU64::new(0),
            subscriptions: AtomicU64::new(0),
            strangers: AtomicU64::new(0),
            connected: Shares { of: Mutex::default(), most },
            following: Shares { of: Mutex::default(), most: most_subscriptions },
            ending,
        })
    }

    /// Counts an account's stream; none where it has as many as it may.
    pub fn take(self: &Arc<Self>, who: Subject) -> Option<Place> {
        Place::take(self, |it| &it.connected, who)
    }

    /// Counts an account's subscription; none where it has as many as it may.
    pub fn follow(self: &Arc<Self>, who: Subject) -> Option<Place> {
        Place::take(self, |it| &it.following, who)
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

/// How many each account has, and may have.
struct Shares {
    of: Mutex<HashMap<Subject, u64>>,
    most: u64,
}

/// An account's stream or subscription, counted until it is dropped.
pub struct Place {
    streams: Arc<Streams>,
    which: fn(&Streams) -> &Shares,
    who: Subject,
}

impl Place {
    fn take(streams: &Arc<Streams>, which: fn(&Streams) -> &Shares, who: Subject) -> Option<Self> {
        let shares = which(streams);
        let mut of = shares.of.lock().unwrap_or_else(PoisonError::into_inner);
        let count = of.entry(who).or_default();
        if *count >= shares.most {
            return None;
        }
        *count += 1;
        Some(Self { streams: streams.clone(), which, who })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let mut of = (self.which)(&self.streams).of.lock().unwrap_or_else(PoisonError::into_inner);
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

    /// One more WebSocket of which nobody knows whose it is; none where there are as many as there may be.
    pub fn stranger(streams: &Arc<Streams>, most: u64) -> Option<Self> {
        let counted = Self::new(streams, |it| &it.strangers);
        // Counted first, so that no two take the last place.
        (streams.strangers.load(Ordering::SeqCst) <= most).then_some(counted)
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
