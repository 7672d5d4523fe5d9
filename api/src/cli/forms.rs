//! `tidui lrmx`: forms in, with what could not be read; forms out, as they came in unless the record says otherwise.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
};

use async_graphql::ID;
use clap::ArgMatches;
use entity::kind::ImportKind;

use crate::{
    cli::{
        export::{exported, organization, session, settings, stated, text},
        progress,
        roster::{finish, hash, settled, undecided},
    },
    db::session::Terms,
    error::Action,
    forms::{
        rows::{self, Forms},
        write::{ExportForms, ImportForms, Whose},
    },
    http::house::Hooks,
    lrmx::limits::Limits,
    relay::key,
    roster::{
        decisions,
        file::content,
        limits::Limits as FileLimits,
        listing::Listing,
        report::Report,
        write::{ImportRoster, Mode, Watch},
    },
};

/// Reads, imports, reports.
pub async fn import(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let path = PathBuf::from(text(matches, "FILE"));
    let today = hooks.clock.today();
    let session = session(matches, hooks, "tidui lrmx import").await?;
    let organization = organization(matches, &session, Action::FormImport).await?;
    let mode = if text(matches, "mode") == "good" { Mode::Good } else { Mode::All };
    let listing = matches.get_one::<String>("report").map(|to| Listing::create(&PathBuf::from(to))).transpose()?;
    let decisions = matches.get_one::<String>("decisions").map(|it| decisions::read(&PathBuf::from(it))).transpose()?;
    let report = listing.clone().map_or_else(Report::default, Report::listed);
    let file = path.clone();
    let limits = Limits::from(settings(matches)?.rosters());
    let reading = tokio::task::spawn_blocking(move || read(&file, &limits, today, report)).await;
    let forms = reading.map_err(|cause| format!("the file could not be read: {cause}"))?;
    if (mode == Mode::All && forms.report.errors > 0) || forms.rows.is_empty() {
        println!("{}\nNothing was imported.", forms.report.text());
        finish(listing)?;
        return Ok(ExitCode::FAILURE);
    }
    let seen = forms.report.rows;
    let watch = Watch { forms: forms.names.into(), ..Watch::default() };
    *watch.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner) = forms.report;
    let total = u64::try_from(forms.rows.len()).unwrap_or(0);
    let command = ImportForms(ImportRoster {
        kind: ImportKind::Form,
        dry_run: matches.get_flag("dry-run"),
        organization,
        mode,
        file_name: path.file_name().map(|it| it.to_string_lossy().into_owned()).unwrap_or_default(),
        file_hash: hash(&path)?,
        decisions: decisions.unwrap_or_default(),
        run: None,
        rows: forms.rows,
        watch: watch.clone(),
    });
    let terms = Terms::default();
    let done = progress::while_working("Importing", total, watch.done.clone(), session.run(command, &terms)).await;
    println!("{}", watch.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).text());
    finish(listing)?;
    undecided(matches, &watch)?;
    settled(done.map(|_| ()), mode, seen, &watch)
}

/// The forms of a file; what is wrong with it as a whole stands in the report.
fn read(path: &Path, limits: &Limits, today: chrono::NaiveDate, mut report: Report) -> Forms {
    match content(path, &FileLimits { file_bytes: limits.file_bytes, ..FileLimits::default() }) {
        Ok(bytes) => rows::read(&bytes, limits, today, report),
        Err(remark) => {
            report.add(remark.in_file());
            Forms { report, ..Forms::default() }
        }
    }
}

/// Writes the form of a person, or those of an organization.
pub async fn export(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let session = session(matches, hooks, "tidui lrmx export").await?;
    let whose = match matches.get_one::<String>("cadre") {
        Some(id) => Whose::Person(key(&ID::from(id))),
        None => Whose::Organization(organization(matches, &session, Action::FormExport).await?),
    };
    let order = stated(matches)?;
    let command = |making| ExportForms { whose, order: order.clone(), making };
    exported(matches, &session, &order, command).await
}
