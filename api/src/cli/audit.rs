//! `tidui audit seal` and `tidui audit verify`: the signed digests of the audit trail.

use std::{process::ExitCode, sync::Arc};

use chrono::NaiveDate;
use clap::ArgMatches;

use crate::{
    cli::{roster::broken, run},
    db::{
        door::Part,
        keeping::{self, Keeping},
    },
    http::house::{self, Hooks},
    metrics::Metrics,
};

/// Seals the days that have ended.
pub async fn seal(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let config = run::config(matches)?;
    let door = house::door(&config, hooks, Arc::new(Metrics::default()), Part::Command).await?;
    let days = keeping::seal(&door, &Keeping::of(&config)).await.map_err(broken)?;
    match (days.first(), days.last()) {
        (Some(first), Some(last)) => println!("Sealed {} day(s), {first} to {last}.", days.len()),
        _ => println!("Nothing to seal: every day that has ended is sealed."),
    }
    Ok(ExitCode::SUCCESS)
}

/// Verifies what was sealed.
pub async fn verify(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let config = run::config(matches)?;
    let from = matches.get_one::<String>("from").map(|text| day(text)).transpose()?;
    let door = house::door(&config, hooks, Arc::new(Metrics::default()), Part::Command).await?;
    let verdict = keeping::verify(&door, &Keeping::of(&config), from).await.map_err(broken)?;
    if let Some((day, why)) = verdict.breach {
        println!("NOT AS SEALED: {day} {why}.");
        return Ok(ExitCode::FAILURE);
    }
    match verdict.last {
        Some((day, hash)) => println!(
            "OK: {} day(s) with {} act(s) are as they were sealed. Keep the last hash elsewhere: {day} {hash}",
            verdict.days, verdict.events
        ),
        None => println!("OK: nothing is sealed yet."),
    }
    Ok(ExitCode::SUCCESS)
}

fn day(text: &str) -> Result<NaiveDate, String> {
    NaiveDate::parse_from_str(text, "%Y-%m-%d").map_err(|_| format!("--from {text}: write a day like 2026-05-13"))
}
