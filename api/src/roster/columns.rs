//! Which column of a file means what, found by its Chinese header.
//!
//! 民族 and 宗教信仰 stand among the headers that are passed over: the registry has no place for them, on purpose.

use super::{
    finding::{Finding, FindingCode, Remark},
    sheet::{Line, letters},
    text::{compact, quote, without_brackets},
};

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = [$($header:literal),+],)+) => {
        /// What a column may mean.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $variant,)+ }

        impl Field {
            /// Every field, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The headers by which the field is known, the usual one first.
            pub const fn headers(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($header),+],)+ }
            }
        }
    };
}

fields! {
    /// 姓名, the one that a file must have.
    Name = ["姓名"],
    /// 性别
    Sex = ["性别"],
    /// 出生年月
    BirthDate = ["出生年月", "出生日期", "出生时间", "出生年月日"],
    /// 公民身份号码
    IdentityNumber = ["身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "身份证"],
    /// 单位
    Unit = ["单位", "工作单位", "所在单位", "现工作单位", "单位名称"],
    /// 现任职务
    PostTitle = ["现任职务", "职务", "单位及职务", "工作单位及职务", "现工作单位及职务", "单位及职务全称"],
    /// 职务层次
    PositionLevel = ["职务层次", "级别", "现任职务层次", "现职务层次"],
    /// 学历
    Education = ["学历", "最高学历"],
    /// 人员状态
    Status = ["人员状态"],
    /// 管理权限
    ManagementAuthority = ["管理权限"],
    /// 任现职时间
    PostStart = ["任现职时间", "任职时间", "任现职务时间"],
    /// 任现职务层次时间
    LevelStart = ["任现职务层次时间", "任同职级时间", "任现职级时间", "任职务层次时间", "任现层次时间"],
    /// 手机号码
    Phone = ["手机号码", "手机号", "手机", "联系电话"],
}

/// Headers of usual rosters that are passed over in silence.
const PASSED_OVER: &[&str] = &[
    "序号",
    "编号",
    "籍贯",
    "出生地",
    "入党时间",
    "入党年月",
    "加入党派时间",
    "参加工作时间",
    "参加工作年月",
    "参工时间",
    "政治面貌",
    "健康状况",
    "备注",
    "说明",
    "年龄",
    "民族",
    "宗教",
    "宗教信仰",
    "专业技术职务",
    "职称",
    "学位",
    "专业",
    "毕业院校",
    "毕业院校及专业",
    "毕业院校系及专业",
    "毕业时间",
    "职级",
    "熟悉专业有何专长",
    "简历",
    "年度考核结果",
    "奖惩情况",
    "家庭住址",
    "办公电话",
];

/// A column that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// What it means.
    pub field: Field,
    /// Where it stands, from 0.
    pub index: usize,
    /// Its header as in the file.
    pub header: String,
}

/// The columns of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    places: Vec<Place>,
    /// Columns with a header that is not read.
    passed_over: Vec<usize>,
    /// Those among them that only number the rows.
    numbering: Vec<usize>,
}

impl Columns {
    /// Reads the header line. Columns with an unknown header are noted in `notes` as hints.
    ///
    /// # Errors
    /// No known header at all, no 姓名, or two columns of one meaning.
    pub fn find(line: &Line, notes: &mut Vec<Finding>) -> Result<Self, Vec<Finding>> {
        let mut columns = Self::default();
        let mut errors = Vec::new();
        for (index, cell) in line.filled() {
            let header = cell.as_text();
            let plain = plain(&header);
            if let Some(field) = known(&plain) {
                match columns.place(field) {
                    Some(first) => errors.push(twice(first, index, &header).at(line.number, &header)),
                    None => columns.places.push(Place { field, index, header }),
                }
                continue;
            }
            columns.passed_over.push(index);
            if matches!(plain.as_str(), "序号" | "编号") {
                columns.numbering.push(index);
            }
            if !PASSED_OVER.contains(&plain.as_str()) {
                notes.push(unknown(index, &header).at(line.number, &header));
            }
        }
        if columns.places.is_empty() {
            notes.clear();
            return Err(vec![no_header(line).on_line(line.number)]);
        }
        if columns.place(Field::Name).is_none() {
            let remark = Remark::error(
                FindingCode::ColumnMissing,
                "The file has no column 姓名.",
                "Name the column that holds the names 姓名.",
            );
            errors.push(remark.on_line(line.number));
        }
        if errors.is_empty() { Ok(columns) } else { Err(errors) }
    }

    /// Where a field stands, if the file has it.
    pub fn place(&self, field: Field) -> Option<&Place> {
        self.places.iter().find(|place| place.field == field)
    }

    /// Whether the line holds anything in a column that is read.
    pub fn reads(&self, line: &Line) -> bool {
        line.filled().any(|(index, _)| self.places.iter().any(|place| place.index == index))
    }

