//! Changes in the schema that move persons, or offer, take and refuse them.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::TransferId;

use crate::{
    career::graphql::PostRole,
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    payload,
    relay::{Date, access, key},
    transfer::{
        graphql::CadreTransfer,
        write::{self, AcceptCadre, NewPost, OfferCadre, RefuseCadre, TransferCadre, WithdrawOffer},
    },
};

/// The post that somebody is appointed to with the move.
#[derive(InputObject)]
pub struct TransferPostInput {
    /// 单位及职务全称, 1 to 400 characters.
    title: String,
    /// 正职 or 副职
    role: Option<PostRole>,
    /// The post of the receiving organization, or of one below it, that it fills.
    post_id: Option<ID>,
}

impl From<TransferPostInput> for NewPost {
    fn from(it: TransferPostInput) -> Self {
        Self { title: it.title, role: it.role.map(Into::into), post: it.post_id.as_ref().map(key) }
    }
}

/// Whom to move, where to and how.
#[derive(InputObject)]
pub struct CadreTransferInput {
    /// Who.
    cadre_id: ID,
    /// The version of the record that you read.
    expected_version: i32,
    /// The organization that keeps the person from then on, within your reach.
    organization_id: ID,
    /// The first day there, today where it is left out; not in the future.
    effective_on: Option<Date>,
    /// 任职文号, at most 80 characters.
    document_number: Option<String>,
    /// The post from that day on; none where it is left out: the old one ends anyway.
    post: Option<TransferPostInput>,
    /// Why, at most 500 characters.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Whom to offer, and to whom.
#[derive(InputObject)]
pub struct CadreTransferOfferInput {
    /// Who.
    cadre_id: ID,
    /// The version of the record that you read.
    expected_version: i32,
    /// The code of the organization that is to take the person: it need not be one that you see.
    to_organization_code: String,
    /// The document of the offer (商调函), at most 80 characters.
    document_number: Option<String>,
    /// Why, at most 500 characters: both sides read it.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which offer to take, and how.
#[derive(InputObject)]
pub struct CadreTransferAcceptInput {
    /// Global id of the offer.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// The first day in your organization, today where it is left out; not in the future.
    effective_on: Option<Date>,
    /// 任职文号, at most 80 characters.
    document_number: Option<String>,
    /// The post from that day on; none where it is left out: the old one ends anyway.
    post: Option<TransferPostInput>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which offer to refuse.
#[derive(InputObject)]
pub struct CadreTransferRefuseInput {
    /// Global id of the offer.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, 1 to 500 characters: both sides read it.
    answer: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which offer to take back.
#[derive(InputObject)]
pub struct CadreTransferWithdrawInput {
    /// Global id of the offer.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, at most 500 characters: both sides read it.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

macro_rules! payloads {
    ($($(#[$doc:meta])* $name:ident,)+) => {$(
        payload!(
            $(#[$doc])*
            $name {
                /// The move as it is now.
                transfer: CadreTransfer by TransferId
            }
        );
    )+};
}

payloads! {
    /// What came of `cadreTransfer`.
    CadreTransferPayload,
    /// What came of `cadreTransferOffer`.
    CadreTransferOfferPayload,
    /// What came of `cadreTransferAccept`.
    CadreTransferAcceptPayload,
    /// What came of `cadreTransferRefuse`.
    CadreTransferRefusePayload,
    /// What came of `cadreTransferWithdraw`.
    CadreTransferWithdrawPayload,
}

/// Changes that move persons to other organizations.
#[derive(Default)]
pub struct TransferMutation;

/// Changes that move persons to other organizations.
#[Object]
impl TransferMutation {
    /// Moves a cadre to another organization within reach: the principal post ends, the next begins where one is named,
    /// and pairs whose keeper reaches the person no more are suspended. Memberships of pools stay, see `advice`.
    /// Problems: INVALID, STALE, NOT_IN_POST, TAKEN, SAME_PERSON, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreTransfer))]
    async fn cadre_transfer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to move, where to and how.")] input: CadreTransferInput,
    ) -> Result<Option<CadreTransferPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = TransferCadre {
            cadre: key(&input.cadre_id),
            expected_version: input.expected_version,
            to: key(&input.organization_id),
            terms: write::Terms {
                effective_on: input.effective_on.map(|it| it.0),
                document_number: input.document_number,
                post: input.post.map(Into::into),
            },
            reason: input.reason,
        };
        CadreTransferPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Offers a cadre to an organization that need not be within reach. Nothing moves until it takes the person.
    /// Problems: INVALID, STALE, NOT_IN_POST, TAKEN, SAME_PERSON, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreTransferOffer))]
    async fn cadre_transfer_offer(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to offer, and to whom.")] input: CadreTransferOfferInput,
    ) -> Result<Option<CadreTransferOfferPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = OfferCadre {
            cadre: key(&input.cadre_id),
            expected_version: input.expected_version,
            to_code: input.to_organization_code,
            document_number: input.document_number,
            reason: input.reason,
        };
        CadreTransferOfferPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Takes a cadre who is offered to an organization within reach; the move is made as by `cadreTransfer`. Problems:
    /// INVALID, STALE, NOT_IN_POST, SAME_PERSON, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreTransferDecide))]
    async fn cadre_transfer_accept(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offer to take, and how.")] input: CadreTransferAcceptInput,
    ) -> Result<Option<CadreTransferAcceptPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = AcceptCadre {
            id: key(&input.id),
            expected_version: input.expected_version,
            terms: write::Terms {
                effective_on: input.effective_on.map(|it| it.0),
                document_number: input.document_number,
                post: input.post.map(Into::into),
            },
        };
        CadreTransferAcceptPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Refuses a cadre who is offered to an organization within reach. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreTransferDecide))]
    async fn cadre_transfer_refuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offer to refuse.")] input: CadreTransferRefuseInput,
    ) -> Result<Option<CadreTransferRefusePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = RefuseCadre { id, expected_version, answer: input.answer };
        CadreTransferRefusePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Takes an open offer back. Problems: INVALID, STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreTransferOffer))]
    async fn cadre_transfer_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which offer to take back.")] input: CadreTransferWithdrawInput,
    ) -> Result<Option<CadreTransferWithdrawPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = WithdrawOffer { id, expected_version, reason: input.reason };
        CadreTransferWithdrawPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
