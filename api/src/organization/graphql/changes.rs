//! Changes of what organizations are and are called, and of where they stand, in the schema.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use entity::id::OrganizationId;

use crate::{
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    organization::{
        graphql::{AffiliationLevel, Organization, OrganizationKind, PositionLevel},
        write::{CreateOrganization, Ground, MoveOrganization, Profile, RenameOrganization, UpdateOrganization},
    },
    payload,
    relay::{Date, access, key},
};

/// A new organization.
#[derive(InputObject)]
pub struct OrganizationCreateInput {
    /// The organization above.
    parent_id: ID,
    /// Unique code, 1 to 32 letters, digits, hyphens, underscores or dots.
    code: String,
    /// Full name, 1 to 120 characters.
    name: String,
    /// What it is.
    kind: OrganizationKind,
    /// 机构级别
    level: Option<PositionLevel>,
    /// 行政区划代码 (GB/T 2260), six digits.
    division_code: Option<String>,
    /// 统一社会信用代码 (GB 32100), eighteen characters, unique.
    unified_social_credit_code: Option<String>,
    /// 隶属关系 (GB/T 12404)
    affiliation_level: Option<AffiliationLevel>,
    /// 主管单位, where it is another one than the organization above.
    managing_organization_id: Option<ID>,
    /// 生效日期, today where it is left out; not to come.
    effective_on: Option<Date>,
    /// 批准文号, at most 60 characters.
    document_number: Option<String>,
    /// Why, at most 500 characters.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What to correct of an organization; what is left out stays, and null empties.
#[derive(InputObject)]
pub struct OrganizationUpdateInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Unique code, 1 to 32 letters, digits, hyphens, underscores or dots.
    code: Option<String>,
    /// What it is.
    kind: Option<OrganizationKind>,
    /// 机构级别
    level: MaybeUndefined<PositionLevel>,
    /// 行政区划代码 (GB/T 2260), six digits.
    division_code: MaybeUndefined<String>,
    /// 统一社会信用代码 (GB 32100), eighteen characters, unique.
    unified_social_credit_code: MaybeUndefined<String>,
    /// 隶属关系 (GB/T 12404)
    affiliation_level: MaybeUndefined<AffiliationLevel>,
    /// 主管单位; null where it is the organization above.
    managing_organization_id: MaybeUndefined<ID>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A new name of an organization.
#[derive(InputObject)]
pub struct OrganizationRenameInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Its name from then on, 1 to 120 characters.
    name: String,
    /// 生效日期, today where it is left out; not to come.
    effective_on: Option<Date>,
    /// 批准文号, at most 60 characters.
    document_number: Option<String>,
    /// Why, at most 500 characters.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Where an organization is to stand from today on.
#[derive(InputObject)]
pub struct OrganizationMoveInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// The organization above from now on.
    parent_id: ID,
    /// 批准文号, at most 60 characters.
    document_number: Option<String>,
    /// Why, at most 500 characters.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

macro_rules! payloads {
    ($($name:literal $payload:ident: $what:literal;)+) => {$(
        payload!(
            #[doc = concat!("What came of `", $name, "`.")]
            $payload {
                #[doc = $what]
                organization: Organization by OrganizationId
            }
        );
    )+};
}

payloads! {
    "organizationCreate" OrganizationCreatePayload: "The new organization.";
    "organizationUpdate" OrganizationUpdatePayload: "The organization as it is now.";
    "organizationRename" OrganizationRenamePayload: "The organization as it is now.";
    "organizationMove" OrganizationMovePayload: "The organization as it is now.";
}

fn given<T>(it: MaybeUndefined<T>) -> Option<Option<T>> {
    match it {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(value)),
    }
}

/// Changes of organizations.
#[derive(Default)]
pub struct OrganizationMutation;

/// Changes of organizations.
#[Object]
impl OrganizationMutation {
    /// Makes an organization. Problems: INVALID, TAKEN, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::OrganizationCreate))]
    async fn organization_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to make.")] input: OrganizationCreateInput,
    ) -> Result<Option<OrganizationCreatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let profile = Profile {
            code: input.code,
            name: input.name,
            kind: input.kind.into(),
            level: input.level.map(Into::into),
            division_code: input.division_code,
            credit_code: input.unified_social_credit_code,
            affiliation: input.affiliation_level.map(Into::into),
            managed_by: input.managing_organization_id.as_ref().map(key),
        };
        let ground = Ground {
            effective_on: input.effective_on.map(|it| it.0),
            document_number: input.document_number,
            reason: input.reason,
        };
        let command = CreateOrganization { parent: key(&input.parent_id), profile, ground };
        OrganizationCreatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Corrects what an organization is. Its name and its place have changes of their own, which stay on record.
    /// Problems: INVALID, TAKEN, STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::OrganizationUpdate))]
    async fn organization_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to correct.")] input: OrganizationUpdateInput,
    ) -> Result<Option<OrganizationUpdatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = UpdateOrganization {
            id: key(&input.id),
            expected_version: input.expected_version,
            code: input.code,
            kind: input.kind.map(Into::into),
            level: given(input.level).map(|it| it.map(Into::into)),
            division_code: given(input.division_code),
            credit_code: given(input.unified_social_credit_code),
            affiliation: given(input.affiliation_level).map(|it| it.map(Into::into)),
            managed_by: given(input.managing_organization_id).map(|it| it.as_ref().map(key)),
        };
        OrganizationUpdatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Renames an organization, from a day on that is not to come. Problems: INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::OrganizationRename))]
    async fn organization_rename(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The name.")] input: OrganizationRenameInput,
    ) -> Result<Option<OrganizationRenamePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = RenameOrganization {
            id: key(&input.id),
            expected_version: input.expected_version,
            name: input.name,
            ground: Ground {
                effective_on: input.effective_on.map(|it| it.0),
                document_number: input.document_number,
                reason: input.reason,
            },
        };
        OrganizationRenamePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Puts an organization, with all below it, under another one, from today on. Grants on what is above it now or
    /// above it then reach it no longer, or at once. Problems: CYCLE, INVALID, STALE, TRANSITION_REFUSED,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::OrganizationMove))]
    async fn organization_move(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Where to.")] input: OrganizationMoveInput,
    ) -> Result<Option<OrganizationMovePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let ground = Ground { effective_on: None, document_number: input.document_number, reason: input.reason };
        let (id, parent) = (key(&input.id), key(&input.parent_id));
        let command = MoveOrganization { id, expected_version: input.expected_version, parent, ground };
        OrganizationMovePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
