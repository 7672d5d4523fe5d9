//! A text file of separated values as lines: UTF-8, UTF-16 with a mark, or GB18030, as spreadsheets in China save it.

use std::{borrow::Cow, ops::ControlFlow};

use csv::{ByteRecord, ReaderBuilder};
use encoding_rs::{DecoderResult, Encoding, GB18030, UTF_8, UTF_16BE, UTF_16LE};

use super::{
    finding::{Finding, FindingCode, Remark},
    limits::Limits,
    sheet::{Cell, Line, LineSink, too_wide},
    text::is_han,
};

/// Pushes the lines of the text into the sink.
///
/// # Errors
/// Bytes that are no text in the file's encoding, with their line, or more fields than the limits allow; nothing has
/// been pushed then.
pub fn lines(bytes: &[u8], limits: &Limits, sink: &mut dyn LineSink) -> Result<(), Finding> {
    let text = decode(bytes)?;
    let delimiter = delimiter(&text);
    let fields = u64::from(limits.rows).saturating_mul(u64::from(limits.columns));
    let separators = text.bytes().filter(|byte| *byte == delimiter).count();
    if u64::try_from(separators).is_ok_and(|count| count > fields) {
        return Err(Remark::error(
            FindingCode::FileTooLarge,
            format!("The file has more than {fields} fields."),
            "Remove what does not belong to the roster, or split it by unit.",
        )
        .in_file());
    }
    let mut reader =
        ReaderBuilder::new().delimiter(delimiter).has_headers(false).flexible(true).from_reader(text.as_bytes());
    let mut places = Places { text: text.as_bytes(), at: 0, line: 1 };
    let mut record = ByteRecord::new();
    // The text is UTF-8 and in memory, and the records may differ in length: no error is left that could end this.
    while reader.read_byte_record(&mut record).unwrap_or(false) {
        let start = record.position().map_or(0, |position| usize::try_from(position.byte()).unwrap_or(usize::MAX));
        let mut line = Line::at(places.line_of(start));
        for (column, field) in record.iter().enumerate() {
            let cell = Cell::of_field(&String::from_utf8_lossy(field), limits.cell_chars);
            if cell == Cell::Blank {
                continue;
            }
            if u32::try_from(column).map_or(true, |column| column >= limits.columns) {
                sink.note(too_wide(column, limits).on_line(line.number));
                return Ok(());
            }
            line.put(column, cell);
        }
        if !line.is_blank() && sink.take(line) == ControlFlow::Break(()) {
            return Ok(());
        }
    }
    Ok(())
}

/// Counts lines up to the starts of records. The reader's own count begins a record at the blank lines before it.
struct Places<'a> {
    text: &'a [u8],
    at: usize,
    line: u32,
}

impl Places<'_> {
    fn line_of(&mut self, start: usize) -> u32 {
        while let Some(byte) = self.text.get(self.at) {
            let ends_line = *byte == b'\n' || (*byte == b'\r' && self.text.get(self.at + 1) != Some(&b'\n'));
            if self.at >= start && !matches!(byte, b'\n' | b'\r') {
                break;
            }
            self.line = self.line.saturating_add(u32::from(ends_line));
            self.at += 1;
        }
        self.line
    }
}

/// Comma, tab or semicolon: the one that the first line with text has most of, outside of quotes.
fn delimiter(text: &str) -> u8 {
    let header = text.lines().find(|line| !line.trim().is_empty()).unwrap_or_default();
    let (mut quoted, mut counts) = (false, [(b',', 0_u32), (b'\t', 0), (b';', 0)]);
    for byte in header.bytes() {
        quoted ^= byte == b'"';
        for (delimiter, count) in &mut counts {
            *count += u32::from(!quoted && *delimiter == byte);
        }
    }
    counts.iter().rev().max_by_key(|(_, count)| *count).map_or(b',', |(delimiter, _)| *delimiter)
}

/// The file as text, without its mark.
fn decode(bytes: &[u8]) -> Result<Cow<'_, str>, Finding> {
    let (encoding, bytes) = match Encoding::for_bom(bytes) {
        Some((encoding, mark)) => (encoding, bytes.get(mark..).unwrap_or_default()),
        None => (guess(bytes), bytes),
    };
    encoding.decode_without_bom_handling_and_without_replacement(bytes).ok_or_else(|| {
        let name = match encoding {
            it if it == UTF_8 => "UTF-8",
            it if it == UTF_16LE || it == UTF_16BE => "UTF-16",
            _ => "GB18030",
        };
        Remark::error(
            FindingCode::EncodingMalformed,
            format!("The line holds bytes that are no text in {name}."),
            "Save the file again as CSV UTF-8 or as .xlsx; perhaps it is truncated or was joined from two files.",
        )
        .on_line(malformed_line(bytes, encoding))
    })
}

