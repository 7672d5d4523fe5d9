//! The time, from one place: a hidden clock is a hidden cache input, and a test can't move it.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, NaiveTime, TimeDelta, Utc};

/// The civil time of the deployment, China's one time zone, is ahead of UTC by so many hours.
const AHEAD_H: i64 = 8;

/// The civil day of a moment.
#[expect(clippy::disallowed_methods, reason = "this is the one place that knows the time zone")]
pub fn civil_day(at: DateTime<Utc>) -> NaiveDate {
    (at + TimeDelta::hours(AHEAD_H)).date_naive()
}

/// The moment when a civil day begins.
pub fn civil_midnight(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc() - TimeDelta::hours(AHEAD_H)
}

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

    /// The civil day that it is now.
    pub fn today(&self) -> NaiveDate {
        civil_day(self.now() + self.ahead)
    }
}
