//! Workbooks as messy as those of the field, made anew by each test.

use rust_xlsxwriter::{ExcelDateTime, Format, Workbook, Worksheet};

/// Name and bytes of every workbook.
pub fn all() -> Vec<(String, Vec<u8>)> {
    [
        ("01-two-levels.xlsx", two_levels()),
        ("06-assessments.xlsx", assessments()),
        ("08-pages.xlsx", pages()),
        ("09-sheets.xlsx", sheets()),
        ("11-resumes.xlsx", resumes()),
    ]
    .map(|(name, bytes)| (name.to_owned(), bytes))
    .to_vec()
}

fn text_row(sheet: &mut Worksheet, row: u32, texts: &[&str]) {
    for (column, text) in texts.iter().enumerate().filter(|(_, text)| !text.is_empty()) {
        sheet.write(row, u16::try_from(column).unwrap(), *text).unwrap();
    }
}

fn merge(sheet: &mut Worksheet, rows: (u32, u32), columns: (u16, u16), text: &str) {
    sheet.merge_range(rows.0, columns.0, rows.1, columns.1, text, &Format::new()).unwrap();
}

fn saved(mut workbook: Workbook) -> Vec<u8> {
    workbook.save_to_buffer().unwrap()
}

/// Title, date line, a header of two levels with merged cells, units merged over people, footers, a note.
fn two_levels() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    merge(sheet, (0, 0), (0, 14), "青禾县科级干部花名册");
    merge(sheet, (1, 1), (0, 6), "填报单位：青禾县委组织部");
    merge(sheet, (1, 1), (10, 14), "2026年5月31日");
    let upper = "序\n号|单位|姓  名|性别|出生\n年月\n(岁)|入党\n时间|||||||职务层次|现任职务|备　注";
    for (column, text) in (0..).zip(upper.split('|')).filter(|(_, text)| !text.is_empty()) {
        merge(sheet, (2, 3), (column, column), text);
    }
    merge(sheet, (2, 2), (6, 8), "全日制教育");
    merge(sheet, (2, 2), (9, 11), "在 职 教 育");
    merge(sheet, (4, 6), (1, 1), "县教育局");
    let rows = [
        (3, "||||||学历|学位|毕业院校\n系及专业|学历|学位|毕业院校系及专业"),
        (
            4,
            "1||王　伟|男|1988.05\n(38岁)|2012.07|大学|理学学士|东海大学数学系应用数学专业|省委党校研究生||东海省委党校公共管理专业|正科级|县教育局局长",
        ),
        (5, "2||李  娜|女|１９９０．０３|民盟|大专|无|青禾师范学院|大学|法学学士|东海大学|1A42|县教育局副局长|=挂职"),
        (6, "3||张强|男|1979年2月|1998.06；民盟|中专||||||副科级|县教育局\n党组成员"),
        (
            7,
            "4|县水务局|阿依古丽·买买提|女|199112||研究生|工学硕士|东海大学 水利学院 水利工程专业||||科员|县水务局科员",
        ),
        (8, "5"),
        (9, "合计||4人"),
        (11, "填表人：某某|||||审核人：某某"),
    ];
    for (row, texts) in rows {
        text_row(sheet, row, &texts.split('|').collect::<Vec<_>>());
    }
    merge(sheet, (12, 12), (0, 14), "注：1.出生年月按公历填写。");
    merge(sheet, (13, 13), (0, 14), "2.本表一式三份。");
    saved(workbook)
}

/// Grades in a column a year below a group, and three years in one cell below a header that names them or does not.
fn assessments() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    text_row(sheet, 0, &["姓名", "近三年年度考核结果", "", "", "2020-2022年度考核结果", "历年考核情况"]);
    merge(sheet, (0, 0), (1, 3), "近三年年度考核结果");
    text_row(sheet, 1, &["", "2023年", "2024年", "2025年"]);
    text_row(sheet, 2, &["王伟", "优秀", "称职", "称职", "优秀，称职，称职", "17年称职 18年优秀"]);
    text_row(sheet, 3, &["李娜", "", "不定等次", "1", "称职、称职", "2019优秀、2018、2017均为称职"]);
    text_row(sheet, 4, &["张强", "良好", "未考核", "合格", "2020年优秀；2021-2022年称职", "优秀"]);
    sheet.write(5, 0, "赵敏").unwrap().write(5, 1, 2).unwrap();
    saved(workbook)
}

