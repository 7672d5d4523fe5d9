//! What leads from one type to the rows of others: declared with the type, looked at when rows of it are asked for.

use std::{marker::PhantomData, sync::Arc};

use entity::{Noun, Table};
use sea_orm::{EntityTrait, IdenStatic, Iterable, ModelTrait};
use serde_json::value::RawValue;
use uuid::Uuid;

use super::RowOf;
use crate::{
    db::{
        gate::{Gate, Visible},
        gather::{Above, Gathered, Part, named},
    },
    error::{Action, Error, Result},
    loaders::{Shelf, Sorted},
    questions::Belonging,
};

/// A type of the schema that shows one row.
pub trait FromRow {
    /// The row.
    type Row: Clone + Send + Sync;
    /// The type over the row.
    fn from_row(row: Self::Row) -> Self;
    /// Which fields lead to rows of others: see `leads!`.
    fn leads() -> Leads {
        &[]
    }
    /// Of which row its fields tell the columns; none where nothing is known of them.
    fn told() -> Option<Told> {
        None
    }
}

/// A type of the schema whose fields lead somewhere, or tell a row's columns.
pub trait Tells {
    /// What they lead to.
    fn leads() -> Leads;
    /// As `FromRow::told`.
    fn told() -> Option<Told>;
}

impl<T: FromRow> Tells for T {
    fn leads() -> Leads {
        T::leads()
    }
    fn told() -> Option<Told> {
        T::told()
    }
}

/// The row of which a type's fields tell the columns. A field that is named as a column tells that one, one that leads
/// somewhere the one that names the keys; of any other nothing is known.
#[derive(Clone, Copy)]
pub struct Told {
    /// Its table.
    pub table: Table,
    /// Its columns.
    pub columns: fn() -> Vec<&'static str>,
    /// What is looked at whichever fields are asked for.
    pub besides: &'static [&'static str],
}

impl Told {
    /// Of rows of a table, of which some columns are looked at in any case.
    pub fn of<M: ModelTrait<Entity: Noun>>(besides: &'static [&'static str]) -> Self {
        let columns = || <M::Entity as EntityTrait>::Column::iter().map(|it| it.as_str()).collect();
        Self { table: M::Entity::TABLE, columns, besides }
    }
}

/// A field that leads to other rows: through which, and which fields those have in turn.
pub struct Lead {
    /// The field in the schema.
    pub field: &'static str,
    /// The column at which it begins.
    pub column: &'static str,
    /// The way: each step starts at the rows of the one before.
    pub through: &'static [&'static dyn Link],
    /// What of the first step's rows code looks at, where it leads on: all of them, where nothing is said.
    pub looked: &'static [&'static str],
    /// The type at its end.
    pub to: Option<End>,
    /// Whether it leads to pages, which are asked for by themselves.
    pub paged: bool,
}

/// The type at the end of a lead.
#[derive(Clone, Copy)]
pub struct End {
    /// What it leads to.
    pub leads: fn() -> Leads,
    /// Of which row it tells the columns.
    pub told: fn() -> Option<Told>,
}

impl End {
    /// Of a type.
    pub const fn of<T: Tells>() -> Self {
        Self { leads: T::leads, told: T::told }
    }
}

/// What a type leads to.
pub type Leads = &'static [Lead];

/// One step: rows that belong to keys that a column of other rows names.
pub trait Link: Send + Sync {
    /// The act.
    fn action(&self) -> Action;
    /// The question that would be asked otherwise.
    fn name(&self) -> &'static str;
    /// The column that names the keys.
    fn from(&self) -> &'static str;
    /// The table.
    fn table(&self) -> Table;
    /// Its rows as what another part hangs on, by the keys that a column of them names.
    fn above(&self, part: usize, from: &'static str, gate: &Gate) -> Above;
    /// The part of a statement below another one.
    ///
    /// # Errors
    /// `Internal` for a table that can't be gathered.
    fn part(&self, gate: &Gate, above: &Above) -> Result<Part>;
    /// What a statement brought for some keys.
    ///
    /// # Errors
    /// `Internal` for rows of another table.
    fn read(&self, gathered: &Gathered, part: usize, asked: Vec<Uuid>) -> Result<Arc<dyn Brought>>;
    /// What was remembered for them.
    ///
    /// # Errors
    /// `Internal` for another text than `Brought::text` gave.
    fn parse(&self, text: &RawValue, asked: Vec<Uuid>) -> Result<Arc<dyn Brought>>;
}

/// Rows that came along.
pub trait Brought: Send + Sync {
    /// The keys that a column of them names.
    fn keys(&self, column: &str) -> Vec<Uuid>;
    /// To be remembered.
    ///
    /// # Errors
    /// Those of the rows' own text.
    fn text(&self) -> serde_json::Result<Box<RawValue>>;
    /// Puts them where the loaders look.
    fn shelve(&self, shelf: &Shelf);
}

/// The rows of a question by the keys of a column.
pub struct By<B> {
    /// The column.
    pub from: &'static str,
    /// The question.
    pub of: PhantomData<fn() -> B>,
}

struct Rows<B: Belonging>(Arc<Sorted<RowOf<B>>>);

impl<B: Belonging> Rows<B> {
    /// Of the keys that were asked for those without a row are known to have none.
    fn of(rows: Vec<RowOf<B>>, asked: Vec<Uuid>) -> Arc<dyn Brought> {
        use entity::id::Key as _;
        // One that is not near may be there all the same.
        let sure = !B::Entity::is_gathered_near(B::column(), B::ACTION);
        let asked = if sure { asked } else { Vec::new() };
        Arc::new(Self(Arc::new(Sorted::by(rows, |row| B::key(row).uuid(), asked))))
    }
}

impl<B: Belonging> Link for By<B> {
    fn action(&self) -> Action {
        B::ACTION
    }

