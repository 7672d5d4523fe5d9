//! A subscription follows one thing: one field at its root, no introspection, and nothing that could leave it out.

use async_graphql::{
    Positioned,
    parser::types::{Directive, ExecutableDocument, OperationType, Selection, SelectionSet},
};

/// Every subscription's root.
pub(super) fn fit(document: &ExecutableDocument) -> Result<(), String> {
    for (_, operation) in document.operations.iter() {
        if operation.node.ty != OperationType::Subscription {
            continue;
        }
        let mut root = Root { document, keys: Vec::new(), spread: Vec::new() };
        root.gather(&operation.node.selection_set.node)?;
        if root.keys.len() > 1 {
            return Err(format!("A subscription follows one field, and not {}.", root.keys.join(" and ")));
        }
    }
    Ok(())
}

struct Root<'d> {
    document: &'d ExecutableDocument,
    keys: Vec<&'d str>,
    spread: Vec<&'d str>,
}

impl<'d> Root<'d> {
    fn gather(&mut self, set: &'d SelectionSet) -> Result<(), String> {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    certain(&field.node.directives)?;
                    let name = field.node.name.node.as_str();
                    if name.starts_with("__") {
                        return Err(format!("A subscription can't follow {name}."));
                    }
                    let key = field.node.response_key().node.as_str();
                    if !self.keys.contains(&key) {
                        self.keys.push(key);
                    }
                }
                Selection::InlineFragment(inline) => {
                    certain(&inline.node.directives)?;
                    self.gather(&inline.node.selection_set.node)?;
                }
                Selection::FragmentSpread(spread) => {
                    certain(&spread.node.directives)?;
                    let name = spread.node.fragment_name.node.as_str();
                    let document = self.document;
                    if let Some(fragment) = document.fragments.get(name)
                        && !self.spread.contains(&name)
                    {
                        self.spread.push(name);
                        self.gather(&fragment.node.selection_set.node)?;
                    }
                }
            }
        }
        Ok(())
    }
}

fn certain(directives: &[Positioned<Directive>]) -> Result<(), String> {
    match directives.iter().find(|it| ["skip", "include"].contains(&it.node.name.node.as_str())) {
        Some(it) => Err(format!("@{} can't stand at the root of a subscription.", it.node.name.node)),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;

    use super::*;

    #[test]
    fn a_subscription_follows_exactly_one_thing() {
        let fits = |text: &str| fit(&parse_query(text).unwrap()).is_ok();
        for text in [
            "subscription { a { b c } }",
            "subscription { x: a { b } x: a { c } }",
            "subscription { ...f } fragment f on S { a }",
            "{ a b }",
            "query A { a b } subscription S { b }",
            "subscription { a { b @skip(if: true) } }",
        ] {
            assert!(fits(text), "{text}");
        }
        for text in [
            "subscription { a b }",
            "subscription { a x: a }",
            "subscription { ...f b } fragment f on S { a }",
            "subscription { ... { a } ... on S { b } }",
            "subscription { __typename }",
            "subscription { ...f } fragment f on S { __schema { types { name } } }",
            "subscription { a @skip(if: false) }",
            "subscription { ...f @include(if: true) } fragment f on S { a }",
            "subscription { ... @include(if: true) { a } }",
            "query A { a } subscription S { b c }",
        ] {
            assert!(!fits(text), "{text}");
        }
    }
}
