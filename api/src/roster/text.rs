//! Cells as people type them: full-width forms, stray blanks, invisible characters; and how a message may quote them.

/// A message quotes at most so many characters of a cell.
const QUOTED_CHARS: usize = 40;
/// From so many digits in a row on, a quoted text may be an identity number or a phone number.
const MASKED_DIGITS: usize = 11;

/// The half-width form of full-width letters, digits and signs; the ideographic space becomes a space.
pub fn fold(text: &str) -> String {
    text.chars().map(folded).collect()
}

fn folded(letter: char) -> char {
    match letter {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => u32::from(letter).checked_sub(0xfee0).and_then(char::from_u32).unwrap_or(letter),
        other => other,
    }
}

/// The text folded, without any blank, in upper case: the form in which codes, dates and headers are compared.
pub fn compact(text: &str) -> String {
    text.chars()
        .map(folded)
        .filter(|letter| !letter.is_whitespace() && !is_invisible(*letter))
        .flat_map(char::to_uppercase)
        .collect()
}

/// The text without what stands in brackets; an unclosed bracket drops the rest.
pub fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut kept = String::new();
    for letter in text.chars() {
        match letter {
            '(' | '[' | '（' | '【' | '〔' | '［' => depth = depth.saturating_add(1),
            ')' | ']' | '）' | '】' | '〕' | '］' => depth = depth.saturating_sub(1),
            other if depth == 0 => kept.push(other),
            _ => {}
        }
    }
    kept
}

/// A cell's text without control and invisible characters, without blanks around and without the apostrophe or tab by
/// which a number is kept as text; and whether anything was removed that somebody should know of.
///
/// Variation selectors and joiners stay: rare characters of names need them.
pub fn clean(text: &str) -> (String, bool) {
    let mut removed = false;
    let kept: String = text
        .chars()
        .filter(|letter| {
            let keep = !is_removed(*letter);
            removed |= !keep && *letter != '\u{feff}';
            keep
        })
        .collect();
    let trimmed = kept.trim().trim_start_matches('\'').trim();
    (trimmed.to_owned(), removed)
}

fn is_removed(letter: char) -> bool {
    (letter.is_control() && !matches!(letter, '\t' | '\n' | '\r')) || is_invisible(letter)
}

