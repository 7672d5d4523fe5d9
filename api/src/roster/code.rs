//! Coded values, as words of the field and as codes of its standards.
//!
//! Position levels: GB/T 12407-2008 (`131`), ZB09 (`0131`, and `1A31` in a later edition). Education: ZB64 and
//! GB/T 4658. Status: ZB126. Authority: ZB130. Sex: GB/T 2261.1. The full code sets, with editions and labels, come
//! with the code set tables; here stands only what a roster cell may say.

use entity::kind::{CadreStatus, Education, ManagementAuthority, PositionLevel, SecrecyLevel, Sex};

use super::{
    finding::{FindingCode, Remark, Severity},
    kind::Rank,
    sheet::Cell,
    text::{compact, quote, without_brackets},
    value::Value,
};

/// A cell looked up by `find`: `Some(None)` there means a word that says «none».
fn lookup<T>(cell: &Cell, find: impl FnOnce(&str) -> Option<Option<T>>, remedy: &str) -> Value<T> {
    let written = cell.as_text();
    let word = compact(&written);
    if word.is_empty() {
        return Value::Absent;
    }
    match find(&word) {
        Some(Some(value)) => Value::Plain(value),
        Some(None) => Value::Absent,
        None => Value::Dropped(Remark::error(
            FindingCode::ValueUnknown,
            format!("{} is not among the values of this column.", quote(&written)),
            remedy,
        )),
    }
}

/// Reads 性别.
pub fn sex(cell: &Cell) -> Value<Sex> {
    let find = |word: &str| match word {
        "男" | "男性" | "1" => Some(Some(Sex::Male)),
        "女" | "女性" | "2" => Some(Some(Sex::Female)),
        "未知" | "未说明" | "0" | "9" => Some(Some(Sex::Unknown)),
        _ => None,
    };
    lookup(cell, find, "Write 男 or 女.")
}

/// Reads 人员状态.
pub fn status(cell: &Cell) -> Value<CadreStatus> {
    let find = |word: &str| match word {
        "现职" | "在职" | "在岗" | "在编在岗" | "1" | "01" => Some(Some(CadreStatus::InPost)),
        "离退" | "离退休" | "退休" | "离休" | "已退休" | "2" | "02" => Some(Some(CadreStatus::Retired)),
        "调出" | "已调出" | "3" | "03" => Some(Some(CadreStatus::TransferredOut)),
        "去世" | "已去世" | "死亡" | "4" | "04" => Some(Some(CadreStatus::Deceased)),
        "其他" | "其它" | "9" | "99" => Some(Some(CadreStatus::Other)),
        _ => None,
    };
    lookup(cell, find, "Write 现职, 离退, 调出, 去世 or 其他.")
}

/// Reads 管理权限.
pub fn management_authority(cell: &Cell) -> Value<ManagementAuthority> {
    let find = |word: &str| {
        let word = word.strip_suffix("干部").unwrap_or(word);
        match word {
            "中央管" | "中管" | "中央管理" | "1" | "01" => Some(Some(ManagementAuthority::Central)),
            "省管" | "省委管" | "省委管理" | "2" | "02" => Some(Some(ManagementAuthority::Provincial)),
            "市管" | "市委管" | "市委管理" | "3" | "03" => Some(Some(ManagementAuthority::Municipal)),
            "县管" | "县委管" | "县委管理" | "区管" | "4" | "04" => Some(Some(ManagementAuthority::County)),
            "无" | "-" => Some(None),
            _ => None,
        }
    };
    lookup(cell, find, "Write 中央管, 省管, 市管 or 县管, or leave the cell empty.")
}

/// Reads 密级. A word that is not known keeps the row out: who can't tell how secret it is must not file it.
pub fn secrecy(cell: &Cell) -> Value<SecrecyLevel> {
    let find = |word: &str| match word.trim_end_matches('★') {
        "公开" | "非密" | "非涉密" => Some(Some(SecrecyLevel::Public)),
        "内部" => Some(Some(SecrecyLevel::Internal)),
        "秘密" => Some(Some(SecrecyLevel::Confidential)),
        "机密" => Some(Some(SecrecyLevel::Secret)),
        "绝密" => Some(Some(SecrecyLevel::TopSecret)),
        "-" | "/" => Some(None),
        _ => None,
    };
    lookup(cell, find, "Write 公开, 内部, 秘密, 机密 or 绝密.")
}

