//! Following mentoring pairs.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use entity::id::{Key, PairEvaluationId, PairId};
use futures_util::{Stream, stream};

use crate::{
    db::outbox::Topic,
    error::{Action, Result},
    mentoring::{graphql::MentoringPair, read::ChangedPair},
    relay::{access, key},
    subscription::{self, Named, News},
};

/// That a mentoring pair changed, or how the stream fares.
#[derive(SimpleObject)]
pub struct MentoringPairChange {
    #[graphql(flatten)]
    news: News,
    /// The pair as the follower may see it now; null where no pair changed.
    pair: Option<MentoringPair>,
}

/// Changes of mentoring pairs, as they happen.
#[derive(Default)]
pub struct MentoringSubscription;

/// Changes of mentoring pairs, as they happen.
#[Subscription]
impl MentoringSubscription {
    /// Each change of a mentoring pair, of its people, contacts, steps and evaluations, that the caller may see, in the
    /// order in which changes were committed. Rights are asked again for each: what the caller may not see is left out.
    #[graphql(directive = access::apply(Action::PairRead))]
    async fn mentoring_pair_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only pairs kept by this organization.")] organization: Option<ID>,
        #[graphql(desc = "Only these pairs; at most 100.")] ids: Option<Vec<ID>>,
        #[graphql(desc = "What came after this eventId; RESUME_LOST where it is not kept any more.")] after: Option<ID>,
    ) -> Result<impl Stream<Item = MentoringPairChange>> {
        let organization = organization.as_ref().map(key);
        let news = subscription::follow::<PairId, _, _>(ctx, Topic::Pair, Named { ids, after }, |told| ChangedPair {
            pair: PairId(told.subject),
            organization,
            evaluation: told.restricted.map(PairEvaluationId::from_uuid),
        });
        let news = news.await?;
        Ok(stream::iter(news.map(|(news, row)| MentoringPairChange { news, pair: row.map(MentoringPair) })))
    }
}
