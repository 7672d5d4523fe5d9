//! The paths by which an account may come at rows, each with the answer that the rules allow.

use entity::{
    id::{Key, PairId},
    kind::{CadreStatus, MembershipState, PairState, Sex},
};
use serde_json::{Value, json};
use tests::world::global;

use super::{build::Dice, rules::Act, sight::Sight};

/// What a path must yield.
pub enum Expected {
    /// This, but for the order of lists.
    Answer(Value),
    /// Nothing but an error of this code.
    Refusal(&'static str),
}

/// One field of a document, and what must come of it.
pub struct Path {
    /// The root field with its arguments and selection.
    pub field: String,
    /// What must come.
    pub expected: Expected,
}

/// Makes the paths of one account. Of an act that the account may not perform, two are enough of each kind.
pub struct Paths<'s, 'r> {
    sight: &'s Sight<'r>,
    made: Vec<Path>,
}

const IDS: &str = "{ totalCount edges { node { id } } }";
const CARD: &str = "{ cadreId name organization { id } }";

fn cadre_fields() -> String {
    "id name organization { id } posts { title } levels { level } sanctions { documentNumber } memberships { id } pairs { id }".to_owned()
}

fn pool_fields() -> String {
    "id name organization { id } tiers { code }".to_owned()
}

fn pair_fields() -> String {
    format!("id organization {{ id }} mentors {CARD} mentees {CARD}")
}

fn membership_fields() -> String {
    format!("id pool {{ id }} tier {{ code }} member {CARD}")
}

/// Everything that an account can ask.
pub fn questions(sight: &Sight<'_>) -> Vec<Path> {
    let mut paths = Paths { sight, made: Vec::new() };
    paths.lists();
    paths.nodes();
    paths.lookups();
    paths.filters();
    paths.filters_of_rows();
    paths.counts();
    paths.own();
    paths.made
}

impl Paths<'_, '_> {
    fn add(&mut self, act: Act, field: String, answer: impl FnOnce() -> Value) {
        let expected = match self.sight.lens(act) {
            Some(_) => Expected::Answer(answer()),
            None => Expected::Refusal("FORBIDDEN"),
        };
        self.made.push(Path { field, expected });
    }

