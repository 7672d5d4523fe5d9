//! Changes of accounts and grants in the schema.

use async_graphql::{Context, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::id::{AccountId, GrantId};

use crate::{
    account::{
        graphql::{Account, AccountGrant, AccountKind, AccountState, Role},
        write::{CreateAccount, CreateGrant, Granted, LinkAccount, RevokeGrant, UpdateAccount},
    },
    cadre::graphql::{ManagementAuthority, SecrecyLevel},
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    payload,
    relay::{access, key},
};

/// A new account.
#[derive(InputObject)]
pub struct AccountCreateInput {
    /// Name to sign in with: 3 to 60 letters, digits, dots, hyphens or underscores.
    login: String,
    /// Name to show, 1 to 60 characters.
    name: String,
    /// Who is behind it.
    #[graphql(default_with = "AccountKind::Person")]
    kind: AccountKind,
    /// The organization whose administrators keep it.
    organization_id: ID,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What to change of an account; what is left out stays.
#[derive(InputObject)]
pub struct AccountUpdateInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Name to show, 1 to 60 characters.
    name: Option<String>,
    /// CLOSED ends its sessions at once.
    state: Option<AccountState>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which person an account is.
#[derive(InputObject)]
pub struct AccountLinkInput {
    /// Login of an account that belongs within your reach.
    login: String,
    /// The person.
    cadre_id: ID,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A grant: role × subtree × validity.
#[derive(InputObject)]
pub struct GrantCreateInput {
    /// To whom; never to yourself.
    account_id: ID,
    /// A business role: the three administrators are granted on the server alone.
    role: Role,
    /// The top of the subtree, within your reach.
    organization_id: ID,
    /// From when; from now when it is left out.
    valid_from: Option<DateTime<Utc>>,
    /// Until when, exclusive; open when it is left out.
    valid_to: Option<DateTime<Utc>>,
    /// Reaches only people managed at this tier or a lower one, or on no committee's list.
    managing_tier: Option<ManagementAuthority>,
    /// Reaches only records up to this level.
    #[graphql(default_with = "SecrecyLevel::Internal")]
    secrecy_ceiling: SecrecyLevel,
    /// On whose decision: stands in the audit trail.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which grant to end.
#[derive(InputObject)]
pub struct GrantRevokeInput {
    /// Global id of the grant.
    id: ID,
    /// On whose decision: stands in the audit trail.
    reason: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `accountCreate`.
    AccountCreatePayload {
        /// The new account.
        account: Account by AccountId
    }
);
payload!(
    /// What came of `accountUpdate`.
    AccountUpdatePayload {
        /// The account as it is now.
        account: Account by AccountId
    }
);
payload!(
    /// What came of `accountLink`.
    AccountLinkPayload {
        /// The account, where the caller administers it.
        account: Account by AccountId
    }
);
payload!(
    /// What came of `grantCreate`.
    GrantCreatePayload {
        /// The new grant.
        grant: AccountGrant by GrantId
    }
);
payload!(
    /// What came of `grantRevoke`.
    GrantRevokePayload {
        /// The grant with its end.
        grant: AccountGrant by GrantId
    }
);

/// Changes of accounts and grants.
#[derive(Default)]
pub struct AccountMutation;

/// Changes of accounts and grants.
#[Object]
impl AccountMutation {
    /// Makes an account without a grant. Its first password is set on the server, or it signs in through the outside
    /// issuer. Problems: INVALID, TAKEN, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::AccountCreate))]
    async fn account_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to make.")] input: AccountCreateInput,
    ) -> Result<Option<AccountCreatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (kind, organization) = (input.kind.into(), key(&input.organization_id));
        let command = CreateAccount { login: input.login, name: input.name, kind, organization };
        AccountCreatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Closes an account or opens it again, or names it anew. Problems: INVALID, STALE, SAME_PERSON,
    /// IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::AccountUpdate))]
    async fn account_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: AccountUpdateInput,
    ) -> Result<Option<AccountUpdatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, state) = (key(&input.id), input.state.map(Into::into));
        let command = UpdateAccount { id, expected_version: input.expected_version, name: input.name, state };
        AccountUpdatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Says which person of the registry an account is, so that it may be granted MENTOR or CADRE. Problems: INVALID,
    /// CONFLICT, SAME_PERSON, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::AccountLink))]
    async fn account_link(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which account is whose.")] input: AccountLinkInput,
    ) -> Result<Option<AccountLinkPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = LinkAccount { login: input.login, cadre: key(&input.cadre_id) };
        AccountLinkPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Grants a business role, within the caller's reach and never to the caller; it counts from the next request of
    /// the account on. Problems: INVALID, ROLE_REFUSED, CONFLICT, SAME_PERSON, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::GrantCreate))]
    async fn grant_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to grant.")] input: GrantCreateInput,
    ) -> Result<Option<GrantCreatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: input.reason };
        let granted = Granted {
            role: input.role.into(),
            organization: key(&input.organization_id),
            from: input.valid_from,
            to: input.valid_to,
            tier: input.managing_tier.map(Into::into),
            ceiling: input.secrecy_ceiling.into(),
        };
        let command = CreateGrant { account: key(&input.account_id), granted };
        GrantCreatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Ends a grant now. Problems: TRANSITION_REFUSED, ROLE_REFUSED, SAME_PERSON, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::GrantRevoke))]
    async fn grant_revoke(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which grant.")] input: GrantRevokeInput,
    ) -> Result<Option<GrantRevokePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: input.reason };
        let command = RevokeGrant { id: key(&input.id) };
        GrantRevokePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}
