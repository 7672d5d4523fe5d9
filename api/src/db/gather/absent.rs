//! What stands in a model for a column that did not come along.
//!
//! Nobody is to tell it: a document's fields say which columns they tell, and those came. Should one have said too little, a
//! debug build shows it: there every such value is one that no row has, so that each story of the suite would notice. A
//! release build takes what costs least.

use serde::{
    Deserializer,
    de::{
        Error as _, IntoDeserializer, Visitor,
        value::{Error as Wrong, SeqDeserializer},
    },
    forward_to_deserialize_any,
};

use uuid::Uuid;

use super::layout::Class;

/// A text, and a date known to the month.
const TEXT: &str = "2199-12";
const DAY: &str = "2199-12-31";
const MOMENT: &str = "2199-12-31T23:59:59Z";
const NUMBER: i64 = 77_777;

/// The value of a class that did not come along.
pub struct Absent {
    pub class: Class,
    /// Whether it is told also where a model may lack it.
    pub loud: bool,
}

impl<'r> Deserializer<'r> for Absent {
    type Error = Wrong;

    fn deserialize_any<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Wrong> {
        match self.class {
            Class::Uuid => visitor.visit_bytes(Uuid::max().as_bytes()),
            Class::Text => visitor.visit_borrowed_str(TEXT),
            Class::Integer | Class::Long => visitor.visit_i64(NUMBER),
            Class::Truth => visitor.visit_bool(true),
            Class::Day => visitor.visit_borrowed_str(DAY),
            Class::Moment => visitor.visit_borrowed_str(MOMENT),
            Class::Real => visitor.visit_f64(f64::MAX),
            Class::Bytes => visitor.visit_seq(SeqDeserializer::new([0xff_u8].into_iter())),
        }
    }

    fn deserialize_option<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.loud { visitor.visit_some(self) } else { visitor.visit_none() }
    }

    fn deserialize_string<V: Visitor<'r>>(self, visitor: V) -> Result<V::Value, Wrong> {
        if self.loud || self.class != Class::Text {
            self.deserialize_any(visitor)
        } else {
            visitor.visit_borrowed_str("")
        }
    }

    fn deserialize_newtype_struct<V: Visitor<'r>>(self, _: &'static str, visitor: V) -> Result<V::Value, Wrong> {
        visitor.visit_newtype_struct(self)
    }

    fn deserialize_enum<V: Visitor<'r>>(
        self,
        _: &'static str,
        variants: &'static [&'static str],
        visitor: V,
    ) -> Result<V::Value, Wrong> {
        let last = variants.last().ok_or_else(|| Wrong::custom("a kind of nothing"))?;
        visitor.visit_enum((*last).into_deserializer())
    }

    fn is_human_readable(&self) -> bool {
        false
    }

    forward_to_deserialize_any! {
        <V: Visitor<'r>>
        bool i8 i16 i32 i64 i128 u8 u16 u32 u64 u128 f32 f64 char str bytes byte_buf unit unit_struct seq tuple
        tuple_struct map struct identifier ignored_any
    }
}

impl IntoDeserializer<'_, Wrong> for Absent {
    type Deserializer = Self;
    fn into_deserializer(self) -> Self {
        self
    }
}
