//! Passwords and client secrets: Argon2id, slow on purpose, and as slow for an account that does not exist.

use std::sync::OnceLock;

use argon2::{
    Algorithm, Argon2, Block, Params, Version,
    password_hash::{PasswordHasher, phc::PasswordHash},
};
use aws_lc_rs::constant_time::verify_slices_are_equal;

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
    let fits = secret.chars().count() <= LONGEST && again(secret, hashed.unwrap_or(nobody)).unwrap_or(false);
    fits && hashed.is_some()
}

/// What the allocator gives back to the system as soon as it is free. Of less than 32 MiB it keeps what a hash worked in,
/// once for every thread that ever hashed.
const ROOM: usize = 40 << 20;

/// Whether hashing a secret again, as a PHC text says, comes to the same; none where the text is no hash.
fn again(secret: &str, hashed: &str) -> Option<bool> {
    let hashed = PasswordHash::new(hashed).ok()?;
    let algorithm = Algorithm::try_from(hashed.algorithm.as_str()).ok()?;
    let version = hashed.version.and_then(|it| Version::try_from(it).ok()).unwrap_or_default();
    let params = Params::try_from(&hashed).ok()?;
    let (salt, expected) = (hashed.salt?, hashed.hash?);
    let mut work = Vec::with_capacity(ROOM / size_of::<Block>());
    work.resize(params.block_count(), Block::default());
    let mut found = vec![0; expected.len()];
    let argon = Argon2::new(algorithm, version, params);
    argon.hash_password_into_with_memory(secret.as_bytes(), salt.as_ref(), &mut found, work).ok()?;
    Some(verify_slices_are_equal(&found, expected.as_bytes()).is_ok())
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
