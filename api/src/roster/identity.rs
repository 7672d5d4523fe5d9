//! The citizen identity number (GB 11643-1999): eighteen characters, of which the last checks the others.
//!
//! No message of this file shows a number in full.

use chrono::NaiveDate;
use entity::{kind::Sex, partial_date::PartialDate};

use super::{
    finding::{FindingCode, Remark},
    sheet::Cell,
    text::{compact, mask},
    value::Value,
};

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS: &[u8; 11] = b"10X98765432";
/// A spreadsheet keeps numbers to fifteen digits.
const EXACT_BELOW: f64 = 1e15;

/// A correct number and what it says of its holder. Without `Debug`, so that no log shows it.
#[derive(Clone, PartialEq, Eq)]
pub struct Identity {
    /// Eighteen characters, upper case.
    pub number: String,
    /// The day of birth.
    pub birth: PartialDate,
    /// By the parity of the seventeenth digit.
    pub sex: Sex,
}

/// Reads an identity number; `today` bounds the birth date inside it.
pub fn identity(cell: &Cell, today: NaiveDate) -> Value<Identity> {
    if matches!(cell, Cell::Number(number) if number.abs() >= EXACT_BELOW) || is_scientific(cell) {
        return Value::Dropped(Remark::error(
            FindingCode::IdentityNumberImprecise,
            "The identity number is stored as a number, of which a spreadsheet keeps fifteen digits: the last are lost.",
            "Format the column as text, enter the numbers again and save.",
        ));
    }
    let number = compact(&cell.as_text()).replace(['-', '×'], "");
    if number.is_empty() {
        return Value::Absent;
    }
    match check(&number, today) {
        Ok(identity) => Value::Plain(identity),
        Err((why, remedy)) => {
            let shown: String = mask(&number).chars().take(24).collect();
            Value::Dropped(Remark::error(
                FindingCode::IdentityNumberInvalid,
                format!("The identity number «{shown}» {why}."),
                remedy,
            ))
        }
    }
}

/// A text file saved from a spreadsheet that held the number as a number: `9.90000E+17`.
fn is_scientific(cell: &Cell) -> bool {
    let text = compact(&cell.as_text());
    let Some((digits, exponent)) = text.split_once("E+") else { return false };
    exponent.parse::<u8>().is_ok() && digits.parse::<f64>().is_ok()
}

type Complaint = (String, &'static str);

fn check(number: &str, today: NaiveDate) -> Result<Identity, Complaint> {
    let compare = "Compare it with the identity card.";
    let length = number.chars().count();
    if length == 15 && number.bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(("is of the old form with 15 digits".to_owned(), "Write the number of 18 characters."));
    }
    if length != 18 {
        return Err((format!("has {length} characters instead of 18"), compare));
    }
    let expected = expected_check(number).ok_or_else(|| ("has a character that is no digit".to_owned(), compare))?;
    if number.bytes().last() != Some(expected) {
        return Err(("does not agree with its last character, the check digit: a digit is wrong".to_owned(), compare));
    }
    let birth = birth(number)
        .filter(|birth| birth.earliest().is_some_and(|day| day <= today))
        .ok_or_else(|| ("holds a birth date that cannot be".to_owned(), compare))?;
    let odd = number.bytes().nth(16).is_some_and(|digit| digit % 2 == 1);
    Ok(Identity { number: number.to_owned(), birth, sex: if odd { Sex::Male } else { Sex::Female } })
}

/// The check character of the first seventeen digits; `None` where one is no digit.
fn expected_check(number: &str) -> Option<u8> {
    let mut sum = 0;
    for (digit, weight) in number.chars().zip(WEIGHTS) {
        sum += digit.to_digit(10)? * weight;
    }
    CHECKS.get(usize::try_from(sum % 11).ok()?).copied()
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

    fn read(cell: Cell) -> Value<Identity> {
        identity(&cell, NaiveDate::from_ymd_opt(2026, 7, 1).unwrap())
    }

    fn text(value: &str) -> Value<Identity> {
        read(Cell::Text(value.to_owned()))
    }

    fn complaint(value: Value<Identity>) -> String {
        match value {
            Value::Dropped(remark) => remark.message,
            _ => panic!("accepted"),
        }
    }

    #[test]
    fn a_correct_number_tells_birth_and_sex() {
        for (written, birth, sex) in [
            ("990000199003070013", "1990-03-07", Sex::Male),
            ("990000198512310025", "1985-12-31", Sex::Female),
            (" 990000 19700101 0181", "1970-01-01", Sex::Female),
            ("９９００００199003070013", "1990-03-07", Sex::Male),
        ] {
            let Value::Plain(identity) = text(written) else { panic!("{written}") };
            assert_eq!((String::from(identity.birth).as_str(), identity.sex), (birth, sex));
            assert_eq!(identity.number.len(), 18);
        }
        let lower =
            (0..999).map(|serial| format!("99000019900307{serial:03}")).find(|it| expected_check(it) == Some(b'X'));
        let Value::Plain(identity) = text(&format!("{}x", lower.unwrap())) else { panic!() };
        assert!(identity.number.ends_with('X'));
    }

    #[test]
    fn a_wrong_number_is_refused_and_never_shown() {
        for (written, why) in [
            ("990000199003070014", "check digit"),
            ("990000900307001", "15 digits"),
            ("99000019900307001", "17 characters"),
            ("9900001990030700١3", "no digit"),
            ("AB0000199003070013", "no digit"),
        ] {
            let said = complaint(text(written));
            assert!(said.contains(why) && !said.contains(written), "{said}");
        }
        for birth in ["99000019901307001", "99000020990307001", "99000019900230001"] {
            let check = char::from(expected_check(birth).unwrap());
            assert!(complaint(text(&format!("{birth}{check}"))).contains("birth date"));
        }
    }

    #[test]
    fn numbers_that_lost_digits_are_refused() {
        assert!(complaint(read(Cell::Number(990_000_199_003_070_013.0))).contains("fifteen"));
        assert!(complaint(read(Cell::Untyped("9.90000E+17".to_owned()))).contains("fifteen"));
        assert!(complaint(read(Cell::Number(990_000_900_307_001.0))).contains("15 digits"));
        assert!(matches!(read(Cell::Blank), Value::Absent));
    }
}
