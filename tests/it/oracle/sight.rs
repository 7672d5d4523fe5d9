//! What one account must be answered: the rows that exist for it, in the shape of the documents that ask for them.

mod counts;
mod further;

use std::collections::{BTreeMap, BTreeSet};

use entity::{
    cadre,
    id::{AccountId, CadreId, Key, OrganizationId, PairId, PoolId, PoolMembershipId},
    kind::{CadreStatus, MembershipState, PairSide, PairState, Role},
    mentoring_pair, organization, pool_membership, reserve_pool,
};
use serde_json::{Value, json};
use tests::world::global;

use super::rules::{Act, Lens, ROWS, Raw};

/// Counts of which a smaller part than this is not the caller's to see are not shown.
const FLOOR: usize = 5;

/// The rows that exist for an account, by noun; none of a noun where it may not ask for it at all.
pub struct Sight<'r> {
    pub raw: &'r Raw,
    pub account: AccountId,
    organizations: BTreeSet<OrganizationId>,
    cadres: BTreeSet<CadreId>,
    cards: BTreeSet<CadreId>,
    pools: BTreeSet<PoolId>,
    memberships: BTreeSet<PoolMembershipId>,
    pairs: BTreeSet<PairId>,
}

impl<'r> Sight<'r> {
    /// Of an account.
    pub fn of(raw: &'r Raw, account: AccountId) -> Self {
        macro_rules! seen {
            ($act:ident, $rows:ident, $method:ident) => {
                match raw.lens(account, Act::$act) {
                    Some(lens) => raw.$rows.iter().filter(|row| lens.$method(row)).map(|row| row.id).collect(),
                    None => BTreeSet::new(),
                }
            };
        }
        Self {
            raw,
            account,
            organizations: seen!(Organizations, organizations, organization),
            cadres: seen!(Cadres, cadres, cadre),
            cards: seen!(Cards, cadres, cadre),
            pools: seen!(Pools, pools, pool),
            memberships: seen!(Pools, memberships, membership),
            pairs: seen!(Pairs, pairs, pair),
        }
    }

