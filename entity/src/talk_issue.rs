//! A matter that was raised in a talk: its class, and what became of it.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{TalkId, TalkIssueId},
    kind::IssueState,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "talk_issue")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TalkIssueId,
    /// The talk.
    pub talk_id: TalkId,
    /// Class of the matter.
    pub topic: String,
    /// What became of it.
    pub state: IssueState,
    /// When it was raised.
    pub raised_on: Date,
    /// When it was closed.
    pub closed_on: Option<Date>,
    /// The document of its result.
    pub document_number: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
