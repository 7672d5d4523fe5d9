//! Changes of pools in the schema.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use entity::id::PoolId;

use crate::{
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    payload,
    pool::{
        graphql::{Disclosure, PoolKind, ReservePool},
        write::pools::{CreatePool, Part, Parts, UpdatePool},
    },
    relay::{access, key},
};

/// One part of a pool: a tier, track, category or maturity.
#[derive(InputObject)]
pub struct PoolPartInput {
    /// Code, unique among its like: 1 to 32 letters, digits, hyphens or underscores.
    code: String,
    /// Name, 1 to 120 characters.
    name: String,
    /// How many persons it aims at.
    target_count: Option<i32>,
}

fn parts(given: Option<Vec<PoolPartInput>>) -> Vec<Part> {
    let part = |it: PoolPartInput| Part { code: it.code, name: it.name, target: it.target_count };
    given.unwrap_or_default().into_iter().map(part).collect()
}

/// What is said of a field: nothing, that it is to be empty, or what it is to be.
fn said<T>(field: MaybeUndefined<T>) -> Option<Option<T>> {
    match field {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(it) => Some(Some(it)),
    }
}

/// A new pool.
#[derive(InputObject)]
pub struct PoolCreateInput {
    /// The organization that keeps it.
    organization_id: ID,
    /// Code, unique within the organization.
    code: String,
    /// Name, 1 to 120 characters.
    name: String,
    /// What it is for.
    #[graphql(default_with = "PoolKind::Reserve")]
    kind: PoolKind,
    /// How far memberships may be known.
    #[graphql(default_with = "Disclosure::Confidential")]
    disclosure: Disclosure,
    /// How many persons it aims at in all.
    target_size: Option<i32>,
    /// Code of the policy by which it is kept: one in effect for the organization that says something of a pool.
    policy_code: Option<String>,
    /// Its tiers in order, one at least; an empty list takes the parts that the policy names.
    tiers: Vec<PoolPartInput>,
    /// Its tracks in order.
    tracks: Option<Vec<PoolPartInput>>,
    /// Its categories in order.
    categories: Option<Vec<PoolPartInput>>,
    /// Its maturities in order.
    maturities: Option<Vec<PoolPartInput>>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What to change of a pool; what is left out stays. A part whose code is known is changed, any other is added.
#[derive(InputObject)]
pub struct PoolUpdateInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Code, unique within the organization; two that are to be merged may not have one code.
    code: Option<String>,
    /// Name, 1 to 120 characters.
    name: Option<String>,
    /// How far memberships may be known.
    disclosure: Option<Disclosure>,
    /// How many persons it aims at in all; null for no target.
    target_size: MaybeUndefined<i32>,
    /// Code of the policy by which it is kept; null for none.
    policy_code: MaybeUndefined<String>,
    /// Tiers to add or change.
    tiers: Option<Vec<PoolPartInput>>,
    /// Tracks to add or change.
    tracks: Option<Vec<PoolPartInput>>,
    /// Categories to add or change.
    categories: Option<Vec<PoolPartInput>>,
    /// Maturities to add or change.
    maturities: Option<Vec<PoolPartInput>>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `poolCreate`.
    PoolCreatePayload {
        /// The new pool.
        pool: ReservePool by PoolId
    }
);
payload!(
    /// What came of `poolUpdate`.
    PoolUpdatePayload {
        /// The pool as it is now.
        pool: ReservePool by PoolId
    }
);

/// Changes of pools.
#[derive(Default)]
pub struct PoolMutation;

/// Changes of pools.
#[Object]
impl PoolMutation {
    /// Makes a pool. Problems: INVALID, TAKEN, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PoolCreate))]
    async fn pool_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to make.")] input: PoolCreateInput,
    ) -> Result<Option<PoolCreatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = CreatePool {
            organization: key(&input.organization_id),
            code: input.code,
            name: input.name,
            kind: input.kind.into(),
            disclosure: input.disclosure.into(),
            target_size: input.target_size,
            policy_code: input.policy_code,
            parts: Parts {
                tiers: parts(Some(input.tiers)),
                tracks: parts(input.tracks),
                categories: parts(input.categories),
                maturities: parts(input.maturities),
            },
        };
        PoolCreatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Changes a pool; its parts are never removed, for memberships stand in them. Problems: INVALID, STALE, TAKEN,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::PoolUpdate))]
    async fn pool_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: PoolUpdateInput,
    ) -> Result<Option<PoolUpdatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = UpdatePool {
            id: key(&input.id),
            expected_version: input.expected_version,
            code: input.code,
            name: input.name,
            disclosure: input.disclosure.map(Into::into),
            target_size: said(input.target_size),
            policy_code: said(input.policy_code),
            parts: Parts {
                tiers: parts(input.tiers),
                tracks: parts(input.tracks),
                categories: parts(input.categories),
                maturities: parts(input.maturities),
            },
        };
        PoolUpdatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
