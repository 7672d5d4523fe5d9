//! Reads needs and limits from a document.

use std::collections::BTreeMap;

use entity::kind::AssessmentGrade;
use serde_json::Value;

use super::{Compared, Limit, MOST_LEAVES, MOST_LEVELS, Need, sense::contradictions};
use crate::kernel::{
    fact::{Asked, Fact, REFUSED, Type, Unit},
    finding::Findings,
    node::Node,
    number::{Comparator, Decimal, Num},
};

/// A value that a document names once, and criteria refer to.
#[derive(Clone, Debug, PartialEq)]
pub struct Parameter {
    /// The value as it is written.
    pub value: Value,
    /// Its unit, where it has one.
    pub unit: Option<String>,
}

/// The parameters of a document, by code.
pub type Parameters = BTreeMap<String, Parameter>;

/// A fact that a document declares itself, because nothing on record says it: somebody signs it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Declared {
    /// What it is called.
    pub title: String,
    /// Whether it belongs to the structure of a body alone, so that no criterion of a person may name it.
    pub structural: bool,
}

/// What the needs of a document may name.
#[derive(Clone, Debug, Default)]
pub struct Names {
    /// Its parameters.
    pub parameters: Parameters,
    /// The facts of persons that it declares.
    pub declared: BTreeMap<String, Declared>,
    /// Whether facts of structures may be named: in groups that targets count, never in a criterion of a person.
    pub structural: bool,
}

/// What an object of a need may hold; all of these but the last ones exclude each other.
const GROUPS: [&str; 6] = ["all", "any", "not", "atLeast", "fact", "attested"];
const KEYS: [&str; 14] = [
    "all",
    "any",
    "not",
    "atLeast",
    "of",
    "fact",
    "op",
    "value",
    "unit",
    "parameter",
    "grades",
    "years",
    "attested",
    "approx",
];

/// Reads what a criterion needs; none where something is wrong.
pub fn read(node: &Node<'_>, names: &Names, findings: &mut Findings) -> Option<Need> {
    let before = findings.clone();
    let need = group(node, names, MOST_LEVELS, findings)?;
    let leaves = need.leaves().len();
    if leaves > MOST_LEAVES {
        findings.add(&node.path, format!("compares {leaves} facts; at most {MOST_LEAVES}: make two criteria of it"));
    }
    if *findings != before {
        return None;
    }
    // What nobody can meet is told, and has been read: nothing else is wrong because of it.
    contradictions(&need, &node.path, findings);
    Some(need)
}

fn group(node: &Node<'_>, names: &Names, levels: usize, findings: &mut Findings) -> Option<Need> {
    if findings.is_full() || !node.is_object_of(&KEYS, findings) {
        return None;
    }
    if levels == 0 {
        let message = format!("is nested more than {MOST_LEVELS} groups deep: say it with fewer groups within groups");
        findings.add(&node.path, message);
        return None;
    }
    let said: Vec<&str> = GROUPS.iter().copied().filter(|key| node.get(key).is_some()).collect();
    let [kind] = said.as_slice() else {
        let message = match said.as_slice() {
            [] => "says nothing: write one of all, any, not, atLeast, fact, attested".to_owned(),
            several => format!(
                "says {} side by side, which can be grouped in two ways: put one inside the other",
                several.join(" and ")
            ),
        };
        findings.add(&node.path, message);
        return None;
    };
    for key in KEYS.iter().filter(|key| !GROUPS.contains(key) && !belongs(kind, key)) {
        if let Some(strange) = node.get(key) {
            findings.add(&strange.path, format!("does not go with {kind}: remove it, or put it inside"));
        }
    }
    let inside = node.get(kind)?;
    let parts = |at: &Node<'_>, findings: &mut Findings| -> Option<Vec<Need>> {
        let items = at.items(MOST_LEAVES, findings);
        if items.is_empty() {
            findings.add(&at.path, "is empty, of which nothing can be said: write what it holds, or remove it");
        }
        let read: Vec<_> = items.iter().map(|it| group(it, names, levels - 1, findings)).collect();
        read.into_iter().collect()
    };
    match *kind {
        "all" => parts(&inside, findings).map(Need::All),
        "any" => parts(&inside, findings).map(Need::Any),
        "not" => Some(Need::Not(Box::new(group(&inside, names, levels - 1, findings)?))),
        "atLeast" => {
            let of = node.needed("of", findings)?;
            let parts = parts(&of, findings)?;
            let most = u32::try_from(parts.len()).ok()?;
            let count = inside.whole(1, most, findings)?;
            Some(Need::AtLeast(usize::try_from(count).ok()?, parts))
        }
        "attested" => attested(&inside, names, findings).map(Need::Fact),
        _ => compared(node, &inside, names, findings).map(Need::Fact),
    }
}

