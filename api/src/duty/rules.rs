//! When something is due, and how it stands, without a database.

use chrono::{Datelike, NaiveDate};
use entity::kind::DutyState;

use crate::{
    calendar::Calendar,
    kernel::{
        cadence::{Cadence, day_in},
        term::Term,
    },
};

/// Most due days of one item of one subject that are told at once.
const MOST: usize = 500;

/// How a due item stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Status {
    /// Nothing was done, and its day has passed.
    Overdue,
    /// Nothing was done, and there is time; or it was sent back.
    Open,
    /// It was submitted, and nobody decided.
    Submitted,
    /// It was accepted.
    Accepted,
    /// It need not be done, with a reason.
    Excused,
}

impl Status {
    /// Its name for clients.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Overdue => "OVERDUE",
            Self::Open => "OPEN",
            Self::Submitted => "SUBMITTED",
            Self::Accepted => "ACCEPTED",
            Self::Excused => "EXCUSED",
        }
    }
}

/// The days by which something is due that begins on a day, within two days, both included. Every turn is a stretch that
/// begins with the day on which the last one was over, and its last day is the due one: a month from 1 June is over on
/// 30 June. Of what is due so many times in a turn, the day comes so many times. What follows an event is due on the last day
/// of its term, of which the event's own day is none.
pub fn due_days(
    cadence: &Cadence,
    start: NaiveDate,
    from: NaiveDate,
    to: NaiveDate,
    calendar: &Calendar,
) -> Vec<NaiveDate> {
    let within = |day: &NaiveDate| *day >= from && *day <= to;
    let ends = |term: Term| term.turns(start, calendar).map(|it| it.1).take_while(|it| *it <= to).filter(within);
    match cadence {
        Cadence::After { within: term, .. } => term.last_day(start, calendar).into_iter().filter(within).collect(),
        Cadence::Yearly { month, day } => {
            let of = |year: i32| day_in(year, (*month, *day));
            let years = Ord::max(start, from).year()..=to.year();
            years.filter_map(of).filter(|it| *it >= start).filter(within).take(MOST).collect()
        }
        Cadence::Every(term) => ends(*term).take(MOST).collect(),
        Cadence::Times { min, per } => {
            let times = usize::try_from(*min).unwrap_or(MOST);
            ends(*per).flat_map(|day| std::iter::repeat_n(day, times)).take(MOST).collect()
        }
    }
}

/// How an item stands on a day, with what was done about it, and whether that is whole.
pub fn status(due: NaiveDate, done: Option<DutyState>, is_whole: bool, today: NaiveDate) -> Status {
    match done {
        Some(DutyState::Excused) => Status::Excused,
        Some(DutyState::Accepted) if is_whole => Status::Accepted,
        Some(DutyState::Submitted) if is_whole => Status::Submitted,
        _ if due < today => Status::Overdue,
        _ => Status::Open,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days(cadence: &Cadence, start: &str, from: &str, to: &str) -> Vec<String> {
        due_days(cadence, day(start), day(from), day(to), &Calendar::built_in().unwrap())
            .iter()
            .map(ToString::to_string)
            .collect()
    }

    #[test]
    fn turns_are_counted_from_the_first_day() {
        let every = |text| Cadence::Every(Term::parse(text).unwrap());
        assert_eq!(
            days(&every("P1M"), "2026-06-01", "2026-06-01", "2026-08-31"),
            ["2026-06-30", "2026-07-31", "2026-08-31"]
        );
        assert_eq!(
            days(&every("P1M"), "2024-01-31", "2024-02-01", "2024-04-30"),
            ["2024-02-28", "2024-03-30", "2024-04-29"]
        );
        assert_eq!(days(&every("P3M"), "2026-01-01", "2026-01-01", "2026-06-29"), ["2026-03-31"]);
        assert_eq!(days(&every("P7D"), "2026-01-01", "2026-01-01", "2026-04-01").len(), 13);
        assert_eq!(
            days(&Cadence::Yearly { month: 2, day: 29 }, "2023-01-01", "2023-01-01", "2024-12-31"),
            ["2023-02-28", "2024-02-29"]
        );
        let after = Cadence::After { event: "X".to_owned(), within: Term::parse("P10D").unwrap() };
        assert_eq!(days(&after, "2026-03-01", "2026-01-01", "2026-12-31"), ["2026-03-11"]);
        // Over the Spring Festival, with its make-up days.
        let after = Cadence::After { event: "X".to_owned(), within: Term::parse("P2WD").unwrap() };
        assert_eq!(days(&after, "2024-02-09", "2024-01-01", "2024-12-31"), ["2024-02-19"]);
        let twice = Cadence::Times { min: 2, per: Term::parse("P1Y").unwrap() };
        let ends = ["2026-02-28", "2026-02-28", "2027-02-28", "2027-02-28"];
        assert_eq!(days(&twice, "2025-03-01", "2026-01-01", "2027-12-31"), ends);
        assert_eq!(days(&every("P1D"), "2020-01-01", "2020-01-01", "2030-01-01").len(), MOST);
    }

    #[test]
    fn what_is_missing_is_not_done() {
        let of = |done, whole| status(day("2026-03-31"), done, whole, day("2026-04-01"));
        assert_eq!(of(None, true), Status::Overdue);
        assert_eq!(of(Some(DutyState::Returned), true), Status::Overdue);
        assert_eq!(of(Some(DutyState::Accepted), false), Status::Overdue);
        assert_eq!(of(Some(DutyState::Submitted), true), Status::Submitted);
        assert_eq!(status(day("2026-04-01"), None, true, day("2026-04-01")), Status::Open);
    }
}
