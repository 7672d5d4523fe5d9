//! Whether a document fits the schema, where the library's own validation says yes too easily: values written into it
//! (`values`), variables where they stand (`usages`), fields that answer to one name (`overlap`), subscriptions of several
//! things (`single`). What the library does
//! refuse (unknown fields, unused fragments and so on) is left to it.
//!
//! The verdicts are those of graphql-js, the reference: `tests/suites/differential.js` feeds both the same documents.
//! Every pass is bounded by the measure taken before: fragments written out, an operation has a few thousand fields.

mod overlap;
mod single;
mod usages;
mod values;

use async_graphql::parser::types::ExecutableDocument;

use crate::document::types::Types;

pub use values::json;

/// Whether a document fits.
///
/// # Errors
/// A sentence that says what does not.
pub fn fits(document: &ExecutableDocument, types: &Types) -> Result<(), String> {
    values::fit(document, types)?;
    usages::fit(document, types)?;
    single::fit(document)?;
    overlap::fit(document, types)
}
