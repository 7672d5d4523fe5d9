//! Grades of yearly assessments: one a cell below a header that names the year, or several years in one cell.

use super::{
    finding::{FindingCode, Remark},
    kind::Grade,
    sheet::Cell,
    text::{compact, quote},
    value::Value,
};

/// The grade of a year.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Assessment {
    /// The year that was assessed.
    pub year: u16,
    /// What came of it.
    pub grade: Grade,
}

/// The words of the grades; where one contains another, the longer first.
const WORDS: &[(&str, Grade)] = &[
    ("优秀", Grade::Excellent),
    ("优", Grade::Excellent),
    ("基本称职", Grade::BasicallyCompetent),
    ("不称职", Grade::Incompetent),
    ("称职", Grade::Competent),
    ("基本合格", Grade::BasicallyCompetent),
    ("不合格", Grade::Incompetent),
    ("合格", Grade::Competent),
    ("不定等次", Grade::NotGraded),
    ("未定等次", Grade::NotGraded),
    ("不确定等次", Grade::NotGraded),
    ("未确定等次", Grade::NotGraded),
    ("不进行考核", Grade::NotAssessed),
    ("未进行考核", Grade::NotAssessed),
    ("不参加考核", Grade::NotAssessed),
    ("未参加考核", Grade::NotAssessed),
    ("未考核", Grade::NotAssessed),
    ("不考核", Grade::NotAssessed),
];

/// Words between years and grades that say nothing more.
const FILLERS: &[&str] =
    &["年度", "年", "考核", "结果", "等次", "均为", "均", "连续", "为", "被评为", "评为", "确定为", "定为", "都是"];

#[derive(Clone, Copy, Debug, PartialEq)]
enum Token {
    Year(u16),
    Range,
    Grade(Grade),
}

/// Reads a cell of grades below a header that names `years`; `this_year` tells the century of a short year.
pub fn grades(cell: &Cell, years: &[u16], this_year: u16) -> Value<Vec<Assessment>> {
    let written = cell.as_text();
    let text = compact(&written);
    if text.is_empty() || matches!(text.as_str(), "无" | "-" | "/" | "—" | "——") {
        return Value::Absent;
    }
    if let ([year], Some(grade)) = (years, of_code(&text)) {
        return Value::Plain(vec![Assessment { year: *year, grade }]);
    }
    let found = tokens(&text, this_year).map(|tokens| assigned(&tokens, years));
    match found {
        Some(Ok(found)) => Value::Plain(found),
        Some(Err(why)) => dropped(&written, why),
        None => dropped(&written, "holds something that is no year and no grade"),
    }
}

fn dropped<T>(written: &str, why: &str) -> Value<T> {
    Value::Dropped(Remark::warning(
        FindingCode::ValueUnknown,
        format!("{} {why}; it is kept as text only.", quote(written)),
        "Write each year with its grade, as 2023优秀、2024称职、2025称职.",
    ))
}

/// The codes of ZB18, alone in a cell.
fn of_code(text: &str) -> Option<Grade> {
    Some(match text {
        "1" => Grade::Excellent,
        "2" => Grade::Competent,
        "3" => Grade::BasicallyCompetent,
        "4" => Grade::Incompetent,
        "5" | "5A" | "5B" | "5C" => Grade::NotGraded,
        "6" | "6A" => Grade::NotAssessed,
        _ => return None,
    })
}

fn tokens(text: &str, this_year: u16) -> Option<Vec<Token>> {
    let mut tokens = Vec::new();
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let digits = rest.len() - rest.trim_start_matches(|it: char| it.is_ascii_digit()).len();
        if digits > 0 {
            tokens.push(Token::Year(year(rest.get(..digits)?, this_year)?));
            rest = rest.get(digits..)?;
        } else if let Some((word, grade)) = WORDS.iter().find(|(word, _)| rest.starts_with(word)) {
            tokens.push(Token::Grade(*grade));
            rest = rest.get(word.len()..)?;
        } else if let Some(word) = FILLERS.iter().find(|word| rest.starts_with(**word)) {
            rest = rest.get(word.len()..)?;
        } else {
            match first {
                '-' | '—' | '–' | '~' | '至' => tokens.push(Token::Range),
                '、' | ',' | ';' | '。' | '.' | ':' | '(' | ')' | '/' | '[' | ']' | '和' | '|' | '"' => {}
                _ => return None,
            }
            rest = rest.get(first.len_utf8()..)?;
        }
    }
    Some(tokens)
}