/// Reads 职务层次.
pub fn position_level(cell: &Cell) -> Value<PositionLevel> {
    let find = |word: &str| level_of_code(word).or_else(|| level_of_word(word));
    let value = lookup(
        cell,
        find,
        "Write the position level, for example 县处级正职, 正科级, 副科级 or 科员级, or its code (131).",
    );
    match value {
        Value::Dropped(remark) if is_rank(&compact(&cell.as_text())) => Value::Dropped(Remark {
            remedy: "This is a rank (职级). Write the position level (职务层次), for example 正科级.".to_owned(),
            ..remark
        }),
        other => other,
    }
}

fn is_rank(word: &str) -> bool {
    ["巡视员", "调研员", "主任科员"].iter().any(|rank| word.ends_with(rank))
}

fn level_of_code(code: &str) -> Option<Option<PositionLevel>> {
    let tail = match code.len() {
        3 => code.strip_prefix('1')?,
        4 => code.strip_prefix("01").or_else(|| code.strip_prefix("1A"))?,
        _ => return None,
    };
    Some(Some(match tail {
        "01" => PositionLevel::NationalPrincipal,
        "02" => PositionLevel::NationalDeputy,
        "11" => PositionLevel::ProvincialPrincipal,
        "12" => PositionLevel::ProvincialDeputy,
        "21" => PositionLevel::BureauPrincipal,
        "22" => PositionLevel::BureauDeputy,
        "31" => PositionLevel::CountyPrincipal,
        "32" => PositionLevel::CountyDeputy,
        "41" => PositionLevel::TownshipPrincipal,
        "42" => PositionLevel::TownshipDeputy,
        "50" => PositionLevel::SectionMember,
        "60" => PositionLevel::Clerk,
        "99" => return Some(None),
        _ => return None,
    }))
}

/// Reads `县处级正职`, `正处级`, `处级（正职）` and their kin: which tier, and which half of it.
fn level_of_word(word: &str) -> Option<Option<PositionLevel>> {
    match word {
        "科员" | "科员级" | "一级科员" | "二级科员" => return Some(Some(PositionLevel::SectionMember)),
        "办事员" | "办事员级" => return Some(Some(PositionLevel::Clerk)),
        "未定职" | "未定级" | "无" | "-" => return Some(None),
        _ => {}
    }
    let word: String = word.chars().filter(|letter| !matches!(letter, '(' | ')')).collect();
    let (principal, tier) = if let Some(rest) = word.strip_prefix('正') {
        (true, rest)
    } else if let Some(rest) = word.strip_prefix('副') {
        (false, rest)
    } else if let Some(rest) = word.strip_suffix("正职").or_else(|| word.strip_suffix('正')) {
        (true, rest)
    } else if let Some(rest) = word.strip_suffix("副职").or_else(|| word.strip_suffix('副')) {
        (false, rest)
    } else {
        return None;
    };
    let (high, low) = match tier.strip_suffix("级干部").or_else(|| tier.strip_suffix('级')).unwrap_or(tier) {
        "国家" | "国" => (PositionLevel::NationalPrincipal, PositionLevel::NationalDeputy),
        "省部" | "省" | "部" => (PositionLevel::ProvincialPrincipal, PositionLevel::ProvincialDeputy),
        "厅局" | "地厅" | "司局" | "厅" | "局" | "司" | "地" => {
            (PositionLevel::BureauPrincipal, PositionLevel::BureauDeputy)
        }
        "县处" | "县" | "处" => (PositionLevel::CountyPrincipal, PositionLevel::CountyDeputy),
        "乡科" | "科" | "乡" => (PositionLevel::TownshipPrincipal, PositionLevel::TownshipDeputy),
        _ => return None,
    };
    Some(Some(if principal { high } else { low }))
}

