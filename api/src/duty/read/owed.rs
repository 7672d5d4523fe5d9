//! What a person owes, by one statement: a phone asks for it whenever it wakes.

use std::{
    collections::{BTreeMap, BTreeSet},
    sync::Arc,
};

use entity::{
    declared_fact, duty_entry,
    id::{CadreId, Key, PolicyEditionId},
    kind::{FactState, PairSide, PairState},
    mentoring_pair, pair_part, policy_edition,
};
use sea_orm::{Condition, sea_query::ExprTrait};

use crate::{
    calendar::Calendar,
    db::{
        gate::Alias,
        gather::{Above, Part},
        reader::Reader,
    },
    duty::{
        due::{Due, Said, Window},
        read::nobody_gone,
    },
    error::Result,
};

/// Editions by key, each read once.
#[derive(Default)]
pub struct Editions(BTreeMap<PolicyEditionId, Said>);

impl Editions {
    /// Reads what some rows say.
    ///
    /// # Errors
    /// `Internal` where one can't be read any more.
    pub fn of(rows: impl IntoIterator<Item = policy_edition::Model>, calendar: &Arc<Calendar>) -> Result<Self> {
        let distinct: BTreeMap<PolicyEditionId, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        let said = distinct.into_iter().map(|(id, row)| Ok((id, Said::of(row, calendar)?)));
        Ok(Self(said.collect::<Result<_>>()?))
    }

    /// Reads those that some entries were made under and that are not read yet.
    ///
    /// # Errors
    /// `Internal` when the database fails, or one can't be read any more.
    pub async fn complete(&mut self, reader: &Reader<'_>, entries: &[duty_entry::Model]) -> Result<()> {
        let lacking: BTreeSet<_> =
            entries.iter().map(|it| it.edition_id).filter(|it| !self.0.contains_key(it)).collect();
        if lacking.is_empty() {
            return Ok(());
        }
        let id = Alias::own::<policy_edition::Entity>().col(policy_edition::Column::Id);
        let rows = reader.find_by_key::<policy_edition::Entity>().filter(id.is_in(lacking)).all().await?;
        self.0.extend(Self::of(rows, reader.calendar())?.0);
        Ok(())
    }

    /// What was done, where it is due no more.
    pub fn kept(&self, entry: duty_entry::Model) -> Option<Due> {
        self.0.get(&entry.edition_id).map(|said| said.kept(entry))
    }

    /// The reports of some pairs with these parts, each by the edition that the pair was made under.
    pub fn pairs(&self, pairs: &[mentoring_pair::Model], parts: &[pair_part::Model], window: Window) -> Vec<Due> {
        let mut sides: BTreeMap<(_, PairSide), CadreId> = BTreeMap::new();
        for part in parts {
            sides.entry((part.pair_id, part.side)).or_insert(part.cadre_id);
        }
        let mut due = Vec::new();
        // A pair that waits owes nothing until it goes on.
        for pair in pairs.iter().filter(|it| it.state == PairState::Active) {
            let Some(said) = pair.edition_id.and_then(|it| self.0.get(&it)) else { continue };
            let first = |side: PairSide| sides.get(&(pair.id, side)).copied();
            let side = |by: &str| match by {
                "MENTOR" => first(PairSide::Mentor),
                "MENTEE" => first(PairSide::Mentee),
                _ => None,
            };
            due.extend(said.pair(pair, &side, window));
        }
        due
    }

    fn tasks(&self, tasks: &[declared_fact::Model], window: Window) -> Vec<Due> {
        let said = |it: &declared_fact::Model| self.0.get(&it.edition_id).map(|said| said.task(it, window));
        tasks.iter().filter(|it| it.holds).filter_map(said).flatten().collect()
    }
}

