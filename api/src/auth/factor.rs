//! The second factor: one-time codes of an authenticator (RFC 6238: HMAC-SHA-1, six digits, 30 seconds), and which roles
//! want one.
//!
//! SHA-1 because authenticators offer nothing else without fail; its weakness is collisions, which HMAC does not rest on.

use aws_lc_rs::{constant_time, hmac, rand};
use entity::kind::Role;

use crate::error::{Error, Result};

/// How long a code is shown, in seconds.
const STEP_S: i64 = 30;
/// Steps before and after the present one whose code is taken: clocks differ, and people type slowly.
const WINDOW: i32 = 1;
/// Bytes of a secret, as RFC 4226 recommends.
const SECRET: usize = 20;

/// A fresh secret.
///
/// # Errors
/// `Internal` when the machine gives no random bytes.
pub fn fresh() -> Result<[u8; SECRET]> {
    let mut secret = [0; SECRET];
    rand::fill(&mut secret).map_err(|_| Error::broken("the machine gave no random bytes"))?;
    Ok(secret)
}

/// What an authenticator is told the secret by: the only place where it is ever shown.
pub fn address(secret: &[u8], issuer: &str, login: &str) -> String {
    let text = base32(secret);
    let issuer: String = issuer.bytes().map(escaped).collect();
    format!("otpauth://totp/{issuer}:{login}?secret={text}&issuer={issuer}&algorithm=SHA1&digits=6&period={STEP_S}")
}

/// The step whose code this is, if it is one of now that was not used before.
pub fn step_of(secret: &[u8], code: &str, now_s: i64, last_step: i32) -> Option<i32> {
    let now = i32::try_from(now_s.div_euclid(STEP_S)).ok()?;
    let fits =
        |step: &i32| constant_time::verify_slices_are_equal(digits(secret, *step).as_bytes(), code.as_bytes()).is_ok();
    // All are computed whichever fits, so that the time taken says nothing.
    let found: Vec<i32> = (now - WINDOW..=now + WINDOW).filter(fits).collect();
    found.into_iter().find(|step| *step > last_step)
}

/// The six digits of a step.
fn digits(secret: &[u8], step: i32) -> String {
    let key = hmac::Key::new(hmac::HMAC_SHA1_FOR_LEGACY_USE_ONLY, secret);
    let tag = hmac::sign(&key, &i64::from(step).to_be_bytes());
    let bytes = tag.as_ref();
    let offset = usize::from(bytes.last().copied().unwrap_or(0) & 0x0f);
    let number = bytes.iter().skip(offset).take(4).fold(0_u32, |number, byte| number << 8 | u32::from(*byte));
    format!("{:06}", (number & 0x7fff_ffff) % 1_000_000)
}

/// RFC 4648 base 32 without padding. Twenty bytes need none.
fn base32(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
    let (mut out, mut held, mut bits) = (String::new(), 0_u32, 0);
    for byte in bytes {
        held = held << 8 | u32::from(*byte);
        bits += 8;
        while bits >= 5 {
            bits -= 5;
            let at = usize::try_from(held >> bits & 0x1f).unwrap_or(0);
            out.extend(LETTERS.get(at).map(|it| char::from(*it)));
        }
    }
    out
}

fn escaped(byte: u8) -> String {
    if byte.is_ascii_alphanumeric() { char::from(byte).to_string() } else { format!("%{byte:02X}") }
}

/// The roles that a setting lists, apart by commas.
///
/// # Errors
/// A sentence that names the unknown role.
pub fn roles(text: &str) -> std::result::Result<Vec<Role>, String> {
    let names = text.split(',').map(str::trim).filter(|it| !it.is_empty());
    let role = |name: &str| {
        Role::parse(&name.replace('-', "_").to_uppercase()).ok_or_else(|| {
            let all: Vec<&str> = Role::ALL.iter().map(|it| it.text()).collect();
            format!("second_factor_roles: '{name}' is no role; there are {}", all.join(", "))
        })
    };
    names.map(role).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// RFC 6238, appendix B, the column of SHA-1, its last six digits.
    #[test]
    fn codes_are_those_of_the_standard() {
        let secret = b"12345678901234567890";
        for (now, code) in
            [(59, "287082"), (1_111_111_109, "081804"), (1_234_567_890, "005924"), (20_000_000_000, "353130")]
        {
            assert_eq!(step_of(secret, code, now, 0), Some(i32::try_from(now / 30).unwrap()), "{now}");
        }
    }

    #[test]
    fn a_code_is_good_for_a_step_either_side_and_once() {
        let (secret, now) = (b"12345678901234567890", 1_111_111_109);
        let step = i32::try_from(now / 30).unwrap();
        for (offset, good) in [(-2, false), (-1, true), (0, true), (1, true), (2, false)] {
            let code = digits(secret, step + offset);
            assert_eq!(step_of(secret, &code, now, 0).is_some(), good, "{offset}");
            assert_eq!(step_of(secret, &code, now, step + offset), None, "{offset}, used before");
        }
        for wrong in ["", "000000", "81804", "0081804", "081804 "] {
            assert_eq!(step_of(secret, wrong, now, 0), None, "{wrong}");
        }
    }

    /// RFC 4648, section 10.
    #[test]
    fn secrets_are_shown_in_base_32() {
        assert_eq!([base32(b"fooba"), base32(b"")], ["MZXW6YTB", ""]);
        let address = address(b"12345678901234567890", "梯 1", "li.lei");
        assert!(
            address.starts_with("otpauth://totp/%E6%A2%AF%201:li.lei?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&"),
            "{address}"
        );
    }

    #[test]
    fn roles_are_read_by_name() {
        assert_eq!(roles("").unwrap(), []);
        assert_eq!(roles("audit-admin, SYSTEM_ADMIN").unwrap(), [Role::AuditAdmin, Role::SystemAdmin]);
        assert!(roles("AUDITOR").unwrap_err().contains("AUDITOR"));
    }
}
