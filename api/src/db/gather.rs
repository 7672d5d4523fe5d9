//! One statement for rows and for what hangs on them: each part is a named sub-select under its own row policy, those below
//! the first take their keys from another part, and all rows come back as one result.
//!
//! The parts share columns by their class (a place for a UUID, for a text, ...), so that a result is as wide as its widest
//! part and not as all of them. A row says first of which part it is, then where it stands there.

mod absent;
mod cells;
mod layout;
mod written;

use std::{collections::BTreeSet, fmt::Write, sync::Arc};

use entity::{Noun, Table, told::Narrow};
use sea_orm::{
    Condition, DbBackend, IdenStatic, Iterable, ModelTrait, Statement, Value,
    sea_query::{
        Alias as Name, Expr, Func, Order, PostgresQueryBuilder, Query, SelectStatement, SqliteQueryBuilder, Values,
        WindowStatement,
    },
};
use serde::Serialize;
use tracing::Instrument;
use uuid::Uuid;

use crate::{
    auth::scope::{Reach, Scope},
    cache::recall,
    db::{
        connect::Plans,
        gate::{Alias, Gate, Visible},
        reader::{self, Reader},
        session::Session,
    },
    error::{Action, Error, Result},
    traces,
};
use layout::{Class, Layout, Shape, placed, shape};
use written::Written;

pub use layout::{Gathered, Standing};

/// A question of several acts at once, each under a scope of its own, whose answer may be remembered as one.
pub trait Joined: Serialize + Send + Sync {
    /// Name of the question in keys.
    const NAME: &'static str;
    /// How long an answer may be kept, in seconds, at most 300.
    const TTL_S: u64;
    /// How the database is to plan it.
    fn plans(&self) -> Plans;
    /// What comes back.
    type Answer: Serialize + Clone + Send + Sync + 'static;
    /// The acts, the first part's first. None of them may be one that the caller is refused: that is for whoever asks to see to.
    fn actions(&self) -> Vec<Action>;
    /// Which columns are told of what it brings.
    fn narrow(&self) -> Narrow;
    /// What tells its statement from others of its name, besides the scopes and the keys; none where it is made anew each time.
    fn form(&self) -> Option<String>;
    /// The parts of its statement; there is one gate for each act, and the reader's own is that of the first. Each key of a
    /// question with a form is put through a function, in one order.
    ///
    /// # Errors
    /// `Internal` for a table that can't be part of a result.
    fn parts(&self, reader: &Reader<'_>, gates: &[Gate], of: &mut dyn FnMut(Uuid) -> Uuid) -> Result<Vec<Part>>;
    /// The keys of a question with a form, in that order.
    fn keys(&self) -> Vec<Uuid>;
    /// The answer that its statement brought.
    ///
    /// # Errors
    /// `Internal` for rows of another table.
    fn answer(&self, gathered: &Gathered) -> Result<Self::Answer>;
    /// The answer that was remembered as its text.
    ///
    /// # Errors
    /// `Internal` for the text of anything else.
    fn remembered(&self, text: &str) -> Result<Self::Answer>;
}

/// The first of those that stand for keys in a statement that is kept. No row has them.
const ANY: u128 = 0x5f6b_6579_5f74_6f5f_6265_5f70_7574_0000;
/// Keys of one question, at most.
const KEYS: u128 = 0x100;

/// A statement that was put together, to be sent again for other keys.
pub(super) struct Made {
    text: Arc<str>,
    values: Values,
    /// Which value is which key.
    places: Vec<(usize, usize)>,
    layout: Layout,
    tables: Vec<Table>,
}

impl Made {
    /// The statement of a question; of a question with a form, for any keys.
    fn new<Q: Joined>(session: &Session, question: &Q, scopes: Vec<Scope>, any: bool) -> Result<Self> {
        let (database, calendar) = (&session.door().database, &session.door().calendar);
        let backend = database.get_database_backend();
        let gates: Vec<_> = scopes.into_iter().map(|it| Gate::new(it).to(backend, question.narrow())).collect();
        let first = gates.first().ok_or_else(|| Error::broken("a question of no act"))?;
        let reader = Reader::new(database, first, session.counter(), calendar);
        let mut stand_ins = (ANY..ANY + KEYS).map(Uuid::from_u128);
        let mut of = |key| if any { stand_ins.next().unwrap_or(key) } else { key };
        let parts = question.parts(&reader, &gates, &mut of)?;
        let (text, values, layout) = joined(backend, &parts, any);
        let key = |value: &Value| match value {
            Value::Uuid(Some(it)) => it.as_u128().checked_sub(ANY).filter(|it| any && *it < KEYS),
            _ => None,
        };
        let place = |(at, value)| Some((at, usize::try_from(key(value)?).ok()?));
        let places = values.0.iter().enumerate().filter_map(place).collect();
        let tables: BTreeSet<Table> = gates.iter().flat_map(reader::tables).collect();
        Ok(Self { text: text.into(), values, places, layout, tables: tables.into_iter().collect() })
    }

