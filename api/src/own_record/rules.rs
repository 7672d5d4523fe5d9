//! What a request for correction may say, without a database.

use entity::kind::{CorrectionField, CorrectionState};

use crate::error::{Error, Problem, ProblemCode, Result};

/// Longest text of a request or an answer, in characters.
const LONGEST: usize = 400;
/// From so many digits in a row on, a text may be an identity number or a phone number.
const TELLING_DIGITS: usize = 11;

/// A text of a request in normal form: 1 to 400 characters, and no number that must be sealed.
///
/// # Errors
/// `Invalid` on the field.
pub fn text(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    let length = text.chars().count();
    if length == 0 || length > LONGEST {
        return Err(Error::invalid(field, format!("has {length} characters; write 1 to {LONGEST}")));
    }
    if telling(text) {
        return Err(Error::invalid(
            field,
            "holds what may be an identity or phone number: leave it out, the office asks for it where it is needed",
        ));
    }
    Ok(text.to_owned())
}

/// What should stand in a field instead.
///
/// # Errors
/// `Invalid` on `proposed`.
pub fn proposed(of: CorrectionField, proposed: Option<String>) -> Result<Option<String>> {
    let sealed = matches!(of, CorrectionField::IdentityNumber | CorrectionField::Phone);
    match proposed {
        Some(_) if sealed => Err(Error::invalid(
            "proposed",
            "is not written down for this field: leave it out, the office asks for the number",
        )),
        Some(value) => text("proposed", &value).map(Some),
        None => Ok(None),
    }
}

/// Whether a request is still open.
///
/// # Errors
/// TRANSITION_REFUSED.
pub fn open(state: CorrectionState) -> Result<()> {
    if state == CorrectionState::Requested {
        return Ok(());
    }
    let message = format!("The request is {} already: make another one.", state.text());
    Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into())
}

/// Whether a text holds a long row of digits, half or full width, with nothing but blanks and hyphens between them.
fn telling(text: &str) -> bool {
    let mut row = 0;
    for letter in text.chars() {
        match letter {
            '0'..='9' | '０'..='９' => row += 1,
            ' ' | '-' | '\u{3000}' => {}
            _ => row = 0,
        }
        if row >= TELLING_DIGITS {
            return true;
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_that_must_be_sealed_are_not_taken_in() {
        for bad in ["990000199003070013", "call 100 1234 5678", "１００１２３４５６７８", "99-0000-1990-03"]
        {
            assert!(text("reason", bad).is_err(), "{bad}");
        }
        for good in ["1990-03-07", "my birth month is 1990-03, see 2012 no. 15", "是1990年3月生"] {
            assert!(text("reason", good).is_ok(), "{good}");
        }
        assert!(proposed(CorrectionField::Phone, Some("1".into())).is_err());
        assert!(proposed(CorrectionField::Phone, None).is_ok());
        assert_eq!(proposed(CorrectionField::Name, Some(" 林飞 ".into())).unwrap().as_deref(), Some("林飞"));
    }

    #[test]
    fn lengths_are_bounded() {
        assert!(text("reason", " ").is_err());
        assert!(text("reason", &"字".repeat(400)).is_ok());
        assert!(text("reason", &"字".repeat(401)).is_err());
    }
}
