//! Whoever leaves suspends the pair: a mentor or mentee who is in post no more, or who goes where the keeper of the pair
//! does not reach. In the transaction of the leaving, for every pair, whoever keeps it; never ended, for that is decided.

use std::collections::{BTreeSet, HashMap};

use entity::{
    cadre,
    id::{CadreId, OrganizationId, PairId},
    kind::{CadreStatus, PairState, PairStepKind},
    mentoring_pair, pair_step,
};
use serde::Serialize;

use crate::{
    cadre::write::UpdateCadre,
    db::{session::Command, writer::Writer},
    error::{Action, Result},
    mentoring::{
        rules::PERSON_LEFT,
        write::{Decision, step_row},
    },
};

/// What of a record decides whether somebody left.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose.
    pub person: CadreId,
    /// 人员状态
    pub status: CadreStatus,
    /// Who keeps the person.
    pub home: OrganizationId,
}

impl From<&cadre::Model> for Standing {
    fn from(it: &cadre::Model) -> Self {
        Self { person: it.id, status: it.status, home: it.organization_id }
    }
}

/// Changes a cadre's record, and suspends the pairs of whoever leaves by it. Fails as `UpdateCadre`.
#[derive(Clone, Debug, Serialize)]
#[serde(transparent)]
pub struct ChangeRecord(pub UpdateCadre);

impl Command for ChangeRecord {
    const ACTION: Action = Action::CadreUpdate;
    type Outcome = CadreId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CadreId> {
        let before = tx.get::<cadre::Entity>(self.0.id).await?;
        let (was, mut is) = (Standing::from(&before), Standing::from(&before));
        is.status = self.0.changes.status.unwrap_or(is.status);
        is.home = self.0.changes.organization.unwrap_or(is.home);
        let id = self.0.apply(tx).await?;
        suspend_pairs(tx, &[(was, is)]).await?;
        Ok(id)
    }
}

/// Suspends the active pairs of those who left, as they stood before and stand now.
///
/// # Errors
/// `Stale` where somebody changed a pair meanwhile; `Internal` when the database fails.
pub async fn suspend_pairs(tx: &mut Writer<'_>, changed: &[(Standing, Standing)]) -> Result<()> {
    let left = |was: &Standing, is: &Standing| is.status != CadreStatus::InPost && was.status == CadreStatus::InPost;
    let moved = |was: &Standing, is: &Standing| is.home != was.home;
    let leaving: HashMap<CadreId, (Standing, Standing)> =
        changed.iter().filter(|(was, is)| left(was, is) || moved(was, is)).map(|it| (it.1.person, *it)).collect();
    if leaving.is_empty() {
        return Ok(());
    }
    let mut people: Vec<CadreId> = leaving.keys().copied().collect();
    people.sort_unstable();
    let mut done: BTreeSet<PairId> = BTreeSet::new();
    for (person, pair) in tx.active_pairs_of(&people).await? {
        let Some((was, is)) = leaving.get(&person) else { continue };
        let goes = left(was, is) || out_of_reach(tx, pair.organization_id, was, is).await?;
        if goes && done.insert(pair.id) {
            suspend(tx, pair, person).await?;
        }
    }
    Ok(())
}

/// Whether the keeper of a pair reached a person before, and does no more.
async fn out_of_reach(tx: &Writer<'_>, keeper: OrganizationId, was: &Standing, is: &Standing) -> Result<bool> {
    Ok(was.home != is.home
        && tx.reader().above(was.home).await?.contains(&keeper)
        && !tx.reader().above(is.home).await?.contains(&keeper))
}

async fn suspend(tx: &mut Writer<'_>, before: mentoring_pair::Model, person: CadreId) -> Result<()> {
    let reason_code = Some(PERSON_LEFT.to_owned());
    let (state, next_contact_due) = (PairState::Suspended, None);
    let after = mentoring_pair::Model { state, next_contact_due, reason_code: reason_code.clone(), ..before.clone() };
    let decision = Decision { reason_code, ..Decision::default() };
    let step = step_row(tx, &after, PairStepKind::Suspended, tx.today(), decision);
    tx.hand_over::<mentoring_pair::Entity>(&before, after).await?;
    tx.append::<pair_step::Entity>(pair_step::Model { cadre_id: Some(person), ..step }).await
}
