//! What is proposed because something is overdue, in the schema.

use async_graphql::{Context, ID, Object, SimpleObject};
use entity::{duty_entry, duty_step};

use crate::{
    cadre::{graphql::CadreCard, read::Cards},
    duty::{
        due::{name, split},
        graphql::{DutyEntry, DutySubject, subject_id},
        read::steps::{Escalations, closes},
    },
    edition::{graphql::PolicyEdition, read::Editions},
    error::{Action, Error, Result},
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    questions::One,
    relay::{Date, access, global_id, key},
};

/// What a policy proposes because something is overdue.
pub struct DutyEscalation {
    step: duty_step::Model,
    entry: Option<duty_entry::Model>,
}

/// What a policy proposes because something is overdue for so long (逾期处置建议): a proposal to who keeps the organization,
/// never an act. It is put down once, by the daily round, and closed by what is done about the item.
#[Object(crate = "crate::relay::graphql")]
impl DutyEscalation {
    /// Global id.
    async fn id(&self) -> ID {
        global_id(self.step.id)
    }
    /// The item.
    async fn duty_id(&self) -> ID {
        let it = &self.step;
        ID(name(it.edition_id, &it.code, it.subject_kind, it.subject_id, it.due_on))
    }
    /// Code of the item in the policy.
    async fn code(&self) -> &str {
        split(&self.step.code).0
    }
    /// The how manieth it is of those that are due on the same day, from 1.
    async fn nth(&self) -> u32 {
        split(&self.step.code).1
    }
    /// What is proposed, as a code of the policy.
    async fn proposal(&self) -> Option<&str> {
        self.step.proposed.as_deref()
    }
    /// Its place among the proposals of the item, from 1.
    async fn step(&self) -> i32 {
        self.step.step
    }
    /// By when the item was due.
    async fn due_on(&self) -> Date {
        Date(self.step.due_on)
    }
    /// The day of the round that found the step reached.
    async fn reached_on(&self) -> Date {
        Date(self.step.reached_on)
    }
    /// What kind of thing the item is about.
    async fn subject_kind(&self) -> DutySubject {
        self.step.subject_kind.into()
    }
    /// Global id of what the item is about.
    async fn subject(&self) -> ID {
        subject_id(self.step.subject_kind, self.step.subject_id)
    }
    /// Whether nothing was done about the item since; what was returned is open again.
    async fn open(&self) -> bool {
        !self.entry.as_ref().is_some_and(closes)
    }
    /// What was done about the item.
    async fn entry(&self) -> Option<DutyEntry> {
        self.entry.clone().map(DutyEntry)
    }
    /// The person who owes the item; null where it is nobody's own, or the caller may not see the card.
    async fn owner(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        let Some(person) = self.step.cadre_id else { return Ok(None) };
        Ok(ctx.load(One::<Cards>::of(person)).await?.map(CadreCard))
    }
    /// The organization under which the item is due.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.step.organization_id)).await?.map(Organization))
    }
    /// The edition by which it is proposed.
    async fn edition(&self, ctx: &Context<'_>) -> Result<Option<PolicyEdition>> {
        Ok(ctx.load(One::<Editions>::of(self.step.edition_id)).await?.map(PolicyEdition))
    }
}

/// What is proposed, oldest first.
#[derive(SimpleObject)]
pub struct DutyEscalationList {
    /// How many there are in all.
    total_count: u64,
    /// Those of this page.
    nodes: Vec<DutyEscalation>,
    /// What to ask for as `after` to get the next page; null where there is none.
    end: Option<ID>,
}

/// Questions about what is proposed.
#[derive(Default)]
pub struct EscalationQuery;

/// Questions about what is proposed.
#[Object]
impl EscalationQuery {
    /// What policies propose at an organization and below it because something is overdue, as far as the caller keeps it or
    /// owes it. Once a day the round looks which steps were reached.
    #[graphql(directive = access::apply(Action::DutyRead))]
    async fn duty_escalations(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the organization.")] organization: ID,
        #[graphql(desc = "Only those that are open, or only closed ones.")] open: Option<bool>,
        #[graphql(desc = "How many, 1 to 100.", default = 50)] first: i32,
        #[graphql(desc = "After which one: an end of the same list.")] after: Option<ID>,
    ) -> Result<Option<DutyEscalationList>> {
        let Some(first) = u64::try_from(first).ok().filter(|it| (1..=100).contains(it)) else {
            return Err(Error::invalid("first", format!("is {first}; ask for 1 to 100")));
        };
        let (place, after) = (key(&organization), after.as_ref().map(key));
        let found = ctx.session()?.ask(&Escalations { place, open, after, first }).await?;
        let end = found.rows.last().filter(|_| found.more).map(|(step, _)| global_id(step.id));
        let nodes = found.rows.into_iter().map(|(step, entry)| DutyEscalation { step, entry }).collect();
        Ok(Some(DutyEscalationList { total_count: found.total, nodes, end }))
    }
}
