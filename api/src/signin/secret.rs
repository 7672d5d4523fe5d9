//! Commands on what accounts sign in with: passwords, clients' secrets, second factors. Each ends the sessions that began
//! with the old one.

use entity::{
    account, account_credential, account_factor,
    id::{AccountId, CredentialId, FactorId},
    kind::AccountKind,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
    signin::write::{end_sessions, factor},
};

/// Sets what an account signs in with.
#[derive(Serialize)]
pub struct SetSecret {
    /// The account.
    pub account: AccountId,
    /// Argon2id in PHC form.
    #[serde(skip)]
    pub secret_hash: String,
}

impl Command for SetSecret {
    const ACTION: Action = Action::SecretSet;
    type Outcome = CredentialId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CredentialId> {
        tx.get::<account::Entity>(self.account).await?;
        let owner = Alias::own::<account_credential::Entity>().col(account_credential::Column::AccountId);
        let held = tx.reader().find::<account_credential::Entity>().filter(owner.eq(self.account)).one().await?;
        let set_at = tx.now();
        end_sessions(tx, self.account).await?;
        match held {
            Some(held) => {
                let after = account_credential::Model { secret_hash: self.secret_hash, set_at, ..held.clone() };
                tx.update::<account_credential::Entity>(&held, after).await?;
                Ok(held.id)
            }
            None => {
                let id = CredentialId::fresh();
                let (account_id, secret_hash) = (self.account, self.secret_hash);
                let row = account_credential::Model { id, account_id, secret_hash, set_at, version: 1 };
                tx.insert::<account_credential::Entity>(row).await
            }
        }
    }
}

/// Gives an account a second factor, or another one than it had.
#[derive(Serialize)]
pub struct SetFactor {
    /// The account.
    pub account: AccountId,
    /// The secret that its codes follow from.
    #[serde(skip)]
    pub secret: Vec<u8>,
}

impl Command for SetFactor {
    const ACTION: Action = Action::SecretSet;
    type Outcome = FactorId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<FactorId> {
        let account = tx.get::<account::Entity>(self.account).await?;
        if account.kind == AccountKind::Machine {
            let why = "is a program's, which has no authenticator: its secret is set with tidui account password";
            return Err(Error::invalid("login", why));
        }
        let ((secret, key_id), set_at) = (tx.seal_factor(self.account, &self.secret)?, tx.now());
        end_sessions(tx, self.account).await?;
        match factor(tx, self.account).await? {
            Some(held) => {
                let after = account_factor::Model { secret, key_id, last_step: 0, set_at, ..held.clone() };
                tx.update::<account_factor::Entity>(&held, after).await?;
                Ok(held.id)
            }
            None => {
                let (id, account_id) = (FactorId::fresh(), self.account);
                let row = account_factor::Model { id, account_id, secret, key_id, last_step: 0, set_at, version: 1 };
                tx.insert::<account_factor::Entity>(row).await
            }
        }
    }
}

/// Takes an account's second factor away, as when the phone is lost.
#[derive(Serialize)]
pub struct RemoveFactor {
    /// The account.
    pub account: AccountId,
}

impl Command for RemoveFactor {
    const ACTION: Action = Action::SecretSet;
    type Outcome = FactorId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<FactorId> {
        let held = factor(tx, self.account).await?.ok_or(Error::NotFound("account_factor"))?;
        end_sessions(tx, self.account).await?;
        tx.delete::<account_factor::Entity>(&held).await?;
        Ok(held.id)
    }
}
