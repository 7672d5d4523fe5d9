//! Due items, worked out of policies and of what they speak of: nothing is stored until something is done about one.

use std::{collections::BTreeSet, sync::Arc};

use chrono::{Months, NaiveDate};
use entity::{
    declared_fact, duty_entry,
    id::{CadreId, DutyEntryId, Key, OrganizationId, PolicyEditionId},
    kind::DutySubject,
    mentoring_pair, policy_edition,
};
use uuid::Uuid;

use crate::{
    calendar::Calendar,
    duty::rules::{Status, due_days, status},
    edition::{
        document::Document,
        read::{InEffect, document_of},
    },
    error::{Error, Result},
    kernel::cadence::Cadence,
    mechanism::{
        duties::{Item, Overdue, Subject},
        pairs::Report,
    },
};

/// The item by which a pool's reviews are due.
pub const REVIEW: &str = "REVIEW";
const REVIEW_TITLE: &str = "入库人选考核";
/// The item by which the contacts of a pair are due, which a recorded contact does.
pub const CONTACT: &str = "CONTACT";

/// Stands between the code of an item that is due several times on its day and the place among them, from the second on.
const NTH: char = '#';

/// The code of an item, and the how manieth of its day it is.
pub fn split(code: &str) -> (&str, u32) {
    let nth = code.split_once(NTH).and_then(|(code, nth)| Some((code, nth.parse().ok()?)));
    nth.unwrap_or((code, 1))
}

/// The code of an item with its place among those of its day.
fn placed(code: &str, nth: u32) -> String {
    if nth > 1 { format!("{code}{NTH}{nth}") } else { code.to_owned() }
}

/// Which days are told, and which one is today.
#[derive(Clone, Copy, Debug)]
pub struct Window {
    /// The first due day.
    pub from: NaiveDate,
    /// The last due day.
    pub to: NaiveDate,
    /// Today.
    pub today: NaiveDate,
}

/// What an item is about, and since when.
#[derive(Clone, Copy, Debug)]
pub struct About {
    /// What kind of thing.
    pub kind: DutySubject,
    /// Which one.
    pub id: Uuid,
    /// Under which organization.
    pub place: OrganizationId,
    /// Who owes it, where it is a person.
    pub owner: Option<CadreId>,
    /// Since when.
    pub since: NaiveDate,
    /// Until when, exclusive.
    pub until: Option<NaiveDate>,
}

/// One due item.
#[derive(Clone, Debug)]
pub struct Due {
    /// The edition by which it is due.
    pub edition: PolicyEditionId,
    /// Code of the item; of one that is due several times on its day, with the place among them, as `split` reads it.
    pub code: String,
    /// What it is called.
    pub title: String,
    /// What it is about.
    pub about: About,
    /// By when.
    pub due_on: NaiveDate,
    /// Who owes it, as the policy says.
    pub by: Option<String>,
    /// To whom it goes.
    pub to: Option<String>,
    /// What it is to say.
    pub content: Option<String>,
    /// The item of the same day without which it stays open.
    pub needs: Option<String>,
    /// What its policy proposes if nothing was done about it until today, each with its place among all, from 1.
    reached: Vec<(usize, String)>,
    /// What was done about it.
    pub entry: Option<duty_entry::Model>,
    /// How it stands.
    pub status: Status,
}

/// An edition with what it says.
pub struct Said {
    /// The edition.
    pub edition: policy_edition::Model,
    /// What it says.
    pub document: Document,
    /// From when it has effect, and until when, exclusive.
    holds: (NaiveDate, NaiveDate),
    /// The working days that it counts in.
    calendar: Arc<Calendar>,
}

impl Said {
    /// Reads an edition that something was made under, which holds for that for ever, to be counted in these working days.
    ///
    /// # Errors
    /// `Internal` where it can't be read any more, which is ours to mend.
    pub fn of(edition: policy_edition::Model, calendar: &Arc<Calendar>) -> Result<Self> {
        Self::during(InEffect { edition, from: NaiveDate::MIN, until: NaiveDate::MAX }, calendar)
    }

    /// Reads an edition for the days on which it has effect: what was due before them was due by another.
    ///
    /// # Errors
    /// As `of`.
    pub fn during(it: InEffect, calendar: &Arc<Calendar>) -> Result<Self> {
        let document = document_of(&it.edition)?;
        Ok(Self { edition: it.edition, document, holds: (it.from, it.until), calendar: calendar.clone() })
    }

    fn due(&self, item: &Plain<'_>, about: About, window: Window) -> Vec<Due> {
        let last = about.until.and_then(|it| it.pred_opt()).map_or(window.to, |it| Ord::min(it, window.to));
        // What follows an event is due by the edition of the event's own day.
        let follows = matches!(item.cadence, Cadence::After { .. });
        let holds = |due_on: NaiveDate| {
            let day = if follows { about.since } else { due_on };
            self.holds.0 <= day && day < self.holds.1
        };
        let days = due_days(item.cadence, about.since, window.from, last, &self.calendar);
        let mut all: Vec<Due> = Vec::new();
        for day in days.into_iter().filter(|it| holds(*it)) {
            let mut one = self.one(item, about, day, window.today);
            if let Some(before) = all.last().filter(|it| it.due_on == day) {
                one.code = placed(item.code, split(&before.code).1 + 1);
            }
            all.push(one);
        }
        all
    }

