//! A roster file becomes rows and a report. Pure: no database, no clock, no network.
//!
//! The order: size, kind by content, proof of the archive, header, one line after the other. Memory is bounded by the
//! `Limits`, never by what a file says of itself. Lines come one at a time (see `sheet`); title rows, headers of two
//! levels and footers will be held back and told apart in `Roster::take`, merged cells filled in `workbook`, and `.xls`
//! will be one more source of lines.

use std::{ops::ControlFlow, path::Path};

use chrono::NaiveDate;

use super::{
    columns::{Columns, Field},
    delimited,
    duplicate::Seen,
    file::{self, Format},
    finding::{Finding, FindingCode, Remark, Severity},
    limits::Limits,
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
}

/// Reads a roster file from the disk. A file beyond the limit is refused by its size, unread.
///
/// `today` bounds birth dates. Nothing is returned as an error: what is wrong stands in the report.
pub fn read_file(path: &Path, limits: &Limits, today: NaiveDate) -> Reading {
    match file::content(path, limits) {
        Ok(bytes) => read(&bytes, limits, today),
        Err(remark) => refusal(remark.in_file()),
    }
}

/// Reads a roster from memory, for uploads; else as `read_file`. Takes seconds for a large file: call it where it may
/// block.
pub fn read(bytes: &[u8], limits: &Limits, today: NaiveDate) -> Reading {
    let size = u64::try_from(bytes.len()).unwrap_or(u64::MAX);
    let format = match file::within(size, limits).and_then(|()| file::format(bytes, limits)) {
        Ok(format) => format,
        Err(remark) => return refusal(remark.in_file()),
    };
    let mut roster = Roster::new(limits, today);
    let read = match format {
        Format::Workbook => workbook::lines(bytes, limits, &mut roster).map_err(Remark::in_file),
        Format::Delimited => delimited::lines(bytes, limits, &mut roster),
    };
    if let Err(finding) = read {
        roster.note(finding);
    }
    roster.end()
}

fn refusal(finding: Finding) -> Reading {
    let mut report = Report::default();
    report.add(finding);
    Reading { rows: Vec::new(), report }
}

/// The reading so far.
struct Roster<'a> {
    limits: &'a Limits,
    today: NaiveDate,
    columns: Option<Columns>,
    seen: Seen,
    rows: Vec<RosterRow>,
    report: Report,
    /// Whether the file was left before its end.
    broken: bool,
    unnamed_told: bool,
}

impl<'a> Roster<'a> {
    fn new(limits: &'a Limits, today: NaiveDate) -> Self {
        Self {
            limits,
            today,
            columns: None,
            seen: Seen::default(),
            rows: Vec::new(),
            report: Report::default(),
            broken: false,
            unnamed_told: false,
        }
    }

    fn header(&mut self, line: &Line) -> ControlFlow<()> {
        let mut notes = Vec::new();
        let found = Columns::find(line, &mut notes);
        notes.into_iter().for_each(|note| self.report.add(note));
        match found {
            Ok(columns) => {
                self.columns = Some(columns);
                ControlFlow::Continue(())
            }
            Err(errors) => {
                errors.into_iter().for_each(|error| self.note(error));
                ControlFlow::Break(())
            }
        }
    }

    /// Reads a line below the header. The caller has put the columns aside.
    fn body(&mut self, line: &Line, columns: &Columns) -> ControlFlow<()> {
        if !columns.reads(line) {
            if !columns.only_numbers(line) {
                self.report.add(nothing_to_read().on_line(line.number));
            }
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
        let Some(person) = person(line, columns, self.today, &mut self.report) else {
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
        if !refused {
            self.rows.push(person.row);
        }
        ControlFlow::Continue(())
    }

    fn too_many_rows(&self) -> Remark {
        Remark::error(
            FindingCode::TooManyRows,
            format!("The file has more than {} rows. Reading stopped here.", self.limits.rows),
            "Split the roster by unit.",
        )
    }

    fn end(mut self) -> Reading {
        if self.report.errors == 0 && self.report.rows == 0 {
            let message = match self.columns {
                None => "The file is empty.",
                Some(_) => "The file has a header and no row below it.",
            };
            let remark = Remark::error(FindingCode::FileEmpty, message, "Choose the file that holds the roster.");
            self.report.add(remark.in_file());
        }
        if self.broken {
            self.rows.clear();
        }
        Reading { rows: self.rows, report: self.report }
    }
}

impl LineSink for Roster<'_> {
    fn take(&mut self, line: Line) -> ControlFlow<()> {
        let Some(columns) = self.columns.take() else { return self.header(&line) };
        let flow = self.body(&line, &columns);
        self.columns = Some(columns);
        flow
    }

    fn note(&mut self, finding: Finding) {
        self.broken |= finding.severity == Severity::Error;
        self.report.add(finding);
    }
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
mod workbook_tests;
