//! Proof that a workbook, which is a zip archive, inflates to no more than the limits, before its reader sees it.
//!
//! Nothing that the archive says about itself is believed. Each part is inflated through a counter into a small
//! buffer, which also proves its checksum, so truncation and damage show here. The workbook reader (calamine 0.38)
//! takes memory by three things inside the parts; they are counted too: the declared number of shared strings, for
//! which it reserves room at once; the tags of the shared strings; the tags of the styles, one record each.

use std::io::{Cursor, Read};

use zip::{ZipArchive, result::ZipError};

use super::{
    finding::{FindingCode, Remark},
    limits::Limits,
};

/// Parts of an archive.
const PARTS: usize = 2_000;
/// Tags of the shared strings: eight million short texts are far beyond 50,000 rows of 100 columns.
const SHARED_STRING_TAGS: u64 = 8_000_000;
/// Tags of any other part that is no sheet; a workbook at the 64,000 styles that Excel allows has fewer.
const OTHER_TAGS: u64 = 500_000;
/// Strings that a workbook may declare.
const DECLARED_STRINGS: u64 = 5_000_000;

const CENTRAL_HEADER: &[u8] = b"PK\x01\x02";
const ZIP64_END: &[u8] = b"PK\x06\x06";

/// What kind of package an archive is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Package {
    /// A workbook of `.xlsx` or `.xlsm`.
    Workbook,
    /// A workbook of `.xlsb`.
    BinaryWorkbook,
    /// Anything else.
    Other,
}

/// Proves the archive and tells its kind.
///
/// # Errors
/// A file-level remark: damaged, protected by a password, too many parts, or too large once inflated.
pub fn prove(bytes: &[u8], limits: &Limits) -> Result<Package, Remark> {
    if claims_many_parts(bytes) {
        return Err(too_large(format!("The archive has more than {PARTS} parts.")));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.len() > PARTS {
        return Err(too_large(format!("The archive has more than {PARTS} parts.")));
    }
    let package = package(archive.file_names_raw());
    if package != Package::Workbook {
        return Ok(package);
    }
    let mut left = limits.inflated_bytes;
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).map_err(|error| match error {
            ZipError::UnsupportedArchive(reason) if reason == ZipError::PASSWORD_REQUIRED => encrypted(),
            _ => damaged(),
        })?;
        let mut scan = Scan::of_part(part.name_raw());
        let mut buffer = [0; 16_384];
        loop {
            let count = part.read(&mut buffer).map_err(|_| damaged())?;
            let Some(chunk) = buffer.get(..count).filter(|chunk| !chunk.is_empty()) else { break };
            let inflated = u64::try_from(count).unwrap_or(u64::MAX);
            left = left.checked_sub(inflated).ok_or_else(|| {
                too_large(format!("The workbook inflates to more than {} MiB.", limits.inflated_bytes >> 20))
            })?;
            scan.feed(chunk)?;
        }
        scan.end()?;
    }
    Ok(package)
}

fn package<'a>(names: impl Iterator<Item = &'a [u8]>) -> Package {
    let mut found = Package::Other;
    for name in names {
        match normal(name).as_str() {
            "xl/workbook.xml" => return Package::Workbook,
            "xl/workbook.bin" => found = Package::BinaryWorkbook,
            _ => {}
        }
    }
    found
}

/// A part's name as the workbook reader compares it.
fn normal(name: &[u8]) -> String {
    String::from_utf8_lossy(name).replace('\\', "/").to_ascii_lowercase()
}

/// Whether the archive holds, or says that it holds, too many parts: the zip reader takes memory for each at once.
fn claims_many_parts(bytes: &[u8]) -> bool {
    let mut headers = 0_usize;
    for (at, window) in bytes.windows(4).enumerate() {
        if window.first() != Some(&b'P') {
            continue;
        }
        headers += usize::from(window == CENTRAL_HEADER);
        if headers > PARTS || (window == ZIP64_END && zip64_claims_many(bytes.get(at..).unwrap_or_default())) {
            return true;
        }
    }
    false
}