    fn name(&self) -> &'static str {
        B::NAME
    }

    fn from(&self) -> &'static str {
        self.from
    }

    fn table(&self) -> Table {
        B::Entity::TABLE
    }

    fn above(&self, part: usize, from: &'static str, gate: &Gate) -> Above {
        Above::of::<B::Entity>(part, from, gate)
    }

    fn part(&self, gate: &Gate, above: &Above) -> Result<Part> {
        Part::below::<B::Entity>(gate, B::column(), above, B::order())
    }

    fn read(&self, gathered: &Gathered, part: usize, asked: Vec<Uuid>) -> Result<Arc<dyn Brought>> {
        Ok(Rows::<B>::of(gathered.rows::<B::Entity>(part)?, asked))
    }

    fn parse(&self, text: &RawValue, asked: Vec<Uuid>) -> Result<Arc<dyn Brought>> {
        Ok(Rows::<B>::of(serde_json::from_str(text.get()).map_err(Error::internal)?, asked))
    }
}

impl<B: Belonging> Brought for Rows<B> {
    fn keys(&self, column: &str) -> Vec<Uuid> {
        named::<B::Entity>(self.0.rows(), column)
    }

    fn text(&self) -> serde_json::Result<Box<RawValue>> {
        serde_json::value::to_raw_value(self.0.rows())
    }

    fn shelve(&self, shelf: &Shelf) {
        shelf.put::<B, _>(self.0.clone());
    }
}

/// Says which fields of a type lead to which rows: the field in the schema, each step as the column that names the keys and
/// the question that they are the keys of, with the columns in brackets at which code looks on its way, and the type at the
/// end, where that leads further. A field that leads nowhere tells the column that it names here and none else, and so does
/// one whose pages are asked for by themselves.
#[macro_export]
macro_rules! leads {
    ($($field:literal: $column:ident $(=> $question:ty $([$($looked:ident)*])? $(, $next:ident => $then:ty)? $(; $to:ty)?)? $(as pages of $page:ty)?;)*) => {
        fn leads() -> $crate::reading::Leads {
            // Each column is one of its row.
            $(let _ = |row: &<Self as $crate::reading::FromRow>::Row| { let _ = &row.$column; };
            $($(let _ = |row: &$crate::reading::RowOf<$question>| { let _ = &row.$next; };)?)?)*
            $($($(let _ = |row: &$crate::reading::RowOf<$question>| { let _ = ($(&row.$looked,)*); };)?)?)*
            const LEADS: $crate::reading::Leads = &[$($crate::reading::Lead {
                field: $field,
                column: stringify!($column),
                through: &[$(
                    $crate::leads!(@by $question, $column),
                    $($crate::leads!(@by $then, $next),)?
                )?],
                looked: &[$($($(stringify!($looked)),*)?)?],
                to: $crate::leads!(@to $($($to)?)? $($page)?),
                paged: $crate::leads!(@paged $($page)?),
            }),*];
            LEADS
        }

        fn told() -> Option<$crate::reading::Told> {
            Some($crate::reading::Told::of::<<Self as $crate::reading::FromRow>::Row>(&[]))
        }
    };
    (@by $question:ty, $column:ident) => {
        &$crate::reading::By::<$question> { from: stringify!($column), of: std::marker::PhantomData }
    };
    (@paged) => { false };
    (@paged $page:ty) => { true };
    (@to) => { None };
    (@to $to:ty) => { Some($crate::reading::End::of::<$to>()) };
}
