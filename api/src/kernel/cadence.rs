//! How often something is due: again and again, once by a day, or after an event.

use chrono::NaiveDate;

use crate::{
    calendar::Calendar,
    kernel::{
        finding::Findings,
        node::Node,
        term::Term,
        vocabulary::{Nature, Vocabulary},
    },
};

/// Events that the engine sees itself.
pub const SEEN: [&str; 2] = ["TALK_REQUESTED", "ISSUE_RAISED"];

/// When something is due.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Cadence {
    /// Again and again, each time so long after the last one.
    Every(Term),
    /// So long after an event, which the document names.
    After {
        /// The event.
        event: String,
        /// How long.
        within: Term,
    },
    /// Each year by a day of it: month and day.
    Yearly {
        /// 1 to 12.
        month: u32,
        /// 1 to 31; in a shorter month its last day.
        day: u32,
    },
    /// So many times within each such time.
    Times {
        /// How many times; two or more.
        min: u32,
        /// In which time.
        per: Term,
    },
}

/// The kinds that are written as an object, each with its keys.
const KINDS: [&[&str]; 3] = [&["yearly"], &["min", "per"], &["onEvent", "within"]];

impl Cadence {
    /// Reads `"P3M"`, `{"yearly": "01-31"}`, `{"min": 2, "per": "P1Y"}` or `{"onEvent": "RECRUITED", "within": "P14D"}`.
    pub fn read(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        if node.value.is_string() {
            return term(node, findings).map(Self::Every);
        }
        if !node.is_object_of(KINDS.concat().as_slice(), findings) {
            return None;
        }
        let of =
            |kind: &'static [&'static str]| kind.iter().filter_map(move |key| Some((*kind.first()?, node.get(key)?)));
        let mut written = KINDS.into_iter().flat_map(of);
        let kind = written.next().map(|it| it.0);
        if let Some((_, strange)) = written.find(|it| Some(it.0) != kind) {
            findings.add(&strange.path, format!("stands beside {}: keep one of the two", kind.unwrap_or_default()));
            return None;
        }
        if kind == Some("min") {
            let min = node.needed("min", findings).and_then(|it| it.whole(1, 100, findings));
            let per = node.needed("per", findings).and_then(|it| term(&it, findings));
            let (min, per) = (min?, per?);
            if min > per.least_days() {
                findings.add(&node.path, "is more often than once a day: write a smaller min, or a longer per");
                return None;
            }
            return Some(if min == 1 { Self::Every(per) } else { Self::Times { min, per } });
        }
        if let Some(yearly) = node.get("yearly") {
            return day_of_year(&yearly, findings).map(|(month, day)| Self::Yearly { month, day });
        }
        let event = node.needed("onEvent", findings)?;
        let seen = event.value.as_str().filter(|it| SEEN.contains(it)).map(str::to_owned);
        let event = seen.or_else(|| vocabulary.fact(&event, &[Nature::Event], findings).map(|it| it.code));
        let within = node.needed("within", findings).and_then(|it| term(&it, findings));
        Some(Self::After { event: event?, within: within? })
    }

    /// Reads one that comes again and again by itself, after no event.
    pub fn turning(node: &Node<'_>, vocabulary: &Vocabulary, findings: &mut Findings) -> Option<Self> {
        let read = Self::read(node, vocabulary, findings)?;
        if matches!(read, Self::After { .. }) {
            findings.add(&node.path, "comes again and again: write a length of time, or a day of the year");
            return None;
        }
        Some(read)
    }

    /// By when it is due next, when it was done last, or the event happened, on a day; of so many times in a time, by when
    /// that is over which begins there. None where the notice of a year is not at hand.
    pub fn next(&self, last: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
        use chrono::Datelike as _;
        match self {
            Self::Every(term) | Self::After { within: term, .. } | Self::Times { per: term, .. } => {
                term.last_day(last, calendar)
            }
            Self::Yearly { month, day } => {
                let of = |year| day_in(year, (*month, *day));
                of(last.year()).filter(|it| *it > last).or_else(|| of(last.year() + 1))
            }
        }
    }

    /// Whether it asks a person to report more often than weekly, which only a pair, placement or task may.
    pub fn is_under_a_week(&self) -> bool {
        match self {
            Self::Every(term) => term.least_days() < 7,
            Self::Times { min, per } => per.least_days() < 7 * min,
            Self::After { .. } | Self::Yearly { .. } => false,
        }
    }
}

/// A day of the year: month and day.
pub fn day_of_year(node: &Node<'_>, findings: &mut Findings) -> Option<(u32, u32)> {
    let plain = |it: &&str| it.bytes().all(|one| one.is_ascii_digit() || one == b'-');
    let parts = node.value.as_str().filter(plain).and_then(|it| it.split_once('-'));
    let day = parts.and_then(|(month, day)| Some((month.parse().ok()?, day.parse().ok()?)));
    // A leap year has every day that any year has.
    let found = day.filter(|(month, day)| NaiveDate::from_ymd_opt(2024, *month, *day).is_some());
    if found.is_none() {
        findings.add(&node.path, "is no day of the year: write month and day, like 01-31");
    }
    found
}

/// Such a day in a year; in a shorter month its last one.
pub fn day_in(year: i32, (month, day): (u32, u32)) -> Option<NaiveDate> {
    let end = NaiveDate::from_ymd_opt(year, month, 1)?.checked_add_months(chrono::Months::new(1))?.pred_opt()?;
    Some(NaiveDate::from_ymd_opt(year, month, day).unwrap_or(end))
}

/// A length of time.
pub fn term(node: &Node<'_>, findings: &mut Findings) -> Option<Term> {
    match node.value.as_str().map(Term::parse) {
        Some(Ok(term)) => Some(term),
        Some(Err(why)) => {
            findings.add(&node.path, why);
            None
        }
        None => {
            findings.add(&node.path, "is no length of time: write \"P3M\", \"P1Y\", \"P10D\" or \"P5WD\"");
            None
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_next_one_is_counted_from_the_last() {
        let calendar = Calendar::built_in().unwrap();
        let next = |it: Cadence, last: &str| it.next(last.parse().unwrap(), &calendar).map(|it| it.to_string());
        let every = |text| Cadence::Every(Term::parse(text).unwrap());
        assert_eq!(next(every("P3M"), "2024-11-30").as_deref(), Some("2025-02-28"));
        let leap = || Cadence::Yearly { month: 2, day: 29 };
        assert_eq!(next(leap(), "2024-02-28").as_deref(), Some("2024-02-29"));
        assert_eq!(next(leap(), "2024-02-29").as_deref(), Some("2025-02-28"));
        assert_eq!(next(Cadence::Yearly { month: 12, day: 31 }, "2024-12-31").as_deref(), Some("2025-12-31"));
    }

    #[test]
    fn a_week_is_the_shortest_turn_of_a_personal_report() {
        let short = |text| Cadence::Every(Term::parse(text).unwrap()).is_under_a_week();
        assert_eq!(["P6D", "P1W", "P5WD", "P6WD", "P1M"].map(short), [true, false, true, false, false]);
    }
}
