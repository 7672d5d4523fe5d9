//! Closed sets that a roster or form states and for which no table stands yet, named as the vocabulary names them.

macro_rules! kinds {
    ($($(#[$doc:meta])* $name:ident { $($(#[$each:meta])* $variant:ident = $text:literal,)+ })+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum $name { $($(#[$each])* $variant,)+ }

        impl $name {
            /// Every value, in order of declaration.
            pub const ALL: &'static [Self] = &[$(Self::$variant,)+];

            /// The text that clients see.
            pub const fn text(self) -> &'static str {
                match self { $(Self::$variant => $text,)+ }
            }
        }
    )+};
}

kinds! {
    /// 考核等次 (ZB18). 合格 of public institutions counts as 称职.
    Grade {
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

    /// 职级, highest first. Its code values are not confirmed, so words alone are read.
    Rank {
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

    /// 政治面貌 (GB/T 4762).
    Affiliation {
        /// 中共党员
        PartyMember = "PARTY_MEMBER",
        /// 中共预备党员
        ProbationaryMember = "PROBATIONARY_MEMBER",
        /// 共青团员
        YouthLeague = "YOUTH_LEAGUE",
        /// 民革
        RevolutionaryCommittee = "REVOLUTIONARY_COMMITTEE",
        /// 民盟
        DemocraticLeague = "DEMOCRATIC_LEAGUE",
        /// 民建
        NationalConstruction = "NATIONAL_CONSTRUCTION",
        /// 民进
        PromotingDemocracy = "PROMOTING_DEMOCRACY",
        /// 农工党
        PeasantsAndWorkers = "PEASANTS_AND_WORKERS",
        /// 致公党
        ZhiGong = "ZHI_GONG",
        /// 九三学社
        Jiusan = "JIUSAN",
        /// 台盟
        TaiwanLeague = "TAIWAN_LEAGUE",
        /// 无党派人士
        Independent = "INDEPENDENT",
        /// 群众
        Masses = "MASSES",
    }

    /// 学位 in short (GB/T 6864), highest first.
    DegreeTier {
        /// 名誉博士
        HonoraryDoctor = "HONORARY_DOCTOR",
        /// 博士
        Doctor = "DOCTOR",
        /// 硕士
        Master = "MASTER",
        /// 学士
        Bachelor = "BACHELOR",
    }

    /// How an education was had (A0837).
    Manner {
        /// 全日制教育
        FullTime = "FULL_TIME",
        /// 在职教育
        InService = "IN_SERVICE",
        /// The file does not say.
        Unstated = "UNSTATED",
    }
}
