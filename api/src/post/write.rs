//! Commands on posts. A post is never removed: it ends, and what it was stays on record.

use chrono::NaiveDate;
use entity::{
    id::{OrganizationId, PostId},
    kind::{PositionLevel, PostRole},
    post,
};
use serde::Serialize;

use crate::{
    db::{session::Command, writer::Writer},
    error::{Action, Error, Result},
    organization::{rules, write::standing},
};

/// Most persons whom one post may be approved for.
const MOST: i32 = 10_000;

/// Makes a post. Fails with INVALID, TAKEN, TRANSITION_REFUSED or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct CreatePost {
    /// Whose.
    pub organization: OrganizationId,
    /// Code, unique within the organization.
    pub code: String,
    /// 职务名称
    pub title: String,
    /// 正职 or 副职
    pub role: PostRole,
    /// 职务层次
    pub level: Option<PositionLevel>,
    /// 核定职数
    pub approved_headcount: i32,
    /// From when it stands; today where it is not said.
    pub valid_from: Option<NaiveDate>,
    /// The first day on which it stands no more.
    pub valid_to: Option<NaiveDate>,
}

impl Command for CreatePost {
    const ACTION: Action = Action::PostCreate;
    type Outcome = PostId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PostId> {
        standing(tx, self.organization).await?;
        let row = post::Model {
            id: PostId::fresh(),
            organization_id: self.organization,
            code: rules::code(&self.code)?,
            title: rules::name("title", &self.title)?,
            role: self.role,
            level: self.level,
            approved_headcount: self.approved_headcount,
            valid_from: self.valid_from.unwrap_or_else(|| tx.today()),
            valid_to: self.valid_to,
            version: 1,
        };
        checked(&row)?;
        tx.insert::<post::Entity>(row).await
    }
}

/// Changes a post. Fails with INVALID, TAKEN, STALE or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct UpdatePost {
    /// The post.
    pub id: PostId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// Code, unique within the organization.
    pub code: Option<String>,
    /// 职务名称
    pub title: Option<String>,
    /// 正职 or 副职
    pub role: Option<PostRole>,
    /// 职务层次
    pub level: Option<Option<PositionLevel>>,
    /// 核定职数
    pub approved_headcount: Option<i32>,
    /// The first day on which it stands no more.
    pub valid_to: Option<Option<NaiveDate>>,
}

impl Command for UpdatePost {
    const ACTION: Action = Action::PostUpdate;
    type Outcome = PostId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<PostId> {
        let before = tx.get_at::<post::Entity>(self.id, self.expected_version).await?;
        let mut after = before.clone();
        if let Some(code) = self.code {
            after.code = rules::code(&code)?;
        }
        if let Some(title) = self.title {
            after.title = rules::name("title", &title)?;
        }
        after.role = self.role.unwrap_or(after.role);
        after.level = self.level.unwrap_or(after.level);
        after.approved_headcount = self.approved_headcount.unwrap_or(after.approved_headcount);
        after.valid_to = self.valid_to.unwrap_or(after.valid_to);
        checked(&after)?;
        tx.update::<post::Entity>(&before, after).await?;
        Ok(self.id)
    }
}

fn checked(row: &post::Model) -> Result<()> {
    if !(0..=MOST).contains(&row.approved_headcount) {
        return Err(Error::invalid("approvedHeadcount", format!("is {}; write 0 to {MOST}", row.approved_headcount)));
    }
    if row.valid_to.is_some_and(|to| to <= row.valid_from) {
        return Err(Error::invalid("validTo", format!("is not after {}, from when the post stands", row.valid_from)));
    }
    Ok(())
}
