//! `tidui policy`: policies as files, checked without a database, and published.

mod publish;

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use clap::{Arg, ArgMatches, Command};

use crate::{
    edition::{diff, document::Document, format},
    kernel::{
        finding::Findings,
        sentence::{Language, sentence},
    },
};

pub use publish::publish;

/// What the command line accepts of policies.
pub fn command() -> Command {
    let file = Arg::new("FILE").required(true).help("A policy as JSON");
    Command::new("policy")
        .about("Checks policies, publishes them, and prints what may stand in one")
        .subcommand_required(true)
        .subcommand(
            Command::new("lint")
                .about("Says every place of a file that is wrong, or what it asks for in words")
                .arg(file.clone()),
        )
        .subcommand(publish::command(file))
        .subcommand(
            Command::new("diff")
                .about("Says what changed from one file to another, part by part")
                .arg(Arg::new("FROM").required(true).help("A policy as JSON"))
                .arg(Arg::new("TO").required(true).help("Another one")),
        )
        .subcommand(
            Command::new("schema").about("Prints the JSON Schema of policies, so that an editor completes them"),
        )
}

/// Prints; a reader that has seen enough is no failure.
pub(super) fn print(text: &str) -> Result<(), String> {
    match io::stdout().write_all(text.as_bytes()) {
        Err(cause) if cause.kind() != io::ErrorKind::BrokenPipe => Err(format!("can't print: {cause}")),
        _ => Ok(()),
    }
}

fn text_of(matches: &ArgMatches, name: &str) -> Result<String, String> {
    let path = matches.get_one::<String>(name).map(String::as_str).unwrap_or_default();
    fs::read_to_string(path).map_err(|cause| format!("can't read {path}: {cause}"))
}

/// Checks a file.
pub fn lint(matches: &ArgMatches) -> Result<ExitCode, String> {
    let mut out = String::new();
    let code = match Document::read(&text_of(matches, "FILE")?) {
        Ok(document) => {
            let primitives = document.sections.primitives();
            let fills =
                if primitives.is_empty() { String::new() } else { format!(" Fills {}.", primitives.join(", ")) };
            let _ =
                writeln!(out, "OK: {} {}, {} criteria.{fills}", document.code, document.title, document.criteria.len());
            for it in &document.criteria {
                let whom = it.when.as_ref().map(|it| format!("{}的，", sentence(it, Language::Chinese)));
                let (whom, need) = (whom.unwrap_or_default(), sentence(&it.need, Language::Chinese));
                let _ = writeln!(out, "{} {}: {whom}{need}。", it.code, it.severity.text());
            }
            ExitCode::SUCCESS
        }
        Err(found) => {
            out = findings(&found);
            ExitCode::FAILURE
        }
    };
    print(&out)?;
    Ok(code)
}

/// Every finding on a line.
fn findings(found: &Findings) -> String {
    let mut out = String::new();
    for it in found.told() {
        let place = if it.path.is_empty() { "the document" } else { it.path.as_str() };
        let _ = writeln!(out, "{place}: {}.", it.message);
    }
    if found.is_full() {
        out.push_str("And more: mend these first.\n");
    }
    out
}

/// Says what changed from one file to another.
pub fn compare(matches: &ArgMatches) -> Result<ExitCode, String> {
    let read = |name: &str| -> Result<serde_json::Value, String> {
        serde_json::from_str(&text_of(matches, name)?).map_err(|cause| format!("{name} is no JSON: {cause}"))
    };
    let changes = diff::between(&read("FROM")?, &read("TO")?);
    let mut out = String::new();
    for it in &changes {
        let said = |it: &Option<String>| it.clone().unwrap_or_else(|| "nothing".to_owned());
        let _ = writeln!(out, "{} {}: {} -> {}", it.kind.text(), it.path, said(&it.before), said(&it.after));
    }
    if changes.is_empty() {
        out.push_str("They say the same.\n");
    }
    print(&out)?;
    Ok(ExitCode::SUCCESS)
}

/// Prints the JSON Schema.
pub fn schema() -> Result<ExitCode, String> {
    print(&format!("{:#}\n", format::schema()))?;
    Ok(ExitCode::SUCCESS)
}
