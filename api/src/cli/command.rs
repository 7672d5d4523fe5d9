//! What the command line accepts.

use clap::{Arg, ArgAction, ArgMatches, Command, value_parser};

use crate::{
    cli::{calendar, exports, policy},
    config::SETTINGS,
};

/// The whole command line.
pub fn command() -> Command {
    Command::new("tidui")
        .about("Tidui: a GraphQL API for cadre development")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(demo())
        .subcommand(settings(
            Command::new("serve").about("Serves, with the settings of flags, TIDUI_ variables and one file"),
        ))
        .subcommand(
            Command::new("migrate")
                .about("Brings the database's tables up to date, takes the last step back, or tells where they stand")
                .subcommand_required(true)
                .subcommand(settings(Command::new("up").about("Applies what is pending")))
                .subcommand(settings(Command::new("down").about("Takes the last migration back, with its rows")))
                .subcommand(settings(Command::new("status").about("Tells which migrations the database has"))),
        )
        .subcommand(Command::new("schema").about("Prints the schema"))
        .subcommand(token())
        .subcommand(account())
        .subcommand(audit())
        .subcommand(key())
        .subcommand(policy::command())
        .subcommand(calendar::command())
        .subcommand(exports::roster())
        .subcommand(exports::pool())
        .subcommand(exports::lrmx())
        .subcommand(
            Command::new("import").about("Imports files").subcommand_required(true).subcommand(settings(roster())),
        )
}

fn roster() -> Command {
    let of = |name: &'static str, value: &'static str, help: &'static str| {
        Arg::new(name).long(name).value_name(value).help(help)
    };
    Command::new("roster")
        .about("Imports a roster (干部花名册), and reports each line that is wrong")
        .arg(
            Arg::new("FILE")
                .required(true)
                .help("An .xlsx, .xls or .csv file; titles, footers and headers of two levels may stand in it"),
        )
        .arg(of("organization", "CODE", "Code of the organization whose people the file lists").required(true))
        .arg(
            of("mode", "MODE", "all: a wrong line keeps everything out; good: the good lines go in")
                .value_parser(["all", "good"])
                .default_value("all"),
        )
        .arg(flag("dry-run", "Only tries: tells what would come of it, and changes nothing"))
        .arg(of("report", "FILE", "Writes every finding to this .csv file; the terminal shows the first of each kind"))
        .arg(of("decisions", "FILE", "Whom the lines mean that could mean several persons: a filled-in file of them"))
        .arg(of("report-decisions", "FILE", "Writes the lines that wait for a decision to this .csv file, to fill in"))
        .arg(data("Use the demo in this folder instead of the settings").required(false))
}

fn audit() -> Command {
    let from = Arg::new("from").long("from").value_name("DAY").help("First day to verify, like 2026-05-13");
    Command::new("audit")
        .about("Keeps the audit trail")
        .subcommand_required(true)
        .subcommand(settings(
            Command::new("seal").about("Signs a digest of each day that has ended; the server does too"),
        ))
        .subcommand(settings(
            Command::new("verify")
                .about("Says whether the trail is as it was sealed, or names the first day that is not")
                .arg(from),
        ))
}

fn key() -> Command {
    let dir = Arg::new("dir").long("dir").value_name("DIR").default_value("keys").help("Folder to write to");
    let now = || flag("now", "Does not wait until every server has heard of the next key");
    let leaked = || flag("leaked", "Somebody else has the key files: does not wait, and ends what the old key signed");
    Command::new("key")
        .about("Makes the server's keys, rotates them, tells where a rotation stands")
        .subcommand_required(true)
        .subcommand(Command::new("generate").about("Writes signing.pem and field.key, readable by you alone").arg(dir))
        .subcommand(
            Command::new("rotate")
                .about("Makes the next key; run again, once every server knows it, makes it the current one")
                .subcommand_required(true)
                .subcommand(settings(
                    Command::new("signing").about("Rotates the key that signs tokens").arg(now()).arg(leaked()),
                ))
                .subcommand(settings(
                    Command::new("field").about("Rotates the key that seals sensitive values").arg(now()).arg(leaked()),
                )),
        )
        .subcommand(settings(
            Command::new("status").about("Tells which keys there are, and how many values each field key sealed"),
        ))
}

