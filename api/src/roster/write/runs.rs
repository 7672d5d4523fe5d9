//! Runs of imports: asked for by an officer, kept account of by the server, ended in the import's own transaction.

use std::{collections::BTreeMap, sync::PoisonError};

use entity::{
    id::{ImportFindingId, ImportId, ImportRunId, UploadId},
    import_finding, import_run,
    kind::{ImportFailure, ImportKind, ImportState},
    upload,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    roster::{
        decisions::{Decision, Waiting},
        finding::{Finding, FindingCode},
        write::{Mode, Tally, Watch},
    },
};

/// Imports of one account that wait or are at work.
const MOST_OPEN: u64 = 10;

/// Asks for the import of a roster that came in. Fails with INVALID, or as absent.
#[derive(Serialize)]
pub struct StartImport {
    /// The file.
    pub upload: UploadId,
    /// Whether a row that can't go in keeps the others out.
    pub mode: Mode,
    /// Whether it is only tried.
    pub dry_run: bool,
    /// Whom the rows mean that could mean several persons, by line.
    pub decisions: BTreeMap<u32, Decision>,
    /// The process that does it.
    #[serde(skip)]
    pub process: Uuid,
}

impl Command for StartImport {
    const ACTION: Action = Action::RosterImport;
    type Outcome = ImportRunId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ImportRunId> {
        self.ask_for(tx, ImportKind::Roster).await
    }
}

impl StartImport {
    /// Asks for the import of a file of this kind, within an act that may.
    ///
    /// # Errors
    /// `Invalid` on `uploadId`; `NotFound`.
    pub async fn ask_for(self, tx: &mut Writer<'_>, kind: ImportKind) -> Result<ImportRunId> {
        let file = tx.get::<upload::Entity>(self.upload).await?;
        let (Some(file_hash), Some(_)) = (file.sha256.clone(), file.received_at) else {
            return Err(Error::invalid("uploadId", "names a file that has not come yet: send it to its address first"));
        };
        if file.kept_until <= tx.now() {
            return Err(Error::invalid("uploadId", "names a file that is over, or was imported: upload it again"));
        }
        if file.kind != kind {
            let why = match file.kind {
                ImportKind::Roster => "names a roster: import it with rosterImport",
                ImportKind::Form => "names a file of appointment forms: import it with appointmentFormImport",
            };
            return Err(Error::invalid("uploadId", why));
        }
        room(tx, &file).await?;
        tx.insert::<import_run::Entity>(waiting(tx, file, file_hash, &self)).await
    }
}

/// Whether whose file it is may ask for one more.
async fn room(tx: &Writer<'_>, file: &upload::Model) -> Result<()> {
    let at = Alias::own::<import_run::Entity>();
    let open = at.col(import_run::Column::State).is_in([ImportState::Waiting, ImportState::Running]);
    let mine = at.col(import_run::Column::AccountId).eq(file.account_id);
    if tx.reader().find::<import_run::Entity>().filter(open).filter(mine).count().await? >= MOST_OPEN {
        let why = format!("can't be imported yet: {MOST_OPEN} imports of yours are under way; wait for one of them");
        return Err(Error::invalid("uploadId", why));
    }
    Ok(())
}

fn waiting(tx: &Writer<'_>, file: upload::Model, file_hash: String, asked: &StartImport) -> import_run::Model {
    import_run::Model {
        id: ImportRunId::fresh(),
        kind: file.kind,
        organization_id: file.organization_id,
        account_id: file.account_id,
        upload_id: file.id,
        import_id: None,
        file_name: file.file_name,
        file_hash,
        mode: asked.mode,
        dry_run: asked.dry_run,
        state: ImportState::Waiting,
        failure: None,
        rows_read: 0,
        rows_total: 0,
        added: 0,
        changed: 0,
        unchanged: 0,
        skipped: 0,
        errors: 0,
        warnings: 0,
        hints: 0,
        process: asked.process,
        beaten_at: tx.now(),
        requested_at: tx.now(),
        ended_at: None,
        version: 1,
    }
}

/// Takes up a run that waits. Of two that want to, one is refused.
#[derive(Serialize)]
pub struct TakeUp {
    /// The run.
    pub run: ImportRunId,
    /// The process that does it, which may be another one than was asked for it.
    #[serde(skip)]
    pub process: Uuid,
}

impl Command for TakeUp {
    const ACTION: Action = Action::ImportKeep;
    type Outcome = ImportRunId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ImportRunId> {
        let before = tx.get::<import_run::Entity>(self.run).await?;
        tx.on_behalf_of(before.account_id);
        open(&before, &[ImportState::Waiting])?;
        let after = import_run::Model {
            state: ImportState::Running,
            process: self.process,
            beaten_at: tx.now(),
            ..before.clone()
        };
        tx.update::<import_run::Entity>(&before, after).await?;
        Ok(self.run)
    }
}

