//! Steps of a pair after its activation in the schema.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::PairId;

use crate::{
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    mentoring::{
        graphql::{MentoringPair, PairForm, changes, changes::PairPlanItemInput},
        write::{
            Decision,
            course::{CompletePair, EndPair, LeavePair, ReplacePair, ResumePair, SuspendPair},
        },
    },
    payload,
    relay::{Date, access, key},
};

/// Which pair to suspend.
#[derive(InputObject)]
pub struct PairSuspendInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, as a code of the keeper's policy: 1 to 32 letters, digits, hyphens or underscores.
    reason_code: Option<String>,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which pair to resume.
#[derive(InputObject)]
pub struct PairResumeInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, 1 to 500 characters.
    reason: Option<String>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which pair to complete.
#[derive(InputObject)]
pub struct PairCompleteInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, 1 to 500 characters.
    reason: Option<String>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which pair to end.
#[derive(InputObject)]
pub struct PairEndInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, as a code of the keeper's policy: 1 to 32 letters, digits, hyphens or underscores.
    reason_code: String,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which pair to replace by which.
#[derive(InputObject)]
pub struct PairReplaceInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, as a code of the keeper's policy: 1 to 32 letters, digits, hyphens or underscores.
    reason_code: String,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The mentors from now on; where one of them leads, the first. Left out only where organizations are paired: then those of
    /// the pair that ends.
    mentor_ids: Option<Vec<ID>>,
    /// The mentees from now on; those of the pair that ends where they are left out.
    mentee_ids: Option<Vec<ID>>,
    /// The organization that helps from now on; that of the pair that ends where it is left out.
    helping_organization_id: Option<ID>,
    /// The organization that is helped from now on; that of the pair that ends where it is left out.
    helped_organization_id: Option<ID>,
    /// Who mentors whom; by the numbers where it is left out.
    form: Option<PairForm>,
    /// What the new plan says under the headings of the pair's policy.
    plan: Option<Vec<PairPlanItemInput>>,
    /// What the new pair is to lead to, at most 1000 characters.
    plan_goal: Option<String>,
    /// What is to be done for it, at most 1000 characters.
    plan_measures: Option<String>,
    /// The day on which the new term is over.
    term_ends_on: Option<Date>,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Who leaves which pair.
#[derive(InputObject)]
pub struct PairPartEndInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// The person.
    cadre_id: ID,
    /// Why, as a code of the keeper's policy: 1 to 32 letters, digits, hyphens or underscores.
    reason_code: Option<String>,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The day of the decision; today when it is left out.
    decided_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `pairSuspend`.
    PairSuspendPayload {
        /// The pair as it is now.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairResume`.
    PairResumePayload {
        /// The pair as it is now.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairComplete`.
    PairCompletePayload {
        /// The pair as it is now.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairEnd`.
    PairEndPayload {
        /// The pair as it is now.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairReplace`.
    PairReplacePayload {
        /// The new pair, proposed; its predecessor is the one that ended.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairPartEnd`.
    PairPartEndPayload {
        /// The pair as it is now.
        pair: MentoringPair by PairId
    }
);

/// Steps of pairs.
#[derive(Default)]
pub struct PairStepMutation;

/// Steps of pairs.
#[Object]
impl PairStepMutation {
    /// Suspends an active pair; no contact is due meanwhile. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairSuspend))]
    async fn pair_suspend(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pair to suspend.")] input: PairSuspendInput,
    ) -> Result<Option<PairSuspendPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let decision = decision(Some(input.reason), input.reason_code, input.decided_on);
        let command = SuspendPair { id, expected_version, decision };
        PairSuspendPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Resumes a suspended pair. Problems: INVALID, STALE, TRANSITION_REFUSED, NOT_IN_POST, CONFLICT,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairResume))]
    async fn pair_resume(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pair to resume.")] input: PairResumeInput,
    ) -> Result<Option<PairResumePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let decision = decision(input.reason, None, input.decided_on);
        let command = ResumePair { id, expected_version, decision };
        PairResumePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Completes a pair. Problems: INVALID, STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairComplete))]
    async fn pair_complete(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pair to complete.")] input: PairCompleteInput,
    ) -> Result<Option<PairCompletePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let decision = decision(input.reason, None, input.decided_on);
        let command = CompletePair { id, expected_version, decision };
        PairCompletePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Ends a pair before its time, or turns a proposal down. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairEnd))]
    async fn pair_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pair to end.")] input: PairEndInput,
    ) -> Result<Option<PairEndPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let decision = decision(Some(input.reason), Some(input.reason_code), input.decided_on);
        let command = EndPair { id, expected_version, decision };
        PairEndPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Ends a pair and proposes another in its place; each names the other. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// NOT_IN_POST, CONFLICT, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairReplace))]
    async fn pair_replace(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pair to replace by which.")] input: PairReplaceInput,
    ) -> Result<Option<PairReplacePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = ReplacePair {
            id: key(&input.id),
            expected_version: input.expected_version,
            decision: decision(Some(input.reason), Some(input.reason_code), input.decided_on),
            mentors: input.mentor_ids.map(|ids| changes::people("mentorIds", &ids)).transpose()?,
            mentees: input.mentee_ids.map(|ids| changes::people("menteeIds", &ids)).transpose()?,
            form: input.form.map(Into::into),
            helping: input.helping_organization_id.as_ref().map(key),
            helped: input.helped_organization_id.as_ref().map(key),
            plan: changes::plan(input.plan_goal, input.plan_measures, input.term_ends_on, input.plan),
        };
        PairReplacePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Takes one person out of a pair that goes on with the others. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairPartEnd))]
    async fn pair_part_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who leaves which pair.")] input: PairPartEndInput,
    ) -> Result<Option<PairPartEndPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let decision = decision(Some(input.reason), input.reason_code, input.decided_on);
        let command = LeavePair { id, expected_version, cadre: key(&input.cadre_id), decision };
        PairPartEndPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}

fn decision(reason: Option<String>, reason_code: Option<String>, decided_on: Option<Date>) -> Decision {
    Decision { reason, reason_code, decided_on: decided_on.map(|it| it.0) }
}
