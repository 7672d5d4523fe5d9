//! The work of a run: the file is read and imported as whoever asked for it, and what came of it is put on its row.
//!
//! An import is one transaction, in mode `Good` too: a process that dies leaves nothing half-written, and whoever looks
//! after runs says so on the row.

use std::{
    collections::BTreeMap,
    sync::{Arc, PoisonError, atomic::Ordering},
    time::Duration,
};

use chrono::{NaiveDate, TimeDelta};
use entity::{
    id::ImportRunId,
    import_run,
    kind::{ImportFailure, ImportKind, ImportState},
};

use crate::{
    config,
    db::{
        door::Door,
        errands::Progress,
        session::{Command, Session, Terms},
    },
    error::{Error, ProblemCode, Result},
    roster::{
        decisions::Decision,
        read,
        report::Report,
        row::RosterRow,
        stored::{Abandoned, Runs},
        write::{
            ImportRoster, Mode, Watch,
            runs::{EndRun, StartImport, TakeUp},
        },
    },
};

/// Between two looks for runs that nobody is at.
const EVERY: Duration = Duration::from_secs(2);
/// A process that gives no sign of life for so long is dead.
const SILENCE: TimeDelta = TimeDelta::seconds(30);
/// How often an import waits for another one to end.
const TURNS: u32 = 30;
/// Between two tries.
const PAUSE: Duration = Duration::from_secs(1);

/// How a run ended that took nothing in.
type Ended = (ImportState, Option<ImportFailure>);

const fn failed(why: ImportFailure) -> Option<Ended> {
    Some((ImportState::Failed, Some(why)))
}

/// What was read of a file.
pub struct Content {
    /// Rows without an error.
    pub rows: Vec<RosterRow>,
    /// What was found.
    pub report: Report,
    /// What the forms are called, where each row is a form.
    pub names: Vec<String>,
}

/// A kind of file that can be imported: how it is read, and by which act its rows go in.
pub trait Importable {
    /// The act.
    type Command: Command + From<ImportRoster>;
    /// What asks for it.
    type Start: Command<Outcome = ImportRunId> + From<StartImport>;
    /// The kind.
    const KIND: ImportKind;
    /// Reads a file. It may block.
    fn read(bytes: &[u8], limits: config::Rosters, today: NaiveDate) -> Content;
}

/// Rosters.
pub enum Rosters {}

impl Importable for Rosters {
    type Command = ImportRoster;
    type Start = StartImport;
    const KIND: ImportKind = ImportKind::Roster;
    fn read(bytes: &[u8], limits: config::Rosters, today: NaiveDate) -> Content {
        let reading = read::read(bytes, &limits.into(), today);
        Content { rows: reading.rows, report: reading.report, names: Vec::new() }
    }
}

/// Sends a run on its way; the answer does not wait for it.
pub fn begin<I: Importable + 'static>(session: &Session, run: ImportRunId, decisions: BTreeMap<u32, Decision>) {
    let watch = Watch::default();
    let progress = Progress { done: watch.done.clone(), total: watch.total.clone() };
    let own = session.clone();
    session.send_on_errand(run, progress, async move {
        // Somebody else took it up, or it ended: a request that came twice.
        if own.clerk().run(TakeUp { run, process: own.process() }, &Terms::default()).await.is_err() {
            return;
        }
        let ended = match conduct::<I>(&own, run, decisions, &watch).await {
            Ok(ended) => ended,
            Err(error) => failure(&error, run),
        };
        let Some((state, failure)) = ended else { return };
        let end = EndRun { run, state, failure, watch };
        if let Err(error) = own.clerk().run(end, &Terms::default()).await {
            tracing::error!(?error, run = %run.0, "the end of an import could not be put on its row");
        }
    });
}

