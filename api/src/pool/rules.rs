//! What pool memberships must hold together, without a database.

use chrono::NaiveDate;
use entity::kind::{
    MembershipState::{self, Confirmed, Deployed, Exited, Proposed, Warned},
    StepKind,
};

use crate::error::{Error, Problem, ProblemCode, Result};

/// A reason in normal form: 1 to 500 characters.
///
/// # Errors
/// `Invalid` on `reason`.
pub fn reason(text: &str) -> Result<String> {
    let reason = text.trim();
    match reason.chars().count() {
        1..=500 => Ok(reason.to_owned()),
        length => Err(Error::invalid("reason", format!("has {length} characters; write 1 to 500"))),
    }
}

/// A short text of a pool: a code of 1 to 32 letters, digits, hyphens or underscores of any script.
///
/// # Errors
/// `Invalid` on the field.
pub fn code(field: &'static str, text: &str) -> Result<String> {
    let text = text.trim();
    let fits = (1..=32).contains(&text.chars().count())
        && text.chars().all(|it| it.is_alphanumeric() || matches!(it, '-' | '_' | '<' | '>' | '=' | '.'));
    if fits {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(field, format!("'{text}' must be 1 to 32 letters, digits, hyphens or underscores")))
}

/// A name of a pool, tier or division: 1 to 120 characters.
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

/// How many persons something aims at.
///
/// # Errors
/// `Invalid` on the field.
pub fn target(field: &'static str, count: i32) -> Result<i32> {
    if (0..=100_000).contains(&count) {
        return Ok(count);
    }
    Err(Error::invalid(field, format!("is {count}; write 0 to 100,000 persons")))
}

/// Where a membership stands after a step.
///
/// # Errors
/// TRANSITION_REFUSED, with the states from which the step follows.
pub fn after(state: MembershipState, step: StepKind) -> Result<MembershipState> {
    let (from, to): (&[MembershipState], _) = match step {
        StepKind::Proposed => (&[], Proposed),
        StepKind::Confirmed => (&[Proposed], Confirmed),
        StepKind::Warned => (&[Confirmed], Warned),
        StepKind::WarningLifted => (&[Warned], Confirmed),
        StepKind::Moved => (&[Confirmed, Warned], state),
        StepKind::Exited => (&[Proposed, Confirmed, Warned], Exited),
        StepKind::Deployed => (&[Confirmed, Warned], Deployed),
    };
    if from.contains(&state) {
        return Ok(to);
    }
    let from: Vec<&str> = from.iter().map(|it| it.text()).collect();
    let message = format!("The membership is {}: {} follows {} alone.", state.text(), step.text(), from.join(" or "));
    Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into())
}

/// That whoever confirms is not who proposed, with this account or another of the same person.
///
/// # Errors
/// SAME_PERSON.
pub fn not_the_proposer(proposed: bool) -> Result<()> {
    if proposed {
        let message = "You proposed this person yourself: somebody else must confirm.";
        return Err(Problem::new(ProblemCode::SamePerson, message).on("id").into());
    }
    Ok(())
}

/// The day of a decision: today when it is left out, never later, and not before the proposal.
///
/// # Errors
/// `Invalid` on `decidedOn`.
pub fn decided_on(day: Option<NaiveDate>, proposed_on: NaiveDate, today: NaiveDate) -> Result<NaiveDate> {
    match day.unwrap_or(today) {
        day if day > today => Err(Error::invalid("decidedOn", format!("{day} lies after today"))),
        day if day < proposed_on => {
            Err(Error::invalid("decidedOn", format!("{day} lies before the proposal of {proposed_on}")))
        }
        day => Ok(day),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The whole table of steps and states.
    #[test]
    fn every_step_follows_where_it_may_and_nowhere_else() {
        let allowed: Vec<String> = StepKind::ALL
            .iter()
            .flat_map(|step| MembershipState::ALL.iter().map(move |state| (state, step)))
            .filter_map(|(state, step)| {
                Some(format!("{} {} {}", state.text(), step.text(), after(*state, *step).ok()?.text()))
            })
            .collect();
        assert_eq!(
            allowed,
            [
                "PROPOSED CONFIRMED CONFIRMED",
                "CONFIRMED WARNED WARNED",
                "WARNED WARNING_LIFTED CONFIRMED",
                "CONFIRMED MOVED CONFIRMED",
                "WARNED MOVED WARNED",
                "PROPOSED EXITED EXITED",
                "CONFIRMED EXITED EXITED",
                "WARNED EXITED EXITED",
                "CONFIRMED DEPLOYED DEPLOYED",
                "WARNED DEPLOYED DEPLOYED",
            ]
        );
    }

    #[test]
    fn a_decision_lies_between_the_proposal_and_today() {
        let day = |text: &str| text.parse::<NaiveDate>().unwrap();
        let on = |text: &str| decided_on(Some(day(text)), day("2024-02-29"), day("2025-02-28"));
        assert!(on("2024-02-29").is_ok() && on("2025-02-28").is_ok());
        assert!(on("2024-02-28").is_err() && on("2025-03-01").is_err());
        assert_eq!(decided_on(None, day("2024-02-29"), day("2025-02-28")).unwrap(), day("2025-02-28"));
    }

    #[test]
    fn codes_are_short_and_plain() {
        for good in ["A", "<=30", "31-35", "后备", "DEPUTY_SECTION"] {
            assert!(code("code", good).is_ok(), "{good}");
        }
        for bad in ["", " ", "a b", "a;b", &"x".repeat(33)] {
            assert!(code("code", bad).is_err(), "{bad}");
        }
    }
}
