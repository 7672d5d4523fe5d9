//! What is done about due items, in the schema.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::DutyEntryId;

use crate::{
    db::session::Terms,
    duty::{
        graphql::DutyEntry,
        write::{DecideDuty, ExcuseDuty, SubmitDuty},
    },
    error::{Action, Result},
    loaders::Caller,
    payload,
    relay::{access, key},
};

/// A due item to submit.
#[derive(InputObject)]
pub struct DutySubmitInput {
    /// The item, as `duties` names it.
    duty_id: ID,
    /// What is said, at most 2000 characters. Pictures, sounds and places are not filed here.
    content: Option<String>,
    /// The document that is filed.
    document_number: Option<String>,
    /// Your key for this one intent, kept 24 hours: a phone on a bad network may send it again.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A due item to excuse.
#[derive(InputObject)]
pub struct DutyExcuseInput {
    /// The item, as `duties` names it.
    duty_id: ID,
    /// Why, 1 to 500 characters.
    reason: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What was submitted, and whether it is accepted.
#[derive(InputObject)]
pub struct DutyDecideInput {
    /// Global id of what was submitted.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Whether it is accepted; it is sent back otherwise.
    accept: bool,
    /// Why it is sent back, 1 to 500 characters.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `dutySubmit`.
    DutySubmitPayload {
        /// What was submitted.
        entry: DutyEntry by DutyEntryId
    }
);
payload!(
    /// What came of `dutyExcuse`.
    DutyExcusePayload {
        /// The excuse.
        entry: DutyEntry by DutyEntryId
    }
);
payload!(
    /// What came of `dutyDecide`.
    DutyDecidePayload {
        /// What was submitted, as it stands now.
        entry: DutyEntry by DutyEntryId
    }
);

/// Changes of what is due.
#[derive(Default)]
pub struct DutyMutation;

/// Changes of what is due.
#[Object]
impl DutyMutation {
    /// Submits a due item, or anew what was sent back: by who owes it, or who keeps the organization. Problems: INVALID,
    /// TRANSITION_REFUSED, TAKEN, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::DutySubmit))]
    async fn duty_submit(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to submit.")] input: DutySubmitInput,
    ) -> Result<Option<DutySubmitPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command =
            SubmitDuty { duty: input.duty_id.0, content: input.content, document_number: input.document_number };
        DutySubmitPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Excuses a due item: it need not be done, and the reason is kept. Problems: INVALID, TRANSITION_REFUSED, TAKEN,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::DutyDecide))]
    async fn duty_excuse(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to excuse, and why.")] input: DutyExcuseInput,
    ) -> Result<Option<DutyExcusePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = ExcuseDuty { duty: input.duty_id.0, reason: input.reason };
        DutyExcusePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Accepts what was submitted, or sends it back with a reason; never who submitted it. Problems: INVALID, STALE,
    /// SAME_PERSON, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::DutyDecide))]
    async fn duty_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What was submitted.")] input: DutyDecideInput,
    ) -> Result<Option<DutyDecidePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = DecideDuty {
            id: key(&input.id),
            expected_version: input.expected_version,
            accept: input.accept,
            reason: input.reason,
        };
        DutyDecidePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
