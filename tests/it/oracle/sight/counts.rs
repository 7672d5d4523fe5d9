//! Counts of pairs and of people in pools, by state.

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    id::{CadreId, OrganizationId},
    kind::{MembershipState, Role::SummaryReader},
};
use serde_json::{Value, json};

use super::{FLOOR, Lens, ROWS, Sight};

/// Whom a cell counts, and whom of them the caller may not see.
type Cell<K> = (BTreeSet<K>, BTreeSet<K>);

impl Sight<'_> {
    /// Counts of the pairs kept under an organization.
    pub fn pair_counts(&self, lens: &Lens, top: OrganizationId) -> Value {
        let mut cells: BTreeMap<&str, Cell<entity::id::PairId>> = BTreeMap::new();
        for row in self.raw.pairs.iter().filter(|it| self.raw.within(it.organization_id, top)) {
            let (counts, seen) = lens.counts_pair(row);
            note(&mut cells, row.state.text(), row.id, counts, seen);
        }
        let total: Option<usize> = cells.values().map(|it| shown(lens, it)).sum();
        json!({ "total": total, "cells": told(lens, &cells) })
    }

    /// Counts of the people in pools kept under an organization.
    pub fn pool_counts(&self, lens: &Lens, top: OrganizationId) -> Value {
        let mut cells: BTreeMap<&str, Cell<CadreId>> = BTreeMap::new();
        let mut all = BTreeMap::new();
        for row in &self.raw.memberships {
            let (counts, seen) = lens.counts_member(row);
            if self.raw.within(self.raw.pool(row.pool_id).organization_id, top) {
                note(&mut cells, row.state.text(), row.cadre_id, counts, seen);
                note(&mut all, "", row.cadre_id, counts, seen);
            }
        }
        let persons = shown(lens, &all.remove("").unwrap_or_default());
        let persons = persons.filter(|_| cells.values().all(|it| shown(lens, it).is_some()));
        json!({ "persons": persons, "cells": told(lens, &cells) })
    }

    /// What the tiers of pools kept under an organization aim at: told where the pool is kept or counted.
    pub fn aims(&self, lens: &Lens, top: OrganizationId) -> Value {
        let mut cells: BTreeMap<(&str, &str), Option<i32>> = BTreeMap::new();
        let open = [MembershipState::Confirmed, MembershipState::Warned];
        let members = self.raw.memberships.iter().filter(|it| open.contains(&it.state) && lens.counts_member(it).0);
        let met: BTreeSet<_> = members.map(|it| it.tier_id).collect();
        for tier in &self.raw.tiers {
            let pool = self.raw.pool(tier.pool_id);
            let counted =
                lens.reaches(ROWS, pool.organization_id) || lens.reaches(&[SummaryReader], pool.organization_id);
            if self.raw.within(pool.organization_id, top) && (counted || met.contains(&tier.id)) {
                cells.insert((&pool.code, &tier.code), counted.then_some(tier.target_count));
            }
        }
        let cell = |((pool, tier), target)| json!({ "poolCode": pool, "tierCode": tier, "target": target });
        json!({ "cells": cells.into_iter().map(cell).collect::<Vec<_>>() })
    }
}

fn note<K>(cells: &mut BTreeMap<&'static str, Cell<K>>, state: &'static str, key: K, counts: bool, seen: bool)
where
    K: Copy + Ord,
{
    if counts {
        let cell = cells.entry(state).or_default();
        cell.0.insert(key);
        if !seen {
            cell.1.insert(key);
        }
    }
}

fn shown<K>(lens: &Lens, (all, unseen): &Cell<K>) -> Option<usize> {
    (unseen.len() >= FLOOR || unseen.is_empty() && !lens.lacks(ROWS)).then_some(all.len())
}

fn told<K>(lens: &Lens, cells: &BTreeMap<&str, Cell<K>>) -> Vec<Value> {
    let cell = |(state, cell): (&&str, &Cell<K>)| {
        let count = shown(lens, cell);
        json!({ "state": state, "count": count, "status": if count.is_some() { "KNOWN" } else { "SUPPRESSED" } })
    };
    cells.iter().map(cell).collect()
}
