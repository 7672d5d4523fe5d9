//! A mentoring pair (结对帮带): one or more mentors, one or more mentees, and the next contact due.

use sea_orm::entity::prelude::*;
use serde::{Deserialize, Serialize};

use crate::{
    id::{AccountId, OrganizationId, PairId, PolicyEditionId},
    kind::{PairForm, PairState},
};

/// One row: see the file's header.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, DeriveEntityModel)]
#[sea_orm(table_name = "mentoring_pair")]
pub struct Model {
    /// Key.
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: PairId,
    /// The organization that keeps the pair.
    pub organization_id: OrganizationId,
    /// Where it stands.
    pub state: PairState,
    /// First day, once active.
    pub started_on: Option<Date>,
    /// Last day, once ended.
    pub ended_on: Option<Date>,
    /// How often mentor and mentee are to meet, in days.
    pub contact_every_days: i32,
    /// The day by which the next contact is due, while active.
    pub next_contact_due: Option<Date>,
    /// Who mentors whom, as a form.
    pub form: PairForm,
    /// The organization that helps, where organizations are paired.
    pub helping_id: Option<OrganizationId>,
    /// The organization that is helped, where organizations are paired.
    pub helped_id: Option<OrganizationId>,
    /// What it is to lead to.
    pub plan_goal: Option<String>,
    /// What is to be done for it.
    pub plan_measures: Option<String>,
    /// The day on which its term is over.
    pub term_ends_on: Option<Date>,
    /// Why it is suspended or ended, as a code.
    pub reason_code: Option<String>,
    /// The pair that took its place.
    pub successor_id: Option<PairId>,
    /// Who proposed; none for an import.
    pub proposed_by: Option<AccountId>,
    /// The edition of the policy under which it was made; none where it has none.
    pub edition_id: Option<PolicyEditionId>,
    /// What the policy wants its plan to say, by code, as JSON.
    pub plan_items: Option<String>,
    /// Grows by one at each change; an update states the version it saw.
    pub version: i32,
}

/// Joins are planned by the door, so no relation is declared here.
#[derive(Copy, Clone, Debug, EnumIter, DeriveRelation)]
pub enum Relation {}

impl ActiveModelBehavior for ActiveModel {}
