//! The roster import as one command: everything or nothing, or the good rows alone; each line that can't go in is named
//! in the report.
//!
//! A person is recognised by the identity number; without one, by name, birth date and unit when exactly one person
//! fits. What a file leaves blank stays as it is: a blank cell is no statement.

mod added;

use std::{
    collections::{HashMap, HashSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicU64, Ordering},
    },
};

use entity::{
    cadre, cadre_sealed,
    id::{CadreId, OrganizationId},
    kind::SealedField,
    organization,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use added::{created, insert};

use crate::{
    cadre::write::{CadreChanges, OpenHistory, change, open_histories},
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    mentoring::write::leaving::{Standing, suspend_pairs},
    organization::read::below,
    roster::{
        fields::Field,
        finding::{FindingCode, Remark},
        report::Report,
        row::RosterRow,
        text::quote,
        units::Units,
    },
};

/// Rows looked up at once.
const BATCH: usize = 500;

/// What an import did, or would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// New persons.
    pub added: u32,
    /// Persons whose record changed.
    pub changed: u32,
    /// Persons whose record said the same already.
    pub unchanged: u32,
}

/// What happens to the rows of a roster in which something is wrong.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub enum Mode {
    /// Everything goes in, or nothing does.
    #[default]
    All,
    /// The good rows go in; the others stand in the report.
    Good,
}

/// What the caller of an import looks at while and after it runs.
#[derive(Clone, Default)]
pub struct Watch {
    /// Rows done so far.
    pub done: Arc<AtomicU64>,
    /// Findings of the file, and those that only the records could show.
    pub report: Arc<Mutex<Report>>,
    /// What came of it.
    pub tally: Arc<Mutex<Tally>>,
}

/// Imports the rows of a roster that was read without errors, or in mode `Good` those that have none.
#[derive(Serialize)]
pub struct ImportRoster {
    /// The organization whose subtree the persons are in.
    pub organization: OrganizationId,
    /// Whether a row that can't go in keeps the others out.
    pub mode: Mode,
    /// SHA-256 of the file: the same key with another file is another input.
    pub file_hash: String,
    /// The persons.
    #[serde(skip)]
    pub rows: Vec<RosterRow>,
    /// What the caller looks at.
    #[serde(skip)]
    pub watch: Watch,
}

/// What is known of a person whom a row means.
struct Known {
    record: cadre::Model,
    phone: Option<cadre_sealed::Model>,
    open: OpenHistory,
}

/// Whom the lines of this import mean so far.
#[derive(Default)]
struct Met {
    /// Persons on record, and the line that means each: a second one would write over the first.
    recognised: HashMap<CadreId, u32>,
    /// Persons whom this import records. A later line without a number is not one of them: namesakes are two persons,
    /// however far apart their lines stand.
    added: HashSet<CadreId>,
}

/// A row and what it means.
struct Meant {
    row: RosterRow,
    unit: OrganizationId,
    person: Option<Known>,
}

impl Command for ImportRoster {
    const ACTION: Action = Action::RosterImport;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let top = tx.get::<organization::Entity>(self.organization).await?;
        let at = Alias::own::<organization::Entity>();
        let reader = tx.reader();
        let within = at.col(organization::Column::Id).in_subquery(below(reader.gate(), top.id));
        let units = Units::new(reader.find::<organization::Entity>().filter(within).all().await?, top.id);
        let (mut tally, mut met) = (Tally::default(), Met::default());
        let mut rows = self.rows.into_iter().peekable();
        while rows.peek().is_some() {
            let batch: Vec<RosterRow> = rows.by_ref().take(BATCH).collect();
            let count = u64::try_from(batch.len()).unwrap_or(0);
            let meant = meanings(tx, batch, &units, &mut met, &self.watch).await?;
            // After the first error rows are only looked at, so that one run names all of them.
            if self.mode == Mode::Good || errors(&self.watch) == 0 {
                write(tx, meant, &mut tally, &mut met, &self.watch).await?;
            }
            self.watch.done.fetch_add(count, Ordering::Relaxed);
        }
        if self.mode == Mode::All && errors(&self.watch) > 0 {
            let message =
                "The roster has errors, so nothing was imported: mend the lines of the report and import again.";
            return Err(Problem::new(ProblemCode::Invalid, message).on("file").into());
        }
        *self.watch.tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = tally;
        Ok(top.id)
    }
}

