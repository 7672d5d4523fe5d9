//! An `.xls` workbook (BIFF8) as sheets of cells: records of a type, a length and data, one after the other.
//!
//! Only what a roster needs is read: texts, numbers, results of formulas, date formats, merged cells. Memory is bounded
//! by the file's size and by `CELLS`; a record that points nowhere is damage, never a panic.

use super::{
    archive::{damaged, encrypted},
    calendar::{self, Shown},
    compound::{Container, eight, four, two},
    finding::{FindingCode, Remark},
    limits::Limits,
    merged::Range,
    sheet::Cell,
    strings::Strings,
};

/// Cells of a sheet: 50,000 rows of 100 columns.
const CELLS: usize = 5_000_000;
const BIFF8: u16 = 0x0600;

/// A visible sheet.
pub struct Sheet {
    /// Its name.
    pub name: String,
    start: usize,
}

/// What a cell of a sheet holds, before its text is looked up.
#[derive(Clone, Copy)]
enum Held {
    Shared(u32),
    Number(f64),
    /// The text at a place of the stream, as `Strings` reads it.
    Text(usize, usize),
    Truth(bool),
    Fault(u8),
}

/// The cells of one sheet, by row and column.
#[derive(Default)]
pub struct Grid {
    cells: Vec<(u16, u16, u16, Held)>,
    /// Merged cells.
    pub ranges: Vec<Range>,
}

/// A workbook whose globals are read.
pub struct Book {
    stream: Vec<u8>,
    strings: Strings,
    /// The format number of each cell style.
    styles: Vec<u16>,
    formats: Vec<(u16, String)>,
    of_1904: bool,
    /// The visible sheets, in order.
    pub sheets: Vec<Sheet>,
}

/// One record.
struct Record<'a> {
    kind: u16,
    /// Where its data begins.
    at: usize,
    data: &'a [u8],
}

fn records(stream: &[u8], start: usize) -> impl Iterator<Item = Record<'_>> {
    let mut at = start;
    std::iter::from_fn(move || {
        let (kind, length) = (two(stream, at)?, usize::from(two(stream, at.checked_add(2)?)?));
        let begin = at.checked_add(4)?;
        let data = stream.get(begin..begin.checked_add(length)?)?;
        at = begin + length;
        Some(Record { kind, at: begin, data })
    })
}

impl Book {
    /// Opens the workbook inside a container.
    ///
    /// # Errors
    /// Damaged, protected, or of a form older than 1997.
    pub fn open(bytes: &[u8]) -> Result<Self, Remark> {
        let container = Container::open(bytes).ok_or_else(damaged)?;
        if container.has("EncryptedPackage") {
            return Err(encrypted());
        }
        let stream = container.stream("Workbook").or_else(|| container.stream("Book")).ok_or_else(no_workbook)?;
        drop(container);
        if two(&stream, 4) != Some(BIFF8) {
            return Err(Remark::error(
                FindingCode::FormatUnsupported,
                "The file is an .xls workbook older than 1997, which is not read.",
                "Open it in a spreadsheet program, save it as .xlsx, and import that.",
            ));
        }
        let mut book = Self {
            strings: Strings::default(),
            styles: Vec::new(),
            formats: Vec::new(),
            of_1904: false,
            sheets: Vec::new(),
            stream: Vec::new(),
        };
        book.read_globals(&stream)?;
        book.stream = stream;
        Ok(book)
    }

    fn read_globals(&mut self, stream: &[u8]) -> Result<(), Remark> {
        let mut shared: Vec<&[u8]> = Vec::new();
        let mut in_shared = false;
        for record in records(stream, 0) {
            in_shared &= record.kind == 0x003c;
            match record.kind {
                0x000a => break,
                0x002f => return Err(encrypted()),
                0x0022 => self.of_1904 = two(record.data, 0) == Some(1),
                0x041e => self.add_format(record.data),
                0x00e0 => self.styles.push(two(record.data, 2).unwrap_or(0)),
                0x0085 => self.add_sheet(record.data),
                0x00fc => (in_shared, shared) = (true, vec![record.data]),
                0x003c if in_shared => shared.push(record.data),
                _ => {}
            }
        }
        self.strings = Strings::shared(&shared).ok_or_else(damaged)?;
        Ok(())
    }

    fn add_format(&mut self, data: &[u8]) {
        let code = data.get(2..).and_then(|rest| Strings::one(rest, 2));
        self.formats.extend(two(data, 0).zip(code));
    }

    /// Visible sheets of cells; charts, macros and hidden sheets are none.
    fn add_sheet(&mut self, data: &[u8]) {
        let visible = data.get(4).is_some_and(|state| state & 3 == 0) && data.get(5) == Some(&0);
        let name = data.get(6..).and_then(|rest| Strings::one(rest, 1));
        let start = four(data, 0).and_then(|start| usize::try_from(start).ok());
        if let (true, Some(name), Some(start)) = (visible, name, start) {
            self.sheets.push(Sheet { name, start });
        }
    }

    /// The cells of a sheet, sorted.
    ///
    /// # Errors
    /// Damaged, or more cells than a roster can have.
    pub fn grid(&self, sheet: &Sheet) -> Result<Grid, Remark> {
        let mut grid = Grid::default();
        let mut ended = false;
        for record in records(&self.stream, sheet.start) {
            grid.add(&record);
            if grid.cells.len() > CELLS {
                return Err(Remark::error(
                    FindingCode::FileTooLarge,
                    format!("The sheet has more than {CELLS} cells."),
                    "Copy the rows of the roster into a new workbook.",
                ));
            }
            if record.kind == 0x000a {
                ended = true;
                break;
            }
        }
        if !ended {
            return Err(damaged());
        }
        grid.cells.sort_by_key(|(row, column, ..)| (*row, *column));
        grid.cells.dedup_by_key(|(row, column, ..)| (*row, *column));
        Ok(grid)
    }

