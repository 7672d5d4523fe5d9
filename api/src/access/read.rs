//! Where the rows are kept of which access can be explained.

use entity::{cadre, kind::Role, mentoring_pair, organization, pool_membership, reserve_pool};
use sea_orm::{Condition, sea_query::ExprTrait};

use crate::db::{
    explain::Explainable,
    gate::{Alias, Gate},
};

macro_rules! kept_by {
    ($($entity:ident.$column:ident),+ $(,)?) => {$(
        impl Explainable for $entity::Entity {
            fn kept_within(at: &Alias, gate: &Gate, roles: &[Role]) -> Condition {
                gate.under(at.col($entity::Column::$column), roles)
            }
        }
    )+};
}

kept_by!(organization.Id, cadre.OrganizationId, reserve_pool.OrganizationId, mentoring_pair.OrganizationId,);

impl Explainable for pool_membership::Entity {
    fn kept_within(at: &Alias, gate: &Gate, roles: &[Role]) -> Condition {
        let pool = Alias::named("explained_pool");
        let within = gate.under(pool.col(reserve_pool::Column::OrganizationId), roles);
        let pools = gate.raw::<reserve_pool::Entity>(reserve_pool::Column::Id, &pool).cond_where(within).to_owned();
        Condition::all().add(at.col(pool_membership::Column::PoolId).in_subquery(pools))
    }
}
