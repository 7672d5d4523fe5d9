//! What is due, in the schema; what is done about it stands in `changes`.

mod changes;
mod escalations;
mod following;

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use entity::{duty_entry, id::DutyEntryId, kind};

use crate::{
    cadre::{graphql::CadreCard, read::Cards},
    duty::{
        due::{Due, name, split, window},
        read::{DutiesOf, Entries, Whose, standing},
        rules,
    },
    edition::{graphql::PolicyEdition, read::Editions},
    error::{Action, Error, Result},
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    questions::{self, One},
    relay::{Date, access, global_id, global_text, key},
};

pub use changes::DutyMutation;
pub use escalations::EscalationQuery;
pub use following::DutySubscription;
use following::person;

/// How a due item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "rules::Status")]
pub enum DutyStatus {
    /// Nothing was done, and its day has passed.
    Overdue,
    /// Nothing was done, and there is time.
    Open,
    /// It was submitted, and nobody decided.
    Submitted,
    /// It was accepted.
    Accepted,
    /// It need not be done, with a reason.
    Excused,
}

/// What was done about a due item.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::DutyState")]
pub enum DutyState {
    /// 已报送
    Submitted,
    /// 已验收
    Accepted,
    /// 已退回
    Returned,
    /// 免予报送
    Excused,
}

/// What a due item is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::DutySubject")]
pub enum DutySubject {
    /// 入库人选
    Membership,
    /// 后备库
    Pool,
    /// 结对
    Pair,
    /// 干部
    Cadre,
    /// 单位
    Organization,
    /// 事项
    Fact,
    /// 谈话
    Talk,
    /// 谈话事项
    Issue,
}

/// What was done about a due item.
pub struct DutyEntry(duty_entry::Model);

impl DutyEntry {
    /// The entry of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: DutyEntryId) -> Result<Option<Self>> {
        Ok(questions::row::<Entries>(ctx.session()?, key).await?.map(Self))
    }
}

/// What was done about a due item (报送记录): submitted, accepted, returned or excused.
#[Object(crate = "crate::relay::graphql")]
impl DutyEntry {
    /// Global id.
    async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// The item.
    async fn duty_id(&self) -> ID {
        let it = &self.0;
        ID(name(it.edition_id, &it.code, it.subject_kind, it.subject_id, it.due_on))
    }
    /// What was done.
    #[graphql(name = "state")]
    async fn standing(&self) -> DutyState {
        self.0.state.into()
    }
    /// What was said.
    async fn content(&self) -> Option<&str> {
        self.0.content.as_deref()
    }
    /// The document that was filed.
    async fn document_number(&self) -> Option<&str> {
        self.0.document_number.as_deref()
    }
    /// When.
    async fn done_on(&self) -> Date {
        Date(self.0.done_on)
    }
    /// Why it was returned or excused.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
    /// Grows by one at each change; state it as expectedVersion.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

/// Global id of what an item is about.
fn subject_id(kind: kind::DutySubject, id: uuid::Uuid) -> ID {
    let noun = match kind {
        kind::DutySubject::Membership => "pool_membership",
        kind::DutySubject::Pool => "reserve_pool",
        kind::DutySubject::Pair => "mentoring_pair",
        kind::DutySubject::Cadre => "cadre",
        kind::DutySubject::Organization => "organization",
        kind::DutySubject::Fact => "declared_fact",
        kind::DutySubject::Talk => "talk",
        kind::DutySubject::Issue => "talk_issue",
    };
    global_text(noun, id)
}

/// Something that is due.
pub struct Duty {
    due: Due,
}

/// Something that is due (待办): again and again, by a day of the year, or after an event, as a policy says. It is worked out,
/// and stored only once something is done about it.
#[Object(crate = "crate::relay::graphql")]
impl Duty {
    /// Names it in `dutySubmit` and `dutyExcuse`.
    async fn id(&self) -> ID {
        ID(self.due.name())
    }
    /// Code of the item in the policy.
    async fn code(&self) -> &str {
        split(&self.due.code).0
    }
    /// The how manieth it is of those that are due on the same day, from 1: of two visits a year the second is 2.
    async fn nth(&self) -> u32 {
        split(&self.due.code).1
    }
    /// What it is called.
    async fn title(&self) -> &str {
        &self.due.title
    }
    /// What kind of thing it is about.
    async fn subject_kind(&self) -> DutySubject {
        self.due.about.kind.into()
    }
    /// Global id of what it is about.
    async fn subject(&self) -> ID {
        subject_id(self.due.about.kind, self.due.about.id)
    }
    /// By when.
    async fn due_on(&self) -> Date {
        Date(self.due.due_on)
    }
    /// How it stands.
    async fn status(&self) -> DutyStatus {
        self.due.status.into()
    }
    /// Who owes it, as a code of the policy.
    async fn by(&self) -> Option<&str> {
        self.due.by.as_deref()
    }
    /// To whom it goes, as a code of the policy.
    async fn to(&self) -> Option<&str> {
        self.due.to.as_deref()
    }
    /// What it is to say.
    async fn content(&self) -> Option<&str> {
        self.due.content.as_deref()
    }
    /// The item of the same day without which it stays open.
    async fn needs(&self) -> Option<&str> {
        self.due.needs.as_deref()
    }
    /// What the policy proposes because it is overdue for so long; people decide.
    async fn proposals(&self) -> Vec<String> {
        self.due.proposals().into_iter().map(|(_, it)| it).collect()
    }
    /// The person who owes it; null where it is nobody's own, or the caller may not see the card.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        let Some(person) = self.due.about.owner else { return Ok(None) };
        Ok(ctx.load(One::<Cards>::of(person)).await?.map(CadreCard))
    }
    /// The organization under which it is due.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.due.about.place)).await?.map(Organization))
    }
    /// The edition by which it is due.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<PolicyEdition>> {
        Ok(ctx.load(One::<Editions>::of(self.due.edition)).await?.map(PolicyEdition))
    }
    /// What was done about it.
    async fn entry(&self) -> Option<DutyEntry> {
        self.due.entry.clone().map(DutyEntry)
    }
}

