//! Dates as rosters write them, read to the precision that they have and no further.

use std::borrow::Cow;

use entity::partial_date::PartialDate;

use super::{
    calendar,
    finding::{FindingCode, Remark},
    sheet::Cell,
    text::{compact, quote},
    value::Value,
};

/// How a date may be written, for remedies.
pub const FORMS: &str = "Write it as 1988.05, 1988-05-13 or 1988年5月, as text";

/// Reads a date cell in any of the forms of the field: `1988`, `198805`, `19880513`, `1988.05`, `1988.05.13` (also with
/// `-` or `/`), `1988年5月13日` or a part of it, a date cell of the spreadsheet, or a number that looks like one of
/// these.
///
/// A number 1988.1 is read as October and doubtful: a spreadsheet drops the last zero of 1988.10, and January is typed
/// 1988.01. A text file may have been a spreadsheet, so the same holds there; text of a workbook means January.
pub fn date(cell: &Cell) -> Value<PartialDate> {
    match cell {
        Cell::Date(date) => Value::Plain(*date),
        Cell::Number(number) => of_number(*number),
        Cell::Untyped(field) if is_cut_october(&compact(field)) => october(&compact(field)),
        Cell::Text(text) | Cell::Untyped(text) => match parse(text) {
            Some(date) => Value::Plain(date),
            None => of_day_number(&compact(text)).unwrap_or_else(|| unreadable(text)),
        },
        Cell::Blank | Cell::Fault(_) | Cell::TooLong => Value::Absent,
    }
}

fn unreadable(text: &str) -> Value<PartialDate> {
    Value::Dropped(Remark::error(
        FindingCode::DateUnreadable,
        format!("{} is no date.", quote(text)),
        format!("{FORMS}."),
    ))
}

/// A number typed as a date. Noise of calculations beyond the sixth decimal is dropped.
fn of_number(number: f64) -> Value<PartialDate> {
    let digits = ((number * 1e6).round() / 1e6).to_string();
    if is_cut_october(&digits) {
        return october(&digits);
    }
    if let Some(day) = of_day_number(&digits) {
        return day;
    }
    parse(&digits).map_or_else(|| unreadable(&digits), Value::Plain)
}

/// Five digits: the spreadsheet's day number, of a cell that lost its date format or was saved as text.
fn of_day_number(digits: &str) -> Option<Value<PartialDate>> {
    let number: u32 = digits.parse().ok().filter(|_| digits.len() == 5)?;
    if digits.starts_with("19") || digits.starts_with("20") {
        let month = format!("{}.{}", digits.get(..4)?, digits.get(4..)?);
        return Some(Value::Dropped(Remark::error(
            FindingCode::DateUnreadable,
            format!("{} may be {month} or the spreadsheet's day number.", quote(digits)),
            format!("{FORMS}."),
        )));
    }
    let Cell::Date(date) = calendar::day(f64::from(number), false, calendar::Shown::Day) else { return None };
    let remark = Remark::warning(
        FindingCode::DateDoubtful,
        format!(
            "{} was read as {}: the spreadsheet's day number without a date format.",
            quote(digits),
            String::from(date)
        ),
        "Format the cell as a date, or write it as 1988.05, as text.",
    );
    Some(Value::Doubtful(date, remark))
}

fn is_cut_october(digits: &str) -> bool {
    matches!(digits.split_once('.'), Some((year, "1")) if year.len() == 4)
}

fn october(digits: &str) -> Value<PartialDate> {
    let read = digits.split('.').next().and_then(|year| PartialDate::new(year.parse().ok()?, Some(10), None));
    let Some(date) = read else { return unreadable(digits) };
    Value::Doubtful(
        date,
        Remark::warning(
            FindingCode::DateDoubtful,
            format!(
                "{} was read as {}: a spreadsheet drops the last zero of {digits}0, and January would be {:04}.01.",
                quote(digits),
                String::from(date),
                date.year()
            ),
            "Format the column as text and write both digits of the month.",
        ),
    )
}

/// Reads a date text; `None` where it is in no form of the field or no day of the calendar.
pub fn parse(text: &str) -> Option<PartialDate> {
    let text = without_midnight(text);
    let text = compact(&text).replace(['—', '–', '−', '－'], "-").replace(['。', '·', '、', ',', '•'], ".");
    let text = text.trim_end_matches(['.', '起', '生']);
    let (mut groups, mut separators) = (vec![String::new()], String::new());
    for letter in text.chars() {
        if letter.is_ascii_digit() {
            groups.last_mut()?.push(letter);
        } else {
            separators.push(letter);
            groups.push(String::new());
        }
    }
    if groups.last().is_some_and(String::is_empty) {
        groups.pop();
    }
    let groups: Vec<&str> = groups.iter().map(String::as_str).collect();
    match (groups.as_slice(), separators.as_str()) {
        ([year], "" | "年") if year.len() == 4 => of_parts(year, None, None),
        ([joined], "") if joined.len() == 6 => of_parts(joined.get(..4)?, joined.get(4..6), None),
        ([joined], "") if joined.len() == 8 => of_parts(joined.get(..4)?, joined.get(4..6), joined.get(6..8)),
        ([year, month], "." | "-" | "/" | "年" | "年月" | ".月") => of_parts(year, Some(month), None),
        ([year, month, day], ".." | "--" | "//" | "年月" | "年月日" | "年月号") => {
            of_parts(year, Some(month), Some(day))
        }
        _ => None,
    }
}

