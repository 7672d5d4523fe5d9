//! One dated position level (职务层次) of a cadre.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{CadreId, LevelPeriodId},
    kind::PositionLevel,
    partial_date::PartialDate,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "level_period")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: LevelPeriodId,
    /// Whose level.
    pub cadre_id: CadreId,
    /// 职务层次
    pub level: PositionLevel,
    /// 任职务层次时间 (A0288), where known.
    pub valid_from: Option<PartialDate>,
    /// The end; none while it is held.
    pub valid_to: Option<PartialDate>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
