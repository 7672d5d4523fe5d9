//! A roster file becomes rows and a report. Pure: no database, no clock, no network.
//!
//! The order: size, kind by content, proof of the archive, header, one line after the other. Memory is bounded by the
//! `Limits`, never by what a file says of itself. Lines come one at a time (see `sheet`); those above the header and
//! its second level are held back here until it is clear what they are.

use std::{ops::ControlFlow, path::Path};

use chrono::NaiveDate;

use super::{
    columns::{Columns, no_header},
    delimited,
    duplicate::Seen,
    fields::Field,
    file::{self, Format},
    finding::{Finding, FindingCode, Remark, Severity},
    footer::{self, Footer},
    header::{self, HEAD_LINES},
    limits::Limits,
    raw::{self, Headers},
    report::Report,
    row::{RosterRow, person},
    sheet::{Line, LineSink, letters},
    workbook,
};

/// What a roster file holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The rows without an error, in the order of the file. Empty where the file was not read to its end.
    pub rows: Vec<RosterRow>,
    /// What was found. `report.errors == 0` means that `rows` is everything.
    pub report: Report,
    /// Whether the file as a whole was refused or left before its end: `rows` is empty then.
    pub broken: bool,
}

/// Reads a roster file from the disk. A file beyond the limit is refused by its size, unread.
///
/// `today` bounds dates. Nothing is returned as an error: what is wrong is added to `report`, which comes back inside.
pub fn read_file(path: &Path, limits: &Limits, today: NaiveDate, report: Report) -> Reading {
    match file::content(path, limits) {
        Ok(bytes) => read_into(&bytes, limits, today, report),
        Err(remark) => refusal(remark.in_file(), report),
    }
}

/// Reads a roster from memory, for uploads. Takes seconds for a large file: call it where it may block.
pub fn read(bytes: &[u8], limits: &Limits, today: NaiveDate) -> Reading {
    read_into(bytes, limits, today, Report::default())
}

fn read_into(bytes: &[u8], limits: &Limits, today: NaiveDate, report: Report) -> Reading {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let format = match file::within(size, limits).and_then(|()| file::format(bytes, limits)) {
        Ok(format) => format,
        Err(remark) => return refusal(remark.in_file(), report),
    };
    let mut roster = Roster::new(limits, today, report);
    let read = match format {
        Format::Workbook => workbook::lines(bytes, limits, &mut roster).map_err(Remark::in_file),
        Format::Binary => workbook::binary_lines(bytes, limits, &mut roster).map_err(Remark::in_file),
        Format::Delimited => delimited::lines(bytes, limits, &mut roster),
    };
    if let Err(finding) = read {
        roster.note(finding);
    }
    roster.end()
}

fn refusal(finding: Finding, mut report: Report) -> Reading {
    report.add(finding);
    Reading { rows: Vec::new(), report, broken: true }
}

/// Where in the file the reading is.
enum At {
    /// Above the header; these lines were not it.
    Above(Vec<Line>),
    /// Below a header that may have a second level; with the line of groups above it.
    Header(Line, Option<Line>),
    /// Among the people.
    People(Columns, Headers),
    /// Nothing more is wanted.
    Over,
}

/// The reading so far.
struct Roster<'a> {
    limits: &'a Limits,
    today: NaiveDate,
    at: At,
    seen: Seen,
    rows: Vec<RosterRow>,
    report: Report,
    kept_bytes: u64,
    /// Whether the file was left before its end.
    broken: bool,
    unnamed_told: bool,
    in_notes: bool,
}

impl<'a> Roster<'a> {
    fn new(limits: &'a Limits, today: NaiveDate, report: Report) -> Self {
        Self {
            limits,
            today,
            at: At::Above(Vec::new()),
            seen: Seen::default(),
            rows: Vec::new(),
            report,
            kept_bytes: 0,
            broken: false,
            unnamed_told: false,
            in_notes: false,
        }
    }

    fn above(&mut self, mut held: Vec<Line>, line: Line) -> ControlFlow<()> {
        if header::is_header(&line) {
            let groups = held.pop().filter(|above| header::is_group_line(above, &line));
            self.at = At::Header(line, groups);
            return ControlFlow::Continue(());
        }
        held.push(line);
        if held.len() >= HEAD_LINES {
            return self.without_header(held);
        }
        self.at = At::Above(held);
        ControlFlow::Continue(())
    }

    /// No line says 姓名: the one that knows most other headers lacks that column, or there is no header at all.
    fn without_header(&mut self, held: Vec<Line>) -> ControlFlow<()> {
        let best = held.iter().rev().max_by_key(|line| header::known_cells(line));
        match (best.filter(|line| header::known_cells(line) > 0), held.first()) {
            (Some(line), _) => {
                if self.columns(line.number, header::single(line)).is_some() {
                    self.broken = true;
                }
            }
            (None, Some(first)) => self.note(no_header(first).on_line(first.number)),
            (None, None) => {}
        }
        ControlFlow::Break(())
    }

    fn columns(&mut self, line: u32, heads: Vec<header::Head>) -> Option<Columns> {
        let mut notes = Vec::new();
        let found = Columns::of(line, heads, &mut notes);
        notes.into_iter().for_each(|note| self.report.add(note));
        found.map_err(|errors| errors.into_iter().for_each(|error| self.note(error))).ok()
    }

