//! Counts a document's lexical tokens before anything parses it: the first and cheapest refusal.

/// Brackets within brackets. The parser goes down one level of its stack for each, and the stack ends.
pub const DEEPEST: u64 = 64;

/// What is too much about a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Excess {
    /// More tokens than the limit.
    Tokens,
    /// More brackets within brackets than `DEEPEST`.
    Brackets,
}

/// Whether a text has more tokens than a limit, or nests deeper than any document that means something. Strings count
/// as one token and comments as none; nothing is validated here.
///
/// # Errors
/// What is too much.
pub fn count(text: &str, limit: u64) -> Result<u64, Excess> {
    let mut bytes = text.as_bytes();
    let (mut tokens, mut depth) = (0_u64, 0_u64);
    while let Some(first) = bytes.first() {
        let length = match length(bytes) {
            Ok(length) => length,
            Err(ignored) => {
                bytes = bytes.get(ignored.max(1)..).unwrap_or_default();
                continue;
            }
        };
        match first {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        tokens += 1;
        if tokens > limit {
            return Err(Excess::Tokens);
        }
        if depth > DEEPEST {
            return Err(Excess::Brackets);
        }
        bytes = bytes.get(length.max(1)..).unwrap_or_default();
    }
    Ok(tokens)
}

/// Length of the token that a text begins with.
///
/// # Errors
/// The length of what is no token: blanks, commas, comments.
pub(super) fn length(bytes: &[u8]) -> Result<usize, usize> {
    match bytes.first() {
        None => Err(0),
        Some(b' ' | b'\t' | b'\n' | b'\r' | b',') => Err(1),
        Some(b'#') => Err(bytes.iter().take_while(|byte| **byte != b'\n').count()),
        Some(b'"') => Ok(string(bytes)),
        Some(b'.') => Ok(bytes.iter().take_while(|byte| **byte == b'.').count()),
        Some(b'0'..=b'9' | b'-') => Ok(number(bytes)),
        Some(byte) if is_word(*byte) => Ok(bytes.iter().take_while(|byte| is_word(**byte)).count()),
        Some(_) => Ok(1),
    }
}

/// Length of a number: a sign stands first or after an exponent's letter, nowhere else.
fn number(bytes: &[u8]) -> usize {
    let mut before = b'e';
    let part = |byte: &&u8| {
        let sign = matches!(**byte, b'-' | b'+') && matches!(before, b'e' | b'E');
        let fits = sign || byte.is_ascii_alphanumeric() || **byte == b'.';
        before = **byte;
        fits
    };
    bytes.iter().take_while(part).count()
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 0x80
}

/// Length of a string or block string, to its end or the text's.
fn string(bytes: &[u8]) -> usize {
    let block = bytes.starts_with(b"\"\"\"");
    let end: &[u8] = if block { b"\"\"\"" } else { b"\"" };
    let mut at = end.len();
    while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with(b"\\") {
            at += 2;
        } else if rest.starts_with(end) {
            return at + end.len();
        } else if !block && rest.starts_with(b"\n") {
            return at;
        } else {
            at += 1;
        }
    }
    bytes.len()
}

#[cfg(test)]
mod tests {
    use super::{Excess, count as within};

    fn count(text: &str) -> u64 {
        within(text, u64::MAX).unwrap()
    }

    #[test]
    fn brackets_and_signs_can_not_hide() {
        assert_eq!(within(&format!("{}{}", "[".repeat(65), "]".repeat(65)), 5000), Err(Excess::Brackets));
        assert!(within(&"[] {} ()".repeat(500), 5000).is_ok());
        assert_eq!(count(&"-1".repeat(1000)), 1000);
        assert_eq!(within("a b c", 2), Err(Excess::Tokens));
        assert_eq!(within("a b c", 3), Ok(3));
    }

    #[test]
    fn tokens_are_counted_as_the_grammar_sees_them() {
        assert_eq!(count(""), 0);
        assert_eq!(count("{ me { name } } # { a b c }"), 6);
        assert_eq!(count("{a(b:\"x y { \\\" }\",c:-1.5e3)...f}"), 13);
        assert_eq!(count("\"\"\"a \" b\"\"\" x"), 2);
        assert_eq!(count("\"open"), 1);
        assert_eq!(count("姓名"), 1);
    }
}
