//! What an identity is narrowed to for an act, remembered with it: each question of each request is narrowed so, mostly to
//! the same.

use std::sync::{Arc, PoisonError, RwLock};

use chrono::{DateTime, Utc};
use entity::{
    id::OrganizationId,
    kind::{ManagementAuthority, Role, SecrecyLevel},
};
use uuid::fmt::Simple;

use super::Grant;
use crate::error::Action;

/// A grant that counts for an act.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Held {
    pub role: Role,
    pub at: OrganizationId,
    pub tier: Option<ManagementAuthority>,
    pub ceiling: SecrecyLevel,
}

impl From<&Grant> for Held {
    fn from(it: &Grant) -> Self {
        Self { role: it.role, at: it.organization, tier: it.tier, ceiling: it.ceiling }
    }
}

/// The grants that count for an act, and what tells them from others.
#[derive(Debug, Default)]
pub struct Narrowed {
    pub held: Vec<Held>,
    pub fingerprint: Arc<str>,
}

/// What an identity was narrowed to, by act. It is no part of who one is: a copy begins without.
#[derive(Default)]
pub struct Narrowings(RwLock<Vec<Kept>>);

struct Kept {
    action: Action,
    /// The last moment up to then at which a grant began or ended, and the next one.
    since: Option<DateTime<Utc>>,
    until: Option<DateTime<Utc>>,
    narrowed: Arc<Narrowed>,
}

impl Narrowings {
    /// What is known for an act at a moment.
    pub fn found(&self, action: Action, now: DateTime<Utc>) -> Option<Arc<Narrowed>> {
        let known = self.0.read().unwrap_or_else(PoisonError::into_inner);
        let kept = known.iter().find(|it| it.action == action)?;
        let holds = kept.since.is_none_or(|it| it <= now) && kept.until.is_none_or(|it| now < it);
        holds.then(|| kept.narrowed.clone())
    }

    /// Keeps what some grants come to at a moment.
    pub fn keep(&self, action: Action, grants: &[Grant], now: DateTime<Utc>, narrowed: Arc<Narrowed>) {
        let moments = || grants.iter().flat_map(|it| [Some(it.from), it.to]).flatten();
        let since = moments().filter(|it| *it <= now).max();
        let until = moments().filter(|it| *it > now).min();
        let mut known = self.0.write().unwrap_or_else(PoisonError::into_inner);
        known.retain(|it| it.action != action);
        known.push(Kept { action, since, until, narrowed });
    }
}

impl Clone for Narrowings {
    fn clone(&self) -> Self {
        Self::default()
    }
}

impl PartialEq for Narrowings {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Narrowings {}

impl std::fmt::Debug for Narrowings {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Narrowings")
    }
}

/// What is held where, as text: in an order of its own, each once.
pub fn listed(held: impl Iterator<Item = Held>) -> String {
    let words = |it: Held| (it.role.text(), it.at.0, it.tier.map_or("-", ManagementAuthority::text), it.ceiling.text());
    let mut held: Vec<_> = held.map(words).collect();
    held.sort_unstable();
    held.dedup();
    let mut digits = [0; Simple::LENGTH];
    let mut text = String::with_capacity(80 * held.len());
    for (role, at, tier, ceiling) in held {
        // Each question of each request is named so: no formatting.
        for word in [role, "@", at.simple().encode_lower(&mut digits), ":", tier, ":", ceiling, ","] {
            text.push_str(word);
        }
    }
    text
}