    /// Narrowed to an act; none where no grant counts for it.
    pub fn lens(&self, act: Act) -> Option<Lens<'_>> {
        self.raw.lens(self.account, act)
    }

    fn place(&self, id: OrganizationId) -> Value {
        self.organizations.contains(&id).then(|| json!({ "id": global(id) })).into()
    }

    /// Somebody's card.
    pub fn card(&self, id: CadreId) -> Value {
        let row = self.raw.cadre(id);
        let card =
            || json!({ "cadreId": global(id), "name": row.name, "organization": self.place(row.organization_id) });
        self.cards.contains(&id).then(card).into()
    }

    /// An organization with its neighbours.
    pub fn organization(&self, row: &organization::Model) -> Value {
        let children = self.organizations(|it| it.parent_id == Some(row.id), |it| json!({ "id": global(it.id) }));
        let parent = row.parent_id.map_or(Value::Null, |id| self.place(id));
        json!({ "id": global(row.id), "name": row.name, "parent": parent, "children": children })
    }

    /// A record with all that hangs on it.
    pub fn cadre(&self, row: &cadre::Model) -> Value {
        let posts = self.raw.posts.iter().filter(|it| it.cadre_id == row.id).map(|it| json!({ "title": it.title }));
        let levels = self.raw.levels.iter().filter(|it| it.cadre_id == row.id);
        let levels = levels.map(|it| json!({ "level": it.level.text() }));
        let memberships = self.raw.memberships.iter().filter(|it| it.cadre_id == row.id);
        let memberships = memberships.filter(|it| self.memberships.contains(&it.id));
        let pairs = self.raw.pairs.iter().filter(|it| self.pairs.contains(&it.id));
        let pairs = pairs.filter(|it| self.raw.takes_part(it.id, row.id));
        // Of whom the account may not read any, nothing is known: that is no empty list.
        let sanctions = self.lens(Act::Sanctions).filter(|lens| lens.cadre(row)).map(|_| {
            let own = self.raw.sanctions.iter().filter(|it| it.cadre_id == row.id);
            own.map(|it| json!({ "documentNumber": it.document_number })).collect::<Vec<_>>()
        });
        let mut facts = self.facts(row);
        facts["sanctions"] = json!(sanctions);
        let record = json!({
            "id": global(row.id),
            "name": row.name,
            "organization": self.place(row.organization_id),
            "posts": posts.collect::<Vec<_>>(),
            "levels": levels.collect::<Vec<_>>(),
            "memberships": memberships.map(|it| json!({ "id": global(it.id) })).collect::<Vec<_>>(),
            "pairs": pairs.map(|it| json!({ "id": global(it.id) })).collect::<Vec<_>>(),
        });
        merged(record, facts)
    }

    /// A pool with its tiers.
    pub fn pool(&self, row: &reserve_pool::Model) -> Value {
        let tiers = self.raw.tiers.iter().filter(|it| it.pool_id == row.id).map(|it| json!({ "code": it.code }));
        let tracks = self.raw.divisions.iter().filter(|it| it.pool_id == row.id).map(|it| json!({ "code": it.code }));
        let (tiers, tracks): (Vec<_>, Vec<_>) = (tiers.collect(), tracks.collect());
        let keeper = self.place(row.organization_id);
        json!({ "id": global(row.id), "name": row.name, "organization": keeper, "tiers": tiers, "tracks": tracks })
    }

    /// A membership with its pool and the person's card.
    pub fn membership(&self, row: &pool_membership::Model) -> Value {
        let seen = self.pools.contains(&row.pool_id);
        let tier = self.raw.tiers.iter().find(|it| it.id == row.tier_id && seen).map(|it| json!({ "code": it.code }));
        let pool = seen.then(|| json!({ "id": global(row.pool_id) }));
        let steps: Vec<_> = self.steps(row.id).collect();
        let record = self.cadres.contains(&row.cadre_id).then(|| json!({ "name": self.raw.cadre(row.cadre_id).name }));
        json!({
            "id": global(row.id),
            "pool": pool,
            "tier": tier,
            "member": self.card(row.cadre_id),
            "cadre": record,
            "steps": steps,
        })
    }

    /// A pair with the cards of its people.
    pub fn pair(&self, row: &mentoring_pair::Model) -> Value {
        let side = |side: PairSide| {
            let parts =
                self.raw.parts.iter().filter(|it| it.pair_id == row.id && it.side == side && it.left_on.is_none());
            parts.map(|it| self.card(it.cadre_id)).filter(|it| !it.is_null()).collect::<Vec<_>>()
        };
        let lens = self.lens(Act::Pairs);
        let words = self.raw.evaluations.iter().filter(|it| it.pair_id == row.id);
        let words = words.filter(|it| lens.as_ref().is_some_and(|lens| lens.evaluation(it)));
        json!({
            "id": global(row.id),
            "organization": self.place(row.organization_id),
            "mentors": side(PairSide::Mentor),
            "mentees": side(PairSide::Mentee),
            "evaluations": words.map(|it| json!({ "summary": it.summary })).collect::<Vec<_>>(),
        })
    }

    /// The list of organizations that meet a condition.
    pub fn organizations(
        &self,
        which: impl Fn(&organization::Model) -> bool,
        shape: impl Fn(&organization::Model) -> Value,
    ) -> Value {
        let rows = self.raw.organizations.iter().filter(|it| self.organizations.contains(&it.id) && which(it));
        list(rows.map(shape))
    }

    /// The list of cadres that meet a condition.
    pub fn cadres(&self, which: impl Fn(&cadre::Model) -> bool, shape: impl Fn(&cadre::Model) -> Value) -> Value {
        list(self.raw.cadres.iter().filter(|it| self.cadres.contains(&it.id) && which(it)).map(shape))
    }

    /// The list of pools that meet a condition.
    pub fn pools(
        &self,
        which: impl Fn(&reserve_pool::Model) -> bool,
        shape: impl Fn(&reserve_pool::Model) -> Value,
    ) -> Value {
        list(self.raw.pools.iter().filter(|it| self.pools.contains(&it.id) && which(it)).map(shape))
    }

    /// The list of a pool's memberships that meet a condition.
    pub fn members(&self, pool: PoolId, which: impl Fn(&pool_membership::Model) -> bool) -> Value {
        let rows = self.raw.memberships.iter().filter(|it| it.pool_id == pool && self.memberships.contains(&it.id));
        list(rows.filter(|it| which(it)).map(|it| json!({ "id": global(it.id) })))
    }

    /// The list of pairs that meet a condition.
    pub fn pairs(
        &self,
        which: impl Fn(&mentoring_pair::Model) -> bool,
        shape: impl Fn(&mentoring_pair::Model) -> Value,
    ) -> Value {
        list(self.raw.pairs.iter().filter(|it| self.pairs.contains(&it.id) && which(it)).map(shape))
    }

    /// The contacts of a pair.
    pub fn contacts(&self, pair: PairId) -> Value {
        let rows = self.raw.contacts.iter().filter(|it| it.pair_id == pair);
        list(rows.map(|it| json!({ "agreed": it.agreed })))
    }

    /// Every global id, with what looking it up must yield.
    pub fn nodes(&self) -> Vec<(String, Value)> {
        let mut out = Vec::new();
        macro_rules! each {
            ($($rows:ident by $shape:ident as $typed:literal),+) => {$(
                for row in &self.raw.$rows {
                    let mut node = if self.$rows.contains(&row.id) { self.$shape(row) } else { Value::Null };
                    if let Some(fields) = node.as_object_mut() {
                        fields.remove("children"); // a list of its own, asked for elsewhere
                        fields.insert("__typename".to_owned(), json!($typed));
                    }
                    out.push((global(row.id), node));
                }
            )+};
        }
        each!(
            organizations by organization as "Organization", cadres by cadre as "Cadre", pools by pool as "ReservePool",
            memberships by membership as "PoolMembership", pairs by pair as "MentoringPair"
        );
        out.extend(self.further_nodes());
        out
    }

    /// Whether a row of a key exists for the account.
    pub fn sees<K: Key>(&self, key: K) -> bool {
        let key = key.uuid();
        match K::NOUN {
            "organization" => self.organizations.contains(&OrganizationId(key)),
            "cadre" => self.cadres.contains(&CadreId(key)),
            "pool_membership" => self.memberships.contains(&PoolMembershipId(key)),
            "reserve_pool" => self.pools.contains(&PoolId(key)),
            "mentoring_pair" => self.pairs.contains(&PairId(key)),
            other => panic!("nothing looks up a {other}"),
        }
    }

    /// Own pairs that are not over, and own open memberships that are disclosed; none for an account of no person.
    pub fn status(&self) -> Option<Value> {
        let lens = self.lens(Act::Status)?;
        let person = self.raw.account(self.account).cadre_id?;
        let open = [PairState::Proposed, PairState::Active, PairState::Suspended];
        let pairs = self.raw.pairs.iter().filter(|it| open.contains(&it.state));
        let pairs = pairs.filter(|it| self.raw.takes_part(it.id, person) && lens.pair(it)).map(|it| self.pair(it));
        let open = [MembershipState::Proposed, MembershipState::Confirmed, MembershipState::Warned];
        let own = self.raw.memberships.iter().filter(|it| it.cadre_id == person && open.contains(&it.state));
        let own = own.filter(|it| lens.membership(it)).map(|it| self.membership(it));
        Some(json!({ "pairs": pairs.collect::<Vec<_>>(), "memberships": own.collect::<Vec<_>>() }))
    }

    /// The account itself, with its grants.
    pub fn me(&self) -> Value {
        let person = self.raw.account(self.account).cadre_id.filter(|it| self.cadres.contains(it));
        let grants = self.raw.grants.iter().filter(|it| it.account_id == self.account);
        let grants = grants.map(|it| json!({ "role": it.role.text(), "organization": self.place(it.organization_id) }));
        json!({
            "id": global(self.account),
            "cadre": person.map(|it| json!({ "id": global(it) })),
            "grants": grants.collect::<Vec<_>>(),
        })
    }

    /// Counts of those in post under an organization, in all or by sex and level.
    pub fn summary(&self, lens: &Lens, top: OrganizationId, grouped: bool) -> Value {
        let mut cells: BTreeMap<Option<(&str, &str)>, (usize, usize)> = BTreeMap::new();
        for row in &self.raw.cadres {
            let (counts, seen) = lens.counts(row);
            if row.status == CadreStatus::InPost && counts && self.raw.within(row.organization_id, top) {
                let level = row.position_level.expect("a level").text();
                let cell = cells.entry(grouped.then(|| (row.sex.text(), level))).or_default();
                *cell = (cell.0 + 1, cell.1 + usize::from(!seen));
            }
        }
        if !grouped {
            cells.entry(None).or_default();
        }
        let shown =
            |count: usize, unseen: usize| (unseen >= FLOOR || unseen == 0 && !lens.lacks(ROWS)).then_some(count);
        let total: Option<usize> = cells.values().map(|(count, unseen)| shown(*count, *unseen)).sum();
        let cell = |(key, (count, unseen)): (&Option<(&str, &str)>, &(usize, usize))| {
            let count = shown(*count, *unseen);
            let status = if count.is_some() { "KNOWN" } else { "SUPPRESSED" };
            json!({ "sex": key.map(|it| it.0), "level": key.map(|it| it.1), "count": count, "status": status })
        };
        let cells: Vec<_> = cells.iter().map(cell).collect();
        json!({ "organization": self.place(top), "total": total, "cells": cells })
    }

    /// The roles and places of an account's grants, for messages.
    pub fn described(&self) -> String {
        let grants = self.raw.grants.iter().filter(|it| it.account_id == self.account);
        let place = |id| &self.raw.organizations.iter().find(|it| it.id == id).expect("an organization").name;
        let grant = |it: &entity::account_grant::Model| {
            let role: Role = it.role;
            format!("{} at {} {:?}..{:?}", role.text(), place(it.organization_id), it.valid_from, it.valid_to)
        };
        let person = self.raw.account(self.account).cadre_id.map(|it| &self.raw.cadre(it).name);
        format!("{person:?} with {:?}, now {:?}", grants.map(grant).collect::<Vec<_>>(), self.raw.now)
    }
}

/// The fields of two objects.
pub fn merged(mut one: Value, other: Value) -> Value {
    let fields = other.as_object().cloned().unwrap_or_default();
    one.as_object_mut().expect("an object").extend(fields);
    one
}

/// A list of rows, counted.
pub fn list(rows: impl Iterator<Item = Value>) -> Value {
    let edges: Vec<_> = rows.map(|row| json!({ "node": row })).collect();
    json!({ "totalCount": edges.len(), "edges": edges })
}
