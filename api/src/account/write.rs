//! Commands on accounts, from the command line of whoever runs the server.

use chrono::{DateTime, Utc};
use entity::{
    account, account_grant,
    id::{AccountId, GrantId, OrganizationId},
    kind::{AccountKind, AccountState, Role},
    organization,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    account::rules,
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
};

/// Makes an account with one grant, or adds a grant to an account. Fails with INVALID or CONFLICT.
#[derive(Clone, Debug, Serialize)]
pub struct GrantFromCommandLine {
    /// Name to sign in with.
    pub login: String,
    /// Name to show, for a new account; the login when it is left out.
    pub name: Option<String>,
    /// Whether the account is a program's.
    pub machine: bool,
    /// The role.
    pub role: Role,
    /// The top of the subtree.
    pub organization: OrganizationId,
    /// Until when, exclusive; open when it is left out.
    pub until: Option<DateTime<Utc>>,
}

impl Command for GrantFromCommandLine {
    const ACTION: Action = Action::AccountGrant;
    type Outcome = AccountId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<AccountId> {
        let login = rules::login(&self.login)?;
        tx.get::<organization::Entity>(self.organization).await?;
        let at = Alias::own::<account::Entity>();
        let reader = tx.reader();
        let held = reader.find::<account::Entity>().filter(at.col(account::Column::Login).eq(login.as_str()));
        let account = match held.one().await? {
            Some(account) if self.machine && account.kind == AccountKind::Person => {
                return Err(Error::invalid("login", "is a person's already: give the program a login of its own"));
            }
            Some(account) => account.id,
            None => {
                let row = account::Model {
                    id: AccountId::fresh(),
                    name: self.name.unwrap_or_else(|| login.clone()),
                    login,
                    cadre_id: None,
                    kind: if self.machine { AccountKind::Machine } else { AccountKind::Person },
                    state: AccountState::Active,
                    token_version: 1,
                    version: 1,
                };
                tx.insert::<account::Entity>(row).await?
            }
        };
        let at = Alias::own::<account_grant::Entity>();
        let reader = tx.reader();
        let grants =
            reader.find::<account_grant::Entity>().filter(at.col(account_grant::Column::AccountId).eq(account));
        rules::may_hold(&grants.all().await?, self.role, tx.now())?;
        let row = account_grant::Model {
            id: GrantId::fresh(),
            account_id: account,
            role: self.role,
            organization_id: self.organization,
            valid_from: tx.now(),
            valid_to: self.until,
            version: 1,
        };
        tx.insert::<account_grant::Entity>(row).await?;
        Ok(account)
    }
}
