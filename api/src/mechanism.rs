//! What a policy may say, primitive by primitive: each section of a document is read by its own file here, which knows no
//! database. A new primitive is a file beside these and a line in `sections!`; neither the kernel nor a policy's editions
//! change for it.

pub mod aim;
pub mod duties;
pub mod pairs;
pub mod pool;
pub mod registry;
pub mod talks;
pub mod targets;
pub mod views;

use serde_json::{Map, Value, json};

use crate::kernel::{cadence::Cadence, finding::Findings, node::Node, vocabulary::Vocabulary};

/// A part of a document that one primitive reads.
pub trait Section: Sized {
    /// Reads it; what is wrong is among the findings.
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self>;
    /// Its JSON Schema.
    fn schema() -> Value;
    /// The criteria that it asks for, by purpose.
    fn purposes(&self) -> Vec<Purpose> {
        Vec::new()
    }
}

/// For what some criteria are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Purpose {
    /// Its code, such as `TIER:DEPUTY` or `MENTOR`.
    pub code: String,
    /// The codes of the criteria.
    pub criteria: Vec<String>,
}

macro_rules! sections {
    ($($(#[$doc:meta])* $field:ident: $of:ty = $primitive:literal;)+) => {
        /// The sections of a document.
        #[derive(Clone, Debug, Default, PartialEq)]
        pub struct Sections {
            $($(#[$doc])* pub $field: Option<$of>,)+
        }

        impl Sections {
            /// Their keys in documents.
            pub const KEYS: &'static [&'static str] = &[$(stringify!($field),)+];

            /// Reads those that a document has.
            pub fn read(root: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Self {
                Self { $($field: root.get(stringify!($field)).and_then(|it| <$of>::read(&it, vocabulary, findings)),)+ }
            }

            /// The JSON Schema of each, by key.
            pub fn schema() -> Map<String, Value> {
                let mut all = Map::new();
                $(all.insert(stringify!($field).to_owned(), <$of>::schema());)+
                all
            }

            /// The criteria that they ask for, by purpose.
            pub fn purposes(&self) -> Vec<Purpose> {
                let mut all = Vec::new();
                $(all.extend(self.$field.iter().flat_map(Section::purposes));)+
                all
            }

            /// The primitives that the document fills.
            pub fn primitives(&self) -> Vec<&'static str> {
                let mut all = Vec::new();
                $(all.extend(self.$field.as_ref().map(|_| $primitive));)+
                all
            }
        }
    };
}

sections! {
    /// Counts of posts that are set aside, and limits of posts.
    registry: registry::Registry = "R";
    /// A reserve pool.
    pool: pool::Pool = "POOL";
    /// Mentoring pairs.
    pairs: pairs::Pairs = "PAIR";
    /// What is due again and again, or after an event.
    duties: duties::Duties = "DUTY";
    /// Talks.
    talks: talks::Talks = "TALK";
    /// Goals.
    targets: targets::Targets = "TARGET";
    /// Sheets that show and compare.
    views: views::Views = "VIEW";
}

/// That sections that name each other's parts name what is there.
pub fn across(sections: &Sections, findings: &mut Findings) {
    let goals: Vec<&targets::Goal> = sections.targets.iter().flat_map(|it| &it.goals).collect();
    for (place, item) in sections.duties.iter().flat_map(|it| &it.0).enumerate() {
        let path = format!("duties.items[{place}]");
        if let Some(code) = item.while_below.as_ref().filter(|code| !goals.iter().any(|it| it.code == **code)) {
            findings.add(&format!("{path}.whileBelow"), format!("'{code}' is no goal of this document"));
        }
        let of_talks = matches!(item.subject, duties::Subject::Talk | duties::Subject::Issue);
        if of_talks && sections.talks.is_none() {
            findings
                .add(&format!("{path}.subject"), "speaks of talks, of which this document says nothing: write talks");
        }
    }
    let tiers = sections.pool.as_ref().map(|it| it.tiers.as_slice()).unwrap_or_default();
    for (place, goal) in goals.iter().enumerate().filter(|_| !tiers.is_empty()) {
        let (targets::Counted::Members { tier } | targets::Counted::Deployed { tier }) = &goal.counted else {
            continue;
        };
        if let Some(code) = tier.as_ref().filter(|code| !tiers.iter().any(|it| it.code == **code)) {
            findings.add(&format!("targets.goals[{place}].tier"), format!("'{code}' is no tier of this document"));
        }
    }
}

/// The schema of a code.
fn code_schema() -> Value {
    json!({ "type": "string", "pattern": "^[A-Za-z0-9_-]{1,60}$" })
}

/// The schema of a list of codes.
fn codes_schema() -> Value {
    json!({ "type": "array", "items": code_schema() })
}

/// The schema of an object with these keys.
fn object_schema(required: &[&str], properties: &Value) -> Value {
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

/// The schema of a list of objects with these keys.
fn list_schema(required: &[&str], properties: &Value) -> Value {
    json!({ "type": "array", "items": object_schema(required, properties) })
}

/// The schema of a cadence.
fn cadence_schema() -> Value {
    json!({ "anyOf": [
        { "type": "string" },
        object_schema(&["yearly"], &json!({ "yearly": { "type": "string" } })),
        object_schema(&["min", "per"], &json!({ "min": { "type": "integer", "minimum": 1 }, "per": { "type": "string" } })),
        object_schema(&["onEvent", "within"], &json!({ "onEvent": code_schema(), "within": { "type": "string" } })),
    ] })
}

/// That a code leaves room for the place of each item, where several are due on one day.
fn numbered(node: &Node<'_>, code: &str, cadence: &Cadence, findings: &mut Findings) {
    if matches!(cadence, Cadence::Times { .. }) && code.len() > 56 {
        let why = "is longer than 56 characters, and several of it are due on one day: shorten it";
        findings.add(&format!("{}.code", node.path), why);
    }
}

/// A title; the code where none is written.
fn title(node: &Node<'_>, code: &str, findings: &mut Findings) -> Option<String> {
    match node.get("title") {
        Some(title) => title.text(200, findings).map(str::to_owned),
        None => Some(code.to_owned()),
    }
}

/// A code under a key that must stand there.
fn code(node: &Node<'_>, key: &str, findings: &mut Findings) -> Option<String> {
    node.needed(key, findings).and_then(|it| it.code(findings).map(str::to_owned))
}

/// A code under a key that may be left out.
fn code_maybe(node: &Node<'_>, key: &str, findings: &mut Findings) -> Option<String> {
    node.get(key).and_then(|it| it.code(findings).map(str::to_owned))
}

/// Whether a flag is set.
fn flag(node: &Node<'_>, key: &str, findings: &mut Findings) -> bool {
    node.get(key).is_some_and(|it| crate::kernel::vocabulary::flag(&it, findings))
}

/// From how many to how many.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    /// At least.
    pub min: Option<u32>,
    /// At most.
    pub max: Option<u32>,
}

impl Bounds {
    /// Reads `{"min": 1, "max": 2}`, either of which may be left out, and `{"count": 1}` for both.
    pub fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["min", "max", "count"], findings) {
            return None;
        }
        Self::beside(node, findings)
    }

    /// The same, where other keys stand beside it.
    pub fn beside(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        let mut whole = |key: &str| node.get(key).map(|it| it.whole(0, 1_000_000, findings));
        let (count, min, max) = (whole("count"), whole("min"), whole("max"));
        let bounds = match count {
            Some(count) => Self { min: Some(count?), max: Some(count?) },
            None => Self { min: min.flatten(), max: max.flatten() },
        };
        if count.is_some() && (min.is_some() || max.is_some()) {
            findings.add(&node.path, "says count beside min or max: keep one of the two");
            return None;
        }
        if let (Some(min), Some(max)) = (bounds.min, bounds.max)
            && min > max
        {
            findings.add(&node.path, format!("says at least {min} and at most {max}, which nothing can be: mend one"));
            return None;
        }
        Some(bounds)
    }

    /// Whether so many lie within.
    pub fn hold(self, count: usize) -> bool {
        let count = u32::try_from(count).unwrap_or(u32::MAX);
        self.min.is_none_or(|min| count >= min) && self.max.is_none_or(|max| count <= max)
    }

    /// In words: `1`, `1 to 2`, `at least 1`.
    pub fn said(self) -> String {
        match (self.min, self.max) {
            (Some(min), Some(max)) if min == max => format!("exactly {min}"),
            (Some(min), Some(max)) => format!("{min} to {max}"),
            (Some(min), None) => format!("at least {min}"),
            (None, Some(max)) => format!("at most {max}"),
            (None, None) => "any number".to_owned(),
        }
    }
}
