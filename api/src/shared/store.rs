//! What several processes share: generations, remembered answers, words. On Redis, or in this process when there is none.
//!
//! Only this room names `redis`. Every call ends within 50 ms or fails: a slow cache must not be slower than no cache. A
//! thread that serves has a link of its own, as it has to the database: one that all share is driven by another thread, and
//! waking that costs more than the question.

mod thread;

use std::{
    collections::HashMap,
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use aws_lc_rs::rand;
use moka::future::Cache;
use redis::{
    AsyncTypedCommands, Client,
    aio::{ConnectionManager, ConnectionManagerConfig, PubSub},
};
use uuid::Uuid;

pub use thread::PerThread;

const PATIENCE: Duration = Duration::from_millis(50);

/// The store did not answer in time. What is asked for may or may not have been done.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unreachable;

/// The shared store.
pub enum Store {
    /// In this process, which must then be the only one that keeps a cache.
    Local(LocalStore),
    /// On Redis.
    Redis(RedisStore),
}

impl Store {
    /// The store of a URL; an empty one is this process. A server that is away is no error: it is asked again.
    ///
    /// # Errors
    /// A sentence, when the URL is none of Redis.
    pub async fn open(url: &str, prefix: &str) -> Result<Self, String> {
        if url.is_empty() {
            return Ok(Self::Local(LocalStore::default()));
        }
        let wrong = |cause: redis::RedisError| {
            format!("redis_url can't be used ({cause}): write it like redis://127.0.0.1:6379/")
        };
        let client = Client::open(url).map_err(wrong)?;
        let link = lazy(&client).map_err(wrong)?;
        Ok(Self::Redis(RedisStore { own: PerThread::default(), client, link, prefix: prefix.to_owned() }))
    }

    /// Has this thread keep a link of its own from here on: it serves, and lives as long as the server.
    pub fn adopt(&self) {
        if let Self::Redis(store) = self {
            store.own.adopt();
        }
    }

    /// Gives a word on a channel.
    ///
    /// # Errors
    /// When the store does not answer: nobody may have heard it.
    pub(super) async fn publish(&self, channel: &str) -> Result<(), Unreachable> {
        match self {
            Self::Local(_) => Ok(()),
            Self::Redis(store) => in_time(store.publish(channel)).await,
        }
    }

    /// A link that hears the words on a channel; none where there is only this process.
    pub(super) async fn subscribe(&self, channel: &str) -> redis::RedisResult<Option<PubSub>> {
        match self {
            Self::Local(_) => Ok(None),
            Self::Redis(store) => store.subscribe(channel).await.map(Some),
        }
    }

    /// Whether other processes see it too.
    pub fn is_shared(&self) -> bool {
        matches!(self, Self::Redis(_))
    }

    /// The generations of these names, in their order. A missing one is created as a random value, never 0: after a
    /// loss of the store no old entry can seem fresh.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn stamps(&self, names: &[&'static str]) -> Result<Vec<u64>, Unreachable> {
        match self {
            Self::Local(store) => Ok(store.stamps(names)),
            Self::Redis(store) => in_time(store.stamps(names)).await,
        }
    }

    /// Gives these names new generations.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn renew(&self, names: &[&'static str]) -> Result<(), Unreachable> {
        match self {
            Self::Local(store) => {
                store.renew(names);
                Ok(())
            }
            Self::Redis(store) => in_time(store.renew(names)).await,
        }
    }

    /// Takes a step on some keys, and gives back the numbers that it gives back.
    ///
    /// # Errors
    /// When the store does not answer, or is none that other processes share.
    pub async fn invoke(&self, script: &Script, keys: &[&str], arguments: &[String]) -> Result<Vec<i64>, Unreachable> {
        match self {
            Self::Local(_) => Err(Unreachable),
            Self::Redis(store) => in_time(store.invoke(script, keys, arguments)).await,
        }
    }

    /// A remembered answer.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn get(&self, key: &str) -> Result<Option<Vec<u8>>, Unreachable> {
        match self {
            Self::Local(store) => Ok(store.entries.get(key).await),
            Self::Redis(store) => in_time(store.get(key)).await,
        }
    }

    /// Remembers an answer for `ttl_s` seconds at most.
    ///
    /// # Errors
    /// When the store does not answer.
    pub async fn set(&self, key: String, value: Vec<u8>, ttl_s: u64) -> Result<(), Unreachable> {
        match self {
            Self::Local(store) => {
                store.entries.insert(key, value).await;
                Ok(())
            }
            Self::Redis(store) => in_time(store.set(key, value, ttl_s)).await,
        }
    }
}

