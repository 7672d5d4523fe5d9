//! A subscription from its beginning to its end, whatever transport carries it: each change is a request of its own, with
//! the token checked again, so that rights which end, end the stream.

use std::{sync::Arc, time::Duration};

use actix_web::web;
use tokio::time::Instant;

use crate::{
    auth::{scope::Actor, token::Subject},
    db::{
        hub::{Following, Interest, Turn},
        session::Session,
    },
    error::Error,
    http::{
        asked::Asked,
        execute::{self, Answered, Credentials, Manner, Ready},
        house::House,
        refusal::{Kind, Refusal},
        streams::{Counted, Place},
    },
};

/// How long a stream waits before it looks again whether a change may be told.
const LONGEST_PACE: Duration = Duration::from_secs(1);

/// What became of a request that may have several answers.
pub enum Begun {
    /// The only answer.
    Whole(Box<Answered>),
    /// Answers to come.
    Stream(Box<Streaming>),
}

/// A subscription that goes on.
pub struct Streaming {
    house: web::Data<House>,
    credentials: Credentials,
    ready: Ready,
    manner: Manner,
    following: Following,
    /// Whose account it draws on, and whether that is a program's.
    account: (Subject, bool),
    /// A turn that has to wait, and until when.
    kept: Option<(Turn, Instant)>,
    id: String,
    _place: Place,
    _counted: Counted,
}

/// One answer of a stream.
pub struct Message {
    /// By which name a client goes on behind it.
    pub event: String,
    /// The answer.
    pub text: String,
}

/// Begins: executes what has one answer, and takes up what has several.
///
/// # Errors
/// A refusal, when nothing was executed.
pub async fn begin(
    house: &web::Data<House>,
    credentials: &Credentials,
    asked: Asked,
    manner: Manner,
    resume: Option<String>,
    id: String,
) -> Result<Begun, Refusal> {
    let session = credentials.open(house, &id).await?;
    let account = (subject(&session).ok_or(Error::Unauthenticated)?, session.is_machine());
    let interest = Arc::new(Interest::default());
    let turn = |ready: &Ready| ready.streams().then(|| Turn::Begin(interest.clone()));
    let (ready, answered) = execute::start(house, session, asked, manner, turn, &id).await?;
    if let Some(answered) = answered {
        return Ok(Begun::Whole(Box::new(answered)));
    }
    let Some(wanted) = interest.wanted(resume) else {
        // Its one field was skipped.
        return Err(Refusal::document("The subscription follows nothing: leave out @skip and @include."));
    };
    let Some(place) = house.streams.follow(account.0) else {
        let most = house.config.subscription_limit;
        let message = format!("This account has {most} subscriptions: complete one of them.");
        return Err(Refusal::new(Kind::TooMany, "TOO_MANY_SUBSCRIPTIONS", message));
    };
    let Some(following) = Following::begin(&house.door, wanted).await? else {
        let message = "What came after this event is not kept any more: read anew, and subscribe without after.";
        return Err(Refusal::new(Kind::Document, "RESUME_LOST", message));
    };
    let counted = Counted::subscription(&house.streams);
    let (house, credentials) = (house.clone(), credentials.clone());
    Ok(Begun::Stream(Box::new(Streaming {
        house,
        credentials,
        ready,
        manner,
        following,
        account,
        kept: None,
        id,
        _place: place,
        _counted: counted,
    })))
}

impl Streaming {
    /// Waits for the next turn. May be given up and asked again: nothing is lost by it.
    ///
    /// # Errors
    /// A refusal, when the stream can't go on.
    pub async fn wait(&mut self) -> Result<Turn, Refusal> {
        if let Some((_, until)) = &self.kept {
            tokio::time::sleep_until(*until).await;
        }
        match self.kept.take() {
            Some((turn, _)) => Ok(turn),
            None => Ok(self.following.next().await?),
        }
    }

    /// What there is to say of a turn; none where the client may see nothing of it, or has no points left: then the turn
    /// is kept and waited for again, so that signs of life go on and the token is checked meanwhile.
    ///
    /// # Errors
    /// A refusal, when the stream can't go on.
    pub async fn tell(&mut self, turn: Turn) -> Result<Option<Message>, Refusal> {
        let sequence = match &turn {
            Turn::Begin(_) => return Ok(None),
            Turn::Change(told) => told.sequence,
            Turn::Notice(notice) => notice.sequence,
        };
        let Self { house, ready, manner, id, account: (who, machine), .. } = self;
        let running = match house.quota.tell(*who, *machine, ready.cost()).await {
            Ok(running) => running,
            Err(wait) => {
                // Who is told more than the plan gives is told later, and loses nothing by it.
                self.kept = Some((turn, Instant::now() + wait.min(LONGEST_PACE)));
                return Ok(None);
            }
        };
        let session = self.credentials.open(house, id).await?.fresh();
        let answered = execute::perform(house, session, ready, *manner, Some(turn), None, id).await?;
        // That it was looked at costs something, whether or not the follower may know of it.
        let told = answered.as_ref().map_or(0, |it| it.told).max(1);
        house.quota.give_back(&running, ready.cost().saturating_sub(told));
        let Some(answered) = answered else { return Ok(None) };
        if let Some(message) = answered.forbidden() {
            // It ends here: each further change, whoever's, would be refused, and recorded, again.
            return Err(Refusal::new(Kind::Forbidden, "FORBIDDEN", message));
        }
        Ok(Some(Message { event: house.door.event_name(sequence), text: execute::text(&answered) }))
    }

    /// The request's name.
    pub fn id(&self) -> &str {
        &self.id
    }

    /// That the token is still good.
    ///
    /// # Errors
    /// A refusal, when it is not.
    pub async fn recheck(&self) -> Result<(), Refusal> {
        recheck(&self.house, &self.credentials, &self.id).await
    }
}

/// That a token is still good. A database that is away ends no stream: the next change asks again.
///
/// # Errors
/// A refusal, when it is not.
pub async fn recheck(house: &House, credentials: &Credentials, id: &str) -> Result<(), Refusal> {
    match credentials.open(house, id).await {
        Err(Error::Unauthenticated) => Err(Error::Unauthenticated.into()),
        _ => Ok(()),
    }
}

/// Whose a session is; none for a job, which no token opens.
pub fn subject(session: &Session) -> Option<Subject> {
    match session.actor() {
        Actor::Account(it) => Some(it.account),
        Actor::Job(..) => None,
    }
}

/// The refusal of an account that has as many streams as it may.
pub fn too_many(house: &House) -> Refusal {
    let message = format!("This account has {} streams open: close one of them.", house.config.stream_limit);
    Refusal::new(Kind::TooMany, "TOO_MANY_STREAMS", message)
}
