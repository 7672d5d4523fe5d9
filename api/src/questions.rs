//! The shapes that most questions have: one page of a list, its length, the rows of some keys. A slice says what is
//! its own (the table, the act, the condition) and gets the question, its memory and its batched loading from here.

use std::{collections::HashMap, hash::Hash, marker::PhantomData};

use entity::id::Key;
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::{Serialize, de::DeserializeOwned};
use uuid::Uuid;

use crate::{
    db::{
        connect::Plans,
        gate::{Alias, Gate, Visible},
        reader::{Find, Reader},
        session::{Query, Remember, Session},
    },
    error::{Action, Result},
    loaders::{Batched, Shelf},
    page::{Order, Page, PageArgs},
};

/// Which rows of a table a list is of: a struct whose fields are the filter.
pub trait Among: Serialize + Clone + Send + Sync {
    /// The table.
    type Entity: Visible<Model: Serialize + DeserializeOwned>;
    /// The act.
    const ACTION: Action;
    /// Name of the list in keys and cursors.
    const LIST: &'static str;
    /// Name of its length in keys.
    const COUNT: &'static str;
    /// The text column by which it is ordered by name; the key's, where it has none.
    fn by_name() -> <Self::Entity as sea_orm::EntityTrait>::Column;
    /// How the database is to plan it.
    const PLANS: Plans = Plans::Shared;
    /// The same of a page in an order, where it is not the same for every filter.
    fn plans(&self, _: Order) -> Plans {
        Self::PLANS
    }
    /// Puts every key of the filter through a function. Whether the statement is the same whatever the keys: then it is
    /// put together once for each form of the rest, so the rest must be such that there are few forms.
    fn each_key(&mut self, _: &mut dyn FnMut(Uuid) -> Uuid) -> bool {
        false
    }
    /// The column that holds one key in all its rows, and the key: the policy is asked of it once.
    fn of(&self) -> Option<(<Self::Entity as sea_orm::EntityTrait>::Column, Uuid)> {
        None
    }
    /// The condition that its rows meet, besides being visible.
    fn condition(&self, gate: &Gate) -> Condition;
}

/// Puts the key of a filter, where there is one, through a function.
pub fn swap<K: Key>(slot: &mut Option<K>, of: &mut dyn FnMut(Uuid) -> Uuid) {
    *slot = slot.take().map(|key| K::from_uuid(of(key.uuid())));
}

/// One page of a list.
#[derive(Clone, Serialize)]
pub struct List<A> {
    /// Which rows.
    pub among: A,
    /// Which page of them.
    pub page: PageArgs,
}

impl<A: Among> Query for List<A> {
    const ACTION: Action = A::ACTION;
    type Answer = Page<<A::Entity as sea_orm::EntityTrait>::Model>;
    fn plans(&self) -> Plans {
        self.among.plans(self.page.order)
    }
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        self.found(reader).page(&self.page, A::by_name()).await
    }
}

impl<A: Among> List<A> {
    /// A read of all that the page is one of. Where an index yields the rows in their order, a policy is asked of each as it
    /// comes: few are needed, however many there are.
    pub fn found<'r, 'c>(&self, reader: &'r Reader<'c>) -> Find<'r, 'c, A::Entity> {
        let (gate, among) = (reader.gate(), || self.among.condition(reader.gate()));
        match self.plans() {
            Plans::Once => match self.among.of() {
                Some((column, key)) => reader.find_of(column, key).filter(gate.of_few(among)),
                None => reader.find_by_key().filter(gate.of_few(among)),
            },
            Plans::Shared | Plans::Anew => reader.find().filter(among()),
        }
    }
}

impl<A: Among> Remember for List<A> {
    const NAME: &'static str = A::LIST;
    const TTL_S: u64 = 60;
}

/// How long a list is.
#[derive(Serialize)]
pub struct Count<A>(pub A);

impl<A: Among> Query for Count<A> {
    const ACTION: Action = A::ACTION;
    const PLANS: Plans = A::PLANS;
    type Answer = u64;
    async fn load(&self, reader: &Reader<'_>) -> Result<u64> {
        let among = self.0.condition(reader.gate());
        reader.find::<A::Entity>().filter(among).count().await
    }
}

impl<A: Among> Remember for Count<A> {
    const NAME: &'static str = A::COUNT;
    const TTL_S: u64 = 60;
}

