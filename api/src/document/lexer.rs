//! Counts a document's lexical tokens before anything parses it: the first and cheapest refusal.

/// Whether a text has more tokens than a limit. Strings and comments count as one and none; nothing is validated here.
pub fn exceeds(text: &str, limit: u64) -> bool {
    let mut bytes = text.as_bytes();
    let mut tokens: u64 = 0;
    while let Some((first, rest)) = bytes.split_first() {
        let length = match first {
            b' ' | b'\t' | b'\n' | b'\r' | b',' => {
                bytes = rest;
                continue;
            }
            b'#' => {
                bytes = after(bytes, |byte| byte != b'\n');
                continue;
            }
            b'"' => string(bytes),
            b'.' => bytes.iter().take_while(|byte| **byte == b'.').count(),
            b'0'..=b'9' | b'-' => {
                bytes.iter().take_while(|byte| is_word(**byte) || matches!(byte, b'.' | b'+')).count()
            }
            byte if is_word(*byte) => bytes.iter().take_while(|byte| is_word(**byte)).count(),
            _ => 1,
        };
        tokens += 1;
        if tokens > limit {
            return true;
        }
        bytes = bytes.get(length.max(1)..).unwrap_or_default();
    }
    false
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte == b'-' || byte >= 0x80
}

fn after(bytes: &[u8], inside: impl Fn(u8) -> bool) -> &[u8] {
    let length = bytes.iter().take_while(|byte| inside(**byte)).count();
    bytes.get(length..).unwrap_or_default()
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
    use super::exceeds;

    fn count(text: &str) -> u64 {
        (0..).find(|limit| !exceeds(text, *limit)).unwrap()
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