fn belongs(kind: &str, key: &str) -> bool {
    match kind {
        "fact" => ["op", "value", "unit", "parameter", "grades", "years", "approx"].contains(&key),
        "atLeast" => key == "of",
        _ => false,
    }
}

/// A fact that the document declares: somebody signed that it is so.
fn attested(name: &Node<'_>, names: &Names, findings: &mut Findings) -> Option<Compared> {
    let code = name.code(findings)?;
    let Some(declared) = names.declared.get(code) else {
        let known: Vec<_> = names.declared.keys().map(String::as_str).collect();
        let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
        findings
            .add(&name.path, format!("'{code}' is no fact of a person that this document declares: known are {known}"));
        return None;
    };
    if declared.structural && !names.structural {
        findings.add(&name.path, STRUCTURAL);
        return None;
    }
    let asked = Asked { fact: Fact::Declared, grades: None, declared: Some((code.to_owned(), declared.title.clone())) };
    Some(Compared { asked, limit: Limit::OneOf(vec!["YES"]), unit: None, parameter: None, about: None })
}

fn compared(node: &Node<'_>, name: &Node<'_>, names: &Names, findings: &mut Findings) -> Option<Compared> {
    let parameters = &names.parameters;
    let fact = fact(name, names.structural, findings)?;
    let grades = grades(node, fact, findings)?;
    let op = node.needed("op", findings)?;
    let given = (node.get("value"), node.get("parameter"));
    let parameter = match &given {
        (Some(_), None) => None,
        (None, Some(code)) => {
            let found = code.value.as_str().and_then(|it| Some((it.to_owned(), parameters.get(it)?)));
            if found.is_none() {
                let known: Vec<_> = parameters.keys().map(String::as_str).collect();
                let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
                findings.add(&code.path, format!("is no parameter of this document: known are {known}"));
                return None;
            }
            found
        }
        (None, None) => {
            findings.add(&node.path, "has no limit: write value, or the code of a parameter");
            return None;
        }
        (Some(value), Some(_)) => {
            findings.add(&value.path, "stands beside parameter: keep one of the two");
            return None;
        }
    };
    let unit = node.get("unit");
    if let (Some(_), Some(unit)) = (&parameter, &unit) {
        findings.add(&unit.path, "stands beside parameter, which has a unit of its own: remove it");
        return None;
    }
    let (written, unit_path) = match (&parameter, &given) {
        (Some((_, it)), (_, Some(at))) => {
            let written = Node { value: &it.value, path: at.path.clone() };
            (written, (it.unit.clone(), at.path.clone()))
        }
        (_, (Some(value), _)) => {
            let text = unit.as_ref().map(|it| it.value.as_str().unwrap_or("?").to_owned());
            (value.clone(), (text, unit.map_or(format!("{}.unit", node.path), |it| it.path)))
        }
        _ => return None,
    };
    let unit = units(fact, &unit_path.0, &unit_path.1, findings)?;
    let limit = limit(fact, &op, &written, unit, findings)?;
    let (limit, about) = match node.get("approx") {
        Some(tolerance) => widened(&limit, &tolerance, fact, unit, findings)?,
        None => (limit, None),
    };
    let asked = Asked { fact, grades, declared: None };
    Some(Compared { asked, limit, unit, parameter: parameter.map(|it| it.0), about })
}

