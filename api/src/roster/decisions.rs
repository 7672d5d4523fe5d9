//! Rows that could mean several persons, and what somebody decides about them: a file of separated values that an import
//! writes, a person fills in, and the next import reads.

use std::{
    collections::{BTreeMap, HashMap},
    io::Write,
    path::Path,
};

use entity::{
    id::{CadreId, Key},
    partial_date::PartialDate,
};
use serde::Serialize;

use super::text::neutral;
use crate::relay::{global_id, read_id};

/// The mark by which spreadsheets in China know UTF-8.
const MARK: &str = "\u{feff}";
/// Columns of the file. The first two are read, the others tell who is meant.
const COLUMNS: [&str; 6] = ["line", "decision", "name", "birth_date", "unit", "candidates"];
/// Decisions of one import at most, as many as a roster has rows.
const MOST: usize = 50_000;

/// What somebody decides about a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Decision {
    /// The row means this person.
    Person(CadreId),
    /// The row means somebody new.
    New,
    /// The row is left out.
    Skip,
}

impl Decision {
    /// A decision as a person writes it: an id, `NEW` or `SKIP`.
    pub fn parse(text: &str) -> Option<Self> {
        match text.trim() {
            "NEW" | "new" => Some(Self::New),
            "SKIP" | "skip" => Some(Self::Skip),
            id => {
                let (noun, key) = read_id(&id.into())?;
                (noun == CadreId::NOUN).then(|| Self::Person(CadreId::from_uuid(key)))
            }
        }
    }
}

/// A row that waits for a decision.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Waiting {
    /// The line of the file.
    pub line: u32,
    /// 姓名 of the row.
    pub name: String,
    /// 出生年月 of the row.
    pub birth_date: Option<PartialDate>,
    /// 单位 of the row, as written.
    pub unit: Option<String>,
    /// Whom it could mean.
    pub candidates: Vec<Candidate>,
}

/// A person whom a row could mean.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Candidate {
    /// The record.
    pub id: CadreId,
    /// 姓名
    pub name: String,
    /// 出生年月
    pub birth_date: Option<PartialDate>,
    /// The organization that keeps the person.
    pub unit: String,
}

impl Candidate {
    /// Who it is, in words.
    pub fn text(&self) -> String {
        let born = self.birth_date.map_or_else(|| "birth date unknown".to_owned(), month);
        format!("{}, {born}, {}", self.name, self.unit)
    }
}

fn month(date: PartialDate) -> String {
    String::from(PartialDate::new(date.year(), date.month(), None).unwrap_or(date))
}

/// Writes a file with a line for each row that waits, its decision left blank.
///
/// # Errors
/// What stands in the way, in words.
pub fn write(path: &Path, waiting: &[Waiting]) -> Result<(), String> {
    let why = |cause: String| format!("can't write {}: {cause}", path.display());
    let mut file = std::fs::File::create(path).map_err(|cause| why(cause.to_string()))?;
    file.write_all(MARK.as_bytes()).map_err(|cause| why(cause.to_string()))?;
    let mut writer = csv::Writer::from_writer(file);
    writer.write_record(COLUMNS).map_err(|cause| why(cause.to_string()))?;
    for it in waiting {
        let candidates: Vec<String> =
            it.candidates.iter().map(|one| format!("{} = {}", global_id(one.id).as_str(), one.text())).collect();
        let birth = it.birth_date.map(String::from).unwrap_or_default();
        let unit = it.unit.as_deref().unwrap_or_default();
        let (line, candidates) = (it.line.to_string(), candidates.join("; "));
        let texts = [line.as_str(), "", &it.name, &birth, unit, &candidates];
        writer.write_record(texts.map(|text| neutral(text).into_owned())).map_err(|cause| why(cause.to_string()))?;
    }
    writer.flush().map_err(|cause| why(cause.to_string()))
}

/// Reads a file of decisions, by line. A blank decision is none.
///
/// # Errors
/// What is wrong with it, in words.
pub fn read(path: &Path) -> Result<BTreeMap<u32, Decision>, String> {
    let broken = |cause: String| format!("can't read the decisions in {}: {cause}", path.display());
    let text = std::fs::read_to_string(path).map_err(|cause| broken(cause.to_string()))?;
    let text = text.strip_prefix(MARK).unwrap_or(&text);
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let heads = reader.headers().map_err(|cause| broken(cause.to_string()))?.clone();
    let places: HashMap<&str, usize> = heads.iter().enumerate().map(|(place, head)| (head.trim(), place)).collect();
    let (Some(line_at), Some(decision_at)) = (places.get("line"), places.get("decision")) else {
        return Err(broken("its first line must name the columns line and decision".to_owned()));
    };
    let mut out = BTreeMap::new();
    for (number, record) in reader.records().enumerate() {
        let record = record.map_err(|cause| broken(cause.to_string()))?;
        let (line, decision) = (record.get(*line_at).unwrap_or_default(), record.get(*decision_at).unwrap_or_default());
        if decision.trim().is_empty() {
            continue;
        }
        let place = number.saturating_add(2);
        let line: u32 =
            line.trim().parse().map_err(|_| broken(format!("line {place}: the column line must hold a number")))?;
        let decision = Decision::parse(decision)
            .ok_or_else(|| broken(format!("line {place}: the decision must be the id of a candidate, NEW or SKIP")))?;
        if out.insert(line, decision).is_some() {
            return Err(broken(format!("line {place}: there are two decisions about line {line} of the roster")));
        }
        if out.len() > MOST {
            return Err(broken(format!("it has more than {MOST} decisions")));
        }
    }
    Ok(out)
}
