//! Who may see accounts and grants: oneself. Administrators of accounts come with their queries.

use entity::{account, account_grant};
use sea_orm::{Condition, sea_query::ExprTrait};

use crate::{
    auth::scope::Reach,
    db::gate::{Alias, Gate, Visible},
};

impl Visible for account::Entity {
    /// Oneself; a job on everything sees all.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        own(at.col(account::Column::Id), gate)
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
