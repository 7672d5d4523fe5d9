//! Sensitive values of a person in the schema: opened for a stated purpose, each reading on record.

use std::collections::HashMap;

use async_graphql::{Context, Enum, Object};
use entity::{id::CadreId, kind};

use crate::{
    cadre::read::Opening,
    error::{Error, Result},
    loaders::Caller,
};

/// What a sensitive value is opened for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::AccessPurpose")]
pub enum AccessPurpose {
    /// 选拔任用
    Appointment,
    /// 入库审核
    PoolReview,
    /// 干部考察
    Inspection,
    /// 人事档案审核
    FileReview,
    /// 统计核对
    StatisticsCheck,
    /// 信息更正
    Correction,
    /// 干部监督
    Supervision,
    /// 本人查阅: one's own values alone.
    OwnCopy,
    /// 未注明: in the access log alone; nothing is opened for it.
    NotStated,
}

/// Sensitive values of a person, opened.
pub struct CadreSensitive(HashMap<kind::SealedField, String>);

impl CadreSensitive {
    /// Opens what the selection asks for, together with what is asked for of other persons at the same time.
    ///
    /// # Errors
    /// `Forbidden`, `Invalid`, `NotFound` where the caller may see the person but not open their values.
    pub async fn open(ctx: &Context<'_>, cadre: CadreId, purpose: AccessPurpose, reason: String) -> Result<Self> {
        let asked = [("identityNumber", kind::SealedField::IdentityNumber), ("phone", kind::SealedField::Phone)];
        let selected = ctx.look_ahead();
        let fields = asked.into_iter().filter(|(name, _)| selected.field(name).exists()).map(|(_, field)| field);
        let key = Opening { cadre, fields: fields.collect(), purpose: purpose.into(), reason };
        if key.fields.is_empty() {
            return Ok(Self(HashMap::new()));
        }
        let opened = ctx.load(key).await?.ok_or_else(|| Error::broken("sealed values came without an answer"))?;
        opened.map(Self)
    }
}

/// Sensitive values of a person, opened for the purpose that was stated. Each value shown is on record in `accessLog`.
#[Object(crate = "crate::relay::graphql")]
impl CadreSensitive {
    /// 公民身份号码; null where none is recorded.
    async fn identity_number(&self) -> Option<&str> {
        self.0.get(&kind::SealedField::IdentityNumber).map(String::as_str)
    }
    /// 手机号码; null where none is recorded.
    async fn phone(&self) -> Option<&str> {
        self.0.get(&kind::SealedField::Phone).map(String::as_str)
    }
}
