//! Questions about cadres, and who may see their rows.
//!
//! A record is visible to those whose grant reaches the organization that keeps the person, and to the person. The
//! short card (name, organization, post) goes further: to the other side of a pair, and to those who keep a pool or
//! pair that the person is in, because a nominee may come from outside.

use std::collections::HashMap;

use entity::{
    cadre, cadre_sealed,
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, ManagementAuthority, PositionLevel, Role, Sex},
    level_period, mentoring_pair, pair_part, pool_membership, post_assignment, reserve_pool,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;

use crate::{
    db::{
        gate::{Alias, Countable, Gate, Visible},
        reader::Reader,
        session::{Query, Remember, Session},
    },
    error::{Action, Result},
    loaders::Batched,
    organization::read::{begins, below},
    page::{Page, PageArgs},
};

/// Roles whose grant reaches the rows of a subtree.
pub const ROWS: &[Role] = &[Role::OrganizationOfficer, Role::OrganizationLeader, Role::UnitOfficer];
/// Roles that keep pools and pairs.
pub const KEEPERS: &[Role] = &[Role::OrganizationOfficer, Role::OrganizationLeader];

impl Visible for cadre::Entity {
    /// Within reach, or oneself; for the short card also those met in a pool or pair.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let id = at.col(cadre::Column::Id);
        let mut some = Condition::any().add(gate.under(at.col(cadre::Column::OrganizationId), ROWS));
        if let Some(person) = gate.scope().person(&[Role::Cadre]) {
            some = some.add(id.clone().eq(person));
        }
        if gate.scope().action() != Action::CadreCardRead {
            return some;
        }
        if gate.scope().person(&[Role::Mentor, Role::Cadre]).is_some() {
            some = some.add(known_to_person(at, gate));
        }
        some.add(met_by_keepers(id, gate))
    }
}

impl Countable for cadre::Entity {
    /// Within reach; for a reader of counts too, who sees no row.
    fn countable(at: &Alias, gate: &Gate) -> Condition {
        let roles = [ROWS, &[Role::SummaryReader]].concat();
        gate.under(at.col(cadre::Column::OrganizationId), &roles)
    }
}

/// The person behind the scope, and those in a pair with them.
pub fn known_to_person(at: &Alias, gate: &Gate) -> Condition {
    let Some(person) = gate.scope().person(&[Role::Mentor, Role::Cadre]) else { return Gate::nothing() };
    let (mine, theirs) = (Alias::named("mine"), Alias::named("theirs"));
    let pairs = gate.raw::<pair_part::Entity>(pair_part::Column::PairId, &mine);
    let pairs = pairs.clone().and_where(mine.col(pair_part::Column::CadreId).eq(person)).to_owned();
    let people = gate.raw::<pair_part::Entity>(pair_part::Column::CadreId, &theirs);
    let people = people.clone().and_where(theirs.col(pair_part::Column::PairId).in_subquery(pairs)).to_owned();
    let id = at.col(cadre::Column::Id);
    Condition::any().add(id.clone().eq(person)).add(id.in_subquery(people))
}

/// In a pool or pair that is kept within reach.
fn met_by_keepers(id: Expr, gate: &Gate) -> Condition {
    let (pool, pair) = (Alias::own::<reserve_pool::Entity>(), Alias::own::<mentoring_pair::Entity>());
    let (member, part) = (Alias::named("met_member"), Alias::named("met_part"));
    let pools = gate.raw::<reserve_pool::Entity>(reserve_pool::Column::Id, &pool);
    let kept = gate.under(pool.col(reserve_pool::Column::OrganizationId), KEEPERS);
    let pools = pools.clone().cond_where(kept).to_owned();
    let members = gate.raw::<pool_membership::Entity>(pool_membership::Column::CadreId, &member);
    let members = members.clone().and_where(member.col(pool_membership::Column::PoolId).in_subquery(pools)).to_owned();
    let pairs = gate.raw::<mentoring_pair::Entity>(mentoring_pair::Column::Id, &pair);
    let kept = gate.under(pair.col(mentoring_pair::Column::OrganizationId), ROWS);
    let pairs = pairs.clone().cond_where(kept).to_owned();
    let parts = gate.raw::<pair_part::Entity>(pair_part::Column::CadreId, &part);
    let parts = parts.clone().and_where(part.col(pair_part::Column::PairId).in_subquery(pairs)).to_owned();
    Condition::any().add(id.clone().in_subquery(members)).add(id.in_subquery(parts))
}

