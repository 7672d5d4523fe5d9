//! How the rows of a result are laid out: which place holds which column of which part, and how a row is read back.

use std::{
    any::TypeId,
    collections::HashMap,
    sync::{Arc, LazyLock, Mutex, PoisonError},
};

use entity::{Noun, Row as _, id::Key as _};
use sea_orm::{ColumnTrait, EntityTrait, IdenStatic, Iterable, QueryResult, sea_query::ColumnType};

use serde::de::DeserializeOwned;

use super::cells;
use crate::error::{Error, Result};

/// What a column holds, as far as a result cares.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Class {
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
    /// Every class.
    pub const ALL: [Self; 9] = [
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
    pub fn name(self) -> &'static str {
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
}

/// What a table is to a result.
pub struct Shape {
    /// Its columns, as a select names them.
    columns: Vec<String>,
    /// Their own names.
    pub names: Vec<&'static str>,
    /// What each of them holds.
    pub classes: Vec<Class>,
}

impl Shape {
    /// Some of its columns, as a select names them.
    pub fn selected(&self, kept: &[bool]) -> String {
        let some: Vec<_> =
            self.columns.iter().zip(kept).filter(|(_, kept)| **kept).map(|(it, _)| it.as_str()).collect();
        some.join(", ")
    }
}

/// The shape of a table, made once; none where a column has no class.
pub fn shape<E: EntityTrait>() -> Result<Arc<Shape>> {
    static SHAPES: LazyLock<Mutex<HashMap<TypeId, Arc<Shape>>>> = LazyLock::new(Mutex::default);
    let mut shapes = SHAPES.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(made) = shapes.get(&TypeId::of::<E>()) {
        return Ok(made.clone());
    }
    let class = |column: E::Column| Class::of(column.def().get_column_type());
    let classes: Option<Vec<_>> = E::Column::iter().map(class).collect();
    let classes = classes.ok_or_else(|| Error::broken("a column of a type that no result has a place for"))?;
    let names: Vec<_> = E::Column::iter().map(|it| it.as_str()).collect();
    let table = E::default();
    let columns = names.iter().map(|it| format!("\"{}\".\"{it}\"", table.table_name())).collect();
    let made = Arc::new(Shape { columns, names, classes });
    shapes.insert(TypeId::of::<E>(), made.clone());
    Ok(made)
}

/// How the rows of a part stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// In an order that only the database knows: each says where.
    Numbered,
    /// By their own keys.
    ByKey,
    /// By their own keys, the last first.
    ByKeyDownwards,
}

impl Standing {
    /// Of rows in the order of a column, then of their keys.
    pub fn of<E: Noun>(order: E::Column) -> Self {
        if order.as_str() == E::ID.as_str() { Self::ByKey } else { Self::Numbered }
    }
}

/// Which place of a row holds which column of which part.
#[derive(Clone)]
pub struct Layout(Arc<Vec<Places>>);

/// How the rows of a part stand, and which place holds each of its columns: none holds one that did not come along.
pub type Places = (Standing, Vec<(Option<usize>, Class)>);

impl Layout {
    /// Of the parts, in their order.
    pub fn of(parts: Vec<Places>) -> Self {
        Self(Arc::new(parts))
    }

    /// The rows of its statement, sorted out.
    pub fn read(self, rows: Vec<QueryResult>) -> Result<Gathered> {
        let mut parts: Vec<Vec<(i64, QueryResult)>> = self.0.iter().map(|_| Vec::new()).collect();
        for row in rows {
            let part = usize::try_from(cells::number(&row, 0, Class::Integer)?).unwrap_or(usize::MAX);
            let at = cells::number(&row, 1, Class::Long)?;
            parts.get_mut(part).ok_or_else(|| Error::broken("a row of no part"))?.push((at, row));
        }
        Ok(Gathered { parts, layout: self })
    }
}

/// For each column the place that holds it: the places of a class go to its columns in their order.
pub fn placed(columns: impl Iterator<Item = Class>, places: &[Class]) -> Vec<usize> {
    let mut free: Vec<Option<Class>> = places.iter().copied().map(Some).collect();
    let mut take = |class: Class| {
        let at = free.iter().position(|it| *it == Some(class)).unwrap_or(0);
        if let Some(place) = free.get_mut(at) {
            *place = None;
        }
        at
    };
    columns.map(&mut take).collect()
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
    pub fn rows<E: Noun<Model: DeserializeOwned>>(&self, part: usize) -> Result<Vec<E::Model>> {
        let (Some(rows), Some((standing, places))) = (self.parts.get(part), self.layout.0.get(part)) else {
            return Err(Error::broken("there is no such part"));
        };
        let built = rows.iter().map(|(at, row)| Ok((*at, cells::model::<E::Model>(row, places)?)));
        let mut built: Vec<(i64, E::Model)> = built.collect::<Result<_>>()?;
        match standing {
            Standing::Numbered => built.sort_by_key(|(at, _)| *at),
            Standing::ByKey => built.sort_by_key(|(_, row)| row.key().uuid()),
            Standing::ByKeyDownwards => built.sort_by_key(|(_, row)| std::cmp::Reverse(row.key().uuid())),
        }
        Ok(built.into_iter().map(|(_, row)| row).collect())
    }
}