/// The limit that "about" means, and the one that is written.
fn widened(
    limit: &Limit,
    tolerance: &Node<'_>,
    fact: Fact,
    unit: Option<&str>,
    findings: &mut Findings,
) -> Option<(Limit, Option<Num>)> {
    let Limit::Number(written) = limit else {
        findings.add(&tolerance.path, format!("{} has no about: remove it", fact.text()));
        return None;
    };
    let Some(Limit::Number(by)) = number(fact, Comparator::Ge, tolerance, unit, findings) else { return None };
    let value = match written.op {
        Comparator::Ge | Comparator::Gt => written.value.plus(by.value.times(-1)?)?,
        Comparator::Le | Comparator::Lt => written.value.plus(by.value)?,
        Comparator::Eq => {
            findings.add(&tolerance.path, "does not go with EQ: write GE or LE, which says on which side it is wider");
            return None;
        }
    };
    if value < Decimal::whole(0) {
        findings.add(&tolerance.path, "is more than the limit itself, so that everybody meets it: write less");
        return None;
    }
    Some((Limit::Number(Num { op: written.op, value }), Some(*written)))
}

const STRUCTURAL: &str = "belongs to the structure of a body: no person is judged by it; set a target for the body";

/// The fact of a name; facts of structures where they may stand.
pub fn fact(name: &Node<'_>, structural: bool, findings: &mut Findings) -> Option<Fact> {
    let word = name.value.as_str().unwrap_or_default();
    if let Some(fact) = Fact::parse(word).filter(|it| structural || !it.is_structural()) {
        return Some(fact);
    }
    let message = match (Fact::parse(word), REFUSED.iter().find(|it| it.0 == word)) {
        (Some(_), _) => STRUCTURAL.to_owned(),
        (None, Some((_, why))) => format!("is refused here: {why}; remove it"),
        (None, None) => {
            let known: Vec<_> = Fact::ALL.iter().filter(|it| !it.is_structural()).map(|it| it.text()).collect();
            format!("is no fact that is kept here: known are {}", known.join(", "))
        }
    };
    findings.add(&name.path, message);
    None
}

/// Which grades of how many years; that is for annual assessments alone. `Some(None)` for every other fact.
fn grades(node: &Node<'_>, fact: Fact, findings: &mut Findings) -> Option<Option<(Vec<&'static str>, u32)>> {
    if fact != Fact::AnnualGrades {
        if let Some(strange) = ["grades", "years"].iter().find_map(|key| node.get(key)) {
            findings.add(&strange.path, format!("does not go with {}: remove it", fact.text()));
            return None;
        }
        return Some(None);
    }
    let (grades, years) = (node.needed("grades", findings), node.needed("years", findings));
    let items = grades?.items(AssessmentGrade::ALL.len(), findings);
    let mut codes = Vec::new();
    for item in &items {
        codes.push(item.one_of(AssessmentGrade::ALL, AssessmentGrade::text, findings)?.text());
    }
    codes.sort_unstable();
    codes.dedup();
    if codes.is_empty() || codes.len() < items.len() {
        findings.add(&format!("{}.grades", node.path), "must name one grade or more, each once");
        return None;
    }
    Some(Some((codes, years?.whole(1, 20, findings)?)))
}

