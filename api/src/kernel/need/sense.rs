//! What nobody can meet, and whom two needs both let in: looked for where a document is read, so that nothing is guessed later.

use chrono::Datelike;

use super::{Compared, Limit, Need};
use crate::kernel::{
    fact::Asked,
    finding::Findings,
    number::{Decimal, Num, Range},
};

/// Complains of every place that nobody can meet: nobody has more than three years and less than two, is and is not
/// something, has more good years than there are, or stands below the lowest.
pub(super) fn contradictions(need: &Need, path: &str, findings: &mut Findings) {
    match need {
        Need::All(parts) => {
            for (place, one) in parts.iter().enumerate() {
                for other in parts.iter().skip(place + 1) {
                    if let Some(asked) = apart(one, other) {
                        let message = format!(
                            "asks twice for {}, and nobody can have both: mend one of the limits",
                            asked.fact.text()
                        );
                        findings.doubt(&below(path, "all"), message);
                    } else if is_opposite(one, other) {
                        findings
                            .doubt(&below(path, "all"), "asks for something and for its opposite: remove one of them");
                    }
                }
                contradictions(one, &below(path, &format!("all[{place}]")), findings);
            }
        }
        Need::Any(parts) | Need::AtLeast(_, parts) => {
            let key = if matches!(need, Need::Any(_)) { "any" } else { "of" };
            for (place, part) in parts.iter().enumerate() {
                contradictions(part, &below(path, &format!("{key}[{place}]")), findings);
            }
        }
        Need::Not(inner) => contradictions(inner, &below(path, "not"), findings),
        Need::Fact(compared) => {
            if let Some(why) = impossible(compared) {
                findings.doubt(path, why);
            }
        }
    }
}

/// The fact by which nobody meets both of two needs; none where somebody may.
pub fn apart<'n>(one: &'n Need, other: &Need) -> Option<&'n Asked> {
    let (ones, others) = (required(one), required(other));
    let excluded = |it: &&&Compared| others.iter().any(|other| excludes(it, other));
    ones.iter().find(excluded).map(|it| &it.asked)
}

/// Whether two needs, each of which is to find people of its own, both find somebody: they say the same, or set limits to
/// one fact that leave room between them, and nothing else in them keeps people apart.
pub fn overlap(one: &Need, other: &Need) -> bool {
    if one == other {
        return true;
    }
    let (ones, others) = (required(one), required(other));
    let bounds =
        |it: &Compared, other: &Compared| it.asked == other.asked && range(it).is_some() && range(other).is_some();
    apart(one, other).is_none() && ones.iter().any(|it| others.iter().any(|other| bounds(it, other)))
}

/// The comparisons of which each must hold.
fn required(need: &Need) -> Vec<&Compared> {
    match need {
        Need::Fact(compared) => vec![compared],
        Need::All(parts) => parts.iter().flat_map(required).collect(),
        Need::Any(_) | Need::AtLeast(..) | Need::Not(_) => Vec::new(),
    }
}

fn is_opposite(one: &Need, other: &Need) -> bool {
    let not = |one: &Need, other: &Need| matches!(one, Need::Not(inner) if **inner == *other);
    not(one, other) || not(other, one)
}

/// Whether nobody can meet both of two comparisons.
fn excludes(one: &Compared, other: &Compared) -> bool {
    if one.asked != other.asked {
        return false;
    }
    if let (Some(one), Some(other)) = (range(one), range(other)) {
        let beyond = |max: Option<i64>, min: Option<i64>| matches!((max, min), (Some(max), Some(min)) if max < min);
        return beyond(one.max, other.min) || beyond(other.max, one.min);
    }
    let outside = |code: &str, range: Range| {
        let height = one.asked.fact.height(code);
        height.is_some_and(|it| range.min.is_some_and(|min| it < min) || range.max.is_some_and(|max| it > max))
    };
    match (&one.limit, &other.limit) {
        (Limit::OneOf(some), Limit::OneOf(others)) => some.iter().all(|it| !others.contains(it)),
        (Limit::OneOf(codes), _) => range(other).is_some_and(|range| codes.iter().all(|it| outside(it, range))),
        (_, Limit::OneOf(codes)) => range(one).is_some_and(|range| codes.iter().all(|it| outside(it, range))),
        _ => false,
    }
}

/// What a limit lets in, as whole numbers: heights of codes, and days, are numbered.
fn range(compared: &Compared) -> Option<Range> {
    let of = |op, number: i64| Some(Num { op, value: Decimal::whole(i32::try_from(number).ok()?) }.range());
    match &compared.limit {
        Limit::Number(limit) => Some(limit.range()),
        Limit::Height(op, code) => of(*op, compared.asked.fact.height(code)?),
        Limit::Day(op, day) => of(*op, i64::from(day.num_days_from_ce())),
        Limit::OneOf(_) => None,
    }
}

/// Why nobody can meet a comparison; none where somebody may.
fn impossible(compared: &Compared) -> Option<String> {
    let range = range(compared)?;
    let fact = compared.asked.fact;
    let (least, most) = match (&compared.limit, &compared.asked.grades) {
        (Limit::Number(_), Some((_, years))) => (0, Some(i64::from(*years))),
        (Limit::Number(_), None) => (0, None),
        (Limit::Height(..), _) => (1, i64::try_from(fact.codes().len()).ok()),
        _ => return None,
    };
    let below = range.max.is_some_and(|max| max < least);
    let above = matches!((range.min, most), (Some(min), Some(most)) if min > most);
    (below || above)
        .then(|| format!("asks for {} beyond what there is, and nobody can have it: mend the limit", fact.text()))
}

fn below(path: &str, key: &str) -> String {
    if path.is_empty() { key.to_owned() } else { format!("{path}.{key}") }
}