#[cfg(test)]
mod tests {
    use std::marker::PhantomData;

    use serde::de::value::SeqDeserializer;

    use super::*;
    use crate::db::gather::absent::Absent;

    /// A table with a column that has no place in a result could not be led to: its page would end in an error.
    #[test]
    fn every_column_of_every_table_has_a_place() {
        macro_rules! visit {
            ($table:ident) => {
                assert!(shape::<entity::$table::Entity>().is_ok(), stringify!($table));
            };
        }
        entity::each_table!(visit);
    }

    /// Rows are read by the order of their columns: models that were read by another would hold each other's values.
    #[test]
    fn every_model_is_read_by_the_order_of_its_columns() {
        let mut read = 0;
        macro_rules! visit {
            ($table:ident) => {
                let names = shape::<entity::$table::Entity>().unwrap().names.clone();
                if let Some(fields) = Model(PhantomData::<entity::$table::Model>).fields() {
                    assert_eq!(fields, names, stringify!($table));
                    read += 1;
                }
            };
        }
        entity::each_table!(visit);
        assert!(read > 40, "{read} models");
    }

    /// A part lacks columns that no document tells: a model that could not be read without them would end its page in an
    /// error.
    #[test]
    fn every_model_can_be_read_without_its_columns() {
        let mut read = 0;
        macro_rules! visit {
            ($table:ident) => {
                let classes = &shape::<entity::$table::Entity>().unwrap().classes;
                for loud in [true, false] {
                    let lacking = classes.iter().map(|class| Absent { class: *class, loud });
                    if let Some(done) = Model(PhantomData::<entity::$table::Model>).lacking(lacking) {
                        assert_eq!(done, Ok(()), stringify!($table));
                        read += 1;
                    }
                }
            };
        }
        entity::each_table!(visit);
        assert!(read > 80, "{read} models");
    }

    /// A model, which can be read unless it holds a secret.
    struct Model<M>(PhantomData<M>);

    trait Unread {
        fn fields(&self) -> Option<Vec<&'static str>> {
            None
        }
        fn lacking(&self, _: impl Iterator<Item = Absent>) -> Option<std::result::Result<(), String>> {
            None
        }
    }

    impl<M> Unread for Model<M> {}

    impl<M: DeserializeOwned> Model<M> {
        fn fields(&self) -> Option<Vec<&'static str>> {
            let mut fields = Vec::new();
            assert!(M::deserialize(Fields(&mut fields)).is_err());
            Some(fields)
        }

        fn lacking(&self, columns: impl Iterator<Item = Absent>) -> Option<std::result::Result<(), String>> {
            let row = SeqDeserializer::<_, serde::de::value::Error>::new(columns);
            Some(M::deserialize(row).map(|_| ()).map_err(|it| it.to_string()))
        }
    }

    /// The fields that a model asks for, in their order.
    struct Fields<'a>(&'a mut Vec<&'static str>);

    impl<'de> serde::Deserializer<'de> for Fields<'_> {
        type Error = serde::de::value::Error;

        fn deserialize_any<V: serde::de::Visitor<'de>>(self, _: V) -> std::result::Result<V::Value, Self::Error> {
            Err(serde::de::Error::custom("only asked"))
        }

        fn deserialize_struct<V: serde::de::Visitor<'de>>(
            self,
            _: &'static str,
            fields: &'static [&'static str],
            visitor: V,
        ) -> std::result::Result<V::Value, Self::Error> {
            self.0.extend(fields);
            self.deserialize_any(visitor)
        }

        serde::forward_to_deserialize_any! {
            bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str string bytes byte_buf option unit unit_struct
            newtype_struct seq tuple tuple_struct map enum identifier ignored_any
        }
    }

    #[test]
    fn parts_share_places_and_keep_their_order() {
        let places = [Class::Uuid, Class::Uuid, Class::Text, Class::Text, Class::Day];
        assert_eq!(placed([Class::Text, Class::Uuid, Class::Text].into_iter(), &places), [2, 0, 3]);
        assert_eq!(placed([Class::Day, Class::Uuid, Class::Uuid].into_iter(), &places), [4, 0, 1]);
    }
}
