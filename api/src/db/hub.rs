//! Who follows changes, and how each is told: one reader of the outbox a process, and a queue for each follower.
//!
//! A follower that is slow loses its queue and nothing else: it reads on from the outbox, where it stopped. So neither a
//! slow client nor a lost word between processes loses a change, and none costs more memory than its queue.

use std::{
    collections::{HashSet, VecDeque},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
    time::Duration,
};

use entity::{id::Key, kind::Topic};
use tokio::sync::broadcast::{self, error::RecvError};
use uuid::Uuid;

use crate::{
    db::{
        door::Door,
        outbox::{self, Told},
    },
    error::{Error, Result},
    shared::{channel::Channel, store::Store},
};

/// Changes that wait for a follower before it must read them from the outbox.
const QUEUE: usize = 256;
/// Between two looks into the outbox when no word comes, and while none can come from other processes.
const LOOK: Duration = Duration::from_millis(1000);
const LOOK_WHILE_AWAY: Duration = Duration::from_millis(250);

/// Between two looks whether the link to the other processes is alive, and how long Redis may take to connect or to answer.
const LINK_LOOK: Duration = Duration::from_secs(2);
const LINK_PATIENCE: Duration = Duration::from_millis(1000);

/// What a subscription is asked to answer.
#[derive(Clone, Debug)]
pub enum Turn {
    /// What it follows; nothing is told yet.
    Begin(Arc<Interest>),
    /// A change.
    Change(Arc<Told>),
    /// How the stream itself fares.
    Notice(Notice),
}

/// How the stream itself fares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Notice {
    /// Whether changes made through other processes come late.
    pub delayed: bool,
    /// The place of the last change before.
    pub sequence: i64,
}

/// What a subscription follows, as it says when it begins.
#[derive(Debug, Default)]
pub struct Interest(Mutex<Option<Wanted>>);

/// What a subscription follows.
#[derive(Clone, Debug)]
pub struct Wanted {
    topic: Topic,
    subjects: Option<HashSet<Uuid>>,
    after: Option<String>,
}

impl Interest {
    /// Says it: a kind of thing, only these where some are named, on from an event.
    pub fn say<K: Key>(&self, topic: Topic, subjects: Option<Vec<K>>, after: Option<String>) {
        let subjects = subjects.map(|all| all.into_iter().map(K::uuid).collect());
        *self.0.lock().unwrap_or_else(PoisonError::into_inner) = Some(Wanted { topic, subjects, after });
    }

    /// What was said, with another event to go on from where one is given.
    pub fn wanted(&self, resume: Option<String>) -> Option<Wanted> {
        let said = self.0.lock().unwrap_or_else(PoisonError::into_inner).clone();
        said.map(|it| Wanted { after: resume.or(it.after), ..it })
    }
}

/// The followers of one process.
pub struct Hub {
    turns: broadcast::Sender<Turn>,
    newest: AtomicI64,
    delayed: AtomicBool,
    pub(super) channel: Channel,
}

impl Hub {
    pub(super) fn new(store: Arc<Store>) -> Self {
        let channel = Channel::new(store, "changes", LINK_LOOK, LINK_PATIENCE);
        let (turns, _) = broadcast::channel(QUEUE);
        Self { turns, newest: AtomicI64::new(0), delayed: AtomicBool::new(false), channel }
    }
}

/// Begins to tell: what was told before the start is nobody's news.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn begin(door: &Door) -> Result<()> {
    let newest = outbox::kept(door).await?.map_or(0, |(_, highest)| highest);
    door.hub.newest.store(newest, Ordering::SeqCst);
    Ok(())
}

/// Tells every follower of this process what the outbox says, until it is dropped.
pub async fn keep_telling(door: Arc<Door>) {
    let looking = async {
        loop {
            tell_what_is_new(&door).await;
            let pause = if door.hub.channel.is_away() { LOOK_WHILE_AWAY } else { LOOK };
            let _ = tokio::time::timeout(pause, door.hub.channel.heard()).await;
        }
    };
    tokio::join!(door.hub.channel.listen(), looking);
}

