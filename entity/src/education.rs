//! One course of education or degree of a cadre (A08), full-time and in-service ones apart.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, EducationId},
    kind::{Degree, Education, EducationMode, FactState},
    partial_date::PartialDate,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "education")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: EducationId,
    /// Whose.
    pub cadre_id: CadreId,
    /// 全日制 or 在职
    pub mode: EducationMode,
    /// 学历 in the closed set; none where only a degree was taken.
    pub level: Option<Education>,
    /// 学历代码 (ZB64)
    pub education_code: Option<String>,
    /// 学位 in the closed set.
    pub degree: Option<Degree>,
    /// 学位代码 (GB/T 6864-2003)
    pub degree_code: Option<String>,
    /// 毕业院校系
    pub school: String,
    /// 专业
    pub major: Option<String>,
    /// 入学时间
    pub enrolled: Option<PartialDate>,
    /// 毕业时间; none while it goes on.
    pub graduated: Option<PartialDate>,
    /// Where it stands written: a document, a file, a form.
    pub source: String,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
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
