//! 政治面貌 and 入党时间, which share cells: `1998.06`, `民盟`, `1998.06；民盟`, `中共预备党员`.

use entity::partial_date::PartialDate;

use super::{
    date::{self, date},
    finding::{FindingCode, Remark},
    kind::Affiliation,
    sheet::Cell,
    text::{compact, quote},
    value::Value,
};

/// What a cell says of a person's parties.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Standing {
    /// When the person joined the party that is named, or the Communist Party where none is.
    pub joined: Option<PartialDate>,
    /// The parties that are named.
    pub affiliations: Vec<Affiliation>,
}

/// The affiliation of a word, or of a code of GB/T 4762.
pub fn affiliation(word: &str) -> Option<Affiliation> {
    Some(match word {
        "中共党员" | "党员" | "中国共产党党员" | "中国共产党" | "中共" | "中共正式党员" | "正式党员" | "01" | "1" => {
            Affiliation::PartyMember
        }
        "中共预备党员" | "预备党员" | "中国共产党预备党员" | "02" | "2" => {
            Affiliation::ProbationaryMember
        }
        "共青团员" | "团员" | "中国共产主义青年团团员" | "共青团" | "03" | "3" => {
            Affiliation::YouthLeague
        }
        "民革" | "民革党员" | "民革会员" | "中国国民党革命委员会" | "04" | "4" => {
            Affiliation::RevolutionaryCommittee
        }
        "民盟" | "民盟盟员" | "中国民主同盟" | "05" | "5" => Affiliation::DemocraticLeague,
        "民建" | "民建会员" | "中国民主建国会" | "06" | "6" => Affiliation::NationalConstruction,
        "民进" | "民进会员" | "中国民主促进会" | "07" | "7" => Affiliation::PromotingDemocracy,
        "农工党" | "农工党党员" | "农工" | "中国农工民主党" | "08" | "8" => {
            Affiliation::PeasantsAndWorkers
        }
        "致公党" | "致公党党员" | "致公" | "中国致公党" | "09" | "9" => Affiliation::ZhiGong,
        "九三学社" | "九三学社社员" | "九三" | "10" => Affiliation::Jiusan,
        "台盟" | "台盟盟员" | "台湾民主自治同盟" | "11" => Affiliation::TaiwanLeague,
        "无党派" | "无党派人士" | "无党派民主人士" | "12" => Affiliation::Independent,
        "群众" | "普通群众" | "13" => Affiliation::Masses,
        _ => return None,
    })
}

/// Reads a 政治面貌 or 入党时间 cell. A party date beside 中共预备党员 is its date.
pub fn standing(cell: &Cell) -> Value<Standing> {
    if !matches!(cell, Cell::Text(_) | Cell::Untyped(_)) {
        return of_date(cell);
    }
    let written = cell.as_text();
    let text = compact(&written);
    if text.is_empty() || matches!(text.as_str(), "无" | "-" | "/" | "—" | "——" | "否") {
        return Value::Absent;
    }
    // A code stands alone; a number of more digits is a date.
    if let Some(only) = affiliation(&text) {
        return Value::Plain(Standing { joined: None, affiliations: vec![only] });
    }
    let mut standing = Standing::default();
    let mut doubt = None;
    for part in text.split([';', ',', '、', '(', ')', '/', '\n', '[', ']']).flat_map(words_and_dates) {
        if let Some(found) = affiliation(&part) {
            if !standing.affiliations.contains(&found) {
                standing.affiliations.push(found);
            }
            continue;
        }
        match date(&Cell::Untyped(part)) {
            Value::Plain(date) if standing.joined.is_none() => standing.joined = Some(date),
            Value::Doubtful(date, remark) if standing.joined.is_none() => {
                (standing.joined, doubt) = (Some(date), Some(remark));
            }
            _ => return unreadable(&written),
        }
    }
    match doubt {
        Some(remark) => Value::Doubtful(standing, remark),
        None => Value::Plain(standing),
    }
}

fn of_date(cell: &Cell) -> Value<Standing> {
    let of = |joined| Standing { joined: Some(joined), affiliations: Vec::new() };
    // A number of one or two digits is a code.
    let code = affiliation(&cell.as_text());
    if let Some(only) = code {
        return Value::Plain(Standing { joined: None, affiliations: vec![only] });
    }
    match date(cell) {
        Value::Absent => Value::Absent,
        Value::Plain(date) => Value::Plain(of(date)),
        Value::Doubtful(date, remark) => Value::Doubtful(of(date), remark),
        Value::Dropped(remark) => Value::Dropped(remark),
    }
}

fn unreadable(written: &str) -> Value<Standing> {
    Value::Dropped(Remark::warning(
        FindingCode::ValueUnknown,
        format!("{} is neither a date nor a party; it is kept as text only.", quote(written)),
        format!("{}, or the party as 民盟, or both with ； between.", date::FORMS),
    ))
}

/// The words and dates of a part, cut where digits meet letters that are no part of a date: `1998.06加入民盟`.
fn words_and_dates(part: &str) -> Vec<String> {
    let (mut parts, mut current, mut dated) = (Vec::new(), String::new(), None);
    for letter in part.chars() {
        let of_date = letter.is_ascii_digit() || matches!(letter, '.' | '-' | '/' | '年' | '月' | '日' | '。' | '·');
        if dated.is_some_and(|before| before != of_date) {
            parts.push(std::mem::take(&mut current));
        }
        dated = Some(of_date);
        current.push(letter);
    }
    parts.push(current);
    let bare =
        |it: &String| it.trim_matches([':', '：', '。']).replace("加入", "").replace("入党", "").replace("转正", "");
    parts.iter().map(bare).filter(|it| !it.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Option<(String, Vec<Affiliation>)> {
        match standing(&Cell::Text(text.to_owned())) {
            Value::Plain(it) => Some((it.joined.map(String::from).unwrap_or_default(), it.affiliations)),
            _ => None,
        }
    }

    #[test]
    fn dates_and_parties_in_one_cell() {
        for (text, joined, parties) in [
            ("1998.06", "1998-06", &[][..]),
            ("199806", "1998-06", &[]),
            ("民盟", "", &[Affiliation::DemocraticLeague]),
            ("1998.06；民盟", "1998-06", &[Affiliation::DemocraticLeague]),
            ("民盟\n1998.06", "1998-06", &[Affiliation::DemocraticLeague]),
            ("中共预备党员", "", &[Affiliation::ProbationaryMember]),
            ("中共党员（1998年6月）", "1998-06", &[Affiliation::PartyMember]),
            ("1998.06加入九三学社", "1998-06", &[Affiliation::Jiusan]),
            ("04", "", &[Affiliation::RevolutionaryCommittee]),
        ] {
            assert_eq!(read(text), Some((joined.to_owned(), parties.to_vec())), "{text}");
        }
        for wrong in ["积极分子", "1998.06；1999.07", "1998.13"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(standing(&Cell::Text("无".to_owned())), Value::Absent);
    }
}