pub(super) fn flag(name: &'static str, help: &'static str) -> Arg {
    Arg::new(name).long(name).action(ArgAction::SetTrue).help(help)
}

fn demo() -> Command {
    Command::new("demo")
        .about("Serves a synthetic county from a folder of its own: no server needed")
        .arg(
            Arg::new("port")
                .long("port")
                .value_name("PORT")
                .default_value("8080")
                .value_parser(value_parser!(u16))
                .help("Port on 127.0.0.1; 0 takes a free one"),
        )
        .arg(data("Folder of the demo").default_value("tidui-demo"))
        .arg(
            Arg::new("database-url")
                .long("database-url")
                .value_name("URL")
                .help("Makes it in this empty PostgreSQL database, and not in a file of the folder"),
        )
        .arg(
            Arg::new("as-of")
                .long("as-of")
                .value_name("DAY")
                .value_parser(value_parser!(chrono::NaiveDate))
                .help("Serves as if it were this day, such as 2027-01-31: to see what a day brings"),
        )
        .arg(
            Arg::new("reset")
                .long("reset")
                .action(ArgAction::SetTrue)
                .help("Removes the demo's own files from the folder and begins anew"),
        )
}

fn account() -> Command {
    let login = || Arg::new("LOGIN").required(true).help("Name to sign in with");
    let demo = || data("Use the demo in this folder instead of the settings");
    let of = |name: &'static str, help: &'static str| Arg::new(name).long(name).value_name("VALUE").help(help);
    let flag = |name: &'static str, help: &'static str| Arg::new(name).long(name).action(ArgAction::SetTrue).help(help);
    Command::new("account")
        .about("Makes accounts, grants roles, sets passwords and second factors")
        .subcommand_required(true)
        .subcommand(settings(
            Command::new("grant")
                .about("Grants a role on an organization's subtree; makes the account where there is none")
                .arg(login())
                .arg(of("role", "A role such as audit-admin").required(true))
                .arg(of("organization", "Code of the top of the subtree").required(true))
                .arg(of("name", "Name to show, for a new account"))
                .arg(of("tier", "Reaches only people managed at this tier or lower, such as county"))
                .arg(of("ceiling", "Reaches only records up to this secrecy level; internal when it is left out"))
                .arg(flag("machine", "The account is a program's: it signs in with client_credentials"))
                .arg(demo()),
        ))
        .subcommand(settings(
            Command::new("password")
                .about("Sets a password, or a client's secret, read from standard input")
                .arg(login())
                .arg(demo()),
        ))
        .subcommand(settings(
            Command::new("totp")
                .about("Gives a second factor and prints it once, for an authenticator to read")
                .arg(login())
                .arg(flag("remove", "Takes the second factor away instead"))
                .arg(demo()),
        ))
}

fn token() -> Command {
    Command::new("token")
        .about("Prints a fresh token for one of the demo's people, good for 15 minutes")
        .arg(Arg::new("ROLE").required(true).help("A role such as organization-officer, or a login such as officer"))
        .arg(data("Folder of the demo").default_value("tidui-demo"))
}

pub(super) fn data(help: &'static str) -> Arg {
    Arg::new("data").long("data").value_name("DIR").help(help)
}

/// Adds every setting as a flag, and the settings file.
pub(super) fn settings(command: Command) -> Command {
    let config = Arg::new("config").long("config").value_name("FILE").help("TOML file of settings");
    SETTINGS.iter().fold(command.arg(config), |command, setting| {
        let name = setting.name.replace('_', "-");
        let help = format!("{} [default: {}]", setting.about, setting.default);
        command.arg(Arg::new(setting.name).long(name).value_name("VALUE").help(help))
    })
}

/// The flags that were given, as settings.
pub fn given(matches: &ArgMatches) -> Vec<(String, String)> {
    let flag = |name: &'static str| matches.get_one::<String>(name).map(|text| (name.to_owned(), text.clone()));
    SETTINGS.iter().filter_map(|it| flag(it.name)).collect()
}
