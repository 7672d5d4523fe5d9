//! Why not? The fifth verb of the door: which grant, row rule, disclosure, tier or ceiling refuses an account a row.
//!
//! It finds out by trying: the row policy itself is asked, as the account, then with one rule lifted at a time. So it
//! can't say anything else than what the policy does. What it tells is a verdict, never a row; of rows that are kept
//! beyond the administrator's own reach it tells that it knows nothing, as of rows that do not exist.

use chrono::{DateTime, Utc};
use entity::{
    account,
    id::{AccountId, Key},
    kind::{AccountState, Role},
};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait,
    sea_query::{ExprTrait, Query},
};

use crate::{
    auth::{
        policy,
        scope::{Actor, Grant, Identity, Scope, Supposing},
    },
    db::{
        door::Door,
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::Session,
    },
    error::{Action, Error, Result},
};

/// Roles that may ask.
const ASKING: &[Role] = &[Role::SecurityAdmin];

/// A table of which access can be explained: where its rows are kept is known.
pub trait Explainable: Visible {
    /// The condition that a row under `at` is kept within what these roles reach.
    fn kept_within(at: &Alias, gate: &Gate, roles: &[Role]) -> Condition;
}

/// What is asked: may this account perform this act on this row?
pub struct Asked<K> {
    /// The account.
    pub account: AccountId,
    /// The act.
    pub action: Action,
    /// The row; none for the act as such.
    pub row: Option<K>,
}

/// What decides.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
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
    /// The managing tier of the grant.
    Tier,
    /// The secrecy ceiling of the grant.
    Secrecy,
    /// The disclosure of the pool.
    Disclosure,
    /// There is no such row within the caller's reach.
    UnknownRow,
}

/// The answer.
pub struct Explained {
    /// Of the account as a whole.
    pub verdict: Verdict,
    /// Of each grant that the caller administers, by itself.
    pub grants: Vec<(Grant, Verdict)>,
}

pub(super) async fn explain<E: Explainable>(
    session: &Session,
    door: &Door,
    scope: Scope,
    asked: &Asked<E::Key>,
) -> Result<Explained> {
    let gate = Gate::new(scope);
    let reader = Reader::new(&door.database, &gate, session.counter(), &door.calendar);
    let Some(account) = reader.get::<account::Entity>(asked.account).await? else {
        return Err(Error::NotFound(AccountId::NOUN));
    };
    if account.state == AccountState::Closed {
        return Ok(Explained { verdict: Verdict::AccountClosed, grants: Vec::new() });
    }
    let identity = door
        .identity(ColumnTrait::eq(&account::Column::Id, asked.account))
        .await?
        .ok_or(Error::NotFound(AccountId::NOUN))?;
    let at = Alias::named("explained");
    if let Some(row) = asked.row
        && !exists::<E>(session, door, row, &at, E::kept_within(&at, &gate, ASKING)).await?
    {
        return Ok(Explained { verdict: Verdict::UnknownRow, grants: Vec::new() });
    }
    let now = door.clock.now();
    let column = Alias::own::<entity::account_grant::Entity>().col(entity::account_grant::Column::AccountId);
    let administered = reader.find::<entity::account_grant::Entity>().filter(column.eq(asked.account)).all().await?;
    let mut grants = Vec::new();
    for grant in administered.into_iter().map(Grant::from) {
        let alone = Identity { grants: vec![grant.clone()], ..identity.clone() };
        let verdict = match timing(&grant, asked.action, now) {
            Some(verdict) => verdict,
            None => weigh::<E>(session, door, alone, asked, now).await?,
        };
        grants.push((grant, verdict));
    }
    let verdict = weigh::<E>(session, door, identity, asked, now).await?;
    Ok(Explained { verdict, grants })
}

/// Why a grant does not count for an act at all; none where it does.
fn timing(grant: &Grant, action: Action, now: DateTime<Utc>) -> Option<Verdict> {
    match () {
        () if !policy::allows(grant.role, action) => Some(Verdict::Role),
        () if now < grant.from => Some(Verdict::NotYet),
        () if !grant.covers(now) => Some(Verdict::Over),
        () => None,
    }
}

async fn weigh<E: Explainable>(
    session: &Session,
    door: &Door,
    identity: Identity,
    asked: &Asked<E::Key>,
    now: DateTime<Utc>,
) -> Result<Verdict> {
    let Ok(scope) = Scope::narrow(&Actor::Account(identity.into()), asked.action, now) else {
        return Ok(Verdict::NoGrant);
    };
    let Some(row) = asked.row else { return Ok(Verdict::Allowed) };
    let tier = Supposing { any_tier: true, ..Supposing::default() };
    let secrecy = Supposing { any_secrecy: true, ..Supposing::default() };
    let disclosure = Supposing { disclosed: true, ..Supposing::default() };
    let all = Supposing { any_tier: true, any_secrecy: true, disclosed: true };
    let tries = [
        (Supposing::default(), Verdict::Allowed),
        (tier, Verdict::Tier),
        (secrecy, Verdict::Secrecy),
        (disclosure, Verdict::Disclosure),
        // Several rules refuse together: the first of them is named.
        (all, Verdict::Tier),
    ];
    for (supposing, verdict) in tries {
        let gate = Gate::new(scope.supposing(supposing));
        let at = Alias::named("explained");
        if exists::<E>(session, door, row, &at, E::visible(&at, &gate)).await? {
            return Ok(verdict);
        }
    }
    Ok(Verdict::OutOfReach)
}

/// Whether the row of a key meets a condition. No more than that leaves this room.
async fn exists<E: Explainable>(
    session: &Session,
    door: &Door,
    row: E::Key,
    at: &Alias,
    condition: Condition,
) -> Result<bool> {
    let select = Query::select()
        .expr(at.col(E::ID))
        .from_as(E::default(), at.name())
        .and_where(at.col(E::ID).eq(row.uuid()))
        .cond_where(condition)
        .to_owned();
    session.sent();
    let statement = door.database.get_database_backend().build(&select);
    Ok(door.database.query_one_raw(statement).await?.is_some())
}
