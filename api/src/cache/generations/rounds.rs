//! Questions for the generations, asked as one. Those that come while one is under way wait for it and go together as the
//! next: an answer is never older than the question for it. Under load a thread asks a few times a millisecond, however many
//! requests it serves; alone, a request waits for none. One number tells whether any changed since: mostly none has. It is
//! believed for a second: another build may not know of it.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Instant,
};

use entity::Table;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};

use super::{ANY, LIFE, names};
use crate::shared::store::{Store, Unreachable};

type Numbers = Result<Arc<[u64]>, Unreachable>;
type Asked = BoxFuture<'static, Numbers>;

/// The rounds of one thread.
#[derive(Clone, Default)]
pub struct Rounds(Arc<Mutex<Turns>>);

#[derive(Default)]
struct Turns {
    /// The question that has not been asked yet.
    next: Option<WeakShared<Asked>>,
    /// The one that has.
    under_way: Option<WeakShared<Asked>>,
    /// What the last one was told that asked for all of them, and when it began.
    told: Option<(Instant, Arc<[u64]>)>,
}

impl Rounds {
    /// The generations of all tables, in their order, and after them that of any; not older than this moment.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn ask(&self, store: &Arc<Store>) -> Numbers {
        let round = self.join(store);
        round.await
    }

    fn join(&self, store: &Arc<Store>) -> Shared<Asked> {
        let mut held = self.held();
        if let Some(next) = held.next.as_ref().and_then(WeakShared::upgrade) {
            return next;
        }
        let before = held.under_way.as_ref().and_then(WeakShared::upgrade);
        let (rounds, store) = (self.clone(), store.clone());
        let asked = async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            let (begun, told) = (Instant::now(), rounds.begin());
            if let Some(told) = told
                && store.stamps(&[ANY]).await?.first() == told.last()
            {
                return Ok(told);
            }
            let all = numbers(&store).await?;
            rounds.held().told = Some((begun, all.clone()));
            Ok(all)
        };
        let asked = asked.boxed().shared();
        held.next = asked.downgrade();
        asked
    }

    /// Who comes from here on is too late for this one. What was told lately.
    fn begin(&self) -> Option<Arc<[u64]>> {
        let mut held = self.held();
        held.under_way = held.next.take();
        held.told.as_ref().filter(|it| it.0.elapsed() < LIFE).map(|it| it.1.clone())
    }

    fn held(&self) -> MutexGuard<'_, Turns> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The generations of now.
///
/// # Errors
/// When the store does not answer.
pub async fn numbers(store: &Store) -> Numbers {
    store.stamps(&names(Table::ALL)).await.map(Arc::from)
}

#[cfg(test)]
mod tests {
    use std::task::Poll;

    use futures_util::poll;

    use super::*;

    #[tokio::test]
    async fn who_comes_meanwhile_goes_with_the_next() {
        let store = Arc::new(Store::open("", "").await.unwrap());
        let rounds = Rounds::default();
        let first = rounds.join(&store);
        // Not asked yet: who comes now goes with it.
        assert!(first.ptr_eq(&rounds.join(&store)));
        let Poll::Ready(Ok(before)) = poll!(first.clone()) else { panic!("a store of this process answers at once") };
        // Asked: a change that came after it is seen by the next.
        store.renew(&names(&[Table::Cadre])).await.unwrap();
        let second = rounds.join(&store);
        assert!(!first.ptr_eq(&second));
        let after = second.await.unwrap();
        assert_ne!(after, before);
        assert_eq!(after.len(), Table::ALL.len() + 1);
        // Nothing has changed since: what was told is told again.
        assert!(Arc::ptr_eq(&rounds.ask(&store).await.unwrap(), &after));
    }

    #[tokio::test]
    async fn one_that_nobody_waits_for_holds_up_no_other() {
        let store = Arc::new(Store::open("", "").await.unwrap());
        let rounds = Rounds::default();
        drop(rounds.join(&store));
        assert_eq!(rounds.ask(&store).await.unwrap().len(), Table::ALL.len() + 1);
    }
}
