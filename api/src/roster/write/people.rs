//! Whom a row means: by the identity number, or else by name, birth month and unit.
//!
//! Where several persons could be meant, or where a number would be given to somebody who is recorded without one, the
//! row waits: a person decides, and a decision may only choose among those whom the row was shown to mean.

use std::collections::{HashMap, HashSet};

use entity::{
    cadre, cadre_sealed,
    id::{CadreId, OrganizationId},
    kind::SealedField,
};
use sea_orm::sea_query::ExprTrait;

use crate::{
    cadre::write::{OpenHistory, open_histories},
    db::{gate::Alias, writer::Writer},
    error::{Error, Problem, ProblemCode, Result},
    relay::global_id,
    roster::{
        decisions::{Candidate, Decision, Waiting},
        fields::Field,
        finding::{FindingCode, Remark},
        raw::RawCells,
        row::RosterRow,
        text::quote,
        units::Units,
        write::{
            ImportRoster,
            facts::{self, Held},
        },
    },
};

/// Persons whom one row names at most; the rest are counted.
const CANDIDATES: usize = 20;

/// What is known of a person whom a row means.
pub(super) struct Known {
    pub record: cadre::Model,
    pub phone: Option<cadre_sealed::Model>,
    pub open: OpenHistory,
    pub held: Held,
    /// Whether the person was known by the identity number.
    pub by_number: bool,
}

/// Whom the lines of this import mean so far.
#[derive(Default)]
pub(super) struct Met {
    /// Persons on record, and the line that means each: a second one would write over the first.
    pub recognised: HashMap<CadreId, u32>,
    /// Persons whom this import records. A later line without a number is not one of them: namesakes are two persons,
    /// however far apart their lines stand.
    pub added: HashSet<CadreId>,
    /// Rows that a decision left out.
    pub skipped: u32,
    /// Rows that can't go in, as they stand in the file, until they are kept.
    pub left_out: Vec<(u32, RawCells)>,
}

/// A row and what it means.
pub(super) struct Meant {
    pub row: RosterRow,
    pub unit: OrganizationId,
    pub person: Option<Known>,
}

/// What is known of an identity number: the person who has it within reach, and whether anybody has.
#[derive(Clone, Copy)]
struct Owner {
    person: Option<CadreId>,
    taken: bool,
}

/// What stands in a row's way, and in which column.
type Refusal = (Remark, Field);

/// Whom a row means.
enum Whom {
    New,
    Known(CadreId, bool),
    Skipped,
}

/// Persons on record whom the rows of a batch could mean.
struct Beside<'b> {
    namesakes: Vec<cadre::Model>,
    numbered: HashSet<CadreId>,
    units: &'b Units,
}

pub(super) async fn meanings(
    tx: &Writer<'_>,
    rows: Vec<RosterRow>,
    units: &Units,
    met: &mut Met,
    import: &ImportRoster,
) -> Result<Vec<Meant>> {
    let key = |row: &RosterRow| row.identity_number.as_deref().map(|it| tx.match_key(SealedField::IdentityNumber, it));
    let keys: Vec<String> = rows.iter().filter_map(key).collect();
    let owners = owners(tx, &keys).await?;
    let taken = tx.taken(&keys).await?;
    let names: HashSet<&str> = rows.iter().map(|it| it.name.as_str()).collect();
    let mut namesakes = namesakes(tx, &names).await?;
    namesakes.retain(|it| !met.added.contains(&it.id) && units.names(it.organization_id).is_some());
    let numbered = numbered(tx, &namesakes).await?;
    let known = known(tx, owners.values().copied().chain(namesakes.iter().map(|it| it.id))).await?;
    let mut known: HashMap<CadreId, Known> = known.into_iter().map(|it| (it.record.id, it)).collect();
    // Who is kept outside the import's organization is so for this import, whatever else its caller may see.
    let within = |id: &CadreId| known.get(id).is_some_and(|it| units.names(it.record.organization_id).is_some());
    let owners: HashMap<String, CadreId> = owners.into_iter().filter(|(_, id)| within(id)).collect();
    let beside = Beside { namesakes, numbered, units };
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let line = row.line;
        let of_number = key(&row).map(|key| Owner { person: owners.get(&key).copied(), taken: taken.contains(&key) });
        if let Err((remark, field)) = classified(tx, &row) {
            import.watch.add(remark, line, field);
            met.left_out.push((line, row.raw));
            continue;
        }
        match meaning(&row, of_number, &beside, met, import) {
            Ok((_, Whom::Skipped)) => met.skipped += 1,
            Ok((unit, Whom::New)) => out.push(Meant { row, unit, person: None }),
            Ok((unit, Whom::Known(id, by_number))) => {
                let person = known.remove(&id).map(|it| Known { by_number, ..it });
                if let Some(remark) = person.as_ref().and_then(|it| new_name(&it.record, &row)) {
                    import.watch.add(remark, line, Field::Name);
                }
                out.push(Meant { row, unit, person });
            }
            Err((remark, field)) => {
                if remark.code == FindingCode::IdentityHeldElsewhere && tx.missed().await {
                    return Err(too_many());
                }
                import.watch.add(remark, line, field);
                met.left_out.push((line, row.raw));
            }
        }
    }
    Ok(out)
}

