//! Talks in the schema; their changes stand in `changes`, what is missing in `due`.

mod changes;
mod due;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{
    id::{TalkId, TalkIssueId},
    kind, talk, talk_issue,
};

use crate::{
    cadre::{graphql::CadreCard, read::Cards},
    connection,
    edition::{graphql::PolicyEdition, read::Editions},
    error::{Action, Result},
    leads,
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    questions::{self, Many, One},
    relay::{Date, FromRow, access, global_id, key},
    talk::{
        read::{
            Issues, IssuesOfTalks, Talks, TalksAmong,
            due::{CoverageOf, IssuesOf, TriggersDue},
        },
        rules,
    },
};

pub use changes::TalkMutation;
pub use due::{TalkCoverage, TalkDue, TalkIssueSummary};

/// How far a talk is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::TalkState")]
pub enum TalkState {
    /// 已约请
    Requested,
    /// 已定时间
    Fixed,
    /// 已谈
    Held,
    /// 已回访
    FollowedUp,
}

/// What became of a matter that was raised.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::IssueState")]
pub enum TalkIssueState {
    /// 办理中
    Open,
    /// 已解决
    Solved,
    /// 已说明
    Explained,
    /// 不予办理
    Declined,
}

/// A talk.
#[derive(Clone)]
pub struct Talk(talk::Model);

impl FromRow for Talk {
    type Row = talk::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }

    leads! {
        "organization": organization_id => Organizations; Organization;
        "issues": id => IssuesOfTalks;
    }
}

impl Talk {
    /// The talk of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: TalkId) -> Result<Option<Self>> {
        Ok(questions::row::<Talks>(ctx.session()?, key).await?.map(Self))
    }
}

/// A talk (谈心谈话) between somebody who leads and a person or unit: its days and the class of its topic. What was said is
/// kept nowhere.
#[Object(crate = "crate::relay::graphql")]
impl Talk {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// The organization whose people hold it; null where the caller may not see it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// The short card of the person with whom it is; null where it is with a unit.
    async fn member(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        let Some(person) = self.0.cadre_id else { return Ok(None) };
        Ok(ctx.load(One::<Cards>::of(person)).await?.map(CadreCard))
    }
    /// The unit with which it is; null where it is with a person.
    async fn unit(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        let Some(unit) = self.0.unit_id else { return Ok(None) };
        Ok(ctx.load(One::<Organizations>::of(unit)).await?.map(Organization))
    }
    /// Code of its kind, such as REQUESTED by the person or SUMMONED by the organization.
    async fn kind(&self) -> &str {
        &self.0.kind
    }
    /// Code of the event after which it was due.
    async fn trigger(&self) -> Option<&str> {
        self.0.trigger.as_deref()
    }
    /// Code of who holds it.
    async fn conductor(&self) -> &str {
        &self.0.conductor
    }
    /// Class of its topic.
    async fn topic(&self) -> Option<&str> {
        self.0.topic.as_deref()
    }
    /// How far it is.
    #[graphql(name = "state")]
    async fn standing(&self) -> TalkState {
        self.0.state.into()
    }
    /// When it was asked for; the day on which it was held, where nobody had asked.
    async fn requested_on(&self) -> Date {
        Date(self.0.requested_on)
    }
    /// By when its day must be fixed.
    async fn answer_by(&self) -> Option<Date> {
        self.0.answer_by.map(Date)
    }
    /// The day that was fixed.
    async fn fixed_for(&self) -> Option<Date> {
        self.0.fixed_for.map(Date)
    }
    /// The day on which it was held.
    async fn held_on(&self) -> Option<Date> {
        self.0.held_on.map(Date)
    }
    /// By when it is followed up (回访).
    async fn follow_up_on(&self) -> Option<Date> {
        self.0.follow_up_on.map(Date)
    }
    /// The edition of the policy by which it is held.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<PolicyEdition>> {
        Ok(ctx.load(One::<Editions>::of(self.0.edition_id)).await?.map(PolicyEdition))
    }
    /// What was raised in it, oldest first.
    async fn issues(&self, ctx: &Context<'_>) -> Result<Option<Vec<TalkIssue>>> {
        let rows = ctx.load(Many::<IssuesOfTalks>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(TalkIssue).collect()))
    }
    /// Whether the day has passed by which it had to be fixed, held or followed up, whichever is next.
    async fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(rules::overdue(&self.0, ctx.session()?.today()))
    }
    /// Grows by one at each change; state it as expectedVersion.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

connection!(TalkConnection, TalkEdge, Talk, TalksAmong);

