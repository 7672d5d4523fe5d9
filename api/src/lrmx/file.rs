//! A file of forms: one `.lrmx`, or a zip of many. What a form cannot give stands in its warnings.

use std::io::{Cursor, Read};

use chrono::NaiveDate;
use zip::ZipArchive;

use super::{
    decode::decode,
    form::Form,
    limits::Limits,
    tree::{self, Element},
    values::values,
    warning::Warning,
};
use crate::roster::finding::{FindingCode, Remark};

/// What one form holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reading {
    /// The name of the file inside a zip; none for a form by itself.
    pub file: Option<String>,
    /// The file as it is.
    pub raw: Vec<u8>,
    /// The encoding in which it was written.
    pub encoding: &'static str,
    /// Every element, for a lossless export; none where the file is no form.
    pub tree: Option<Element>,
    /// The values; none where the file is no form.
    pub form: Option<Form>,
    /// What was found, in the order of the file.
    pub warnings: Vec<Warning>,
}

/// Reads one form, or a zip of forms; `today` bounds dates. Call it where it may block.
///
/// # Errors
/// The file as a whole: too large, damaged, or no forms in it.
pub fn read(bytes: &[u8], limits: &Limits, today: NaiveDate) -> Result<Vec<Reading>, Remark> {
    Ok(each(bytes, limits, today)?.collect())
}

/// As `read`, one form after the other: the elements of two thousand forms at once would fill the memory.
///
/// # Errors
/// As `read`.
pub fn each(bytes: &[u8], limits: &Limits, today: NaiveDate) -> Result<impl Iterator<Item = Reading> + use<>, Remark> {
    let limits = *limits;
    Ok(contents(bytes, &limits)?.into_iter().map(move |(name, bytes)| one(name, bytes, &limits, today)))
}

/// A form as it stands in the file, and what it is called in an archive.
type Content = (Option<String>, Vec<u8>);

fn contents(bytes: &[u8], limits: &Limits) -> Result<Vec<Content>, Remark> {
    if !bytes.starts_with(b"PK\x03\x04") {
        within(bytes.len(), limits.form_bytes)?;
        return Ok(vec![(None, bytes.to_vec())]);
    }
    within(bytes.len(), limits.file_bytes)?;
    if bytes.windows(4).filter(|it| *it == b"PK\x01\x02").count() > limits.forms.saturating_mul(2) {
        return Err(too_many(limits));
    }
    let mut archive = ZipArchive::new(Cursor::new(bytes)).map_err(|_| damaged())?;
    if archive.len() > limits.forms.saturating_mul(2) {
        return Err(too_many(limits));
    }
    let mut found = Vec::new();
    let mut left = limits.inflated_bytes;
    for index in 0..archive.len() {
        let part = archive.by_index(index).map_err(|_| damaged())?;
        let raw = part.name_raw().to_vec();
        let name =
            std::str::from_utf8(&raw).map_or_else(|_| encoding_rs::GB18030.decode(&raw).0.into_owned(), str::to_owned);
        if !name.to_ascii_lowercase().ends_with(".lrmx") {
            continue;
        }
        if found.len() >= limits.forms {
            return Err(too_many(limits));
        }
        let mut content = Vec::new();
        let most = limits.form_bytes.min(left);
        part.take(most.saturating_add(1)).read_to_end(&mut content).map_err(|_| damaged())?;
        within(content.len(), most)?;
        left = left.saturating_sub(u64::try_from(content.len()).unwrap_or(u64::MAX));
        found.push((Some(name), content));
    }
    if found.is_empty() {
        let message = "The zip archive holds no .lrmx form.";
        return Err(Remark::error(FindingCode::FileEmpty, message, "Choose the archive that holds the forms."));
    }
    Ok(found)
}

fn one(file: Option<String>, raw: Vec<u8>, limits: &Limits, today: NaiveDate) -> Reading {
    let refused = |file, encoding, warning| Reading { file, encoding, warnings: vec![warning], ..Reading::default() };
    let (text, encoding) = match decode(&raw) {
        Ok(decoded) => decoded,
        Err(remark) => return refused(file, "", Warning::of_form(remark)),
    };
    let mut notes = Vec::new();
    let root = match tree::parse(&text, limits, &mut notes) {
        Ok(root) if root.name.eq_ignore_ascii_case("Person") => root,
        Ok(root) => return refused(file, encoding, Warning::at(&root.name, root.line, no_form())),
        Err((line, remark)) => return refused(file, encoding, Warning { element: None, line: Some(line), remark }),
    };
    let (form, found) = values(&root, limits, today);
    let notes = notes.into_iter().map(|(line, element, remark)| Warning { element, line: Some(line), remark });
    let mut warnings: Vec<Warning> = notes.chain(found).collect();
    if form.name.is_none() {
        let remedy = "Write the name into the form.";
        warnings.push(Warning::of_form(Remark::error(
            FindingCode::NameMissing,
            "The form has no XingMing (姓名).",
            remedy,
        )));
    }
    warnings.sort_by_key(|it| it.line);
    Reading { file, raw, encoding, tree: Some(root), form: Some(form), warnings }
}

fn within(bytes: usize, limit: u64) -> Result<(), Remark> {
    if u64::try_from(bytes).is_ok_and(|bytes| bytes <= limit) {
        return Ok(());
    }
    Err(Remark::error(
        FindingCode::FileTooLarge,
        format!("The file holds more than {} MiB of forms, or of one form.", limit.div_ceil(1 << 20)),
        "Send fewer forms at once, with photos of 376 × 460 points.",
    ))
}

fn too_many(limits: &Limits) -> Remark {
    let message = format!("The zip archive holds more than {} forms.", limits.forms);
    Remark::error(FindingCode::FileTooLarge, message, "Send fewer forms at once.")
}

fn damaged() -> Remark {
    let message = "The zip archive is truncated, damaged or protected by a password.";
    Remark::error(FindingCode::FileDamaged, message, "Make it again, and send it completely.")
}

fn no_form() -> Remark {
    let message = "The file's outermost element is not Person: it is no 干部任免审批表.";
    Remark::error(FindingCode::FormatUnsupported, message, "Choose a .lrmx file.")
}

#[cfg(test)]
#[path = "file_tests.rs"]
pub mod file_tests;
#[cfg(test)]
#[path = "fuzz_tests.rs"]
mod fuzz_tests;
