//! SHA-256 as an array, whole or its first bytes, for names and keys of maps.

use aws_lc_rs::digest;

/// The first bytes of a text's hash, 32 at most.
pub fn sha256<const LENGTH: usize>(text: &[u8]) -> [u8; LENGTH] {
    const { assert!(LENGTH <= 32, "SHA-256 has 32 bytes") };
    let mut first = [0; LENGTH];
    let hash = digest::digest(&digest::SHA256, text);
    first.iter_mut().zip(hash.as_ref()).for_each(|(to, from)| *to = *from);
    first
}

/// Bytes as lower-case hexadecimal.
pub fn hex(bytes: &[u8]) -> String {
    let digit = |it: u8| char::from_digit(u32::from(it), 16).unwrap_or_default();
    bytes.iter().flat_map(|byte| [digit(byte >> 4), digit(byte & 0xf)]).collect()
}
