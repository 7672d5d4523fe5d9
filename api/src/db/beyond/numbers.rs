//! What a question may learn beyond its scope: which organizations stand above one, how many people stand opposite each of some
//! in pairs, and whether two are kin. For suggestions that respect what one person can take on, and whom they may not have.

use std::collections::{HashMap, HashSet};

use entity::{
    id::{CadreId, Key, OrganizationId},
    kin_declaration,
    kind::{PairSide, PairState},
    mentoring_pair, organization_closure, pair_part, policy_edition,
};
use sea_orm::sea_query::{Expr, ExprTrait, Order, Query};

use super::OPEN;
use crate::{
    db::{gate::Alias, reader::Reader},
    error::{Action, Error, Result},
};

/// States in which a pair takes a place under its policy.
const PROPOSED_TOO: [PairState; 3] = [PairState::Proposed, PairState::Active, PairState::Suspended];

impl Reader<'_> {
    /// An organization and those above it, nearest first.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn above(&self, organization: OrganizationId) -> Result<Vec<OrganizationId>> {
        let (above, of) = (organization_closure::Column::AncestorId, organization_closure::Column::DescendantId);
        let mut select = self.gate().closure(above, of, [organization.uuid()]);
        select.order_by(organization_closure::Column::Depth, Order::Asc);
        let rows = self.all_raw(&select).await?;
        rows.iter().map(|row| Ok(OrganizationId::from_uuid(row.try_get("", "ancestor_id")?))).collect()
    }

    /// Which of these keys of two persons are declared to be kin: for suggestions, which leave them out and say nothing.
    ///
    /// # Errors
    /// `Internal` when the database fails, or within any other act.
    pub async fn kin_among(&self, keys: &[String]) -> Result<HashSet<String>> {
        if self.gate().scope().action() != Action::PairMatch {
            return Err(Error::broken(format!("{} asks who are kin", self.gate().scope().action().text())));
        }
        let at = Alias::named("declared_kin");
        let mut select = self.gate().raw::<kin_declaration::Entity>(kin_declaration::Column::MatchKey, &at);
        select.and_where(at.col(kin_declaration::Column::MatchKey).is_in(keys.iter().map(String::as_str)));
        select.and_where(at.col(kin_declaration::Column::EndedOn).is_null());
        let rows = self.all_raw(&select).await?;
        rows.iter().map(|row| Ok(row.try_get("", "match_key")?)).collect()
    }

    /// How many people stand opposite each of these in open pairs, or in those of one policy, proposed ones included. Who
    /// has nobody opposite is left out.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    pub async fn opposite(
        &self,
        people: &[CadreId],
        side: PairSide,
        policy: Option<&str>,
    ) -> Result<HashMap<CadreId, u32>> {
        let gate = self.gate();
        let (mine, pair, other) = (Alias::named("mine"), Alias::named("of"), Alias::named("other"));
        let mut open = gate.raw::<mentoring_pair::Entity>(mentoring_pair::Column::Id, &pair);
        open.and_where(pair.col(mentoring_pair::Column::State).is_in(match policy {
            Some(_) => PROPOSED_TOO.to_vec(),
            None => OPEN.to_vec(),
        }));
        if let Some(code) = policy {
            let edition = Alias::named("made_by");
            let mut editions = gate.raw::<policy_edition::Entity>(policy_edition::Column::Id, &edition);
            editions.and_where(edition.col(policy_edition::Column::Code).eq(code));
            open.and_where(pair.col(mentoring_pair::Column::EditionId).in_subquery(editions));
        }
        let select = Query::select()
            .expr_as(mine.col(pair_part::Column::CadreId), "person")
            .expr_as(Expr::expr(other.col(pair_part::Column::CadreId)).count_distinct(), "opposite")
            .from_as(pair_part::Entity, mine.name())
            .join_as(
                sea_orm::JoinType::InnerJoin,
                pair_part::Entity,
                other.name(),
                other.col(pair_part::Column::PairId).eq(mine.col(pair_part::Column::PairId)),
            )
            .and_where(mine.col(pair_part::Column::CadreId).is_in(people.iter().copied()))
            .and_where(mine.col(pair_part::Column::Side).eq(side))
            .and_where(mine.col(pair_part::Column::LeftOn).is_null())
            .and_where(other.col(pair_part::Column::Side).ne(side))
            .and_where(other.col(pair_part::Column::LeftOn).is_null())
            .and_where(mine.col(pair_part::Column::PairId).in_subquery(open))
            .add_group_by([mine.col(pair_part::Column::CadreId)])
            .to_owned();
        let rows = self.all_raw(&select).await?;
        let mut counts = HashMap::new();
        for row in &rows {
            let (person, count): (uuid::Uuid, i64) = (row.try_get("", "person")?, row.try_get("", "opposite")?);
            counts.insert(CadreId::from_uuid(person), u32::try_from(count).unwrap_or(u32::MAX));
        }
        Ok(counts)
    }
}
