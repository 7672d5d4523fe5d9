//! Working days, as the yearly notices set them: holidays and make-up days (调休上班) are data, in a file that is taken
//! in without a network. A year whose notice is not at hand is unknown, and nothing is counted over it.

use std::collections::{BTreeMap, BTreeSet};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

/// The notices at hand when this was built.
const BUILT_IN: &str = include_str!("../../calendars/cn.json");

/// The working days of some years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Year {
    off: BTreeSet<NaiveDate>,
    on: BTreeSet<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    #[serde(rename = "code")]
    _code: String,
    #[serde(rename = "source")]
    _source: String,
    years: Vec<Notice>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, rename_all = "camelCase")]
struct Notice {
    year: i32,
    notice: String,
    holidays: Vec<Holiday>,
    make_up_days: Vec<NaiveDate>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: String,
    from: NaiveDate,
    to: NaiveDate,
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

impl Calendar {
    /// The calendar of the notices at hand when this was built.
    ///
    /// # Errors
    /// As `parse`; a test reads the file.
    pub fn built_in() -> Result<Self, String> {
        Self::parse(BUILT_IN)
    }

    /// Reads a file of notices.
    ///
    /// # Errors
    /// Which notice says what can't be, and what to do.
    pub fn parse(text: &str) -> Result<Self, String> {
        let file: File = serde_json::from_str(text).map_err(|cause| format!("is no calendar: {cause}"))?;
        let mut years = BTreeMap::new();
        for notice in file.years {
            let (name, year) = (notice.notice.clone(), notice.year);
            let read = read(notice).map_err(|why| format!("{name}: {why}"))?;
            if years.insert(year, read).is_some() {
                return Err(format!("{name}: {year} has two notices: keep the one in force"));
            }
        }
        Ok(Self { years })
    }

    /// Whether a day is worked; none where the notice of its year is not at hand.
    pub fn works(&self, day: NaiveDate) -> Option<bool> {
        let year = self.years.get(&day.year())?;
        Some(year.on.contains(&day) || (!is_weekend(day) && !year.off.contains(&day)))
    }

    /// The last day of so many working days after a day, which itself does not count; none where a notice is not at hand.
    pub fn after(&self, day: NaiveDate, working_days: u32) -> Option<NaiveDate> {
        let (mut day, mut left) = (day, working_days);
        while left > 0 {
            day = day.succ_opt()?;
            left -= u32::from(self.works(day)?);
        }
        Some(day)
    }

    /// How many working days lie after one day, up to another, which counts; none where a notice is not at hand.
    pub fn between(&self, from: NaiveDate, to: NaiveDate) -> Option<u32> {
        from.iter_days().skip(1).take_while(|it| *it <= to).map(|it| self.works(it).map(u32::from)).sum()
    }
}

fn read(notice: Notice) -> Result<Year, String> {
    let of_year =
        |day: NaiveDate| (day.year() == notice.year).then_some(day).ok_or(format!("{day} lies in another year"));
    let (mut off, mut on) = (BTreeSet::new(), BTreeSet::new());
    for Holiday { name, from, to } in &notice.holidays {
        let days = (*to - *from).num_days() + 1;
        if !(1..=20).contains(&days) {
            return Err(format!("{name} lasts {days} days, {from} to {to}: check both"));
        }
        for day in from.iter_days().take_while(|it| it <= to) {
            if !off.insert(of_year(day)?) {
                return Err(format!("{name} takes {day}, which another holiday has: check both"));
            }
        }
    }
    for day in &notice.make_up_days {
        if !is_weekend(of_year(*day)?) || off.contains(day) || !on.insert(*day) {
            return Err(format!("{day} is made up: write a Saturday or Sunday that is no holiday, and once"));
        }
    }
    Ok(Year { off, on })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
        NaiveDate::from_ymd_opt(year, 1, 1).unwrap().iter_days().take_while(move |it| it.year() == year)
    }

    /// 365 or 366 days less weekends and the statutory holidays, 11 until 2024 and 13 since: make-up days change nothing.
    #[test]
    fn the_official_years_have_their_working_days() {
        let calendar = Calendar::built_in().unwrap();
        for (year, statutory, working) in [(2024, 11, 251), (2025, 13, 248)] {
            let worked = days_of(year).filter(|it| calendar.works(*it).unwrap()).count();
            let weekdays = days_of(year).filter(|it| !is_weekend(*it)).count();
            assert_eq!((worked, weekdays - statutory), (working, working), "{year}");
        }
        assert_eq!(calendar.works(day("2023-12-29")), None, "its notice is not at hand");
    }

    /// Over the Spring Festival, with its make-up days.
    #[test]
    fn a_deadline_counts_working_days() {
        let calendar = Calendar::built_in().unwrap();
        for (from, count, until) in [
            ("2024-02-02", 1, "2024-02-04"), // the Sunday before
            ("2024-02-08", 1, "2024-02-09"),
            ("2024-02-09", 2, "2024-02-19"), // the Sunday after, then Monday
            ("2025-01-27", 1, "2025-02-05"),
            ("2025-02-05", 3, "2025-02-08"), // a Saturday
            ("2024-09-30", 5, "2024-10-12"),
            ("2024-12-31", 1, "2025-01-02"), // over the year
        ] {
            let found = calendar.after(day(from), count);
            assert_eq!(found, Some(day(until)), "{count} after {from}");
            assert_eq!(calendar.between(day(from), day(until)), Some(count), "{from} to {until}");
        }
        assert_eq!(calendar.after(day("2024-05-01"), 0), Some(day("2024-05-01")));
        assert_eq!(calendar.after(day("2025-12-31"), 1), None, "the notice of 2026 is not in the file");
    }

    #[test]
    fn a_notice_that_contradicts_itself_is_refused() {
        let with = |holidays: &str, made_up: &str| {
            Calendar::parse(&format!(
                r#"{{"code":"CN","source":"x","years":[{{"year":2024,"notice":"N","holidays":[{holidays}],"makeUpDays":[{made_up}]}}]}}"#
            ))
        };
        let new_year = r#"{"name":"A","from":"2024-01-01","to":"2024-01-01"}"#;
        assert!(with(new_year, r#""2024-02-04""#).is_ok());
        for (holidays, made_up, why) in [
            (new_year, r#""2024-02-05""#, "write a Saturday or Sunday"),
            (new_year, r#""2025-01-26""#, "another year"),
            (new_year, r#""2024-02-04","2024-02-04""#, "once"),
            (r#"{"name":"A","from":"2024-02-10","to":"2024-02-09"}"#, "", "lasts 0 days"),
            (r#"{"name":"A","from":"2024-02-10","to":"2024-02-30"}"#, "", "is no calendar"),
            (r#"{"name":"A","from":"2024-02-10","to":"2024-02-17","x":1}"#, "", "is no calendar"),
            (&format!("{new_year},{new_year}"), "", "another holiday"),
        ] {
            let found = with(holidays, made_up).unwrap_err();
            assert!(found.contains(why), "{found}");
        }
    }
}