/// Tells every follower of this process what the outbox says now.
pub async fn tell_what_is_new(door: &Door) {
    if let Err(error) = tell(door).await {
        tracing::warn!(?error, "the outbox could not be read");
    }
}

async fn tell(door: &Door) -> Result<()> {
    let hub = &door.hub;
    let delayed = hub.channel.is_away();
    loop {
        let page = outbox::after(door, hub.newest.load(Ordering::SeqCst)).await?;
        let full = page.len() == outbox::BATCH;
        for told in page {
            hub.newest.store(told.sequence, Ordering::SeqCst);
            // Nobody may follow.
            let _ = hub.turns.send(Turn::Change(Arc::new(told)));
        }
        if !full {
            break;
        }
    }
    if hub.delayed.swap(delayed, Ordering::SeqCst) != delayed {
        let sequence = hub.newest.load(Ordering::SeqCst);
        let _ = hub.turns.send(Turn::Notice(Notice { delayed, sequence }));
    }
    Ok(())
}

/// One follower.
pub struct Following {
    door: Arc<Door>,
    turns: broadcast::Receiver<Turn>,
    wanted: Wanted,
    seen: i64,
    /// Whether the outbox holds what the queue does not.
    behind: bool,
    waiting: VecDeque<Turn>,
}

impl Following {
    /// A follower of what is wanted; none where the event to go on from is not kept any more, or never was.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn begin(door: &Arc<Door>, wanted: Wanted) -> Result<Option<Self>> {
        // First the queue, then the place: what comes between is in both, and told once.
        let turns = door.hub.turns.subscribe();
        // What has committed here before is told already when it begins.
        door.catch_up().await;
        let kept = outbox::kept(door).await?;
        let (mut seen, behind) = (kept.map_or(0, |(_, highest)| highest), wanted.after.is_some());
        if let Some(name) = &wanted.after {
            let Some(place) = door.seal.cursors.number(name) else { return Ok(None) };
            match kept {
                Some((lowest, highest)) if lowest <= place + 1 && place <= highest => {}
                None if place == 0 => {}
                _ => return Ok(None),
            }
            seen = place;
        }
        let notice = Notice { delayed: true, sequence: seen };
        let waiting = door.hub.delayed.load(Ordering::SeqCst).then_some(Turn::Notice(notice)).into_iter().collect();
        Ok(Some(Self { door: door.clone(), turns, wanted, seen, behind, waiting }))
    }

    /// Waits for what comes next. May be given up and asked again: nothing is lost by it.
    ///
    /// # Errors
    /// `Internal` when the database fails, `Busy` when the server ends.
    pub async fn next(&mut self) -> Result<Turn> {
        loop {
            if let Some(turn) = self.waiting.pop_front() {
                match &turn {
                    Turn::Change(told) if !self.wants(told) => continue,
                    _ => return Ok(turn),
                }
            }
            if self.behind {
                let page = outbox::after(&self.door, self.seen).await?;
                self.behind = page.len() == outbox::BATCH;
                self.seen = page.last().map_or(self.seen, |it| it.sequence);
                self.waiting.extend(page.into_iter().map(|it| Turn::Change(Arc::new(it))));
                continue;
            }
            match self.turns.recv().await {
                Ok(Turn::Change(told)) if told.sequence <= self.seen => {}
                Ok(Turn::Change(told)) if told.sequence > self.seen + 1 => self.behind = true,
                Ok(turn) => {
                    if let Turn::Change(told) = &turn {
                        self.seen = told.sequence;
                    }
                    self.waiting.push_back(turn);
                }
                Err(RecvError::Lagged(_)) => self.behind = true,
                Err(RecvError::Closed) => return Err(Error::Busy { retry_after_s: 1 }),
            }
        }
    }

    fn wants(&self, told: &Told) -> bool {
        let among = self.wanted.subjects.as_ref().is_none_or(|all| all.contains(&told.subject));
        told.topic == self.wanted.topic && among
    }
}

impl Door {
    /// The event's name by which a client goes on after it.
    pub fn event_name(&self, sequence: i64) -> String {
        self.seal.cursors.name(sequence)
    }
}
