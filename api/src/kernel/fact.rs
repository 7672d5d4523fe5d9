//! The facts that a criterion may name: each with its type, its unit and its words. What is not here can't be asked.
//!
//! Not here, on purpose: ethnic group, religion, health, family, private life, location, beliefs, traits, scores of a
//! person. Not here yet, because no row holds it openly: the date of the first work. Sex is a fact of structures, for
//! targets and counts: no criterion may weigh a person by it. What no table holds a policy declares itself, and somebody
//! signs it for a person: `Declared`.

use entity::kind::{
    AssessmentGrade, CadreStatus, CivilServantRank, Degree, Education, OrganizationKind, PositionLevel, PostRole, Sex,
    TitleGrade,
};

use crate::codeset::book;

/// A fact of a person on a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Fact {
    /// Full years since birth.
    Age,
    /// The day of birth.
    BirthDate,
    /// 性别
    Sex,
    /// 人员状态, as it is now.
    Status,
    /// The highest level held.
    Level,
    /// Full months at the level held.
    MonthsAtLevel,
    /// The highest rank held.
    Rank,
    /// Full months in the rank held.
    MonthsAtRank,
    /// Full months in the principal post held.
    MonthsInPost,
    /// Months of grassroots work on record.
    GrassrootsMonths,
    /// Months of secondment on record.
    SecondmentMonths,
    /// The highest education completed.
    Education,
    /// The highest education completed full-time.
    FullTimeEducation,
    /// The highest degree.
    Degree,
    /// How many annual assessments of the last years had some grades.
    AnnualGrades,
    /// How many sanctions are in effect.
    SanctionsInEffect,
    /// 正职 or 副职 of the principal post held.
    PostRole,
    /// What kind of organization keeps the person.
    OrganizationKind,
    /// The highest grade of a professional title.
    TitleGrade,
    /// Full months since joining the party.
    PartyMonths,
    /// What a policy declares itself, signed for the person. It has no name of its own in documents.
    Declared,
}

/// What a number counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unit {
    /// Full years.
    Year,
    /// Full months.
    Month,
    /// How many; it has no unit in documents.
    Count,
}

impl Unit {
    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Year => "YEAR",
            Self::Month => "MONTH",
            Self::Count => "COUNT",
        }
    }
}

/// What the values of a fact are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    /// A whole number.
    Number(Unit),
    /// One of a closed set, highest first.
    Ordered,
    /// One of a closed set without an order.
    Code,
    /// A calendar day.
    Day,
}

macro_rules! texts {
    ($of:ident) => {
        $of::ALL.iter().map(|it| it.text()).collect()
    };
}