    /// The values of the statement for some keys.
    fn about(&self, keys: &[Uuid]) -> Values {
        let mut values = self.values.clone();
        for (at, key) in &self.places {
            if let (Some(value), Some(key)) = (values.0.get_mut(*at), keys.get(*key)) {
                *value = Value::Uuid(Some(*key));
            }
        }
        values
    }
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
            if scopes.iter().all(|it: &Scope| it.action() != action) {
                scopes.push(self.narrowed(action).await?);
            }
        }
        let prints: Vec<_> = scopes.iter().map(Scope::fingerprint).collect();
        let prints = prints.join(" ");
        if !self.remembers() {
            self.whole.passes();
            return Ok(Box::pin(self.load_joined(question, scopes, &prints)).await?.0);
        }
        let text = serde_json::to_vec(question).map_err(Error::internal)?;
        let key = recall::Key::new(&self.door().build, Q::NAME, &prints, &text);
        let load = async || self.load_joined(question, scopes, &prints).await;
        Box::pin(self.remembered(key, Q::TTL_S, |text| question.remembered(text).ok(), load)).await
    }

    async fn load_joined<Q: Joined>(
        &self,
        question: &Q,
        scopes: Vec<Scope>,
        prints: &str,
    ) -> Result<(Q::Answer, Vec<Table>)> {
        let made = match question.form() {
            None => Arc::new(Made::new(self, question, scopes, false)?),
            // Whoever may see the same rows sends the same statement.
            Some(form) => {
                let name = format!("{} {form} {prints}", Q::NAME);
                match self.door().made.get(&name) {
                    Some(made) => made,
                    None => {
                        let made = Arc::new(Made::new(self, question, scopes, true)?);
                        self.door().made.insert(name, made.clone());
                        made
                    }
                }
            }
        };
        let link = self.door().own.planned(question.plans(), &self.door().database).await;
        let values = made.about(&question.keys());
        self.sent();
        let rows = link.rows(&made.text, values).instrument(traces::step("ask", Q::NAME)).await?;
        Ok((question.answer(&made.layout.clone().read(rows)?)?, made.tables.clone()))
    }
}

/// Where a row stands in its part.
const AT: &str = "stands_at";

