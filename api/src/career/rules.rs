//! What a dated fact must hold, by itself and beside the others of the same person, without a database.
//!
//! A date of which only the year is known contradicts nothing that lies in that year: a thing is refused only where no
//! reading of both dates makes sense.

use chrono::{Datelike, NaiveDate};
use entity::partial_date::PartialDate;

use crate::{
    career::draft::{Draft, Span},
    error::{Error, Problem, ProblemCode, Result},
};

/// How grave a finding is (VRU003).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Severity {
    /// Look at it: a computation may be wrong because of it.
    Warning,
    /// Something may be missing.
    Hint,
}

/// What a check of a record found: nothing that refuses, something to look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// How grave it is.
    pub severity: Severity,
    /// The code that clients match on.
    pub code: &'static str,
    /// What it is about, as the input calls it.
    pub field: &'static str,
    /// What was found, and what to do.
    pub message: String,
}

/// What a fact must hold by itself: its dates in order, none before birth, none begun in the future; texts within their
/// lengths.
///
/// # Errors
/// `Invalid` on the field to blame.
pub fn by_itself(draft: &Draft, birth: Option<PartialDate>, today: NaiveDate) -> Result<()> {
    for (field, text, most) in draft.texts() {
        length(field, text, most)?;
    }
    let (span, (from, to)) = draft.dates();
    if span.from.and_then(PartialDate::earliest).is_some_and(|it| it > today) {
        return Err(Error::invalid(from, format!("lies after today, {today}: check the year")));
    }
    if let (Some(begin), Some(end)) = (span.from, span.to)
        && before(end, begin)
    {
        let (begin, end) = (String::from(begin), String::from(end));
        return Err(Error::invalid(to, format!("{end} lies before its beginning, {begin}: check both")));
    }
    for (field, date) in [(from, span.from), (to, span.to)] {
        if let (Some(date), Some(birth)) = (date, birth)
            && before(date, birth)
        {
            let (date, birth) = (String::from(date), String::from(birth));
            return Err(Error::invalid(field, format!("{date} lies before the date of birth, {birth}: check both")));
        }
    }
    match draft {
        Draft::Assessment { year, .. } => assessed(*year, birth, today),
        Draft::Sanction { decided_on, effect_from, effect_until, .. } => {
            sanctioned(*decided_on, *effect_from, *effect_until, today)
        }
        Draft::Training { hours: Some(hours), .. } if !(1..=10_000).contains(hours) => {
            Err(Error::invalid("fact.training.hours", "must be 1 to 10000, or left out"))
        }
        Draft::Resume { ordinal, .. } if !(1..=500).contains(ordinal) => {
            Err(Error::invalid("fact.resume.ordinal", "must be 1 to 500: the line's place in the résumé"))
        }
        _ => Ok(()),
    }
}

fn assessed(year: i32, birth: Option<PartialDate>, today: NaiveDate) -> Result<()> {
    let first = birth.map_or(1949, |it| i32::from(it.year()) + 14);
    if (first..=today.year()).contains(&year) {
        return Ok(());
    }
    let why = format!("is {year}; the person can have been assessed in {first} to {}", today.year());
    Err(Error::invalid("fact.assessment.year", why))
}

fn sanctioned(decided_on: NaiveDate, from: NaiveDate, until: NaiveDate, today: NaiveDate) -> Result<()> {
    if decided_on > today {
        return Err(Error::invalid("fact.sanction.decidedOn", format!("lies after today, {today}")));
    }
    if from < decided_on {
        let why = format!("{from} lies before the decision, {decided_on}: nothing has effect before it is decided");
        return Err(Error::invalid("fact.sanction.effectFrom", why));
    }
    if until <= from {
        let why = format!("must lie after {from}: every sanction ends; write the day after its last one");
        return Err(Error::invalid("fact.sanction.effectUntil", why));
    }
    Ok(())
}

/// That a text has 1 to `most` characters.
///
/// # Errors
/// `Invalid` on the field.
pub fn length(field: &'static str, text: &str, most: usize) -> Result<()> {
    let length = text.trim().chars().count();
    if (1..=most).contains(&length) && !text.chars().any(char::is_control) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("has {length} characters; write 1 to {most}, without line breaks")))
}

/// Whether one date certainly lies before another, however both are read.
pub fn before(one: PartialDate, other: PartialDate) -> bool {
    matches!((one.latest(), other.earliest()), (Some(one), Some(other)) if one < other)
}

/// That a fact shares no day with others of which only one can hold at a time.
///
/// # Errors
/// The problem `OVERLAPS` on the fact's beginning.
pub fn alone(draft: &Draft, others: &[Span]) -> Result<()> {
    let (span, (field, _)) = draft.dates();
    let Some(other) = others.iter().find(|it| it.overlaps(span)) else { return Ok(()) };
    let text = |date: Option<PartialDate>, open: &str| date.map_or(open.to_owned(), String::from);
    let message = format!(
        "It overlaps one that is recorded from {} to {}: end that one first, or name it in supersedes.",
        text(other.from, "an unknown day"),
        text(other.to, "now")
    );
    Err(Problem::new(ProblemCode::Overlaps, message).on(field).into())
}