/// Whoever may write any number into a file could ask so of each whether somebody has it.
fn too_many() -> Error {
    let message = "Too many identity numbers of this hour's files belong to people kept elsewhere: check that these are files of your own people, and try again in an hour.";
    Problem::new(ProblemCode::TooManyTries, message).on("file").into()
}

/// That a row may be kept here, and by whoever imports it.
fn classified(tx: &Writer<'_>, row: &RosterRow) -> std::result::Result<(), Refusal> {
    let most = std::cmp::min(tx.secrecy_limit(), tx.reader().gate().scope().ceiling());
    let Some(level) = row.secrecy_level.filter(|it| *it > most) else { return Ok(()) };
    let message = format!("The record is {}; nothing above {} goes in here.", level.text(), most.text());
    let remedy = "Take the line out of the file, and keep it where such records are kept.";
    Err((Remark::error(FindingCode::SecrecyExceeded, message, remedy), Field::Secrecy))
}

/// The unit and person that a row means; or what stands in the way, and in which column.
fn meaning(
    row: &RosterRow,
    of_number: Option<Owner>,
    beside: &Beside<'_>,
    met: &mut Met,
    import: &ImportRoster,
) -> std::result::Result<(OrganizationId, Whom), Refusal> {
    let unit = beside.units.find(row.unit.as_deref()).map_err(|remark| (remark, Field::Unit))?;
    let decision = import.decisions.get(&row.line);
    let whom = match of_number {
        Some(Owner { person: None, taken: true }) => {
            let message = "The identity number belongs to a person kept elsewhere.";
            let remedy = "Ask the organization department above, which sees both.";
            let remark = Remark::error(FindingCode::IdentityHeldElsewhere, message, remedy);
            return Err((remark, Field::IdentityNumber));
        }
        Some(Owner { person: Some(id), .. }) => certain(Whom::Known(id, true), decision)?,
        of_number => {
            let fitting = beside.fitting(row, unit, of_number.is_some());
            match (fitting.as_slice(), of_number) {
                ([], _) => certain(Whom::New, decision)?,
                ([one], None) => certain(Whom::Known(one.id, false), decision)?,
                (several, _) => match decision {
                    Some(decision) => decided(*decision, several)?,
                    None => return Err(beside.waits(row, several, of_number.is_some(), import)),
                },
            }
        }
    };
    if let Whom::Known(id, _) = whom
        && let Some(line) = met.recognised.insert(id, row.line)
    {
        let message = format!("The line means the same person as line {line}.");
        let remark = Remark::error(FindingCode::PersonTwice, message, "Remove one of the lines.");
        return Err((remark, Field::Name));
    }
    Ok((unit, whom))
}

/// A decision about a row that means one person, or somebody new, is about another file.
fn certain(whom: Whom, decision: Option<&Decision>) -> std::result::Result<Whom, Refusal> {
    match decision {
        None => Ok(whom),
        Some(_) => {
            let message = "There is a decision about the line, which needs none.";
            let remark =
                Remark::error(FindingCode::DecisionInvalid, message, "Remove the decision, or correct its line.");
            Err((remark, Field::Name))
        }
    }
}

fn decided(decision: Decision, among: &[&cadre::Model]) -> std::result::Result<Whom, Refusal> {
    match decision {
        Decision::New => Ok(Whom::New),
        Decision::Skip => Ok(Whom::Skipped),
        Decision::Person(id) if among.iter().any(|it| it.id == id) => Ok(Whom::Known(id, false)),
        Decision::Person(_) => {
            let message = "The decision names a person whom the line can't mean.";
            let remedy = "Name one of the candidates of the line, NEW or SKIP.";
            Err((Remark::error(FindingCode::DecisionInvalid, message, remedy), Field::Name))
        }
    }
}

