//! What a row says beyond the record of today: educations, rank, party, grades, résumé and their kin.
//!
//! Nothing here keeps a row out: a word that is not known is a warning and stays as text, for the raw row is kept. The
//! exceptions are dates that contradict the birth.

use chrono::{Datelike, NaiveDate};
use entity::partial_date::PartialDate;

use super::{
    assessments::{Assessment, grades},
    cells::Cells,
    code,
    date::date,
    fields::Field,
    kind::{Affiliation, Manner, Rank},
    party::standing,
    resume::{Resume, resume},
    schooling::{EducationEntry, attained, degree_cell, school},
    sheet::Cell,
    value::{Value, softened, words},
};

/// Characters of a short text: a place, a title.
const SHORT_CHARS: usize = 200;
/// Characters of a long one: awards, sanctions, remarks.
const LONG_CHARS: usize = 2_000;

/// What a row says beyond the record of today.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// Full time first, then in service, then what the file does not place.
    pub educations: Vec<EducationEntry>,
    /// 职级
    pub rank: Option<Rank>,
    /// 任现职级时间
    pub rank_start: Option<PartialDate>,
    /// 政治面貌, also from the 入党时间 cell.
    pub affiliations: Vec<Affiliation>,
    /// 入党时间
    pub party_join: Option<PartialDate>,
    /// 参加工作时间
    pub work_start: Option<PartialDate>,
    /// 出生地, as written.
    pub birthplace: Option<String>,
    /// 籍贯, as written.
    pub ancestral_home: Option<String>,
    /// 专业技术职务, as written.
    pub professional_title: Option<String>,
    /// 熟悉专业有何专长, as written.
    pub expertise: Option<String>,
    /// 年度考核, in the order of the file.
    pub assessments: Vec<Assessment>,
    /// 简历
    pub resume: Option<Resume>,
    /// 奖惩情况, as written.
    pub awards_and_sanctions: Option<String>,
    /// 奖励, as written.
    pub awards: Option<String>,
    /// 处分, as written.
    pub sanctions: Option<String>,
    /// 备注, as written.
    pub remarks: Option<String>,
    /// What may only be kept sealed.
    pub sensitive: Sensitive,
}

impl Facts {
    /// When the person joined the Communist Party. A date beside the name of another party, or of the league, may be
    /// that one's: it is kept as text only.
    pub fn party_joined_on(&self) -> Option<PartialDate> {
        let own = |it: &Affiliation| matches!(it, Affiliation::PartyMember | Affiliation::ProbationaryMember);
        self.party_join.filter(|_| self.affiliations.iter().all(own))
    }
}

/// Values that may only be kept sealed, as written. No question of the registry may filter or group by them.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Sensitive {
    /// 民族
    pub ethnicity: Option<String>,
    /// 健康状况
    pub health: Option<String>,
}

/// Without the values.
impl std::fmt::Debug for Sensitive {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let hidden = |value: &Option<String>| value.as_ref().map(|_| "hidden");
        out.debug_struct("Sensitive")
            .field("ethnicity", &hidden(&self.ethnicity))
            .field("health", &hidden(&self.health))
            .finish()
    }
}

/// Reads the facts of a line.
pub fn facts(cells: &mut Cells<'_>, today: NaiveDate) -> Facts {
    let mut facts = Facts {
        educations: educations(cells),
        rank: cells.read(Field::Rank, code::rank),
        rank_start: cells.read(Field::RankStart, |cell| softened(date(cell))),
        work_start: cells.read(Field::WorkStart, |cell| softened(date(cell))),
        birthplace: short(cells, Field::Birthplace),
        ancestral_home: short(cells, Field::AncestralHome),
        professional_title: short(cells, Field::ProfessionalTitle),
        expertise: short(cells, Field::Expertise),
        assessments: assessments(cells, u16::try_from(today.year()).unwrap_or(2_000)),
        resume: career(cells),
        awards_and_sanctions: long(cells, Field::AwardsAndSanctions),
        awards: long(cells, Field::Awards),
        sanctions: long(cells, Field::Sanctions),
        remarks: long(cells, Field::Remarks),
        sensitive: Sensitive { ethnicity: short(cells, Field::Ethnicity), health: short(cells, Field::Health) },
        ..Facts::default()
    };
    for field in [Field::PoliticalAffiliation, Field::PartyJoin] {
        let Some(found) = cells.read(field, standing) else { continue };
        facts.party_join = facts.party_join.or(found.joined);
        for affiliation in found.affiliations {
            if !facts.affiliations.contains(&affiliation) {
                facts.affiliations.push(affiliation);
            }
        }
    }
    facts
}

