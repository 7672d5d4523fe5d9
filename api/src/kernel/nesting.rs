//! A first look at the text of a document, before it is read: brackets within brackets and keys that stand twice. A reader
//! of JSON refuses the one without a place, and takes the last of the other without a word.

use std::collections::HashSet;

use crate::kernel::finding::Findings;

/// An object or list that is open.
struct Open {
    /// Its keys so far; none for a list.
    keys: Option<HashSet<String>>,
    /// The key or place of what comes next.
    at: String,
    items: usize,
    /// Whether a text that comes now is a key.
    before_colon: bool,
}

/// Looks for brackets deeper than so many levels, and for keys that stand twice in an object. A text that is no JSON at all
/// is left to its reader.
pub fn look(text: &str, deepest: usize, findings: &mut Findings) {
    let mut open: Vec<Open> = Vec::new();
    let mut letters = text.char_indices();
    while let Some((start, letter)) = letters.next() {
        match letter {
            '"' => {
                let mut escaped = false;
                let end = letters.by_ref().find(|(_, it)| {
                    let ends = *it == '"' && !escaped;
                    escaped = *it == '\\' && !escaped;
                    ends
                });
                let word = text.get(start + 1..end.map_or(text.len(), |(at, _)| at)).unwrap_or_default();
                key(&mut open, word, findings);
            }
            '{' | '[' => {
                let keys = (letter == '{').then(HashSet::new);
                let (at, before_colon) =
                    (if keys.is_some() { String::new() } else { "[0]".to_owned() }, keys.is_some());
                open.push(Open { keys, at, items: 0, before_colon });
                if open.len() > deepest {
                    let message =
                        format!("is nested more than {deepest} levels deep: say it with fewer groups within groups");
                    findings.add(&path(&open), message);
                    return;
                }
            }
            '}' | ']' => drop(open.pop()),
            ':' => {
                if let Some(innermost) = open.last_mut() {
                    innermost.before_colon = false;
                }
            }
            ',' => next(&mut open),
            _ => {}
        }
    }
}

fn key(open: &mut [Open], word: &str, findings: &mut Findings) {
    let Some(innermost) = open.last_mut().filter(|it| it.before_colon) else { return };
    innermost.at = word.to_owned();
    let again = innermost.keys.as_mut().is_some_and(|keys| !keys.insert(word.to_owned()));
    if again {
        findings.add(&path(open), "stands twice in one object: keep one of the two");
    }
}

fn next(open: &mut [Open]) {
    let Some(innermost) = open.last_mut() else { return };
    innermost.before_colon = innermost.keys.is_some();
    if innermost.keys.is_none() {
        innermost.items += 1;
        innermost.at = format!("[{}]", innermost.items);
    }
}

fn path(open: &[Open]) -> String {
    let mut path = String::new();
    for part in open.iter().map(|it| it.at.as_str()).filter(|it| !it.is_empty()) {
        if !path.is_empty() && !part.starts_with('[') {
            path.push('.');
        }
        path.push_str(part);
    }
    path
}

#[cfg(test)]
mod tests {
    use super::*;

    fn look_at(text: &str) -> Vec<(String, String)> {
        let mut findings = Findings::default();
        look(text, 4, &mut findings);
        findings.told().iter().map(|it| (it.path.clone(), it.message.clone())).collect()
    }

    #[test]
    fn depth_and_repeated_keys_are_found_where_they_stand() {
        assert_eq!(look_at(r#"{"a": [{"b": {"c": 1, "d": "x\"}]{["}}, 2]}"#), []);
        let deep = look_at(r#"{"a": [0, {"b": [[1]]}]}"#);
        assert_eq!(deep[0].0, "a[1].b[0][0]");
        assert!(deep[0].1.contains("more than 4 levels"));
        let twice = look_at(r#"{"a": [{"b": 1, "b": 2}], "a": {"b": "b"}}"#);
        assert_eq!(twice.iter().map(|it| it.0.as_str()).collect::<Vec<_>>(), ["a[0].b", "a"]);
        for broken in ["", "}", "]]", "\"", "{\"", "{\"a\"", ",", ":", "\\", "{\"a\\"] {
            look_at(broken);
        }
    }
}
