//! Working days, as the yearly notices set them: holidays and make-up days (调休上班) are data, in a file that is taken
//! in without a network. A year whose notice is not at hand is unknown, and nothing is counted over it.
//!
//! What is built in are the notices of the General Office of the State Council (国务院办公厅关于部分节假日安排的通知) as
//! www.gov.cn publishes them, each by its number in `calendars/cn.json`; the one in force counts. 劳动节 of 2019 is that of
//! 国办发明电〔2019〕3号 (22 March 2019) and not of the yearly notice. 春节 of 2020 goes on to 2 February by
//! 国办发明电〔2020〕1号 (26 January 2020), which also takes the make-up day of 1 February back. Where a notice speaks of the
//! last days of the year before, as those of 2019 and 2023 do, these stand in that year, beside the number of the notice.

use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
};

use chrono::{Datelike, NaiveDate, Weekday};
use serde::Deserialize;

/// The notices at hand when this was built.
const BUILT_IN: &str = include_str!("../calendars/cn.json");
/// Longest file of notices, in bytes: a hundred years are shorter.
const MOST_BYTES: u64 = 262_144;

/// The working days of some years.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Calendar {
    years: BTreeMap<i32, Year>,
}

/// The working days of one year.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Year {
    /// The number of the notice that sets them.
    pub notice: String,
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
    make_up_days: Vec<String>,
}

/// Days as texts, so that one that is none is told with its notice.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Holiday {
    name: String,
    from: String,
    to: String,
}

fn is_weekend(day: NaiveDate) -> bool {
    matches!(day.weekday(), Weekday::Sat | Weekday::Sun)
}

fn days_of(year: i32) -> impl Iterator<Item = NaiveDate> {
    let first = NaiveDate::from_ymd_opt(year, 1, 1);
    first.into_iter().flat_map(|it| it.iter_days()).take_while(move |it| it.year() == year)
}

impl Calendar {
    /// The notices that are built in, and those of a file where a path names one: it adds years, and replaces years.
    ///
    /// # Errors
    /// As `read`.
    pub fn of(path: &str) -> Result<Self, String> {
        let mut calendar = Self::parse(BUILT_IN)?;
        if !path.is_empty() {
            calendar.years.extend(Self::read(path)?.years);
        }
        Ok(calendar)
    }

    /// The notices of a file.
    ///
    /// # Errors
    /// A sentence with the file, the notice that says what can't be, and what to do.
    pub fn read(path: &str) -> Result<Self, String> {
        let length = fs::metadata(path).map_err(|cause| format!("can't read {path}: {cause}"))?.len();
        if length > MOST_BYTES {
            return Err(format!("{path} has {length} bytes, and notices have {MOST_BYTES} at most: name another file"));
        }
        let text = fs::read_to_string(path).map_err(|cause| format!("can't read {path}: {cause}"))?;
        Self::parse(&text).map_err(|why| format!("{path}: {why}"))
    }

    /// The calendar of the notices at hand when this was built. For tests alone: a server's may know more.
    #[cfg(test)]
    pub fn built_in() -> Result<Self, String> {
        Self::of("")
    }

    fn parse(text: &str) -> Result<Self, String> {
        let file: File =
            serde_json::from_str(text).map_err(|cause| format!("is no calendar: {cause}; mend the text there"))?;
        let mut years = BTreeMap::new();
        for notice in file.years {
            let (name, year) = (notice.notice.clone(), notice.year);
            let read = read(notice).map_err(|why| format!("{name}: {why}"))?;
            if years.insert(year, read).is_some() {
                return Err(format!("{name}: {year} has two notices: keep the one in force"));
            }
        }
        if years.is_empty() {
            return Err("has no notice: write one into years".to_owned());
        }
        Ok(Self { years })
    }

    /// Its years.
    pub fn years(&self) -> &BTreeMap<i32, Year> {
        &self.years
    }

    /// All that it says, for whoever must tell it from another one.
    pub fn said(&self) -> String {
        format!("{:?}", self.years)
    }

