//! The header of a roster: where it stands below titles, and how its one or two levels become one header a column.

use super::{
    fields::{FULL_TIME, Field, GROUPS, IN_SERVICE, NUMBERING, PASSED_OVER},
    sheet::{Cell, Line},
    text::{compact, without_brackets},
};

/// So many lines with text are looked at for a header.
pub const HEAD_LINES: usize = 30;

/// The header of one column.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Where it stands, from 0.
    pub index: usize,
    /// As in the file; the two levels with a space between.
    pub text: String,
    /// The upper level without blanks and brackets.
    pub group: Option<String>,
    /// The lower or only level without blanks and brackets.
    pub plain: String,
}

/// What a header says that its column is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Meaning {
    /// A column that is read.
    Field(Field),
    /// Grades of assessments, in the order of these years; none where the cells name the years.
    Grades(Vec<u16>),
    /// It numbers the rows.
    Numbering,
    /// Known, and not read.
    PassedOver,
    /// Not known.
    Unknown,
}

/// A header without blanks, brackets and marks of required columns.
pub fn plain(header: &str) -> String {
    let text = compact(&without_brackets(header));
    text.trim_matches(['*', ':', '★', '※', '、', '.']).to_owned()
}

/// Whether the line is a header: it says 姓名 and something else that is known, or 姓名 alone.
pub fn is_header(line: &Line) -> bool {
    let mut names = 0;
    let mut others = 0;
    let mut cells = 0;
    for (_, cell) in line.filled() {
        cells += 1;
        let plain = plain(&cell.as_text());
        if Field::of(&plain) == Some(Field::Name) {
            names += 1;
        } else if is_known(&plain) {
            others += 1;
        }
    }
    names > 0 && (others > 0 || cells == names)
}

/// How many cells of the line are known headers.
pub fn known_cells(line: &Line) -> usize {
    line.filled().filter(|(_, cell)| is_known(&plain(&cell.as_text()))).count()
}

fn is_known(plain: &str) -> bool {
    Field::of(plain).is_some()
        || [NUMBERING, PASSED_OVER, GROUPS, FULL_TIME, IN_SERVICE].iter().any(|list| list.contains(&plain))
        || is_of_grades(plain)
        || years(plain).is_some_and(|years| !years.is_empty())
}

/// Whether a header speaks of assessments.
fn is_of_grades(plain: &str) -> bool {
    plain.contains("考核") || plain.ends_with("年度等次")
}

/// Whether the line right above a header holds its groups, of which at least one is known.
pub fn is_group_line(above: &Line, header: &Line) -> bool {
    let known = |plain: &str| {
        let title = plain.contains('册') || plain.ends_with('表');
        [GROUPS, FULL_TIME, IN_SERVICE].iter().any(|list| list.contains(&plain)) || (is_of_grades(plain) && !title)
    };
    above.number + 1 == header.number
        && above.filled().count() > 1
        && above.filled().any(|(_, cell)| known(&plain(&cell.as_text())))
}

/// Whether the line right below a header is its second level: nothing new below 姓名, and words of headers elsewhere.
pub fn is_second_level(header: &Line, below: &Line) -> bool {
    let mut found = 0;
    for (index, cell) in below.filled() {
        let (first, second) = (plain(&header.cell(index).as_text()), plain(&cell.as_text()));
        if below.inherits(index) || first == second {
            continue;
        }
        let group = group_at(header, index);
        if Field::of(&first) == Some(Field::Name) || !(is_known(&second) || Field::below(&group, &second).is_some()) {
            return false;
        }
        found += 1;
    }
    found > 0
}

/// The header of the level above that covers a column: its own, or the nearest to the left.
fn group_at(upper: &Line, index: usize) -> String {
    upper.filled().take_while(|(at, _)| *at <= index).last().map(|(_, cell)| plain(&cell.as_text())).unwrap_or_default()
}

/// The headers of one level.
pub fn single(line: &Line) -> Vec<Head> {
    let head = |(index, cell): (usize, &Cell)| {
        let text = cell.as_text();
        Head { index, plain: plain(&text), text, group: None }
    };
    line.filled().map(head).collect()
}

/// The headers of two levels.
pub fn joined(upper: &Line, lower: &Line) -> Vec<Head> {
    let mut heads = Vec::new();
    let mut left: Option<String> = None;
    for index in 0..upper.width().max(lower.width()) {
        let own = upper.cell(index).as_text();
        let below = lower.cell(index).as_text();
        let second = plain(&below);
        let repeats = lower.inherits(index) || plain(&own) == second;
        if !own.is_empty() {
            left = (!repeats).then(|| own.clone());
        }
        if second.is_empty() || (repeats && !own.is_empty()) {
            if !own.is_empty() {
                heads.push(Head { index, plain: plain(&own), text: own, group: None });
            }
            continue;
        }
        let group = left.clone();
        let text = group.as_ref().map_or_else(|| below.clone(), |group| format!("{group} {below}"));
        heads.push(Head { index, text, group: group.map(|it| plain(&it)), plain: second });
    }
    heads
}