impl Fact {
    /// Every fact that documents name.
    pub const ALL: &'static [Self] = &[
        Self::Age,
        Self::BirthDate,
        Self::Sex,
        Self::Status,
        Self::Level,
        Self::MonthsAtLevel,
        Self::Rank,
        Self::MonthsAtRank,
        Self::MonthsInPost,
        Self::GrassrootsMonths,
        Self::SecondmentMonths,
        Self::Education,
        Self::FullTimeEducation,
        Self::Degree,
        Self::AnnualGrades,
        Self::SanctionsInEffect,
        Self::PostRole,
        Self::OrganizationKind,
        Self::TitleGrade,
        Self::PartyMonths,
    ];

    /// Its name in documents.
    pub const fn text(self) -> &'static str {
        match self {
            Self::Age => "age",
            Self::BirthDate => "birthDate",
            Self::Sex => "sex",
            Self::Status => "status",
            Self::Level => "level",
            Self::MonthsAtLevel => "monthsAtLevel",
            Self::Rank => "rank",
            Self::MonthsAtRank => "monthsAtRank",
            Self::MonthsInPost => "monthsInPost",
            Self::GrassrootsMonths => "grassrootsMonths",
            Self::SecondmentMonths => "secondmentMonths",
            Self::Education => "education",
            Self::FullTimeEducation => "fullTimeEducation",
            Self::Degree => "degree",
            Self::AnnualGrades => "annualGrades",
            Self::SanctionsInEffect => "sanctionsInEffect",
            Self::PostRole => "postRole",
            Self::OrganizationKind => "organizationKind",
            Self::TitleGrade => "titleGrade",
            Self::PartyMonths => "partyMonths",
            Self::Declared => "attested",
        }
    }

    /// Its names, Chinese and English.
    pub const fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Age => ("年龄", "age"),
            Self::BirthDate => ("出生日期", "date of birth"),
            Self::Sex => ("性别", "sex"),
            Self::Status => ("人员状态", "status"),
            Self::Level => ("职务层次", "position level"),
            Self::MonthsAtLevel => ("任现职务层次时间", "time at the level held"),
            Self::Rank => ("职级", "rank"),
            Self::MonthsAtRank => ("任现职级时间", "time in the rank held"),
            Self::MonthsInPost => ("任现职时间", "time in the principal post held"),
            Self::GrassrootsMonths => ("基层工作经历", "grassroots work on record"),
            Self::SecondmentMonths => ("挂职经历", "secondments on record"),
            Self::Education => ("学历", "education"),
            Self::FullTimeEducation => ("全日制学历", "full-time education"),
            Self::Degree => ("学位", "degree"),
            Self::AnnualGrades => ("年度考核", "annual assessments"),
            Self::SanctionsInEffect => ("影响期内处分、问责", "sanctions in effect"),
            Self::PostRole => ("正副职", "role of the post held"),
            Self::OrganizationKind => ("所在单位类型", "kind of organization"),
            Self::TitleGrade => ("专业技术职务级别", "grade of professional title"),
            Self::PartyMonths => ("党龄", "time in the party"),
            Self::Declared => ("书面认定", "signed statement"),
        }
    }

    /// What its values are.
    pub const fn kind(self) -> Type {
        match self {
            Self::Age => Type::Number(Unit::Year),
            Self::MonthsAtLevel
            | Self::MonthsAtRank
            | Self::MonthsInPost
            | Self::GrassrootsMonths
            | Self::SecondmentMonths
            | Self::PartyMonths => Type::Number(Unit::Month),
            Self::AnnualGrades | Self::SanctionsInEffect => Type::Number(Unit::Count),
            Self::BirthDate => Type::Day,
            Self::Sex | Self::Status | Self::PostRole | Self::OrganizationKind | Self::Declared => Type::Code,
            Self::Level | Self::Rank | Self::Education | Self::FullTimeEducation | Self::Degree | Self::TitleGrade => {
                Type::Ordered
            }
        }
    }

    /// The codes that it may have, highest first; none where it is no code. Who is of unknown sex is unknown.
    pub fn codes(self) -> Vec<&'static str> {
        match self {
            Self::Sex => vec![Sex::Male.text(), Sex::Female.text()],
            Self::Status => texts!(CadreStatus),
            Self::Level => texts!(PositionLevel),
            Self::Rank => texts!(CivilServantRank),
            Self::Education | Self::FullTimeEducation => texts!(Education),
            Self::Degree => texts!(Degree),
            Self::AnnualGrades => texts!(AssessmentGrade),
            Self::PostRole => texts!(PostRole),
            Self::OrganizationKind => texts!(OrganizationKind),
            Self::TitleGrade => texts!(TitleGrade),
            Self::Declared => vec!["YES", "NO"],
            _ => Vec::new(),
        }
    }

    /// The place of a code in its order, the lowest being 1.
    pub fn height(self, code: &str) -> Option<i64> {
        let codes = self.codes();
        let from_top = codes.iter().position(|it| *it == code)?;
        i64::try_from(codes.len() - from_top).ok()
    }

    /// A code in words, Chinese and English, as the code sets of the field have them.
    pub fn words(self, code: &'static str) -> (&'static str, &'static str) {
        let set = match self {
            Self::Sex => ("GB/T 2261.1", "2003"),
            Self::Status => ("ZB126", "SEEN"),
            Self::Level => ("GB/T 12407", "2008"),
            Self::Rank => ("TIDUI RANK", "2019"),
            Self::Education | Self::FullTimeEducation => ("ZB64", "SEEN"),
            Self::Degree => ("GB/T 6864", "2003"),
            Self::AnnualGrades => ("ZB18", "SEEN"),
            _ => return own_words(code),
        };
        book::meaning(set.0, set.1, code).map_or((code, code), |it| (it.label_zh, it.label_en))
    }

    /// Whether it is a fact of structures, by which no person may be judged.
    pub const fn is_structural(self) -> bool {
        matches!(self, Self::Sex)
    }

    /// The fact of a name.
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().find(|it| it.text() == name).copied()
    }
}