fn short(cells: &mut Cells<'_>, field: Field) -> Option<String> {
    cells.read(field, |cell| softened(words(cell, SHORT_CHARS)))
}

fn long(cells: &mut Cells<'_>, field: Field) -> Option<String> {
    cells.read(field, |cell| softened(words(cell, LONG_CHARS)))
}

/// The educations of the columns of full time, of those in service, and of those that say neither.
fn educations(cells: &mut Cells<'_>) -> Vec<EducationEntry> {
    use Field::{
        Degree, Education, FullTimeDegree, FullTimeEducation, FullTimeMajor, FullTimeSchool, InServiceDegree,
        InServiceEducation, InServiceMajor, InServiceSchool, Major, School,
    };
    let manners = [
        (Manner::FullTime, [FullTimeEducation, FullTimeDegree, FullTimeSchool, FullTimeMajor]),
        (Manner::InService, [InServiceEducation, InServiceDegree, InServiceSchool, InServiceMajor]),
        (Manner::Unstated, [Education, Degree, School, Major]),
    ];
    manners.into_iter().filter_map(|(manner, fields)| education(cells, manner, fields)).collect()
}

fn education(cells: &mut Cells<'_>, manner: Manner, fields: [Field; 4]) -> Option<EducationEntry> {
    let [attained_at, degree_at, school_at, major_at] = fields;
    // What is wrong with the highest 学历 is said where the record takes it.
    let said = cells.read(attained_at, |cell| match attained(cell) {
        Value::Doubtful(found, _) if manner == Manner::Unstated => Value::Plain(found),
        other => other,
    });
    let degree = cells.read(degree_at, degree_cell);
    let school_text = cells.read(school_at, |cell| softened(words(cell, LONG_CHARS)));
    let major = cells.read(major_at, |cell| softened(words(cell, SHORT_CHARS)));
    if said.is_none() && degree.is_none() && school_text.is_none() && major.is_none() {
        return None;
    }
    let said = said.unwrap_or_default();
    let (tier, degree_text) = match degree {
        Some((tier, text)) => (tier.or(said.degree), Some(text)),
        None => (said.degree, said.degree_text),
    };
    let mut parts = school_text.as_deref().map(school).unwrap_or_default();
    parts.major = major.or(parts.major);
    Some(EducationEntry {
        manner,
        education: said.education,
        education_text: said.education_text,
        degree: tier,
        degree_text,
        school: parts,
        school_text,
    })
}

fn assessments(cells: &mut Cells<'_>, this_year: u16) -> Vec<Assessment> {
    let mut found: Vec<Assessment> = Vec::new();
    for column in cells.columns().grades.clone() {
        let read = cells.read_at(column.index, &column.header, |cell| grades(cell, &column.years, this_year));
        for one in read.unwrap_or_default() {
            if !found.contains(&one) {
                found.push(one);
            }
        }
    }
    found
}

/// The résumé; each remark names its line inside the cell.
fn career(cells: &mut Cells<'_>) -> Option<Resume> {
    let mut remarks = Vec::new();
    let read = cells.read(Field::Resume, |cell| match cell {
        Cell::Text(text) | Cell::Untyped(text) => {
            let (found, said) = resume(text);
            remarks = said;
            Value::Plain(found)
        }
        _ => softened(words(cell, LONG_CHARS).map(|text| resume(&text).0)),
    });
    for (line, remark) in remarks {
        let message = format!("Line {line} of the cell: {}", remark.message);
        cells.say(Field::Resume, super::finding::Remark { message, ..remark });
    }
    read
}