/// What a part hangs on.
pub struct Above {
    /// Which part, from 0.
    part: usize,
    /// Its column that names the keys.
    from: &'static str,
    /// Its table.
    table: Table,
    /// The act that its rows exist for.
    action: Action,
    /// The column and the table of the row that they exist with, where that is all that decides.
    follows: Option<(&'static str, Table)>,
    /// Within what the organizations are that the column names, where all of them are.
    within: Option<Reach>,
}

impl Above {
    /// A part of a table's rows, which exist for a gate, and the column that names the keys.
    pub fn of<E: Visible>(part: usize, from: &'static str, gate: &Gate) -> Self {
        let follows = E::follows().map(|(column, table)| (column.as_str(), table));
        let (action, within) = (gate.scope().action(), E::stands(from, gate));
        Self { part, from, table: E::TABLE, action, follows, within }
    }
}

/// The rows of one table.
pub struct Part {
    select: SelectStatement,
    shape: Arc<Shape>,
    /// Which of its columns come along.
    kept: Vec<bool>,
    standing: Standing,
    /// The column that holds keys which an earlier part names: of which part, in which column.
    below: Option<(Expr, usize, &'static str)>,
}

impl Part {
    /// Rows that a select of a table's own columns yields; those that are numbered by a column, then by their keys.
    pub(super) fn first<E: Noun>(
        gate: &Gate,
        mut select: SelectStatement,
        standing: Standing,
        order: E::Column,
    ) -> Result<Self> {
        let shape = shape::<E>()?;
        let kept = gate.narrow.keeps(E::TABLE, &shape.names, &[E::ID.as_str(), order.as_str()]);
        let columns = shape.selected(&kept);
        select.clear_selects().expr(Expr::cust(columns.clone()));
        if standing == Standing::Numbered {
            let table = E::default();
            let rows = std::mem::take(&mut select);
            select.expr(Expr::cust(columns)).from_subquery(rows, Name::new(table.table_name()));
            number::<E>(&mut select, order);
        }
        Ok(Self { select, shape, kept, standing, below: None })
    }

    /// Visible rows of a table whose column `by` holds a key that a column of an earlier part names; ordered. Of rows
    /// that exist wherever those of that part do, or wherever those do that they are named by, the policy has been asked.
    ///
    /// # Errors
    /// `Internal` for a table that can't be part of a result.
    pub fn below<E: Visible>(gate: &Gate, by: E::Column, above: &Above, order: E::Column) -> Result<Self> {
        let at = Alias::own::<E>();
        let (shape, standing) = (shape::<E>()?, Standing::of::<E>(order));
        let besides = [E::ID.as_str(), by.as_str(), order.as_str()];
        let kept = gate.narrow.keeps(E::TABLE, &shape.names, &besides);
        let mut select = Query::select();
        select.expr(Expr::cust(shape.selected(&kept))).from(E::default());
        if standing == Standing::Numbered {
            number::<E>(&mut select, order);
        }
        let alike = above.action == gate.scope().action();
        let followed = |(column, table): (E::Column, Table)| {
            above.from == "id" && above.table == table && column.as_str() == by.as_str()
        };
        // A row is there for each that exists with it.
        let following = above.follows == Some((above.from, E::TABLE)) && by.as_str() == E::ID.as_str();
        let shown = by.as_str() == E::ID.as_str() && above.within.as_ref().is_some_and(|it| E::shows(it, gate));
        if shown || alike && (following || E::follows().is_some_and(followed)) {
            gate.note(E::TABLE);
        } else if E::is_gathered_near(by, gate.scope().action()) {
            select.cond_where(gate.policed_near::<E>());
        } else {
            select.cond_where(gate.policed_by_key::<E>());
        }
        Ok(Self { select, shape, kept, standing, below: Some((at.col(by), above.part, above.from)) })
    }
}

impl Part {
    /// The columns that come along.
    fn held(&self) -> impl Iterator<Item = (&'static str, Class)> {
        let columns = self.shape.names.iter().copied().zip(self.shape.classes.iter().copied());
        columns.zip(&self.kept).filter(|(_, kept)| **kept).map(|(column, _)| column)
    }

