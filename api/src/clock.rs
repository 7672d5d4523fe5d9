//! The time, from one place: a hidden clock is a hidden cache input, and a test can't move it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};

/// Where the time comes from. Days are counted in the deployment's civil time, UTC+8.
#[derive(Clone, Default)]
pub struct Clock {
    source: Option<Arc<dyn Fn() -> DateTime<Utc> + Send + Sync>>,
    /// By how much the civil day is moved, to try what a day brings; the time of tokens and of the audit trail is not.
    ahead: TimeDelta,
}

impl Clock {
    /// A clock that the caller moves.
    pub fn moved_by(source: impl Fn() -> DateTime<Utc> + Send + Sync + 'static) -> Self {
        Self { source: Some(Arc::new(source)), ahead: TimeDelta::zero() }
    }

    /// The same, for which it is another civil day now; tomorrow will be the next one.
    pub fn on(mut self, day: NaiveDate) -> Self {
        self.ahead += day - self.today();
        self
    }

    /// Now.
    #[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
    pub fn now(&self) -> DateTime<Utc> {
        self.source.as_ref().map_or_else(Utc::now, |source| source())
    }

    /// The civil day that it is now, in China's one time zone (UTC+8).
    pub fn today(&self) -> NaiveDate {
        (self.now() + TimeDelta::hours(8) + self.ahead).date_naive()
    }
}
