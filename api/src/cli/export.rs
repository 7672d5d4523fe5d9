//! `tidui roster export`, `tidui pool export`: writes the file beside its place, and puts it there once the act is on
//! record.

use std::{
    fs::OpenOptions,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, atomic::Ordering},
};

use chrono::NaiveDate;
use clap::ArgMatches;
use entity::{
    id::{Key as _, OrganizationId, PoolId},
    kind::AccessPurpose,
};

use crate::{
    cli::{account::one_of, demo, progress, roster::broken, run},
    config::Config,
    db::{
        door::Part,
        session::{Command, Session, Terms},
    },
    error::{Action, Error},
    export::write::{ExportPool, ExportRoster, Making, Order},
    http::house::{self, Hooks},
    metrics::Metrics,
    organization::read::OrganizationByCode,
    page::{Order as Sorting, PageArgs},
    pool::read::PoolsAmong,
    questions::List,
};

/// Writes a roster.
pub async fn roster(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let session = session(matches, hooks, "tidui roster export").await?;
    let organization = organization(matches, &session, Action::RosterExport).await?;
    let order = order(matches)?;
    let command = |making| ExportRoster { organization, order: order.clone(), making };
    exported(matches, &session, &order, command).await
}

/// Writes a pool's list of names.
pub async fn pool(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let session = session(matches, hooks, "tidui pool export").await?;
    let (keeper, code) = (organization(matches, &session, Action::PoolExport).await?, text(matches, "pool"));
    let order = order(matches)?;
    if !session.may(Action::PoolExport) {
        // Refused by the act, on record, whatever the pool.
        let command = |making| ExportPool { pool: PoolId::from_uuid(uuid::Uuid::nil()), order: order.clone(), making };
        return exported(matches, &session, &order, command).await;
    }
    let among = PoolsAmong { organization: Some(keeper), code: Some(code.clone()) };
    let page = PageArgs::open(1, None, Sorting::Newest, &"pool export", session.cursors()).map_err(broken)?;
    let found = session.ask(&List { among, page }).await.map_err(broken)?;
    let found = found.rows.into_iter().next().ok_or_else(|| format!("the organization keeps no pool '{code}'"))?;
    let pool = found.1.id;
    let command = |making| ExportPool { pool, order: order.clone(), making };
    exported(matches, &session, &order, command).await
}

/// The session of the account that the command is given.
pub(super) async fn session(matches: &ArgMatches, hooks: Hooks, request: &str) -> Result<Session, String> {
    let config = settings(matches)?;
    let login = text(matches, "as");
    let door = house::door(&config, hooks, Arc::new(Metrics::default()), Part::Command).await?;
    door.act_as(&login, request).await.map_err(|error| unknown(&login, error))
}

/// Why an account can't act.
pub(super) fn unknown(login: &str, error: Error) -> String {
    match error {
        Error::Unauthenticated => format!("no account has the login '{login}', or it may not sign in"),
        other => broken(other),
    }
}

/// The settings, or those of a demo.
pub(super) fn settings(matches: &ArgMatches) -> Result<Config, String> {
    match matches.get_one::<String>("data") {
        Some(folder) => demo::config(&PathBuf::from(folder), 0),
        None => run::config(matches),
    }
}

/// The organization that the command is given. Whoever may not act at all need not see it: the act refuses, on record.
pub(super) async fn organization(
    matches: &ArgMatches,
    session: &Session,
    action: Action,
) -> Result<OrganizationId, String> {
    if !session.may(action) {
        return Ok(OrganizationId::from_uuid(uuid::Uuid::nil()));
    }
    let code = text(matches, "organization");
    let found = session.ask(&OrganizationByCode(code.clone())).await.map_err(broken)?;
    let none = || format!("no organization has the code '{code}', or none that the account may see");
    Ok(found.ok_or_else(none)?.id)
}

pub(super) fn text(matches: &ArgMatches, name: &str) -> String {
    matches.get_one::<String>(name).cloned().unwrap_or_default()
}

/// What goes out, and what for.
fn order(matches: &ArgMatches) -> Result<Order, String> {
    let day = |text: &String| {
        text.parse::<NaiveDate>().map_err(|_| format!("--as-of '{text}' is no day: write it like 2026-05-13"))
    };
    Ok(Order {
        as_of: matches.get_one::<String>("as-of").map(day).transpose()?,
        without_numbers: matches.get_flag("without-numbers"),
        ..stated(matches)?
    })
}

/// What for.
pub(super) fn stated(matches: &ArgMatches) -> Result<Order, String> {
    let purpose = one_of(&text(matches, "purpose"), "purpose", AccessPurpose::ALL, AccessPurpose::text)?;
    Ok(Order { as_of: None, purpose, reason: text(matches, "reason"), without_numbers: false })
}

/// Makes a file, and says what is in it.
pub(super) async fn exported<C: Command>(
    matches: &ArgMatches,
    session: &Session,
    order: &Order,
    command: impl FnOnce(Making) -> C,
) -> Result<ExitCode, String> {
    let out = PathBuf::from(text(matches, "out"));
    let (beside, file) = beside(&out)?;
    let making = Making::into(file);
    let terms = Terms { idempotency_key: None, purpose: Some(order.purpose.text().to_owned()) };
    let work = session.run(command(making.clone()), &terms);
    let done = progress::while_working("Exporting", 0, making.done.clone(), work).await;
    let placed = match done {
        // What was opened is on record now, whatever becomes of the file.
        Ok(_) => std::fs::rename(&beside, &out).map_err(|cause| format!("can't write {}: {cause}", out.display())),
        Err(error) => Err(broken(error)),
    };
    if let Err(why) = placed {
        // Half a file with people in it must not stay.
        return Err(match std::fs::remove_file(&beside) {
            Ok(()) => why,
            Err(cause) => format!("{why}; remove {} yourself: {cause}", beside.display()),
        });
    }
    let (people, left_out) = (making.done.load(Ordering::Relaxed), making.left_out.load(Ordering::Relaxed));
    println!("Exported {people} people to {}.", out.display());
    if left_out > 0 {
        println!("{left_out} values stayed out of their cells, because a roster can't say them as they are recorded.");
    }
    Ok(ExitCode::SUCCESS)
}

/// A new file beside the place, readable by nobody else.
fn beside(out: &Path) -> Result<(PathBuf, std::fs::File), String> {
    let why = |cause: std::io::Error| format!("can't write {}: {cause}", out.display());
    if out.exists() {
        return Err(format!("{} is there already: choose another name", out.display()));
    }
    let mut name = out.file_name().ok_or("--out names no file")?.to_owned();
    name.push(format!(".{}.part", std::process::id()));
    let path = out.with_file_name(name);
    let mut options = OpenOptions::new();
    options.read(true).write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(&path).map_err(why)?;
    Ok((path, file))
}