/// A date of a database export, `1988-05-13 00:00:00`, without its empty time.
fn without_midnight(text: &str) -> Cow<'_, str> {
    let text = text.trim();
    match text.split_once(' ') {
        Some((day, time)) if matches!(time.trim(), "00:00:00" | "0:00:00" | "00:00" | "0:00" | "00:00:00.0") => {
            day.into()
        }
        _ => text.into(),
    }
}

fn of_parts(year: &str, month: Option<&str>, day: Option<&str>) -> Option<PartialDate> {
    if year.len() != 4 {
        return None;
    }
    PartialDate::new(year.parse().ok()?, two_digits(month)?, two_digits(day)?)
}

/// `Some(None)` where the part is not there, `None` where it is no number of one or two digits.
fn two_digits(part: Option<&str>) -> Option<Option<u8>> {
    match part {
        None => Some(None),
        Some(part) if (1..=2).contains(&part.len()) => part.parse().ok().map(Some),
        Some(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<String> {
        parse(text).map(String::from)
    }

    #[test]
    fn every_form_of_the_field() {
        for (text, meant) in [
            ("1988", "1988"),
            ("1988年", "1988"),
            ("198805", "1988-05"),
            ("19880513", "1988-05-13"),
            ("1988.05", "1988-05"),
            ("1988.5", "1988-05"),
            ("1988.1", "1988-01"),
            ("1988.10", "1988-10"),
            ("1988.05.13", "1988-05-13"),
            ("1988-05", "1988-05"),
            ("1988-05-13", "1988-05-13"),
            ("1988/5/13", "1988-05-13"),
            ("1988年5月", "1988-05"),
            ("1988年05月13日", "1988-05-13"),
            ("1988年5月13号", "1988-05-13"),
            ("１９８８．０５", "1988-05"),
            ("1988 年 5 月", "1988-05"),
            ("1988—05", "1988-05"),
            ("1988-05-13 00:00:00", "1988-05-13"),
            ("2000.02.29", "2000-02-29"),
            ("1988.05.", "1988-05"),
            ("1988。05", "1988-05"),
            ("1988、05", "1988-05"),
            ("1988.5月", "1988-05"),
            ("1988年5月起", "1988-05"),
        ] {
            assert_eq!(read(text).as_deref(), Some(meant), "{text}");
        }
    }

    #[test]
    fn anything_else_is_no_date() {
        for text in [
            "",
            "不详",
            "88.05",
            "1988.13",
            "1988.00",
            "1988-05-",
            "1988.05-13",
            "19881",
            "1988051",
            "198813",
            "19880230",
            "2001.02.29",
            "1988.005",
            "1988.05.13.1",
            "-1988",
            "05/13/1988",
            "1988年13月",
            "1899.01",
            "2201",
            "1988-05-13 12:30",
            "１９８８５",
            "٠٩٨٨",
            "1988.05(36岁)",
        ] {
            assert_eq!(read(text), None, "{text}");
        }
    }

    #[test]
    fn numbers_that_look_like_dates() {
        let plain = |number: f64| match date(&Cell::Number(number)) {
            Value::Plain(date) => Some(String::from(date)),
            _ => None,
        };
        assert_eq!(plain(198_805.0).as_deref(), Some("1988-05"));
        assert_eq!(plain(19_880_513.0).as_deref(), Some("1988-05-13"));
        assert_eq!(plain(1988.0).as_deref(), Some("1988"));
        assert_eq!(plain(1988.05).as_deref(), Some("1988-05"));
        assert_eq!(plain(1988.05 - 1e-12).as_deref(), Some("1988-05"));
        assert_eq!(plain(1988.12).as_deref(), Some("1988-12"));
        assert_eq!(plain(1988.5).as_deref(), Some("1988-05"));
        for number in [0.5, -1988.05, 1e300, f64::NAN, f64::INFINITY] {
            assert!(matches!(date(&Cell::Number(number)), Value::Dropped(_)), "{number}");
        }
    }

    #[test]
    fn day_numbers_are_doubtful() {
        for cell in [Cell::Number(32_960.0), Cell::Text("32960".to_owned()), Cell::Untyped(" 32960 ".to_owned())] {
            let Value::Doubtful(date, remark) = date(&cell) else { panic!("{cell:?}") };
            assert_eq!((String::from(date).as_str(), remark.code), ("1990-03-28", FindingCode::DateDoubtful));
        }
        for wrong in [-32_960.0, 19_881.0, 20_051.0] {
            assert!(matches!(date(&Cell::Number(wrong)), Value::Dropped(_)), "{wrong}");
        }
    }

    #[test]
    fn a_cut_october_is_doubtful() {
        for cell in [Cell::Number(1988.1), Cell::Untyped("1988.1".to_owned())] {
            let Value::Doubtful(date, remark) = date(&cell) else { panic!("{cell:?}") };
            assert_eq!(String::from(date), "1988-10");
            assert!(remark.message.contains("1988.10, and January would be 1988.01"), "{}", remark.message);
        }
        assert_eq!(
            date(&Cell::Text("1988.1".to_owned())),
            Value::Plain(PartialDate::new(1988, Some(1), None).unwrap())
        );
        assert!(matches!(date(&Cell::Number(3000.1)), Value::Dropped(_)));
    }
}
