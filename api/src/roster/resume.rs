//! 简历: the text as written, and the periods that its lines name.
//!
//! A line is `yyyy.MM--yyyy.MM text`. The field writes `--`, `—`, `–`, `~` and `至` between the dates, leaves the end
//! open by blanks or 至今, puts what happened meanwhile into `（其间：…）`, and wraps long lines.

use entity::partial_date::PartialDate;

use super::{
    date::parse,
    finding::{FindingCode, Remark},
    text::{clean, compact, fold, one_line, quote},
};

/// So many lines are read; a career has fewer.
const LINES: usize = 300;

/// 简历 of one person.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Resume {
    /// As written.
    pub text: String,
    /// What its lines say, in their order.
    pub periods: Vec<Period>,
}

/// One period of a career.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Period {
    /// The line of the text on which it begins, from 1.
    pub line: u32,
    /// When it began.
    pub from: PartialDate,
    /// When it ended; none where it goes on.
    pub to: Option<PartialDate>,
    /// What the person was or did, on one line, brackets included.
    pub text: String,
    /// What happened meanwhile: the brackets that begin with 其间 or 其中.
    pub meanwhile: Vec<Period>,
}

/// Reads a résumé. Each remark comes with the line of the text that it is about, from 1.
pub fn resume(written: &str) -> (Resume, Vec<(u32, Remark)>) {
    let mut periods: Vec<Period> = Vec::new();
    let mut remarks = Vec::new();
    let mut number = 0_u32;
    for raw in written.lines() {
        number = number.saturating_add(1);
        let line = one_line(&clean(raw).0);
        if line.is_empty() {
            continue;
        }
        if usize::try_from(number).is_ok_and(|number| number > LINES) {
            remarks.push((number, too_long()));
            break;
        }
        match (period(&line, number), periods.last_mut()) {
            (Some(Ok(next)), _) => {
                remarks.extend(doubts(&next, periods.last()).map(|remark| (number, remark)));
                periods.push(next);
            }
            (Some(Err(remark)), _) => remarks.push((number, remark)),
            // A line without dates goes on with the one before it.
            (None, Some(last)) => {
                let joined = one_line(&format!("{}\n{line}", last.text));
                last.text = joined;
            }
            (None, None) => remarks.push((number, without_dates(&line))),
        }
    }
    for period in &mut periods {
        period.meanwhile = meanwhile(&period.text, period.line);
    }
    (Resume { text: written.to_owned(), periods }, remarks)
}

/// The period of a line; `None` where it does not begin with a year.
fn period(line: &str, number: u32) -> Option<Result<Period, Remark>> {
    let folded = fold(line);
    let (from, rest) = leading_date(&folded)?;
    let Some(from) = from else {
        return Some(Err(unreadable(line)));
    };
    let rest = rest.trim_start();
    let after = rest.trim_start_matches(['-', '—', '–', '―', '─', '~', '－', '_', '至', '到', '～', ' ']);
    if after.len() == rest.len() {
        // No sign between: «1998.07 参加工作» is a point in time that goes on.
        let text = as_written(line, rest.trim_start_matches([',', ':', '、', '。', ' ']));
        return Some(Ok(Period { line: number, from, to: None, text, meanwhile: Vec::new() }));
    }
    let (to, text) = match leading_date(after) {
        Some((None, _)) => return Some(Err(unreadable(line))),
        Some((Some(to), text)) => (Some(to), text),
        None => (None, open_end(after)),
    };
    let text = text.trim_start_matches([' ', ',', ':', '、', '。', '-', '—']);
    Some(Ok(Period { line: number, from, to, text: as_written(line, text), meanwhile: Vec::new() }))
}

/// The end of a line that its folded form ends with: folding changes letters, never their number.
fn as_written(line: &str, folded_end: &str) -> String {
    let before = line.chars().count().saturating_sub(folded_end.chars().count());
    one_line(&line.chars().skip(before).collect::<String>())
}

