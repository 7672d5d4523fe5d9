//! The sheet of a workbook that holds the roster, as lines: of an `.xlsx` cell by cell, without a table in memory.

use std::{
    io::Cursor,
    ops::ControlFlow,
    panic::{AssertUnwindSafe, catch_unwind},
};

use calamine::{DataRef, Reader, SheetType, SheetVisible, Style, Xlsx, XlsxError};
use entity::partial_date::PartialDate;

use super::{
    archive::{damaged, encrypted},
    binary::Book,
    calendar::{self, Shown},
    finding::Remark,
    limits::Limits,
    merged::{Merged, Range},
    sheet::{Cell, Line, LineSink, too_wide},
    sheets,
};

/// Pushes the lines of an `.xlsx` workbook, whose archive `archive::prove` has accepted, into the sink.
///
/// # Errors
/// A file-level remark where the workbook cannot be read to its end; the lines so far have been pushed.
pub fn lines(bytes: &[u8], limits: &Limits, sink: &mut dyn LineSink) -> Result<(), Remark> {
    // The reader is not ours, and an upload is hostile: should it panic, the file is damaged and nothing else is.
    catch_unwind(AssertUnwindSafe(|| sheet_lines(bytes, limits, sink))).unwrap_or_else(|_| Err(damaged()))
}

fn sheet_lines(bytes: &[u8], limits: &Limits, sink: &mut dyn LineSink) -> Result<(), Remark> {
    let mut workbook: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).map_err(refused)?;
    let names: Vec<String> = workbook
        .sheets_metadata()
        .iter()
        .filter(|sheet| sheet.visible == SheetVisible::Visible && sheet.typ == SheetType::WorkSheet)
        .map(|sheet| sheet.name.clone())
        .collect();
    // A damaged sheet has no header; when it is read all the same, it says so.
    let mut look = |index: usize, sink: &mut dyn LineSink| {
        if let Some(name) = names.get(index) {
            let _: Result<(), Remark> = cells(&mut workbook, name, limits, sink);
        }
    };
    let chosen = sheets::choose(&names, &mut look, sink)?;
    let name = names.get(chosen).ok_or_else(damaged)?;
    let ranges = workbook.merge_cells_by_sheet_name(name).map_err(refused)?;
    let ranges = ranges.into_iter().map(|it| Range {
        first: it.start.0.saturating_add(1),
        last: it.end.0.saturating_add(1),
        column: usize::try_from(it.start.1).unwrap_or(usize::MAX),
    });
    let columns = usize::try_from(limits.columns).unwrap_or(usize::MAX);
    let ranges = ranges.filter(|it| it.column < columns).collect();
    cells(&mut workbook, name, limits, &mut Merged::new(ranges, sink))
}

fn cells(
    workbook: &mut Xlsx<Cursor<&[u8]>>,
    name: &str,
    limits: &Limits,
    sink: &mut dyn LineSink,
) -> Result<(), Remark> {
    let mut cells = workbook.worksheet_cells_reader(name).map_err(refused)?;
    let styles = cells.styles().to_vec();
    let mut line = Line::default();
    while let Some((cell, style)) = cells.next_cell_with_style_id().map_err(refused)? {
        let (row, column) = cell.get_position();
        let value = content(cell.get_value(), styles.get(style), limits);
        let column = usize::try_from(column).unwrap_or(usize::MAX);
        if !gather(&mut line, row.saturating_add(1), column, value, limits, sink) {
            return Ok(());
        }
    }
    last(line, sink);
    Ok(())
}

/// Pushes the lines of an `.xls` workbook into the sink.
///
/// # Errors
/// A file-level remark where the workbook cannot be read.
pub fn binary_lines(bytes: &[u8], limits: &Limits, sink: &mut dyn LineSink) -> Result<(), Remark> {
    let book = Book::open(bytes)?;
    let names: Vec<String> = book.sheets.iter().map(|it| it.name.clone()).collect();
    let mut look = |index: usize, sink: &mut dyn LineSink| {
        let _: Result<(), Remark> = binary_cells(&book, index, limits, sink);
    };
    let chosen = sheets::choose(&names, &mut look, sink)?;
    binary_cells(&book, chosen, limits, sink)
}

fn binary_cells(book: &Book, index: usize, limits: &Limits, sink: &mut dyn LineSink) -> Result<(), Remark> {
    let mut grid = book.grid(book.sheets.get(index).ok_or_else(damaged)?)?;
    let columns = usize::try_from(limits.columns).unwrap_or(usize::MAX);
    let ranges = std::mem::take(&mut grid.ranges).into_iter().filter(|it| it.column < columns).collect();
    let mut sink = Merged::new(ranges, sink);
    let (mut line, mut ended) = (Line::default(), true);
    book.each(&grid, limits, |row, column, cell| {
        ended = gather(&mut line, row.saturating_add(1), column, cell, limits, &mut sink);
        ended
    });
    if ended {
        last(line, &mut sink);
    }
    Ok(())
}

/// Puts a cell into its line, and pushes the line before once it is over. False where nothing more is wanted.
fn gather(line: &mut Line, number: u32, column: usize, value: Cell, limits: &Limits, sink: &mut dyn LineSink) -> bool {
    if number != line.number {
        let done = std::mem::replace(line, Line::at(number));
        if !done.is_blank() && sink.take(done).is_break() {
            return false;
        }
    }
    if value == Cell::Blank {
        return true;
    }
    if u32::try_from(column).map_or(true, |column| column >= limits.columns) {
        sink.note(too_wide(column, limits).on_line(number));
        return false;
    }
    line.put(column, value);
    true
}

fn last(line: Line, sink: &mut dyn LineSink) {
    if !line.is_blank() {
        // It was the last: whether more is wanted does not matter.
        let _: ControlFlow<()> = sink.take(line);
    }
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
        DataRef::DateTime(moment) => {
            let format = style.and_then(|style| style.number_format.as_ref());
            calendar::moment(moment, format.map_or(Shown::Day, |it| calendar::shown(it.format_id, &it.format_code)))
        }
        DataRef::DateTimeIso(text) => {
            let day = text.get(..10).and_then(PartialDate::parse);
            day.map_or_else(|| Cell::of_text(text, limits.cell_chars), Cell::Date)
        }
        DataRef::DurationIso(text) => Cell::of_text(text, limits.cell_chars),
        DataRef::Error(error) => Cell::Fault(error.to_string()),
        DataRef::Empty => Cell::Blank,
    }
}
