//! Policies in the schema; what they say of an act stands in `finding`, those to start from in `library`.

mod finding;
mod library;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::{id::PolicyEditionId, kind, policy_edition};

use crate::{
    account::graphql::Role,
    connection,
    db::session::Terms,
    edition::{
        document::{self, Document},
        read::{Among, Editions, document_of},
        write::{DraftPolicy, PublishPolicy},
    },
    error::{self, Action, ProblemCode, Result},
    kernel::sentence::{Language, sentence},
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    payload,
    questions::{self, One},
    relay::{Date, FromRow, Problem, access, global_id, key},
};

pub use finding::PolicyFinding;
pub use library::LibraryQuery;

/// The course of a policy's edition.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::PolicyState")]
pub enum PolicyState {
    /// 草案
    Draft,
    /// 已发布
    Published,
}

/// What a criterion that is not met means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "document::Severity")]
pub enum CriterionSeverity {
    /// The person is not eligible, unless somebody named waives it.
    Error,
    /// Somebody gives a reason.
    Warning,
    /// Somebody looks.
    Hint,
}

/// How strictly a criterion is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "document::Mode")]
pub enum CriterionMode {
    /// 应当
    Must,
    /// 一般应当
    Normally,
}

/// A criterion of a policy.
#[derive(Clone)]
pub struct PolicyCriterion(pub document::Criterion);

/// A criterion of a policy: what must hold, where it stands written, and what it means when it does not hold.
#[Object(crate = "crate::relay::graphql")]
impl PolicyCriterion {
    /// Its code within the policy.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// What it is called.
    async fn title(&self) -> &str {
        &self.0.title
    }
    /// What must hold, in Chinese: made from what is evaluated.
    async fn sentence_zh(&self) -> String {
        let whom = self.0.when.as_ref().map(|it| format!("{}的，", sentence(it, Language::Chinese)));
        format!("{}{}。", whom.unwrap_or_default(), sentence(&self.0.need, Language::Chinese))
    }
    /// What must hold, in English.
    async fn sentence_en(&self) -> String {
        let whom = self.0.when.as_ref().map(|it| format!("where {}: ", sentence(it, Language::English)));
        format!("{}{}.", whom.unwrap_or_default(), sentence(&self.0.need, Language::English))
    }
    /// What it means when it does not hold.
    async fn severity(&self) -> CriterionSeverity {
        self.0.severity.into()
    }
    /// How strictly it is meant.
    async fn mode(&self) -> CriterionMode {
        self.0.mode.into()
    }
    /// Who may waive it; null where nobody may.
    async fn waived_by(&self) -> Option<Role> {
        self.0.waived_by.map(Into::into)
    }
    /// Where it stands written.
    async fn citation(&self) -> &str {
        &self.0.cite
    }
}

/// One edition of a policy.
#[derive(Clone)]
pub struct PolicyEdition(pub policy_edition::Model);

impl FromRow for PolicyEdition {
    type Row = policy_edition::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

impl PolicyEdition {
    /// The edition of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: PolicyEditionId) -> Result<Option<Self>> {
        Ok(questions::row::<Editions>(ctx.session()?, key).await?.map(Self))
    }

    /// What it says.
    ///
    /// # Errors
    /// `Internal` where it can't be read any more, which is ours to mend.
    pub fn read(&self) -> Result<Document> {
        document_of(&self.0)
    }
}

/// One edition of a policy (制度版本): the dated rule document of an organization, for itself and all below it. It has effect from
/// its first day until its own end or that of a later edition's beginning; what is nearer to a person goes before.
#[Object(crate = "crate::relay::graphql")]
impl PolicyEdition {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// The policy's code, the same over its editions.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// The number of the edition.
    async fn edition(&self) -> i32 {
        self.0.edition
    }
    /// What it is called.
    async fn title(&self) -> &str {
        &self.0.title
    }
    /// How far it is. A published one never changes.
    #[graphql(name = "state")]
    async fn course(&self) -> PolicyState {
        self.0.state.into()
    }
    /// From when it has effect.
    async fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }
    /// Until when, exclusive; null until a later edition begins.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }
    /// The document of the field that it writes down.
    async fn source(&self) -> Result<String> {
        Ok(self.read()?.source)
    }
    /// The document, as it was written.
    async fn document(&self) -> &str {
        &self.0.body
    }
    /// What it asks for, in its order.
    async fn criteria(&self) -> Result<Vec<PolicyCriterion>> {
        Ok(self.read()?.criteria.into_iter().map(PolicyCriterion).collect())
    }
    /// Whose policy it is; null where the caller may not see the organization.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// When it was drafted last.
    async fn drafted_at(&self) -> DateTime<Utc> {
        self.0.drafted_at
    }
    /// When it was published.
    async fn published_at(&self) -> Option<DateTime<Utc>> {
        self.0.published_at
    }
    /// Grows by one at each change.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

