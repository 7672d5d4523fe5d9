//! Reading: every statement carries the row policy of each table it names, and every table read is noted.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use entity::{Noun, Row, Table};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, ModelTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, Statement,
    sea_query::{Expr, ExprTrait, IntoCondition, SelectStatement},
};

use crate::{
    calendar::Calendar,
    db::{
        connect::Link,
        gate::{Alias, Countable, Gate, Tally, Visible},
        gather::{Part, Standing},
        unique,
    },
    error::{Error, Result},
    page::{Order, Page, PageArgs, Position},
};

/// Reads rows that exist for a scope. A question gets one in `load`, a command through its `Writer`.
pub struct Reader<'c> {
    link: Link<'c>,
    gate: &'c Gate,
    statements: &'c AtomicU64,
    calendar: &'c Arc<Calendar>,
}

impl<'c> Reader<'c> {
    pub(super) fn new(
        link: impl Into<Link<'c>>,
        gate: &'c Gate,
        statements: &'c AtomicU64,
        calendar: &'c Arc<Calendar>,
    ) -> Self {
        Self { link: link.into(), gate, statements, calendar }
    }

    /// The working days of this deployment.
    pub fn calendar(&self) -> &'c Arc<Calendar> {
        self.calendar
    }

    /// The gate, for conditions that name further tables.
    pub fn gate(&self) -> &Gate {
        self.gate
    }

    /// Starts a read of a table's visible rows.
    #[expect(clippy::disallowed_methods, reason = "the reader adds the row policy and notes the table")]
    pub fn find<E: Visible>(&self) -> Find<'_, 'c, E> {
        let select = E::find().filter(self.gate.policed::<E>());
        Find { reader: self, select }
    }

    /// The same, for a read of a few rows: by their keys, their own or those that they belong to, or the first that an index
    /// yields.
    #[expect(clippy::disallowed_methods, reason = "the reader adds the row policy and notes the table")]
    pub fn find_by_key<E: Visible>(&self) -> Find<'_, 'c, E> {
        let select = E::find().filter(self.gate.policed_by_key::<E>());
        Find { reader: self, select }
    }

    /// The same, for rows of which a column holds one key: what the policy makes of it is asked once.
    #[expect(clippy::disallowed_methods, reason = "the reader adds the row policy and notes the table")]
    pub fn find_of<E: Visible>(&self, column: E::Column, key: uuid::Uuid) -> Find<'_, 'c, E> {
        let policy = self.gate.policed_at::<E>(&Alias::own::<E>().knowing(column, key));
        let select = E::find().filter(Alias::own::<E>().col(column).eq(key)).filter(policy);
        Find { reader: self, select }
    }

    /// The row of a key.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn get<E: Visible>(&self, id: E::Key) -> Result<Option<E::Model>> {
        self.find_by_key::<E>().filter(Alias::own::<E>().col(E::ID).eq(id)).one().await
    }

    /// Counts a table's countable rows that meet a condition, grouped by expressions of its columns; each group comes
    /// as the texts of its keys and the count.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn count_by<E: Countable>(
        &self,
        among: Condition,
        keys: &[Expr],
    ) -> Result<Vec<(Vec<Option<String>>, i64)>> {
        self.measure_by::<E>(among, keys, Expr::col((E::default(), E::ID)).count()).await
    }

    /// As `count_by`, but of another measure than the number of rows.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn measure_by<E: Countable>(
        &self,
        among: Condition,
        keys: &[Expr],
        measure: Expr,
    ) -> Result<Vec<(Vec<Option<String>>, i64)>> {
        self.gate.note(E::TABLE);
        let among = among.add(E::countable(&Alias::own::<E>(), self.gate));
        self.grouped::<E>(among, keys, measure).await
    }

    /// As `measure_by`, of a table whose rows are counts themselves.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn sum_by<E: Tally>(
        &self,
        among: Condition,
        keys: &[Expr],
        measure: Expr,
    ) -> Result<Vec<(Vec<Option<String>>, i64)>> {
        E::OF.iter().for_each(|table| self.gate.note(*table));
        let among = among.add(E::countable(&Alias::own::<E>(), self.gate));
        self.grouped::<E>(among, keys, measure).await
    }

    async fn grouped<E: EntityTrait>(
        &self,
        among: Condition,
        keys: &[Expr],
        measure: Expr,
    ) -> Result<Vec<(Vec<Option<String>>, i64)>> {
        let mut select = sea_orm::sea_query::Query::select();
        for (place, key) in keys.iter().enumerate() {
            // By its name: an expression with bound values is another one to PostgreSQL each time it occurs.
            let name = format!("k{place}");
            select.expr_as(key.clone(), name.clone()).add_group_by([Expr::col(name)]);
        }
        select.expr_as(measure, "count").from(E::default()).cond_where(among);
        let rows = self.all_raw(&select).await?;
        rows.iter()
            .map(|row| {
                let keys = (0..keys.len()).map(|place| row.try_get::<Option<String>>("", &format!("k{place}")));
                Ok((keys.collect::<std::result::Result<_, _>>()?, row.try_get("", "count")?))
            })
            .collect()
    }

    /// Counts a table's countable rows that meet a condition, by the key of another table in one of their columns.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn count_by_key<E: Countable>(&self, among: Condition, key: E::Column) -> Result<Vec<(uuid::Uuid, i64)>> {
        let at = Alias::own::<E>();
        self.gate.note(E::TABLE);
        let select = sea_orm::sea_query::Query::select()
            .expr_as(at.col(key), "key")
            .expr_as(at.col(E::ID).count(), "count")
            .from(E::default())
            .cond_where(E::countable(&at, self.gate))
            .cond_where(among)
            .add_group_by([at.col(key)])
            .to_owned();
        let rows = self.all_raw(&select).await?;
        rows.iter().map(|row| Ok((row.try_get("", "key")?, row.try_get("", "count")?))).collect()
    }

    /// Which database it is.
    pub(super) fn backend(&self) -> DbBackend {
        self.link.get_database_backend()
    }

    /// The rows that a statement yields.
    pub(super) async fn rows(&self, statement: Statement) -> Result<Vec<sea_orm::QueryResult>> {
        self.sent();
        Ok(self.link.query_all_raw(statement).await?)
    }

    fn sent(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }

    pub(super) async fn all_raw(&self, select: &SelectStatement) -> Result<Vec<sea_orm::QueryResult>> {
        self.rows(self.link.get_database_backend().build(select)).await
    }
}

