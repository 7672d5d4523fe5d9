//! What a policy names for itself: facts that no table holds, groups of people, lists. Sections and criteria refer to them by
//! code, and a code that nobody names is refused where it stands.

use std::collections::BTreeMap;

use crate::kernel::{
    finding::Findings,
    need::{self, Declared, Names, Need, Parameters},
    node::Node,
};

/// Most entries of each kind.
const MOST: usize = 200;
/// Words of facts that are refused wherever they stand, as they are written without their separators.
const REFUSED: [(&str, &str); 14] = [
    ("RELIGIO", "a person's belief is nobody's business here"),
    ("ETHNIC", "a person's ethnic group is no ground for any decision"),
    ("BELIEF", "beliefs are not scored"),
    ("LOYALTY", "beliefs are not scored"),
    ("LOCATION", "where a person is outside work is not followed"),
    ("TRACK", "nobody is followed from day to day"),
    ("PHOTO", "pictures are not filed here"),
    ("PERSONALITY", "traits are not measured"),
    ("PSYCHO", "traits are not measured"),
    ("DIAGNOS", "a diagnosis is private"),
    ("MARITAL", "a person's family is private"),
    ("SOCIALMEDIA", "private life is not observed"),
    ("PRIVATELIFE", "private life is not observed"),
    ("INFORMANT", "nobody is observed in secret"),
];

/// The same in titles.
const REFUSED_WORDS: [(&str, &str); 10] = [
    ("宗教", "a person's belief is nobody's business here"),
    ("信仰", "a person's belief is nobody's business here"),
    ("民族", "a person's ethnic group is no ground for any decision"),
    ("忠诚度", "beliefs are not scored"),
    ("定位", "where a person is outside work is not followed"),
    ("行踪", "where a person is outside work is not followed"),
    ("性格测试", "traits are not measured"),
    ("心理测试", "traits are not measured"),
    ("病历", "a diagnosis is private"),
    ("婚姻状况", "a person's family is private"),
];

/// What a declared fact is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// A person.
    Cadre,
    /// An organization.
    Organization,
}

impl About {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::Cadre, Self::Organization];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Cadre => "CADRE",
            Self::Organization => "ORGANIZATION",
        }
    }
}

/// What a declared fact says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Nature {
    /// That something is so, signed, from a day on.
    Statement,
    /// That something happened on a day.
    Event,
    /// How many there are of something, from a day on.
    Count,
}

impl Nature {
    /// Every value.
    pub const ALL: &'static [Self] = &[Self::Statement, Self::Event, Self::Count];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Statement => "STATEMENT",
            Self::Event => "EVENT",
            Self::Count => "COUNT",
        }
    }
}

/// A fact that a policy declares, because no table holds it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DeclaredFact {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub about: About,
    /// What it says.
    pub nature: Nature,
    /// Whether it belongs to the structure of a body alone.
    pub is_structural: bool,
}

/// People of whom a target speaks.
#[derive(Clone, Debug, PartialEq)]
pub struct Group {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// Who belongs to it.
    pub need: Need,
}

/// What a policy names for itself.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary {
    /// What criteria may name.
    pub names: Names,
    /// The facts that it declares.
    pub facts: Vec<DeclaredFact>,
    /// Its groups.
    pub groups: Vec<Group>,
    /// The codes of its criteria, once they are read.
    pub criteria: Vec<String>,
}

impl Vocabulary {
    /// The keys of a document that it reads.
    pub const KEYS: [&'static str; 3] = ["lists", "facts", "groups"];

    /// Reads facts, groups and lists of a document.
    pub fn read(root: &Node<'_>, parameters: Parameters, findings: &mut Findings) -> Self {
        lists(root, findings);
        let facts: Vec<DeclaredFact> = each(root, "facts", findings, fact);
        unique(root, "facts", facts.iter().map(|it| it.code.as_str()), findings);
        let of_people = |it: &&DeclaredFact| it.about == About::Cadre && it.nature == Nature::Statement;
        let declared: BTreeMap<String, Declared> = facts
            .iter()
            .filter(of_people)
            .map(|it| (it.code.clone(), Declared { title: it.title.clone(), structural: it.is_structural }))
            .collect();
        let structural = Names { parameters: parameters.clone(), declared: declared.clone(), structural: true };
        let groups = each(root, "groups", findings, |node, findings| group(node, &structural, findings));
        unique(root, "groups", groups.iter().map(|it| it.code.as_str()), findings);
        let names = Names { parameters, declared, structural: false };
        Self { names, facts, groups, criteria: Vec::new() }
    }

    /// The group that a place names.
    pub fn group(&self, node: &Node<'_>, findings: &mut Findings) -> Option<String> {
        known("group", node, self.groups.iter().map(|it| it.code.as_str()), findings)
    }

    /// The criterion that a place names.
    pub fn criterion(&self, node: &Node<'_>, findings: &mut Findings) -> Option<String> {
        known("criterion", node, self.criteria.iter().map(String::as_str), findings)
    }

    /// The criteria that a list under a key names; none where it is left out.
    pub fn criteria_of(&self, node: &Node<'_>, key: &str, findings: &mut Findings) -> Vec<String> {
        let Some(list) = node.get(key) else { return Vec::new() };
        list.items(MOST, findings).iter().filter_map(|it| self.criterion(it, findings)).collect()
    }

    /// The declared fact of some natures that a place names.
    pub fn fact(&self, node: &Node<'_>, natures: &[Nature], findings: &mut Findings) -> Option<DeclaredFact> {
        let fitting = || self.facts.iter().filter(|it| natures.contains(&it.nature));
        let code = known("declared fact that fits here", node, fitting().map(|it| it.code.as_str()), findings)?;
        fitting().find(|it| it.code == code).cloned()
    }
}

impl Vocabulary {
    /// The event of a person that a place names: who is found, or counted, by it is a person.
    pub fn event_of_person(&self, node: &Node<'_>, findings: &mut Findings) -> Option<String> {
        let fact = self.fact(node, &[Nature::Event], findings)?;
        if fact.about == About::Organization {
            findings.add(&node.path, format!("'{}' happens to organizations: name an event of a person", fact.code));
            return None;
        }
        Some(fact.code)
    }