fn errors(watch: &Watch) -> u32 {
    watch.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).errors
}

fn add(watch: &Watch, remark: Remark, line: u32, field: Field) {
    let finding = remark.at(line, field.headers().first().copied().unwrap_or_default());
    watch.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(finding);
}

async fn meanings(
    tx: &Writer<'_>,
    rows: Vec<RosterRow>,
    units: &Units,
    met: &mut Met,
    watch: &Watch,
) -> Result<Vec<Meant>> {
    let key = |row: &RosterRow| row.identity_number.as_deref().map(|it| tx.match_key(SealedField::IdentityNumber, it));
    let keys: Vec<String> = rows.iter().filter_map(key).collect();
    let owners = owners(tx, &keys).await?;
    let taken = tx.taken(&keys).await?;
    let names: HashSet<&str> =
        rows.iter().filter(|it| it.identity_number.is_none()).map(|it| it.name.as_str()).collect();
    let mut namesakes = namesakes(tx, &names).await?;
    namesakes.retain(|it| !met.added.contains(&it.id));
    let known = known(tx, owners.values().copied().chain(namesakes.iter().map(|it| it.id))).await?;
    let mut known: HashMap<CadreId, Known> = known.into_iter().map(|it| (it.record.id, it)).collect();
    let mut out = Vec::with_capacity(rows.len());
    for row in rows {
        let line = row.line;
        let of_number = key(&row).map(|key| Owner { person: owners.get(&key).copied(), taken: taken.contains(&key) });
        match meaning(row, of_number, units, &namesakes, met) {
            Ok((row, unit, person)) => {
                let person = person.and_then(|id| known.remove(&id));
                if let Some(remark) = person.as_ref().and_then(|it| new_name(&it.record, &row)) {
                    add(watch, remark, line, Field::Name);
                }
                out.push(Meant { row, unit, person });
            }
            Err((remark, field)) => add(watch, remark, line, field),
        }
    }
    Ok(out)
}

/// What is known of an identity number: the person who has it within reach, and whether anybody has.
struct Owner {
    person: Option<CadreId>,
    taken: bool,
}

/// The unit and person that a row means, none for somebody new; or what stands in the way, and in which column.
fn meaning(
    row: RosterRow,
    of_number: Option<Owner>,
    units: &Units,
    namesakes: &[cadre::Model],
    met: &mut Met,
) -> std::result::Result<(RosterRow, OrganizationId, Option<CadreId>), (Remark, Field)> {
    let unit = units.find(row.unit.as_deref()).map_err(|remark| (remark, Field::Unit))?;
    let person = match of_number {
        Some(Owner { person: None, taken: true }) => {
            let message = "The identity number belongs to a person kept elsewhere.";
            let remedy = "Ask the organization department above, which sees both.";
            let remark = Remark::error(FindingCode::IdentityHeldElsewhere, message, remedy);
            return Err((remark, Field::IdentityNumber));
        }
        Some(owner) => owner.person,
        None => namesake(namesakes, &row, unit).map_err(|remark| (remark, Field::Name))?,
    };
    if let Some(line) = person.and_then(|id| met.recognised.insert(id, row.line)) {
        let message = format!("The line means the same person as line {line}.");
        let remark = Remark::error(FindingCode::PersonTwice, message, "Remove one of the lines.");
        return Err((remark, Field::Name));
    }
    Ok((row, unit, person))
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

async fn known(tx: &Writer<'_>, ids: impl Iterator<Item = CadreId>) -> Result<Vec<Known>> {
    let ids = crate::questions::distinct(ids);
    let reader = tx.reader();
    let people = Alias::own::<cadre::Entity>().col(cadre::Column::Id).is_in(ids.iter().copied());
    let people = reader.find::<cadre::Entity>().filter(people).all().await?;
    let mut open = open_histories(tx, &ids).await?;
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
        record,
    };
    Ok(people.into_iter().map(known).collect())
}