/// A read of a table's visible rows, being put together.
pub struct Find<'r, 'c, E: Visible> {
    reader: &'r Reader<'c>,
    select: Select<E>,
}

impl<'r, 'c, E: Visible> Find<'r, 'c, E> {
    /// Only rows that also meet a condition.
    pub fn filter(mut self, condition: impl IntoCondition) -> Self {
        self.select = self.select.filter(condition);
        self
    }

    /// In the order of a column, smallest first; several calls add up.
    pub fn order(mut self, column: E::Column) -> Self {
        self.select = self.select.order_by_asc(column);
        self
    }

    /// Kept from changing until the transaction of a command ends.
    pub fn held(mut self) -> Self {
        self.select = self.select.lock_shared();
        self
    }

    /// At most so many rows.
    pub fn limit(mut self, most: u64) -> Self {
        self.select = self.select.limit(most);
        self
    }

    /// All of them.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn all(self) -> Result<Vec<E::Model>> {
        self.reader.sent();
        self.select.all(&self.reader.link).await.map_err(unique::failed)
    }

    /// The keys of all of them.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn keys(self) -> Result<Vec<E::Key>> {
        use entity::id::Key as _;
        self.reader.sent();
        let keys = self.select.select_only().column(E::ID).into_tuple::<uuid::Uuid>();
        Ok(keys.all(&self.reader.link).await?.into_iter().map(E::Key::from_uuid).collect())
    }

    /// The first of them.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn one(self) -> Result<Option<E::Model>> {
        self.reader.sent();
        self.select.one(&self.reader.link).await.map_err(unique::failed)
    }

    /// How many there are.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn count(self) -> Result<u64> {
        #[derive(FromQueryResult)]
        struct Count {
            rows: i64,
        }
        self.reader.sent();
        let count = self.select.select_only().column_as(E::ID.count(), "rows");
        let found = count.into_model::<Count>().one(&self.reader.link).await?;
        Ok(found.map_or(0, |it| u64::try_from(it.rows).unwrap_or(0)))
    }

    /// How many there are for each key that an expression tells of a row; rows for which it tells none are left out.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn count_each(self, key: Expr) -> Result<Vec<(uuid::Uuid, u64)>> {
        #[derive(FromQueryResult)]
        struct Count {
            key: Option<uuid::Uuid>,
            rows: i64,
        }
        self.reader.sent();
        // By its name: an expression with bound values is another one to PostgreSQL each time it occurs.
        let select = self.select.select_only().expr_as(key, "key").column_as(E::ID.count(), "rows");
        let found = select.group_by(Expr::col("key")).into_model::<Count>().all(&self.reader.link).await?;
        let told = |it: Count| Some((it.key?, u64::try_from(it.rows).unwrap_or(0)));
        Ok(found.into_iter().filter_map(told).collect())
    }

    /// One page, ordered by id, from the newest on or, where it is asked for, by the text column `sort`, then id.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn page(self, args: &PageArgs, sort: E::Column) -> Result<Page<E::Model>> {
        self.reader.sent();
        let select = on_page::<E>(self.select, args, sort);
        Ok(page::<E>(select.all(&self.reader.link).await?, args, sort))
    }

    /// The rows of one page, to be gathered with what hangs on them.
    ///
    /// # Errors
    /// `Internal` for a table that can't be gathered.
    pub fn page_part(self, args: &PageArgs, sort: E::Column) -> Result<Part> {
        let (standing, order) = match args.order {
            Order::Name => (Standing::Numbered, sort),
            Order::Id => (Standing::ByKey, E::ID),
            Order::Newest => (Standing::ByKeyDownwards, E::ID),
        };
        Part::first::<E>(self.reader.gate, on_page::<E>(self.select, args, sort).into_query(), standing, order)
    }

    /// All of them in the order of a column, then of their keys, to be gathered with what hangs on them.
    ///
    /// # Errors
    /// `Internal` for a table that can't be gathered.
    pub fn part(self, order: E::Column) -> Result<Part> {
        Part::first::<E>(self.reader.gate, self.select.into_query(), Standing::of::<E>(order), order)
    }
}

