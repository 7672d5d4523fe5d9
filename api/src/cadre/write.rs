//! Commands on cadres' records.
//!
//! The current post and level stand on the record; each change also closes the dated one and opens the next, so the
//! record can't disagree with its history.

mod identity;

mod sealed;

use std::collections::HashMap;

use chrono::NaiveDate;
use entity::{
    cadre, cadre_sealed,
    id::{CadreId, LevelPeriodId, OrganizationId, PostAssignmentId},
    kind::{CadreStatus, Education, FactState, ManagementAuthority, PositionLevel, SealedField, SecrecyLevel, Sex},
    level_period,
    partial_date::PartialDate,
    post_assignment,
};
use sea_orm::sea_query::ExprTrait;
use serde::Serialize;

use crate::{
    cadre::rules,
    db::{gate::Alias, session::Command, writer::Writer},
    error::{Action, Result},
    organization::write::standing,
    pinyin::{initials, sort_key},
};

pub use identity::FindByNumber;

pub use sealed::sealed_row;
use sealed::{checked_number, seal};

/// Records a cadre. Fails with INVALID, IDENTITY_HELD_ELSEWHERE or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct CreateCadre {
    /// The organization that keeps the person.
    pub organization: OrganizationId,
    /// 姓名
    pub name: String,
    /// 性别
    pub sex: Sex,
    /// 出生日期
    pub birth_date: Option<PartialDate>,
    /// 入党时间
    pub party_joined_on: Option<PartialDate>,
    /// 单位及职务全称
    pub post_title: Option<String>,
    /// 任职时间
    pub post_start: Option<PartialDate>,
    /// 职务层次
    pub position_level: Option<PositionLevel>,
    /// 任职务层次时间
    pub level_start: Option<PartialDate>,
    /// 学历
    pub education: Option<Education>,
    /// 管理权限
    pub management_authority: Option<ManagementAuthority>,
    /// 人员状态
    pub status: CadreStatus,
    /// 密级
    pub secrecy_level: SecrecyLevel,
    /// 公民身份号码
    pub identity_number: Option<String>,
    /// 手机号码
    pub phone: Option<String>,
}

/// All rows of a new cadre, checked.
pub struct NewCadre {
    /// The record.
    pub cadre: cadre::Model,
    /// The current post, where one is known.
    pub post: Option<post_assignment::Model>,
    /// The current level, where one is known.
    pub level: Option<level_period::Model>,
    /// The sealed values.
    pub sealed: Vec<cadre_sealed::Model>,
}

impl CreateCadre {
    /// The rows that this command writes. The one place where a cadre's rows are built.
    ///
    /// # Errors
    /// `Invalid` on the field to blame.
    pub fn rows(self, tx: &Writer<'_>) -> Result<NewCadre> {
        let today = tx.today();
        let starts = [self.party_joined_on, self.post_start, self.level_start];
        rules::life(self.birth_date, starts, today)?;
        let name = rules::name(&self.name)?;
        let cadre = cadre::Model {
            id: CadreId::fresh(),
            organization_id: self.organization,
            name_sort: sort_key(&name),
            name_initials: initials(&sort_key(&name)),
            name,
            sex: self.sex,
            birth_date: self.birth_date,
            party_joined_on: self.party_joined_on,
            post_title: rules::title(self.post_title)?,
            position_level: self.position_level,
            education: self.education,
            management_authority: self.management_authority,
            status: self.status,
            secrecy_level: self.secrecy_level,
            recorded_at: tx.now(),
            version: 1,
        };
        let mut sealed = Vec::new();
        if let Some(number) = &self.identity_number {
            sealed.push(sealed_row(tx, cadre.id, SealedField::IdentityNumber, &checked_number(number, today)?)?);
        }
        if let Some(phone) = &self.phone {
            sealed.push(sealed_row(tx, cadre.id, SealedField::Phone, &rules::phone(phone)?)?);
        }
        let post = cadre.post_title.clone().map(|title| post_row(tx, cadre.id, title, self.post_start));
        let level = cadre.position_level.map(|level| level_row(tx, cadre.id, level, self.level_start));
        Ok(NewCadre { cadre, post, level, sealed })
    }
}

impl Command for CreateCadre {
    const ACTION: Action = Action::CadreCreate;
    type Outcome = CadreId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CadreId> {
        standing(tx, self.organization).await?;
        let new = self.rows(tx)?;
        let id = tx.insert::<cadre::Entity>(new.cadre).await?;
        tx.insert_many::<cadre_sealed::Entity>(new.sealed).await?;
        tx.insert_many::<post_assignment::Entity>(new.post.into_iter().collect()).await?;
        tx.insert_many::<level_period::Entity>(new.level.into_iter().collect()).await?;
        Ok(id)
    }
}

