//! A move of a person from one organization that keeps the record to another (调动): offered first where the receiving
//! organization decides, or made in one step. What is completed also tells who kept the person on earlier days.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, OrganizationId, TransferId},
    kind::TransferState,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "cadre_transfer")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: TransferId,
    /// Who.
    pub cadre_id: CadreId,
    /// Who kept the person.
    pub from_id: OrganizationId,
    /// What it was called then: the other side may not see it in the tree.
    pub from_name: String,
    /// Who keeps the person from then on.
    pub to_id: OrganizationId,
    /// What it was called then.
    pub to_name: String,
    /// How far it is.
    pub state: TransferState,
    /// The first day under the new keeper, once completed.
    pub effective_on: Option<Date>,
    /// The document of the appointment or of the move.
    pub document_number: Option<String>,
    /// Why.
    pub reason: Option<String>,
    /// Who offered, or made the move.
    pub offered_by: Option<AccountId>,
    /// When.
    pub offered_at: DateTimeUtc,
    /// Who decided.
    pub decided_by: Option<AccountId>,
    /// When.
    pub decided_at: Option<DateTimeUtc>,
    /// What is said to the offer.
    pub answer: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
