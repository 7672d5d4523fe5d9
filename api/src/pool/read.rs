//! Questions about reserve pools and memberships, and who may see their rows.
//!
//! A membership is visible to those who see the *pool*, not the person's home unit, because a nominee may come from
//! outside. Disclosure opens further: UNIT to the officer of the person's unit, PERSON also to the person. A
//! confidential membership is absent for them, also from counts.

pub mod standing;

use entity::{
    cadre,
    id::{CadreId, Key, MembershipStepId, OrganizationId, PoolId, PoolMembershipId},
    kind::{Disclosure, MembershipState, Role, StepKind},
    membership_step, pool_division, pool_membership, pool_tier, reserve_pool,
};
use sea_orm::{
    Condition,
    sea_query::{Expr, ExprTrait},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    belonging,
    cadre::read::{self as cadre_read, ROWS},
    db::{
        connect::Plans,
        gate::{Alias, Countable, Gate, Visible},
        reader::{Find, Reader},
        session::{Query, Remember},
    },
    error::{Action, Result},
    follows,
    page::Order,
    questions::{self, Rows as _},
};

const TO_UNIT: [Disclosure; 2] = [Disclosure::Unit, Disclosure::Person];
const TO_PERSON: [Disclosure; 1] = [Disclosure::Person];

/// That a pool is disclosed so far.
fn open_to(disclosure: Expr, gate: &Gate, to: &[Disclosure]) -> Condition {
    if gate.scope().supposes_disclosure() {
        return Condition::all();
    }
    Condition::all().add(disclosure.is_in(to.iter().copied()))
}

impl Visible for reserve_pool::Entity {
    /// Kept within reach; disclosed to units below its keeper; disclosed to the person who is in it.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let keeper = at.col(reserve_pool::Column::OrganizationId);
        let disclosure = at.col(reserve_pool::Column::Disclosure);
        let to_units = Condition::all()
            .add(open_to(disclosure.clone(), gate, &TO_UNIT))
            .add(gate.above(keeper.clone(), &[Role::UnitOfficer]));
        let mut some = Condition::any().add(gate.under(keeper, ROWS)).add(to_units);
        if let Some(person) = gate.scope().person(&[Role::Cadre]) {
            let own = Alias::named("own_membership");
            let pools = gate.raw::<pool_membership::Entity>(pool_membership::Column::PoolId, &own);
            let pools = pools.clone().and_where(own.col(pool_membership::Column::CadreId).eq(person)).to_owned();
            let id = at.col(reserve_pool::Column::Id);
            some = some.add(open_to(disclosure, gate, &TO_PERSON).add(id.in_subquery(pools)));
        }
        some
    }
}

follows!(pool_tier.PoolId => reserve_pool, pool_division.PoolId => reserve_pool);
follows!(membership_step.MembershipId => pool_membership);

impl Visible for pool_membership::Entity {
    /// In a pool kept within reach; disclosed and of the unit; disclosed and one's own. Of people up to the secrecy
    /// ceiling alone: a membership without a name would still tell that there is somebody.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let pool = at.col(pool_membership::Column::PoolId);
        let cadre = at.col(pool_membership::Column::CadreId);
        let unit = Alias::named("unit_member");
        let own = cadre_read::kept(&unit, gate, &[Role::UnitOfficer]);
        let to_unit = Condition::all().add(disclosed(pool.clone(), gate, &TO_UNIT)).add(gate.some::<cadre::Entity>(
            cadre::Column::Id,
            &unit,
            cadre.clone(),
            own,
        ));
        let mut some = Condition::any().add(kept(pool.clone(), gate)).add(to_unit);
        if let Some(person) = gate.scope().person(&[Role::Cadre]) {
            let mine = cadre.clone().eq(person);
            some = some.add(Condition::all().add(mine).add(disclosed(pool, gate, &TO_PERSON)));
        }
        Condition::all().add(some).add(cadre_read::names_cleared(cadre, gate))
    }
}