/// The text without the words that say that a period goes on.
fn open_end(text: &str) -> &str {
    ["至今", "今", "现在", "目前"].iter().find_map(|word| text.strip_prefix(word)).unwrap_or(text)
}

/// The date at the beginning of a text and what follows; the date is none where it is no day of the calendar.
fn leading_date(text: &str) -> Option<(Option<PartialDate>, &str)> {
    let digits = |text: &str| text.len() - text.trim_start_matches(|it: char| it.is_ascii_digit()).len();
    let year = digits(text);
    if matches!(year, 6 | 8) {
        let (date, rest) = text.split_at_checked(year)?;
        return Some((parse(date), rest.strip_prefix(['月', '日']).unwrap_or(rest)));
    }
    if year != 4 {
        return None;
    }
    let mut end = year;
    for _ in 0..2 {
        let rest = text.get(end..)?;
        let Some(sign) =
            rest.chars().next().filter(|it| matches!(it, '.' | '年' | '月' | '/' | '-' | '·' | '。' | ','))
        else {
            break;
        };
        let after = rest.get(sign.len_utf8()..)?;
        let blanks = after.len() - after.trim_start().len();
        let count = digits(after.trim_start());
        if !(1..=2).contains(&count) {
            end += if matches!(sign, '年' | '月') { sign.len_utf8() } else { 0 };
            break;
        }
        end += sign.len_utf8() + blanks + count;
    }
    let rest = text.get(end..)?;
    let rest = rest.strip_prefix(['月', '日']).unwrap_or(rest);
    let written = compact(text.get(..end)?).replace(['·', '。', ','], ".");
    Some((parse(&written), rest))
}

/// The periods inside the brackets that begin with 其间 or 其中.
fn meanwhile(text: &str, number: u32) -> Vec<Period> {
    let mut found = Vec::new();
    for word in ["其间", "其中", "期间"] {
        for (at, _) in text.match_indices(word) {
            let opened = text.get(..at).is_some_and(|before| before.trim_end().ends_with(['(', '（']));
            let inside = text.get(at + word.len()..).unwrap_or_default();
            let end = closing(inside);
            let inside = inside.get(..end).unwrap_or_default().trim_start_matches([':', '：', ',', '，', ' ']);
            if opened {
                found.extend(inside.split([';', '；']).filter_map(|part| period(part.trim(), number)?.ok()));
            }
        }
    }
    found
}

/// Where the bracket closes that is open at the beginning of the text, or its end.
fn closing(text: &str) -> usize {
    let mut depth = 0_u32;
    for (at, letter) in text.char_indices() {
        match letter {
            '(' | '（' => depth = depth.saturating_add(1),
            ')' | '）' if depth == 0 => return at,
            ')' | '）' => depth -= 1,
            _ => {}
        }
    }
    text.len()
}

/// What is odd about a period, beside the one before it.
fn doubts(next: &Period, before: Option<&Period>) -> impl Iterator<Item = Remark> {
    let reversed = next.to.is_some_and(|to| precedes(to, next.from)).then(|| {
        Remark::warning(
            FindingCode::ResumeDoubtful,
            format!("The period {} ends before it begins.", shown(next)),
            "Compare both dates with the personnel file.",
        )
    });
    let unsorted = before.is_some_and(|before| precedes(next.from, before.from)).then(|| {
        Remark::hint(
            FindingCode::ResumeDoubtful,
            format!("The period {} begins before the one above it.", shown(next)),
            "Put the periods into their order, or correct the date.",
        )
    });
    reversed.into_iter().chain(unsorted)
}

/// Whether a date lies before another, as far as both are known.
pub fn precedes(one: PartialDate, other: PartialDate) -> bool {
    if one.year() != other.year() {
        return one.year() < other.year();
    }
    match (one.month(), other.month()) {
        (Some(mine), Some(theirs)) if mine != theirs => mine < theirs,
        (Some(_), Some(_)) => matches!((one.day(), other.day()), (Some(mine), Some(theirs)) if mine < theirs),
        _ => false,
    }
}

