//! What every subscription shares: how it begins, what kinds of news there are, and that each is told as the follower
//! may see it now.
//!
//! A subscription is asked once for each change, in a request of its own: with the rights that the token has at that
//! moment, and nothing remembered. Who may not see a row is told nothing of it, not even that it changed: a word such as
//! «gone» would tell when something was decided that the follower may no longer know.

use async_graphql::{Context, Enum, ID, SimpleObject};
use chrono::{DateTime, Utc};
use entity::id::Key;
use serde::Serialize;

use crate::{
    db::{
        hub::{Interest, Notice, Turn},
        outbox::{Told, Topic},
        session::{Query, Session},
    },
    error::{Action, Error, Result},
    loaders::Caller,
    relay::key,
};

/// Most ids that one subscription names.
const MOST: usize = 100;

/// What a message of a stream tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum StreamNews {
    /// Something changed.
    Changed,
    /// From here on changes may come up to some seconds late: the link between servers is away. None is lost.
    Delayed,
    /// The link is back: changes come at once again.
    Live,
}

/// What every message of a stream tells.
#[derive(Clone, Debug, SimpleObject)]
pub struct News {
    /// What this message tells.
    pub news: StreamNews,
    /// Give it as after, or as Last-Event-ID, to go on behind this message. Opaque.
    pub event_id: ID,
    /// The act that changed something; null where nothing did.
    pub act: Option<Action>,
    /// When it was done; null where nothing was.
    pub at: Option<DateTime<Utc>>,
}

impl News {
    fn of(session: &Session, told: &Told) -> Self {
        let event_id = ID(session.cursors().name(told.sequence));
        Self { news: StreamNews::Changed, event_id, act: told.act, at: Some(told.at) }
    }

    fn notice(session: &Session, notice: Notice) -> Self {
        let news = if notice.delayed { StreamNews::Delayed } else { StreamNews::Live };
        Self { news, event_id: ID(session.cursors().name(notice.sequence)), act: None, at: None }
    }
}

/// What a subscription names.
pub struct Named {
    /// These alone, where some are named.
    pub ids: Option<Vec<ID>>,
    /// On from this event.
    pub after: Option<ID>,
}

/// Begins a subscription, or hands over what it is to tell: the news, with the row that changed as `ask` finds it for
/// the follower, or without one where the news is of the stream itself. None where there is nothing to tell.
///
/// # Errors
/// `Forbidden`; `Invalid` on `ids`; those of `ask`.
pub async fn follow<K: Key, Q: Query<Answer = Option<R>>, R>(
    ctx: &Context<'_>,
    topic: Topic,
    named: Named,
    ask: impl FnOnce(&Told) -> Q,
) -> Result<Option<(News, Option<R>)>> {
    let session = ctx.session()?;
    match ctx.data_opt::<Turn>() {
        None => Err(Error::broken("a subscription without a turn")),
        Some(Turn::Begin(interest)) => {
            session.ask(&May::<Q>(std::marker::PhantomData)).await?;
            begin::<K>(interest, topic, named)?;
            Ok(None)
        }
        Some(Turn::Notice(notice)) => Ok(Some((News::notice(session, *notice), None))),
        Some(Turn::Change(told)) => {
            let row = session.ask(&ask(told)).await?;
            Ok(row.map(|row| (News::of(session, told), Some(row))))
        }
    }
}

fn begin<K: Key>(interest: &Interest, topic: Topic, named: Named) -> Result<()> {
    let ids = named.ids.map(|all| {
        if all.len() > MOST {
            return Err(Error::invalid("ids", format!("names {}; at most {MOST}", all.len())));
        }
        Ok(all.iter().map(key::<K>).collect())
    });
    interest.say(topic, ids.transpose()?, named.after.map(|it| it.0));
    Ok(())
}

/// Whether the follower may ask at all.
#[derive(Serialize)]
struct May<Q>(std::marker::PhantomData<fn() -> Q>);

impl<Q: Query> Query for May<Q> {
    const ACTION: Action = Q::ACTION;
    type Answer = ();
    async fn load(&self, _: &crate::db::reader::Reader<'_>) -> Result<()> {
        Ok(())
    }
}
