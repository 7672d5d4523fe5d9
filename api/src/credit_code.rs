//! The unified social credit code (GB 32100-2015): eighteen characters, of which the last checks the others.

const ALPHABET: &[u8; 31] = b"0123456789ABCDEFGHJKLMNPQRTUWXY";
const WEIGHTS: [usize; 17] = [1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28];

/// A code in normal form: upper case, without blanks.
///
/// # Errors
/// What is wrong with it and what to do.
pub fn parse(text: &str) -> Result<String, String> {
    let code: String = text.split_whitespace().collect::<String>().to_uppercase();
    let length = code.chars().count();
    if length != 18 {
        return Err(format!("has {length} characters instead of 18: compare it with the certificate"));
    }
    let Some(expected) = check_character(&code) else {
        return Err("has a character that no credit code has (I, O, S, V and Z are none): compare it".to_owned());
    };
    if code.ends_with(expected) {
        return Ok(code);
    }
    Err("does not agree with its last character, which checks the others: compare it with the certificate".to_owned())
}

/// The check character of the first seventeen; none where one of them is not of the alphabet.
pub fn check_character(code: &str) -> Option<char> {
    let mut places = code.bytes().map(|byte| ALPHABET.iter().position(|it| *it == byte));
    let mut sum = 0;
    for weight in WEIGHTS {
        sum += places.next()?? * weight;
    }
    ALPHABET.get((31 - sum % 31) % 31).map(|byte| char::from(*byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_of_an_unallocated_region() {
        for code in ["11990000MB0000001M", "91990000MA00000T16"] {
            assert_eq!(parse(code).as_deref(), Ok(code));
            // Every other last character is refused.
            for other in ALPHABET.iter().map(|it| char::from(*it)).filter(|it| !code.ends_with(*it)) {
                assert!(parse(&format!("{}{other}", &code[..17])).is_err_and(|why| why.contains("checks")), "{other}");
            }
        }
        assert_eq!(parse(" 11990000 mb0000001m ").as_deref(), Ok("11990000MB0000001M"));
        for (code, why) in [
            ("", "0 characters"),
            ("11990000MB0000001", "17 characters"),
            ("11990000MI0000001M", "no credit code"),
            ("1199000组MB0000001M", "no credit code"),
            ("11990000MB0000010M", "checks"),
        ] {
            assert!(parse(code).is_err_and(|said| said.contains(why)), "{code}");
        }
    }

    /// A wrong character, or two that stand in each other's place, is noticed.
    #[test]
    fn slips_of_the_pen_are_noticed() {
        let code = b"11990000MB0000001M";
        for place in 0..17 {
            for other in ALPHABET.iter().filter(|it| **it != code[place]) {
                let mut wrong = code.to_vec();
                wrong[place] = *other;
                assert!(parse(&String::from_utf8(wrong).unwrap()).is_err(), "{place}");
            }
            let mut swapped = code.to_vec();
            swapped.swap(place, place + 1);
            assert_eq!(parse(&String::from_utf8(swapped).unwrap()).is_err(), code[place] != code[place + 1], "{place}");
        }
    }
}
