//! Every finding of a reading as a file of separated values, written while the reading goes on.
//!
//! The report keeps the first findings of each kind, because a file with a million of them must not fill the memory;
//! who mends the file wants all of them.

use std::{
    io::Write,
    path::Path,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::{finding::Finding, text::neutral};

/// The mark by which spreadsheets in China know UTF-8.
const MARK: &[u8] = b"\xef\xbb\xbf";

/// A file that takes every finding.
#[derive(Clone)]
pub struct Listing {
    inner: Arc<Mutex<Inner>>,
}

struct Inner {
    writer: csv::Writer<Box<dyn Write + Send>>,
    /// What went wrong first.
    broken: Option<String>,
}

impl Listing {
    /// Makes the file, which must not exist yet or may be written over.
    ///
    /// # Errors
    /// What stands in the way, in words.
    pub fn create(path: &Path) -> Result<Self, String> {
        let why = |cause: std::io::Error| format!("can't write {}: {cause}", path.display());
        let file = std::fs::File::create(path).map_err(why)?;
        Self::to(Box::new(std::io::BufWriter::new(file))).map_err(why)
    }

    fn to(mut out: Box<dyn Write + Send>) -> std::io::Result<Self> {
        out.write_all(MARK)?;
        let mut writer = csv::Writer::from_writer(out);
        writer.write_record(["severity", "line", "column", "code", "message", "remedy"])?;
        Ok(Self { inner: Arc::new(Mutex::new(Inner { writer, broken: None })) })
    }

    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Writes a finding. Cells that a spreadsheet would run get an apostrophe.
    pub fn add(&self, finding: &Finding) {
        let mut inner = self.lock();
        let line = finding.line.map(|line| line.to_string()).unwrap_or_default();
        let column = finding.column.as_deref().unwrap_or_default();
        let texts = [finding.severity.text(), &line, column, finding.code.text(), &finding.message, &finding.remedy];
        let written = inner.writer.write_record(texts.map(|text| neutral(text).into_owned()));
        if let Err(cause) = written {
            inner.broken.get_or_insert(cause.to_string());
        }
    }

    /// Brings everything to the disk.
    ///
    /// # Errors
    /// What went wrong first, in words.
    pub fn finish(&self) -> Result<(), String> {
        let mut inner = self.lock();
        let flushed = inner.writer.flush().map_err(|cause| cause.to_string());
        inner.broken.take().map_or(flushed, Err)
    }
}

impl std::fmt::Debug for Listing {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.write_str("Listing")
    }
}

/// Where findings are written is no part of what they say.
impl PartialEq for Listing {
    fn eq(&self, _: &Self) -> bool {
        true
    }
}

impl Eq for Listing {}
