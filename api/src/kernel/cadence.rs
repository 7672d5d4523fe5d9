//! How often something is due: again and again, once by a day, or after an event.

use chrono::NaiveDate;

use crate::kernel::{calendar::Calendar, term::Term};

/// When something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Again and again, each time so long after the last one.
    Every(Term),
    /// So long after an event, which the document names.
    After {
        /// The event.
        event: String,
        /// How long.
        within: Term,
    },
    /// Each year by a day of it: month and day.
    Yearly {
        /// 1 to 12.
        month: u32,
        /// 1 to 31; in a shorter month its last day.
        day: u32,
    },
}

impl Cadence {
    /// By when it is due next, when it was done last, or the event happened, on a day. None where the notice of a year is
    /// not at hand.
    pub fn next(&self, last: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        use chrono::Datelike as _;
        match self {
            Self::Every(term) | Self::After { within: term, .. } => term.last_day(last, calendar),
            Self::Yearly { month, day } => {
                let of = |year| {
                    let first = NaiveDate::from_ymd_opt(year, *month, 1)?;
                    let end = first.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
                    Some(NaiveDate::from_ymd_opt(year, *month, *day).unwrap_or(end))
                };
                of(last.year()).filter(|it| *it > last).or_else(|| of(last.year() + 1))
            }
        }
    }

    /// Whether it asks a person to report more often than weekly, which only a pair, placement or task may.
    pub fn is_under_a_week(&self) -> bool {
        matches!(self, Self::Every(term) if term.least_days() < 7)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_is_counted_from_the_last() {
        let calendar = Calendar::built_in().unwrap();
        let next = |it: Cadence, last: &str| it.next(last.parse().unwrap(), &calendar).map(|it| it.to_string());
        let every = |text| Cadence::Every(Term::parse(text).unwrap());
        assert_eq!(next(every("P3M"), "2024-11-30").as_deref(), Some("2025-02-28"));
        let leap = || Cadence::Yearly { month: 2, day: 29 };
        assert_eq!(next(leap(), "2024-02-28").as_deref(), Some("2024-02-29"));
        assert_eq!(next(leap(), "2024-02-29").as_deref(), Some("2025-02-28"));
        assert_eq!(next(Cadence::Yearly { month: 12, day: 31 }, "2024-12-31").as_deref(), Some("2025-12-31"));
    }

    #[test]
    fn a_week_is_the_shortest_turn_of_a_personal_report() {
        let short = |text| Cadence::Every(Term::parse(text).unwrap()).is_under_a_week();
        assert_eq!(["P6D", "P1W", "P5WD", "P6WD", "P1M"].map(short), [true, false, true, false, false]);
    }
}
