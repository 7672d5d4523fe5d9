//! Identity numbers and phone numbers that are well formed and nobody's.
//!
//! No division of the country begins with 99 and no mobile number with 100, so a value that escapes from a demo can't
//! point at a person. The check digit follows GB 11643-1999, so that validators take the numbers for real ones.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use entity::kind::Sex;

use super::dice::Dice;

const WEIGHTS: [u32; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECK: [char; 11] = ['1', '0', 'X', '9', '8', '7', '6', '5', '4', '3', '2'];

/// Gives out numbers, each once.
#[derive(Default)]
pub struct Numbers {
    given: BTreeSet<String>,
}

impl Numbers {
    /// An 18-character identity number for that birth date and sex.
    pub fn identity_number(&mut self, dice: &mut Dice, born: NaiveDate, sex: Sex) -> String {
        loop {
            let region = dice.between(990_101, 990_199);
            // The 17th digit is odd for men and even for women.
            let order = dice.between(0, 499) * 2 + i32::from(sex != Sex::Female);
            let body = format!("{region}{:04}{:02}{:02}{order:03}", born.year(), born.month(), born.day());
            let number = format!("{body}{}", check_digit(&body));
            if self.given.insert(number.clone()) {
                return number;
            }
        }
    }

    /// An 11-digit phone number.
    pub fn phone(&mut self, dice: &mut Dice) -> String {
        loop {
            let number = format!("100{:08}", dice.between(0, 99_999_999));
            if self.given.insert(number.clone()) {
                return number;
            }
        }
    }
}

/// The check digit of the first 17 digits.
pub fn check_digit(body: &str) -> char {
    let sum: u32 = body.chars().zip(WEIGHTS).filter_map(|(digit, weight)| Some(digit.to_digit(10)? * weight)).sum();
    CHECK.get(usize::try_from(sum % 11).unwrap_or_default()).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn check_digits_match_the_known_vectors() {
        for number in ["990000199003070013", "990000198512310025", "990000197001010181"] {
            let (body, check) = number.split_at(17);
            assert_eq!(check_digit(body).to_string(), check);
        }
    }
}
