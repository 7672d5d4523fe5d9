//! The binary under test as a process of its own, in a folder of its own.
//!
//! What it prints goes to files in that folder: nothing has to be read for it to go on, and a failed test can show all
//! of it. A process hangs on a tether, so none outlives the run.

use std::ffi::OsStr;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::{redis::Tether, world};

/// How long a command may take. In debug the making of a demo takes some seconds, more beside other tests.
const LIMIT: Duration = Duration::from_secs(90);
const POLL: Duration = Duration::from_millis(10);

static FOLDERS: AtomicU32 = AtomicU32::new(1);

/// A fresh folder of this run.
pub fn fresh_folder() -> PathBuf {
    let path = world::folder().join(format!("p{}", FOLDERS.fetch_add(1, Ordering::SeqCst)));
    fs::create_dir_all(&path).expect("a folder");
    path
}

/// A command line that is to be run.
pub struct Program {
    command: Command,
    out: PathBuf,
    err: PathBuf,
}

/// A command line that has ended.
#[derive(Debug)]
pub struct Ended {
    /// Exit code; -1 where a signal ended it.
    pub code: i32,
    /// What it printed to standard output.
    pub out: String,
    /// What it printed to standard error.
    pub err: String,
}

/// A command line that is running.
pub struct Process {
    tether: Option<Tether>,
    out: PathBuf,
    err: PathBuf,
}

impl Program {
    /// The binary with these arguments in this folder, deaf to the settings of whoever started the run.
    pub fn new(binary: &str, folder: &Path, arguments: &[&str]) -> Self {
        let mut command = Command::new(binary);
        command.args(arguments).current_dir(folder);
        for (name, _) in std::env::vars_os() {
            if ["TIDUI_", "FAULT_"].iter().any(|prefix| name.to_string_lossy().starts_with(prefix)) {
                command.env_remove(name);
            }
        }
        let number = FOLDERS.fetch_add(1, Ordering::SeqCst);
        let log = |kind: &str| world::folder().join(format!("{kind}{number}.log"));
        Self { command, out: log("out"), err: log("err") }
    }

    /// Over the database, the shared store and the keys of a world.
    pub fn over(mut self, config: &api::Config) -> Self {
        self.command.args(["--database-url", &config.database_url, "--redis-url", &config.redis_url]);
        self.command.args(["--redis-prefix", &config.redis_prefix, "--signing-key", &config.signing_key]);
        self.command.args(["--field-key", &config.field_key]);
        self
    }

    /// With a variable of the environment.
    pub fn with(mut self, name: &str, value: impl AsRef<OsStr>) -> Self {
        self.command.env(name, value);
        self
    }

    /// Starts it.
    pub fn start(mut self) -> Process {
        self.command.stdout(File::create(&self.out).expect("a file"));
        self.command.stderr(File::create(&self.err).expect("a file"));
        let tether = Tether::start(&mut self.command, None).expect("a process");
        Process { tether: Some(tether), out: self.out, err: self.err }
    }

    /// Runs it to its end.
    pub fn run(self) -> Ended {
        self.start().end(LIMIT)
    }
}

impl Process {
    /// What it has printed so far, standard output first.
    pub fn printed(&self) -> String {
        text(&self.out) + &text(&self.err)
    }

    /// Waits until it says where it serves, and returns that, such as `http://127.0.0.1:40001`.
    pub fn url(&mut self) -> String {
        let begun = Instant::now();
        loop {
            let printed = self.printed();
            if let Some(url) = printed.split_inclusive('\n').find_map(served_on) {
                return url;
            }
            let ended = self.tether.as_mut().is_none_or(Tether::ended);
            assert!(!ended && begun.elapsed() < LIMIT, "it does not serve:\n{}", self.printed());
            thread::sleep(POLL);
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.tether.as_ref().expect("a running process").id()
    }

    /// Sends SIGTERM.
    pub fn terminate(&self) {
        let id = self.tether.as_ref().expect("a running process").id().to_string();
        let sent = Command::new("sh").args(["-c", "kill -TERM \"$1\"", "sh", &id]).status().expect("sh");
        assert!(sent.success(), "SIGTERM could not be sent");
    }

    /// Waits for its end.
    pub fn end(mut self, limit: Duration) -> Ended {
        let begun = Instant::now();
        let tether = self.tether.as_mut().expect("a running process");
        let code = loop {
            if let Some(code) = tether.code() {
                break code;
            }
            assert!(
                begun.elapsed() < limit,
                "it has not ended within {limit:?}:\n{}",
                text(&self.out) + &text(&self.err)
            );
            thread::sleep(POLL);
        };
        self.release();
        Ended { code, out: text(&self.out), err: text(&self.err) }
    }

    /// Its process id is free now and may soon be a stranger's, so its watcher must not signal it.
    fn release(&mut self) {
        if let Some(tether) = self.tether.take() {
            tether.kill();
        }
    }
}

impl Drop for Process {
    fn drop(&mut self) {
        if self.tether.as_mut().is_some_and(Tether::ended) {
            self.release();
        }
    }
}

impl Ended {
    /// That it did what it should.
    pub fn done(self) -> Self {
        assert_eq!(self.code, 0, "{self:?}");
        self
    }

    /// That it refused with a sentence that holds each of these words.
    pub fn refused(self, words: &[&str]) -> Self {
        assert!(self.code > 0, "{self:?}");
        let told = format!("{}{}", self.out, self.err);
        assert!(words.iter().all(|word| told.contains(word)), "{words:?} in {told}");
        assert!(!told.contains("panicked"), "{told}");
        self
    }
}

/// The address in a line that is printed to its end.
fn served_on(line: &str) -> Option<String> {
    let (before, url) = line.strip_suffix('\n')?.split_once(" on http://")?;
    before.to_lowercase().contains("serv").then(|| format!("http://{}", url.trim()))
}

fn text(path: &Path) -> String {
    String::from_utf8_lossy(&fs::read(path).unwrap_or_default()).into_owned()
}
