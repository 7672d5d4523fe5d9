//! The columns of a roster, and what stands in them: headers and values that our own reader knows.
//!
//! A value that our reader would read otherwise than it is recorded stays out of its cell, and is counted: a file that
//! comes back must change nothing, and a blank cell is no statement.

use entity::{
    education,
    id::CadreId,
    kind::{EducationMode, SealedField},
    partial_date::PartialDate,
};

use crate::{
    db::open::Opened,
    export::{dossier::Dossier, words},
    roster::{limits::Limits, resume::resume, schooling::school, text::one_line, units::Units, write::resume_lines},
};

/// The columns of a roster, and how wide each is, in characters.
pub const ROSTER: &[(&str, u32)] = &[
    ("序号", 6),
    ("姓名", 12),
    ("性别", 6),
    ("出生年月", 12),
    ("身份证号", 21),
    ("单位", 24),
    ("现任职务", 32),
    ("任现职时间", 12),
    ("职务层次", 12),
    ("任现职务层次时间", 12),
    ("入党时间", 12),
    ("职级", 14),
    ("任现职级时间", 12),
    ("学历", 10),
    ("全日制教育学历", 10),
    ("全日制教育学位", 10),
    ("全日制教育毕业院校系及专业", 28),
    ("全日制教育专业", 18),
    ("在职教育学历", 10),
    ("在职教育学位", 10),
    ("在职教育毕业院校系及专业", 28),
    ("在职教育专业", 18),
    ("专业技术职务", 16),
    ("年度考核结果", 32),
    ("管理权限", 10),
    ("人员状态", 10),
    ("密级", 8),
    ("手机号码", 14),
    ("简历", 60),
];

/// The columns of a pool's list of names.
pub const POOL: &[(&str, u32)] = &[
    ("序号", 6),
    ("姓名", 12),
    ("性别", 6),
    ("出生年月", 12),
    ("身份证号", 21),
    ("单位", 24),
    ("现任职务", 32),
    ("任现职时间", 12),
    ("职务层次", 12),
    ("任现职务层次时间", 12),
    ("学历", 10),
    ("后备库", 24),
    ("库内层次", 16),
    ("库内状态", 12),
    ("入库时间", 12),
];

/// Turns dossiers into cells, and counts what stayed out.
pub struct Teller<'t> {
    units: &'t Units,
    opened: &'t Opened,
    /// Values that stayed out of their cells.
    pub left_out: u32,
}

impl<'t> Teller<'t> {
    /// With the names of units, and what was opened.
    pub fn new(units: &'t Units, opened: &'t Opened) -> Self {
        Self { units, opened, left_out: 0 }
    }

    /// What both files say of a person, from the number to the level.
    pub fn person(&self, number: u32, it: &Dossier) -> Vec<String> {
        let record = &it.record;
        let (post, level) = (it.post.as_ref(), it.level.as_ref());
        vec![
            number.to_string(),
            record.name.clone(),
            words::sex(record.sex).to_owned(),
            day(record.birth_date),
            self.sealed(record.id, SealedField::IdentityNumber),
            self.unit(it),
            post.map(|(title, _)| title.clone()).unwrap_or_default(),
            day(post.and_then(|(_, from)| *from)),
            level.map(|(level, _)| words::level(*level).to_owned()).unwrap_or_default(),
            day(level.and_then(|(_, from)| *from)),
        ]
    }

    /// A line of a roster.
    pub fn roster(&mut self, number: u32, it: &Dossier) -> Vec<String> {
        let record = &it.record;
        let mut line = self.person(number, it);
        line.push(day(record.party_joined_on));
        line.push(it.rank.map(|(rank, _)| words::rank(rank).to_owned()).unwrap_or_default());
        line.push(day(it.rank.and_then(|(_, from)| from)));
        line.push(it.education.map(|it| words::education(it).to_owned()).unwrap_or_default());
        for mode in [EducationMode::FullTime, EducationMode::InService] {
            line.extend(self.schooling(it, mode));
        }
        line.push(self.read_back(it.title.clone().unwrap_or_default()));
        let grades = it.assessments.iter().map(|it| format!("{}{}", it.year, words::grade(it.grade)));
        line.push(grades.collect::<Vec<_>>().join("、"));
        line.push(record.management_authority.map(|it| words::authority(it).to_owned()).unwrap_or_default());
        line.push(words::status(record.status).to_owned());
        line.push(words::secrecy(record.secrecy_level).to_owned());
        line.push(self.sealed(record.id, SealedField::Phone));
        line.push(self.career(it));
        line
    }

    fn sealed(&self, person: CadreId, field: SealedField) -> String {
        self.opened.value(person, field).unwrap_or_default().to_owned()
    }

    /// The unit's name, or its code where several have that name; blank where it is none of an active organization.
    fn unit(&self, it: &Dossier) -> String {
        let id = it.record.organization_id;
        let Some(name) = self.units.names(id) else { return String::new() };
        let only = self.units.find(Some(name)).is_ok_and(|found| found == id);
        if only { name.to_owned() } else { self.units.code(id).unwrap_or_default().to_owned() }
    }

    /// 学历, 学位, 毕业院校系及专业, 专业 of the highest education of a mode.
    fn schooling(&mut self, it: &Dossier, mode: EducationMode) -> [String; 4] {
        let Some((best, alike)) = it.highest(mode) else { return Default::default() };
        let level = best.level.map(|it| words::education(it).to_owned()).unwrap_or_default();
        if alike {
            // A reader could not tell which of them is meant.
            self.left_out += 1;
            return [level, String::new(), String::new(), String::new()];
        }
        let degree = best.degree.map(|it| words::degree(it).to_owned()).unwrap_or_default();
        let told = says_school(best);
        self.left_out += u32::from(!told && !best.school.is_empty());
        let school = if told { best.school.clone() } else { String::new() };
        [level, degree, school, best.major.clone().unwrap_or_default()]
    }

    /// A short text as it is, if a reader leaves it so.
    fn read_back(&mut self, text: String) -> String {
        if one_line(&text) == text {
            return text;
        }
        self.left_out += 1;
        String::new()
    }

    /// The lines of the résumé, if a reader finds the same periods in them.
    fn career(&mut self, it: &Dossier) -> String {
        let text = it.resume.iter().map(|(line, _)| line.as_str()).collect::<Vec<_>>().join("\n");
        let fits = usize::try_from(Limits::default().cell_chars).is_ok_and(|most| text.chars().nth(most).is_none());
        if fits && resume_lines(&resume(&text).0) == it.resume {
            return text;
        }
        self.left_out += 1;
        String::new()
    }
}

/// Whether a reader takes the school, and the major beside it, for what they are.
pub fn says_school(it: &education::Model) -> bool {
    let parts = school(&it.school);
    let named = parts.name.map(|name| name + parts.department.as_deref().unwrap_or_default());
    let named = named.unwrap_or_else(|| one_line(&it.school));
    named == it.school && (it.major.is_some() || parts.major.is_none())
}

fn day(it: Option<PartialDate>) -> String {
    it.map(words::date).unwrap_or_default()
}
