//! Commands on organizations: what they are and are called, and where they stand. How they end stands in `reform`.
//!
//! Each command but a correction of what one is leaves an event, which is the organization's history. An organization is
//! never removed: one that ends stays readable, with its successor.

pub mod reform;

use chrono::NaiveDate;
use entity::{
    id::{OrganizationEventId, OrganizationId},
    kind::{AffiliationLevel, OrganizationEventKind, OrganizationKind, OrganizationState, PositionLevel},
    organization, organization_event,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Error, Problem, ProblemCode, Result},
    organization::rules,
    pinyin::sort_key,
};

/// An organization in which something new may stand. It stays as it is until the commit, so that none is merged or
/// closed while somebody puts a person, pool or pair there.
///
/// # Errors
/// `NotFound`; TRANSITION_REFUSED where it was merged or closed.
pub async fn standing(tx: &Writer<'_>, id: OrganizationId) -> Result<organization::Model> {
    let row = tx.get_held::<organization::Entity>(id).await?;
    rules::active(&row)?;
    Ok(row)
}

/// On what ground somebody reforms organizations.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Ground {
    /// 生效日期; today where it is not said.
    pub effective_on: Option<NaiveDate>,
    /// 批准文号
    pub document_number: Option<String>,
    /// Why.
    pub reason: Option<String>,
}

impl Ground {
    /// The event of an organization on this ground; whoever records it says what was before and after.
    fn event(
        &self,
        tx: &Writer<'_>,
        whose: OrganizationId,
        kind: OrganizationEventKind,
        follows: Option<NaiveDate>,
    ) -> Result<organization_event::Model> {
        Ok(organization_event::Model {
            id: OrganizationEventId::fresh(),
            organization_id: whose,
            kind,
            name_before: None,
            name_after: None,
            parent_before: None,
            parent_after: None,
            other_id: None,
            effective_on: rules::effective(self.effective_on, tx.today(), follows)?,
            document_number: rules::maybe("documentNumber", self.document_number.as_deref(), 60)?,
            reason: rules::maybe("reason", self.reason.as_deref(), 500)?,
            decided_by: tx.account(),
            recorded_at: tx.now(),
            version: 1,
        })
    }
}

/// What a new organization is.
#[derive(Clone, Debug, Serialize)]
pub struct Profile {
    /// Unique code.
    pub code: String,
    /// Full name.
    pub name: String,
    /// What it is.
    pub kind: OrganizationKind,
    /// 机构级别
    pub level: Option<PositionLevel>,
    /// 行政区划代码
    pub division_code: Option<String>,
    /// 统一社会信用代码
    pub credit_code: Option<String>,
    /// 隶属关系
    pub affiliation: Option<AffiliationLevel>,
    /// 主管单位
    pub managed_by: Option<OrganizationId>,
}

/// Adds an organization below another one, with the event of its making.
async fn add(
    tx: &mut Writer<'_>,
    profile: Profile,
    parent: OrganizationId,
    event: organization_event::Model,
) -> Result<OrganizationId> {
    if let Some(manager) = profile.managed_by {
        standing(tx, manager).await?;
    }
    let name = rules::name("name", &profile.name)?;
    let id = event.organization_id;
    let row = organization::Model {
        id,
        parent_id: Some(parent),
        code: rules::code(&profile.code)?,
        name_sort: sort_key(&name),
        name: name.clone(),
        kind: profile.kind,
        level: profile.level,
        division_code: profile.division_code.as_deref().map(rules::division).transpose()?,
        unified_social_credit_code: profile.credit_code.as_deref().map(rules::credit).transpose()?,
        affiliation: profile.affiliation,
        managing_organization_id: profile.managed_by,
        state: OrganizationState::Active,
        valid_from: Some(event.effective_on),
        valid_to: None,
        successor_id: None,
        split_from_id: event.other_id,
        version: 1,
    };
    tx.insert::<organization::Entity>(row).await?;
    let event = organization_event::Model { name_after: Some(name), parent_after: Some(parent), ..event };
    tx.insert::<organization_event::Entity>(event).await?;
    Ok(id)
}

/// Makes an organization. Fails with INVALID, TAKEN, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct CreateOrganization {
    /// The organization above.
    pub parent: OrganizationId,
    /// What it is.
    pub profile: Profile,
    /// On what ground.
    pub ground: Ground,
}

impl Command for CreateOrganization {
    const ACTION: Action = Action::OrganizationCreate;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        standing(tx, self.parent).await?;
        let event = self.ground.event(tx, OrganizationId::fresh(), OrganizationEventKind::Created, None)?;
        add(tx, self.profile, self.parent, event).await
    }
}

