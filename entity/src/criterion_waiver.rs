//! That somebody named by a policy lets a criterion pass for a person, with the reason.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::id::{AccountId, CadreId, CriterionWaiverId, PolicyEditionId};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "criterion_waiver")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CriterionWaiverId,
    /// The edition.
    pub edition_id: PolicyEditionId,
    /// Code of the criterion.
    pub criterion: String,
    /// The person.
    pub cadre_id: CadreId,
    /// Why.
    pub reason: String,
    /// Who let it pass.
    pub waived_by: Option<AccountId>,
    /// From when.
    pub waived_on: Date,
    /// The first day on which it holds no more.
    pub valid_to: Option<Date>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
