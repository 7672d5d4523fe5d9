//! What happened to organizations, in the schema.

use async_graphql::{Context, Enum, Object};
use chrono::NaiveDate;
use entity::{id::OrganizationId, kind, organization_event};

use crate::{error::Result, organization::graphql::Organization, relay::Date};

/// What happened to an organization.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::OrganizationEventKind")]
pub enum OrganizationEventKind {
    /// 设立
    Created,
    /// 更名
    Renamed,
    /// 调整隶属
    Moved,
    /// 并入
    MergedInto,
    /// 析出设立
    SplitFrom,
    /// 撤销
    Closed,
}

/// One thing that happened to an organization.
#[derive(Clone)]
pub struct OrganizationEvent(pub organization_event::Model);

/// One thing that happened to an organization.
#[Object(crate = "crate::relay::graphql")]
impl OrganizationEvent {
    /// What happened.
    async fn kind(&self) -> OrganizationEventKind {
        self.0.kind.into()
    }
    /// 生效日期
    async fn effective_on(&self) -> Date {
        Date(self.0.effective_on)
    }
    /// 批准文号
    async fn document_number(&self) -> Option<&str> {
        self.0.document_number.as_deref()
    }
    /// Why.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
    /// The name before a renaming.
    async fn name_before(&self) -> Option<&str> {
        self.0.name_before.as_deref()
    }
    /// The name from then on, at its making and at a renaming.
    async fn name_after(&self) -> Option<&str> {
        self.0.name_after.as_deref()
    }
    /// The organization above before a move; null where the caller may not see it.
    async fn parent_before(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        maybe(ctx, self.0.parent_before).await
    }
    /// The organization above from then on, at its making and at a move; null where the caller may not see it.
    async fn parent_after(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        maybe(ctx, self.0.parent_after).await
    }
    /// What it was merged into or split from; null where the caller may not see it.
    async fn other(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        maybe(ctx, self.0.other_id).await
    }
}

async fn maybe(ctx: &Context<'_>, key: Option<OrganizationId>) -> Result<Option<Organization>> {
    Organization::maybe(ctx, key).await
}

/// The name on a day, where events say it: that of the last renaming by then, or the one before the first.
pub(super) fn name_on(events: &[organization_event::Model], on: NaiveDate) -> Option<&str> {
    let renamings = || events.iter().filter(|it| it.kind == kind::OrganizationEventKind::Renamed);
    let by_then = renamings().rfind(|it| it.effective_on <= on);
    let name = by_then.map(|it| &it.name_after).or_else(|| renamings().next().map(|it| &it.name_before));
    name.and_then(|it| it.as_deref())
}
