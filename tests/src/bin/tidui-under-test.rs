//! The same command line as `tidui`, with faults, and a wrong clock, that no flag or variable of `tidui` can set.

// The root of the schema is merged from so many rooms that the compiler counts further than it would by itself.
#![recursion_limit = "256"]

use std::{env, process, sync::Arc};

fn main() -> process::ExitCode {
    let mut hooks = api::Hooks::default();
    hooks.faults.before_execution_ms =
        env::var("FAULT_BEFORE_EXECUTION_MS").ok().and_then(|it| it.parse().ok()).unwrap_or(0);
    if env::var_os("FAULT_ABORT_AFTER_COMMIT").is_some() {
        hooks.faults.after_commit = Some(Arc::new(|| process::abort()));
    }
    if env::var_os("FAULT_ABORT_IN_JOB").is_some() {
        hooks.faults.in_job = Some(Arc::new(|| process::abort()));
    }
    if let Some(ahead) = env::var("FAULT_CLOCK_AHEAD_S").ok().and_then(|it| it.parse().ok()) {
        let ahead = chrono::TimeDelta::seconds(ahead);
        hooks.clock = api::clock::Clock::moved_by(move || chrono::Utc::now() + ahead);
    }
    if let Ok(name) = env::var("FAULT_PANIC_ON") {
        hooks.faults.before_execution =
            Some(Arc::new(move |operation| assert_ne!(operation, name, "a fault of a test")));
    }
    api::cli::main(hooks)
}