/// Words of codes that no code set of the field has.
fn own_words(code: &'static str) -> (&'static str, &'static str) {
    match code {
        "PRINCIPAL" => ("正职", "principal"),
        "DEPUTY" => ("副职", "deputy"),
        "OTHER" => ("其他", "other"),
        "PROVINCE" => ("省级", "province"),
        "PREFECTURE" => ("市级", "prefecture"),
        "COUNTY" => ("县级", "county"),
        "TOWNSHIP" => ("乡镇（街道）", "township"),
        "DEPARTMENT" => ("部门", "department"),
        "INTERNAL_UNIT" => ("内设机构", "internal unit"),
        "SENIOR" => ("正高级", "senior"),
        "ASSOCIATE_SENIOR" => ("副高级", "associate senior"),
        "INTERMEDIATE" => ("中级", "intermediate"),
        "JUNIOR" => ("初级", "junior"),
        "YES" => ("是", "yes"),
        "NO" => ("否", "no"),
        code => (code, code),
    }
}

/// What is asked of a person: a fact, and what narrows it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Asked {
    /// The fact.
    pub fact: Fact,
    /// Which grades of how many years before the day's, for annual assessments.
    pub grades: Option<(Vec<&'static str>, u32)>,
    /// Code and title of what is signed, for a fact that the policy declares.
    pub declared: Option<(String, String)>,
}

/// Names that people try and that stand for nothing here, each with the reason.
pub const REFUSED: &[(&str, &str)] = &[
    ("ethnicGroup", "a person's ethnic group is no ground for any decision"),
    ("religion", "a person's belief is nobody's business here"),
    ("politicalAffiliation", "affiliation belongs to the structure of a body, not to a criterion of a person"),
    ("location", "where a person is outside work is not followed"),
    ("family", "a person's family is private: kinship conflicts are declared, and checked apart"),
    ("maritalStatus", "a person's family is private"),
    ("health", "a diagnosis is private"),
    ("personality", "traits are not measured"),
    ("psychologicalTest", "traits are not measured"),
    ("beliefScore", "beliefs are not scored"),
    ("politicalScore", "beliefs are not scored: a signed conclusion is a human's"),
    ("socialMedia", "private life is not observed"),
    ("privateLife", "private life is not observed"),
    ("complaints", "who complained of whom is not a fact: only what was found is, as a sanction"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fact_has_its_name_and_every_code_its_words() {
        for fact in Fact::ALL {
            assert_eq!(Fact::parse(fact.text()), Some(*fact));
            assert_eq!(
                fact.codes().is_empty(),
                matches!(fact.kind(), Type::Day)
                    || matches!(fact.kind(), Type::Number(_)) && *fact != Fact::AnnualGrades
            );
            for code in fact.codes() {
                let (zh, en) = fact.words(code);
                assert!(zh != code && en != code, "{fact:?} {code} has no words");
            }
            assert!(REFUSED.iter().all(|(name, _)| *name != fact.text()));
        }
        assert_eq!(Fact::Education.height("BACHELOR"), Some(5));
        assert!(Fact::Level.height("COUNTY_DEPUTY") > Fact::Level.height("TOWNSHIP_PRINCIPAL"));
    }
}
