//! One throwaway PostgreSQL cluster for the whole run, from the machine's own binaries.
//!
//! It listens on a UNIX socket in its own private directory and nowhere else: two runs never meet, no port is taken,
//! and trusting every connection is safe. Each story gets a copy of a migrated template, which is far cheaper than
//! migrating again. The cluster never flushes to the disk, since it does not outlive the run.

use crate::redis::Tether;
use std::fs::{self, DirBuilder, File};
use std::io::Write;
use std::os::unix::fs::{DirBuilderExt, MetadataExt, chown};
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::{Mutex, OnceLock};
use std::thread;
use std::time::{Duration, Instant};

/// The role that owns everything in the cluster.
const ROLE: &str = "tidui";
/// Only names the socket file. Said everywhere, because clients would otherwise take it from `PGPORT`.
const PORT: &str = "5432";
const START_LIMIT: Duration = Duration::from_secs(20);
const POLL: Duration = Duration::from_millis(20);

/// Speed over safety, and quiet: a template cannot be copied while autovacuum looks into it.
const SETTINGS: [&str; 9] = [
    "listen_addresses=",
    "fsync=off",
    "synchronous_commit=off",
    "full_page_writes=off",
    "wal_level=minimal",
    "max_wal_senders=0",
    "max_connections=300",
    "shared_buffers=32MB",
    "autovacuum=off",
];

/// A running cluster. It ends, and its directory goes, with `stop` or when it is dropped.
pub struct Cluster {
    binaries: PathBuf,
    directory: PathBuf,
    server: Mutex<Option<Tether>>,
    /// How many copies were made. Held during the copy, because two copies of one template at a time disturb each
    /// other.
    copies: Mutex<u32>,
}

impl Cluster {
    /// Whether this machine can run one; otherwise the reason, as a sentence.
    pub fn available() -> Result<(), String> {
        binaries().map(|_| ())
    }

    /// Makes a fresh cluster and waits until it accepts connections.
    pub fn start() -> Result<Cluster, String> {
        let binaries = binaries()?;
        let directory = fresh_directory()?;
        let cluster = Cluster { binaries, directory, server: Mutex::default(), copies: Mutex::default() };
        let owner = Owner::of(&cluster.directory)?;
        cluster.initialize(owner)?;
        *cluster.server.lock().unwrap() = Some(cluster.spawn(owner)?);
        cluster.wait_until_ready()?;
        Ok(cluster)
    }

    /// The address of one database, as the server under test and sea-orm read it.
    pub fn url(&self, database: &str) -> String {
        let host = percent_encoded(&self.directory.to_string_lossy());
        format!("postgres://{ROLE}@localhost:{PORT}/{database}?host={host}&sslmode=disable")
    }

    /// Runs statements one by one, each in its own transaction, and returns the bare rows: columns separated by `|`.
    pub fn psql(&self, database: &str, sql: &str) -> Result<String, String> {
        let mut command = self.command("psql", None);
        command.args(["-qtAX", "-v", "ON_ERROR_STOP=1", "-p", PORT, "-U", ROLE, "-d", database, "-h"]);
        command.arg(&self.directory).args(["-f", "-"]);
        let output = output_of(&mut command, sql).map_err(|error| format!("psql cannot be run: {error}"))?;
        if !output.status.success() {
            return Err(format!("psql on {database} failed: {}", text(&output.stderr)));
        }
        Ok(text(&output.stdout))
    }

    /// Copies a database under a new name, `w1`, `w2` and so on, and returns that name. Nobody may be connected to the
    /// template.
    pub fn clone_template(&self, template: &str) -> Result<String, String> {
        let mut copies = self.copies.lock().unwrap();
        *copies += 1;
        let name = format!("w{copies}");
        let strategy = self.copy_strategy();
        self.psql("postgres", &format!("create database {name} template {template} {strategy}"))?;
        Ok(name)
    }

    /// Drops a database even while somebody is connected to it. Hundreds of copies would fill a small disk.
    pub fn discard(&self, database: &str) -> Result<(), String> {
        self.psql("postgres", &format!("drop database if exists {database} with (force)")).map(|_| ())
    }

    /// Ends the server and removes everything. A second call does nothing.
    pub fn stop(&self) {
        self.server.lock().unwrap().take();
        let _ = fs::remove_dir_all(&self.directory); // already gone, unless the server had never started
    }

