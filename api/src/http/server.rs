//! The server: starts, serves, and ends without dropping what it has begun.

use std::{
    net::{IpAddr, Ipv6Addr, SocketAddr},
    sync::{Arc, atomic::Ordering},
    time::{Duration, Instant},
};

use actix_web::{
    App, Error, HttpResponse, HttpServer,
    body::{BoxBody, MessageBody},
    dev::{ServerHandle, ServiceRequest, ServiceResponse},
    guard::fn_guard,
    http::header,
    middleware::{Compress, Next, from_fn},
    web,
};
use uuid::Uuid;

use crate::{
    config::Config,
    db::{
        hub, jobs,
        keeping::{self, Keeping},
        resealing, sweeper,
    },
    duty::write::round::Round,
    http::{
        compress,
        console::{self, StandIn},
        downloads, graphql, health,
        house::{Hooks, House},
        keys,
        negotiate::Media,
        origins,
        refusal::{Kind, Refusal},
        sender, signin, upload, websocket,
    },
    quota::admission::Over,
    roster::running,
    shared::gcra::{Draw, Rate},
};

/// How long streams may take to say goodbye.
const FAREWELL: Duration = Duration::from_secs(2);

/// A running server.
pub struct Server {
    house: Arc<House>,
    address: SocketAddr,
    handle: ServerHandle,
    tasks: Vec<tokio::task::JoinHandle<()>>,
}

