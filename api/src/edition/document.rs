//! A policy as a document: read whole or refused with every place that is wrong. What it says is evaluated as it stands; so
//! whatever could be meant in two ways, or by nobody, is refused here and never guessed.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::kind::Role;

use crate::kernel::{
    finding::Findings,
    need::{self, Need, Parameter, Parameters},
    nesting,
    node::Node,
    vocabulary::{DeclaredFact, Group, Vocabulary},
};
use crate::mechanism::{self, Sections};

/// Longest document, in bytes.
const MOST_BYTES: usize = 1_048_576;
/// Most levels of brackets in its text.
const MOST_BRACKETS: usize = 40;
/// Most criteria.
const MOST_CRITERIA: usize = 200;
/// Most comparisons of all criteria together: what one statement on a database can hold.
const MOST_COMPARISONS: usize = 300;
/// Most parameters.
const MOST_PARAMETERS: usize = 200;

/// What a criterion that is not met means.
#[derive(Clone, Copy, Debug, PartialEq, Eq, serde::Serialize, serde::Deserialize)]
pub enum Severity {
    /// The person is not eligible, unless somebody named waives it.
    Error,
    /// Somebody gives a reason.
    Warning,
    /// Somebody looks.
    Hint,
}

impl Severity {
    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Error => "ERROR",
            Self::Warning => "WARNING",
            Self::Hint => "HINT",
        }
    }
}

/// How strictly a criterion is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// 应当
    Must,
    /// 一般应当
    Normally,
}

impl Mode {
    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Must => "MUST",
            Self::Normally => "NORMALLY",
        }
    }
}

/// One criterion.
#[derive(Clone, Debug, PartialEq)]
pub struct Criterion {
    /// Its code within the document.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What must hold.
    pub need: Need,
    /// For whom it is asked at all; for everybody where it is none.
    pub when: Option<Need>,
    /// What it means when it does not.
    pub severity: Severity,
    /// How strictly it is meant.
    pub mode: Mode,
    /// Who may waive it, where anybody may.
    pub waived_by: Option<Role>,
    /// Where it stands written.
    pub cite: String,
}

impl Criterion {
    /// What is evaluated: what must hold, or that it is not asked of the person.
    pub fn asked(&self) -> Need {
        match &self.when {
            None => self.need.clone(),
            Some(when) => Need::Any(vec![Need::Not(Box::new(when.clone())), self.need.clone()]),
        }
    }
}

/// A policy.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// The policy's code, the same over its editions.
    pub code: String,
    /// Code of the organization whose policy it is.
    pub jurisdiction: String,
    /// What it is called.
    pub title: String,
    /// The number of the edition.
    pub edition: i32,
    /// From when it has effect.
    pub valid_from: NaiveDate,
    /// Until when, exclusive.
    pub valid_to: Option<NaiveDate>,
    /// The document of the field that it writes down.
    pub source: String,
    /// Its criteria.
    pub criteria: Vec<Criterion>,
    /// The facts that it declares.
    pub facts: Vec<DeclaredFact>,
    /// Its groups.
    pub groups: Vec<Group>,
    /// What it says of each primitive.
    pub sections: Sections,
}

const KEYS: [&str; 9] =
    ["code", "jurisdiction", "title", "edition", "validFrom", "validTo", "source", "parameters", "criteria"];

impl Document {
    /// Reads a document.
    ///
    /// # Errors
    /// Everything that is wrong with it, each with its place and what to do.
    pub fn read(text: &str) -> Result<Self, Findings> {
        Self::told(text, Findings::default())
    }

    /// Reads a document that was good when it was drafted: what is looked for since then does not unmake it.
    ///
    /// # Errors
    /// As `read`, but for what nobody can mean.
    pub fn kept(text: &str) -> Result<Self, Findings> {
        Self::told(text, Findings::of_kept())
    }

    fn told(text: &str, mut findings: Findings) -> Result<Self, Findings> {
        if text.len() > MOST_BYTES {
            findings.add("", format!("has {} bytes; at most {MOST_BYTES}: split the policy", text.len()));
            return Err(findings);
        }
        nesting::look(text, MOST_BRACKETS, &mut findings);
        if !findings.is_empty() {
            return Err(findings);
        }
        match serde_json::from_str(text) {
            Ok(value) => {
                let document = whole(&Node::root(&value), &mut findings);
                document.filter(|_| findings.is_empty()).ok_or(findings)
            }
            Err(cause) => {
                findings.add("", format!("is no JSON: {cause}; mend the text there"));
                Err(findings)
            }
        }
    }

