//! The maturities of a pool, each with what is proposed next for those who have it.

use serde_json::{Value, json};

use crate::{
    kernel::{finding::Findings, node::Node},
    mechanism::{code, code_maybe, code_schema, object_schema},
};

/// A maturity: its code alone, or with what is proposed next.
pub(super) fn maturity(node: &Node<'_>, findings: &mut Findings) -> Option<(String, Option<String>)> {
    if node.value.is_string() {
        return node.code(findings).map(|it| (it.to_owned(), None));
    }
    if !node.is_object_of(&["code", "next"], findings) {
        return None;
    }
    Some((code(node, "code", findings)?, code_maybe(node, "next", findings)))
}

/// The schema of a list of them.
pub(super) fn schema() -> Value {
    let code = code_schema();
    let with_next = object_schema(&["code"], &json!({ "code": code, "next": code }));
    json!({ "type": "array", "items": { "anyOf": [code, with_next] } })
}
