//! What hangs on people and pools, accounts and the trail, in the shape of the documents that ask for it.

use entity::{
    account, account_grant, cadre, cadre_transfer, correction_request,
    id::{CadreId, PoolId, PoolMembershipId},
    kind::{FactState, MembershipState, PairState},
};
use serde_json::{Value, json};
use tests::world::global;

use super::{
    super::{
        build::phone,
        rules::{Act, Explained},
    },
    Sight, list,
};

impl Sight<'_> {
    /// The facts of a person that are in force; all of the world's have begun.
    pub fn facts(&self, row: &cadre::Model) -> Value {
        let raw = self.raw;
        macro_rules! facts {
            ($($field:literal from $rows:ident as $name:literal: |$it:ident| $value:expr;)+) => {
                {
                    let mut out = serde_json::Map::new();
                    $(
                        let own = raw.$rows.iter().filter(|it| it.cadre_id == row.id && it.state == FactState::Recorded);
                        let own = own.map(|$it| json!({ $name: $value })).collect::<Vec<_>>();
                        out.insert($field.to_owned(), json!(own));
                    )+
                    Value::Object(out)
                }
            };
        }
        let mut out = facts! {
            "ranks" from ranks as "rank": |it| it.rank.text();
            "educations" from educations as "school": |it| it.school;
            "titles" from titles as "title": |it| it.title;
            "assessments" from assessments as "year": |it| it.year;
            "experiences" from experiences as "place": |it| it.place;
            "trainings" from trainings as "title": |it| it.title;
            "awards" from awards as "name": |it| it.name;
            "resume" from resume as "rawText": |it| it.raw_text;
        };
        out["grassrootsMonths"] = json!(self.grassroots());
        out
    }

    /// Full months since 2020-03-01, for everybody of the world.
    fn grassroots(&self) -> i32 {
        use chrono::Datelike;
        let today = self.raw.today();
        (today.year() - 2020) * 12 + today.month().cast_signed() - 3
    }

    /// Who kept a person before all moves, as far as they are told.
    pub fn keeper_before(&self, row: &cadre::Model) -> Value {
        let lens = self.lens(Act::Cadres).expect("a lens");
        let done =
            |it: &&cadre_transfer::Model| it.cadre_id == row.id && it.effective_on.is_some() && lens.transfer(it);
        let from = self.raw.transfers.iter().find(done).map(|it| it.from_id);
        self.place(from.unwrap_or(row.organization_id))
    }

    /// The steps of a membership.
    pub fn steps(&self, of: PoolMembershipId) -> impl Iterator<Item = Value> {
        self.raw.steps.iter().filter(move |it| it.membership_id == of).map(|it| json!({ "reason": it.reason }))
    }

    /// The in/out log of a pool: steps of the memberships that exist.
    pub fn log(&self, pool: PoolId) -> Value {
        let seen = self.raw.memberships.iter().filter(|it| it.pool_id == pool && self.memberships.contains(&it.id));
        let steps = seen.flat_map(|row| {
            let whose = json!({ "id": global(row.id) });
            self.steps(row.id).map(move |it| json!({ "reason": it["reason"], "membership": whose }))
        });
        list(steps)
    }

    /// Moves that meet a condition, each with the card of the person, and the record where it exists.
    pub fn transfers(&self, which: impl Fn(&cadre_transfer::Model) -> bool) -> Value {
        let lens = self.lens(Act::Transfers);
        let rows = self.raw.transfers.iter().filter(|it| lens.as_ref().is_some_and(|lens| lens.transfer(it)));
        list(rows.filter(|it| which(it)).map(|it| {
            let record = self.cadres.contains(&it.cadre_id).then(|| json!({ "id": global(it.cadre_id) }));
            json!({ "id": global(it.id), "person": self.card(it.cadre_id), "cadre": record })
        }))
    }

    /// Requests for correction that meet a condition: they exist where the record does.
    pub fn corrections(&self, which: impl Fn(&correction_request::Model) -> bool) -> Value {
        let lens = self.lens(Act::Corrections);
        let rows = self.raw.corrections.iter();
        let rows = rows.filter(|it| lens.as_ref().is_some_and(|lens| lens.cadre(self.raw.cadre(it.cadre_id))));
        list(rows.filter(|it| which(it)).map(|it| json!({ "id": global(it.id), "cadre": self.card(it.cadre_id) })))
    }

    /// Accounts that meet a condition, each with its grants within reach.
    pub fn accounts(&self, which: impl Fn(&account::Model) -> bool) -> Value {
        let lens = self.lens(Act::Accounts).expect("a lens");
        let rows = self.raw.accounts.iter().filter(|it| lens.account(it) && which(it));
        list(rows.map(|row| {
            let grants = self.raw.grants.iter().filter(|it| it.account_id == row.id && lens.grant(it));
            let grants = grants.map(|it| {
                let at = self.place(it.organization_id);
                json!({ "id": global(it.id), "role": it.role.text(), "organization": at })
            });
            json!({
                "id": global(row.id),
                "isLinked": row.cadre_id.is_some(),
                "organization": row.organization_id.map(|at| self.place(at)),
                "grants": grants.collect::<Vec<_>>(),
            })
        }))
    }

    /// Whether an account has a grant within reach that meets a condition.
    pub fn holds(&self, account: &account::Model, which: impl Fn(&account_grant::Model) -> bool) -> bool {
        let lens = self.lens(Act::Accounts).expect("a lens");
        self.raw.grants.iter().any(|it| it.account_id == account.id && lens.grant(it) && which(it))
    }

    /// Readings of a person's values.
    pub fn readings(&self, of: CadreId) -> Value {
        let lens = self.lens(Act::AccessLog).expect("a lens");
        let rows = self.raw.readings.iter().filter(|it| it.cadre_id == of && lens.reading(it));
        list(rows.map(|it| {
            let who = self.raw.account(it.account_id);
            json!({ "reason": it.reason, "who": { "login": who.login } })
        }))
    }

    /// The acts of the world's own that meet a condition.
    pub fn acts(&self, which: impl Fn(&entity::audit_event::Model) -> bool) -> Value {
        let lens = self.lens(Act::Audit).expect("a lens");
        let rows = self.raw.acts.iter().filter(|it| it.request_id == "oracle" && lens.act(it) && which(it));
        list(rows.map(|act| {
            let changes = self.raw.changes.iter().filter(|it| it.event_id == act.id && lens.change(act, it));
            let changes: Vec<_> = changes.map(|it| json!({ "rowId": it.row_id.to_string() })).collect();
            let who = act.account_id.map(|id| json!({ "login": self.raw.account(id).login }));
            json!({ "id": global(act.id), "who": who, "changes": changes })
        }))
    }

    /// Accounts, grants and requests by their global ids.
    pub fn further_nodes(&self) -> Vec<(String, Value)> {
        let mut out = Vec::new();
        let (administers, reads) = (self.lens(Act::Accounts), self.lens(Act::Corrections));
        let node = |id: String, exists: bool, rest: Value| {
            let node = json!({ "id": id });
            (id, if exists { super::merged(node, rest) } else { Value::Null })
        };
        for row in &self.raw.accounts {
            let exists = administers.as_ref().is_some_and(|lens| lens.account(row));
            let rest = json!({ "__typename": "Account", "isLinked": row.cadre_id.is_some() });
            out.push(node(global(row.id), exists, rest));
        }
        // A grant is looked at through its account alone.
        out.extend(self.raw.grants.iter().map(|row| (global(row.id), Value::Null)));
        for row in &self.raw.corrections {
            let exists = reads.as_ref().is_some_and(|lens| lens.cadre(self.raw.cadre(row.cadre_id)));
            out.push(node(global(row.id), exists, json!({ "__typename": "CorrectionRequest", "reason": row.reason })));
        }
        out
    }

    /// Whether an account is the one that asks, or another of the same person.
    pub fn is_same_person(&self, account: &account::Model) -> bool {
        let own = self.raw.account(self.account);
        account.id == own.id || (own.cadre_id.is_some() && account.cadre_id == own.cadre_id)
    }

    /// Why an account may not; none where the account does not exist for the one who asks.
    pub fn why(&self, account: &account::Model, act: Act, row: Explained<'_>) -> Option<&'static str> {
        let lens = self.lens(Act::Explain).expect("a lens");
        lens.account(account).then(|| lens.verdict(account, act, row))
    }

    /// The record's sealed values as the purpose opens them: by an officer who reaches the record, or one's own copy.
    pub fn sealed(&self, row: &cadre::Model, own_copy: bool) -> Value {
        let act = if own_copy { Act::OwnCopy } else { Act::Open };
        let opened = self.lens(act).filter(|lens| lens.cadre(row));
        opened.map(|_| json!({ "phone": phone(&row.name), "identityNumber": null })).into()
    }

    /// Cadres with a membership that the list of cadres may look at.
    pub fn pooled(&self, row: &cadre::Model, pool: Option<PoolId>, tier: bool) -> bool {
        let open = [MembershipState::Proposed, MembershipState::Confirmed, MembershipState::Warned];
        let lens = self.lens(Act::Cadres).expect("a lens");
        let mut own = self.raw.memberships.iter().filter(|it| it.cadre_id == row.id && open.contains(&it.state));
        own.any(|it| pool.is_none_or(|pool| it.pool_id == pool) && lens.pooled(it, tier))
    }

    /// Cadres in an active pair that the list of cadres may look at: as a mentee, or with a late contact.
    pub fn paired(&self, row: &cadre::Model, mentee: bool, late: bool) -> bool {
        let lens = self.lens(Act::Cadres).expect("a lens");
        let today = self.raw.today();
        let mut parts = self.raw.parts.iter().filter(|it| it.cadre_id == row.id);
        parts.any(|part| {
            let pair = self.raw.pair(part.pair_id);
            pair.state == PairState::Active
                && lens.pair(pair)
                && (!mentee || part.side == entity::kind::PairSide::Mentee)
                && (!late || pair.next_contact_due.is_some_and(|due| due < today))
        })
    }
}
