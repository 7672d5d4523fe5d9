//! A talk between somebody who leads and a person or unit: the day and the class of topic, never what was said.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, OrganizationId, PolicyEditionId, TalkId},
    kind::TalkState,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "talk")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TalkId,
    /// The edition by which it is held.
    pub edition_id: PolicyEditionId,
    /// The organization whose people hold it.
    pub organization_id: OrganizationId,
    /// With whom, where it is a person.
    pub cadre_id: Option<CadreId>,
    /// With which unit otherwise.
    pub unit_id: Option<OrganizationId>,
    /// Code of its kind.
    pub kind: String,
    /// Code of the event after which it is due.
    pub trigger: Option<String>,
    /// Code of who holds it.
    pub conductor: String,
    /// Class of its topic.
    pub topic: Option<String>,
    /// How far it is.
    pub state: TalkState,
    /// When it was asked for, or became due.
    pub requested_on: Date,
    /// By when a day must be fixed, or the talk held.
    pub answer_by: Option<Date>,
    /// The day that was fixed.
    pub fixed_for: Option<Date>,
    /// The day on which it was held.
    pub held_on: Option<Date>,
    /// By when it is followed up.
    pub follow_up_on: Option<Date>,
    /// Who asked for it.
    pub requested_by: Option<AccountId>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
