//! What this process knows by itself, ready for use: found only while the tables that it was read from are as they were.
//!
//! Beside `recall`, whose entries are text that all processes share: what every request needs first is not worth reading
//! from text each time. The law of the order is the same: generations, then the entry, then the database.

use std::{hash::Hash, sync::Arc, time::Duration};

use moka::sync::Cache;

/// Values by key, with the generations of the tables that they were read from.
pub struct Known<K, V> {
    entries: Cache<K, (Arc<[u64]>, V)>,
}

impl<K: Hash + Eq + Send + Sync + 'static, V: Clone + Send + Sync + 'static> Known<K, V> {
    /// So many values at most, for `ttl_s` seconds at most.
    pub fn new(most: u64, ttl_s: u64) -> Self {
        Self { entries: Cache::builder().max_capacity(most).time_to_live(Duration::from_secs(ttl_s)).build() }
    }

    /// The value that is known under the generations of now, or the one that `load` reads; what it does not find is not
    /// kept, and nothing is where no generations can be believed.
    ///
    /// # Errors
    /// Those of `load`.
    pub async fn answer<E, F>(&self, now: Option<Arc<[u64]>>, key: K, load: F) -> Result<Option<V>, E>
    where
        F: AsyncFnOnce() -> Result<Option<V>, E>,
    {
        let Some(now) = now else { return load().await };
        if let Some((then, value)) = self.entries.get(&key)
            && *then == *now
        {
            return Ok(Some(value));
        }
        let found = load().await?;
        if let Some(value) = &found {
            self.entries.insert(key, (now, value.clone()));
        }
        Ok(found)
    }
}
