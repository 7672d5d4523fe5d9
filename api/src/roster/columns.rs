//! Which column of a file means what.

use super::{
    fields::Field,
    finding::{Finding, FindingCode, Remark},
    header::{self, Head, Meaning},
    sheet::{Line, letters},
    text::quote,
};

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

/// A column of grades.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grades {
    /// Where it stands, from 0.
    pub index: usize,
    /// Its header as in the file.
    pub header: String,
    /// The years that the header names, in its order.
    pub years: Vec<u16>,
}

/// The columns of a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Columns {
    places: Vec<Place>,
    /// Columns of grades; there may be one a year.
    pub grades: Vec<Grades>,
    /// Every column that has a header.
    pub heads: Vec<Head>,
    /// Those that only number the rows.
    numbering: Vec<usize>,
}

impl Columns {
    /// Takes the headers of line `line`. Columns with an unknown header are noted in `notes` as hints.
    ///
    /// # Errors
    /// No 姓名, or two columns of one meaning.
    pub fn of(line: u32, heads: Vec<Head>, notes: &mut Vec<Finding>) -> Result<Self, Vec<Finding>> {
        let mut columns = Self::default();
        let mut errors = Vec::new();
        for Head { index, text, .. } in &heads {
            let (index, header) = (*index, text.clone());
            let meaning = heads.iter().find(|it| it.index == index).map_or(Meaning::Unknown, Head::meaning);
            match meaning {
                Meaning::Field(field) => match columns.place(field) {
                    Some(first) => errors.push(twice(first, index, &header).at(line, &header)),
                    None => columns.places.push(Place { field, index, header }),
                },
                Meaning::Grades(years) => columns.grades.push(Grades { index, header, years }),
                Meaning::Numbering => columns.numbering.push(index),
                Meaning::PassedOver => {}
                Meaning::Unknown => notes.push(unknown(index, &header).at(line, &header)),
            }
        }
        if columns.place(Field::Name).is_none() {
            let remark = Remark::error(
                FindingCode::ColumnMissing,
                "The file has no column 姓名.",
                "Name the column that holds the names 姓名.",
            );
            errors.push(remark.on_line(line));
        }
        columns.heads = heads;
        if errors.is_empty() { Ok(columns) } else { Err(errors) }
    }

    /// Where a field stands, if the file has it.
    pub fn place(&self, field: Field) -> Option<&Place> {
        self.places.iter().find(|place| place.field == field)
    }

    /// Whether the line holds anything in a column that is read.
    pub fn reads(&self, line: &Line) -> bool {
        let read = |index| {
            self.places.iter().any(|place| place.index == index) || self.grades.iter().any(|it| it.index == index)
        };
        line.filled().any(|(index, _)| read(index) && !line.inherits(index))
    }

    /// Whether the line holds nothing but its running number.
    pub fn only_numbers(&self, line: &Line) -> bool {
        let is_number = |text: &str| text.trim().bytes().all(|byte| byte.is_ascii_digit());
        line.filled().all(|(index, cell)| {
            line.inherits(index) || (self.numbering.contains(&index) && is_number(&cell.as_text()))
        })
    }

    /// The first column of the line that holds something and has no header.
    pub fn unnamed(&self, line: &Line) -> Option<usize> {
        let has_header = |index| self.heads.iter().any(|it| it.index == index);
        line.filled().map(|(index, _)| index).find(|index| !has_header(*index))
    }

    /// Whether the line only repeats the header.
    pub fn repeated(&self, line: &Line) -> bool {
        header::repeats(&self.heads, line)
    }
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

/// The remark about a file of which no line is a header; `first` is its first line.
pub fn no_header(first: &Line) -> Remark {
    let found: Vec<String> = first.filled().take(5).map(|(_, cell)| quote(&cell.as_text())).collect();
    let expected: Vec<&str> = Field::ALL.iter().take(13).filter_map(|field| field.headers().first().copied()).collect();
    Remark::error(
        FindingCode::HeaderNotFound,
        format!(
            "None of the first {} lines is a header with 姓名; the first begins with {}.",
            header::HEAD_LINES,
            found.join(" ")
        ),
        format!("Put a header line above the people. Known are {} and more; 姓名 is required.", expected.join(", ")),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{
        fields::{NUMBERING, PASSED_OVER},
        header::{plain, single},
        sheet::Cell,
    };

    fn header(texts: &[&str]) -> Line {
        let mut line = Line::at(1);
        for (index, text) in texts.iter().enumerate() {
            line.put(index, Cell::of_text(text, 4_096));
        }
        line
    }

    fn find(texts: &[&str], notes: &mut Vec<Finding>) -> Result<Columns, Vec<Finding>> {
        Columns::of(1, single(&header(texts)), notes)
    }

    #[test]
    fn headers_in_any_order_and_dress() {
        let mut notes = Vec::new();
        let texts = [
            "序号",
            "出生\n年月\n(岁)",
            "*姓　 名",
            "身份证号码（必填）",
            "单位 及\r\n职务",
            "民族",
            "入党时间",
            "特长",
        ];
        let columns = find(&texts, &mut notes).unwrap();
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
        let headers = Field::ALL.iter().flat_map(|field| field.headers()).chain(PASSED_OVER).chain(NUMBERING);
        for header in headers {
            assert_eq!(*header, plain(header));
            assert!(seen.insert(*header), "{header} is listed twice");
        }
    }

    #[test]
    fn refused_headers() {
        let errors = |texts: &[&str]| {
            let refused = find(texts, &mut Vec::new()).unwrap_err();
            refused.into_iter().map(|finding| finding.code).collect::<Vec<_>>()
        };
        assert_eq!(errors(&["性别"]), [FindingCode::ColumnMissing]);
        assert_eq!(errors(&["姓名", "出生年月", "出生日期"]), [FindingCode::ColumnTwice]);
        let remark = no_header(&header(&["王伟", "990000199003070013"]));
        let text = remark.on_line(1).text();
        assert!(text.contains("«99**************13»") && text.contains("姓名, 性别, 出生年月"), "{text}");
    }

    #[test]
    fn lines_with_nothing_to_read() {
        let columns = find(&["序号", "姓名", "工号"], &mut Vec::new()).unwrap();
        let numbered = header(&["7"]);
        let footer = header(&["填表人：某"]);
        assert!(!columns.reads(&numbered) && columns.only_numbers(&numbered));
        assert!(!columns.reads(&footer) && !columns.only_numbers(&footer));
        assert_eq!(columns.unnamed(&header(&["1", "王伟", "", "x"])), Some(3));
    }
}
