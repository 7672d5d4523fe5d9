//! A place in a document while it is read: every complaint names its path, unknown keys are refused, nothing is guessed.

use serde_json::Value;

use crate::kernel::finding::Findings;

/// A place in a document.
#[derive(Clone)]
pub struct Node<'a> {
    /// What stands there.
    pub value: &'a Value,
    /// Where it is.
    pub path: String,
}

impl<'a> Node<'a> {
    /// The whole document.
    pub fn root(value: &'a Value) -> Self {
        Self { value, path: String::new() }
    }

    /// Whether it is an object; complains where it is none, and of each key that is not among these.
    pub fn is_object_of(&self, known: &[&str], findings: &mut Findings) -> bool {
        let Value::Object(fields) = self.value else {
            findings.add(&self.path, format!("is no object: write {{…}} with {}", known.join(", ")));
            return false;
        };
        for key in fields.keys().filter(|key| !known.contains(&key.as_str())) {
            let message = format!("is no key here: known are {}", known.join(", "));
            findings.add(&self.below(key), message);
        }
        true
    }

    fn below(&self, key: &str) -> String {
        if self.path.is_empty() { key.to_owned() } else { format!("{}.{key}", self.path) }
    }

    /// What stands under a key; a null stands for nothing.
    pub fn get(&self, key: &str) -> Option<Self> {
        let value = self.value.get(key).filter(|it| !it.is_null())?;
        Some(Self { value, path: self.below(key) })
    }

    /// What must stand under a key.
    pub fn needed(&self, key: &str, findings: &mut Findings) -> Option<Self> {
        let found = self.get(key);
        if found.is_none() {
            findings.add(&self.below(key), "is missing: write it");
        }
        found
    }

    /// The items of a list, at most so many.
    pub fn items(&self, most: usize, findings: &mut Findings) -> Vec<Self> {
        let Value::Array(items) = self.value else {
            findings.add(&self.path, "is no list: write […]");
            return Vec::new();
        };
        if items.len() > most {
            findings.add(&self.path, format!("has {} entries; at most {most}: split the document", items.len()));
            return Vec::new();
        }
        let item = |(at, value)| Self { value, path: format!("{}[{at}]", self.path) };
        items.iter().enumerate().map(item).collect()
    }

    /// A text of 1 to so many characters, without control characters.
    pub fn text(&self, most: usize, findings: &mut Findings) -> Option<&'a str> {
        let Value::String(text) = self.value else {
            findings.add(&self.path, "is no text: write \"…\"");
            return None;
        };
        let length = text.trim().chars().count();
        if !(1..=most).contains(&length) || text.chars().any(char::is_control) {
            findings.add(&self.path, format!("has {length} characters; write 1 to {most}, without line breaks"));
            return None;
        }
        Some(text.trim())
    }

    /// A code of letters, digits, hyphens and underscores, at most 60.
    pub fn code(&self, findings: &mut Findings) -> Option<&'a str> {
        let text = self.text(60, findings)?;
        if text.chars().all(|it| it.is_ascii_alphanumeric() || it == '_' || it == '-') {
            return Some(text);
        }
        findings.add(&self.path, format!("'{text}' is no code: write letters a to z, digits, - and _"));
        None
    }

    /// A calendar day.
    pub fn day(&self, findings: &mut Findings) -> Option<chrono::NaiveDate> {
        let day = self.value.as_str().filter(|it| it.len() == 10).and_then(|it| it.parse().ok());
        if day.is_none() {
            findings.add(&self.path, "is no day: write one like 2026-05-13");
        }
        day
    }

    /// A whole number within bounds.
    pub fn whole(&self, least: u32, most: u32, findings: &mut Findings) -> Option<u32> {
        let number = self.value.as_u64().and_then(|it| u32::try_from(it).ok());
        let number = number.filter(|it| (least..=most).contains(it));
        if number.is_none() {
            findings.add(&self.path, format!("must be a whole number, {least} to {most}"));
        }
        number
    }

    /// One of a closed set of names.
    pub fn one_of<T: Copy>(&self, all: &[T], text: impl Fn(T) -> &'static str, findings: &mut Findings) -> Option<T> {
        let found = self.value.as_str().and_then(|name| all.iter().copied().find(|it| text(*it) == name));
        if found.is_none() {
            let names: Vec<_> = all.iter().map(|it| text(*it)).collect();
            findings.add(&self.path, format!("is none of {}", names.join(", ")));
        }
        found
    }
}
