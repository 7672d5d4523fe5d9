//! Questions about posts and who fills them, and who may see their rows.
//!
//! A post is visible where its organization is. How many fill it is told to those alone whose grant reaches the rows of
//! the organization's people: most posts are one person's, so that any count of them would name somebody. It counts
//! everybody who holds the post, whoever manages them, up to the secrecy ceiling of the caller.

use std::collections::{BTreeMap, HashMap};

use chrono::NaiveDate;
use entity::{
    id::{Key, OrganizationId, PostId},
    kind::FactState,
    organization, post, post_assignment,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    belonging,
    cadre::read::{ROWS, names_cleared},
    db::{
        gate::{Alias, Countable, Gate},
        reader::Reader,
        session::{Query, Remember, Session},
    },
    error::{Action, Result},
    follows,
    loaders::Batched,
    questions::distinct,
};

follows!(post.OrganizationId => organization);

belonging! {
    /// Posts by their own keys.
    Posts = post by Id(id: PostId), ordered Id, OrganizationRead, "post.by_id";
    /// Posts of organizations, by code.
    PostsOf = post by OrganizationId(organization_id: OrganizationId), ordered Code, OrganizationRead, "post.of_organization";
}

impl Countable for post_assignment::Entity {
    /// Of the posts of organizations whose people the caller may see. Up to the secrecy ceiling.
    fn countable(at: &Alias, gate: &Gate) -> Condition {
        let kept = Alias::named("kept_post");
        let posts = gate.raw::<post::Entity>(post::Column::Id, &kept);
        let within = gate.under(kept.col(post::Column::OrganizationId), ROWS);
        let posts = posts.clone().cond_where(within).to_owned();
        Condition::all()
            .add(at.col(post_assignment::Column::PostId).in_subquery(posts))
            .add(names_cleared(at.col(post_assignment::Column::CadreId), gate))
    }
}

/// How many fill some posts on a day; a post that the caller may not count is left out.
#[derive(Serialize)]
struct CountHolders {
    posts: Vec<PostId>,
    on: NaiveDate,
}

impl Query for CountHolders {
    const ACTION: Action = Action::CadreRead;
    type Answer = BTreeMap<PostId, i64>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let own = Alias::own::<post::Entity>();
        let within = reader.gate().under(own.col(post::Column::OrganizationId), ROWS);
        let known = reader.find::<post::Entity>().filter(own.col(post::Column::Id).is_in(self.posts.iter().copied()));
        let mut held: BTreeMap<PostId, i64> = known.filter(within).all().await?.iter().map(|it| (it.id, 0)).collect();
        let at = Alias::own::<post_assignment::Entity>();
        let (from, to) = (at.col(post_assignment::Column::ValidFrom), at.col(post_assignment::Column::ValidTo));
        // Dates are texts of which an unknown part is missing: it counts as the earliest, and an unknown end as none.
        let day = self.on.to_string();
        let among = Condition::all()
            .add(at.col(post_assignment::Column::PostId).is_in(held.keys().copied()))
            .add(at.col(post_assignment::Column::State).eq(FactState::Recorded))
            .add(from.clone().is_null().or(from.lte(day.as_str())))
            .add(to.clone().is_null().or(to.gt(day.as_str())));
        let counts = reader.count_by_key::<post_assignment::Entity>(among, post_assignment::Column::PostId).await?;
        held.extend(counts.into_iter().map(|(post, count)| (PostId::from_uuid(post), count)));
        Ok(held)
    }
}

impl Remember for CountHolders {
    const NAME: &'static str = "post.holders";
    const TTL_S: u64 = 60;
}

/// How many fill a post on a day, loaded with its neighbours; none where the caller may not count them.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Holders {
    /// The post.
    pub post: PostId,
    /// The day.
    pub on: NaiveDate,
}

impl Batched for Holders {
    type Value = i64;
    async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, i64>> {
        let mut out = HashMap::new();
        if !session.may(Action::CadreRead) {
            return Ok(out);
        }
        // One request asks about one day.
        for on in distinct(keys.iter().map(|it| it.on)) {
            let posts = distinct(keys.iter().filter(|it| it.on == on).map(|it| it.post));
            let held = session.recall(&CountHolders { posts, on }).await?;
            out.extend(held.into_iter().map(|(post, count)| (Self { post, on }, count)));
        }
        Ok(out)
    }
}
