//! What operations come to, by name: how many, how they end, how long they take, what they cost. And those that take
//! long, in the log.
//!
//! Names are the clients' own words: so many are kept apart, and the rest counts as `other`, so that nobody can fill the
//! memory, or Prometheus', with names.

use std::{
    collections::BTreeMap,
    fmt::Write,
    sync::{Mutex, PoisonError},
    time::{Duration, Instant},
};

use crate::{
    db::session::Session,
    http::{asked::Asked, execute::Answered, known, refusal::Refusal},
    traces::{self, Ending},
};

/// Names that are kept apart.
const NAMES: usize = 200;
/// Longest of them.
const LONGEST: usize = 64;
/// Upper bounds of the times that are told apart, in milliseconds.
const BOUNDS_MS: [u64; 11] = [5, 10, 25, 50, 100, 250, 500, 1_000, 2_500, 5_000, 10_000];

/// One operation while it runs.
pub struct Seen {
    begun: Instant,
    session: Session,
    /// None before the document proved fit.
    name: Option<String>,
    cost: u64,
}

impl Seen {
    /// Begins to watch.
    pub fn of(session: &Session) -> Self {
        Self { begun: Instant::now(), session: session.clone(), name: None, cost: 0 }
    }

    /// The document is fit, and this is its operation.
    pub fn begins(&mut self, name: Option<&str>, cost: u64) {
        self.name = Some(name.unwrap_or("anonymous").to_owned());
        self.cost = cost;
    }
}

/// What a document is known by, for the log of the slow ones alone: a hash takes time.
fn hash(asked: &Asked) -> String {
    let by_name = || asked.document_id.as_deref().map(|it| it.strip_prefix("sha256:").unwrap_or(it).to_owned());
    let hash = asked.query.as_deref().map(known::sha256).or_else(|| asked.persisted.clone()).or_else(by_name);
    // A name that is no hash is a client's own word, and not for the log.
    hash.filter(|it| it.chars().all(|it| it.is_ascii_hexdigit())).unwrap_or_default()
}

