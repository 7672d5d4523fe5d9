//! What accounts and grants must hold together, without a database.

use chrono::{DateTime, Utc};
use entity::{account_grant, kind::Role};

use crate::error::{Error, Problem, ProblemCode, Result};

/// The three administrators, who exclude one another.
const ADMINISTRATORS: [Role; 3] = [Role::SystemAdmin, Role::SecurityAdmin, Role::AuditAdmin];

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

/// Whether an account with these grants may hold a further role: an administrator holds no other role, because who
/// runs, who grants and who audits must be three.
///
/// # Errors
/// CONFLICT.
pub fn may_hold(grants: &[account_grant::Model], role: Role, now: DateTime<Utc>) -> Result<()> {
    let open = |it: &&account_grant::Model| it.valid_to.is_none_or(|to| now < to);
    let others: Vec<Role> = grants.iter().filter(open).map(|it| it.role).filter(|it| *it != role).collect();
    let administrator = ADMINISTRATORS.contains(&role);
    match others.iter().find(|it| administrator || ADMINISTRATORS.contains(it)) {
        Some(other) => {
            let message = format!("{} and {} exclude one another: use another account.", role.text(), other.text());
            Err(Problem::new(ProblemCode::Conflict, message).on("role").into())
        }
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use entity::id::{AccountId, GrantId, OrganizationId};

    use super::*;

    #[test]
    fn administrators_exclude_every_other_role() {
        let now = DateTime::from_timestamp(1_000, 0).unwrap();
        let held = |role, valid_to| account_grant::Model {
            id: GrantId::fresh(),
            account_id: AccountId::fresh(),
            role,
            organization_id: OrganizationId::fresh(),
            valid_from: now,
            valid_to,
            version: 1,
        };
        assert!(may_hold(&[], Role::AuditAdmin, now).is_ok());
        assert!(may_hold(&[held(Role::AuditAdmin, None)], Role::AuditAdmin, now).is_ok());
        assert!(may_hold(&[held(Role::AuditAdmin, None)], Role::SystemAdmin, now).is_err());
        assert!(may_hold(&[held(Role::AuditAdmin, None)], Role::Cadre, now).is_err());
        assert!(may_hold(&[held(Role::OrganizationOfficer, None)], Role::SecurityAdmin, now).is_err());
        assert!(may_hold(&[held(Role::OrganizationOfficer, None)], Role::Mentor, now).is_ok());
        let over = Some(now - TimeDelta::seconds(1));
        assert!(may_hold(&[held(Role::AuditAdmin, over)], Role::SystemAdmin, now).is_ok());
    }

    #[test]
    fn logins_are_plain() {
        assert!(login("li.lei-2").is_ok());
        for bad in ["", "ab", "a b c", "李雷雷", &"x".repeat(61)] {
            assert!(login(bad).is_err(), "{bad}");
        }
    }
}
