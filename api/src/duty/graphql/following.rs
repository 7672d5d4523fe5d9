//! Following what one owes.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use entity::id::CadreId;
use futures_util::{Stream, stream};

use crate::{
    auth::scope::Actor,
    db::{outbox::Topic, session::Session},
    duty::{graphql::Duty, read::steps::ChangedDuty},
    error::{Action, Result},
    loaders::Caller,
    relay::{access, global_id},
    subscription::{self, Named, News},
};

/// That something one owes changed, or how the stream fares.
#[derive(SimpleObject)]
pub struct MyDutyChange {
    #[graphql(flatten)]
    news: News,
    /// The item as it stands now; null where no item changed.
    duty: Option<Duty>,
}

/// The person behind a token.
pub fn person(session: &Session) -> Option<CadreId> {
    match session.actor() {
        Actor::Account(identity) => identity.person,
        Actor::Job(..) => None,
    }
}

/// Changes of what one owes, as they happen.
#[derive(Default)]
pub struct DutySubscription;

/// Changes of what one owes, as they happen.
#[Subscription]
impl DutySubscription {
    /// Each change of an item that `myDuties` tells: its day passed with nothing done (DUTY_ROUND), or it was submitted,
    /// excused, accepted or returned. In the order in which changes were committed; nothing for an account without a person.
    #[graphql(directive = access::apply(Action::DutyRead))]
    async fn my_duties_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What came after this eventId; RESUME_LOST where it is not kept any more.")] after: Option<ID>,
    ) -> Result<impl Stream<Item = MyDutyChange>> {
        let session = ctx.session()?;
        let (own, today) = (person(session), session.today());
        let named = Named { ids: Some(own.map(global_id).into_iter().collect()), after };
        let news = subscription::follow::<CadreId, _, _>(ctx, Topic::Duty, named, |told| ChangedDuty {
            // Who follows is told of their own alone, whatever the stream brings.
            person: own.filter(|it| it.0 == told.subject),
            row: told.restricted,
            today,
        });
        let news = news.await?;
        let duty = |due| Duty { due };
        Ok(stream::iter(news.map(|(news, due)| MyDutyChange { news, duty: due.map(duty) })))
    }
}
