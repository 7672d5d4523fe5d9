//! `/graphql` as a WebSocket (graphql-transport-ws): from the handshake to the close, one task a socket.
//!
//! A socket is nobody's until `connection_init`, and not for long. What comes over it is executed as over POST. Every wait
//! for the client is bounded, so that one that does not read, or is gone, holds nothing; and everything that a socket
//! began ends with it.

use std::{
    ops::ControlFlow,
    sync::Arc,
    time::{Duration, Instant},
};

use actix_web::{
    HttpRequest, HttpResponse,
    guard::GuardContext,
    http::{StatusCode, header},
    web,
};
use actix_ws::{AggregatedMessage, AggregatedMessageStream, CloseCode, CloseReason, ProtocolError};
use tokio::{
    sync::{Semaphore, mpsc},
    task::JoinSet,
    time::{Interval, MissedTickBehavior, interval},
};
use uuid::Uuid;

use crate::{
    auth::token::Subject,
    http::{
        asked::Asked,
        execute::Credentials,
        graphql,
        house::House,
        negotiate::Media,
        operation::{Operation, Running},
        origins,
        protocol::{self, Reason, Said},
        refusal::{Kind, Refusal},
        stream,
        streams::{Counted, Place},
    },
    shared::gcra::{self, Draw, Rate},
};

/// How long a client may take to close after it was told why.
const GOODBYE: Duration = Duration::from_millis(500);

/// Over how many seconds it is counted how fast a socket speaks.
const SPELL_S: u64 = 10;

/// Operations of one socket that are executed at once; those that follow something take a turn to begin.
const AT_ONCE: usize = 4;

/// Whether a request wants to become a WebSocket.
pub fn wanted(request: &GuardContext<'_>) -> bool {
    let upgrade = request.head().headers().get(header::UPGRADE).and_then(|it| it.to_str().ok());
    upgrade.is_some_and(|it| it.eq_ignore_ascii_case("websocket"))
}

/// `GET /graphql` with an upgrade.
pub async fn open(request: HttpRequest, payload: web::Payload, house: web::Data<House>) -> HttpResponse {
    let id = Uuid::now_v7().simple().to_string();
    let stranger = match admissible(&request, &house) {
        Ok(stranger) => stranger,
        Err((status, refusal)) => {
            tracing::info!(request.id = id, status = status.as_u16(), "a WebSocket was refused");
            let mut out = graphql::begun(status, Media::Json, id.clone());
            if let Some(seconds) = refusal.retry_after_s {
                out.insert_header((header::RETRY_AFTER, seconds));
            }
            return out.body(refusal.text(&id));
        }
    };
    let (response, out, said) = match actix_ws::handle_with_protocols(&request, payload, &[protocol::NAME]) {
        Ok(opened) => opened,
        Err(cause) => return HttpResponse::from_error(cause),
    };
    let longest = usize::try_from(house.config.body_limit_bytes).unwrap_or(usize::MAX);
    let said = said.max_frame_size(longest).aggregate_continuations().max_continuation_size(longest);
    let given = request.headers().contains_key(header::AUTHORIZATION).then(|| Credentials::of(&request));
    actix_web::rt::spawn(Socket::new(house, out, given, stranger, id).serve(said));
    response
}

/// That a page may open it, that it speaks our protocol, and that there is room for a stranger.
fn admissible(request: &HttpRequest, house: &House) -> Result<Counted, (StatusCode, Refusal)> {
    if let Some(origin) = request.headers().get(header::ORIGIN) {
        let host = request.headers().get(header::HOST).and_then(|it| it.to_str().ok());
        if !origins::may_ask(origin.to_str().unwrap_or_default(), host, &house.config) {
            let message = "Pages of this origin may not open a WebSocket: origins lists those that may.";
            return Err((StatusCode::FORBIDDEN, Refusal::new(Kind::Forbidden, "ORIGIN_REFUSED", message)));
        }
    }
    let mut offered = request.headers().get_all(header::SEC_WEBSOCKET_PROTOCOL).filter_map(|it| it.to_str().ok());
    if !offered.any(|line| line.split(',').any(|it| it.trim() == protocol::NAME)) {
        let message = format!("Offer the sub-protocol {}.", protocol::NAME);
        return Err((StatusCode::BAD_REQUEST, Refusal::malformed(message)));
    }
    Counted::stranger(&house.streams, house.config.websocket_strangers).ok_or_else(|| {
        let message = "Too many WebSockets have not said who they are: try again in a moment.";
        (StatusCode::SERVICE_UNAVAILABLE, Refusal::new(Kind::Busy, "BUSY", message))
    })
}

/// Why a socket ends: with a code, or without a word where nobody is there to hear one.
type End = Option<CloseReason>;

