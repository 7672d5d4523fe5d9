//! A document that is the same to every rule, and of which nothing is executed: its operations stand in a fragment that
//! is skipped. So a document can be tried without running it, by the very rules that it would meet.

use async_graphql::{
    Name, Positioned,
    parser::types::{
        Directive, DocumentOperations, ExecutableDocument, InlineFragment, OperationDefinition, Selection, SelectionSet,
    },
};
use async_graphql_value::Value;

/// The document, idle.
pub fn idle(document: &ExecutableDocument) -> ExecutableDocument {
    let mut document = document.clone();
    let wrap = |operation: &mut Positioned<OperationDefinition>| {
        let set = std::mem::take(&mut operation.node.selection_set.node);
        operation.node.selection_set.node = skipped(set);
    };
    match &mut document.operations {
        DocumentOperations::Single(only) => wrap(only),
        DocumentOperations::Multiple(all) => all.values_mut().for_each(wrap),
    }
    document
}

fn skipped(set: SelectionSet) -> SelectionSet {
    let at = set.items.first().map(|it| it.pos).unwrap_or_default();
    let here = |name: &str| Positioned::new(Name::new(name), at);
    let skip =
        Directive { name: here("skip"), arguments: vec![(here("if"), Positioned::new(Value::Boolean(true), at))] };
    let fragment = InlineFragment {
        type_condition: None,
        directives: vec![Positioned::new(skip, at)],
        selection_set: Positioned::new(set, at),
    };
    SelectionSet { items: vec![Positioned::new(Selection::InlineFragment(Positioned::new(fragment, at)), at)] }
}
