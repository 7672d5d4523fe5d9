//! What signing in needs to know, and who may know it: the server's own job alone.

use entity::{
    account, account_credential, account_factor,
    kind::{AccountKind, AccountState},
    refresh_token, revoked_token,
};
use sea_orm::{Condition, sea_query::ExprTrait};

use crate::{
    auth::scope::Reach,
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::Query,
    },
    error::{Action, Result},
};

macro_rules! of_jobs {
    ($($entity:ident),+) => {$(
        impl Visible for $entity::Entity {
            /// To no person, whatever the role.
            fn visible(_: &Alias, gate: &Gate) -> Condition {
                if gate.scope().reach(&[]) == Reach::Everything { Condition::all() } else { Gate::nothing() }
            }
        }
    )+};
}

of_jobs!(account_credential, account_factor, refresh_token, revoked_token);

/// The active account of a login with the hash of its secret; none where there is no such account or secret.
pub struct CredentialOf {
    /// Name to sign in with.
    pub login: String,
    /// Whether a program signs in. A person's password is no client's secret, nor the other way round.
    pub machine: bool,
}

impl Query for CredentialOf {
    const ACTION: Action = Action::SignIn;
    type Answer = Option<(account::Model, String)>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let at = Alias::own::<account::Entity>();
        let found = reader.find::<account::Entity>().filter(at.col(account::Column::Login).eq(self.login.as_str()));
        let kind = if self.machine { AccountKind::Machine } else { AccountKind::Person };
        let found = found.filter(at.col(account::Column::Kind).eq(kind));
        let account = found.filter(at.col(account::Column::State).eq(AccountState::Active)).one().await?;
        // Both reads are made in any case, so that an unknown login takes as long as a known one.
        let key = account.as_ref().map_or_else(entity::id::AccountId::fresh, |it| it.id);
        let owner = Alias::own::<account_credential::Entity>().col(account_credential::Column::AccountId);
        let credential = reader.find::<account_credential::Entity>().filter(owner.eq(key)).one().await?;
        Ok(account.zip(credential.map(|it| it.secret_hash)))
    }
}

/// The account of a login.
pub struct AccountOf {
    /// Name to sign in with.
    pub login: String,
}

impl Query for AccountOf {
    const ACTION: Action = Action::SecretSet;
    type Answer = Option<account::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let login = Alias::own::<account::Entity>().col(account::Column::Login).eq(self.login.as_str());
        reader.find::<account::Entity>().filter(login).one().await
    }
}
