//! How organizations end and come of one another, in the schema.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::OrganizationId;

use crate::{
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    organization::{
        graphql::{AffiliationLevel, Organization, OrganizationKind, PositionLevel},
        write::{
            Ground, Profile,
            reform::{CloseOrganization, MergeOrganization, SplitOrganization},
        },
    },
    payload,
    relay::{Date, access, key},
};

/// Which organization to merge into which.
#[derive(InputObject)]
pub struct OrganizationMergeInput {
    /// The organization that ends.
    source_id: ID,
    /// The version of it that you read.
    expected_version: i32,
    /// The organization that goes on.
    target_id: ID,
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

/// One of the organizations that come of another.
#[derive(InputObject)]
pub struct OrganizationUnitInput {
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
}

impl From<OrganizationUnitInput> for Profile {
    fn from(it: OrganizationUnitInput) -> Self {
        Self {
            code: it.code,
            name: it.name,
            kind: it.kind.into(),
            level: it.level.map(Into::into),
            division_code: it.division_code,
            credit_code: it.unified_social_credit_code,
            affiliation: it.affiliation_level.map(Into::into),
            managed_by: it.managing_organization_id.as_ref().map(key),
        }
    }
}

/// What is to come of an organization.
#[derive(InputObject)]
pub struct OrganizationSplitInput {
    /// The organization that they come of.
    id: ID,
    /// The version of it that you read.
    expected_version: i32,
    /// The organization above them; that of the first where it is left out.
    parent_id: Option<ID>,
    /// The new organizations, 1 to 20.
    units: Vec<OrganizationUnitInput>,
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

/// Which organization to close.
#[derive(InputObject)]
pub struct OrganizationCloseInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
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
    "organizationMerge" OrganizationMergePayload: "The organization that ended; its `successor` goes on.";
    "organizationSplit" OrganizationSplitPayload: "The organization that they came of; they are its `offshoots`.";
    "organizationClose" OrganizationClosePayload: "The organization that ended.";
}

/// Mergers, splits and closings of organizations.
#[derive(Default)]
pub struct ReformMutation;

/// Mergers, splits and closings of organizations.
#[Object]
impl ReformMutation {
    /// Merges an organization into another one, which keeps from then on all that the first kept: people, pools with
    /// their memberships, pairs, posts, accounts, the organizations below. Open pairs and memberships go on. Grants on
    /// the first stay on it, where nothing is left to reach: a SECURITY_ADMIN grants anew. Problems: CYCLE, INVALID,
    /// STALE, TAKEN, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::OrganizationMerge))]
    async fn organization_merge(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which into which.")] input: OrganizationMergeInput,
    ) -> Result<Option<OrganizationMergePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = MergeOrganization {
            source: key(&input.source_id),
            expected_version: input.expected_version,
            target: key(&input.target_id),
            ground: Ground {
                effective_on: input.effective_on.map(|it| it.0),
                document_number: input.document_number,
                reason: input.reason,
            },
        };
        OrganizationMergePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Makes organizations out of one, which goes on. Its people stay with it until an officer imports a roster that names
    /// the new units. Problems: INVALID, STALE, TAKEN, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::OrganizationSplit))]
    async fn organization_split(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What comes of which.")] input: OrganizationSplitInput,
    ) -> Result<Option<OrganizationSplitPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = SplitOrganization {
            source: key(&input.id),
            expected_version: input.expected_version,
            parent: input.parent_id.as_ref().map(key),
            units: input.units.into_iter().map(Profile::from).collect(),
            ground: Ground {
                effective_on: input.effective_on.map(|it| it.0),
                document_number: input.document_number,
                reason: input.reason,
            },
        };
        OrganizationSplitPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Closes an organization that keeps nothing any more. Refused while persons in post, open memberships or pairs,
    /// posts, grants, accounts or organizations below remain; the problem says how many of each. Problems: INVALID,
    /// STALE, TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::OrganizationClose))]
    async fn organization_close(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which.")] input: OrganizationCloseInput,
    ) -> Result<Option<OrganizationClosePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = CloseOrganization {
            id: key(&input.id),
            expected_version: input.expected_version,
            ground: Ground {
                effective_on: input.effective_on.map(|it| it.0),
                document_number: input.document_number,
                reason: input.reason,
            },
        };
        OrganizationClosePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
