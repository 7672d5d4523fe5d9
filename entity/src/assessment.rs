//! One assessment of a cadre (考核, A15): one a year and kind is in force.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, AssessmentId, CadreId},
    kind::{AssessmentGrade, AssessmentKind, FactState},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "assessment")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AssessmentId,
    /// Whose.
    pub cadre_id: CadreId,
    /// 考核年度
    pub year: i32,
    /// 考核类别 (ZB17)
    pub kind: AssessmentKind,
    /// 考核等次 (ZB18)
    pub grade: AssessmentGrade,
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
