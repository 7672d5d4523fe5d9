//! Educations of a row: 学历, 学位, and 毕业院校系及专业 kept as written and split as far as its words allow.

use entity::kind::Education;

use super::{
    code::{education_of_code, education_of_word},
    finding::{FindingCode, Remark},
    kind::{DegreeTier, Manner},
    sheet::Cell,
    text::{compact, one_line, quote, without_brackets},
    value::Value,
};

/// One education as a file states it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EducationEntry {
    /// Full time, in service, or not said.
    pub manner: Manner,
    /// 学历, where its word or code is known.
    pub education: Option<Education>,
    /// 学历 as written.
    pub education_text: Option<String>,
    /// 学位, where its word or code is known.
    pub degree: Option<DegreeTier>,
    /// 学位 as written, discipline included: 工学学士.
    pub degree_text: Option<String>,
    /// 毕业院校系及专业 as written.
    pub school_text: Option<String>,
    /// What of it could be told apart.
    pub school: School,
}

/// 毕业院校系及专业 in parts; a part that is not certain is not there.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct School {
    /// 院校
    pub name: Option<String>,
    /// 系 or 学院
    pub department: Option<String>,
    /// 专业, without that word.
    pub major: Option<String>,
}

/// What an 学历 or 学历学位 cell says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Attained {
    /// 学历
    pub education: Option<Education>,
    /// 学历 as written.
    pub education_text: Option<String>,
    /// 学位
    pub degree: Option<DegreeTier>,
    /// 学位 as written.
    pub degree_text: Option<String>,
}

/// The tier of a degree's word, or of a code of GB/T 6864: one digit, or three with the discipline.
pub fn degree(word: &str) -> Option<DegreeTier> {
    if matches!(word.len(), 1 | 3) && word.bytes().all(|byte| byte.is_ascii_digit()) {
        return Some(match word.chars().next()? {
            '1' => DegreeTier::HonoraryDoctor,
            '2' => DegreeTier::Doctor,
            '3' => DegreeTier::Master,
            '4' => DegreeTier::Bachelor,
            _ => return None,
        });
    }
    let word = word.strip_suffix("学位").unwrap_or(word);
    [
        ("名誉博士", DegreeTier::HonoraryDoctor),
        ("博士", DegreeTier::Doctor),
        ("硕士", DegreeTier::Master),
        ("学士", DegreeTier::Bachelor),
        ("MBA", DegreeTier::Master),
        ("MPA", DegreeTier::Master),
    ]
    .into_iter()
    .find(|(ending, _)| word.ends_with(ending))
    .map(|(_, tier)| tier)
}

/// Reads an 学历 cell, which may hold the 学位 as well: «大学\n工学学士», «研究生、管理学硕士».
pub fn attained(cell: &Cell) -> Value<Attained> {
    let written = cell.as_text();
    let mut out = Attained::default();
    let mut unknown = false;
    for part in written.split(['\n', '、', ',', '，', '/', ';', '；']).map(one_line).filter(|it| !it.is_empty()) {
        let word = compact(&part);
        if says_nothing(&word) {
            continue;
        }
        let bare = without_brackets(&word);
        let education = education_of_code(&bare).or_else(|| education_of_word(&bare));
        match (education, degree(&bare)) {
            (Some(education), _) if out.education.is_none() => {
                (out.education, out.education_text) = (Some(education), Some(part));
            }
            (_, Some(tier)) => {
                out.degree = out.degree.or(Some(tier));
                out.degree_text =
                    Some(out.degree_text.map_or_else(|| part.clone(), |before| format!("{before}、{part}")));
            }
            _ => {
                unknown = true;
                out.education_text.get_or_insert(part);
            }
        }
    }
    if out == Attained::default() {
        return Value::Absent;
    }
    if unknown {
        Value::Doubtful(out, text_only(&written, "研究生, 大学, 大专 or 中专"))
    } else {
        Value::Plain(out)
    }
}

/// Reads a 学位 cell: its tier, and the text.
pub fn degree_cell(cell: &Cell) -> Value<(Option<DegreeTier>, String)> {
    let text = one_line(&cell.as_text());
    let word = compact(&text);
    if says_nothing(&word) {
        return Value::Absent;
    }
    let tiers = word.split(['、', ',', ';', '/', '双']).filter_map(|part| degree(&without_brackets(part)));
    match tiers.min() {
        Some(tier) => Value::Plain((Some(tier), text)),
        None => {
            let remark = text_only(&text, "工学学士, 管理学硕士 or 博士");
            Value::Doubtful((None, text), remark)
        }
    }
}