impl Server {
    /// Starts as the settings say; port 0 takes a free one.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn start(config: Config, hooks: Hooks) -> Result<Self, String> {
        Self::begin(config, hooks, Vec::new()).await
    }

    /// The same for a demo, whose console hands out tokens of these people to everybody who reaches it.
    ///
    /// # Errors
    /// As [`Server::start`].
    pub async fn start_demo(config: Config, hooks: Hooks, people: Vec<StandIn>) -> Result<Self, String> {
        Self::begin(config, hooks, people).await
    }

    #[expect(clippy::disallowed_methods, reason = "the server and its sweeper run beside the requests")]
    async fn begin(config: Config, hooks: Hooks, stand_ins: Vec<StandIn>) -> Result<Self, String> {
        let wanted = config.address()?;
        origins::check(&config)?;
        let workers = usize::try_from(config.workers).unwrap_or(0);
        let body_limit = usize::try_from(config.body_limit_bytes).unwrap_or(usize::MAX);
        let house = Arc::new(House::build(config, hooks, stand_ins).await?);
        // The first lookup comes after the first sweep.
        sweeper::sweep(&house.door).await;
        hub::begin(&house.door).await.map_err(|_| "the outbox can't be read: run tidui migrate up".to_owned())?;
        let data = web::Data::from(house.clone());
        let mut http = HttpServer::new(move || {
            // Each thread that serves comes by here once.
            data.door.adopt();
            App::new()
                .app_data(data.clone())
                .app_data(web::PayloadConfig::new(body_limit))
                .wrap(from_fn(admit))
                .wrap(from_fn(compress::spare))
                .wrap(Compress::default())
                // Outermost: a page may read why it was turned away.
                .wrap(origins::told(&data.config))
                .configure(routes)
                .configure(|it| console::routes(it, &data))
        })
        .disable_signals()
        .shutdown_timeout(1)
        .client_request_timeout(Duration::from_secs(10))
        // Who has left hears nothing: the work ends with the statement that runs, and what it wrote is undone.
        .h1_allow_half_closed(false);
        if workers > 0 {
            http = http.workers(workers);
        }
        let busy = |cause: std::io::Error| {
            format!("can't listen on {wanted}: {cause}; name another with --listen, or --port of a demo")
        };
        let http = http.bind(wanted).map_err(busy)?;
        let address = http.addrs().first().copied().unwrap_or(wanted);
        let running = http.run();
        let handle = running.handle();
        let serving = tokio::spawn(async move {
            if let Err(cause) = running.await {
                tracing::error!(%cause, "the server ended");
            }
        });
        let sweeping = tokio::spawn(sweeper::keep_sweeping(house.door.clone()));
        let sealing = tokio::spawn(keeping::keep(house.door.clone(), Keeping::of(&house.config)));
        let resealing = tokio::spawn(resealing::keep(house.door.clone()));
        let following = tokio::spawn(house.door.clone().keep_following());
        let telling = tokio::spawn(hub::keep_telling(house.door.clone()));
        let hearing = tokio::spawn(house.door.clone().keep_hearing());
        let watching = tokio::spawn(keys::watch(house.clone()));
        let looking = tokio::spawn(running::keep(house.door.clone()));
        let going_round = tokio::spawn(jobs::keep::<Round>(house.door.clone()));
        let tasks =
            vec![serving, sweeping, sealing, resealing, following, telling, hearing, watching, looking, going_round];
        Ok(Self { house, address, handle, tasks })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its requests use.
    pub fn house(&self) -> &Arc<House> {
        &self.house
    }

    /// Turns new requests away with 503, lets those in flight finish within the grace, and ends.
    pub async fn stop(self) {
        self.house.draining.store(true, Ordering::SeqCst);
        let grace = Duration::from_millis(self.house.config.shutdown_grace_ms);
        let begun = Instant::now();
        while self.house.in_flight.load(Ordering::SeqCst) > 0 && begun.elapsed() < grace {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        let telling = async {
            self.house.door.catch_up().await;
            hub::tell_what_is_new(&self.house.door).await;
            // What lies in their queues now is theirs to send.
            tokio::time::sleep(Duration::from_millis(20)).await;
        };
        let _ = tokio::time::timeout(FAREWELL, telling).await;
        // Those who follow are told last: until here they heard what the others did.
        self.house.streams.end();
        let begun = Instant::now();
        while self.house.streams.connections.load(Ordering::SeqCst) > 0 && begun.elapsed() < FAREWELL {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // What they were writing is undone, and the next start says so on their rows.
        self.house.door.errands().end();
        self.handle.stop(true).await;
        for task in self.tasks {
            task.abort();
        }
    }
}

/// What is served where.
fn routes(served: &mut web::ServiceConfig) {
    served
        .route("/graphql", web::post().to(graphql::post))
        .route("/graphql", web::get().guard(fn_guard(websocket::wanted)).to(websocket::open))
        .route("/graphql", web::get().to(graphql::get))
        .route("/graphql", web::query().to(graphql::query))
        .route("/graphql", web::route().to(graphql::other))
        .route("/graphql/cost", web::post().to(graphql::cost))
        .route("/auth/token", web::post().to(signin::token))
        .route("/auth/token", web::route().to(signin::only_post))
        .route("/auth/revoke", web::post().to(signin::revoke))
        .route("/auth/revoke", web::route().to(signin::only_post))
        .route("/uploads/{address}", web::put().to(upload::put))
        .route("/uploads/{address}", web::route().to(upload::other))
        .route("/downloads/{address}", web::get().to(downloads::get))
        .route("/healthz", web::get().to(health::alive))
        .route("/readyz", web::get().to(health::ready))
        .route("/metrics", web::get().to(health::metrics))
        .route("/.well-known/jwks.json", web::get().to(health::keys))
        .route("/", web::get().to(health::welcome));
}

/// Counts a request in flight until it is dropped, whoever drops it.
pub struct InFlight(Arc<House>);

impl InFlight {
    /// One more.
    pub fn new(house: Arc<House>) -> Self {
        house.in_flight.fetch_add(1, Ordering::SeqCst);
        Self(house)
    }
}

impl Drop for InFlight {
    fn drop(&mut self) {
        self.0.in_flight.fetch_sub(1, Ordering::SeqCst);
    }
}

async fn admit(
    request: ServiceRequest,
    next: Next<impl MessageBody + 'static>,
) -> Result<ServiceResponse<BoxBody>, Error> {
    let Some(house) = request.app_data::<web::Data<House>>().map(|it| it.clone().into_inner()) else {
        return Ok(next.call(request).await?.map_into_boxed_body());
    };
    // Counted first: a stop that comes now waits for this one, or this one sees the stop.
    let counted = InFlight::new(house.clone());
    if let Some(away) = turned_away(&request, &house) {
        return Ok(request.into_response(away));
    }
    let response = next.call(request).await?.map_into_boxed_body();
    drop(counted);
    Ok(response)
}

/// The answer to a request that is not let in: the server is going down, works at as much as it can, or the address
/// asks too fast. Who watches the server is always let in, but when it goes down.
fn turned_away(request: &ServiceRequest, house: &House) -> Option<HttpResponse> {
    if house.draining.load(Ordering::SeqCst) {
        let mut refusal = Refusal::new(Kind::Busy, "BUSY", "The server is going down: try again in a moment.");
        refusal.retry_after_s = Some(1);
        return Some(plainly(house, &refusal, true));
    }
    // Exactly these, and as they are written: a path may say the same in other signs.
    if ["/healthz", "/readyz", "/metrics"].contains(&request.path()) {
        return None;
    }
    let most = usize::try_from(house.config.requests_in_flight).unwrap_or(usize::MAX);
    if house.in_flight.load(Ordering::SeqCst) > most {
        house.metrics.shed.add(1);
        let refusal = Refusal::new(Kind::Busy, "BUSY", "The server has too much to do: try again in a moment.");
        return Some(plainly(house, &refusal, false));
    }
    let rate = Rate { most: house.config.address_requests, window_s: 60 };
    if rate.most == 0 {
        return None;
    }
    let key = neighbourhood(sender::address(request.peer_addr(), request.headers(), house.config.proxies)?);
    let drawn = house.addresses.draw(&[Draw { key, rate, amount: 1, back: 0 }]);
    let wait = drawn.balances.first().and_then(|it| it.wait)?;
    house.metrics.limited.add(1);
    let over = Over { what: "requests from this address", most: rate.most, wait, left: None };
    Some(plainly(house, &over.into(), false))
}

/// What an address is counted as: itself, or for IPv6 the network of 64 bits that one subscriber has to choose from.
fn neighbourhood(address: IpAddr) -> String {
    match address.to_canonical() {
        IpAddr::V4(it) => it.to_string(),
        IpAddr::V6(it) => format!("{}/64", Ipv6Addr::from_bits(it.to_bits() >> 64 << 64)),
    }
}

/// A refusal before anything is known of the request.
fn plainly(house: &House, refusal: &Refusal, close: bool) -> HttpResponse {
    let id = Uuid::now_v7().simple().to_string();
    let mut out = HttpResponse::build(refusal.status(house.profile, Media::Json));
    out.insert_header((header::CACHE_CONTROL, "no-store")).insert_header(("x-request-id", id.clone()));
    if let Some(seconds) = refusal.retry_after_s {
        out.insert_header((header::RETRY_AFTER, seconds));
    }
    if close {
        out.insert_header((header::CONNECTION, "close"));
    }
    out.content_type("application/json").body(refusal.text(&id))
}
