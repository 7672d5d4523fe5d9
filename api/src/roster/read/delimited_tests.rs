//! Whole rosters as text: what goes in, what the report says.

use encoding_rs::GB18030;
use entity::kind::{CadreStatus, Education, ManagementAuthority, PositionLevel, Sex};

use super::*;

fn today() -> NaiveDate {
    NaiveDate::from_ymd_opt(2026, 7, 1).unwrap()
}

fn reading(text: &str) -> Reading {
    read(text.as_bytes(), &Limits::default(), today())
}

/// The lines of the report, without the counts.
fn said(text: &str) -> Vec<String> {
    let reading = reading(text);
    reading.report.findings.iter().map(Finding::text).collect()
}

fn assert_says(text: &str, expected: &[&str]) {
    let said = said(text);
    assert_eq!(said.len(), expected.len(), "{said:#?}");
    for (said, expected) in said.iter().zip(expected) {
        assert!(said.starts_with(expected), "{said}\n{expected}");
    }
}

const FULL: &str = "序号,姓 名,性别,出生年月,身份证号码,单位,现任职务,职务层次,学历,人员状态,管理权限,任现职时间,任现职务层次时间,手机\n\
    1,王  伟,男,1990.03,990000199003070013,县农业农村局,=局长,正科级,省委党校大学,现职,县管,2021年5月,2019-05-13,100 0000 0001\n";

#[test]
fn a_full_row_in_utf8_and_gb18030() {
    let reading = reading(FULL);
    assert_eq!(reading.report, Report { rows: 1, ..Report::default() });
    assert_eq!(reading, read(&GB18030.encode(FULL).0, &Limits::default(), today()));
    let date = |text: &str| entity::partial_date::PartialDate::parse(text);
    let expected = RosterRow {
        line: 2,
        name: "王伟".to_owned(),
        sex: Some(Sex::Male),
        birth_date: date("1990-03"),
        identity_number: Some("990000199003070013".to_owned()),
        unit: Some("县农业农村局".to_owned()),
        post_title: Some("=局长".to_owned()),
        position_level: Some(PositionLevel::TownshipPrincipal),
        education: Some(Education::Bachelor),
        status: Some(CadreStatus::InPost),
        secrecy_level: None,
        management_authority: Some(ManagementAuthority::County),
        post_start: date("2021-05"),
        level_start: date("2019-05-13"),
        phone: Some("10000000001".to_owned()),
        facts: reading.rows[0].facts.clone(),
        raw: reading.rows[0].raw.clone(),
    };
    assert_eq!(reading.rows, [expected]);
    let raw: Vec<(&str, &str)> = reading.rows[0].raw.iter().collect();
    assert_eq!((raw.len(), raw[1], raw[7]), (14, ("姓 名", "王  伟"), ("职务层次", "正科级")));
    let shown = format!("{:?}", reading.rows[0]);
    assert!(shown.contains("王伟") && !shown.contains("199003070013") && !shown.contains("10000000001"), "{shown}");
}

#[test]
fn the_number_fills_what_the_columns_lack() {
    let reading = reading("姓名,身份证号\n王伟,990000199003070013\n");
    let row = &reading.rows[0];
    assert_eq!((row.birth_date.map(String::from).as_deref(), row.sex), (Some("1990-03-07"), Some(Sex::Male)));
}

#[test]
fn columns_win_over_the_number_with_a_warning() {
    let text = "姓名,性别,出生年月,身份证号\n王伟,女,1990.04,990000199003070013\n";
    assert_says(
        text,
        &[
            "WARNING line 2, 出生年月: The column says 1990-04, the identity number says 1990-03-07; the column",
            "WARNING line 2, 性别: The column says 女, the identity number says 男; the column was taken. →",
        ],
    );
    assert_eq!(reading(text).rows[0].birth_date.map(String::from).as_deref(), Some("1990-04"));
}

#[test]
fn errors_by_line_and_column_keep_the_row_out() {
    let text = "姓名,出生年月,身份证号,职务层次,学历,手机\n\
        王伟,不详,990000199003070014,厅长,学士,123\n\
        ,1988.05,,,,\n\
        李娜,2027.01,,,,\n\
        张强,2015.01,,,,\n\
        赵敏,1920.01,,,,\n";
    assert_says(
        text,
        &[
            "ERROR line 2, 身份证号: The identity number «99**************14» does not agree with its last character",
            "ERROR line 2, 出生年月: «不详» is no date. → Write it as 1988.05, 1988-05-13 or 1988年5月, as text.",
            "ERROR line 2, 职务层次: «厅长» is not among the values of this column. →",
            "ERROR line 2, 学历: «学士» is not among the values",
            "WARNING line 2, 手机: «***» is no mobile number of 11 digits and was left out. →",
            "ERROR line 3, 姓名: The row has no 姓名. →",
            "ERROR line 4, 出生年月: The birth date 2027-01 lies in the future. →",
            "WARNING line 5, 出生年月: Born 2015-01, the person is 11 years old. →",
            "WARNING line 6, 出生年月: Born 1920-01, the person is 106 years old. →",
        ],
    );
    let reading = reading(text);
    assert_eq!((reading.report.rows, reading.report.errors, reading.report.warnings), (5, 6, 3));
    assert_eq!(reading.rows.iter().map(|row| row.name.as_str()).collect::<Vec<_>>(), ["张强", "赵敏"]);
}

