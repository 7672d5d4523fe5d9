//! What pool memberships must hold together, without a database.

use entity::{id::AccountId, kind::MembershipState, pool_membership};

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

/// Whether an account may confirm a membership as it stands.
///
/// # Errors
/// TRANSITION_REFUSED when it is not proposed; SAME_PERSON when the account proposed it.
pub fn may_confirm(membership: &pool_membership::Model, account: Option<AccountId>) -> Result<()> {
    if membership.state != MembershipState::Proposed {
        let message = format!("The membership is {}: only a PROPOSED one can be confirmed.", membership.state.text());
        return Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into());
    }
    if account.is_some() && membership.proposed_by == account {
        let message = "You proposed this person yourself: somebody else must confirm.";
        return Err(Problem::new(ProblemCode::SamePerson, message).on("id").into());
    }
    Ok(())
}
