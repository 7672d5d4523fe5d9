//! The bytes of a form as text: by its mark, by what its first line declares, or as what it is.

use encoding_rs::{Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use crate::roster::finding::{FindingCode, Remark};

/// The text of a form without its mark, and the name of its encoding.
///
/// # Errors
/// Bytes that are no text in the encoding.
pub fn decode(bytes: &[u8]) -> Result<(String, &'static str), Remark> {
    let (encoding, content) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None => (guess(bytes), bytes),
    };
    let text = encoding.decode_without_bom_handling_and_without_replacement(content).ok_or_else(|| {
        Remark::error(
            FindingCode::EncodingMalformed,
            format!("The form holds bytes that are no text in {}.", encoding.name()),
            "Export the form again; perhaps it is truncated.",
        )
    })?;
    Ok((text.into_owned(), encoding.name()))
}

/// What a form without a mark is. A declaration that the bytes belie is not believed: vendors declare UTF-8 over GBK.
fn guess(bytes: &[u8]) -> &'static Encoding {
    match bytes {
        [b'<', 0, ..] => return UTF_16LE,
        [0, b'<', ..] => return UTF_16BE,
        _ => {}
    }
    if std::str::from_utf8(bytes).is_ok() { UTF_8 } else { GB18030 }
}
