//! A date of which only the year, or the year and month, may be known.
//!
//! Personnel files say 1988, 198805 or 1988-05-13 side by side; guessing the missing part would be a lie that every
//! later age computation repeats. Stored as text (`1988`, `1988-05`, `1988-05-13`), so text order is date order, an
//! unknown part first.

use std::fmt;

use chrono::{Datelike, NaiveDate};
use sea_orm::{
    ColIdx, DbErr, QueryResult, TryGetError, TryGetable,
    sea_query::{self, ArrayType, ColumnType, Nullable, StringLen, Value, ValueTypeErr},
};
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Unexpected, Visitor},
};

use crate::iso;

/// A calendar date known to the year, month or day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PartialDate {
    year: u16,
    /// 1..=12, or 0 where only the year is known.
    month: u8,
    /// 1..=31, or 0 where the day is unknown.
    day: u8,
}

impl PartialDate {
    /// A date known to the parts that are given; `None` where it does not exist (a day without a month, 30 February,
    /// a year outside 1900..=2200).
    pub fn new(year: u16, month: Option<u8>, day: Option<u8>) -> Option<Self> {
        if !(1900..=2200).contains(&year) || (day.is_some() && month.is_none()) {
            return None;
        }
        NaiveDate::from_ymd_opt(i32::from(year), u32::from(month.unwrap_or(1)), u32::from(day.unwrap_or(1)))?;
        Some(Self { year, month: month.unwrap_or(0), day: day.unwrap_or(0) })
    }

    /// Reads `1988`, `1988-05` or `1988-05-13`, and nothing else: looser forms belong to the importers.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split('-');
        let year = digits(parts.next()?, 4)?;
        let month = match parts.next() {
            Some(part) => Some(u8::try_from(digits(part, 2)?).ok()?),
            None => None,
        };
        let day = match parts.next() {
            Some(part) => Some(u8::try_from(digits(part, 2)?).ok()?),
            None => None,
        };
        if parts.next().is_some() {
            return None;
        }
        Self::new(year, month, day)
    }

    /// The whole date of a calendar day.
    pub fn day_of(date: NaiveDate) -> Option<Self> {
        Self::new(u16::try_from(date.year()).ok()?, u8::try_from(date.month()).ok(), u8::try_from(date.day()).ok())
    }

    /// The year, always known.
    pub fn year(self) -> u16 {
        self.year
    }

    /// The month, where it is known.
    pub fn month(self) -> Option<u8> {
        (self.month > 0).then_some(self.month)
    }

    /// The day of the month, where it is known.
    pub fn day(self) -> Option<u8> {
        (self.day > 0).then_some(self.day)
    }

    /// The first calendar day that this date can mean.
    pub fn earliest(self) -> Option<NaiveDate> {
        NaiveDate::from_ymd_opt(
            i32::from(self.year),
            u32::from(self.month().unwrap_or(1)),
            u32::from(self.day().unwrap_or(1)),
        )
    }

    /// The last calendar day that this date can mean.
    pub fn latest(self) -> Option<NaiveDate> {
        let (year, month) = (i32::from(self.year), u32::from(self.month().unwrap_or(12)));
        match self.day() {
            Some(day) => NaiveDate::from_ymd_opt(year, month, u32::from(day)),
            None => NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(chrono::Months::new(1))?.pred_opt(),
        }
    }

    /// Full months from this date to `on`, the unit in which the field counts ages and years. An unknown month counts
    /// as January and an unknown day as the first, as the forms of the field do; `None` before the date itself.
    pub fn full_months(self, on: NaiveDate) -> Option<u32> {
        let months = (on.year() - i32::from(self.year)) * 12 + i32::try_from(on.month()).ok()?
            - i32::from(self.month().unwrap_or(1));
        let short = u32::from(self.day().unwrap_or(1)) > on.day();
        u32::try_from(months - i32::from(short)).ok()
    }

    /// Full years from this date to `on`.
    pub fn full_years(self, on: NaiveDate) -> Option<u32> {
        self.full_months(on).map(|months| months / 12)
    }
}

fn digits(text: &str, length: usize) -> Option<u16> {
    (text.len() == length && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

impl From<PartialDate> for String {
    fn from(date: PartialDate) -> String {
        let written = date.earliest().and_then(iso::day);
        let known = if date.day > 0 {
            10
        } else if date.month > 0 {
            7
        } else {
            4
        };
        written.and_then(|it| it.text().get(..known).map(str::to_owned)).unwrap_or_default()
    }
}

impl Serialize for PartialDate {
    fn serialize<S: Serializer>(&self, out: S) -> Result<S::Ok, S::Error> {
        String::from(*self).serialize(out)
    }
}

impl<'de> Deserialize<'de> for PartialDate {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        from.deserialize_str(Written)
    }
}

/// Reads its text where it lies.
struct Written;

impl Visitor<'_> for Written {
    type Value = PartialDate;

    fn expecting(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str("a date: write 1988, 1988-05 or 1988-05-13")
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<PartialDate, E> {
        PartialDate::parse(text).ok_or_else(|| E::invalid_value(Unexpected::Str(text), &self))
    }
}

impl From<PartialDate> for Value {
    fn from(date: PartialDate) -> Value {
        Value::from(String::from(date))
    }
}

impl TryGetable for PartialDate {
    fn try_get_by<I: ColIdx>(row: &QueryResult, index: I) -> Result<Self, TryGetError> {
        let text = String::try_get_by(row, index)?;
        Self::parse(&text).ok_or_else(|| TryGetError::DbErr(DbErr::Type(format!("'{text}' is no date"))))
    }
}

impl sea_query::ValueType for PartialDate {
    fn try_from(value: Value) -> Result<Self, ValueTypeErr> {
        let text = <String as sea_query::ValueType>::try_from(value)?;
        Self::parse(&text).ok_or(ValueTypeErr)
    }
    fn type_name() -> String {
        "PartialDate".to_owned()
    }
    fn array_type() -> ArrayType {
        ArrayType::String
    }
    fn column_type() -> ColumnType {
        ColumnType::String(StringLen::N(10))
    }
}

impl Nullable for PartialDate {
    fn null() -> Value {
        <String as Nullable>::null()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_and_back_at_every_precision() {
        for text in ["1988", "1988-05", "1988-05-13", "2000-02-29"] {
            assert_eq!(PartialDate::parse(text).map(String::from).as_deref(), Some(text));
        }
        for text in ["", "88", "1988-5", "1988-13", "1988-02-30", "1988-05-13-01", "1899", "+198", "2001-02-29"] {
            assert_eq!(PartialDate::parse(text), None, "{text}");
        }
    }

    #[test]
    fn an_unknown_part_may_be_the_last() {
        let latest = |text: &str| PartialDate::parse(text).unwrap().latest().unwrap().to_string();
        assert_eq!(
            ["2023", "2024-02", "2023-02", "2024-02-29"].map(latest),
            ["2023-12-31", "2024-02-29", "2023-02-28", "2024-02-29"]
        );
    }

    #[test]
    fn ages_count_in_full_months() {
        let on = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        let born = PartialDate::parse("2000-02-29").unwrap();
        assert_eq!(born.full_months(on("2000-03-28")), Some(0));
        assert_eq!(born.full_months(on("2000-03-29")), Some(1));
        assert_eq!(born.full_years(on("2018-02-28")), Some(17));
        assert_eq!(born.full_years(on("2018-03-01")), Some(18));
        assert_eq!(born.full_months(on("1999-01-01")), None);
        assert_eq!(PartialDate::parse("1988").unwrap().full_years(on("2026-01-01")), Some(38));
    }
}
