//! A post of an organization, with the headcount that was approved for it (编制职数). Who holds it: `post_assignment`.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{OrganizationId, PostId},
    kind::{PositionLevel, PostRole},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "post")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostId,
    /// Whose.
    pub organization_id: OrganizationId,
    /// Code, unique within the organization.
    pub code: String,
    /// 职务名称
    pub title: String,
    /// 正职 or 副职
    pub role: PostRole,
    /// 职务层次, where it has one.
    pub level: Option<PositionLevel>,
    /// 核定职数
    pub approved_headcount: i32,
    /// From when it stands.
    pub valid_from: Date,
    /// The first day on which it stands no more.
    pub valid_to: Option<Date>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
