//! The cells of a row as they stand in the file, under their headers: what is kept sealed beside the typed record.

use std::sync::Arc;

use super::{
    columns::Columns,
    sheet::{Cell, Line},
};

/// The headers of a file, shared by all its rows.
pub type Headers = Arc<[(usize, String)]>;

/// The headers of these columns.
pub fn headers(columns: &Columns) -> Headers {
    columns.heads.iter().map(|it| (it.index, it.text.clone())).collect()
}

/// The raw cells of one row. One text for all of them: a roster has millions.
#[derive(Clone, PartialEq, Eq)]
pub struct RawCells {
    headers: Headers,
    text: Box<str>,
    /// The place of the header, and where the cell's text ends.
    ends: Box<[(u32, u32)]>,
    /// The whole file instead, where it is about one person.
    file: Option<Arc<[u8]>>,
}

impl RawCells {
    /// The cells of a line that have a header and a text.
    pub fn of(line: &Line, headers: &Headers) -> Self {
        let (mut text, mut ends) = (String::new(), Vec::new());
        for (place, (index, _)) in headers.iter().enumerate() {
            let cell = line.cell(*index);
            if *cell == Cell::Blank {
                continue;
            }
            text.push_str(&cell.as_text());
            ends.extend(u32::try_from(place).ok().zip(u32::try_from(text.len()).ok()));
        }
        Self { headers: Arc::clone(headers), text: text.into(), ends: ends.into(), file: None }
    }

    /// A file about one person, whole.
    pub fn whole(bytes: Vec<u8>) -> Self {
        Self { headers: Arc::default(), text: Box::default(), ends: Box::default(), file: Some(bytes.into()) }
    }

    /// What is sealed of it: the file, or header and text of each cell as JSON.
    ///
    /// # Errors
    /// Never; a list of texts is JSON.
    pub fn content(&self) -> serde_json::Result<Vec<u8>> {
        match &self.file {
            Some(bytes) => Ok(bytes.to_vec()),
            None => serde_json::to_vec(&self.iter().collect::<Vec<_>>()),
        }
    }

    /// Header and text of each cell, in the order of the columns.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &str)> {
        let mut from = 0;
        self.ends.iter().filter_map(move |(place, end)| {
            let end = usize::try_from(*end).ok()?;
            let text = self.text.get(from..end)?;
            from = end;
            let (_, header) = self.headers.get(usize::try_from(*place).ok()?)?;
            Some((header.as_str(), text))
        })
    }

    /// Bytes of all texts.
    pub fn bytes(&self) -> u64 {
        u64::try_from(self.text.len()).unwrap_or(u64::MAX)
    }
}

/// Without the texts, among which is the identity number.
impl std::fmt::Debug for RawCells {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(out, "RawCells({} hidden)", self.ends.len())
    }
}