/// Reads 职级. Words alone: its codes are not confirmed.
pub fn rank(cell: &Cell) -> Value<Rank> {
    let find = |word: &str| match word {
        "无" | "-" | "/" | "—" => Some(None),
        _ => rank_of_word(&without_brackets(word)).map(Some),
    };
    match lookup(cell, find, "Write the rank, for example 一级主任科员 or 四级调研员.") {
        Value::Dropped(remark) => Value::Dropped(Remark {
            severity: Severity::Warning,
            message: format!("{} It is kept as text only.", remark.message),
            ..remark
        }),
        other => other,
    }
}

fn rank_of_word(word: &str) -> Option<Rank> {
    let word = word.replace(['1', '一', 'Ⅰ'], "一").replace(['2', 'Ⅱ'], "二").replace('3', "三").replace('4', "四");
    Some(match word.as_str() {
        "一级巡视员" => Rank::Inspector1,
        "二级巡视员" => Rank::Inspector2,
        "一级调研员" => Rank::Researcher1,
        "二级调研员" => Rank::Researcher2,
        "三级调研员" => Rank::Researcher3,
        "四级调研员" => Rank::Researcher4,
        "一级主任科员" => Rank::PrincipalStaff1,
        "二级主任科员" => Rank::PrincipalStaff2,
        "三级主任科员" => Rank::PrincipalStaff3,
        "四级主任科员" => Rank::PrincipalStaff4,
        "一级科员" => Rank::Staff1,
        "二级科员" => Rank::Staff2,
        _ => return None,
    })
}

/// Reads the highest 学历.
pub fn education(cell: &Cell) -> Value<Education> {
    let find = |word: &str| education_of_code(word).or_else(|| education_of_word(&without_brackets(word))).map(Some);
    lookup(cell, find, "Write 研究生, 大学, 大专, 中专, 高中 or 初中.")
}

/// Two characters of ZB64 (`21`, `1A`) or GB/T 4658 (`20`): the first one is the tier in both.
pub fn education_of_code(code: &str) -> Option<Education> {
    let mut letters = code.chars();
    let (tier, rest) = (letters.next()?, letters.next()?);
    if letters.next().is_some() || !rest.is_ascii_alphanumeric() {
        return None;
    }
    Some(match tier {
        '1' => Education::Postgraduate,
        '2' => Education::Bachelor,
        '3' => Education::JuniorCollege,
        '4' => Education::SecondaryVocational,
        '6' => Education::SeniorHigh,
        '7' | '8' => Education::JuniorHigh,
        _ => return None,
    })
}

