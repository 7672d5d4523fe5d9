//! Rows as the database sends them, read straight into models. It is known from the statement what each place holds, so
//! nothing is asked of each value again, as the driver would; and models, which can be read from remembered answers, are
//! read from rows by the same code, in the order of their columns: no value is put into one of the ORM's first, and no row
//! into one that may lack values.

use std::borrow::Cow;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use entity::iso::{self, Written};
use sea_orm::{
    QueryResult,
    sqlx::{
        Row as _, ValueRef as _,
        postgres::{PgRow, PgValueFormat},
    },
};
use serde::{
    Deserializer,
    de::{
        DeserializeOwned, DeserializeSeed, Error as _, IntoDeserializer, SeqAccess, Unexpected, Visitor,
        value::{Error as Wrong, SeqDeserializer},
    },
    forward_to_deserialize_any,
};
use uuid::Uuid;

use super::{absent::Absent, layout::Class};
use crate::error::{Error, Result};

/// A row as the model whose columns, in their order, stand in these places.
pub(super) fn model<M: DeserializeOwned>(row: &QueryResult, places: &[(Option<usize>, Class)]) -> Result<M> {
    M::deserialize(Cells { row, places: places.iter() }).map_err(|cause| Error::broken(cause.to_string()))
}

/// The number in a place; 0 for none.
pub(super) fn number(row: &QueryResult, at: usize, class: Class) -> Result<i64> {
    match cell(row, at, class)? {
        Cell::Number(it) => Ok(it),
        Cell::Null => Ok(0),
        _ => Err(Error::broken("a value of another class than its place")),
    }
}

/// One value of a row.
#[derive(Debug, PartialEq)]
enum Cell<'r> {
    Null,
    Uuid(Uuid),
    Text(Cow<'r, str>),
    Number(i64),
    Truth(bool),
    Day(NaiveDate),
    Moment(DateTime<Utc>),
    Real(f64),
    Bytes(Cow<'r, [u8]>),
}

fn cell(row: &QueryResult, at: usize, class: Class) -> Result<Cell<'_>> {
    if let Some(row) = row.try_as_pg_row()
        && let Some(bytes) = bytes(row, at)?
    {
        return read(class, bytes).ok_or_else(|| Error::broken("a value of another class than its place"));
    }
    // SQLite, whose values have no form of their own.
    let found = match class {
        Class::Uuid => row.try_get_by_index::<Option<Uuid>>(at)?.map(Cell::Uuid),
        Class::Text => row.try_get_by_index::<Option<String>>(at)?.map(|it| Cell::Text(it.into())),
        Class::Integer => row.try_get_by_index::<Option<i32>>(at)?.map(|it| Cell::Number(it.into())),
        Class::Long => row.try_get_by_index::<Option<i64>>(at)?.map(Cell::Number),
        Class::Truth => row.try_get_by_index::<Option<bool>>(at)?.map(Cell::Truth),
        Class::Day => row.try_get_by_index::<Option<NaiveDate>>(at)?.map(Cell::Day),
        Class::Moment => row.try_get_by_index::<Option<DateTime<Utc>>>(at)?.map(Cell::Moment),
        Class::Real => row.try_get_by_index::<Option<f64>>(at)?.map(Cell::Real),
        Class::Bytes => row.try_get_by_index::<Option<Vec<u8>>>(at)?.map(|it| Cell::Bytes(it.into())),
    };
    Ok(found.unwrap_or(Cell::Null))
}

/// The bytes of a place, which may be null; none in another form than PostgreSQL's binary one.
fn bytes(row: &PgRow, at: usize) -> Result<Option<Option<&[u8]>>> {
    let value = row.try_get_raw(at).map_err(Error::internal)?;
    if value.is_null() {
        return Ok(Some(None));
    }
    match value.format() {
        PgValueFormat::Binary => Ok(Some(value.as_bytes().ok())),
        PgValueFormat::Text => Ok(None),
    }
}

