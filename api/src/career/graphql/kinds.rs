//! Closed sets of dated facts in the schema.

use async_graphql::Enum;
use entity::kind;

/// 职级, highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::CivilServantRank")]
pub enum CivilServantRank {
    /// 一级巡视员
    #[graphql(name = "INSPECTOR_1")]
    Inspector1,
    /// 二级巡视员
    #[graphql(name = "INSPECTOR_2")]
    Inspector2,
    /// 一级调研员
    #[graphql(name = "RESEARCHER_1")]
    Researcher1,
    /// 二级调研员
    #[graphql(name = "RESEARCHER_2")]
    Researcher2,
    /// 三级调研员
    #[graphql(name = "RESEARCHER_3")]
    Researcher3,
    /// 四级调研员
    #[graphql(name = "RESEARCHER_4")]
    Researcher4,
    /// 一级主任科员
    #[graphql(name = "PRINCIPAL_STAFF_1")]
    PrincipalStaff1,
    /// 二级主任科员
    #[graphql(name = "PRINCIPAL_STAFF_2")]
    PrincipalStaff2,
    /// 三级主任科员
    #[graphql(name = "PRINCIPAL_STAFF_3")]
    PrincipalStaff3,
    /// 四级主任科员
    #[graphql(name = "PRINCIPAL_STAFF_4")]
    PrincipalStaff4,
    /// 一级科员
    #[graphql(name = "STAFF_1")]
    Staff1,
    /// 二级科员
    #[graphql(name = "STAFF_2")]
    Staff2,
}

/// How somebody studied.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::EducationMode")]
pub enum EducationMode {
    /// 全日制教育
    FullTime,
    /// 在职教育
    InService,
}

/// 学位, highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::Degree")]
pub enum Degree {
    /// 博士
    Doctorate,
    /// 硕士
    Master,
    /// 学士
    Bachelor,
}

/// Grade of a professional title, highest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::TitleGrade")]
pub enum TitleGrade {
    /// 正高级
    Senior,
    /// 副高级
    AssociateSenior,
    /// 中级
    Intermediate,
    /// 初级
    Junior,
}

/// 考核类别 (ZB17).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::AssessmentKind")]
pub enum AssessmentKind {
    /// 平时考核
    Regular,
    /// 年度考核
    Annual,
    /// 特定考核
    Special,
    /// 试用期满考核
    ProbationEnd,
    /// 任职前考核
    PreAppointment,
    /// 届中考核
    MidTerm,
    /// 届满考核
    Term,
}

/// 考核等次 (ZB18).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::AssessmentGrade")]
pub enum AssessmentGrade {
    /// 优秀
    Excellent,
    /// 称职
    Competent,
    /// 基本称职
    BasicallyCompetent,
    /// 不称职
    Incompetent,
    /// 不定等次
    NotGraded,
    /// 不进行考核
    NotAssessed,
}

/// What kind of experience a stretch is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ExperienceKind")]
pub enum ExperienceKind {
    /// 基层工作
    Grassroots,
    /// 挂职
    Secondment,
    /// 驻村第一书记
    VillageSecretary,
    /// 援派
    Aid,
    /// 专班、专项工作
    TaskForce,
    /// 其他
    Other,
}

/// 处分、问责: a formal finding alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::SanctionKind")]
pub enum SanctionKind {
    /// 党内警告
    PartyWarning,
    /// 党内严重警告
    PartySeriousWarning,
    /// 撤销党内职务
    PartyPostRemoval,
    /// 留党察看
    PartyProbation,
    /// 开除党籍
    PartyExpulsion,
    /// 政务警告
    Warning,
    /// 记过
    Demerit,
    /// 记大过
    MajorDemerit,
    /// 降级
    Demotion,
    /// 撤职
    Removal,
    /// 开除
    Dismissal,
    /// 诫勉
    Admonition,
    /// 停职检查
    Suspension,
    /// 调整职务
    PostAdjustment,
    /// 取消后备干部资格
    ReserveDisqualification,
    /// 取消任免决定
    AppointmentCancellation,
}

/// 正职 or 副职 (ZB129).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::PostRole")]
pub enum PostRole {
    /// 正职
    Principal,
    /// 副职
    Deputy,
    /// 其他
    Other,
}
