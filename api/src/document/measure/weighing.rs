//! Of which variables a document's measure depends: two requests that give them alike are measured alike.

use async_graphql::{
    Name,
    parser::types::{ExecutableDocument, Selection, SelectionSet},
};
use async_graphql_value::Value;

use super::{KEYS, PAGE_SIZE};
use crate::document::date;

/// The arguments that say how much is asked for, and as of which day.
const WEIGHING: [&str; 3] = [PAGE_SIZE, KEYS, date::ARGUMENT];

/// The variables of a document that its measures depend on, or the day that it asks about: they stand at an argument
/// which weighs.
pub fn weighing(document: &ExecutableDocument) -> Vec<Name> {
    let operations = document.operations.iter().map(|(_, it)| &it.node.selection_set.node);
    let fragments = document.fragments.values().map(|it| &it.node.selection_set.node);
    let (mut sets, mut names): (Vec<&SelectionSet>, Vec<Name>) = (operations.chain(fragments).collect(), Vec::new());
    while let Some(set) = sets.pop() {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let weighing =
                        field.node.arguments.iter().filter(|(name, _)| WEIGHING.contains(&name.node.as_str()));
                    names.extend(weighing.filter_map(|(_, value)| match &value.node {
                        Value::Variable(name) => Some(name.clone()),
                        _ => None,
                    }));
                    sets.push(&field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => sets.push(&inline.node.selection_set.node),
                Selection::FragmentSpread(_) => {}
            }
        }
    }
    names.sort_unstable();
    names.dedup();
    names
}
