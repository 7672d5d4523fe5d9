//! What talks must hold together, without a database.

use std::collections::BTreeMap;

use chrono::{Datelike, Days, Months, NaiveDate};
use entity::{
    kind::{
        IssueState,
        TalkState::{self, Fixed, FollowedUp, Held, Requested},
    },
    talk,
};

use crate::{
    calendar::Calendar,
    edition::document::Document,
    error::{Error, Problem, ProblemCode, Result},
    kernel::{cadence::day_in, term::Term, vocabulary::About},
    mechanism::talks::{Talks, Trigger, Within},
};

/// The kind of a talk that the person asks for.
pub const ASKED: &str = "REQUESTED";
/// The kind of a talk to which the organization asks.
pub const SUMMONED: &str = "SUMMONED";
/// The only class of a topic where a policy names none: there is no place for words of one's own.
pub const GENERAL: &str = "GENERAL";

/// States in which a talk has been held.
pub const HELD: [TalkState; 2] = [Held, FollowedUp];

/// What a policy says of talks.
///
/// # Errors
/// `Invalid` on `policy` where it says nothing.
pub fn said(document: &Document) -> Result<&Talks> {
    let talks = document.sections.talks.as_ref();
    talks.ok_or_else(|| Error::invalid("policy", format!("'{}' says nothing of talks", document.code)))
}

fn one_of<'k>(field: &'static str, code: &str, known: impl Iterator<Item = &'k str>) -> Result<()> {
    let known: Vec<&str> = known.collect();
    if known.contains(&code) {
        return Ok(());
    }
    let known = if known.is_empty() { "none".to_owned() } else { known.join(", ") };
    Err(Error::invalid(field, format!("'{code}' is none of the policy: it has {known}")))
}

/// The kind of a talk: the one that is named, or what follows from who asks.
///
/// # Errors
/// `Invalid` on `kind`.
pub fn kind(talks: &Talks, named: Option<String>, is_own: bool) -> Result<String> {
    let kind = named.unwrap_or_else(|| if is_own { ASKED } else { SUMMONED }.to_owned());
    if is_own && kind == SUMMONED {
        return Err(Error::invalid("kind", format!("{SUMMONED} is a talk to which the organization asks")));
    }
    if talks.kinds.is_empty() {
        one_of("kind", &kind, [ASKED, SUMMONED].into_iter())?;
    } else {
        one_of("kind", &kind, talks.kinds.iter().map(String::as_str))?;
    }
    Ok(kind)
}

/// That somebody holds talks by a policy, and may be asked for one by who asks.
///
/// # Errors
/// `Invalid` on `conductor`.
pub fn conductor(talks: &Talks, code: &str, is_own: bool) -> Result<()> {
    let bookable = talks.booking.iter().flat_map(|it| &it.by_cadre).map(String::as_str);
    if is_own { one_of("conductor", code, bookable) } else { one_of("conductor", code, all(&talks.conductors)) }
}

fn all(codes: &[String]) -> impl Iterator<Item = &str> {
    codes.iter().map(String::as_str)
}

/// That a class of topics is one of a policy.
///
/// # Errors
/// `Invalid` on `topic`.
pub fn topic(talks: &Talks, code: Option<&str>) -> Result<()> {
    match code {
        None => Ok(()),
        Some(code) if talks.topics.is_empty() => one_of("topic", code, std::iter::once(GENERAL)),
        Some(code) => one_of("topic", code, all(&talks.topics)),
    }
}

/// By when a talk that is asked for must be fixed; none where the policy lets nobody ask.
///
/// # Errors
/// `Invalid` where the notice of a year is not at hand.
pub fn answer_by(talks: &Talks, today: NaiveDate, calendar: &Calendar) -> Result<Option<NaiveDate>> {
    let Some(booking) = &talks.booking else { return Ok(None) };
    let last = booking.answer_within.last_day(today, calendar);
    let why = "counts working days of a year whose notice is not at hand: take it in first";
    last.map(Some).ok_or_else(|| Error::invalid("policy", why))
}