/// Ends a run that took nothing in.
#[derive(Serialize)]
pub struct EndRun {
    /// The run.
    pub run: ImportRunId,
    /// How it ended.
    pub state: ImportState,
    /// Why it failed.
    pub failure: Option<ImportFailure>,
    /// What it found.
    #[serde(skip)]
    pub watch: Watch,
}

impl Command for EndRun {
    const ACTION: Action = Action::ImportKeep;
    type Outcome = ImportRunId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ImportRunId> {
        let before = tx.get::<import_run::Entity>(self.run).await?;
        tx.on_behalf_of(before.account_id);
        open(&before, &[ImportState::Waiting, ImportState::Running])?;
        if self.state != ImportState::Done {
            // Nothing of it stayed.
            *self.watch.tally.lock().unwrap_or_else(PoisonError::into_inner) = Tally::default();
        }
        let after = counted(&before, &self.watch);
        let after = import_run::Model { state: self.state, failure: self.failure, ended_at: Some(tx.now()), ..after };
        tx.update::<import_run::Entity>(&before, after).await?;
        tx.insert_many::<import_finding::Entity>(findings(self.run, &self.watch)).await?;
        Ok(self.run)
    }
}

/// Ends a run that took something in, or had nothing to change, in the transaction that did so. Its file may go.
///
/// # Errors
/// When the run was given up meanwhile: then nothing goes in.
pub(super) async fn done(tx: &mut Writer<'_>, run: ImportRunId, watch: &Watch, import: Option<ImportId>) -> Result<()> {
    let before = tx.get_held::<import_run::Entity>(run).await?;
    open(&before, &[ImportState::Running])?;
    let after = import_run::Model {
        state: ImportState::Done,
        import_id: import,
        ended_at: Some(tx.now()),
        ..counted(&before, watch)
    };
    tx.update::<import_run::Entity>(&before, after).await?;
    tx.insert_many::<import_finding::Entity>(findings(run, watch)).await?;
    let file = tx.get::<upload::Entity>(before.upload_id).await?;
    let over = upload::Model { kept_until: tx.now(), ..file.clone() };
    tx.update::<upload::Entity>(&file, over).await
}

fn open(run: &import_run::Model, states: &[ImportState]) -> Result<()> {
    if states.contains(&run.state) {
        return Ok(());
    }
    Err(Problem::new(ProblemCode::TransitionRefused, "The run is not open any more.").into())
}

fn counted(run: &import_run::Model, watch: &Watch) -> import_run::Model {
    let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    let report = watch.report.lock().unwrap_or_else(PoisonError::into_inner);
    let tally = watch.tally.lock().unwrap_or_else(PoisonError::into_inner);
    import_run::Model {
        rows_read: number(report.rows),
        rows_total: i32::try_from(watch.total.load(std::sync::atomic::Ordering::Relaxed)).unwrap_or(i32::MAX),
        errors: number(report.errors),
        warnings: number(report.warnings),
        hints: number(report.hints),
        added: number(tally.added),
        changed: number(tally.changed),
        unchanged: number(tally.unchanged),
        skipped: number(tally.skipped),
        ..run.clone()
    }
}

fn findings(run: ImportRunId, watch: &Watch) -> Vec<import_finding::Model> {
    let report = watch.report.lock().unwrap_or_else(PoisonError::into_inner);
    let waiting = watch.waiting.lock().unwrap_or_else(PoisonError::into_inner);
    let by_line: BTreeMap<u32, &Waiting> = waiting.iter().map(|it| (it.line, it)).collect();
    report.findings.iter().map(|it| finding(run, it, &by_line)).collect()
}

fn finding(run: ImportRunId, it: &Finding, waiting: &BTreeMap<u32, &Waiting>) -> import_finding::Model {
    let cut = |text: &str, most: usize| text.chars().take(most).collect::<String>();
    // Of forms the number stands where a roster has its line.
    let which = it.form.or(it.line).filter(|_| it.code == FindingCode::PersonAmbiguous);
    let waits = which.and_then(|line| waiting.get(&line));
    let keys = |it: &&Waiting| it.candidates.iter().map(|it| it.id.0.to_string()).collect::<Vec<_>>().join(",");
    import_finding::Model {
        id: ImportFindingId::fresh(),
        run_id: run,
        severity: it.severity.text().to_owned(),
        code: it.code.text().to_owned(),
        form: it.form.and_then(|form| i32::try_from(form).ok()),
        line: it.line.and_then(|line| i32::try_from(line).ok()),
        header: it.column.as_deref().map(|it| cut(it, 200)),
        message: cut(&it.message, 2000),
        remedy: cut(&it.remedy, 400),
        candidates: waits.map(keys),
        version: 1,
    }
}
