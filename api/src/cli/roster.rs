//! `tidui import roster`: reads the file, runs the import as a job, prints the report.

use std::{
    path::PathBuf,
    process::ExitCode,
    sync::{Arc, atomic::Ordering},
};

use aws_lc_rs::digest;
use clap::ArgMatches;
use entity::kind::ImportKind;

use crate::{
    auth::policy::Job,
    cli::{demo, progress, run},
    db::{door::Part, session::Terms},
    error::Error,
    hash::hex,
    http::house::{self, Hooks},
    metrics::Metrics,
    organization::read::OrganizationByCode,
    roster::{
        decisions,
        limits::Limits,
        listing::Listing,
        read,
        report::Report,
        write::{ImportRoster, Mode, Tally, Watch},
    },
};

/// Reads, imports, reports.
pub async fn import(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let config = match matches.get_one::<String>("data") {
        Some(folder) => demo::config(&PathBuf::from(folder), 0)?,
        None => run::config(matches)?,
    };
    let path = matches.get_one::<String>("FILE").map(PathBuf::from).ok_or("name the file")?;
    let code = matches.get_one::<String>("organization").cloned().unwrap_or_default();
    let today = hooks.clock.today();
    let door = house::door(&config, hooks, Arc::new(Metrics::default()), Part::Command).await?;
    let found = door.job(Job::RosterImport, None).ask(&OrganizationByCode(code.clone())).await.map_err(broken)?;
    let top = found.ok_or_else(|| format!("no organization has the code '{code}': see organizations in the schema"))?;

    let mode = if matches.get_one::<String>("mode").is_some_and(|it| it == "good") { Mode::Good } else { Mode::All };
    let listing = matches.get_one::<String>("report").map(|to| Listing::create(&PathBuf::from(to))).transpose()?;

    let decisions = matches.get_one::<String>("decisions").map(|it| decisions::read(&PathBuf::from(it))).transpose()?;
    let decisions = decisions.unwrap_or_default();

    let (file, limits) = (path.clone(), Limits::from(config.rosters()));
    let report = listing.clone().map_or_else(Report::default, Report::listed);
    let reading = tokio::task::spawn_blocking(move || read::read_file(&file, &limits, today, report)).await;
    let reading = reading.map_err(|cause| format!("the file could not be read: {cause}"))?;
    let refused = mode == Mode::All && reading.report.errors > 0;
    if refused || reading.rows.is_empty() {
        println!("{}\nNothing was imported.", reading.report.text());
        finish(listing)?;
        return Ok(ExitCode::FAILURE);
    }
    let seen = reading.report.rows;
    let watch = Watch::default();
    *watch.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = reading.report;
    let total = u64::try_from(reading.rows.len()).unwrap_or(0);
    let dry_run = matches.get_flag("dry-run");
    let command = ImportRoster {
        kind: ImportKind::Roster,
        dry_run,
        organization: top.id,
        mode,
        file_name: path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default(),
        file_hash: hash(&path)?,
        decisions,
        run: None,
        rows: reading.rows,
        watch: watch.clone(),
    };
    let session = door.job(Job::RosterImport, Some(top.id));
    let terms = Terms::default();
    let done = progress::while_working("Importing", total, watch.done.clone(), session.run(command, &terms)).await;
    println!("{}", watch.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).text());
    finish(listing)?;
    undecided(matches, &watch)?;
    settled(done.map(|_| ()), mode, seen, &watch)
}

/// Says what came of the import.
pub(super) fn settled(done: Result<(), Error>, mode: Mode, seen: u32, watch: &Watch) -> Result<ExitCode, String> {
    let tried = watch.tried.load(Ordering::Relaxed);
    match done {
        done if done.is_ok() || tried => {
            let tally = watch.tally.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
            let left_out = match mode {
                Mode::All => String::new(),
                Mode::Good => {
                    format!(", {} left out", seen.saturating_sub(tally.added + tally.changed + tally.unchanged))
                }
            };
            let Tally { added, changed, unchanged, .. } = tally;
            let verb = if tried { "Only tried" } else { "Imported" };
            println!("{verb}: {added} added, {changed} changed, {unchanged} unchanged{left_out}.");
            Ok(ExitCode::SUCCESS)
        }
        Err(Error::Rule(problem)) => {
            println!("{} Nothing was imported.", problem.message);
            Ok(ExitCode::FAILURE)
        }
        Err(error) => Err(broken(error)),
        Ok(()) => Ok(ExitCode::SUCCESS),
    }
}

/// Writes the rows that wait for a decision, where somebody wants them as a file.
pub(super) fn undecided(matches: &ArgMatches, watch: &Watch) -> Result<(), String> {
    let waiting = watch.waiting.lock().unwrap_or_else(std::sync::PoisonError::into_inner);
    let Some(to) = matches.get_one::<String>("report-decisions") else { return Ok(()) };
    decisions::write(&PathBuf::from(to), &waiting)?;
    println!("{} line(s) wait for a decision: fill in {to} and import again with --decisions {to}.", waiting.len());
    Ok(())
}

/// A listing that is not complete must not look so.
pub(super) fn finish(listing: Option<Listing>) -> Result<(), String> {
    let finished = listing.map_or(Ok(()), |it| it.finish());
    finished.map_err(|cause| format!("the file of findings is not complete: {cause}"))
}

pub(super) fn hash(path: &std::path::Path) -> Result<String, String> {
    let bytes = std::fs::read(path).map_err(|cause| format!("can't read {}: {cause}", path.display()))?;
    Ok(hex(digest::digest(&digest::SHA256, &bytes).as_ref()))
}

/// An error of our own in words, for a person at the command line of the same machine.
pub(super) fn broken(error: Error) -> String {
    match error {
        Error::Internal(cause) => format!("it broke: {cause}"),
        other => async_graphql::Error::from(other).message,
    }
}