macro_rules! follows_cadre {
    ($($entity:ident),+) => {$(
        impl Visible for $entity::Entity {
            /// Where the person's record is.
            fn visible(at: &Alias, gate: &Gate) -> Condition {
                Condition::all().add(at.col($entity::Column::CadreId).in_subquery(gate.ids::<cadre::Entity>()))
            }
        }
    )+};
}

follows_cadre!(post_assignment, level_period, cadre_sealed);

/// Which cadres to list; several conditions must all hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Among {
    /// Kept by this organization or one below it.
    pub under: Option<OrganizationId>,
    /// Names that begin so.
    pub name_prefix: Option<String>,
    /// Of these position levels.
    pub position_levels: Option<Vec<PositionLevel>>,
    /// Of this sex.
    pub sex: Option<Sex>,
    /// Of these statuses.
    pub statuses: Option<Vec<CadreStatus>>,
    /// Managed at one of these levels.
    pub management_authorities: Option<Vec<ManagementAuthority>>,
}

impl Among {
    fn condition(&self, gate: &Gate) -> Condition {
        let at = Alias::own::<cadre::Entity>();
        Condition::all()
            .add_option(self.under.map(|top| at.col(cadre::Column::OrganizationId).in_subquery(below(gate, top))))
            .add_option(self.name_prefix.as_deref().map(|text| begins(at.col(cadre::Column::Name), text)))
            .add_option(self.position_levels.clone().map(|all| at.col(cadre::Column::PositionLevel).is_in(all)))
            .add_option(self.sex.map(|sex| at.col(cadre::Column::Sex).eq(sex)))
            .add_option(self.statuses.clone().map(|all| at.col(cadre::Column::Status).is_in(all)))
            .add_option(
                self.management_authorities.clone().map(|all| at.col(cadre::Column::ManagementAuthority).is_in(all)),
            )
    }
}

/// One page of cadres.
#[derive(Serialize)]
pub struct ListCadres {
    /// Which.
    pub among: Among,
    /// Which page.
    pub page: PageArgs,
}

impl Query for ListCadres {
    const ACTION: Action = Action::CadreRead;
    type Answer = Page<cadre::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let among = self.among.condition(reader.gate());
        reader.find::<cadre::Entity>().filter(among).page(&self.page, cadre::Column::NameSort).await
    }
}

impl Remember for ListCadres {
    const NAME: &'static str = "cadre.list";
    const TTL_S: u64 = 60;
}

/// How many cadres there are.
#[derive(Serialize)]
pub struct CountCadres(pub Among);

impl Query for CountCadres {
    const ACTION: Action = Action::CadreRead;
    type Answer = u64;
    async fn load(&self, reader: &Reader<'_>) -> Result<u64> {
        let among = self.0.condition(reader.gate());
        reader.find::<cadre::Entity>().filter(among).count().await
    }
}

impl Remember for CountCadres {
    const NAME: &'static str = "cadre.count";
    const TTL_S: u64 = 60;
}