fn says_nothing(word: &str) -> bool {
    word.is_empty() || matches!(word, "无" | "-" | "/" | "—" | "——" | "无学位")
}

fn text_only(written: &str, examples: &str) -> Remark {
    Remark::warning(
        FindingCode::ValueUnknown,
        format!("{} is not among the values of this column; it is kept as text only.", quote(written)),
        format!("Write it as {examples}."),
    )
}

/// Splits 毕业院校系及专业: the school up to its kind, the department up to 系 or 学院, the major before 专业.
pub fn school(written: &str) -> School {
    let line = one_line(written);
    let kinds = ["大学", "党校", "学院", "学校", "电大", "师范", "中专", "中学"];
    let ends = kinds.iter().filter_map(|kind| Some(line.find(kind)? + kind.len()));
    let Some(end) = ends.min() else { return School::default() };
    // «师范» begins the name of a school as often as it ends one: «师范学院», «师范大学».
    let end = kinds
        .iter()
        .filter(|kind| line.get(end..).is_some_and(|rest| rest.starts_with(**kind)))
        .map(|kind| end + kind.len())
        .max()
        .unwrap_or(end);
    let (name, rest) = (line.get(..end).unwrap_or_default(), line.get(end..).unwrap_or_default().trim());
    let department_end = ["学院", "系"].iter().filter_map(|it| Some(rest.find(it)? + it.len())).min();
    let (department, major) = match department_end {
        // «系统工程专业» has no 系.
        Some(at) if rest.get(..at) != Some("系") => rest.split_at_checked(at).unwrap_or(("", rest)),
        _ => ("", rest),
    };
    let major = major.trim().trim_end_matches("毕业").trim_end_matches("专业");
    let part = |it: &str| (!it.trim().is_empty()).then(|| it.trim().to_owned());
    School { name: part(name), department: part(department), major: part(major) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(value: &str) -> Cell {
        Cell::Text(value.to_owned())
    }

    #[test]
    fn education_and_degree_may_share_a_cell() {
        for (written, education, tier) in [
            ("大学\n工学学士", Some(Education::Bachelor), Some(DegreeTier::Bachelor)),
            ("研究生、管理学硕士", Some(Education::Postgraduate), Some(DegreeTier::Master)),
            ("大专", Some(Education::JuniorCollege), None),
            ("省委党校研究生", Some(Education::Postgraduate), None),
            ("21", Some(Education::Bachelor), None),
            ("1B", Some(Education::Postgraduate), None),
        ] {
            let Value::Plain(found) = attained(&text(written)) else { panic!("{written}") };
            assert_eq!((found.education, found.degree), (education, tier), "{written}");
        }
        let Value::Doubtful(found, _) = attained(&text("研修班")) else { panic!() };
        assert_eq!((found.education, found.education_text.as_deref()), (None, Some("研修班")));
        assert_eq!(attained(&text("无")), Value::Absent);
    }

    #[test]
    fn degrees_as_words_and_codes() {
        for (written, tier) in [
            ("法学学士学位", DegreeTier::Bachelor),
            ("公共管理硕士", DegreeTier::Master),
            ("308", DegreeTier::Master),
            ("2", DegreeTier::Doctor),
            ("文学学士、法学硕士", DegreeTier::Master),
        ] {
            let Value::Plain((found, _)) = degree_cell(&text(written)) else { panic!("{written}") };
            assert_eq!(found, Some(tier), "{written}");
        }
        assert!(matches!(degree_cell(&text("大学")), Value::Doubtful((None, _), _)));
    }

    #[test]
    fn schools_are_split_as_far_as_their_words_allow() {
        for (written, parts) in [
            ("东海大学数学系应用数学专业", ("东海大学", "数学系", "应用数学")),
            ("东海大学 法学院 法学专业", ("东海大学", "法学院", "法学")),
            ("东海师范学院中文系\n汉语言文学专业", ("东海师范学院", "中文系", "汉语言文学")),
            ("中央党校函授学院经济管理专业", ("中央党校", "函授学院", "经济管理")),
            ("东海大学系统工程专业", ("东海大学", "", "系统工程")),
            ("东海大学", ("东海大学", "", "")),
        ] {
            let found = school(written);
            let part = |it: &Option<String>| it.clone().unwrap_or_default();
            assert_eq!(
                (part(&found.name).as_str(), part(&found.department).as_str(), part(&found.major).as_str()),
                parts,
                "{written}"
            );
        }
        assert_eq!(school("会计"), School::default());
    }
}
