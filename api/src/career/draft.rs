//! A fact as somebody wants to record it, before any rule has looked at it.

use chrono::NaiveDate;
use entity::{
    id::{
        AssessmentId, AwardId, EducationId, ExperienceId, Key, LevelPeriodId, PostAssignmentId, PostId,
        ProfessionalTitleId, RankPeriodId, ResumeEntryId, SanctionId, TrainingId,
    },
    kind::{
        AssessmentGrade, AssessmentKind, CivilServantRank, EducationMode, ExperienceKind, PositionLevel, PostRole,
        SanctionKind, TitleGrade,
    },
    partial_date::PartialDate,
};
use serde::Serialize;

/// From when until before when; each end as far as known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Span {
    /// Since when, where known.
    pub from: Option<PartialDate>,
    /// Until when; none while it goes on.
    pub to: Option<PartialDate>,
}

impl Span {
    /// Whether it has begun by a day; an unknown beginning has.
    pub fn begun(self, on: NaiveDate) -> bool {
        self.from.and_then(PartialDate::earliest).is_none_or(|from| from <= on)
    }

    /// Whether a day lies in it.
    pub fn holds(self, on: NaiveDate) -> bool {
        self.begun(on) && self.to.and_then(PartialDate::earliest).is_none_or(|to| to > on)
    }

    /// Full months of it that have passed by a day; none where its beginning is unknown.
    pub fn full_months(self, on: NaiveDate) -> Option<u32> {
        let end = self.to.and_then(PartialDate::earliest).map_or(on, |to| to.min(on));
        Some(self.from?.full_months(end).unwrap_or(0))
    }

    /// Whether two spans share a day, however their dates are read.
    pub fn overlaps(self, other: Self) -> bool {
        let begins = |of: Self| of.from.and_then(PartialDate::latest);
        let ends = |of: Self| of.to.map_or(Some(NaiveDate::MAX), PartialDate::earliest);
        let before = |one: Self, two: Self| match (begins(one), ends(two)) {
            (Some(begin), Some(end)) => begin < end,
            // An unknown beginning may lie before anything, and after it.
            _ => false,
        };
        before(self, other) && before(other, self)
    }
}

/// A fact as somebody wants to record it.
#[derive(Clone, Debug, Serialize)]
pub enum Draft {
    /// A post.
    Post {
        /// 职务名称
        title: String,
        /// 主职务
        is_primary: bool,
        /// 正职 or 副职
        role: Option<PostRole>,
        /// 任职文号
        document_number: Option<String>,
        /// The post of an organization that it fills.
        post: Option<PostId>,
        /// When.
        span: Span,
    },
    /// A position level.
    Level {
        /// 职务层次
        level: PositionLevel,
        /// When.
        span: Span,
    },
    /// A rank.
    Rank {
        /// 职级
        rank: CivilServantRank,
        /// When.
        span: Span,
    },
    /// A course of education, a degree, or both.
    Education {
        /// 全日制 or 在职
        mode: EducationMode,
        /// 学历代码 (ZB64)
        education_code: Option<String>,
        /// 学位代码 (GB/T 6864)
        degree_code: Option<String>,
        /// 毕业院校系
        school: String,
        /// 专业
        major: Option<String>,
        /// From enrolment to graduation.
        span: Span,
    },
    /// A professional title.
    Title {
        /// 资格名称
        title: String,
        /// Its grade.
        grade: Option<TitleGrade>,
        /// 获得日期, as the beginning.
        span: Span,
    },
    /// An assessment.
    Assessment {
        /// 考核年度
        year: i32,
        /// 考核类别
        kind: AssessmentKind,
        /// 考核等次
        grade: AssessmentGrade,
    },
    /// A stretch of experience.
    Experience {
        /// What kind.
        kind: ExperienceKind,
        /// Where, and as what.
        place: String,
        /// When.
        span: Span,
    },
    /// A training.
    Training {
        /// 培训班名称
        title: String,
        /// 主办单位
        provider: Option<String>,
        /// 学时
        hours: Option<i32>,
        /// When.
        span: Span,
    },
    /// An award.
    Award {
        /// 奖励名称
        name: String,
        /// 奖励名称代码 (ZB65)
        award_code: Option<String>,
        /// 批准机关
        decided_by: Option<String>,
        /// 批准时间, as the beginning.
        span: Span,
    },
    /// A sanction.
    Sanction {
        /// What it is.
        kind: SanctionKind,
        /// 作出决定的机关
        deciding_body: String,
        /// 决定文号
        document_number: String,
        /// 决定日期
        decided_on: NaiveDate,
        /// 影响期 begins.
        effect_from: NaiveDate,
        /// 影响期 ends before this day.
        effect_until: NaiveDate,
        /// Where it can be appealed.
        appeal_to: String,
    },
    /// A line of the résumé.
    Resume {
        /// Its place.
        ordinal: i32,
        /// The line as it was written.
        raw_text: String,
        /// When.
        span: Span,
    },
}

