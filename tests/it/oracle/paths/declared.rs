//! The paths to what policies declare, to criteria that pass for somebody, and to what was done about due items.

use entity::{
    criterion_waiver, declared_fact, duty_entry,
    kind::{DutyState, FactState},
};
use serde_json::{Value, json};
use tests::{dice::Dice, world::global};

use super::{
    super::{
        rules::Act,
        sight::{Sight, list},
    },
    CARD, Expected, Path, Paths, id,
};

const ENTRIES: &str =
    "{ totalCount nodes { edition { id } organization { id } owner { cadreId } entry { id content } } }";

impl Paths<'_, '_> {
    /// All of them.
    pub fn declared(&mut self, dice: &mut Dice) {
        self.facts();
        self.waivers(dice);
        self.entries();
    }

    fn facts(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let whole =
            format!("{{ totalCount edges {{ node {{ id edition {{ id }} organization {{ id }} cadre {CARD} }} }} }}");
        let lens = sight.lens(Act::Declared);
        let sees = |row: &declared_fact::Model| lens.as_ref().is_some_and(|it| it.declared(row));
        let seen = |some: &dyn Fn(&declared_fact::Model) -> bool| {
            list(raw.declared.iter().filter(|it| sees(it) && some(it)).map(|it| sight.signed(it)))
        };
        self.add(Act::Declared, format!("declaredFacts(first: 100) {whole}"), || seen(&|_| true));
        for row in self.tried(Act::Declared, &raw.organizations) {
            let field =
                format!("declaredFacts(first: 100, filter: {{ organization: \"{}\" }}) {whole}", global(row.id));
            self.add(Act::Declared, field, || seen(&|it| raw.within(it.organization_id, row.id)));
        }
        for row in self.tried(Act::Declared, &raw.cadres[..20]) {
            let today = raw.today();
            let filter = format!("cadre: \"{}\", code: \"SIGNED\", on: \"{today}\"", global(row.id));
            let field = format!("declaredFacts(first: 100, filter: {{ {filter} }}) {whole}");
            self.add(Act::Declared, field, || {
                seen(&|it| it.cadre_id == Some(row.id) && it.state == FactState::Recorded)
            });
        }
        for some in raw.declared.chunks(100) {
            let ids: Vec<_> = some.iter().map(|it| global(it.id)).collect();
            let fields = format!("edition {{ id }} organization {{ id }} cadre {CARD}");
            let field = format!("nodes(ids: {}) {{ id ... on DeclaredFact {{ {fields} }} }}", json!(ids));
            self.add(Act::LookUp, field, || {
                some.iter().map(|it| Value::from(sees(it).then(|| sight.signed(it)))).collect()
            });
        }
    }

