//! What a criterion needs: comparisons of facts, joined by all, any, not and at least so many of. Read from JSON with a path
//! in every complaint; whatever could be read in two ways is refused.

mod reading;
mod sense;

use chrono::NaiveDate;

use crate::kernel::{
    fact::Asked,
    number::{Comparator, Num},
};

pub use reading::{Declared, Names, Parameter, Parameters, fact, read, value};
pub use sense::{apart, overlap};

/// Most groups within groups.
pub const MOST_LEVELS: usize = 10;
/// Most comparisons of one criterion: what one statement on a database can hold, and one reader understand.
pub const MOST_LEAVES: usize = 60;

/// What must hold.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Need {
    /// All of these.
    All(Vec<Need>),
    /// One of these or more.
    Any(Vec<Need>),
    /// Not this.
    Not(Box<Need>),
    /// At least so many of these.
    AtLeast(usize, Vec<Need>),
    /// A fact compares so.
    Fact(Compared),
}

/// A fact compared with a limit.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Compared {
    /// The fact.
    pub asked: Asked,
    /// The limit.
    pub limit: Limit,
    /// The unit that the document wrote the limit in, where it has one.
    pub unit: Option<&'static str>,
    /// The parameter of the document that the limit is, where it is one.
    pub parameter: Option<String>,
    /// The limit as it is written, where the document says "about" and the limit is wider by its tolerance.
    pub about: Option<Num>,
}

/// What a fact is compared with.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Limit {
    /// A number, in the fact's own unit.
    Number(Num),
    /// A code of an order.
    Height(Comparator, &'static str),
    /// One of these codes.
    OneOf(Vec<&'static str>),
    /// A day.
    Day(Comparator, NaiveDate),
}

impl Need {
    /// Its comparisons, from left to right.
    pub fn leaves(&self) -> Vec<&Compared> {
        match self {
            Self::Fact(compared) => vec![compared],
            Self::Not(inner) => inner.leaves(),
            Self::All(parts) | Self::Any(parts) | Self::AtLeast(_, parts) => {
                parts.iter().flat_map(Self::leaves).collect()
            }
        }
    }
}
