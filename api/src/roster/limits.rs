//! How much of a file is read before it is refused.

use crate::config::Rosters;

/// The limits of one reading. They bound the memory: an upload is hostile until it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of the file, in bytes.
    pub file_bytes: u64,
    /// Size of all parts of a workbook together once inflated, in bytes. The worst workbook known, one text of that
    /// size, takes three times as much memory; an honest roster of 50,000 rows takes 45 MiB.
    pub inflated_bytes: u64,
    /// Rows below the header that hold anything.
    pub rows: u32,
    /// Columns, counted from the left edge of the sheet.
    pub columns: u32,
    /// Characters of a cell in a column that is read.
    pub cell_chars: u32,
    /// Bytes of the texts of all rows together: one text of a workbook may stand in a million cells.
    pub kept_bytes: u64,
}

impl From<Rosters> for Limits {
    fn from(set: Rosters) -> Self {
        let count = |value: u64| u32::try_from(value).unwrap_or(u32::MAX);
        Self {
            file_bytes: set.file_bytes,
            inflated_bytes: set.inflated_bytes,
            rows: count(set.rows),
            columns: count(set.columns),
            ..Self::default()
        }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            file_bytes: 64 << 20,
            inflated_bytes: 256 << 20,
            rows: 50_000,
            columns: 100,
            cell_chars: 4_096,
            kept_bytes: 256 << 20,
        }
    }
}