#[test]
fn the_same_person_twice() {
    let text = "姓名,出生年月,单位,身份证号\n\
        王伟,1990.03,县委办,990000199003070013\n\
        李娜,1988.05,县委办,\n\
        王 伟,1990.03,县政府办,990000199003070013\n\
        李娜,1988-05-13,县委办,\n\
        李娜,1988.05,县政府办,\n\
        王伟,1990.03,县委办,\n";
    assert_says(
        text,
        &[
            "ERROR line 4, 身份证号: The identity number stands on line 2 already. →",
            "WARNING line 5, 姓名: Name, birth month and unit are those of line 3",
            "WARNING line 7, 姓名: Name, birth month and unit are those of line 2",
        ],
    );
    assert_eq!(reading(text).rows.len(), 5);
}

#[test]
fn what_is_not_read_is_said() {
    let text = "序号,姓名,特长,民族,宗教信仰,工号\n\
        1,王伟,唱歌,某,某,,多出\n\
        2,,,,,\n\
        ,,填表人,,,\n\
        3,李\u{0}娜,,,,,再多\n";
    assert_says(
        text,
        &[
            "HINT line 1, 特长: The column C «特长» is unknown and is not read. →",
            "HINT line 2: The column G has values and no header, and is not read. →",
            "HINT line 4: The line has no value in any column that is read, and was passed over. →",
            "HINT line 5, 姓名: The cell holds control or invisible characters; they were removed. →",
        ],
    );
    let reading = reading(text);
    assert_eq!((reading.rows.len(), reading.report.rows), (2, 2));
    assert_eq!(reading.rows[1].name, "李娜");
}

#[test]
fn files_that_are_no_roster() {
    assert_says("", &["ERROR file: The file is empty. →"]);
    assert_says("\n , \n", &["ERROR file: The file is empty. →"]);
    assert_says("姓名,性别\n", &["ERROR file: The file has a header and no row below it. →"]);
    assert_says("干部花名册\n姓名\n王伟\n", &[]);
    assert_says("王伟\n李娜\n", &["ERROR line 1: None of the first 30 lines is a header with 姓名; the first begins"]);
    assert_says(
        "性别,职务,级别,职务层次\n男,a,b,c\n",
        &["ERROR line 1, 职务层次: The columns C «级别» and D «职务层次» mean the same.", "ERROR line 1: The file"],
    );
    let mut malformed = "姓名\n王伟\n".as_bytes().to_vec();
    malformed.push(0xff);
    let refused = read(&malformed, &Limits::default(), today());
    assert_eq!((refused.rows.len(), refused.report.findings[0].line), (0, Some(3)));
}

#[test]
fn rows_and_text_are_bounded() {
    let limits = Limits { rows: 2, cell_chars: 5, ..Limits::default() };
    let reading = read("姓名,工号\n一,\n二,这一列不读所以可以很长\n三,\n四,\n".as_bytes(), &limits, today());
    assert_eq!((reading.rows.len(), reading.report.rows), (0, 2));
    assert!(reading.report.text().starts_with("ERROR line 4: The file has more than 2 rows. Reading stopped here. →"));
    let reading = read("姓名\n一二三四五六\n".as_bytes(), &limits, today());
    assert_eq!(reading.report.findings[0].code, FindingCode::CellTooLong);
    let kept = Limits { kept_bytes: 10, ..limits };
    let reading = read("姓名\n一二三\n四五六\n".as_bytes(), &kept, today());
    assert_eq!((reading.rows.len(), reading.report.findings[0].code), (0, FindingCode::FileTooLarge));
    let size = Limits { file_bytes: 3, ..limits };
    assert_eq!(read("姓名\n一".as_bytes(), &size, today()).report.findings[0].code, FindingCode::FileTooLarge);
}

#[test]
fn ten_thousand_rows_are_read_at_once() {
    let header = FULL.lines().take(1).map(str::to_owned);
    let rows = (0..10_000).map(|it| format!("{it},王{it},男,1990.03,,局,局长,正科级,大学,现职,县管,2021.05,2019.05,"));
    let text = header.chain(rows).collect::<Vec<_>>().join("\n");
    let started = std::time::Instant::now();
    assert_eq!(reading(&text).rows.len(), 10_000);
    assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
}
