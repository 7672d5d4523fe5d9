//! The texts and numbers of a row: name, unit, phone; and the answer that every reader of a cell gives.

use super::{
    finding::{FindingCode, Remark, Severity},
    sheet::Cell,
    text::{fold, is_han, mask, one_line},
};

/// What a cell says.
#[derive(Clone, Debug, PartialEq)]
pub enum Value<T> {
    /// Nothing.
    Absent,
    /// This.
    Plain(T),
    /// This, and somebody should look at it.
    Doubtful(T, Remark),
    /// Nothing that can be used; whether the row is kept depends on the remark's severity.
    Dropped(Remark),
}

impl<T> Value<T> {
    /// The same answer with another value.
    pub fn map<U>(self, change: impl FnOnce(T) -> U) -> Value<U> {
        match self {
            Self::Absent => Value::Absent,
            Self::Plain(value) => Value::Plain(change(value)),
            Self::Doubtful(value, remark) => Value::Doubtful(change(value), remark),
            Self::Dropped(remark) => Value::Dropped(remark),
        }
    }
}

/// The same answer of a column whose text is kept anyway: what cannot be used is a warning and keeps no row out.
pub fn softened<T>(value: Value<T>) -> Value<T> {
    match value {
        Value::Dropped(remark) => Value::Dropped(Remark { severity: Severity::Warning, ..remark }),
        other => other,
    }
}

/// Names of people are at most so long; the longest of the field are below 40.
const NAME_CHARS: usize = 60;
/// Digits of a mobile number in China.
const PHONE_DIGITS: usize = 11;

/// Reads a 姓名. Blanks inside a Chinese name are layout («王  伟») and vanish; a name with Latin letters keeps single
/// spaces. Middle dots stay, in one form, so that the same name compares equal.
pub fn name(cell: &Cell) -> Value<String> {
    let text = fold(&cell.as_text());
    let text: String = text.chars().map(|letter| if is_middle_dot(letter) { '·' } else { letter }).collect();
    let words = text.split_whitespace().collect::<Vec<_>>();
    let latin = text.chars().any(|letter| letter.is_alphabetic() && !is_han(letter));
    let name = words.join(if latin { " " } else { "" });
    if name.is_empty() {
        return Value::Absent;
    }
    let invalid =
        |message: &str, remedy: &str| Value::Dropped(Remark::error(FindingCode::NameInvalid, message, remedy));
    if name.chars().nth(NAME_CHARS).is_some() {
        return invalid(&format!("The name has more than {NAME_CHARS} characters."), "Write one name only.");
    }
    if !name.chars().any(|letter| letter.is_alphabetic() || is_han(letter)) {
        return invalid("The name has no letter.", "Write the name; perhaps the values have moved by one column.");
    }
    Value::Plain(name)
}

fn is_middle_dot(letter: char) -> bool {
    matches!(letter, '·' | '•' | '‧' | '∙' | '⋅' | '・' | '･')
}

/// Reads free text on one line, of at most `limit_chars` characters. Text that looks like a formula is text.
pub fn words(cell: &Cell, limit_chars: usize) -> Value<String> {
    let line = one_line(&cell.as_text());
    if line.is_empty() {
        return Value::Absent;
    }
    if line.chars().nth(limit_chars).is_some() {
        return Value::Dropped(Remark::error(
            FindingCode::CellTooLong,
            format!("The text has more than {limit_chars} characters."),
            "Shorten it.",
        ));
    }
    Value::Plain(line)
}

/// Reads a mobile number: eleven digits, with or without blanks, hyphens and +86. Anything else is dropped with a
/// warning: a roster is not refused for a phone number.
pub fn phone(cell: &Cell) -> Value<String> {
    let text = fold(&cell.as_text());
    let digits: String = text.chars().filter(|letter| !letter.is_whitespace() && *letter != '-').collect();
    if digits.is_empty() {
        return Value::Absent;
    }
    let national = digits.strip_prefix("+86").or_else(|| digits.strip_prefix("0086")).unwrap_or(&digits);
    let national = national.strip_prefix("86").filter(|rest| rest.len() == PHONE_DIGITS).unwrap_or(national);
    if national.len() == PHONE_DIGITS && national.bytes().all(|byte| byte.is_ascii_digit()) {
        return Value::Plain(national.to_owned());
    }
    let shown: String = mask(&digits).chars().take(40).collect();
    Value::Dropped(Remark::warning(
        FindingCode::PhoneInvalid,
        format!("«{shown}» is no mobile number of {PHONE_DIGITS} digits and was left out."),
        format!("Write one mobile number of {PHONE_DIGITS} digits."),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Cell {
        Cell::Text(value.to_owned())
    }

    #[test]
    fn names_lose_layout_and_keep_letters() {
        for (written, meant) in [
            ("王  伟", "王伟"),
            ("王\u{3000}伟", "王伟"),
            ("欧阳\n娜娜", "欧阳娜娜"),
            ("𠮷田", "𠮷田"),
            ("阿卜杜拉•买买提", "阿卜杜拉·买买提"),
            ("阿卜杜拉 · 买买提", "阿卜杜拉·买买提"),
            ("Maria   da  Silva", "Maria da Silva"),
            ("Ｌｉ Ｍｉｎｇ", "Li Ming"),
            ("葛\u{e0100}平", "葛\u{e0100}平"),
            ("=王伟", "=王伟"),
        ] {
            assert_eq!(name(&text(written)), Value::Plain(meant.to_owned()));
        }
        assert_eq!(name(&text(&"王".repeat(60))), Value::Plain("王".repeat(60)));
        for wrong in [text(&"王".repeat(61)), text("123"), text("——"), Cell::Number(7.0)] {
            assert!(matches!(name(&wrong), Value::Dropped(_)), "{wrong:?}");
        }
        assert_eq!(name(&Cell::Blank), Value::Absent);
    }

    #[test]
    fn phones_are_eleven_digits_or_nothing() {
        for written in ["10000000001", "+86 100-0000-0001", "86 10000000001", "１００００００００01"] {
            assert_eq!(phone(&text(written)), Value::Plain("10000000001".to_owned()), "{written}");
        }
        assert_eq!(phone(&Cell::Number(10_000_000_001.0)), Value::Plain("10000000001".to_owned()));
        let Value::Dropped(remark) = phone(&text("0571-1000000001")) else { panic!() };
        assert!(remark.message.contains("05**********01"), "{}", remark.message);
        assert!(matches!(phone(&text("10000000001/10000000002")), Value::Dropped(_)));
    }

    #[test]
    fn formulas_are_text() {
        assert_eq!(words(&text("=cmd|' /C calc'!A0"), 200), Value::Plain("=cmd|' /C calc'!A0".to_owned()));
        assert_eq!(words(&text("-副部长"), 200), Value::Plain("-副部长".to_owned()));
        assert!(matches!(words(&text("一二三四"), 3), Value::Dropped(_)));
    }
}