macro_rules! paths {
    ($name:literal, $from:literal, $to:literal) => {
        (concat!("fact.", $name, ".", $from), concat!("fact.", $name, ".", $to))
    };
}

impl Draft {
    /// The noun of its table.
    pub fn noun(&self) -> &'static str {
        match self {
            Self::Post { .. } => PostAssignmentId::NOUN,
            Self::Level { .. } => LevelPeriodId::NOUN,
            Self::Rank { .. } => RankPeriodId::NOUN,
            Self::Education { .. } => EducationId::NOUN,
            Self::Title { .. } => ProfessionalTitleId::NOUN,
            Self::Assessment { .. } => AssessmentId::NOUN,
            Self::Experience { .. } => ExperienceId::NOUN,
            Self::Training { .. } => TrainingId::NOUN,
            Self::Award { .. } => AwardId::NOUN,
            Self::Sanction { .. } => SanctionId::NOUN,
            Self::Resume { .. } => ResumeEntryId::NOUN,
        }
    }

    /// When it holds, and what a client calls the two ends.
    pub fn dates(&self) -> (Span, (&'static str, &'static str)) {
        let days =
            |from: NaiveDate, to: NaiveDate| Span { from: PartialDate::day_of(from), to: PartialDate::day_of(to) };
        match self {
            Self::Post { span, .. } => (*span, paths!("post", "validFrom", "validTo")),
            Self::Level { span, .. } => (*span, paths!("level", "validFrom", "validTo")),
            Self::Rank { span, .. } => (*span, paths!("rank", "validFrom", "validTo")),
            Self::Education { span, .. } => (*span, paths!("education", "enrolled", "graduated")),
            Self::Title { span, .. } => (*span, paths!("title", "obtained", "obtained")),
            Self::Assessment { .. } => (Span::default(), paths!("assessment", "year", "year")),
            Self::Experience { span, .. } => (*span, paths!("experience", "validFrom", "validTo")),
            Self::Training { span, .. } => (*span, paths!("training", "validFrom", "validTo")),
            Self::Award { span, .. } => (*span, paths!("award", "decided", "decided")),
            Self::Sanction { effect_from, effect_until, .. } => {
                (days(*effect_from, *effect_until), paths!("sanction", "effectFrom", "effectUntil"))
            }
            Self::Resume { span, .. } => (*span, paths!("resume", "validFrom", "validTo")),
        }
    }

    /// Texts with what a client calls them and how long they may be; a text that may be absent is not empty either.
    pub fn texts<'s>(&'s self) -> Vec<(&'static str, &'s str, usize)> {
        let maybe =
            |field: &'static str, text: &'s Option<String>, most: usize| text.as_deref().map(|it| (field, it, most));
        let (first, second) = match self {
            Self::Post { title, document_number, .. } => {
                (("fact.post.title", title.as_str(), 400), maybe("fact.post.documentNumber", document_number, 80))
            }
            Self::Education { school, major, .. } => {
                (("fact.education.school", school.as_str(), 120), maybe("fact.education.major", major, 120))
            }
            Self::Title { title, .. } => (("fact.title.title", title.as_str(), 120), None),
            Self::Experience { place, .. } => (("fact.experience.place", place.as_str(), 200), None),
            Self::Training { title, provider, .. } => {
                (("fact.training.title", title.as_str(), 120), maybe("fact.training.provider", provider, 120))
            }
            Self::Award { name, decided_by, .. } => {
                (("fact.award.name", name.as_str(), 120), maybe("fact.award.decidedBy", decided_by, 120))
            }
            Self::Resume { raw_text, .. } => (("fact.resume.rawText", raw_text.as_str(), 400), None),
            Self::Sanction { deciding_body, document_number, appeal_to, .. } => {
                return vec![
                    ("fact.sanction.decidingBody", deciding_body.as_str(), 120),
                    ("fact.sanction.documentNumber", document_number.as_str(), 80),
                    ("fact.sanction.appealTo", appeal_to.as_str(), 120),
                ];
            }
            Self::Level { .. } | Self::Rank { .. } | Self::Assessment { .. } => return Vec::new(),
        };
        std::iter::once(first).chain(second).collect()
    }
}
