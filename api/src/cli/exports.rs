//! What the command line accepts of files that go out.

use clap::{Arg, Command};

use crate::cli::command::{data, flag, settings};

fn of(name: &'static str, value: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).value_name(value).help(help)
}

/// What every export is told: for whom, where to, what for.
pub(super) fn told(command: Command) -> Command {
    settings(
        command
            .arg(
                of("as", "LOGIN", "The account that exports: it sees what it may see, and is put on record")
                    .required(true),
            )
            .arg(of("out", "FILE", "Where the file goes; it must not be there yet").required(true))
            .arg(
                of(
                    "purpose",
                    "PURPOSE",
                    "What for, such as appointment, inspection or statistics-check; it is put on record",
                )
                .required(true),
            )
            .arg(of("reason", "TEXT", "What for, in 1 to 200 characters; it is put on record").required(true))
            .arg(data("Use the demo in this folder instead of the settings").required(false)),
    )
}

fn listed(command: Command) -> Command {
    told(command)
        .arg(of("as-of", "DAY", "Tells posts, levels, ranks, educations and grades as of this day, like 2026-05-13"))
        .arg(flag("without-numbers", "Leaves identity and phone numbers out: nothing sealed is opened"))
}

/// `tidui roster`.
pub fn roster() -> Command {
    let organization = of("organization", "CODE", "Code of the organization; those below it are listed too");
    let export =
        listed(Command::new("export").about("Writes a roster (干部花名册) that imports again without a difference"));
    Command::new("roster")
        .about("Exports rosters; import takes them in")
        .subcommand_required(true)
        .subcommand(export.arg(organization.required(true)))
}

/// `tidui pool`.
pub fn pool() -> Command {
    let organization = of("organization", "CODE", "Code of the organization that keeps the pool");
    let pool = of("pool", "CODE", "Code of the pool");
    let export = listed(Command::new("export").about("Writes who stands in a pool (后备干部名册), tier by tier"));
    Command::new("pool")
        .about("Exports lists of names")
        .subcommand_required(true)
        .subcommand(export.arg(organization.required(true)).arg(pool.required(true)))
}