impl Countable for pool_membership::Entity {
    /// As a row, or in a pool kept where the caller counts. Of people up to the secrecy ceiling.
    fn countable(at: &Alias, gate: &Gate) -> Condition {
        let counted = Alias::named("counted_pool");
        let keeper = gate.under(counted.col(reserve_pool::Column::OrganizationId), &[Role::SummaryReader]);
        let pools = gate.raw::<reserve_pool::Entity>(reserve_pool::Column::Id, &counted).cond_where(keeper).to_owned();
        let cadre = at.col(pool_membership::Column::CadreId);
        let counted = Condition::all()
            .add(at.col(pool_membership::Column::PoolId).in_subquery(pools))
            .add(cadre_read::names_cleared(cadre, gate));
        Condition::any().add(Self::visible(at, gate)).add(counted)
    }
}

impl Countable for pool_tier::Entity {
    /// Of a pool that the caller keeps or counts: whoever meets some of its members alone learns no target.
    fn countable(at: &Alias, gate: &Gate) -> Condition {
        let aimed = Alias::named("aimed_pool");
        let roles = [ROWS, &[Role::SummaryReader]].concat();
        let keeper = gate.under(aimed.col(reserve_pool::Column::OrganizationId), &roles);
        let pools = gate.raw::<reserve_pool::Entity>(reserve_pool::Column::Id, &aimed).cond_where(keeper).to_owned();
        Condition::all().add(at.col(pool_tier::Column::PoolId).in_subquery(pools))
    }
}

fn kept(pool: Expr, gate: &Gate) -> Expr {
    let at = Alias::named("kept_pool");
    // A pool that a unit keeps itself is its officer's too.
    let kept = Condition::all().add(gate.under(at.col(reserve_pool::Column::OrganizationId), ROWS));
    gate.some::<reserve_pool::Entity>(reserve_pool::Column::Id, &at, pool, kept)
}

fn disclosed(pool: Expr, gate: &Gate, to: &[Disclosure]) -> Expr {
    let at = Alias::named("disclosed_pool");
    let open = Condition::all().add(open_to(at.col(reserve_pool::Column::Disclosure), gate, to));
    gate.some::<reserve_pool::Entity>(reserve_pool::Column::Id, &at, pool, open)
}

/// Which pools to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct PoolsAmong {
    /// Kept by this organization.
    pub organization: Option<OrganizationId>,
    /// Of this code.
    pub code: Option<String>,
}