    /// Criteria of some people by some editions: with a waiver where one is for the caller, with a signed fact likewise.
    fn waivers(&mut self, dice: &mut Dice) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let some: Vec<&criterion_waiver::Model> =
            (0..12).map(|_| &raw.waivers[dice.below(raw.waivers.len())]).collect();
        for row in self.tried(Act::Eligibility, &some) {
            let (person, edition) = (raw.cadre(row.cadre_id), raw.edition(row.edition_id));
            let arguments = format!("subject: \"{}\", edition: \"{}\"", global(person.id), global(edition.id));
            let field =
                format!("eligibility({arguments}) {{ criteria {{ outcome waiverReason criterion {{ code }} }} }}");
            self.add(Act::Eligibility, field, || {
                let lens = sight.lens(Act::Eligibility).expect("a lens");
                let mut waivers = raw.waivers.iter().filter(|it| it.cadre_id == person.id && it.edition_id == edition.id);
                let waiver = waivers.find(|it| lens.waiver(it)).map(|it| it.reason.clone());
                let in_force = |it: &&declared_fact::Model| it.cadre_id == Some(person.id) && it.state == FactState::Recorded;
                let signed = raw.declared.iter().filter(in_force).any(|it| lens.declared(it));
                let young = if waiver.is_some() { "WAIVED" } else { "NOT_MET" };
                let criteria = json!([
                    { "outcome": young, "waiverReason": waiver, "criterion": { "code": "YOUNG" } },
                    { "outcome": if signed { "MET" } else { "UNKNOWN" }, "waiverReason": null, "criterion": { "code": "SIGNED" } },
                ]);
                (lens.cadre(person) && lens.edition(edition)).then(|| json!({ "criteria": criteria })).into()
            });
        }
    }

    /// Nothing of the world is due, so that all that was done stands there by itself.
    fn entries(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let lens = sight.lens(Act::Duties);
        let seen = |some: &dyn Fn(&duty_entry::Model) -> bool| {
            let lens = lens.as_ref().expect("a lens");
            let told = |it: &&duty_entry::Model| {
                it.state != DutyState::Returned && lens.entry(it) && lens.edition(raw.edition(it.edition_id))
            };
            let nodes: Vec<_> =
                raw.entries.iter().filter(told).filter(|it| some(it)).map(|it| sight.done(it)).collect();
            json!({ "totalCount": nodes.len(), "nodes": nodes })
        };
        for (number, row) in self.tried(Act::Duties, &raw.organizations).iter().enumerate() {
            // The whole county, and the place itself, each by another policy.
            let mut top = row;
            while let Some(above) = raw.organizations.iter().find(|it| Some(it.id) == top.parent_id) {
                top = above;
            }
            for (number, place) in [(number, top), ((number * 5 + 3) % raw.organizations.len(), row)] {
                let code = format!("policy-{number}");
                let field =
                    format!("duties(policy: \"{code}\", organization: \"{}\", first: 100) {ENTRIES}", global(place.id));
                self.add(Act::Duties, field, || {
                    seen(&|it| raw.edition(it.edition_id).code == code && raw.within(it.organization_id, place.id))
                });
            }
        }
        let own = raw.account(sight.account).cadre_id;
        self.add(Act::Duties, format!("myDuties(first: 100) {ENTRIES}"), || {
            own.map(|own| seen(&|it| it.cadre_id == Some(own))).into()
        });
    }
}

impl Sight<'_> {
    fn known(&self, row: &entity::policy_edition::Model) -> Value {
        self.lens(Act::Policies).is_some_and(|it| it.edition(row)).then(|| id(row.id)).into()
    }

    /// A declared fact with what it names.
    fn signed(&self, row: &declared_fact::Model) -> Value {
        let place = self.sees(row.organization_id).then(|| id(row.organization_id));
        let person = row.cadre_id.map(|it| self.card(it));
        json!({ "id": global(row.id), "edition": self.known(self.raw.edition(row.edition_id)), "organization": place, "cadre": person })
    }

    /// What was done about an item, with what it names.
    fn done(&self, row: &duty_entry::Model) -> Value {
        let place = self.sees(row.organization_id).then(|| id(row.organization_id));
        let owner = row.cadre_id.map(|it| self.card(it)).filter(|it| !it.is_null());
        let owner = owner.map(|it| json!({ "cadreId": it["cadreId"] }));
        let entry = json!({ "id": global(row.id), "content": row.content });
        json!({ "edition": self.known(self.raw.edition(row.edition_id)), "organization": place, "owner": owner, "entry": entry })
    }
}

/// Changes of facts and entries that must not be made.
pub fn changes(sight: &Sight<'_>, dice: &mut Dice) -> Vec<Path> {
    let raw = sight.raw;
    let mut made = Vec::new();
    for _ in 0..5 {
        let (fact, entry) =
            (&raw.declared[dice.below(raw.declared.len())], &raw.entries[dice.below(raw.entries.len())]);
        let void = format!(
            "declaredFactVoid(input: {{ id: \"{}\", expectedVersion: 77, reason: \"Asked\" }})",
            global(fact.id)
        );
        let decide =
            format!("dutyDecide(input: {{ id: \"{}\", expectedVersion: 77, accept: true }})", global(entry.id));
        let sees = [
            (void, sight.lens(Act::DeclareVoid).map(|it| it.declared(fact))),
            (decide, sight.lens(Act::DecideDuty).map(|it| it.entry(entry))),
        ];
        made.extend(sees.map(|(field, sees)| Path {
            field: format!("{field} {{ problems {{ code }} }}"),
            expected: match sees {
                None => Expected::Refusal("FORBIDDEN"),
                Some(false) => Expected::Refusal("NOT_FOUND"),
                Some(true) => Expected::Answer(json!({ "problems": [{ "code": "STALE" }] })),
            },
        }));
    }
    made
}
