//! Who one is, in the schema.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::kind;

use crate::{
    auth::scope::{Actor, Grant, Identity},
    cadre::graphql::Cadre,
    db::session::{Query, Session},
    error::{Action, Error, Result},
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    questions::One,
    relay::{access, global_id},
};

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
#[Object]
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
            Some(person) if ctx.session()?.may(Action::CadreRead) => Cadre::by_key(ctx.session()?, person).await,
            _ => Ok(None),
        }
    }
}

/// A role on an organization subtree for a time.
pub struct AccountGrant(Grant);

/// A role on an organization subtree for a time.
#[Object]
impl AccountGrant {
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

/// Questions about oneself.
#[derive(Default)]
pub struct AccountQuery;

/// Questions about oneself.
#[Object]
impl AccountQuery {
    /// The account behind the token, with its grants.
    #[graphql(directive = access::apply(Action::MeRead))]
    async fn me(&self, ctx: &Context<'_>) -> Result<Option<Me>> {
        let session = ctx.session()?;
        Ok(Some(Me(session.ask(&WhoAmI(session)).await?)))
    }
}