    /// Whether a day is worked; none where the notice of its year is not at hand.
    pub fn works(&self, day: NaiveDate) -> Option<bool> {
        Some(self.years.get(&day.year())?.works(day))
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

impl Year {
    fn works(&self, day: NaiveDate) -> bool {
        self.on.contains(&day) || (!is_weekend(day) && !self.off.contains(&day))
    }

    /// How many days are worked, how many from Monday to Friday are off, and how many of weekends are worked.
    pub fn sums(&self, year: i32) -> (usize, usize, usize) {
        let off = self.off.iter().filter(|it| !is_weekend(**it)).count();
        (days_of(year).filter(|it| self.works(*it)).count(), off, self.on.len())
    }
}

fn read(notice: Notice) -> Result<Year, String> {
    let of_year = |text: &str| {
        let day: NaiveDate = text.parse().map_err(|_| format!("'{text}' is no day: write one like 2026-05-13"))?;
        (day.year() == notice.year)
            .then_some(day)
            .ok_or(format!("{day} lies in another year: write it there, beside the number of this notice"))
    };
    let (mut off, mut on) = (BTreeSet::new(), BTreeSet::new());
    for Holiday { name, from, to } in &notice.holidays {
        let (from, to) = (of_year(from)?, of_year(to)?);
        let days = (to - from).num_days() + 1;
        if !(1..=20).contains(&days) {
            return Err(format!("{name} lasts {days} days, {from} to {to}: check both"));
        }
        for day in from.iter_days().take_while(|it| *it <= to) {
            if !off.insert(day) {
                return Err(format!("{name} takes {day}, which another holiday has: check both"));
            }
        }
    }
    if off.is_empty() {
        return Err("says no holiday: write all of the year, since it takes the place of what is built in".to_owned());
    }
    for text in &notice.make_up_days {
        let day = of_year(text)?;
        if !is_weekend(day) || off.contains(&day) || !on.insert(day) {
            return Err(format!("{day} is made up: write a Saturday or Sunday that is no holiday, and once"));
        }
    }
    Ok(Year { notice: notice.notice, off, on })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    /// Of each official year: days worked, days from Monday to Friday that are off, days of a weekend that are worked.
    const OFFICIAL: [(i32, usize, usize, &str); 11] = [
        (2016, 250, 17, "02-06 02-14 06-12 09-18 10-08 10-09"),
        (2017, 249, 16, "01-22 02-04 04-01 05-27 09-30"),
        (2018, 250, 18, "02-11 02-24 04-08 04-28 09-29 09-30 12-29"),
        (2019, 250, 17, "02-02 02-03 04-28 05-05 09-29 10-12"),
        (2020, 249, 19, "01-19 04-26 05-09 06-28 09-27 10-10"),
        (2021, 250, 18, "02-07 02-20 04-25 05-08 09-18 09-26 10-09"),
        (2022, 249, 18, "01-29 01-30 04-02 04-24 05-07 10-08 10-09"),
        (2023, 249, 18, "01-28 01-29 04-23 05-06 06-25 10-07 10-08"),
        (2024, 251, 19, "02-04 02-18 04-07 04-28 05-11 09-14 09-29 10-12"),
        (2025, 248, 18, "01-26 02-08 04-27 09-28 10-11"),
        (2026, 248, 19, "01-04 02-14 02-28 05-09 09-20 10-10"),
    ];

    #[test]
    fn the_official_years_have_their_working_days() {
        let calendar = Calendar::built_in().unwrap();
        for (year, working, off, made_up) in OFFICIAL {
            let works = |day: &NaiveDate| calendar.works(*day).unwrap();
            let weekdays = days_of(year).filter(|it| !is_weekend(*it)).count();
            let found: Vec<String> = days_of(year)
                .filter(|it| is_weekend(*it) && works(it))
                .map(|it| it.format("%m-%d").to_string())
                .collect();
            assert_eq!(found.join(" "), made_up, "{year}");
            assert_eq!(days_of(year).filter(works).count(), working, "{year}");
            assert_eq!(days_of(year).filter(|it| !is_weekend(*it) && !works(it)).count(), off, "{year}");
            assert_eq!(calendar.years()[&year].sums(year), (working, off, found.len()), "{year}");
            // Make-up days change nothing: 11 statutory holidays until 2024 and 13 since; in 2020 two were not made up.
            let statutory = (if year < 2025 { 11 } else { 13 }) + 2 * usize::from(year == 2020);
            assert_eq!(weekdays - statutory, working, "{year}");
        }
        for day in ["2015-12-31", "2027-01-04"].map(day) {
            assert_eq!(calendar.works(day), None, "the notice of {} is not at hand", day.year());
        }
    }

    fn hold(cases: &[(&str, u32, &str)]) {
        let calendar = Calendar::built_in().unwrap();
        for (from, count, until) in cases {
            let found = calendar.after(day(from), *count);
            assert_eq!(found, Some(day(until)), "{count} after {from}");
            assert_eq!(calendar.between(day(from), day(until)), Some(*count), "{from} to {until}");
        }
    }

    /// Over the Spring Festival of every year, with its make-up days.
    #[test]
    fn a_deadline_counts_over_the_spring_festival() {
        hold(&[
            ("2016-02-05", 1, "2016-02-06"), // the Saturday before
            ("2016-02-05", 3, "2016-02-15"),
            ("2017-01-26", 2, "2017-02-04"),
            ("2018-02-22", 3, "2018-02-26"),
            ("2019-02-01", 3, "2019-02-11"), // Saturday and Sunday before
            ("2020-01-17", 6, "2020-02-03"), // as it was extended
            ("2020-01-23", 1, "2020-02-03"),
            ("2021-02-10", 4, "2021-02-22"),
            ("2022-01-28", 3, "2022-02-07"),
            ("2023-01-20", 3, "2023-01-30"),
            ("2024-02-02", 1, "2024-02-04"), // the Sunday before
            ("2024-02-08", 1, "2024-02-09"),
            ("2024-02-09", 2, "2024-02-19"), // the Sunday after, then Monday
            ("2025-01-27", 1, "2025-02-05"),
            ("2025-02-05", 3, "2025-02-08"), // a Saturday
            ("2026-02-13", 2, "2026-02-24"),
            ("2026-02-13", 6, "2026-02-28"),
        ]);
    }

    /// Over the ends of February, of months and of years, and over a notice that was amended.
    #[test]
    fn a_deadline_counts_over_the_ends_of_months_and_years() {
        hold(&[
            ("2020-02-28", 1, "2020-03-02"), // 29 February was a Saturday
            ("2024-02-28", 1, "2024-02-29"),
            ("2024-02-28", 2, "2024-03-01"),
            ("2024-02-29", 1, "2024-03-01"),
            ("2025-02-28", 1, "2025-03-03"),
            ("2018-04-27", 2, "2018-05-02"),
            ("2019-04-26", 4, "2019-05-05"), // two Sundays are worked
            ("2023-04-28", 1, "2023-05-04"),
            ("2024-09-30", 5, "2024-10-12"),
            ("2018-12-28", 2, "2019-01-02"), // a Saturday of 2018 that the notice of 2019 makes worked
            ("2022-12-30", 1, "2023-01-03"),
            ("2024-12-31", 1, "2025-01-02"),
            ("2025-12-31", 2, "2026-01-05"), // a Sunday, then Monday
        ]);
        let calendar = Calendar::built_in().unwrap();
        assert_eq!(calendar.after(day("2024-05-01"), 0), Some(day("2024-05-01")));
        assert_eq!(calendar.after(day("2026-12-30"), 1), Some(day("2026-12-31")));
        assert_eq!(calendar.after(day("2026-12-31"), 1), None, "the notice of 2027 is not at hand");
        assert_eq!(calendar.between(day("2015-12-31"), day("2016-01-04")), Some(1), "the first day does not count");
        assert_eq!(calendar.between(day("2015-12-30"), day("2016-01-04")), None, "the notice of 2015 is not at hand");
    }

    fn with(holidays: &str, made_up: &str) -> String {
        format!(
            r#"{{"code":"CN","source":"x","years":[{{"year":2024,"notice":"N","holidays":[{holidays}],"makeUpDays":[{made_up}]}}]}}"#
        )
    }

    const NEW_YEAR: &str = r#"{"name":"A","from":"2024-01-01","to":"2024-01-01"}"#;

    #[test]
    fn a_notice_that_contradicts_itself_is_refused() {
        assert!(Calendar::parse(&with(NEW_YEAR, r#""2024-02-04""#)).is_ok());
        for (holidays, made_up, why) in [
            (NEW_YEAR, r#""2024-02-05""#, "N: 2024-02-05 is made up: write a Saturday or Sunday"),
            (NEW_YEAR, r#""2025-01-26""#, "another year"),
            (NEW_YEAR, r#""2024-02-04","2024-02-04""#, "once"),
            (NEW_YEAR, r#""soon""#, "N: 'soon' is no day"),
            (NEW_YEAR, "4", "is no calendar"),
            ("", "", "says no holiday"),
            (r#"{"name":"A","from":"2024-02-10","to":"2024-02-09"}"#, "", "lasts 0 days"),
            (r#"{"name":"A","from":"2024-01-01","to":"2024-12-31"}"#, "", "lasts 366 days"),
            (r#"{"name":"A","from":"2024-02-10","to":"2024-02-30"}"#, "", "N: '2024-02-30' is no day"),
            (r#"{"name":"A","from":"2024-02-10","to":"2024-02-17","x":1}"#, "", "is no calendar"),
            (&format!("{NEW_YEAR},{NEW_YEAR}"), "", "another holiday"),
        ] {
            let found = Calendar::parse(&with(holidays, made_up)).unwrap_err();
            assert!(found.contains(why), "{found}");
        }
        let none = r#"{"code":"CN","source":"x","years":[]}"#;
        assert!(Calendar::parse(none).unwrap_err().contains("has no notice"));
        let year = r#"{"year":2024,"notice":"N","holidays":[{"name":"A","from":"2024-01-01","to":"2024-01-01"}],"makeUpDays":[]}"#;
        let twice = format!(r#"{{"code":"CN","source":"x","years":[{year},{year}]}}"#);
        assert!(Calendar::parse(&twice).unwrap_err().contains("N: 2024 has two notices"));
    }

    #[test]
    fn a_calendar_is_known_by_what_it_says() {
        let built_in = Calendar::built_in().unwrap();
        let mut other = built_in.clone();
        assert_eq!(other.said(), built_in.said());
        other.years.extend(Calendar::parse(&with(NEW_YEAR, "")).unwrap().years);
        assert_ne!(other.said(), built_in.said());
        assert_eq!(other.works(day("2024-02-12")), Some(true), "the later file wins, a year at a time");
        assert_eq!(other.works(day("2025-01-28")), Some(false));
        assert!(Calendar::of("nowhere.json").unwrap_err().contains("can't read nowhere.json"));
    }
}
