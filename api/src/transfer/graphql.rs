//! Moves of persons to other organizations in the schema; the changes stand in `changes`.

mod changes;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{
    cadre_transfer,
    id::TransferId,
    kind::{self},
};

use crate::{
    cadre::{
        graphql::{Cadre, CadreCard},
        read::Cadres,
    },
    career::graphql::FindingSeverity,
    connection,
    error::{Action, Result},
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    pool::graphql::PoolMembership,
    questions::{self, One},
    relay::{Date, FromRow, access, global_id, key},
    transfer::read::{MembershipsElsewhere, Transfers, TransfersAmong},
};

pub use changes::TransferMutation;

/// The course of a move to another organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::TransferState")]
pub enum TransferState {
    /// 商调中
    Offered,
    /// 已调动
    Completed,
    /// 不予接收
    Refused,
    /// 已撤回
    Withdrawn,
}

/// What somebody should look at because of a move.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum TransferAdviceCode {
    /// The person is in a pool that the former organization keeps, or one above it that is not above the new one.
    MembershipElsewhere,
}

/// What somebody should look at because of a move. People decide; nothing happens by itself.
#[derive(SimpleObject)]
pub struct TransferAdvice {
    /// What it is.
    code: TransferAdviceCode,
    /// How much it matters.
    severity: FindingSeverity,
    /// What is so, and what can be done, in words.
    message: String,
    /// The membership that it is about.
    membership: PoolMembership,
}

/// A move of a person to another organization.
#[derive(Clone)]
pub struct CadreTransfer(pub cadre_transfer::Model);

impl FromRow for CadreTransfer {
    type Row = cadre_transfer::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

impl CadreTransfer {
    /// The move of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: TransferId) -> Result<Option<Self>> {
        Ok(questions::row::<Transfers>(ctx.session()?, key).await?.map(Self))
    }
}

/// A move of a person from one organization to another (调动): an offer until the other side takes it, history then.
#[Object(crate = "crate::relay::graphql")]
impl CadreTransfer {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// How far it is.
    async fn state(&self) -> TransferState {
        self.0.state.into()
    }
    /// The short card of the person; the side that is offered the person sees it while the offer is open, and no more.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        Ok(CadreCard::of(ctx, std::iter::once(self.0.cadre_id)).await?.pop())
    }
    /// The record, for who keeps it.
    async fn cadre(&self, ctx: &Context<'_>) -> Result<Option<Cadre>> {
        Ok(ctx.load(One::<Cadres>::of(self.0.cadre_id)).await?.map(Cadre))
    }
    /// What the organization was called that kept the person.
    #[graphql(name = "fromName")]
    async fn name_before(&self) -> &str {
        &self.0.from_name
    }
    /// The organization that kept the person; null where the caller may not see it.
    #[graphql(name = "fromOrganization")]
    async fn giver(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.from_id)).await?.map(Organization))
    }
    /// What the organization was called that takes the person.
    #[graphql(name = "toName")]
    async fn name_after(&self) -> &str {
        &self.0.to_name
    }
    /// The organization that takes the person; null where the caller may not see it.
    #[graphql(name = "toOrganization")]
    async fn taker(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.to_id)).await?.map(Organization))
    }
    /// The first day under the new keeper, once completed.
    async fn effective_on(&self) -> Option<Date> {
        self.0.effective_on.map(Date)
    }
    /// 任职文号 once completed, the document of the offer before.
    async fn document_number(&self) -> Option<&str> {
        self.0.document_number.as_deref()
    }
    /// Why the person is to move.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
    /// Why the offer was refused or withdrawn.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }
    /// When it was offered, or made in one step.
    async fn offered_at(&self) -> DateTime<Utc> {
        self.0.offered_at
    }
    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }
    /// Grows by one at each change; state it as expectedVersion when you decide.
    async fn version(&self) -> i32 {
        self.0.version
    }
    /// What to look at because of an offer or a move, as far as the caller may see it: such as memberships that stay in
    /// pools of the former organization.
    async fn advice(&self, ctx: &Context<'_>) -> Result<Option<Vec<TransferAdvice>>> {
        let session = ctx.session()?;
        let moving = matches!(self.0.state, kind::TransferState::Offered | kind::TransferState::Completed);
        if !moving || !session.may(Action::PoolRead) {
            return Ok(Some(Vec::new()));
        }
        let memberships = MembershipsElsewhere { cadre: self.0.cadre_id, to: self.0.to_id };
        let advice = |membership| TransferAdvice {
            code: TransferAdviceCode::MembershipElsewhere,
            severity: FindingSeverity::Warning,
            message:
                "The membership stands in a pool that the new organization is not under: who keeps the pool decides \
                      whether it ends."
                    .to_owned(),
            membership: PoolMembership(membership),
        };
        Ok(Some(session.recall(&memberships).await?.into_iter().map(advice).collect()))
    }
}

connection!(CadreTransferConnection, CadreTransferEdge, CadreTransfer, TransfersAmong);

/// Which moves to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CadreTransferFilter {
    /// In these states.
    pub states: Option<Vec<TransferState>>,
    /// Of this person.
    pub cadre_id: Option<ID>,
    /// To this organization.
    pub to_organization_id: Option<ID>,
}

impl From<CadreTransferFilter> for TransfersAmong {
    fn from(it: CadreTransferFilter) -> Self {
        Self {
            states: it.states.map(|all| all.into_iter().map(Into::into).collect()),
            cadre: it.cadre_id.as_ref().map(key),
            to: it.to_organization_id.as_ref().map(key),
        }
    }
}

/// Questions about moves to other organizations.
#[derive(Default)]
pub struct TransferQuery;

/// Questions about moves to other organizations.
#[Object]
impl TransferQuery {
    /// Moves and offers of the two sides that the caller may see, newest first.
    #[graphql(directive = access::apply(Action::CadreTransferRead))]
    async fn cadre_transfers(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which moves.")] filter: Option<CadreTransferFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which move: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<CadreTransferConnection>> {
        CadreTransferConnection::open(ctx, filter.unwrap_or_default().into(), Order::Newest, first, after).await
    }
}
