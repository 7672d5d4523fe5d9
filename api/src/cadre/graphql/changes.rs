//! Changes of cadres' records in the schema.

use async_graphql::{Context, ID, InputObject, MaybeUndefined, Object};
use entity::id::CadreId;

use crate::{
    cadre::{
        graphql::{Cadre, CadreStatus, Education, ManagementAuthority, SecrecyLevel, Sex},
        write::{CadreChanges, CreateCadre, UpdateCadre},
    },
    db::session::Terms,
    error::{Action, Result},
    loaders::Caller,
    mentoring::write::leaving::ChangeRecord,
    organization::graphql::PositionLevel,
    payload,
    relay::{PartialDate, access, key},
};

/// What to record of a new cadre.
#[derive(InputObject)]
pub struct CadreCreateInput {
    /// The organization that keeps the person.
    organization_id: ID,
    /// 姓名, 1 to 60 characters.
    name: String,
    /// 性别
    sex: Sex,
    /// 出生日期, as far as known; not in the future.
    birth_date: Option<PartialDate>,
    /// 入党时间, as far as known; neither in the future nor before birth.
    party_joined_on: Option<PartialDate>,
    /// 单位及职务全称, at most 400 characters.
    post_title: Option<String>,
    /// 任职时间
    post_start: Option<PartialDate>,
    /// 职务层次
    position_level: Option<PositionLevel>,
    /// 任职务层次时间
    level_start: Option<PartialDate>,
    /// Highest 学历.
    education: Option<Education>,
    /// 管理权限
    management_authority: Option<ManagementAuthority>,
    /// 人员状态
    #[graphql(default_with = "CadreStatus::InPost")]
    status: CadreStatus,
    /// 密级; levels above INTERNAL only where the deployment allows them.
    #[graphql(default_with = "SecrecyLevel::Internal")]
    secrecy_level: SecrecyLevel,
    /// 公民身份号码, 18 characters. Sealed; the same number is one person.
    identity_number: Option<String>,
    /// 手机号码. Sealed.
    phone: Option<String>,
    /// Your key for this one intent, kept 24 hours: the same key again is answered with the same cadre.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What to change of a cadre's record; what is left out stays, null empties.
#[derive(InputObject)]
pub struct CadreUpdateInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// 姓名, 1 to 60 characters.
    name: Option<String>,
    /// 性别
    sex: Option<Sex>,
    /// 出生日期, as far as known; not in the future.
    birth_date: MaybeUndefined<PartialDate>,
    /// 入党时间, as far as known; neither in the future nor before birth.
    party_joined_on: MaybeUndefined<PartialDate>,
    /// 单位及职务全称; another one ends the open post and begins the next.
    post_title: MaybeUndefined<String>,
    /// 任职时间 of the new post.
    post_start: Option<PartialDate>,
    /// 职务层次; another one ends the open level and begins the next.
    position_level: MaybeUndefined<PositionLevel>,
    /// 任职务层次时间 of the new level.
    level_start: Option<PartialDate>,
    /// Highest 学历.
    education: MaybeUndefined<Education>,
    /// 管理权限
    management_authority: MaybeUndefined<ManagementAuthority>,
    /// 人员状态
    status: Option<CadreStatus>,
    /// 密级; levels above INTERNAL only where the deployment allows them.
    secrecy_level: Option<SecrecyLevel>,
    /// 公民身份号码, 18 characters.
    identity_number: Option<String>,
    /// 手机号码
    phone: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

payload!(
    /// What came of `cadreCreate`.
    CadreCreatePayload {
        /// The new cadre.
        cadre: Cadre by CadreId
    }
);
payload!(
    /// What came of `cadreUpdate`.
    CadreUpdatePayload {
        /// The cadre as it is now.
        cadre: Cadre by CadreId
    }
);

/// Changes of cadres' records.
#[derive(Default)]
pub struct CadreMutation;

/// Changes of cadres' records.
#[Object]
impl CadreMutation {
    /// Records a cadre. Problems: INVALID, IDENTITY_HELD_ELSEWHERE, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreCreate))]
    async fn cadre_create(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to record.")] input: CadreCreateInput,
    ) -> Result<Option<CadreCreatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = CreateCadre {
            organization: key(&input.organization_id),
            name: input.name,
            sex: input.sex.into(),
            birth_date: input.birth_date.map(|it| it.0),
            party_joined_on: input.party_joined_on.map(|it| it.0),
            post_title: input.post_title,
            post_start: input.post_start.map(|it| it.0),
            position_level: input.position_level.map(Into::into),
            level_start: input.level_start.map(|it| it.0),
            education: input.education.map(Into::into),
            management_authority: input.management_authority.map(Into::into),
            status: input.status.into(),
            secrecy_level: input.secrecy_level.into(),
            identity_number: input.identity_number,
            phone: input.phone,
        };
        CadreCreatePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Changes a cadre's record. Problems: INVALID, STALE, IDENTITY_HELD_ELSEWHERE, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CadreUpdate))]
    async fn cadre_update(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to change.")] input: CadreUpdateInput,
    ) -> Result<Option<CadreUpdatePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let changes = CadreChanges {
            organization: None,
            name: input.name,
            sex: input.sex.map(Into::into),
            birth_date: patch(input.birth_date, |it| it.0),
            party_joined_on: patch(input.party_joined_on, |it| it.0),
            post_title: patch(input.post_title, |it| it),
            post_start: input.post_start.map(|it| it.0),
            position_level: patch(input.position_level, Into::into),
            level_start: input.level_start.map(|it| it.0),
            education: patch(input.education, Into::into),
            management_authority: patch(input.management_authority, Into::into),
            status: input.status.map(Into::into),
            secrecy_level: input.secrecy_level.map(Into::into),
            identity_number: input.identity_number,
            phone: input.phone,
        };
        let command = UpdateCadre { id: key(&input.id), expected_version: input.expected_version, changes };
        CadreUpdatePayload::of(ctx.session()?.run(ChangeRecord(command), &terms).await, input.client_mutation_id)
            .map(Some)
    }
}

fn patch<T, U>(value: MaybeUndefined<T>, into: impl FnOnce(T) -> U) -> Option<Option<U>> {
    match value {
        MaybeUndefined::Undefined => None,
        MaybeUndefined::Null => Some(None),
        MaybeUndefined::Value(value) => Some(Some(into(value))),
    }
}
