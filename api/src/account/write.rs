//! Commands on accounts and grants. Administrators come from the command line alone; business roles from a
//! SECURITY_ADMIN, within the own reach, tier and ceiling included, and never for oneself. Every change of rights writes the account's row too, so
//! that two of them at once can't both pass a check that only one may pass.

use chrono::{DateTime, Utc};
use entity::{
    account, account_grant, cadre,
    id::{AccountId, CadreId, GrantId, OrganizationId},
    kind::{AccountKind, AccountState, ManagementAuthority, Role, SecrecyLevel},
};
use sea_orm::sea_query::{Expr, ExprTrait};
use serde::Serialize;

use crate::{
    account::rules,
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    organization::write::standing,
};

/// What is granted: a role on a subtree for a time, and how far inside it.
#[derive(Clone, Debug, Serialize)]
pub struct Granted {
    /// The role.
    pub role: Role,
    /// The top of the subtree.
    pub organization: OrganizationId,
    /// From when; from now when it is left out.
    pub from: Option<DateTime<Utc>>,
    /// Until when, exclusive; open when it is left out.
    pub to: Option<DateTime<Utc>>,
    /// Reaches only people managed at this tier or a lower one.
    pub tier: Option<ManagementAuthority>,
    /// Reaches only records up to this level.
    pub ceiling: SecrecyLevel,
}

/// Makes an account with one grant, or adds a grant to an account. Fails with INVALID or CONFLICT.
#[derive(Clone, Debug, Serialize)]
pub struct GrantFromCommandLine {
    /// Name to sign in with.
    pub login: String,
    /// Name to show, for a new account; the login when it is left out.
    pub name: Option<String>,
    /// Whether the account is a program's.
    pub machine: bool,
    /// What is granted.
    pub granted: Granted,
}

impl Command for GrantFromCommandLine {
    const ACTION: Action = Action::AccountGrant;
    type Outcome = AccountId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<AccountId> {
        let login = rules::login(&self.login)?;
        let account = match by_login(tx, &login).await? {
            Some(account) if self.machine && account.kind == AccountKind::Person => {
                return Err(Error::invalid("login", "is a person's already: give the program a login of its own"));
            }
            Some(account) => account,
            None => {
                let kind = if self.machine { AccountKind::Machine } else { AccountKind::Person };
                let name = self.name.unwrap_or_else(|| login.clone());
                let row = account_row(name, login, kind, self.granted.organization);
                let id = tx.insert::<account::Entity>(row).await?;
                tx.get::<account::Entity>(id).await?
            }
        };
        let id = account.id;
        grant(tx, account, self.granted).await?;
        Ok(id)
    }
}

/// Makes an account without a grant. Fails with INVALID, TAKEN or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct CreateAccount {
    /// Name to sign in with.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// Who is behind it.
    pub kind: AccountKind,
    /// Whose administrators keep it.
    pub organization: OrganizationId,
}

impl Command for CreateAccount {
    const ACTION: Action = Action::AccountCreate;
    type Outcome = AccountId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<AccountId> {
        let (login, name) = (rules::login(&self.login)?, rules::name(&self.name)?);
        standing(tx, self.organization).await?;
        tx.insert::<account::Entity>(account_row(name, login, self.kind, self.organization)).await
    }
}

/// Closes an account or opens it again, or names it anew. Fails with INVALID, STALE, SAME_PERSON or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateAccount {
    /// The account.
    pub id: AccountId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Name to show.
    pub name: Option<String>,
    /// Whether it may sign in.
    pub state: Option<AccountState>,
}

impl Command for UpdateAccount {
    const ACTION: Action = Action::AccountUpdate;
    type Outcome = AccountId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<AccountId> {
        let before = tx.get_at::<account::Entity>(self.id, self.expected_version).await?;
        not_oneself(tx, &before, "id")?;
        let name = self.name.map(|it| rules::name(&it)).transpose()?.unwrap_or_else(|| before.name.clone());
        let state = self.state.unwrap_or(before.state);
        let after = account::Model { name, state, token_version: before.token_version + 1, ..before.clone() };
        tx.update::<account::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// Says which person of the registry an account is. Fails with INVALID, CONFLICT, SAME_PERSON or
/// IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct LinkAccount {
    /// Login of the account.
    pub login: String,
    /// The person.
    pub cadre: CadreId,
}

impl Command for LinkAccount {
    const ACTION: Action = Action::AccountLink;
    type Outcome = AccountId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<AccountId> {
        let cadre = tx.get::<cadre::Entity>(self.cadre).await?;
        let before = by_login(tx, &self.login).await?.ok_or(Error::NotFound("account"))?;
        not_oneself(tx, &before, "login")?;
        if before.kind == AccountKind::Machine {
            return Err(Error::invalid(
                "login",
                "is a program's, which is nobody of the registry: name a person's account",
            ));
        }
        if before.cadre_id.is_some_and(|it| it != cadre.id) {
            let message = "The account is another person already: close it and make one of its own.";
            return Err(Problem::new(ProblemCode::Conflict, message).on("login").into());
        }
        let id = before.id;
        let after =
            account::Model { cadre_id: Some(cadre.id), token_version: before.token_version + 1, ..before.clone() };
        tx.update::<account::Entity>(&before, after).await?;
        Ok(id)
    }
}

/// Grants a business role. Fails with INVALID, ROLE_REFUSED, CONFLICT, SAME_PERSON or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct CreateGrant {
    /// To whom.
    pub account: AccountId,
    /// What.
    pub granted: Granted,
}

