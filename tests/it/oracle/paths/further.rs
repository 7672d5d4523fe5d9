//! The paths to one's own record, to requests, accounts, the trail and the access log, and to why somebody may not.

use entity::kind::{AccountState, FactState, PairState, Role, TransferState};
use serde_json::{Value, json};
use tests::{dice::Dice, world::global};

use super::{
    super::{
        build::MOVED,
        rules::{Act, Explained},
        sight::Sight,
    },
    Expected, IDS, Path, Paths, cadre_fields, id,
};

const ACCOUNTS: &str =
    "{ totalCount edges { node { id isLinked organization { id } grants { id role organization { id } } } } }";
const ACTS: &str = "{ totalCount edges { node { id who { login } changes { rowId } } } }";
const REQUESTS: &str = "{ totalCount edges { node { id cadre { cadreId name organization { id } } } } }";
const MOVES: &str = "{ totalCount edges { node { id person { cadreId name organization { id } } cadre { id } } } }";

impl Paths<'_, '_> {
    /// All of them.
    pub fn further(&mut self, dice: &mut Dice) {
        self.own_record();
        self.requests();
        self.transfers();
        self.accounts();
        self.trail();
        self.explanations(dice);
        self.looking_through();
    }

    fn own_record(&mut self) {
        let sight = self.sight;
        let field = format!("myRecord {{ {} }}", cadre_fields());
        self.add(Act::OwnRecord, field, || {
            let own = sight.raw.account(sight.account).cadre_id.map(|it| sight.raw.cadre(it));
            own.map(|it| sight.cadre(it)).into()
        });
    }

    fn requests(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let field = format!("correctionRequests(first: 100) {REQUESTS}");
        self.add(Act::Corrections, field, || sight.corrections(|_| true));
        for row in self.tried(Act::Corrections, &raw.cadres[..30]) {
            let field =
                format!("correctionRequests(first: 100, filter: {{ cadreId: \"{}\" }}) {REQUESTS}", global(row.id));
            self.add(Act::Corrections, field, || sight.corrections(|it| it.cadre_id == row.id));
        }
    }

    fn transfers(&mut self) {
        let sight = self.sight;
        self.add(Act::Transfers, format!("cadreTransfers(first: 100) {MOVES}"), || sight.transfers(|_| true));
        for state in self.tried(Act::Transfers, TransferState::ALL) {
            let field = format!("cadreTransfers(first: 100, filter: {{ states: [{}] }}) {MOVES}", state.text());
            self.add(Act::Transfers, field, || sight.transfers(|it| it.state == *state));
        }
    }

    fn accounts(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        self.add(Act::Accounts, format!("accounts(first: 100) {ACCOUNTS}"), || sight.accounts(|_| true));
        for role in self.tried(Act::Accounts, Role::ALL) {
            let field = format!("accounts(first: 100, filter: {{ roles: [{}] }}) {ACCOUNTS}", role.text());
            self.add(Act::Accounts, field, || sight.accounts(|it| sight.holds(it, |grant| grant.role == *role)));
        }
        for top in self.tried(Act::Accounts, &raw.organizations) {
            let field = format!("accounts(first: 100, filter: {{ organization: \"{}\" }}) {ACCOUNTS}", global(top.id));
            self.add(Act::Accounts, field, || {
                sight.accounts(|it| it.organization_id.is_some_and(|at| raw.within(at, top.id)))
            });
        }
        for account in self.tried(Act::Accounts, &raw.accounts[..20]) {
            let field = format!("accounts(first: 100, filter: {{ loginPrefix: \"{}\" }}) {IDS}", account.login);
            self.add(Act::Accounts, field, || ids(&sight.accounts(|it| it.id == account.id)));
        }
    }

    fn trail(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let world = "requestId: \"oracle\"";
        self.add(Act::Audit, format!("auditEvents(first: 100, filter: {{ {world} }}) {ACTS}"), || sight.acts(|_| true));
        for account in self.tried(Act::Audit, &raw.accounts[..20]) {
            let filter = format!("{{ {world}, login: \"{}\" }}", account.login);
            let field = format!("auditEvents(first: 100, filter: {filter}) {ACTS}");
            self.add(Act::Audit, field, || sight.acts(|it| it.account_id == Some(account.id)));
        }
        for row in self.tried(Act::AccessLog, &raw.cadres) {
            let list = "{ totalCount edges { node { reason who { login } } } }";
            let field = format!("accessLog(first: 100, cadre: \"{}\") {list}", global(row.id));
            self.add(Act::AccessLog, field, || sight.readings(row.id));
        }
    }

