//! The paths by which an account may come at rows, each with the answer that the rules allow.

mod changes;
mod declared;
mod further;
mod papers;
mod sealed;
mod talks;

use entity::{
    id::Key,
    kind::{CadreStatus, MembershipState, PairState, Sex},
};
use serde_json::{Value, json};
use tests::{dice::Dice, world::global};

use super::{rules::Act, sight::Sight};

pub use changes::changes;
pub use further::past;
pub use sealed::openings;

/// What a path must yield.
pub enum Expected {
    /// This, but for the order of lists.
    Answer(Value),
    /// Nothing but an error of this code.
    Refusal(&'static str),
    /// This, with an error of one of these codes for each part that may not be opened.
    Holes(Value),
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
    "id name organization { id } posts { title } levels { level } sanctions { documentNumber } memberships { id } pairs { id }
     ranks { rank } educations { school } titles { title } assessments { year } experiences { place } trainings { title }
     awards { name } resume { rawText } grassrootsMonths".to_owned()
}

fn pool_fields() -> String {
    "id name organization { id } tiers { code } tracks { code }".to_owned()
}

fn pair_fields() -> String {
    format!("id organization {{ id }} mentors {CARD} mentees {CARD} evaluations {{ summary }}")
}

fn membership_fields() -> String {
    format!("id pool {{ id }} tier {{ code }} member {CARD} cadre {{ name }} steps {{ reason }}")
}

/// Everything that an account can ask.
pub fn questions(sight: &Sight<'_>, dice: &mut Dice) -> Vec<Path> {
    let mut paths = Paths { sight, made: Vec::new() };
    paths.lists();
    paths.nodes();
    paths.lookups();
    paths.filters();
    paths.filters_of_rows();
    paths.counts();
    paths.programmes();
    paths.own();
    paths.further(dice);
    paths.papers();
    paths.talks();
    paths.declared(dice);
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
        let log = "log(first: 100) { totalCount edges { node { reason membership { id } } } }";
        let fields = format!("{} memberships(first: 100) {IDS} {log}", pool_fields());
        self.add(Act::Pools, format!("reservePools(first: 100) {}", whole(&fields)), || {
            sight.pools(
                |_| true,
                |it| {
                    let pool = with(sight.pool(it), "memberships", sight.members(it.id, |_| true));
                    with(pool, "log", sight.log(it.id))
                },
            )
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
                 ... on ReservePool {{ {pool} }} ... on PoolMembership {{ {membership} }} ... on MentoringPair {{ {pair} }}
                 ... on Account {{ isLinked }} ... on CorrectionRequest {{ reason }} }}",
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
        let today = raw.today();
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

    /// Counts of pairs and of people in pools, and what binds pairs at each place.
    fn programmes(&mut self) {
        let sight = self.sight;
        let cells = "cells { state count status }";
        for row in self.tried(Act::Summary, &sight.raw.organizations) {
            let lens = sight.lens(Act::Summary);
            let arguments = format!("(organization: \"{}\", groupBy: [STATE])", global(row.id));
            let pairs = format!("pairSummary{arguments} {{ total {cells} }}");
            let pools = format!("poolSummary{arguments} {{ persons {cells} }}");
            let aims = arguments.replace("STATE", "POOL, TIER");
            let aims = format!("poolSummary{aims} {{ cells {{ poolCode tierCode target }} }}");
            if lens.as_ref().is_some_and(|it| it.counts_below_grants(row.id)) {
                self.made
                    .extend([pairs, pools, aims].map(|field| Path { field, expected: Expected::Refusal("INVALID") }));
                continue;
            }
            self.add(Act::Summary, pairs, || sight.pair_counts(lens.as_ref().expect("a lens"), row.id));
            self.add(Act::Summary, pools, || sight.pool_counts(lens.as_ref().expect("a lens"), row.id));
            self.add(Act::Summary, aims, || sight.aims(lens.as_ref().expect("a lens"), row.id));
        }
        for row in self.tried(Act::Pairs, &sight.raw.organizations) {
            let field = format!("pairCapacities(organization: \"{}\") {{ menteesPerMentor }}", global(row.id));
            self.add(Act::Pairs, field, || {
                let lens = sight.lens(Act::Pairs).expect("a lens");
                let all = sight.raw.capacities.iter().filter(|it| it.organization_id == row.id && lens.capacity(it));
                all.map(|it| json!({ "menteesPerMentor": it.mentees_per_mentor })).collect()
            });
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
