//! Runs the laws and the stories: finds them, names them, runs each on its own runtime, ends the shared servers.
//!
//! A *story* meets the server through a `World` and is told once per stack; a *law* has no world. Both are written
//! with a macro of this file in any module of the test binary and find their way here by `inventory`, so no list of
//! tests can lag behind. What cannot run on this machine is listed as ignored, with the reason; where `CI` is `true`
//! it fails instead, because a silent gap in CI looks like success.

use crate::{postgres, redis};
use libtest_mimic::{Arguments, Failed, Trial};
use std::any::Any;
use std::cell::RefCell;
use std::fmt;
use std::panic::{self, AssertUnwindSafe};
use std::pin::Pin;
use std::process::ExitCode;
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

#[doc(hidden)]
pub use inventory;

/// How long a story may take, unless `TIDUI_STORY_SECONDS` says another number: a slow one is far below, and this is for
/// one that waits for ever.
const LIMIT_S: u64 = 300;
/// How long what a story started may take to end after it.
const GRACE: Duration = Duration::from_secs(5);
/// A story has two workers and mostly waits for the server, so more than the usual cores is no waste.
const THREADS: usize = 4;

fn limit() -> Duration {
    let said = std::env::var("TIDUI_STORY_SECONDS").ok().and_then(|it| it.parse().ok());
    Duration::from_secs(said.unwrap_or(LIMIT_S))
}

/// What a story's server stands on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stack {
    /// SQLite, and everything shared kept in the process.
    Sqlite,
    /// PostgreSQL and Redis.
    Postgres,
}

impl fmt::Display for Stack {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Stack::Sqlite => "sqlite",
            Stack::Postgres => "postgres+redis",
        })
    }
}

/// The stacks that a story is told on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Stacks {
    Both,
    Sqlite,
    Postgres,
}

impl Stacks {
    fn each(self) -> &'static [Stack] {
        match self {
            Stacks::Both => &[Stack::Sqlite, Stack::Postgres],
            Stacks::Sqlite => &[Stack::Sqlite],
            Stacks::Postgres => &[Stack::Postgres],
        }
    }
}

/// One story, as `both!`, `sqlite!` and `postgres!` register it.
pub struct Story {
    /// The full path of its function.
    pub name: &'static str,
    pub file: &'static str,
    pub stack: Stacks,
    pub run: fn(Stack) -> Pin<Box<dyn Future<Output = ()>>>,
}

/// One law, as `law!` registers it.
pub struct Law {
    /// The full path of its function.
    pub name: &'static str,
    pub file: &'static str,
    pub run: fn(),
}

inventory::collect!(Story);
inventory::collect!(Law);

/// Stories that must go alike on both stacks.
#[macro_export]
macro_rules! both {
    ($($stories:tt)*) => { $crate::stories! { Both; $($stories)* } };
}

/// Stories about SQLite or about the life inside one process.
#[macro_export]
macro_rules! sqlite {
    ($($stories:tt)*) => { $crate::stories! { Sqlite; $($stories)* } };
}

/// Stories about PostgreSQL, about Redis or about several processes.
#[macro_export]
macro_rules! postgres {
    ($($stories:tt)*) => { $crate::stories! { Postgres; $($stories)* } };
}

