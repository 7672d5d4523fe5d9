//! What a change looks like in the audit trail: the columns that differ, before and after.

use entity::{Row, Table, kind::ChangeKind};
use serde_json::{Map, Value};
use uuid::Uuid;

/// One changed row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The table.
    pub table: Table,
    /// The row.
    pub row: Uuid,
    /// What happened.
    pub kind: ChangeKind,
    /// Changed columns before, as JSON.
    pub before: Option<String>,
    /// Changed columns after, as JSON.
    pub after: Option<String>,
}

impl Change {
    /// The change from one state of a row to another. Sealed columns are not serialized, so they can't appear; a row
    /// whose sealed column alone changed shows its new version.
    pub fn between<R: Row>(table: Table, row: Uuid, before: Option<&R>, after: Option<&R>) -> Self {
        let kind = match (before.is_some(), after.is_some()) {
            (false, _) => ChangeKind::Insert,
            (true, true) => ChangeKind::Update,
            (true, false) => ChangeKind::Delete,
        };
        let (mut old, mut new) = (columns(before), columns(after));
        if kind == ChangeKind::Update {
            let same: Vec<String> = old
                .iter()
                .filter(|(name, value)| new.get(*name) == Some(value))
                .map(|(name, _)| name.clone())
                .collect();
            for name in same {
                old.remove(&name);
                new.remove(&name);
            }
        }
        let text = |columns: Map<String, Value>, there: bool| there.then(|| Value::Object(columns).to_string());
        Self { table, row, kind, before: text(old, before.is_some()), after: text(new, after.is_some()) }
    }
}

fn columns<R: Row>(row: Option<&R>) -> Map<String, Value> {
    match row.map(serde_json::to_value) {
        Some(Ok(Value::Object(columns))) => columns,
        _ => Map::new(),
    }
}