/// Narrows a select to one page, and to one row more: it tells whether others follow.
fn on_page<E: Visible>(mut select: Select<E>, args: &PageArgs, sort: E::Column) -> Select<E> {
    let at = Alias::own::<E>();
    let (by_name, newest) = (args.order == Order::Name, args.order == Order::Newest);
    if let Some(after) = &args.after {
        let beyond = match (&after.sort, by_name) {
            (Some(text), true) => Expr::tuple([at.col(sort), at.col(E::ID)])
                .gt(Expr::tuple([Expr::val(text.clone()), Expr::val(after.id)])),
            _ if newest => at.col(E::ID).lt(after.id),
            _ => at.col(E::ID).gt(after.id),
        };
        select = select.filter(beyond);
    }
    if by_name {
        select = select.order_by_asc(sort);
    }
    select = if newest { select.order_by_desc(E::ID) } else { select.order_by_asc(E::ID) };
    select.limit(args.first + 1)
}

/// A page of the rows that its select yields.
pub fn page<E: Noun>(mut rows: Vec<E::Model>, args: &PageArgs, sort: E::Column) -> Page<E::Model> {
    let wanted = usize::try_from(args.first).unwrap_or(usize::MAX);
    let more = rows.len() > wanted;
    rows.truncate(wanted);
    let sort = (args.order == Order::Name).then_some(sort);
    let place = |row: E::Model| (position::<E>(&row, sort), row);
    Page::new(rows.into_iter().map(place).collect(), more, args)
}

fn position<E: Noun>(row: &E::Model, sort: Option<E::Column>) -> Position {
    use entity::id::Key as _;
    let sort = sort.and_then(|column| match row.get(column) {
        sea_orm::Value::String(text) => text,
        _ => None,
    });
    Position { sort, id: row.key().uuid() }
}

/// The error for a row that is absent, or not there for the scope.
pub(super) fn missing<E: Noun>() -> Error {
    Error::NotFound(<E::Key as entity::id::Key>::NOUN)
}

/// The tables that a reader noted, for those who stamp answers.
pub(super) fn tables(gate: &Gate) -> Vec<Table> {
    gate.noted()
}