/// What a change may say of a nullable value: nothing, that it is gone, or what it is now.
pub type Patch<T> = Option<Option<T>>;

/// Changes a cadre's record. Fails with INVALID, STALE, IDENTITY_HELD_ELSEWHERE or IDEMPOTENCY_KEY_REUSED.
#[derive(Clone, Debug, Serialize)]
pub struct UpdateCadre {
    /// The record.
    pub id: CadreId,
    /// The version that the client saw.
    pub expected_version: i32,
    /// What changes.
    pub changes: CadreChanges,
}

/// The values to change; what is left out stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct CadreChanges {
    /// The organization that keeps the person from now on.
    pub organization: Option<OrganizationId>,
    /// 姓名
    pub name: Option<String>,
    /// 性别
    pub sex: Option<Sex>,
    /// 出生日期
    pub birth_date: Patch<PartialDate>,
    /// 入党时间
    pub party_joined_on: Patch<PartialDate>,
    /// 单位及职务全称
    pub post_title: Patch<String>,
    /// 任职时间 of the new post.
    pub post_start: Option<PartialDate>,
    /// 职务层次
    pub position_level: Patch<PositionLevel>,
    /// 任职务层次时间 of the new level.
    pub level_start: Option<PartialDate>,
    /// 学历
    pub education: Patch<Education>,
    /// 管理权限
    pub management_authority: Patch<ManagementAuthority>,
    /// 人员状态
    pub status: Option<CadreStatus>,
    /// 密级
    pub secrecy_level: Option<SecrecyLevel>,
    /// 公民身份号码
    pub identity_number: Option<String>,
    /// 手机号码
    pub phone: Option<String>,
}

impl Command for UpdateCadre {
    const ACTION: Action = Action::CadreUpdate;
    type Outcome = CadreId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<CadreId> {
        let before = tx.get_at::<cadre::Entity>(self.id, self.expected_version).await?;
        let open = open_histories(tx, &[self.id]).await?.remove(&self.id).unwrap_or_default();
        change(tx, before, open, self.changes).await?;
        Ok(self.id)
    }
}

/// The dated rows of a person that have no end yet: what another post or level ends.
#[derive(Default)]
pub struct OpenHistory {
    /// Principal posts.
    pub posts: Vec<post_assignment::Model>,
    /// Levels.
    pub levels: Vec<level_period::Model>,
    /// Where the next ones stand written; empty where nobody said.
    pub source: String,
}

/// The open histories of some persons, read at once: a statement a person would weigh their visibility each time.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn open_histories(tx: &Writer<'_>, people: &[CadreId]) -> Result<HashMap<CadreId, OpenHistory>> {
    let (reader, ids) = (tx.reader(), || people.iter().copied());
    let at = Alias::own::<post_assignment::Entity>();
    let posts = reader
        .find::<post_assignment::Entity>()
        .filter(at.col(post_assignment::Column::CadreId).is_in(ids()))
        .filter(at.col(post_assignment::Column::IsPrimary).eq(true))
        .filter(at.col(post_assignment::Column::ValidTo).is_null())
        .filter(at.col(post_assignment::Column::State).eq(FactState::Recorded))
        .all()
        .await?;
    let at = Alias::own::<level_period::Entity>();
    let levels = reader
        .find::<level_period::Entity>()
        .filter(at.col(level_period::Column::CadreId).is_in(ids()))
        .filter(at.col(level_period::Column::ValidTo).is_null())
        .filter(at.col(level_period::Column::State).eq(FactState::Recorded))
        .all()
        .await?;
    let mut open: HashMap<CadreId, OpenHistory> = HashMap::new();
    posts.into_iter().for_each(|it| open.entry(it.cadre_id).or_default().posts.push(it));
    levels.into_iter().for_each(|it| open.entry(it.cadre_id).or_default().levels.push(it));
    Ok(open)
}

