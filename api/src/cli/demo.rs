//! `tidui demo` and `tidui token`: a synthetic county in a folder of its own.

use std::{
    fs,
    path::{Path, PathBuf},
    process::ExitCode,
    sync::{Arc, atomic::AtomicU64},
};

use clap::ArgMatches;
use entity::id::AccountId;
use serde::{Deserialize, Serialize};

use crate::{
    auth::{
        keys::{self, TokenKeys},
        policy::Job,
        token::Tokens,
    },
    cli::{progress, run},
    config::Config,
    db::{
        connect::{self, Step},
        door::Part,
        session::Terms,
    },
    demo::{
        county::{self, County},
        load::{IsEmpty, LoadCounty},
    },
    http::{
        console::StandIn,
        house::{self, Hooks},
        server::Server,
    },
    metrics::Metrics,
};

/// The seed of every demo: a story told about it holds on every machine.
const SEED: u64 = 315;
/// Whom the demo has; a folder with this list holds a whole demo.
const PEOPLE: &str = "people.json";
/// Where the demo lies, if not in a file of its folder.
const DATABASE: &str = "database";
/// Files that the demo makes, and that `--reset` removes.
const FILES: [&str; 12] = [
    DATABASE,
    "tidui.sqlite",
    "tidui.sqlite-wal",
    "tidui.sqlite-shm",
    "tidui.sqlite-journal",
    PEOPLE,
    "keys/signing.pem",
    "keys/field.key",
    "keys/signing.next.pem",
    "keys/signing.retired.json",
    "keys/field.next.key",
    "keys/field.previous.key",
];
/// Made before all of them and never removed: where it stands, they are the demo's, finished or not.
const MARK: &str = "made-by-tidui-demo";

/// Somebody whom `tidui token` can stand in for.
#[derive(Serialize, Deserialize)]
struct Listed {
    role: String,
    login: String,
    name: String,
    account: AccountId,
    sentence: String,
}

impl Listed {
    fn stand_in(&self) -> StandIn {
        StandIn {
            login: self.login.clone(),
            role: self.role.clone(),
            name: self.name.clone(),
            sentence: self.sentence.clone(),
            account: self.account,
        }
    }
}

/// The settings of the demo in a folder.
pub(super) fn config(folder: &Path, port: u16) -> Result<Config, String> {
    let at = |name: &str| folder.join(name).display().to_string();
    let database = fs::read_to_string(folder.join(DATABASE));
    let flags = [
        ("listen", format!("127.0.0.1:{port}")),
        ("database_url", database.unwrap_or_else(|_| format!("sqlite://{}", at("tidui.sqlite")))),
        ("signing_key", at("keys/signing.pem")),
        ("field_key", at("keys/field.key")),
        ("explain", "true".to_owned()),
        ("log", "warn".to_owned()),
        // One person tries things out, and lets tools do so: how fast is no matter on one's own machine.
        ("people_requests", "1000000".to_owned()),
        ("people_points", "10000000000".to_owned()),
        ("address_requests", "0".to_owned()),
    ];
    Config::load(None, [], flags.map(|(name, text)| (name.to_owned(), text)))
}

/// Serves the demo, made first where it is not there yet.
pub async fn demo(matches: &ArgMatches, mut hooks: Hooks) -> Result<ExitCode, String> {
    let folder = folder(matches);
    let port = matches.get_one::<u16>("port").copied().unwrap_or(8080);
    if matches.get_flag("reset") {
        reset(&folder)?;
    }
    let database = matches.get_one::<String>("database-url").map(String::as_str);
    // A folder without a list of people holds no whole demo yet.
    let is_new = !folder.join(PEOPLE).exists();
    if is_new {
        begin(&folder, database)?;
    }
    let config = config(&folder, port)?;
    if database.is_some_and(|url| url != config.database_url) {
        return Err(format!(
            "the demo in {} lies in another database: name another folder with --data, or begin anew with --reset",
            folder.display()
        ));
    }
    let _collector = run::log(&config)?;
    if is_new {
        prepare(&folder, &config, &hooks).await?;
    }
    let people = people(&folder)?;
    if let Some(day) = matches.get_one::<chrono::NaiveDate>("as-of") {
        hooks.clock = hooks.clock.on(*day);
        println!("It is {day} for this demo.");
    }
    let server = Server::start_demo(config, hooks, people.iter().map(Listed::stand_in).collect()).await?;
    let told_to_stop = run::told_to_stop()?;
    print!("{}", banner(&server, &folder, &people));
    told_to_stop.await;
    server.stop().await;
    println!("Stopped. The demo is kept in {}; tidui demo --reset begins anew.", folder.display());
    Ok(ExitCode::SUCCESS)
}

fn folder(matches: &ArgMatches) -> PathBuf {
    PathBuf::from(matches.get_one::<String>("data").map_or("tidui-demo", String::as_str))
}

/// Removes the demo's own files, and nothing else: a database or key that somebody else put there is kept.
fn reset(folder: &Path) -> Result<(), String> {
    if !folder.join(MARK).exists()
        && let Some(name) = FILES.iter().find(|name| folder.join(name).exists())
    {
        return Err(format!(
            "{} is no demo's, so it is kept: name another folder with --data",
            folder.join(name).display()
        ));
    }
    for name in FILES {
        let path = folder.join(name);
        match fs::remove_file(&path) {
            Err(cause) if cause.kind() != std::io::ErrorKind::NotFound => {
                return Err(format!("can't remove {}: {cause}", path.display()));
            }
            _ => {}
        }
    }
    Ok(())
}

