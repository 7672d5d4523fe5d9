//! One statement for rows and for what hangs on them: each part is a named sub-select under its own row policy, those below
//! the first take their keys from another part, and all rows come back as one result.
//!
//! The parts share columns by their class (a place for a UUID, for a text, ...), so that a result is as wide as its widest
//! part and not as all of them. A row says first of which part it is, then where it stands there.

use std::collections::BTreeSet;

use entity::{Noun, Table};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IdenStatic, Iterable, ModelTrait, QueryResult, TryIntoModel, Value,
    sea_query::{
        Alias as Name, ColumnType, CommonTableExpression, Expr, ExprTrait, Func, Order, Query, SelectStatement,
        UnionType, WindowStatement, WithClause, WithQuery,
    },
};
use serde::{Serialize, de::DeserializeOwned};
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    auth::scope::Scope,
    cache::recall,
    db::{
        gate::{Alias, Gate, Visible},
        reader::{self, Reader},
        session::Session,
    },
    error::{Action, Error, Result},
    traces,
};

/// A question of several acts at once, each under a scope of its own, whose answer may be remembered as one.
pub trait Joined: Serialize + Send + Sync {
    /// Name of the question in keys.
    const NAME: &'static str;
    /// How long an answer may be kept, in seconds, at most 300.
    const TTL_S: u64;
    /// What comes back.
    type Answer: Serialize + DeserializeOwned + Send + Sync;
    /// The acts. None of them may be one that the caller is refused: that is for whoever asks to see to.
    fn actions(&self) -> Vec<Action>;
    /// Reads the answer; the gates are those of the acts, in their order. The reader's own is that of the first.
    fn load(&self, reader: &Reader<'_>, gates: &[Gate]) -> impl Future<Output = Result<Self::Answer>> + Send;
}

impl Session {
    /// As `recall`, for a question of several acts.
    ///
    /// # Errors
    /// As `ask`.
    pub async fn recall_joined<Q: Joined>(&self, question: &Q) -> Result<Q::Answer> {
        const { assert!(Q::TTL_S <= 300, "an answer may be kept 300 seconds at most") };
        let mut scopes = Vec::new();
        for action in question.actions() {
            scopes.push(self.narrowed(action).await?);
        }
        if !self.remembers() {
            return Ok(self.load_joined(question, scopes).await?.0);
        }
        let text = serde_json::to_vec(question).map_err(Error::internal)?;
        let prints: Vec<_> = scopes.iter().map(Scope::fingerprint).collect();
        let key = recall::Key::new(&self.door().build, Q::NAME, &prints.join(" "), &text);
        self.remembered(key, Q::TTL_S, async || self.load_joined(question, scopes).await).await
    }

    async fn load_joined<Q: Joined>(&self, question: &Q, scopes: Vec<Scope>) -> Result<(Q::Answer, Vec<Table>)> {
        let gates: Vec<_> = scopes.into_iter().map(Gate::new).collect();
        let first = gates.first().ok_or_else(|| Error::broken("a question of no act"))?;
        let reader = Reader::new(&self.door().database, first, self.counter());
        let answer = question.load(&reader, &gates).instrument(traces::step("ask", Q::NAME)).await?;
        let tables: BTreeSet<Table> = gates.iter().flat_map(reader::tables).collect();
        Ok((answer, tables.into_iter().collect()))
    }
}

/// What a column holds, as far as a result cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Class {
    Uuid,
    Text,
    Integer,
    Long,
    Truth,
    Day,
    Moment,
    Real,
    Bytes,
}

impl Class {
    const ALL: [Self; 9] = [
        Self::Uuid,
        Self::Text,
        Self::Integer,
        Self::Long,
        Self::Truth,
        Self::Day,
        Self::Moment,
        Self::Real,
        Self::Bytes,
    ];

    /// None for a type that no table here has.
    fn of(column: &ColumnType) -> Option<Self> {
        Some(match column {
            ColumnType::Uuid => Self::Uuid,
            ColumnType::Char(_) | ColumnType::String(_) | ColumnType::Text => Self::Text,
            ColumnType::Integer => Self::Integer,
            ColumnType::BigInteger => Self::Long,
            ColumnType::Boolean => Self::Truth,
            ColumnType::Date => Self::Day,
            ColumnType::TimestampWithTimeZone => Self::Moment,
            ColumnType::Double => Self::Real,
            ColumnType::Blob | ColumnType::Binary(_) | ColumnType::VarBinary(_) => Self::Bytes,
            _ => return None,
        })
    }

