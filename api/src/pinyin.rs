//! The sort key of a Chinese name: its pinyin without tones, a space between syllables.
//!
//! Databases sort Chinese by code point, which no reader expects; a stored key sorts alike on both. A character without
//! a reading stands for itself.

use pinyin::ToPinyin;

/// Characters of a key, as the tables hold them.
const LONGEST: usize = 400;

/// The name in pinyin without tones, syllables apart, lower case. A character without a reading stays as it is;
/// punctuation goes.
pub fn sort_key(name: &str) -> String {
    let mut syllables: Vec<String> = Vec::new();
    // Digits and Latin letters stand together as one word, so that "315" doesn't become "3 1 5".
    let mut in_word = false;
    for letter in name.chars() {
        if let Some(reading) = letter.to_pinyin() {
            syllables.push(reading.plain().to_owned());
            in_word = false;
        } else if letter.is_ascii_alphanumeric() {
            match syllables.last_mut().filter(|_| in_word) {
                Some(word) => word.push(letter.to_ascii_lowercase()),
                None => syllables.push(letter.to_ascii_lowercase().to_string()),
            }
            in_word = true;
        } else {
            if letter.is_alphabetic() {
                syllables.push(letter.to_string());
            }
            in_word = false;
        }
    }
    syllables.join(" ").chars().take(LONGEST).collect()
}

/// The first letters of a sort key's syllables, in one word.
pub fn initials(sort_key: &str) -> String {
    sort_key.split(' ').filter_map(|it| it.chars().next()).take(60).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sort_keys_are_plain_pinyin() {
        for (name, key) in [
            ("王静安", "wang jing an"),
            ("青禾县教育局", "qing he xian jiao yu ju"),
            ("阿兰古·木拉达", "a lan gu mu la da"),
            ("“315”科级后备干部库", "315 ke ji hou bei gan bu ku"),
            ("王一𠮷", "wang yi 𠮷"),
        ] {
            assert_eq!(sort_key(name), key);
        }
    }

    #[test]
    fn initials_are_the_first_letters_of_syllables() {
        assert_eq!([initials(&sort_key("王静安")), initials(&sort_key("王一𠮷")), initials("")], ["wja", "wy𠮷", ""]);
    }

    #[test]
    fn surnames_read_as_surnames() {
        for (surname, key) in
            [("沈", "shen"), ("石", "shi"), ("贾", "jia"), ("钟", "zhong"), ("余", "yu"), ("常", "chang")]
        {
            assert_eq!(sort_key(surname), key);
        }
    }
}
