//! Mentoring pairs in the schema; who and what hangs on a pair stands in `course`, changes in `changes` and `steps`, following in
//! `following`,
//! kin and capacities in `limits`.

mod changes;
mod course;
mod following;
mod limits;
mod matches;
mod policed;
mod steps;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::{
    id::PairId,
    kind::{self, PairSide},
    mentoring_pair, pair_contact,
};

use crate::{
    cadre::{graphql::CadreCard, read::Cards},
    connection,
    edition::{
        graphql::{PolicyEdition, PolicyFinding},
        notice,
        read::{Editions, document_of},
    },
    error::{Action, Result},
    leads,
    loaders::Caller,
    mechanism,
    mentoring::{
        plan::plan_of,
        read::{
            ContactsAmong, Evaluations, Pairs, PairsAmong, Parts, PredecessorOf, Steps,
            checks::{Checks, ChecksOf},
        },
        rules,
    },
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    questions::{Many, One},
    reading,
    relay::{Date, FromRow, access, global_id, key},
};

pub use changes::MentoringMutation;
pub use course::{EvaluationSide, PairEvaluation, PairForm, PairPart, PairRole, PairStep, PairStepKind};
pub use following::{MentoringPairChange, MentoringSubscription};
pub use limits::{LimitMutation, LimitQuery, PairCapacity};
pub use matches::PairMatchQuery;
pub use policed::{PairCountsFor, PairPartMutation, PairPlanItem, PairPolicyQuery};
pub use steps::PairStepMutation;

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

    leads! {
        "organization": organization_id => Organizations; Organization;
        "helpingOrganization": helping_id => Organizations; Organization;
        "helpedOrganization": helped_id => Organizations; Organization;
        "parts": id => Parts; PairPart;
        "mentors": id => Parts [side left_on], cadre_id => Cards; CadreCard;
        "mentees": id => Parts [side left_on], cadre_id => Cards; CadreCard;
        "steps": id => Steps;
        "stateAsOf": id => Steps;
        "evaluations": id => Evaluations;
        "findings": id => Steps;
        "proposals": id => Evaluations;
        "countsFor": id => Evaluations;
        "edition": edition_id => Editions;
    }
}

connection!(MentoringPairConnection, MentoringPairEdge, MentoringPair, PairsAmong);

impl MentoringPair {
    /// The pair of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: PairId) -> Result<Option<Self>> {
        Ok(reading::row::<Pairs>(ctx, key, Self::leads()).await?.map(Self))
    }

    /// What its policy says of pairs; nothing where it has none that the caller may read.
    async fn rules(&self, ctx: &Context<'_>) -> Result<mechanism::pairs::Pairs> {
        let Some(edition) = self.0.edition_id else { return Ok(mechanism::pairs::Pairs::default()) };
        let edition = ctx.load(One::<Editions>::of(edition)).await?;
        let document = edition.map(|it| document_of(&it)).transpose()?;
        Ok(document.and_then(|it| it.sections.pairs).unwrap_or_default())
    }

    async fn people(&self, ctx: &Context<'_>, side: PairSide) -> Result<Option<Vec<CadreCard>>> {
        let parts = ctx.load(Many::<Parts>::of(self.0.id)).await?.unwrap_or_default();
        let people = parts.into_iter().filter(|it| it.side == side && it.left_on.is_none()).map(|it| it.cadre_id);
        Ok(Some(CadreCard::of(ctx, people).await?))
    }
}

async fn checks(ctx: &Context<'_>, pair: PairId) -> Result<Option<Checks>> {
    let session = ctx.session()?;
    if !session.may(Action::EligibilityRead) {
        return Ok(None);
    }
    session.ask(&ChecksOf { pair, on: session.as_of() }).await
}