impl questions::Among for PoolsAmong {
    type Entity = reserve_pool::Entity;
    const ACTION: Action = Action::PoolRead;
    const LIST: &'static str = "pool.list";
    const COUNT: &'static str = "pool.count";
    fn by_name() -> reserve_pool::Column {
        reserve_pool::Column::NameSort
    }
    fn condition(&self, _: &Gate) -> Condition {
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

impl questions::Among for MembershipsAmong {
    type Entity = pool_membership::Entity;
    const ACTION: Action = Action::PoolRead;
    const LIST: &'static str = "pool.memberships";
    const COUNT: &'static str = "pool.membership_count";
    fn by_name() -> pool_membership::Column {
        pool_membership::Column::Id
    }
    /// By an index in its order, whatever the pool: those in one state.
    fn plans(&self, _: Order) -> Plans {
        let one_state = self.states.as_ref().is_some_and(|it| it.len() == 1);
        if one_state && self.tier.is_none() { Plans::Once } else { Plans::Shared }
    }

    fn of(&self) -> Option<(pool_membership::Column, Uuid)> {
        Some((pool_membership::Column::PoolId, self.pool.uuid()))
    }

    fn each_key(&mut self, of: &mut dyn FnMut(Uuid) -> Uuid) -> bool {
        self.pool = PoolId::from_uuid(of(self.pool.uuid()));
        // What clients write themselves has too many forms.
        self.tier.is_none()
    }

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

belonging! {
    /// Pools by their own keys.
    Pools = reserve_pool by Id(id: PoolId), ordered Id, PoolRead, "pool.by_id";
    /// The tiers of pools, in order.
    Tiers = pool_tier by PoolId(pool_id: PoolId), ordered Ordinal, PoolRead, "pool.tiers";
    /// The tracks, categories and maturities of pools, in order.
    Divisions = pool_division by PoolId(pool_id: PoolId), ordered Ordinal, PoolRead, "pool.divisions";
    /// Steps by their own keys.
    StepsById = membership_step by Id(id: MembershipStepId), ordered Id, PoolRead, "pool.step_by_id";
    /// The steps of memberships, oldest first.
    Steps = membership_step by MembershipId(membership_id: PoolMembershipId), ordered Id, PoolRead, "pool.steps";
    /// Memberships by their own keys.
    Memberships = pool_membership by Id(id: PoolMembershipId), ordered Id, PoolRead, "pool.membership_by_id";
    /// The memberships of persons.
    MembershipsOfCadres = pool_membership by CadreId(cadre_id: CadreId), ordered Id, PoolRead, "pool.memberships_of";
}

/// Which steps to list: those of one pool, its in/out log.
#[derive(Clone, Debug, Serialize)]
pub struct StepsAmong {
    /// Of memberships of this pool.
    pub pool: PoolId,
    /// Of these kinds.
    pub kinds: Option<Vec<StepKind>>,
}

impl questions::Among for StepsAmong {
    type Entity = membership_step::Entity;
    const ACTION: Action = Action::PoolRead;
    const LIST: &'static str = "pool.log";
    const COUNT: &'static str = "pool.log_count";
    fn by_name() -> membership_step::Column {
        membership_step::Column::Id
    }
    fn condition(&self, gate: &Gate) -> Condition {
        let (at, of) = (Alias::own::<membership_step::Entity>(), Alias::named("logged"));
        let memberships = gate.raw::<pool_membership::Entity>(pool_membership::Column::Id, &of);
        let memberships =
            memberships.clone().and_where(of.col(pool_membership::Column::PoolId).eq(self.pool)).to_owned();
        Condition::all()
            .add(at.col(membership_step::Column::MembershipId).in_subquery(memberships))
            .add_option(self.kinds.clone().map(|kinds| at.col(membership_step::Column::Kind).is_in(kinds)))
    }
}

/// A membership that changed.
#[derive(Serialize)]
pub struct ChangedMembership {
    /// The membership.
    pub membership: PoolMembershipId,
    /// Only if its pool is kept by this organization.
    pub organization: Option<OrganizationId>,
    /// Only if it is of this pool.
    pub pool: Option<PoolId>,
}

impl Query for ChangedMembership {
    const ACTION: Action = Action::PoolRead;
    type Answer = Option<pool_membership::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let Some(row) = reader.get::<pool_membership::Entity>(self.membership).await? else { return Ok(None) };
        if self.pool.is_some_and(|it| it != row.pool_id) {
            return Ok(None);
        }
        let Some(organization) = self.organization else { return Ok(Some(row)) };
        let pool = reader.get::<reserve_pool::Entity>(row.pool_id).await?;
        Ok(pool.filter(|it| it.organization_id == organization).map(|_| row))
    }
}

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
        self.found(reader).order(Self::order()).all().await
    }
}

impl questions::Rows for MyMemberships {
    type Entity = pool_membership::Entity;
    fn found<'r, 'c>(&self, reader: &'r Reader<'c>) -> Find<'r, 'c, pool_membership::Entity> {
        let at = Alias::own::<pool_membership::Entity>();
        let open = [MembershipState::Proposed, MembershipState::Confirmed, MembershipState::Warned];
        let own = reader.find::<pool_membership::Entity>();
        let own = own.filter(at.col(pool_membership::Column::CadreId).eq(self.person));
        own.filter(at.col(pool_membership::Column::State).is_in(open))
    }
    fn order() -> pool_membership::Column {
        pool_membership::Column::Id
    }
}

impl Remember for MyMemberships {
    const NAME: &'static str = "pool.mine";
    const TTL_S: u64 = 60;
}