/// A matter that was raised in a talk.
#[derive(Clone)]
pub struct TalkIssue(talk_issue::Model);

impl FromRow for TalkIssue {
    type Row = talk_issue::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

impl TalkIssue {
    /// The matter of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: TalkIssueId) -> Result<Option<Self>> {
        Ok(questions::row::<Issues>(ctx.session()?, key).await?.map(Self))
    }
}

/// A matter that was raised in a talk (谈话反映的问题): its class, and what became of it. It stays open until somebody closes it
/// with its result.
#[Object(crate = "crate::relay::graphql")]
impl TalkIssue {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Its class.
    async fn topic(&self) -> &str {
        &self.0.topic
    }
    /// What became of it.
    #[graphql(name = "state")]
    async fn standing(&self) -> TalkIssueState {
        self.0.state.into()
    }
    /// When it was raised.
    async fn raised_on(&self) -> Date {
        Date(self.0.raised_on)
    }
    /// When it was closed.
    async fn closed_on(&self) -> Option<Date> {
        self.0.closed_on.map(Date)
    }
    /// The document of its result.
    async fn document_number(&self) -> Option<&str> {
        self.0.document_number.as_deref()
    }
    /// The talk.
    async fn talk(&self, ctx: &Context<'_>) -> Result<Option<Talk>> {
        Ok(ctx.load(One::<Talks>::of(self.0.talk_id)).await?.map(Talk))
    }
    /// Grows by one at each change; state it as expectedVersion.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Which talks to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct TalkFilter {
    /// Held by people of this organization or one below it.
    pub organization: Option<ID>,
    /// With this person.
    pub cadre: Option<ID>,
    /// In these states.
    pub states: Option<Vec<TalkState>>,
    /// Only those of which the next day has passed.
    #[graphql(default)]
    pub overdue: bool,
}

/// Questions about talks.
#[derive(Default)]
pub struct TalkQuery;

/// Questions about talks.
#[Object]
impl TalkQuery {
    /// Talks that the caller may see, in the order of recording: those held by organizations in reach, and one's own.
    #[graphql(directive = access::apply(Action::TalkRead))]
    async fn talks(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which talks.")] filter: Option<TalkFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<TalkConnection>> {
        let filter = filter.unwrap_or_default();
        let among = TalksAmong {
            under: filter.organization.as_ref().map(key),
            cadre: filter.cadre.as_ref().map(key),
            states: filter.states.map(|all| all.into_iter().map(Into::into).collect()),
            overdue: if filter.overdue { Some(ctx.session()?.today()) } else { None },
        };
        TalkConnection::open(ctx, among, Order::Id, first, after).await
    }

    /// Whom the talks of a policy reach in the time that ends with the day, and whom not, for each rule that it has; by the
    /// talks that the caller may see. Null where the organization is out of reach, or no edition has effect there.
    #[graphql(directive = access::apply(Action::TalkRead))]
    async fn talk_coverage(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the policy.")] policy: String,
        #[graphql(desc = "Of this organization and those below it.")] organization: ID,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<Vec<TalkCoverage>>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let asked = CoverageOf { policy, organization: key(&organization), on };
        let found = session.ask(&asked).await?;
        Ok(found.map(|(edition, rules)| rules.into_iter().map(|it| TalkCoverage::new(edition, it)).collect()))
    }

    /// Talks that are due after an event and were not held since, the longest due first, at most 100. Null for those who do
    /// not decide in the organization, and where no edition has effect there.
    #[graphql(directive = access::apply(Action::TalkRead))]
    async fn talk_triggers_due(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the policy.")] policy: String,
        #[graphql(desc = "Of this organization and those below it.")] organization: ID,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<Vec<TalkDue>>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let asked = TriggersDue { policy, organization: key(&organization), on };
        let found = session.ask(&asked).await?;
        Ok(found.map(|all| all.into_iter().map(|it| TalkDue::new(it, on)).collect()))
    }

    /// How many matters were raised in talks, and what became of them. Null where the organization is out of reach.
    #[graphql(directive = access::apply(Action::TalkRead))]
    async fn talk_issue_summary(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "In talks held by people of this organization and those below it.")] organization: ID,
        #[graphql(desc = "Code of the policy; talks by any where it is left out.")] policy: Option<String>,
    ) -> Result<Option<TalkIssueSummary>> {
        let asked = IssuesOf { policy, organization: key(&organization) };
        Ok(ctx.session()?.ask(&asked).await?.map(TalkIssueSummary::new))
    }
}
