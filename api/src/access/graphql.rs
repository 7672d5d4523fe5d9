//! `explainAccess`: why somebody may not, without showing a row.

use async_graphql::{Context, Enum, ID, Object, SimpleObject};
use entity::{
    cadre,
    id::{CadreId, Key, OrganizationId, PairId, PoolId, PoolMembershipId},
    mentoring_pair, organization, pool_membership, reserve_pool,
};

use crate::{
    account::graphql::AccountGrant,
    db::explain::{Asked, Explained, Verdict},
    error::{Action, Result},
    loaders::Caller,
    relay::{access, key, read_id},
};

/// What decides whether somebody may.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "Verdict")]
pub enum AccessDecision {
    /// Nothing refuses.
    Allowed,
    /// The account is closed.
    AccountClosed,
    /// No grant allows the act now.
    NoGrant,
    /// The grant begins later.
    NotYet,
    /// The grant is over.
    Over,
    /// The grant's role does not allow the act.
    Role,
    /// The row is kept where no grant that counts reaches, and the account's person has no part in it.
    OutOfReach,
    /// The person is managed above the managing tier of the grant.
    Tier,
    /// The record is above the secrecy ceiling of the grants.
    Secrecy,
    /// The pool is not disclosed so far.
    Disclosure,
    /// There is no such row within your own reach.
    UnknownRow,
}

/// What decides for one grant by itself.
#[derive(SimpleObject)]
pub struct GrantExplanation {
    /// The grant.
    grant: AccountGrant,
    /// What decides.
    decision: AccessDecision,
}

/// Whether somebody may, and what decides.
#[derive(SimpleObject)]
pub struct AccessExplanation {
    /// What decides for the account as a whole.
    decision: AccessDecision,
    /// The same in words, with what would help.
    message: String,
    /// The roles whose grants allow the act.
    roles: Vec<crate::account::graphql::Role>,
    /// Each grant of the account within your reach, by itself.
    grants: Vec<GrantExplanation>,
}

impl AccessExplanation {
    fn of(explained: Explained, action: Action) -> Self {
        let roles = crate::auth::policy::roles(action);
        let grants = explained.grants.into_iter();
        Self {
            decision: explained.verdict.into(),
            message: words(explained.verdict, action).to_owned(),
            roles: roles.into_iter().map(Into::into).collect(),
            grants: grants.map(|(grant, it)| GrantExplanation { grant: grant.into(), decision: it.into() }).collect(),
        }
    }
}

fn words(verdict: Verdict, action: Action) -> String {
    let act = action.text();
    match verdict {
        Verdict::Allowed => format!("{act} is allowed."),
        Verdict::AccountClosed => "The account is closed: a system administrator can open it again.".to_owned(),
        Verdict::NoGrant | Verdict::Role => {
            format!("No grant that is valid now allows {act}: one of the listed roles would.")
        }
        Verdict::NotYet => "The grant begins later.".to_owned(),
        Verdict::Over => "The grant is over.".to_owned(),
        Verdict::OutOfReach => "The row is kept outside the subtrees of the grants that allow the act, and the \
             account's person has no part in it: a grant on its organization would help."
            .to_owned(),
        Verdict::Tier => "The person is managed above the managing tier of the grant.".to_owned(),
        Verdict::Secrecy => {
            "The record is above the lowest secrecy ceiling of the grants that allow the act.".to_owned()
        }
        Verdict::Disclosure => "The pool is not disclosed to this account: its keeper decides that.".to_owned(),
        Verdict::UnknownRow => "There is no such row within your own reach.".to_owned(),
    }
}

/// Questions about access.
#[derive(Default)]
pub struct AccessQuery;

/// Questions about access.
#[Object]
impl AccessQuery {
    /// Whether an account may perform an act, on the row of a global id where one is given, and which grant, row rule,
    /// disclosure, tier or ceiling refuses it. Shows no row.
    #[graphql(directive = access::apply(Action::AccessExplain))]
    async fn explain_access(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the account.")] account: ID,
        #[graphql(desc = "The act.")] act: Action,
        #[graphql(desc = "Global id of an organization, cadre, pool, membership or pair.")] id: Option<ID>,
    ) -> Result<Option<AccessExplanation>> {
        let (session, account) = (ctx.session()?, key(&account));
        macro_rules! explained {
            ($($key:ident => $entity:ident,)+) => {
                match id.as_ref().map(read_id) {
                    None => session.explain::<organization::Entity>(&Asked { account, action: act, row: None }).await,
                    $(Some(Some((noun, row))) if noun == $key::NOUN => {
                        let row = Some($key::from_uuid(row));
                        session.explain::<$entity::Entity>(&Asked { account, action: act, row }).await
                    })+
// No text tells more than an id that does not exist.
                    Some(_) => {
                        let row = id.as_ref().map(key);
                        session.explain::<cadre::Entity>(&Asked { account, action: act, row }).await
                    }
                }
            };
        }
        let explained = explained! {
            OrganizationId => organization,
            CadreId => cadre,
            PoolId => reserve_pool,
            PoolMembershipId => pool_membership,
            PairId => mentoring_pair,
        };
        Ok(Some(AccessExplanation::of(explained?, act)))
    }
}
