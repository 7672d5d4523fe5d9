//! Batched loading: what the fields of many rows ask for at once becomes one question.
//!
//! The loaders live and die with one request and hold its session, so what they keep can't reach another caller.
//!
//! Considered and dropped: the library's data loader. It waits a millisecond at every level of a document, or, told not
//! to wait, sends a batch after the first few dozen rows: a page of 100 then took 151 statements instead of 4 (2026-11).
//! This one waits, without a clock, as long as each turn of the scheduler still brings new keys.

use std::{
    any::{Any, TypeId},
    collections::HashMap,
    hash::Hash,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicU64, Ordering},
    },
};

use async_graphql::Context;
use tokio::sync::oneshot;
use uuid::Uuid;

use crate::{
    db::session::Session,
    error::{Error, Result},
};

/// Turns of the scheduler without a new key after which a batch goes out. The library polls long lists in parts and
/// yields between them, so one quiet turn can still be followed by keys.
const QUIET_TURNS: u32 = 2;

/// How often the fields of one request may ask for something. What a document asks for is reckoned before it runs; lists
/// may be longer than reckoned, and lists within lists by as much again.
const MOST_LOADS: u64 = 50_000;

/// A key whose values are asked for in batches.
pub trait Batched: Clone + Eq + Hash + Send + Sync + 'static {
    /// What one key yields.
    type Value: Clone + Send + Sync + 'static;
    /// The value of the key where the request has it at hand already.
    fn at_hand(&self, _: &Shelf) -> Option<Option<Self::Value>> {
        None
    }
    /// The values of many keys; a key without one is left out.
    fn batch(keys: &[Self], session: &Session) -> impl Future<Output = Result<HashMap<Self, Self::Value>>> + Send;
}

type Answer<K> = Result<Option<<K as Batched>::Value>>;

/// Keys of one kind that wait for the next batch, and the answers of earlier ones.
struct Batch<K: Batched> {
    waiting: HashMap<K, Vec<oneshot::Sender<Answer<K>>>>,
    /// Keys that are being asked for: whoever comes for one of them now gets the same answer.
    asked: HashMap<K, Vec<oneshot::Sender<Answer<K>>>>,
    answered: HashMap<K, Option<K::Value>>,
    /// Counts the keys that ever came, so that a batch can see whether more are coming.
    came: u64,
    leaving: bool,
}

impl<K: Batched> Default for Batch<K> {
    fn default() -> Self {
        Self { waiting: HashMap::new(), asked: HashMap::new(), answered: HashMap::new(), came: 0, leaving: false }
    }
}

/// Rows by the keys that they belong to, those of one key side by side, in the order in which they came.
pub struct Sorted<R> {
    keys: Vec<Uuid>,
    rows: Vec<R>,
    /// Keys that were asked for; one without a row has none.
    asked: Vec<Uuid>,
}

impl<R> Sorted<R> {
    /// Rows by a key of theirs, and the keys that they were asked for by.
    pub fn by(mut rows: Vec<R>, key: impl Fn(&R) -> Uuid, mut asked: Vec<Uuid>) -> Self {
        rows.sort_by_key(&key);
        asked.sort_unstable();
        Self { keys: rows.iter().map(key).collect(), rows, asked }
    }

    /// All rows.
    pub fn rows(&self) -> &[R] {
        &self.rows
    }

    /// The rows of a key; none where it was not asked for.
    fn of(&self, key: Uuid) -> Option<&[R]> {
        let from = self.keys.partition_point(|it| *it < key);
        let to = from + self.keys.iter().skip(from).take_while(|it| **it == key).count();
        let rows = self.rows.get(from..to).filter(|it| !it.is_empty());
        rows.or_else(|| self.asked.binary_search(&key).is_ok().then_some(&[]))
    }
}

/// Rows that statements brought along, by what they belong to: a loader looks here before it asks.
#[derive(Default)]
pub struct Shelf(Mutex<Shelved>);

type Shelved = HashMap<TypeId, Vec<Arc<dyn Any + Send + Sync>>>;

impl Shelf {
    /// Puts rows down.
    pub fn put<B: 'static, R: Send + Sync + 'static>(&self, rows: Arc<Sorted<R>>) {
        held(&self.0).entry(TypeId::of::<B>()).or_default().push(rows);
    }

    /// Looks at the rows of a key; none where it was not asked for.
    pub fn look<B: 'static, R: 'static, T>(&self, key: Uuid, look: impl FnOnce(&[R]) -> T) -> Option<T> {
        let shelf = held(&self.0);
        // The last ones first: a change may have come since the others.
        let rows = shelf.get(&TypeId::of::<B>())?.iter().rev();
        rows.filter_map(|it| it.downcast_ref::<Sorted<R>>()).find_map(|it| it.of(key)).map(look)
    }
}

/// The loaders of one request.
pub struct Loaders {
    session: Session,
    shelf: Shelf,
    /// How often something was asked for.
    asked: AtomicU64,
    batches: Mutex<HashMap<TypeId, Box<dyn Any + Send>>>,
}

impl Loaders {
    /// For one request.
    pub fn new(session: Session) -> Self {
        Self { session, shelf: Shelf::default(), asked: AtomicU64::new(0), batches: Mutex::default() }
    }

