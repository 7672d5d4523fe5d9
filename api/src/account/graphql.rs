//! Who one is, and the accounts that one administers, in the schema; their changes stand in `changes`.

mod changes;

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::{
    account, account_grant,
    id::{AccountId, GrantId},
    kind,
};

use crate::{
    account::read::{Accounts, AccountsAmong, Grants, GrantsOf},
    auth::scope::{Actor, Grant, Identity},
    cadre::graphql::{Cadre, ManagementAuthority, SecrecyLevel},
    connection,
    db::session::{Query, Session},
    error::{Action, Error, Result},
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    questions::{self, Belonging as _, Many, One},
    relay::{FromRow, access, global_id, key},
};

pub use changes::AccountMutation;

/// What somebody may be granted on an organization subtree.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::Role")]
pub enum Role {
    /// Reads the subtree, imports, records, proposes, activates pairs.
    OrganizationOfficer,
    /// Reads the subtree, confirms; no data entry.
    OrganizationLeader,
    /// Reads the own unit, proposes, records contacts.
    UnitOfficer,
    /// Own pairs and the mentees' short card.
    Mentor,
    /// Own record and own pairs.
    Cadre,
    /// Counts only, never a row.
    SummaryReader,
    /// Organizations, accounts, settings; no personnel rows.
    SystemAdmin,
    /// Grants and revocations; no personnel rows.
    SecurityAdmin,
    /// The audit trail; writes nothing.
    AuditAdmin,
}

/// The account behind the token.
pub struct Me(Identity);

/// The account behind the token, with its grants.
#[Object(crate = "crate::relay::graphql")]
impl Me {
    /// Global id of the account.
    async fn id(&self) -> ID {
        global_id(self.0.account)
    }
    /// Name to sign in with.
    async fn login(&self) -> &str {
        &self.0.login
    }
    /// Name to show.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Every grant, past and future ones included.
    async fn grants(&self) -> Vec<AccountGrant> {
        self.0.grants.iter().cloned().map(AccountGrant).collect()
    }
    /// The person in the registry; null where the account is none, or may not see the record.
    async fn cadre(&self, ctx: &Context<'_>) -> Result<Option<Cadre>> {
        match self.0.person {
            Some(person) if ctx.session()?.may(Action::CadreRead) => Cadre::by_key(ctx, person).await,
            _ => Ok(None),
        }
    }
}

/// A role on an organization subtree for a time.
#[derive(Clone)]
pub struct AccountGrant(Grant);

impl From<Grant> for AccountGrant {
    fn from(grant: Grant) -> Self {
        Self(grant)
    }
}

impl From<account_grant::Model> for AccountGrant {
    fn from(row: account_grant::Model) -> Self {
        Self(Grant::from(row))
    }
}

impl AccountGrant {
    /// The grant of a key, if the caller administers it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: GrantId) -> Result<Option<Self>> {
        Ok(questions::row::<Grants>(ctx.session()?, key).await?.map(Self::from))
    }
}

/// A role on an organization subtree for a time.
#[Object(crate = "crate::relay::graphql")]
impl AccountGrant {
    /// Global id.
    async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// The role.
    async fn role(&self) -> Role {
        self.0.role.into()
    }
    /// The top of the subtree; null where the caller may not see it.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        if !ctx.session()?.may(Action::OrganizationRead) {
            return Ok(None);
        }
        Ok(ctx.load(One::<Organizations>::of(self.0.organization)).await?.map(Organization))
    }
    /// From when.
    async fn valid_from(&self) -> DateTime<Utc> {
        self.0.from
    }
    /// Until when, exclusive; null while open.
    async fn valid_to(&self) -> Option<DateTime<Utc>> {
        self.0.to
    }
    /// Reaches only people managed at this tier or a lower one, or on no committee's list; null reaches all.
    async fn managing_tier(&self) -> Option<ManagementAuthority> {
        self.0.tier.map(Into::into)
    }
    /// Reaches only records up to this level. Where several grants allow an act, the lowest ceiling holds.
    async fn secrecy_ceiling(&self) -> SecrecyLevel {
        self.0.ceiling.into()
    }
}

