//! What a cadre's record must hold together, without a database.

use chrono::NaiveDate;
use entity::partial_date::PartialDate;

use crate::error::{Error, Result};

/// A name in normal form: no outer blanks, at most 60 characters.
///
/// # Errors
/// `Invalid` on `name`.
pub fn name(text: &str) -> Result<String> {
    let name = text.trim();
    let length = name.chars().count();
    if length == 0 || length > 60 {
        return Err(Error::invalid("name", format!("has {length} characters; write 1 to 60")));
    }
    if !name.chars().any(char::is_alphanumeric) || name.chars().any(unfit) {
        return Err(Error::invalid("name", "holds control or invisible characters, or no letter: write it plainly"));
    }
    Ok(name.to_owned())
}

/// Characters that a reader can't see and a form can't print.
fn unfit(letter: char) -> bool {
    letter.is_control()
        || matches!(letter, '\u{200b}'..='\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{2069}' | '\u{feff}')
}

/// A phone number in normal form: 6 to 20 digits, with a plus sign before them or hyphens between where it has them.
///
/// # Errors
/// `Invalid` on `phone`.
pub fn phone(text: &str) -> Result<String> {
    let phone: String = text.chars().filter(|it| !it.is_whitespace()).take(40).collect();
    let digits = phone.chars().filter(char::is_ascii_digit).count();
    let rest = phone.strip_prefix('+').unwrap_or(&phone);
    if (6..=20).contains(&digits) && rest.chars().all(|it| it.is_ascii_digit() || it == '-') {
        return Ok(phone);
    }
    Err(Error::invalid("phone", "is no phone number: write 6 to 20 digits, such as 10012345678"))
}

/// A title in normal form: no outer blanks, at most 400 characters; none when it is blank.
///
/// # Errors
/// `Invalid` on `postTitle`.
pub fn title(text: Option<String>) -> Result<Option<String>> {
    let title = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    match title.as_ref().map(|it| it.chars().count()) {
        Some(length) if length > 400 => {
            Err(Error::invalid("postTitle", format!("has {length} characters; write at most 400")))
        }
        _ => Ok(title),
    }
}

/// That a date of the past is one: not after `today`.
///
/// # Errors
/// `Invalid` on the field.
pub fn past(field: &'static str, date: Option<PartialDate>, today: NaiveDate) -> Result<()> {
    match date {
        Some(date) if date.earliest().is_none_or(|it| it > today) => {
            Err(Error::invalid(field, format!("{} lies after today, {today}: check the year", String::from(date))))
        }
        _ => Ok(()),
    }
}

/// That nothing of a career begins before birth.
///
/// # Errors
/// `Invalid` on the field.
pub fn after_birth(field: &'static str, start: Option<PartialDate>, birth: Option<PartialDate>) -> Result<()> {
    // A year alone contradicts nothing that lies in it.
    match (start.and_then(PartialDate::latest), birth.and_then(PartialDate::earliest)) {
        (Some(start), Some(birth)) if start < birth => {
            Err(Error::invalid(field, format!("{start} lies before the date of birth {birth}: check both")))
        }
        _ => Ok(()),
    }
}

/// That a life can be so: birth, and when the party was joined and the post and the level began.
///
/// # Errors
/// `Invalid` on the field to blame.
pub fn life(birth: Option<PartialDate>, starts: [Option<PartialDate>; 3], today: NaiveDate) -> Result<()> {
    past("birthDate", birth, today)?;
    for (field, start) in ["partyJoinedOn", "postStart", "levelStart"].into_iter().zip(starts) {
        past(field, start, today)?;
        after_birth(field, start, birth)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_kept_as_written_but_for_blanks() {
        assert_eq!(name(" 𠮷田·明 ").unwrap(), "𠮷田·明");
        for bad in ["", "  ", "a\u{0}b", "\u{202e}\u{200b}", "王\u{200b}伟", "··", &"长".repeat(61)] {
            assert!(name(bad).is_err());
        }
    }

    #[test]
    fn phones_are_digits() {
        assert_eq!(phone(" 100 1234 5678 ").unwrap(), "10012345678");
        assert_eq!(phone("+86-571-1234567").unwrap(), "+86-571-1234567");
        for bad in ["", "12345", "<script>", "1234567x", &"1".repeat(30)] {
            assert!(phone(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn dates_must_be_possible() {
        let day = |text: &str| PartialDate::parse(text);
        let today = NaiveDate::from_ymd_opt(2026, 5, 1).unwrap();
        assert!(past("birthDate", day("2026-05-01"), today).is_ok());
        assert!(past("birthDate", day("2026"), today).is_ok());
        assert!(past("birthDate", day("2026-05-02"), today).is_err());
        assert!(after_birth("levelStart", day("1990"), day("1990-01")).is_ok());
        assert!(after_birth("levelStart", day("1990"), day("1990-05")).is_ok());
        assert!(after_birth("levelStart", day("1989-12"), day("1990")).is_err());
    }
}