/// The one person of this name, birth date and unit.
fn namesake(
    all: &[cadre::Model],
    row: &RosterRow,
    unit: OrganizationId,
) -> std::result::Result<Option<CadreId>, Remark> {
    let fits = |it: &&cadre::Model| {
        let born = row.birth_date.is_none_or(|birth| it.birth_date.is_none_or(|known| same_month(known, birth)));
        it.name == row.name && it.organization_id == unit && born
    };
    let mut fitting = all.iter().filter(fits);
    match (fitting.next(), fitting.next()) {
        (None, _) => Ok(None),
        (Some(one), None) => Ok(Some(one.id)),
        _ => {
            let message = format!("Several persons of the unit are called {} and could be meant.", quote(&row.name));
            Err(Remark::error(FindingCode::PersonAmbiguous, message, "Add the identity number."))
        }
    }
}

fn same_month(one: entity::partial_date::PartialDate, other: entity::partial_date::PartialDate) -> bool {
    let months = (one.month(), other.month());
    one.year() == other.year() && (months.0 == months.1 || months.0.is_none() || months.1.is_none())
}

async fn write(tx: &mut Writer<'_>, meant: Vec<Meant>, tally: &mut Tally, met: &mut Met, watch: &Watch) -> Result<()> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for it in meant {
        let line = it.row.line;
        let done = match it.person {
            None => created(tx, it.row, it.unit).map(|rows| {
                met.added.insert(rows.cadre.id);
                new.push(rows);
                tally.added += 1;
            }),
            Some(known) => match changes(tx, &known, it.row, it.unit)? {
                None => {
                    tally.unchanged += 1;
                    Ok(())
                }
                Some(changes) => {
                    let standing = stands(&known.record, &changes);
                    change(tx, known.record, known.open, changes).await.map(|()| {
                        changed.push(standing);
                        tally.changed += 1;
                    })
                }
            },
        };
        match done {
            // The record refuses what no single cell showed: a post that starts before birth.
            Err(Error::Invalid { field, why }) => {
                let remark = Remark::error(FindingCode::RecordRefused, format!("{field} {why}."), "Mend the line.");
                add(watch, remark, line, Field::Name);
            }
            done => done?,
        }
    }
    suspend_pairs(tx, &changed).await?;
    insert(tx, new).await
}

/// How a person stood before, and stands after a change.
fn stands(before: &cadre::Model, changes: &CadreChanges) -> (Standing, Standing) {
    let was = Standing::from(before);
    let (status, home) = (changes.status.unwrap_or(was.status), changes.organization.unwrap_or(was.home));
    (was, Standing { status, home, ..was })
}

/// What a row changes of a record; none where it says the same.
fn changes(tx: &Writer<'_>, known: &Known, row: RosterRow, unit: OrganizationId) -> Result<Option<CadreChanges>> {
    let same_phone = match (&known.phone, &row.phone) {
        (_, None) => true,
        (Some(held), Some(phone)) => tx.seals(held, phone)?,
        (None, Some(_)) => false,
    };
    let it = &known.record;
    let out = CadreChanges {
        // A roster without a unit column says nothing of where inside the organization somebody is.
        organization: (row.unit.is_some() && it.organization_id != unit).then_some(unit),
        name: (it.name != row.name).then_some(row.name),
        sex: row.sex.filter(|sex| it.sex != *sex),
        birth_date: row.birth_date.filter(|date| it.birth_date != Some(*date)).map(Some),
        post_title: row.post_title.filter(|title| it.post_title.as_ref() != Some(title)).map(Some),
        post_start: row.post_start,
        position_level: row.position_level.filter(|level| it.position_level != Some(*level)).map(Some),
        level_start: row.level_start,
        education: row.education.filter(|education| it.education != Some(*education)).map(Some),
        management_authority: row.management_authority.filter(|by| it.management_authority != Some(*by)).map(Some),
        status: row.status.filter(|status| it.status != *status),
        secrecy_level: None,
        identity_number: None,
        phone: row.phone.filter(|_| !same_phone),
    };
    let starts = CadreChanges { post_start: out.post_start, level_start: out.level_start, ..CadreChanges::default() };
    Ok((out != starts).then_some(out))
}
