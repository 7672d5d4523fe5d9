//! Whose rows: who acts, with which grants, narrowed to one act.
//!
//! A grant is role × organization subtree × validity. A `Scope` exists only narrowed: it holds the grants whose role
//! allows the act and whose validity covers now. So an officer in North who is a reader in South acts in North only.
//!
//! A grant may reach less than its subtree. Its managing tier keeps it to the people managed there or lower, grant by
//! grant. Its secrecy ceiling holds for the whole act: where several grants count, the lowest one, because what is met
//! by way of a pool or pair can't be told to come of this grant or that.

mod narrowed;

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{
    account_grant,
    id::{AccountId, CadreId, GrantId, OrganizationId},
    kind::{AccountKind, ManagementAuthority, Role, SecrecyLevel},
};
use narrowed::{Held, Narrowed, listed};
use serde::{Deserialize, Serialize};

use crate::{
    auth::policy::{self, Job},
    error::{Action, Error, Result},
};

pub use narrowed::Narrowings;

/// A role on an organization subtree for a time.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Grant {
    /// Key of the row.
    pub id: GrantId,
    /// The role.
    pub role: Role,
    /// The top of the subtree.
    pub organization: OrganizationId,
    /// From when.
    pub from: DateTime<Utc>,
    /// Until when, exclusive.
    pub to: Option<DateTime<Utc>>,
    /// Reaches only people managed at this tier or a lower one; none reaches all.
    pub tier: Option<ManagementAuthority>,
    /// Reaches only records up to this level.
    pub ceiling: SecrecyLevel,
}

impl From<account_grant::Model> for Grant {
    fn from(it: account_grant::Model) -> Self {
        Self {
            id: it.id,
            role: it.role,
            organization: it.organization_id,
            from: it.valid_from,
            to: it.valid_to,
            tier: it.managing_tier,
            ceiling: it.secrecy_ceiling,
        }
    }
}

impl Grant {
    /// Whether it is valid at a moment.
    pub fn covers(&self, now: DateTime<Utc>) -> bool {
        self.from <= now && self.to.is_none_or(|to| now < to)
    }
}

/// An account with its grants, as the database has them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// The account.
    pub account: AccountId,
    /// Name to sign in with.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// The person in the registry, where it is one.
    pub person: Option<CadreId>,
    /// Who is behind it.
    pub kind: AccountKind,
    /// Grants, past and future ones included.
    pub grants: Vec<Grant>,
    /// Roles that count for nothing here, because they want a second factor and the sign-in had none.
    pub withheld: Vec<Role>,
    /// Tokens and families of tokens that are refused before their time.
    pub revoked: Vec<uuid::Uuid>,
    /// What it was narrowed to lately, with the grants and roles above: who changes those begins with none.
    pub narrowed: Narrowings,
}

/// Who acts.
#[derive(Clone, Debug)]
pub enum Actor {
    /// Somebody with a token.
    Account(Arc<Identity>),
    /// The server itself, on one organization subtree or, without one, on everything.
    Job(Job, Option<OrganizationId>),
}

/// Which organizations some roles reach.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reach {
    /// All of them: jobs only.
    Everything,
    /// The subtrees under these.
    Under(Vec<OrganizationId>),
}

impl Reach {
    /// Under some organizations, each named once: several grants may be held at one place.
    fn under(some: impl Iterator<Item = OrganizationId>) -> Self {
        let mut some: Vec<_> = some.collect();
        some.sort_unstable();
        some.dedup();
        Self::Under(some)
    }
}

/// What of a refusal is lifted, to find out which rule refuses. Never for an answer that shows rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Supposing {
    /// As if no grant had a managing tier.
    pub any_tier: bool,
    /// As if every grant reached the highest secrecy level.
    pub any_secrecy: bool,
    /// As if every pool were disclosed to the person.
    pub disclosed: bool,
}

/// Who acts, narrowed to one act.
#[derive(Clone, Debug)]
pub struct Scope {
    actor: Actor,
    action: Action,
    /// Grants that count for the act. Filled by `narrow` alone.
    narrowed: Arc<Narrowed>,
    supposing: Supposing,
}

impl Scope {
    /// Narrows an actor to an act.
    ///
    /// # Errors
    /// `Forbidden` when no grant is left, `Withheld` when one would be after a sign-in with a second factor.
    pub fn narrow(actor: &Actor, action: Action, now: DateTime<Utc>) -> Result<Self> {
        let narrowed = match actor {
            Actor::Account(identity) => match identity.narrowed.found(action, now) {
                Some(known) => known,
                None => Self::counting(identity, action, now)?,
            },
            Actor::Job(job, _) if job.allows(action) => Arc::default(),
            Actor::Job(..) => return Err(Error::Forbidden(action)),
        };
        Ok(Self { actor: actor.clone(), action, narrowed, supposing: Supposing::default() })
    }

