//! The paths to policies, to files that came in and what was found in them, to posts and how many fill them.

use serde_json::{Value, json};
use tests::{dice::Dice, world::global};

use super::{
    super::{
        rules::{Act, Lens},
        sight::{Sight, list, merged},
    },
    Expected, Path, Paths,
};

impl Paths<'_, '_> {
    /// All of them.
    pub fn papers(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let whole = |fields: &str| format!("{{ totalCount edges {{ node {{ {fields} }} }} }}");
        self.add(Act::Policies, format!("policies(first: 100) {}", whole("id state")), || {
            let lens = sight.lens(Act::Policies).expect("a lens");
            list(raw.editions.iter().filter(|it| lens.edition(it)).map(edition))
        });
        for row in self.tried(Act::Policies, &raw.editions) {
            let field = format!("policyEdition(id: \"{}\") {{ id state }}", global(row.id));
            self.add(Act::Policies, field, || {
                sight.lens(Act::Policies).expect("a lens").edition(row).then(|| edition(row)).into()
            });
        }
        self.add(Act::Imports, format!("imports(first: 100) {}", whole("id fileName")), || {
            let lens = sight.lens(Act::Imports).expect("a lens");
            let rows = raw.imports.iter().filter(|it| lens.came_in(it.organization_id));
            list(rows.map(|it| json!({ "id": global(it.id), "fileName": it.file_name })))
        });
        let nodes = sight.papers();
        for some in nodes.chunks(100) {
            let ids: Vec<_> = some.iter().map(|(id, _)| id).collect();
            let field = format!(
                "nodes(ids: {}) {{ id ... on PolicyEdition {{ state }} ... on Import {{ fileName }}
                 ... on ImportFinding {{ message }}
                 ... on ImportRun {{ fileName findings(first: 100) {} }} }}",
                json!(ids),
                whole("message")
            );
            self.add(Act::LookUp, field, || some.iter().map(|(_, node)| node.clone()).collect());
        }
        for row in self.tried(Act::Organizations, &raw.organizations) {
            let field = format!("organization(id: \"{}\") {{ posts {{ id filled }} }}", global(row.id));
            self.add(Act::Organizations, field, || {
                let lens = sight.lens(Act::Cadres);
                let seats = raw.seats.iter().filter(|it| it.organization_id == row.id);
                let holders = |seat| lens.as_ref().and_then(|lens| lens.holders(seat));
                let seats: Vec<_> = seats.map(|it| json!({ "id": global(it.id), "filled": holders(it) })).collect();
                sight.sees(row.id).then(|| json!({ "posts": seats })).into()
            });
        }
    }
}

fn edition(row: &entity::policy_edition::Model) -> Value {
    json!({ "id": global(row.id), "state": row.state.text() })
}

impl Sight<'_> {
    /// What was said or sent by offices, by global id.
    fn papers(&self) -> Vec<(String, Value)> {
        let (policies, imports) = (self.lens(Act::Policies), self.lens(Act::Imports));
        let raw = self.raw;
        let mut out = Vec::new();
        let mut add = |id: String, lens: &Option<Lens<'_>>, seen: &dyn Fn(&Lens<'_>) -> bool, rest: Value| {
            let node = lens.as_ref().is_some_and(seen).then(|| merged(json!({ "id": id }), rest));
            out.push((id, node.into()));
        };
        for row in &raw.editions {
            add(global(row.id), &policies, &|lens| lens.edition(row), edition(row));
        }
        for row in &raw.imports {
            let rest = json!({ "fileName": row.file_name });
            add(global(row.id), &imports, &|lens| lens.came_in(row.organization_id), rest);
        }
        for row in &raw.findings {
            let rest = json!({ "message": row.message });
            add(global(row.id), &imports, &|lens| lens.finding(row, self.account), rest);
        }
        for row in &raw.runs {
            let found = raw.findings.iter().filter(|it| it.run_id == row.id);
            let found = found.filter(|it| imports.as_ref().is_some_and(|lens| lens.finding(it, self.account)));
            let found = list(found.map(|it| json!({ "message": it.message })));
            let rest = json!({ "fileName": row.file_name, "findings": found });
            add(global(row.id), &imports, &|lens| lens.came_in(row.organization_id), rest);
        }
        out
    }
}

/// Imports of files that have not come.
pub fn imports(sight: &Sight<'_>, dice: &mut Dice) -> Vec<Path> {
    let raw = sight.raw;
    let own: Vec<_> = raw.uploads.iter().filter(|it| it.account_id == sight.account).collect();
    let some = (0..5).map(|_| &raw.uploads[dice.below(raw.uploads.len())]).chain(own);
    let path = |row: &entity::upload::Model| {
        let input = format!("uploadId: \"{}\", mode: ALL", global(row.id));
        let expected = match sight.lens(Act::Import).map(|lens| lens.upload(row, sight.account)) {
            None => Expected::Refusal("FORBIDDEN"),
            Some(false) => Expected::Refusal("NOT_FOUND"),
            Some(true) => Expected::Answer(json!({ "problems": [{ "code": "INVALID" }] })),
        };
        Path { field: format!("rosterImport(input: {{ {input} }}) {{ problems {{ code }} }}"), expected }
    };
    some.map(path).collect()
}
