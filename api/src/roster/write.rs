//! The roster import as one command: everything or nothing, or the good rows alone; each line that can't go in is named
//! in the report.
//!
//! `people` says whom a row means, `record` what it changes of the record, `facts` and `studies` what of the dated
//! facts. What a file leaves blank stays as it is: a blank cell is no statement.

mod facts;
mod kept;
mod people;
mod record;
pub mod runs;
mod sheaf;
mod studies;
pub mod uploads;

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{
        Arc, Mutex,
        atomic::{AtomicBool, AtomicU64, Ordering},
    },
};

use entity::{
    id::{ImportRunId, OrganizationId},
    kind::{ImportKind, OrganizationState},
    organization,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    mentoring::write::leaving::suspend_pairs,
    organization::{read::below, write::standing},
    roster::{
        decisions::{Decision, Waiting},
        fields::Field,
        finding::{Finding, FindingCode, Remark},
        report::Report,
        row::RosterRow,
        units::Units,
    },
};

pub use entity::kind::ImportMode as Mode;
pub use facts::{Held, held};
pub use studies::lines as resume_lines;

use kept::Keeping;
use people::{Meant, Met, meanings};
use sheaf::Sheaf;

/// Rows looked up at once.
const BATCH: usize = 500;

/// What an import did, or would have done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Tally {
    /// New persons.
    pub added: u32,
    /// Persons whose record or facts changed.
    pub changed: u32,
    /// Persons of whom everything was recorded already.
    pub unchanged: u32,
    /// Rows that a decision left out.
    pub skipped: u32,
}

/// What the caller of an import looks at while and after it runs.
#[derive(Clone, Default)]
pub struct Watch {
    /// Rows done so far.
    pub done: Arc<AtomicU64>,
    /// Rows to do.
    pub total: Arc<AtomicU64>,
    /// Findings of the file, and those that only the records could show.
    pub report: Arc<Mutex<Report>>,
    /// What came of it.
    pub tally: Arc<Mutex<Tally>>,
    /// Whether a dry run came to its end.
    pub tried: Arc<AtomicBool>,
    /// What the forms are called, where each row is a form.
    pub forms: Arc<Vec<String>>,
    /// Rows that could mean several persons, and wait for a decision.
    pub waiting: Arc<Mutex<Vec<Waiting>>>,
}

impl Watch {
    fn errors(&self) -> u32 {
        self.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).errors
    }

    fn add(&self, remark: Remark, line: u32, field: Field) {
        let header = field.headers().first().copied().unwrap_or_default();
        let form = usize::try_from(line).ok().and_then(|line| self.forms.get(line.checked_sub(1)?));
        let finding = match form {
            Some(form) => Finding { form: Some(line), column: Some(format!("{form} {header}")), ..remark.in_file() },
            None => remark.at(line, header),
        };
        self.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).add(finding);
    }
}

/// The rows of a file on their way in: a roster that was read without errors, or in mode `Good` those that have none.
#[derive(Serialize)]
pub struct ImportRoster {
    /// What kind of file it is.
    pub kind: ImportKind,
    /// Whether it is only tried: then nothing stays, as if it had been refused.
    pub dry_run: bool,
    /// The organization whose subtree the persons are in.
    pub organization: OrganizationId,
    /// Whether a row that can't go in keeps the others out.
    pub mode: Mode,
    /// What the file is called.
    pub file_name: String,
    /// SHA-256 of the file: the same key with another file is another input.
    pub file_hash: String,
    /// Whom the rows mean that could mean several persons, by line.
    pub decisions: BTreeMap<u32, Decision>,
    /// The run that it is, where it was asked for through the API.
    pub run: Option<ImportRunId>,
    /// The persons.
    #[serde(skip)]
    pub rows: Vec<RosterRow>,
    /// What the caller looks at.
    #[serde(skip)]
    pub watch: Watch,
}

impl ImportRoster {
    /// Where a line of the file stands written.
    fn source(&self, line: u32) -> String {
        match self.kind {
            ImportKind::Roster => format!("roster {}, line {line}", self.short_name()),
            ImportKind::Form => format!("lrmx {}, form {line}", self.short_name()),
        }
    }

    fn short_name(&self) -> String {
        self.file_name.chars().filter(|letter| !letter.is_control()).take(FILE_NAME_CHARS).collect()
    }
}

/// Characters of a file's name that a fact's source quotes.
const FILE_NAME_CHARS: usize = 160;

impl Command for ImportRoster {
    const ACTION: Action = Action::RosterImport;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        self.take(tx).await
    }
}

