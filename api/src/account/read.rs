//! Questions about accounts and grants, and who may see them: oneself; in the audit trail those who oversee; in the
//! administration of accounts those whose grant reaches where the account belongs, or where it holds or held a grant.
//!
//! To change an account itself it must belong within reach: who lends a grant to another place's officer does not get
//! to close the account.

use entity::{
    access_log, account, account_grant,
    id::{AccountId, GrantId, OrganizationId},
    kind::Role,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;

use crate::{
    audit::read::overseen,
    auth::scope::Reach,
    belonging,
    db::gate::{Alias, Gate, Visible},
    error::Action,
    organization::read::{begins, below},
    questions,
};

/// Roles that administer accounts and grants.
const ADMINISTERING: &[Role] = &[Role::SystemAdmin, Role::SecurityAdmin];

impl Visible for account::Entity {
    /// Oneself; in the audit trail those who are overseen, in an access log those who stand in it; to administrators
    /// those of their reach. A job on everything sees all.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let id = at.col(account::Column::Id);
        let belongs = |roles| gate.under(at.col(account::Column::OrganizationId), roles);
        match gate.scope().action() {
            Action::AuditRead => overseen(id, gate),
            Action::AccessLogRead => {
                let log = Alias::own::<access_log::Entity>();
                let readers = gate.visible::<access_log::Entity>(access_log::Column::AccountId, &log);
                Condition::all().add(id.in_subquery(readers))
            }
            Action::AccountRead | Action::GrantCreate | Action::GrantRevoke | Action::AccessExplain => {
                let held = Alias::named("held_within");
                let holders = gate.visible::<account_grant::Entity>(account_grant::Column::AccountId, &held);
                Condition::any().add(belongs(ADMINISTERING)).add(id.in_subquery(holders))
            }
            Action::AccountCreate | Action::AccountUpdate => belongs(ADMINISTERING),
            Action::AccountLink => belongs(&[Role::OrganizationOfficer]),
            _ => own(id, gate),
        }
    }
}

impl Visible for account_grant::Entity {
    /// One's own; to administrators those within their reach. A job on everything sees all.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        match gate.scope().action() {
            Action::AccountRead | Action::GrantCreate | Action::GrantRevoke | Action::AccessExplain => {
                gate.under(at.col(account_grant::Column::OrganizationId), ADMINISTERING)
            }
            _ => own(at.col(account_grant::Column::AccountId), gate),
        }
    }
}

fn own(account: Expr, gate: &Gate) -> Condition {
    match (gate.scope().account(), gate.scope().reach(&[])) {
        (Some(id), _) => Condition::all().add(account.eq(id)),
        (None, Reach::Everything) => Condition::all(),
        (None, Reach::Under(_)) => Gate::nothing(),
    }
}

/// Which accounts to list; several conditions must all hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct AccountsAmong {
    /// Belonging to this organization or one below it.
    pub under: Option<OrganizationId>,
    /// With logins that begin so.
    pub login_prefix: Option<String>,
    /// That hold, or held, one of these roles within the caller's reach.
    pub roles: Option<Vec<Role>>,
}

impl questions::Among for AccountsAmong {
    type Entity = account::Entity;
    const ACTION: Action = Action::AccountRead;
    const LIST: &'static str = "account.list";
    const COUNT: &'static str = "account.count";
    fn by_name() -> account::Column {
        account::Column::Login
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<account::Entity>();
        let holding = |roles: &Vec<Role>| {
            let held = Alias::named("held_role");
            let grants = gate.visible::<account_grant::Entity>(account_grant::Column::AccountId, &held);
            let role = held.col(account_grant::Column::Role).is_in(roles.iter().copied());
            at.col(account::Column::Id).in_subquery(grants.clone().and_where(role).to_owned())
        };
        Condition::all()
            .add_option(self.under.map(|top| at.col(account::Column::OrganizationId).in_subquery(below(gate, top))))
            .add_option(self.login_prefix.as_deref().map(|text| begins(at.col(account::Column::Login), text)))
            .add_option(self.roles.as_ref().map(holding))
    }
}

belonging! {
    /// Accounts by their own keys, for those who administer them.
    Accounts = account by Id(id: AccountId), ordered Id, AccountRead, "account.by_id";
    /// Grants by their own keys.
    Grants = account_grant by Id(id: GrantId), ordered Id, AccountRead, "account.grant_by_id";
    /// The grants of accounts, oldest first.
    GrantsOf = account_grant by AccountId(account_id: AccountId), ordered ValidFrom, AccountRead, "account.grants_of";
}
