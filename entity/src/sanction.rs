//! One sanction or accountability measure (处分、问责): a formal finding that names its author, ends, and can be
//! appealed. Nothing less is recorded here, so those columns are never empty.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, SanctionId},
    kind::{FactState, SanctionKind},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "sanction")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: SanctionId,
    /// Whose.
    pub cadre_id: CadreId,
    /// What it is.
    pub kind: SanctionKind,
    /// 作出决定的机关
    pub deciding_body: String,
    /// 决定文号
    pub document_number: String,
    /// 决定日期
    pub decided_on: Date,
    /// 影响期 begins.
    pub effect_from: Date,
    /// 影响期 ends before this day.
    pub effect_until: Date,
    /// Where it can be appealed.
    pub appeal_to: String,
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
