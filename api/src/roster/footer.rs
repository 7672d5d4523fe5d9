//! Lines of a sheet that are no people: sums, signatures, notes, titles that a printed page repeats.

use super::{
    sheet::{Cell, Line},
    text::compact,
};

/// What begins a sum, when the rest is a number or nothing.
const SUMS: &[&str] = &["合计", "总计", "小计", "共计", "总人数", "人数合计"];
/// What begins a line of signatures.
const SIGNATURES: &[&str] = &[
    "填表人",
    "制表人",
    "填报人",
    "审核人",
    "审核:",
    "审批人",
    "负责人",
    "单位负责人",
    "主要负责人",
    "经办人",
    "填表单位",
    "填报单位",
    "制表单位",
    "填表时间",
    "填报时间",
    "填表日期",
    "制表时间",
    "制表日期",
    "单位(盖章)",
    "单位盖章",
    "(盖章)",
    "盖章",
    "联系人:",
    "联系电话:",
    "打印时间",
    "打印日期",
    "报送单位",
    "统计时间",
    "截止时间",
    "截至",
    "填报日期",
    "单位:",
];
/// What begins a note, and the lines below it that fill one cell.
const NOTES: &[&str] =
    &["注:", "注1", "备注:", "说明:", "填表说明", "附注", "注释", "注意:", "编制说明", "填报说明", "※"];
/// What a title says.
const TITLES: &[&str] = &["花名册", "名册", "一览表", "登记表", "信息表", "汇总表", "统计表", "情况表", "名单"];

/// What a line without a person is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Footer {
    /// A sum, a signature, a page number or a title.
    Line,
    /// A note, which may go on.
    Note,
}

/// What kind of footer a line is; `None` for any other line.
pub fn footer(line: &Line) -> Option<Footer> {
    let mut cells = line.filled().filter(|(index, _)| !line.inherits(*index)).map(|(_, cell)| cell);
    let (first, second) = (cells.next()?, cells.next());
    let text = compact(&first.as_text());
    if NOTES.iter().any(|it| text.starts_with(it)) || text == "注" || text == "备注" && second.is_none() {
        return Some(Footer::Note);
    }
    let signed = SIGNATURES.iter().any(|it| text.starts_with(it));
    let title = second.is_none() && TITLES.iter().any(|it| text.ends_with(it) || text.contains(&format!("{it}(")));
    (signed || title || is_sum(&text) || is_page(&text)).then_some(Footer::Line)
}

/// Whether the line fills a single cell, as a note that goes on does.
pub fn is_single(line: &Line) -> bool {
    line.filled().filter(|(index, cell)| !line.inherits(*index) && **cell != Cell::Blank).count() == 1
}

fn is_sum(text: &str) -> bool {
    let rest = SUMS.iter().find_map(|it| text.strip_prefix(it)).or_else(|| text.strip_prefix('共'));
    rest.is_some_and(|rest| {
        let rest = rest.trim_start_matches([':', '(', ')']);
        let rest =
            rest.trim_start_matches(|it: char| it.is_ascii_digit()).trim_start_matches(['人', '名', '位', '。', ')']);
        rest.is_empty() && (text.len() > '共'.len_utf8())
    })
}

/// `第1页`, `第 1 页 共 3 页`, `第1页/共3页`.
fn is_page(text: &str) -> bool {
    let Some(rest) = text.strip_prefix('第') else { return false };
    let after = rest.trim_start_matches(|it: char| it.is_ascii_digit());
    after.len() < rest.len() && after.starts_with('页')
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kind(texts: &[&str]) -> Option<Footer> {
        let mut line = Line::at(9);
        for (index, text) in texts.iter().enumerate() {
            line.put(index, Cell::of_text(text, 4_096));
        }
        footer(&line)
    }

    #[test]
    fn footers_are_told_from_people() {
        for texts in [
            &["合计", "25"][..],
            &["", "合计：25人"],
            &["共 25 人"],
            &["填表人：某某", "", "审核人：某某"],
            &["单位（盖章）："],
            &["青禾县教育局干部花名册"],
            &["第 1 页 共 3 页"],
            &["填报日期：2026年5月"],
        ] {
            assert_eq!(kind(texts), Some(Footer::Line), "{texts:?}");
        }
        assert_eq!(kind(&["注：1.本表一式两份。"]), Some(Footer::Note));
        for texts in [&["1", "王伟", "男"][..], &["共青", "男"], &["王伟"], &["单位", "x"], &["注册会计师", "x"]]
        {
            assert_eq!(kind(texts), None, "{texts:?}");
        }
    }
}