    /// Calls `take` with row, column and cell, in order, until it says no more.
    pub fn each(&self, grid: &Grid, limits: &Limits, mut take: impl FnMut(u32, usize, Cell) -> bool) {
        for (row, column, style, held) in &grid.cells {
            let cell = self.cell(*style, held, limits);
            if !take(u32::from(*row), usize::from(*column), cell) {
                return;
            }
        }
    }

    fn cell(&self, style: u16, held: &Held, limits: &Limits) -> Cell {
        match *held {
            Held::Shared(index) => {
                self.strings.get(index).map_or(Cell::Blank, |text| Cell::of_text(text, limits.cell_chars))
            }
            Held::Text(at, length) => {
                let raw = self.stream.get(at..at.saturating_add(length));
                raw.and_then(|raw| Strings::one(raw, 2))
                    .map_or(Cell::Blank, |text| Cell::of_text(&text, limits.cell_chars))
            }
            Held::Truth(truth) => Cell::Text(if truth { "TRUE" } else { "FALSE" }.to_owned()),
            Held::Fault(code) => Cell::Fault(fault(code).to_owned()),
            Held::Number(number) => match self.shown(style) {
                Some(shown) => calendar::day(number, self.of_1904, shown),
                None => Cell::Number(number),
            },
        }
    }

    /// What the style shows of a day; `None` for the style of a number.
    fn shown(&self, style: u16) -> Option<Shown> {
        let format = *self.styles.get(usize::from(style))?;
        let code = self.formats.iter().find(|(number, _)| *number == format).map(|(_, code)| code.as_str());
        let id = u32::from(format);
        calendar::is_date(id, code).then(|| calendar::shown(code.is_none().then_some(id), code.unwrap_or_default()))
    }
}

impl Grid {
    /// Takes over what a record says; one that is too short says nothing.
    fn add(&mut self, record: &Record<'_>) -> Option<()> {
        let data = record.data;
        let (row, column, style) = (two(data, 0)?, two(data, 2)?, two(data, 4).unwrap_or(0));
        let mut put = |held| self.cells.push((row, column, style, held));
        match record.kind {
            0x00fd => put(Held::Shared(four(data, 6)?)),
            0x0204 | 0x00d6 => put(Held::Text(record.at.checked_add(6)?, data.len().checked_sub(6)?)),
            0x027e => put(Held::Number(packed(four(data, 6)?))),
            0x0203 => put(Held::Number(f64::from_bits(eight(data, 6)?))),
            0x0205 if data.get(7) == Some(&1) => put(Held::Fault(*data.get(6)?)),
            0x0205 => put(Held::Truth(data.get(6) == Some(&1))),
            0x0006 => put(result(data)?),
            // The text of the formula before it.
            0x0207 => {
                let last = self.cells.last_mut()?;
                last.3 = Held::Text(record.at, data.len());
            }
            0x00bd => {
                for (index, one) in data.get(4..data.len().checked_sub(2)?)?.chunks_exact(6).enumerate() {
                    let column = column.checked_add(u16::try_from(index).ok()?)?;
                    self.cells.push((row, column, two(one, 0)?, Held::Number(packed(four(one, 2)?))));
                }
            }
            0x00e5 => self.ranges.extend(data.get(2..)?.chunks_exact(8).filter_map(range)),
            _ => {}
        }
        Some(())
    }
}

fn range(raw: &[u8]) -> Option<Range> {
    let line = |at| Some(u32::from(two(raw, at)?) + 1);
    Some(Range { first: line(0)?, last: line(2)?, column: usize::from(two(raw, 4)?) })
}

/// The result that a formula's record holds; a text follows in a record of its own.
fn result(data: &[u8]) -> Option<Held> {
    if two(data, 12)? != 0xffff {
        return Some(Held::Number(f64::from_bits(eight(data, 6)?)));
    }
    Some(match data.get(6)? {
        1 => Held::Truth(data.get(8) == Some(&1)),
        2 => Held::Fault(*data.get(8)?),
        // Until the text comes: nothing.
        _ => Held::Text(0, 0),
    })
}

/// A number in thirty bits: the upper part of a double or an integer, perhaps in hundredths.
fn packed(raw: u32) -> f64 {
    let number = if raw & 2 == 0 {
        f64::from_bits(u64::from(raw & 0xffff_fffc) << 32)
    } else {
        f64::from(raw.cast_signed() >> 2)
    };
    if raw & 1 == 0 { number } else { number / 100.0 }
}

fn fault(code: u8) -> &'static str {
    match code {
        0x00 => "#NULL!",
        0x07 => "#DIV/0!",
        0x0f => "#VALUE!",
        0x17 => "#REF!",
        0x1d => "#NAME?",
        0x24 => "#NUM!",
        0x2a => "#N/A",
        _ => "an error",
    }
}

fn no_workbook() -> Remark {
    Remark::error(
        FindingCode::FormatUnsupported,
        "The file is a document of the old form and no .xls workbook.",
        "Open it in a spreadsheet program, save it as .xlsx, and import that.",
    )
}