    fn one(&self, item: &Plain<'_>, about: About, due_on: NaiveDate, today: NaiveDate) -> Due {
        Due {
            edition: self.edition.id,
            code: item.code.to_owned(),
            title: item.title.to_owned(),
            about,
            due_on,
            by: item.by.map(ToOwned::to_owned),
            to: item.to.map(ToOwned::to_owned),
            content: item.content.map(ToOwned::to_owned),
            needs: item.needs.map(ToOwned::to_owned),
            reached: item.reached(due_on, today, &self.calendar),
            entry: None,
            status: Status::Open,
        }
    }

    /// An item that was done, and is due no more: its pair ended, its person left, its unit was merged.
    pub fn kept(&self, entry: duty_entry::Model) -> Due {
        let about = About {
            kind: entry.subject_kind,
            id: entry.subject_id,
            place: entry.organization_id,
            owner: entry.cadre_id,
            since: entry.due_on,
            until: None,
        };
        let sections = &self.document.sections;
        let code = split(&entry.code).0;
        let items = sections.duties.iter().flat_map(|it| &it.0).filter(|it| it.code == code).map(Plain::from);
        let reports = sections.pairs.iter().flat_map(|it| &it.reports).filter(|it| it.code == code);
        let never = Cadence::Yearly { month: 12, day: 31 };
        let plain = match entry.subject_kind {
            DutySubject::Pair => reports.map(Plain::from).next(),
            _ => items.into_iter().next(),
        };
        let title = if code == REVIEW { REVIEW_TITLE } else { code };
        let plain = plain.unwrap_or_else(|| Plain::new(code, title, &never));
        let due = self.one(&plain, about, entry.due_on, entry.due_on);
        let status = status(entry.due_on, Some(entry.state), true, entry.due_on);
        Due { status, code: entry.code.clone(), entry: Some(entry), ..due }
    }

    /// The items of a subject, for something that it speaks of.
    pub fn items(&self, subject: Subject, about: About, window: Window) -> Vec<Due> {
        let items = self.document.sections.duties.iter().flat_map(|it| &it.0).filter(|it| it.subject == subject);
        items.flat_map(|it| self.due(&Plain::from(it), about, window)).collect()
    }

    /// The items of an event that a declared fact says.
    pub fn event(&self, fact: &declared_fact::Model, window: Window) -> Vec<Due> {
        self.of_fact((fact, None), window, |it| {
            it.subject == Subject::Event && matches!(&it.cadence, Cadence::After { event, .. } if *event == fact.code)
        })
    }

    /// The items of the task that a declared fact begins and ends.
    pub fn task(&self, fact: &declared_fact::Model, window: Window) -> Vec<Due> {
        let named = |it: &Item| it.subject == Subject::Task && it.task.as_ref() == Some(&fact.code);
        self.of_fact((fact, fact.valid_to), window, named)
    }

    fn of_fact(
        &self,
        (fact, until): (&declared_fact::Model, Option<NaiveDate>),
        window: Window,
        named: impl Fn(&Item) -> bool,
    ) -> Vec<Due> {
        let (kind, id, place) = (DutySubject::Fact, fact.id.uuid(), fact.organization_id);
        let about = About { kind, id, place, owner: fact.cadre_id, since: fact.valid_from, until };
        let items = self.document.sections.duties.iter().flat_map(|it| &it.0).filter(|it| named(it));
        items.flat_map(|it| self.due(&Plain::from(it), about, window)).collect()
    }

    /// The reviews of a member of a pool.
    pub fn reviews(&self, about: About, window: Window) -> Vec<Due> {
        let Some(cadence) = self.document.sections.pool.as_ref().and_then(|it| it.review_every.as_ref()) else {
            return Vec::new();
        };
        let item = Plain { by: Some("KEEPER"), ..Plain::new(REVIEW, REVIEW_TITLE, cadence) };
        self.due(&item, about, window)
    }

    /// What a pair owes: its reports, each by its side.
    pub fn pair(
        &self,
        pair: &mentoring_pair::Model,
        side: &dyn Fn(&str) -> Option<CadreId>,
        window: Window,
    ) -> Vec<Due> {
        let (Some(rules), Some(since)) = (&self.document.sections.pairs, pair.started_on) else { return Vec::new() };
        let about = |owner: Option<CadreId>| About {
            kind: DutySubject::Pair,
            id: pair.id.uuid(),
            place: pair.organization_id,
            owner,
            since,
            until: pair.ended_on.and_then(|it| it.succ_opt()),
        };
        let mut all = Vec::new();
        for report in &rules.reports {
            all.extend(self.due(&Plain::from(report), about(side(report.by.text())), window));
        }
        all
    }
}

/// An item as it is worked out, whatever section it stands in.
struct Plain<'a> {
    code: &'a str,
    title: &'a str,
    cadence: &'a Cadence,
    by: Option<&'a str>,
    to: Option<&'a str>,
    content: Option<&'a str>,
    needs: Option<&'a str>,
    overdue: &'a [Overdue],
}

