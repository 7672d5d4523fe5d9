//! Changes of dated facts in the schema: one mutation records a fact of any kind, one voids it.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::{CadreId, FactId, Key};

use super::{RecordFinding, findings, inputs::CadreFactInput};
use crate::{
    cadre::graphql::Cadre,
    career::{
        draft::Draft,
        write::{Named, RecordFact, VoidFact},
    },
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    payload,
    relay::{Problem, QueryRoot, access, global_text, key, outcome, read_id},
};

/// Which fact a global id names; a text that is none names one that does not exist.
fn named(id: &ID) -> Named {
    let (noun, key) = read_id(id).unwrap_or_else(|| (FactId::NOUN.to_owned(), key::<FactId>(id).uuid()));
    Named { noun, key }
}

/// What to record of a cadre.
#[derive(InputObject)]
pub struct CadreFactRecordInput {
    /// Whose: global id of the cadre.
    cadre_id: ID,
    /// The version of the cadre's record that you read; leave it out to record whatever else was recorded meanwhile.
    expected_version: Option<i32>,
    /// Where it stands written: a document, a file, a form; 1 to 200 characters.
    source: String,
    /// The fact of the same kind whose place it takes: nothing is overwritten, the old one is kept as superseded.
    supersedes: Option<ID>,
    /// What.
    fact: CadreFactInput,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which fact to void, and why.
#[derive(InputObject)]
pub struct CadreFactVoidInput {
    /// Global id of the fact.
    fact_id: ID,
    /// The version of the fact that you read.
    expected_version: i32,
    /// Why it was never so: 1 to 200 characters.
    reason: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What came of `cadreFactRecord`.
pub struct CadreFactRecordPayload {
    cadre: CadreId,
    noun: &'static str,
    key: Option<FactId>,
    problems: Vec<Problem>,
    client_mutation_id: Option<String>,
}

/// What came of `cadreFactRecord`.
#[Object(crate = "crate::relay::graphql")]
impl CadreFactRecordPayload {
    /// The cadre with the fact.
    async fn cadre(&self, ctx: &Context<'_>) -> Result<Option<Cadre>> {
        match self.key {
            Some(_) => Cadre::by_key(ctx, self.cadre).await,
            None => Ok(None),
        }
    }
    /// Global id of the new fact.
    async fn fact_id(&self) -> Option<ID> {
        self.key.map(|key| global_text(self.noun, key.uuid()))
    }
    /// What the checks of the record find now, besides what refuses: look at it, nothing is held up.
    async fn warnings(&self, ctx: &Context<'_>) -> Result<Option<Vec<RecordFinding>>> {
        match self.key {
            Some(_) => Ok(Some(findings(ctx, self.cadre).await?.into_iter().map(RecordFinding).collect())),
            None => Ok(Some(Vec::new())),
        }
    }
    /// Why nothing was changed; empty when it was.
    async fn problems(&self) -> Vec<Problem> {
        self.problems.clone()
    }
    /// The whole query root, to read on in the same request.
    async fn query(&self) -> QueryRoot {
        QueryRoot::default()
    }
    /// The text that the client sent along, unchanged.
    async fn client_mutation_id(&self) -> Option<&str> {
        self.client_mutation_id.as_deref()
    }
}

payload!(
    /// What came of `cadreFactVoid`.
    CadreFactVoidPayload {
        /// The cadre without the fact.
        cadre: Cadre by CadreId
    }
);

/// Changes of dated facts.
#[derive(Default)]
pub struct CareerMutation;

/// Changes of dated facts.
#[Object]
impl CareerMutation {
    /// Records a dated fact of a cadre. Problems: INVALID, OVERLAPS, STALE, TAKEN, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreFactRecord))]
    async fn cadre_fact_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to record.")] input: CadreFactRecordInput,
    ) -> Result<Option<CadreFactRecordPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (cadre, draft) = (key(&input.cadre_id), Draft::from(input.fact));
        let noun = draft.noun();
        let command = RecordFact {
            cadre,
            expected_version: input.expected_version,
            source: input.source,
            supersedes: input.supersedes.as_ref().map(named),
            draft,
        };
        let (key, problems) = outcome(ctx.session()?.run(command, &terms).await)?;
        let client_mutation_id = input.client_mutation_id;
        Ok(Some(CadreFactRecordPayload { cadre, noun, key, problems, client_mutation_id }))
    }

    /// Voids a fact that was never so; it stays in the tables and in the audit trail. Problems: INVALID, STALE,
    /// TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreFactVoid))]
    async fn cadre_fact_void(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which fact.")] input: CadreFactVoidInput,
    ) -> Result<Option<CadreFactVoidPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command =
            VoidFact { fact: named(&input.fact_id), expected_version: input.expected_version, reason: input.reason };
        CadreFactVoidPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
