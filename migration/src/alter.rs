//! Changes of tables that stand already.
//!
//! SQLite can add a column and drop a plain one, but neither change a `CHECK` nor drop a column that refers. For both
//! it documents the way taken here (`lang_altertable.html`, section 7): the text of the table is corrected in
//! `sqlite_schema`, because what is on the disk stays the same.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

fn listed(values: &[&str]) -> String {
    values.iter().map(|it| format!("'{it}'")).collect::<Vec<_>>().join(", ")
}

async fn run(manager: &SchemaManager<'_>, sql: &str) -> Result<(), DbErr> {
    manager.get_connection().execute_unprepared(sql).await.map(|_| ())
}

fn collated(manager: &SchemaManager<'_>) -> &'static str {
    if manager.get_database_backend() == DbBackend::Postgres { " COLLATE \"C\"" } else { "" }
}

/// Adds a column that holds one of a closed set of texts: required with a default, or optional without.
pub(crate) async fn add_kind(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    values: &[&str],
    default: Option<&str>,
) -> Result<(), DbErr> {
    let rest = default.map_or_else(String::new, |it| format!(" NOT NULL DEFAULT '{it}'"));
    let (collated, list) = (collated(manager), listed(values));
    let check = format!("CONSTRAINT \"ck_{table}_{column}\" CHECK (\"{column}\" IN ({list}))");
    run(manager, &format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" varchar(32){collated}{rest} {check}")).await
}

/// Adds a whole number that may be absent.
pub(crate) async fn add_number(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    run(manager, &format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" integer NULL")).await
}

/// Adds a bare UUID that refers to no one table and may be absent.
pub(crate) async fn add_uuid(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    let kind = if manager.get_database_backend() == DbBackend::Postgres { "uuid" } else { "uuid_text" };
    run(manager, &format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" {kind} NULL")).await
}

/// Adds a calendar day that may be absent.
pub(crate) async fn add_day(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    let kind = if manager.get_database_backend() == DbBackend::Postgres { "date" } else { "date_text" };
    run(manager, &format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" {kind} NULL")).await
}

/// Adds a text of at most `length` characters that may be absent.
pub(crate) async fn add_text(manager: &SchemaManager<'_>, table: &str, column: &str, length: u32) -> Result<(), DbErr> {
    let collated = collated(manager);
    run(manager, &format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" varchar({length}){collated} NULL")).await
}

/// What a reference says, in the words that `drop_reference` finds again.
fn reference(table: &str, column: &str, to: &str) -> String {
    format!("CONSTRAINT \"fk_{table}_{column}\" REFERENCES \"{to}\" (\"id\") ON DELETE RESTRICT")
}

/// Adds a reference to another table's key that may be absent.
pub(crate) async fn add_reference(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    to: &str,
) -> Result<(), DbErr> {
    let kind = if manager.get_database_backend() == DbBackend::Postgres { "uuid" } else { "uuid_text" };
    let refers = reference(table, column, to);
    run(manager, &format!("ALTER TABLE \"{table}\" ADD COLUMN \"{column}\" {kind} NULL {refers}")).await
}

/// Drops a reference that `add_reference` made.
pub(crate) async fn drop_reference(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    to: &str,
) -> Result<(), DbErr> {
    if manager.get_database_backend() == DbBackend::Sqlite {
        reword(manager, table, &reference(table, column, to), "").await?;
    }
    drop_column(manager, table, column).await
}

/// Drops a column.
pub(crate) async fn drop_column(manager: &SchemaManager<'_>, table: &str, column: &str) -> Result<(), DbErr> {
    run(manager, &format!("ALTER TABLE \"{table}\" DROP COLUMN \"{column}\"")).await
}

/// Gives the closed set of a column, as `Columns` made it, other values.
pub(crate) async fn allow(
    manager: &SchemaManager<'_>,
    table: &str,
    column: &str,
    from: &[&str],
    to: &[&str],
) -> Result<(), DbErr> {
    let check = |values: &[&str]| format!("CHECK (\"{column}\" IN ({}))", listed(values));
    match manager.get_database_backend() {
        DbBackend::Sqlite => reword(manager, table, &check(from), &check(to)).await,
        _ => {
            let name = format!("ck_{table}_{column}");
            run(manager, &format!("ALTER TABLE \"{table}\" DROP CONSTRAINT \"{name}\"")).await?;
            run(manager, &format!("ALTER TABLE \"{table}\" ADD CONSTRAINT \"{name}\" {}", check(to))).await
        }
    }
}

/// Corrects the text of a table in SQLite's own list of tables.
async fn reword(manager: &SchemaManager<'_>, table: &str, from: &str, to: &str) -> Result<(), DbErr> {
    let quoted = |text: &str| text.replace('\'', "''");
    let (was, is) = (quoted(from), quoted(to));
    run(manager, "PRAGMA writable_schema = ON").await?;
    let sql = format!(
        "UPDATE sqlite_schema SET sql = replace(sql, '{was}', '{is}') \
         WHERE type = 'table' AND name = '{table}' AND instr(sql, '{was}') > 0"
    );
    let changed = manager.get_connection().execute_unprepared(&sql).await?.rows_affected();
    run(manager, "PRAGMA writable_schema = RESET").await?;
    if changed == 1 {
        return Ok(());
    }
    Err(DbErr::Custom(format!("{table} does not say: {from}")))
}
