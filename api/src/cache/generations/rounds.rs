//! Questions for the same generations, asked as one. Those that come while one is under way wait for it and go together as the
//! next: an answer is never older than the question for it. Under load a thread asks a few times a millisecond, however many
//! requests it serves; alone, a request waits for none.

use std::{
    collections::HashMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use entity::Table;
use futures_util::{
    FutureExt,
    future::{BoxFuture, Shared, WeakShared},
};

use crate::shared::store::{Store, Unreachable};

type Numbers = Result<Arc<[u64]>, Unreachable>;
type Asked = BoxFuture<'static, Numbers>;

/// The rounds of one thread.
#[derive(Clone, Default)]
pub struct Rounds(Arc<Mutex<HashMap<Vec<Table>, Round>>>);

/// The question for some tables.
#[derive(Default)]
struct Round {
    /// The one that has not been asked yet.
    next: Option<WeakShared<Asked>>,
    /// The one that has.
    under_way: Option<WeakShared<Asked>>,
}

impl Rounds {
    /// The generations of some tables, not older than this moment.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn ask(&self, store: &Arc<Store>, tables: &[Table]) -> Numbers {
        let round = self.join(store, tables);
        round.await
    }

    fn join(&self, store: &Arc<Store>, tables: &[Table]) -> Shared<Asked> {
        let mut held = self.held();
        if let Some(next) = held.get(tables).and_then(|it| it.next.as_ref()?.upgrade()) {
            return next;
        }
        let round = held.entry(tables.to_vec()).or_default();
        let before = round.under_way.as_ref().and_then(WeakShared::upgrade);
        let (rounds, store, tables) = (self.clone(), store.clone(), tables.to_vec());
        let asked = async move {
            if let Some(before) = before {
                let _ = before.await;
            }
            rounds.begin(&tables);
            store.stamps(&super::names(&tables)).await.map(Arc::from)
        };
        let asked = asked.boxed().shared();
        round.next = asked.downgrade();
        asked
    }

    /// Who comes from here on is too late for this one.
    fn begin(&self, tables: &[Table]) {
        if let Some(round) = self.held().get_mut(tables) {
            round.under_way = round.next.take();
        }
    }

    fn held(&self) -> MutexGuard<'_, HashMap<Vec<Table>, Round>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
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
        let of = [Table::Cadre];
        let first = rounds.join(&store, &of);
        // Not asked yet: who comes now goes with it.
        assert!(first.ptr_eq(&rounds.join(&store, &of)));
        assert!(!first.ptr_eq(&rounds.join(&store, &[Table::ReservePool])));
        let Poll::Ready(Ok(before)) = poll!(first.clone()) else { panic!("a store of this process answers at once") };
        // Asked: a change that came after it is seen by the next.
        store.renew(&["cadre"]).await.unwrap();
        let second = rounds.join(&store, &of);
        assert!(!first.ptr_eq(&second));
        assert_ne!(second.await.unwrap(), before);
    }

    #[tokio::test]
    async fn one_that_nobody_waits_for_holds_up_no_other() {
        let store = Arc::new(Store::open("", "").await.unwrap());
        let rounds = Rounds::default();
        drop(rounds.join(&store, &[Table::Cadre]));
        assert_eq!(rounds.ask(&store, &[Table::Cadre]).await.unwrap().len(), 1);
    }
}
