//! The texts of an `.xls` workbook: one beside the other, and cut wherever a record was full.

use super::compound::{four, two};

/// So many texts are kept, as of the newer form.
const TEXTS: usize = 5_000_000;

/// The shared texts of a workbook.
#[derive(Default)]
pub struct Strings {
    texts: Vec<Box<str>>,
}

impl Strings {
    /// Reads the shared texts from the record and those that continue it; `None` where they are damaged.
    ///
    /// The number that the record declares is not believed: texts are read while there are bytes.
    pub fn shared(parts: &[&[u8]]) -> Option<Self> {
        let Some(first) = parts.first() else { return Some(Self::default()) };
        let declared = usize::try_from(four(first, 4)?).ok()?;
        let mut cursor = Cursor { parts, part: 0, at: 8 };
        let mut texts = Vec::new();
        while texts.len() < declared.min(TEXTS) && cursor.more() {
            texts.push(cursor.text(2)?.into_boxed_str());
        }
        Some(Self { texts })
    }

    /// The text of a number.
    pub fn get(&self, index: u32) -> Option<&str> {
        self.texts.get(usize::try_from(index).ok()?).map(AsRef::as_ref)
    }

    /// One text at the beginning of the bytes, whose length has so many bytes.
    pub fn one(bytes: &[u8], length_bytes: usize) -> Option<String> {
        Cursor { parts: &[bytes], part: 0, at: 0 }.text(length_bytes)
    }
}

/// A place in several records that continue each other.
struct Cursor<'a> {
    parts: &'a [&'a [u8]],
    part: usize,
    at: usize,
}

impl Cursor<'_> {
    fn rest(&self) -> &[u8] {
        self.parts.get(self.part).and_then(|part| part.get(self.at..)).unwrap_or_default()
    }

    /// Whether bytes are left; steps into the next record where this one is over.
    fn more(&mut self) -> bool {
        while self.rest().is_empty() {
            if self.part >= self.parts.len() {
                return false;
            }
            (self.part, self.at) = (self.part + 1, 0);
        }
        true
    }

    fn byte(&mut self) -> Option<u8> {
        self.more();
        let byte = *self.rest().first()?;
        self.at += 1;
        Some(byte)
    }

    fn number(&mut self, bytes: usize) -> Option<usize> {
        let mut raw = [0; 4];
        for place in raw.iter_mut().take(bytes) {
            *place = self.byte()?;
        }
        usize::try_from(u32::from_le_bytes(raw)).ok()
    }

    fn skip(&mut self, mut bytes: usize) -> Option<()> {
        while bytes > 0 {
            if !self.more() {
                return None;
            }
            let step = self.rest().len().min(bytes);
            (self.at, bytes) = (self.at + step, bytes - step);
        }
        Some(())
    }

    /// A text: its length in characters, a byte of flags, formats and phonetics to pass over, the characters.
    fn text(&mut self, length_bytes: usize) -> Option<String> {
        let mut left = self.number(length_bytes)?;
        let flags = if left == 0 && self.rest().is_empty() { 0 } else { self.byte()? };
        let formats = if flags & 8 == 0 { 0 } else { self.number(2)? };
        let phonetics = if flags & 4 == 0 { 0 } else { self.number(4)? };
        let mut units: Vec<u16> = Vec::new();
        let mut wide = flags & 1 == 1;
        while left > 0 {
            if self.rest().is_empty() {
                // A text that is cut goes on with its flags again.
                if !self.more() {
                    return None;
                }
                wide = self.byte()? & 1 == 1;
            }
            let rest = self.rest();
            let taken = if wide {
                let count = (rest.len() / 2).min(left);
                units.extend(rest.chunks_exact(2).take(count).filter_map(|it| two(it, 0)));
                (count, count * 2)
            } else {
                let count = rest.len().min(left);
                units.extend(rest.iter().take(count).map(|it| u16::from(*it)));
                (count, count)
            };
            if taken.0 == 0 {
                return None;
            }
            (left, self.at) = (left - taken.0, self.at + taken.1);
        }
        self.skip(formats.checked_mul(4)?)?;
        self.skip(phonetics)?;
        Some(String::from_utf16_lossy(&units))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_go_on_in_the_next_record_with_flags_of_their_own() {
        let mut first = vec![0; 8];
        first[4] = 3;
        // «王伟» wide, cut after «王»; then «ab» narrow with two formats, then an empty text.
        first.extend([2, 0, 1, 0x8b, 0x73]);
        let second = [1, 0x1f, 0x4f, 2, 0, 8, 2, 0, b'a', b'b', 1, 1, 1, 1, 2, 2, 2, 2, 0, 0, 0];
        let strings = Strings::shared(&[&first, &second]).unwrap();
        assert_eq!([strings.get(0), strings.get(1), strings.get(2)], [Some("王伟"), Some("ab"), Some("")]);
        assert_eq!(strings.get(3), None);
    }

    #[test]
    fn a_text_that_ends_too_early_is_damage() {
        let mut first = vec![0; 8];
        first[4] = 9;
        first.extend([200, 0, 0, b'a']);
        assert!(Strings::shared(&[&first]).is_none());
        assert_eq!(Strings::one(&[1, 1, 0x8b, 0x73], 1).as_deref(), Some("王"));
        assert_eq!(Strings::one(&[5, 0, 1, 0x8b], 2), None);
    }
}
