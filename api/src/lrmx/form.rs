//! What a form (干部任免审批表) says, typed: the elements that every cadre office knows, and their raw texts.
//!
//! Nothing that is not understood is lost: the tree keeps it, and a warning names element and line.

use entity::{
    kind::{Education, Sex},
    partial_date::PartialDate,
};

use crate::roster::{
    assessments::Assessment,
    kind::{Affiliation, DegreeTier},
    resume::Resume,
};

macro_rules! elements {
    ($($(#[$doc:meta])* $variant:ident = $name:literal,)+) => {
        /// The elements of a form that hold one text each, in the order in which a form has them.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Name { $($(#[$doc])* $variant,)+ }

        impl Name {
            /// Every element, in order.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The element's name.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }
        }
    };
}

elements! {
    /// 姓名
    FullName = "XingMing",
    /// 性别
    Sex = "XingBie",
    /// 出生年月
    BirthDate = "ChuShengNianYue",
    /// 民族
    Ethnicity = "MinZu",
    /// 籍贯
    AncestralHome = "JiGuan",
    /// 出生地
    Birthplace = "ChuShengDi",
    /// 入党时间
    PartyJoin = "RuDangShiJian",
    /// 参加工作时间
    WorkStart = "CanJiaGongZuoShiJian",
    /// 健康状况
    Health = "JianKangZhuangKuang",
    /// 专业技术职务
    ProfessionalTitle = "ZhuanYeJiShuZhiWu",
    /// 熟悉专业有何专长
    Expertise = "ShuXiZhuanYeYouHeZhuanChang",
    /// 全日制学历
    FullTimeEducation = "QuanRiZhiJiaoYu_XueLi",
    /// 全日制学位
    FullTimeDegree = "QuanRiZhiJiaoYu_XueWei",
    /// 全日制学历的毕业院校系及专业
    FullTimeSchool = "QuanRiZhiJiaoYu_XueLi_BiYeYuanXiaoXi",
    /// 全日制学位的毕业院校系及专业
    FullTimeDegreeSchool = "QuanRiZhiJiaoYu_XueWei_BiYeYuanXiaoXi",
    /// 在职学历
    InServiceEducation = "ZaiZhiJiaoYu_XueLi",
    /// 在职学位
    InServiceDegree = "ZaiZhiJiaoYu_XueWei",
    /// 在职学历的毕业院校系及专业
    InServiceSchool = "ZaiZhiJiaoYu_XueLi_BiYeYuanXiaoXi",
    /// 在职学位的毕业院校系及专业
    InServiceDegreeSchool = "ZaiZhiJiaoYu_XueWei_BiYeYuanXiaoXi",
    /// 现任职务
    Post = "XianRenZhiWu",
    /// 拟任职务
    ProposedPost = "NiRenZhiWu",
    /// 拟免职务
    PostToLeave = "NiMianZhiWu",
    /// 简历
    Resume = "JianLi",
    /// 奖惩情况
    AwardsAndSanctions = "JiangChengQingKuang",
    /// 年度考核结果
    Assessments = "NianDuKaoHeJieGuo",
    /// 任免理由
    Reason = "RenMianLiYou",
    /// 家庭成员, which holds items.
    Family = "JiaTingChengYuan",
    /// 呈报单位
    SubmittingUnit = "ChengBaoDanWei",
    /// 计算年龄时间
    AgeDate = "JiSuanNianLingShiJian",
    /// 填表时间
    FilledOn = "TianBiaoShiJian",
    /// 填表人
    FilledBy = "TianBiaoRen",
    /// 身份证号
    IdentityNumber = "ShenFenZheng",
    /// 照片
    Photo = "ZhaoPian",
    /// 版本
    Version = "Version",
    /// 政治面貌, in some programs only.
    Affiliation = "ZhengZhiMianMao",
    /// 到龄年月, in some programs only.
    DueDate = "DaoLingNianYue",
}

/// A value as read and as written: the text is there whether or not it could be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Read<T> {
    /// What it means, where that could be read.
    pub value: Option<T>,
    /// As written, blanks around it removed.
    pub text: Option<String>,
}

impl<T> Default for Read<T> {
    fn default() -> Self {
        Self { value: None, text: None }
    }
}

/// One education of a form.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FormEducation {
    /// 学历
    pub education: Read<Education>,
    /// 学位
    pub degree: Read<DegreeTier>,
    /// 毕业院校系及专业 of the 学历, as written.
    pub school: Option<String>,
    /// 毕业院校系及专业 of the 学位, as written.
    pub degree_school: Option<String>,
}

/// One member of the family.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct FamilyMember {
    /// 称谓
    pub relation: Option<String>,
    /// 姓名
    pub name: Option<String>,
    /// 出生日期
    pub birth_date: Read<PartialDate>,
    /// 政治面貌, as written.
    pub affiliation: Option<String>,
    /// 工作单位及职务
    pub work: Option<String>,
}

/// One form. `Debug` shows none of the values that may only be kept sealed.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Form {
    /// 姓名
    pub name: Option<String>,
    /// 性别
    pub sex: Read<Sex>,
    /// 出生年月
    pub birth_date: Read<PartialDate>,
    /// 民族: only to be kept sealed; no question may filter by it.
    pub ethnicity: Option<String>,
    /// 籍贯
    pub ancestral_home: Option<String>,
    /// 出生地
    pub birthplace: Option<String>,
    /// 入党时间
    pub party_join: Read<PartialDate>,
    /// 政治面貌, also from 入党时间.
    pub affiliations: Vec<Affiliation>,
    /// 参加工作时间
    pub work_start: Read<PartialDate>,
    /// 健康状况: only to be kept sealed.
    pub health: Option<String>,
    /// 专业技术职务
    pub professional_title: Option<String>,
    /// 熟悉专业有何专长
    pub expertise: Option<String>,
    /// 全日制教育
    pub full_time: FormEducation,
    /// 在职教育
    pub in_service: FormEducation,
    /// 现任职务
    pub post: Option<String>,
    /// 拟任职务
    pub proposed_post: Option<String>,
    /// 拟免职务
    pub post_to_leave: Option<String>,
    /// 简历
    pub resume: Option<Resume>,
    /// 奖惩情况
    pub awards_and_sanctions: Option<String>,
    /// 年度考核结果
    pub assessments: Read<Vec<Assessment>>,
    /// 任免理由
    pub reason: Option<String>,
    /// 家庭成员: only to be kept sealed.
    pub family: Vec<FamilyMember>,
    /// 呈报单位
    pub submitting_unit: Option<String>,
    /// 计算年龄时间
    pub age_date: Read<PartialDate>,
    /// 填表时间
    pub filled_on: Read<PartialDate>,
    /// 填表人
    pub filled_by: Option<String>,
    /// 身份证号: 18 characters, check character correct; only to be kept sealed.
    pub identity_number: Option<String>,
    /// 照片: the bytes of a JPEG picture; only to be kept sealed.
    pub photo: Option<Vec<u8>>,
    /// 版本
    pub version: Option<String>,
    /// 到龄年月
    pub due_date: Read<PartialDate>,
}

/// Name, post and what is there: enough to tell forms apart in a log.
impl std::fmt::Debug for Form {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Form")
            .field("name", &self.name)
            .field("sex", &self.sex.value)
            .field("birth_date", &self.birth_date.value)
            .field("post", &self.post)
            .field("family", &self.family.len())
            .field("photo_bytes", &self.photo.as_ref().map(Vec::len))
            .finish_non_exhaustive()
    }
}
