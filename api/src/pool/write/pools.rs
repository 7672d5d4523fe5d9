//! Commands on pools themselves: what they are called, how they are divided, what they aim at.

use std::collections::BTreeSet;

use entity::{
    Kept,
    id::{OrganizationId, PoolDivisionId, PoolId, PoolTierId},
    kind::{Disclosure, PoolAxis, PoolKind},
    pool_division, pool_tier, reserve_pool,
};
use serde::Serialize;

use crate::{
    db::{gate::Visible, session::Command, writer::Writer},
    error::{Action, Error, Result},
    mechanism::{
        aim::{Aim, Size},
        pool::{Pool, Tier},
    },
    organization::write::standing,
    pinyin::sort_key,
    pool::{
        rules,
        write::{divisions_of, policed, tiers_of},
    },
};

/// Most tiers of a pool, and most divisions on one axis.
const MOST: usize = 50;

/// One part of a pool: a tier, track, category or maturity.
#[derive(Clone, Debug, Serialize)]
pub struct Part {
    /// Code, unique among its like.
    pub code: String,
    /// Name.
    pub name: String,
    /// How many persons it aims at.
    pub target: Option<i32>,
}

/// The parts of a pool, in their order.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Parts {
    /// Tiers.
    pub tiers: Vec<Part>,
    /// Tracks.
    pub tracks: Vec<Part>,
    /// Categories.
    pub categories: Vec<Part>,
    /// Maturities.
    pub maturities: Vec<Part>,
}

impl From<Pool> for Parts {
    /// The parts that a policy names.
    fn from(said: Pool) -> Self {
        let plain = |codes: Vec<String>| -> Vec<Part> {
            codes.into_iter().map(|code| Part { name: code.clone(), code, target: None }).collect()
        };
        let target = |aim: Option<Aim>| match aim?.size {
            Size::Count(count) => i32::try_from(count).ok(),
            Size::Share(_) => None,
        };
        let tier = |it: Tier| Part { target: target(it.target), code: it.code, name: it.title };
        Self {
            tiers: said.tiers.into_iter().map(tier).collect(),
            tracks: plain(said.tracks),
            categories: plain(said.categories),
            maturities: plain(said.maturity),
        }
    }
}

/// Makes a pool. Fails with INVALID, TAKEN or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct CreatePool {
    /// Who keeps it.
    pub organization: OrganizationId,
    /// Code, unique within the organization.
    pub code: String,
    /// Name.
    pub name: String,
    /// What it is for.
    pub kind: PoolKind,
    /// How far memberships may be known.
    pub disclosure: Disclosure,
    /// How many persons it aims at in all.
    pub target_size: Option<i32>,
    /// Code of the policy by which it is kept.
    pub policy_code: Option<String>,
    /// Its parts; those of its policy where it names no tier.
    pub parts: Parts,
}

impl Command for CreatePool {
    const ACTION: Action = Action::PoolCreate;
    type Outcome = PoolId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PoolId> {
        standing(tx, self.organization).await?;
        let policy = match &self.policy_code {
            Some(code) => Some(policed::named(tx, code, self.organization).await?),
            None => None,
        };
        let parts = match policy.and_then(|it| it.document.sections.pool) {
            Some(said) if self.parts.tiers.is_empty() => Parts::from(said),
            _ => self.parts,
        };
        if parts.tiers.is_empty() {
            return Err(Error::invalid("tiers", "is empty: a pool has one tier at least"));
        }
        let name = rules::name("name", &self.name)?;
        let id = PoolId::fresh();
        let row = reserve_pool::Model {
            id,
            organization_id: self.organization,
            code: rules::code("code", &self.code)?,
            name_sort: sort_key(&name),
            name,
            kind: self.kind,
            target_size: self.target_size.map(|it| rules::target("targetSize", it)).transpose()?,
            disclosure: self.disclosure,
            policy_code: self.policy_code,
            version: 1,
        };
        tx.insert::<reserve_pool::Entity>(row).await?;
        put(tx, id, parts).await?;
        Ok(id)
    }
}

/// Changes a pool; parts are added, or changed where their code is known. Fails with INVALID, STALE or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct UpdatePool {
    /// The pool.
    pub id: PoolId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Code, unique within the organization.
    pub code: Option<String>,
    /// Name.
    pub name: Option<String>,
    /// How far memberships may be known.
    pub disclosure: Option<Disclosure>,
    /// How many persons it aims at in all.
    pub target_size: Option<Option<i32>>,
    /// Code of the policy by which it is kept.
    pub policy_code: Option<Option<String>>,
    /// Parts to add or change.
    pub parts: Parts,
}

