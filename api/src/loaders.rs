//! Batched loading: fields of many rows asked for at once become one question.
//!
//! The loaders live and die with one request and hold its session, so what they keep can't reach another caller.

use std::{collections::HashMap, hash::Hash, time::Duration};

use async_graphql::{
    Context,
    dataloader::{DataLoader, Loader},
};

use crate::{
    db::session::Session,
    error::{Error, Result},
};

/// A key whose values are asked for in batches.
pub trait Batched: Clone + Eq + Hash + Send + Sync + 'static {
    /// What one key yields.
    type Value: Clone + Send + Sync + 'static;
    /// The values of many keys; a key without one is left out.
    fn batch(keys: &[Self], session: &Session) -> impl Future<Output = Result<HashMap<Self, Self::Value>>> + Send;
}

/// The loaders of one request.
pub struct Loaders(DataLoader<Batches>);

/// What the library calls with a batch.
pub struct Batches(Session);

impl<K: Batched> Loader<K> for Batches {
    type Value = K::Value;
    type Error = Error;
    async fn load(&self, keys: &[K]) -> Result<HashMap<K, K::Value>> {
        K::batch(keys, &self.0).await
    }
}

impl Loaders {
    /// For one request.
    #[expect(clippy::disallowed_methods, reason = "a batch runs on while its callers wait for it, and ends with them")]
    pub fn new(session: Session) -> Self {
        // The default waits a millisecond for more keys, at every level of a document.
        Self(DataLoader::new(Batches(session), tokio::spawn).delay(Duration::ZERO))
    }
}

/// What a resolver may take from its context.
pub trait Caller {
    /// The session of the request.
    ///
    /// # Errors
    /// `Unauthenticated` without one, which the transports do not let happen.
    fn session(&self) -> Result<&Session>;
    /// The value of a key, loaded with those of its neighbours.
    fn load<K: Batched>(&self, key: K) -> impl Future<Output = Result<Option<K::Value>>> + Send;
}

impl Caller for Context<'_> {
    fn session(&self) -> Result<&Session> {
        self.data_opt::<Session>().ok_or(Error::Unauthenticated)
    }

    async fn load<K: Batched>(&self, key: K) -> Result<Option<K::Value>> {
        let loaders = self.data_opt::<Loaders>().ok_or(Error::Unauthenticated)?;
        loaders.0.load_one(key).await
    }
}