impl<'a> Plain<'a> {
    const fn new(code: &'a str, title: &'a str, cadence: &'a Cadence) -> Self {
        Self { code, title, cadence, by: None, to: None, content: None, needs: None, overdue: &[] }
    }

    /// What the policy proposes by today if nothing was done about it.
    fn reached(&self, due_on: NaiveDate, today: NaiveDate, calendar: &Calendar) -> Vec<(usize, String)> {
        let passed = |it: &Overdue| it.after.last_day(due_on, calendar).is_some_and(|day| day < today);
        let placed = (1..).zip(self.overdue).filter(|(_, it)| passed(it));
        placed.map(|(place, it)| (place, it.propose.clone())).collect()
    }
}

impl<'a> From<&'a Item> for Plain<'a> {
    fn from(it: &'a Item) -> Self {
        Self {
            by: it.by.as_deref(),
            to: it.to.as_deref(),
            content: it.content.as_deref(),
            overdue: &it.overdue,
            ..Self::new(&it.code, &it.title, &it.cadence)
        }
    }
}

impl<'a> From<&'a Report> for Plain<'a> {
    fn from(it: &'a Report) -> Self {
        Self {
            by: Some(it.by.text()),
            to: it.to.as_deref(),
            needs: it.needs.as_deref(),
            ..Self::new(&it.code, &it.title, &it.every)
        }
    }
}

/// In the order of the days.
pub fn ordered(mut due: Vec<Due>) -> Vec<Due> {
    due.sort_by(|one, other| {
        (one.due_on, split(&one.code), one.about.id).cmp(&(other.due_on, split(&other.code), other.about.id))
    });
    due
}

/// Puts what was done beside what is due, and says how each stands; what is due no more comes back.
pub fn beside(
    mut due: Vec<Due>,
    mut entries: Vec<duty_entry::Model>,
    today: NaiveDate,
) -> (Vec<Due>, Vec<duty_entry::Model>) {
    let find = |code: &str, about: &About, day: NaiveDate| {
        entries.iter().find(|it| it.code == code && it.subject_id == about.id && it.due_on == day)
    };
    for it in &mut due {
        let entry = find(&it.code, &it.about, it.due_on).cloned();
        let nth = split(&it.code).1;
        let needed = it.needs.as_ref().is_none_or(|code| find(&placed(code, nth), &it.about, it.due_on).is_some());
        it.status = status(it.due_on, entry.as_ref().map(|it| it.state), needed, today);
        it.entry = entry;
    }
    let met: BTreeSet<DutyEntryId> = due.iter().filter_map(|it| it.entry.as_ref().map(|it| it.id)).collect();
    entries.retain(|it| !met.contains(&it.id));
    (due, entries)
}

impl Due {
    /// What its policy proposes because it is overdue for so long, each with its place among all, from 1.
    pub fn proposals(&self) -> Vec<(usize, String)> {
        if self.status == Status::Overdue { self.reached.clone() } else { Vec::new() }
    }

    /// How it is named: by edition, code, subject and day.
    pub fn name(&self) -> String {
        name(self.edition, &self.code, self.about.kind, self.about.id, self.due_on)
    }
}

/// How an item is named: by edition, code, subject and day.
pub fn name(edition: PolicyEditionId, code: &str, kind: DutySubject, id: Uuid, due_on: NaiveDate) -> String {
    format!("{}:{code}:{}:{id}:{due_on}", edition.uuid(), kind.text())
}

/// A due item as somebody names it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Named {
    /// The edition.
    pub edition: PolicyEditionId,
    /// Code of the item.
    pub code: String,
    /// What kind of thing it is about.
    pub kind: DutySubject,
    /// Which one.
    pub id: Uuid,
    /// By when it is due.
    pub due_on: NaiveDate,
}

impl Named {
    /// Reads a name; none where it is none.
    pub fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(':');
        let mut next = || parts.next();
        let (edition, code, kind, id, day) = (next()?, next()?, next()?, next()?, next()?);
        Some(Self {
            edition: PolicyEditionId(edition.parse().ok()?),
            code: code.to_owned(),
            kind: DutySubject::parse(kind)?,
            id: id.parse().ok()?,
            due_on: day.parse().ok()?,
        })
    }
}

/// The window of days that is told where nobody says: a year back, and a month ahead.
pub fn window(today: NaiveDate, from: Option<NaiveDate>, to: Option<NaiveDate>) -> Result<Window> {
    let back = today.checked_sub_months(Months::new(12)).unwrap_or(today);
    let ahead = today.checked_add_months(Months::new(1)).unwrap_or(today);
    let (from, to) = (from.unwrap_or(back), to.unwrap_or(ahead));
    if to < from {
        return Err(Error::invalid("to", format!("{to} lies before from, {from}")));
    }
    if (to - from).num_days() > 1100 {
        return Err(Error::invalid("from", "lies more than three years before to: ask for less at once"));
    }
    Ok(Window { from, to, today })
}