/// Name and class of client.
type Label = (String, &'static str);

/// What the operations of one label came to.
#[derive(Default)]
struct Sums {
    outcomes: BTreeMap<&'static str, u64>,
    within: [u64; BOUNDS_MS.len()],
    count: u64,
    micros: u64,
    cost: u64,
    hits: u64,
    statements: u64,
}

/// What all operations came to since the start.
pub struct Operations {
    slow: Duration,
    sums: Mutex<BTreeMap<Label, Sums>>,
}

impl Operations {
    /// Counts, and logs what takes so many milliseconds or more.
    pub fn new(slow_ms: u64) -> Self {
        Self { slow: Duration::from_millis(slow_ms), sums: Mutex::default() }
    }

    /// Notes how an operation ended.
    pub fn note(&self, seen: &Seen, asked: &Asked, answered: Result<Option<&Answered>, &Refusal>, id: &str) {
        let took = seen.begun.elapsed();
        let session = &seen.session;
        let (statements, hits) = (session.statements(), session.hits());
        if took >= self.slow {
            let (ms, name) = (millis(took), seen.name.as_deref().unwrap_or_default());
            let (document, cost) = (hash(asked), seen.cost);
            tracing::warn!(request.id = id, document, operation = name, ms, statements, cost, "a slow operation");
        }
        let outcome = outcome(answered);
        let client = if session.is_machine() { "MACHINE" } else { "PERSON" };
        let mut sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let name = label(&sums, seen.name.as_deref(), outcome != "refused");
        traces::ended(&Ending { name: &name, client, outcome, cost: seen.cost, statements });
        let sum = sums.entry((name, client)).or_default();
        *sum.outcomes.entry(outcome).or_default() += 1;
        for (count, bound) in sum.within.iter_mut().zip(BOUNDS_MS) {
            *count += u64::from(took <= Duration::from_millis(bound));
        }
        sum.count += 1;
        sum.micros = sum.micros.saturating_add(u64::try_from(took.as_micros()).unwrap_or(u64::MAX));
        sum.cost = sum.cost.saturating_add(seen.cost);
        sum.hits += hits;
        sum.statements += statements;
    }

    /// Prometheus' text form.
    pub fn text(&self) -> String {
        let sums = self.sums.lock().unwrap_or_else(PoisonError::into_inner);
        let mut out = String::new();
        head(&mut out, "tidui_operations_total", "Operations, by how they ended", "counter");
        for ((name, client), sum) in sums.iter() {
            for (outcome, count) in &sum.outcomes {
                let labels = format!("operation=\"{name}\",client=\"{client}\",outcome=\"{outcome}\"");
                let _ = writeln!(out, "tidui_operations_total{{{labels}}} {count}");
            }
        }
        head(&mut out, "tidui_operation_seconds", "How long operations took", "histogram");
        for ((name, client), sum) in sums.iter() {
            let labels = format!("operation=\"{name}\",client=\"{client}\"");
            for (bound, count) in BOUNDS_MS.iter().zip(sum.within) {
                let bound = Duration::from_millis(*bound).as_secs_f64();
                let _ = writeln!(out, "tidui_operation_seconds_bucket{{{labels},le=\"{bound}\"}} {count}");
            }
            let (count, seconds) = (sum.count, Duration::from_micros(sum.micros).as_secs_f64());
            let _ = writeln!(out, "tidui_operation_seconds_bucket{{{labels},le=\"+Inf\"}} {count}");
            let _ = writeln!(out, "tidui_operation_seconds_sum{{{labels}}} {seconds}");
            let _ = writeln!(out, "tidui_operation_seconds_count{{{labels}}} {count}");
        }
        type Part = (&'static str, &'static str, fn(&Sums) -> u64);
        let parts: [Part; 3] = [
            ("tidui_operation_cost_total", "Points of cost that operations asked for", |it| it.cost),
            ("tidui_operation_cache_hits_total", "Questions of operations answered from memory", |it| it.hits),
            ("tidui_operation_statements_total", "Statements that operations took", |it| it.statements),
        ];
        for (metric, help, part) in parts {
            head(&mut out, metric, help, "counter");
            for ((name, client), sum) in sums.iter() {
                let _ = writeln!(out, "{metric}{{operation=\"{name}\",client=\"{client}\"}} {}", part(sum));
            }
        }
        out
    }
}

fn head(out: &mut String, name: &str, help: &str, kind: &str) {
    let _ = writeln!(out, "# HELP {name} {help}\n# TYPE {name} {kind}");
}

fn millis(time: Duration) -> u64 {
    u64::try_from(time.as_millis()).unwrap_or(u64::MAX)
}

/// The name to count under. What was refused makes no new name.
fn label(sums: &BTreeMap<Label, Sums>, name: Option<&str>, executed: bool) -> String {
    let Some(name) = name else { return "unfit".to_owned() };
    let fit = name.len() <= LONGEST && name.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    let first = (name.to_owned(), "");
    // Most operations are known: only a new one has all names counted.
    let known = sums.range(&first..).next().is_some_and(|((it, _), _)| *it == first.0);
    let room = || {
        let mut names: Vec<&str> = sums.keys().map(|(name, _)| name.as_str()).collect();
        names.dedup();
        executed && names.len() < NAMES
    };
    if fit && (known || room()) { first.0 } else { "other".to_owned() }
}

/// How an operation ended.
fn outcome(answered: Result<Option<&Answered>, &Refusal>) -> &'static str {
    let code = |it: &async_graphql::ServerError, code: &str| {
        let found = it.extensions.as_ref().and_then(|it| it.get("code"));
        matches!(found, Some(async_graphql::Value::String(it)) if it == code)
    };
    match answered {
        Err(refusal) if refusal.code == "INTERNAL" => "internal",
        Err(refusal) if refusal.code == "TIMEOUT" => "timeout",
        Err(_) => "refused",
        // A stream may have nothing to say at its beginning.
        Ok(None) => "done",
        Ok(Some(it)) if it.refused => "refused",
        Ok(Some(it)) if it.response.errors.is_empty() => "done",
        Ok(Some(it)) if it.response.errors.iter().any(|it| code(it, "INTERNAL")) => "internal",
        Ok(_) => "errors",
    }
}