    /// How PostgreSQL calls it: a place without a value must have the type of those with one.
    fn name(self) -> &'static str {
        match self {
            Self::Uuid => "uuid",
            Self::Text => "text",
            Self::Integer => "integer",
            Self::Long => "bigint",
            Self::Truth => "boolean",
            Self::Day => "date",
            Self::Moment => "timestamptz",
            Self::Real => "double precision",
            Self::Bytes => "bytea",
        }
    }

    fn value(self, row: &QueryResult, at: usize) -> Result<Value> {
        Ok(match self {
            Self::Uuid => Value::from(row.try_get_by_index::<Option<Uuid>>(at)?),
            Self::Text => Value::from(row.try_get_by_index::<Option<String>>(at)?),
            Self::Integer => Value::from(row.try_get_by_index::<Option<i32>>(at)?),
            Self::Long => Value::from(row.try_get_by_index::<Option<i64>>(at)?),
            Self::Truth => Value::from(row.try_get_by_index::<Option<bool>>(at)?),
            Self::Day => Value::from(row.try_get_by_index::<Option<chrono::NaiveDate>>(at)?),
            Self::Moment => Value::from(row.try_get_by_index::<Option<chrono::DateTime<chrono::Utc>>>(at)?),
            Self::Real => Value::from(row.try_get_by_index::<Option<f64>>(at)?),
            Self::Bytes => Value::from(row.try_get_by_index::<Option<Vec<u8>>>(at)?),
        })
    }
}

/// The classes of a table's columns, in their order; none where one of them has no class.
fn classes<E: EntityTrait>() -> Result<Vec<Class>> {
    let class = |column: E::Column| Class::of(column.def().get_column_type());
    let all: Option<Vec<_>> = E::Column::iter().map(class).collect();
    all.ok_or_else(|| Error::broken("a column of a type that no result has a place for"))
}

/// How the sub-select of a part is called.
fn name(part: usize) -> Name {
    Name::new(format!("part_{part}"))
}

/// Where a row stands in its part.
const AT: &str = "stands_at";

/// What a part hangs on.
pub struct Above {
    /// Which part, from 0.
    pub part: usize,
    /// Its column that names the keys.
    pub from: &'static str,
    /// Its table.
    pub table: Table,
    /// The act that its rows exist for.
    pub action: Action,
}

/// The rows of one table.
pub struct Part {
    select: SelectStatement,
    columns: Vec<&'static str>,
    classes: Vec<Class>,
}

impl Part {
    /// Rows that a select of a table's own columns yields, in its order.
    ///
    /// # Errors
    /// `Internal` for a table that can't be part of a result.
    pub(super) fn first<E: Noun>(select: SelectStatement, order: &[(Expr, Order)]) -> Result<Self> {
        let all = Name::new(E::default().table_name());
        let mut numbered = Query::select();
        numbered.column((all.clone(), sea_orm::sea_query::Asterisk));
        let mut window = WindowStatement::new();
        for (by, order) in order {
            window.order_by_expr(by.clone(), order.clone());
        }
        numbered.expr_window_as(Func::cust("ROW_NUMBER"), window, AT).from_subquery(select, all);
        Self::of::<E>(numbered)
    }

    /// Visible rows of a table whose column `by` holds a key that a column of an earlier part names; ordered. Of rows
    /// that exist wherever those of that part do, the policy has been asked.
    ///
    /// # Errors
    /// `Internal` for a table that can't be part of a result.
    pub fn below<E: Visible>(gate: &Gate, by: E::Column, above: &Above, order: E::Column) -> Result<Self> {
        let at = Alias::own::<E>();
        let keys = Query::select().column(Name::new(above.from)).from(name(above.part)).to_owned();
        let mut select = Query::select();
        select.columns(E::Column::iter().map(|it| it.as_column_ref()));
        let mut window = WindowStatement::new();
        window.order_by_expr(at.col(order), Order::Asc).order_by_expr(at.col(E::ID), Order::Asc);
        select.expr_window_as(Func::cust("ROW_NUMBER"), window, AT).from(E::default());
        let followed = |(column, table): (E::Column, Table)| {
            let its_own = above.from == "id" && above.table == table && above.action == gate.scope().action();
            its_own && column.as_str() == by.as_str()
        };
        match E::follows().is_some_and(followed) {
            true => gate.note(E::TABLE),
            false => {
                select.cond_where(gate.policed::<E>());
            }
        }
        select.and_where(at.col(by).in_subquery(keys));
        Self::of::<E>(select)
    }

    fn of<E: Noun>(select: SelectStatement) -> Result<Self> {
        let columns = E::Column::iter().map(|it| it.as_str()).collect();
        Ok(Self { select, columns, classes: classes::<E>()? })
    }
}

/// Parts as one statement, and how its rows are to be read.
pub(super) struct Gathering {
    /// The statement.
    pub statement: WithQuery,
    layout: Layout,
}

/// Which place of a row holds which column of which part.
struct Layout(Vec<Vec<(usize, Class)>>);