/// A 学历 as people write it, brackets removed.
pub fn education_of_word(word: &str) -> Option<Education> {
    let word = word.rsplit_once("党校").map_or(word, |(_, rest)| rest);
    let mut word = word.strip_suffix("毕业").or_else(|| word.strip_suffix("学历")).unwrap_or(word);
    for manner in ["全日制", "普通", "在职", "函授", "自考", "成人", "业余", "夜大", "电大"] {
        word = word.strip_prefix(manner).unwrap_or(word);
    }
    Some(match word {
        "研究生" | "硕士研究生" | "博士研究生" | "硕士" | "博士" => Education::Postgraduate,
        "大学" | "本科" | "大学本科" | "大本" => Education::Bachelor,
        "大专" | "专科" | "大学专科" | "高职" | "高等职业教育" => Education::JuniorCollege,
        "中专" | "中等专科" | "中师" | "中技" | "技校" | "职高" | "职业高中" => {
            Education::SecondaryVocational
        }
        "高中" | "普高" => Education::SeniorHigh,
        "初中" | "初中及以下" | "小学" => Education::JuniorHigh,
        _ => return None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Cell {
        Cell::Text(value.to_owned())
    }

    #[test]
    fn levels_as_words_and_as_codes() {
        for (level, forms) in [
            (
                PositionLevel::CountyPrincipal,
                "正处级 县处级正职 正县级 正县处级 正处 县处级（正） 处级正职 131 0131 1A31 1a31 １３１",
            ),
            (PositionLevel::CountyDeputy, "副处级 县处级副职 副县级 132 0132 1A32"),
            (PositionLevel::TownshipPrincipal, "正科级 乡科级正职 正乡科级 141"),
            (PositionLevel::TownshipDeputy, "副科级 乡科级副职 副科 142 1A42"),
            (PositionLevel::SectionMember, "科员 科员级 一级科员 150"),
            (PositionLevel::Clerk, "办事员 办事员级 160"),
            (PositionLevel::BureauDeputy, "副厅级 厅局级副职 副厅局级 122"),
            (PositionLevel::ProvincialPrincipal, "正部级 省部级正职 111"),
            (PositionLevel::NationalDeputy, "副国级 国家级副职 102"),
        ] {
            for form in forms.split(' ') {
                assert_eq!(position_level(&text(form)), Value::Plain(level), "{form}");
            }
        }
        assert_eq!(position_level(&Cell::Number(131.0)), Value::Plain(PositionLevel::CountyPrincipal));
        assert_eq!(position_level(&text("未定职")), Value::Absent);
        for wrong in ["处级", "正", "副职", "133", "2131", "正股级", "100000131"] {
            assert!(matches!(position_level(&text(wrong)), Value::Dropped(_)), "{wrong}");
        }
        let Value::Dropped(remark) = position_level(&text("四级调研员")) else { panic!() };
        assert!(remark.remedy.contains("职级"));
    }

    #[test]
    fn education_as_words_and_as_codes() {
        for (tier, forms) in [
            (
                Education::Postgraduate,
                "研究生 硕士研究生 博士研究生 在职研究生 中央党校研究生 省委党校在职研究生 11 1A 10",
            ),
            (Education::Bachelor, "大学 本科 大学本科 省委党校大学 全日制大学本科 大学学历 21 2A 20 大学（函授）"),
            (Education::JuniorCollege, "大专 专科 大学专科 市委党校大专 31"),
            (Education::SecondaryVocational, "中专 41"),
            (Education::SeniorHigh, "高中 61"),
            (Education::JuniorHigh, "初中 小学 71"),
        ] {
            for form in forms.split(' ') {
                assert_eq!(education(&text(form)), Value::Plain(tier), "{form}");
            }
        }
        for wrong in ["研究生肄业", "党校", "学士", "51", "211"] {
            assert!(matches!(education(&text(wrong)), Value::Dropped(_)), "{wrong}");
        }
    }

    #[test]
    fn ranks_as_words() {
        for (rank, forms) in [
            (Rank::Inspector2, "二级巡视员 2级巡视员"),
            (Rank::Researcher4, "四级调研员 四级调研员（晋升）"),
            (Rank::PrincipalStaff1, "一级主任科员"),
            (Rank::Staff2, "二级科员"),
        ] {
            for form in forms.split(' ') {
                assert_eq!(rank_cell(form), Value::Plain(rank), "{form}");
            }
        }
        assert_eq!(rank_cell("四级\n调研员"), Value::Plain(Rank::Researcher4));
        assert_eq!(rank_cell("无"), Value::Absent);
        let Value::Dropped(remark) = rank_cell("正科级") else { panic!() };
        assert_eq!(remark.severity, Severity::Warning);
    }

    fn rank_cell(value: &str) -> Value<Rank> {
        rank(&text(value))
    }

    #[test]
    fn sex_status_and_authority() {
        assert_eq!(sex(&text(" 男 ")), Value::Plain(Sex::Male));
        assert_eq!(sex(&Cell::Number(2.0)), Value::Plain(Sex::Female));
        assert!(matches!(sex(&text("男女")), Value::Dropped(_)));
        assert_eq!(status(&text("退休")), Value::Plain(CadreStatus::Retired));
        assert_eq!(status(&Cell::Number(1.0)), Value::Plain(CadreStatus::InPost));
        assert_eq!(management_authority(&text("省管干部")), Value::Plain(ManagementAuthority::Provincial));
        assert_eq!(management_authority(&text("04")), Value::Plain(ManagementAuthority::County));
        assert_eq!(management_authority(&Cell::Blank), Value::Absent);
    }
}
