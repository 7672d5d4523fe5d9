//! Which columns a document tells: the others of a part need not come along.
//!
//! What a document tells is found once for all of it, and holds for every statement that gathers for it:
//! rows of one table have the same columns wherever they come from, so whoever finds them on the shelf finds what is told of
//! them. What a statement itself goes by, its keys and its order, comes along in any case.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write,
    sync::Arc,
};

use crate::Table;

/// The columns of a table that are told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Columns {
    /// Every one.
    All,
    /// These alone.
    These(BTreeSet<&'static str>),
}

impl Default for Columns {
    fn default() -> Self {
        Self::These(BTreeSet::new())
    }
}

impl Columns {
    /// This one too.
    pub fn add(&mut self, column: &'static str) {
        if let Self::These(some) = self {
            some.insert(column);
        }
    }
}

/// What a document tells of each table; of a table that is not named, and by default of all of them, every column.
#[derive(Clone, Debug, Default)]
pub struct Narrow(Option<Arc<Told>>);

#[derive(Debug)]
struct Told {
    tables: BTreeMap<Table, Columns>,
    text: String,
}

impl Narrow {
    /// To these columns.
    pub fn to(tables: BTreeMap<Table, Columns>) -> Self {
        let mut text = String::new();
        for (table, columns) in &tables {
            if let Columns::These(some) = columns {
                let some: Vec<_> = some.iter().copied().collect();
                let _ = write!(text, "{table:?}({})", some.join(" "));
            }
        }
        Self(Some(Arc::new(Told { tables, text })))
    }

    /// In words: two that read alike are one.
    pub fn text(&self) -> &str {
        self.0.as_ref().map_or("", |it| &it.text)
    }

    /// Which of a table's columns come along: those that are told, and some besides.
    pub fn keeps(&self, table: Table, columns: &[&'static str], besides: &[&str]) -> Vec<bool> {
        let told = self.0.as_ref().and_then(|it| it.tables.get(&table)).unwrap_or(&Columns::All);
        let keeps = |name: &&'static str| match told {
            Columns::All => true,
            Columns::These(some) => some.contains(name) || besides.contains(name),
        };
        columns.iter().map(keeps).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_told_comes_along_and_what_the_statement_goes_by() {
        let mut told = Columns::default();
        told.add("name");
        let narrow = Narrow::to([(Table::Cadre, told), (Table::PairPart, Columns::All)].into());
        assert_eq!(narrow.text(), "Cadre(name)");
        let columns = ["id", "name", "sex"];
        assert_eq!(narrow.keeps(Table::Cadre, &columns, &["id"]), [true, true, false]);
        assert_eq!(narrow.keeps(Table::PairPart, &columns, &[]), [true; 3]);
        assert_eq!(narrow.keeps(Table::Organization, &columns, &[]), [true; 3]);
        assert_eq!(Narrow::default().keeps(Table::Cadre, &columns, &[]), [true; 3]);
    }
}
