//! Day numbers of spreadsheets as dates, to the part that their format shows.
//!
//! «1988年5月» is stored as the first of May, which nobody has said.

use calamine::{ExcelDateTime, ExcelDateTimeType};
use entity::partial_date::PartialDate;

use super::sheet::Cell;

/// Day numbers beyond lie after the year 2200.
const DAYS_OF_CALENDAR: f64 = 110_000.0;

/// What a date format shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// The whole day.
    Day,
    /// Year and month.
    Month,
    /// The year.
    Year,
}

/// What a date format shows. Numbers of built-in formats: ECMA-376 part 1, 18.8.30, zh-cn.
pub fn shown(format_id: Option<u32>, code: &str) -> Shown {
    match format_id {
        Some(17 | 27 | 36 | 50 | 52 | 57) => Shown::Month,
        Some(0..=163) => Shown::Day,
        _ => shown_by_code(code),
    }
}

fn shown_by_code(code: &str) -> Shown {
    let (mut year, mut month) = (false, false);
    for letter in letters(code) {
        match letter {
            'd' | 'D' => return Shown::Day,
            'm' | 'M' => month = true,
            'y' | 'Y' | 'e' | 'E' => year = true,
            _ => {}
        }
    }
    match (year, month) {
        (true, true) => Shown::Month,
        (true, false) => Shown::Year,
        _ => Shown::Day,
    }
}

/// The letters of a format's first part that stand for something: neither quoted, escaped nor in brackets.
fn letters(code: &str) -> impl Iterator<Item = char> {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    code.chars().take_while(|letter| *letter != ';').filter(move |letter| {
        if escaped {
            escaped = false;
            return false;
        }
        match letter {
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ => return !bracketed,
        }
        false
    })
}

/// Whether a number of this format is a day.
pub fn is_date(format_id: u32, code: Option<&str>) -> bool {
    match code {
        Some(code) if !code.eq_ignore_ascii_case("general") => {
            letters(code).any(|letter| matches!(letter, 'y' | 'Y' | 'd' | 'D' | 'm' | 'M' | 'e' | 'E'))
                && !letters(code).any(|letter| matches!(letter, '0' | '#' | 'h' | 'H'))
        }
        Some(_) => false,
        None => matches!(format_id, 14..=17 | 22 | 27..=31 | 36 | 50..=54 | 57 | 58),
    }
}

/// The date cell of a day number.
pub fn day(serial: f64, of_1904: bool, shown: Shown) -> Cell {
    moment(&ExcelDateTime::new(serial, ExcelDateTimeType::DateTime, of_1904), shown)
}

/// The date cell of a moment.
pub fn moment(moment: &ExcelDateTime, shown: Shown) -> Cell {
    let outside = || Cell::Fault("a date outside the years 1900 to 2200".to_owned());
    if !(0.0..DAYS_OF_CALENDAR).contains(&moment.as_f64()) {
        return outside();
    }
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let date = match shown {
        Shown::Day => PartialDate::new(year, Some(month), Some(day)),
        Shown::Month => PartialDate::new(year, Some(month), None),
        Shown::Year => PartialDate::new(year, None, None),
    };
    date.map_or_else(outside, Cell::Date)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn formats_tell_how_much_of_a_date_was_typed() {
        for (code, meant) in [
            ("yyyy.mm", Shown::Month),
            ("yyyy\"年\"m\"月\";@", Shown::Month),
            ("[$-804]yyyy\"年\"m\"月\"d\"日\"", Shown::Day),
            ("yyyy\\-mm\\-dd", Shown::Day),
            ("yyyy\"day\"", Shown::Year),
            ("yyyy", Shown::Year),
            ("h:mm", Shown::Day),
        ] {
            assert_eq!(shown_by_code(code), meant, "{code}");
        }
    }

    #[test]
    fn day_numbers_are_told_from_numbers() {
        for (id, code, meant) in [
            (14, None, true),
            (57, None, true),
            (0, None, false),
            (2, None, false),
            (164, Some("yyyy.mm"), true),
            (165, Some("0.00"), false),
            (166, Some("\"y\"0"), false),
            (167, Some("General"), false),
        ] {
            assert_eq!(is_date(id, code), meant, "{id} {code:?}");
        }
        assert_eq!(day(32_960.0, false, Shown::Day).as_text(), "1990-03-28");
        assert!(matches!(day(-5.0, false, Shown::Day), Cell::Fault(_)));
    }
}
