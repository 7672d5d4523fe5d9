//! What accounts and grants must hold together, without a database.

use chrono::{DateTime, Utc};
use entity::kind::Role;

use crate::error::{Error, Problem, ProblemCode, Result};

/// The three administrators, who exclude one another.
pub const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

/// A login in normal form: 3 to 60 letters, digits, dots, hyphens or underscores.
///
/// # Errors
/// `Invalid` on `login`.
pub fn login(text: &str) -> Result<String> {
    let fits = (3..=60).contains(&text.len())
        && text.chars().all(|it| it.is_ascii_alphanumeric() || matches!(it, '.' | '-' | '_'));
    if fits {
        return Ok(text.to_owned());
    }
    Err(Error::invalid("login", "must be 3 to 60 letters, digits, dots, hyphens or underscores"))
}

/// A name to show: 1 to 60 characters.
///
/// # Errors
/// `Invalid` on `name`.
pub fn name(text: &str) -> Result<String> {
    let text = text.trim();
    if (1..=60).contains(&text.chars().count()) && !text.chars().any(char::is_control) {
        return Ok(text.to_owned());
    }
    Err(Error::invalid("name", "must be 1 to 60 characters"))
}

/// Whether a role may be granted through the API: the three administrators come from the command line alone, so that
/// no one of them can make the others.
///
/// # Errors
/// ROLE_REFUSED.
pub fn grantable(role: Role) -> Result<()> {
    if ADMINISTRATORS.contains(&role) {
        let message = format!("{} is granted by `tidui account grant` on the server alone.", role.text());
        return Err(Problem::new(ProblemCode::RoleRefused, message).on("role").into());
    }
    Ok(())
}

/// When a grant begins and ends.
///
/// # Errors
/// `Invalid` on `validTo` when it would end before it begins, or is over already.
pub fn term(from: DateTime<Utc>, to: Option<DateTime<Utc>>, now: DateTime<Utc>) -> Result<()> {
    match to {
        Some(to) if to <= from => Err(Error::invalid("validTo", "is not after validFrom: the grant would never hold")),
        Some(to) if to <= now => Err(Error::invalid("validTo", "is over already: the grant would never hold")),
        _ => Ok(()),
    }
}

/// The roles beside which an account may not hold a role: an administrator holds no other, because who runs, who grants
/// and who audits must be three.
pub fn excluded_by(role: Role) -> Vec<Role> {
    let administrator = ADMINISTRATORS.contains(&role);
    let excluded = |it: &&Role| **it != role && (administrator || ADMINISTRATORS.contains(it));
    Role::ALL.iter().filter(excluded).copied().collect()
}

/// Why an account that holds one role may not hold another.
pub fn exclude(role: Role, other: Role) -> Error {
    let message = format!("{} and {} exclude one another: use another account.", role.text(), other.text());
    Problem::new(ProblemCode::Conflict, message).on("role").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn administrators_exclude_every_other_role() {
        for role in Role::ALL {
            let excluded = excluded_by(*role);
            if ADMINISTRATORS.contains(role) {
                assert_eq!(excluded.len(), Role::ALL.len() - 1, "{role:?}");
                assert!(grantable(*role).is_err());
            } else {
                assert_eq!(excluded, ADMINISTRATORS, "{role:?}");
                assert!(grantable(*role).is_ok());
            }
            assert!(!excluded.contains(role));
        }
    }

    #[test]
    fn a_grant_must_be_able_to_hold() {
        let at = |s: i64| DateTime::from_timestamp(s, 0).unwrap();
        assert!(term(at(10), None, at(10)).is_ok());
        assert!(term(at(10), Some(at(11)), at(10)).is_ok());
        assert!(term(at(10), Some(at(10)), at(5)).is_err());
        assert!(term(at(1), Some(at(9)), at(10)).is_err());
    }

    #[test]
    fn logins_are_plain() {
        assert!(login("li.lei-2").is_ok());
        for bad in ["", "ab", "a b c", "李雷雷", &"x".repeat(61)] {
            assert!(login(bad).is_err(), "{bad}");
        }
    }
}
