//! What time made of due items: who may see it, what is proposed because of it, and what a phone is told.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::{
    duty_entry, duty_step,
    id::{CadreId, DutyEntryId, DutyStepId, Key, OrganizationId},
    kind::{DutyState, PolicyState, Role},
    policy_edition,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use uuid::Uuid;

use crate::{
    cadre::read::ROWS,
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::Query,
    },
    duty::{
        due::{Due, Window, beside},
        read::owed::owed_by,
    },
    error::{Action, Result},
    organization::read::below,
};

impl Visible for duty_step::Entity {
    /// Under an organization within reach, or owed by oneself.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let own = gate.scope().person(&[Role::Mentor, Role::Cadre]);
        let own = own.map(|person| at.col(duty_step::Column::CadreId).eq(person));
        let kept = gate.under(at.col(duty_step::Column::OrganizationId), ROWS);
        Condition::any().add(kept).add_option(own)
    }
}

/// Whether something was done about an item since, so that no step of it is to be taken.
pub fn closes(entry: &duty_entry::Model) -> bool {
    entry.state != DutyState::Returned
}

/// That something was done about the item of a step.
fn closed(gate: &Gate) -> sea_orm::sea_query::Expr {
    let (step, entry) = (Alias::own::<duty_step::Entity>(), Alias::named("done_about"));
    let same = Condition::all()
        .add(entry.col(duty_entry::Column::Code).eq(step.col(duty_step::Column::Code)))
        .add(entry.col(duty_entry::Column::DueOn).eq(step.col(duty_step::Column::DueOn)))
        .add(entry.col(duty_entry::Column::State).ne(DutyState::Returned));
    gate.some::<duty_entry::Entity>(duty_entry::Column::SubjectId, &entry, step.col(duty_step::Column::SubjectId), same)
}

/// What is proposed at and below an organization because something is overdue, oldest first.
pub struct Escalations {
    /// The organization.
    pub place: OrganizationId,
    /// Only those about which something was done since, or nothing.
    pub open: Option<bool>,
    /// After this one.
    pub after: Option<DutyStepId>,
    /// How many.
    pub first: u64,
}

/// Some of what is proposed.
pub struct Escalated {
    /// How many there are in all.
    pub total: u64,
    /// Those of this page, each with what was done about its item.
    pub rows: Vec<(duty_step::Model, Option<duty_entry::Model>)>,
    /// Whether others follow.
    pub more: bool,
}

impl Query for Escalations {
    const ACTION: Action = Action::DutyRead;
    type Answer = Escalated;
    async fn load(&self, reader: &Reader<'_>) -> Result<Escalated> {
        let at = Alias::own::<duty_step::Entity>();
        let among = || {
            let closed = self.open.map(|open| if open { closed(reader.gate()).not() } else { closed(reader.gate()) });
            reader
                .find::<duty_step::Entity>()
                .filter(at.col(duty_step::Column::OrganizationId).in_subquery(below(reader.gate(), self.place)))
                .filter(at.col(duty_step::Column::Proposed).is_not_null())
                .filter(Condition::all().add_option(closed))
        };
        let total = among().count().await?;
        let after = self.after.map(|it| at.col(duty_step::Column::Id).gt(it));
        let rows = among().filter(Condition::all().add_option(after)).order(duty_step::Column::Id);
        let mut rows = rows.limit(self.first + 1).all().await?;
        let more = rows.len() > usize::try_from(self.first).unwrap_or(usize::MAX);
        rows.truncate(usize::try_from(self.first).unwrap_or(usize::MAX));
        let subjects: BTreeSet<Uuid> = rows.iter().map(|it| it.subject_id).collect();
        let entry = Alias::own::<duty_entry::Entity>();
        let entries = reader.find::<duty_entry::Entity>();
        let entries = entries.filter(entry.col(duty_entry::Column::SubjectId).is_in(subjects)).all().await?;
        let same = |step: &duty_step::Model, it: &duty_entry::Model| {
            (it.subject_id, &it.code, it.due_on) == (step.subject_id, &step.code, step.due_on)
        };
        let beside = |step: duty_step::Model| {
            let entry = entries.iter().find(|it| same(&step, it)).cloned();
            (step, entry)
        };
        Ok(Escalated { total, rows: rows.into_iter().map(beside).collect(), more })
    }
}

/// A due item of a person that changed, or whose day passed, as it stands now; none where the person does not owe it any more.
pub struct ChangedDuty {
    /// The person; none where it is nobody who asks.
    pub person: Option<CadreId>,
    /// What was put down of the item.
    pub row: Option<Uuid>,
    /// Today.
    pub today: NaiveDate,
}

impl Query for ChangedDuty {
    const ACTION: Action = Action::DutyRead;
    type Answer = Option<Due>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Option<Due>> {
        let (Some(person), Some(row)) = (self.person, self.row) else { return Ok(None) };
        let done = reader.get::<duty_entry::Entity>(DutyEntryId::from_uuid(row)).await?;
        let named = match done.map(|it| (it.subject_id, it.code, it.due_on)) {
            Some(named) => Some(named),
            None => {
                let step = reader.get::<duty_step::Entity>(DutyStepId::from_uuid(row)).await?;
                step.map(|it| (it.subject_id, it.code, it.due_on))
            }
        };
        let Some((subject, code, due_on)) = named else { return Ok(None) };
        let window = Window { from: due_on, to: due_on, today: self.today };
        let (due, entries, _) = owed_by(reader, person, window).await?;
        let mut owed = beside(due, entries, self.today).0.into_iter();
        Ok(owed.find(|it| it.about.id == subject && it.code == code))
    }
}

/// Where policies make something due: the code of each, and the place whose it is. For the round.
pub struct RoundPlaces {
    /// Of editions that have begun by this day.
    pub day: NaiveDate,
}

impl Query for RoundPlaces {
    const ACTION: Action = Action::DutyRead;
    type Answer = BTreeSet<(String, OrganizationId)>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let at = Alias::own::<policy_edition::Entity>();
        let begun = reader
            .find::<policy_edition::Entity>()
            .filter(at.col(policy_edition::Column::State).eq(PolicyState::Published))
            .filter(at.col(policy_edition::Column::ValidFrom).lte(self.day));
        Ok(begun.all().await?.into_iter().map(|it| (it.code, it.organization_id)).collect())
    }
}

/// The steps that were put down for some things, by thing, code, day and step.
pub struct StepsPutDown {
    /// The things.
    pub subjects: Vec<Uuid>,
}

/// An item of a thing, and a step of it.
pub type StepKey = (Uuid, String, NaiveDate, i32);

impl Query for StepsPutDown {
    const ACTION: Action = Action::DutyRead;
    type Answer = BTreeSet<StepKey>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let at = Alias::own::<duty_step::Entity>();
        let mut all = BTreeSet::new();
        for some in self.subjects.chunks(500) {
            let rows = reader.find::<duty_step::Entity>();
            let rows = rows.filter(at.col(duty_step::Column::SubjectId).is_in(some.iter().copied())).all().await?;
            all.extend(rows.into_iter().map(|it| (it.subject_id, it.code, it.due_on, it.step)));
        }
        Ok(all)
    }
}