fn read(class: Class, bytes: Option<&[u8]>) -> Option<Cell<'_>> {
    let Some(bytes) = bytes else { return Some(Cell::Null) };
    Some(match class {
        Class::Uuid => Cell::Uuid(Uuid::from_slice(bytes).ok()?),
        Class::Text => Cell::Text(str::from_utf8(bytes).ok()?.into()),
        Class::Integer => Cell::Number(i32::from_be_bytes(bytes.try_into().ok()?).into()),
        Class::Long => Cell::Number(i64::from_be_bytes(bytes.try_into().ok()?)),
        Class::Truth => Cell::Truth(*bytes.first()? != 0),
        Class::Day => Cell::Day(day(i32::from_be_bytes(bytes.try_into().ok()?))?),
        Class::Moment => Cell::Moment(moment(i64::from_be_bytes(bytes.try_into().ok()?))?),
        Class::Real => Cell::Real(f64::from_be_bytes(bytes.try_into().ok()?)),
        Class::Bytes => Cell::Bytes(bytes.into()),
    })
}

/// PostgreSQL counts from the beginning of 2000.
fn day(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2000, 1, 1)?.checked_add_signed(TimeDelta::try_days(i64::from(days))?)
}

fn moment(micros: i64) -> Option<DateTime<Utc>> {
    let begin = NaiveDate::from_ymd_opt(2000, 1, 1)?.and_hms_opt(0, 0, 0)?.and_utc();
    begin.checked_add_signed(TimeDelta::microseconds(micros))
}

/// The values of a row, in the order of its model's columns.
struct Cells<'r> {
    row: &'r QueryResult,
    places: std::slice::Iter<'r, (Option<usize>, Class)>,
}

impl<'r> Deserializer<'r> for Cells<'r> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> std::result::Result<V::Value, Wrong> {
        visitor.visit_seq(self)
    }

    forward_to_deserialize_any! {
        <V: Visitor<'r>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
        newtype_struct seq tuple tuple_struct map struct enum identifier ignored_any
    }
}

impl<'r> SeqAccess<'r> for Cells<'r> {
    type Error = Wrong;

    fn next_element_seed<T: DeserializeSeed<'r>>(&mut self, seed: T) -> std::result::Result<Option<T::Value>, Wrong> {
        let Some((at, class)) = self.places.next() else { return Ok(None) };
        let Some(at) = at else {
            return seed.deserialize(Absent { class: *class, loud: cfg!(debug_assertions) }).map(Some);
        };
        let cell = cell(self.row, *at, *class).map_err(|cause| Wrong::custom(format_args!("{cause:?}")))?;
        seed.deserialize(cell).map(Some)
    }
}

