//! What the specification allows and the library's parser does not read, said in the way that it reads: escapes beyond
//! the first plane (`\u{1F600}`, surrogate pairs), descriptions of operations and variables, the number -0. And what the
//! parser loses: a field that an object value names twice.
//!
//! Blanks take the place of what is left out, so that lines and columns stay.

/// The text as the parser reads it.
///
/// # Errors
/// A sentence that says what stands twice.
pub fn readable(text: &str) -> Result<String, String> {
    let tokens = tokens(text);
    let mut out = String::with_capacity(text.len());
    let mut done = 0;
    let mut open: Vec<Open> = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let next = |ahead: usize| tokens.get(at + ahead).map_or("", |it| it.text);
        let replaced = match token.text {
            "-0" => Some("0".to_owned()),
            it if it.starts_with("\"\"\"") && described(&open, &next) => Some(blank(it)),
            it if it.starts_with('"') && !it.starts_with("\"\"\"") => {
                if described(&open, &next) {
                    Some(blank(it))
                } else {
                    unescaped(it)
                }
            }
            _ => None,
        };
        if let Some(replaced) = replaced {
            out.push_str(text.get(done..token.at).unwrap_or_default());
            out.push_str(&replaced);
            done = token.at + token.text.len();
        }
        step(&mut open, token.text, next(1))?;
    }
    out.push_str(text.get(done..).unwrap_or_default());
    Ok(out)
}

/// A bracket that is open.
enum Open {
    Parenthesis,
    /// Of selections.
    Brace,
    List,
    /// An object value, with the fields that it has named.
    Object(Vec<String>),
}

fn step(open: &mut Vec<Open>, token: &str, next: &str) -> Result<(), String> {
    let value = open.iter().any(|it| matches!(it, Open::Parenthesis));
    match token {
        "(" => open.push(Open::Parenthesis),
        "[" => open.push(Open::List),
        "{" if value => open.push(Open::Object(Vec::new())),
        "{" => open.push(Open::Brace),
        ")" | "]" | "}" => {
            open.pop();
        }
        name if next == ":" => {
            if let Some(Open::Object(names)) = open.last_mut() {
                if names.iter().any(|it| it == name) {
                    return Err(format!("A value names the field {name} twice: name it once."));
                }
                names.push(name.to_owned());
            }
        }
        _ => {}
    }
    Ok(())
}

/// Whether a string is a description: before an operation or fragment, or before a variable's definition.
fn described<'t>(open: &[Open], next: &impl Fn(usize) -> &'t str) -> bool {
    match open {
        [] => matches!(next(1), "query" | "mutation" | "subscription" | "fragment"),
        [Open::Parenthesis] => next(1) == "$" && next(3) == ":",
        _ => false,
    }
}

fn blank(text: &str) -> String {
    text.chars().map(|it| if it == '\n' { '\n' } else { ' ' }).collect()
}

/// A string with its escapes of characters beyond the first plane written as those characters; none where there is
/// none. A broken escape stays, for the parser to refuse.
fn unescaped(token: &str) -> Option<String> {
    if !token.contains("\\u") {
        return None;
    }
    let mut out = String::new();
    let mut rest = token;
    while let Some(place) = rest.find('\\') {
        let (before, from) = rest.split_at(place);
        out.push_str(before);
        let (length, letter) = escape(from);
        match letter {
            // What would end the string, or be no text, keeps its escape, in the form that the parser reads.
            Some(letter) if letter == '"' || letter == '\\' || letter.is_control() => {
                let code = format!("\\u{:04x}", u32::from(letter));
                out.push_str(&code);
            }
            Some(letter) => out.push(letter),
            None => out.push_str(from.get(..length).unwrap_or(from)),
        }
        rest = from.get(length..).unwrap_or_default();
    }
    out.push_str(rest);
    Some(out)
}

