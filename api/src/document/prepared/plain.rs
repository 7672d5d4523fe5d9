//! Whether a document's questions are fields and nothing else: no directive that skips, nothing of introspection.

use async_graphql::parser::types::{ExecutableDocument, Selection, SelectionSet};

/// Whether all operations of a document are so.
pub fn is_plain(document: &ExecutableDocument) -> bool {
    let fragments = document.fragments.values().map(|it| &it.node.selection_set.node);
    let operations = document.operations.iter().map(|(_, it)| &it.node.selection_set.node);
    operations.clone().chain(fragments).all(skips_nothing)
        && operations.flat_map(|it| &it.items).all(|it| match &it.node {
            Selection::Field(field) => !field.node.name.node.starts_with('_'),
            // What a fragment holds at the root is not looked for.
            _ => false,
        })
}

fn skips_nothing(set: &SelectionSet) -> bool {
    set.items.iter().all(|it| match &it.node {
        Selection::Field(it) => it.node.directives.is_empty() && skips_nothing(&it.node.selection_set.node),
        Selection::InlineFragment(it) => it.node.directives.is_empty() && skips_nothing(&it.node.selection_set.node),
        Selection::FragmentSpread(it) => it.node.directives.is_empty(),
    })
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn what_skips_or_looks_at_the_schema_is_not_plain() {
        let plain = |text: &str| is_plain(&parse_query(text).unwrap());
        assert!(plain("{ me { name ... on Account { ...f } } } fragment f on Account { login }"));
        assert!(plain("query a { me { name __typename } } query b { x: me { name } }"));
        assert!(!plain("{ __schema { types { name } } }"));
        assert!(!plain("{ me { name } x: __type(name: \"Cadre\") { name } }"));
        assert!(!plain("{ ...f } fragment f on Query { __typename }"));
        assert!(!plain("{ me { name @skip(if: true) } }"));
        assert!(!plain("{ me { ...f @include(if: false) } } fragment f on Account { login }"));
        assert!(!plain("{ me { ...f } } fragment f on Account { ... @skip(if: true) { login } }"));
    }
}
