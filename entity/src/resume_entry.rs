//! One line of a cadre's résumé (简历, A17): the raw text beside the period that was read from it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, ResumeEntryId},
    kind::FactState,
    partial_date::PartialDate,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "resume_entry")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: ResumeEntryId,
    /// Whose.
    pub cadre_id: CadreId,
    /// Its place, from 1 on.
    pub ordinal: i32,
    /// The line as it was written.
    pub raw_text: String,
    /// Since when, where it could be read.
    pub valid_from: Option<PartialDate>,
    /// Until when.
    pub valid_to: Option<PartialDate>,
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