    /// What somebody must meet: every criterion whose failing is an error.
    pub fn whole(&self) -> Need {
        let errors = self.criteria.iter().filter(|it| it.severity == Severity::Error);
        Need::All(errors.map(Criterion::asked).collect())
    }

    /// The criterion of a code.
    pub fn criterion(&self, code: &str) -> Option<&Criterion> {
        self.criteria.iter().find(|it| it.code == code)
    }

    /// The group of a code.
    pub fn group(&self, code: &str) -> Option<&Group> {
        self.groups.iter().find(|it| it.code == code)
    }

    /// The criteria of a purpose, in the document's order; all where it is none. None where no section has the purpose.
    pub fn asked_for(&self, purpose: Option<&str>) -> Option<Vec<&Criterion>> {
        let Some(purpose) = purpose else { return Some(self.criteria.iter().collect()) };
        let found = self.sections.purposes().into_iter().find(|it| it.code == purpose)?;
        Some(self.criteria.iter().filter(|it| found.criteria.contains(&it.code)).collect())
    }
}

fn whole(root: &Node<'_>, findings: &mut Findings) -> Option<Document> {
    let known: Vec<&str> = KEYS.iter().chain(&Vocabulary::KEYS).chain(Sections::KEYS).copied().collect();
    if !root.is_object_of(&known, findings) {
        return None;
    }
    let code = root.needed("code", findings).and_then(|it| it.code(findings).map(str::to_owned));
    let jurisdiction = root.needed("jurisdiction", findings).and_then(|it| it.code(findings).map(str::to_owned));
    let title = root.needed("title", findings).and_then(|it| it.text(200, findings).map(str::to_owned));
    let edition = root.needed("edition", findings).and_then(|it| it.whole(1, 10_000, findings));
    let valid_from = root.needed("validFrom", findings).and_then(|it| it.day(findings));
    let valid_to = root.get("validTo").and_then(|it| it.day(findings));
    let source = root.needed("source", findings).and_then(|it| it.text(500, findings).map(str::to_owned));
    if let (Some(from), Some(to)) = (valid_from, valid_to)
        && to <= from
    {
        findings.add("validTo", format!("is not after validFrom, {from}: it is the first day without effect"));
    }
    let parameters = root.get("parameters").map(|it| parameters(&it, findings)).unwrap_or_default();
    let mut vocabulary = Vocabulary::read(root, parameters, findings);
    let has_sections = Sections::KEYS.iter().any(|key| root.get(key).is_some());
    let criteria = match root.get("criteria") {
        None if has_sections => Vec::new(),
        _ => criteria(&root.needed("criteria", findings)?, &vocabulary.names, findings),
    };
    vocabulary.criteria = codes(&criteria);
    let before = findings.clone();
    let sections = Sections::read(root, &vocabulary, findings);
    if *findings == before {
        mechanism::across(&sections, findings);
        together(&criteria, &sections, findings);
    }
    Some(Document {
        facts: vocabulary.facts,
        groups: vocabulary.groups,
        sections,
        code: code?,
        jurisdiction: jurisdiction?,
        title: title?,
        edition: i32::try_from(edition?).ok()?,
        valid_from: valid_from?,
        valid_to,
        source: source?,
        criteria,
    })
}

fn parameters(node: &Node<'_>, findings: &mut Findings) -> Parameters {
    let mut parameters = Parameters::new();
    for item in node.items(MOST_PARAMETERS, findings) {
        if !item.is_object_of(&["code", "value", "unit"], findings) {
            continue;
        }
        let (code, value) = (item.needed("code", findings), item.needed("value", findings));
        let (Some(code), Some(value)) = (code, value) else { continue };
        let unit = item.get("unit").and_then(|it| it.code(findings).map(str::to_owned));
        let (Some(word), Some(value)) = (code.code(findings), need::value(&value, findings)) else { continue };
        if parameters.insert(word.to_owned(), Parameter { value, unit }).is_some() {
            findings.add(&code.path, format!("'{word}' names two parameters: give each its own code"));
        }
    }
    parameters
}

