//! What a client says of a fact: one input a kind, and exactly one of them.

use async_graphql::{ID, InputObject, OneofObject};

use super::kinds::{
    AssessmentGrade, AssessmentKind, CivilServantRank, EducationMode, ExperienceKind, PostRole, SanctionKind,
    TitleGrade,
};
use crate::{
    career::draft::{Draft, Span},
    organization::graphql::PositionLevel,
    relay::{Date, PartialDate, key},
};

/// A post (职务任免记录).
#[derive(InputObject)]
pub struct PostFactInput {
    /// 职务名称, at most 400 characters.
    title: String,
    /// 主职务; false for a concurrent post.
    #[graphql(default = true)]
    is_primary: bool,
    /// 正职 or 副职.
    role: Option<PostRole>,
    /// 任职文号
    document_number: Option<String>,
    /// The post of an organization that it fills: see Organization.posts.
    post_id: Option<ID>,
    /// 任职时间
    valid_from: Option<PartialDate>,
    /// 免职时间
    valid_to: Option<PartialDate>,
}

/// A position level (职务层次).
#[derive(InputObject)]
pub struct LevelFactInput {
    /// 职务层次
    level: PositionLevel,
    /// 任职务层次时间
    valid_from: Option<PartialDate>,
    /// The end.
    valid_to: Option<PartialDate>,
}

/// A rank (职级).
#[derive(InputObject)]
pub struct RankFactInput {
    /// 职级
    rank: CivilServantRank,
    /// Since when.
    valid_from: Option<PartialDate>,
    /// Until when.
    valid_to: Option<PartialDate>,
}

/// A course of education, a degree, or both.
#[derive(InputObject)]
pub struct EducationFactInput {
    /// 全日制 or 在职
    mode: EducationMode,
    /// 学历代码 (ZB64): see codeSets. Or degreeCode, or both.
    education_code: Option<String>,
    /// 学位代码 (GB/T 6864): see codeSets.
    degree_code: Option<String>,
    /// 毕业院校系
    school: String,
    /// 专业
    major: Option<String>,
    /// 入学时间
    enrolled: Option<PartialDate>,
    /// 毕业时间
    graduated: Option<PartialDate>,
}

/// A professional title (专业技术资格).
#[derive(InputObject)]
pub struct TitleFactInput {
    /// 资格名称
    title: String,
    /// 正高级 to 初级
    grade: Option<TitleGrade>,
    /// 获得日期
    obtained: Option<PartialDate>,
}

/// An assessment (考核): one a year and kind.
#[derive(InputObject)]
pub struct AssessmentFactInput {
    /// 考核年度
    year: i32,
    /// 考核类别
    kind: AssessmentKind,
    /// 考核等次
    grade: AssessmentGrade,
}

/// A stretch of experience, counted in months.
#[derive(InputObject)]
pub struct ExperienceFactInput {
    /// What kind.
    kind: ExperienceKind,
    /// Where, and as what: at most 200 characters.
    place: String,
    /// Since when.
    valid_from: PartialDate,
    /// Until when.
    valid_to: Option<PartialDate>,
}

/// A training (教育培训).
#[derive(InputObject)]
pub struct TrainingFactInput {
    /// 培训班名称
    title: String,
    /// 主办单位
    provider: Option<String>,
    /// 学时, 1 to 10000.
    hours: Option<i32>,
    /// Since when.
    valid_from: Option<PartialDate>,
    /// Until when.
    valid_to: Option<PartialDate>,
}

/// An award (奖励).
#[derive(InputObject)]
pub struct AwardFactInput {
    /// 奖励名称
    name: String,
    /// 奖励名称代码 (ZB65): see codeSets.
    award_code: Option<String>,
    /// 批准机关
    decided_by: Option<String>,
    /// 批准时间
    decided: Option<PartialDate>,
}

/// A sanction (处分、问责): a formal finding, with its author, its end and its appeal.
#[derive(InputObject)]
pub struct SanctionFactInput {
    /// What it is.
    kind: SanctionKind,
    /// 作出决定的机关
    deciding_body: String,
    /// 决定文号
    document_number: String,
    /// 决定日期
    decided_on: Date,
    /// 影响期 begins; not before the decision.
    effect_from: Date,
    /// 影响期 ends before this day.
    effect_until: Date,
    /// Where it can be appealed.
    appeal_to: String,
}