    /// Why some account may not perform an act on some row.
    fn explanations(&mut self, dice: &mut Dice) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let some = if sight.lens(Act::Explain).is_some() { 200 } else { 2 };
        for _ in 0..some {
            let account = &raw.accounts[dice.below(raw.accounts.len())];
            let (act, named, row, id) = match dice.below(6) {
                0 => {
                    let row = &raw.organizations[dice.below(raw.organizations.len())];
                    (Act::Organizations, "ORGANIZATION_READ", Explained::Organization(row), global(row.id))
                }
                1 | 2 => {
                    let row = &raw.cadres[dice.below(raw.cadres.len())];
                    let (act, named) = dice.pick(&[(Act::Cadres, "CADRE_READ"), (Act::Cards, "CADRE_CARD_READ")]);
                    (act, named, Explained::Cadre(row), global(row.id))
                }
                3 => {
                    let row = &raw.pools[dice.below(raw.pools.len())];
                    (Act::Pools, "POOL_READ", Explained::Pool(row), global(row.id))
                }
                4 => {
                    let row = &raw.memberships[dice.below(raw.memberships.len())];
                    (Act::Pools, "POOL_READ", Explained::Membership(row), global(row.id))
                }
                _ => {
                    let row = &raw.pairs[dice.below(raw.pairs.len())];
                    (Act::Pairs, "PAIR_READ", Explained::Pair(row), global(row.id))
                }
            };
            let arguments = format!("account: \"{}\", act: {named}, id: \"{id}\"", global(account.id));
            let field = format!("explainAccess({arguments}) {{ decision grants {{ grant {{ id }} }} }}");
            let verdict = sight.lens(Act::Explain).map(|_| sight.why(account, act, row));
            let expected = match verdict {
                None => Expected::Refusal("FORBIDDEN"),
                Some(None) => Expected::Refusal("NOT_FOUND"),
                Some(Some(verdict)) => {
                    let told = account.state == AccountState::Active && verdict != "UNKNOWN_ROW";
                    let lens = sight.lens(Act::Explain).expect("a lens");
                    let grants = raw.grants.iter().filter(|it| told && it.account_id == account.id && lens.grant(it));
                    let grants: Vec<_> = grants.map(|it| json!({ "grant": super::id(it.id) })).collect();
                    Expected::Answer(json!({ "decision": verdict, "grants": grants }))
                }
            };
            self.made.push(Path { field, expected });
        }
    }

    /// Filters of one list that look through the rows of others, and other ways to come at what is hidden.
    fn looking_through(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let cadres = |filter: &str| format!("cadres(first: 100, filter: {{ {filter} }}) {IDS}");
        for pool in self.tried(Act::Cadres, &raw.pools) {
            let field = cadres(&format!("pool: \"{}\"", global(pool.id)));
            self.add(Act::Cadres, field, || sight.cadres(|it| sight.pooled(it, Some(pool.id), false), |it| id(it.id)));
        }
        self.add(Act::Cadres, cadres("tier: \"A\""), || {
            sight.cadres(|it| sight.pooled(it, None, true), |it| id(it.id))
        });
        self.add(Act::Cadres, cadres("tier: \"B\""), || sight.cadres(|_| false, |it| id(it.id)));
        for yes in [true, false] {
            self.add(Act::Cadres, cadres(&format!("hasMentor: {yes}")), || {
                sight.cadres(|it| sight.paired(it, true, false) == yes, |it| id(it.id))
            });
            self.add(Act::Cadres, cadres(&format!("contactOverdue: {yes}")), || {
                sight.cadres(|it| sight.paired(it, false, true) == yes, |it| id(it.id))
            });
        }
        self.add(Act::Cadres, cadres("ranks: [STAFF_1]"), || {
            let held = |it: &&entity::rank_period::Model| it.valid_to.is_none() && it.state == FactState::Recorded;
            let ranked = |it: &entity::cadre::Model| {
                let mut own = raw.ranks.iter().filter(held).filter(|row| row.cadre_id == it.id);
                own.any(|row| row.rank.text() == "STAFF_1")
            };
            sight.cadres(ranked, |it| id(it.id))
        });
        self.add(Act::Cadres, cadres("grassrootsMonths: { min: 1 }, managementAuthorities: [CENTRAL]"), || {
            let central = Some(entity::kind::ManagementAuthority::Central);
            sight.cadres(|it| it.management_authority == central, |it| id(it.id))
        });
        for state in self.tried(Act::Pairs, PairState::ALL) {
            let field = format!("mentoringPairs(first: 100, filter: {{ states: [{}] }}) {IDS}", state.text());
            self.add(Act::Pairs, field, || sight.pairs(|it| it.state == *state, |it| id(it.id)));
        }
        for pool in self.tried(Act::Pools, &raw.pools) {
            let field = format!("reservePools(first: 100, filter: {{ code: \"{}\" }}) {IDS}", pool.code);
            self.add(Act::Pools, field, || sight.pools(|it| it.code == pool.code, |it| id(it.id)));
        }
    }
}

/// Where people were kept on a day before all moves. One request asks about one day, so these have one of their own.
pub fn past(sight: &Sight<'_>) -> Vec<Path> {
    let mut paths = Paths { sight, made: Vec::new() };
    let day = MOVED.pred_opt().expect("a day before");
    let shown = "{ totalCount edges { node { id organization { id } } } }";
    paths.add(Act::Cadres, format!("cadres(first: 100, asOf: \"{day}\") {shown}"), || {
        sight.cadres(|_| true, |it| json!({ "id": global(it.id), "organization": sight.keeper_before(it) }))
    });
    paths.made
}

/// A list with the ids of its rows alone.
fn ids(list: &Value) -> Value {
    let mut list = list.clone();
    for edge in list["edges"].as_array_mut().expect("edges") {
        edge["node"] = json!({ "id": edge["node"]["id"] });
    }
    list
}
