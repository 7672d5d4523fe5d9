//! One step of a mentoring pair: what was decided, why, when.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, CadreId, PairId, PairStepId},
    kind::{PairState, PairStepKind},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "pair_step")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PairStepId,
    /// The pair.
    pub pair_id: PairId,
    /// What happened.
    pub kind: PairStepKind,
    /// Where the pair stands since.
    pub state: PairState,
    /// Whom it is about, where it is about one person.
    pub cadre_id: Option<CadreId>,
    /// Why.
    pub reason: Option<String>,
    /// Why, as a code.
    pub reason_code: Option<String>,
    /// The day of the decision.
    pub decided_on: Date,
    /// Who decided; none for a job.
    pub decided_by: Option<AccountId>,
    /// When it was recorded.
    pub recorded_at: DateTimeUtc,
    /// What the policy said of it then, as JSON; none where it said nothing.
    pub findings: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
