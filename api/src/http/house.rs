//! What every request may use, put together once at the start.

use std::{
    path::Path,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize},
    },
};

use tokio::sync::Semaphore;

use crate::{
    auth::{
        keys::{FieldKeys, TokenKeys},
        outside::Outside,
        seal::Seal,
        token::Tokens,
    },
    cache::{generations::Generations, recall::Recall},
    clock::Clock,
    config::Config,
    db::{
        connect,
        door::{Door, Faults, Part, Standing},
    },
    document::{measure::Limits, prepared::Documents},
    http::{
        console::StandIn, known::Known, operations::Operations, receiving::Receiving, refusal::Profile,
        streams::Streams, turns::Turns,
    },
    metrics::Metrics,
    quota::{admission::Quota, plan::Plans},
    schema::{self, Direct, Schema},
    shared::{
        gcra,
        store::{Store, Tally},
    },
};

/// Files that are made at once to be fetched: each is held in memory, and takes a connection to the database.
const MAKING: usize = 2;

/// What a test may put in place of the real thing; no flag or variable can.
#[derive(Clone, Default)]
pub struct Hooks {
    /// Where the time comes from.
    pub clock: Clock,
    /// Where the server breaks.
    pub faults: Faults,
}

/// The server's parts.
pub struct House {
    /// The settings.
    pub config: Config,
    /// The time.
    pub clock: Clock,
    /// The totals.
    pub metrics: Arc<Metrics>,
    /// What operations cost, by name.
    pub operations: Operations,
    /// The way to the data.
    pub door: Arc<Door>,
    /// Issues tokens and checks them.
    pub tokens: Tokens,
    /// Counts failed sign-ins.
    pub tally: Tally,
    /// Checks the tokens of the outside issuer, where there is one.
    pub outside: Option<Outside>,
    /// Lets requests in, as fast as plans say.
    pub quota: Quota,
    /// Requests of addresses.
    pub addresses: gcra::Own,
    /// Places for files that come in, which are held in memory.
    pub receiving: Arc<Receiving>,
    /// Turns at making a file that is fetched.
    pub making: Semaphore,
    /// Turns at hashing a secret.
    pub hashing: Turns,
    /// Prepares documents.
    pub documents: Documents,
    /// Those that are known by name.
    pub known: Known,
    /// The demo's people, whom the console can stand in for; nobody elsewhere.
    pub stand_ins: Vec<StandIn>,
    /// Which statuses are told.
    pub profile: Profile,
    /// Executes them.
    pub schema: Schema,
    /// Answers what needs not go the schema's whole way.
    pub direct: Direct,
    /// Where the server breaks, in a test.
    pub faults: Faults,
    /// Whether new requests are turned away.
    pub draining: AtomicBool,
    /// Requests in flight.
    pub in_flight: AtomicUsize,
    /// Streams that are open.
    pub streams: Arc<Streams>,
}

impl House {
    /// Puts the parts together, and refuses what could not serve.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn build(config: Config, hooks: Hooks, stand_ins: Vec<StandIn>) -> Result<Self, String> {
        let keys = TokenKeys::read(Path::new(&config.signing_key))?;
        let tokens = Tokens::new(keys, &config.issuer, &config.audience);
        let metrics = Arc::new(Metrics::default());
        let door = door(&config, hooks.clone(), metrics.clone(), Part::Server).await?;
        let schema = schema::build();
        let documents =
            Documents::new(&schema.sdl(), schema::rules(), Limits::of(&config), config.document_cache_entries)?;
        let known = Known::of(&config, door.store(), &documents)?;
        Ok(Self {
            clock: hooks.clock,
            metrics,
            operations: Operations::new(config.slow_ms),
            tally: Tally::new(door.store()),
            outside: Outside::of(&config)?,
            quota: Quota::new(Plans::of(&config)?, door.store()),
            addresses: gcra::Own::default(),
            receiving: Arc::default(),
            making: Semaphore::new(MAKING),
            hashing: Turns::new(config.sign_in_queue),
            door,
            tokens,
            documents,
            known,
            stand_ins,
            profile: Profile::parse(&config.status_profile)?,
            direct: Direct::over(&schema).await?,
            schema,
            faults: hooks.faults,
            draining: AtomicBool::new(false),
            in_flight: AtomicUsize::new(0),
            streams: Streams::new(config.stream_limit, config.subscription_limit),
            config,
        })
    }
}

/// Opens the door that the settings describe: for a server, or for one command of the command line.
///
/// # Errors
/// A sentence that says what to do.
pub async fn door(config: &Config, hooks: Hooks, metrics: Arc<Metrics>, part: Part) -> Result<Arc<Door>, String> {
    let standing = Standing::of(config, part)?;
    let field_keys = FieldKeys::read(Path::new(&config.field_key))?;
    let seal = Seal::new(&field_keys).map_err(|_| "the field key was refused".to_owned())?;
    let database = connect::connect(config, false).await?;
    connect::require_migrated(&database).await?;
    let store = Store::open(&config.redis_url, &config.redis_prefix).await?;
    let recall = Recall::new(Arc::new(Generations::new(Arc::new(store))), config.cache, metrics.clone());
    let door = Door::new(database, recall, seal, hooks.clock, hooks.faults, metrics, standing);
    door.require_keys(&door.field_keys()).await?;
    Ok(door)
}
