//! Due items, worked out of policies and of what they speak of: nothing is stored until something is done about one.

use chrono::{Months, NaiveDate};
use entity::{
    declared_fact, duty_entry,
    id::{CadreId, Key, OrganizationId, PolicyEditionId},
    kind::DutySubject,
    mentoring_pair, policy_edition,
};
use uuid::Uuid;

use crate::{
    duty::rules::{Status, due_days, status},
    edition::document::Document,
    error::{Error, Result},
    kernel::cadence::Cadence,
    mechanism::duties::{Item, Overdue, Subject},
};

/// The item by which a pool's reviews are due.
pub const REVIEW: &str = "REVIEW";
/// The item by which the contacts of a pair are due, which a recorded contact does.
pub const CONTACT: &str = "CONTACT";

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
    /// Code of the item.
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
    /// What follows when it is overdue.
    pub overdue: Vec<Overdue>,
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
}

impl Said {
    /// Reads an edition.
    ///
    /// # Errors
    /// `Internal` where it can't be read any more, which is ours to mend.
    pub fn of(edition: policy_edition::Model) -> Result<Self> {
        let document = Document::read(&edition.body).map_err(|_| Error::broken("a kept policy can't be read"))?;
        Ok(Self { edition, document })
    }

    fn due(&self, item: &Plain<'_>, about: About, window: Window) -> Vec<Due> {
        let last = about.until.and_then(|it| it.pred_opt()).map_or(window.to, |it| Ord::min(it, window.to));
        let one = |due_on: NaiveDate| Due {
            edition: self.edition.id,
            code: item.code.to_owned(),
            title: item.title.to_owned(),
            about,
            due_on,
            by: item.by.map(ToOwned::to_owned),
            to: item.to.map(ToOwned::to_owned),
            content: item.content.map(ToOwned::to_owned),
            needs: item.needs.map(ToOwned::to_owned),
            overdue: item.overdue.to_vec(),
            entry: None,
            status: Status::Open,
        };
        due_days(item.cadence, about.since, window.from, last).into_iter().map(one).collect()
    }

    /// The items of a subject, for something that it speaks of.
    pub fn items(&self, subject: Subject, about: About, window: Window) -> Vec<Due> {
        let items = self.document.sections.duties.iter().flat_map(|it| &it.0).filter(|it| it.subject == subject);
        items.flat_map(|it| self.due(&Plain::from(it), about, window)).collect()
    }

    /// The items of an event that a declared fact says.
    pub fn event(&self, fact: &declared_fact::Model, window: Window) -> Vec<Due> {
        let about = About {
            kind: DutySubject::Fact,
            id: fact.id.uuid(),
            place: fact.organization_id,
            owner: fact.cadre_id,
            since: fact.valid_from,
            until: None,
        };
        let named = |it: &&Item| {
            it.subject == Subject::Event && matches!(&it.cadence, Cadence::After { event, .. } if *event == fact.code)
        };
        let items = self.document.sections.duties.iter().flat_map(|it| &it.0).filter(named);
        items.flat_map(|it| self.due(&Plain::from(it), about, window)).collect()
    }

    /// The items of the task that a declared fact begins and ends.
    pub fn task(&self, fact: &declared_fact::Model, window: Window) -> Vec<Due> {
        let about = About {
            kind: DutySubject::Fact,
            id: fact.id.uuid(),
            place: fact.organization_id,
            owner: fact.cadre_id,
            since: fact.valid_from,
            until: fact.valid_to,
        };
        let named = |it: &&Item| it.subject == Subject::Task && it.task.as_ref() == Some(&fact.code);
        let items = self.document.sections.duties.iter().flat_map(|it| &it.0).filter(named);
        items.flat_map(|it| self.due(&Plain::from(it), about, window)).collect()
    }

    /// The reviews of a member of a pool.
    pub fn reviews(&self, about: About, window: Window) -> Vec<Due> {
        let Some(cadence) = self.document.sections.pool.as_ref().and_then(|it| it.review_every.as_ref()) else {
            return Vec::new();
        };
        let item = Plain { by: Some("KEEPER"), ..Plain::new(REVIEW, "入库人选考核", cadence) };
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
            let by = report.by.text();
            let item = Plain {
                by: Some(by),
                to: report.to.as_deref(),
                needs: report.needs.as_deref(),
                ..Plain::new(&report.code, &report.title, &report.every)
            };
            all.extend(self.due(&item, about(side(by)), window));
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

/// Puts what was done beside what is due, and says how each stands.
pub fn beside(mut due: Vec<Due>, entries: Vec<duty_entry::Model>, today: NaiveDate) -> Vec<Due> {
    let find = |code: &str, about: &About, day: NaiveDate| {
        entries.iter().find(|it| it.code == code && it.subject_id == about.id && it.due_on == day)
    };
    for it in &mut due {
        let entry = find(&it.code, &it.about, it.due_on).cloned();
        let needed = it.needs.as_ref().is_none_or(|code| find(code, &it.about, it.due_on).is_some());
        it.status = status(it.due_on, entry.as_ref().map(|it| it.state), needed, today);
        it.entry = entry;
    }
    due.sort_by(|one, other| (one.due_on, &one.code, one.about.id).cmp(&(other.due_on, &other.code, other.about.id)));
    due
}

impl Due {
    /// What its policy proposes because it is overdue for so long, each with its place among all, from 1.
    pub fn proposals(&self, today: NaiveDate) -> Vec<(usize, String)> {
        if self.status != Status::Overdue {
            return Vec::new();
        }
        let Ok(calendar) = crate::kernel::calendar::Calendar::built_in() else { return Vec::new() };
        let reached = |it: &Overdue| it.after.last_day(self.due_on, &calendar).is_some_and(|day| day < today);
        let placed = (1..).zip(&self.overdue);
        placed.filter(|(_, it)| reached(it)).map(|(place, it)| (place, it.propose.clone())).collect()
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
