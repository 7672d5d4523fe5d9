//! The same person on two lines of one file.

use std::collections::HashMap;

use entity::partial_date::PartialDate;

use super::{
    finding::{FindingCode, Remark},
    row::RosterRow,
};

/// What makes two people look like one where a number is missing: name, year and month of birth, unit.
type Likeness = (String, Option<(u16, Option<u8>)>, Option<String>);

/// Who was seen, and where first.
#[derive(Default)]
pub struct Seen {
    numbers: HashMap<String, u32>,
    likenesses: HashMap<Likeness, (u32, bool)>,
}

impl Seen {
    /// Notes the row; an error where its identity number stands on an earlier line, a warning where name, birth month
    /// and unit do and one of the two has no number.
    pub fn note(&mut self, row: &RosterRow) -> Option<Remark> {
        if let Some(number) = &row.identity_number {
            if let Some(line) = self.numbers.get(number) {
                return Some(Remark::error(
                    FindingCode::IdentityNumberTwice,
                    format!("The identity number stands on line {line} already."),
                    "Remove one of the lines, or correct the wrong number.",
                ));
            }
            self.numbers.insert(number.clone(), row.line);
        }
        let numbered = row.identity_number.is_some();
        let month = row.birth_date.map(|date: PartialDate| (date.year(), date.month()));
        let likeness = (row.name.clone(), month, row.unit.clone());
        match self.likenesses.get(&likeness) {
            Some((line, other)) if !(numbered && *other) => Some(Remark::warning(
                FindingCode::PersonTwice,
                format!("Name, birth month and unit are those of line {line}, and not both have an identity number."),
                "If it is the same person, remove one of the lines; else add the identity numbers.",
            )),
            Some(_) => None,
            None => {
                self.likenesses.insert(likeness, (row.line, numbered));
                None
            }
        }
    }
}
