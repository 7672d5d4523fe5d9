//! Questions about mentoring pairs, and who may see their rows.
//!
//! A pair is visible to those who keep it, to the officers of the units whose people are in it, and to its own people
//! until they leave it. What a side says of the pair is for those who keep it, and not for the other side.

pub mod checks;
pub mod matches;

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    cadre,
    id::{CadreId, OrganizationId, PairCapacityId, PairContactId, PairEvaluationId, PairId},
    kin_declaration,
    kind::{PairState, Role},
    mentoring_pair, pair_capacity, pair_contact, pair_evaluation, pair_part, pair_step,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;

use crate::{
    belonging,
    cadre::read::{ROWS, kept, names_cleared},
    db::{
        gate::{Alias, Countable, Gate, Visible},
        reader::{Find, Reader},
        session::{Query, Remember, Session},
    },
    error::{Action, Result},
    follows,
    loaders::Batched,
    questions::{self, Among as _, Rows as _, distinct},
};

impl Visible for mentoring_pair::Entity {
    /// Kept within reach, with people of the unit in it, or one's own. Where nobody is above the secrecy ceiling.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let id = at.col(mentoring_pair::Column::Id);
        let (people, parts) = (Alias::named("unit_people"), Alias::named("unit_part"));
        let own = kept(&people, gate, &[Role::UnitOfficer]);
        let whom = parts.col(pair_part::Column::CadreId);
        let unit = Condition::all().add(gate.some::<cadre::Entity>(cadre::Column::Id, &people, whom, own));
        let some = Condition::any()
            .add(gate.under(at.col(mentoring_pair::Column::OrganizationId), ROWS))
            .add(gate.some::<pair_part::Entity>(pair_part::Column::PairId, &parts, id.clone(), unit));
        let own = gate.scope().person(&[Role::Mentor, Role::Cadre]);
        let some = some.add_option(own.map(|person| with_person(id.clone(), person, gate)));
        Condition::all().add(some).add(without_uncleared(id, gate))
    }
}

follows!(pair_part.PairId => mentoring_pair, pair_contact.PairId => mentoring_pair, pair_step.PairId => mentoring_pair);

impl Countable for mentoring_pair::Entity {
    /// As a row, or kept where the caller counts. Where nobody is above the secrecy ceiling.
    fn countable(at: &Alias, gate: &Gate) -> Condition {
        let kept = gate.under(at.col(mentoring_pair::Column::OrganizationId), &[Role::SummaryReader]);
        let kept = kept.add(without_uncleared(at.col(mentoring_pair::Column::Id), gate));
        Condition::any().add(Self::visible(at, gate)).add(kept)
    }
}

impl Visible for pair_evaluation::Entity {
    /// Of a pair kept within reach, or one's own word; and where the pair is visible.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let pair = at.col(pair_evaluation::Column::PairId);
        let evaluated = Alias::named("evaluated");
        let kept = gate.under(evaluated.col(mentoring_pair::Column::OrganizationId), ROWS);
        let of = mentoring_pair::Column::Id;
        let kept = gate.some::<mentoring_pair::Entity>(of, &evaluated, pair.clone(), kept);
        let own = gate.scope().person(&[Role::Mentor, Role::Cadre]);
        let own = own.map(|person| at.col(pair_evaluation::Column::CadreId).eq(person));
        let some = Condition::any().add(kept).add_option(own);
        Condition::all().add(some).add(gate.follows::<mentoring_pair::Entity>(pair))
    }
}

impl Visible for pair_capacity::Entity {
    /// Of what a grant reaches, and of all above it: what binds somebody may be known to them.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let organization = at.col(pair_capacity::Column::OrganizationId);
        Condition::any().add(gate.under(organization.clone(), ROWS)).add(gate.above(organization, ROWS))
    }
}

impl Visible for kin_declaration::Entity {
    /// For nobody, by no question. The two commands that enter it find the row of the two persons that they name.
    fn visible(_: &Alias, gate: &Gate) -> Condition {
        match gate.scope().action() {
            Action::KinDeclare | Action::KinEnd => Condition::all(),
            _ => Gate::nothing(),
        }
    }
}

/// That nobody in a pair is above the secrecy ceiling of the act.
fn without_uncleared(id: Expr, gate: &Gate) -> Condition {
    let parts = Alias::named("uncleared_part");
    let cleared = names_cleared(parts.col(pair_part::Column::CadreId), gate);
    if cleared.is_empty() {
        return cleared;
    }
    Condition::all().add(gate.some::<pair_part::Entity>(pair_part::Column::PairId, &parts, id, cleared.not()).not())
}

