//! `tidui policy lint` and `tidui policy schema`: policies as files, checked without a database.

use std::{fs, process::ExitCode};

use clap::{Arg, ArgMatches, Command};

use crate::{
    edition::{document::Document, format},
    kernel::sentence::{Language, sentence},
};

/// What the command line accepts of policies.
pub fn command() -> Command {
    let file = Arg::new("FILE").required(true).help("A policy as JSON");
    Command::new("policy")
        .about("Checks policies, and prints what may stand in one")
        .subcommand_required(true)
        .subcommand(
            Command::new("lint")
                .about("Says every place of a file that is wrong, or what it asks for in words")
                .arg(file),
        )
        .subcommand(
            Command::new("schema").about("Prints the JSON Schema of policies, so that an editor completes them"),
        )
}

/// Checks a file.
pub fn lint(matches: &ArgMatches) -> Result<ExitCode, String> {
    let path = matches.get_one::<String>("FILE").map(String::as_str).unwrap_or_default();
    let text = fs::read_to_string(path).map_err(|cause| format!("can't read {path}: {cause}"))?;
    match Document::read(&text) {
        Ok(document) => {
            println!("OK: {} {}, {} criteria.", document.code, document.title, document.criteria.len());
            for it in &document.criteria {
                println!("{} {}: {}。", it.code, it.severity.text(), sentence(&it.need, Language::Chinese));
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(findings) => {
            for it in findings.told() {
                let place = if it.path.is_empty() { "the document" } else { it.path.as_str() };
                println!("{place}: {}.", it.message);
            }
            if findings.is_full() {
                println!("And more: mend these first.");
            }
            Ok(ExitCode::FAILURE)
        }
    }
}

/// Prints the JSON Schema.
pub fn schema() -> Result<ExitCode, String> {
    println!("{:#}", format::schema());
    Ok(ExitCode::SUCCESS)
}
