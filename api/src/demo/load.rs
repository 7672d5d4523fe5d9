//! Loads the synthetic county through the door, as one command of a job.

use std::sync::{
    Arc,
    atomic::{AtomicU64, Ordering},
};

use entity::{
    Kept, account, account_grant, assessment, award, cadre, cadre_sealed, education, experience, id::OrganizationId,
    level_period, membership_step, mentoring_pair, organization, pair_contact, pair_part, pair_step, pool_membership,
    pool_tier, post, post_assignment, rank_period, reserve_pool, resume_entry, training,
};
use serde::Serialize;

use crate::{
    cadre::write::sealed_row,
    db::{
        gate::Visible,
        reader::Reader,
        session::{Command, Query},
        writer::Writer,
    },
    demo::county::County,
    error::{Action, Error, Result},
};

/// Rows between two steps of the progress bar.
const STEP: usize = 500;

/// Whether a database holds any organization yet.
pub struct IsEmpty;

impl Query for IsEmpty {
    const ACTION: Action = Action::DemoLoad;
    type Answer = bool;
    async fn load(&self, reader: &Reader<'_>) -> Result<bool> {
        Ok(reader.find::<organization::Entity>().limit(1).one().await?.is_none())
    }
}

/// Loads a county into an empty database.
#[derive(Serialize)]
pub struct LoadCounty {
    /// The rows.
    #[serde(skip)]
    pub county: County,
    /// Rows written so far, for whoever shows progress.
    #[serde(skip)]
    pub written: Arc<AtomicU64>,
}

impl County {
    /// How many rows it has.
    pub fn rows(&self) -> usize {
        let organizations = self.organizations.len() + self.accounts.len() + self.grants.len();
        let people = self.cadres.len() + self.sealed.len() + self.posts.len() + self.levels.len();
        let pools = self.pools.len() + self.tiers.len() + self.memberships.len() + self.steps.len();
        let people = people + self.dossiers.rows() + self.establishment.len();
        organizations
            + people
            + pools
            + self.pairs.len()
            + self.parts.len()
            + self.contacts.len()
            + self.pair_steps.len()
    }
}

impl Command for LoadCounty {
    const ACTION: Action = Action::DemoLoad;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let (county, written) = (self.county, &self.written);
        let first = county.organizations.first().map(|it| it.id).ok_or_else(|| Error::broken("an empty county"))?;
        let sealed = county.sealed.iter().map(|it| sealed_row(tx, it.cadre_id, it.field, &it.value));
        let sealed = sealed.collect::<Result<Vec<_>>>()?;
        store::<organization::Entity>(tx, county.organizations, written).await?;
        store::<post::Entity>(tx, county.establishment, written).await?;
        store::<cadre::Entity>(tx, county.cadres, written).await?;
        store::<account::Entity>(tx, county.accounts, written).await?;
        store::<account_grant::Entity>(tx, county.grants, written).await?;
        store::<cadre_sealed::Entity>(tx, sealed, written).await?;
        store::<post_assignment::Entity>(tx, county.posts, written).await?;
        store::<level_period::Entity>(tx, county.levels, written).await?;
        store::<education::Entity>(tx, county.dossiers.educations, written).await?;
        store::<rank_period::Entity>(tx, county.dossiers.ranks, written).await?;
        store::<assessment::Entity>(tx, county.dossiers.assessments, written).await?;
        store::<experience::Entity>(tx, county.dossiers.experiences, written).await?;
        store::<training::Entity>(tx, county.dossiers.trainings, written).await?;
        store::<award::Entity>(tx, county.dossiers.awards, written).await?;
        store::<resume_entry::Entity>(tx, county.dossiers.resume, written).await?;
        store::<reserve_pool::Entity>(tx, county.pools, written).await?;
        store::<pool_tier::Entity>(tx, county.tiers, written).await?;
        store::<pool_membership::Entity>(tx, county.memberships, written).await?;
        store::<membership_step::Entity>(tx, county.steps, written).await?;
        store::<mentoring_pair::Entity>(tx, county.pairs, written).await?;
        store::<pair_part::Entity>(tx, county.parts, written).await?;
        store::<pair_contact::Entity>(tx, county.contacts, written).await?;
        store::<pair_step::Entity>(tx, county.pair_steps, written).await?;
        Ok(first)
    }
}

async fn store<E>(tx: &mut Writer<'_>, rows: Vec<E::Model>, written: &AtomicU64) -> Result<()>
where
    E: Visible + Kept,
    E::Model: std::any::Any + Send + Sync,
{
    let mut rows = rows.into_iter().peekable();
    while rows.peek().is_some() {
        let batch: Vec<E::Model> = rows.by_ref().take(STEP).collect();
        let count = u64::try_from(batch.len()).unwrap_or(0);
        tx.insert_many::<E>(batch).await?;
        written.fetch_add(count, Ordering::Relaxed);
    }
    Ok(())
}