    /// The rows to try an act on.
    fn tried<'a, T>(&self, act: Act, rows: &'a [T]) -> &'a [T] {
        let all = self.sight.lens(act).is_some();
        &rows[..if all { rows.len() } else { 2 }]
    }

    fn lists(&mut self) {
        let sight = self.sight;
        let whole = |fields: &str| format!("{{ totalCount edges {{ node {{ {fields} }} }} }}");
        let fields = format!("id name parent {{ id }} children(first: 100) {IDS}");
        self.add(Act::Organizations, format!("organizations(first: 100) {}", whole(&fields)), || {
            sight.organizations(|_| true, |it| sight.organization(it))
        });
        self.add(Act::Cadres, format!("cadres(first: 100) {}", whole(&cadre_fields())), || {
            sight.cadres(|_| true, |it| sight.cadre(it))
        });
        let fields = format!("{} memberships(first: 100) {IDS}", pool_fields());
        self.add(Act::Pools, format!("reservePools(first: 100) {}", whole(&fields)), || {
            sight.pools(|_| true, |it| with(sight.pool(it), "memberships", sight.members(it.id, |_| true)))
        });
        let contacts = "contacts(first: 100) { totalCount edges { node { agreed } } }";
        let fields = format!("{} {contacts}", pair_fields());
        self.add(Act::Pairs, format!("mentoringPairs(first: 100) {}", whole(&fields)), || {
            sight.pairs(|_| true, |it| with(sight.pair(it), "contacts", sight.contacts(it.id)))
        });
    }

    /// Every id at once, a hundred a field.
    fn nodes(&mut self) {
        let (cadre, pool, pair, membership) = (cadre_fields(), pool_fields(), pair_fields(), membership_fields());
        for some in self.sight.nodes().chunks(100) {
            let ids: Vec<_> = some.iter().map(|(id, _)| id).collect();
            let field = format!(
                "nodes(ids: {}) {{ id __typename ... on Organization {{ name parent {{ id }} }} ... on Cadre {{ {cadre} }}
                 ... on ReservePool {{ {pool} }} ... on PoolMembership {{ {membership} }} ... on MentoringPair {{ {pair} }} }}",
                json!(ids)
            );
            self.add(Act::LookUp, field, || some.iter().map(|(_, node)| node.clone()).collect());
        }
    }

    /// Each noun's own lookup, by id and, where there is one, by code.
    fn lookups(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        macro_rules! each {
            ($($rows:ident by $field:literal for $act:ident),+) => {$(
                for row in self.tried(Act::$act, &raw.$rows) {
                    let field = format!(concat!($field, "(id: \"{}\") {{ id }}"), global(row.id));
                    self.add(Act::$act, field, || found(sight, row.id));
                }
            )+};
        }
        each!(
            organizations by "organization" for Organizations, cadres by "cadre" for Cadres,
            pools by "reservePool" for Pools, pairs by "mentoringPair" for Pairs
        );
        for row in self.tried(Act::Organizations, &raw.organizations) {
            let field = format!("organization(code: \"{}\") {{ id }}", row.code);
            self.add(Act::Organizations, field, || found(sight, row.id));
        }
    }

    /// Filters by each organization, seen or not.
    fn filters(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        macro_rules! each {
            ($($list:ident by $field:literal($argument:literal) for $act:ident where |$row:ident, $top:ident| $which:expr;)+) => {$(
                for $top in self.tried(Act::$act, &raw.organizations).iter().map(|it| it.id) {
                    let filter = format!(concat!("filter: {{ ", $argument, ": \"{}\" }}"), global($top));
                    let field = format!(concat!($field, "(first: 100, {}) {}"), filter, IDS);
                    self.add(Act::$act, field, || sight.$list(|$row| $which, |it| id(it.id)));
                }
            )+};
        }
        each! {
            cadres by "cadres"("organization") for Cadres where |it, top| raw.within(it.organization_id, top);
            organizations by "organizations"("under") for Organizations where |it, top| raw.within(it.id, top);
            organizations by "organizations"("parent") for Organizations where |it, top| it.parent_id == Some(top);
            pools by "reservePools"("organization") for Pools where |it, top| it.organization_id == top;
            pairs by "mentoringPairs"("organization") for Pairs where |it, top| it.organization_id == top;
        }
    }

    /// Filters by what rows hold.
    fn filters_of_rows(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let cadres = format!("cadres(first: 100, filter: {{ statuses: [RETIRED, TRANSFERRED_OUT], sex: MALE }}) {IDS}");
        self.add(Act::Cadres, cadres, || {
            sight.cadres(|it| it.status != CadreStatus::InPost && it.sex == Sex::Male, |it| id(it.id))
        });
        let cadres = format!("cadres(first: 100, filter: {{ namePrefix: \"Person 1\" }}) {IDS}");
        self.add(Act::Cadres, cadres, || sight.cadres(|it| it.name.starts_with("Person 1"), |it| id(it.id)));
        let late = format!("mentoringPairs(first: 100, filter: {{ overdue: true }}) {IDS}");
        let today = raw.now.date_naive();
        self.add(Act::Pairs, late, || {
            let late = |due: chrono::NaiveDate| due < today;
            sight.pairs(|it| it.state == PairState::Active && it.next_contact_due.is_some_and(late), |it| id(it.id))
        });
        for row in self.tried(Act::Pairs, &raw.cadres[..20]) {
            let field = format!("mentoringPairs(first: 100, filter: {{ cadre: \"{}\" }}) {IDS}", global(row.id));
            self.add(Act::Pairs, field, || sight.pairs(|it| raw.takes_part(it.id, row.id), |it| id(it.id)));
        }
        for row in self.tried(Act::Pools, &raw.pools) {
            let memberships = format!("memberships(first: 100, states: [PROPOSED, EXITED], tierCode: \"A\") {IDS}");
            let field = format!("reservePool(id: \"{}\") {{ {memberships} }}", global(row.id));
            self.add(Act::Pools, field, || {
                let states = [MembershipState::Proposed, MembershipState::Exited];
                let members = || json!({ "memberships": sight.members(row.id, |it| states.contains(&it.state)) });
                sight.sees(row.id).then(members).into()
            });
        }
    }

    fn counts(&mut self) {
        let sight = self.sight;
        for row in self.tried(Act::Summary, &sight.raw.organizations) {
            for (grouped, by) in [(false, ""), (true, "SEX, LEVEL")] {
                let asked = "{ organization { id } total cells { sex level count status } }";
                let field = format!("cadreSummary(organization: \"{}\", groupBy: [{by}]) {asked}", global(row.id));
                let lens = sight.lens(Act::Summary);
                if lens.as_ref().is_some_and(|it| it.counts_below_grants(row.id)) {
                    self.made.push(Path { field, expected: Expected::Refusal("INVALID") });
                    continue;
                }
                self.add(Act::Summary, field, || sight.summary(&lens.expect("a lens"), row.id, grouped));
            }
        }
    }

    fn own(&mut self) {
        let sight = self.sight;
        self.add(Act::LookUp, "me { id cadre { id } grants { role organization { id } } }".to_owned(), || sight.me());
        let (pair, membership) = (pair_fields(), membership_fields());
        let field = format!("myStatus {{ pairs {{ {pair} }} memberships {{ {membership} }} }}");
        let expected = match (sight.lens(Act::Status), sight.status()) {
            (None, _) => Expected::Refusal("FORBIDDEN"),
            (Some(_), None) => Expected::Refusal("NOT_FOUND"),
            (Some(_), Some(answer)) => Expected::Answer(answer),
        };
        self.made.push(Path { field, expected });
    }
}

