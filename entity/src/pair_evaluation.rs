//! What one side, or the organization, says of a mentoring pair.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, PairEvaluationId, PairId},
    kind::EvaluationSide,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pair_evaluation")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PairEvaluationId,
    /// The pair.
    pub pair_id: PairId,
    /// Who says it.
    pub side: EvaluationSide,
    /// The person who says it; none for the organization.
    pub cadre_id: Option<CadreId>,
    /// The grade, a code of the keeper's policy.
    pub grade: String,
    /// What is said.
    pub summary: String,
    /// The day of it.
    pub evaluated_on: Date,
    /// The account that wrote it.
    pub evaluated_by: Option<AccountId>,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