    /// Below the header: its second level, or the first person.
    fn below(&mut self, header: &Line, groups: Option<&Line>, line: Option<Line>) -> ControlFlow<()> {
        let second = line.as_ref().filter(|line| groups.is_none() && header::is_second_level(header, line));
        let heads = match (groups, second) {
            (Some(groups), _) => header::joined(groups, header),
            (None, Some(second)) => header::joined(header, second),
            (None, None) => header::single(header),
        };
        let levels = second.is_some();
        let Some(columns) = self.columns(header.number, heads) else { return ControlFlow::Break(()) };
        let headers = raw::headers(&columns);
        let flow = match line {
            Some(line) if !levels => self.body(&line, &columns, &headers),
            _ => ControlFlow::Continue(()),
        };
        self.at = At::People(columns, headers);
        flow
    }

    /// Reads a line below the header.
    fn body(&mut self, line: &Line, columns: &Columns, headers: &Headers) -> ControlFlow<()> {
        if self.passes_over(line, columns) {
            return ControlFlow::Continue(());
        }
        if self.report.rows >= self.limits.rows {
            self.note(self.too_many_rows().on_line(line.number));
            return ControlFlow::Break(());
        }
        self.report.rows += 1;
        if let Some(column) = columns.unnamed(line).filter(|_| !self.unnamed_told) {
            self.unnamed_told = true;
            self.report.add(without_header(column).on_line(line.number));
        }
        let Some(person) = person(line, columns, headers, self.today, &mut self.report) else {
            return ControlFlow::Continue(());
        };
        let mut refused = person.refused;
        if let Some(remark) = self.seen.note(&person.row) {
            refused |= remark.severity == Severity::Error;
            let field = match remark.code {
                FindingCode::IdentityNumberTwice => Field::IdentityNumber,
                _ => Field::Name,
            };
            let header = columns.place(field).map_or("", |place| &place.header);
            self.report.add(remark.at(line.number, header));
        }
        self.kept_bytes = self.kept_bytes.saturating_add(person.row.raw.bytes());
        if self.kept_bytes > self.limits.kept_bytes {
            self.note(self.too_much_text().on_line(line.number));
            return ControlFlow::Break(());
        }
        if !refused {
            self.rows.push(person.row);
        }
        ControlFlow::Continue(())
    }

    /// Whether the line holds no person: a repeated header, a footer, a running number, nothing that is read.
    fn passes_over(&mut self, line: &Line, columns: &Columns) -> bool {
        if columns.repeated(line) || columns.only_numbers(line) {
            return true;
        }
        let footer = footer::footer(line);
        self.in_notes = footer == Some(Footer::Note) || (self.in_notes && footer::is_single(line));
        if footer.is_some() || self.in_notes || !columns.reads(line) {
            self.report.add(nothing_to_read().on_line(line.number));
            return true;
        }
        let name = columns.place(Field::Name).filter(|place| line.inherits(place.index));
        if let Some(place) = name {
            self.report.add(further_line().at(line.number, &place.header));
        }
        name.is_some()
    }

    fn too_many_rows(&self) -> Remark {
        Remark::error(
            FindingCode::TooManyRows,
            format!("The file has more than {} rows. Reading stopped here.", self.limits.rows),
            "Split the roster by unit.",
        )
    }

    fn too_much_text(&self) -> Remark {
        Remark::error(
            FindingCode::FileTooLarge,
            format!("The rows hold more than {} MiB of text. Reading stopped here.", self.limits.kept_bytes >> 20),
            "Split the roster by unit.",
        )
    }

    fn end(mut self) -> Reading {
        // The file may have ended above or right below its header.
        let _: ControlFlow<()> = match std::mem::replace(&mut self.at, At::Over) {
            At::Above(held) => self.without_header(held),
            At::Header(header, groups) => self.below(&header, groups.as_ref(), None),
            at => {
                self.at = at;
                ControlFlow::Continue(())
            }
        };
        if self.report.errors == 0 && self.report.rows == 0 {
            let message = match self.at {
                At::People(..) => "The file has a header and no row below it.",
                _ => "The file is empty.",
            };
            let remark = Remark::error(FindingCode::FileEmpty, message, "Choose the file that holds the roster.");
            self.note(remark.in_file());
        }
        if self.broken {
            self.rows.clear();
        }
        Reading { rows: self.rows, report: self.report, broken: self.broken }
    }
}

impl LineSink for Roster<'_> {
    fn take(&mut self, line: Line) -> ControlFlow<()> {
        match std::mem::replace(&mut self.at, At::Over) {
            At::Above(held) => self.above(held, line),
            At::Header(header, groups) => self.below(&header, groups.as_ref(), Some(line)),
            At::People(columns, headers) => {
                let flow = self.body(&line, &columns, &headers);
                self.at = At::People(columns, headers);
                flow
            }
            At::Over => ControlFlow::Break(()),
        }
    }

    fn note(&mut self, finding: Finding) {
        self.broken |= finding.severity == Severity::Error;
        self.report.add(finding);
    }
}

fn further_line() -> Remark {
    Remark::warning(
        FindingCode::LineNotRead,
        "The line belongs to the person above, whose merged name covers it; only the first line of a person is read.",
        "Put what it says into the columns of the first line.",
    )
}

fn nothing_to_read() -> Remark {
    Remark::hint(
        FindingCode::LineNotRead,
        "The line has no value in any column that is read, and was passed over.",
        "If it is a note or a footer, leave it; if it is a person, write the name.",
    )
}

fn without_header(column: usize) -> Remark {
    Remark::hint(
        FindingCode::ColumnNotRead,
        format!("The column {} has values and no header, and is not read.", letters(column)),
        "If it is needed, give it one of the known headers; else leave it.",
    )
}

#[cfg(test)]
mod delimited_tests;
#[cfg(test)]
mod messy_books;
#[cfg(test)]
pub mod messy_tests;
#[cfg(test)]
mod workbook_tests;
