//! A person in the registry, with the current values of the dated facts.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{CadreId, OrganizationId},
    kind::{CadreStatus, Education, ManagementAuthority, PositionLevel, SecrecyLevel, Sex},
    partial_date::PartialDate,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "cadre")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: CadreId,
    /// The organization that keeps the person.
    pub organization_id: OrganizationId,
    /// 姓名
    pub name: String,
    /// Name in pinyin, for sorting.
    pub name_sort: String,
    /// First letters of the name's syllables, for searching.
    pub name_initials: String,
    /// 性别
    pub sex: Sex,
    /// 出生日期, as far as known.
    pub birth_date: Option<PartialDate>,
    /// 入党时间, as far as known.
    pub party_joined_on: Option<PartialDate>,
    /// 单位及职务全称 of the current principal post.
    pub post_title: Option<String>,
    /// Current 职务层次.
    pub position_level: Option<PositionLevel>,
    /// Highest 学历.
    pub education: Option<Education>,
    /// 管理权限; none for staff outside any committee's list.
    pub management_authority: Option<ManagementAuthority>,
    /// 人员状态
    pub status: CadreStatus,
    /// 密级 of the record.
    pub secrecy_level: SecrecyLevel,
    /// When the row was first recorded.
    pub recorded_at: DateTimeUtc,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