/// Three printed pages in one sheet: titles, headers, sums of a page and running numbers repeat.
fn pages() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    for page in 0..3_u32 {
        let top = page * 8;
        merge(sheet, (top, top), (0, 5), "青禾县村级后备干部名册");
        text_row(sheet, top + 1, &["序号", "姓名", "性别", "出生年月", "学历", "联系电话"]);
        for line in 0..3_u32 {
            let number = page * 3 + line + 1;
            let phone = format!("1000000{number:04}");
            text_row(
                sheet,
                top + 2 + line,
                &[
                    &number.to_string(),
                    &format!("村民{}", ["甲", "乙", "丙"][line as usize].repeat(page as usize + 1)),
                    "男",
                    "1990.05",
                    "高中",
                    &phone,
                ],
            );
        }
        text_row(sheet, top + 5, &["小计：3人"]);
        text_row(sheet, top + 6, &["", "", "", &format!("第 {} 页 共 3 页", page + 1)]);
    }
    text_row(sheet, 24, &["", "无号", "", "", "", "", "", "列外"]);
    saved(workbook)
}

/// A sheet of instructions in front, two rosters behind it, hidden lines and columns, a person over two lines.
fn sheets() -> Vec<u8> {
    let mut workbook = Workbook::new();
    text_row(workbook.add_worksheet().set_name("填表说明").unwrap(), 0, &["姓名请填写身份证上的姓名"]);
    workbook.add_worksheet().set_hidden(true).write(0, 0, "姓名").unwrap();
    let sheet = workbook.add_worksheet().set_name("在职").unwrap();
    let month = Format::new().set_num_format("yyyy\".\"mm");
    text_row(sheet, 0, &["姓名", "出生日期", "任现职级时间", "职级", "学历", "管理权限"]);
    for (row, name) in [(1, "隐行"), (2, "王伟")] {
        text_row(sheet, row, &[name, "", "", "四级调研员", "大学", "县管"]);
        sheet.write_with_format(row, 1, ExcelDateTime::from_ymd(1985, 3, 1).unwrap(), &month).unwrap();
        sheet.write(row, 2, 2021.1).unwrap();
    }
    sheet.set_row_hidden(1).unwrap();
    sheet.set_column_hidden(3).unwrap();
    merge(sheet, (3, 4), (0, 0), "李娜");
    text_row(sheet, 3, &["", "1990.05", "", "", "大学"]);
    text_row(sheet, 4, &["", "", "", "", "研究生"]);
    sheet.write_formula(5, 1, rust_xlsxwriter::Formula::new("=#REF!").set_result("#REF!")).unwrap();
    sheet.write(5, 0, "张强").unwrap();
    text_row(workbook.add_worksheet().set_name("离退").unwrap(), 0, &["姓名", "性别"]);
    saved(workbook)
}

/// Résumés of several lines in a cell, awards, sanctions, values that are only kept sealed.
fn resumes() -> Vec<u8> {
    let mut workbook = Workbook::new();
    let sheet = workbook.add_worksheet();
    text_row(
        sheet,
        0,
        &["姓名", "简  历", "奖惩情况", "民族", "健康状况", "出生地", "专业技术职务", "熟悉专业有何专长", "特长"],
    );
    let first = "1995.09--1999.07  东海大学学习\n1999.07--2003.05  县水务局科员\n    （其间：2001.09--2003.07在职学习）\n2003.05—至今　　　县水务局\n副局长";
    text_row(
        sheet,
        1,
        &["王伟", first, "2019年获三等功；\n2021年受警告处分", "某族", "健康", "青禾县", "工程师", "水利", "唱歌"],
    );
    text_row(sheet, 2, &["李娜", "无日期的简历", "无", "某族", "一般或较弱", "", "", "", ""]);
    text_row(sheet, 3, &["张强", "2001.13--2003 甲\n2005.01-2003.02 乙\n2000至2002 丙", "", "", "", "", "", "", ""]);
    saved(workbook)
}
