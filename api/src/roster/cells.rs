//! The cells of one line by field, and where to say what is wrong with them.

use super::{
    columns::Columns,
    fields::Field,
    finding::{FindingCode, Remark, Severity},
    report::Report,
    sheet::{Cell, Line},
    text::{clean, is_blank},
    value::Value,
};

/// The cells of one line.
pub struct Cells<'a> {
    line: &'a Line,
    columns: &'a Columns,
    report: &'a mut Report,
    /// Whether an error of the line keeps the row out.
    pub refused: bool,
}

impl<'a> Cells<'a> {
    /// The cells of a line; what is wrong goes into the report.
    pub fn new(line: &'a Line, columns: &'a Columns, report: &'a mut Report) -> Self {
        Self { line, columns, report, refused: false }
    }

    /// The columns of the file.
    pub fn columns(&self) -> &'a Columns {
        self.columns
    }

    /// Reads the cell of a field, if the file has it.
    pub fn read<T>(&mut self, field: Field, reader: impl FnOnce(&Cell) -> Value<T>) -> Option<T> {
        let place = self.columns.place(field)?;
        self.read_at(place.index, &place.header, reader)
    }

    /// Reads the cell of a column.
    pub fn read_at<T>(&mut self, index: usize, header: &str, reader: impl FnOnce(&Cell) -> Value<T>) -> Option<T> {
        let line = self.line;
        let cell = line.cell(index);
        let value = match cell {
            Cell::Fault(why) => Value::Dropped(Remark::error(
                FindingCode::CellFault,
                format!("The cell holds {why} instead of a value."),
                "Replace the formula or date by its value.",
            )),
            Cell::TooLong => Value::Dropped(Remark::error(
                FindingCode::CellTooLong,
                "The cell holds more text than a cell of a roster may.",
                "Shorten it.",
            )),
            _ => match self.without_invisible(header, cell) {
                Some(cleaned) => reader(&cleaned),
                None => reader(cell),
            },
        };
        match value {
            Value::Absent => None,
            Value::Plain(value) => Some(value),
            Value::Doubtful(value, remark) => {
                self.say_at(header, remark);
                Some(value)
            }
            Value::Dropped(remark) => {
                self.say_at(header, remark);
                None
            }
        }
    }

    /// The text cell without what cannot be seen and without what only keeps it a text; `None` for other cells.
    fn without_invisible(&mut self, header: &str, cell: &Cell) -> Option<Cell> {
        let (Cell::Text(text) | Cell::Untyped(text)) = cell else { return None };
        let (cleaned, removed) = clean(text);
        if removed {
            let remark = Remark::hint(
                FindingCode::CharactersRemoved,
                "The cell holds control or invisible characters; they were removed.",
                "Nothing needs to be done; look at the cell if it was copied from another program.",
            );
            self.say_at(header, remark);
        }
        Some(match cell {
            _ if is_blank(&cleaned) => Cell::Blank,
            Cell::Untyped(_) => Cell::Untyped(cleaned),
            _ => Cell::Text(cleaned),
        })
    }

    /// Reports a remark at a field's column, or at the identity number where the file lacks that column.
    pub fn say(&mut self, field: Field, remark: Remark) {
        let place = self.columns.place(field).or_else(|| self.columns.place(Field::IdentityNumber));
        match place {
            Some(place) => self.say_at(&place.header, remark),
            None => {
                self.refused |= remark.severity == Severity::Error;
                self.report.add(remark.on_line(self.line.number));
            }
        }
    }

    fn say_at(&mut self, header: &str, remark: Remark) {
        self.refused |= remark.severity == Severity::Error;
        self.report.add(remark.at(self.line.number, header));
    }
}
