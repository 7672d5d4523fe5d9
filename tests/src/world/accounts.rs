//! Builders of accounts, grants and what people ask for themselves.

use chrono::{DateTime, TimeDelta, Utc};
use entity::{
    account, account_grant, correction_request,
    id::{AccountId, CadreId, CorrectionId, GrantId, ImportId, OrganizationId},
    import,
    kind::{AccountKind, AccountState, CorrectionField, CorrectionState, ImportKind, ImportMode, Role, SecrecyLevel},
};

use crate::{client::Client, world::World};

impl World {
    /// Somebody with one grant.
    pub async fn sign_in(&self, role: Role, at: OrganizationId) -> Client {
        self.sign_in_with(&[(role, at)], None).await
    }

    /// A person of the registry with one grant.
    pub async fn sign_in_as(&self, role: Role, at: OrganizationId, cadre: CadreId) -> Client {
        self.sign_in_with(&[(role, at)], Some(cadre)).await
    }

    /// Somebody with several grants.
    pub async fn sign_in_with(&self, grants: &[(Role, OrganizationId)], cadre_id: Option<CadreId>) -> Client {
        let account = self.account(cadre_id).await;
        for (role, at) in grants {
            self.grant(account, *role, *at, None).await;
        }
        self.client(account)
    }

    /// An account without a grant.
    pub async fn account(&self, cadre_id: Option<CadreId>) -> AccountId {
        self.account_in(AccountState::Active, cadre_id).await
    }

    /// An account without a grant, open or closed.
    pub async fn account_in(&self, state: AccountState, cadre_id: Option<CadreId>) -> AccountId {
        let id = AccountId::fresh();
        let row = account::Model {
            id,
            login: id.0.simple().to_string(),
            name: "Somebody".to_owned(),
            cadre_id,
            organization_id: None,
            kind: AccountKind::Person,
            state,
            token_version: 1,
            version: 1,
        };
        self.insert(row).await;
        id
    }

    /// A grant from yesterday until `until`, or open.
    pub async fn grant(
        &self,
        account_id: AccountId,
        role: Role,
        at: OrganizationId,
        until: Option<DateTime<Utc>>,
    ) -> GrantId {
        self.grant_between(account_id, role, at, (self.now() - TimeDelta::days(1), until)).await
    }

    /// A grant from one moment until another, or open.
    pub async fn grant_between(
        &self,
        account_id: AccountId,
        role: Role,
        at: OrganizationId,
        (valid_from, valid_to): (DateTime<Utc>, Option<DateTime<Utc>>),
    ) -> GrantId {
        self.grant_of(account_id, role, at, |row| (row.valid_from, row.valid_to) = (valid_from, valid_to)).await
    }

    /// An open grant from yesterday; `change` says what is different.
    pub async fn grant_of(
        &self,
        account_id: AccountId,
        role: Role,
        at: OrganizationId,
        change: impl FnOnce(&mut account_grant::Model),
    ) -> GrantId {
        let mut row = account_grant::Model {
            id: GrantId::fresh(),
            account_id,
            role,
            organization_id: at,
            valid_from: self.now() - TimeDelta::days(1),
            valid_to: None,
            managing_tier: None,
            secrecy_ceiling: SecrecyLevel::Internal,
            version: 1,
        };
        change(&mut row);
        let id = row.id;
        self.insert(row).await;
        id
    }

    /// An open request of an account to correct a person's name.
    pub async fn correction(&self, cadre_id: CadreId, account_id: AccountId) -> CorrectionId {
        let id = CorrectionId::fresh();
        self.insert(correction_request::Model {
            id,
            cadre_id,
            account_id,
            field: CorrectionField::Name,
            proposed: Some("Another name".to_owned()),
            reason: "The card of 1988 says so".to_owned(),
            state: CorrectionState::Requested,
            requested_at: self.now(),
            decided_by: None,
            decided_at: None,
            answer: None,
            version: 1,
        })
        .await;
        id
    }

    /// A roster that went in.
    pub async fn import(&self, organization_id: OrganizationId, file_name: &str) {
        self.insert(import::Model {
            id: ImportId::fresh(),
            kind: ImportKind::Roster,
            organization_id,
            file_name: file_name.to_owned(),
            file_hash: "0".repeat(64),
            mode: ImportMode::All,
            rows_read: 3,
            added: 2,
            changed: 1,
            unchanged: 0,
            skipped: 0,
            errors: 0,
            warnings: 0,
            hints: 0,
            imported_at: self.now(),
            imported_by: None,
            version: 1,
        })
        .await;
    }
}
