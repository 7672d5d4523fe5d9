//! Facts that policies declare, and waivers of their criteria, in the schema.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::{
    criterion_waiver, declared_fact,
    id::{CriterionWaiverId, DeclaredFactId},
    kind,
};

use crate::{
    cadre::{graphql::CadreCard, read::Cards},
    connection,
    db::session::Terms,
    declared::{
        read::{DeclaredFacts, FactsAmong, Waivers},
        write::{RecordDeclared, VoidDeclared, WaiveCriterion},
    },
    edition::{graphql::PolicyEdition, read::Editions},
    error::{Action, Result},
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    payload,
    questions::{self, One},
    relay::{Date, FromRow, access, global_id, key},
};

/// Whether a declared fact is in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::FactState")]
pub enum DeclaredFactState {
    /// It is.
    Recorded,
    /// Another one took its place.
    Superseded,
    /// It was never so.
    Voided,
}

/// A fact that a policy declares.
#[derive(Clone)]
pub struct DeclaredFact(declared_fact::Model);

impl FromRow for DeclaredFact {
    type Row = declared_fact::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

impl DeclaredFact {
    /// The fact of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: DeclaredFactId) -> Result<Option<Self>> {
        Ok(questions::row::<DeclaredFacts>(ctx.session()?, key).await?.map(Self))
    }
}

/// A fact that a policy declares because no table holds it (书面认定): signed for a person, or for an organization.
#[Object(crate = "crate::relay::graphql")]
impl DeclaredFact {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Its code in the policy.
    async fn code(&self) -> &str {
        &self.0.code
    }
    /// Whether it is so; a signed no is a fact too.
    async fn holds(&self) -> bool {
        self.0.holds
    }
    /// How many, where it is a count.
    async fn number(&self) -> Option<i32> {
        self.0.number
    }
    /// From when; the day of an event.
    async fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }
    /// The first day on which it is so no more.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }
    /// The document that says so.
    async fn document_number(&self) -> Option<&str> {
        self.0.document_number.as_deref()
    }
    /// Who says so, and where.
    async fn source(&self) -> &str {
        &self.0.source
    }
    /// When it was recorded.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
    /// Whether it is in force.
    #[graphql(name = "state")]
    async fn standing(&self) -> DeclaredFactState {
        self.0.state.into()
    }
    /// The edition under which it was recorded.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<PolicyEdition>> {
        Ok(ctx.load(One::<Editions>::of(self.0.edition_id)).await?.map(PolicyEdition))
    }
    /// The person's short card, where it is of a person.
    async fn cadre(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        let Some(person) = self.0.cadre_id else { return Ok(None) };
        Ok(ctx.load(One::<Cards>::of(person)).await?.map(CadreCard))
    }
    /// The organization that it is about, or that kept the person then.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// Grows by one at each change; state it as expectedVersion.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

connection!(DeclaredFactConnection, DeclaredFactEdge, DeclaredFact, FactsAmong);

/// That a criterion passes for a person.
#[derive(Clone)]
pub struct CriterionWaiver(criterion_waiver::Model);

impl CriterionWaiver {
    /// The waiver of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: CriterionWaiverId) -> Result<Option<Self>> {
        Ok(questions::row::<Waivers>(ctx.session()?, key).await?.map(Self))
    }
}

/// That a criterion passes for a person although it is not met, by the authority that the policy names (放宽).
#[Object(crate = "crate::relay::graphql")]
impl CriterionWaiver {
    /// Global id.
    async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Code of the criterion.
    async fn criterion(&self) -> &str {
        &self.0.criterion
    }
    /// Why.
    async fn reason(&self) -> &str {
        &self.0.reason
    }
    /// From when.
    async fn waived_on(&self) -> Date {
        Date(self.0.waived_on)
    }
    /// The first day on which it holds no more.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }
    /// The edition.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<PolicyEdition>> {
        Ok(ctx.load(One::<Editions>::of(self.0.edition_id)).await?.map(PolicyEdition))
    }
}

/// Which declared facts to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DeclaredFactFilter {
    /// Of this person.
    pub cadre: Option<ID>,
    /// Of this organization and those below it, their people included.
    pub organization: Option<ID>,
    /// Of this code.
    pub code: Option<String>,
    /// In force on this day.
    pub on: Option<Date>,
}

/// Questions about declared facts.
#[derive(Default)]
pub struct DeclaredQuery;

