//! The citizen identity number (GB 11643-1999): eighteen characters, of which the last checks the others.
//!
//! No message of this file shows a number.

use chrono::NaiveDate;
use entity::{kind::Sex, partial_date::PartialDate};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";

/// A correct number and what it says of its holder. Without `Debug`, so that no log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct IdentityNumber {
    text: String,
    /// The day of birth.
    pub birth: PartialDate,
    /// By the parity of the seventeenth digit.
    pub sex: Sex,
}

impl IdentityNumber {
    /// Eighteen characters, upper case.
    pub fn text(&self) -> &str {
        &self.text
    }
}

/// What is wrong with a number, as the end of a sentence that begins «the identity number», and what to do.
pub type Complaint = (String, &'static str);

/// Reads an identity number in any case, blanks apart; `today` bounds the birth date inside it.
///
/// # Errors
/// What is wrong and what to do.
pub fn parse(text: &str, today: NaiveDate) -> Result<IdentityNumber, Complaint> {
    let compare = "Compare it with the identity card.";
    let number: String = text.split_whitespace().collect::<String>().to_uppercase();
    let length = number.chars().count();
    if length == 15 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(("is of the old form with 15 digits".to_owned(), "Write the number of 18 characters."));
    }
    if length != 18 {
        return Err((format!("has {length} characters instead of 18"), compare));
    }
    let expected = check_digit(&number).ok_or_else(|| ("has a character that is no digit".to_owned(), compare))?;
    if !number.ends_with(expected) {
        return Err(("does not agree with its last character, the check digit: a digit is wrong".to_owned(), compare));
    }
    let birth = birth(&number)
        .filter(|birth| birth.earliest().is_some_and(|day| day <= today))
        .ok_or_else(|| ("holds a birth date that cannot be".to_owned(), compare))?;
    let odd = number.as_bytes().get(16).is_some_and(|digit| digit % 2 == 1);
    Ok(IdentityNumber { text: number, birth, sex: if odd { Sex::Male } else { Sex::Female } })
}

/// The check character of the first seventeen digits; `None` where one is no digit.
pub fn check_digit(number: &str) -> Option<char> {
    let mut sum = 0;
    let mut digits = 0;
    for (digit, weight) in number.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
        digits += 1;
    }
    let place = (digits == WEIGHTS.len()).then(|| usize::try_from(sum % 11).ok())??;
    CHECKS.get(place).map(|byte| char::from(*byte))
}

fn birth(number: &str) -> Option<PartialDate> {
    let part = |from: usize, to: usize| number.get(from..to)?.parse::<u16>().ok();
    let month = u8::try_from(part(10, 12)?).ok()?;
    let day = u8::try_from(part(12, 14)?).ok()?;
    PartialDate::new(part(6, 10)?, Some(month), Some(day))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_an_unallocated_region() {
        let today = NaiveDate::from_ymd_opt(2026, 7, 1).unwrap();
        for (text, birth, sex) in [
            ("990000199003070013", "1990-03-07", Sex::Male),
            ("990000198512310025", "1985-12-31", Sex::Female),
            (" 990000 19700101 0181", "1970-01-01", Sex::Female),
        ] {
            let number = parse(text, today).map_err(|why| panic!("{text} {why:?}")).unwrap();
            assert_eq!((String::from(number.birth).as_str(), number.sex), (birth, sex));
        }
        for (text, why) in [
            ("990000199003070014", "check digit"),
            ("990000900307001", "15 digits"),
            ("99000019900307001", "17 characters"),
            ("AB0000199003070013", "no digit"),
            ("99000020900307001X", "birth date"),
        ] {
            assert!(parse(text, today).is_err_and(|(said, _)| said.contains(why) && !said.contains(text)), "{text}");
        }
    }
}