/// Leaves each function as it stands and registers it beside.
#[doc(hidden)]
#[macro_export]
macro_rules! stories {
    ($stacks:ident; $($(#[$attribute:meta])* async fn $name:ident($($world:tt)+) $body:block)*) => { $(
        $(#[$attribute])*
        async fn $name($($world)+) $body

        $crate::runner::inventory::submit! {
            $crate::runner::Story {
                name: ::std::concat!(::std::module_path!(), "::", ::std::stringify!($name)),
                file: ::std::file!(),
                stack: $crate::runner::Stacks::$stacks,
                run: |stack| ::std::boxed::Box::pin(async move {
                    let world = $crate::world::World::new(stack).await;
                    $name(world).await
                }),
            }
        }
    )* };
}

/// Tests without a world: about the source tree, the schema, or pure functions.
#[macro_export]
macro_rules! law {
    ($($(#[$attribute:meta])* fn $name:ident() $body:block)*) => { $(
        $(#[$attribute])*
        fn $name() $body

        $crate::runner::inventory::submit! {
            $crate::runner::Law {
                name: ::std::concat!(::std::module_path!(), "::", ::std::stringify!($name)),
                file: ::std::file!(),
                run: $name,
            }
        }
    )* };
}

/// Runs what the command line selects and ends the shared servers. The test binary's `main` does nothing else.
pub fn main() -> ExitCode {
    // The client that stories ask with can speak TLS, as the server can, and wants to be told by which cryptography.
    let _ = rustls::crypto::ring::default_provider().install_default();
    let mut arguments = Arguments::from_args();
    arguments.test_threads.get_or_insert(THREADS);
    remember_places_of_panics();
    let conclusion = libtest_mimic::run(&arguments, trials());
    postgres::stop_shared();
    redis::stop_shared();
    conclusion.exit_code()
}

/// Everything that is registered, by name: the order of registration is the linker's, hence arbitrary.
fn trials() -> Vec<Trial> {
    let missing = postgres::Cluster::available().and_then(|()| redis::RedisServer::available()).err();
    let mut trials = Vec::new();
    for law in inventory::iter::<Law> {
        let title = short(law.name).to_owned();
        let work = || {
            (law.run)();
            Ok(())
        };
        trials.push(Trial::test(title.clone(), move || perform(&title, law.file, work)));
    }
    for story in inventory::iter::<Story> {
        for &stack in story.stack.each() {
            let title = format!("{} [{stack}]", short(story.name));
            let reason = missing.clone().filter(|_| stack == Stack::Postgres);
            trials.push(story_trial(story, stack, title, reason));
        }
    }
    trials.sort_by(|one, other| one.name().cmp(other.name()));
    trials
}

fn story_trial(story: &'static Story, stack: Stack, title: String, missing: Option<String>) -> Trial {
    let in_ci = std::env::var("CI").is_ok_and(|value| value == "true");
    match missing {
        Some(reason) if in_ci => Trial::test(title, move || Err(format!("cannot run here: {reason}").into())),
        missing => {
            let runner_title = title.clone();
            let trial = Trial::test(title, move || {
                let name = runner_title.clone();
                perform(&runner_title, story.file, move || tell(story, stack, &name))
            });
            trial.with_ignored_flag(missing.is_some()).with_kind(missing.unwrap_or_default())
        }
    }
}

/// The path without the test binary's own name.
fn short(path: &'static str) -> &'static str {
    path.split_once("::").map_or(path, |(_, rest)| rest)
}

/// Tells one story on one stack, on a runtime that nothing else uses.
fn tell(story: &Story, stack: Stack, title: &str) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
    let told = panic::catch_unwind(AssertUnwindSafe(|| {
        runtime.block_on(async { tokio::time::timeout(limit(), (story.run)(stack)).await })
    }));
    runtime.shutdown_timeout(GRACE); // dropping it would wait for blocking work without end
    match told {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(format!("`{title}` ({}) was not over after {} s", story.file, limit().as_secs())),
        Err(payload) => panic::resume_unwind(payload),
    }
}

/// Does the work on a thread that carries the title, which the standard panic message then prints. Waiting from outside
/// also ends a story that blocks its thread, where a timer of its runtime has no say.
fn perform(title: &str, file: &str, work: impl FnOnce() -> Result<(), String> + Send + 'static) -> Result<(), Failed> {
    let (report, outcome) = mpsc::channel();
    let thread = thread::Builder::new().name(title.to_owned()).spawn(move || {
        let ended = panic::catch_unwind(AssertUnwindSafe(work));
        let _ = report.send(ended.unwrap_or_else(|payload| Err(described(payload.as_ref()))));
    });
    thread.map_err(|error| format!("no thread for `{title}`: {error}"))?;
    match outcome.recv_timeout(limit() + 3 * GRACE) {
        Ok(result) => result.map_err(Failed::from),
        Err(_) => Err(format!("`{title}` ({file}) still blocks its thread after {} s", limit().as_secs()).into()),
    }
}

thread_local! {
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// A caught panic carries its message only; the place is known to the hook alone.
fn remember_places_of_panics() {
    let usual = panic::take_hook();
    panic::set_hook(Box::new(move |panic| {
        PLACE.replace(panic.location().map(ToString::to_string));
        usual(panic);
    }));
}

fn described(payload: &(dyn Any + Send)) -> String {
    let message = payload.downcast_ref::<&str>().copied();
    let message = message.or_else(|| payload.downcast_ref::<String>().map(String::as_str));
    let place = PLACE.take().unwrap_or_else(|| "an unknown place".to_owned());
    format!("panicked at {place}\n{}", message.unwrap_or("without a message"))
}
