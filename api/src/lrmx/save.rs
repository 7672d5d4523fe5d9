//! A form as a file again: every element of the tree, in its order.
//!
//! What may differ from the file that was read, and nothing else: the encoding becomes UTF-8 with a declaration of one
//! form, references are written in one form (`&amp;` `&lt;` `&gt;`, the rest as characters), CDATA becomes text,
//! characters that XML does not allow, malformed attributes and processing instructions are left out, missing ends are
//! there, hyphens in comments stand apart. Text is not normalised: a line break, a blank or a doubly escaped
//! `&amp;amp;` stays what it is.

use super::tree::{Content, Element, is_allowed};

const DECLARATION: &str = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n";

/// The bytes of a form.
pub fn save(root: &Element) -> Vec<u8> {
    let mut out = String::from(DECLARATION);
    element(root, &mut out);
    out.into_bytes()
}

/// Elements stand no deeper than the limit of reading allows.
fn element(it: &Element, out: &mut String) {
    let name = &it.name;
    out.extend(["<", name]);
    if !it.attributes.is_empty() {
        out.extend([if it.attributes.starts_with(char::is_whitespace) { "" } else { " " }, &it.attributes]);
    }
    if it.short && it.content.is_empty() {
        out.push_str("/>");
        return;
    }
    out.push('>');
    for content in &it.content {
        match content {
            Content::Text(text) => escaped(text, out),
            Content::Element(child) => element(child, out),
            Content::Comment(text) => comment(text, out),
        }
    }
    out.extend(["</", name, ">"]);
}

/// A comment, in which two hyphens may not stand side by side and none at the end.
fn comment(text: &str, out: &mut String) {
    out.push_str("<!--");
    let mut before = ' ';
    for letter in text.chars().filter(|it| is_allowed(*it)) {
        if letter == '-' && before == '-' {
            out.push(' ');
        }
        out.push(letter);
        before = letter;
    }
    out.push_str(if before == '-' { " -->" } else { "-->" });
}

fn escaped(text: &str, out: &mut String) {
    for letter in text.chars().filter(|it| is_allowed(*it)) {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            other => out.push(other),
        }
    }
}
