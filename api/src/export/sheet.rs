//! A workbook of one sheet of texts, written line by line into wherever it goes: nothing of it is held in memory, and
//! no part of it stands in a temporary file of its own, where identity numbers would lie open.
//!
//! The fewest parts that spreadsheets and our own reader take. Every cell is a text in a text format (`@`): a text that
//! looks like a formula is none, and an identity number keeps its digits, also after somebody edits it.

use std::io::{Seek, Write};

use zip::{ZipWriter, result::ZipError, write::SimpleFileOptions};

use crate::error::{Error, Result};

/// Where a file goes.
pub trait Target: Write + Seek + Send {}
impl<T: Write + Seek + Send> Target for T {}

const HEAD: &str = r#"<?xml version="1.0" encoding="UTF-8" standalone="yes"?>"#;
const MAIN: &str = "http://schemas.openxmlformats.org/spreadsheetml/2006/main";
const OFFICE: &str = "http://schemas.openxmlformats.org/officeDocument/2006/relationships";
const PACKAGE: &str = "http://schemas.openxmlformats.org/package/2006";
const KIND: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml";

/// A sheet that is being written.
pub struct Sheet {
    zip: ZipWriter<Box<dyn Target>>,
    line: u32,
}

impl Sheet {
    /// Begins a workbook with a sheet of a name, as wide as its columns (in characters), its first lines standing still.
    ///
    /// # Errors
    /// `Internal` when it can't be written.
    pub fn begin(target: Box<dyn Target>, name: &str, widths: &[u32], still: u32) -> Result<Self> {
        let mut sheet = Self { zip: ZipWriter::new(target), line: 0 };
        let name = escaped(name);
        sheet.part("[Content_Types].xml", &content_types())?;
        let of_office = format!(r#"<Relationship Id="rId1" Type="{OFFICE}/officeDocument" Target="xl/workbook.xml"/>"#);
        sheet.part("_rels/.rels", &relations(&of_office))?;
        let sheets = format!(r#"<sheets><sheet name="{name}" sheetId="1" r:id="rId1"/></sheets>"#);
        sheet
            .part("xl/workbook.xml", &format!(r#"<workbook xmlns="{MAIN}" xmlns:r="{OFFICE}">{sheets}</workbook>"#))?;
        let of_book = format!(
            r#"<Relationship Id="rId1" Type="{OFFICE}/worksheet" Target="worksheets/sheet1.xml"/><Relationship Id="rId2" Type="{OFFICE}/styles" Target="styles.xml"/>"#
        );
        sheet.part("xl/_rels/workbook.xml.rels", &relations(&of_book))?;
        sheet.part("xl/styles.xml", &styles())?;
        sheet.start("xl/worksheets/sheet1.xml")?;
        let pane =
            format!(r#"<pane ySplit="{still}" topLeftCell="A{}" activePane="bottomLeft" state="frozen"/>"#, still + 1);
        let column = |(at, width): (usize, &u32)| {
            let at = at + 1;
            format!(r#"<col min="{at}" max="{at}" width="{width}" style="1" customWidth="1"/>"#)
        };
        let columns: String = widths.iter().enumerate().map(column).collect();
        sheet.write(&format!(
            r#"<worksheet xmlns="{MAIN}"><sheetViews><sheetView workbookViewId="0">{pane}</sheetView></sheetViews><cols>{columns}</cols><sheetData>"#
        ))?;
        Ok(sheet)
    }

    /// Adds a line; blank texts are blank cells.
    ///
    /// # Errors
    /// As `begin`.
    pub fn line<T: AsRef<str>>(&mut self, texts: &[T]) -> Result<()> {
        self.line += 1;
        let mut out = format!(r#"<row r="{}">"#, self.line);
        for (at, text) in texts.iter().enumerate().filter(|(_, text)| !text.as_ref().is_empty()) {
            let place = format!("{}{}", crate::roster::sheet::letters(at), self.line);
            let text = escaped(text.as_ref());
            out.extend([
                r#"<c r=""#,
                &place,
                r#"" s="1" t="inlineStr"><is><t xml:space="preserve">"#,
                &text,
                "</t></is></c>",
            ]);
        }
        out.push_str("</row>");
        self.write(&out)
    }

    /// Ends the workbook; what was written is a file now.
    ///
    /// # Errors
    /// As `begin`.
    pub fn end(mut self) -> Result<()> {
        self.write("</sheetData></worksheet>")?;
        let mut target = self.zip.finish().map_err(broken)?;
        target.flush().map_err(Error::internal)
    }

    fn part(&mut self, name: &str, content: &str) -> Result<()> {
        self.start(name)?;
        self.write(content)
    }

    fn start(&mut self, name: &str) -> Result<()> {
        self.zip.start_file(name, SimpleFileOptions::default().large_file(false)).map_err(broken)?;
        self.write(HEAD)
    }

    fn write(&mut self, text: &str) -> Result<()> {
        self.zip.write_all(text.as_bytes()).map_err(Error::internal)
    }
}

pub(super) fn broken(cause: ZipError) -> Error {
    Error::internal(cause)
}

fn content_types() -> String {
    let part = |name: &str, kind: &str| format!(r#"<Override PartName="{name}" ContentType="{KIND}.{kind}+xml"/>"#);
    let relations =
        r#"<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>"#;
    let parts = [
        part("/xl/workbook.xml", "sheet.main"),
        part("/xl/worksheets/sheet1.xml", "worksheet"),
        part("/xl/styles.xml", "styles"),
    ];
    let xml = r#"<Default Extension="xml" ContentType="application/xml"/>"#;
    format!(r#"<Types xmlns="{PACKAGE}/content-types">{relations}{xml}{}</Types>"#, parts.concat())
}

fn relations(all: &str) -> String {
    format!(r#"<Relationships xmlns="{PACKAGE}/relationships">{all}</Relationships>"#)
}

/// Two styles: the one that every workbook has, and text (number format 49).
fn styles() -> String {
    let fonts = r#"<fonts count="1"><font><sz val="11"/><name val="Calibri"/></font></fonts>"#;
    let fills = r#"<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>"#;
    let borders = r#"<borders count="1"><border><left/><right/><top/><bottom/><diagonal/></border></borders>"#;
    let base = r#"<cellStyleXfs count="1"><xf numFmtId="0" fontId="0" fillId="0" borderId="0"/></cellStyleXfs>"#;
    let cells = r#"<cellXfs count="2"><xf numFmtId="0" fontId="0" fillId="0" borderId="0" xfId="0"/><xf numFmtId="49" fontId="0" fillId="0" borderId="0" xfId="0" applyNumberFormat="1"/></cellXfs>"#;
    format!(r#"<styleSheet xmlns="{MAIN}">{fonts}{fills}{borders}{base}{cells}</styleSheet>"#)
}

/// A text as XML may hold it; characters that XML does not allow are left out.
fn escaped(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars().filter(|it| crate::lrmx::tree::is_allowed(*it)) {
        match letter {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\r' => out.push_str("&#13;"),
            other => out.push(other),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::{
        io::Cursor,
        sync::{Arc, Mutex},
    };

    use calamine::{Data, Reader, Xlsx};

    use super::*;

    /// A file in memory that is there after its writer is gone.
    #[derive(Clone, Default)]
    struct Kept(Arc<Mutex<Cursor<Vec<u8>>>>);

    impl Write for Kept {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.lock().unwrap().write(bytes)
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }

    impl Seek for Kept {
        fn seek(&mut self, to: std::io::SeekFrom) -> std::io::Result<u64> {
            self.0.lock().unwrap().seek(to)
        }
    }

    #[test]
    fn every_cell_is_the_text_that_was_written() {
        let kept = Kept::default();
        let texts = ["=1+1", "@SUM(A1)", "990000199003070013", " a  b\n<&\">\t", "", "䶮\u{1}\u{20000}", "007"];
        let mut sheet = Sheet::begin(Box::new(kept.clone()), "花&名册", &[6; 7], 1).unwrap();
        sheet.line(&texts).unwrap();
        sheet.end().unwrap();
        let bytes = kept.0.lock().unwrap().get_ref().clone();
        let mut book: Xlsx<_> = Xlsx::new(Cursor::new(bytes)).unwrap();
        let range = book.worksheet_range("花&名册").unwrap();
        let read: Vec<String> = range.rows().next().unwrap().iter().map(ToString::to_string).collect();
        let texts = texts.map(|it| it.replace('\u{1}', ""));
        assert_eq!(read, texts);
        assert!(range.rows().next().unwrap().iter().all(|it| matches!(it, Data::String(_) | Data::Empty)));
        assert_eq!(book.worksheet_formula("花&名册").unwrap().rows().flatten().filter(|it| !it.is_empty()).count(), 0);
    }
}
