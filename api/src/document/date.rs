//! The one date that a request asks about: the first `asOf` of its operation, so that every dated field of the answer
//! speaks of the same day. A field that names another one refuses itself.

use async_graphql::{
    Value, Variables,
    parser::types::{ExecutableDocument, Field, OperationDefinition, Selection, SelectionSet},
};
use async_graphql_value as parsed;

/// Name of the argument that dates a request.
pub const ARGUMENT: &str = "asOf";

/// The text of the first date that an operation names. The document has been measured, so its fragments end.
pub fn first(document: &ExecutableDocument, operation: &OperationDefinition, variables: &Variables) -> Option<String> {
    let scan = Scan { document, operation, variables };
    scan.set(&operation.selection_set.node)
}

struct Scan<'d> {
    document: &'d ExecutableDocument,
    operation: &'d OperationDefinition,
    variables: &'d Variables,
}

impl Scan<'_> {
    fn set(&self, set: &SelectionSet) -> Option<String> {
        set.items.iter().find_map(|item| match &item.node {
            Selection::Field(field) => self.argument(&field.node).or_else(|| self.set(&field.node.selection_set.node)),
            Selection::InlineFragment(inline) => self.set(&inline.node.selection_set.node),
            Selection::FragmentSpread(spread) => {
                let fragment = self.document.fragments.get(&spread.node.fragment_name.node)?;
                self.set(&fragment.node.selection_set.node)
            }
        })
    }

    fn argument(&self, field: &Field) -> Option<String> {
        let (_, value) = field.arguments.iter().find(|(name, _)| name.node == ARGUMENT)?;
        match &value.node {
            parsed::Value::String(text) => Some(text.clone()),
            parsed::Value::Variable(name) => {
                let named = |it: &&async_graphql::Positioned<async_graphql::parser::types::VariableDefinition>| {
                    it.node.name.node == *name
                };
                let default = || {
                    let definition = self.operation.variable_definitions.iter().find(named)?;
                    definition.node.default_value.as_ref().map(|it| &it.node)
                };
                match self.variables.get(name).or_else(default)? {
                    Value::String(text) => Some(text.clone()),
                    _ => None,
                }
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::parser::parse_query;
    use serde_json::json;

    use super::*;

    fn date(text: &str, variables: serde_json::Value) -> Option<String> {
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        first(&document, &operation.node, &Variables::from_json(variables))
    }

    #[test]
    fn the_first_date_counts_wherever_it_stands() {
        assert_eq!(date("{ me { name } }", json!({})), None);
        assert_eq!(date("{ a: x(asOf: \"2020-01-01\") b: x(asOf: \"2021-01-01\") }", json!({})).unwrap(), "2020-01-01");
        let text = "query($d: Date = \"2019-02-28\") { me { ...f } } fragment f on A { x(asOf: $d) }";
        assert_eq!(date(text, json!({})).unwrap(), "2019-02-28");
        assert_eq!(date(text, json!({ "d": "2020-02-29" })).unwrap(), "2020-02-29");
        assert_eq!(date(text, json!({ "d": null })), None);
    }
}
