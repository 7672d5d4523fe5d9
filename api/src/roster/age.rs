//! Ages that a roster states beside the birth date: `1990.05(35岁)`, or in a column of their own.

use chrono::NaiveDate;
use entity::partial_date::PartialDate;

use super::{
    finding::{FindingCode, Remark},
    sheet::Cell,
    text::compact,
};

/// A birth cell without the age in it, and the age.
pub fn without_age(cell: &Cell) -> Option<(Cell, u32)> {
    let (Cell::Text(text) | Cell::Untyped(text)) = cell else { return None };
    let folded: String = super::text::fold(text);
    let (date, age) = match folded.split_once(['(', '[', '【', '〔']) {
        Some((date, rest)) => (date, rest.trim_end().trim_end_matches([')', ']', '】', '〕'])),
        None => folded.trim_end().rsplit_once(['\n', ' ']).filter(|(_, age)| age.ends_with('岁'))?,
    };
    let age = years(age)?;
    let date = date.trim().to_owned();
    Some((if matches!(cell, Cell::Text(_)) { Cell::Text(date) } else { Cell::Untyped(date) }, age))
}

/// The age of a cell of its own.
pub fn of_cell(cell: &Cell) -> Option<u32> {
    years(&cell.as_text())
}

fn years(text: &str) -> Option<u32> {
    let text = compact(text);
    let digits = text.trim_end_matches('岁').trim_end_matches('周');
    (1..=3).contains(&digits.len()).then(|| digits.parse().ok())?
}

/// A hint where a stated age does not fit the birth date: a roster is at most a year old.
pub fn contradicts(age: u32, birth: PartialDate, today: NaiveDate) -> Option<Remark> {
    let computed = birth.full_years(today)?;
    if age == computed || age.saturating_add(1) == computed || (birth.month().is_none() && age == computed + 1) {
        return None;
    }
    Some(Remark::hint(
        FindingCode::AgeContradicts,
        format!("The file says {age} years, but by the birth date {} it is {computed}.", String::from(birth)),
        "Compare the birth date with the personnel file; the age itself is not kept.",
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ages_in_brackets_or_below_the_date() {
        for text in ["1990.05(36岁)", "1990.05（36）", "1990.05\n（36岁）", "1990.05\n36岁", "1990.05【36周岁】"]
        {
            let (cell, age) = without_age(&Cell::Text(text.to_owned())).unwrap();
            assert_eq!((cell.as_text().as_str(), age), ("1990.05", 36), "{text}");
        }
        for text in ["1990.05", "1990.05(农历)", "1990.05 13"] {
            assert_eq!(without_age(&Cell::Text(text.to_owned())), None, "{text}");
        }
        let (birth, today) =
            (PartialDate::new(1990, Some(5), None).unwrap(), NaiveDate::from_ymd_opt(2026, 7, 1).unwrap());
        assert!(contradicts(36, birth, today).is_none() && contradicts(35, birth, today).is_none());
        assert!(contradicts(34, birth, today).is_some() && contradicts(37, birth, today).is_some());
    }
}