    /// The grants of an identity that count for an act, remembered for as long as none begins or ends.
    fn counting(identity: &Identity, action: Action, now: DateTime<Utc>) -> Result<Arc<Narrowed>> {
        let valid = identity.grants.iter().filter(|it| it.covers(now));
        let allowing = valid.filter(|it| policy::allows(it.role, action));
        let (withheld, counting): (Vec<_>, Vec<_>) = allowing.partition(|it| identity.withheld.contains(&it.role));
        match (counting.is_empty(), withheld.is_empty()) {
            (true, true) => return Err(Error::Forbidden(action)),
            (true, false) => return Err(Error::Withheld(action)),
            (false, _) => {}
        }
        let held: Vec<_> = counting.into_iter().map(Held::from).collect();
        let who = match policy::of_the_account(action) {
            true => identity.account.0.to_string(),
            false => format!("{:?}", identity.person.map(|it| it.0)),
        };
        let narrowed = Arc::new(Narrowed { fingerprint: fingerprint(action, &held, &who), held });
        identity.narrowed.keep(action, &identity.grants, now, narrowed.clone());
        Ok(narrowed)
    }

    /// The same with some rules lifted.
    pub fn supposing(&self, supposing: Supposing) -> Self {
        let held = self.narrowed.held.iter().map(|it| Held {
            tier: it.tier.filter(|_| !supposing.any_tier),
            ceiling: if supposing.any_secrecy { SecrecyLevel::TopSecret } else { it.ceiling },
            ..*it
        });
        let held: Vec<_> = held.collect();
        let narrowed = Narrowed { fingerprint: fingerprint(self.action, &held, "supposing"), held };
        Self { narrowed: Arc::new(narrowed), supposing, ..self.clone() }
    }

    /// Whether every pool is taken to be disclosed.
    pub fn supposes_disclosure(&self) -> bool {
        self.supposing.disclosed
    }

    /// The act.
    pub fn action(&self) -> Action {
        self.action
    }

    /// The organizations that these roles reach here. A job on a subtree reaches it as every role.
    pub fn reach(&self, roles: &[Role]) -> Reach {
        match &self.actor {
            Actor::Job(_, None) => Reach::Everything,
            Actor::Job(_, Some(organization)) => Reach::Under(vec![*organization]),
            Actor::Account(_) => Reach::under(self.of(roles).map(|it| it.at)),
        }
    }

    /// The organizations that these roles reach here, apart for each managing tier of a grant.
    pub fn reach_by_tier(&self, roles: &[Role]) -> Vec<(Option<ManagementAuthority>, Reach)> {
        if let Actor::Job(..) = self.actor {
            return vec![(None, self.reach(roles))];
        }
        let mut tiers: Vec<_> = self.of(roles).map(|it| it.tier).collect();
        tiers.sort_unstable();
        tiers.dedup();
        let of = |tier| self.of(roles).filter(move |it| it.tier == tier).map(|it| it.at);
        tiers.into_iter().map(|tier| (tier, Reach::under(of(tier)))).collect()
    }

    /// The highest secrecy level of records that exist here.
    pub fn ceiling(&self) -> SecrecyLevel {
        match &self.actor {
            Actor::Job(..) => SecrecyLevel::TopSecret,
            Actor::Account(_) => self.narrowed.held.iter().map(|it| it.ceiling).min().unwrap_or(SecrecyLevel::Public),
        }
    }

    /// The lowest managing tier of the grants that count; none where all go without.
    pub fn tier(&self) -> Option<ManagementAuthority> {
        self.narrowed.held.iter().filter_map(|it| it.tier).max()
    }

    fn of(&self, roles: &[Role]) -> impl Iterator<Item = &Held> {
        self.narrowed.held.iter().filter(|it| roles.contains(&it.role))
    }

    /// The person in the registry, if one of these roles is held here.
    pub fn person(&self, roles: &[Role]) -> Option<CadreId> {
        match &self.actor {
            Actor::Account(identity) if self.of(roles).next().is_some() => identity.person,
            _ => None,
        }
    }

    /// The account; none for a job.
    pub fn account(&self) -> Option<AccountId> {
        match &self.actor {
            Actor::Account(identity) => Some(identity.account),
            Actor::Job(..) => None,
        }
    }

    /// The roles that count for the act, or the job, as the audit trail writes them.
    pub fn roles(&self) -> String {
        match &self.actor {
            Actor::Job(job, _) => job.text().to_owned(),
            Actor::Account(_) => {
                let mut roles: Vec<_> = self.narrowed.held.iter().map(|it| it.role.text()).collect();
                roles.sort_unstable();
                roles.dedup();
                roles.join(",")
            }
        }
    }

    /// What of the scope an answer can depend on: two scopes with one fingerprint see the same rows.
    pub fn fingerprint(&self) -> Arc<str> {
        match &self.actor {
            Actor::Account(_) => self.narrowed.fingerprint.clone(),
            Actor::Job(job, at) => {
                let who = format!("{}@{:?}", job.text(), at.map(|it| it.0));
                fingerprint(self.action, &self.narrowed.held, &who)
            }
        }
    }
}

fn fingerprint(action: Action, held: &[Held], who: &str) -> Arc<str> {
    let held = listed(held.iter().copied());
    format!("{}|{}|{who}|{held}", policy::VERSION, action.text()).into()
}

