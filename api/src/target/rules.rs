//! The time in which a goal is to be reached, and how it stands in it, without a database.

use chrono::{Datelike, Days, Months, NaiveDate};

use crate::{calendar::Calendar, kernel::term::Term, mechanism::targets::Period};

/// A stretch of days, both ends included.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Stretch {
    /// The first day.
    pub from: NaiveDate,
    /// The last day.
    pub to: NaiveDate,
}

/// The stretch of a period that a day lies in, or, where it lies after all of it, the one that has ended. None where the
/// calendar does not say.
pub fn stretch(period: Period, began: NaiveDate, on: NaiveDate, calendar: &Calendar) -> Option<Stretch> {
    match period {
        Period::By(day) => Some(Stretch { from: began, to: day }),
        Period::Within(term) => Some(Stretch { from: began, to: term.last_day(began, calendar)? }),
        // Years, half years, quarters and months are those of the calendar.
        Period::Per(Term::Months(months)) if months > 0 && 12 % months == 0 => {
            let first = on.month0() / months * months + 1;
            let from = NaiveDate::from_ymd_opt(on.year(), first, 1)?;
            Some(Stretch { from, to: from.checked_add_months(Months::new(months))?.pred_opt()? })
        }
        Period::Per(term) => {
            let mut from = began;
            loop {
                let to = term.last_day(from, calendar)?.pred_opt()?;
                if to >= on {
                    return Some(Stretch { from, to });
                }
                from = to.checked_add_days(Days::new(1))?;
            }
        }
    }
}

/// How many of a whole would be there if it grew evenly over a stretch: whole months where it is whole months long.
pub fn pace(whole: u32, it: Stretch, on: NaiveDate) -> u32 {
    let end = it.to.min(on);
    let months = |from: NaiveDate, to: NaiveDate| -> i64 {
        let full = i64::from(to.year() - from.year()) * 12 + i64::from(to.month()) - i64::from(from.month());
        full - i64::from(to.day() < from.day())
    };
    let (passed, all) = match months(it.from, it.to) {
        0 => ((end - it.from).num_days(), (it.to - it.from).num_days()),
        all => (months(it.from, end), all),
    };
    let share = i64::from(whole) * passed.max(0);
    u32::try_from(share.checked_div(all).unwrap_or(0)).unwrap_or(whole)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn a_period_is_the_calendar_s_or_counted_from_the_beginning() {
        let of = |period, on: &str| {
            let it = stretch(period, day("2026-01-15"), day(on), &Calendar::built_in().unwrap()).unwrap();
            (it.from.to_string(), it.to.to_string())
        };
        let pair = |from: &str, to: &str| (from.to_owned(), to.to_owned());
        assert_eq!(of(Period::Per(Term::Months(1)), "2026-02-10"), pair("2026-02-01", "2026-02-28"));
        assert_eq!(of(Period::Per(Term::Months(12)), "2026-03-31"), pair("2026-01-01", "2026-12-31"));
        assert_eq!(of(Period::Per(Term::Months(3)), "2026-05-01"), pair("2026-04-01", "2026-06-30"));
        assert_eq!(of(Period::Within(Term::Months(36)), "2027-01-01"), pair("2026-01-15", "2029-01-15"));
        assert_eq!(of(Period::Per(Term::Days(10)), "2026-01-27"), pair("2026-01-25", "2026-02-03"));
    }

    #[test]
    fn half_of_the_time_is_half_of_the_way() {
        let it = stretch(
            Period::Within(Term::Months(36)),
            day("2026-01-01"),
            day("2027-07-01"),
            &Calendar::built_in().unwrap(),
        )
        .unwrap();
        assert_eq!(
            [pace(100, it, day("2027-07-01")), pace(100, it, day("2026-01-01")), pace(100, it, day("2031-01-01"))],
            [50, 0, 100]
        );
    }
}
