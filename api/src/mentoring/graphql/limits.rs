//! What forbids or limits pairs in the schema: declared kin, and how many pairs one person may have.

use async_graphql::{Context, ID, InputObject, Object};
use entity::{id::PairCapacityId, pair_capacity};

use crate::{
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    mentoring::{
        read::{Capacities, SaidCapacities},
        write::{
            capacity::SetCapacity,
            kin::{DeclareKin, EndKin},
        },
    },
    organization::{graphql::Organization, read::Organizations},
    payload,
    questions::{self, One, RowsOf},
    relay::{Date, access, global_id, key},
};

/// How many pairs one person may have.
#[derive(Clone)]
pub struct PairCapacity(pub pair_capacity::Model);

impl PairCapacity {
    /// The row of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: PairCapacityId) -> Result<Option<Self>> {
        Ok(questions::row::<SaidCapacities>(ctx.session()?, key).await?.map(Self))
    }
}

/// How many mentees a mentor and how many mentors a mentee may have, as an organization says for itself and all below
/// it. Where several say something the nearest one holds; where none does there is no limit.
#[Object(crate = "crate::relay::graphql")]
impl PairCapacity {
    /// Who says so; null where the caller may not see it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// How many mentees a mentor may have; null for no limit.
    async fn mentees_per_mentor(&self) -> Option<i32> {
        self.0.mentees_per_mentor
    }
    /// How many mentors a mentee may have; null for no limit.
    async fn mentors_per_mentee(&self) -> Option<i32> {
        self.0.mentors_per_mentee
    }
    /// From when.
    async fn valid_from(&self) -> Date {
        Date(self.0.valid_from)
    }
    /// Until when, exclusive; null while it holds.
    async fn valid_to(&self) -> Option<Date> {
        self.0.valid_to.map(Date)
    }
    /// Global id of the account that set it.
    async fn set_by(&self) -> Option<ID> {
        self.0.set_by.map(global_id)
    }
}

/// Questions about limits of pairs.
#[derive(Default)]
pub struct LimitQuery;

/// Questions about limits of pairs.
#[Object]
impl LimitQuery {
    /// What an organization itself has said of how many pairs one person may have, oldest first.
    #[graphql(directive = access::apply(Action::PairRead))]
    async fn pair_capacities(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The organization.")] organization: ID,
    ) -> Result<Option<Vec<PairCapacity>>> {
        let rows = ctx.session()?.recall(&RowsOf::<Capacities>::new([key(&organization)])).await?;
        Ok(Some(rows.into_iter().map(PairCapacity).collect()))
    }
}

/// How many pairs one person may have from a day on.
#[derive(InputObject)]
pub struct PairCapacitySetInput {
    /// The organization that says so, for itself and all below it.
    organization_id: ID,
    /// How many mentees a mentor may have, 1 to 100; no limit when it is left out.
    mentees_per_mentor: Option<i32>,
    /// How many mentors a mentee may have, 1 to 100; no limit when it is left out.
    mentors_per_mentee: Option<i32>,
    /// From when; today when it is left out, never before.
    valid_from: Option<Date>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Who are kin.
#[derive(InputObject)]
pub struct KinDeclareInput {
    /// One person.
    cadre_id: ID,
    /// The other person.
    other_cadre_id: ID,
    /// How they are kin, 1 to 60 characters. Sealed: nobody reads it here.
    kinship: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Who are kin no more.
#[derive(InputObject)]
pub struct KinEndInput {
    /// One person.
    cadre_id: ID,
    /// The other person.
    other_cadre_id: ID,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `pairCapacitySet`.
    PairCapacitySetPayload {
        /// What holds from that day on.
        capacity: PairCapacity by PairCapacityId
    }
);

payload!(
    /// What came of `kinDeclare`: nothing to read, whatever was declared before.
    KinDeclarePayload {}
);
payload!(
    /// What came of `kinEnd`: nothing to read, whatever was declared before.
    KinEndPayload {}
);

/// Changes of what forbids or limits pairs.
#[derive(Default)]
pub struct LimitMutation;

/// Changes of what forbids or limits pairs.
#[Object]
impl LimitMutation {
    /// Says how many mentees a mentor and how many mentors a mentee may have from a day on. Pairs that are active stay.
    /// Problems: INVALID, TAKEN, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairCapacitySet))]
    async fn pair_capacity_set(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, from when.")] input: PairCapacitySetInput,
    ) -> Result<Option<PairCapacitySetPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = SetCapacity {
            organization: key(&input.organization_id),
            mentees_per_mentor: input.mentees_per_mentor,
            mentors_per_mentee: input.mentors_per_mentee,
            valid_from: input.valid_from.map(|it| it.0),
        };
        PairCapacitySetPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Declares that two persons are kin, so that they are not paired. Sealed; the answer is the same whether they were
    /// declared before or not. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::KinDeclare))]
    async fn kin_declare(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who are kin.")] input: KinDeclareInput,
    ) -> Result<Option<KinDeclarePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (one, other) = (key(&input.cadre_id), key(&input.other_cadre_id));
        let command = DeclareKin { one, other, kinship: input.kinship };
        KinDeclarePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Says that two persons are kin no more, or never were. The answer is the same whether they were declared or not.
    /// Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::KinEnd))]
    async fn kin_end(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Who are kin no more.")] input: KinEndInput,
    ) -> Result<Option<KinEndPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (one, other) = (key(&input.cadre_id), key(&input.other_cadre_id));
        let command = EndKin { one, other };
        KinEndPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
