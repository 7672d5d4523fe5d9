//! Questions about mentoring pairs, and who may see their rows.
//!
//! A pair is visible to those who keep it, to the officers of the units whose people are in it, and to its own people.

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    cadre,
    id::{CadreId, OrganizationId, PairId},
    kind::{PairState, Role},
    mentoring_pair, pair_contact, pair_part,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;

use crate::{
    cadre::read::{ROWS, distinct, gathered},
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::{Query, Remember, Session},
    },
    error::{Action, Result},
    loaders::Batched,
    page::{Page, PageArgs},
};

impl Visible for mentoring_pair::Entity {
    /// Kept within reach, with people of the unit in it, or one's own.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let id = at.col(mentoring_pair::Column::Id);
        let people = Alias::named("unit_people");
        let unit = gate.raw::<cadre::Entity>(cadre::Column::Id, &people);
        let own = gate.under(people.col(cadre::Column::OrganizationId), &[Role::UnitOfficer]);
        let unit = unit.clone().cond_where(own).to_owned();
        let parts = Alias::named("unit_part");
        let pairs = gate.raw::<pair_part::Entity>(pair_part::Column::PairId, &parts);
        let pairs = pairs.clone().and_where(parts.col(pair_part::Column::CadreId).in_subquery(unit)).to_owned();
        let some = Condition::any()
            .add(gate.under(at.col(mentoring_pair::Column::OrganizationId), ROWS))
            .add(id.clone().in_subquery(pairs));
        match gate.scope().person(&[Role::Mentor, Role::Cadre]) {
            Some(person) => some.add(with_person(id, person, gate)),
            None => some,
        }
    }
}

macro_rules! follows_pair {
    ($($entity:ident),+) => {$(
        impl Visible for $entity::Entity {
            /// Where the pair is.
            fn visible(at: &Alias, gate: &Gate) -> Condition {
                Condition::all().add(at.col($entity::Column::PairId).in_subquery(gate.ids::<mentoring_pair::Entity>()))
            }
        }
    )+};
}

follows_pair!(pair_part, pair_contact);

fn with_person(id: Expr, person: CadreId, gate: &Gate) -> Expr {
    let own = Alias::named("own_part");
    let pairs = gate.raw::<pair_part::Entity>(pair_part::Column::PairId, &own);
    id.in_subquery(pairs.clone().and_where(own.col(pair_part::Column::CadreId).eq(person)).to_owned())
}

/// Which pairs to list; several conditions must all hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PairsAmong {
    /// Kept by this organization.
    pub organization: Option<OrganizationId>,
    /// In these states.
    pub states: Option<Vec<PairState>>,
    /// With this person in it.
    pub person: Option<CadreId>,
    /// Active, with a contact due before this day.
    pub due_before: Option<NaiveDate>,
}

impl PairsAmong {
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<mentoring_pair::Entity>();
        let id = at.col(mentoring_pair::Column::Id);
        let due = self.due_before.map(|day| {
            Condition::all()
                .add(at.col(mentoring_pair::Column::State).eq(PairState::Active))
                .add(at.col(mentoring_pair::Column::NextContactDue).lt(day))
        });
        Condition::all()
            .add_option(self.organization.map(|keeper| at.col(mentoring_pair::Column::OrganizationId).eq(keeper)))
            .add_option(self.states.clone().map(|states| at.col(mentoring_pair::Column::State).is_in(states)))
            .add_option(self.person.map(|person| with_person(id, person, gate)))
            .add_option(due)
    }
}

/// One page of pairs, in the order of recording.
#[derive(Serialize)]
pub struct ListPairs {
    /// Which.
    pub among: PairsAmong,
    /// Which page.
    pub page: PageArgs,
}

impl Query for ListPairs {
    const ACTION: Action = Action::PairRead;
    type Answer = Page<mentoring_pair::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let among = self.among.condition(reader.gate());
        reader.find::<mentoring_pair::Entity>().filter(among).page(&self.page, mentoring_pair::Column::Id).await
    }
}

impl Remember for ListPairs {
    const NAME: &'static str = "pair.list";
    const TTL_S: u64 = 60;
}

/// How many pairs there are.
#[derive(Serialize)]
pub struct CountPairs(pub PairsAmong);

impl Query for CountPairs {
    const ACTION: Action = Action::PairRead;
    type Answer = u64;
    async fn load(&self, reader: &Reader<'_>) -> Result<u64> {
        let among = self.0.condition(reader.gate());
        reader.find::<mentoring_pair::Entity>().filter(among).count().await
    }
}

impl Remember for CountPairs {
    const NAME: &'static str = "pair.count";
    const TTL_S: u64 = 60;
}

