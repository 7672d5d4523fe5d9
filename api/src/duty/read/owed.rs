//! What a person owes, by one statement: a phone asks for it whenever it wakes.

use std::collections::BTreeMap;

use entity::{
    Table, declared_fact, duty_entry,
    id::{CadreId, PolicyEditionId},
    kind::{FactState, PairSide, PairState},
    mentoring_pair, pair_part, policy_edition,
};
use sea_orm::{Condition, sea_query::ExprTrait};

use crate::{
    db::{
        gate::Alias,
        gather::{Above, Part},
        reader::Reader,
    },
    duty::due::{Due, Said, Window},
    error::Result,
};

/// Editions by key, each read once.
pub struct Editions(BTreeMap<PolicyEditionId, Said>);

impl Editions {
    /// Reads what some rows say.
    ///
    /// # Errors
    /// `Internal` where one can't be read any more.
    pub fn of(rows: impl IntoIterator<Item = policy_edition::Model>) -> Result<Self> {
        let distinct: BTreeMap<PolicyEditionId, _> = rows.into_iter().map(|row| (row.id, row)).collect();
        let said = distinct.into_iter().map(|(id, row)| Ok((id, Said::of(row)?)));
        Ok(Self(said.collect::<Result<_>>()?))
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

/// What a person owes within a window, with what was done about it: reports of own pairs on the own side, and reports of own
/// tasks.
///
/// # Errors
/// `Internal` when the database fails, or an edition can't be read any more.
pub async fn owed_by(
    reader: &Reader<'_>,
    person: CadreId,
    window: Window,
) -> Result<(Vec<Due>, Vec<duty_entry::Model>)> {
    let found = reader.gather(&parts(reader, person, window)?).await?;
    let mut editions = found.rows::<policy_edition::Entity>(3)?;
    editions.extend(found.rows::<policy_edition::Entity>(5)?);
    let editions = Editions::of(editions)?;
    let pairs = found.rows::<mentoring_pair::Entity>(1)?;
    let mut due = editions.pairs(&pairs, &found.rows::<pair_part::Entity>(2)?, window);
    due.retain(|it| it.about.owner == Some(person));
    due.extend(editions.tasks(&found.rows::<declared_fact::Entity>(4)?, window));
    let mut entries = found.rows::<duty_entry::Entity>(6)?;
    entries.extend(found.rows::<duty_entry::Entity>(7)?);
    Ok((due, entries))
}

/// Own parts, their pairs, all parts of those, the editions of those; own tasks, the editions of those; and what was done
/// about either.
fn parts(reader: &Reader<'_>, person: CadreId, window: Window) -> Result<Vec<Part>> {
    let gate = reader.gate();
    let above = |part, from, table| Above { part, from, table, action: gate.scope().action() };
    let (part, fact) = (Alias::own::<pair_part::Entity>(), Alias::own::<declared_fact::Entity>());
    let still = || part.col(pair_part::Column::LeftOn).is_null();
    let mine = reader.find::<pair_part::Entity>().filter(part.col(pair_part::Column::CadreId).eq(person));
    let tasks = reader.find::<declared_fact::Entity>().filter(fact.col(declared_fact::Column::CadreId).eq(person));
    let tasks = tasks.filter(fact.col(declared_fact::Column::State).eq(FactState::Recorded));
    let days = Alias::own::<duty_entry::Entity>().col(duty_entry::Column::DueOn).between(window.from, window.to);
    let edition = |above| {
        Part::below::<policy_edition::Entity>(gate, policy_edition::Column::Id, &above, policy_edition::Column::Id)
    };
    let entries = |above| {
        let by = duty_entry::Column::SubjectId;
        Part::below::<duty_entry::Entity>(gate, by, &above, duty_entry::Column::Id)
            .map(|all| all.narrowed(Condition::all().add(days.clone())))
    };
    let pair = above(0, "pair_id", Table::PairPart);
    let of_pair = || above(1, "id", Table::MentoringPair);
    let (id, pair_id) = (mentoring_pair::Column::Id, pair_part::Column::PairId);
    Ok(vec![
        mine.filter(still()).part(pair_part::Column::Id)?,
        Part::below::<mentoring_pair::Entity>(gate, id, &pair, id)?,
        Part::below::<pair_part::Entity>(gate, pair_id, &of_pair(), pair_part::Column::Id)?
            .narrowed(Condition::all().add(still())),
        edition(above(1, "edition_id", Table::MentoringPair))?,
        tasks.part(declared_fact::Column::Id)?,
        edition(above(4, "edition_id", Table::DeclaredFact))?,
        entries(of_pair())?,
        entries(above(4, "id", Table::DeclaredFact))?,
    ])
}