/// Questions about declared facts.
#[Object]
impl DeclaredQuery {
    /// Facts that policies declare and the caller may see, in the order of recording.
    #[graphql(directive = access::apply(Action::DeclaredFactRead))]
    async fn declared_facts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which facts.")] filter: Option<DeclaredFactFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<DeclaredFactConnection>> {
        let filter = filter.unwrap_or_default();
        let among = FactsAmong {
            cadre: filter.cadre.as_ref().map(key),
            under: filter.organization.as_ref().map(key),
            code: filter.code,
            on: filter.on.map(|it| it.0),
        };
        DeclaredFactConnection::open(ctx, among, Order::Id, first, after).await
    }
}

/// A fact to record.
#[derive(InputObject)]
pub struct DeclaredFactRecordInput {
    /// Code of the policy that declares it.
    policy: String,
    /// Its code there.
    code: String,
    /// The person, where it is of a person.
    cadre_id: Option<ID>,
    /// The organization, where it is of one.
    organization_id: Option<ID>,
    /// Whether it is so.
    #[graphql(default = true)]
    holds: bool,
    /// How many, where it is a count.
    number: Option<i32>,
    /// From when, the day of an event; today where it is left out.
    valid_from: Option<Date>,
    /// The first day on which it is so no more.
    valid_to: Option<Date>,
    /// The document that says so.
    document_number: Option<String>,
    /// Who says so, and where: 1 to 200 characters.
    source: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A fact that was never so.
#[derive(InputObject)]
pub struct DeclaredFactVoidInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Why, 1 to 500 characters.
    reason: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A criterion that is to pass for a person.
#[derive(InputObject)]
pub struct CriterionWaiveInput {
    /// Global id of the edition.
    edition_id: ID,
    /// Code of the criterion.
    criterion: String,
    /// Global id of the person.
    cadre_id: ID,
    /// Why, 1 to 500 characters.
    reason: String,
    /// The first day on which it holds no more; without an end where it is left out.
    valid_to: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `declaredFactRecord`.
    DeclaredFactRecordPayload {
        /// The fact.
        fact: DeclaredFact by DeclaredFactId
    }
);
payload!(
    /// What came of `declaredFactVoid`.
    DeclaredFactVoidPayload {
        /// The fact as it is now.
        fact: DeclaredFact by DeclaredFactId
    }
);
payload!(
    /// What came of `criterionWaive`.
    CriterionWaivePayload {
        /// The waiver.
        waiver: CriterionWaiver by CriterionWaiverId
    }
);

/// Changes of declared facts and waivers.
#[derive(Default)]
pub struct DeclaredMutation;

/// Changes of declared facts and waivers.
#[Object]
impl DeclaredMutation {
    /// Records a fact that a policy declares: a signed statement, an event or a count. Problems: INVALID, QUOTA_REACHED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::DeclaredFactRecord))]
    async fn declared_fact_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to record.")] input: DeclaredFactRecordInput,
    ) -> Result<Option<DeclaredFactRecordPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = RecordDeclared {
            policy: input.policy,
            code: input.code,
            cadre: input.cadre_id.as_ref().map(key),
            organization: input.organization_id.as_ref().map(key),
            holds: input.holds,
            number: input.number,
            valid_from: input.valid_from.map(|it| it.0),
            valid_to: input.valid_to.map(|it| it.0),
            document_number: input.document_number,
            source: input.source,
        };
        DeclaredFactRecordPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Voids a declared fact: it was never so, and stays on record as such. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::DeclaredFactRecord))]
    async fn declared_fact_void(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to void.")] input: DeclaredFactVoidInput,
    ) -> Result<Option<DeclaredFactVoidPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command =
            VoidDeclared { id: key(&input.id), expected_version: input.expected_version, reason: input.reason };
        DeclaredFactVoidPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Lets a criterion pass for a person: by the authority that the criterion names, with a reason, and never by who
    /// proposed the person. Problems: INVALID, SAME_PERSON, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CriterionWaive))]
    async fn criterion_waive(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which criterion, for whom.")] input: CriterionWaiveInput,
    ) -> Result<Option<CriterionWaivePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = WaiveCriterion {
            edition: key(&input.edition_id),
            criterion: input.criterion,
            cadre: key(&input.cadre_id),
            reason: input.reason,
            valid_to: input.valid_to.map(|it| it.0),
        };
        CriterionWaivePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
