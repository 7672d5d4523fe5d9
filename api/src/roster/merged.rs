//! Merged cells: the value of the topmost cell, which alone holds it, on each line below.
//!
//! A roster merges 单位 over the people of a unit, and headers over two levels. A range that spans columns gives its
//! value to the first of them only: a title is no value.

use std::{collections::BTreeMap, ops::ControlFlow};

use super::{
    finding::Finding,
    sheet::{Cell, Line, LineSink},
};

/// So many ranges are looked at; a roster merges no more.
const RANGES: usize = 100_000;

/// Cells of one column that are merged over several lines.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Range {
    /// The first line, from 1.
    pub first: u32,
    /// The last line.
    pub last: u32,
    /// The column, from 0.
    pub column: usize,
}

/// Passes lines on, merged cells filled.
pub struct Merged<'a> {
    /// Later ones first.
    ranges: Vec<Range>,
    open: BTreeMap<usize, (u32, Cell)>,
    inner: &'a mut dyn LineSink,
}

impl<'a> Merged<'a> {
    /// Fills the cells of these ranges on the way to `inner`.
    pub fn new(mut ranges: Vec<Range>, inner: &'a mut dyn LineSink) -> Self {
        ranges.retain(|it| it.last > it.first);
        ranges.truncate(RANGES);
        ranges.sort_by_key(|it| std::cmp::Reverse(it.first));
        Self { ranges, open: BTreeMap::new(), inner }
    }
}

impl LineSink for Merged<'_> {
    fn take(&mut self, mut line: Line) -> ControlFlow<()> {
        self.open.retain(|_, (last, _)| *last >= line.number);
        for (column, (_, cell)) in &self.open {
            if *line.cell(*column) == Cell::Blank {
                line.inherit(*column, cell.clone());
            }
        }
        while let Some(range) = self.ranges.pop_if(|it| it.first <= line.number) {
            let cell = line.cell(range.column);
            if range.first == line.number && *cell != Cell::Blank {
                self.open.insert(range.column, (range.last, cell.clone()));
            }
        }
        self.inner.take(line)
    }

    fn note(&mut self, finding: Finding) {
        self.inner.note(finding);
    }
}
