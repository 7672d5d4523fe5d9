//! The order of an answer's fields: that of the document, as the GraphQL specification asks.
//!
//! The library puts fields in as they finish, so the same request could answer in another order each time; people who
//! compare answers, and caches that hash them, would see changes where there are none.

use async_graphql::{
    Name, PathSegment, Value,
    indexmap::IndexMap,
    parser::types::{ExecutableDocument, OperationDefinition, Selection, SelectionSet},
};

/// The response keys of a selection, in order, with those below each.
#[derive(Default)]
pub struct Order(IndexMap<Name, Order>);

impl Order {
    /// The order that an operation asks for. The document has been measured, so its fragments end.
    pub fn of(document: &ExecutableDocument, operation: &OperationDefinition) -> Self {
        let mut order = Self::default();
        order.add(document, &operation.selection_set.node);
        order
    }

    fn add(&mut self, document: &ExecutableDocument, set: &SelectionSet) {
        for item in &set.items {
            match &item.node {
                Selection::Field(field) => {
                    let below = self.0.entry(field.node.response_key().node.clone()).or_default();
                    below.add(document, &field.node.selection_set.node);
                }
                Selection::InlineFragment(inline) => self.add(document, &inline.node.selection_set.node),
                Selection::FragmentSpread(spread) => {
                    if let Some(fragment) = document.fragments.get(&spread.node.fragment_name.node) {
                        self.add(document, &fragment.node.selection_set.node);
                    }
                }
            }
        }
    }

    /// Puts an answer's value in this order, and adds its fields to a count. A scalar that is an object keeps its own order.
    pub fn apply(&self, value: &mut Value, fields_told: &mut u64) {
        match value {
            Value::List(all) => all.iter_mut().for_each(|it| self.apply(it, fields_told)),
            Value::Object(fields) if !self.0.is_empty() => {
                // Mostly they are in order: fields finish in another one only where some wait.
                if fields.keys().eq(self.0.keys()) {
                    *fields_told = fields_told.saturating_add(fields.len() as u64);
                    fields.values_mut().zip(self.0.values()).for_each(|(it, below)| below.apply(it, fields_told));
                    return;
                }
                let mut out = IndexMap::with_capacity(fields.len());
                for (key, below) in &self.0 {
                    if let Some((key, mut value)) = fields.swap_remove_entry(key) {
                        *fields_told = fields_told.saturating_add(1);
                        below.apply(&mut value, fields_told);
                        out.insert(key, value);
                    }
                }
                out.append(fields);
                *fields = out;
            }
            _ => {}
        }
    }
}

/// Puts null where a field failed. The library leaves such a field out; the specification wants it there, and a client
/// that looks for it must not find a hole. Every field of ours that can fail may be null.
pub fn null_at(mut value: &mut Value, path: &[PathSegment]) {
    if matches!(value, Value::Null) && !path.is_empty() {
        *value = Value::Object(IndexMap::new());
    }
    for (place, segment) in path.iter().enumerate() {
        let last = place + 1 == path.len();
        value = match (segment, value) {
            (PathSegment::Field(name), Value::Object(fields)) if last => {
                fields.entry(Name::new(name)).or_insert(Value::Null);
                return;
            }
            (PathSegment::Field(name), Value::Object(fields)) => match fields.get_mut(name.as_str()) {
                Some(below) => below,
                None => return,
            },
            (PathSegment::Index(index), Value::List(all)) => match all.get_mut(*index) {
                Some(below) => below,
                None => return,
            },
            // Something above is null already.
            _ => return,
        };
    }
}

#[cfg(test)]
mod tests {
    use async_graphql::{parser::parse_query, value};

    use super::*;

    #[test]
    fn fields_come_in_the_order_of_the_document() {
        let text = "{ b a { y ...f x } } fragment f on T { z ... on U { w y } }";
        let document = parse_query(text).unwrap();
        let (_, operation) = document.operations.iter().next().unwrap();
        let order = Order::of(&document, &operation.node);
        let mut answer =
            value!({ "a": [{ "x": 1, "w": 2, "z": 3, "y": { "k": 1, "j": 2 } }, null], "b": 5, "late": 6 });
        let mut told = 0;
        order.apply(&mut answer, &mut told);
        let ordered = serde_json::to_string(&answer).unwrap();
        assert_eq!(ordered, r#"{"b":5,"a":[{"y":{"k":1,"j":2},"z":3,"w":2,"x":1},null],"late":6}"#);
        assert_eq!(told, 6, "late was not asked for");
    }

    #[test]
    fn a_failed_field_is_null_and_not_a_hole() {
        let field = |name: &str| PathSegment::Field(name.to_owned());
        let filled = |mut data: Value, path: &[PathSegment]| {
            null_at(&mut data, path);
            data
        };
        assert_eq!(filled(Value::Null, &[field("a")]), value!({ "a": null }));
        assert_eq!(filled(Value::Null, &[]), Value::Null);
        assert_eq!(filled(value!({ "b": 1 }), &[field("a")]), value!({ "b": 1, "a": null }));
        let nested = [field("a"), PathSegment::Index(1), field("c")];
        assert_eq!(filled(value!({ "a": [{}, { "d": 1 }] }), &nested), value!({ "a": [{}, { "d": 1, "c": null }] }));
        assert_eq!(filled(value!({ "a": null }), &nested), value!({ "a": null }));
        assert_eq!(filled(value!({ "a": [] }), &nested), value!({ "a": [] }));
    }
}