fn criteria(node: &Node<'_>, names: &need::Names, findings: &mut Findings) -> Vec<Criterion> {
    let items = node.items(MOST_CRITERIA, findings);
    if items.is_empty() && findings.is_empty() {
        findings.add(&node.path, "is empty: write one criterion or more");
    }
    let (mut codes, mut read, mut comparisons) = (BTreeSet::new(), Vec::new(), 0);
    for item in items {
        let Some(criterion) = criterion(&item, names, findings) else { continue };
        comparisons += criterion.asked().leaves().len();
        if !codes.insert(criterion.code.clone()) {
            let message = format!("'{}' names two criteria: give each its own code", criterion.code);
            findings.add(&format!("{}.code", item.path), message);
        }
        read.push(criterion);
    }
    if comparisons > MOST_COMPARISONS {
        let message = format!("compare {comparisons} facts together; at most {MOST_COMPARISONS}: split the policy");
        findings.add(&node.path, message);
    }
    read
}

fn criterion(node: &Node<'_>, names: &need::Names, findings: &mut Findings) -> Option<Criterion> {
    let known = ["code", "title", "need", "when", "severity", "mode", "waiver", "cite"];
    if findings.is_full() || !node.is_object_of(&known, findings) {
        return None;
    }
    let code = node.needed("code", findings).and_then(|it| it.code(findings).map(str::to_owned));
    let title = node.needed("title", findings).and_then(|it| it.text(200, findings).map(str::to_owned));
    let cite = node.needed("cite", findings).and_then(|it| it.text(200, findings).map(str::to_owned));
    let severities = [Severity::Error, Severity::Warning, Severity::Hint];
    let severity = node.needed("severity", findings).and_then(|it| it.one_of(&severities, Severity::text, findings));
    let modes = [Mode::Must, Mode::Normally];
    let mode = node.needed("mode", findings).and_then(|it| it.one_of(&modes, Mode::text, findings));
    let waived_by = node.get("waiver").and_then(|it| waiver(&it, findings));
    let need = node.needed("need", findings)?;
    let when = node.get("when").map(|it| need::read(&it, names, findings));
    let read = need::read(&need, names, findings);
    Some(Criterion {
        code: code?,
        title: title?,
        need: read?,
        when: when.flatten(),
        severity: severity?,
        mode: mode?,
        waived_by,
        cite: cite?,
    })
}

fn waiver(node: &Node<'_>, findings: &mut Findings) -> Option<Role> {
    if !node.is_object_of(&["by"], findings) {
        return None;
    }
    // Who decides about people; nobody waives for themselves, and nobody by machine.
    node.needed("by", findings)?.one_of(&[Role::OrganizationLeader, Role::OrganizationOfficer], Role::text, findings)
}

/// Criteria that are asked together and that nobody can meet together: each is well by itself.
fn together(criteria: &[Criterion], sections: &Sections, findings: &mut Findings) {
    let mut purposes = sections.purposes();
    if purposes.is_empty() {
        purposes.push(mechanism::Purpose { code: String::new(), criteria: codes(criteria) });
    }
    let mut told = BTreeSet::new();
    for purpose in &purposes {
        let asked: Vec<(usize, &Criterion)> = criteria
            .iter()
            .enumerate()
            .filter(|(_, it)| purpose.criteria.contains(&it.code))
            .filter(|(_, it)| it.severity == Severity::Error && it.when.is_none())
            .collect();
        for (place, (_, one)) in asked.iter().enumerate() {
            for (path, other) in asked.iter().skip(place + 1) {
                let Some(fact) = need::apart(&one.need, &other.need) else { continue };
                if told.insert((one.code.as_str(), other.code.as_str())) {
                    let fact = fact.fact.text();
                    let message =
                        format!("and that of {} set limits to {fact} that nobody can meet both: mend one", one.code);
                    findings.doubt(&format!("criteria[{path}].need"), message);
                }
            }
        }
    }
}

fn codes(criteria: &[Criterion]) -> Vec<String> {
    criteria.iter().map(|it| it.code.clone()).collect()
}
