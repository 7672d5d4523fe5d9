//! `/graphql` as a stream of server-sent events (graphql-sse, distinct connections): `next` for each answer, `complete`
//! after the last. Each `next` has an id, and a client that comes back with it in `Last-Event-ID` goes on behind it.
//!
//! What is wrong with the HTTP request is an HTTP status, as always; what is wrong with the document is the only `next`.
//! When the server ends, the stream does without `complete`: that tells a client to come again.

use std::{convert::Infallible, time::Duration};

use actix_web::{
    HttpRequest, HttpResponse,
    http::{StatusCode, header},
    web,
};
use futures_util::{Stream, StreamExt, stream};
use tokio::{
    sync::watch,
    time::{Interval, MissedTickBehavior, interval},
};

use crate::{
    error::Error,
    http::{
        execute::{self, Credentials},
        graphql::{self, Verb},
        house::House,
        negotiate::Media,
        refusal::Refusal,
        stream::{self as streaming, Begun, Message, Streaming},
        streams::{Counted, Place},
    },
};

/// The end of a stream that is complete. A field without data would be no event to a browser.
const COMPLETE: &str = "event: complete\ndata:\n\n";
/// A comment: a sign of life.
const ALIVE: &str = ":\n\n";

/// Answers as a stream.
pub async fn answer(
    request: HttpRequest,
    payload: web::Payload,
    house: web::Data<House>,
    verb: Verb,
    id: String,
) -> HttpResponse {
    let begun = begin(&request, payload, &house, verb, id.clone()).await;
    let refused = begun.as_ref().err().map_or(StatusCode::OK, |it| it.status(house.profile, Media::Stream));
    tracing::info!(request.id = id, status = refused.as_u16(), "graphql over a stream of events");
    match begun {
        Ok((Begun::Whole(answered), _)) => whole(&execute::text(&answered), id),
        Ok((Begun::Stream(streaming), Some(place))) => {
            let mut out = graphql::begun(StatusCode::OK, Media::Stream, id);
            // What stands in front must not wait for more before it passes this on.
            out.insert_header(("x-accel-buffering", "no")).streaming(body(&house, *streaming, place))
        }
        Ok((Begun::Stream(_), None)) => refuse(&Refusal::from(Error::Unauthenticated), &house, id),
        Err(refusal) if refused == StatusCode::OK => whole(&refusal.text(&id), id),
        Err(refusal) => refuse(&refusal, &house, id),
    }
}

fn whole(text: &str, id: String) -> HttpResponse {
    graphql::begun(StatusCode::OK, Media::Stream, id).body(format!("event: next\ndata: {text}\n\n{COMPLETE}"))
}

fn refuse(refusal: &Refusal, house: &House, id: String) -> HttpResponse {
    let text = refusal.text(&id);
    let mut out = graphql::begun(refusal.status(house.profile, Media::Stream), Media::Json, id);
    if let Some(seconds) = refusal.retry_after_s {
        out.insert_header((header::RETRY_AFTER, seconds));
    }
    out.body(text)
}

async fn begin(
    request: &HttpRequest,
    payload: web::Payload,
    house: &web::Data<House>,
    verb: Verb,
    id: String,
) -> Result<(Begun, Option<Place>), Refusal> {
    let credentials = Credentials::of(request).ok_or(Error::Unauthenticated)?;
    let session = credentials.open(house, &id).await?;
    let asked = graphql::read(request, payload, house, verb).await?;
    let place = match streaming::subject(&session) {
        Some(who) => Some(house.streams.take(who).ok_or_else(|| streaming::too_many(house))?),
        None => None,
    };
    let resume = request.headers().get("last-event-id").and_then(|it| it.to_str().ok()).map(str::to_owned);
    let manner = graphql::manner(request, verb, true);
    let begun = streaming::begin(house, &credentials, asked, manner, resume.filter(|it| !it.is_empty()), id).await?;
    Ok((begun, place))
}

/// A stream that goes on.
struct Live {
    streaming: Streaming,
    beats: Interval,
    ending: watch::Receiver<bool>,
    _place: Place,
    _counted: Counted,
}

/// What comes next.
enum Step {
    Text(String),
    Last(String),
    Silent,
    Over,
}

fn body(
    house: &web::Data<House>,
    streaming: Streaming,
    place: Place,
) -> impl Stream<Item = Result<web::Bytes, Infallible>> + use<> {
    let mut beats = interval(Duration::from_millis(house.config.stream_heartbeat_ms.max(10)));
    beats.set_missed_tick_behavior(MissedTickBehavior::Delay);
    beats.reset();
    let counted = Counted::connection(&house.streams);
    let live = Live { streaming, beats, ending: house.streams.ending(), _place: place, _counted: counted };
    let rest = stream::unfold(Some(live), async |live| {
        let mut live = live?;
        loop {
            match live.step().await {
                Step::Text(text) => return Some((text, Some(live))),
                Step::Last(text) => return Some((text, None)),
                Step::Silent => {}
                Step::Over => return None,
            }
        }
    });
    // At once, so that the client knows that it follows.
    stream::iter([ALIVE.to_owned()]).chain(rest).map(|text| Ok(web::Bytes::from(text)))
}

/// Waits until the streams are to end.
async fn ended(ending: &mut watch::Receiver<bool>) {
    let _ = ending.wait_for(|it| *it).await;
}

impl Live {
    async fn step(&mut self) -> Step {
        // Only what may be given up waits here: a turn that was taken is told to its end.
        let turn = tokio::select! {
            turn = self.streaming.wait() => Some(turn),
            _ = self.beats.tick() => None,
            () = ended(&mut self.ending) => return Step::Over,
        };
        let Some(turn) = turn else { return self.beat().await };
        let told = match turn {
            Ok(turn) => self.streaming.tell(turn).await,
            Err(refusal) => Err(refusal),
        };
        match told {
            Ok(Some(Message { event, text })) => Step::Text(format!("event: next\nid: {event}\ndata: {text}\n\n")),
            Ok(None) => Step::Silent,
            Err(refusal) => self.last(&refusal),
        }
    }

    async fn beat(&mut self) -> Step {
        match self.streaming.recheck().await {
            Ok(()) => Step::Text(ALIVE.to_owned()),
            Err(refusal) => self.last(&refusal),
        }
    }

    fn last(&self, refusal: &Refusal) -> Step {
        Step::Last(format!("event: next\ndata: {}\n\n{COMPLETE}", refusal.text(self.streaming.id())))
    }
}