impl Beside<'_> {
    /// The persons of the name and unit whose birth month does not differ. A row with a number can only mean one of
    /// those who are recorded without any.
    fn fitting(&self, row: &RosterRow, unit: OrganizationId, has_number: bool) -> Vec<&cadre::Model> {
        let fits = |it: &&cadre::Model| {
            let born = row.birth_date.is_none_or(|birth| it.birth_date.is_none_or(|known| same_month(known, birth)));
            // Without a unit column the row may mean anybody of the import's organization.
            let there = row.unit.is_none() || it.organization_id == unit;
            it.name == row.name && there && born && !(has_number && self.numbered.contains(&it.id))
        };
        self.namesakes.iter().filter(fits).collect()
    }

    fn waits(&self, row: &RosterRow, several: &[&cadre::Model], numbered: bool, import: &ImportRoster) -> Refusal {
        let candidate = |it: &&cadre::Model| Candidate {
            id: it.id,
            name: it.name.clone(),
            birth_date: it.birth_date,
            unit: self.units.names(it.organization_id).unwrap_or_default().to_owned(),
        };
        let candidates: Vec<Candidate> = several.iter().take(CANDIDATES).map(candidate).collect();
        let told: Vec<String> =
            candidates.iter().take(5).map(|it| format!("{} ({})", it.text(), global_id(it.id).as_str())).collect();
        let more = several.len().saturating_sub(told.len());
        let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
        let why = if numbered {
            "The identity number is new, and somebody of this name is recorded without one"
        } else {
            "Several persons could be meant"
        };
        let message = format!("{why}: {}{rest}.", told.join(", "));
        let waiting = Waiting {
            line: row.line,
            name: row.name.clone(),
            birth_date: row.birth_date,
            unit: row.unit.clone(),
            candidates,
        };
        import.watch.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner).push(waiting);
        let remedy = "Import again with a decision for the line: the id of one of them, NEW or SKIP.";
        (Remark::error(FindingCode::PersonAmbiguous, message, remedy), Field::Name)
    }
}

fn same_month(one: entity::partial_date::PartialDate, other: entity::partial_date::PartialDate) -> bool {
    let months = (one.month(), other.month());
    one.year() == other.year() && (months.0 == months.1 || months.0.is_none() || months.1.is_none())
}

/// A warning where a row gives a known person another name.
fn new_name(record: &cadre::Model, row: &RosterRow) -> Option<Remark> {
    if record.name == row.name {
        return None;
    }
    let (old, new) = (quote(&record.name), quote(&row.name));
    let message = format!("The identity number is that of {old}; the name changes to {new}.");
    Some(Remark::warning(FindingCode::NameChanges, message, "Check that it is the same person."))
}

async fn owners(tx: &Writer<'_>, keys: &[String]) -> Result<HashMap<String, CadreId>> {
    let at = Alias::own::<cadre_sealed::Entity>();
    let found = tx
        .reader()
        .find::<cadre_sealed::Entity>()
        .filter(at.col(cadre_sealed::Column::Field).eq(SealedField::IdentityNumber))
        .filter(at.col(cadre_sealed::Column::MatchKey).is_in(keys.iter().map(String::as_str)))
        .all()
        .await?;
    Ok(found.into_iter().filter_map(|it| Some((it.match_key?, it.cadre_id))).collect())
}

async fn namesakes(tx: &Writer<'_>, names: &HashSet<&str>) -> Result<Vec<cadre::Model>> {
    if names.is_empty() {
        return Ok(Vec::new());
    }
    let name = Alias::own::<cadre::Entity>().col(cadre::Column::Name).is_in(names.iter().copied());
    tx.reader().find::<cadre::Entity>().filter(name).all().await
}

/// Who of them has an identity number on record.
async fn numbered(tx: &Writer<'_>, among: &[cadre::Model]) -> Result<HashSet<CadreId>> {
    if among.is_empty() {
        return Ok(HashSet::new());
    }
    let at = Alias::own::<cadre_sealed::Entity>();
    let found = tx
        .reader()
        .find::<cadre_sealed::Entity>()
        .filter(at.col(cadre_sealed::Column::Field).eq(SealedField::IdentityNumber))
        .filter(at.col(cadre_sealed::Column::CadreId).is_in(among.iter().map(|it| it.id)))
        .all()
        .await?;
    Ok(found.into_iter().map(|it| it.cadre_id).collect())
}

async fn known(tx: &Writer<'_>, ids: impl Iterator<Item = CadreId>) -> Result<Vec<Known>> {
    let ids = crate::questions::distinct(ids);
    if ids.is_empty() {
        return Ok(Vec::new());
    }
    let reader = tx.reader();
    let people = Alias::own::<cadre::Entity>().col(cadre::Column::Id).is_in(ids.iter().copied());
    let people = reader.find::<cadre::Entity>().filter(people).all().await?;
    let mut open = open_histories(tx, &ids).await?;
    let mut held = facts::held(tx, &ids).await?;
    let at = Alias::own::<cadre_sealed::Entity>();
    let phones = reader
        .find::<cadre_sealed::Entity>()
        .filter(at.col(cadre_sealed::Column::CadreId).is_in(ids))
        .filter(at.col(cadre_sealed::Column::Field).eq(SealedField::Phone))
        .all()
        .await?;
    let mut phones: HashMap<CadreId, cadre_sealed::Model> = phones.into_iter().map(|it| (it.cadre_id, it)).collect();
    let known = |record: cadre::Model| Known {
        phone: phones.remove(&record.id),
        open: open.remove(&record.id).unwrap_or_default(),
        held: held.remove(&record.id).unwrap_or_default(),
        by_number: false,
        record,
    };
    Ok(people.into_iter().map(known).collect())
}