/// Corrects what an organization is. Fails with INVALID, TAKEN, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateOrganization {
    /// The organization.
    pub id: OrganizationId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Unique code.
    pub code: Option<String>,
    /// What it is.
    pub kind: Option<OrganizationKind>,
    /// 机构级别
    pub level: Option<Option<PositionLevel>>,
    /// 行政区划代码
    pub division_code: Option<Option<String>>,
    /// 统一社会信用代码
    pub credit_code: Option<Option<String>>,
    /// 隶属关系
    pub affiliation: Option<Option<AffiliationLevel>>,
    /// 主管单位
    pub managed_by: Option<Option<OrganizationId>>,
}

impl Command for UpdateOrganization {
    const ACTION: Action = Action::OrganizationUpdate;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let before = tx.get_at::<organization::Entity>(self.id, self.expected_version).await?;
        rules::active(&before)?;
        let mut after = before.clone();
        if let Some(code) = self.code {
            after.code = rules::code(&code)?;
        }
        after.kind = self.kind.unwrap_or(after.kind);
        after.level = self.level.unwrap_or(after.level);
        if let Some(code) = self.division_code {
            after.division_code = code.as_deref().map(rules::division).transpose()?;
        }
        if let Some(code) = self.credit_code {
            after.unified_social_credit_code = code.as_deref().map(rules::credit).transpose()?;
        }
        after.affiliation = self.affiliation.unwrap_or(after.affiliation);
        if let Some(manager) = self.managed_by {
            if manager == Some(self.id) {
                return Err(Error::invalid(
                    "managingOrganizationId",
                    "is the organization itself: name another or none",
                ));
            }
            if let Some(manager) = manager.filter(|it| before.managing_organization_id != Some(*it)) {
                standing(tx, manager).await?;
            }
            after.managing_organization_id = manager;
        }
        tx.update::<organization::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

/// Renames an organization. Fails with INVALID, STALE, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct RenameOrganization {
    /// The organization.
    pub id: OrganizationId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Its name from then on.
    pub name: String,
    /// On what ground.
    pub ground: Ground,
}

impl Command for RenameOrganization {
    const ACTION: Action = Action::OrganizationRename;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let before = tx.get_at::<organization::Entity>(self.id, self.expected_version).await?;
        rules::active(&before)?;
        let name = rules::name("name", &self.name)?;
        if name == before.name {
            return Err(Error::invalid("name", "is its name already"));
        }
        // A name given for an earlier day than the last one would not be the name of today.
        let renamed = last(tx, self.id, OrganizationEventKind::Renamed).await?;
        let event = self.ground.event(tx, self.id, OrganizationEventKind::Renamed, renamed.or(before.valid_from))?;
        let after = organization::Model { name_sort: sort_key(&name), name: name.clone(), ..before.clone() };
        tx.update::<organization::Entity>(&before, after).await?;
        let event = organization_event::Model { name_before: Some(before.name), name_after: Some(name), ..event };
        tx.insert::<organization_event::Entity>(event).await?;
        Ok(self.id)
    }
}

/// The day of an organization's last event of a kind.
async fn last(tx: &Writer<'_>, whose: OrganizationId, kind: OrganizationEventKind) -> Result<Option<NaiveDate>> {
    let (at, reader) = (Alias::own::<organization_event::Entity>(), tx.reader());
    let found = reader
        .find::<organization_event::Entity>()
        .filter(at.col(organization_event::Column::OrganizationId).eq(whose))
        .filter(at.col(organization_event::Column::Kind).eq(kind));
    Ok(found.all().await?.into_iter().map(|it| it.effective_on).max())
}

/// Puts an organization, with all below it, under another one, from today on. Fails with CYCLE, INVALID, STALE,
/// TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct MoveOrganization {
    /// The organization.
    pub id: OrganizationId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// The organization above from now on.
    pub parent: OrganizationId,
    /// On what ground.
    pub ground: Ground,
}

impl Command for MoveOrganization {
    const ACTION: Action = Action::OrganizationMove;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        let before = tx.get_at::<organization::Entity>(self.id, self.expected_version).await?;
        rules::active(&before)?;
        if before.parent_id == Some(self.parent) {
            let message = "The organization stands there already: read it again.";
            return Err(Problem::new(ProblemCode::TransitionRefused, message).on("parentId").into());
        }
        standing(tx, self.parent).await?;
        transfer(tx, before, self.parent, &self.ground).await?;
        Ok(self.id)
    }
}

/// Puts an organization under another one, with the event of it.
async fn transfer(
    tx: &mut Writer<'_>,
    before: organization::Model,
    parent: OrganizationId,
    ground: &Ground,
) -> Result<()> {
    let event = ground.event(tx, before.id, OrganizationEventKind::Moved, None)?;
    let after = organization::Model { parent_id: Some(parent), ..before.clone() };
    tx.update::<organization::Entity>(&before, after).await?;
    let event = organization_event::Model { parent_before: before.parent_id, parent_after: Some(parent), ..event };
    tx.insert::<organization_event::Entity>(event).await.map(|_| ())
}