/// The trigger of an event, which must be of who is talked to.
///
/// # Errors
/// `Invalid` on `trigger`.
pub fn trigger<'t>(document: &Document, talks: &'t Talks, code: &str, is_of_person: bool) -> Result<&'t Trigger> {
    one_of("trigger", code, talks.triggers.iter().map(|it| it.event.as_str()))?;
    let about = document.facts.iter().find(|it| it.code == code).map(|it| it.about);
    match (about, is_of_person) {
        (Some(About::Cadre), false) => Err(Error::invalid("trigger", format!("{code} happens to a person: name one"))),
        (Some(About::Organization), true) => {
            Err(Error::invalid("trigger", format!("{code} happens to a unit: name it in unitId")))
        }
        _ => talks.triggers.iter().find(|it| it.event == code).ok_or_else(|| Error::broken("a trigger is lost")),
    }
}

/// That a step follows from where a talk stands.
///
/// # Errors
/// TRANSITION_REFUSED, with where it stands.
pub fn from(state: TalkState, among: &[TalkState], step: &str) -> Result<()> {
    if among.contains(&state) {
        return Ok(());
    }
    let among: Vec<&str> = among.iter().map(|it| it.text()).collect();
    let message = format!("A talk that is {} can't be {step}: that follows {} alone.", state.text(), among.join(", "));
    Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into())
}

/// How a matter ends.
///
/// # Errors
/// TRANSITION_REFUSED where it has ended; `Invalid` where it would not end.
pub fn closes(state: IssueState, into: IssueState) -> Result<()> {
    if into == IssueState::Open {
        return Err(Error::invalid("state", "OPEN is no end: write SOLVED, EXPLAINED or DECLINED"));
    }
    if state == IssueState::Open {
        return Ok(());
    }
    let message = format!("The matter is {} already.", state.text());
    Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into())
}

/// The number of a document in normal form: at most 60 characters on one line; none when it is blank.
///
/// # Errors
/// `Invalid` on `documentNumber`.
pub fn number(text: Option<String>) -> Result<Option<String>> {
    let text = text.map(|it| it.trim().to_owned()).filter(|it| !it.is_empty());
    match &text {
        Some(it) if it.chars().count() > 60 || it.chars().any(char::is_control) => {
            Err(Error::invalid("documentNumber", "is no number of a document: write at most 60 characters on one line"))
        }
        _ => Ok(text),
    }
}

/// That the days of a talk fit: held by today, not before it was asked for, followed up not before it was held.
///
/// # Errors
/// `Invalid` on the day.
pub fn days(
    held_on: NaiveDate,
    requested_on: Option<NaiveDate>,
    follow_up_on: Option<NaiveDate>,
    today: NaiveDate,
) -> Result<()> {
    if held_on > today {
        return Err(Error::invalid("heldOn", format!("{held_on} lies after today")));
    }
    if let Some(asked) = requested_on.filter(|it| held_on < *it) {
        return Err(Error::invalid("heldOn", format!("{held_on} lies before {asked}, when it was asked for")));
    }
    match follow_up_on {
        Some(day) if day < held_on => Err(Error::invalid("followUpOn", format!("{day} lies before {held_on}"))),
        _ => Ok(()),
    }
}

/// Whether the day is over by which a talk must be fixed, held or followed up.
pub fn overdue(row: &talk::Model, today: NaiveDate) -> bool {
    let due = match row.state {
        Requested => row.answer_by,
        Fixed => row.fixed_for,
        Held => row.follow_up_on,
        FollowedUp => None,
    };
    due.is_some_and(|due| due < today)
}

/// The time in which talks are to reach people, as a day finds it: up to the day; of a window of the year the last one that has
/// begun. None where the notice of a year is not at hand.
pub fn time(within: Within, on: NaiveDate, calendar: &Calendar) -> Option<(NaiveDate, NaiveDate)> {
    match within {
        Within::Per(term) => Some((begins(term, on, calendar)?, on)),
        Within::Window(from, to) => {
            let begun = day_in(on.year(), from).filter(|it| *it <= on).or_else(|| day_in(on.year() - 1, from))?;
            Some((begun, Ord::min(day_in(begun.year(), to)?, on)))
        }
    }
}

