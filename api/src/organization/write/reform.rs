//! How organizations end and come of one another: merged, split, closed.
//!
//! Grants do not move with a merger: who administers organizations must not widen anybody's rights, and a grant on the
//! merged unit would otherwise reach all of its successor. They go on reaching the merged unit alone, which is empty,
//! until a SECURITY_ADMIN grants anew. Mentors' and cadres' grants reach by their person and lose nothing.

use entity::{
    id::OrganizationId,
    kind::{OrganizationEventKind, OrganizationState},
    organization, organization_event,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    organization::{
        read::below,
        rules,
        write::{Ground, Profile, add, standing, transfer},
    },
};

/// Most units that come of one at a time.
const MOST: usize = 20;

/// Merges an organization into another one, which then keeps all that it kept: people, pools, pairs, posts, accounts and
/// the organizations below. Fails with CYCLE, INVALID, STALE, TAKEN, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct MergeOrganization {
    /// The organization that ends.
    pub source: OrganizationId,
    /// The version of it that the client saw.
    pub expected_version: i32,
    /// The organization that goes on.
    pub target: OrganizationId,
    /// On what ground.
    pub ground: Ground,
}

impl Command for MergeOrganization {
    const ACTION: Action = Action::OrganizationMerge;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let source = tx.get_at::<organization::Entity>(self.source, self.expected_version).await?;
        if self.source == self.target {
            return Err(Error::invalid("targetId", "is the organization itself: name another one"));
        }
        let target = standing(tx, self.target).await?;
        rules::active(&source)?;
        apart(tx, source.id, target.id).await?;
        let kind = OrganizationEventKind::MergedInto;
        let event = self.ground.event(tx, source.id, kind, source.valid_from)?;
        // From here on nobody puts anything new into it: whoever tries waits for this row.
        let after = organization::Model {
            state: OrganizationState::Merged,
            successor_id: Some(target.id),
            valid_to: Some(event.effective_on),
            ..source.clone()
        };
        tx.update::<organization::Entity>(&source, after).await?;
        if target.managing_organization_id == Some(source.id) {
            let alone = organization::Model { managing_organization_id: None, ..target.clone() };
            tx.update::<organization::Entity>(&target, alone).await?;
        }
        let inside = Ground { effective_on: None, ..self.ground.clone() };
        for child in children(tx, source.id).await? {
            transfer(tx, child, target.id, &inside).await?;
        }
        tx.merge_keep(source.id, target.id).await.map_err(clash)?;
        let event = organization_event::Model { other_id: Some(target.id), ..event };
        tx.insert::<organization_event::Entity>(event).await?;
        Ok(source.id)
    }
}

/// That an organization does not stand below the one that is to end in it.
async fn apart(tx: &Writer<'_>, source: OrganizationId, target: OrganizationId) -> Result<()> {
    let (id, reader) = (Alias::own::<organization::Entity>().col(organization::Column::Id), tx.reader());
    let found = reader
        .find::<organization::Entity>()
        .filter(id.clone().eq(target))
        .filter(id.in_subquery(below(reader.gate(), source)));
    match found.one().await? {
        None => Ok(()),
        Some(_) => {
            let message = "It stands below the organization that is to end: move it out first.";
            Err(Problem::new(ProblemCode::Cycle, message).on("targetId").into())
        }
    }
}

async fn children(tx: &Writer<'_>, parent: OrganizationId) -> Result<Vec<organization::Model>> {
    let (at, reader) = (Alias::own::<organization::Entity>(), tx.reader());
    let below = reader.find::<organization::Entity>().filter(at.col(organization::Column::ParentId).eq(parent));
    below.order(organization::Column::Id).all().await
}

/// Codes that both use, in words of a merger.
fn clash(error: Error) -> Error {
    match error {
        Error::Rule(problem) if problem.code == ProblemCode::Taken => {
            let message = "Both keep a pool, or both a post, of one code: let an officer change one of them \
                (poolUpdate, postUpdate), then merge.";
            Problem::new(ProblemCode::Taken, message).on("targetId").into()
        }
        other => other,
    }
}

/// Makes organizations out of one, which goes on; an officer then moves its people. Fails with INVALID, STALE, TAKEN,
/// TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct SplitOrganization {
    /// The organization that they come of.
    pub source: OrganizationId,
    /// The version of it that the client saw.
    pub expected_version: i32,
    /// The organization above them; that of the source where none is said.
    pub parent: Option<OrganizationId>,
    /// What they are.
    pub units: Vec<Profile>,
    /// On what ground.
    pub ground: Ground,
}

impl Command for SplitOrganization {
    const ACTION: Action = Action::OrganizationSplit;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let source = tx.get_at::<organization::Entity>(self.source, self.expected_version).await?;
        rules::active(&source)?;
        if self.units.is_empty() || self.units.len() > MOST {
            return Err(Error::invalid("units", format!("has {} entries; name 1 to {MOST}", self.units.len())));
        }
        let Some(parent) = self.parent.or(source.parent_id) else {
            return Err(Error::invalid("parentId", "is missing: the organization itself stands below none"));
        };
        standing(tx, parent).await?;
        // Its version moves on, so that two splits of one state are not both done.
        tx.update::<organization::Entity>(&source, source.clone()).await?;
        for unit in self.units {
            let kind = OrganizationEventKind::SplitFrom;
            let event = self.ground.event(tx, OrganizationId::fresh(), kind, source.valid_from)?;
            let event = organization_event::Model { other_id: Some(source.id), ..event };
            add(tx, unit, parent, event).await?;
        }
        Ok(source.id)
    }
}

/// Closes an organization that keeps nothing any more. Fails with INVALID, STALE, TRANSITION_REFUSED or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct CloseOrganization {
    /// The organization.
    pub id: OrganizationId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// On what ground.
    pub ground: Ground,
}

impl Command for CloseOrganization {
    const ACTION: Action = Action::OrganizationClose;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let before = tx.get_at::<organization::Entity>(self.id, self.expected_version).await?;
        rules::active(&before)?;
        let event = self.ground.event(tx, self.id, OrganizationEventKind::Closed, before.valid_from)?;
        let (state, valid_to) = (OrganizationState::Closed, Some(event.effective_on));
        let after = organization::Model { state, valid_to, ..before.clone() };
        tx.update::<organization::Entity>(&before, after).await?;
        let left = tx.remaining(self.id).await?;
        if !left.is_empty() {
            let left: Vec<String> = left.iter().map(|(noun, count)| format!("{noun}: {count}")).collect();
            let message =
                format!("It still keeps {}: let them end or go elsewhere first, or merge it.", left.join(", "));
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("id").into());
        }
        tx.insert::<organization_event::Entity>(event).await?;
        Ok(self.id)
    }
}