/// Makes the folder, with the mark in it, and where the rows are to lie.
fn begin(folder: &Path, database: Option<&str>) -> Result<(), String> {
    fs::create_dir_all(folder).map_err(|cause| format!("can't make {}: {cause}", folder.display()))?;
    reset(folder)?;
    let write = |name: &str, text: &str| {
        let path = folder.join(name);
        fs::write(&path, text).map_err(|cause| format!("can't write {}: {cause}", path.display()))
    };
    write(MARK, "tidui demo --reset removes what tidui demo has made here.\n")?;
    database.map_or(Ok(()), |url| write(DATABASE, url))
}

/// Makes keys, tables and rows. The list of people is written last: a demo whose making was interrupted is made again.
async fn prepare(folder: &Path, config: &Config, hooks: &Hooks) -> Result<(), String> {
    let list = folder.join(PEOPLE);
    println!("Making the demo in {} …", folder.display());
    keys::generate(&folder.join("keys/signing.pem"), &folder.join("keys/field.key"))?;
    connect::migrate(config, Step::Up).await?;
    let door = house::door(config, hooks.clone(), Arc::new(Metrics::default()), Part::Command).await;
    let door = door.map_err(|cause| format!("{cause}. A demo begins in an empty database"))?;
    let session = door.job(Job::DemoLoad, None);
    let broken = |error: crate::error::Error| format!("the demo could not be loaded: {error:?}");
    if !session.ask(&IsEmpty).await.map_err(broken)? {
        return Err("the database holds rows already: name an empty one for the demo".to_owned());
    }
    let county = county::synthetic(SEED, hooks.clock.today());
    let people = listed(&county);
    let (total, written) = (u64::try_from(county.rows()).unwrap_or(0), Arc::new(AtomicU64::new(0)));
    let command = LoadCounty { county, written: written.clone() };
    let terms = Terms::default();
    progress::while_working("Loading", total, written, session.run(command, &terms)).await.map_err(broken)?;
    let text = serde_json::to_string_pretty(&people).map_err(|cause| cause.to_string())?;
    fs::write(&list, text).map_err(|cause| format!("can't write {}: {cause}", list.display()))?;
    Ok(())
}

fn listed(county: &County) -> Vec<Listed> {
    let person = |it: &county::Person| Listed {
        role: it.role.text().to_owned(),
        login: it.login.clone(),
        name: it.name.clone(),
        account: it.account_id,
        sentence: it.sentence.clone(),
    };
    county.people.iter().map(person).collect()
}

fn people(folder: &Path) -> Result<Vec<Listed>, String> {
    let path = folder.join(PEOPLE);
    let text = fs::read_to_string(&path)
        .map_err(|_| format!("there is no demo in {}: start one with tidui demo", folder.display()))?;
    serde_json::from_str(&text).map_err(|cause| format!("{} is damaged ({cause}): tidui demo --reset", path.display()))
}

/// Prints a fresh token for one of the demo's people.
pub fn token(matches: &ArgMatches, hooks: &Hooks) -> Result<ExitCode, String> {
    let folder = folder(matches);
    let people = people(&folder)?;
    let wanted = matches.get_one::<String>("ROLE").cloned().unwrap_or_default();
    let role = wanted.replace('-', "_").to_uppercase();
    let found = people.iter().find(|it| it.login == wanted || it.role == role).ok_or_else(|| {
        let logins: Vec<&str> = people.iter().map(|it| it.login.as_str()).collect();
        format!("nobody in the demo is '{wanted}'; there are {}", logins.join(", "))
    })?;
    let keys = TokenKeys::read(&folder.join("keys/signing.pem"))?;
    let issued = Tokens::new(keys, "tidui", "tidui").issue(found.account, None, true, hooks.clock.now());
    println!("{}", issued.map_err(|_| "the token could not be signed".to_owned())?);
    Ok(ExitCode::SUCCESS)
}

fn banner(server: &Server, folder: &Path, people: &[Listed]) -> String {
    let address = server.address();
    let data = if folder == Path::new("tidui-demo") { String::new() } else { format!(" --data {}", folder.display()) };
    let list: Vec<String> =
        people.iter().map(|it| format!("  {:<10} {:<20} {} {}\n", it.login, it.role, it.name, it.sentence)).collect();
    format!(
        "\nTidui demo: a synthetic county, served on http://{address}\n\n\
         A page to ask from, as whom you like: http://{address}/console\n\n\
         Try this in another terminal:\n\n\
         \x20 TOKEN=$(cargo run -q -- token officer{data})\n\
         \x20 curl -s http://{address}/graphql -H \"authorization: Bearer $TOKEN\" \\\n\
         \x20   -H 'content-type: application/json' -H 'x-tidui-cost: 1' \\\n\
         \x20   -d '{{\"query\":\"{{ cadres(first: 3) {{ totalCount edges {{ node {{ name postTitle organization {{ name }} }} }} }} }}\"}}'\n\n\
         Whose token to take, and what each can do:\n\n\
         {}\nStop with Ctrl-C.\n",
        list.concat()
    )
}
