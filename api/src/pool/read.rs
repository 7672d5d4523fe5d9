//! Questions about reserve pools and memberships, and who may see their rows.
//!
//! A membership is visible to those who see the *pool*, not the person's home unit, because a nominee may come from
//! outside. Disclosure opens further: UNIT to the officer of the person's unit, PERSON also to the person. A
//! confidential membership is absent for them, also from counts.

use std::collections::HashMap;

use entity::{
    cadre,
    id::{CadreId, OrganizationId, PoolId, PoolMembershipId},
    kind::{Disclosure, MembershipState, Role},
    pool_membership, pool_tier, reserve_pool,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    cadre::read::{KEEPERS, ROWS, distinct, gathered},
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::{Query, Remember, Session},
    },
    error::{Action, Result},
    loaders::Batched,
    page::{Page, PageArgs},
};

const DISCLOSED: [Disclosure; 2] = [Disclosure::Unit, Disclosure::Person];

impl Visible for reserve_pool::Entity {
    /// Kept within reach; disclosed to units below its keeper; disclosed to the person who is in it.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let keeper = at.col(reserve_pool::Column::OrganizationId);
        let disclosure = at.col(reserve_pool::Column::Disclosure);
        let to_units = Condition::all()
            .add(disclosure.clone().is_in(DISCLOSED))
            .add(gate.above(keeper.clone(), &[Role::UnitOfficer]));
        let mut some = Condition::any().add(gate.under(keeper, ROWS)).add(to_units);
        if let Some(person) = gate.scope().person(&[Role::Cadre]) {
            let own = Alias::named("own_membership");
            let pools = gate.raw::<pool_membership::Entity>(pool_membership::Column::PoolId, &own);
            let pools = pools.clone().and_where(own.col(pool_membership::Column::CadreId).eq(person)).to_owned();
            let id = at.col(reserve_pool::Column::Id);
            some = some.add(Condition::all().add(disclosure.eq(Disclosure::Person)).add(id.in_subquery(pools)));
        }
        some
    }
}

impl Visible for pool_tier::Entity {
    /// Where the pool is.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        Condition::all().add(at.col(pool_tier::Column::PoolId).in_subquery(gate.ids::<reserve_pool::Entity>()))
    }
}

impl Visible for pool_membership::Entity {
    /// In a pool kept within reach; disclosed and of the unit; disclosed and one's own.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let pool = at.col(pool_membership::Column::PoolId);
        let cadre = at.col(pool_membership::Column::CadreId);
        let mut some = Condition::any().add(pool.clone().in_subquery(kept(gate)));
        let unit = Alias::named("unit_member");
        let people = gate.raw::<cadre::Entity>(cadre::Column::Id, &unit);
        let own = gate.under(unit.col(cadre::Column::OrganizationId), &[Role::UnitOfficer]);
        let people = people.clone().cond_where(own).to_owned();
        some = some.add(
            Condition::all()
                .add(pool.clone().in_subquery(disclosed(gate, &DISCLOSED)))
                .add(cadre.clone().in_subquery(people)),
        );
        if let Some(person) = gate.scope().person(&[Role::Cadre]) {
            let pools = disclosed(gate, &[Disclosure::Person]);
            some = some.add(Condition::all().add(pool.in_subquery(pools)).add(cadre.eq(person)));
        }
        some
    }
}

fn kept(gate: &Gate) -> sea_orm::sea_query::SelectStatement {
    let at = Alias::named("kept_pool");
    let keeper = at.col(reserve_pool::Column::OrganizationId);
    // A pool that a unit keeps itself is its officer's too.
    let kept = Condition::any().add(gate.under(keeper.clone(), KEEPERS)).add(gate.under(keeper, &[Role::UnitOfficer]));
    gate.raw::<reserve_pool::Entity>(reserve_pool::Column::Id, &at).clone().cond_where(kept).to_owned()
}

fn disclosed(gate: &Gate, to: &[Disclosure]) -> sea_orm::sea_query::SelectStatement {
    let at = Alias::named("disclosed_pool");
    let open = at.col(reserve_pool::Column::Disclosure).is_in(to.iter().copied());
    gate.raw::<reserve_pool::Entity>(reserve_pool::Column::Id, &at).clone().and_where(open).to_owned()
}

/// Which pools to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PoolsAmong {
    /// Kept by this organization.
    pub organization: Option<OrganizationId>,
    /// Of this code.
    pub code: Option<String>,
}

impl PoolsAmong {
    fn condition(&self) -> Condition {
        let at = Alias::own::<reserve_pool::Entity>();
        Condition::all()
            .add_option(self.organization.map(|keeper| at.col(reserve_pool::Column::OrganizationId).eq(keeper)))
            .add_option(self.code.as_deref().map(|code| at.col(reserve_pool::Column::Code).eq(code)))
    }
}

/// Which memberships to list.
#[derive(Clone, Debug, Serialize)]
pub struct MembershipsAmong {
    /// Of this pool.
    pub pool: PoolId,
    /// In these states.
    pub states: Option<Vec<MembershipState>>,
    /// In the tier of this code.
    pub tier: Option<String>,
}

