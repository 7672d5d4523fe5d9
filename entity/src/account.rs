//! Somebody, or some system, that may sign in.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, OrganizationId},
    kind::{AccountKind, AccountState},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "account")]
pub struct Model {
    /// Key; the subject of a token.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: AccountId,
    /// Name to sign in with, unique.
    pub login: String,
    /// Name to show.
    pub name: String,
    /// The person in the registry, where it is one.
    pub cadre_id: Option<CadreId>,
    /// The organization whose administrators keep it; those made before there was one have none.
    pub organization_id: Option<OrganizationId>,
    /// Who is behind it.
    pub kind: AccountKind,
    /// Whether it may sign in.
    pub state: AccountState,
    /// Grows when rights change, so that remembered identities end.
    pub token_version: i32,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
