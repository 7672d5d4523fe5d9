//! Changes of pairs in the schema: proposal, activation, contacts, plan, evaluation.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::{CadreId, PairId};

use crate::{
    db::session::Terms,
    error::{Action, Error, Result},
    loaders::Caller,
    mentoring::{
        graphql::{ContactTopic, EvaluationSide, MentoringPair, PairForm, PairRole},
        plan::PlanItem,
        write::{
            ActivatePair, Plan, ProposePair, RecordContact,
            word::{EvaluatePair, SavePlan},
        },
    },
    payload,
    relay::{Date, access, key},
};

/// What a plan says under one heading of the policy.
#[derive(InputObject)]
pub struct PairPlanItemInput {
    /// Code of the heading.
    code: String,
    /// What is said, at most 500 characters.
    text: String,
}

/// Whom to pair.
#[derive(InputObject)]
pub struct PairProposeInput {
    /// The organization that keeps the pair.
    organization_id: ID,
    /// The mentors; where one of them leads, the first. None are needed where organizations are paired.
    #[graphql(default)]
    mentor_ids: Vec<ID>,
    /// The mentees. None are needed where organizations are paired.
    #[graphql(default)]
    mentee_ids: Vec<ID>,
    /// The organization that helps, where organizations are paired (单位结对).
    helping_organization_id: Option<ID>,
    /// The organization that is helped.
    helped_organization_id: Option<ID>,
    /// As what each mentor takes part, in the order of the mentors; by the form where it is left out.
    mentor_roles: Option<Vec<PairRole>>,
    /// Who mentors whom; by the numbers where it is left out.
    form: Option<PairForm>,
    /// Code of the policy by which the pair is made.
    policy_code: Option<String>,
    /// What the plan says under the headings of the policy.
    plan: Option<Vec<PairPlanItemInput>>,
    /// What it is to lead to, at most 1000 characters.
    plan_goal: Option<String>,
    /// What is to be done for it, at most 1000 characters.
    plan_measures: Option<String>,
    /// The day on which the term is over.
    term_ends_on: Option<Date>,
    /// Days between contacts, 1 to 366; a policy that says how often they meet goes before.
    #[graphql(default = 90)]
    contact_every_days: i32,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which pair to activate.
#[derive(InputObject)]
pub struct PairActivateInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// First day; today when it is left out.
    started_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which contact was held.
#[derive(InputObject)]
pub struct PairContactRecordInput {
    /// The pair.
    pair_id: ID,
    /// The day it was held; not in the future.
    held_on: Date,
    /// What it was about, as a class.
    topic: ContactTopic,
    /// What was agreed on, in a few words for both sides; at most 500 characters.
    agreed: Option<String>,
    /// Your key for this one intent, kept 24 hours: a phone on a bad network may send it again.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// The plan of a pair as a whole: what is left out is no part of it.
#[derive(InputObject)]
pub struct PairPlanSaveInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// What it says under the headings of the pair's policy.
    plan: Option<Vec<PairPlanItemInput>>,
    /// What it is to lead to, at most 1000 characters.
    plan_goal: Option<String>,
    /// What is to be done for it, at most 1000 characters.
    plan_measures: Option<String>,
    /// The day on which the term is over.
    term_ends_on: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What to say of a pair.
#[derive(InputObject)]
pub struct PairEvaluateInput {
    /// The pair.
    pair_id: ID,
    /// As which side: MENTOR and MENTEE only as the person who is, ORGANIZATION as the officer who keeps the pair.
    side: EvaluationSide,
    /// The grade, a code of the keeper's policy: 1 to 32 letters, digits, hyphens or underscores.
    grade: String,
    /// What is said, 1 to 500 characters. The other side does not read it.
    summary: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `pairPlanSave`.
    PairPlanSavePayload {
        /// The pair as it is now.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairEvaluate`.
    PairEvaluatePayload {
        /// The pair, with what the caller may read of its evaluations.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairPropose`.
    PairProposePayload {
        /// The proposed pair.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairActivate`.
    PairActivatePayload {
        /// The pair as it is now.
        pair: MentoringPair by PairId
    }
);
payload!(
    /// What came of `pairContactRecord`.
    PairContactRecordPayload {
        /// The pair as it is now, with the next contact due.
        pair: MentoringPair by PairId
    }
);

/// Changes of mentoring pairs.
#[derive(Default)]
pub struct MentoringMutation;

/// Changes of mentoring pairs.
#[Object]
impl MentoringMutation {
    /// Proposes a pair. CONFLICT says that these people may not be paired, and never why. Problems: INVALID, NOT_IN_POST,
    /// CONFLICT, CRITERION_UNMET, CAPACITY_REACHED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairPropose))]
    async fn pair_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to pair.")] input: PairProposeInput,
    ) -> Result<Option<PairProposePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = ProposePair {
            organization: key(&input.organization_id),
            mentors: people("mentorIds", &input.mentor_ids)?,
            mentees: people("menteeIds", &input.mentee_ids)?,
            roles: input.mentor_roles.map(|all| all.into_iter().map(Into::into).collect()),
            form: input.form.map(Into::into),
            helping: input.helping_organization_id.as_ref().map(key),
            helped: input.helped_organization_id.as_ref().map(key),
            plan: plan(input.plan_goal, input.plan_measures, input.term_ends_on, input.plan),
            contact_every_days: input.contact_every_days,
            policy_code: input.policy_code,
        };
        PairProposePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Activates a proposed pair. Problems: INVALID, STALE, TRANSITION_REFUSED, NOT_IN_POST, CONFLICT, CAPACITY_REACHED,
    /// CRITERION_UNMET, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairActivate))]
    async fn pair_activate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pair, from when.")] input: PairActivateInput,
    ) -> Result<Option<PairActivatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = ActivatePair { id, expected_version, started_on: input.started_on.map(|it| it.0) };
        PairActivatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Records a contact of an active pair and moves the next one on. Problems: INVALID, TRANSITION_REFUSED, STALE,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::ContactRecord))]
    async fn pair_contact_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which contact was held.")] input: PairContactRecordInput,
    ) -> Result<Option<PairContactRecordPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = RecordContact {
            pair: key(&input.pair_id),
            held_on: input.held_on.0,
            topic: input.topic.into(),
            agreed: input.agreed,
        };
        PairContactRecordPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Saves the plan and the term of a pair that is not over. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairPlanSave))]
    async fn pair_plan_save(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The plan of a pair.")] input: PairPlanSaveInput,
    ) -> Result<Option<PairPlanSavePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let plan = plan(input.plan_goal, input.plan_measures, input.term_ends_on, input.plan);
        let command = SavePlan { id, expected_version, plan };
        PairPlanSavePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Says something of a pair that has begun, as one of its sides or as the organization. Problems: INVALID,
    /// TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairEvaluate))]
    async fn pair_evaluate(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to say of a pair.")] input: PairEvaluateInput,
    ) -> Result<Option<PairEvaluatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = EvaluatePair {
            pair: key(&input.pair_id),
            side: input.side.into(),
            grade: input.grade,
            summary: input.summary,
        };
        PairEvaluatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}

/// People named on one side.
pub(super) fn people(field: &'static str, ids: &[ID]) -> Result<Vec<CadreId>> {
    if ids.len() > 100 {
        return Err(Error::invalid(field, "names more than 100 people"));
    }
    Ok(ids.iter().map(key).collect())
}

/// A plan of its parts.
pub(super) fn plan(
    goal: Option<String>,
    measures: Option<String>,
    term_ends_on: Option<Date>,
    items: Option<Vec<PairPlanItemInput>>,
) -> Plan {
    let item = |it: PairPlanItemInput| PlanItem { code: it.code, text: it.text };
    let items = items.unwrap_or_default().into_iter().map(item).collect();
    Plan { goal, measures, term_ends_on: term_ends_on.map(|it| it.0), items }
}
