//! What changed between two documents of a policy, part by part: what has a code is compared with what has the same code,
//! wherever it stands in its list.

use serde_json::Value;

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It is new.
    Added,
    /// It is gone.
    Removed,
    /// It says something else.
    Changed,
}

impl Kind {
    /// Its name for clients.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Added => "ADDED",
            Self::Removed => "REMOVED",
            Self::Changed => "CHANGED",
        }
    }
}

/// One part that changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// What became of it.
    pub kind: Kind,
    /// Where it stands: `criteria[AGE].need.value`.
    pub path: String,
    /// What it said, as JSON.
    pub before: Option<String>,
    /// What it says, as JSON.
    pub after: Option<String>,
}

/// Every part that changed from one document to another, in the order of the first, then of the second.
pub fn between(one: &Value, other: &Value) -> Vec<Change> {
    let mut found = Vec::new();
    compare("", Some(one), Some(other), &mut found);
    found
}

fn compare(path: &str, one: Option<&Value>, other: Option<&Value>, found: &mut Vec<Change>) {
    match (one, other) {
        (Some(one), Some(other)) if one == other => {}
        (Some(Value::Object(before)), Some(Value::Object(after))) => {
            let below = |key: &str| if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") };
            for (key, value) in before {
                compare(&below(key), Some(value), after.get(key), found);
            }
            for (key, value) in after.iter().filter(|(key, _)| !before.contains_key(*key)) {
                compare(&below(key), None, Some(value), found);
            }
        }
        (Some(Value::Array(before)), Some(Value::Array(after))) if coded(before) && coded(after) => {
            let find = |all: &[Value], code: &str| all.iter().find(|it| code_of(it) == Some(code)).cloned();
            for value in before {
                let code = code_of(value).unwrap_or_default();
                compare(&format!("{path}[{code}]"), Some(value), find(after, code).as_ref(), found);
            }
            for value in after.iter().filter(|it| find(before, code_of(it).unwrap_or_default()).is_none()) {
                compare(&format!("{path}[{}]", code_of(value).unwrap_or_default()), None, Some(value), found);
            }
        }
        (one, other) => {
            let kind = match (one, other) {
                (None, _) => Kind::Added,
                (_, None) => Kind::Removed,
                _ => Kind::Changed,
            };
            let text = |it: Option<&Value>| it.map(Value::to_string);
            found.push(Change { kind, path: path.to_owned(), before: text(one), after: text(other) });
        }
    }
}

fn code_of(value: &Value) -> Option<&str> {
    value.get("code")?.as_str()
}

/// Whether each entry of a list has a code of its own.
fn coded(list: &[Value]) -> bool {
    let codes: std::collections::BTreeSet<_> = list.iter().filter_map(code_of).collect();
    !list.is_empty() && codes.len() == list.len()
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn parts_are_compared_by_their_codes() {
        let one = json!({ "title": "A", "criteria": [{ "code": "AGE", "value": 36 }, { "code": "OLD", "value": 1 }], "forms": ["A", "B"] });
        let other = json!({ "title": "A", "criteria": [{ "code": "NEW", "value": 2 }, { "code": "AGE", "value": 35 }], "forms": ["A"], "source": "S" });
        let told: Vec<_> =
            between(&one, &other).into_iter().map(|it| (it.kind.text(), it.path, it.before, it.after)).collect();
        let text = |it: &str| Some(it.to_owned());
        assert_eq!(
            told,
            [
                ("CHANGED", "criteria[AGE].value".to_owned(), text("36"), text("35")),
                ("REMOVED", "criteria[OLD]".to_owned(), text(r#"{"code":"OLD","value":1}"#), None),
                ("ADDED", "criteria[NEW]".to_owned(), None, text(r#"{"code":"NEW","value":2}"#)),
                ("CHANGED", "forms".to_owned(), text(r#"["A","B"]"#), text(r#"["A"]"#)),
                ("ADDED", "source".to_owned(), None, text("\"S\"")),
            ]
        );
        assert_eq!(between(&one, &one), []);
    }
}