fn shown(period: &Period) -> String {
    format!("{}--{}", String::from(period.from), period.to.map(String::from).unwrap_or_default())
}

fn unreadable(line: &str) -> Remark {
    Remark::warning(
        FindingCode::ResumeUnreadable,
        format!("The line {} begins with dates that do not exist; it is kept as text only.", quote(line)),
        "Write the period as 1998.07--2001.05.",
    )
}

fn without_dates(line: &str) -> Remark {
    Remark::warning(
        FindingCode::ResumeUnreadable,
        format!("The line {} stands above all periods and names none; it is kept as text only.", quote(line)),
        "Begin each line with its period, as 1998.07--2001.05.",
    )
}

fn too_long() -> Remark {
    Remark::warning(
        FindingCode::ResumeUnreadable,
        format!("The résumé has more than {LINES} lines; those from here on are kept as text only."),
        "Shorten it.",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(written: &str) -> Vec<String> {
        let each = |it: &Period| format!("{} {}", shown(it), it.text);
        resume(written).0.periods.iter().map(each).collect()
    }

    #[test]
    fn every_sign_between_two_dates() {
        for between in ["--", "-", "—", "——", "–", "~", "～", "至", " -- ", "－－", "─"] {
            assert_eq!(
                told(&format!("1990.09{between}1994.07  东海大学学习")),
                ["1990-09--1994-07 东海大学学习"],
                "{between}"
            );
        }
        for (written, meant) in [
            ("1990年9月至1994年7月 东海大学学习", "1990-09--1994-07 东海大学学习"),
            ("199009—199407 东海大学学习", "1990-09--1994-07 东海大学学习"),
            ("1990-09--1994-07 东海大学学习", "1990-09--1994-07 东海大学学习"),
            ("2020.03--         青禾县教育局局长", "2020-03-- 青禾县教育局局长"),
            ("2020.03--至今 青禾县教育局局长", "2020-03-- 青禾县教育局局长"),
            ("2020.03至今，青禾县教育局局长", "2020-03-- 青禾县教育局局长"),
            ("\u{200b}２０２０.０３－－　　青禾县教育局局长", "2020-03-- 青禾县教育局局长"),
            ("2020.03 青禾县教育局局长", "2020-03-- 青禾县教育局局长"),
            ("1990--1994 东海大学学习", "1990--1994 东海大学学习"),
        ] {
            assert_eq!(told(written), [meant], "{written}");
        }
    }

    #[test]
    fn wrapped_lines_and_what_happened_meanwhile() {
        let written = "1994.07--1999.03  青禾县教育局科员\n（其间：1995.09--1998.06 在东海大学法学专业学习；1996.03--1996.05参加培训班）\n\n1999.03--  青禾县教育局\n副局长";
        let (resume, remarks) = resume(written);
        assert_eq!((resume.periods.len(), remarks.len()), (2, 0));
        let inner: Vec<String> =
            resume.periods[0].meanwhile.iter().map(|it| format!("{} {}", shown(it), it.text)).collect();
        assert_eq!(inner, ["1995-09--1998-06 在东海大学法学专业学习", "1996-03--1996-05 参加培训班"]);
        assert_eq!((resume.periods[1].text.as_str(), resume.periods[1].line), ("青禾县教育局副局长", 4));
        assert_eq!(resume.text, written);
    }

    #[test]
    fn doubts_name_their_line() {
        let (resume, remarks) =
            resume("本人简历如下\n1998.13--2001.05 科员\n2001.05--1999.01 科员\n1995.01--1996.01 学习");
        let lines: Vec<u32> = remarks.iter().map(|(line, _)| *line).collect();
        assert_eq!((lines, resume.periods.len()), (vec![1, 2, 3, 4], 2));
    }
}
