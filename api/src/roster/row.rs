//! One person of a roster, and how a line becomes one.

use chrono::NaiveDate;
use entity::{
    kind::{CadreStatus, Education, ManagementAuthority, PositionLevel, SecrecyLevel, Sex},
    partial_date::PartialDate,
};

use super::{
    age,
    cells::Cells,
    code,
    columns::Columns,
    date::date,
    facts::{Facts, facts},
    fields::Field,
    finding::{FindingCode, Remark},
    identity::identity,
    raw::{Headers, RawCells},
    report::Report,
    resume::precedes,
    sheet::{Cell, Line},
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
    /// Highest 学历: of the column that says so, or else the highest of full time and in service.
    pub education: Option<Education>,
    /// 人员状态
    pub status: Option<CadreStatus>,
    /// 管理权限
    pub management_authority: Option<ManagementAuthority>,
    /// 密级
    pub secrecy_level: Option<SecrecyLevel>,
    /// 任现职时间
    pub post_start: Option<PartialDate>,
    /// 任现职务层次时间
    pub level_start: Option<PartialDate>,
    /// 手机号码: 11 digits.
    pub phone: Option<String>,
    /// What the row says beyond the record of today.
    pub facts: Box<Facts>,
    /// The cells as they stand in the file.
    pub raw: RawCells,
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
            .field("secrecy_level", &self.secrecy_level)
            .field("post_start", &self.post_start)
            .field("level_start", &self.level_start)
            .field("phone", &hidden(&self.phone))
            .field("facts", &self.facts)
            .field("raw", &self.raw)
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
pub fn person(
    line: &Line,
    columns: &Columns,
    headers: &Headers,
    today: NaiveDate,
    report: &mut Report,
) -> Option<Person> {
    let mut cells = Cells::new(line, columns, report);
    let name = cells.read(Field::Name, value::name);
    if name.is_none() && !cells.refused {
        let remark =
            Remark::error(FindingCode::NameMissing, "The row has no 姓名.", "Write the name, or remove the row.");
        cells.say(Field::Name, remark);
    }
    let identity = cells.read(Field::IdentityNumber, |cell| identity(cell, today));
    let sex = cells.read(Field::Sex, code::sex);
    let (birth_date, ages) = birth(&mut cells);
    let mut row = RosterRow {
        line: line.number,
        name: name.clone().unwrap_or_default(),
        sex,
        birth_date,
        identity_number: None,
        unit: cells.read(Field::Unit, |cell| value::words(cell, UNIT_CHARS)),
        post_title: cells.read(Field::PostTitle, |cell| value::words(cell, POST_CHARS)),
        position_level: cells.read(Field::PositionLevel, code::position_level),
        education: cells.read(Field::Education, highest),
        status: cells.read(Field::Status, code::status),
        management_authority: cells.read(Field::ManagementAuthority, code::management_authority),
        secrecy_level: cells.read(Field::Secrecy, code::secrecy),
        post_start: cells.read(Field::PostStart, date),
        level_start: cells.read(Field::LevelStart, date),
        phone: cells.read(Field::Phone, value::phone),
        facts: Box::default(),
        raw: RawCells::of(line, headers),
    };
    if let Some(identity) = identity {
        compare(&mut cells, &mut row, identity);
    }
    judge_birth(&mut cells, row.birth_date, today);
    *row.facts = facts(&mut cells, today);
    let attained = row.facts.educations.iter().filter_map(|it| it.education).min();
    row.education = row.education.or(attained);
    judge_dates(&mut cells, &row, &ages, today);
    let refused = cells.refused;
    name.map(|_| Person { row, refused })
}

/// The highest education, alone in its cell or with a degree.
fn highest(cell: &Cell) -> Value<Education> {
    match code::education(cell) {
        Value::Dropped(remark) => match super::schooling::attained(cell) {
            Value::Plain(it) => it.education.map_or(Value::Dropped(remark), Value::Plain),
            _ => Value::Dropped(remark),
        },
        other => other,
    }
}

/// The birth date, and the ages that stand beside it or in a column of their own.
fn birth(cells: &mut Cells<'_>) -> (Option<PartialDate>, Vec<(Field, u32)>) {
    let mut ages = Vec::new();
    let birth = cells.read(Field::BirthDate, |cell| match age::without_age(cell) {
        Some((rest, age)) => {
            ages.push((Field::BirthDate, age));
            date(&rest)
        }
        None => date(cell),
    });
    let own = cells.read(Field::Age, |cell| age::of_cell(cell).map_or(Value::Absent, Value::Plain));
    ages.extend(own.map(|age| (Field::Age, age)));
    (birth, ages)
}

/// Takes what the number says where the columns say nothing; where they differ, the columns stand.
fn compare(cells: &mut Cells<'_>, row: &mut RosterRow, identity: IdentityNumber) {
    if let Some(stated) = row.birth_date {
        let known = |date: PartialDate| (stated.month().and(date.month()), stated.day().and(date.day()));
        if stated.year() != identity.birth.year() || known(stated) != known(identity.birth) {
            let (stated, inside) = (String::from(stated), String::from(identity.birth));
            contradicts(cells, Field::BirthDate, &stated, &inside);
        }
    }
    if let Some(stated) = row.sex.filter(|stated| *stated != Sex::Unknown && *stated != identity.sex) {
        contradicts(cells, Field::Sex, chinese(stated), chinese(identity.sex));
    }
    row.birth_date = row.birth_date.or(Some(identity.birth));
    row.sex = row.sex.or(Some(identity.sex));
    row.identity_number = Some(identity.text().to_owned());
}

fn contradicts(cells: &mut Cells<'_>, field: Field, stated: &str, inside: &str) {
    let remark = Remark::warning(
        FindingCode::IdentityNumberContradicts,
        format!("The column says {stated}, the identity number says {inside}; the column was taken."),
        "Compare both with the personnel file and correct the wrong one.",
    );
    cells.say(field, remark);
}

fn judge_birth(cells: &mut Cells<'_>, birth: Option<PartialDate>, today: NaiveDate) {
    let Some(birth) = birth else { return };
    let Some(age) = birth.full_years(today) else {
        let remark = Remark::error(
            FindingCode::BirthInFuture,
            format!("The birth date {} lies in the future.", String::from(birth)),
            "Correct the birth date.",
        );
        return cells.say(Field::BirthDate, remark);
    };
    if !USUAL_AGE_YEARS.contains(&age) {
        let remark = Remark::warning(
            FindingCode::AgeUnusual,
            format!("Born {}, the person is {age} years old.", String::from(birth)),
            "Compare the birth date with the personnel file.",
        );
        cells.say(Field::BirthDate, remark);
    }
}

/// Nothing of a career begins before the birth or after today, as far as the dates are known.
fn judge_dates(cells: &mut Cells<'_>, row: &RosterRow, ages: &[(Field, u32)], today: NaiveDate) {
    let facts = &row.facts;
    for (field, start) in [
        (Field::PostStart, row.post_start),
        (Field::LevelStart, row.level_start),
        (Field::RankStart, facts.rank_start),
        (Field::WorkStart, facts.work_start),
        (Field::PartyJoin, facts.party_join),
    ] {
        let Some(start) = start else { continue };
        let early = row.birth_date.filter(|birth| precedes(start, *birth)).map(|birth| {
            format!("The date {} lies before the birth date {}.", String::from(start), String::from(birth))
        });
        let late = start.earliest().filter(|first| *first > today);
        let late = late.map(|_| format!("The date {} lies in the future.", String::from(start)));
        if let Some(message) = early.or(late) {
            let remedy = "Compare both dates with the personnel file and correct the wrong one.";
            cells.say(field, Remark::error(FindingCode::DatesContradict, message, remedy));
        }
    }
    let Some(birth) = row.birth_date else { return };
    for (field, age) in ages {
        if let Some(remark) = age::contradicts(*age, birth, today) {
            cells.say(*field, remark);
        }
    }
}

fn chinese(sex: Sex) -> &'static str {
    match sex {
        Sex::Male => "男",
        Sex::Female => "女",
        Sex::Unknown => "未知",
    }
}