impl<'r> Deserializer<'r> for Cell<'r> {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> std::result::Result<V::Value, Wrong> {
        match self {
            Self::Null => visitor.visit_unit(),
            Self::Uuid(it) => visitor.visit_bytes(it.as_bytes()),
            Self::Text(Cow::Borrowed(it)) => visitor.visit_borrowed_str(it),
            Self::Text(Cow::Owned(it)) => visitor.visit_string(it),
            Self::Number(it) => visitor.visit_i64(it),
            Self::Truth(it) => visitor.visit_bool(it),
            // A time is read from its text alone.
            Self::Day(it) => visitor.visit_str(said(&iso::day(it))?),
            Self::Moment(it) => visitor.visit_str(said(&iso::moment(it))?),
            Self::Real(it) => visitor.visit_f64(it),
            Self::Bytes(it) => visitor.visit_seq(SeqDeserializer::new(it.iter().copied())),
        }
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> std::result::Result<V::Value, Wrong> {
        match self {
            Self::Null => visitor.visit_none(),
            some => visitor.visit_some(some),
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(
        self,
        _: &'static str,
        visitor: V,
    ) -> std::result::Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        _: &'static str,
        _: &'static [&'static str],
        visitor: V,
    ) -> std::result::Result<V::Value, Wrong> {
        match &self {
            Self::Text(it) => visitor.visit_enum(it.as_ref().into_deserializer()),
            _ => Err(Wrong::invalid_type(Unexpected::Other("a value that is no text"), &visitor)),
        }
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        <V: Visitor<'r>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

/// The text of a time.
fn said<const LENGTH: usize>(written: &Option<Written<LENGTH>>) -> std::result::Result<&str, Wrong> {
    written.as_ref().map(Written::text).ok_or_else(|| Wrong::custom("a year that has not four digits"))
}

#[cfg(test)]
mod tests {
    use serde::Deserialize;

    use super::*;

    fn from<'r, T: Deserialize<'r>>(class: Class, bytes: &'r [u8]) -> T {
        T::deserialize(read(class, Some(bytes)).unwrap()).unwrap()
    }

    #[test]
    fn values_are_read_as_they_are_sent() {
        assert_eq!(from::<i32>(Class::Integer, &[0xff, 0xff, 0xff, 0xfe]), -2);
        assert_eq!(from::<i64>(Class::Long, &7_i64.to_be_bytes()), 7);
        assert!(from::<bool>(Class::Truth, &[1]));
        assert_eq!(from::<String>(Class::Text, "王".as_bytes()), "王");
        assert!((from::<f64>(Class::Real, &1.5_f64.to_be_bytes()) - 1.5).abs() < f64::EPSILON);
        let days = |at: NaiveDate| from::<NaiveDate>(Class::Day, &day_of(at)) == at;
        for date in ["1999-12-31", "2000-02-29", "0001-01-01", "9999-12-31"] {
            assert!(days(date.parse().unwrap()), "{date}");
        }
        for moment in ["2026-11-22T10:11:12.131415Z", "1970-01-01T00:00:00Z", "0001-01-01T00:00:00.000001Z"] {
            let at: DateTime<Utc> = moment.parse().unwrap();
            let micros = at.timestamp_micros() - 946_684_800_000_000;
            assert_eq!(from::<DateTime<Utc>>(Class::Moment, &micros.to_be_bytes()), at);
        }
        assert_eq!(from::<Uuid>(Class::Uuid, &[7; 16]), Uuid::from_bytes([7; 16]));
        assert_eq!(from::<Vec<u8>>(Class::Bytes, &[1, 2]), [1, 2]);
        assert_eq!(from::<entity::kind::Sex>(Class::Text, b"MALE"), entity::kind::Sex::Male);
        assert_eq!(from::<entity::id::CadreId>(Class::Uuid, &[7; 16]), entity::id::CadreId(Uuid::from_bytes([7; 16])));
        assert_eq!(Option::<NaiveDate>::deserialize(read(Class::Day, None).unwrap()), Ok(None));
        for (class, bytes) in
            [(Class::Uuid, &[1_u8; 3][..]), (Class::Text, &[0xff]), (Class::Day, &[0x7f, 0xff, 0xff, 0xff])]
        {
            assert_eq!(read(class, Some(bytes)), None, "{class:?}");
        }
    }

    fn day_of(at: NaiveDate) -> [u8; 4] {
        let days = (at - NaiveDate::from_ymd_opt(2000, 1, 1).unwrap()).num_days();
        i32::try_from(days).unwrap().to_be_bytes()
    }

    #[test]
    fn what_is_no_value_of_a_kind_is_an_error() {
        let text = |it: &'static str| Cell::Text(it.into());
        assert!(entity::kind::Sex::deserialize(text("male")).is_err());
        assert!(entity::kind::Sex::deserialize(Cell::Number(1)).is_err());
        assert!(String::deserialize(Cell::Null).is_err());
        assert!(i32::deserialize(Cell::Number(i64::MAX)).is_err());
    }
}
