//! One dated post of a cadre (A02).

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{CadreId, PostAssignmentId},
    partial_date::PartialDate,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "post_assignment")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostAssignmentId,
    /// Whose post.
    pub cadre_id: CadreId,
    /// 职务名称
    pub title: String,
    /// 任职时间, where known.
    pub valid_from: Option<PartialDate>,
    /// 免职时间; none while it is held.
    pub valid_to: Option<PartialDate>,
    /// 主职务
    pub is_primary: bool,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