    /// Whether the line holds nothing but its running number.
    pub fn only_numbers(&self, line: &Line) -> bool {
        let is_number = |text: &str| text.trim().bytes().all(|byte| byte.is_ascii_digit());
        line.filled().all(|(index, cell)| self.numbering.contains(&index) && is_number(&cell.as_text()))
    }

    /// The first column of the line that holds something and has no header.
    pub fn unnamed(&self, line: &Line) -> Option<usize> {
        let has_header = |index| self.passed_over.contains(&index) || self.places.iter().any(|it| it.index == index);
        line.filled().map(|(index, _)| index).find(|index| !has_header(*index))
    }
}

/// A header without blanks, brackets and marks of required columns.
fn plain(header: &str) -> String {
    let text = compact(&without_brackets(header));
    text.trim_matches(['*', ':', '★', '※', '、', '.']).to_owned()
}

fn known(plain: &str) -> Option<Field> {
    Field::ALL.iter().copied().find(|field| field.headers().contains(&plain))
}

fn twice(first: &Place, index: usize, header: &str) -> Remark {
    Remark::error(
        FindingCode::ColumnTwice,
        format!(
            "The columns {} {} and {} {} mean the same.",
            letters(first.index),
            quote(&first.header),
            letters(index),
            quote(header)
        ),
        "Keep one of them, or rename the one that is not to be read.",
    )
}

fn unknown(index: usize, header: &str) -> Remark {
    Remark::hint(
        FindingCode::ColumnNotRead,
        format!("The column {} {} is unknown and is not read.", letters(index), quote(header)),
        "If it is needed, rename it to one of the known headers; else leave it.",
    )
}

fn no_header(line: &Line) -> Remark {
    let found: Vec<String> = line.filled().take(5).map(|(_, cell)| quote(&cell.as_text())).collect();
    let expected: Vec<&str> = Field::ALL.iter().filter_map(|field| field.headers().first().copied()).collect();
    Remark::error(
        FindingCode::HeaderNotFound,
        format!("The first line that is not empty has no known header; it begins with {}.", found.join(" ")),
        format!(
            "Put the headers into the first line and remove titles above them. Known are {}; 姓名 is required.",
            expected.join(", ")
        ),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::sheet::Cell;

    fn header(texts: &[&str]) -> Line {
        let mut line = Line::at(1);
        for (index, text) in texts.iter().enumerate() {
            line.put(index, Cell::of_text(text, 4_096));
        }
        line
    }

    #[test]
    fn headers_in_any_order_and_dress() {
        let mut notes = Vec::new();
        let line = header(&[
            "序号",
            "出生\n年月\n(岁)",
            "*姓　 名",
            "身份证号码（必填）",
            "单位 及\r\n职务",
            "民族",
            "入党时间",
            "特长",
        ]);
        let columns = Columns::find(&line, &mut notes).unwrap();
        for (field, index) in
            [(Field::BirthDate, 1), (Field::Name, 2), (Field::IdentityNumber, 3), (Field::PostTitle, 4)]
        {
            assert_eq!(columns.place(field).map(|place| place.index), Some(index));
        }
        assert_eq!(columns.place(Field::Sex), None);
        let texts: Vec<String> = notes.iter().map(Finding::text).collect();
        assert_eq!(texts.len(), 1);
        assert!(
            texts[0].starts_with("HINT line 1, 特长: The column H «特长» is unknown and is not read."),
            "{texts:?}"
        );
    }

    #[test]
    fn every_header_is_known_once() {
        let mut seen = std::collections::BTreeSet::new();
        for header in Field::ALL.iter().flat_map(|field| field.headers()).chain(PASSED_OVER) {
            assert_eq!(*header, plain(header));
            assert!(seen.insert(*header), "{header} is listed twice");
        }
    }

    #[test]
    fn refused_headers() {
        let errors = |texts: &[&str]| {
            let refused = Columns::find(&header(texts), &mut Vec::new()).unwrap_err();
            refused.into_iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert_eq!(errors(&["性别"]), [FindingCode::ColumnMissing]);
        assert_eq!(errors(&["姓名", "出生年月", "出生日期"]), [FindingCode::ColumnTwice]);
        assert_eq!(errors(&["王伟", "990000199003070013"]), [FindingCode::HeaderNotFound]);
        let refused = Columns::find(&header(&["王伟", "990000199003070013"]), &mut Vec::new()).unwrap_err();
        let text = refused[0].text();
        assert!(text.contains("«99**************13»") && text.contains("姓名, 性别, 出生年月"), "{text}");
    }

    #[test]
    fn lines_with_nothing_to_read() {
        let columns = Columns::find(&header(&["序号", "姓名", "备注"]), &mut Vec::new()).unwrap();
        let numbered = header(&["7"]);
        let footer = header(&["填表人：某"]);
        assert!(!columns.reads(&numbered) && columns.only_numbers(&numbered));
        assert!(!columns.reads(&footer) && !columns.only_numbers(&footer));
        assert_eq!(columns.unnamed(&header(&["1", "王伟", "", "x"])), Some(3));
    }
}