fn with_person(id: Expr, person: CadreId, gate: &Gate) -> Expr {
    let own = Alias::named("own_part");
    let mut pairs = gate.raw::<pair_part::Entity>(pair_part::Column::PairId, &own);
    pairs.and_where(own.col(pair_part::Column::CadreId).eq(person));
    pairs.and_where(own.col(pair_part::Column::LeftOn).is_null());
    id.in_subquery(pairs)
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

impl questions::Among for PairsAmong {
    type Entity = mentoring_pair::Entity;
    const ACTION: Action = Action::PairRead;
    const LIST: &'static str = "pair.list";
    const COUNT: &'static str = "pair.count";
    fn by_name() -> mentoring_pair::Column {
        mentoring_pair::Column::Id
    }
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

/// Which contacts to list: those of one pair.
#[derive(Clone, Debug, Serialize)]
pub struct ContactsAmong(pub PairId);

impl questions::Among for ContactsAmong {
    type Entity = pair_contact::Entity;
    const ACTION: Action = Action::PairRead;
    const LIST: &'static str = "pair.contacts";
    const COUNT: &'static str = "pair.contact_count";
    fn by_name() -> pair_contact::Column {
        pair_contact::Column::Id
    }
    fn condition(&self, _: &Gate) -> Condition {
        Condition::all().add(Alias::own::<pair_contact::Entity>().col(pair_contact::Column::PairId).eq(self.0))
    }
}

belonging! {
    /// Pairs by their own keys.
    Pairs = mentoring_pair by Id(id: PairId), ordered Id, PairRead, "pair.by_id";
    /// Contacts by their own keys.
    Contacts = pair_contact by Id(id: PairContactId), ordered Id, PairRead, "pair.contact_by_id";
    /// What parts people take or took in pairs.
    PartsOfCadres = pair_part by CadreId(cadre_id: CadreId), ordered PairId, PairRead, "pair.of_cadres";
    /// Who is or was in pairs.
    Parts = pair_part by PairId(pair_id: PairId), ordered Id, PairRead, "pair.parts";
    /// The steps of pairs, oldest first.
    Steps = pair_step by PairId(pair_id: PairId), ordered Id, PairRead, "pair.steps";
    /// What is said of pairs, oldest first.
    Evaluations = pair_evaluation by PairId(pair_id: PairId), ordered Id, PairRead, "pair.evaluations";
    /// What organizations say of how many pairs one person may have, by its own keys.
    SaidCapacities = pair_capacity by Id(id: PairCapacityId), ordered Id, PairRead, "pair.capacity_by_id";
    /// What organizations say of how many pairs one person may have, oldest first.
    Capacities = pair_capacity by OrganizationId(organization_id: OrganizationId), ordered ValidFrom, PairRead, "pair.capacities";
}

/// A pair of which something changed, if what changed may be seen.
#[derive(Serialize)]
pub struct ChangedPair {
    /// The pair.
    pub pair: PairId,
    /// Only if it is kept by this organization.
    pub organization: Option<OrganizationId>,
    /// What is said of it, where that is all that changed.
    pub evaluation: Option<PairEvaluationId>,
}

impl Query for ChangedPair {
    const ACTION: Action = Action::PairRead;
    type Answer = Option<mentoring_pair::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        if let Some(evaluation) = self.evaluation
            && reader.get::<pair_evaluation::Entity>(evaluation).await?.is_none()
        {
            return Ok(None);
        }
        let row = reader.get::<mentoring_pair::Entity>(self.pair).await?;
        Ok(row.filter(|row| self.organization.is_none_or(|it| it == row.organization_id)))
    }
}

/// The pairs in whose place some pairs stand.
#[derive(Serialize)]
pub struct PairsReplacedBy(pub Vec<PairId>);

impl Query for PairsReplacedBy {
    const ACTION: Action = Action::PairRead;
    type Answer = Vec<mentoring_pair::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let successor = Alias::own::<mentoring_pair::Entity>().col(mentoring_pair::Column::SuccessorId);
        let replaced = reader.find::<mentoring_pair::Entity>().filter(successor.is_in(self.0.iter().copied()));
        replaced.order(mentoring_pair::Column::Id).all().await
    }
}

impl Remember for PairsReplacedBy {
    const NAME: &'static str = "pair.replaced_by";
    const TTL_S: u64 = 60;
}

/// The pair in whose place a pair stands, loaded with the neighbours'.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct PredecessorOf(pub PairId);

impl Batched for PredecessorOf {
    type Value = mentoring_pair::Model;
    async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
        let rows = session.recall(&PairsReplacedBy(distinct(keys.iter().map(|it| it.0)))).await?;
        Ok(rows.into_iter().filter_map(|row| Some((Self(row.successor_id?), row))).collect())
    }
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
        self.found(reader).order(Self::order()).order(mentoring_pair::Column::Id).all().await
    }
}

impl questions::Rows for MyPairs {
    type Entity = mentoring_pair::Entity;
    fn found<'r, 'c>(&self, reader: &'r Reader<'c>) -> Find<'r, 'c, mentoring_pair::Entity> {
        let open = vec![PairState::Proposed, PairState::Active, PairState::Suspended];
        let mine = PairsAmong { person: Some(self.person), states: Some(open), ..PairsAmong::default() };
        reader.find::<mentoring_pair::Entity>().filter(mine.condition(reader.gate()))
    }
    fn order() -> mentoring_pair::Column {
        mentoring_pair::Column::NextContactDue
    }
}

impl Remember for MyPairs {
    const NAME: &'static str = "pair.mine";
    const TTL_S: u64 = 60;
}

/// What an organization allows on a day: what it says itself, or the nearest one above it that says anything.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn capacity_of(
    reader: &Reader<'_>,
    keeper: OrganizationId,
    on: NaiveDate,
) -> Result<Option<pair_capacity::Model>> {
    let (above, at) = (reader.above(keeper).await?, Alias::own::<pair_capacity::Entity>());
    let until = at.col(pair_capacity::Column::ValidTo);
    let said = reader
        .find::<pair_capacity::Entity>()
        .filter(at.col(pair_capacity::Column::OrganizationId).is_in(above.iter().copied()))
        .filter(at.col(pair_capacity::Column::ValidFrom).lte(on))
        .filter(Condition::any().add(until.clone().is_null()).add(until.gt(on)))
        .all()
        .await?;
    let distance = |it: &pair_capacity::Model| above.iter().position(|place| *place == it.organization_id);
    Ok(said.into_iter().min_by_key(distance))
}
