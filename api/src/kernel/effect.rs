//! What follows for somebody from what a policy says: a bar, a warning, a preference, or something more; how long.

use serde_json::{Value, json};

use crate::kernel::{cadence::term, finding::Findings, node::Node, term::Term};

/// On what it works.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Promotion to a post.
    Promote,
    /// Promotion in rank.
    Rank,
    /// Awards.
    Award,
    /// The right to recommend.
    Nominate,
    /// Key posts.
    KeyPost,
    /// Programmes.
    Programme,
    /// How many may be assessed as excellent.
    ExcellentQuota,
}

impl Scope {
    /// Every value.
    pub const ALL: &'static [Self] =
        &[Self::Promote, Self::Rank, Self::Award, Self::Nominate, Self::KeyPost, Self::Programme, Self::ExcellentQuota];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Promote => "PROMOTE",
            Self::Rank => "RANK",
            Self::Award => "AWARD",
            Self::Nominate => "NOMINATE",
            Self::KeyPost => "KEY_POST",
            Self::Programme => "PROGRAMME",
            Self::ExcellentQuota => "EXCELLENT_QUOTA",
        }
    }
}

/// In which way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Polarity {
    /// It stands in the way.
    Bar,
    /// It is pointed out.
    Warn,
    /// It goes before at equal merit.
    Prefer,
    /// So many more.
    Add,
}

impl Polarity {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::Bar, Self::Warn, Self::Prefer, Self::Add];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Bar => "BAR",
            Self::Warn => "WARN",
            Self::Prefer => "PREFER",
            Self::Add => "ADD",
        }
    }
}

/// What follows. The engine tells it; people bring it about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Effect {
    /// On what.
    pub scope: Scope,
    /// In which way.
    pub polarity: Polarity,
    /// How many more, where it adds.
    pub count: Option<u32>,
    /// How long; for good where nothing is said.
    pub lasts: Option<Term>,
}

impl Effect {
    /// Reads `{"scope": "EXCELLENT_QUOTA", "polarity": "ADD", "count": 1, "lasts": "P1Y"}`.
    pub fn read(node: &Node<'_>, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["scope", "polarity", "count", "lasts"], findings) {
            return None;
        }
        let scope = node.needed("scope", findings).and_then(|it| it.one_of(Scope::ALL, Scope::text, findings));
        let polarity = node.needed("polarity", findings);
        let polarity = polarity.and_then(|it| it.one_of(Polarity::ALL, Polarity::text, findings));
        let count = node.get("count").map(|it| it.whole(1, 1000, findings));
        match (polarity, node.get("count")) {
            (Some(Polarity::Add), None) => findings.add(&node.path, "adds nothing: write count, how many more"),
            (Some(it), Some(strange)) if it != Polarity::Add => {
                findings.add(&strange.path, "goes with ADD alone: remove it");
            }
            _ => {}
        }
        let lasts = node.get("lasts").map(|it| term(&it, findings));
        Some(Self { scope: scope?, polarity: polarity?, count: count.flatten(), lasts: lasts.flatten() })
    }

    /// Its JSON Schema.
    pub fn schema() -> Value {
        let scopes: Vec<&str> = Scope::ALL.iter().map(|it| it.text()).collect();
        let polarities: Vec<&str> = Polarity::ALL.iter().map(|it| it.text()).collect();
        json!({
            "type": "object", "additionalProperties": false, "required": ["scope", "polarity"],
            "properties": {
                "scope": { "enum": scopes }, "polarity": { "enum": polarities },
                "count": { "type": "integer", "minimum": 1 }, "lasts": { "type": "string" },
            },
        })
    }
}
