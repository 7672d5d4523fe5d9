//! What mentoring pairs must hold together, without a database.

use chrono::{Days, NaiveDate};
use entity::{id::CadreId, kind::PairState, mentoring_pair};

use crate::error::{Error, Problem, ProblemCode, Result};

/// Most people on one side of a pair.
const MOST_ON_A_SIDE: usize = 100;

/// That both sides have people, and nobody is on both or twice on one.
///
/// # Errors
/// `Invalid` on the side that is empty or too long; CONFLICT when a person is named twice.
pub fn sides(mentors: &[CadreId], mentees: &[CadreId]) -> Result<()> {
    for (field, side) in [("mentorIds", mentors), ("menteeIds", mentees)] {
        if side.is_empty() || side.len() > MOST_ON_A_SIDE {
            return Err(Error::invalid(field, format!("names {} people; name 1 to {MOST_ON_A_SIDE}", side.len())));
        }
    }
    let mut all: Vec<CadreId> = mentors.iter().chain(mentees).copied().collect();
    all.sort_unstable();
    all.dedup();
    if all.len() < mentors.len() + mentees.len() {
        let message = "A person can take only one part in a pair: name each person once.";
        return Err(Problem::new(ProblemCode::Conflict, message).on("menteeIds").into());
    }
    Ok(())
}

/// Days between contacts: 1 to 366.
///
/// # Errors
/// `Invalid` on `contactEveryDays`.
pub fn cadence(days: i32) -> Result<i32> {
    if (1..=366).contains(&days) {
        return Ok(days);
    }
    Err(Error::invalid("contactEveryDays", format!("is {days}; write 1 to 366, 90 for a quarter")))
}

/// That a pair can take a step only from where it stands.
///
/// # Errors
/// TRANSITION_REFUSED.
pub fn from(pair: &mentoring_pair::Model, allowed: PairState, step: &str) -> Result<()> {
    if pair.state == allowed {
        return Ok(());
    }
    let message = format!("The pair is {}: {step} needs one that is {}.", pair.state.text(), allowed.text());
    Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into())
}

/// The day a contact was held: not after today, not before the pair began.
///
/// # Errors
/// `Invalid` on `heldOn`.
pub fn held_on(pair: &mentoring_pair::Model, day: NaiveDate, today: NaiveDate) -> Result<()> {
    if day > today {
        return Err(Error::invalid(
            "heldOn",
            format!("{day} lies after today, {today}: record a contact once it was held"),
        ));
    }
    match pair.started_on {
        Some(start) if day < start => {
            Err(Error::invalid("heldOn", format!("{day} lies before the pair began, {start}: check the date")))
        }
        _ => Ok(()),
    }
}

/// The day by which the next contact is due, `every` days after the last one or the start.
pub fn due_after(last: NaiveDate, every: i32) -> Option<NaiveDate> {
    last.checked_add_days(Days::new(u64::try_from(every).ok()?))
}

/// Whether a contact is overdue: the pair is active and the day has passed.
pub fn overdue(pair: &mentoring_pair::Model, today: NaiveDate) -> bool {
    pair.state == PairState::Active && pair.next_contact_due.is_some_and(|due| due < today)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_person_stands_once_in_a_pair() {
        let (a, b) = (CadreId::fresh(), CadreId::fresh());
        assert!(sides(&[a], &[b]).is_ok());
        assert!(matches!(sides(&[a], &[a]), Err(Error::Rule(it)) if it.code == ProblemCode::Conflict));
        assert!(matches!(sides(&[a], &[b, b]), Err(Error::Rule(_))));
        assert!(matches!(sides(&[], &[b]), Err(Error::Invalid { field: "mentorIds", .. })));
    }

    #[test]
    fn due_days_cross_month_ends_and_leap_days() {
        let day = |text: &str| NaiveDate::parse_from_str(text, "%Y-%m-%d").unwrap();
        assert_eq!(due_after(day("2028-01-30"), 30), Some(day("2028-02-29")));
        assert_eq!(due_after(day("2026-12-31"), 90), Some(day("2027-03-31")));
        assert_eq!(cadence(0).is_err(), cadence(367).is_err());
    }
}