impl Command for CreateGrant {
    const ACTION: Action = Action::GrantCreate;
    type Outcome = GrantId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<GrantId> {
        rules::grantable(self.granted.role)?;
        let account = tx.get::<account::Entity>(self.account).await?;
        not_oneself(tx, &account, "accountId")?;
        within_own(tx, &self.granted)?;
        if matches!(self.granted.role, Role::Mentor | Role::Cadre) && account.cadre_id.is_none() {
            let why = "is no person of the registry yet: an officer says who it is with accountLink";
            return Err(Error::invalid("accountId", why));
        }
        grant(tx, account, self.granted).await
    }
}

/// Ends a grant now. Fails with TRANSITION_REFUSED, SAME_PERSON, ROLE_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RevokeGrant {
    /// The grant.
    pub id: GrantId,
}

impl Command for RevokeGrant {
    const ACTION: Action = Action::GrantRevoke;
    type Outcome = GrantId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<GrantId> {
        let before = tx.get::<account_grant::Entity>(self.id).await?;
        rules::grantable(before.role)?;
        let account = tx.get::<account::Entity>(before.account_id).await?;
        not_oneself(tx, &account, "id")?;
        let now = tx.now();
        if before.valid_to.is_some_and(|to| to <= now) {
            return Err(Problem::new(ProblemCode::TransitionRefused, "The grant is over already.").on("id").into());
        }
        // One that never began ends where it would have begun.
        let after = account_grant::Model { valid_to: Some(Ord::max(now, before.valid_from)), ..before.clone() };
        tx.update::<account_grant::Entity>(&before, after).await?;
        touch(tx, account).await?;
        Ok(self.id)
    }
}

fn account_row(name: String, login: String, kind: AccountKind, organization: OrganizationId) -> account::Model {
    account::Model {
        id: AccountId::fresh(),
        login,
        name,
        cadre_id: None,
        organization_id: Some(organization),
        kind,
        state: AccountState::Active,
        token_version: 1,
        version: 1,
    }
}

async fn by_login(tx: &Writer<'_>, login: &str) -> Result<Option<account::Model>> {
    let column = Alias::own::<account::Entity>().col(account::Column::Login);
    tx.reader().find::<account::Entity>().filter(column.eq(login)).one().await
}

/// Nobody changes the rights of the own account, nor of another account of the own person.
fn not_oneself(tx: &Writer<'_>, account: &account::Model, field: &str) -> Result<()> {
    let same_person =
        tx.reader().gate().scope().person(Role::ALL).is_some_and(|person| account.cadre_id == Some(person));
    if same_person || tx.account() == Some(account.id) {
        let message = "Nobody changes the own rights: ask another administrator.";
        return Err(Problem::new(ProblemCode::SamePerson, message).on(field).into());
    }
    Ok(())
}

/// Nobody grants further than the own grant goes: not above its secrecy ceiling, nor above its managing tier.
fn within_own(tx: &Writer<'_>, granted: &Granted) -> Result<()> {
    let limit = tx.secrecy_limit();
    if granted.ceiling > limit {
        let why = format!("is above {}, the most that this deployment keeps", limit.text());
        return Err(Error::invalid("secrecyCeiling", why));
    }
    let reader = tx.reader();
    let scope = reader.gate().scope();
    if granted.ceiling > scope.ceiling() {
        let why = format!("is above {}, the ceiling of your own grant", scope.ceiling().text());
        return Err(Error::invalid("secrecyCeiling", why));
    }
    match scope.tier() {
        Some(own) if granted.tier.is_none_or(|it| it < own) => {
            let why = format!("must be {} or lower: your own grant goes no further", own.text());
            Err(Error::invalid("managingTier", why))
        }
        _ => Ok(()),
    }
}

/// Adds a grant, where the account may hold it beside those that it holds anywhere.
async fn grant(tx: &mut Writer<'_>, account: account::Model, granted: Granted) -> Result<GrantId> {
    standing(tx, granted.organization).await?;
    let from = granted.from.unwrap_or_else(|| tx.now());
    rules::term(from, granted.to, tx.now())?;
    no_excluded(tx, account.id, granted.role).await?;
    let row = account_grant::Model {
        id: GrantId::fresh(),
        account_id: account.id,
        role: granted.role,
        organization_id: granted.organization,
        valid_from: from,
        valid_to: granted.to,
        managing_tier: granted.tier,
        secrecy_ceiling: granted.ceiling,
        version: 1,
    };
    touch(tx, account).await?;
    tx.insert::<account_grant::Entity>(row).await
}

/// Ends what is remembered of an account's rights, and keeps two changes of them apart.
async fn touch(tx: &mut Writer<'_>, account: account::Model) -> Result<()> {
    let after = account::Model { token_version: account.token_version + 1, ..account.clone() };
    tx.update::<account::Entity>(&account, after).await
}

/// Refuses a role beside one that it excludes, wherever that one is held: also in places that the caller does not
/// reach. No more than its name is told.
async fn no_excluded(tx: &Writer<'_>, account: AccountId, role: Role) -> Result<()> {
    let reader = tx.reader();
    for other in rules::excluded_by(role) {
        let at = Alias::named("held_anywhere");
        let end = at.col(account_grant::Column::ValidTo);
        let grants = reader
            .gate()
            .raw::<account_grant::Entity>(account_grant::Column::Id, &at)
            .and_where(at.col(account_grant::Column::AccountId).eq(account))
            .and_where(at.col(account_grant::Column::Role).eq(other))
            .and_where(end.clone().is_null().or(end.gt(tx.now())))
            .to_owned();
        let id = Alias::own::<account::Entity>().col(account::Column::Id);
        let found = reader.find::<account::Entity>().filter(id.eq(account)).filter(Expr::exists(grants));
        if found.one().await?.is_some() {
            return Err(rules::exclude(role, other));
        }
    }
    Ok(())
}
