//! An organization: province, prefecture, county, township or department, internal unit. One tree.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::OrganizationId,
    kind::{AffiliationLevel, OrganizationKind, OrganizationState, PositionLevel},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "organization")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: OrganizationId,
    /// The organization above, none for a root.
    pub parent_id: Option<OrganizationId>,
    /// Unique code, by which files and the command line name it.
    pub code: String,
    /// Full name.
    pub name: String,
    /// Name in pinyin, for sorting.
    pub name_sort: String,
    /// What it is.
    pub kind: OrganizationKind,
    /// 机构级别, where it has one.
    pub level: Option<PositionLevel>,
    /// 行政区划 (GB/T 2260), six digits, where it has one.
    pub division_code: Option<String>,
    /// 统一社会信用代码 (GB 32100), where it has one; unique.
    pub unified_social_credit_code: Option<String>,
    /// 隶属关系 (GB/T 12404), where known.
    pub affiliation: Option<AffiliationLevel>,
    /// 主管单位, where it is not the organization above.
    pub managing_organization_id: Option<OrganizationId>,
    /// Whether it is one still.
    pub state: OrganizationState,
    /// 设立日期, where known.
    pub valid_from: Option<Date>,
    /// The first day on which it was none any more.
    pub valid_to: Option<Date>,
    /// What it was merged into.
    pub successor_id: Option<OrganizationId>,
    /// What it was split from.
    pub split_from_id: Option<OrganizationId>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
