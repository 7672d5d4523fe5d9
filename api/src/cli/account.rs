//! `tidui account`: makes accounts, grants roles and sets passwords, for whoever runs the server. The three
//! administrators come from here alone.

use std::{io::Read, path::PathBuf, process::ExitCode, sync::Arc};

use clap::ArgMatches;
use entity::kind::{Role, SecrecyLevel};

use crate::{
    account::write::{GrantFromCommandLine, Granted},
    auth::{password, policy::Job},
    cli::{demo, roster::broken, run},
    db::{
        door::Part,
        session::{Session, Terms},
    },
    http::house::{self, Hooks},
    metrics::Metrics,
    organization::read::OrganizationByCode,
    signin::{read::AccountOf, write::SetSecret},
};

/// Makes an account or adds a grant.
pub async fn grant(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let text = |name: &str| matches.get_one::<String>(name).cloned().unwrap_or_default();
    let role = text("role").replace('-', "_").to_uppercase();
    let role = Role::parse(&role).ok_or_else(|| {
        let all: Vec<&str> = Role::ALL.iter().map(|it| it.text()).collect();
        format!("'{}' is no role; there are {}", text("role"), all.join(", "))
    })?;
    let session = operator(matches, hooks).await?;
    let code = text("organization");
    let top = session.ask(&OrganizationByCode(code.clone())).await.map_err(broken)?;
    let organization = top.ok_or_else(|| format!("no organization has the code '{code}'"))?.id;
    let name = matches.get_one::<String>("name").cloned();
    let (tier, ceiling) = (None, SecrecyLevel::Internal);
    let granted = Granted { role, organization, from: None, to: None, tier, ceiling };
    let command = GrantFromCommandLine { login: text("LOGIN"), name, granted };
    session.run(command, &Terms::default()).await.map_err(broken)?;
    println!("{} is {} of {code} now.", text("LOGIN"), role.text());
    Ok(ExitCode::SUCCESS)
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
    let session = operator(matches, hooks).await?;
    let account = session.ask(&AccountOf { login: login.clone() }).await.map_err(broken)?;
    let account =
        account.ok_or_else(|| format!("no account has the login '{login}': make one with tidui account grant"))?.id;
    session.run(SetSecret { account, secret_hash }, &Terms::default()).await.map_err(broken)?;
    println!("{login} has a new password.");
    Ok(ExitCode::SUCCESS)
}

async fn operator(matches: &ArgMatches, hooks: Hooks) -> Result<Session, String> {
    let config = match matches.get_one::<String>("data") {
        Some(folder) => demo::config(&PathBuf::from(folder), 0)?,
        None => run::config(matches)?,
    };
    let door = house::door(&config, hooks, Arc::new(Metrics::default()), Part::Command).await?;
    Ok(door.job(Job::Operator, None))
}