/// The first day of the time that ends on a day. None where the notice of a year is not at hand.
pub fn begins(per: Term, to: NaiveDate, calendar: &Calendar) -> Option<NaiveDate> {
    match per {
        Term::Months(months) => to.checked_sub_months(Months::new(months))?.succ_opt(),
        Term::Days(days) => to.checked_sub_days(Days::new(u64::from(days)))?.succ_opt(),
        Term::WorkingDays(days) => {
            let (mut day, mut left) = (to.succ_opt()?, days);
            while left > 0 {
                day = day.pred_opt()?;
                left -= u32::from(calendar.works(day)?);
            }
            Some(day)
        }
    }
}

/// The days on which a talk becomes due, of the days on which an event happened to one and the same: each of them; or, where it
/// must have happened in so many years running, the first day of each year that completes them.
pub fn falls_due(happened: &[NaiveDate], years_running: u32) -> Vec<NaiveDate> {
    if years_running <= 1 {
        return happened.to_vec();
    }
    let mut first: BTreeMap<i32, NaiveDate> = BTreeMap::new();
    for day in happened {
        first.entry(day.year()).and_modify(|it| *it = Ord::min(*it, *day)).or_insert(*day);
    }
    let others = i32::try_from(years_running - 1).unwrap_or(i32::MAX);
    let runs = |year: i32| (1..=others).all(|back| first.contains_key(&(year - back)));
    first.iter().filter(|(year, _)| runs(**year)).map(|(_, day)| *day).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> NaiveDate {
        text.parse().unwrap()
    }

    #[test]
    fn an_event_in_two_years_running_makes_a_talk_due_in_the_second() {
        let happened = |days: &[&str]| days.iter().map(|it| day(it)).collect::<Vec<_>>();
        let once = happened(&["2024-03-01", "2024-09-01"]);
        assert_eq!(falls_due(&once, 1), once);
        assert_eq!(falls_due(&once, 2), []);
        let twice = happened(&["2024-03-01", "2025-09-01", "2025-02-01", "2027-01-01"]);
        assert_eq!(falls_due(&twice, 2), [day("2025-02-01")]);
        let thrice = happened(&["2023-03-01", "2024-03-01", "2025-03-01"]);
        assert_eq!(falls_due(&thrice, 2), [day("2024-03-01"), day("2025-03-01")]);
        assert_eq!(falls_due(&thrice, 3), [day("2025-03-01")]);
    }

    #[test]
    fn a_period_ends_with_its_day() {
        let calendar = Calendar::built_in().unwrap();
        for (per, to, from) in [
            ("P1Y", "2026-05-31", Some("2025-06-01")),
            ("P1M", "2026-03-31", Some("2026-03-01")),
            ("P1W", "2026-03-07", Some("2026-03-01")),
            ("P2WD", "2025-02-06", Some("2025-02-05")),
            ("P2WD", "2025-02-05", Some("2025-01-27")),
            ("P5WD", "2016-01-05", None),
        ] {
            let found = begins(Term::parse(per).unwrap(), day(to), &calendar);
            assert_eq!(found, from.map(day), "{per} to {to}");
        }
    }

    #[test]
    fn what_is_none_of_the_policy_is_told_what_is() {
        let talks = Talks { conductors: vec!["MINISTER".to_owned()], ..Talks::default() };
        assert!(conductor(&talks, "MINISTER", false).is_ok());
        // Nobody may be asked by a person where the policy says nothing of it.
        assert!(conductor(&talks, "MINISTER", true).is_err());
        assert_eq!(kind(&talks, None, true).unwrap(), ASKED);
        assert_eq!(kind(&talks, None, false).unwrap(), SUMMONED);
        assert!(kind(&talks, Some(SUMMONED.to_owned()), true).is_err());
        assert!(topic(&talks, Some("Words of my own")).is_err() && topic(&talks, Some(GENERAL)).is_ok());
    }
}
