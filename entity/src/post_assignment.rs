//! One dated post of a cadre (职务任免记录, A02).

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, PostAssignmentId, PostId},
    kind::{FactState, PostRole},
    partial_date::PartialDate,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "post_assignment")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PostAssignmentId,
    /// Whose.
    pub cadre_id: CadreId,
    /// 职务名称
    pub title: String,
    /// 任职时间, where known.
    pub valid_from: Option<PartialDate>,
    /// 免职时间; none while it is held.
    pub valid_to: Option<PartialDate>,
    /// 主职务; a concurrent post is none.
    pub is_primary: bool,
    /// 正职 or 副职 (ZB129)
    pub role: Option<PostRole>,
    /// 任职文号 (A0245)
    pub document_number: Option<String>,
    /// The post of an organization that it fills, where it names one.
    pub post_id: Option<PostId>,
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
