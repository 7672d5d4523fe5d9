//! A phone's one request: what the person behind the token has to do, and where they stand.

use async_graphql::{Context, Object};
use chrono::NaiveDate;
use entity::{id::CadreId, mentoring_pair};

use crate::{
    auth::scope::Actor,
    error::{Action, Error, Result},
    loaders::Caller,
    mentoring::{graphql::MentoringPair, read::MyPairs, rules},
    pool::{graphql::PoolMembership, read::MyMemberships},
    reading,
    relay::{Date, FromRow, access},
};

/// The caller's own pairs and memberships.
pub struct MyStatus {
    person: Option<CadreId>,
    today: NaiveDate,
    pairs: Vec<mentoring_pair::Model>,
}

/// The caller's own pairs, the next contact, and open memberships as far as they are disclosed.
#[Object(crate = "crate::relay::graphql")]
impl MyStatus {
    /// The civil day to which the answer belongs.
    async fn today(&self) -> Date {
        Date(self.today)
    }
    /// Own pairs that are not over, the next contact due first.
    async fn pairs(&self) -> Vec<MentoringPair> {
        self.pairs.iter().cloned().map(MentoringPair).collect()
    }
    /// The earliest day by which a contact is due.
    async fn next_contact_due(&self) -> Option<Date> {
        self.pairs.iter().filter_map(|it| it.next_contact_due).min().map(Date)
    }
    /// How many own pairs have a contact overdue.
    async fn overdue_count(&self) -> usize {
        self.pairs.iter().filter(|it| rules::overdue(it, self.today)).count()
    }
    /// Own open memberships of pools that disclose them to the person.
    async fn memberships(&self, ctx: &Context<'_>) -> Result<Option<Vec<PoolMembership>>> {
        let Some(person) = self.person else { return Ok(None) };
        let (mine, fields) = (MyMemberships { person }, ctx.field());
        let rows = reading::some(ctx, &mine, fields.selection_set(), PoolMembership::leads()).await?;
        Ok(Some(rows.into_iter().map(PoolMembership).collect()))
    }
}

/// Questions about one's own status.
#[derive(Default)]
pub struct StatusQuery;

/// Questions about one's own status.
#[Object]
impl StatusQuery {
    /// A phone's one request: own pairs, next contact, overdue ones, open memberships as far as disclosed.
    #[graphql(directive = access::apply(Action::StatusRead))]
    async fn my_status(&self, ctx: &Context<'_>) -> Result<Option<MyStatus>> {
        let session = ctx.session()?;
        let person = match session.actor() {
            Actor::Account(identity) => identity.person,
            Actor::Job(..) => None,
        };
        // An account without a person has no status; the policy still decides whether it may ask.
        let asked = MyPairs { person: person.unwrap_or(CadreId(uuid::Uuid::nil())) };
        let field = ctx.field();
        let fields = reading::inside(field.selection_set(), "pairs");
        let pairs = reading::some(ctx, &asked, fields, MentoringPair::leads()).await?;
        if person.is_none() {
            return Err(Error::NotFound("person behind this account"));
        }
        Ok(Some(MyStatus { person, today: session.today(), pairs }))
    }
}
