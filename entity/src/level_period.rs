//! One dated position level (职务层次) of a cadre.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, LevelPeriodId},
    kind::{FactState, PositionLevel},
    partial_date::PartialDate,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "level_period")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LevelPeriodId,
    /// Whose.
    pub cadre_id: CadreId,
    /// 职务层次
    pub level: PositionLevel,
    /// 任职务层次时间 (A0288), where known.
    pub valid_from: Option<PartialDate>,
    /// The end; none while it is held.
    pub valid_to: Option<PartialDate>,
    /// Where it stands written: a document, a file, a form.
    pub source: String,
    /// When it was recorded; none for rows older than this column.
    pub recorded_at: Option<DateTimeUtc>,
    /// Who recorded it; none for a job.
    pub recorded_by: Option<AccountId>,
    /// Whether it is in force.
    pub state: FactState,
    /// The fact of the same table that took its place.
    pub superseded_by: Option<Uuid>,
    /// Why it was voided.
    pub void_reason: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