impl Command for UpdatePool {
    const ACTION: Action = Action::PoolUpdate;
    type Outcome = PoolId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PoolId> {
        let before = tx.get_at::<reserve_pool::Entity>(self.id, self.expected_version).await?;
        let name = self.name.map(|it| rules::name("name", &it)).transpose()?.unwrap_or_else(|| before.name.clone());
        let target_size = match self.target_size {
            Some(target) => target.map(|it| rules::target("targetSize", it)).transpose()?,
            None => before.target_size,
        };
        let disclosure = self.disclosure.unwrap_or(before.disclosure);
        let code = self.code.map(|it| rules::code("code", &it)).transpose()?.unwrap_or_else(|| before.code.clone());
        if let Some(Some(code)) = &self.policy_code {
            policed::named(tx, code, before.organization_id).await?;
        }
        let policy_code = self.policy_code.unwrap_or_else(|| before.policy_code.clone());
        let name_sort = sort_key(&name);
        let after =
            reserve_pool::Model { code, name_sort, name, target_size, disclosure, policy_code, ..before.clone() };
        tx.update::<reserve_pool::Entity>(&before, after).await?;
        put(tx, self.id, self.parts).await?;
        Ok(self.id)
    }
}

async fn put(tx: &mut Writer<'_>, pool_id: PoolId, parts: Parts) -> Result<()> {
    let held = tiers_of(tx, pool_id).await?;
    let mut ordinal = held.iter().map(|it| it.ordinal).max().unwrap_or(0);
    for part in checked("tiers", parts.tiers, held.len())? {
        let before = held.iter().find(|it| it.code == part.code).cloned();
        let (name, target_count) = (part.name, part.target.unwrap_or(0));
        match before {
            Some(before) => {
                let after = pool_tier::Model { name, target_count, ..before.clone() };
                change::<pool_tier::Entity>(tx, before, after).await?;
            }
            None => {
                ordinal += 1;
                let (id, code) = (PoolTierId::fresh(), part.code);
                let row = pool_tier::Model { id, pool_id, code, name, target_count, ordinal, version: 1 };
                tx.insert::<pool_tier::Entity>(row).await?;
            }
        }
    }
    let held = divisions_of(tx, pool_id).await?;
    let axes = [
        ("tracks", PoolAxis::Track, parts.tracks),
        ("categories", PoolAxis::Category, parts.categories),
        ("maturities", PoolAxis::Maturity, parts.maturities),
    ];
    for (field, axis, parts) in axes {
        let held: Vec<_> = held.iter().filter(|it| it.axis == axis).collect();
        divide(tx, pool_id, axis, &held, checked(field, parts, held.len())?).await?;
    }
    Ok(())
}

async fn divide(
    tx: &mut Writer<'_>,
    pool_id: PoolId,
    axis: PoolAxis,
    held: &[&pool_division::Model],
    parts: Vec<Part>,
) -> Result<()> {
    let mut ordinal = held.iter().map(|it| it.ordinal).max().unwrap_or(0);
    for Part { code, name, target } in parts {
        match held.iter().find(|it| it.code == code) {
            Some(before) => {
                let after = pool_division::Model { name, target_count: target, ..(*before).clone() };
                change::<pool_division::Entity>(tx, (*before).clone(), after).await?;
            }
            None => {
                ordinal += 1;
                let id = PoolDivisionId::fresh();
                let row =
                    pool_division::Model { id, pool_id, axis, code, name, target_count: target, ordinal, version: 1 };
                tx.insert::<pool_division::Entity>(row).await?;
            }
        }
    }
    Ok(())
}

/// Writes a row where it says something else than before.
async fn change<E>(tx: &mut Writer<'_>, before: E::Model, after: E::Model) -> Result<()>
where
    E: Visible + Kept,
    E::Model: PartialEq + std::any::Any + Send + Sync,
{
    if before == after { Ok(()) } else { tx.update::<E>(&before, after).await }
}

/// Parts in normal form: each code once, not too many.
fn checked(field: &'static str, parts: Vec<Part>, held: usize) -> Result<Vec<Part>> {
    let mut seen = BTreeSet::new();
    let mut out = Vec::new();
    for part in parts {
        let code = rules::code(field, &part.code)?;
        if !seen.insert(code.clone()) {
            return Err(Error::invalid(field, format!("names '{code}' twice")));
        }
        let target = part.target.map(|it| rules::target(field, it)).transpose()?;
        out.push(Part { code, name: rules::name(field, &part.name)?, target });
    }
    if held + out.len() > MOST {
        return Err(Error::invalid(field, format!("would have more than {MOST} parts")));
    }
    Ok(out)
}