/// A line of the résumé (简历).
#[derive(InputObject)]
pub struct ResumeFactInput {
    /// Its place, from 1 on.
    ordinal: i32,
    /// The line as it was written, at most 400 characters.
    raw_text: String,
    /// Since when, where it could be read.
    valid_from: Option<PartialDate>,
    /// Until when.
    valid_to: Option<PartialDate>,
}

/// A fact to record: exactly one kind.
#[derive(OneofObject)]
pub enum CadreFactInput {
    /// A post (职务任免记录).
    Post(PostFactInput),
    /// A position level (职务层次).
    Level(LevelFactInput),
    /// A rank (职级).
    Rank(RankFactInput),
    /// A course of education, a degree, or both.
    Education(EducationFactInput),
    /// A professional title (专业技术资格).
    Title(TitleFactInput),
    /// An assessment (考核): one a year and kind.
    Assessment(AssessmentFactInput),
    /// A stretch of experience, counted in months.
    Experience(ExperienceFactInput),
    /// A training (教育培训).
    Training(TrainingFactInput),
    /// An award (奖励).
    Award(AwardFactInput),
    /// A sanction (处分、问责): a formal finding, with its author, its end and its appeal.
    Sanction(SanctionFactInput),
    /// A line of the résumé (简历).
    Resume(ResumeFactInput),
}

impl From<CadreFactInput> for Draft {
    fn from(it: CadreFactInput) -> Self {
        match it {
            CadreFactInput::Post(it) => Self::Post {
                title: it.title,
                is_primary: it.is_primary,
                role: it.role.map(Into::into),
                document_number: text(it.document_number),
                post: it.post_id.as_ref().map(key),
                span: span(it.valid_from, it.valid_to),
            },
            CadreFactInput::Level(it) => Self::Level { level: it.level.into(), span: span(it.valid_from, it.valid_to) },
            CadreFactInput::Rank(it) => Self::Rank { rank: it.rank.into(), span: span(it.valid_from, it.valid_to) },
            CadreFactInput::Education(it) => Self::Education {
                mode: it.mode.into(),
                education_code: text(it.education_code),
                degree_code: text(it.degree_code),
                school: it.school,
                major: text(it.major),
                span: span(it.enrolled, it.graduated),
            },
            CadreFactInput::Title(it) => {
                Self::Title { title: it.title, grade: it.grade.map(Into::into), span: span(it.obtained, None) }
            }
            CadreFactInput::Assessment(it) => {
                Self::Assessment { year: it.year, kind: it.kind.into(), grade: it.grade.into() }
            }
            CadreFactInput::Experience(it) => {
                Self::Experience { kind: it.kind.into(), place: it.place, span: span(Some(it.valid_from), it.valid_to) }
            }
            CadreFactInput::Training(it) => Self::Training {
                title: it.title,
                provider: text(it.provider),
                hours: it.hours,
                span: span(it.valid_from, it.valid_to),
            },
            CadreFactInput::Award(it) => Self::Award {
                name: it.name,
                award_code: text(it.award_code),
                decided_by: text(it.decided_by),
                span: span(it.decided, None),
            },
            CadreFactInput::Sanction(it) => Self::Sanction {
                kind: it.kind.into(),
                deciding_body: it.deciding_body,
                document_number: it.document_number,
                decided_on: it.decided_on.0,
                effect_from: it.effect_from.0,
                effect_until: it.effect_until.0,
                appeal_to: it.appeal_to,
            },
            CadreFactInput::Resume(it) => {
                Self::Resume { ordinal: it.ordinal, raw_text: it.raw_text, span: span(it.valid_from, it.valid_to) }
            }
        }
    }
}

fn span(from: Option<PartialDate>, to: Option<PartialDate>) -> Span {
    Span { from: from.map(|it| it.0), to: to.map(|it| it.0) }
}

/// A blank text says nothing.
fn text(it: Option<String>) -> Option<String> {
    it.filter(|it| !it.trim().is_empty())
}