connection!(PolicyEditionConnection, PolicyEditionEdge, PolicyEdition, Among);

/// Which editions to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct PolicyFilter {
    /// Of this organization or one below it.
    pub organization: Option<ID>,
    /// Of the policy of this code.
    pub code: Option<String>,
    /// In these states.
    pub states: Option<Vec<PolicyState>>,
}

/// Questions about policies.
#[derive(Default)]
pub struct PolicyQuery;

/// Questions about policies.
#[Object]
impl PolicyQuery {
    /// Editions of policies that the caller may see, by code: published ones of every place at, above or below one's own.
    #[graphql(directive = access::apply(Action::PolicyRead))]
    async fn policies(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which editions.")] filter: Option<PolicyFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which edition: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<PolicyEditionConnection>> {
        let filter = filter.unwrap_or_default();
        let among = Among {
            under: filter.organization.as_ref().map(key),
            code: filter.code,
            states: filter.states.map(|all| all.into_iter().map(Into::into).collect()),
        };
        PolicyEditionConnection::open(ctx, among, Order::Name, first, after).await
    }

    /// One edition; null where there is none that the caller may see.
    #[graphql(directive = access::apply(Action::PolicyRead))]
    async fn policy_edition(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Result<Option<PolicyEdition>> {
        PolicyEdition::by_key(ctx, key(&id)).await
    }
}

/// A policy to draft.
#[derive(InputObject)]
pub struct PolicyDraftInput {
    /// The document, as JSON text: `tidui policy schema` prints what may stand in it.
    document: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A draft to publish.
#[derive(InputObject)]
pub struct PolicyPublishInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `policyDraft`.
    PolicyDraftPayload {
        /// The draft.
        edition: PolicyEdition by PolicyEditionId
    }
);
payload!(
    /// What came of `policyPublish`.
    PolicyPublishPayload {
        /// The edition as it is now.
        edition: PolicyEdition by PolicyEditionId
    }
);

/// Changes of policies.
#[derive(Default)]
pub struct PolicyMutation;

/// Changes of policies.
#[Object]
impl PolicyMutation {
    /// Drafts an edition from a document, or puts the document in the place of the draft of the same number. What is wrong
    /// with the document comes back whole: `field` is the place in it, `message` says what to do. Problems: INVALID,
    /// TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PolicyDraft))]
    async fn policy_draft(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to draft.")] input: PolicyDraftInput,
    ) -> Result<Option<PolicyDraftPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = DraftPolicy { document: input.document.clone() };
        let done = ctx.session()?.run(command, &terms).await;
        let mut payload = PolicyDraftPayload::of(done, input.client_mutation_id)?;
        if let Some(findings) = Document::read(&input.document).err().filter(|_| !payload.problems.is_empty()) {
            let problem = |it: &crate::kernel::finding::Finding| -> Problem {
                error::Problem::new(ProblemCode::Invalid, it.message.clone()).on(&it.path).into()
            };
            payload.problems = findings.told().iter().map(problem).collect();
        }
        Ok(Some(payload))
    }

    /// Publishes a draft that somebody else drafted: it never changes from then on, and has effect from its first day.
    /// Problems: INVALID, SAME_PERSON, OVERLAPS, TRANSITION_REFUSED, STALE, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PolicyPublish))]
    async fn policy_publish(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to publish.")] input: PolicyPublishInput,
    ) -> Result<Option<PolicyPublishPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = PublishPolicy { id: key(&input.id), expected_version: input.expected_version };
        PolicyPublishPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