fn is_invisible(letter: char) -> bool {
    matches!(letter, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{feff}')
        || matches!(letter, '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
}

/// Whether nothing can be seen.
pub fn is_blank(text: &str) -> bool {
    text.chars().all(|letter| letter.is_whitespace() || letter.is_control() || is_invisible(letter))
}

/// One line: a line break between two Chinese characters vanishes, any other run of blanks becomes one space.
pub fn one_line(text: &str) -> String {
    let mut line = String::with_capacity(text.len());
    let (mut pending, mut broken) = (false, false);
    for letter in text.chars() {
        if letter.is_whitespace() {
            pending = true;
            broken |= matches!(letter, '\n' | '\r');
            continue;
        }
        let joins = broken && is_han(letter) && line.chars().next_back().is_some_and(is_han);
        if pending && !joins && !line.is_empty() {
            line.push(' ');
        }
        (pending, broken) = (false, false);
        line.push(letter);
    }
    line
}

/// Whether the letter is a Chinese character or Chinese punctuation, rare ones and private ones included.
pub fn is_han(letter: char) -> bool {
    matches!(letter, '\u{2e80}'..='\u{9fff}' | '\u{e000}'..='\u{faff}')
        || matches!(letter, '\u{ff00}'..='\u{ffef}' | '\u{20000}'..='\u{3ffff}')
}

/// All but the first two and the last two characters as stars; a text of four or fewer as stars alone.
pub fn mask(text: &str) -> String {
    let length = text.chars().count();
    let hidden = |index: usize| length <= 4 || (index >= 2 && index + 2 < length);
    text.chars().enumerate().map(|(index, letter)| if hidden(index) { '*' } else { letter }).collect()
}

/// A text as a cell of an exported file may hold it: what a spreadsheet would run as a formula gets an apostrophe.
///
/// Formula-looking text is data here; it becomes a danger only in the program that opens an export.
pub fn neutral(text: &str) -> std::borrow::Cow<'_, str> {
    let first = text.trim_start_matches([' ', '\u{3000}', '\u{feff}']).chars().next().map(folded);
    if matches!(first, Some('=' | '+' | '-' | '@' | '\t' | '\r' | '\n')) {
        format!("'{text}").into()
    } else {
        text.into()
    }
}

/// A cell as a message may show it: in «», on one line, shortened, masked when it may hold an identity number or a
/// phone number, wherever it was typed.
pub fn quote(text: &str) -> String {
    format!("«{}»", shown(text))
}

/// A header as a finding may show it.
pub fn quote_header(text: &str) -> String {
    shown(text)
}

fn shown(text: &str) -> String {
    let visible: String = text.chars().filter(|letter| !is_removed(*letter)).collect();
    let visible = one_line(&visible);
    let safe = if longest_number(&visible) >= MASKED_DIGITS { mask(&visible) } else { visible };
    if safe.chars().nth(QUOTED_CHARS).is_none() {
        return safe;
    }
    safe.chars().take(QUOTED_CHARS).chain(['…']).collect()
}

/// Most digits in a row, blanks and hyphens between them not counted.
fn longest_number(text: &str) -> usize {
    let (mut longest, mut current) = (0, 0);
    for letter in text.chars().map(folded) {
        match letter {
            '0'..='9' => current += 1,
            ' ' | '-' => {}
            _ => current = 0,
        }
        longest = longest.max(current);
    }
    longest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headers_and_codes_compare_folded_and_without_blanks() {
        assert_eq!(compact("姓　 名\n"), "姓名");
        assert_eq!(compact("１ａ３１"), "1A31");
        assert_eq!(without_brackets("出生年月(岁)【x】日"), "出生年月日");
        assert_eq!(without_brackets("出生（未完"), "出生");
    }

    #[test]
    fn cleaning_removes_what_nobody_sees_and_says_so() {
        assert_eq!(clean("\t990000"), ("990000".to_owned(), false));
        assert_eq!(clean("'990000 "), ("990000".to_owned(), false));
        assert_eq!(clean("王\u{0}伟\u{202e}"), ("王伟".to_owned(), true));
        assert_eq!(clean("\u{feff}姓名"), ("姓名".to_owned(), false));
        assert_eq!(clean("葛\u{e0100}"), ("葛\u{e0100}".to_owned(), false));
        assert!(is_blank(" \u{3000}\u{200b}\n") && !is_blank("·"));
    }

    #[test]
    fn formulas_are_quoted_for_an_export() {
        for text in ["=1+1", "+86", "-副局长", "@sum", "\t=1", " =1", "＝1"] {
            assert_eq!(neutral(text), format!("'{text}"));
        }
        for text in ["", "王伟", "1-2", "a=b"] {
            assert_eq!(neutral(text), text);
        }
    }

    #[test]
    fn wrapped_cells_become_one_line() {
        assert_eq!(one_line("县委组织部\n副部长  二级主任科员"), "县委组织部副部长 二级主任科员");
        assert_eq!(one_line("Li\nMing"), "Li Ming");
    }

    #[test]
    fn quotes_never_show_a_whole_number() {
        for text in ["990000199003070013", "138 0013 8000", "１３８００１３８０００", "身份证990000199003070013"]
        {
            assert!(quote(text).contains("****"), "{}", quote(text));
        }
        assert_eq!(quote("990000199003070013"), "«99**************13»");
        assert_eq!(quote("1988-05-13"), "«1988-05-13»");
        assert_eq!(quote("1988-05-13 00:00:00"), "«1988-05-13 00:00:00»");
        assert_eq!(quote("\u{1b}[2J王\n伟"), "«[2J王伟»");
        assert_eq!(quote(&"长".repeat(60)).chars().count(), 43);
        assert_eq!((mask("123"), mask("12345")), ("***".to_owned(), "12*45".to_owned()));
    }
}