    fn batch<K: Batched>(&self) -> Arc<Mutex<Batch<K>>> {
        let mut batches = held(&self.batches);
        let fresh = || Box::new(Arc::new(Mutex::new(Batch::<K>::default()))) as Box<dyn Any + Send>;
        let entry = batches.entry(TypeId::of::<K>()).or_insert_with(fresh);
        // The type is the map's own key, so the cast can't miss.
        entry.downcast_ref::<Arc<Mutex<Batch<K>>>>().cloned().unwrap_or_default()
    }

    /// The value of a key, loaded with those that come at the same time.
    #[expect(clippy::disallowed_methods, reason = "a batch must not end with the one field that happened to start it")]
    async fn load<K: Batched>(&self, key: K) -> Answer<K> {
        if self.asked.fetch_add(1, Ordering::Relaxed) >= MOST_LOADS {
            return Err(Error::invalid(
                "document",
                format!("leads to more than {MOST_LOADS} things: ask for smaller lists"),
            ));
        }
        if let Some(value) = key.at_hand(&self.shelf) {
            return Ok(value);
        }
        let batch = self.batch::<K>();
        let answer = {
            let mut batch_now = held(&batch);
            if let Some(value) = batch_now.answered.get(&key) {
                return Ok(value.clone());
            }
            let (tell, answer) = oneshot::channel();
            if let Some(callers) = batch_now.asked.get_mut(&key) {
                callers.push(tell);
            } else {
                batch_now.waiting.entry(key).or_default().push(tell);
                batch_now.came += 1;
                if !std::mem::replace(&mut batch_now.leaving, true) {
                    tokio::spawn(leave(batch.clone(), self.session.clone()));
                }
            }
            answer
        };
        answer.await.unwrap_or_else(|_| Err(Error::broken("a batch ended without an answer")))
    }
}

/// Waits until no more keys come, asks for all of them, and tells everybody.
async fn leave<K: Batched>(batch: Arc<Mutex<Batch<K>>>, session: Session) {
    let (mut seen, mut quiet) = (0, 0);
    while quiet < QUIET_TURNS {
        tokio::task::yield_now().await;
        let came = held(&batch).came;
        quiet = if came == seen { quiet + 1 } else { 0 };
        seen = came;
    }
    let keys: Vec<K> = {
        let mut batch = held(&batch);
        batch.leaving = false;
        let waiting = std::mem::take(&mut batch.waiting);
        let keys = waiting.keys().cloned().collect();
        batch.asked.extend(waiting);
        keys
    };
    let answers = K::batch(&keys, &session).await;
    let mut batch = held(&batch);
    for key in keys {
        let callers = batch.asked.remove(&key).unwrap_or_default();
        let answer = match &answers {
            Ok(values) => {
                let value = values.get(&key).cloned();
                batch.answered.insert(key, value.clone());
                Ok(value)
            }
            Err(error) => Err(error.clone()),
        };
        for caller in callers {
            // A field that was given up no longer listens.
            let _ = caller.send(answer.clone());
        }
    }
}

fn held<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// What a resolver may take from its context.
pub trait Caller {
    /// The session of the request.
    ///
    /// # Errors
    /// `Unauthenticated` without one, which the transports do not let happen.
    fn session(&self) -> Result<&Session>;
    /// What statements of the request brought along.
    ///
    /// # Errors
    /// As `session`.
    fn shelf(&self) -> Result<&Shelf>;
    /// The value of a key, loaded with those of its neighbours.
    fn load<K: Batched>(&self, key: K) -> impl Future<Output = Result<Option<K::Value>>> + Send;
}

impl Caller for Context<'_> {
    fn session(&self) -> Result<&Session> {
        self.data_opt::<Session>().ok_or(Error::Unauthenticated)
    }

    fn shelf(&self) -> Result<&Shelf> {
        self.data_opt::<Loaders>().map(|it| &it.shelf).ok_or(Error::Unauthenticated)
    }

    async fn load<K: Batched>(&self, key: K) -> Result<Option<K::Value>> {
        self.data_opt::<Loaders>().ok_or(Error::Unauthenticated)?.load(key).await
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_brought_last_counts() {
        let (shelf, key, look) = (Shelf::default(), Uuid::from_u128(1), |rows: &[char]| rows.first().copied());
        assert_eq!(shelf.look::<(), char, _>(key, look), None);
        for (rows, found) in [(vec!['a'], Some('a')), (vec!['b'], Some('b')), (Vec::new(), None)] {
            shelf.put::<(), _>(Arc::new(Sorted::by(rows, |_| key, vec![key])));
            assert_eq!(shelf.look::<(), char, _>(key, look), Some(found));
        }
    }

    #[test]
    fn rows_of_a_key_are_found_in_the_order_in_which_they_came() {
        let key = Uuid::from_u128;
        let rows = vec![(key(2), 'a'), (key(1), 'b'), (key(2), 'c')];
        let sorted = Sorted::by(rows, |it| it.0, vec![key(3), key(2)]);
        let of = |of| sorted.of(key(of)).map(|rows| rows.iter().map(|it| it.1).collect::<String>());
        assert_eq!(
            [of(0), of(1), of(2), of(3)],
            [None, Some("b".to_owned()), Some("ac".to_owned()), Some(String::new())]
        );
    }
}