/// Where a history of levels has a gap: months at a level are not counted over it.
pub fn gaps(levels: &[Span]) -> Vec<Finding> {
    let mut levels = levels.to_vec();
    levels.sort_by_key(|it| it.from);
    let pairs = levels.iter().zip(levels.iter().skip(1));
    let open = pairs.filter_map(|(one, next)| Some((one.to?, next.from?)).filter(|(end, begin)| before(*end, *begin)));
    open.map(|(end, begin)| {
        let (end, begin) = (String::from(end), String::from(begin));
        let message =
            format!("No level is recorded from {end} to {begin}: record the one held then, or correct a date.");
        Finding { severity: Severity::Warning, code: "LEVEL_GAP", field: "fact.level.validFrom", message }
    })
    .collect()
}

/// Years between the first and the last annual assessment that have none.
pub fn unassessed(years: &[i32]) -> Vec<Finding> {
    let (Some(first), Some(last)) = (years.iter().min(), years.iter().max()) else { return Vec::new() };
    let missing = (*first..*last).filter(|year| !years.contains(year));
    missing
        .map(|year| {
            let message = format!("No annual assessment of {year} is recorded.");
            Finding { severity: Severity::Hint, code: "ASSESSMENT_MISSING", field: "fact.assessment.year", message }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use entity::kind::{CivilServantRank, SanctionKind};

    use super::*;

    fn span(from: &str, to: &str) -> Span {
        Span { from: PartialDate::parse(from), to: PartialDate::parse(to) }
    }

    fn rank(from: &str, to: &str) -> Draft {
        Draft::Rank { rank: CivilServantRank::Staff1, span: span(from, to) }
    }

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    fn fits(draft: &Draft) -> bool {
        by_itself(draft, PartialDate::parse("1990-05"), day("2026-02-28")).is_ok()
    }

    #[test]
    fn only_certain_contradictions_are_refused() {
        for (from, to) in
            [("1990", ""), ("2012", "2012-01"), ("2012-05", "2012"), ("2024-02-29", "2024-02-29"), ("2026", "")]
        {
            assert!(fits(&rank(from, to)), "{from} to {to}");
        }
        for (from, to) in
            [("1989", ""), ("1990-04", ""), ("2012-05", "2012-04"), ("2013", "2012-12-31"), ("2026-03", "")]
        {
            assert!(!fits(&rank(from, to)), "{from} to {to}");
        }
    }

    #[test]
    fn spans_meet_without_sharing_a_day() {
        assert!(!span("2010-01", "2012-02-29").overlaps(span("2012-02-29", "")));
        assert!(!span("2010", "2012").overlaps(span("2012", "")), "the year alone says nothing");
        assert!(span("2010", "2013").overlaps(span("2011", "")));
        assert!(span("2010", "").overlaps(span("2015-01", "2015-02")));
        assert!(!span("", "").overlaps(span("2015-01", "")));
    }

    #[test]
    fn months_count_from_leap_days() {
        assert_eq!(span("2024-02-29", "").full_months(day("2025-02-28")), Some(11));
        assert_eq!(span("2024-02-29", "").full_months(day("2025-03-01")), Some(12));
        assert_eq!(span("2024-01", "2024-03").full_months(day("2026-01-01")), Some(2));
        assert_eq!(span("2024-03", "2024").full_months(day("2026-01-01")), Some(0));
        assert_eq!(span("", "2024").full_months(day("2026-01-01")), None);
    }

    #[test]
    fn a_gap_is_seen_and_a_joint_is_none() {
        let levels = [span("2012-03", "2016-07"), span("2005-07", "2012-03"), span("2018", "")];
        let found = gaps(&levels);
        assert_eq!(found.len(), 1);
        assert!(found[0].message.contains("from 2016-07 to 2018"), "{}", found[0].message);
        assert_eq!(gaps(&[span("2012-03", "2016"), span("2016-07", "")]), []);
        assert_eq!(unassessed(&[2025, 2022, 2024]).len(), 1);
    }

    #[test]
    fn a_sanction_ends_and_does_not_begin_before_it_is_decided() {
        let sanction = |decided: &str, from: &str, until: &str| Draft::Sanction {
            kind: SanctionKind::Warning,
            deciding_body: "Supervision".into(),
            document_number: "9".into(),
            decided_on: day(decided),
            effect_from: day(from),
            effect_until: day(until),
            appeal_to: "Supervision above".into(),
        };
        assert!(fits(&sanction("2025-01-10", "2025-01-10", "2025-07-10")));
        assert!(!fits(&sanction("2025-01-10", "2025-01-09", "2025-07-10")));
        assert!(!fits(&sanction("2025-01-10", "2025-01-10", "2025-01-10")));
        assert!(!fits(&sanction("2026-03-01", "2026-03-01", "2026-07-10")));
    }
}