/// What is due, in the order of the days.
#[derive(SimpleObject)]
pub struct DutyList {
    /// Today, the day to which each status belongs.
    today: Date,
    /// How many there are in all.
    total_count: usize,
    /// How many of them are overdue.
    overdue_count: usize,
    /// The items of this page.
    nodes: Vec<Duty>,
    /// What to ask for as `after` to get the next page; null where there is none.
    end: Option<ID>,
}

/// Which due items; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct DutyFilter {
    /// Only those that stand so.
    pub statuses: Option<Vec<DutyStatus>>,
    /// Only items of these codes.
    pub codes: Option<Vec<String>>,
    /// Only those of this subject, by its global id.
    pub subject: Option<ID>,
    /// The first due day; a year back where it is left out.
    pub from: Option<Date>,
    /// The last due day; a month ahead where it is left out.
    pub to: Option<Date>,
}

async fn list(
    ctx: &Context<'_>,
    whose: Whose,
    filter: Option<DutyFilter>,
    first: i32,
    after: Option<ID>,
) -> Result<DutyList> {
    let Some(first) = usize::try_from(first).ok().filter(|it| (1..=100).contains(it)) else {
        return Err(Error::invalid("first", format!("is {first}; ask for 1 to 100")));
    };
    let (session, filter) = (ctx.session()?, filter.unwrap_or_default());
    let today = session.today();
    let window = window(today, filter.from.map(|it| it.0), filter.to.map(|it| it.0))?;
    let due = session.ask(&DutiesOf { whose, window }).await?;
    let statuses = filter.statuses.map(|all| all.into_iter().map(Into::into).collect::<Vec<_>>());
    let mut due = standing(due, statuses.as_deref());
    if let Some(codes) = &filter.codes {
        due.retain(|it| codes.iter().any(|code| code == split(&it.code).0));
    }
    if let Some(subject) = &filter.subject {
        let wanted = crate::relay::read_id(subject).map(|it| it.1);
        due.retain(|it| Some(it.about.id) == wanted);
    }
    let total_count = due.len();
    let overdue_count = due.iter().filter(|it| it.status == rules::Status::Overdue).count();
    let begin = match after {
        None => 0,
        Some(after) => match due.iter().position(|it| it.name() == after.0) {
            Some(place) => place + 1,
            None => return Err(Error::invalid("after", "names no item of this list: begin anew without it")),
        },
    };
    let rest = due.into_iter().skip(begin);
    let nodes: Vec<Duty> = rest.take(first).map(|due| Duty { due }).collect();
    let end = nodes.last().filter(|_| begin + nodes.len() < total_count).map(|it| ID(it.due.name()));
    Ok(DutyList { today: Date(today), total_count, overdue_count, nodes, end })
}

/// Questions about what is due.
#[derive(Default)]
pub struct DutyQuery;

/// Questions about what is due.
#[Object]
impl DutyQuery {
    /// What a policy makes due at an organization and below it, as far as the caller may see what it is about; and what was
    /// done there about things that are due no more, because a pair ended, somebody left, or a unit was merged.
    #[graphql(directive = access::apply(Action::DutyRead))]
    async fn duties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Code of the policy.")] policy: String,
        #[graphql(desc = "Global id of the organization.")] organization: ID,
        #[graphql(desc = "Which items.")] filter: Option<DutyFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 50)] first: i32,
        #[graphql(desc = "After which item: an end of the same list.")] after: Option<ID>,
    ) -> Result<Option<DutyList>> {
        let whose = Whose::Place { policy, place: key(&organization) };
        list(ctx, whose, filter, first, after).await.map(Some)
    }

    /// What the person behind the token owes: reports of own pairs and own tasks. Null for an account without a person.
    #[graphql(directive = access::apply(Action::DutyRead))]
    async fn my_duties(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which items.")] filter: Option<DutyFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 50)] first: i32,
        #[graphql(desc = "After which item: an end of the same list.")] after: Option<ID>,
    ) -> Result<Option<DutyList>> {
        let person = person(ctx.session()?);
        let asked = person.unwrap_or(entity::id::CadreId(uuid::Uuid::nil()));
        let found = list(ctx, Whose::Person(asked), filter, first, after).await?;
        Ok(person.map(|_| found))
    }
}
