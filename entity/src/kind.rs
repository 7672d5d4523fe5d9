//! Closed sets, stored as the same SCREAMING_SNAKE text that clients see and that the `CHECK` lists spell out.
//!
//! Source of the names: the field's vocabulary (GB/T 2261.1, GB/T 12407, ZB126 and their kin); code values of the
//! standards come with the code sets, not here.

use sea_orm::{DeriveActiveEnum, EnumIter, sea_query::StringLen};
use serde::{Deserialize, Serialize};

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, EnumIter, DeriveActiveEnum)]
        #[sea_orm(rs_type = "String", db_type = "String(StringLen::N(32))")]
        pub enum $name {
            $($(#[$each])* #[sea_orm(string_value = $text)] #[serde(rename = $text)] $variant,)+
        }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text that is stored, and shown to clients.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }

            /// The value of a text, if it is one of ours.
            pub fn parse(text: &str) -> Option<Self> {
                match text { $($text => Some(Self::$variant),)+ _ => None }
            }
        }
    )+};
}

mod career;
mod imports;
mod organization;
mod pairing;
mod policy;

pub use career::*;
pub use imports::*;
pub use organization::*;
pub use pairing::*;
pub use policy::*;

kinds! {
    /// What an organization is.
    OrganizationKind {
        /// 省
        Province = "PROVINCE",
        /// 市（地、州）
        Prefecture = "PREFECTURE",
        /// 县（市、区）
        County = "COUNTY",
        /// 乡镇（街道）
        Township = "TOWNSHIP",
        /// 部门、单位
        Department = "DEPARTMENT",
        /// 内设机构
        InternalUnit = "INTERNAL_UNIT",
    }

    /// 职务层次 or 机构级别, highest first (GB/T 12407-2008).
    PositionLevel {
        /// 国家级正职
        NationalPrincipal = "NATIONAL_PRINCIPAL",
        /// 国家级副职
        NationalDeputy = "NATIONAL_DEPUTY",
        /// 省部级正职
        ProvincialPrincipal = "PROVINCIAL_PRINCIPAL",
        /// 省部级副职
        ProvincialDeputy = "PROVINCIAL_DEPUTY",
        /// 厅局级正职
        BureauPrincipal = "BUREAU_PRINCIPAL",
        /// 厅局级副职
        BureauDeputy = "BUREAU_DEPUTY",
        /// 县处级正职
        CountyPrincipal = "COUNTY_PRINCIPAL",
        /// 县处级副职
        CountyDeputy = "COUNTY_DEPUTY",
        /// 乡科级正职
        TownshipPrincipal = "TOWNSHIP_PRINCIPAL",
        /// 乡科级副职
        TownshipDeputy = "TOWNSHIP_DEPUTY",
        /// 科员级
        SectionMember = "SECTION_MEMBER",
        /// 办事员级
        Clerk = "CLERK",
    }

    /// Sex (GB/T 2261.1).
    Sex {
        /// 男
        Male = "MALE",
        /// 女
        Female = "FEMALE",
        /// 未知或未说明
        Unknown = "UNKNOWN",
    }

    /// Highest education, highest first (ZB64 in short).
    Education {
        /// 研究生
        Postgraduate = "POSTGRADUATE",
        /// 大学
        Bachelor = "BACHELOR",
        /// 大专
        JuniorCollege = "JUNIOR_COLLEGE",
        /// 中专
        SecondaryVocational = "SECONDARY_VOCATIONAL",
        /// 高中
        SeniorHigh = "SENIOR_HIGH",
        /// 初中及以下
        JuniorHigh = "JUNIOR_HIGH",
    }

    /// 人员状态 (ZB126).
    CadreStatus {
        /// 现职
        InPost = "IN_POST",
        /// 离退
        Retired = "RETIRED",
        /// 调出
        TransferredOut = "TRANSFERRED_OUT",
        /// 去世
        Deceased = "DECEASED",
        /// 其他
        Other = "OTHER",
    }

    /// 管理权限 (ZB130): who manages the person. Staff whom no party committee manages have none.
    ManagementAuthority {
        /// 中央管
        Central = "CENTRAL",
        /// 省管
        Provincial = "PROVINCIAL",
        /// 市管
        Municipal = "MUNICIPAL",
        /// 县管
        County = "COUNTY",
    }

    /// How far a pool's memberships may be known.
    Disclosure {
        /// To the organization department alone: absent for the person, their unit and their mentors.
        Confidential = "CONFIDENTIAL",
        /// To the person's unit as well.
        Unit = "UNIT",
        /// To the person as well.
        Person = "PERSON",
    }

    /// The course of a pool membership.
    MembershipState {
        /// 建议人选
        Proposed = "PROPOSED",
        /// 已入库
        Confirmed = "CONFIRMED",
        /// 已入库，预警
        Warned = "WARNED",
        /// 已出库
        Exited = "EXITED",
        /// 已使用
        Deployed = "DEPLOYED",
    }

    /// What a pool is for.
    PoolKind {
        /// 后备干部库
        Reserve = "RESERVE",
        /// 优秀年轻干部库
        PromisingYoung = "PROMISING_YOUNG",
        /// 专题库
        Thematic = "THEMATIC",
    }

    /// By what, besides its tiers, a pool divides its members.
    PoolAxis {
        /// 培养方向
        Track = "TRACK",
        /// 类别
        Category = "CATEGORY",
        /// 成熟度
        Maturity = "MATURITY",
    }

    /// 推荐来源
    RecommendationSource {
        /// 党委推荐
        PartyCommittee = "PARTY_COMMITTEE",
        /// 组织部门推荐
        OrganizationDepartment = "ORGANIZATION_DEPARTMENT",
        /// 单位推荐
        OwnUnit = "OWN_UNIT",
        /// 基层党组织推荐
        GrassrootsParty = "GRASSROOTS_PARTY",
    }

    /// What happened to a membership.
    StepKind {
        /// 提名
        Proposed = "PROPOSED",
        /// 入库
        Confirmed = "CONFIRMED",
        /// 预警
        Warned = "WARNED",
        /// 解除预警
        WarningLifted = "WARNING_LIFTED",
        /// 调整
        Moved = "MOVED",
        /// 出库
        Exited = "EXITED",
        /// 使用
        Deployed = "DEPLOYED",
    }

    /// Which sensitive value of a cadre a sealed row holds.
    SealedField {
        /// 公民身份号码
        IdentityNumber = "IDENTITY_NUMBER",
        /// 手机号码
        Phone = "PHONE",
        /// 导入原文: a row or form as it stood in the file that brought it.
        ImportedRow = "IMPORTED_ROW",
    }

    /// What of a cadre somebody saw, as the access log keeps it.
    SeenField {
        /// 公民身份号码
        IdentityNumber = "IDENTITY_NUMBER",
        /// 手机号码
        Phone = "PHONE",
        /// 导入原文
        ImportedRow = "IMPORTED_ROW",
        /// 处分与书面认定: sanctions and what is declared, side by side with the rest of a person.
        Findings = "FINDINGS",
    }

    /// What a sensitive value is opened for.
    AccessPurpose {
        /// 选拔任用
        Appointment = "APPOINTMENT",
        /// 入库审核
        PoolReview = "POOL_REVIEW",
        /// 干部考察
        Inspection = "INSPECTION",
        /// 人事档案审核
        FileReview = "FILE_REVIEW",
        /// 统计核对
        StatisticsCheck = "STATISTICS_CHECK",
        /// 信息更正
        Correction = "CORRECTION",
        /// 干部监督
        Supervision = "SUPERVISION",
        /// 本人查阅
        OwnCopy = "OWN_COPY",
        /// 未注明
        NotStated = "NOT_STATED",
    }

    /// 密级 (ZB35), lowest first.
    SecrecyLevel {
        /// 公开
        Public = "PUBLIC",
        /// 内部
        Internal = "INTERNAL",
        /// 秘密
        Confidential = "CONFIDENTIAL",
        /// 机密
        Secret = "SECRET",
        /// 绝密
        TopSecret = "TOP_SECRET",
    }

    /// What of a record somebody asks to correct.
    CorrectionField {
        /// 姓名
        Name = "NAME",
        /// 性别
        Sex = "SEX",
        /// 出生日期
        BirthDate = "BIRTH_DATE",
        /// 公民身份号码
        IdentityNumber = "IDENTITY_NUMBER",
        /// 手机号码
        Phone = "PHONE",
        /// 职务
        Post = "POST",
        /// 职务层次
        PositionLevel = "POSITION_LEVEL",
        /// 学历
        Education = "EDUCATION",
        /// 人员状态
        Status = "STATUS",
        /// 其他
        Other = "OTHER",
    }

    /// The course of a request for correction.
    CorrectionState {
        /// 已提出
        Requested = "REQUESTED",
        /// 已采纳
        Accepted = "ACCEPTED",
        /// 不采纳
        Refused = "REFUSED",
        /// 已撤回
        Withdrawn = "WITHDRAWN",
    }

    /// What somebody may be granted on an organization subtree.
    Role {
        /// Reads the subtree, imports, records, proposes, activates pairs.
        OrganizationOfficer = "ORGANIZATION_OFFICER",
        /// Reads the subtree, confirms; no data entry.
        OrganizationLeader = "ORGANIZATION_LEADER",
        /// Reads the own unit, proposes, records contacts.
        UnitOfficer = "UNIT_OFFICER",
        /// Own pairs and the mentees' short card.
        Mentor = "MENTOR",
        /// Own record and own pairs.
        Cadre = "CADRE",
        /// Counts only, never a row.
        SummaryReader = "SUMMARY_READER",
        /// Organizations, accounts, settings; no personnel rows.
        SystemAdmin = "SYSTEM_ADMIN",
        /// Grants and revocations; no personnel rows.
        SecurityAdmin = "SECURITY_ADMIN",
        /// The audit trail; writes nothing.
        AuditAdmin = "AUDIT_ADMIN",
    }

    /// Who is behind an account.
    AccountKind {
        /// Somebody, who signs in with a password and, for some roles, a second factor.
        Person = "PERSON",
        /// A program, which signs in with a client's secret.
        Machine = "MACHINE",
    }

    /// Whether somebody may sign in.
    AccountState {
        /// May.
        Active = "ACTIVE",
        /// May not.
        Closed = "CLOSED",
    }

    /// How an act ended.
    AuditOutcome {
        /// It was done.
        Done = "DONE",
        /// It was refused.
        Refused = "REFUSED",
    }

    /// What happened to a row.
    ChangeKind {
        /// It was added.
        Insert = "INSERT",
        /// It was changed.
        Update = "UPDATE",
        /// It was removed.
        Delete = "DELETE",
    }

    /// What can be followed.
    Topic {
        /// Mentoring pairs.
        Pair = "PAIR",
        /// Memberships of pools.
        Membership = "MEMBERSHIP",
        /// What somebody owes; told of the person.
        Duty = "DUTY",
    }
}

impl From<SealedField> for SeenField {
    fn from(it: SealedField) -> Self {
        match it {
            SealedField::IdentityNumber => Self::IdentityNumber,
            SealedField::Phone => Self::Phone,
            SealedField::ImportedRow => Self::ImportedRow,
        }
    }
}
