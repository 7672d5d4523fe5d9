//! What each command does. Every refusal is one sentence on standard error, and a failing exit code.

use std::{
    io::Write,
    path::{Path, PathBuf},
    process::ExitCode,
};

use clap::ArgMatches;
use tracing::Dispatch;
use tracing_subscriber::{
    EnvFilter, Layer,
    filter::{FilterExt, LevelFilter, Targets},
    layer::SubscriberExt,
    util::SubscriberInitExt,
};

use crate::{
    cli::{account, audit, calendar, command, demo, export, forms, key, policy, roster},
    config::Config,
    db::connect::{self, Step},
    http::{house::Hooks, server::Server},
    schema,
    traces::{self, Collector},
};

/// Runs the command line of this process.
pub fn main(hooks: Hooks) -> ExitCode {
    let matches = command::command().get_matches();
    let runtime = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(cause) => return refuse(&format!("the machine gave no threads: {cause}")),
    };
    match runtime.block_on(run(&matches, hooks)) {
        Ok(code) => code,
        Err(why) => refuse(&why),
    }
}

fn refuse(why: &str) -> ExitCode {
    eprintln!("tidui: {why}");
    ExitCode::FAILURE
}

async fn run(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    match matches.subcommand() {
        Some(("demo", given)) => demo::demo(given, hooks).await,
        Some(("serve", given)) => serve(given, hooks).await,
        Some(("migrate", given)) => migrate(given).await,
        Some(("schema", _)) => {
            print!("{}", schema::sdl());
            Ok(ExitCode::SUCCESS)
        }
        Some(("token", given)) => demo::token(given, &hooks),
        Some(("account", given)) => match given.subcommand() {
            Some(("grant", given)) => account::grant(given, hooks).await,
            Some(("password", given)) => account::set_password(given, hooks).await,
            Some(("totp", given)) => account::totp(given, hooks).await,
            _ => Err("say what to do: grant, password or totp".to_owned()),
        },
        Some(("key", given)) => match given.subcommand() {
            Some(("generate", given)) => key::generate(given),
            Some(("rotate", given)) => key::rotate(given, &hooks),
            Some(("status", given)) => key::status(given, hooks).await,
            _ => Err("say what to do with the keys: generate, rotate or status".to_owned()),
        },
        Some(("audit", given)) => match given.subcommand() {
            Some(("seal", given)) => audit::seal(given, hooks).await,
            Some(("verify", given)) => audit::verify(given, hooks).await,
            _ => Err("say what to do with the audit trail: seal or verify".to_owned()),
        },
        Some(("calendar", given)) => calendar::tell(given),
        Some(("policy", given)) => match given.subcommand() {
            Some(("lint", given)) => policy::lint(given),
            Some(("diff", given)) => policy::compare(given),
            Some(("publish", given)) => policy::publish(given, hooks).await,
            Some(("schema", _)) => policy::schema(),
            _ => Err("say what to do with the policy: lint, diff, publish or schema".to_owned()),
        },
        Some(("roster", given)) => match given.subcommand() {
            Some(("export", given)) => export::roster(given, hooks).await,
            _ => Err("say what to do with the roster: export".to_owned()),
        },
        Some(("pool", given)) => match given.subcommand() {
            Some(("export", given)) => export::pool(given, hooks).await,
            _ => Err("say what to do with the pool: export".to_owned()),
        },
        Some(("lrmx", given)) => match given.subcommand() {
            Some(("import", given)) => forms::import(given, hooks).await,
            Some(("export", given)) => forms::export(given, hooks).await,
            _ => Err("say what to do with forms: import or export".to_owned()),
        },
        Some(("import", given)) => match given.subcommand() {
            Some(("roster", given)) => roster::import(given, hooks).await,
            _ => Err("say what to import: roster".to_owned()),
        },
        _ => Err("say what to do: see tidui --help".to_owned()),
    }
}

/// The settings of a command: file, variables, flags.
pub(super) fn config(matches: &ArgMatches) -> Result<Config, String> {
    let path = matches.get_one::<String>("config").map(PathBuf::from);
    let file = path.as_deref().map(read).transpose()?;
    // Leniently: another program's variable that is no text must not stop ours.
    let text = |it: std::ffi::OsString| it.to_string_lossy().into_owned();
    let variables = std::env::vars_os().map(|(name, value)| (text(name), text(value)));
    Config::load(file.as_deref(), variables, command::given(matches))
}