/// A mentoring pair (结对帮带): one or more mentors, one or more mentees, and the contacts between them.
#[Object(crate = "crate::relay::graphql")]
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
    /// Who mentors whom, as a form.
    async fn form(&self) -> PairForm {
        self.0.form.into()
    }
    /// What it is to lead to (帮带目标).
    async fn plan_goal(&self) -> Option<&str> {
        self.0.plan_goal.as_deref()
    }
    /// What is to be done for it (帮带措施).
    async fn plan_measures(&self) -> Option<&str> {
        self.0.plan_measures.as_deref()
    }
    /// What its plan says under the headings of its policy.
    async fn plan(&self) -> Vec<PairPlanItem> {
        let said = plan_of(self.0.plan_items.as_deref()).into_iter();
        said.map(|it| PairPlanItem { code: it.code, text: it.text }).collect()
    }
    /// The edition of the policy under which it was made; null where it has none.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<PolicyEdition>> {
        let Some(edition) = self.0.edition_id else { return Ok(None) };
        Ok(ctx.load(One::<Editions>::of(edition)).await?.map(PolicyEdition))
    }
    /// What its policy said of its last step.
    async fn findings(&self, ctx: &Context<'_>) -> Result<Option<Vec<PolicyFinding>>> {
        let rows = ctx.load(Many::<Steps>::of(self.0.id)).await?.unwrap_or_default();
        let said = rows.last().map(|it| notice::told(it.findings.as_deref())).unwrap_or_default();
        Ok(Some(said.into_iter().map(PolicyFinding).collect()))
    }
    /// What its policy says of its people on the request's day: a mentee who was promoted has another mentor. Null for a
    /// pair without a policy, and for those who do not read the records of all its people.
    async fn checks(&self, ctx: &Context<'_>) -> Result<Option<Vec<PolicyFinding>>> {
        Ok(checks(ctx, self.0.id).await?.map(|it| it.notices.into_iter().map(PolicyFinding).collect()))
    }
    /// Who may be a mentor by its policy, where a mentor is none any more: at most 20 of the mentees' organizations. It
    /// proposes; whoever keeps the pair replaces it.
    async fn proposed_mentors(&self, ctx: &Context<'_>) -> Result<Option<Vec<CadreCard>>> {
        let Some(found) = checks(ctx, self.0.id).await? else { return Ok(None) };
        Ok(Some(CadreCard::of(ctx, found.proposed.into_iter()).await?))
    }
    /// What its policy proposes while it does not go well: for the reason of its suspension, or for the grade that a side gave
    /// last. Empty where it proposes nothing. People decide.
    async fn proposals(&self, ctx: &Context<'_>) -> Result<Option<Vec<String>>> {
        let rules = self.rules(ctx).await?;
        let said = ctx.load(Many::<Evaluations>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rules::proposals(&rules.on_problem, &self.0, &said)))
    }
    /// For what it counts by its policy; empty where it counts for nothing.
    async fn counts_for(&self, ctx: &Context<'_>) -> Result<Option<Vec<PairCountsFor>>> {
        let rules = self.rules(ctx).await?;
        let said = ctx.load(Many::<Evaluations>::of(self.0.id)).await?.unwrap_or_default();
        let last = said.iter().rfind(|it| it.side == kind::EvaluationSide::Organization).map(|it| it.grade.as_str());
        Ok(Some(rules.counts_for.iter().map(|it| PairCountsFor::of(it, self.0.state, last)).collect()))
    }
    /// The day on which its term is over. Nothing ends by itself on it.
    async fn term_ends_on(&self) -> Option<Date> {
        self.0.term_ends_on.map(Date)
    }
    /// Why it is suspended or ended, as a code; PERSON_LEFT where somebody in it left.
    async fn reason_code(&self) -> Option<&str> {
        self.0.reason_code.as_deref()
    }
    /// The pair that took its place; null where there is none that the caller may see.
    async fn successor(&self, ctx: &Context<'_>) -> Result<Option<MentoringPair>> {
        let Some(id) = self.0.successor_id else { return Ok(None) };
        Ok(ctx.load(One::<Pairs>::of(id)).await?.map(MentoringPair))
    }
    /// The pair whose place it took; null where there is none that the caller may see.
    async fn predecessor(&self, ctx: &Context<'_>) -> Result<Option<MentoringPair>> {
        Ok(ctx.load(PredecessorOf(self.0.id)).await?.map(MentoringPair))
    }
    /// Who takes or took part, and as what.
    async fn parts(&self, ctx: &Context<'_>) -> Result<Option<Vec<PairPart>>> {
        let rows = ctx.load(Many::<Parts>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(PairPart).collect()))
    }
    /// Its steps, oldest first.
    async fn steps(&self, ctx: &Context<'_>) -> Result<Option<Vec<PairStep>>> {
        let rows = ctx.load(Many::<Steps>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(PairStep).collect()))
    }
    /// Where it stood on the request's day, by the decisions up to then; null before it was proposed.
    async fn state_as_of(&self, ctx: &Context<'_>) -> Result<Option<PairState>> {
        let on = ctx.session()?.as_of();
        let steps = ctx.load(Many::<Steps>::of(self.0.id)).await?.unwrap_or_default();
        let decided = steps.iter().filter(|it| it.decided_on <= on);
        Ok(decided.max_by_key(|it| (it.decided_on, it.recorded_at)).map(|it| it.state.into()))
    }
    /// What is said of it, oldest first: all of it for those who keep the pair, for others their own word alone.
    async fn evaluations(&self, ctx: &Context<'_>) -> Result<Option<Vec<PairEvaluation>>> {
        let rows = ctx.load(Many::<Evaluations>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(PairEvaluation).collect()))
    }
    /// The organization that helps, where organizations are paired (帮扶单位).
    async fn helping_organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        let Some(id) = self.0.helping_id else { return Ok(None) };
        Ok(ctx.load(One::<Organizations>::of(id)).await?.map(Organization))
    }
    /// The organization that is helped, where organizations are paired (受援单位).
    async fn helped_organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        let Some(id) = self.0.helped_id else { return Ok(None) };
        Ok(ctx.load(One::<Organizations>::of(id)).await?.map(Organization))
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
#[Object(crate = "crate::relay::graphql")]
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
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<MentoringPair>> {
        ctx.session()?.agree(as_of.map(|it| it.0))?;
        MentoringPair::by_key(ctx, key(&id)).await
    }

    /// Mentoring pairs that the caller may see, in the order of recording.
    #[graphql(directive = access::apply(Action::PairRead))]
    async fn mentoring_pairs(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which pairs.")] filter: Option<MentoringPairFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which row: an endCursor of the same list.")] after: Option<String>,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<MentoringPairConnection>> {
        ctx.session()?.agree(as_of.map(|it| it.0))?;
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
