//! Questions about policies, and who may see their rows.
//!
//! A published edition is read in the whole subtree of its organization, and by those who stand above it: people may know by
//! what they are judged. A draft is for those who decide about it.

use std::collections::BTreeSet;

use chrono::NaiveDate;
use entity::{
    id::{Key, OrganizationId, PolicyEditionId},
    kind::{PolicyState, Role},
    organization, organization_closure, policy_edition,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    belonging,
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::Query,
    },
    edition::document::Document,
    error::{Action, Error, Result},
    organization::read::below,
    questions,
};

/// Roles that work on drafts.
const DRAFTING: &[Role] = &[Role::OrganizationOfficer, Role::OrganizationLeader];
/// Roles that read what is published.
const READING: &[Role] =
    &[Role::OrganizationOfficer, Role::OrganizationLeader, Role::UnitOfficer, Role::Mentor, Role::Cadre];

impl Visible for policy_edition::Entity {
    /// Published at, below or above a place that is reached; drafts where those who decide reach.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let place = at.col(policy_edition::Column::OrganizationId);
        let near = Condition::any().add(gate.under(place.clone(), READING)).add(gate.above(place.clone(), READING));
        let published = at.col(policy_edition::Column::State).eq(PolicyState::Published);
        Condition::any().add(gate.under(place, DRAFTING)).add(Condition::all().add(published).add(near))
    }
}

/// Which editions to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Among {
    /// Of this organization or one below it.
    pub under: Option<OrganizationId>,
    /// Of the policy of this code.
    pub code: Option<String>,
    /// In these states.
    pub states: Option<Vec<PolicyState>>,
}

impl questions::Among for Among {
    type Entity = policy_edition::Entity;
    const ACTION: Action = Action::PolicyRead;
    const LIST: &'static str = "edition.list";
    const COUNT: &'static str = "edition.count";
    fn by_name() -> policy_edition::Column {
        policy_edition::Column::Code
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<policy_edition::Entity>();
        Condition::all()
            .add_option(
                self.under.map(|top| at.col(policy_edition::Column::OrganizationId).in_subquery(below(gate, top))),
            )
            .add_option(self.code.as_deref().map(|code| at.col(policy_edition::Column::Code).eq(code)))
            .add_option(self.states.clone().map(|all| at.col(policy_edition::Column::State).is_in(all)))
    }
}

belonging! {
    /// Editions by their own keys.
    Editions = policy_edition by Id(id: PolicyEditionId), ordered Id, PolicyRead, "edition.by_id";
}

/// The editions of an organization's policy that the caller sees; none where there is no such organization within reach.
pub struct EditionsOf {
    /// Code of the organization.
    pub jurisdiction: String,
    /// Code of the policy.
    pub code: String,
}

impl Query for EditionsOf {
    const ACTION: Action = Action::PolicyRead;
    type Answer = Option<Vec<policy_edition::Model>>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let code = Alias::own::<organization::Entity>().col(organization::Column::Code);
        let place = reader.find::<organization::Entity>().filter(code.eq(self.jurisdiction.as_str())).one().await?;
        let Some(place) = place else { return Ok(None) };
        let at = Alias::own::<policy_edition::Entity>();
        let of_place = at.col(policy_edition::Column::OrganizationId).eq(place.id);
        let of_code = at.col(policy_edition::Column::Code).eq(self.code.as_str());
        Ok(Some(reader.find::<policy_edition::Entity>().filter(of_place).filter(of_code).all().await?))
    }
}

/// Whether the caller may read policies at all.
pub struct MayReadLibrary;

impl Query for MayReadLibrary {
    const ACTION: Action = Action::PolicyRead;
    type Answer = ();
    async fn load(&self, _: &Reader<'_>) -> Result<()> {
        Ok(())
    }
}

/// The edition of a policy that has effect for an organization on a day: that of the nearest place at or above it which has
/// one. In one place the last edition that has begun has effect, until its own end; no older one comes back after it.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn effective(
    reader: &Reader<'_>,
    code: &str,
    place: OrganizationId,
    on: NaiveDate,
) -> Result<Option<policy_edition::Model>> {
    Ok(in_effect(&begun(reader, code, place, on).await?, on).cloned())
}

