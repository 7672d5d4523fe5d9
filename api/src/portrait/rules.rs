//! What a portrait shows of one person: sections in their order, each made of cells with their source and date. What is not
//! known stands there as not known, and nothing is added up to a total.

mod rows;
pub mod structure;

use chrono::{DateTime, NaiveDate, Utc};
use entity::{
    assessment, award, education, experience, kind::AssessmentGrade, level_period, membership_step, mentoring_pair,
    pair_part, pair_step, pool_membership, pool_tier, post_assignment, professional_title, rank_period, reserve_pool,
    sanction,
};

use crate::{
    career::{
        draft::Span,
        read::{Fact as Dated, told},
    },
    eligibility::dossier::{Dossier, cited},
    kernel::{
        fact::{Asked, Fact},
        outcome::{Known, Missing},
    },
};

/// Of how many years a portrait counts the good annual assessments.
const YEARS: u32 = 3;

/// A section of a portrait.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// Who it is.
    Identity,
    /// Posts.
    Post,
    /// Levels and ranks.
    LevelAndRank,
    /// Education, degrees and professional titles.
    Education,
    /// Experience.
    Experience,
    /// Annual assessments.
    Assessments,
    /// Awards.
    Awards,
    /// Sanctions.
    Sanctions,
    /// Reserve pools.
    Pools,
    /// Mentoring pairs.
    Pairs,
}

impl Part {
    /// Every section, in the order in which a portrait shows them.
    pub const ALL: [Self; 10] = [
        Self::Identity,
        Self::Post,
        Self::LevelAndRank,
        Self::Education,
        Self::Experience,
        Self::Assessments,
        Self::Awards,
        Self::Sanctions,
        Self::Pools,
        Self::Pairs,
    ];

    /// What it is called, in Chinese and in English.
    pub const fn labels(self) -> (&'static str, &'static str) {
        match self {
            Self::Identity => ("基本信息", "identity"),
            Self::Post => ("任职情况", "posts"),
            Self::LevelAndRank => ("职务层次与职级", "level and rank"),
            Self::Education => ("学历学位与专业技术职务", "education and titles"),
            Self::Experience => ("工作经历", "experience"),
            Self::Assessments => ("年度考核", "annual assessments"),
            Self::Awards => ("奖励", "awards"),
            Self::Sanctions => ("处分、问责", "sanctions"),
            Self::Pools => ("后备队伍", "reserve pools"),
            Self::Pairs => ("结对帮带", "mentoring pairs"),
        }
    }

    /// The section of a fact; none for a fact of structures, by which nobody is shown, and for what policies declare.
    const fn of(fact: Fact) -> Option<Self> {
        match fact {
            Fact::Age | Fact::BirthDate | Fact::Status | Fact::OrganizationKind | Fact::PartyMonths => {
                Some(Self::Identity)
            }
            Fact::PostRole | Fact::MonthsInPost => Some(Self::Post),
            Fact::Level | Fact::MonthsAtLevel | Fact::Rank | Fact::MonthsAtRank => Some(Self::LevelAndRank),
            Fact::Education | Fact::FullTimeEducation | Fact::Degree | Fact::TitleGrade => Some(Self::Education),
            Fact::GrassrootsMonths | Fact::SecondmentMonths => Some(Self::Experience),
            Fact::AnnualGrades => Some(Self::Assessments),
            Fact::SanctionsInEffect => Some(Self::Sanctions),
            Fact::Sex | Fact::Declared => None,
        }
    }
}

/// One cell: what is known, where it stands and since when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Cell {
    /// What it is of: a fact, or a row of a kind.
    pub code: &'static str,
    /// Its label in Chinese.
    pub label_zh: String,
    /// Its label in English.
    pub label_en: String,
    /// What is known; where only a part is on record, the least that it can be.
    pub value: Option<String>,
    /// The most that it can be, where only a part is on record.
    pub at_most: Option<String>,
    /// Why nothing is known.
    pub missing: Option<Missing>,
    /// The kind of record, and the source that it names.
    pub source: Option<String>,
    /// When it is so, as far as known.
    pub span: Span,
    /// When what it rests on was recorded last.
    pub recorded_at: Option<DateTime<Utc>>,
}

impl Cell {
    fn new(code: &'static str, (zh, en): (impl Into<String>, impl Into<String>), value: impl Into<String>) -> Self {
        Self {
            code,
            label_zh: zh.into(),
            label_en: en.into(),
            value: Some(value.into()),
            at_most: None,
            missing: None,
            source: None,
            span: Span::default(),
            recorded_at: None,
        }
    }

    fn stands(self, table: &str, source: &str, span: Span, recorded_at: Option<DateTime<Utc>>) -> Self {
        Self { source: Some(cited(table, source)), span, recorded_at, ..self }
    }
}

/// A membership with what its cell tells.
pub struct Pooled {
    /// The membership.
    pub membership: pool_membership::Model,
    /// Its pool, where the caller may see it.
    pub pool: Option<reserve_pool::Model>,
    /// The tiers of its pool.
    pub tiers: Vec<pool_tier::Model>,
    /// Its steps.
    pub steps: Vec<membership_step::Model>,
}

/// A part in a pair with what its cell tells.
pub struct Paired {
    /// The part.
    pub part: pair_part::Model,
    /// The pair.
    pub pair: mentoring_pair::Model,
    /// Its steps.
    pub steps: Vec<pair_step::Model>,
}

