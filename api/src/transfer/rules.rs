//! What a move to another organization may say, without a database.

use chrono::NaiveDate;
use entity::{
    cadre,
    kind::{CadreStatus, TransferState},
    partial_date::PartialDate,
};

use crate::error::{Error, Problem, ProblemCode, Result};

/// The day of a move: today or before it, and after what it ends began.
///
/// # Errors
/// `Invalid` on `effectiveOn`.
pub fn effective_on(
    asked: Option<NaiveDate>,
    last_move: Option<NaiveDate>,
    posts_began: &[Option<PartialDate>],
    today: NaiveDate,
) -> Result<NaiveDate> {
    let day = asked.unwrap_or(today);
    let refuse = |why: String| Err(Error::invalid("effectiveOn", why));
    if day > today {
        return refuse(format!("{day} lies after today: make the move on that day"));
    }
    if let Some(last) = last_move.filter(|last| day <= *last) {
        return refuse(format!("{day} does not lie after the last move, of {last}"));
    }
    let began = posts_began.iter().filter_map(|it| it.and_then(PartialDate::earliest)).max();
    match began.filter(|began| day < *began) {
        Some(began) => refuse(format!("{day} lies before {began}, when the post began that the move ends")),
        None => Ok(day),
    }
}

/// An optional text in normal form: without blanks around it, none where it is empty.
///
/// # Errors
/// `Invalid` on the field.
pub fn text(field: &'static str, text: Option<String>, most: usize) -> Result<Option<String>> {
    let text = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    match text.as_ref().map(|it| it.chars().count()) {
        Some(length) if length > most => {
            Err(Error::invalid(field, format!("has {length} characters; write at most {most}")))
        }
        _ => Ok(text),
    }
}

/// That a person is one who can be moved.
///
/// # Errors
/// NOT_IN_POST.
pub fn in_post(person: &cadre::Model) -> Result<()> {
    if person.status == CadreStatus::InPost {
        return Ok(());
    }
    let message = format!("The person is {}, and only who is in post is moved.", person.status.text());
    Err(Problem::new(ProblemCode::NotInPost, message).on("cadreId").into())
}

/// That an offer is still open.
///
/// # Errors
/// TRANSITION_REFUSED.
pub fn open(state: TransferState) -> Result<()> {
    if state == TransferState::Offered {
        return Ok(());
    }
    let message = format!("The offer is {} already: read it again.", state.text());
    Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_move_lies_after_what_it_ends_and_not_in_the_future() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let today = day("2026-11-21");
        let began = [PartialDate::parse("2020-03"), None];
        assert_eq!(effective_on(None, None, &began, today).unwrap(), today);
        assert_eq!(effective_on(Some(day("2020-03-01")), None, &began, today).unwrap(), day("2020-03-01"));
        for (asked, last) in [
            ("2026-11-22", None),
            ("2020-02-29", None),
            ("2024-01-01", Some("2024-01-01")),
            ("2023-01-01", Some("2024-01-01")),
        ] {
            let refused = effective_on(Some(day(asked)), last.map(day), &began, today);
            assert!(matches!(refused, Err(Error::Invalid { field: "effectiveOn", .. })), "{asked} {last:?}");
        }
    }
}
