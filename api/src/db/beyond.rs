//! What a command must know or do beyond its scope. It learns whether, since when and how many, never which (but for the
//! organization of a public code, to which somebody is offered); and what it changes there is audited like every change,
//! but not read back, because its writer could not see it.

mod numbers;

use std::{any::Any, collections::BTreeSet};

use chrono::NaiveDate;
use entity::{
    Kept, account, cadre, cadre_transfer, declared_fact,
    id::{AccountId, CadreId, Key, OrganizationId, PairId},
    kin_declaration,
    kind::{FactState, OrganizationState, PairSide, PairState, Role, TransferState},
    mentoring_pair, organization, organization_closure, pair_part, policy_edition,
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, Condition, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::LockType,
};

use crate::{
    db::{gate::Visible, unique, writer::Writer},
    error::{Action, Error, Result},
};

/// States of a pair that take a place with its people.
const OPEN: [PairState; 2] = [PairState::Active, PairState::Suspended];

#[expect(clippy::disallowed_methods, reason = "see the header: whether and how many is told, and no row")]
impl Writer<'_> {
    /// Holds some persons until the command ends, so that two commands can't count the same place as free.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn hold(&self, people: &[CadreId]) -> Result<()> {
        self.sent();
        let rows = cadre::Entity::find().select_only().column(cadre::Column::Id);
        let rows = rows.filter(cadre::Column::Id.is_in(people.iter().copied())).order_by_asc(cadre::Column::Id);
        rows.lock(LockType::NoKeyUpdate).into_tuple::<uuid::Uuid>().all(&self.tx).await?;
        Ok(())
    }

    /// Whether any of these keys of two persons is declared to be kin.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn are_kin(&self, keys: &[String]) -> Result<bool> {
        self.sent();
        let found = kin_declaration::Entity::find()
            .select_only()
            .column(kin_declaration::Column::Id)
            .filter(kin_declaration::Column::MatchKey.is_in(keys.iter().map(String::as_str)))
            .filter(kin_declaration::Column::EndedOn.is_null())
            .limit(1);
        Ok(found.into_tuple::<uuid::Uuid>().one(&self.tx).await?.is_some())
    }

    /// How many people stand opposite a person in open pairs, these taken as further ones.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn opposite(&self, person: CadreId, side: PairSide, further: &[CadreId]) -> Result<usize> {
        self.sent();
        let mine = pair_part::Entity::find()
            .filter(pair_part::Column::CadreId.eq(person))
            .filter(pair_part::Column::Side.eq(side))
            .filter(pair_part::Column::LeftOn.is_null())
            .all(&self.tx)
            .await?;
        self.sent();
        let open = mentoring_pair::Entity::find()
            .filter(mentoring_pair::Column::Id.is_in(mine.iter().map(|it| it.pair_id)))
            .filter(mentoring_pair::Column::State.is_in(OPEN))
            .all(&self.tx)
            .await?;
        self.sent();
        let others = pair_part::Entity::find()
            .filter(pair_part::Column::PairId.is_in(open.iter().map(|it| it.id)))
            .filter(pair_part::Column::Side.ne(side))
            .filter(pair_part::Column::LeftOn.is_null())
            .all(&self.tx)
            .await?;
        let all: BTreeSet<CadreId> = others.iter().map(|it| it.cadre_id).chain(further.iter().copied()).collect();
        Ok(all.len())
    }

    /// The same in pairs of one policy, proposed ones included, without one pair.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn opposite_under(
        &self,
        person: CadreId,
        side: PairSide,
        further: &[CadreId],
        policy: &str,
        except: Option<PairId>,
    ) -> Result<usize> {
        self.sent();
        let editions = policy_edition::Entity::find()
            .select_only()
            .column(policy_edition::Column::Id)
            .filter(policy_edition::Column::Code.eq(policy))
            .into_query();
        let mine = pair_part::Entity::find()
            .select_only()
            .column(pair_part::Column::PairId)
            .filter(pair_part::Column::CadreId.eq(person))
            .filter(pair_part::Column::Side.eq(side))
            .filter(pair_part::Column::LeftOn.is_null())
            .into_query();
        let open = mentoring_pair::Entity::find()
            .filter(mentoring_pair::Column::Id.in_subquery(mine))
            .filter(mentoring_pair::Column::EditionId.in_subquery(editions))
            .filter(mentoring_pair::Column::State.is_in([PairState::Proposed, PairState::Active, PairState::Suspended]))
            .all(&self.tx)
            .await?;
        self.sent();
        let others = pair_part::Entity::find()
            .filter(pair_part::Column::PairId.is_in(open.iter().map(|it| it.id).filter(|it| Some(*it) != except)))
            .filter(pair_part::Column::Side.ne(side))
            .filter(pair_part::Column::LeftOn.is_null())
            .all(&self.tx)
            .await?;
        let all: BTreeSet<CadreId> = others.iter().map(|it| it.cadre_id).chain(further.iter().copied()).collect();
        Ok(all.len())
    }

    /// Active pairs with these people in them, whoever keeps the pairs: one line for each of the people.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn active_pairs_of(&self, people: &[CadreId]) -> Result<Vec<(CadreId, mentoring_pair::Model)>> {
        self.sent();
        let parts = pair_part::Entity::find()
            .filter(pair_part::Column::CadreId.is_in(people.iter().copied()))
            .filter(pair_part::Column::LeftOn.is_null())
            .all(&self.tx)
            .await?;
        let keys: BTreeSet<PairId> = parts.iter().map(|it| it.pair_id).collect();
        self.sent();
        let pairs = mentoring_pair::Entity::find()
            .filter(mentoring_pair::Column::Id.is_in(keys))
            .filter(mentoring_pair::Column::State.eq(PairState::Active))
            .order_by_asc(mentoring_pair::Column::Id)
            .all(&self.tx)
            .await?;
        let of = |part: &pair_part::Model| {
            let pair = pairs.iter().find(|it| it.id == part.pair_id)?;
            Some((part.cadre_id, pair.clone()))
        };
        Ok(parts.iter().filter_map(of).collect())
    }

    /// The organization of a code that stands, wherever it is: who hands a person over must be able to name who is to
    /// take them. A code is public. It stays as it is until the commit.
    ///
    /// # Errors
    /// `NotFound` where there is none; `Internal` within any act but an offer.
    pub async fn named_beyond(&self, code: &str) -> Result<organization::Model> {
        if self.gate.scope().action() != Action::CadreTransferOffer {
            return Err(Error::broken(format!("{} looks beyond its scope", self.gate.scope().action().text())));
        }
        self.sent();
        let found = organization::Entity::find()
            .filter(organization::Column::Code.eq(code))
            .filter(organization::Column::State.eq(OrganizationState::Active))
            .lock_shared();
        found.one(&self.tx).await?.ok_or(Error::NotFound(OrganizationId::NOUN))
    }

    /// How many persons a declared fact holds for today at or below a place, whoever keeps them.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn declared_held(&self, place: OrganizationId, code: &str) -> Result<u64> {
        self.sent();
        let held = self.declared_at(place, code).filter(declared_fact::Column::Holds.eq(true));
        let people = held.select_only().column(declared_fact::Column::CadreId).distinct();
        Ok(people.into_tuple::<Option<uuid::Uuid>>().all(&self.tx).await?.len() as u64)
    }

    /// The count that a place declared last; none where it declared none.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn declared_count(&self, place: OrganizationId, code: &str) -> Result<Option<i32>> {
        self.sent();
        let said = self.declared_at(place, code).order_by_desc(declared_fact::Column::ValidFrom);
        let said = said.order_by_desc(declared_fact::Column::Id).one(&self.tx).await?;
        Ok(said.and_then(|it| it.number))
    }

    fn declared_at(&self, place: OrganizationId, code: &str) -> sea_orm::Select<declared_fact::Entity> {
        let below = organization_closure::Entity::find()
            .select_only()
            .column(organization_closure::Column::DescendantId)
            .filter(organization_closure::Column::AncestorId.eq(place))
            .into_query();
        let until = declared_fact::Column::ValidTo;
        declared_fact::Entity::find()
            .filter(declared_fact::Column::OrganizationId.in_subquery(below))
            .filter(declared_fact::Column::Code.eq(code))
            .filter(declared_fact::Column::State.eq(FactState::Recorded))
            .filter(declared_fact::Column::ValidFrom.lte(self.today()))
            .filter(Condition::any().add(until.is_null()).add(until.gt(self.today())))
    }

    /// Since when a person has been where they are kept, whoever kept them before; none where no move is on record.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn last_move(&self, person: CadreId) -> Result<Option<NaiveDate>> {
        self.sent();
        let moves = cadre_transfer::Entity::find()
            .filter(cadre_transfer::Column::CadreId.eq(person))
            .filter(cadre_transfer::Column::State.eq(TransferState::Completed))
            .order_by_desc(cadre_transfer::Column::EffectiveOn);
        Ok(moves.one(&self.tx).await?.and_then(|it| it.effective_on))
    }

    /// Whether an account is the one that acts, or another one of the same person: with whichever account, who proposes
    /// does not decide.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn is_own(&self, account: Option<AccountId>) -> Result<bool> {
        let (Some(account), Some(own)) = (account, self.account()) else { return Ok(false) };
        let person = match self.gate.scope().person(Role::ALL) {
            _ if account == own => return Ok(true),
            None => return Ok(false),
            Some(person) => person,
        };
        self.sent();
        let twin = account::Entity::find().select_only().column(account::Column::Id);
        let twin = twin.filter(account::Column::Id.eq(account)).filter(account::Column::CadreId.eq(person));
        Ok(twin.into_tuple::<uuid::Uuid>().one(&self.tx).await?.is_some())
    }

    /// Adds a row that its writer need not be able to see.
    ///
    /// # Errors
    /// The problem of a named constraint.
    pub async fn append<E: Visible + Kept>(&mut self, row: E::Model) -> Result<()>
    where
        E::Model: Any + Send + Sync,
    {
        self.sent();
        let model = row.clone().into_active_model().reset_all();
        E::insert(model).exec_without_returning(&self.tx).await.map_err(unique::failed)?;
        self.audited::<E>(None, Some(&row));
        Ok(())
    }
}