/// Everything that a portrait is made of.
pub struct Portrayed {
    /// What is on record.
    pub dossier: Dossier,
    /// Awards.
    pub awards: Vec<award::Model>,
    /// Memberships of pools, as far as they are for the caller.
    pub pools: Vec<Pooled>,
    /// Parts in pairs, as far as they are for the caller.
    pub pairs: Vec<Paired>,
}

/// The facts that a portrait shows, in the order of the facts.
pub fn shown() -> Vec<Asked> {
    let grades = vec![AssessmentGrade::Excellent.text(), AssessmentGrade::Competent.text()];
    let asked = |fact: Fact| Asked {
        fact,
        grades: (fact == Fact::AnnualGrades).then(|| (grades.clone(), YEARS)),
        declared: None,
    };
    Fact::ALL.iter().filter(|it| Part::of(**it).is_some()).map(|it| asked(*it)).collect()
}

/// What a fact is called in a portrait, in Chinese and in English.
pub fn labels(asked: &Asked) -> (String, String) {
    let (zh, en) = asked.fact.labels();
    let Some((grades, years)) = &asked.grades else { return (zh.to_owned(), en.to_owned()) };
    let words: Vec<_> = grades.iter().map(|it| asked.fact.words(it)).collect();
    let (in_chinese, in_english): (Vec<_>, Vec<_>) = words.into_iter().unzip();
    (
        format!("近{years}年{zh}为{}的次数", in_chinese.join("、")),
        format!("{en} of the last {years} years graded {}", in_english.join(" or ")),
    )
}

/// What is known of a fact of a person on a day: it stands there where it is not known, too.
pub fn fact(dossier: &Dossier, asked: &Asked, on: NaiveDate) -> Cell {
    let input = dossier.input(asked, on);
    let (value, at_most, missing) = match input.known {
        Known::Number(low, high) if low == high => (Some(low.to_string()), None, None),
        Known::Number(low, high) => (Some(low.to_string()), Some(high.to_string()), None),
        Known::Code(code) => (Some(code.to_owned()), None, None),
        Known::Day(day) => (Some(String::from(day)), None, None),
        Known::Nothing(why) => (None, None, Some(why)),
    };
    let recorded_at = missing.is_none().then(|| recorded(dossier, asked.fact, on)).flatten();
    Cell {
        value,
        at_most,
        missing,
        source: input.source,
        span: Span { from: input.since, to: None },
        recorded_at,
        ..Cell::new(asked.fact.text(), labels(asked), "")
    }
}

/// When the rows were recorded last that a fact rests on.
fn recorded(dossier: &Dossier, fact: Fact, on: NaiveDate) -> Option<DateTime<Utc>> {
    fn last<E: Dated>(
        rows: &[E::Model],
        on: NaiveDate,
        at: impl Fn(&E::Model) -> Option<DateTime<Utc>>,
    ) -> Option<DateTime<Utc>>
    where
        E::Model: Clone,
    {
        told::<E>(rows.to_vec(), on).iter().filter_map(at).max()
    }
    match fact {
        Fact::Age | Fact::BirthDate | Fact::Sex | Fact::Status | Fact::PartyMonths => Some(dossier.cadre.recorded_at),
        Fact::Level | Fact::MonthsAtLevel => last::<level_period::Entity>(&dossier.levels, on, |it| it.recorded_at),
        Fact::Rank | Fact::MonthsAtRank => last::<rank_period::Entity>(&dossier.ranks, on, |it| Some(it.recorded_at)),
        Fact::MonthsInPost | Fact::PostRole => last::<post_assignment::Entity>(&dossier.posts, on, |it| it.recorded_at),
        Fact::GrassrootsMonths | Fact::SecondmentMonths => {
            last::<experience::Entity>(&dossier.experiences, on, |it| Some(it.recorded_at))
        }
        Fact::Education | Fact::FullTimeEducation | Fact::Degree => {
            last::<education::Entity>(&dossier.educations, on, |it| Some(it.recorded_at))
        }
        Fact::TitleGrade => last::<professional_title::Entity>(&dossier.titles, on, |it| Some(it.recorded_at)),
        Fact::AnnualGrades => last::<assessment::Entity>(&dossier.assessments, on, |it| Some(it.recorded_at)),
        Fact::SanctionsInEffect => {
            let known = dossier.sanctions.as_ref()?;
            last::<sanction::Entity>(known, on, |it| Some(it.recorded_at))
        }
        Fact::OrganizationKind | Fact::Declared => None,
    }
}

/// The sections of a portrait on a day, all of them, in their order.
pub fn sections(of: &Portrayed, on: NaiveDate) -> Vec<(Part, Vec<Cell>)> {
    let facts = shown();
    let section = |part: Part| {
        let known = facts.iter().filter(|it| Part::of(it.fact) == Some(part)).map(|it| fact(&of.dossier, it, on));
        let mut cells: Vec<Cell> = Vec::new();
        if part == Part::Identity {
            let cadre = &of.dossier.cadre;
            let name = Cell::new("name", ("姓名", "name"), &cadre.name);
            cells.push(name.stands("cadre", "", Span::default(), Some(cadre.recorded_at)));
        }
        cells.extend(known);
        cells.extend(rows::rows(of, part, on));
        (part, cells)
    };
    Part::ALL.map(section).into()
}