/// A year of four digits, or of two in the century that does not lie ahead.
fn year(digits: &str, this_year: u16) -> Option<u16> {
    let number: u16 = digits.parse().ok()?;
    match digits.len() {
        4 => (1950..=2200).contains(&number).then_some(number),
        2 if number <= this_year % 100 => Some(this_year / 100 * 100 + number),
        2 => Some(this_year.checked_sub(this_year % 100 + 100)? + number),
        _ => None,
    }
}

fn assigned(tokens: &[Token], years: &[u16]) -> Result<Vec<Assessment>, &'static str> {
    let grades: Vec<Grade> =
        tokens.iter().filter_map(|it| if let Token::Grade(grade) = it { Some(*grade) } else { None }).collect();
    if !tokens.iter().any(|it| matches!(it, Token::Year(_))) {
        let pairs = || years.iter().zip(&grades).map(|(year, grade)| Assessment { year: *year, grade: *grade });
        return match (years.len(), grades.len()) {
            (0, _) => Err("names no year, and neither does the header"),
            (wanted, found) if wanted == found => Ok(pairs().collect()),
            _ => Err("holds another number of grades than the header has years"),
        };
    }
    let grade_first = matches!(tokens.first(), Some(Token::Grade(_)));
    let (mut found, mut open, mut grade, mut range) = (Vec::new(), Vec::new(), None, false);
    for token in tokens {
        match *token {
            Token::Year(year) => {
                let first = open.last().copied().filter(|first| range && *first < year && year - *first < 20);
                let from = first.map_or(year, |first| first + 1);
                open.extend(from..=year);
                range = false;
            }
            Token::Range => range = true,
            Token::Grade(next) if grade_first => {
                close(&mut found, &mut open, grade);
                (grade, range) = (Some(next), false);
            }
            Token::Grade(next) => {
                if open.is_empty() {
                    return Err("holds a grade without a year");
                }
                close(&mut found, &mut open, Some(next));
                range = false;
            }
        }
    }
    close(&mut found, &mut open, grade.filter(|_| grade_first));
    if open.is_empty() && !found.is_empty() { Ok(found) } else { Err("holds a year without a grade") }
}

fn close(found: &mut Vec<Assessment>, open: &mut Vec<u16>, grade: Option<Grade>) {
    if let Some(grade) = grade {
        found.extend(open.drain(..).map(|year| Assessment { year, grade }));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, years: &[u16]) -> Option<String> {
        match grades(&Cell::Text(text.to_owned()), years, 2026) {
            Value::Plain(found) => {
                let each = found.iter().map(|it| format!("{} {}", it.year, it.grade.text()));
                Some(each.collect::<Vec<_>>().join(", "))
            }
            _ => None,
        }
    }

    #[test]
    fn three_years_in_one_cell() {
        let meant = Some("2023 EXCELLENT, 2024 COMPETENT, 2025 COMPETENT".to_owned());
        for text in [
            "2023优秀、2024称职、2025称职",
            "2023年优秀；2024年称职；2025年称职",
            "２０２３年度：优秀\n2024年度：称职\n2025年度：称职",
            "23年优秀 24年称职 25年称职",
            "优秀（2023）、称职（2024、2025）",
            "2023优秀，2024-2025年均为称职",
            "2023年年度考核结果为优秀，2024、2025年为称职。",
        ] {
            assert_eq!(read(text, &[]), meant, "{text}");
        }
        assert_eq!(read("优秀，称职，称职", &[2023, 2024, 2025]), meant);
        assert_eq!(read("优秀、称职、合格", &[2023, 2024, 2025]), meant);
        assert_eq!(read("优秀", &[2024]).as_deref(), Some("2024 EXCELLENT"));
        assert_eq!(read("3", &[2024]).as_deref(), Some("2024 BASICALLY_COMPETENT"));
        assert_eq!(read("98年不定等次", &[]).as_deref(), Some("1998 NOT_GRADED"));
    }

    #[test]
    fn what_cannot_be_placed_is_said() {
        for (text, years) in [
            ("优秀，称职", &[2023_u16, 2024, 2025][..]),
            ("优秀", &[]),
            ("2023", &[]),
            ("2023优良", &[]),
            ("2023优秀2024", &[]),
        ] {
            assert_eq!(read(text, years), None, "{text}");
        }
        assert_eq!(grades(&Cell::Text("无".to_owned()), &[], 2026), Value::Absent);
    }
}
