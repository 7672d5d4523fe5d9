//! `tidui account`: makes accounts, grants roles, sets passwords and second factors, for whoever runs the server. The three
//! administrators come from here alone.

use std::{io::Read, path::PathBuf, process::ExitCode, sync::Arc};

use clap::ArgMatches;
use entity::{
    id::AccountId,
    kind::{ManagementAuthority, Role, SecrecyLevel},
};

use crate::{
    account::write::{GrantFromCommandLine, Granted},
    auth::{factor, password, policy::Job},
    cli::{demo, roster::broken, run},
    config::Config,
    db::{
        door::Part,
        session::{Session, Terms},
    },
    error::Error,
    http::house::{self, Hooks},
    metrics::Metrics,
    organization::read::OrganizationByCode,
    signin::{
        read::AccountOf,
        secret::{RemoveFactor, SetFactor, SetSecret},
    },
};

/// Makes an account or adds a grant.
pub async fn grant(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let role = one_of(&text("role"), "role", Role::ALL, Role::text)?;
    let given = |name: &str| Some(text(name)).filter(|it| !it.is_empty());
    let tier =
        given("tier").map(|it| one_of(&it, "managing tier", ManagementAuthority::ALL, ManagementAuthority::text));
    let tier = tier.transpose()?;
    let ceiling = given("ceiling").map(|it| one_of(&it, "secrecy level", SecrecyLevel::ALL, SecrecyLevel::text));
    let ceiling = ceiling.transpose()?.unwrap_or(SecrecyLevel::Internal);
    let session = operator(&settings(matches)?, hooks).await?;
    let code = text("organization");
    let top = session.ask(&OrganizationByCode(code.clone())).await.map_err(broken)?;
    let organization = top.ok_or_else(|| format!("no organization has the code '{code}'"))?.id;
    let name = matches.get_one::<String>("name").cloned();
    let granted = Granted { role, organization, from: None, to: None, tier, ceiling };
    let (login, machine) = (text("LOGIN"), matches.get_flag("machine"));
    let command = GrantFromCommandLine { login, name, machine, granted };
    session.run(command, &Terms::default()).await.map_err(broken)?;
    println!("{} is {} of {code} now.", text("LOGIN"), role.text());
    Ok(ExitCode::SUCCESS)
}

/// The value of a closed set that a word names, in either case and with hyphens or underscores.
pub(super) fn one_of<T: Copy>(
    word: &str,
    what: &str,
    all: &[T],
    text: impl Fn(T) -> &'static str,
) -> Result<T, String> {
    let wanted = word.replace('-', "_").to_uppercase();
    let found = all.iter().copied().find(|it| text(*it) == wanted);
    let texts = || all.iter().map(|it| text(*it)).collect::<Vec<_>>().join(", ");
    found.ok_or_else(|| format!("'{word}' is no {what}; there are {}", texts()))
}

/// Sets a password, read from standard input.
pub async fn set_password(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let login = matches.get_one::<String>("LOGIN").cloned().unwrap_or_default();
    let mut secret = String::new();
    std::io::stdin()
        .take(4096)
        .read_to_string(&mut secret)
        .map_err(|cause| format!("can't read the password: {cause}"))?;
    let secret_hash = password::hash(secret.trim_end_matches(['\r', '\n'])).map_err(broken)?;
    let session = operator(&settings(matches)?, hooks).await?;
    let account = account_of(&session, &login).await?;
    session.run(SetSecret { account, secret_hash }, &Terms::default()).await.map_err(broken)?;
    println!("{login} has a new password.");
    Ok(ExitCode::SUCCESS)
}

/// Gives an account a second factor and prints what an authenticator reads, this once; or takes it away.
pub async fn totp(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let login = matches.get_one::<String>("LOGIN").cloned().unwrap_or_default();
    let settings = settings(matches)?;
    let session = operator(&settings, hooks).await?;
    let account = account_of(&session, &login).await?;
    if matches.get_flag("remove") {
        return match session.run(RemoveFactor { account }, &Terms::default()).await {
            Ok(_) => {
                println!("{login} has no second factor now, and must sign in anew.");
                Ok(ExitCode::SUCCESS)
            }
            Err(Error::NotFound(_)) => Err(format!("{login} has no second factor")),
            Err(error) => Err(broken(error)),
        };
    }
    let secret = factor::fresh().map_err(broken)?.to_vec();
    let address = factor::address(&secret, &settings.issuer, &login);
    session.run(SetFactor { account, secret }, &Terms::default()).await.map_err(broken)?;
    // Alone on standard output, so that it can be piped into a program that draws it as a code for the phone's camera.
    println!("{address}");
    eprintln!(
        "Read this into the authenticator of {login} now: it is not shown again. Sessions of {login} have ended."
    );
    Ok(ExitCode::SUCCESS)
}

async fn account_of(session: &Session, login: &str) -> Result<AccountId, String> {
    let account = session.ask(&AccountOf { login: login.to_owned() }).await.map_err(broken)?;
    let none = || format!("no account has the login '{login}': make one with tidui account grant");
    Ok(account.ok_or_else(none)?.id)
}

fn settings(matches: &ArgMatches) -> Result<Config, String> {
    match matches.get_one::<String>("data") {
        Some(folder) => demo::config(&PathBuf::from(folder), 0),
        None => run::config(matches),
    }
}

async fn operator(config: &Config, hooks: Hooks) -> Result<Session, String> {
    let door = house::door(config, hooks, Arc::new(Metrics::default()), Part::Command).await?;
    Ok(door.job(Job::Operator, None))
}
