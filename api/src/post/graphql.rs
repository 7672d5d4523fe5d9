//! Posts and headcounts in the schema.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object, SimpleObject};
use chrono::NaiveDate;
use entity::{
    id::{OrganizationId, PostId},
    post,
};

use crate::{
    career::graphql::PostRole,
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    organization::{
        graphql::{Organization, PositionLevel},
        read::Organizations,
    },
    payload,
    post::{
        read::{Holders, Posts, PostsOf},
        write::{CreatePost, UpdatePost},
    },
    questions::{self, Many, One},
    relay::{Date, FromRow, access, global_id, key},
};

/// A post of an organization, with the headcount that was approved for it.
#[derive(Clone)]
pub struct Post(pub post::Model);

impl FromRow for Post {
    type Row = post::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

impl Post {
    /// The post of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: PostId) -> Result<Option<Self>> {
        Ok(questions::row::<Posts>(ctx.session()?, key).await?.map(Self))
    }

    /// The post that a row refers to, loaded with its neighbours.
    ///
    /// # Errors
    /// As the question.
    pub async fn maybe(ctx: &Context<'_>, key: Option<PostId>) -> Result<Option<Self>> {
        let Some(key) = key else { return Ok(None) };
        Ok(ctx.load(One::<Posts>::of(key)).await?.map(Self))
    }

    /// The posts of an organization that stand on a day, by code.
    ///
    /// # Errors
    /// As the question.
    pub async fn of(ctx: &Context<'_>, whose: OrganizationId, on: NaiveDate) -> Result<Vec<Self>> {
        let rows = ctx.load(Many::<PostsOf>::of(whose)).await?.unwrap_or_default();
        let stands = |it: &post::Model| it.valid_from <= on && it.valid_to.is_none_or(|to| on < to);
        Ok(rows.into_iter().filter(stands).map(Self).collect())
    }

    async fn holders(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        ctx.load(Holders { post: self.0.id, on: ctx.session()?.as_of() }).await
    }
}

/// A post of an organization (职位), with the headcount that was approved for it. Who fills it is told as of the
/// request's day, by the assignments in force then, and is null for callers who may not see the organization's people.
#[Object(crate = "crate::relay::graphql")]
impl Post {
    /// Global id, which a post of a cadre may name.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Code, unique within the organization.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// 职务名称
    async fn title(&self) -> &str {
        &self.0.title
    }
    /// 正职 or 副职
    async fn role(&self) -> PostRole {
        self.0.role.into()
    }
    /// 职务层次, where it has one.
    async fn level(&self) -> Option<PositionLevel> {
        self.0.level.map(Into::into)
    }
    /// 核定职数, as it is now.
    async fn approved_headcount(&self) -> i32 {
        self.0.approved_headcount
    }
    /// From when it stands.
    async fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }
    /// The first day on which it stands no more.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }
    /// Grows by one at each change.
    async fn version(&self) -> i32 {
        self.0.version
    }
    /// Whose.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// How many fill it (实有人数).
    async fn filled(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        self.holders(ctx).await
    }
    /// How many it lacks (空缺).
    async fn vacant(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        Ok(self.holders(ctx).await?.map(|it| Ord::max(0, i64::from(self.0.approved_headcount) - it)))
    }
    /// How many fill it beyond what was approved (超职数配备).
    async fn overstaffed(&self, ctx: &Context<'_>) -> Result<Option<i64>> {
        Ok(self.holders(ctx).await?.map(|it| Ord::max(0, it - i64::from(self.0.approved_headcount))))
    }
}

/// Sums over the posts of one organization, those below it not included.
#[derive(SimpleObject)]
pub struct Headcount {
    /// 核定职数
    approved: i64,
    /// How many fill its posts; null for callers who may not see the organization's people.
    filled: Option<i64>,
    /// How many are lacking, post by post.
    vacant: Option<i64>,
    /// How many there are beyond what was approved, post by post.
    overstaffed: Option<i64>,
}

impl Headcount {
    /// Of an organization on a day.
    ///
    /// # Errors
    /// As the question.
    pub async fn of(ctx: &Context<'_>, whose: OrganizationId, on: NaiveDate) -> Result<Self> {
        let posts = Post::of(ctx, whose, on).await?;
        let holders = futures_util::future::try_join_all(posts.iter().map(|it| it.holders(ctx))).await?;
        let each = || posts.iter().map(|it| i64::from(it.0.approved_headcount)).zip(&holders);
        let sum = |of: fn(i64, i64) -> i64| each().map(|(approved, held)| held.map(|held| of(approved, held))).sum();
        Ok(Self {
            approved: each().map(|(approved, _)| approved).sum(),
            filled: sum(|_, held| held),
            vacant: sum(|approved, held| Ord::max(0, approved - held)),
            overstaffed: sum(|approved, held| Ord::max(0, held - approved)),
        })
    }
}

/// A new post.
#[derive(InputObject)]
pub struct PostCreateInput {
    /// Whose.
    organization_id: ID,
    /// Code, unique within the organization.
    code: String,
    /// 职务名称, 1 to 120 characters.
    title: String,
    /// 正职 or 副职
    role: PostRole,
    /// 职务层次
    level: Option<PositionLevel>,
    /// 核定职数
    approved_headcount: i32,
    /// From when it stands, today where it is left out.
    valid_from: Option<Date>,
    /// The first day on which it stands no more.
    valid_to: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What to change of a post; what is left out stays, and null empties.
#[derive(InputObject)]
pub struct PostUpdateInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Code, unique within the organization.
    code: Option<String>,
    /// 职务名称, 1 to 120 characters.
    title: Option<String>,
    /// 正职 or 副职
    role: Option<PostRole>,
    /// 职务层次
    level: MaybeUndefined<PositionLevel>,
    /// 核定职数
    approved_headcount: Option<i32>,
    /// The first day on which it stands no more.
    valid_to: MaybeUndefined<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `postCreate`.
    PostCreatePayload {
        /// The new post.
        post: Post by PostId
    }
);
payload!(
    /// What came of `postUpdate`.
    PostUpdatePayload {
        /// The post as it is now.
        post: Post by PostId
    }
);

fn given<T>(it: MaybeUndefined<T>) -> Option<Option<T>> {
    match it {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Changes of posts.
#[derive(Default)]
pub struct PostMutation;

/// Changes of posts.
#[Object]
impl PostMutation {
    /// Makes a post of an organization. Problems: INVALID, TAKEN, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PostCreate))]
    async fn post_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to make.")] input: PostCreateInput,
    ) -> Result<Option<PostCreatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = CreatePost {
            organization: key(&input.organization_id),
            code: input.code,
            title: input.title,
            role: input.role.into(),
            level: input.level.map(Into::into),
            approved_headcount: input.approved_headcount,
            valid_from: input.valid_from.map(|it| it.0),
            valid_to: input.valid_to.map(|it| it.0),
        };
        PostCreatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Changes a post. It ends with `validTo`; who fills it is recorded of the person, with cadreFactRecord. Problems:
    /// INVALID, TAKEN, STALE, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PostUpdate))]
    async fn post_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: PostUpdateInput,
    ) -> Result<Option<PostUpdatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = UpdatePost {
            id: key(&input.id),
            expected_version: input.expected_version,
            code: input.code,
            title: input.title,
            role: input.role.map(Into::into),
            level: given(input.level).map(|it| it.map(Into::into)),
            approved_headcount: input.approved_headcount,
            valid_to: given(input.valid_to).map(|it| it.map(|it| it.0)),
        };
        PostUpdatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
