//! Lengths of time as rules state them, and when they are over. The opening day does not count.

use chrono::{Days, Months, NaiveDate};

use crate::calendar::Calendar;

/// Longest term, in days, working days, weeks or months: a life of work.
const MOST: u32 = 1200;

/// A length of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Term {
    /// Months; years are twelve.
    Months(u32),
    /// Days of the calendar.
    Days(u32),
    /// Working days.
    WorkingDays(u32),
}

impl Term {
    /// Reads `P3M`, `P1Y`, `P1Y6M`, `P2W`, `P10D`, or `P5WD` for working days.
    ///
    /// # Errors
    /// What is wrong, and what to write.
    pub fn parse(text: &str) -> Result<Self, String> {
        let wrong =
            || format!("'{text}' is no length of time: write P3M, P1Y, P1Y6M, P2W, P10D, or P5WD for working days");
        let rest = text.strip_prefix('P').ok_or_else(wrong)?;
        let number = |digits: &str| -> Result<u32, String> {
            let plain = !digits.is_empty() && digits.len() <= 4 && digits.bytes().all(|it| it.is_ascii_digit());
            digits.parse().ok().filter(|_| plain).ok_or_else(wrong)
        };
        let term = if let Some(digits) = rest.strip_suffix("WD") {
            Self::WorkingDays(number(digits)?)
        } else if let Some(digits) = rest.strip_suffix('D') {
            Self::Days(number(digits)?)
        } else if let Some(digits) = rest.strip_suffix('W') {
            Self::Days(number(digits)? * 7)
        } else {
            let (years, rest) = rest.split_once('Y').map_or((Ok(0), rest), |(years, rest)| (number(years), rest));
            let months = match rest {
                "" => 0,
                rest => number(rest.strip_suffix('M').ok_or_else(wrong)?)?,
            };
            Self::Months(years? * 12 + months)
        };
        match term {
            Self::Months(0) | Self::Days(0) | Self::WorkingDays(0) => {
                Err(format!("'{text}' is no time at all: write one day or more"))
            }
            Self::Months(it) | Self::Days(it) | Self::WorkingDays(it)
                if it > MOST * 31 || (matches!(term, Self::Months(_)) && it > MOST) =>
            {
                Err(format!("'{text}' is more than a life of work: check the number"))
            }
            _ => Ok(term),
        }
    }

    /// The last day of the term that begins after a day: a month after 31 January ends with February. None where the
    /// notice of a year is not at hand.
    pub fn last_day(self, after: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        match self {
            Self::Months(months) => after.checked_add_months(Months::new(months)),
            Self::Days(days) => after.checked_add_days(Days::new(u64::from(days))),
            Self::WorkingDays(days) => calendar.after(after, days),
        }
    }

    /// The turns of it that follow each other from a day, each with its first and its last day: a month from 1 June is over
    /// on 30 June.
    pub fn turns(self, start: NaiveDate, calendar: &Calendar) -> impl Iterator<Item = (NaiveDate, NaiveDate)> {
        let (mut begins, mut turn, mut first) = (start, 0_u32, Some(start));
        std::iter::from_fn(move || {
            turn += 1;
            // Months are counted from the first day, so that the 31st is not lost in February.
            let next = match self {
                Self::Months(months) => start.checked_add_months(Months::new(months.saturating_mul(turn))),
                Self::Days(every) => start.checked_add_days(Days::new(u64::from(every) * u64::from(turn))),
                Self::WorkingDays(count) => calendar.after(begins, count),
            }?;
            let last = if matches!(self, Self::WorkingDays(_)) { next } else { next.pred_opt()? };
            begins = next;
            Some((std::mem::replace(&mut first, last.succ_opt())?, last))
        })
    }

    /// The fewest days that it can last, by which lengths of different kinds are told apart.
    pub fn least_days(self) -> u32 {
        match self {
            // Twelve months have 365 days at least, and no month fewer than 28.
            Self::Months(months) => (months / 12) * 365 + (months % 12) * 30 - if months % 12 > 0 { 2 } else { 0 },
            Self::Days(days) => days,
            // Five in seven.
            Self::WorkingDays(days) => days + (days.saturating_sub(1) / 5) * 2,
        }
    }
}

impl From<Term> for String {
    fn from(it: Term) -> Self {
        match it {
            Term::Months(months) if months % 12 == 0 => format!("P{}Y", months / 12),
            Term::Months(months) if months > 12 => format!("P{}Y{}M", months / 12, months % 12),
            Term::Months(months) => format!("P{months}M"),
            Term::Days(days) => format!("P{days}D"),
            Term::WorkingDays(days) => format!("P{days}WD"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn terms_are_read_or_refused() {
        for text in ["P3M", "P1Y", "P1Y6M", "P10D", "P5WD", "P100Y"] {
            assert_eq!(String::from(Term::parse(text).unwrap()), text);
        }
        assert_eq!(Term::parse("P2W"), Ok(Term::Days(14)));
        assert_eq!(Term::parse("P0Y18M"), Ok(Term::Months(18)));
        for text in
            ["", "P", "3M", "P0D", "P0Y", "P1.5M", "P-1M", "P1M1Y", "P101Y", "P99999D", "PT1H", "P1Y6", "P１M", "P1WDD"]
        {
            assert!(Term::parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn turns_follow_each_other_and_no_day_is_of_two() {
        let calendar = Calendar::built_in().unwrap();
        let turns = |term: &str| -> Vec<String> {
            let all = Term::parse(term).unwrap().turns("2026-06-01".parse().unwrap(), &calendar).take(3);
            all.map(|(first, last)| format!("{first} {last}")).collect()
        };
        assert_eq!(turns("P1M"), ["2026-06-01 2026-06-30", "2026-07-01 2026-07-31", "2026-08-01 2026-08-31"]);
        assert_eq!(turns("P7D"), ["2026-06-01 2026-06-07", "2026-06-08 2026-06-14", "2026-06-15 2026-06-21"]);
        assert_eq!(turns("P5WD"), ["2026-06-01 2026-06-08", "2026-06-09 2026-06-15", "2026-06-16 2026-06-23"]);
    }

    #[test]
    fn the_opening_day_does_not_count_and_months_end_with_the_month() {
        let calendar = Calendar::built_in().unwrap();
        for (from, term, last) in [
            ("2024-01-31", "P1M", "2024-02-29"),
            ("2023-01-31", "P1M", "2023-02-28"),
            ("2024-02-29", "P1Y", "2025-02-28"),
            ("2024-02-29", "P4Y", "2028-02-29"),
            ("2024-03-31", "P6M", "2024-09-30"),
            ("2024-05-01", "P5D", "2024-05-06"),
            ("2024-02-09", "P1WD", "2024-02-18"),
        ] {
            let found = Term::parse(term).unwrap().last_day(from.parse().unwrap(), &calendar);
            assert_eq!(found, last.parse().ok(), "{term} after {from}");
        }
    }
}
