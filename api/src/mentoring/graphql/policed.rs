//! Pairs beside their policies in the schema: what is wrong with one now, who has no mentor yet, and one more mentor.

use async_graphql::{Context, ID, InputObject, Object, SimpleObject};
use entity::{id::PairId, kind::PairState};

use crate::{
    cadre::graphql::Cadre,
    connection,
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    mechanism::pairs::counting::CountsFor,
    mentoring::{
        graphql::{MentoringPair, PairRole},
        read::checks::{WantingOf, WithoutMentor},
        write::{Decision, course::JoinPair},
    },
    page::Order,
    payload,
    relay::{Date, access, key},
};

/// What the plan of a pair says under one heading of its policy.
#[derive(SimpleObject)]
pub struct PairPlanItem {
    /// Code of the heading.
    pub code: String,
    /// What is said.
    pub text: String,
}

/// What follows from what a policy says. The engine tells it; people bring it about.
#[derive(SimpleObject)]
pub struct PolicyEffect {
    /// On what: PROMOTE, RANK, AWARD, NOMINATE, KEY_POST, PROGRAMME or EXCELLENT_QUOTA.
    scope: &'static str,
    /// In which way: BAR, WARN, PREFER or ADD.
    polarity: &'static str,
    /// How many more, where it adds.
    count: Option<u32>,
    /// How long, such as P1Y; null where it is for good.
    lasts: Option<String>,
}

/// For what a pair counts: an item of somebody's assessment, or a quota.
#[derive(SimpleObject)]
pub struct PairCountsFor {
    /// For whom, as a code of the policy.
    who: String,
    /// What it is an item of, as a code of the policy.
    item: String,
    /// Whether it counts: not where it was ended early, else by the last evaluation of the organization where one decides. Null
    /// before it has begun, and where that evaluation is not there for the caller.
    counts: Option<bool>,
    /// What follows.
    effect: Option<PolicyEffect>,
}

impl PairCountsFor {
    /// As a policy says it, with the grade that the organization gave last.
    pub fn of(said: &CountsFor, state: PairState, grade: Option<&str>) -> Self {
        let effect = said.effect.map(|it| PolicyEffect {
            scope: it.scope.text(),
            polarity: it.polarity.text(),
            count: it.count,
            lasts: it.lasts.map(Into::into),
        });
        Self { who: said.who.clone(), item: said.item.clone(), counts: said.holds(state, grade), effect }
    }
}

connection!(WithoutMentorConnection, WithoutMentorEdge, Cadre, WithoutMentor);

/// Questions about pairs beside their policies.
#[derive(Default)]
pub struct PairPolicyQuery;

/// Questions about pairs beside their policies.
#[Object]
impl PairPolicyQuery {
    /// Those at or below an organization whom a policy wants to have a mentor, and who have none in a pair of it that is
    /// open, by name: a new recruit shows up by itself. Null where no edition that says anything of pairs is in effect.
    #[graphql(directive = access::apply(Action::EligibilityRead))]
    async fn mentees_without_mentor(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the policy.")] policy: String,
        #[graphql(desc = "Global id of the organization.")] organization: ID,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which person: an endCursor of the same list.")] after: Option<String>,
        #[graphql(desc = "The day as of which dated things are told; one for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<WithoutMentorConnection>> {
        let session = ctx.session()?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let wanting = WantingOf { policy, place: key(&organization), on };
        let Some(among) = session.ask(&wanting).await? else { return Ok(None) };
        WithoutMentorConnection::open(ctx, among, Order::Name, first, after).await
    }
}

/// Who joins which pair.
#[derive(InputObject)]
pub struct PairPartAddInput {
    /// The pair.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// The person.
    cadre_id: ID,
    /// As what: a role of a mentor.
    role: PairRole,
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
    /// What came of `pairPartAdd`.
    PairPartAddPayload {
        /// The pair as it is now.
        pair: MentoringPair by PairId
    }
);

/// Changes of who takes part in pairs.
#[derive(Default)]
pub struct PairPartMutation;

/// Changes of who takes part in pairs.
#[Object]
impl PairPartMutation {
    /// Takes one more mentor into a pair that runs, or that waits for one; those who left keep their history. Problems:
    /// INVALID, STALE, TRANSITION_REFUSED, NOT_IN_POST, CONFLICT, CRITERION_UNMET, CAPACITY_REACHED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairPartEnd))]
    async fn pair_part_add(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who joins which pair.")] input: PairPartAddInput,
    ) -> Result<Option<PairPartAddPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let decided_on = input.decided_on.map(|it| it.0);
        let decision = Decision { reason: Some(input.reason), reason_code: input.reason_code, decided_on };
        let command = JoinPair {
            id: key(&input.id),
            expected_version: input.expected_version,
            cadre: key(&input.cadre_id),
            role: input.role.into(),
            decision,
        };
        PairPartAddPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