/// The unit of a limit: facts of time need one, others have none.
fn units(fact: Fact, written: &Option<String>, path: &str, findings: &mut Findings) -> Option<Option<&'static str>> {
    let allowed: &[&str] = match fact.kind() {
        Type::Number(Unit::Year) => &["YEAR"],
        Type::Number(Unit::Month) => &["YEAR", "MONTH"],
        _ => &[],
    };
    match written {
        None if allowed.is_empty() => Some(None),
        None => {
            findings.add(path, format!("is missing: say {}", allowed.join(" or ")));
            None
        }
        Some(unit) => match allowed.iter().find(|it| *it == unit) {
            Some(unit) => Some(Some(unit)),
            None if allowed.is_empty() => {
                findings.add(path, format!("{} has no unit: remove it", fact.text()));
                None
            }
            None => {
                findings.add(path, format!("'{unit}' is no unit of {}: say {}", fact.text(), allowed.join(" or ")));
                None
            }
        },
    }
}

fn limit(fact: Fact, op: &Node<'_>, written: &Node<'_>, unit: Option<&str>, findings: &mut Findings) -> Option<Limit> {
    let codes = fact.codes();
    let code = |value: &Node<'_>, findings: &mut Findings| {
        let found = value.value.as_str().and_then(|word| codes.iter().copied().find(|it| *it == word));
        if found.is_none() {
            findings.add(&value.path, format!("is no {}: known are {}", fact.labels().1, codes.join(", ")));
        }
        found
    };
    let one_of = op.value.as_str() == Some("IN");
    match fact.kind() {
        Type::Ordered | Type::Code if one_of => {
            let items = written.items(codes.len(), findings);
            let mut all: Vec<&'static str> = items.iter().map(|it| code(it, findings)).collect::<Option<_>>()?;
            all.sort_unstable();
            all.dedup();
            if all.is_empty() || all.len() < items.len() {
                findings.add(&written.path, "must name one code or more, each once");
                return None;
            }
            Some(Limit::OneOf(all))
        }
        Type::Code => {
            findings
                .add(&op.path, format!("compares {}, which has no order: write IN and a list of codes", fact.text()));
            None
        }
        _ if one_of => {
            findings.add(&op.path, format!("IN is for codes, and {} is none: write GE, GT, LE, LT or EQ", fact.text()));
            None
        }
        Type::Ordered => {
            let op = op.one_of(Comparator::ALL, Comparator::text, findings)?;
            Some(Limit::Height(op, code(written, findings)?))
        }
        Type::Day => {
            let op = op.one_of(Comparator::ALL, Comparator::text, findings)?;
            Some(Limit::Day(op, written.day(findings)?))
        }
        Type::Number(_) => {
            let op = op.one_of(Comparator::ALL, Comparator::text, findings)?;
            number(fact, op, written, unit, findings)
        }
    }
}

fn number(
    fact: Fact,
    op: Comparator,
    written: &Node<'_>,
    unit: Option<&str>,
    findings: &mut Findings,
) -> Option<Limit> {
    let in_months = unit == Some("YEAR") && fact.kind() == Type::Number(Unit::Month);
    let value = Decimal::of(written.value).and_then(|it| match in_months {
        true => it.times(12).ok_or_else(|| "is too large".to_owned()),
        false => Ok(it),
    });
    let value = match value {
        Ok(value) => value,
        Err(why) => {
            findings.add(&written.path, why);
            return None;
        }
    };
    if value < Decimal::whole(0) || value > Decimal::whole(2400) {
        findings.add(&written.path, "can't be met by anybody, or is met by everybody: write 0 to 200 years, or 2400");
        return None;
    }
    if op == Comparator::Eq && !value.is_whole() {
        findings.add(&written.path, "can never be: the fact is a whole number; write GE or LE, or a whole number");
        return None;
    }
    Some(Limit::Number(Num { op, value }))
}

/// What a parameter may be: a number, a text, or a list of texts.
pub fn value(node: &Node<'_>, findings: &mut Findings) -> Option<Value> {
    let plain = match node.value {
        Value::Number(_) | Value::String(_) => true,
        Value::Array(items) => items.len() <= MOST_LEAVES && items.iter().all(Value::is_string),
        _ => false,
    };
    if !plain {
        findings.add(&node.path, "must be a number, a text, or a list of codes");
    }
    plain.then(|| node.value.clone())
}
