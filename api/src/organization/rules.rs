//! What organizations must hold together, without a database.

use chrono::NaiveDate;
use entity::{kind::OrganizationState, organization};

use crate::{
    codeset::book,
    credit_code,
    error::{Error, Problem, ProblemCode, Result},
};

/// The first two digits of division codes that no place has: those of sample data.
const UNALLOCATED: &str = "99";

/// A code: 1 to 32 letters, digits, hyphens, underscores or dots of any script.
///
/// # Errors
/// `Invalid` on `code`.
pub fn code(text: &str) -> Result<String> {
    let text = text.trim();
    let fits = |it: char| it.is_alphanumeric() || matches!(it, '-' | '_' | '.');
    if (1..=32).contains(&text.chars().count()) && text.chars().all(fits) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid("code", "must be 1 to 32 letters, digits, hyphens, underscores or dots"))
}

/// A name: 1 to 120 characters that can be printed.
///
/// # Errors
/// `Invalid` on the field.
pub fn name(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    match text.chars().count() {
        1..=120 if !text.chars().any(char::is_control) => Ok(text.to_owned()),
        length => Err(Error::invalid(field, format!("has {length} characters; write 1 to 120, plainly"))),
    }
}

/// A text that may be absent, and is not empty where it is there.
///
/// # Errors
/// `Invalid` on the field.
pub fn maybe(field: &'static str, text: Option<&str>, most: usize) -> Result<Option<String>> {
    let Some(text) = text.map(str::trim).filter(|it| !it.is_empty()) else { return Ok(None) };
    match text.chars().count() {
        length if length > most => Err(Error::invalid(field, format!("has {length} characters; write at most {most}"))),
        _ => Ok(Some(text.to_owned())),
    }
}

/// A division code (GB/T 2260): six digits, of which the first two are a province's. Of the places below provinces the
/// code sets hold no table yet, so the other four digits are taken as they stand.
///
/// # Errors
/// `Invalid` on `divisionCode`.
pub fn division(text: &str) -> Result<String> {
    let code = text.trim();
    if code.len() != 6 || !code.bytes().all(|it| it.is_ascii_digit()) {
        return Err(Error::invalid("divisionCode", "must be six digits (GB/T 2260)"));
    }
    let province = code.get(..2).unwrap_or_default();
    let known = book::find("GB/T 2260", "2007", &format!("{province}0000")).is_some();
    if known || province == UNALLOCATED {
        return Ok(code.to_owned());
    }
    Err(Error::invalid("divisionCode", format!("begins with {province}, which is no province: see codeSets")))
}

/// A unified social credit code.
///
/// # Errors
/// `Invalid` on `unifiedSocialCreditCode`.
pub fn credit(text: &str) -> Result<String> {
    credit_code::parse(text).map_err(|why| Error::invalid("unifiedSocialCreditCode", why))
}

/// The day on which something takes effect: today where none is said, never to come, and not before what it follows.
///
/// # Errors
/// `Invalid` on `effectiveOn`.
pub fn effective(day: Option<NaiveDate>, today: NaiveDate, follows: Option<NaiveDate>) -> Result<NaiveDate> {
    let day = day.unwrap_or(today);
    if day > today {
        return Err(Error::invalid("effectiveOn", format!("is to come: record it on {day} or after")));
    }
    match follows {
        Some(since) if day < since => {
            Err(Error::invalid("effectiveOn", format!("is before {since}, since when it has been as it is")))
        }
        _ => Ok(day),
    }
}

/// That an organization is one still.
///
/// # Errors
/// TRANSITION_REFUSED.
pub fn active(row: &organization::Model) -> Result<()> {
    let message = match row.state {
        OrganizationState::Active => return Ok(()),
        OrganizationState::Merged => "The organization was merged into another one: name its successor.",
        OrganizationState::Closed => "The organization is closed: name another one.",
    };
    Err(Problem::new(ProblemCode::TransitionRefused, message).into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_division_code_is_six_digits_of_a_province() {
        for good in ["110000", " 370102 ", "990101"] {
            assert_eq!(division(good).unwrap(), good.trim());
        }
        for bad in ["", "11", "1100000", "11000a", "１１００００", "000000", "980000", "-11000"] {
            assert!(matches!(division(bad), Err(Error::Invalid { field: "divisionCode", .. })), "{bad}");
        }
    }

    #[test]
    fn a_day_is_not_to_come_and_follows_what_was() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-21");
        assert_eq!(effective(None, today, None).unwrap(), today);
        assert_eq!(effective(Some(day("2026-01-01")), today, Some(day("2026-01-01"))).unwrap(), day("2026-01-01"));
        assert!(effective(Some(day("2026-11-22")), today, None).is_err());
        assert!(effective(Some(day("2025-12-31")), today, Some(day("2026-01-01"))).is_err());
    }
}
