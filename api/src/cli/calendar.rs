//! `tidui calendar`: what a file of holiday notices says, checked without a database, or what is built in.

use std::{fmt::Write as _, process::ExitCode};

use clap::{Arg, ArgMatches, Command};

use crate::{calendar::Calendar, cli::policy::print};

/// What the command line accepts of calendars.
pub fn command() -> Command {
    let file = Arg::new("FILE").help("Notices as JSON, for the setting calendar; those built in where it is left out");
    Command::new("calendar")
        .about("Says what a file of holiday notices holds, year by year, or what is wrong with it")
        .arg(file)
}

/// Says what the notices hold.
pub fn tell(matches: &ArgMatches) -> Result<ExitCode, String> {
    let built_in = Calendar::of("")?;
    let file = matches.get_one::<String>("FILE").map(|path| Calendar::read(path)).transpose()?;
    let mut out = String::new();
    for (year, it) in file.as_ref().unwrap_or(&built_in).years() {
        let (worked, off, made_up) = it.sums(*year);
        let _ = write!(out, "{year} {}: {worked} days worked, {off} weekdays off, ", it.notice);
        let _ = write!(out, "{made_up} days of weekends worked.");
        let _ = match (&file, built_in.years().get(year)) {
            (None, _) => writeln!(out),
            (Some(_), None) => writeln!(out, " A further year."),
            (Some(_), Some(before)) if before == it => writeln!(out, " As it is built in."),
            (Some(_), Some(before)) => writeln!(out, " In the place of {}.", before.notice),
        };
    }
    print(&out)?;
    Ok(ExitCode::SUCCESS)
}
