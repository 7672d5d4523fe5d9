//! What a document tells of the rows that are gathered for it: found once for all of it, by the same leads that are followed
//! when rows are asked for.
//!
//! Nothing is guessed. A document of one operation is narrowed where each of its fields is known: named as a column of its
//! row, leading somewhere by `leads!`, to pages too, or part of a page. With one field more of which nothing is known, all
//! rows come with all columns. What is walked over is no more than the selections that an operation may have, written out.

use std::collections::BTreeMap;

use async_graphql::parser::types::{ExecutableDocument, Field, OperationType, Selection, SelectionSet};
use entity::{
    Table,
    told::{Columns, Narrow},
};

use super::links::{End, Lead, Told};

/// A field of the schema's root whose rows may be narrowed.
pub struct Root {
    /// The field.
    pub field: &'static str,
    /// The type that it leads to.
    pub to: End,
    /// Whether by pages.
    pub paged: bool,
}

/// What a document tells of each table; of every table all, where a field is not known.
pub fn narrowed(document: &ExecutableDocument, roots: &[Root]) -> Narrow {
    let mut told = Telling { document, tables: BTreeMap::new() };
    let mut operations = document.operations.iter().map(|(_, it)| &it.node);
    let (Some(operation), None) = (operations.next(), operations.next()) else { return Narrow::default() };
    let known = operation.ty == OperationType::Query && told.roots(&operation.selection_set.node, roots).is_some();
    if known { Narrow::to(told.tables) } else { Narrow::default() }
}

struct Telling<'d> {
    document: &'d ExecutableDocument,
    tables: BTreeMap<Table, Columns>,
}

impl<'d> Telling<'d> {
    /// The fields of a selection and of its fragments; none for a fragment that is not there.
    fn fields(&self, set: &'d SelectionSet) -> Option<Vec<&'d Field>> {
        let mut fields = Vec::new();
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => fields.push(&field.node),
                Selection::InlineFragment(it) => fields.extend(self.fields(&it.node.selection_set.node)?),
                Selection::FragmentSpread(it) => {
                    let fragment = self.document.fragments.get(&it.node.fragment_name.node)?;
                    fields.extend(self.fields(&fragment.node.selection_set.node)?);
                }
            }
        }
        fields.retain(|it| it.name.node != "__typename");
        Some(fields)
    }

    fn roots(&mut self, set: &'d SelectionSet, roots: &[Root]) -> Option<()> {
        self.fields(set)?.into_iter().try_for_each(|field| {
            let root = roots.iter().find(|it| it.field == field.name.node)?;
            match root.paged {
                true => self.page(&field.selection_set.node, root.to),
                false => self.row(&field.selection_set.node, root.to),
            }
        })
    }

    /// Of a page only the nodes are rows: their keys and their order, of which the rest is made, come along in any case.
    fn page(&mut self, set: &'d SelectionSet, to: End) -> Option<()> {
        for edges in self.fields(set)?.into_iter().filter(|it| it.name.node == "edges") {
            for node in self.fields(&edges.selection_set.node)?.into_iter().filter(|it| it.name.node == "node") {
                self.row(&node.selection_set.node, to)?;
            }
        }
        Some(())
    }

    fn row(&mut self, set: &'d SelectionSet, of: End) -> Option<()> {
        let told = (of.told)()?;
        let columns = (told.columns)();
        self.adds(&told, told.besides.iter().copied());
        self.fields(set)?.into_iter().try_for_each(|field| {
            let lead = (of.leads)().iter().find(|it| it.field == field.name.node);
            match lead {
                // What a page is asked for by is no column of this row but the one.
                Some(Lead { paged: true, column, to: Some(to), .. }) => {
                    self.adds(&told, [*column]);
                    self.page(&field.selection_set.node, *to)
                }
                _ if !field.arguments.is_empty() => None,
                Some(lead) => self.lead(&told, lead, field),
                None => self.column(&told, &columns, field),
            }
        })
    }

    fn column(&mut self, told: &Told, columns: &[&'static str], field: &Field) -> Option<()> {
        let name = snake(&field.name.node);
        let column = columns.iter().find(|it| **it == name)?;
        self.adds(told, [*column]);
        field.selection_set.node.items.is_empty().then_some(())
    }

    fn lead(&mut self, told: &Told, lead: &Lead, field: &'d Field) -> Option<()> {
        self.adds(told, [lead.column]);
        // What lies between, and what no type of the schema tells, is looked at by code.
        let whole = lead.through.len() - usize::from(lead.to.is_some() && !lead.through.is_empty());
        for (at, link) in lead.through.iter().take(whole).enumerate() {
            let table = self.tables.entry(link.table()).or_default();
            match (at, lead.through.get(at + 1)) {
                (0, Some(next)) if !lead.looked.is_empty() => {
                    lead.looked.iter().copied().chain([next.from()]).for_each(|it| table.add(it));
                }
                _ => *table = Columns::All,
            }
        }
        match lead.to {
            Some(to) => self.row(&field.selection_set.node, to),
            None => field.selection_set.node.items.is_empty().then_some(()),
        }
    }

    fn adds(&mut self, told: &Told, columns: impl IntoIterator<Item = &'static str>) {
        let table = self.tables.entry(told.table).or_default();
        columns.into_iter().for_each(|it| table.add(it));
    }
}

/// The name of a column that a field is named as.
fn snake(field: &str) -> String {
    let mut name = String::with_capacity(field.len() + 4);
    for letter in field.chars() {
        if letter.is_ascii_uppercase() {
            name.push('_');
        }
        name.push(letter.to_ascii_lowercase());
    }
    name
}