impl Gathering {
    /// Of some parts.
    pub fn of(parts: Vec<Part>) -> Self {
        let count = |part: &Part, class| part.classes.iter().filter(|it| **it == class).count();
        let widest = |class| parts.iter().map(|part| count(part, class)).max().unwrap_or(0);
        let places: Vec<Class> =
            Class::ALL.into_iter().flat_map(|class| std::iter::repeat_n(class, widest(class))).collect();
        let mut layout = Vec::new();
        let mut whole: Option<SelectStatement> = None;
        let mut with = WithClause::new();
        for (number, part) in parts.into_iter().enumerate() {
            let held = placed(&part.classes, &places);
            let mut select = Query::select();
            select.expr_as(Expr::val(i32::try_from(number).unwrap_or(i32::MAX)).cast_as("integer"), "part");
            select.expr_as(Expr::col(AT).cast_as("bigint"), AT);
            for (place, class) in places.iter().enumerate() {
                let column = held.iter().position(|it| *it == place).and_then(|it| part.columns.get(it));
                let value = match column {
                    Some(column) => Expr::col(*column),
                    None => Expr::cust("NULL").cast_as(class.name()),
                };
                select.expr_as(value, format!("c{place}"));
            }
            select.from(name(number));
            match &mut whole {
                None => whole = Some(select),
                Some(whole) => {
                    whole.union(UnionType::All, select);
                }
            }
            layout.push(held.into_iter().map(|it| it + 2).zip(part.classes).collect());
            with.cte(CommonTableExpression::new().table_name(name(number)).query(part.select).to_owned());
        }
        Self { statement: whole.unwrap_or_default().with(with), layout: Layout(layout) }
    }

    /// Its rows, sorted out.
    pub fn read(self, rows: Vec<QueryResult>) -> Result<Gathered> {
        let mut parts: Vec<Vec<(i64, QueryResult)>> = self.layout.0.iter().map(|_| Vec::new()).collect();
        for row in rows {
            let part = usize::try_from(row.try_get_by_index::<i32>(0)?).unwrap_or(usize::MAX);
            let at = row.try_get_by_index(1)?;
            parts.get_mut(part).ok_or_else(|| Error::broken("a row of no part"))?.push((at, row));
        }
        for part in &mut parts {
            part.sort_by_key(|(at, _)| *at);
        }
        Ok(Gathered { parts, layout: self.layout })
    }
}

/// For each column the place that holds it: the places of a class go to its columns in their order.
fn placed(columns: &[Class], places: &[Class]) -> Vec<usize> {
    let mut free: Vec<Option<Class>> = places.iter().copied().map(Some).collect();
    let mut take = |class: Class| {
        let at = free.iter().position(|it| *it == Some(class)).unwrap_or(0);
        if let Some(place) = free.get_mut(at) {
            *place = None;
        }
        at
    };
    columns.iter().map(|class| take(*class)).collect()
}

/// What one statement brought, part by part.
pub struct Gathered {
    parts: Vec<Vec<(i64, QueryResult)>>,
    layout: Layout,
}

impl Gathered {
    /// The rows of a part, in its order.
    ///
    /// # Errors
    /// `Internal` where they are rows of another table.
    pub fn rows<E: Noun>(&self, part: usize) -> Result<Vec<E::Model>> {
        let (Some(rows), Some(places)) = (self.parts.get(part), self.layout.0.get(part)) else {
            return Err(Error::broken("there is no such part"));
        };
        rows.iter().map(|(_, row)| model::<E>(row, places)).collect()
    }
}

fn model<E: Noun>(row: &QueryResult, places: &[(usize, Class)]) -> Result<E::Model> {
    let mut built = <E::ActiveModel as ActiveModelTrait>::default();
    for (column, (place, class)) in E::Column::iter().zip(places) {
        built.try_set(column, class.value(row, *place)?)?;
    }
    Ok(built.try_into_model()?)
}

/// The keys that a column of some rows names.
pub fn named<'r, E: Noun>(rows: impl IntoIterator<Item = &'r E::Model>, column: &str) -> Vec<Uuid> {
    let Some(column) = E::Column::iter().find(|it| it.as_str() == column) else { return Vec::new() };
    let key = |row: &E::Model| match row.get(column) {
        Value::Uuid(key) => key,
        _ => None,
    };
    rows.into_iter().filter_map(key).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A table with a column that has no place in a result could not be led to: its page would end in an error.
    #[test]
    fn every_column_of_every_table_has_a_place() {
        macro_rules! visit {
            ($table:ident) => {
                assert!(classes::<entity::$table::Entity>().is_ok(), stringify!($table));
            };
        }
        entity::each_table!(visit);
    }

    #[test]
    fn parts_share_places_and_keep_their_order() {
        let places = [Class::Uuid, Class::Uuid, Class::Text, Class::Text, Class::Day];
        assert_eq!(placed(&[Class::Text, Class::Uuid, Class::Text], &places), [2, 0, 3]);
        assert_eq!(placed(&[Class::Day, Class::Uuid, Class::Uuid], &places), [4, 0, 1]);
    }
}