/// The total of a zip64 end record; other bytes that merely look like its mark have an impossible length.
fn zip64_claims_many(record: &[u8]) -> bool {
    let number = |from: usize| -> Option<u64> {
        Some(u64::from_le_bytes(record.get(from..from.checked_add(8)?)?.try_into().ok()?))
    };
    let parts = u64::try_from(PARTS).unwrap_or(u64::MAX);
    let fits = number(4).is_some_and(|length| (44..0x1_0000).contains(&length));
    fits && number(32).is_some_and(|total| total > parts)
}

/// What is counted in one part while it streams by.
struct Scan {
    tags_left: Option<u64>,
    markup: bool,
    strings: Option<Declared>,
}

impl Scan {
    fn of_part(name: &[u8]) -> Self {
        let name = normal(name);
        let markup = name.ends_with(".xml") || name.ends_with(".rels");
        let shared = name.ends_with("sharedstrings.xml");
        let tags_left = match () {
            () if shared => Some(SHARED_STRING_TAGS),
            () if markup && !name.contains("worksheets/") => Some(OTHER_TAGS),
            () => None,
        };
        Self { tags_left, markup, strings: shared.then(Declared::default) }
    }

    fn feed(&mut self, chunk: &[u8]) -> Result<(), Remark> {
        if !self.markup {
            return Ok(());
        }
        // XML has no control characters in any encoding of ASCII's family; UTF-16 would hide all else that is counted.
        if chunk.iter().any(|byte| *byte < 0x20 && !matches!(byte, b'\t' | b'\n' | b'\r')) {
            return Err(damaged());
        }
        if let Some(left) = &mut self.tags_left {
            let tags = u64::try_from(chunk.iter().filter(|byte| **byte == b'<').count()).unwrap_or(u64::MAX);
            *left = left.checked_sub(tags).ok_or_else(too_many_styles)?;
        }
        if let Some(declared) = &mut self.strings {
            chunk.iter().try_for_each(|byte| declared.feed(*byte))?;
        }
        Ok(())
    }

    fn end(&mut self) -> Result<(), Remark> {
        self.strings.as_mut().map_or(Ok(()), |declared| declared.feed(b'"'))
    }
}

/// Finds `uniqueCount="…"` in a stream of bytes.
#[derive(Default)]
struct Declared {
    matched: usize,
    digits: Option<u64>,
}

impl Declared {
    fn feed(&mut self, byte: u8) -> Result<(), Remark> {
        const WORD: &[u8] = b"uniqueCount";
        if let Some(number) = self.digits {
            match byte {
                b'0'..=b'9' => self.digits = Some(number.saturating_mul(10).saturating_add(u64::from(byte - b'0'))),
                b'=' | b'"' | b'\'' | b' ' | b'\t' | b'\n' | b'\r' | b'+' if number == 0 => {}
                _ => self.digits = None,
            }
            return if number > DECLARED_STRINGS { Err(too_many_styles()) } else { Ok(()) };
        }
        self.matched = match WORD.get(self.matched) {
            Some(expected) if *expected == byte => self.matched + 1,
            _ => usize::from(byte == b'u'),
        };
        if self.matched == WORD.len() {
            (self.matched, self.digits) = (0, Some(0));
        }
        Ok(())
    }
}

fn too_many_styles() -> Remark {
    too_large("The workbook holds more texts, styles or names than a roster can need.".to_owned())
}

fn too_large(message: String) -> Remark {
    Remark::error(
        FindingCode::FileTooLarge,
        message,
        "Copy the rows of the roster into a new workbook without pictures and formats, or split the roster by unit.",
    )
}

/// The remark about a workbook that cannot be read to its end.
pub fn damaged() -> Remark {
    Remark::error(
        FindingCode::FileDamaged,
        "The workbook is truncated or damaged and cannot be read.",
        "Open it in a spreadsheet program, save it as .xlsx again, and send it completely.",
    )
}

/// The remark about a workbook that is protected.
pub fn encrypted() -> Remark {
    Remark::error(
        FindingCode::FileEncrypted,
        "The workbook is protected by a password.",
        "Save it without the password.",
    )
}