macro_rules! by_key {
    ($(#[$doc:meta])* $question:ident, $action:ident, $name:literal) => {
        $(#[$doc])*
        #[derive(Serialize)]
        pub struct $question(pub Vec<CadreId>);

        impl Query for $question {
            const ACTION: Action = Action::$action;
            type Answer = Vec<cadre::Model>;
            async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
                let id = Alias::own::<cadre::Entity>().col(cadre::Column::Id);
                reader.find::<cadre::Entity>().filter(id.is_in(self.0.iter().copied())).all().await
            }
        }

        impl Remember for $question {
            const NAME: &'static str = $name;
            const TTL_S: u64 = 60;
        }
    };
}

by_key!(
    /// Cadres' records by key.
    CadresById, CadreRead, "cadre.by_id"
);
by_key!(
    /// Cadres' rows by key, for their short cards alone.
    CardsById, CadreCardRead, "cadre.card"
);

/// The dated posts of cadres, oldest first.
#[derive(Serialize)]
pub struct PostsOfCadres(pub Vec<CadreId>);

impl Query for PostsOfCadres {
    const ACTION: Action = Action::CadreRead;
    type Answer = Vec<post_assignment::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let cadre = Alias::own::<post_assignment::Entity>().col(post_assignment::Column::CadreId);
        let found = reader.find::<post_assignment::Entity>().filter(cadre.is_in(self.0.iter().copied()));
        found.order(post_assignment::Column::ValidFrom).order(post_assignment::Column::Id).all().await
    }
}

impl Remember for PostsOfCadres {
    const NAME: &'static str = "cadre.posts";
    const TTL_S: u64 = 60;
}

/// The dated position levels of cadres, oldest first.
#[derive(Serialize)]
pub struct LevelsOfCadres(pub Vec<CadreId>);

impl Query for LevelsOfCadres {
    const ACTION: Action = Action::CadreRead;
    type Answer = Vec<level_period::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let cadre = Alias::own::<level_period::Entity>().col(level_period::Column::CadreId);
        let found = reader.find::<level_period::Entity>().filter(cadre.is_in(self.0.iter().copied()));
        found.order(level_period::Column::ValidFrom).order(level_period::Column::Id).all().await
    }
}

impl Remember for LevelsOfCadres {
    const NAME: &'static str = "cadre.levels";
    const TTL_S: u64 = 60;
}

/// The keys of a batch, each once, in one order: the same batch is the same question.
pub fn distinct<K: Copy + Ord>(keys: impl Iterator<Item = K>) -> Vec<K> {
    let mut keys: Vec<K> = keys.collect();
    keys.sort_unstable();
    keys.dedup();
    keys
}

/// Rows gathered under the key that each belongs to.
pub fn gathered<K: std::hash::Hash + Eq, R>(
    rows: impl IntoIterator<Item = R>,
    key: impl Fn(&R) -> K,
) -> HashMap<K, Vec<R>> {
    let mut out: HashMap<K, Vec<R>> = HashMap::new();
    for row in rows {
        out.entry(key(&row)).or_default().push(row);
    }
    out
}

macro_rules! batched {
    ($(#[$doc:meta])* $of:ident asks $question:ident yields $value:ty where $rows:ident => $gather:expr) => {
        $(#[$doc])*
        #[derive(Clone, PartialEq, Eq, Hash)]
        pub struct $of(pub CadreId);

        impl Batched for $of {
            type Value = $value;
            async fn batch(keys: &[Self], session: &Session) -> Result<HashMap<Self, Self::Value>> {
                let $rows = session.recall(&$question(distinct(keys.iter().map(|it| it.0)))).await?;
                Ok($gather)
            }
        }
    };
}

batched!(
    /// One record, loaded with its neighbours.
    CadreOf asks CadresById yields cadre::Model where rows => rows.into_iter().map(|row| (CadreOf(row.id), row)).collect()
);
batched!(
    /// One card, loaded with its neighbours.
    CardOf asks CardsById yields cadre::Model where rows => rows.into_iter().map(|row| (CardOf(row.id), row)).collect()
);
batched!(
    /// One person's posts, loaded with the neighbours'.
    PostsOf asks PostsOfCadres yields Vec<post_assignment::Model> where rows => gathered(rows, |row| PostsOf(row.cadre_id))
);
batched!(
    /// One person's levels, loaded with the neighbours'.
    LevelsOf asks LevelsOfCadres yields Vec<level_period::Model> where rows => gathered(rows, |row| LevelsOf(row.cadre_id))
);
