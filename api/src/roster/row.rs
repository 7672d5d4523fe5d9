//! One person of a roster, and how a line becomes one.

use chrono::NaiveDate;
use entity::{
    kind::{CadreStatus, Education, ManagementAuthority, PositionLevel, Sex},
    partial_date::PartialDate,
};

use super::{
    code,
    columns::{Columns, Field},
    date::date,
    finding::{FindingCode, Remark, Severity},
    identity::identity,
    report::Report,
    sheet::{Cell, Line},
    text::{clean, is_blank},
    value::{self, Value},
};
use crate::identity_number::IdentityNumber;

/// Characters of a unit's name.
const UNIT_CHARS: usize = 200;
/// Characters of a post's title; concurrent posts make it long.
const POST_CHARS: usize = 400;
/// Ages outside are doubtful, in full years.
const USUAL_AGE_YEARS: std::ops::RangeInclusive<u32> = 16..=100;

/// One person as the roster states it.
#[derive(Clone, PartialEq, Eq)]
pub struct RosterRow {
    /// The row number as the spreadsheet shows it, or the line of a text file.
    pub line: u32,
    /// 姓名, without layout blanks, middle dots as `·`.
    pub name: String,
    /// 性别, from the column or else from the identity number.
    pub sex: Option<Sex>,
    /// 出生年月, from the column or else from the identity number.
    pub birth_date: Option<PartialDate>,
    /// 公民身份号码: 18 characters, upper case, check character correct.
    pub identity_number: Option<String>,
    /// 单位, as written, on one line.
    pub unit: Option<String>,
    /// 现任职务, as written, on one line.
    pub post_title: Option<String>,
    /// 职务层次
    pub position_level: Option<PositionLevel>,
    /// Highest 学历.
    pub education: Option<Education>,
    /// 人员状态
    pub status: Option<CadreStatus>,
    /// 管理权限
    pub management_authority: Option<ManagementAuthority>,
    /// 任现职时间
    pub post_start: Option<PartialDate>,
    /// 任现职务层次时间
    pub level_start: Option<PartialDate>,
    /// 手机号码: 11 digits.
    pub phone: Option<String>,
}

/// Without the identity number and the phone, so that no log shows them.
impl std::fmt::Debug for RosterRow {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = |value: &Option<String>| value.as_ref().map(|_| "hidden");
        out.debug_struct("RosterRow")
            .field("line", &self.line)
            .field("name", &self.name)
            .field("sex", &self.sex)
            .field("birth_date", &self.birth_date)
            .field("identity_number", &hidden(&self.identity_number))
            .field("unit", &self.unit)
            .field("post_title", &self.post_title)
            .field("position_level", &self.position_level)
            .field("education", &self.education)
            .field("status", &self.status)
            .field("management_authority", &self.management_authority)
            .field("post_start", &self.post_start)
            .field("level_start", &self.level_start)
            .field("phone", &hidden(&self.phone))
            .finish()
    }
}

/// A line that was read.
pub struct Person {
    /// The person.
    pub row: RosterRow,
    /// Whether an error of the line keeps the row out.
    pub refused: bool,
}

/// Reads a line; what is wrong with it goes into the report. `None` where not even a name was found.
pub fn person(line: &Line, columns: &Columns, today: NaiveDate, report: &mut Report) -> Option<Person> {
    let mut cells = Cells { line, columns, report, refused: false };
    let name = cells.read(Field::Name, value::name);
    if name.is_none() && !cells.refused {
        let remark =
            Remark::error(FindingCode::NameMissing, "The row has no 姓名.", "Write the name, or remove the row.");
        cells.say(Field::Name, remark);
    }
    let identity = cells.read(Field::IdentityNumber, |cell| identity(cell, today));
    let sex = cells.read(Field::Sex, code::sex);
    let birth_date = cells.read(Field::BirthDate, date);
    let mut row = RosterRow {
        line: line.number,
        name: name.clone().unwrap_or_default(),
        sex,
        birth_date,
        identity_number: None,
        unit: cells.read(Field::Unit, |cell| value::words(cell, UNIT_CHARS)),
        post_title: cells.read(Field::PostTitle, |cell| value::words(cell, POST_CHARS)),
        position_level: cells.read(Field::PositionLevel, code::position_level),
        education: cells.read(Field::Education, code::education),
        status: cells.read(Field::Status, code::status),
        management_authority: cells.read(Field::ManagementAuthority, code::management_authority),
        post_start: cells.read(Field::PostStart, date),
        level_start: cells.read(Field::LevelStart, date),
        phone: cells.read(Field::Phone, value::phone),
    };
    if let Some(identity) = identity {
        cells.compare(&mut row, identity);
    }
    cells.judge_birth(row.birth_date, today);
    let refused = cells.refused;
    name.map(|_| Person { row, refused })
}

