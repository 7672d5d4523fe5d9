//! What time alone made of a due item: its day passed with nothing done, or a step was reached that its policy proposes
//! then. Put down by the daily round, once for each item and step; what is done about the item afterwards closes it, and
//! that is worked out, not stored.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{CadreId, DutyStepId, OrganizationId, PolicyEditionId},
    kind::DutySubject,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "duty_step")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DutyStepId,
    /// The edition by which it is due.
    pub edition_id: PolicyEditionId,
    /// Code of the item there.
    pub code: String,
    /// The organization under which it is due.
    pub organization_id: OrganizationId,
    /// What it is about.
    pub subject_kind: DutySubject,
    /// Which one.
    pub subject_id: Uuid,
    /// The person who owes it, where it is one.
    pub cadre_id: Option<CadreId>,
    /// By when it was due.
    pub due_on: Date,
    /// 0 where the day passed, else the place of the proposal among those of the item, from 1.
    pub step: i32,
    /// What is proposed to who keeps the organization; none where only the day passed.
    pub proposed: Option<String>,
    /// The civil day of the round that found it.
    pub reached_on: Date,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
