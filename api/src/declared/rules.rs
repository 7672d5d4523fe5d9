//! What declared facts and waivers must hold together, without a database.

use chrono::NaiveDate;

use crate::{
    error::{Error, Problem, ProblemCode, Result},
    kernel::vocabulary::{About, DeclaredFact, Nature},
};

/// What somebody says of a fact.
#[derive(Clone, Debug)]
pub struct Said {
    /// Whether it is of a person.
    pub is_of_person: bool,
    /// How many.
    pub number: Option<i32>,
    /// From when.
    pub valid_from: NaiveDate,
    /// Until when, exclusive.
    pub valid_to: Option<NaiveDate>,
}

/// That what is said fits what the policy declares.
///
/// # Errors
/// `Invalid` on the field.
pub fn fits(fact: &DeclaredFact, said: &Said, today: NaiveDate) -> Result<()> {
    match (fact.about, said.is_of_person) {
        (About::Cadre, false) => {
            return Err(Error::invalid("cadreId", format!("must be named: {} is of a person", fact.code)));
        }
        (About::Organization, true) => {
            return Err(Error::invalid("cadreId", format!("must be left out: {} is of an organization", fact.code)));
        }
        _ => {}
    }
    match (fact.nature, said.number) {
        (Nature::Count, None) => {
            return Err(Error::invalid("number", format!("must say how many: {} is a count", fact.code)));
        }
        (Nature::Count, Some(number)) if number < 0 => return Err(Error::invalid("number", "is below 0")),
        (Nature::Statement | Nature::Event, Some(_)) => {
            return Err(Error::invalid("number", format!("must be left out: {} is no count", fact.code)));
        }
        _ => {}
    }
    if fact.nature == Nature::Event && said.valid_to.is_some() {
        return Err(Error::invalid("validTo", format!("must be left out: {} happens on one day", fact.code)));
    }
    if said.valid_from > today {
        return Err(Error::invalid("validFrom", format!("{} lies after today", said.valid_from)));
    }
    if said.valid_to.is_some_and(|to| to <= said.valid_from) {
        return Err(Error::invalid("validTo", format!("is not after {}", said.valid_from)));
    }
    Ok(())
}

/// That a quota has room for one more. No waiver lifts it.
///
/// # Errors
/// QUOTA_REACHED, with the numbers.
pub fn has_room(code: &str, held: u64, approved: u32) -> Result<()> {
    if held < u64::from(approved) {
        return Ok(());
    }
    let message = format!(
        "{approved} are approved for {code}, and {held} are held: raise the number first, which no waiver does."
    );
    Err(Problem::new(ProblemCode::QuotaReached, message).on("code").into())
}