/// The cells of one line, and where to say what is wrong with them.
struct Cells<'a> {
    line: &'a Line,
    columns: &'a Columns,
    report: &'a mut Report,
    refused: bool,
}

impl Cells<'_> {
    /// Reads the cell of a field, if the file has it.
    fn read<T>(&mut self, field: Field, reader: impl FnOnce(&Cell) -> Value<T>) -> Option<T> {
        let cell = self.line.cell(self.columns.place(field)?.index);
        let value = match self.without_invisible(field, cell) {
            Some(cleaned) => reader(&cleaned),
            None => reader(cell),
        };
        let value = match cell {
            Cell::Fault(why) => Value::Dropped(Remark::error(
                FindingCode::CellFault,
                format!("The cell holds {why} instead of a value."),
                "Replace the formula or date by its value.",
            )),
            Cell::TooLong => Value::Dropped(Remark::error(
                FindingCode::CellTooLong,
                "The cell holds more text than a cell of a roster may.",
                "Shorten it.",
            )),
            _ => value,
        };
        match value {
            Value::Absent => None,
            Value::Plain(value) => Some(value),
            Value::Doubtful(value, remark) => {
                self.say(field, remark);
                Some(value)
            }
            Value::Dropped(remark) => {
                self.say(field, remark);
                None
            }
        }
    }

    /// The text cell without what cannot be seen and without what only keeps it a text; `None` for other cells.
    fn without_invisible(&mut self, field: Field, cell: &Cell) -> Option<Cell> {
        let (Cell::Text(text) | Cell::Untyped(text)) = cell else { return None };
        let (cleaned, removed) = clean(text);
        if removed {
            let remark = Remark::hint(
                FindingCode::CharactersRemoved,
                "The cell holds control or invisible characters; they were removed.",
                "Nothing needs to be done; look at the cell if it was copied from another program.",
            );
            self.say(field, remark);
        }
        Some(match cell {
            _ if is_blank(&cleaned) => Cell::Blank,
            Cell::Untyped(_) => Cell::Untyped(cleaned),
            _ => Cell::Text(cleaned),
        })
    }

    /// Takes what the number says where the columns say nothing; where they differ, the columns stand.
    fn compare(&mut self, row: &mut RosterRow, identity: IdentityNumber) {
        if let Some(stated) = row.birth_date {
            let known = |date: PartialDate| (stated.month().and(date.month()), stated.day().and(date.day()));
            if stated.year() != identity.birth.year() || known(stated) != known(identity.birth) {
                let (stated, inside) = (String::from(stated), String::from(identity.birth));
                self.contradicts(Field::BirthDate, &stated, &inside);
            }
        }
        if let Some(stated) = row.sex.filter(|stated| *stated != Sex::Unknown && *stated != identity.sex) {
            self.contradicts(Field::Sex, chinese(stated), chinese(identity.sex));
        }
        row.birth_date = row.birth_date.or(Some(identity.birth));
        row.sex = row.sex.or(Some(identity.sex));
        row.identity_number = Some(identity.text().to_owned());
    }

    fn contradicts(&mut self, field: Field, stated: &str, inside: &str) {
        let remark = Remark::warning(
            FindingCode::IdentityNumberContradicts,
            format!("The column says {stated}, the identity number says {inside}; the column was taken."),
            "Compare both with the personnel file and correct the wrong one.",
        );
        self.say(field, remark);
    }

    fn judge_birth(&mut self, birth: Option<PartialDate>, today: NaiveDate) {
        let Some(birth) = birth else { return };
        let Some(age) = birth.full_years(today) else {
            let remark = Remark::error(
                FindingCode::BirthInFuture,
                format!("The birth date {} lies in the future.", String::from(birth)),
                "Correct the birth date.",
            );
            return self.say(Field::BirthDate, remark);
        };
        if !USUAL_AGE_YEARS.contains(&age) {
            let remark = Remark::warning(
                FindingCode::AgeUnusual,
                format!("Born {}, the person is {age} years old.", String::from(birth)),
                "Compare the birth date with the personnel file.",
            );
            self.say(Field::BirthDate, remark);
        }
    }

    /// Reports a remark at a field's column, or at the identity number where the file lacks that column.
    fn say(&mut self, field: Field, remark: Remark) {
        self.refused |= remark.severity == Severity::Error;
        let place = self.columns.place(field).or_else(|| self.columns.place(Field::IdentityNumber));
        self.report.add(match place {
            Some(place) => remark.at(self.line.number, &place.header),
            None => remark.on_line(self.line.number),
        });
    }
}

fn chinese(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "男",
        Sex::Female => "女",
        Sex::Unknown => "未知",
    }
}