struct Socket {
    house: web::Data<House>,
    out: actix_ws::Session,
    /// What came with the handshake: nothing, or credentials that may be unreadable.
    given: Option<Option<Credentials>>,
    /// Its place among those of whom nothing is known, as long as it is one.
    stranger: Option<Counted>,
    /// Who it is, once that is known.
    known: Option<Known>,
    /// How fast it speaks.
    speed: gcra::Own,
    /// The operations that go on, and the tasks that do them.
    names: Running,
    turns: Arc<Semaphore>,
    tasks: JoinSet<()>,
    ends: mpsc::Sender<Reason>,
    ended: mpsc::Receiver<Reason>,
    heard: Instant,
    beat: Duration,
    id: String,
    _counted: Counted,
}

/// Who a socket is.
struct Known {
    credentials: Credentials,
    account: Subject,
    machine: bool,
    _place: Place,
}

/// What happens next.
enum Happening {
    Heard(Option<Result<AggregatedMessage, ProtocolError>>),
    Beat,
    End(Reason),
    TaskOver,
}

impl Socket {
    fn new(
        house: web::Data<House>,
        out: actix_ws::Session,
        given: Option<Option<Credentials>>,
        stranger: Counted,
        id: String,
    ) -> Self {
        let (ends, ended) = mpsc::channel(1);
        let beat = Duration::from_millis(house.config.stream_heartbeat_ms.max(10));
        Self {
            out,
            given,
            stranger: Some(stranger),
            known: None,
            speed: gcra::Own::default(),
            names: Running::default(),
            turns: Arc::new(Semaphore::new(AT_ONCE)),
            tasks: JoinSet::new(),
            ends,
            ended,
            heard: Instant::now(),
            beat,
            id,
            _counted: Counted::connection(&house.streams),
            house,
        }
    }

    async fn serve(mut self, mut said: AggregatedMessageStream) {
        let end = self.listen(&mut said).await;
        tracing::info!(request.id = self.id, code = end.as_ref().map(|it| u16::from(it.code)), "a WebSocket ended");
        // What it began ends here, before the client is told.
        self.tasks.shutdown().await;
        let Some(reason) = end else { return };
        let closing = async {
            if self.out.close(Some(reason)).await.is_ok() {
                // What the client still says is read, or its end of the line would lose our last word.
                while let Some(Ok(_)) = said.recv().await {}
            }
        };
        let _ = tokio::time::timeout(GOODBYE, closing).await;
    }

    async fn listen(&mut self, said: &mut AggregatedMessageStream) -> End {
        let mut beats = beats(self.beat);
        let mut ending = self.house.streams.ending();
        let late = tokio::time::sleep(Duration::from_millis(self.house.config.websocket_init_ms));
        tokio::pin!(late);
        loop {
            let happening = tokio::select! {
                message = said.recv() => Happening::Heard(message),
                _ = beats.tick() => Happening::Beat,
                Some(reason) = self.ended.recv() => Happening::End(reason),
                _ = ending.wait_for(|it| *it) => Happening::End(protocol::GOING_AWAY),
                () = &mut late, if self.known.is_none() => Happening::End(protocol::LATE),
                Some(_) = self.tasks.join_next() => Happening::TaskOver,
            };
            let went = match happening {
                Happening::Heard(message) => self.hear(message).await,
                Happening::Beat => self.beat().await,
                Happening::End(reason) => closed(reason),
                Happening::TaskOver => ControlFlow::Continue(()),
            };
            if let ControlFlow::Break(end) = went {
                return end;
            }
        }
    }

    async fn hear(&mut self, message: Option<Result<AggregatedMessage, ProtocolError>>) -> ControlFlow<End> {
        self.heard = Instant::now();
        if self.too_fast() {
            return closed(protocol::TOO_FAST);
        }
        match message {
            Some(Ok(AggregatedMessage::Text(text))) => match protocol::read(&text) {
                Ok(said) => self.understand(said).await,
                Err(reason) => closed(reason),
            },
            Some(Ok(AggregatedMessage::Binary(_))) => closed((4400, "The message is binary: write JSON as text.")),
            Some(Ok(AggregatedMessage::Ping(payload))) => {
                let mut out = self.out.clone();
                self.bounded(async move { out.pong(&payload).await }).await
            }
            Some(Ok(AggregatedMessage::Pong(_))) => ControlFlow::Continue(()),
            // Closed with what the client said: that is how it knows that we heard.
            Some(Ok(AggregatedMessage::Close(reason))) => {
                ControlFlow::Break(Some(reason.unwrap_or(CloseReason { code: CloseCode::Normal, description: None })))
            }
            Some(Err(ProtocolError::Overflow)) => closed(protocol::TOO_LARGE),
            Some(Err(ProtocolError::Io(cause))) if cause.kind() == std::io::ErrorKind::Other => {
                closed(protocol::TOO_LARGE)
            }
            Some(Err(ProtocolError::Io(_))) | None => ControlFlow::Break(None),
            Some(Err(_)) => closed((1002, "The frame is none.")),
        }
    }

