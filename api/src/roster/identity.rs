//! Identity numbers as spreadsheets spoil them.
//!
//! No message of this file shows a number in full.

use super::{
    finding::{FindingCode, Remark},
    sheet::Cell,
    text::{compact, mask},
    value::Value,
};
use crate::identity_number::{IdentityNumber, parse};
use chrono::NaiveDate;

/// A spreadsheet keeps numbers to fifteen digits.
const EXACT_BELOW: f64 = 1e15;

/// Reads an identity number; `today` bounds the birth date inside it.
pub fn identity(cell: &Cell, today: NaiveDate) -> Value<IdentityNumber> {
    if matches!(cell, Cell::Number(number) if number.abs() >= EXACT_BELOW) || is_scientific(cell) {
        return Value::Dropped(Remark::error(
            FindingCode::IdentityNumberImprecise,
            "The identity number is stored as a number; a spreadsheet keeps fifteen digits, the last are lost.",
            "Format the column as text, enter the numbers again and save.",
        ));
    }
    let number = compact(&cell.as_text()).replace(['-', '×'], "");
    if number.is_empty() {
        return Value::Absent;
    }
    match parse(&number, today) {
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

#[cfg(test)]
mod tests {
    use entity::kind::Sex;

    use super::*;
    use crate::identity_number::check_digit;

    fn read(cell: Cell) -> Value<IdentityNumber> {
        identity(&cell, NaiveDate::from_ymd_opt(2026, 7, 1).unwrap())
    }

    fn text(value: &str) -> Value<IdentityNumber> {
        read(Cell::Text(value.to_owned()))
    }

    fn complaint(value: Value<IdentityNumber>) -> String {
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
            assert_eq!(identity.text().len(), 18);
        }
        let lower = (0..999).map(|serial| format!("99000019900307{serial:03}")).find(|it| check_digit(it) == Some('X'));
        let Value::Plain(identity) = text(&format!("{}x", lower.unwrap())) else { panic!() };
        assert!(identity.text().ends_with('X'));
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
            let check = check_digit(birth).unwrap();
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
