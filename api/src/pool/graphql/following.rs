//! Following memberships of pools.

use async_graphql::{Context, ID, SimpleObject, Subscription};
use entity::id::PoolMembershipId;
use futures_util::{Stream, stream};

use crate::{
    db::outbox::Topic,
    error::{Action, Result},
    pool::{graphql::PoolMembership, read::ChangedMembership},
    relay::{access, key},
    subscription::{self, Named, News},
};

/// That a membership of a pool changed, or how the stream fares.
#[derive(SimpleObject)]
pub struct PoolMembershipChange {
    #[graphql(flatten)]
    news: News,
    /// The membership as the follower may see it now; null where no membership changed.
    membership: Option<PoolMembership>,
}

/// Changes of memberships, as they happen.
#[derive(Default)]
pub struct PoolSubscription;

/// Changes of memberships, as they happen.
#[Subscription]
impl PoolSubscription {
    /// Each change of a pool's membership and its steps that the caller may see, in the order in which changes were
    /// committed. Rights are asked again for each: what the caller may not see is left out.
    #[graphql(directive = access::apply(Action::PoolRead))]
    async fn pool_membership_changed(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Only memberships of pools kept by this organization.")] organization: Option<ID>,
        #[graphql(desc = "Only memberships of this pool.")] pool: Option<ID>,
        #[graphql(desc = "Only these memberships; at most 100.")] ids: Option<Vec<ID>>,
        #[graphql(desc = "What came after this eventId; RESUME_LOST where it is not kept any more.")] after: Option<ID>,
    ) -> Result<impl Stream<Item = PoolMembershipChange>> {
        let (organization, pool) = (organization.as_ref().map(key), pool.as_ref().map(key));
        let named = Named { ids, after };
        let news = subscription::follow::<PoolMembershipId, _, _>(ctx, Topic::Membership, named, |told| {
            ChangedMembership { membership: PoolMembershipId(told.subject), organization, pool }
        });
        let news = news.await?;
        Ok(stream::iter(news.map(|(news, row)| PoolMembershipChange { news, membership: row.map(PoolMembership) })))
    }
}