/// UTF-8 where all is UTF-8, or where Chinese characters stand before the first byte that is not: those are never
/// GB18030 by accident. Else GB18030, of which GBK and GB2312 are parts.
fn guess(bytes: &[u8]) -> &'static Encoding {
    match std::str::from_utf8(bytes) {
        Ok(_) => UTF_8,
        Err(error) => {
            let valid = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let chinese = std::str::from_utf8(valid).is_ok_and(|text| text.chars().any(is_han));
            if chinese { UTF_8 } else { GB18030 }
        }
    }
}

/// The line of the first bytes that are no text.
fn malformed_line(bytes: &[u8], encoding: &'static Encoding) -> u32 {
    let mut decoder = encoding.new_decoder_without_bom_handling();
    let (mut rest, mut line, mut buffer) = (bytes, 1_u32, [0; 4_096]);
    loop {
        let (result, read, written) = decoder.decode_to_utf8_without_replacement(rest, &mut buffer, true);
        let decoded = buffer.get(..written).unwrap_or_default();
        let breaks = decoded.iter().filter(|byte| **byte == b'\n').count();
        line = line.saturating_add(u32::try_from(breaks).unwrap_or(u32::MAX));
        if !matches!(result, DecoderResult::OutputFull) {
            return line;
        }
        rest = rest.get(read..).unwrap_or_default();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[derive(Default)]
    struct Kept(Vec<Line>, Vec<Finding>);

    impl LineSink for Kept {
        fn take(&mut self, line: Line) -> ControlFlow<()> {
            self.0.push(line);
            ControlFlow::Continue(())
        }
        fn note(&mut self, finding: Finding) {
            self.1.push(finding);
        }
    }

    fn read(bytes: &[u8]) -> Vec<(u32, Vec<String>)> {
        let mut kept = Kept::default();
        lines(bytes, &Limits::default(), &mut kept).unwrap();
        let texts = |line: &Line| line.filled().map(|(_, cell)| cell.as_text()).collect();
        kept.0.iter().map(|line| (line.number, texts(line))).collect()
    }

    fn utf16(text: &str, encode: fn(u16) -> [u8; 2]) -> Vec<u8> {
        std::iter::once(0xfeff).chain(text.encode_utf16()).flat_map(encode).collect()
    }

    #[test]
    fn one_text_in_every_encoding() {
        let text = "姓名,性别\r\n王伟,男\r\n";
        let expected =
            vec![(1, vec!["姓名".to_owned(), "性别".to_owned()]), (2, vec!["王伟".to_owned(), "男".to_owned()])];
        assert_eq!(read(text.as_bytes()), expected);
        assert_eq!(read(format!("\u{feff}{text}").as_bytes()), expected);
        assert_eq!(read(&GB18030.encode(text).0), expected);
        assert_eq!(read(&utf16(text, u16::to_le_bytes)), expected);
        assert_eq!(read(&utf16(text, u16::to_be_bytes)), expected);
        assert_eq!(read(&GB18030.encode("姓名\n𠮷\n").0)[1].1, ["𠮷"]);
    }

    #[test]
    fn separators_quotes_and_line_numbers() {
        for separator in [",", "\t", ";"] {
            let text = format!("\n\n姓名{0}\"职务,层次;\t\"\n\n\"王\n伟\"{0}x\r\n\r\n李{0}y", separator);
            let lines: Vec<u32> = read(text.as_bytes()).iter().map(|(line, _)| *line).collect();
            assert_eq!(lines, [3, 5, 8], "{separator:?}");
        }
        assert_eq!(read("姓名\n王伟\n".as_bytes()).len(), 2);
        assert_eq!(read("a,b\rc,d\re".as_bytes()).iter().map(|it| it.0).collect::<Vec<_>>(), [1, 2, 3]);
        assert_eq!(read(b""), []);
        assert_eq!(read("姓名,\"未闭\n合".as_bytes()).len(), 1);
    }

    #[test]
    fn bytes_that_are_no_text_are_placed() {
        let malformed = |bytes: &[u8]| {
            let finding = lines(bytes, &Limits::default(), &mut Kept::default()).unwrap_err();
            (finding.line, finding.message)
        };
        let mut utf8 = "姓名\n王伟\n".as_bytes().to_vec();
        utf8.extend([0xe7, 0x8e]);
        assert_eq!(malformed(&utf8), (Some(3), "The line holds bytes that are no text in UTF-8.".to_owned()));
        let mut gb = GB18030.encode("姓名\n王伟\n").0.to_vec();
        gb.extend([0xff, 0xff]);
        assert_eq!(malformed(&gb), (Some(3), "The line holds bytes that are no text in GB18030.".to_owned()));
    }

    #[test]
    fn width_is_bounded() {
        let limits = Limits { rows: 10, columns: 3, ..Limits::default() };
        let mut kept = Kept::default();
        lines("a,b,c,,\na,b,c,d\na".as_bytes(), &limits, &mut kept).unwrap();
        assert_eq!((kept.0.len(), kept.1.len(), kept.1[0].code), (1, 1, FindingCode::TooManyColumns));
        let refused = lines(",".repeat(31).as_bytes(), &limits, &mut Kept::default()).unwrap_err();
        assert_eq!(refused.code, FindingCode::FileTooLarge);
    }
}
