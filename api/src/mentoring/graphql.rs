//! Mentoring pairs in the schema.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{
    id::{CadreId, PairId},
    kind::{self, PairSide},
    mentoring_pair, pair_contact,
};

use crate::{
    cadre::graphql::CadreCard,
    connection,
    db::session::{Session, Terms},
    error::{Action, Error, Result},
    loaders::Caller,
    mentoring::{
        read::{ContactsAmong, Pairs, PairsAmong, Parts},
        rules,
        write::{ActivatePair, ProposePair, RecordContact},
    },
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    payload,
    questions::{self, Many, One},
    relay::{Date, FromRow, access, global_id, key},
};

/// Where a pair stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::PairState")]
pub enum PairState {
    /// 拟结对
    Proposed,
    /// 结对中
    Active,
    /// 暂停
    Suspended,
    /// 期满
    Completed,
    /// 提前终止
    EndedEarly,
}

/// What a contact was about: the class alone, for a private matter stays private.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ContactTopic")]
pub enum ContactTopic {
    /// 业务工作
    Work,
    /// 学习培训
    Study,
    /// 职业发展
    Development,
    /// 其他
    Other,
}

/// A mentoring pair.
#[derive(Clone)]
pub struct MentoringPair(pub mentoring_pair::Model);

impl FromRow for MentoringPair {
    type Row = mentoring_pair::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

connection!(MentoringPairConnection, MentoringPairEdge, MentoringPair, PairsAmong);

impl MentoringPair {
    /// The pair of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(session: &Session, key: PairId) -> Result<Option<Self>> {
        Ok(questions::row::<Pairs>(session, key).await?.map(Self))
    }

    async fn people(&self, ctx: &Context<'_>, side: PairSide) -> Result<Option<Vec<CadreCard>>> {
        let parts = ctx.load(Many::<Parts>::of(self.0.id)).await?.unwrap_or_default();
        let people = parts.into_iter().filter(|it| it.side == side).map(|it| it.cadre_id);
        Ok(Some(CadreCard::of(ctx, people).await?))
    }
}

/// A mentoring pair (结对帮带): one or more mentors, one or more mentees, and the contacts between them.
#[Object]
impl MentoringPair {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Where it stands.
    async fn state(&self) -> PairState {
        self.0.state.into()
    }
    /// The organization that keeps the pair; null where the caller may not see it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// The mentors (导师).
    async fn mentors(&self, ctx: &Context<'_>) -> Result<Option<Vec<CadreCard>>> {
        self.people(ctx, PairSide::Mentor).await
    }
    /// The mentees (帮带对象).
    async fn mentees(&self, ctx: &Context<'_>) -> Result<Option<Vec<CadreCard>>> {
        self.people(ctx, PairSide::Mentee).await
    }
    /// First day, once active.
    async fn started_on(&self) -> Option<Date> {
        self.0.started_on.map(Date)
    }
    /// Last day, once ended.
    async fn ended_on(&self) -> Option<Date> {
        self.0.ended_on.map(Date)
    }
    /// How often mentor and mentee are to meet, in days.
    async fn contact_every_days(&self) -> i32 {
        self.0.contact_every_days
    }
    /// The day by which the next contact is due, while active.
    async fn next_contact_due(&self) -> Option<Date> {
        self.0.next_contact_due.map(Date)
    }
    /// Whether that day has passed.
    async fn overdue(&self, ctx: &Context<'_>) -> Result<bool> {
        Ok(rules::overdue(&self.0, ctx.session()?.today()))
    }
    /// Contacts held, in the order of recording.
    async fn contacts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<PairContactConnection>> {
        PairContactConnection::open(ctx, ContactsAmong(self.0.id), Order::Id, first, after).await
    }
    /// Grows by one at each change; state it as expectedVersion.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// A contact held within a pair.
#[derive(Clone)]
pub struct PairContact(pair_contact::Model);

impl FromRow for PairContact {
    type Row = pair_contact::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

connection!(PairContactConnection, PairContactEdge, PairContact, ContactsAmong);

/// A contact held within a pair (帮带记录): the day and the class of topic, never what was said.
#[Object]
impl PairContact {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// The day it was held.
    async fn held_on(&self) -> Date {
        Date(self.0.held_on)
    }
    /// What it was about, as a class.
    async fn topic(&self) -> ContactTopic {
        self.0.topic.into()
    }
    /// What was agreed on, in a few words for both sides.
    async fn agreed(&self) -> Option<&str> {
        self.0.agreed.as_deref()
    }
}

/// Which pairs to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct MentoringPairFilter {
    /// Kept by this organization.
    pub organization: Option<ID>,
    /// In these states.
    pub states: Option<Vec<PairState>>,
    /// With this person in it.
    pub cadre: Option<ID>,
    /// Only those whose contact is overdue today.
    #[graphql(default)]
    pub overdue: bool,
}

/// Questions about mentoring pairs.
#[derive(Default)]
pub struct MentoringQuery;

/// Questions about mentoring pairs.
#[Object]
impl MentoringQuery {
    /// One mentoring pair; null where there is none that the caller may see.
    #[graphql(directive = access::apply(Action::PairRead))]
    async fn mentoring_pair(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id.")] id: ID,
    ) -> Result<Option<MentoringPair>> {
        MentoringPair::by_key(ctx.session()?, key(&id)).await
    }

    /// Mentoring pairs that the caller may see, in the order of recording.
    #[graphql(directive = access::apply(Action::PairRead))]
    async fn mentoring_pairs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pairs.")] filter: Option<MentoringPairFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<MentoringPairConnection>> {
        let filter = filter.unwrap_or_default();
        let among = PairsAmong {
            organization: filter.organization.as_ref().map(key),
            states: filter.states.map(|all| all.into_iter().map(Into::into).collect()),
            person: filter.cadre.as_ref().map(key),
            due_before: if filter.overdue { Some(ctx.session()?.today()) } else { None },
        };
        MentoringPairConnection::open(ctx, among, Order::Id, first, after).await
    }
}

/// Whom to pair.
#[derive(InputObject)]
pub struct PairProposeInput {
    /// The organization that keeps the pair.
    organization_id: ID,
    /// The mentors.
    mentor_ids: Vec<ID>,
    /// The mentees.
    mentee_ids: Vec<ID>,
    /// Days between contacts, 1 to 366.
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
    /// Proposes a pair. Problems: INVALID, NOT_IN_POST, CONFLICT, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PairPropose))]
    async fn pair_propose(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Whom to pair.")] input: PairProposeInput,
    ) -> Result<Option<PairProposePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let people = |field: &'static str, ids: &[ID]| -> Result<Vec<CadreId>> {
            if ids.len() > 100 {
                return Err(Error::invalid(field, "names more than 100 people"));
            }
            Ok(ids.iter().map(key).collect())
        };
        let command = ProposePair {
            organization: key(&input.organization_id),
            mentors: people("mentorIds", &input.mentor_ids)?,
            mentees: people("menteeIds", &input.mentee_ids)?,
            contact_every_days: input.contact_every_days,
        };
        PairProposePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Activates a proposed pair. Problems: INVALID, STALE, TRANSITION_REFUSED, NOT_IN_POST, IDEMPOTENCY_KEY_REUSED.
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
}
