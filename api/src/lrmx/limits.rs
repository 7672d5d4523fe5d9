//! How much of a form file is read before it is refused.

use crate::config::Rosters;

/// The limits of one reading: an upload is hostile until it is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Limits {
    /// Size of one form, in bytes; a photo is most of it.
    pub form_bytes: u64,
    /// Size of a zip of forms, in bytes.
    pub file_bytes: u64,
    /// Size of all forms of a zip once inflated, in bytes.
    pub inflated_bytes: u64,
    /// Forms of a zip.
    pub forms: usize,
    /// Size of a photo, in bytes.
    pub photo_bytes: usize,
    /// Elements of a form.
    pub elements: usize,
    /// Elements inside each other.
    pub depth: usize,
}

impl From<Rosters> for Limits {
    fn from(set: Rosters) -> Self {
        Self { file_bytes: set.file_bytes, inflated_bytes: set.inflated_bytes, ..Self::default() }
    }
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            form_bytes: 8 << 20,
            file_bytes: 64 << 20,
            inflated_bytes: 256 << 20,
            forms: 2_000,
            photo_bytes: 2 << 20,
            elements: 5_000,
            depth: 8,
        }
    }
}
