//! What a column may mean, and the headers by which it is known. A closed list: what is not here is not guessed.
//!
//! 宗教信仰 stands among the headers that are passed over: the registry has no place for it, on purpose. 民族 and
//! 健康状况 are known only to be sealed.

macro_rules! fields {
    ($($(#[$doc:meta])* $variant:ident = [$($header:literal),+ $(,)?],)+) => {
        /// What a column may mean.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Field { $($(#[$doc])* $variant,)+ }

        impl Field {
            /// Every field, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The headers by which the field is known, the usual one first.
            pub const fn headers(self) -> &'static [&'static str] {
                match self { $(Self::$variant => &[$($header),+],)+ }
            }
        }
    };
}

fields! {
    /// 姓名, the one that a file must have.
    Name = ["姓名", "干部姓名", "人员姓名"],
    /// 性别
    Sex = ["性别"],
    /// 出生年月
    BirthDate = ["出生年月", "出生日期", "出生时间", "出生年月日", "出生"],
    /// 公民身份号码
    IdentityNumber = ["身份证号", "身份证号码", "公民身份号码", "公民身份证号码", "居民身份证号码", "公民身份证号", "身份号码", "身份证"],
    /// 单位
    Unit = ["单位", "工作单位", "所在单位", "现工作单位", "单位名称", "所属单位", "现单位", "所在部门", "部门", "科室", "部门单位"],
    /// 现任职务
    PostTitle = [
        "现任职务", "职务", "单位及职务", "工作单位及职务", "现工作单位及职务", "单位及职务全称", "现任工作单位及职务",
        "工作单位及现任职务", "单位职务", "现单位及职务", "现职务", "职务名称", "任职情况", "现任职务全称", "担任职务",
    ],
    /// 职务层次
    PositionLevel = ["职务层次", "级别", "现任职务层次", "现职务层次", "职务级别", "行政级别", "现任职务级别", "层次"],
    /// Highest 学历
    Education = ["学历", "最高学历", "文化程度", "学历学位", "最高学历学位", "最高学历及学位", "学历及学位"],
    /// Highest 学位
    Degree = ["学位", "最高学位"],
    /// 毕业院校系及专业 of the highest education
    School = ["毕业院校系及专业", "毕业院校及专业", "毕业院校专业", "毕业学校及专业", "院校系及专业", "毕业院校", "毕业学校", "毕业院校系专业", "最高学历毕业院校系及专业"],
    /// 专业 of the highest education, where it has a column of its own
    Major = ["专业", "所学专业"],
    /// 全日制教育 学历
    FullTimeEducation = ["全日制教育学历", "全日制学历", "全日制教育", "全日制教育学历学位", "全日制学历学位", "全日制教育学历及学位", "全日制最高学历"],
    /// 全日制教育 学位
    FullTimeDegree = ["全日制教育学位", "全日制学位"],
    /// 全日制教育 毕业院校系及专业
    FullTimeSchool = [
        "全日制教育毕业院校系及专业", "全日制教育毕业院校及专业", "全日制毕业院校系及专业", "全日制毕业院校及专业", "全日制教育毕业院校专业",
        "全日制教育毕业院校", "全日制教育院校系及专业", "全日制毕业院校", "全日制毕业院校专业", "全日制教育毕业学校及专业", "全日制教育毕业院校系专业",
    ],
    /// 全日制教育 专业
    FullTimeMajor = ["全日制教育专业", "全日制专业", "全日制教育所学专业"],
    /// 在职教育 学历
    InServiceEducation = ["在职教育学历", "在职学历", "在职教育", "在职教育学历学位", "在职学历学位", "在职教育学历及学位", "在职最高学历"],
    /// 在职教育 学位
    InServiceDegree = ["在职教育学位", "在职学位"],
    /// 在职教育 毕业院校系及专业
    InServiceSchool = [
        "在职教育毕业院校系及专业", "在职教育毕业院校及专业", "在职毕业院校系及专业", "在职毕业院校及专业", "在职教育毕业院校专业",
        "在职教育毕业院校", "在职教育院校系及专业", "在职毕业院校", "在职毕业院校专业", "在职教育毕业学校及专业", "在职教育毕业院校系专业",
    ],
    /// 在职教育 专业
    InServiceMajor = ["在职教育专业", "在职专业", "在职教育所学专业"],
    /// 人员状态
    Status = ["人员状态", "在职状态", "状态"],
    /// 管理权限
    ManagementAuthority = ["管理权限", "干部管理权限", "管理类别"],
    /// 任现职时间
    PostStart = ["任现职时间", "任职时间", "任现职务时间", "现职时间", "任现任职务时间", "现任职务时间", "现任职务任职时间", "任现职年月", "职务任职时间"],
    /// 任现职务层次时间
    LevelStart = [
        "任现职务层次时间", "任同职级时间", "任职务层次时间", "任现层次时间", "任现级别时间", "职务层次时间", "职务层次任职时间",
        "任同级职务时间", "任现职务级别时间", "任同层次职务时间", "级别时间", "级别任职时间",
    ],
    /// 职级
    Rank = ["职级", "现职级", "现任职级", "公务员职级", "职级名称", "职级现职级"],
    /// 任现职级时间
    RankStart = ["任现职级时间", "任职级时间", "晋升现职级时间", "现职级时间", "职级时间", "职级任职时间", "职级任现职级时间", "职级晋升时间"],
    /// 政治面貌
    PoliticalAffiliation = ["政治面貌", "党派", "政治面目"],
    /// 入党时间
    PartyJoin = [
        "入党时间", "入党年月", "加入党派时间", "入党日期", "加入中国共产党时间", "入党派时间", "加入中共时间", "党派时间", "参加党派时间", "入党",
        "政治面貌入党时间", "加入党派及时间", "党派及时间", "参加党派及时间", "政治面貌时间",
    ],
    /// 参加工作时间
    WorkStart = ["参加工作时间", "参加工作年月", "参工时间", "参加工作日期", "工作时间", "参加工作", "参工年月"],
    /// 出生地
    Birthplace = ["出生地"],
    /// 籍贯
    AncestralHome = ["籍贯"],
    /// 专业技术职务
    ProfessionalTitle = ["专业技术职务", "职称", "专业技术职称", "专业技术资格", "技术职称", "专业技术职务任职资格"],
    /// 熟悉专业有何专长
    Expertise = ["熟悉专业有何专长", "熟悉专业及专长", "专长", "熟悉专业", "熟悉专业和专长"],
    /// 年龄
    Age = ["年龄", "周岁"],
    /// 简历
    Resume = ["简历", "工作简历", "个人简历", "主要工作经历", "学习工作经历", "工作经历", "学习和工作经历", "主要简历", "学习工作简历"],
    /// 奖惩情况
    AwardsAndSanctions = ["奖惩情况", "奖惩", "主要奖惩情况", "受奖惩情况", "奖惩情况及时间"],
    /// 奖励
    Awards = ["奖励情况", "奖励", "获奖情况", "表彰奖励情况", "荣誉", "表彰情况", "所获荣誉"],
    /// 处分
    Sanctions = ["处分情况", "处分", "受处分情况", "处分处理情况", "问责处分情况", "惩处情况", "受处分处理情况"],
    /// 民族
    Ethnicity = ["民族"],
    /// 健康状况
    Health = ["健康状况", "身体状况", "健康情况"],
    /// 备注
    Remarks = ["备注", "说明", "备考"],
    /// 密级
    Secrecy = ["密级", "涉密等级", "保密级别", "涉密程度"],
    /// 手机号码
    Phone = ["手机号码", "手机号", "手机", "联系电话", "联系方式", "移动电话", "联系手机"],
}

/// Headers that only number the rows.
pub const NUMBERING: &[&str] = &["序号", "编号", "序", "NO", "号", "顺序号"];

/// Headers of usual rosters that are passed over in silence; their cells stay in the raw row.
pub const PASSED_OVER: &[&str] = &[
    "宗教",
    "宗教信仰",
    "毕业时间",
    "入学时间",
    "家庭住址",
    "住址",
    "办公电话",
    "工号",
    "照片",
    "婚姻状况",
    "家庭成员",
    "后备库",
    "库内层次",
    "入库时间",
    "库内状态",
];

/// Groups of a header of two levels, beside the two manners of education and the assessments.
pub const GROUPS: &[&str] = &[
    "基本情况",
    "基本信息",
    "个人基本情况",
    "教育情况",
    "学历情况",
    "任职情况",
    "职务情况",
    "职务",
    "职级",
    "政治面貌",
    "现任职务",
    "最高学历",
    "职务层次",
    "工作情况",
    "学历学位",
    "文化程度",
];

/// Groups under which the headers of an education mean the one of full time, and those of an education in service.
pub const FULL_TIME: &[&str] = &["全日制教育", "全日制", "全日制学历", "全日制教育情况", "全日制学历学位"];
/// As above.
pub const IN_SERVICE: &[&str] = &["在职教育", "在职", "在职学历", "在职教育情况", "在职学历学位", "非全日制教育"];

impl Field {
    /// The field of a header without blanks and brackets.
    pub fn of(plain: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|field| field.headers().contains(&plain))
    }

    /// The field of a header below a group.
    pub fn below(group: &str, plain: &str) -> Option<Self> {
        if FULL_TIME.contains(&group) {
            return Self::of(&format!("全日制教育{plain}"));
        }
        if IN_SERVICE.contains(&group) {
            return Self::of(&format!("在职教育{plain}"));
        }
        // «最高学历» over «学位» is no «最高学历学位», which holds both in one cell.
        let of_education = ["最高学历", "学历", "文化程度"].iter().any(|it| group.starts_with(it));
        let alone = of_education.then(|| Self::of(plain)).flatten();
        alone.or_else(|| Self::of(&format!("{group}{plain}"))).or_else(|| Self::of(plain))
    }
}
