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

/// `tidui lrmx`.
pub fn lrmx() -> Command {
    let organization = || of("organization", "CODE", "Code of the organization whose people the forms are about");
    let cadre = of("cadre", "ID", "Id of one person, as the schema gives it: the file is the form itself");
    let import = Command::new("import")
        .about("Imports a form, or a zip of forms, and reports what could not be read")
        .arg(Arg::new("FILE").required(true).help("An .lrmx file, or a .zip of them"))
        .arg(of("as", "LOGIN", "The account that imports: it is put on record").required(true))
        .arg(organization().required(true))
        .arg(
            of("mode", "MODE", "all: a form that can't be read keeps everything out; good: the others go in")
                .value_parser(["all", "good"])
                .default_value("all"),
        )
        .arg(flag("dry-run", "Only tries: tells what would come of it, and changes nothing"))
        .arg(of("report", "FILE", "Writes every finding to this .csv file; the terminal shows the first of each kind"))
        .arg(of("decisions", "FILE", "Whom the forms mean that could mean several persons: a filled-in file of them"))
        .arg(of("report-decisions", "FILE", "Writes the forms that wait for a decision to this .csv file, to fill in"))
        .arg(data("Use the demo in this folder instead of the settings").required(false));
    let export = Command::new("export")
        .about("Writes the form of one person, or a zip of those of an organization")
        .arg(organization().required_unless_present("cadre").conflicts_with("cadre"))
        .arg(cadre);
    Command::new("lrmx")
        .about("Imports and exports appointment forms (干部任免审批表, .lrmx)")
        .subcommand_required(true)
        .subcommand(settings(import))
        .subcommand(told(export))
}