/// A step that Redis takes as a whole.
pub struct Script(redis::Script);

impl Script {
    /// Of its text in Lua.
    pub fn new(text: &str) -> Self {
        Self(redis::Script::new(text))
    }
}

/// How often things happened within a window, in all processes together.
pub struct Tally {
    store: Arc<Store>,
    /// Counts on in this process while the store is away: an outage must not lift a limit.
    own: LocalStore,
}

impl Tally {
    /// Over the shared store.
    pub fn new(store: Arc<Store>) -> Self {
        Self { store, own: LocalStore::default() }
    }

    /// Counts one more of `what` and says how many there are in this window of `window_s` seconds.
    pub async fn add(&self, what: &str, window_s: u64) -> u64 {
        let own = self.own.add(what, window_s).await;
        let shared = match self.store.as_ref() {
            Store::Local(_) => return own,
            Store::Redis(store) => in_time(store.add(what, window_s)).await,
        };
        shared.map_or(own, |shared| shared.max(own))
    }

    /// How many of `what` there are in this window, without counting one more.
    pub async fn count(&self, what: &str) -> u64 {
        let own = self.own.counts.get(what).await.map_or(0, |it| it.1.load(Ordering::SeqCst));
        match self.store.as_ref() {
            Store::Local(_) => own,
            Store::Redis(store) => in_time(store.count(what)).await.unwrap_or(0).max(own),
        }
    }

    /// Forgets the count of `what`.
    pub async fn forget(&self, what: &str) {
        self.own.counts.invalidate(what).await;
        if let Store::Redis(store) = self.store.as_ref() {
            // A count that stays is a wait too long, not too short.
            let _ = in_time(store.forget(what)).await;
        }
    }
}

async fn in_time<T>(work: impl Future<Output = redis::RedisResult<T>>) -> Result<T, Unreachable> {
    match tokio::time::timeout(PATIENCE, work).await {
        Ok(Ok(answer)) => Ok(answer),
        Ok(Err(cause)) => {
            tracing::debug!(%cause, "the shared store failed");
            Err(Unreachable)
        }
        Err(_) => {
            tracing::debug!("the shared store did not answer in time");
            Err(Unreachable)
        }
    }
}

/// A random generation that is never 0.
fn fresh() -> u64 {
    let mut bytes = [0; 8];
    // A failing random source would repeat a generation and so show old rows: better to stop remembering at all, which
    // a value of the current instant does as well.
    match rand::fill(&mut bytes) {
        Ok(()) => u64::from_le_bytes(bytes) | 1,
        Err(_) => u64::try_from(Uuid::now_v7().as_u128() & u128::from(u64::MAX)).unwrap_or(1) | 1,
    }
}

/// The store of a single process.
pub struct LocalStore {
    generations: Mutex<HashMap<&'static str, u64>>,
    entries: Cache<String, Vec<u8>>,
    counts: Cache<String, Arc<(Instant, AtomicU64)>>,
}

impl Default for LocalStore {
    fn default() -> Self {
        let entries = Cache::builder()
            .weigher(|key: &String, value: &Vec<u8>| u32::try_from(key.len() + value.len()).unwrap_or(u32::MAX))
            .max_capacity(64 * 1024 * 1024)
            .time_to_live(Duration::from_secs(300))
            .build();
        let counts = Cache::builder().max_capacity(100_000).time_to_live(Duration::from_secs(3600)).build();
        Self { generations: Mutex::default(), entries, counts }
    }
}

impl LocalStore {
    async fn add(&self, what: &str, window_s: u64) -> u64 {
        let fresh = || Arc::new((Instant::now(), AtomicU64::new(0)));
        let mut count = self.counts.get_with(what.to_owned(), async { fresh() }).await;
        if count.0.elapsed() >= Duration::from_secs(window_s) {
            count = fresh();
            self.counts.insert(what.to_owned(), count.clone()).await;
        }
        count.1.fetch_add(1, Ordering::SeqCst) + 1
    }

