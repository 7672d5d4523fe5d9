//! What a policy says of sheets that show people beside each other: which factors, and in which order they may be looked at.
//! Nobody is left out for failing a factor, and no total is made of them.

use serde_json::{Value, json};

use crate::{
    kernel::{
        finding::Findings,
        node::Node,
        vocabulary::{Vocabulary, each, unique},
    },
    mechanism::{Section, code, code_schema, codes_schema, list_schema, object_schema, title},
};

/// A list of people for a post: which criteria are its factors.
#[derive(Clone, Debug, PartialEq)]
pub struct Shortlist {
    /// Its code.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// The criteria that are its factors, in order.
    pub factors: Vec<String>,
}

/// What a policy says of sheets.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Views {
    /// Lists of people for posts.
    pub shortlists: Vec<Shortlist>,
}

impl Section for Views {
    fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        if !node.is_object_of(&["shortlists"], findings) {
            return None;
        }
        let shortlists = each(node, "shortlists", findings, |it, findings| {
            if !it.is_object_of(&["code", "title", "factors"], findings) {
                return None;
            }
            let code = code(it, "code", findings)?;
            let factors = vocabulary.criteria_of(it, "factors", findings);
            if factors.is_empty() {
                findings.add(&format!("{}.factors", it.path), "is empty: name one criterion or more");
            }
            Some(Shortlist { title: title(it, &code, findings)?, code, factors })
        });
        unique(node, "shortlists", shortlists.iter().map(|it| it.code.as_str()), findings);
        Some(Self { shortlists })
    }

    fn schema() -> Value {
        let text = json!({ "type": "string" });
        let list = json!({ "code": code_schema(), "title": text, "factors": codes_schema() });
        object_schema(&[], &json!({ "shortlists": list_schema(&["code", "factors"], &list) }))
    }
}