/// The length of the escape that a text begins with, and the character that it means where it is one by number.
fn escape(text: &str) -> (usize, Option<char>) {
    if let Some(inside) = text.strip_prefix("\\u{") {
        let Some(end) = inside.find('}') else { return (2, None) };
        let digits = inside.get(..end).unwrap_or_default();
        let fits = (1..=6).contains(&digits.len()) && digits.chars().all(|it| it.is_ascii_hexdigit());
        let letter = u32::from_str_radix(digits, 16).ok().filter(|_| fits).and_then(char::from_u32);
        return (3 + end + 1, letter);
    }
    let Some(first) = unit(text) else {
        // Another escape, of one letter.
        let length = text.char_indices().nth(2).map_or(text.len(), |(place, _)| place);
        return (length, None);
    };
    if let Some(letter) = char::from_u32(first) {
        return (6, Some(letter));
    }
    let second = text.get(6..).and_then(unit).unwrap_or_default();
    match ((0xd800..0xdc00).contains(&first), (0xdc00..0xe000).contains(&second)) {
        (true, true) => (12, char::from_u32(0x10000 + ((first - 0xd800) << 10) + (second - 0xdc00))),
        _ => (6, None),
    }
}

/// The number of an escape of four digits.
fn unit(text: &str) -> Option<u32> {
    let digits = text.strip_prefix("\\u")?.get(..4)?;
    if digits.chars().all(|it| it.is_ascii_hexdigit()) { u32::from_str_radix(digits, 16).ok() } else { None }
}

struct Token<'t> {
    at: usize,
    text: &'t str,
}

fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut out = Vec::new();
    let mut at = 0;
    while let Some(rest) = text.get(at..).filter(|it| !it.is_empty()) {
        let length = super::lexer::length(rest.as_bytes());
        // A length that ends inside a character can't be: words take all of its bytes.
        let (skip, length) = match length {
            Err(skip) => (skip, None),
            Ok(length) => (length, Some(length)),
        };
        if let Some(token) = length.and_then(|it| rest.get(..it)) {
            out.push(Token { at, text: token });
        }
        at += skip.max(1);
        while !text.is_char_boundary(at) {
            at += 1;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::readable;

    #[test]
    fn what_the_parser_does_not_read_is_said_otherwise() {
        for (text, expected) in [
            ("{ a(b: -0) }", "{ a(b: 0) }"),
            ("{ a(b: -0.5) }", "{ a(b: -0.5) }"),
            ("{ a(b: \"\\u{1F600}\") }", "{ a(b: \"😀\") }"),
            ("{ a(b: \"\\uD842\\uDFB7\") }", "{ a(b: \"𠮷\") }"),
            ("{ a(b: \"\\u{22}\\u005c\\n\") }", "{ a(b: \"\\u0022\\u005c\\n\") }"),
            ("{ a(b: \"\\uD842\") }", "{ a(b: \"\\uD842\") }"),
            ("{ a(b: \"\\u{110000}\") }", "{ a(b: \"\\u{110000}\") }"),
            ("\"x\" query A { a }", "    query A { a }"),
            ("\"\"\"x\ny\"\"\" query A { a }", "    \n     query A { a }"),
            ("query A(\"x\" $n: Int) { a(b: \"x\") }", "query A(    $n: Int) { a(b: \"x\") }"),
            ("# -0 \"\\u{1}\n{ a }", "# -0 \"\\u{1}\n{ a }"),
            ("{ a(b: \"\"\"\\u{1F600}\"\"\") }", "{ a(b: \"\"\"\\u{1F600}\"\"\") }"),
        ] {
            assert_eq!(readable(text).as_deref(), Ok(expected), "{text}");
        }
    }

    #[test]
    fn a_field_named_twice_is_seen() {
        for bad in
            ["{ a(b: { c: 1, c: 2 }) }", "{ a(b: [{ c: { d: 1 d: 2 } }]) }", "query($x: X = { c: 1 c: 1 }) { a }"]
        {
            assert!(readable(bad).is_err(), "{bad}");
        }
        for good in ["{ a(b: { c: 1 }, d: { c: 1 }) }", "{ x: a x: a }", "{ a(b: [{ c: 1 }, { c: 1 }]) }"] {
            assert!(readable(good).is_ok(), "{good}");
        }
    }
}
