//! The paths to talks and what was raised in them.

use entity::talk;
use serde_json::{Value, json};
use tests::world::global;

use super::{
    super::{
        rules::Act,
        sight::{Sight, list},
    },
    Paths,
};

const FIELDS: &str = "id conductor issues { id }";

impl Paths<'_, '_> {
    /// All of them.
    pub fn talks(&mut self) {
        let (sight, raw) = (self.sight, self.sight.raw);
        let whole = format!("{{ totalCount edges {{ node {{ {FIELDS} }} }} }}");
        let seen = |some: &dyn Fn(&talk::Model) -> bool| {
            let lens = sight.lens(Act::Talks).expect("a lens");
            list(raw.talks.iter().filter(|it| lens.talk(it) && some(it)).map(|it| told(sight, it)))
        };
        self.add(Act::Talks, format!("talks(first: 100) {whole}"), || seen(&|_| true));
        for row in self.tried(Act::Talks, &raw.organizations) {
            let field = format!("talks(first: 100, filter: {{ organization: \"{}\" }}) {whole}", global(row.id));
            self.add(Act::Talks, field, || seen(&|it| raw.within(it.organization_id, row.id)));
        }
        let lens = sight.lens(Act::Talks);
        let sees = |row: &talk::Model| lens.as_ref().is_some_and(|it| it.talk(row));
        for some in raw.talks.chunks(100) {
            let ids: Vec<_> = some.iter().map(|it| global(it.id)).collect();
            let field = format!("nodes(ids: {}) {{ id ... on Talk {{ conductor issues {{ id }} }} }}", json!(ids));
            self.add(Act::LookUp, field, || {
                some.iter().map(|it| Value::from(sees(it).then(|| told(sight, it)))).collect()
            });
        }
        for some in raw.issues.chunks(100) {
            let ids: Vec<_> = some.iter().map(|it| global(it.id)).collect();
            let field = format!("nodes(ids: {}) {{ id ... on TalkIssue {{ talk {{ id }} }} }}", json!(ids));
            let of = |id| raw.talks.iter().find(|it| it.id == id).expect("a talk");
            self.add(Act::LookUp, field, || {
                let node = |it: &entity::talk_issue::Model| json!({ "id": global(it.id), "talk": { "id": global(it.talk_id) } });
                some.iter().map(|it| Value::from(sees(of(it.talk_id)).then(|| node(it)))).collect()
            });
        }
    }
}

fn told(sight: &Sight<'_>, row: &talk::Model) -> Value {
    let issues = sight.raw.issues.iter().filter(|it| it.talk_id == row.id);
    let issues: Vec<_> = issues.map(|it| json!({ "id": global(it.id) })).collect();
    json!({ "id": global(row.id), "conductor": row.conductor, "issues": issues })
}
