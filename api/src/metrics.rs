//! What the server counts of itself, for operators: plain totals since the start.

use std::sync::atomic::{AtomicU64, Ordering};

/// A total that only grows.
#[derive(Default)]
pub struct Total(AtomicU64);

impl Total {
    /// Adds to it.
    pub fn add(&self, count: u64) {
        self.0.fetch_add(count, Ordering::Relaxed);
    }

    /// What it is now.
    pub fn get(&self) -> u64 {
        self.0.load(Ordering::Relaxed)
    }
}

/// All totals of one server.
#[derive(Default)]
pub struct Metrics {
    /// GraphQL requests begun.
    pub requests: Total,
    /// Statements sent to the database on behalf of requests.
    pub statements: Total,
    /// Questions answered from memory.
    pub hits: Total,
    /// Questions that had to be read and were then remembered.
    pub misses: Total,
    /// Questions read because the cache could not be believed.
    pub bypasses: Total,
    /// Invalidations that the sweeper had to make up for.
    pub swept: Total,
    /// Requests turned away because the server had too much to do.
    pub shed: Total,
    /// Requests turned away because their account or address asked too fast.
    pub limited: Total,
    /// Errors of our own.
    pub internal_errors: Total,
    /// Jobs that were done.
    pub jobs_done: Total,
    /// Tries at a job that failed; it is tried again.
    pub jobs_failed: Total,
}

impl Metrics {
    /// Prometheus' text form; `degraded` says whether the cache can't be believed at this moment.
    pub fn text(&self, degraded: bool) -> String {
        let totals = [
            ("tidui_requests_total", "GraphQL requests begun", &self.requests),
            ("tidui_statements_total", "Statements sent to the database for requests", &self.statements),
            ("tidui_cache_hits_total", "Questions answered from memory", &self.hits),
            ("tidui_cache_misses_total", "Questions read and then remembered", &self.misses),
            ("tidui_cache_bypasses_total", "Questions read because the cache could not be believed", &self.bypasses),
            ("tidui_cache_swept_total", "Invalidations that the sweeper made up for", &self.swept),
            ("tidui_shed_total", "Requests turned away because the server had too much to do", &self.shed),
            (
                "tidui_limited_total",
                "Requests turned away because their account or address asked too fast",
                &self.limited,
            ),
            ("tidui_internal_errors_total", "Errors of our own", &self.internal_errors),
            ("tidui_jobs_done_total", "Jobs done", &self.jobs_done),
            ("tidui_jobs_failed_total", "Tries at a job that failed", &self.jobs_failed),
        ];
        let total = |(name, help, total): &(&str, &str, &Total)| {
            format!("# HELP {name} {help}\n# TYPE {name} counter\n{name} {}\n", total.get())
        };
        let mut out: String = totals.iter().map(total).collect();
        out.push_str(
            "# HELP tidui_cache_degraded 1 while the cache can't be believed\n# TYPE tidui_cache_degraded gauge\n",
        );
        out.push_str(if degraded { "tidui_cache_degraded 1\n" } else { "tidui_cache_degraded 0\n" });
        out
    }
}
