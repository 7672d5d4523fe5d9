//! Questions about moves of persons, and who may see their rows.
//!
//! An offer is for the officers and leaders of the two sides alone, as far as their tier and ceiling reach the person. A
//! move that is completed is part of the person's history besides: whoever sees the record sees it.

use chrono::NaiveDate;
use entity::{
    cadre, cadre_transfer,
    id::{CadreId, OrganizationId, TransferId},
    kind::{MembershipState, Role, TransferState},
    organization_closure, pool_membership, reserve_pool,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;

use crate::{
    belonging,
    cadre::read::{DECIDING, ROWS, cleared, kept},
    db::{
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::{Query, Remember},
    },
    error::{Action, Result},
    questions,
};

impl Visible for cadre_transfer::Entity {
    /// Of one of the two sides, or completed and of a record that one sees. Up to the secrecy ceiling.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let moved = Alias::named("moved");
        let authority = || moved.col(cadre::Column::ManagementAuthority);
        let own = gate.scope().person(&[Role::Cadre]);
        let seen = Condition::any()
            .add(kept(&moved, gate, ROWS))
            .add_option(own.map(|person| moved.col(cadre::Column::Id).eq(person)));
        let completed = at.col(cadre_transfer::Column::State).eq(TransferState::Completed);
        let some = Condition::any()
            .add(gate.managed(at.col(cadre_transfer::Column::FromId), authority(), DECIDING))
            .add(gate.managed(at.col(cadre_transfer::Column::ToId), authority(), DECIDING))
            .add(Condition::all().add(completed).add(seen));
        let some = Condition::all().add(some).add(cleared(&moved, gate));
        let whom = at.col(cadre_transfer::Column::CadreId);
        Condition::all().add(gate.some::<cadre::Entity>(cadre::Column::Id, &moved, whom, some))
    }
}

/// Which moves to list; several conditions must all hold.
#[derive(Clone, Debug, Default, Serialize)]
pub struct TransfersAmong {
    /// In these states.
    pub states: Option<Vec<TransferState>>,
    /// Of this person.
    pub cadre: Option<CadreId>,
    /// To this organization.
    pub to: Option<OrganizationId>,
}

impl questions::Among for TransfersAmong {
    type Entity = cadre_transfer::Entity;
    const ACTION: Action = Action::CadreTransferRead;
    const LIST: &'static str = "transfer.list";
    const COUNT: &'static str = "transfer.count";
    fn by_name() -> cadre_transfer::Column {
        cadre_transfer::Column::Id
    }
    fn condition(&self, _: &Gate) -> Condition {
        let at = Alias::own::<cadre_transfer::Entity>();
        Condition::all()
            .add_option(self.states.clone().map(|all| at.col(cadre_transfer::Column::State).is_in(all)))
            .add_option(self.cadre.map(|person| at.col(cadre_transfer::Column::CadreId).eq(person)))
            .add_option(self.to.map(|to| at.col(cadre_transfer::Column::ToId).eq(to)))
    }
}

belonging! {
    /// Moves by their own keys.
    Transfers = cadre_transfer by Id(id: TransferId), ordered Id, CadreTransferRead, "transfer.by_id";
    /// Moves of persons, as part of their records, by the day.
    Moves = cadre_transfer by CadreId(cadre_id: CadreId), ordered EffectiveOn, CadreRead, "transfer.of_cadre";
}

/// Who kept a person on a day, by the moves since, which stand in their order; none where nobody moved them.
pub fn keeper_on(moves: &[cadre_transfer::Model], on: NaiveDate) -> Option<OrganizationId> {
    let later = |it: &&cadre_transfer::Model| {
        it.state == TransferState::Completed && it.effective_on.is_some_and(|day| day > on)
    };
    moves.iter().find(later).map(|it| it.from_id)
}

/// Open memberships of a person in pools that neither this organization keeps nor one above it.
#[derive(Serialize)]
pub struct MembershipsElsewhere {
    /// Who.
    pub cadre: CadreId,
    /// Who keeps the person from now on.
    pub to: OrganizationId,
}

impl Query for MembershipsElsewhere {
    const ACTION: Action = Action::PoolRead;
    type Answer = Vec<pool_membership::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        use entity::id::Key as _;
        let (gate, at, pool) = (reader.gate(), Alias::own::<pool_membership::Entity>(), Alias::named("kept_elsewhere"));
        let (above, below) = (organization_closure::Column::AncestorId, organization_closure::Column::DescendantId);
        let elsewhere = gate
            .raw::<reserve_pool::Entity>(reserve_pool::Column::Id, &pool)
            .and_where(pool.col(reserve_pool::Column::OrganizationId).not_in_subquery(gate.closure(
                above,
                below,
                [self.to.uuid()],
            )))
            .to_owned();
        let open = [MembershipState::Proposed, MembershipState::Confirmed, MembershipState::Warned];
        let found = reader
            .find::<pool_membership::Entity>()
            .filter(at.col(pool_membership::Column::CadreId).eq(self.cadre))
            .filter(at.col(pool_membership::Column::State).is_in(open))
            .filter(at.col(pool_membership::Column::PoolId).in_subquery(elsewhere));
        found.order(pool_membership::Column::Id).all().await
    }
}

impl Remember for MembershipsElsewhere {
    const NAME: &'static str = "transfer.memberships_elsewhere";
    const TTL_S: u64 = 60;
}