    fn stamps(&self, names: &[&'static str]) -> Vec<u64> {
        let mut held = self.generations.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        names.iter().map(|name| *held.entry(name).or_insert_with(fresh)).collect()
    }

    fn renew(&self, names: &[&'static str]) {
        let mut held = self.generations.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
        held.extend(names.iter().map(|name| (*name, fresh())));
    }
}

/// A link that is made when it is first needed, and driven by the thread that needs it first.
fn lazy(client: &Client) -> redis::RedisResult<ConnectionManager> {
    let config = ConnectionManagerConfig::new()
        .set_number_of_retries(1)
        .set_max_delay(Duration::from_millis(200))
        .set_connection_timeout(Some(Duration::from_millis(500)))
        .set_response_timeout(Some(PATIENCE));
    ConnectionManager::new_lazy_with_config(client.clone(), config)
}

/// The store on Redis: one hash of generations, one string an answer.
pub struct RedisStore {
    /// The link of each thread that serves; none before the first is needed.
    own: PerThread<ConnectionManager>,
    /// Makes the links that listen: one that listens can't ask.
    client: Client,
    link: ConnectionManager,
    prefix: String,
}

impl RedisStore {
    /// The thread's own link, or the one that all share.
    fn link(&self) -> ConnectionManager {
        self.own.get(|| lazy(&self.client).ok()).unwrap_or_else(|| self.link.clone())
    }

    fn hash(&self) -> String {
        format!("{}:generations", self.prefix)
    }

    async fn publish(&self, channel: &str) -> redis::RedisResult<()> {
        let channel = format!("{}:{channel}", self.prefix);
        redis::cmd("PUBLISH").arg(channel).arg("").exec_async(&mut self.link()).await
    }

    async fn subscribe(&self, channel: &str) -> redis::RedisResult<PubSub> {
        let mut link = self.client.get_async_pubsub().await?;
        link.subscribe(format!("{}:{channel}", self.prefix)).await?;
        Ok(link)
    }

    async fn stamps(&self, names: &[&'static str]) -> redis::RedisResult<Vec<u64>> {
        let mut link = self.link();
        let hash = self.hash();
        let read = async |link: &mut ConnectionManager| -> redis::RedisResult<Vec<Option<u64>>> {
            redis::cmd("HMGET").arg(&hash).arg(names).query_async(link).await
        };
        let found = read(&mut link).await?;
        if let Some(all) = found.iter().copied().collect::<Option<Vec<u64>>>() {
            return Ok(all);
        }
        for (name, _) in names.iter().zip(&found).filter(|(_, stamp)| stamp.is_none()) {
            link.hset_nx(&hash, *name, fresh()).await?;
        }
        // Whoever came first has set them; a store that forgets between two commands is as good as away.
        let all = read(&mut link).await?.into_iter().collect::<Option<Vec<u64>>>();
        all.ok_or_else(|| redis::RedisError::from((redis::ErrorKind::Client, "the generations vanished")))
    }

    async fn renew(&self, names: &[&'static str]) -> redis::RedisResult<()> {
        let values: Vec<(&str, u64)> = names.iter().map(|name| (*name, fresh())).collect();
        self.link().hset_multiple(self.hash(), &values).await
    }

    async fn add(&self, what: &str, window_s: u64) -> redis::RedisResult<u64> {
        let key = format!("{}:count:{what}", self.prefix);
        let script =
            "local n = redis.call('INCR', KEYS[1]) if n == 1 then redis.call('EXPIRE', KEYS[1], ARGV[1]) end return n";
        redis::Script::new(script).key(key).arg(window_s).invoke_async(&mut self.link()).await
    }

    async fn invoke(&self, script: &Script, keys: &[&str], arguments: &[String]) -> redis::RedisResult<Vec<i64>> {
        let mut call = script.0.prepare_invoke();
        for key in keys {
            call.key(format!("{}:{key}", self.prefix));
        }
        for argument in arguments {
            call.arg(argument);
        }
        call.invoke_async(&mut self.link()).await
    }

    async fn count(&self, what: &str) -> redis::RedisResult<u64> {
        let key = format!("{}:count:{what}", self.prefix);
        let found: Option<u64> = redis::cmd("GET").arg(key).query_async(&mut self.link()).await?;
        Ok(found.unwrap_or(0))
    }

    async fn forget(&self, what: &str) -> redis::RedisResult<()> {
        self.link().del(format!("{}:count:{what}", self.prefix)).await.map(|_| ())
    }

    async fn get(&self, key: &str) -> redis::RedisResult<Option<Vec<u8>>> {
        redis::cmd("GET").arg(format!("{}:{key}", self.prefix)).query_async(&mut self.link()).await
    }

    async fn set(&self, key: String, value: Vec<u8>, ttl_s: u64) -> redis::RedisResult<()> {
        self.link().set_ex(format!("{}:{key}", self.prefix), value, ttl_s).await
    }
}
