//! The first visible sheet of an `.xlsx` workbook as lines, cell by cell, without a table in memory.

use std::{
    io::Cursor,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, ExcelDateTime, NumberFormat, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use entity::partial_date::PartialDate;

use super::{
    archive::{damaged, encrypted},
    finding::{FindingCode, Remark},
    limits::Limits,
    sheet::{Cell, Line, LineSink, too_wide},
    text::quote,
};

/// Pushes the lines of the workbook, whose archive `archive::prove` has accepted, into the sink.
///
/// # Errors
/// A file-level remark where the workbook cannot be read to its end; the lines so far have been pushed.
pub fn lines(bytes: &[u8], limits: &Limits, sink: &mut dyn LineSink) -> Result<(), Remark> {
    // The reader is not ours, and an upload is hostile: should it panic, the file is damaged and nothing else is.
    catch_unwind(AssertUnwindSafe(|| sheet_lines(bytes, limits, sink))).unwrap_or_else(|_| Err(damaged()))
}

fn sheet_lines(bytes: &[u8], limits: &Limits, sink: &mut dyn LineSink) -> Result<(), Remark> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
    let mut sheets = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone());
    let Some(first) = sheets.next() else {
        return Err(Remark::error(
            FindingCode::FileEmpty,
            "The workbook has no visible sheet.",
            "Show the sheet that holds the roster, and save.",
        ));
    };
    let others: Vec<String> = sheets.take(5).map(|name| quote(&name)).collect();
    if !others.is_empty() {
        let remark = Remark::hint(
            FindingCode::SheetNotRead,
            format!("Only the first visible sheet {} is read, not {}.", quote(&first), others.join(", ")),
            "If another sheet holds the roster, move it to the front.",
        );
        sink.note(remark.in_file());
    }

    let mut cells = workbook.worksheet_cells_reader(&first).map_err(refused)?;
    let styles = cells.styles().to_vec();
    let mut line = Line::default();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(refused)? {
        let (row, column) = cell.get_position();
        let number = row.saturating_add(1);
        if number != line.number {
            let done = std::mem::replace(&mut line, Line::at(number));
            if !done.is_blank() && sink.take(done).is_break() {
                return Ok(());
            }
        }
        let value = content(cell.get_value(), styles.get(style), limits);
        if value == Cell::Blank {
            continue;
        }
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if u32::try_from(column).is_ok_and(|column| column >= limits.columns) {
            sink.note(too_wide(column, limits).on_line(number));
            return Ok(());
        }
        line.put(column, value);
    }
    if !line.is_blank() && sink.take(line) == ControlFlow::Break(()) {
        return Ok(());
    }
    Ok(())
}

fn refused(error: XlsxError) -> Remark {
    match error {
        XlsxError::Password => encrypted(),
        _ => damaged(),
    }
}

fn content(value: &DataRef<'_>, style: Option<&Style>, limits: &Limits) -> Cell {
    match value {
        DataRef::String(text) => Cell::of_text(text, limits.cell_chars),
        DataRef::SharedString(text) => Cell::of_text(text, limits.cell_chars),
        DataRef::Int(number) => Cell::of_text(&number.to_string(), limits.cell_chars),
        DataRef::Float(number) => Cell::Number(*number),
        DataRef::Bool(truth) => Cell::Text(if *truth { "TRUE" } else { "FALSE" }.to_owned()),
        DataRef::DateTime(moment) if moment.is_duration() => Cell::Number(moment.as_f64()),
        DataRef::DateTime(moment) => day(moment, style),
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(PartialDate::parse);
            day.map_or_else(|| Cell::of_text(text, limits.cell_chars), Cell::Date)
        }
        DataRef::DurationIso(text) => Cell::of_text(text, limits.cell_chars),
        DataRef::Error(error) => Cell::Fault(error.to_string()),
        DataRef::Empty => Cell::Blank,
    }
}

/// A date cell, to the part that its format shows: «1988年5月» is stored as the first of May, which nobody has said.
fn day(moment: &ExcelDateTime, style: Option<&Style>) -> Cell {
    let (year, month, day, ..) = moment.to_ymd_hms_milli();
    let date = match style.and_then(|style| style.number_format.as_ref()).map_or(Shown::Day, shown) {
        Shown::Day => PartialDate::new(year, Some(month), Some(day)),
        Shown::Month => PartialDate::new(year, Some(month), None),
        Shown::Year => PartialDate::new(year, None, None),
    };
    date.map_or_else(|| Cell::Fault("a date outside the years 1900 to 2200".to_owned()), Cell::Date)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shown {
    Day,
    Month,
    Year,
}

/// What a date format shows. Numbers of built-in formats: ECMA-376 part 1, 18.8.30, zh-cn.
fn shown(format: &NumberFormat) -> Shown {
    match format.format_id {
        Some(17 | 27 | 36 | 50 | 52 | 57) => return Shown::Month,
        Some(0..=163) => return Shown::Day,
        _ => {}
    }
    shown_by_code(&format.format_code)
}

fn shown_by_code(code: &str) -> Shown {
    let (mut quoted, mut bracketed, mut escaped) = (false, false, false);
    let (mut year, mut month) = (false, false);
    for letter in code.chars() {
        match letter {
            _ if escaped => escaped = false,
            '"' => quoted = !quoted,
            _ if quoted => {}
            '\\' | '_' | '*' => escaped = true,
            '[' => bracketed = true,
            ']' => bracketed = false,
            _ if bracketed => {}
            ';' => break,
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
}