fn read(path: &Path) -> Result<String, String> {
    std::fs::read_to_string(path).map_err(|cause| format!("can't read {}: {cause}", path.display()))
}

/// Sends logs to standard error, and traces to their collector, as the settings say; to that as long as what this
/// returns is kept.
pub(super) fn log(config: &Config) -> Result<Option<Collector>, String> {
    let to = config.traces_to.as_str();
    let collector = (!to.is_empty()).then(|| Collector::at(to, config.traces_percent)).transpose()?;
    let set = logging(config, collector.as_ref())?.try_init();
    set.map_err(|cause| format!("logging could not begin: {cause}"))?;
    Ok(collector)
}

fn logging(config: &Config, collector: Option<&Collector>) -> Result<Dispatch, String> {
    let filter =
        EnvFilter::try_new(&config.log).map_err(|cause| format!("log = '{}' is no filter: {cause}", config.log))?;
    // At trace the library tells the address of the database with its password, and every statement with its values.
    // Spans are for a collector: in the log they would only lengthen every line.
    let most = Targets::new()
        .with_default(LevelFilter::TRACE)
        .with_target("sea_orm", LevelFilter::INFO)
        .with_target(traces::TARGET, LevelFilter::OFF);
    let out = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).log_internal_errors(false);
    let out = match config.log_format.as_str() {
        "json" => out.json().boxed(),
        "text" => out.boxed(),
        other => return Err(format!("log_format = '{other}': write text or json")),
    };
    let logged = tracing_subscriber::registry().with(out.with_filter(filter.and(most)));
    // A layer that may be none would take all spans, and every request would make them for nobody.
    Ok(match collector {
        Some(collector) => logged.with(collector.layer()).into(),
        None => logged.into(),
    })
}

/// Says something on standard error. Whoever listened may be gone; that is no reason to end.
fn tell(text: &str) {
    let _ = std::io::stderr().write_all(text.as_bytes());
}

async fn serve(matches: &ArgMatches, hooks: Hooks) -> Result<ExitCode, String> {
    let config = config(matches)?;
    let _collector = log(&config)?;
    tell(&format!("Effective settings:\n{}", config.effective()));
    let server = Server::start(config, hooks).await?;
    let told_to_stop = told_to_stop()?;
    tell(&format!("Serving on http://{}\n", server.address()));
    told_to_stop.await;
    tell("Stopping: requests in flight may finish.\n");
    server.stop().await;
    Ok(ExitCode::SUCCESS)
}

/// Listens for SIGTERM and Ctrl-C from now on; what it returns waits for one of them.
pub(super) fn told_to_stop() -> Result<impl Future<Output = ()>, String> {
    use tokio::signal::unix::{SignalKind, signal};
    let failed = |cause: std::io::Error| format!("signals can't be heard: {cause}");
    let mut term = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    Ok(async move {
        tokio::select! {
            _ = term.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn migrate(matches: &ArgMatches) -> Result<ExitCode, String> {
    let (step, given) = match matches.subcommand() {
        Some(("up", given)) => (Step::Up, given),
        Some(("down", given)) => (Step::Down, given),
        Some((_, given)) => (Step::Status, given),
        None => return Err("say which way: up, down or status".to_owned()),
    };
    let all = connect::migrate(&config(given)?, step).await?;
    for it in &all {
        println!("{} {}", if it.applied { "applied" } else { "pending" }, it.name);
    }
    Ok(ExitCode::SUCCESS)
}

#[cfg(test)]
mod tests {
    use tracing::{Level, dispatcher, enabled};

    use super::*;

    fn with(log: &str, look: impl FnOnce()) {
        let config = Config::load(None, [], [("log".to_owned(), log.to_owned())]).unwrap();
        dispatcher::with_default(&logging(&config, None).unwrap(), look);
    }

    #[test]
    fn without_a_collector_no_span_is_made() {
        for level in ["warn", "info", "trace"] {
            with(level, || assert!(traces::step("ask", "a question").is_disabled(), "{level}"));
        }
    }

    #[test]
    fn a_level_is_the_librarys_too_as_far_as_that_keeps_secrets() {
        with("warn", || assert!(!enabled!(target: "sea_orm_migration::migrator", Level::INFO)));
        with("info", || assert!(enabled!(target: "sea_orm_migration::migrator", Level::INFO)));
        with("trace", || assert!(!enabled!(target: "sea_orm::driver", Level::DEBUG)));
        with("sea_orm::driver=trace", || assert!(!enabled!(target: "sea_orm::driver", Level::DEBUG)));
    }
}