macro_rules! by_key {
    ($question:ident, $key:ident, $entity:ident . $column:ident, $order:ident, $name:literal) => {
        /// Rows by key.
        #[derive(Serialize)]
        pub struct $question(pub Vec<$key>);

        impl Query for $question {
            const ACTION: Action = Action::PairRead;
            type Answer = Vec<$entity::Model>;
            async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
                let key = Alias::own::<$entity::Entity>().col($entity::Column::$column);
                let found = reader.find::<$entity::Entity>().filter(key.is_in(self.0.iter().copied()));
                found.order($entity::Column::$order).all().await
            }
        }

        impl Remember for $question {
            const NAME: &'static str = $name;
            const TTL_S: u64 = 60;
        }
    };
}

by_key!(PairsById, PairId, mentoring_pair.Id, Id, "pair.by_id");
by_key!(PartsOfPairs, PairId, pair_part.PairId, Id, "pair.parts");

/// The pairs of some persons, each with the person's part in it.
#[derive(Serialize)]
pub struct PairsOfCadres(pub Vec<CadreId>);

impl Query for PairsOfCadres {
    const ACTION: Action = Action::PairRead;
    type Answer = Vec<(pair_part::Model, Option<mentoring_pair::Model>)>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let cadre = Alias::own::<pair_part::Entity>().col(pair_part::Column::CadreId);
        let parts = reader.find::<pair_part::Entity>().filter(cadre.is_in(self.0.iter().copied()));
        parts.with::<mentoring_pair::Entity>(pair_part::Column::PairId).order(pair_part::Column::PairId).all().await
    }
}

impl Remember for PairsOfCadres {
    const NAME: &'static str = "pair.of_cadres";
    const TTL_S: u64 = 60;
}

/// One page of a pair's contacts, in the order of recording.
#[derive(Serialize)]
pub struct ListContacts {
    /// The pair.
    pub pair: PairId,
    /// Which page.
    pub page: PageArgs,
}

impl Query for ListContacts {
    const ACTION: Action = Action::PairRead;
    type Answer = Page<pair_contact::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let pair = Alias::own::<pair_contact::Entity>().col(pair_contact::Column::PairId).eq(self.pair);
        reader.find::<pair_contact::Entity>().filter(pair).page(&self.page, pair_contact::Column::Id).await
    }
}

impl Remember for ListContacts {
    const NAME: &'static str = "pair.contacts";
    const TTL_S: u64 = 60;
}

/// How many contacts a pair has had.
#[derive(Serialize)]
pub struct CountContacts(pub PairId);

impl Query for CountContacts {
    const ACTION: Action = Action::PairRead;
    type Answer = u64;
    async fn load(&self, reader: &Reader<'_>) -> Result<u64> {
        let pair = Alias::own::<pair_contact::Entity>().col(pair_contact::Column::PairId).eq(self.0);
        reader.find::<pair_contact::Entity>().filter(pair).count().await
    }
}

impl Remember for CountContacts {
    const NAME: &'static str = "pair.contact_count";
    const TTL_S: u64 = 60;
}

/// The pairs of the person who asks that are not over.
#[derive(Serialize)]
pub struct MyPairs {
    /// The person.
    pub person: CadreId,
}

impl Query for MyPairs {
    const ACTION: Action = Action::StatusRead;
    type Answer = Vec<mentoring_pair::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let open = vec![PairState::Proposed, PairState::Active, PairState::Suspended];
        let mine = PairsAmong { person: Some(self.person), states: Some(open), ..PairsAmong::default() };
        let found = reader.find::<mentoring_pair::Entity>().filter(mine.condition(reader.gate()));
        found.order(mentoring_pair::Column::NextContactDue).order(mentoring_pair::Column::Id).all().await
    }
}

impl Remember for MyPairs {
    const NAME: &'static str = "pair.mine";
    const TTL_S: u64 = 60;
}

/// One pair, loaded with its neighbours.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PairOf(pub PairId);

impl Batched for PairOf {
    type Value = mentoring_pair::Model;
    async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
        let rows = session.recall(&PairsById(distinct(keys.iter().map(|it| it.0)))).await?;
        Ok(rows.into_iter().map(|row| (PairOf(row.id), row)).collect())
    }
}

/// The people of one pair, loaded with its neighbours'.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PartsOf(pub PairId);

impl Batched for PartsOf {
    type Value = Vec<pair_part::Model>;
    async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
        let rows = session.recall(&PartsOfPairs(distinct(keys.iter().map(|it| it.0)))).await?;
        Ok(gathered(rows, |row| PartsOf(row.pair_id)))
    }
}

/// The pairs of one person, loaded with the neighbours'.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PairsOf(pub CadreId);

impl Batched for PairsOf {
    type Value = Vec<mentoring_pair::Model>;
    async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
        let rows = session.recall(&PairsOfCadres(distinct(keys.iter().map(|it| it.0)))).await?;
        let mut out: HashMap<Self, Self::Value> = HashMap::new();
        for (part, pair) in rows {
            out.entry(PairsOf(part.cadre_id)).or_default().extend(pair);
        }
        Ok(out)
    }
}