impl ImportRoster {
    /// Takes the rows in, within an act that may.
    ///
    /// # Errors
    /// `Rule` where the file has errors and everything or nothing goes in, and where it was only tried.
    pub async fn take(mut self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let top = standing(tx, self.organization).await?;
        self.watch.done.store(0, Ordering::Relaxed);
        // Two imports at once would each record a person whom the other can't see yet.
        tx.one_at_a_time().await?;
        let units = units(tx, &top).await?;
        let (mut tally, mut met, mut keeping) = (Tally::default(), Met::default(), Keeping::of(tx, &self).await?);
        let mut undecided: BTreeSet<u32> = self.decisions.keys().copied().collect();
        let mut rows = std::mem::take(&mut self.rows).into_iter().peekable();
        while rows.peek().is_some() {
            let batch: Vec<RosterRow> = rows.by_ref().take(BATCH).collect();
            let count = u64::try_from(batch.len()).unwrap_or(0);
            batch.iter().for_each(|row| {
                undecided.remove(&row.line);
            });
            let meant = meanings(tx, batch, &units, &mut met, &self).await?;
            // After the first error rows are only looked at, so that one run names all of them.
            if self.mode == Mode::Good || self.watch.errors() == 0 {
                for (line, raw) in std::mem::take(&mut met.left_out) {
                    keeping.keep(tx, line, &raw, None, true)?;
                }
                write(tx, meant, &mut tally, &mut met, &mut keeping, &self).await?;
                keeping.flush(tx, &self).await?;
            }
            self.watch.done.fetch_add(count, Ordering::Relaxed);
        }
        for line in undecided {
            self.watch.add(no_such_line(line), line, Field::Name);
        }
        tally.skipped = met.skipped;
        if self.mode == Mode::All && self.watch.errors() > 0 {
            let message =
                "The roster has errors, so nothing was imported: mend the lines of the report and import again.";
            return Err(Problem::new(ProblemCode::Invalid, message).on("file").into());
        }
        *self.watch.tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = tally.clone();
        if self.dry_run {
            self.watch.tried.store(true, Ordering::Relaxed);
            return Err(Problem::new(ProblemCode::Invalid, "It was only tried.").into());
        }
        let import = keeping.end(tx, &self, &tally).await?;
        if let Some(run) = self.run {
            runs::done(tx, run, &self.watch, import).await?;
        }
        Ok(top.id)
    }
}

fn no_such_line(line: u32) -> Remark {
    let message = format!("A decision names line {line}, which is no row of the file without errors.");
    Remark::error(FindingCode::DecisionInvalid, message, "Remove the decision, or correct its line.")
}

/// The organizations of a subtree, by name and code.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn units(tx: &Writer<'_>, top: &organization::Model) -> Result<Units> {
    let at = Alias::own::<organization::Entity>();
    let reader = tx.reader();
    let within = at.col(organization::Column::Id).in_subquery(below(reader.gate(), top.id));
    let active = at.col(organization::Column::State).eq(OrganizationState::Active);
    Ok(Units::new(reader.find::<organization::Entity>().filter(within).filter(active).held().all().await?, top.id))
}

async fn write(
    tx: &mut Writer<'_>,
    meant: Vec<Meant>,
    tally: &mut Tally,
    met: &mut Met,
    keeping: &mut Keeping,
    import: &ImportRoster,
) -> Result<()> {
    let (mut sheaf, mut stood) = (Sheaf::default(), Vec::new());
    for it in meant {
        let (line, raw) = (it.row.line, it.row.raw.clone());
        let source = import.source(line);
        let done = match it.person {
            None => record::create(tx, it.row, it.unit, source, &mut sheaf, &import.watch).await.map(|person| {
                met.added.insert(person);
                tally.added += 1;
                (Some(person), true)
            }),
            Some(known) => {
                let person = known.record.id;
                stood.push(record::stands(&known.record, &it.row, it.unit));
                let moved = record::change_known(tx, known, it.row, it.unit, source, &mut sheaf, &import.watch).await;
                moved.map(|moved| {
                    if moved {
                        tally.changed += 1
                    } else {
                        tally.unchanged += 1
                    };
                    (Some(person), moved)
                })
            }
        };
        let (person, moved) = match done {
            // The record refuses what no single cell showed: a post that starts before birth.
            Err(Error::Invalid { field, why }) => {
                let remark = Remark::error(FindingCode::RecordRefused, format!("{field} {why}."), "Mend the line.");
                import.watch.add(remark, line, Field::Name);
                (None, true)
            }
            done => done?,
        };
        keeping.keep(tx, line, &raw, person, moved)?;
    }
    stood.retain(|(was, is)| was != is);
    suspend_pairs(tx, &stood).await?;
    sheaf.insert(tx).await
}