/// What a person owes within a window, with what was done about it, and by which editions: reports of own pairs on the own
/// side, and reports of own tasks.
///
/// # Errors
/// `Internal` when the database fails, or an edition can't be read any more.
pub async fn owed_by(
    reader: &Reader<'_>,
    person: CadreId,
    window: Window,
) -> Result<(Vec<Due>, Vec<duty_entry::Model>, Editions)> {
    let found = reader.gather(&parts(reader, person, window)?).await?;
    let mut editions = found.rows::<policy_edition::Entity>(3)?;
    editions.extend(found.rows::<policy_edition::Entity>(5)?);
    editions.extend(found.rows::<policy_edition::Entity>(9)?);
    let editions = Editions::of(editions, reader.calendar())?;
    let pairs = found.rows::<mentoring_pair::Entity>(1)?;
    let mut due = editions.pairs(&pairs, &found.rows::<pair_part::Entity>(2)?, window);
    due.retain(|it| it.about.owner == Some(person));
    due.extend(editions.tasks(&found.rows::<declared_fact::Entity>(4)?, window));
    let mut entries = BTreeMap::new();
    for part in [6, 7, 8] {
        entries.extend(found.rows::<duty_entry::Entity>(part)?.into_iter().map(|it| (it.id.uuid(), it)));
    }
    Ok((due, entries.into_values().collect(), editions))
}

/// Own parts, their pairs, all parts of those, the editions of those; own tasks, the editions of those; what was done about
/// either; and what was done by oneself, about what is over too, with the editions of that.
fn parts(reader: &Reader<'_>, person: CadreId, window: Window) -> Result<Vec<Part>> {
    let gate = reader.gate();
    let (part, fact) = (Alias::own::<pair_part::Entity>(), Alias::own::<declared_fact::Entity>());
    let still = || part.col(pair_part::Column::LeftOn).is_null();
    let mine = reader.find::<pair_part::Entity>().filter(part.col(pair_part::Column::CadreId).eq(person));
    let tasks = reader.find::<declared_fact::Entity>().filter(fact.col(declared_fact::Column::CadreId).eq(person));
    let tasks = tasks.filter(fact.col(declared_fact::Column::State).eq(FactState::Recorded));
    let tasks = tasks.filter(nobody_gone(fact.col(declared_fact::Column::CadreId), gate));
    let days = Alias::own::<duty_entry::Entity>().col(duty_entry::Column::DueOn).between(window.from, window.to);
    let edition = |above| {
        Part::below::<policy_edition::Entity>(gate, policy_edition::Column::Id, &above, policy_edition::Column::Id)
    };
    let entries = |above| {
        let by = duty_entry::Column::SubjectId;
        Part::below::<duty_entry::Entity>(gate, by, &above, duty_entry::Column::Id)
            .map(|all| all.narrowed(Condition::all().add(days.clone())))
    };
    let done = Alias::own::<duty_entry::Entity>().col(duty_entry::Column::CadreId).eq(person);
    let done = reader.find::<duty_entry::Entity>().filter(done).filter(days.clone());
    let pair = Above::of::<pair_part::Entity>(0, "pair_id", gate);
    let of_pair = || Above::of::<mentoring_pair::Entity>(1, "id", gate);
    let (id, pair_id) = (mentoring_pair::Column::Id, pair_part::Column::PairId);
    Ok(vec![
        mine.filter(still()).part(pair_part::Column::Id)?,
        Part::below::<mentoring_pair::Entity>(gate, id, &pair, id)?,
        Part::below::<pair_part::Entity>(gate, pair_id, &of_pair(), pair_part::Column::Id)?
            .narrowed(Condition::all().add(still())),
        edition(Above::of::<mentoring_pair::Entity>(1, "edition_id", gate))?,
        tasks.part(declared_fact::Column::Id)?,
        edition(Above::of::<declared_fact::Entity>(4, "edition_id", gate))?,
        entries(of_pair())?,
        entries(Above::of::<declared_fact::Entity>(4, "id", gate))?,
        done.part(duty_entry::Column::Id)?,
        edition(Above::of::<duty_entry::Entity>(8, "edition_id", gate))?,
    ])
}