/// The identity of the session, asked like any question so that the policy applies.
struct WhoAmI<'s>(&'s Session);

impl Query for WhoAmI<'_> {
    const ACTION: Action = Action::MeRead;
    type Answer = Identity;
    async fn load(&self, _: &crate::db::reader::Reader<'_>) -> Result<Identity> {
        match self.0.actor() {
            Actor::Account(identity) => Ok(identity.as_ref().clone()),
            Actor::Job(..) => Err(Error::Unauthenticated),
        }
    }
}

/// Who is behind an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::AccountKind")]
pub enum AccountKind {
    /// Somebody, who signs in with a password.
    Person,
    /// A program, which signs in with a client's secret.
    Machine,
}

/// Whether an account may sign in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::AccountState")]
pub enum AccountState {
    /// It may.
    Active,
    /// It may not.
    Closed,
}

/// An account, for those who administer it.
#[derive(Clone)]
pub struct Account(pub account::Model);

impl FromRow for Account {
    type Row = account::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

impl Account {
    /// The account of a key, if the caller administers it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: AccountId) -> Result<Option<Self>> {
        if !ctx.session()?.may(Accounts::ACTION) {
            return Ok(None);
        }
        Ok(questions::row::<Accounts>(ctx.session()?, key).await?.map(Self))
    }
}

/// An account, for those who administer it. Which person of the registry it is stays untold to them.
#[Object(crate = "crate::relay::graphql")]
impl Account {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Name to sign in with.
    async fn login(&self) -> &str {
        &self.0.login
    }
    /// Name to show.
    async fn name(&self) -> &str {
        &self.0.name
    }
    /// Whether it may sign in.
    async fn state(&self) -> AccountState {
        self.0.state.into()
    }
    /// Who is behind it.
    async fn kind(&self) -> AccountKind {
        self.0.kind.into()
    }
    /// Whether it is a person of the registry.
    async fn is_linked(&self) -> bool {
        self.0.cadre_id.is_some()
    }
    /// The organization whose administrators keep it; null where the caller may not see it, or it has none.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        let Some(organization) = self.0.organization_id else { return Ok(None) };
        Ok(ctx.load(One::<Organizations>::of(organization)).await?.map(Organization))
    }
    /// Its grants within the caller's reach, oldest first, past and future ones included.
    async fn grants(&self, ctx: &Context<'_>) -> Result<Option<Vec<AccountGrant>>> {
        let rows = ctx.load(Many::<GrantsOf>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(AccountGrant::from).collect()))
    }
    /// Grows by one at each change; state it as expectedVersion when you change the account.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

connection!(AccountConnection, AccountEdge, Account, AccountsAmong);

/// Which accounts to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AccountFilter {
    /// Belonging to this organization or one below it.
    pub organization: Option<ID>,
    /// With logins that begin so.
    pub login_prefix: Option<String>,
    /// That hold, or held, one of these roles within your reach.
    pub roles: Option<Vec<Role>>,
}

impl From<AccountFilter> for AccountsAmong {
    fn from(it: AccountFilter) -> Self {
        Self {
            under: it.organization.as_ref().map(key),
            login_prefix: it.login_prefix,
            roles: it.roles.map(|all| all.into_iter().map(Into::into).collect()),
        }
    }
}

/// Questions about oneself and about accounts.
#[derive(Default)]
pub struct AccountQuery;

/// Questions about oneself and about accounts.
#[Object]
impl AccountQuery {
    /// The account behind the token, with its grants.
    #[graphql(directive = access::apply(Action::MeRead))]
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>> {
        let session = ctx.session()?;
        Ok(Some(Me(session.ask(&WhoAmI(session)).await?)))
    }

    /// Accounts that belong within the caller's reach, or hold or held a grant there, by login.
    #[graphql(directive = access::apply(Action::AccountRead))]
    async fn accounts(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which accounts.")] filter: Option<AccountFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which account: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<AccountConnection>> {
        AccountConnection::open(ctx, filter.unwrap_or_default().into(), Order::Name, first, after).await
    }
}