/// Rows that belong to keys of one kind: a table, and the column that holds the key.
pub trait Belonging: Send + Sync + 'static {
    /// The table.
    type Entity: Visible<Model: Serialize + DeserializeOwned>;
    /// The key, the row's own or another's.
    type By: Key + Ord + Hash + Serialize + Into<sea_orm::Value>;
    /// The act.
    const ACTION: Action;
    /// Name of the question in keys.
    const NAME: &'static str;
    /// The column that holds the key.
    fn column() -> <Self::Entity as sea_orm::EntityTrait>::Column;
    /// The column by which the rows of one key are ordered, before their own keys.
    fn order() -> <Self::Entity as sea_orm::EntityTrait>::Column;
    /// The key of a row.
    fn key(row: &<Self::Entity as sea_orm::EntityTrait>::Model) -> Self::By;
}

/// The rows of some keys.
pub struct RowsOf<B: Belonging>(Vec<B::By>);

impl<B: Belonging> RowsOf<B> {
    /// Of these keys, each once and in one order: the same keys are the same question.
    pub fn new(keys: impl IntoIterator<Item = B::By>) -> Self {
        Self(distinct(keys))
    }
}

impl<B: Belonging> Serialize for RowsOf<B> {
    fn serialize<S: serde::Serializer>(&self, out: S) -> std::result::Result<S::Ok, S::Error> {
        self.0.serialize(out)
    }
}

/// A question for some rows of a table, in the order of a column and then of their keys.
pub trait Rows: Remember<Answer = Vec<<Self::Entity as sea_orm::EntityTrait>::Model>> {
    /// The table.
    type Entity: Visible<Model: DeserializeOwned>;
    /// A read of them.
    fn found<'r, 'c>(&self, reader: &'r Reader<'c>) -> Find<'r, 'c, Self::Entity>;
    /// The column.
    fn order() -> <Self::Entity as sea_orm::EntityTrait>::Column;
    /// What tells its statement from others, besides its keys; none where it is made anew each time.
    fn form(&self) -> Option<String> {
        None
    }
    /// The same about other keys, each put through a function, where it has a form.
    fn about(&self, _: &mut dyn FnMut(Uuid) -> Uuid) -> Option<Self>
    where
        Self: Sized,
    {
        None
    }
}

impl<B: Belonging> Rows for RowsOf<B> {
    type Entity = B::Entity;
    fn found<'r, 'c>(&self, reader: &'r Reader<'c>) -> Find<'r, 'c, B::Entity> {
        let key = Alias::own::<B::Entity>().col(B::column());
        reader.find_by_key::<B::Entity>().filter(key.is_in(self.0.iter().copied()))
    }
    fn order() -> <B::Entity as sea_orm::EntityTrait>::Column {
        B::order()
    }
    fn form(&self) -> Option<String> {
        (self.0.len() == 1).then(String::new)
    }
    fn about(&self, of: &mut dyn FnMut(Uuid) -> Uuid) -> Option<Self> {
        Some(Self(self.0.iter().map(|key| B::By::from_uuid(of(key.uuid()))).collect()))
    }
}

impl<B: Belonging> Query for RowsOf<B> {
    const ACTION: Action = B::ACTION;
    const PLANS: Plans = Plans::Once;
    type Answer = Vec<<B::Entity as sea_orm::EntityTrait>::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        self.found(reader).order(B::order()).order(<B::Entity as entity::Noun>::ID).all().await
    }
}

impl<B: Belonging> Remember for RowsOf<B> {
    const NAME: &'static str = B::NAME;
    const TTL_S: u64 = 60;
}

macro_rules! loading {
    ($(#[$doc:meta])* $of:ident yields $value:ty, $verb:ident $rows:ident => $gather:expr $(, at hand $found:expr)?) => {
        $(#[$doc])*
        pub struct $of<B: Belonging> {
            key: B::By,
            of: PhantomData<B>,
        }

        impl<B: Belonging> $of<B> {
            /// Of this key.
            pub fn of(key: B::By) -> Self {
                Self { key, of: PhantomData }
            }
        }

        impl<B: Belonging> Clone for $of<B> {
            fn clone(&self) -> Self {
                Self::of(self.key)
            }
        }

        impl<B: Belonging> PartialEq for $of<B> {
            fn eq(&self, other: &Self) -> bool {
                self.key == other.key
            }
        }

        impl<B: Belonging> Eq for $of<B> {}

        impl<B: Belonging> Hash for $of<B> {
            fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
                self.key.hash(state);
            }
        }

        impl<B: Belonging> Batched for $of<B> {
            type Value = $value;
            async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
                let $rows = session.$verb(&RowsOf::<B>::new(keys.iter().map(|it| it.key))).await?;
                Ok($gather)
            }
            $(fn at_hand(&self, shelf: &Shelf) -> Option<Option<Self::Value>> {
                shelf.look::<B, RowOf<B>, _>(self.key.uuid(), $found)
            })?
        }
    };
}

