//! A file from the disk or from an upload: its size first, then what it is by its content, never by its name.

use std::{fs::File, io::Read, path::Path};

use super::{
    archive::{self, Package},
    compound,
    finding::{FindingCode, Remark},
    limits::Limits,
};

/// A kind of file that is read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Format {
    /// An `.xlsx` workbook whose archive is proved.
    Workbook,
    /// An `.xls` workbook.
    Binary,
    /// Separated values.
    Delimited,
}

/// Reads a file, after its size was looked at.
///
/// # Errors
/// Not to be opened, no ordinary file, or larger than `limits.file_bytes`.
pub fn content(path: &Path, limits: &Limits) -> Result<Vec<u8>, Remark> {
    let unreadable = |why: String| {
        Remark::error(
            FindingCode::FileUnreadable,
            format!("The file cannot be read: {why}."),
            "Check its path and rights.",
        )
    };
    let known = std::fs::metadata(path).map_err(|error| unreadable(error.to_string()))?;
    if !known.is_file() {
        return Err(unreadable("it is no ordinary file".to_owned()));
    }
    within(known.len(), limits)?;
    let file = File::open(path).map_err(|error| unreadable(error.to_string()))?;
    let mut bytes = Vec::new();
    file.take(limits.file_bytes.saturating_add(1))
        .read_to_end(&mut bytes)
        .map_err(|error| unreadable(error.to_string()))?;
    within(u64::try_from(bytes.len()).unwrap_or(u64::MAX), limits)?;
    Ok(bytes)
}

/// Refuses a file of more bytes than the limit.
///
/// # Errors
/// Larger than `limits.file_bytes`.
pub fn within(bytes: u64, limits: &Limits) -> Result<(), Remark> {
    if bytes <= limits.file_bytes {
        return Ok(());
    }
    Err(Remark::error(
        FindingCode::FileTooLarge,
        format!("The file has {} MiB; at most {} MiB are read.", bytes.div_ceil(1 << 20), limits.file_bytes >> 20),
        "Split the roster by unit, and remove pictures.",
    ))
}

/// Tells what the content is.
///
/// # Errors
/// A kind of file that is not read, or an archive that `archive::prove` refuses.
pub fn format(bytes: &[u8], limits: &Limits) -> Result<Format, Remark> {
    let again = "Open it in a spreadsheet program, save it as .xlsx, and import that.";
    let unsupported = |message: &str| Err(Remark::error(FindingCode::FormatUnsupported, message, again));
    if bytes.starts_with(b"PK\x03\x04") {
        return match archive::prove(bytes, limits)? {
            Package::Workbook => Ok(Format::Workbook),
            Package::BinaryWorkbook => unsupported("The file is an .xlsb workbook, which is not read."),
            Package::Other => unsupported("The file is a zip archive and no .xlsx workbook."),
        };
    }
    if bytes.starts_with(compound::MARK) {
        return Ok(Format::Binary);
    }
    if bytes.starts_with(b"%PDF") {
        return unsupported("The file is a PDF document.");
    }
    let start = bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes).trim_ascii_start();
    if start.starts_with(b"<") {
        return unsupported("The file is a web page or XML document, whatever its name says.");
    }
    Ok(Format::Delimited)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn other_kinds_of_files_are_named() {
        let refused = |bytes: &[u8]| format(bytes, &Limits::default()).unwrap_err();
        assert_eq!(format(compound::MARK, &Limits::default()), Ok(Format::Binary));
        assert!(refused(b"%PDF-1.7").message.contains("PDF"));
        assert!(refused(b"\xef\xbb\xbf\n<html><table>").message.contains("web page"));
        assert_eq!(refused(b"PK\x03\x04 and nothing else").code, FindingCode::FileDamaged);
        assert_eq!(format("姓名,性别".as_bytes(), &Limits::default()), Ok(Format::Delimited));
        assert_eq!(format(b"", &Limits::default()), Ok(Format::Delimited));
    }

    #[test]
    fn a_large_file_is_refused_before_it_is_read() {
        let path = std::env::temp_dir().join(format!("roster-large-{}.csv", std::process::id()));
        File::create(&path).unwrap().set_len(200 << 20).unwrap();
        let refused = content(&path, &Limits::default()).unwrap_err();
        std::fs::remove_file(&path).unwrap();
        assert_eq!(refused.message, "The file has 200 MiB; at most 64 MiB are read.");
        assert_eq!(content(&path, &Limits::default()).unwrap_err().code, FindingCode::FileUnreadable);
        assert_eq!(content(&std::env::temp_dir(), &Limits::default()).unwrap_err().code, FindingCode::FileUnreadable);
    }
}
