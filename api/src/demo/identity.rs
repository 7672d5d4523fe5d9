//! Identity numbers and phone numbers that are well formed and nobody's.
//!
//! No division of the country begins with 99 and no mobile number with 100, so a value that escapes from a demo can't
//! point at a person. The check digit follows GB 11643-1999, so that validators take the numbers for real ones.

use std::collections::BTreeSet;

use chrono::{Datelike, NaiveDate};
use entity::kind::Sex;

use super::dice::Dice;
use crate::identity_number::check_digit;

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
            let Some(check) = check_digit(&body) else { continue };
            let number = format!("{body}{check}");
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