    /// Whether more was heard than one socket may say.
    fn too_fast(&self) -> bool {
        let most = self.house.config.websocket_messages.saturating_mul(SPELL_S);
        let rate = Rate { most, window_s: SPELL_S };
        !self.speed.draw(&[Draw { key: String::new(), rate, amount: 1, back: 0 }]).admitted
    }

    async fn understand(&mut self, said: Said) -> ControlFlow<End> {
        match said {
            Said::Init(credentials) => self.meet(credentials).await,
            Said::Ping(payload) => self.say(protocol::pong(payload)).await,
            Said::Pong => ControlFlow::Continue(()),
            Said::Complete { id } => {
                self.names.stop(&id);
                ControlFlow::Continue(())
            }
            Said::Subscribe { id, asked } => self.take_up(id, asked).await,
        }
    }

    async fn meet(&mut self, said: Option<Credentials>) -> ControlFlow<End> {
        if self.known.is_some() {
            return closed(protocol::TWICE);
        }
        // Of two tokens nobody can say which one is meant.
        let credentials = match (self.given.take(), said) {
            (None, Some(one)) | (Some(Some(one)), None) => one,
            (Some(Some(one)), Some(other)) if one == other => one,
            _ => return closed(protocol::FORBIDDEN),
        };
        let Ok(session) = credentials.open(&self.house, &self.id).await else { return closed(protocol::FORBIDDEN) };
        let Some(account) = stream::subject(&session) else { return closed(protocol::FORBIDDEN) };
        let Some(place) = self.house.streams.take(account) else { return closed(protocol::TOO_MANY) };
        self.known = Some(Known { credentials, account, machine: session.is_machine(), _place: place });
        self.stranger = None;
        self.say(protocol::acknowledged()).await
    }

    async fn take_up(&mut self, id: String, asked: Result<Asked, Refusal>) -> ControlFlow<End> {
        let Some(known) = &self.known else { return closed(protocol::UNAUTHORIZED) };
        if self.names.has(&id) {
            return closed(protocol::TAKEN);
        }
        let asked = match asked.and_then(|it| self.room().map(|()| it)) {
            Ok(asked) => asked,
            Err(refusal) => {
                let refusal = self.counted(known, refusal).await;
                return self.say(protocol::error(&id, refusal.errors(&self.id))).await;
            }
        };
        let operation = Operation {
            house: self.house.clone(),
            credentials: known.credentials.clone(),
            id: id.clone(),
            out: self.out.clone(),
            ends: self.ends.clone(),
            names: self.names.clone(),
            turns: self.turns.clone(),
        };
        // Named before it runs, so that it can't end before it is named.
        self.names.name(&id);
        let task = self.tasks.spawn(operation.run(asked));
        self.names.keep(&id, task);
        ControlFlow::Continue(())
    }

    /// That there is room for one operation more.
    fn room(&self) -> Result<(), Refusal> {
        if self.house.draining.load(std::sync::atomic::Ordering::SeqCst) {
            return Err(Refusal::new(Kind::Busy, "BUSY", "The server is going down: try again in a moment."));
        }
        let most = self.house.config.websocket_operations;
        if self.names.count() >= most {
            let message = format!("{most} operations run over this WebSocket: complete one of them first.");
            return Err(Refusal::new(Kind::TooMany, "TOO_MANY_OPERATIONS", message));
        }
        Ok(())
    }

    /// What is refused is a request all the same: where the account has none left, that is what it is told.
    async fn counted(&self, known: &Known, refusal: Refusal) -> Refusal {
        let drawn = match self.house.quota.begin(known.account, known.machine) {
            Ok(running) => self.house.quota.draw(&running, 0).await.map(|_| ()),
            Err(over) => Err(over),
        };
        drawn.map_or_else(Refusal::from, |()| refusal)
    }

    async fn beat(&mut self) -> ControlFlow<End> {
        if self.heard.elapsed() > self.beat * 3 {
            return ControlFlow::Break(None);
        }
        if let Some(Known { credentials, .. }) = &self.known
            && stream::recheck(&self.house, credentials, &self.id).await.is_err()
        {
            return closed(protocol::FORBIDDEN);
        }
        let mut out = self.out.clone();
        self.bounded(async move { out.ping(b"").await }).await
    }

    async fn say(&self, text: String) -> ControlFlow<End> {
        let mut out = self.out.clone();
        self.bounded(async move { out.text(text).await }).await
    }

    /// Sends, as long as the client takes it in time.
    async fn bounded(&self, sending: impl Future<Output = Result<(), actix_ws::Closed>>) -> ControlFlow<End> {
        match tokio::time::timeout(self.beat * 2, sending).await {
            Ok(Ok(())) => ControlFlow::Continue(()),
            _ => ControlFlow::Break(None),
        }
    }
}

fn closed((code, words): Reason) -> ControlFlow<End> {
    ControlFlow::Break(Some(CloseReason { code: CloseCode::from(code), description: Some(words.to_owned()) }))
}

fn beats(every: Duration) -> Interval {
    let mut beats = interval(every);
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.reset();
    beats
}