impl Actor {
    /// What an answer to this actor can depend on at a moment, whatever is asked; none for a job, which asks nothing of
    /// which a whole answer is kept.
    pub fn fingerprint(&self, now: DateTime<Utc>) -> Option<String> {
        let Self::Account(it) = self else { return None };
        let valid = it.grants.iter().filter(|grant| grant.covers(now));
        let held = listed(valid.map(Held::from));
        let who = (it.account, &it.login, &it.name, it.person, it.kind, &it.withheld);
        Some(format!("{}|{who:?}|{held}", policy::VERSION))
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    fn grant(role: Role, at: u128, from: i64, to: Option<i64>) -> Grant {
        let time = |s: i64| DateTime::from_timestamp(s, 0).unwrap();
        Grant {
            id: GrantId::fresh(),
            role,
            organization: OrganizationId(Uuid::from_u128(at)),
            from: time(from),
            to: to.map(time),
            tier: None,
            ceiling: SecrecyLevel::Internal,
        }
    }

    fn actor(grants: Vec<Grant>) -> Actor {
        let account = AccountId::fresh();
        Actor::Account(Arc::new(Identity {
            account,
            login: "x".into(),
            name: "X".into(),
            person: None,
            kind: AccountKind::Person,
            grants,
            withheld: Vec::new(),
            revoked: Vec::new(),
            narrowed: Narrowings::default(),
        }))
    }

    /// Two grants of one person, crossed with every act: only those whose role allows the act count, and only in time.
    #[test]
    fn only_grants_that_allow_the_act_now_count() {
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        for first in Role::ALL {
            for second in Role::ALL {
                let who = actor(vec![grant(*first, 1, 0, None), grant(*second, 2, 0, Some(2_000))]);
                for action in Action::ALL {
                    let expected: Vec<_> = [(*first, 1), (*second, 2)]
                        .into_iter()
                        .filter(|(role, _)| policy::allows(*role, *action))
                        .map(|(_, at)| OrganizationId(Uuid::from_u128(at)))
                        .collect();
                    match Scope::narrow(&who, *action, now) {
                        Ok(scope) => assert_eq!(scope.reach(Role::ALL), Reach::Under(expected)),
                        Err(_) => assert!(expected.is_empty(), "{action:?} as {first:?} and {second:?}"),
                    }
                }
            }
        }
    }

    #[test]
    fn a_grant_counts_from_its_start_until_before_its_end() {
        let who = actor(vec![grant(Role::OrganizationOfficer, 1, 1_000, Some(2_000))]);
        let at = |s: i64| Scope::narrow(&who, Action::CadreRead, DateTime::from_timestamp(s, 0).unwrap()).is_ok();
        assert_eq!([at(999), at(1_000), at(1_999), at(2_000)], [false, true, true, false]);
    }

    #[test]
    fn the_lowest_ceiling_of_the_grants_that_count_holds() {
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        let officer = |ceiling| Grant { ceiling, ..grant(Role::OrganizationOfficer, 1, 0, None) };
        let ceiling = |grants| Scope::narrow(&actor(grants), Action::CadreRead, now).unwrap().ceiling();
        assert_eq!(ceiling(vec![officer(SecrecyLevel::Secret)]), SecrecyLevel::Secret);
        assert_eq!(
            ceiling(vec![officer(SecrecyLevel::Secret), officer(SecrecyLevel::Internal)]),
            SecrecyLevel::Internal
        );
        let auditor = Grant { ceiling: SecrecyLevel::Public, ..grant(Role::AuditAdmin, 1, 0, None) };
        assert_eq!(ceiling(vec![officer(SecrecyLevel::Secret), auditor]), SecrecyLevel::Secret);
    }

    #[test]
    fn fingerprints_differ_where_rows_may() {
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        let print = |grants: Vec<Grant>, action| Scope::narrow(&actor(grants), action, now).unwrap().fingerprint();
        let north = || grant(Role::OrganizationOfficer, 1, 0, None);
        let south = || grant(Role::OrganizationOfficer, 2, 0, None);
        let leader = || grant(Role::OrganizationLeader, 1, 0, None);
        assert_eq!(print(vec![north(), south()], Action::CadreRead), print(vec![south(), north()], Action::CadreRead));
        assert_ne!(print(vec![north()], Action::CadreRead), print(vec![south()], Action::CadreRead));
        assert_ne!(print(vec![north()], Action::CadreRead), print(vec![leader()], Action::CadreRead));
        assert_ne!(print(vec![north()], Action::CadreRead), print(vec![north()], Action::PairRead));
        let tiered = || Grant { tier: Some(ManagementAuthority::County), ..north() };
        let cleared = || Grant { ceiling: SecrecyLevel::Secret, ..north() };
        assert_ne!(print(vec![north()], Action::CadreRead), print(vec![tiered()], Action::CadreRead));
        assert_ne!(print(vec![north()], Action::CadreRead), print(vec![cleared()], Action::CadreRead));
    }
}