    /// Its select. PostgreSQL takes the keys as an array, looks them up in the index, and needs not make a table of them
    /// first.
    fn select(&self, backend: DbBackend) -> SelectStatement {
        let mut select = self.select.clone();
        if let Some((by, part, from)) = self.below.clone() {
            let keys = format!("SELECT \"{from}\" FROM part_{part}");
            select.and_where(match backend {
                DbBackend::Postgres => Expr::cust_with_exprs(format!("$1 = ANY(ARRAY({keys}))"), [by]),
                _ => Expr::cust_with_exprs(format!("? IN ({keys})"), [by]),
            });
        }
        select
    }

    /// Only rows that also meet a condition on their own columns. For a part below another.
    pub fn narrowed(mut self, among: Condition) -> Self {
        self.select.cond_where(among);
        self
    }
}

impl Reader<'_> {
    /// Rows of several parts by one statement, under the reader's own gate.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn gather(&self, parts: &[Part]) -> Result<Gathered> {
        let (text, values, layout) = joined(self.backend(), parts, false);
        layout.read(self.rows(Statement::from_sql_and_values(self.backend(), text, values)).await?)
    }
}

/// Numbers rows in the order of a column, then of their keys.
fn number<E: Noun>(select: &mut SelectStatement, order: E::Column) {
    let at = Alias::own::<E>();
    let mut window = WindowStatement::new();
    window.order_by_expr(at.col(order), Order::Asc).order_by_expr(at.col(E::ID), Order::Asc);
    select.expr_window_as(Func::cust("ROW_NUMBER"), window, AT);
}

/// Parts as one statement, and how its rows are to be read. The text is put together here: the builder's own union and
/// named sub-selects copy every part several times.
fn joined(backend: DbBackend, parts: &[Part], kept: bool) -> (String, Values, Layout) {
    let mut text = Written::new(backend, kept);
    let count = |part: &Part, class| part.held().filter(|(_, it)| *it == class).count();
    let widest = |class| parts.iter().map(|part| count(part, class)).max().unwrap_or(0);
    let places: Vec<Class> =
        Class::ALL.into_iter().flat_map(|class| std::iter::repeat_n(class, widest(class))).collect();
    let (mut layout, mut whole) = (Vec::new(), String::new());
    for (number, part) in parts.iter().enumerate() {
        put(&mut text, format_args!("{}part_{number} AS (", if number == 0 { "WITH " } else { ", " }));
        let select = part.select(backend);
        match backend {
            DbBackend::Postgres => select.build_collect_any_into(&PostgresQueryBuilder, &mut text),
            _ => select.build_collect_any_into(&SqliteQueryBuilder, &mut text),
        }
        put(&mut text, format_args!(")"));
        let held = placed(part.held().map(|(_, class)| class), &places);
        let at = if part.standing == Standing::Numbered { AT } else { "CAST(0 AS bigint)" };
        put(&mut whole, format_args!("{}SELECT {number}, {at}", if number == 0 { " " } else { " UNION ALL " }));
        let mut names: Vec<Option<&str>> = vec![None; places.len()];
        for (place, (name, _)) in held.iter().zip(part.held()) {
            if let Some(slot) = names.get_mut(*place) {
                *slot = Some(name);
            }
        }
        for (class, name) in places.iter().zip(names) {
            match name {
                Some(name) => put(&mut whole, format_args!(", \"{name}\"")),
                None => put(&mut whole, format_args!(", CAST(NULL AS {})", class.name())),
            }
        }
        put(&mut whole, format_args!(" FROM part_{number}"));
        let mut held = held.into_iter().map(|it| it + 2);
        let place = |(kept, class): (&bool, &Class)| (kept.then(|| held.next()).flatten(), *class);
        layout.push((part.standing, part.kept.iter().zip(&part.shape.classes).map(place).collect()));
    }
    put(&mut text, format_args!("{whole}"));
    (text.text, Values(text.values), Layout::of(layout))
}

/// Writes to a text, which takes everything.
fn put(text: &mut impl Write, what: std::fmt::Arguments<'_>) {
    let _ = text.write_fmt(what);
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
