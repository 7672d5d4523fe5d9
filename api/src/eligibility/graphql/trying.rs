//! What an edition would do before anybody publishes it, in the schema.

use std::sync::Arc;

use async_graphql::{Context, Enum, ID, Object, SimpleObject};

use crate::{
    cadre::graphql::Cadre,
    connection,
    edition::{
        diff::{self, between},
        document::Severity,
        graphql::{PolicyCriterion, PolicyEdition},
    },
    eligibility::read::trying::{MayTry, Over, Touched, Trial, Tried},
    error::{Action, Error, Result},
    loaders::Caller,
    page::Order,
    relay::{Date, access, key},
};

/// What became of a part of a policy.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "diff::Kind")]
pub enum PolicyChangeKind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

/// A part of a policy that changed.
#[derive(SimpleObject)]
pub struct PolicyChange {
    /// What became of it.
    kind: PolicyChangeKind,
    /// Where it stands, by codes: `criteria[AGE].need.value`.
    path: String,
    /// What it said, as JSON.
    before: Option<String>,
    /// What it says, as JSON.
    after: Option<String>,
}

connection!(TouchedConnection, TouchedEdge, Cadre, Touched);

/// What changed between two editions, and whom it would touch.
pub struct PolicyDiff {
    from: PolicyEdition,
    to: PolicyEdition,
    on: chrono::NaiveDate,
}

/// What changed between two editions, and whom it would touch: of the criteria whose failing is an error.
#[Object(crate = "crate::relay::graphql")]
impl PolicyDiff {
    /// The one.
    async fn from(&self) -> PolicyEdition {
        self.from.clone()
    }
    /// The other.
    async fn to(&self) -> PolicyEdition {
        self.to.clone()
    }
    /// Every part that changed.
    async fn changes(&self) -> Result<Vec<PolicyChange>> {
        let read = |text: &str| serde_json::from_str(text).map_err(|_| Error::broken("a kept policy is no JSON"));
        let found = between(&read(&self.from.0.body)?, &read(&self.to.0.body)?);
        let change =
            |it: diff::Change| PolicyChange { kind: it.kind.into(), path: it.path, before: it.before, after: it.after };
        Ok(found.into_iter().map(change).collect())
    }
    /// People in post within the first one's organization and the caller's reach who meet the first and would not meet the
    /// other, by name.
    async fn lost(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which person: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<TouchedConnection>> {
        TouchedConnection::open(ctx, self.touched(&self.from, &self.to)?, Order::Name, first, after).await
    }
    /// Those who would meet the other, and do not meet the first, by name.
    async fn gained(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which person: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<TouchedConnection>> {
        TouchedConnection::open(ctx, self.touched(&self.to, &self.from)?, Order::Name, first, after).await
    }
}

impl PolicyDiff {
    fn touched(&self, met: &PolicyEdition, not: &PolicyEdition) -> Result<Touched> {
        Ok(Touched {
            met_by: (met.0.id, met.0.version),
            not_by: (not.0.id, not.0.version),
            under: self.from.0.organization_id,
            on: self.on,
            met: Arc::new(met.read()?.whole()),
            not: Arc::new(not.read()?.whole()),
        })
    }
}

/// How a criterion comes out over some people.
#[derive(SimpleObject)]
pub struct CriterionTrial {
    /// The criterion; null for all together whose failing is an error.
    criterion: Option<PolicyCriterion>,
    /// How many meet it.
    met: u64,
    /// How many do not.
    not_met: u64,
    /// Of how many it is not known.
    unknown: u64,
}

/// How an edition, a draft too, comes out over a whole pool or place. Nothing follows from it.
#[derive(SimpleObject)]
pub struct PolicyDryRun {
    /// The edition.
    edition: PolicyEdition,
    /// The day.
    as_of: Date,
    /// Over how many people.
    people: u64,
    /// All criteria together whose failing is an error.
    together: CriterionTrial,
    /// Each criterion, in the policy's order.
    criteria: Vec<CriterionTrial>,
}

/// Questions about what an edition would do.
#[derive(Default)]
pub struct TryingQuery;

/// Questions about what an edition would do.
#[Object]
impl TryingQuery {
    /// What changed from one edition of a policy to another, drafts too, and whom it would touch on a day. Null where one of
    /// them does not exist for the caller.
    #[graphql(directive = access::apply(Action::EligibilityRead))]
    async fn policy_diff(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the one.")] from: ID,
        #[graphql(desc = "Global id of the other.")] to: ID,
        #[graphql(desc = "The day as of which dated things are told; one for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<PolicyDiff>> {
        ctx.session()?.ask(&MayTry).await?;
        let on = ctx.session()?.agree(as_of.map(|it| it.0))?;
        let (from, to) = (PolicyEdition::by_key(ctx, key(&from)).await?, PolicyEdition::by_key(ctx, key(&to)).await?);
        let (Some(from), Some(to)) = (from, to) else { return Ok(None) };
        Ok(Some(PolicyDiff { from, to, on }))
    }

    /// How an edition, a draft too, comes out over all members of a pool, or everybody in post of an organization, before
    /// anybody publishes it. Who comes out how, `candidates` lists. Null where the edition does not exist for the caller.
    #[graphql(directive = access::apply(Action::EligibilityRead))]
    async fn policy_dry_run(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the edition.")] edition: ID,
        #[graphql(desc = "Global id of the pool.")] pool: Option<ID>,
        #[graphql(desc = "Global id of the organization, in the pool's place.")] organization: Option<ID>,
        #[graphql(desc = "For what: a purpose of the policy, such as TIER:A or MENTOR; all its criteria otherwise.")]
        purpose: Option<String>,
        #[graphql(desc = "The day as of which dated things are told; one for the whole request.")] as_of: Option<Date>,
    ) -> Result<Option<PolicyDryRun>> {
        let session = ctx.session()?;
        session.ask(&MayTry).await?;
        let on = session.agree(as_of.map(|it| it.0))?;
        let over = match (&pool, &organization) {
            (Some(pool), None) => Over::Pool(key(pool)),
            (None, Some(place)) => Over::Place(key(place)),
            _ => return Err(Error::invalid("pool", "or organization must be given, and one of them alone")),
        };
        let Some(edition) = PolicyEdition::by_key(ctx, key(&edition)).await? else { return Ok(None) };
        let document = edition.read()?;
        let Some(asked) = document.asked_for(purpose.as_deref()) else {
            let known: Vec<String> = document.sections.purposes().into_iter().map(|it| it.code).collect();
            return Err(Error::invalid("purpose", format!("is none of this policy: it has {}", known.join(", "))));
        };
        let errors = asked.iter().filter(|it| it.severity == Severity::Error).map(|it| it.asked());
        let whole = crate::kernel::need::Need::All(errors.collect());
        let mut needs = vec![(String::new(), whole)];
        needs.extend(asked.iter().map(|it| (it.code.clone(), it.asked())));
        let (people, tried) = session.ask(&Trial { over, on, needs }).await?;
        let one = |it: Tried| CriterionTrial {
            criterion: document.criterion(&it.code).cloned().map(PolicyCriterion),
            met: it.met,
            not_met: it.not_met,
            unknown: people.saturating_sub(it.met + it.not_met),
        };
        let mut tried = tried.into_iter().map(one);
        let together = tried.next().ok_or_else(|| Error::broken("a trial without its whole"))?;
        Ok(Some(PolicyDryRun { edition, as_of: Date(on), people, together, criteria: tried.collect() }))
    }
}
