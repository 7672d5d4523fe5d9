//! That something changed which people may follow: told to those who may see it, and kept for who was away meanwhile.
//!
//! A row says of what it tells, and nothing of it: whoever is told reads the row anew, as far as they may see it then.

use sea_orm::entity::prelude::*;

use crate::kind::Topic;

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "outbox")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    /// Its place among all, given after the commit: none until then.
    pub sequence: Option<i64>,
    /// What kind of thing changed.
    pub topic: Topic,
    /// Which one.
    pub subject_id: Uuid,
    /// The row that is all that changed, where fewer people may see it than the thing itself.
    pub restricted_id: Option<Uuid>,
    /// The act.
    pub action: String,
    /// When.
    pub recorded_at: DateTimeUtc,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
