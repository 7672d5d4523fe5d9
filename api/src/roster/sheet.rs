//! A sheet as lines of cells, whatever kind of file it came from.
//!
//! Lines are pushed one at a time into a `LineSink`, so a file is never held as a table. Whoever needs several lines
//! at once (headers of two levels) keeps them in the sink.

use std::ops::ControlFlow;

use entity::partial_date::PartialDate;

use super::{
    finding::{Finding, FindingCode, Remark},
    limits::Limits,
    text,
};

/// What stands in a cell.
#[derive(Clone, Debug, PartialEq)]
pub enum Cell {
    /// Nothing, or nothing that can be seen.
    Blank,
    /// Text that is known to have been entered as text.
    Text(String),
    /// A field of a text file: whether a spreadsheet held it as text or as a number is unknown.
    Untyped(String),
    /// A number.
    Number(f64),
    /// A date cell, as far as its format shows it.
    Date(PartialDate),
    /// A cell without a value: the error of a formula (`#REF!`), or what is wrong with its date.
    Fault(String),
    /// Text of more characters than the limit; not kept.
    TooLong,
}

impl Cell {
    /// The cell of a text.
    pub fn of_text(text: &str, limit_chars: u32) -> Self {
        Self::bounded(text, limit_chars, Self::Text)
    }

    /// The cell of a field of a text file.
    pub fn of_field(text: &str, limit_chars: u32) -> Self {
        Self::bounded(text, limit_chars, Self::Untyped)
    }

    fn bounded(value: &str, limit_chars: u32, build: fn(String) -> Self) -> Self {
        let limit = usize::try_from(limit_chars).unwrap_or(usize::MAX);
        if value.len() > limit && value.chars().nth(limit).is_some() {
            Self::TooLong
        } else if text::is_blank(value) {
            Self::Blank
        } else {
            build(value.to_owned())
        }
    }

    /// The cell as text: numbers without a fraction as digits, dates as `1988-05-13`; empty where there is no value.
    pub fn as_text(&self) -> String {
        match self {
            Self::Text(text) | Self::Untyped(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Date(date) => String::from(*date),
            Self::Blank | Self::Fault(_) | Self::TooLong => String::new(),
        }
    }
}

/// One line of a sheet.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Line {
    /// The row number as the spreadsheet shows it, or the line of a text file, from 1.
    pub number: u32,
    cells: Vec<Cell>,
    /// Columns whose value stands in a merged cell that begins on an earlier line.
    inherited: Vec<usize>,
}

impl Line {
    /// An empty line.
    pub fn at(number: u32) -> Self {
        Self { number, cells: Vec::new(), inherited: Vec::new() }
    }

    /// Puts a cell into a column, counted from 0. The caller bounds the column.
    pub fn put(&mut self, column: usize, cell: Cell) {
        if self.cells.len() <= column {
            self.cells.resize(column + 1, Cell::Blank);
        }
        if let Some(place) = self.cells.get_mut(column) {
            *place = cell;
        }
    }

    /// Puts the value of a merged cell that begins on an earlier line.
    pub fn inherit(&mut self, column: usize, cell: Cell) {
        self.put(column, cell);
        self.inherited.push(column);
    }

    /// Whether the value of a column comes from an earlier line.
    pub fn inherits(&self, column: usize) -> bool {
        self.inherited.contains(&column)
    }

    /// Columns up to the last that was put.
    pub fn width(&self) -> usize {
        self.cells.len()
    }

    /// The cell of a column, counted from 0; blank beyond the last.
    pub fn cell(&self, column: usize) -> &Cell {
        self.cells.get(column).unwrap_or(&Cell::Blank)
    }

    /// The cells that are not blank, with their columns.
    pub fn filled(&self) -> impl Iterator<Item = (usize, &Cell)> {
        self.cells.iter().enumerate().filter(|(_, cell)| **cell != Cell::Blank)
    }

    /// Whether no cell holds anything.
    pub fn is_blank(&self) -> bool {
        self.filled().next().is_none()
    }
}

/// Who takes the lines of a sheet.
pub trait LineSink {
    /// Takes the next line that is not blank. `Break` ends the reading.
    fn take(&mut self, line: Line) -> ControlFlow<()>;

    /// Takes a finding of the reading itself, which goes on.
    fn note(&mut self, finding: Finding);
}

/// A column as the spreadsheet names it: 0 is A, 26 is AA.
pub fn letters(column: usize) -> String {
    let mut left = column + 1;
    let mut reversed = Vec::new();
    while left > 0 {
        let digit = u8::try_from((left - 1) % 26).unwrap_or(0);
        reversed.push(char::from(b'A' + digit));
        left = (left - 1) / 26;
    }
    reversed.iter().rev().collect()
}

/// The remark about a value to the right of the last column that may be used.
pub fn too_wide(column: usize, limits: &Limits) -> Remark {
    Remark::error(
        FindingCode::TooManyColumns,
        format!("There is a value in column {}; at most {} columns are read.", letters(column), limits.columns),
        "Remove the columns that do not belong to the roster. Reading stopped here.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_have_the_letters_of_the_spreadsheet() {
        for (column, name) in [(0, "A"), (25, "Z"), (26, "AA"), (99, "CV"), (701, "ZZ"), (702, "AAA")] {
            assert_eq!(letters(column), name);
        }
    }

    #[test]
    fn long_texts_are_not_kept() {
        assert_eq!(Cell::of_text("一二三", 3), Cell::Text("一二三".to_owned()));
        assert_eq!(Cell::of_text("一二三四", 3), Cell::TooLong);
        assert_eq!(Cell::of_field(" \u{3000}", 3), Cell::Blank);
        assert_eq!(Cell::Number(13_800_138_000.0).as_text(), "13800138000");
    }
}