/// Whether every cell of a line below only repeats its header, as at the top of a printed page.
pub fn repeats(heads: &[Head], line: &Line) -> bool {
    let mut cells = line.filled().peekable();
    cells.peek().is_some()
        && cells.all(|(index, cell)| {
            let text = plain(&cell.as_text());
            let own = heads.iter().find(|it| it.index == index);
            own.is_some_and(|head| head.plain == text || head.group.as_deref() == Some(text.as_str()))
        })
}

impl Head {
    /// What the column is.
    pub fn meaning(&self) -> Meaning {
        let bracketed = compact(&self.text);
        let manner = ["全日制", "在职"]
            .into_iter()
            .find(|it| ["(", "[", "【"].iter().any(|bracket| bracketed.contains(&format!("{bracket}{it}"))));
        let group = self.group.as_deref().or(manner).unwrap_or_default();
        // A column beside grades whose own group nobody wrote: 备注 is no grade.
        let group = if is_of_grades(group) && Field::of(&self.plain).is_some() { "" } else { group };
        let whole = format!("{group}{}", self.plain);
        if is_of_grades(&whole) {
            return Meaning::Grades(years(&compact(&self.text)).unwrap_or_default());
        }
        match Field::below(group, &self.plain) {
            Some(field) => Meaning::Field(field),
            None if NUMBERING.contains(&self.plain.as_str()) => Meaning::Numbering,
            None if PASSED_OVER.contains(&self.plain.as_str()) => Meaning::PassedOver,
            None => Meaning::Unknown,
        }
    }
}

/// The years that a header names, in its order, ranges filled; `None` where it says anything but years.
///
/// `2023年`, `2023-2025年度考核结果`, `2023、2024、2025年考核`: a header of assessments may say other words as well.
fn years(text: &str) -> Option<Vec<u16>> {
    let grades = is_of_grades(text);
    let mut found: Vec<u16> = Vec::new();
    let (mut digits, mut range) = (String::new(), false);
    for letter in text.chars().chain(['\0']) {
        if letter.is_ascii_digit() {
            digits.push(letter);
            continue;
        }
        if digits.len() == 4
            && let Some(year) = digits.parse().ok().filter(|year| (1950..=2200).contains(year))
        {
            match found.last().copied().filter(|first| range && *first < year && year - *first < 20) {
                Some(first) => found.extend(first + 1..=year),
                None => found.push(year),
            }
            range = false;
        } else if !digits.is_empty() && !grades {
            return None;
        }
        digits.clear();
        match letter {
            '-' | '—' | '–' | '~' | '至' => range = true,
            '年' | '度' | '、' | ',' | '\0' => {}
            _ if grades => {}
            _ => return None,
        }
    }
    Some(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(number: u32, texts: &[&str]) -> Line {
        let mut line = Line::at(number);
        for (index, text) in texts.iter().enumerate() {
            line.put(index, Cell::of_text(text, 4_096));
        }
        line
    }

    #[test]
    fn two_levels_become_one_header_a_column() {
        let upper = line(3, &["序号", "姓  名", "全日制教育", "", "在职\n教育", "", "年度考核结果", "", "职务"]);
        let lower = line(4, &["", "", "学历", "毕业院校系及专业", "学历", "学位", "2023", "2024年"]);
        assert!(is_header(&upper) && is_second_level(&upper, &lower));
        let meanings: Vec<Meaning> = joined(&upper, &lower).iter().map(Head::meaning).collect();
        assert_eq!(
            meanings,
            [
                Meaning::Numbering,
                Meaning::Field(Field::Name),
                Meaning::Field(Field::FullTimeEducation),
                Meaning::Field(Field::FullTimeSchool),
                Meaning::Field(Field::InServiceEducation),
                Meaning::Field(Field::InServiceDegree),
                Meaning::Grades(vec![2023]),
                Meaning::Grades(vec![2024]),
                Meaning::Field(Field::PostTitle),
            ]
        );
        assert_eq!(joined(&upper, &lower)[4].text, "在职\n教育 学历");
    }

    #[test]
    fn a_person_is_no_second_level() {
        let header = line(1, &["姓名", "学历", "单位"]);
        assert!(!is_second_level(&header, &line(2, &["王伟", "学历", "单位"])));
        assert!(!is_second_level(&header, &line(2, &["", "大学", "教育局"])));
        assert!(repeats(&single(&header), &line(30, &["姓 名", "学历"])));
        assert!(!repeats(&single(&header), &line(30, &["姓名", "大学"])));
    }

    #[test]
    fn years_of_a_header() {
        for (text, meant) in [
            ("2023年", Some(vec![2023])),
            ("2023-2025年度考核结果", Some(vec![2023, 2024, 2025])),
            ("2023、2024、2025年考核", Some(vec![2023, 2024, 2025])),
            ("近三年年度考核结果", Some(vec![])),
            ("2023级", None),
            ("12", None),
        ] {
            assert_eq!(years(text), meant, "{text}");
        }
    }

    #[test]
    fn the_manner_may_stand_in_brackets() {
        let head = single(&line(1, &["学历（全日制）"])).remove(0);
        assert_eq!(head.meaning(), Meaning::Field(Field::FullTimeEducation));
    }
}
