//! Who may be paired: people in post, nobody with a superior or kin, nobody beyond what the organization allows.
//!
//! A superior holds the principal post of the mentee's organization or of the one above it. Kin is what officers have
//! declared. Both are looked up before either refuses, and refuse alike: neither the answer nor its time tells which.

use std::collections::{BTreeSet, HashSet};

use entity::{
    cadre,
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, PairSide, PostRole},
    organization, pair_part, post_assignment,
};
use sea_orm::sea_query::ExprTrait;

use crate::{
    db::{gate::Alias, writer::Writer},
    error::{Error, Problem, ProblemCode, Result},
    mentoring::{read::capacity_of, rules},
};

/// The people of a pair.
pub(super) struct Sides {
    mentors: Vec<CadreId>,
    mentees: Vec<CadreId>,
}

impl Sides {
    pub(super) fn new(mentors: Vec<CadreId>, mentees: Vec<CadreId>) -> Self {
        Self { mentors, mentees }
    }

    pub(super) fn of(parts: &[pair_part::Model]) -> Self {
        let side = |side| parts.iter().filter(|it| it.side == side).map(|it| it.cadre_id).collect();
        Self { mentors: side(PairSide::Mentor), mentees: side(PairSide::Mentee) }
    }

    fn all(&self) -> Vec<CadreId> {
        self.mentors.iter().chain(&self.mentees).copied().collect()
    }

    /// That all of them exist for the caller, are in post, and may be paired: with superiors where the policy wants them.
    ///
    /// # Errors
    /// NOT_IN_POST or CONFLICT; `NotFound` where somebody does not exist for the caller.
    pub(super) async fn fit(&self, tx: &Writer<'_>, superiors: bool) -> Result<()> {
        // Until the end of the command nobody of them leaves, and nobody else counts their places.
        tx.hold(&self.all()).await?;
        let id = Alias::own::<cadre::Entity>().col(cadre::Column::Id);
        let rows = tx.reader().find::<cadre::Entity>().filter(id.is_in(self.all())).all().await?;
        if rows.len() < self.all().len() {
            return Err(Error::NotFound("cadre"));
        }
        if let Some(row) = rows.iter().find(|it| it.status != CadreStatus::InPost) {
            let message = format!("{} is {}: only those in post can be paired.", row.name, row.status.text());
            return Err(Problem::new(ProblemCode::NotInPost, message).into());
        }
        let (superior, kin) = (self.has_superior(tx, &rows).await?, self.has_kin(tx).await?);
        if (superior & !superiors) | kin { Err(rules::conflict()) } else { Ok(()) }
    }

    /// Whether a mentor holds the principal post where a mentee serves, or above.
    async fn has_superior(&self, tx: &Writer<'_>, rows: &[cadre::Model]) -> Result<bool> {
        let reader = tx.reader();
        let homes = |side: &[CadreId]| -> HashSet<OrganizationId> {
            rows.iter().filter(|it| side.contains(&it.id)).map(|it| it.organization_id).collect()
        };
        let mut over = homes(&self.mentees);
        let id = Alias::own::<organization::Entity>().col(organization::Column::Id);
        let places = reader.find::<organization::Entity>().filter(id.is_in(over.iter().copied())).all().await?;
        over.extend(places.iter().filter_map(|it| it.parent_id));
        let at = Alias::own::<post_assignment::Entity>();
        let held = at.col(post_assignment::Column::CadreId).is_in(self.mentors.iter().copied());
        let principal = at.col(post_assignment::Column::Role).eq(PostRole::Principal);
        let posts = reader.find::<post_assignment::Entity>().filter(held).filter(principal).all().await?;
        let heads = |mentor: CadreId| {
            let mut his = posts.iter().filter(|it| it.cadre_id == mentor);
            his.any(|it| rules::heads(it, tx.today()))
        };
        let mut mentors = rows.iter().filter(|it| self.mentors.contains(&it.id));
        Ok(mentors.any(|it| over.contains(&it.organization_id) && heads(it.id)))
    }

    async fn has_kin(&self, tx: &Writer<'_>) -> Result<bool> {
        let keys = self.mentors.iter().flat_map(|one| self.mentees.iter().map(|other| tx.kin_key(*one, *other)));
        tx.are_kin(&keys.collect::<Vec<_>>()).await
    }

    /// That nobody would have more mentors or mentees than the keeper allows, whoever keeps the other pairs.
    ///
    /// # Errors
    /// CAPACITY_REACHED, with the numbers.
    pub(super) async fn find_room(&self, tx: &Writer<'_>, keeper: OrganizationId) -> Result<()> {
        let Some(allowed) = capacity_of(&tx.reader(), keeper, tx.today()).await? else { return Ok(()) };
        let sides = [
            (PairSide::Mentor, &self.mentors, &self.mentees, allowed.mentees_per_mentor),
            (PairSide::Mentee, &self.mentees, &self.mentors, allowed.mentors_per_mentee),
        ];
        for (side, people, others, most) in sides {
            for person in people.iter().filter(|_| most.is_some()).collect::<BTreeSet<_>>() {
                rules::capacity(side, tx.opposite(*person, side, others).await?, most)?;
            }
        }
        Ok(())
    }
}