/// The edition that has effect, as above, and what it says.
///
/// # Errors
/// As `effective` and `document_of`.
pub async fn in_force(
    reader: &Reader<'_>,
    code: &str,
    place: OrganizationId,
    on: NaiveDate,
) -> Result<Option<(policy_edition::Model, Document)>> {
    let Some(edition) = effective(reader, code, place, on).await? else { return Ok(None) };
    let document = document_of(&edition)?;
    Ok(Some((edition, document)))
}

/// What a kept edition says.
///
/// # Errors
/// `Internal` where it can't be read any more, which is ours to mend.
pub fn document_of(edition: &policy_edition::Model) -> Result<Document> {
    Document::kept(&edition.body).map_err(|_| Error::broken("a kept policy can't be read"))
}

/// An edition, and when it has effect for an organization.
pub struct InEffect {
    /// The edition.
    pub edition: policy_edition::Model,
    /// From when.
    pub from: NaiveDate,
    /// Until when, exclusive.
    pub until: NaiveDate,
}

/// Each edition of a policy that has effect for an organization on some day up to this one, in order: what was asked by one
/// is asked by no later one anew.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn effective_until(
    reader: &Reader<'_>,
    code: &str,
    place: OrganizationId,
    last: NaiveDate,
) -> Result<Vec<InEffect>> {
    let begun = begun(reader, code, place, last).await?;
    let turns = begun.iter().flatten().flat_map(|it| [Some(it.valid_from), it.valid_to]).flatten();
    let turns: Vec<NaiveDate> = turns.collect::<BTreeSet<_>>().into_iter().filter(|it| *it <= last).collect();
    let mut all: Vec<InEffect> = Vec::new();
    for (number, &from) in turns.iter().enumerate() {
        let until = turns.get(number + 1).copied().unwrap_or(NaiveDate::MAX);
        let Some(edition) = in_effect(&begun, from) else { continue };
        match all.last_mut().filter(|it| it.edition.id == edition.id && it.until == from) {
            Some(same) => same.until = until,
            None => all.push(InEffect { edition: edition.clone(), from, until }),
        }
    }
    Ok(all)
}

/// The one that has effect on a day: of the nearest place the last that has begun, where it has not ended.
fn in_effect(begun: &[Vec<policy_edition::Model>], on: NaiveDate) -> Option<&policy_edition::Model> {
    let last = |all: &'_ Vec<policy_edition::Model>| all.iter().rposition(|it| it.valid_from <= on);
    begun.iter().find_map(|all| all.get(last(all)?).filter(|it| it.valid_to.is_none_or(|end| end > on)))
}

/// The published editions of a policy at and above a place that have begun by a day: those of the nearest place first, each
/// place's in order.
async fn begun(
    reader: &Reader<'_>,
    code: &str,
    place: OrganizationId,
    on: NaiveDate,
) -> Result<Vec<Vec<policy_edition::Model>>> {
    let (above, of) = (organization_closure::Column::AncestorId, organization_closure::Column::DescendantId);
    let at = Alias::own::<policy_edition::Entity>();
    let organization = at.col(policy_edition::Column::OrganizationId);
    let rows = reader
        .find::<policy_edition::Entity>()
        .filter(at.col(policy_edition::Column::Code).eq(code))
        .filter(at.col(policy_edition::Column::State).eq(PolicyState::Published))
        .filter(at.col(policy_edition::Column::ValidFrom).lte(on))
        .filter(organization.in_subquery(reader.gate().closure(above, of, [place.uuid()])))
        .order(policy_edition::Column::ValidFrom)
        .all()
        .await?;
    let mut places: Vec<Vec<policy_edition::Model>> = Vec::new();
    for row in rows {
        match places.iter_mut().find(|all| all.iter().any(|it| it.organization_id == row.organization_id)) {
            Some(same) => same.push(row),
            None => places.push(vec![row]),
        }
    }
    if places.len() > 1 {
        let above = reader.above(place).await?;
        let distance = |it: &policy_edition::Model| above.iter().position(|place| *place == it.organization_id);
        places.sort_by_key(|all| all.first().and_then(distance));
    }
    Ok(places)
}
