//! Whether somebody still may what they began: asked in the transaction, last of all before its commit.
//!
//! A session's identity is what the cache or the database said when the request began. A role may end while it runs, and
//! a remembered identity may be two seconds old where a link is broken. One statement settles both: it reads the grants
//! again, and holds them until the commit, so that who ends one waits for the act or the act is refused. Reads do without:
//! their promise is that of the cache.

use std::sync::Arc;

use entity::{account, account_grant, kind::AccountState, revoked_token};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, EntityTrait, QueryFilter, QuerySelect, QueryTrait, Select,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    auth::scope::{Actor, Grant, Identity, Scope},
    db::{door::Door, session::Session},
    error::{Action, Error, Result},
};

impl Session {
    /// The same session with the grants of this moment, if they allow an act: for work that waited since it was asked for.
    ///
    /// # Errors
    /// `Unauthenticated` when the account may not sign in or the token was revoked, `Forbidden` when no grant is left that
    /// allows the act.
    pub async fn anew(&self, action: Action) -> Result<Self> {
        let Actor::Account(before) = self.actor() else { return Ok(self.clone()) };
        let who = account::Column::Id.eq(before.account);
        let now = self.door().identity(who).await?.ok_or(Error::Unauthenticated)?;
        if self.presented().iter().any(|it| now.revoked.contains(it)) {
            return Err(Error::Unauthenticated);
        }
        let anew =
            self.clone().acting_as(Actor::Account(Arc::new(Identity { withheld: before.withheld.clone(), ..now })));
        anew.narrowed(action).await?;
        Ok(anew)
    }
}

/// Refuses an act whose ground has gone since it began.
///
/// # Errors
/// `Unauthenticated` when the account may not sign in or the token was revoked, `Forbidden` when no grant is left that
/// allows the act, `Busy` when others are left than it began with.
pub(super) async fn still(session: &Session, door: &Door, tx: &DatabaseTransaction, scope: &Scope) -> Result<()> {
    let Some(ground) = ground(session, door) else { return Ok(()) };
    session.sent();
    stands(session, door, scope, ground.all(tx).await?)
}

/// As `still`, where what the act stands on has been read.
pub(super) fn stands(session: &Session, door: &Door, scope: &Scope, held: Vec<account_grant::Model>) -> Result<()> {
    let Actor::Account(identity) = session.actor() else { return Ok(()) };
    let grants: Vec<Grant> = held.into_iter().map(Grant::from).collect();
    if grants.is_empty() {
        return Err(Error::Unauthenticated);
    }
    let actor = Actor::Account(Arc::new(Identity { grants, ..identity.as_ref().clone() }));
    let now = Scope::narrow(&actor, scope.action(), door.clock.now())?;
    if now.fingerprint() == scope.fingerprint() { Ok(()) } else { Err(Error::Busy { retry_after_s: 1 }) }
}

/// What an act stands on: the grants of its account, past ones included, held until the commit; none are found where it may
/// not sign in, or the session's token was revoked. A job stands on none.
#[expect(clippy::disallowed_methods, reason = "what the scope itself stands on is read without one")]
pub(super) fn ground(session: &Session, door: &Door) -> Option<Select<account_grant::Entity>> {
    let Actor::Account(identity) = session.actor() else { return None };
    let account = identity.account;
    let active = account::Entity::find()
        .select_only()
        .column(account::Column::Id)
        .filter(account::Column::Id.eq(account))
        .filter(account::Column::State.eq(AccountState::Active));
    let mut select = account_grant::Entity::find()
        .filter(account_grant::Column::AccountId.eq(account))
        .filter(account_grant::Column::AccountId.in_subquery(active.into_query()));
    if !session.presented().is_empty() {
        let revoked = revoked_token::Entity::find()
            .select_only()
            .column(revoked_token::Column::TokenId)
            .filter(revoked_token::Column::AccountId.eq(account))
            .filter(revoked_token::Column::TokenId.is_in(session.presented().iter().copied()))
            .filter(revoked_token::Column::ExpiresAt.gt(door.clock.now()));
        select = select.filter(Expr::exists(revoked.into_query()).not());
    }
    Some(select.lock_shared())
}
