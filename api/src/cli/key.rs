//! `tidui key`: makes the server's keys, rotates them, and tells where a rotation stands.

use std::{
    path::{Path, PathBuf},
    process::ExitCode,
    sync::Arc,
};

use clap::ArgMatches;

use crate::{
    auth::{
        keys::{self, FieldKeys, TokenKeys},
        rotation::{self, Done, Haste, Which, clock_text},
    },
    cli::{roster::broken, run},
    db::{door::Part, resealing},
    http::house::{self, Hooks},
    metrics::Metrics,
};

/// Makes a pair of keys.
pub fn generate(matches: &ArgMatches) -> Result<ExitCode, String> {
    let folder = Path::new(matches.get_one::<String>("dir").map_or("keys", String::as_str));
    let (signing, field) = (folder.join("signing.pem"), folder.join("field.key"));
    keys::generate(&signing, &field)?;
    println!(
        "Wrote {} and {}. Keep both: without the field key sealed values are lost.",
        signing.display(),
        field.display()
    );
    Ok(ExitCode::SUCCESS)
}

/// Takes the next step of a rotation.
pub fn rotate(matches: &ArgMatches, hooks: &Hooks) -> Result<ExitCode, String> {
    let Some((name, given)) = matches.subcommand() else {
        return Err("say which key to rotate: signing or field".to_owned());
    };
    let config = run::config(given)?;
    let haste = match (given.get_flag("leaked"), given.get_flag("now")) {
        (true, _) => Haste::Leaked,
        (false, true) => Haste::Now,
        (false, false) => Haste::None,
    };
    let (which, path) = match name {
        "signing" => (Which::Signing, PathBuf::from(config.signing_key)),
        _ => (Which::Field, PathBuf::from(config.field_key)),
    };
    let done = rotation::rotate(which, &path, haste, hooks.clock.now())?;
    println!("{}", told(which, done, haste, &path));
    Ok(ExitCode::SUCCESS)
}

fn told(which: Which, done: Done, haste: Haste, path: &Path) -> String {
    let file = |word: &str| rotation::beside(path, word).display().to_string();
    match (which, done) {
        (_, Done::Prepared(ready)) => {
            format!(
                "Wrote {}. Servers know it within a second. Run this again after {}: then it is used.",
                file("next"),
                clock_text(ready)
            )
        }
        (Which::Signing, Done::Promoted) if haste == Haste::Leaked => {
            format!(
                "{} signs now. No token of the key before it is good any more: clients refresh, or sign in.",
                path.display()
            )
        }
        (Which::Signing, Done::Promoted) => {
            format!(
                "{} signs now. Tokens of the key before it are good to their end. Keep {}: tidui audit verify needs it.",
                path.display(),
                file("retired")
            )
        }
        (Which::Field, Done::Promoted) => {
            format!(
                "{} seals now. Servers seal older values anew; tidui key status says when {} may be removed.",
                path.display(),
                file("previous")
            )
        }
    }
}

/// Tells which keys there are, and how many values each field key sealed.
pub async fn status(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let config = run::config(matches)?;
    let (signing, field) = (PathBuf::from(&config.signing_key), PathBuf::from(&config.field_key));
    let now = hooks.clock.now().timestamp();
    for key in TokenKeys::read(&signing)?.all() {
        let state = match key.retired {
            _ if key.current => "signs",
            None => "next",
            Some(_) if key.counts(now) => "retired, its tokens are still good",
            Some(_) => "retired, for the audit trail alone",
        };
        println!("signing key {}: {state}", key.kid);
    }
    let keys = FieldKeys::read(&field)?;
    let door = house::door(&config, hooks, Arc::new(Metrics::default()), Part::Command).await?;
    let counts = resealing::sealed_with(&door).await.map_err(broken)?;
    let of = |id: &str| counts.get(id).copied().unwrap_or(0);
    println!("field key {}: seals, {} value(s)", keys.current.id(), of(&keys.current.id()));
    if let Some(next) = &keys.next {
        println!("field key {}: next, {} value(s)", next.id(), of(&next.id()));
    }
    let older = keys.previous.as_ref().map_or(0, |it| of(&it.id())) + of("");
    if let Some(previous) = &keys.previous {
        println!("field key {}: previous, {older} value(s) wait to be sealed anew by a running server", previous.id());
    }
    let file = rotation::beside(&field, "previous");
    match (&keys.previous, older) {
        (Some(_), 0) => println!("Every value is sealed with the current key: {} may be removed.", file.display()),
        (Some(_), _) => println!("Not every value is sealed with the current key: keep {}.", file.display()),
        (None, _) => {}
    }
    Ok(ExitCode::SUCCESS)
}