    /// The statement of an organization that a place names.
    pub fn statement_of_unit(&self, node: &Node<'_>, findings: &mut Findings) -> Option<String> {
        let fact = self.fact(node, &[Nature::Statement], findings)?;
        if fact.about == About::Cadre {
            findings.add(&node.path, format!("'{}' is said of persons: name a statement of organizations", fact.code));
            return None;
        }
        Some(fact.code)
    }
}

/// A code that must be one of some.
pub fn known<'c>(
    what: &str,
    node: &Node<'_>,
    codes: impl Iterator<Item = &'c str>,
    findings: &mut Findings,
) -> Option<String> {
    let code = node.code(findings)?;
    let codes: Vec<_> = codes.collect();
    if codes.contains(&code) {
        return Some(code.to_owned());
    }
    let all = if codes.is_empty() { "none".to_owned() } else { codes.join(", ") };
    findings.add(&node.path, format!("'{code}' is no {what} of this document: known are {all}"));
    None
}

/// What stands in a list under a key, each read by itself.
pub fn each<T>(
    node: &Node<'_>,
    key: &str,
    findings: &mut Findings,
    read: impl Fn(&Node<'_>, &mut Findings) -> Option<T>,
) -> Vec<T> {
    let Some(list) = node.get(key) else { return Vec::new() };
    list.items(MOST, findings).iter().filter_map(|it| read(it, findings)).collect()
}

/// The plain codes of a list under a key, each once.
pub fn codes(node: &Node<'_>, key: &str, findings: &mut Findings) -> Vec<String> {
    let found = each(node, key, findings, |it, findings| it.code(findings).map(str::to_owned));
    unique(node, key, found.iter().map(String::as_str), findings);
    found
}

/// That no code stands twice in a list.
pub fn unique<'c>(node: &Node<'_>, key: &str, codes: impl Iterator<Item = &'c str>, findings: &mut Findings) {
    let mut seen = std::collections::BTreeSet::new();
    for code in codes {
        if !seen.insert(code) {
            let path = node.get(key).map_or_else(|| key.to_owned(), |it| it.path);
            findings.add(&path, format!("names '{code}' twice: give each its own code"));
        }
    }
}

fn fact(node: &Node<'_>, findings: &mut Findings) -> Option<DeclaredFact> {
    if !node.is_object_of(&["code", "title", "about", "nature", "structural"], findings) {
        return None;
    }
    let at = node.needed("code", findings)?;
    let code = at.code(findings)?.to_owned();
    let plain: String = code.chars().filter(|it| it.is_ascii_alphanumeric()).collect::<String>().to_ascii_uppercase();
    if let Some((_, why)) = REFUSED.iter().find(|(word, _)| plain.contains(word)) {
        findings.add(&at.path, format!("is refused here: {why}; remove it"));
        return None;
    }
    let title = node.needed("title", findings).and_then(|it| it.text(200, findings).map(str::to_owned));
    if let Some((_, why)) = REFUSED_WORDS.iter().find(|(word, _)| title.as_ref().is_some_and(|it| it.contains(word))) {
        findings.add(&format!("{}.title", node.path), format!("is refused here: {why}; remove the fact"));
    }
    let about = node.needed("about", findings).and_then(|it| it.one_of(About::ALL, About::text, findings));
    let nature = node.needed("nature", findings).and_then(|it| it.one_of(Nature::ALL, Nature::text, findings));
    let is_structural = node.get("structural").is_some_and(|it| flag(&it, findings));
    Some(DeclaredFact { code, title: title?, about: about?, nature: nature?, is_structural })
}

/// Whether a flag is set; what is neither true nor false is told, and never taken for one of them.
pub fn flag(node: &Node<'_>, findings: &mut Findings) -> bool {
    node.value.as_bool().unwrap_or_else(|| {
        findings.add(&node.path, "is neither true nor false");
        false
    })
}

fn group(node: &Node<'_>, names: &Names, findings: &mut Findings) -> Option<Group> {
    if !node.is_object_of(&["code", "title", "need"], findings) {
        return None;
    }
    let code = node.needed("code", findings).and_then(|it| it.code(findings).map(str::to_owned));
    let title = node.needed("title", findings).and_then(|it| it.text(200, findings).map(str::to_owned));
    let need = node.needed("need", findings).and_then(|it| need::read(&it, names, findings));
    Some(Group { code: code?, title: title?, need: need? })
}

/// Lists whose length the source states: "the 22 situations" are 22.
fn lists(root: &Node<'_>, findings: &mut Findings) {
    let found = each(root, "lists", findings, |node, findings| {
        if !node.is_object_of(&["code", "title", "count", "items"], findings) {
            return None;
        }
        let code = node.needed("code", findings).and_then(|it| it.code(findings).map(str::to_owned));
        node.get("title").and_then(|it| it.text(200, findings));
        let count = node.needed("count", findings).and_then(|it| it.whole(1, 200, findings));
        let items = codes(node, "items", findings).len();
        if let Some(count) = count
            && usize::try_from(count).is_ok_and(|it| it != items)
        {
            let message =
                format!("has {items} entries, and its count says {count}: find the missing ones, or mend the count");
            findings.add(&format!("{}.items", node.path), message);
        }
        code
    });
    unique(root, "lists", found.iter().map(String::as_str), findings);
}
