//! Whole rosters as workbooks, those that a spreadsheet writes and those that nobody should.

use std::io::{Cursor, Write};

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook};
use zip::{ZipArchive, ZipWriter, write::SimpleFileOptions};

use super::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

fn reading(bytes: &[u8]) -> Reading {
    read(bytes, &Limits::default(), today())
}

fn said(reading: &Reading) -> Vec<String> {
    reading.report.findings.iter().map(Finding::text).collect()
}

fn refusal(bytes: &[u8]) -> FindingCode {
    let reading = reading(bytes);
    assert_eq!((reading.rows.len(), reading.report.errors), (0, 1), "{:?}", said(&reading));
    reading.report.findings[0].code
}

/// A workbook of one sheet; `fill` writes below the header.
fn workbook(header: &[&str], fill: impl FnOnce(&mut rust_xlsxwriter::Worksheet)) -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    sheet.write_row(0, 0, header.iter().copied()).unwrap();
    fill(sheet);
    workbook.save_to_buffer().unwrap()
}

fn small() -> Vec<u8> {
    workbook(&["姓名", "备注"], |sheet| {
        sheet.write(1, 0, "王伟").unwrap();
    })
}

/// The same archive with one part replaced.
fn with_part(bytes: &[u8], name: &str, change: impl Fn(String) -> String) -> Vec<u8> {
    let mut archive = ZipArchive::new(Cursor::new(bytes)).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    for index in 0..archive.len() {
        let mut part = archive.by_index(index).unwrap();
        let part_name = part.name().unwrap().into_owned();
        let mut content = Vec::new();
        std::io::copy(&mut part, &mut content).unwrap();
        if part_name == name {
            content = change(String::from_utf8(content).unwrap()).into_bytes();
        }
        writer.start_file(part_name, SimpleFileOptions::default()).unwrap();
        writer.write_all(&content).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn cells_of_every_kind() {
    let bytes =
        workbook(&["姓\n名", "出生年月", "身份证号", "任现职时间", "级别", "手机"], |sheet| {
            let day = Format::new().set_num_format("yyyy-mm-dd");
            let month = Format::new().set_num_format("yyyy\"年\"m\"月\";@");
            let date = ExcelDateTime::from_ymd(1988, 5, 1).unwrap();
            sheet.write(1, 0, "𠮷  伟").unwrap();
            sheet.write_with_format(1, 1, &date, &day).unwrap();
            sheet.write(1, 3, 2021.1).unwrap();
            sheet.write(1, 4, 131).unwrap();
            sheet.write(1, 5, 10_000_000_001_f64).unwrap();
            sheet.write(4, 0, "李娜").unwrap();
            sheet.write_with_format(4, 1, &date, &month).unwrap();
            sheet.write(4, 2, "\t990000198512310025").unwrap();
            sheet.write(4, 3, 2021.05).unwrap();
            sheet.write_formula(4, 4, rust_xlsxwriter::Formula::new("=\"1\"&\"41\"").set_result("141")).unwrap();
        });
    let reading = reading(&bytes);
    let said = said(&reading);
    assert_eq!(said.len(), 2, "{said:#?}");
    assert!(
        said[0].starts_with("WARNING line 2, 任现职时间: «2021.1» was read as 2021-10: a spreadsheet drops"),
        "{said:?}"
    );
    assert!(said[1].starts_with("WARNING line 5, 出生年月: The column says 1988-05, the identity number says 1985"));
    let dates =
        |row: &RosterRow| [row.birth_date, row.post_start].map(|date| date.map(String::from).unwrap_or_default());
    assert_eq!(dates(&reading.rows[0]), ["1988-05-01", "2021-10"]);
    assert_eq!(dates(&reading.rows[1]), ["1988-05", "2021-05"], "a month is not its first day");
    assert_eq!(reading.rows[0].name, "𠮷伟");
    assert_eq!(reading.rows[0].phone.as_deref(), Some("10000000001"));
    assert_eq!(reading.rows[1].position_level, Some(entity::kind::PositionLevel::TownshipPrincipal));
    assert_eq!(reading.rows[1].identity_number.as_deref(), Some("990000198512310025"));
}

#[test]
fn identity_numbers_that_lost_digits_and_failed_formulas() {
    let bytes = workbook(&["姓名", "身份证号", "单位"], |sheet| {
        sheet.write(1, 0, "王伟").unwrap();
        sheet.write(1, 1, 990_000_199_003_070_013_f64).unwrap();
        sheet.write_formula(1, 2, rust_xlsxwriter::Formula::new("=#REF!").set_result("#REF!")).unwrap();
    });
    let said = said(&reading(&bytes));
    assert!(said[0].starts_with("ERROR line 2, 身份证号: The identity number is stored as a number"), "{said:?}");
    assert!(said[1].starts_with("ERROR line 2, 单位: The cell holds #REF! instead of a value."), "{said:?}");
}

#[test]
fn both_calendars_of_the_spreadsheet() {
    let bytes = workbook(&["姓名", "出生年月"], |sheet| {
        sheet.write(1, 0, "王伟").unwrap();
        sheet.write_with_format(1, 1, 30_000.0, &Format::new().set_num_format("yyyy/m/d")).unwrap();
    });
    let born = |bytes: &[u8]| reading(bytes).rows[0].birth_date.map(String::from);
    assert_eq!(born(&bytes).as_deref(), Some("1982-02-18"));
    let of_1904 =
        with_part(&bytes, "xl/workbook.xml", |xml| xml.replace("<workbookPr ", "<workbookPr date1904=\"1\" "));
    assert_eq!(born(&of_1904).as_deref(), Some("1986-02-19"));
}

#[test]
fn the_visible_sheet_with_a_header_is_read() {
    let mut workbook = Workbook::new();
    workbook.add_worksheet().set_hidden(true).write(0, 0, "隐藏").unwrap();
    let sheet = workbook.add_worksheet().set_name("花名册").unwrap();
    sheet.write(2, 0, "姓名").unwrap().write(3, 0, "王伟").unwrap();
    sheet.set_active(true);
    workbook.add_worksheet().set_name("说明").unwrap();
    let reading = reading(&workbook.save_to_buffer().unwrap());
    assert_eq!(reading.rows.iter().map(|row| row.line).collect::<Vec<_>>(), [4]);
    let said = said(&reading);
    assert!(said[0].starts_with("HINT file: Only the sheet «花名册» is read, not «说明»."), "{said:?}");
}

#[test]
fn broken_workbooks_are_one_clear_error() {
    let bytes = small();
    assert_eq!(reading(&bytes).rows.len(), 1);
    for length in [4, 100, bytes.len() / 2, bytes.len() - 30] {
        assert_eq!(refusal(&bytes[..length]), FindingCode::FileDamaged, "{length}");
    }
    let mut flipped = bytes.clone();
    let middle = flipped.len() / 3;
    flipped[middle..middle + 40].fill(0x55);
    assert_eq!(refusal(&flipped), FindingCode::FileDamaged);
    let cut = with_part(&bytes, "xl/worksheets/sheet1.xml", |xml| xml[..xml.len() / 2].to_owned());
    assert_eq!(refusal(&cut), FindingCode::FileDamaged);
    let overflow = |xml: String| xml.replace("r=\"A2\"", "r=\"A99999999999\"");
    assert_eq!(refusal(&with_part(&bytes, "xl/worksheets/sheet1.xml", overflow)), FindingCode::FileDamaged);
    let other = with_part(&bytes, "none", |xml| xml);
    assert_eq!(reading(&other).rows.len(), 1, "the rewritten archive is as good");
}

#[test]
fn width_is_bounded_and_empty_cells_do_not_count() {
    let wide = |column: u16, text: &'static str| {
        workbook(&["姓名"], move |sheet| {
            sheet.write(1, 0, "王伟").unwrap().write(1, column, text).unwrap();
        })
    };
    assert_eq!(refusal(&wide(100, "x")), FindingCode::TooManyColumns);
    assert_eq!(reading(&wide(16_000, "  ")).rows.len(), 1);
}

/// An archive of thirty parts that inflate to ten MiB of zeros each: one is deflated, the others are copies of it.
fn bomb() -> Vec<u8> {
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("zeros", SimpleFileOptions::default().compression_level(Some(1))).unwrap();
    for _ in 0..10 {
        writer.write_all(&[0; 1 << 20]).unwrap();
    }
    let mut zeros = ZipArchive::new(writer.finish().unwrap()).unwrap();
    let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
    writer.start_file("xl/workbook.xml", SimpleFileOptions::default()).unwrap();
    for number in 0..30 {
        writer.raw_copy_file_rename(zeros.by_index(0).unwrap(), format!("xl/media/image{number}.png")).unwrap();
    }
    writer.finish().unwrap().into_inner()
}

#[test]
fn a_zip_bomb_is_refused() {
    let bytes = bomb();
    assert!(bytes.len() < 8 << 20, "{}", bytes.len());
    let reading = reading(&bytes);
    let said = said(&reading);
    assert!(said[0].starts_with("ERROR file: The workbook inflates to more than 256 MiB."), "{said:?}");
}

#[test]
fn what_a_workbook_says_of_itself_is_not_believed() {
    let bytes = small();
    let declared = |count: &str| {
        let count = format!("uniqueCount = '{count}' x=\"");
        with_part(&bytes, "xl/sharedStrings.xml", move |xml| xml.replace("uniqueCount=\"", &count))
    };
    assert_eq!(refusal(&declared("99999999999999999999")), FindingCode::FileTooLarge);
    assert_eq!(refusal(&declared("5000001")), FindingCode::FileTooLarge);
    assert_eq!(reading(&declared("4000000")).rows.len(), 1);
    let styles = |xml: String| xml.replace("</cellXfs>", &format!("{}</cellXfs>", "<xf/>".repeat(500_000)));
    assert_eq!(refusal(&with_part(&bytes, "xl/styles.xml", styles)), FindingCode::FileTooLarge);
    let utf16 = |xml: String| xml.replace('<', "\u{0}<");
    assert_eq!(refusal(&with_part(&bytes, "xl/sharedStrings.xml", utf16)), FindingCode::FileDamaged);
}

#[test]
fn archives_of_too_many_parts_or_of_another_kind() {
    let archive = |names: &mut dyn Iterator<Item = String>| {
        let mut writer = ZipWriter::new(Cursor::new(Vec::new()));
        names.for_each(|name| writer.start_file(name, SimpleFileOptions::default()).unwrap());
        writer.finish().unwrap().into_inner()
    };
    assert_eq!(refusal(&archive(&mut (0..2_001).map(|number| number.to_string()))), FindingCode::FileTooLarge);
    assert_eq!(refusal(&archive(&mut ["word/document.xml".to_owned()].into_iter())), FindingCode::FormatUnsupported);
    assert_eq!(refusal(&archive(&mut ["xl/workbook.bin".to_owned()].into_iter())), FindingCode::FormatUnsupported);
    let mut claims = vec![0; 64];
    claims[..4].copy_from_slice(b"PK\x06\x06");
    claims[4..12].copy_from_slice(&44_u64.to_le_bytes());
    claims[32..40].copy_from_slice(&1_000_000_u64.to_le_bytes());
    assert_eq!(refusal(&[b"PK\x03\x04".to_vec(), claims].concat()), FindingCode::FileTooLarge);
}
