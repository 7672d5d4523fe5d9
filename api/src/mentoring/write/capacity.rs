//! How many pairs one person may have, as an organization says for itself and all below it, from a day on.

use chrono::NaiveDate;
use entity::{
    id::{OrganizationId, PairCapacityId},
    organization, pair_capacity,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Result},
    mentoring::rules,
};

/// Says how many mentees a mentor and how many mentors a mentee may have from a day on. What was said before holds until
/// that day. Fails with INVALID, TAKEN or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct SetCapacity {
    /// The organization that says so.
    pub organization: OrganizationId,
    /// How many mentees a mentor may have; none for no limit.
    pub mentees_per_mentor: Option<i32>,
    /// How many mentors a mentee may have; none for no limit.
    pub mentors_per_mentee: Option<i32>,
    /// From when; today when it is left out.
    pub valid_from: Option<NaiveDate>,
}

impl Command for SetCapacity {
    const ACTION: Action = Action::PairCapacitySet;
    type Outcome = PairCapacityId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PairCapacityId> {
        let mentees_per_mentor = rules::most("menteesPerMentor", self.mentees_per_mentor)?;
        let mentors_per_mentee = rules::most("mentorsPerMentee", self.mentors_per_mentee)?;
        let valid_from = self.valid_from.unwrap_or_else(|| tx.today());
        if valid_from < tx.today() {
            let why = format!("{valid_from} lies before today: what held then is history");
            return Err(Error::invalid("validFrom", why));
        }
        tx.get::<organization::Entity>(self.organization).await?;
        let at = Alias::own::<pair_capacity::Entity>();
        let mine = at.col(pair_capacity::Column::OrganizationId).eq(self.organization);
        let said = tx.reader().find::<pair_capacity::Entity>().filter(mine).all().await?;
        if let Some(same) = said.iter().find(|it| it.valid_from == valid_from) {
            let after = pair_capacity::Model {
                mentees_per_mentor,
                mentors_per_mentee,
                set_by: tx.account(),
                recorded_at: tx.now(),
                ..same.clone()
            };
            tx.update::<pair_capacity::Entity>(same, after).await?;
            return Ok(same.id);
        }
        let holds =
            |it: &&pair_capacity::Model| it.valid_from < valid_from && it.valid_to.is_none_or(|end| end > valid_from);
        if let Some(before) = said.iter().find(holds) {
            let ended = pair_capacity::Model { valid_to: Some(valid_from), ..before.clone() };
            tx.update::<pair_capacity::Entity>(before, ended).await?;
        }
        let row = pair_capacity::Model {
            id: PairCapacityId::fresh(),
            organization_id: self.organization,
            mentees_per_mentor,
            mentors_per_mentee,
            valid_from,
            valid_to: said.iter().map(|it| it.valid_from).filter(|from| *from > valid_from).min(),
            set_by: tx.account(),
            recorded_at: tx.now(),
            version: 1,
        };
        tx.insert::<pair_capacity::Entity>(row).await
    }
}
