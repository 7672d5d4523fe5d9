//! A dated fact that a policy declares, because no table of the registry holds it: signed for a person or an organization.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, DeclaredFactId, OrganizationId, PolicyEditionId},
    kind::FactState,
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "declared_fact")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: DeclaredFactId,
    /// The edition that declares it.
    pub edition_id: PolicyEditionId,
    /// Its code there.
    pub code: String,
    /// The organization that it is about, or that kept the person then.
    pub organization_id: OrganizationId,
    /// The person, where it is about one.
    pub cadre_id: Option<CadreId>,
    /// Whether it is so; a signed no is a fact too.
    pub holds: bool,
    /// How many, where it is a number.
    pub number: Option<i32>,
    /// From when; the day of an event.
    pub valid_from: Date,
    /// The first day on which it is so no more.
    pub valid_to: Option<Date>,
    /// The document that says so.
    pub document_number: Option<String>,
    /// Who says so, and where.
    pub source: String,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
    /// Who recorded it.
    pub recorded_by: Option<AccountId>,
    /// Whether it is in force.
    pub state: FactState,
    /// Why it was never so.
    pub void_reason: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
