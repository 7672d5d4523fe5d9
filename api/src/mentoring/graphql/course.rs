//! Who takes part in a pair, what happened to it, and what is said of it, in the schema.

use async_graphql::{Context, Enum, ID, Object};
use entity::{
    kind::{self, PairSide},
    pair_evaluation, pair_part, pair_step,
};

use crate::{
    cadre::{graphql::CadreCard, read::Cards},
    error::Result,
    leads,
    loaders::Caller,
    mentoring::graphql::PairState,
    questions::One,
    relay::{Date, FromRow, global_id},
};

/// Who mentors whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::PairForm")]
pub enum PairForm {
    /// 一对一
    OneToOne,
    /// 一对多
    OneToMany,
    /// 一名主导师带若干副导师
    LeadPlusAssistants,
    /// 导师组
    Team,
    /// 联系人
    ContactOfficer,
    /// 单位结对：帮扶单位与受援单位
    Organization,
}

/// As what a person takes part in a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::PairRole")]
pub enum PairRole {
    /// 主导师
    Lead,
    /// 副导师
    Assistant,
    /// 导师组成员
    Member,
    /// 联系人
    ContactOfficer,
    /// 帮带对象
    Mentee,
}

/// What happened to a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::PairStepKind")]
pub enum PairStepKind {
    /// 提出
    Proposed,
    /// 结对
    Activated,
    /// 暂停
    Suspended,
    /// 恢复
    Resumed,
    /// 期满
    Completed,
    /// 终止
    Ended,
    /// 更换
    Replaced,
    /// 成员退出
    PartLeft,
    /// 成员加入
    PartJoined,
}

/// Who says something of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::EvaluationSide")]
pub enum EvaluationSide {
    /// 导师
    Mentor,
    /// 帮带对象
    Mentee,
    /// 组织
    Organization,
}

/// A person's part in a pair.
#[derive(Clone)]
pub struct PairPart(pub pair_part::Model);

impl FromRow for PairPart {
    type Row = pair_part::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }

    leads! {
        "person": cadre_id => Cards; CadreCard;
    }
}

/// A person's part in a mentoring pair.
#[Object(crate = "crate::relay::graphql")]
impl PairPart {
    /// As what the person takes part.
    async fn role(&self) -> PairRole {
        self.0.role.into()
    }
    /// Whether on the mentors' side.
    async fn is_mentor(&self) -> bool {
        self.0.side == PairSide::Mentor
    }
    /// Since when, once the pair is active.
    async fn joined_on(&self) -> Option<Date> {
        self.0.joined_on.map(Date)
    }
    /// Since when no more, where the person left before the pair ended.
    async fn left_on(&self) -> Option<Date> {
        self.0.left_on.map(Date)
    }
    /// The person's short card; null where the caller may not see it.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        Ok(ctx.load(One::<Cards>::of(self.0.cadre_id)).await?.map(CadreCard))
    }
}

/// One step of a pair.
#[derive(Clone)]
pub struct PairStep(pub pair_step::Model);

/// One step of a mentoring pair: what was decided, why, when.
#[Object(crate = "crate::relay::graphql")]
impl PairStep {
    /// What happened.
    async fn kind(&self) -> PairStepKind {
        self.0.kind.into()
    }
    /// Where the pair stands since.
    async fn state(&self) -> PairState {
        self.0.state.into()
    }
    /// Whom it is about, where it is about one person whose card the caller may see.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        let Some(id) = self.0.cadre_id else { return Ok(None) };
        Ok(ctx.load(One::<Cards>::of(id)).await?.map(CadreCard))
    }
    /// Why.
    async fn reason(&self) -> Option<&str> {
        self.0.reason.as_deref()
    }
    /// Why, as a code; PERSON_LEFT where somebody in the pair left and nobody decided.
    async fn reason_code(&self) -> Option<&str> {
        self.0.reason_code.as_deref()
    }
    /// The day of the decision.
    async fn decided_on(&self) -> Date {
        Date(self.0.decided_on)
    }
    /// Global id of the account that decided; null for an import.
    async fn decided_by(&self) -> Option<ID> {
        self.0.decided_by.map(global_id)
    }
}

/// What is said of a pair.
#[derive(Clone)]
pub struct PairEvaluation(pub pair_evaluation::Model);

/// What one side, or the organization, says of a mentoring pair.
#[Object(crate = "crate::relay::graphql")]
impl PairEvaluation {
    /// Who says it.
    async fn side(&self) -> EvaluationSide {
        self.0.side.into()
    }
    /// The grade, a code of the keeper's policy.
    async fn grade(&self) -> &str {
        &self.0.grade
    }
    /// What is said.
    async fn summary(&self) -> &str {
        &self.0.summary
    }
    /// The day of it.
    async fn evaluated_on(&self) -> Date {
        Date(self.0.evaluated_on)
    }
    /// The person who says it; null for the organization, or where the caller may not see the card.
    async fn person(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        let Some(id) = self.0.cadre_id else { return Ok(None) };
        Ok(ctx.load(One::<Cards>::of(id)).await?.map(CadreCard))
    }
}
