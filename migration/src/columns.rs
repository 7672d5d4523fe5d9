//! The kinds of column that both databases have. Migrations add, and never change, what stands here.
//!
//! Text sorts by code point everywhere: PostgreSQL gets `COLLATE "C"`, SQLite does so anyway. Otherwise a cursor made
//! on one deployment's order would skip rows on another's.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend, sea_query::Check};

/// Builds one table.
pub(crate) struct Columns<'a> {
    manager: &'a SchemaManager<'a>,
    name: &'static str,
    table: TableCreateStatement,
}

impl<'a> Columns<'a> {
    pub(crate) fn of(manager: &'a SchemaManager<'a>, name: &'static str) -> Self {
        let table = Table::create().table(name).to_owned();
        Self { manager, name, table }
    }

    /// A key that this process makes: a UUID.
    pub(crate) fn key(mut self) -> Self {
        self.table.col(ColumnDef::new("id").uuid().not_null().primary_key());
        self
    }

    /// A reference to another table's key.
    pub(crate) fn refer(mut self, column: &'static str, to: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).uuid().not_null());
        self.foreign(column, to)
    }

    /// A reference that may be absent.
    pub(crate) fn refer_maybe(mut self, column: &'static str, to: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).uuid().null());
        self.foreign(column, to)
    }

    fn foreign(mut self, column: &'static str, to: &'static str) -> Self {
        self.table.foreign_key(
            ForeignKey::create()
                .name(format!("fk_{}_{column}", self.name))
                .from(self.name, column)
                .to(to, "id")
                .on_delete(ForeignKeyAction::Restrict),
        );
        self
    }

    /// A bare UUID that refers to no one table.
    pub(crate) fn uuid(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).uuid().not_null());
        self
    }

    /// A bare UUID that refers to no one table, or is absent.
    pub(crate) fn uuid_maybe(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).uuid().null());
        self
    }

    /// A whole number that may be absent.
    pub(crate) fn number_maybe(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).integer().null());
        self
    }

    /// A whole number of 64 bits that may be absent.
    pub(crate) fn long_maybe(mut self, column: &'static str) -> Self {
        // By its name: the library makes plain integers of such columns on SQLite.
        self.table.col(ColumnDef::new(column).custom("bigint").null());
        self
    }

    /// Text of at most `length` characters.
    pub(crate) fn text(self, column: &'static str, length: u32) -> Self {
        self.string(column, Some(length), false)
    }

    /// Text of at most `length` characters that may be absent.
    pub(crate) fn text_maybe(self, column: &'static str, length: u32) -> Self {
        self.string(column, Some(length), true)
    }

    /// Text of any length.
    pub(crate) fn long_text(self, column: &'static str) -> Self {
        self.string(column, None, false)
    }

    /// Text of any length that may be absent.
    pub(crate) fn long_text_maybe(self, column: &'static str) -> Self {
        self.string(column, None, true)
    }

    fn string(mut self, column: &'static str, length: Option<u32>, null: bool) -> Self {
        let mut col = ColumnDef::new(column);
        match length {
            Some(length) => col.string_len(length),
            None => col.text(),
        };
        self.collate(&mut col);
        if null {
            col.null()
        } else {
            col.not_null()
        };
        self.table.col(col);
        self
    }

    fn collate(&self, col: &mut ColumnDef) {
        if self.manager.get_database_backend() == DbBackend::Postgres {
            col.extra("COLLATE \"C\"");
        }
    }

    /// One of a closed set of texts.
    pub(crate) fn kind(self, column: &'static str, values: &[&'static str]) -> Self {
        self.closed(column, values, false)
    }

    /// One of a closed set of texts, or absent.
    pub(crate) fn kind_maybe(self, column: &'static str, values: &[&'static str]) -> Self {
        self.closed(column, values, true)
    }

    fn closed(mut self, column: &'static str, values: &[&'static str], null: bool) -> Self {
        let mut col = ColumnDef::new(column);
        col.string_len(32);
        self.collate(&mut col);
        if null {
            col.null()
        } else {
            col.not_null()
        };
        let among = Expr::col(column).is_in(values.iter().copied());
        self.table.col(col).check(Check::named(format!("ck_{}_{column}", self.name), among));
        self
    }

    /// A whole number.
    pub(crate) fn number(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).integer().not_null());
        self
    }

    /// Yes or no.
    pub(crate) fn flag(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).boolean().not_null());
        self
    }

    /// A calendar day.
    pub(crate) fn day(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).date().not_null());
        self
    }

    /// A calendar day that may be absent.
    pub(crate) fn day_maybe(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).date().null());
        self
    }

    /// A date known to the year, month or day, as text.
    pub(crate) fn partial_date_maybe(self, column: &'static str) -> Self {
        self.string(column, Some(10), true)
    }

    /// A point in time, UTC.
    pub(crate) fn moment(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).timestamp_with_time_zone().not_null());
        self
    }

    /// A point in time, UTC, that may be absent.
    pub(crate) fn moment_maybe(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).timestamp_with_time_zone().null());
        self
    }

    /// Bytes.
    pub(crate) fn bytes(mut self, column: &'static str) -> Self {
        self.table.col(ColumnDef::new(column).blob().not_null());
        self
    }

    /// The version that every kept row carries.
    pub(crate) fn version(mut self) -> Self {
        self.table.col(ColumnDef::new("version").integer().not_null().default(1));
        self
    }

    /// A primary key of several columns.
    pub(crate) fn keyed_by(mut self, columns: &[&'static str]) -> Self {
        let mut index = Index::create();
        for column in columns {
            index.col(*column);
        }
        self.table.primary_key(&mut index);
        self
    }

    pub(crate) async fn create(self) -> Result<(), DbErr> {
        self.manager.create_table(self.table).await
    }
}

/// An index, unique or not, on some columns.
pub(crate) async fn index(
    manager: &SchemaManager<'_>,
    unique: bool,
    name: &'static str,
    table: &'static str,
    columns: &[&'static str],
) -> Result<(), DbErr> {
    let mut index = Index::create().name(name).table(table).to_owned();
    if unique {
        index.unique();
    }
    for column in columns {
        index.col(*column);
    }
    manager.create_index(index).await
}

/// Drops tables, in the order given.
pub(crate) async fn drop_all(manager: &SchemaManager<'_>, tables: &[&'static str]) -> Result<(), DbErr> {
    for table in tables {
        manager.drop_table(Table::drop().table(*table).to_owned()).await?;
    }
    Ok(())
}
