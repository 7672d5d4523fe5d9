//! For which civil day a daily job was last done. A job whose process died before its end has no such row, and is done again.

use sea_orm::entity::prelude::*;

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "job_round")]
pub struct Model {
    /// Name of the job.
    #[sea_orm(primary_key, auto_increment = false)]
    pub job: String,
    /// The civil day.
    pub day: Date,
    /// When it was over.
    pub ended_at: DateTimeUtc,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