impl MembershipsAmong {
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<pool_membership::Entity>();
        let tier = self.tier.as_deref().map(|code| {
            let tier = Alias::named("named_tier");
            let tiers = gate.visible::<pool_tier::Entity>(pool_tier::Column::Id, &tier);
            let tiers = tiers.clone().and_where(tier.col(pool_tier::Column::Code).eq(code)).to_owned();
            at.col(pool_membership::Column::TierId).in_subquery(tiers)
        });
        Condition::all()
            .add(at.col(pool_membership::Column::PoolId).eq(self.pool))
            .add_option(self.states.clone().map(|states| at.col(pool_membership::Column::State).is_in(states)))
            .add_option(tier)
    }
}

macro_rules! listed {
    ($list:ident, $count:ident, $among:ident of $entity:ident by $sort:ident, $condition:expr, $list_name:literal, $count_name:literal) => {
        /// One page.
        #[derive(Serialize)]
        pub struct $list {
            /// Which rows.
            pub among: $among,
            /// Which page.
            pub page: PageArgs,
        }

        impl Query for $list {
            const ACTION: Action = Action::PoolRead;
            type Answer = Page<$entity::Model>;
            async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
                let condition: fn(&$among, &Gate) -> Condition = $condition;
                let among = condition(&self.among, reader.gate());
                reader.find::<$entity::Entity>().filter(among).page(&self.page, $entity::Column::$sort).await
            }
        }

        impl Remember for $list {
            const NAME: &'static str = $list_name;
            const TTL_S: u64 = 60;
        }

        /// How many there are.
        #[derive(Serialize)]
        pub struct $count(pub $among);

        impl Query for $count {
            const ACTION: Action = Action::PoolRead;
            type Answer = u64;
            async fn load(&self, reader: &Reader<'_>) -> Result<u64> {
                let condition: fn(&$among, &Gate) -> Condition = $condition;
                let among = condition(&self.0, reader.gate());
                reader.find::<$entity::Entity>().filter(among).count().await
            }
        }

        impl Remember for $count {
            const NAME: &'static str = $count_name;
            const TTL_S: u64 = 60;
        }
    };
}

listed!(ListPools, CountPools, PoolsAmong of reserve_pool by NameSort, |it, _| it.condition(), "pool.list", "pool.count");
listed!(
    ListMemberships, CountMemberships, MembershipsAmong of pool_membership by Id,
    |it, gate| it.condition(gate), "pool.memberships", "pool.membership_count"
);

macro_rules! by_key {
    ($question:ident, $key:ident, $entity:ident . $column:ident, $order:ident, $name:literal) => {
        /// Rows by key.
        #[derive(Serialize)]
        pub struct $question(pub Vec<$key>);

        impl Query for $question {
            const ACTION: Action = Action::PoolRead;
            type Answer = Vec<$entity::Model>;
            async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
                let key = Alias::own::<$entity::Entity>().col($entity::Column::$column);
                let found = reader.find::<$entity::Entity>().filter(key.is_in(self.0.iter().copied()));
                found.order($entity::Column::$order).all().await
            }
        }

        impl Remember for $question {
            const NAME: &'static str = $name;
            const TTL_S: u64 = 60;
        }
    };
}

by_key!(PoolsById, PoolId, reserve_pool.Id, Id, "pool.by_id");
by_key!(TiersOfPools, PoolId, pool_tier.PoolId, Ordinal, "pool.tiers");
by_key!(MembershipsById, PoolMembershipId, pool_membership.Id, Id, "pool.membership_by_id");
by_key!(MembershipsOfCadres, CadreId, pool_membership.CadreId, Id, "pool.memberships_of");

macro_rules! batched {
    ($of:ident ( $key:ident ) asks $question:ident yields $value:ty, $rows:ident => $gather:expr) => {
        /// What belongs to one key, loaded with its neighbours'.
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $of(pub $key);

        impl Batched for $of {
            type Value = $value;
            async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
                let $rows = session.recall(&$question(distinct(keys.iter().map(|it| it.0)))).await?;
                Ok($gather)
            }
        }
    };
}

batched!(PoolOf(PoolId) asks PoolsById yields reserve_pool::Model,
    rows => rows.into_iter().map(|row| (PoolOf(row.id), row)).collect());
batched!(MembershipOf(PoolMembershipId) asks MembershipsById yields pool_membership::Model,
    rows => rows.into_iter().map(|row| (MembershipOf(row.id), row)).collect());
batched!(TiersOf(PoolId) asks TiersOfPools yields Vec<pool_tier::Model>,
    rows => gathered(rows, |row| TiersOf(row.pool_id)));
batched!(MembershipsOf(CadreId) asks MembershipsOfCadres yields Vec<pool_membership::Model>,
    rows => gathered(rows, |row| MembershipsOf(row.cadre_id)));

/// The open memberships of the person who asks, as far as they are disclosed.
#[derive(Serialize)]
pub struct MyMemberships {
    /// The person.
    pub person: CadreId,
}

impl Query for MyMemberships {
    const ACTION: Action = Action::StatusRead;
    type Answer = Vec<pool_membership::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let at = Alias::own::<pool_membership::Entity>();
        let open = [MembershipState::Proposed, MembershipState::Confirmed];
        reader
            .find::<pool_membership::Entity>()
            .filter(at.col(pool_membership::Column::CadreId).eq(self.person))
            .filter(at.col(pool_membership::Column::State).is_in(open))
            .order(pool_membership::Column::Id)
            .all()
            .await
    }
}

impl Remember for MyMemberships {
    const NAME: &'static str = "pool.mine";
    const TTL_S: u64 = 60;
}
