//! Closed sets of the dated facts of a cadre.

use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

kinds! {
    /// 职级, highest first.
    CivilServantRank {
        /// 一级巡视员
        Inspector1 = "INSPECTOR_1",
        /// 二级巡视员
        Inspector2 = "INSPECTOR_2",
        /// 一级调研员
        Researcher1 = "RESEARCHER_1",
        /// 二级调研员
        Researcher2 = "RESEARCHER_2",
        /// 三级调研员
        Researcher3 = "RESEARCHER_3",
        /// 四级调研员
        Researcher4 = "RESEARCHER_4",
        /// 一级主任科员
        PrincipalStaff1 = "PRINCIPAL_STAFF_1",
        /// 二级主任科员
        PrincipalStaff2 = "PRINCIPAL_STAFF_2",
        /// 三级主任科员
        PrincipalStaff3 = "PRINCIPAL_STAFF_3",
        /// 四级主任科员
        PrincipalStaff4 = "PRINCIPAL_STAFF_4",
        /// 一级科员
        Staff1 = "STAFF_1",
        /// 二级科员
        Staff2 = "STAFF_2",
    }

    /// How somebody studied.
    EducationMode {
        /// 全日制教育
        FullTime = "FULL_TIME",
        /// 在职教育
        InService = "IN_SERVICE",
    }

    /// 学位, highest first.
    Degree {
        /// 博士
        Doctorate = "DOCTORATE",
        /// 硕士
        Master = "MASTER",
        /// 学士
        Bachelor = "BACHELOR",
    }

    /// Grade of a professional title, highest first.
    TitleGrade {
        /// 正高级
        Senior = "SENIOR",
        /// 副高级
        AssociateSenior = "ASSOCIATE_SENIOR",
        /// 中级
        Intermediate = "INTERMEDIATE",
        /// 初级
        Junior = "JUNIOR",
    }

    /// 考核类别 (ZB17).
    AssessmentKind {
        /// 平时考核
        Regular = "REGULAR",
        /// 年度考核
        Annual = "ANNUAL",
        /// 特定考核
        Special = "SPECIAL",
        /// 试用期满考核
        ProbationEnd = "PROBATION_END",
        /// 任职前考核
        PreAppointment = "PRE_APPOINTMENT",
        /// 届中考核
        MidTerm = "MID_TERM",
        /// 届满考核
        Term = "TERM",
    }

    /// 考核等次 (ZB18).
    AssessmentGrade {
        /// 优秀
        Excellent = "EXCELLENT",
        /// 称职
        Competent = "COMPETENT",
        /// 基本称职
        BasicallyCompetent = "BASICALLY_COMPETENT",
        /// 不称职
        Incompetent = "INCOMPETENT",
        /// 不定等次
        NotGraded = "NOT_GRADED",
        /// 不进行考核
        NotAssessed = "NOT_ASSESSED",
    }

    /// What kind of experience a stretch is.
    ExperienceKind {
        /// 基层工作
        Grassroots = "GRASSROOTS",
        /// 挂职
        Secondment = "SECONDMENT",
        /// 驻村第一书记
        VillageSecretary = "VILLAGE_SECRETARY",
        /// 援派
        Aid = "AID",
        /// 专班、专项工作
        TaskForce = "TASK_FORCE",
        /// 其他
        Other = "OTHER",
    }

    /// 处分、问责: a formal finding alone.
    SanctionKind {
        /// 党内警告
        PartyWarning = "PARTY_WARNING",
        /// 党内严重警告
        PartySeriousWarning = "PARTY_SERIOUS_WARNING",
        /// 撤销党内职务
        PartyPostRemoval = "PARTY_POST_REMOVAL",
        /// 留党察看
        PartyProbation = "PARTY_PROBATION",
        /// 开除党籍
        PartyExpulsion = "PARTY_EXPULSION",
        /// 政务警告
        Warning = "WARNING",
        /// 记过
        Demerit = "DEMERIT",
        /// 记大过
        MajorDemerit = "MAJOR_DEMERIT",
        /// 降级
        Demotion = "DEMOTION",
        /// 撤职
        Removal = "REMOVAL",
        /// 开除
        Dismissal = "DISMISSAL",
        /// 诫勉
        Admonition = "ADMONITION",
        /// 停职检查
        Suspension = "SUSPENSION",
        /// 调整职务
        PostAdjustment = "POST_ADJUSTMENT",
        /// 取消后备干部资格
        ReserveDisqualification = "RESERVE_DISQUALIFICATION",
        /// 取消任免决定
        AppointmentCancellation = "APPOINTMENT_CANCELLATION",
    }

    /// 正职 or 副职 (ZB129).
    PostRole {
        /// 正职
        Principal = "PRINCIPAL",
        /// 副职
        Deputy = "DEPUTY",
        /// 其他
        Other = "OTHER",
    }

    /// Whether a fact is in force.
    FactState {
        /// It is.
        Recorded = "RECORDED",
        /// Another one took its place.
        Superseded = "SUPERSEDED",
        /// It was never so.
        Voided = "VOIDED",
    }

    /// The course of a move to another organization.
    TransferState {
        /// 商调中
        Offered = "OFFERED",
        /// 已调动
        Completed = "COMPLETED",
        /// 不予接收
        Refused = "REFUSED",
        /// 已撤回
        Withdrawn = "WITHDRAWN",
    }
}
