//! Closed sets and dates in the words of the field, each such that our own reader reads the same value again.

use entity::{
    kind::{
        AssessmentGrade, CadreStatus, CivilServantRank, Degree, Education, ManagementAuthority, MembershipState,
        PositionLevel, SecrecyLevel, Sex,
    },
    partial_date::PartialDate,
};

macro_rules! words {
    ($($(#[$doc:meta])* $name:ident($of:ident) { $($variant:ident = $word:literal,)+ })+) => {$(
        $(#[$doc])*
        pub const fn $name(it: $of) -> &'static str {
            match it { $($of::$variant => $word,)+ }
        }
    )+};
}

words! {
    /// 性别
    sex(Sex) { Male = "男", Female = "女", Unknown = "未知", }
    /// 人员状态
    status(CadreStatus) {
        InPost = "现职", Retired = "离退", TransferredOut = "调出", Deceased = "去世", Other = "其他",
    }
    /// 管理权限
    authority(ManagementAuthority) {
        Central = "中央管", Provincial = "省管", Municipal = "市管", County = "县管",
    }
    /// 密级
    secrecy(SecrecyLevel) {
        Public = "公开", Internal = "内部", Confidential = "秘密", Secret = "机密", TopSecret = "绝密",
    }
    /// 职务层次
    level(PositionLevel) {
        NationalPrincipal = "国家级正职", NationalDeputy = "国家级副职",
        ProvincialPrincipal = "省部级正职", ProvincialDeputy = "省部级副职",
        BureauPrincipal = "厅局级正职", BureauDeputy = "厅局级副职",
        CountyPrincipal = "县处级正职", CountyDeputy = "县处级副职",
        TownshipPrincipal = "乡科级正职", TownshipDeputy = "乡科级副职",
        SectionMember = "科员级", Clerk = "办事员级",
    }
    /// 职级
    rank(CivilServantRank) {
        Inspector1 = "一级巡视员", Inspector2 = "二级巡视员",
        Researcher1 = "一级调研员", Researcher2 = "二级调研员", Researcher3 = "三级调研员", Researcher4 = "四级调研员",
        PrincipalStaff1 = "一级主任科员", PrincipalStaff2 = "二级主任科员",
        PrincipalStaff3 = "三级主任科员", PrincipalStaff4 = "四级主任科员",
        Staff1 = "一级科员", Staff2 = "二级科员",
    }
    /// 学历
    education(Education) {
        Postgraduate = "研究生", Bachelor = "大学", JuniorCollege = "大专",
        SecondaryVocational = "中专", SeniorHigh = "高中", JuniorHigh = "初中",
    }
    /// 学位
    degree(Degree) { Doctorate = "博士", Master = "硕士", Bachelor = "学士", }
    /// 考核等次
    grade(AssessmentGrade) {
        Excellent = "优秀", Competent = "称职", BasicallyCompetent = "基本称职",
        Incompetent = "不称职", NotGraded = "不定等次", NotAssessed = "不进行考核",
    }
    /// Where a membership of a pool stands.
    membership(MembershipState) {
        Proposed = "建议人选", Confirmed = "已入库", Warned = "预警", Exited = "已出库", Deployed = "已使用",
    }
}

/// A date as the field writes it, as far as it is known: `1988.05.13`, `1988.05`, `1988`.
pub fn date(it: PartialDate) -> String {
    String::from(it).replace('-', ".")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::roster::{
        assessments::grades, code, date::date as read_date, kind::DegreeTier, schooling::degree_cell, sheet::Cell,
        value::Value,
    };

    fn cell(word: &str) -> Cell {
        Cell::Text(word.to_owned())
    }

    #[test]
    fn every_word_is_read_as_what_it_was() {
        macro_rules! each {
            ($($of:ident $word:ident $reader:path),+) => {$(
                for it in $of::ALL { assert_eq!($reader(&cell($word(*it))), Value::Plain(*it)); }
            )+};
        }
        each!(
            Sex sex code::sex, CadreStatus status code::status, SecrecyLevel secrecy code::secrecy,
            ManagementAuthority authority code::management_authority, PositionLevel level code::position_level,
            Education education code::education
        );
        for it in CivilServantRank::ALL {
            let Value::Plain(read) = code::rank(&cell(rank(*it))) else { panic!("{it:?}") };
            assert_eq!(read.text(), it.text());
        }
        for (it, tier) in [
            (Degree::Doctorate, DegreeTier::Doctor),
            (Degree::Master, DegreeTier::Master),
            (Degree::Bachelor, DegreeTier::Bachelor),
        ] {
            assert_eq!(degree_cell(&cell(degree(it))), Value::Plain((Some(tier), degree(it).to_owned())));
        }
        for it in AssessmentGrade::ALL {
            let Value::Plain(read) = grades(&cell(&format!("2024{}", grade(*it))), &[], 2026) else { panic!("{it:?}") };
            assert_eq!(read.iter().map(|one| (one.year, one.grade.text())).collect::<Vec<_>>(), [(2024, it.text())]);
        }
        for known in [(1988, Some(5), Some(13)), (1988, Some(5), None), (1988, None, None)] {
            let it = PartialDate::new(known.0, known.1, known.2).unwrap();
            assert_eq!(read_date(&cell(&date(it))), Value::Plain(it));
        }
    }
}
