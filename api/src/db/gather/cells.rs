//! What is sent to PostgreSQL, and what it sends back. A statement that is kept goes to the driver as it is: the ORM would
//! copy its text and values, and move fifteen kilobytes of its own state three times. Of what comes back it is known from
//! the statement what each place holds, so nothing is asked of each value again, as the driver would: of a long answer that
//! was a fifth of the work.

use std::sync::Arc;

use chrono::{DateTime, NaiveDate, TimeDelta, Utc};
use sea_orm::{
    ConnAcquireErr, ConnectionTrait, DatabaseConnection, DbBackend, DbErr, QueryResult, RuntimeErr, Statement, Value,
    sea_query::Values,
    sqlx::{
        self, Arguments as _, AssertSqlSafe, Row as _, ValueRef as _,
        postgres::{PgArguments, PgRow, PgValueFormat},
    },
};
use uuid::Uuid;

use super::layout::Class;
use crate::error::{Error, Result};

/// The rows of a statement.
pub(super) async fn rows(link: &DatabaseConnection, text: &Arc<str>, values: Values) -> Result<Vec<QueryResult>> {
    let backend = link.get_database_backend();
    let Some(arguments) = (backend == DbBackend::Postgres).then(|| arguments(&values)).flatten() else {
        return Ok(link.query_all_raw(Statement::from_sql_and_values(backend, &**text, values.0)).await?);
    };
    let query = sqlx::query_with(AssertSqlSafe(text.clone()), arguments);
    let rows = query.fetch_all(link.get_postgres_connection_pool()).await.map_err(failed)?;
    Ok(rows.into_iter().map(QueryResult::from).collect())
}

/// As the ORM says it.
fn failed(cause: sqlx::Error) -> DbErr {
    match cause {
        sqlx::Error::PoolTimedOut => DbErr::ConnectionAcquire(ConnAcquireErr::Timeout),
        sqlx::Error::PoolClosed => DbErr::ConnectionAcquire(ConnAcquireErr::ConnectionClosed),
        other => DbErr::Query(RuntimeErr::SqlxError(Arc::new(other))),
    }
}

/// Values in PostgreSQL's own form; none where one is of a kind that keys and policies do not have.
fn arguments(values: &Values) -> Option<PgArguments> {
    let mut out = PgArguments::default();
    for value in &values.0 {
        let added = match value {
            Value::Uuid(it) => out.add(it),
            Value::String(it) => out.add(it.as_deref()),
            Value::Int(it) => out.add(it),
            Value::BigInt(it) => out.add(it),
            Value::Bool(it) => out.add(it),
            Value::ChronoDate(it) => out.add(it),
            Value::ChronoDateTimeUtc(it) => out.add(it),
            Value::Double(it) => out.add(it),
            _ => return None,
        };
        added.ok()?;
    }
    Some(out)
}

/// The value of a class at a place; none where the row came otherwise than in PostgreSQL's binary form.
pub(super) fn value(row: &QueryResult, at: usize, class: Class) -> Result<Option<Value>> {
    let Some(row) = row.try_as_pg_row() else { return Ok(None) };
    let Some(bytes) = bytes(row, at)? else { return Ok(None) };
    let read = read(class, bytes).ok_or_else(|| Error::broken("a value of another class than its place"))?;
    Ok(Some(read))
}

/// The bytes of a place, which may be null; none in another form.
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

fn read(class: Class, bytes: Option<&[u8]>) -> Option<Value> {
    let Some(bytes) = bytes else { return Some(null(class)) };
    Some(match class {
        Class::Uuid => Value::from(Uuid::from_slice(bytes).ok()?),
        Class::Text => Value::from(str::from_utf8(bytes).ok()?),
        Class::Integer => Value::from(i32::from_be_bytes(bytes.try_into().ok()?)),
        Class::Long => Value::from(i64::from_be_bytes(bytes.try_into().ok()?)),
        Class::Truth => Value::from(*bytes.first()? != 0),
        Class::Day => Value::from(day(i32::from_be_bytes(bytes.try_into().ok()?))?),
        Class::Moment => Value::from(moment(i64::from_be_bytes(bytes.try_into().ok()?))?),
        Class::Real => Value::from(f64::from_be_bytes(bytes.try_into().ok()?)),
        Class::Bytes => Value::from(bytes.to_vec()),
    })
}

fn null(class: Class) -> Value {
    match class {
        Class::Uuid => Value::Uuid(None),
        Class::Text => Value::String(None),
        Class::Integer => Value::Int(None),
        Class::Long => Value::BigInt(None),
        Class::Truth => Value::Bool(None),
        Class::Day => Value::ChronoDate(None),
        Class::Moment => Value::ChronoDateTimeUtc(None),
        Class::Real => Value::Double(None),
        Class::Bytes => Value::Bytes(None),
    }
}

/// PostgreSQL counts from the beginning of 2000.
fn day(days: i32) -> Option<NaiveDate> {
    NaiveDate::from_ymd_opt(2000, 1, 1)?.checked_add_signed(TimeDelta::try_days(i64::from(days))?)
}

fn moment(micros: i64) -> Option<DateTime<Utc>> {
    let begin = NaiveDate::from_ymd_opt(2000, 1, 1)?.and_hms_opt(0, 0, 0)?.and_utc();
    begin.checked_add_signed(TimeDelta::microseconds(micros))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_are_read_as_they_are_sent() {
        let is = |class, bytes: &[u8], value: Value| assert_eq!(read(class, Some(bytes)), Some(value));
        is(Class::Integer, &[0xff, 0xff, 0xff, 0xfe], (-2_i32).into());
        is(Class::Long, &7_i64.to_be_bytes(), 7_i64.into());
        is(Class::Truth, &[1], true.into());
        is(Class::Text, "王".as_bytes(), "王".into());
        is(Class::Real, &1.5_f64.to_be_bytes(), 1.5_f64.into());
        is(Class::Day, &(-1_i32).to_be_bytes(), NaiveDate::from_ymd_opt(1999, 12, 31).into());
        is(Class::Day, &59_i32.to_be_bytes(), NaiveDate::from_ymd_opt(2000, 2, 29).into());
        let at: DateTime<Utc> = "2026-11-22T10:11:12.131415Z".parse().unwrap();
        let micros = at.timestamp_micros() - 946_684_800_000_000;
        is(Class::Moment, &micros.to_be_bytes(), at.into());
        is(Class::Uuid, &[7; 16], Uuid::from_bytes([7; 16]).into());
        is(Class::Bytes, &[1, 2], vec![1_u8, 2].into());
        assert_eq!(read(Class::Day, None), Some(Value::ChronoDate(None)));
        for (class, bytes) in
            [(Class::Uuid, &[1_u8; 3][..]), (Class::Text, &[0xff]), (Class::Day, &[0x7f, 0xff, 0xff, 0xff])]
        {
            assert_eq!(read(class, Some(bytes)), None, "{class:?}");
        }
    }
}