/// Reads the file and imports it; none where the import itself put its end on the row. Whether whoever asked for it still
/// may is asked before the file is read, and at each try.
async fn conduct<I: Importable + 'static>(
    asked: &Session,
    run: ImportRunId,
    decisions: BTreeMap<u32, Decision>,
    watch: &Watch,
) -> Result<Option<Ended>> {
    let session = asked.anew(I::Command::ACTION).await?;
    let row: Option<import_run::Model> = session.ask(&crate::questions::RowsOf::<Runs>::new([run])).await?.pop();
    let row = row.ok_or(Error::NotFound("import_run"))?;
    let bytes = session.uploaded(I::Command::ACTION, row.upload_id).await?;
    let (limits, today) = (session.rosters(), session.today());
    let reading = tokio::task::spawn_blocking(move || I::read(&bytes, limits, today)).await;
    let reading = reading.map_err(Error::internal)?;
    let watch = &Watch { forms: reading.names.into(), ..watch.clone() };
    let refused = row.mode == Mode::All && reading.report.errors > 0;
    watch.total.store(u64::try_from(reading.rows.len()).unwrap_or(0), Ordering::Relaxed);
    let report = reading.report;
    *watch.report.lock().unwrap_or_else(PoisonError::into_inner) = report.clone();
    if refused || reading.rows.is_empty() {
        return Ok(failed(ImportFailure::File));
    }
    for turn in 1.. {
        let command = ImportRoster {
            kind: I::KIND,
            dry_run: row.dry_run,
            organization: row.organization_id,
            mode: row.mode,
            file_name: row.file_name.clone(),
            file_hash: row.file_hash.clone(),
            decisions: decisions.clone(),
            run: Some(run),
            rows: reading.rows.clone(),
            watch: watch.clone(),
        };
        match asked.anew(I::Command::ACTION).await?.run(I::Command::from(command), &Terms::default()).await {
            Ok(_) => return Ok(None),
            Err(Error::Rule(_)) if watch.tried.load(Ordering::Relaxed) => return Ok(Some((ImportState::Done, None))),
            Err(Error::Busy { .. }) if turn < TURNS => tokio::time::sleep(PAUSE).await,
            Err(error) => return Err(error),
        }
        // What the try before found, it finds again.
        *watch.report.lock().unwrap_or_else(PoisonError::into_inner) = report.clone();
        watch.waiting.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
    Ok(failed(ImportFailure::Busy))
}

/// What an error means for the run.
fn failure(error: &Error, run: ImportRunId) -> Option<Ended> {
    match error {
        Error::Unauthenticated | Error::Forbidden(_) | Error::Withheld(_) | Error::NotFound(_) => {
            failed(ImportFailure::Rights)
        }
        Error::Rule(problem) if problem.code == ProblemCode::TooManyTries => failed(ImportFailure::Throttled),
        Error::Rule(_) | Error::Invalid { .. } => failed(ImportFailure::File),
        Error::Busy { .. } | Error::Stale { .. } => failed(ImportFailure::Busy),
        Error::Internal(cause) => {
            tracing::error!(%cause, run = %run.0, "an import failed");
            failed(ImportFailure::Internal)
        }
    }
}

/// Looks after runs that nobody is at any more, until it is dropped.
pub async fn keep(door: Arc<Door>) {
    loop {
        if let Err(error) = give_up(&door).await {
            tracing::warn!(?error, "interrupted imports could not be looked for");
        }
        tokio::time::sleep(EVERY).await;
    }
}

async fn give_up(door: &Arc<Door>) -> Result<()> {
    let clerk = door.job(crate::auth::policy::Job::RosterImport, None);
    let abandoned = Abandoned {
        process: clerk.process(),
        under_way: door.errands().under_way(),
        silent_since: door.store().is_shared().then(|| clerk.now() - SILENCE),
    };
    for run in clerk.ask(&abandoned).await? {
        // A run that this process was just asked for is on the list a moment later.
        let fresh = run.process == clerk.process() && run.requested_at + SILENCE > clerk.now();
        if fresh {
            continue;
        }
        let end = EndRun { run: run.id, state: ImportState::Interrupted, failure: None, watch: Watch::default() };
        match clerk.run(end, &Terms::default()).await {
            Ok(_) | Err(Error::Rule(_) | Error::Stale { .. }) => {}
            Err(error) => return Err(error),
        }
    }
    Ok(())
}