/// Changes of random rows. Each is one that must not be made, so that it ends in a problem where the row exists for the
/// account, and tells by the code alone that it does not.
pub fn changes(sight: &Sight<'_>, dice: &mut Dice) -> Vec<Path> {
    let raw = sight.raw;
    let mut made = Vec::new();
    let retired: Vec<_> = raw.cadres.iter().filter(|it| it.status != CadreStatus::InPost).collect();
    for _ in 0..5 {
        let mut add = |act: Act, field: String, answer: &dyn Fn(&super::rules::Lens) -> Option<&'static str>| {
            let expected = match sight.lens(act).map(|lens| answer(&lens)) {
                None => Expected::Refusal("FORBIDDEN"),
                Some(None) => Expected::Refusal("NOT_FOUND"),
                Some(Some(code)) => Expected::Answer(json!({ "problems": [{ "code": code }] })),
            };
            made.push(Path { field: format!("{field} {{ problems {{ code }} }}"), expected });
        };
        let place = &raw.organizations[dice.below(raw.organizations.len())];
        let field =
            format!("cadreCreate(input: {{ organizationId: \"{}\", name: \"\", sex: MALE }})", global(place.id));
        add(Act::Record, field, &|lens| lens.organization(place).then_some("INVALID"));
        let person = &raw.cadres[dice.below(raw.cadres.len())];
        let field = format!("cadreUpdate(input: {{ id: \"{}\", expectedVersion: 77 }})", global(person.id));
        add(Act::Record, field, &|lens| lens.cadre(person).then_some("STALE"));
        let pool = &raw.pools[dice.below(raw.pools.len())];
        let (at, whom) = (global(pool.id), global(person.id));
        let input = format!("poolId: \"{at}\", cadreId: \"{whom}\", tierCode: \"none\", reason: \"Asked\"");
        let problem = if person.status == CadreStatus::InPost { "INVALID" } else { "NOT_IN_POST" };
        add(Act::Propose, format!("poolMembershipPropose(input: {{ {input} }})"), &|lens| {
            (lens.pool(pool) && lens.cadre(person)).then_some(problem)
        });
        let member = &raw.memberships[dice.below(raw.memberships.len())];
        let field = format!("poolMembershipConfirm(input: {{ id: \"{}\", expectedVersion: 77 }})", global(member.id));
        add(Act::Confirm, field, &|lens| lens.membership(member).then_some("STALE"));
        let other = retired[dice.below(retired.len())];
        if other.id != person.id {
            let input = format!("organizationId: \"{}\", mentorIds: [\"{}\"]", global(place.id), global(other.id));
            add(Act::Propose, format!("pairPropose(input: {{ {input}, menteeIds: [\"{whom}\"] }})"), &|lens| {
                (lens.organization(place) && lens.cadre(other) && lens.cadre(person)).then_some("NOT_IN_POST")
            });
        }
        let pair = &raw.pairs[dice.below(raw.pairs.len())];
        let field = format!("pairActivate(input: {{ id: \"{}\", expectedVersion: 77 }})", global(pair.id));
        add(Act::Activate, field, &|lens| lens.pair(pair).then_some("STALE"));
        let problem = if pair.state == PairState::Active { "INVALID" } else { "TRANSITION_REFUSED" };
        add(Act::Contact, contact(pair.id), &|lens| lens.pair(pair).then_some(problem));
    }
    made
}

fn contact(pair: PairId) -> String {
    format!("pairContactRecord(input: {{ pairId: \"{}\", heldOn: \"2199-01-01\", topic: WORK }})", global(pair))
}

fn id<K: Key>(key: K) -> Value {
    json!({ "id": global(key) })
}

fn found<K: Key>(sight: &Sight<'_>, key: K) -> Value {
    sight.sees(key).then(|| id(key)).into()
}

fn with(mut object: Value, field: &str, value: Value) -> Value {
    object[field] = value;
    object
}