/// Changes a record and its history, and says whether the record moved on; a change that changes nothing writes nothing.
///
/// # Errors
/// As `UpdateCadre`.
pub async fn change(
    tx: &mut Writer<'_>,
    before: cadre::Model,
    open: OpenHistory,
    changes: CadreChanges,
) -> Result<bool> {
    let after = changed(&before, &changes, tx.today())?;
    let number = seal(tx, before.id, SealedField::IdentityNumber, changes.identity_number).await?;
    let phone = seal(tx, before.id, SealedField::Phone, changes.phone).await?;
    let OpenHistory { posts, levels, source } = open;
    if after.post_title != before.post_title {
        succeed_post(tx, &after, posts, changes.post_start, &source).await?;
    }
    if after.position_level != before.position_level {
        succeed_level(tx, &after, levels, changes.level_start, &source).await?;
    }
    // A sealed value is part of the record: without a new version two writers of it would overwrite each other.
    let moved = after != before || number || phone;
    if moved {
        tx.update::<cadre::Entity>(&before, after).await?;
    }
    Ok(moved)
}

fn changed(before: &cadre::Model, changes: &CadreChanges, today: NaiveDate) -> Result<cadre::Model> {
    let mut after = before.clone();
    after.organization_id = changes.organization.unwrap_or(after.organization_id);
    if let Some(name) = &changes.name {
        after.name = rules::name(name)?;
        after.name_sort = sort_key(&after.name);
        after.name_initials = initials(&after.name_sort);
    }
    after.sex = changes.sex.unwrap_or(after.sex);
    after.birth_date = changes.birth_date.unwrap_or(after.birth_date);
    after.party_joined_on = changes.party_joined_on.unwrap_or(after.party_joined_on);
    if let Some(title) = &changes.post_title {
        after.post_title = rules::title(title.clone())?;
    }
    after.position_level = changes.position_level.unwrap_or(after.position_level);
    after.education = changes.education.unwrap_or(after.education);
    after.management_authority = changes.management_authority.unwrap_or(after.management_authority);
    after.status = changes.status.unwrap_or(after.status);
    after.secrecy_level = changes.secrecy_level.unwrap_or(after.secrecy_level);
    rules::life(after.birth_date, [after.party_joined_on, changes.post_start, changes.level_start], today)?;
    Ok(after)
}

/// Ends the open principal post, and begins the new one where there is one.
async fn succeed_post(
    tx: &mut Writer<'_>,
    after: &cadre::Model,
    open: Vec<post_assignment::Model>,
    from: Option<PartialDate>,
    source: &str,
) -> Result<()> {
    let end = from.or_else(|| PartialDate::day_of(tx.today()));
    for post in open {
        let ended = post_assignment::Model { valid_to: end, ..post.clone() };
        tx.update::<post_assignment::Entity>(&post, ended).await?;
    }
    match after.post_title.clone() {
        Some(title) => {
            let row = post_assignment::Model { source: source.to_owned(), ..post_row(tx, after.id, title, from) };
            tx.insert::<post_assignment::Entity>(row).await.map(|_| ())
        }
        None => Ok(()),
    }
}

/// Ends the open level, and begins the new one where there is one.
async fn succeed_level(
    tx: &mut Writer<'_>,
    after: &cadre::Model,
    open: Vec<level_period::Model>,
    from: Option<PartialDate>,
    source: &str,
) -> Result<()> {
    let end = from.or_else(|| PartialDate::day_of(tx.today()));
    for level in open {
        let ended = level_period::Model { valid_to: end, ..level.clone() };
        tx.update::<level_period::Entity>(&level, ended).await?;
    }
    match after.position_level {
        Some(level) => {
            let row = level_period::Model { source: source.to_owned(), ..level_row(tx, after.id, level, from) };
            tx.insert::<level_period::Entity>(row).await.map(|_| ())
        }
        None => Ok(()),
    }
}

/// A principal post of a person that goes on.
pub fn post_row(
    tx: &Writer<'_>,
    cadre_id: CadreId,
    title: String,
    valid_from: Option<PartialDate>,
) -> post_assignment::Model {
    post_assignment::Model {
        id: PostAssignmentId::fresh(),
        cadre_id,
        title,
        valid_from,
        valid_to: None,
        is_primary: true,
        role: None,
        document_number: None,
        post_id: None,
        source: String::new(),
        recorded_at: Some(tx.now()),
        recorded_by: tx.account(),
        state: FactState::Recorded,
        superseded_by: None,
        void_reason: None,
        version: 1,
    }
}

fn level_row(
    tx: &Writer<'_>,
    cadre_id: CadreId,
    level: PositionLevel,
    valid_from: Option<PartialDate>,
) -> level_period::Model {
    level_period::Model {
        id: LevelPeriodId::fresh(),
        cadre_id,
        level,
        valid_from,
        valid_to: None,
        source: String::new(),
        recorded_at: Some(tx.now()),
        recorded_by: tx.account(),
        state: FactState::Recorded,
        superseded_by: None,
        void_reason: None,
        version: 1,
    }
}
