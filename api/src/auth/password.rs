//! Passwords and client secrets: Argon2id, slow on purpose, and as slow for an account that does not exist.

use std::sync::OnceLock;

use argon2::{
    Argon2,
    password_hash::{PasswordHasher, PasswordVerifier, phc::PasswordHash},
};

use crate::error::{Error, Result};

/// Shortest password.
pub const SHORTEST: usize = 10;
/// A longer one is refused before it is hashed.
pub const LONGEST: usize = 200;

/// The hash of a secret, in PHC form.
///
/// # Errors
/// `Invalid` on `password` when it is shorter than 10 or longer than 200 characters.
pub fn hash(secret: &str) -> Result<String> {
    let length = secret.chars().count();
    if !(SHORTEST..=LONGEST).contains(&length) {
        return Err(Error::invalid("password", format!("has {length} characters; choose {SHORTEST} to {LONGEST}")));
    }
    let hashed = Argon2::default().hash_password(secret.as_bytes());
    hashed.map(|it| it.to_string()).map_err(|_| Error::broken("a password could not be hashed"))
}

/// Whether a secret is the one of a hash. Without a hash it takes the same time and is not.
///
/// It works for some 20 ms: call it on a thread that may block.
pub fn verify(secret: &str, hashed: Option<&str>) -> bool {
    static NOBODY: OnceLock<String> = OnceLock::new();
    let nobody = NOBODY.get_or_init(|| hash("nobody's password").unwrap_or_default());
    let parsed = PasswordHash::new(hashed.unwrap_or(nobody));
    let fits = secret.chars().count() <= LONGEST
        && parsed.is_ok_and(|it| Argon2::default().verify_password(secret.as_bytes(), &it).is_ok());
    fits && hashed.is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_fits_its_own_hash_alone() {
        let hashed = hash("correct horse").unwrap();
        assert!(hashed.starts_with("$argon2id$"));
        assert!(verify("correct horse", Some(&hashed)));
        assert!(!verify("correct horsf", Some(&hashed)));
        assert!(!verify("nobody's password", None));
        assert!(!verify("", Some("")));
        assert!(hash("short").is_err() && hash(&"x".repeat(201)).is_err());
    }
}