    /// Copying files costs two thirds of the default, which logs each page. Before version 15 it is the only way, and
    /// has no name.
    fn copy_strategy(&self) -> &'static str {
        let version = fs::read_to_string(self.directory.join("data/PG_VERSION")).unwrap_or_default();
        if version.trim().parse().is_ok_and(|version: u32| version >= 15) { "strategy file_copy" } else { "" }
    }

    fn initialize(&self, owner: Option<Owner>) -> Result<(), String> {
        let mut command = self.command("initdb", owner);
        command.args(["-A", "trust", "-U", ROLE, "-E", "UTF8", "--no-locale", "--no-sync", "-D", "data"]);
        let output = command
            .output()
            .map_err(|error| format!("initdb cannot be run in {}: {error}", self.directory.display()))?;
        if !output.status.success() {
            return Err(format!("initdb failed: {}", text(&output.stderr)));
        }
        Ok(())
    }

    fn spawn(&self, owner: Option<Owner>) -> Result<Tether, String> {
        let log = File::create(self.log()).map_err(|error| format!("the server's log cannot be written: {error}"))?;
        let mut command = self.command("postgres", owner);
        command.args(["-D", "data", "-p", PORT, "-k"]).arg(&self.directory);
        for setting in SETTINGS {
            command.args(["-c", setting]);
        }
        command.stdout(Stdio::null()).stderr(log);
        Tether::start(&mut command, Some(&self.directory))
    }

    /// The server writes its state into `postmaster.pid`, where `pg_ctl` looks as well: no process per look.
    fn wait_until_ready(&self) -> Result<(), String> {
        let begin = Instant::now();
        let state = self.directory.join("data/postmaster.pid");
        loop {
            if fs::read_to_string(&state).is_ok_and(|lines| lines.lines().any(|line| line.trim() == "ready")) {
                return Ok(());
            }
            let ended = self.server.lock().unwrap().as_mut().is_none_or(Tether::ended);
            if ended || begin.elapsed() > START_LIMIT {
                let why = if ended { "ended at once" } else { "was not ready within 20 s" };
                return Err(format!("the server {why}; its log ends with:\n{}", self.log_tail()));
            }
            thread::sleep(POLL);
        }
    }

    /// One of the cluster's programs, in its directory, deaf to the `PG*` variables of whoever started the run.
    fn command(&self, program: &str, owner: Option<Owner>) -> Command {
        let mut command = Command::new(self.binaries.join(program));
        command.current_dir(&self.directory);
        for (name, _) in std::env::vars_os() {
            if name.to_string_lossy().starts_with("PG") {
                command.env_remove(name);
            }
        }
        if let Some(owner) = owner {
            command.uid(owner.user).gid(owner.group);
        }
        command
    }

    /// Where the server writes what it has to say.
    pub fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    fn log_tail(&self) -> String {
        let log = fs::read_to_string(self.log()).unwrap_or_default();
        let lines: Vec<&str> = log.lines().collect();
        lines[lines.len().saturating_sub(15)..].join("\n")
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        self.stop();
    }
}

static SHARED: OnceLock<Result<Cluster, String>> = OnceLock::new();

/// The cluster of this run, started by the first who asks. The failure is kept, so that the next story fails at once
/// instead of waiting again.
pub fn shared() -> &'static Cluster {
    match SHARED.get_or_init(Cluster::start) {
        Ok(cluster) => cluster,
        Err(why) => panic!("the shared PostgreSQL cluster did not start: {why}"),
    }
}

/// Ends the shared cluster, if one was started. The runner calls this because statics are never dropped.
pub fn stop_shared() {
    if let Some(Ok(shared)) = SHARED.get() {
        shared.stop();
    }
}

/// The account that runs the server when we are root, whom PostgreSQL refuses.
#[derive(Clone, Copy)]
struct Owner {
    user: u32,
    group: u32,
}

impl Owner {
    /// `None` when we may run the server ourselves. A directory that we have just made tells who we are; if that is
    /// root, it is handed to the account that will run the server.
    fn of(directory: &Path) -> Result<Option<Owner>, String> {
        let made_by = fs::metadata(directory).map_err(|error| format!("{} vanished: {error}", directory.display()))?;
        if made_by.uid() != 0 {
            return Ok(None);
        }
        let accounts = fs::read_to_string("/etc/passwd").unwrap_or_default();
        let owner = Owner::named("postgres", &accounts).or_else(|| Owner::named("nobody", &accounts));
        let owner = owner.ok_or("root may not run PostgreSQL, and no account postgres or nobody exists")?;
        chown(directory, Some(owner.user), Some(owner.group))
            .map_err(|error| format!("{} cannot be handed over: {error}", directory.display()))?;
        Ok(Some(owner))
    }

    fn named(name: &str, accounts: &str) -> Option<Owner> {
        let line = accounts.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2);
        Some(Owner { user: numbers.next()?.parse().ok()?, group: numbers.next()?.parse().ok()? })
    }
}

/// The directory that holds all three programs: what `pg_config` says, else the newest packaged version, else PATH.
fn binaries() -> Result<PathBuf, String> {
    let mut places = Vec::new();
    if let Ok(output) = Command::new("pg_config").arg("--bindir").output() {
        places.push(PathBuf::from(text(&output.stdout)));
    }
    let mut packaged: Vec<(u32, PathBuf)> = fs::read_dir("/usr/lib/postgresql")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| Some((entry.file_name().to_str()?.parse().ok()?, entry.path().join("bin"))))
        .collect();
    packaged.sort();
    places.extend(packaged.into_iter().rev().map(|(_, place)| place));
    places.extend(std::env::split_paths(&std::env::var_os("PATH").unwrap_or_default()));
    places
        .into_iter()
        .find(|place| ["initdb", "postgres", "psql"].iter().all(|program| place.join(program).is_file()))
        .ok_or_else(|| "no PostgreSQL server is installed (initdb, postgres, psql)".to_owned())
}

/// A private directory with a short name: the path of a UNIX socket must fit into about a hundred bytes.
fn fresh_directory() -> Result<PathBuf, String> {
    for number in 0..1000 {
        let directory = std::env::temp_dir().join(format!("tidui-pg-{}-{number}", std::process::id()));
        match DirBuilder::new().mode(0o700).create(&directory) {
            Ok(()) => return Ok(directory),
            Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {}
            Err(error) => return Err(format!("{} cannot be made: {error}", directory.display())),
        }
    }
    Err("a thousand directories of this process exist already".to_owned())
}

/// Feeds `input` from a thread of its own: a command that answers before it has read everything must not block us.
fn output_of(command: &mut Command, input: &str) -> std::io::Result<Output> {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn()?;
    let pipe = child.stdin.take();
    thread::scope(|scope| {
        scope.spawn(move || pipe.map(|mut pipe| pipe.write_all(input.as_bytes())));
        child.wait_with_output()
    })
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).trim_end().to_owned()
}

fn percent_encoded(path: &str) -> String {
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~".contains(&byte);
    path.bytes().map(|byte| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") }).collect()
}
