//! Traces for an OpenTelemetry collector: one span for each operation, and in it one for each question that is read, each
//! command, each opening of sealed values. They tell names, times and counts, and no value that anybody asked or got.
//!
//! Without a collector the spans don't exist: nothing listens to their target, and the log never does.

use std::time::Duration;

use opentelemetry::{
    Context,
    propagation::{Extractor, TextMapPropagator},
    trace::{SpanContext, SpanId, TraceContextExt, TraceFlags, TraceId, TraceState, TracerProvider},
};
use opentelemetry_otlp::{WithExportConfig, WithHttpConfig};
use opentelemetry_sdk::{
    Resource,
    propagation::TraceContextPropagator,
    trace::{Sampler, SdkTracerProvider},
};
use tracing::{Span, Subscriber, field::Empty};
use tracing_opentelemetry::OpenTelemetrySpanExt;
use tracing_subscriber::{Layer, filter::Targets, registry::LookupSpan};

/// What all spans are filed under.
pub const TARGET: &str = "tidui::trace";
/// How long a collector may take to accept some spans.
const PATIENCE: Duration = Duration::from_secs(5);
/// How long the end of the server may wait for the last of them.
const FAREWELL: Duration = Duration::from_secs(2);

/// The way to a collector. What waits there is sent when this is dropped.
pub struct Collector(SdkTracerProvider);

impl Collector {
    /// The way to one at an address, for so many of a hundred requests. Made once, at the start.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub fn at(address: &str, percent: u64) -> Result<Self, String> {
        if !(address.starts_with("http://") || address.starts_with("https://")) {
            return Err(format!("traces_to = '{address}': write an address such as http://127.0.0.1:4318/v1/traces"));
        }
        let unfit = |cause: &dyn std::fmt::Display| format!("traces_to = '{address}' can't be used: {cause}");
        // A client that waits: the exporter sends from a thread of its own.
        let client = tokio::task::block_in_place(|| {
            let _ = rustls::crypto::ring::default_provider().install_default();
            reqwest::blocking::Client::builder().timeout(PATIENCE).build()
        });
        let client = client.map_err(|cause| unfit(&cause))?;
        let exporter = opentelemetry_otlp::SpanExporter::builder().with_http().with_http_client(client);
        let exporter = exporter.with_endpoint(address).with_timeout(PATIENCE).build().map_err(|cause| unfit(&cause))?;
        let share = Sampler::TraceIdRatioBased(f64::from(u32::try_from(percent.min(100)).unwrap_or(100)) / 100.0);
        let provider = SdkTracerProvider::builder()
            .with_batch_exporter(exporter)
            .with_sampler(Sampler::ParentBased(Box::new(share)))
            .with_resource(Resource::builder_empty().with_service_name("tidui").build());
        Ok(Self(provider.build()))
    }

    /// What hands the spans over, and nothing else.
    pub fn layer<S: Subscriber + for<'s> LookupSpan<'s>>(&self) -> impl Layer<S> + use<S> {
        let spans = Targets::new().with_target(TARGET, tracing::Level::INFO);
        tracing_opentelemetry::layer().with_tracer(self.0.tracer("tidui")).with_location(false).with_filter(spans)
    }
}

impl Drop for Collector {
    fn drop(&mut self) {
        // A collector that is gone is no reason to stay.
        let _ = self.0.shutdown_with_timeout(FAREWELL);
    }
}

/// The span of a client, in which its request is one step.
#[derive(Clone, Copy, Debug)]
pub struct Parent(TraceId, SpanId, TraceFlags);

/// The header `traceparent`, as its reader wants it.
struct Header<'h>(&'h str);

impl Extractor for Header<'_> {
    fn get(&self, name: &str) -> Option<&str> {
        (name == "traceparent").then_some(self.0)
    }

    fn keys(&self) -> Vec<&str> {
        Vec::new()
    }
}

impl Parent {
    /// That of a request's `traceparent` (W3C Trace Context), where somebody collects.
    pub fn of(header: &str) -> Option<Self> {
        if !tracing::enabled!(target: TARGET, tracing::Level::INFO) {
            return None;
        }
        let context = TraceContextPropagator::new().extract_with_context(&Context::new(), &Header(header));
        let span = context.span().span_context().clone();
        span.is_valid().then(|| Self(span.trace_id(), span.span_id(), span.trace_flags()))
    }

    fn context(self) -> Context {
        let Self(trace, span, flags) = self;
        Context::new().with_remote_span_context(SpanContext::new(trace, span, flags, true, TraceState::NONE))
    }
}

/// The span of an operation that begins.
pub fn operation(id: &str, parent: Option<Parent>) -> Span {
    let span = tracing::info_span!(
        target: TARGET,
        "graphql",
        otel.kind = "server",
        otel.status_code = Empty,
        request.id = id,
        graphql.operation.name = Empty,
        tidui.client = Empty,
        tidui.outcome = Empty,
        tidui.cost = Empty,
        tidui.statements = Empty,
    );
    if let Some(parent) = parent.filter(|_| !span.is_disabled()) {
        // Refused where the span is gone already, and then nobody misses it.
        let _ = span.set_parent(parent.context());
    }
    span
}

/// How an operation ended.
pub struct Ending<'e> {
    /// Its name, as it is counted.
    pub name: &'e str,
    /// Class of client.
    pub client: &'e str,
    /// The outcome, as it is counted.
    pub outcome: &'e str,
    /// Points that it asked for.
    pub cost: u64,
    /// Statements that it took.
    pub statements: u64,
}

/// Tells the span of the operation that ends how it did.
pub fn ended(ending: &Ending) {
    let span = Span::current();
    span.record("graphql.operation.name", ending.name);
    span.record("tidui.client", ending.client);
    span.record("tidui.outcome", ending.outcome);
    span.record("tidui.cost", ending.cost);
    span.record("tidui.statements", ending.statements);
    if matches!(ending.outcome, "internal" | "timeout") {
        span.record("otel.status_code", "ERROR");
    }
}

/// The span of one step within: a question by its name, a command by its act.
pub fn step(kind: &'static str, name: &'static str) -> Span {
    tracing::info_span!(target: TARGET, "step", otel.name = kind, tidui.step = name)
}
