//! Who may see accounts and grants: oneself, and in the audit trail those who oversee. Administrators of accounts come
//! with their queries.

use entity::{access_log, account, account_grant};
use sea_orm::{Condition, sea_query::ExprTrait};

use crate::{
    audit::read::overseen,
    auth::scope::Reach,
    db::gate::{Alias, Gate, Visible},
    error::Action,
};

impl Visible for account::Entity {
    /// Oneself; in the audit trail those who are overseen, in an access log those who stand in it. A job on everything
    /// sees all.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let id = at.col(account::Column::Id);
        match gate.scope().action() {
            Action::AuditRead => overseen(id, gate),
            Action::AccessLogRead => {
                let log = Alias::own::<access_log::Entity>();
                let readers = gate.visible::<access_log::Entity>(access_log::Column::AccountId, &log);
                Condition::all().add(id.in_subquery(readers))
            }
            _ => own(id, gate),
        }
    }
}

impl Visible for account_grant::Entity {
    /// One's own; a job on everything sees all.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        own(at.col(account_grant::Column::AccountId), gate)
    }
}

fn own(account: sea_orm::sea_query::Expr, gate: &Gate) -> Condition {
    match (gate.scope().account(), gate.scope().reach(&[])) {
        (Some(id), _) => Condition::all().add(account.eq(id)),
        (None, Reach::Everything) => Condition::all(),
        (None, Reach::Under(_)) => Gate::nothing(),
    }
}