loading!(
    /// The one row of a key, loaded with its neighbours.
    One yields <B::Entity as sea_orm::EntityTrait>::Model,
    recall rows => one::<B, _>(rows, Self::of), at hand |rows| rows.first().cloned()
);
loading!(
    /// All rows of a key, loaded with its neighbours'.
    Many yields Vec<<B::Entity as sea_orm::EntityTrait>::Model>,
    recall rows => many::<B, _>(rows, Self::of), at hand |rows| Some(rows.to_vec()).filter(|it| !it.is_empty())
);
loading!(
    /// The one row of a key, loaded with its neighbours and never remembered.
    FreshOne yields <B::Entity as sea_orm::EntityTrait>::Model,
    ask rows => one::<B, _>(rows, Self::of)
);
loading!(
    /// All rows of a key, loaded with its neighbours' and never remembered.
    FreshMany yields Vec<<B::Entity as sea_orm::EntityTrait>::Model>,
    ask rows => many::<B, _>(rows, Self::of)
);

type RowOf<B> = <<B as Belonging>::Entity as sea_orm::EntityTrait>::Model;

fn one<B: Belonging, K: Eq + Hash>(rows: Vec<RowOf<B>>, of: impl Fn(B::By) -> K) -> HashMap<K, RowOf<B>> {
    rows.into_iter().map(|row| (of(B::key(&row)), row)).collect()
}

fn many<B: Belonging, K: Eq + Hash>(rows: Vec<RowOf<B>>, of: impl Fn(B::By) -> K) -> HashMap<K, Vec<RowOf<B>>> {
    let mut out: HashMap<K, Vec<RowOf<B>>> = HashMap::new();
    for row in rows {
        out.entry(of(B::key(&row))).or_default().push(row);
    }
    out
}

/// The row of one key, if the caller may see it.
///
/// # Errors
/// As the question.
pub async fn row<B: Belonging>(
    session: &Session,
    key: B::By,
) -> Result<Option<<B::Entity as sea_orm::EntityTrait>::Model>> {
    Ok(session.recall(&RowsOf::<B>::new([key])).await?.pop())
}

/// Keys, each once and in one order.
pub fn distinct<K: Ord>(keys: impl IntoIterator<Item = K>) -> Vec<K> {
    let mut keys: Vec<K> = keys.into_iter().collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Says which rows belong to which keys.
#[macro_export]
macro_rules! belonging {
    ($($(#[$doc:meta])* $name:ident = $entity:ident by $column:ident($field:ident: $by:ty), ordered $order:ident, $action:ident, $key:literal;)+) => {$(
        $(#[$doc])*
        pub enum $name {}

        impl $crate::questions::Belonging for $name {
            type Entity = $entity::Entity;
            type By = $by;
            const ACTION: $crate::error::Action = $crate::error::Action::$action;
            const NAME: &'static str = $key;
            fn column() -> $entity::Column {
                $entity::Column::$column
            }
            fn order() -> $entity::Column {
                $entity::Column::$order
            }
            fn key(row: &$entity::Model) -> $by {
                row.$field
            }
        }
    )+};
}

/// Row policies that follow another row's: visible where the row of a column is.
#[macro_export]
macro_rules! follows {
    ($($entity:ident.$column:ident => $other:ident),+ $(,)?) => {$(
        impl $crate::db::gate::Visible for $entity::Entity {
            /// Where the row that it belongs to is.
            fn visible(at: &$crate::db::gate::Alias, gate: &$crate::db::gate::Gate) -> sea_orm::Condition {
                sea_orm::Condition::all().add(gate.follows::<$other::Entity>(at.col($entity::Column::$column)))
            }
            fn follows() -> Option<($entity::Column, entity::Table)> {
                Some(($entity::Column::$column, <$other::Entity as entity::Noun>::TABLE))
            }
        }
    )+};
}
