//! One's own record in the schema: reading it, taking a copy, asking for corrections; and the requests, for who decides.

use async_graphql::{Context, Enum, ID, InputObject, Object};
use chrono::{DateTime, Utc};
use entity::{
    correction_request,
    id::{CadreId, CorrectionId},
    kind::{self, AccessPurpose, SealedField},
};
use serde_json::{Value, json};

use crate::{
    audit::read::Readings,
    auth::scope::Actor,
    cadre::{
        graphql::{Cadre, CadreCard},
        read::{Levels, Posts},
    },
    career::read::{Assessments, Awards, Educations, Experiences, Ranks, Resume, Sanctions, Titles, Trainings},
    connection,
    db::{
        open::Opened,
        session::{Session, Terms},
    },
    error::{Action, Error, Result},
    loaders::Caller,
    mentoring::read::MyPairs,
    own_record::{
        read::{Corrections, CorrectionsAmong, CorrectionsOf, OwnRecords},
        write::{DecideCorrection, RequestCorrection, WithdrawCorrection},
    },
    page::{Order, PageArgs},
    payload,
    pool::read::MyMemberships,
    questions::{self, List, RowsOf},
    relay::{Date, FromRow, QueryRoot, access, global_id, key},
};

/// Readings of the own sensitive values that a copy lists, newest first.
const READINGS: i32 = 100;

/// What of a record somebody asks to correct.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::CorrectionField")]
pub enum CorrectionField {
    /// 姓名
    Name,
    /// 性别
    Sex,
    /// 出生日期
    BirthDate,
    /// 公民身份号码
    IdentityNumber,
    /// 手机号码
    Phone,
    /// 职务
    Post,
    /// 职务层次
    PositionLevel,
    /// 学历
    Education,
    /// 人员状态
    Status,
    /// 其他
    Other,
}

/// The course of a request for correction.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::CorrectionState")]
pub enum CorrectionState {
    /// 已提出
    Requested,
    /// 已采纳
    Accepted,
    /// 不采纳
    Refused,
    /// 已撤回
    Withdrawn,
}

/// A request to correct one's record.
#[derive(Clone)]
pub struct CorrectionRequest(pub correction_request::Model);

impl FromRow for CorrectionRequest {
    type Row = correction_request::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

impl CorrectionRequest {
    /// The request of a key, if the caller may see it.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: CorrectionId) -> Result<Option<Self>> {
        Ok(questions::row::<Corrections>(ctx.session()?, key).await?.map(Self))
    }
}

/// A request to correct one's record (信息更正申请), and what came of it.
#[Object(crate = "crate::relay::graphql")]
impl CorrectionRequest {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Whose record.
    async fn cadre(&self, ctx: &Context<'_>) -> Result<Option<CadreCard>> {
        Ok(CadreCard::of(ctx, std::iter::once(self.0.cadre_id)).await?.pop())
    }
    /// What of it.
    async fn field(&self) -> CorrectionField {
        self.0.field.into()
    }
    /// What should stand there instead.
    async fn proposed(&self) -> Option<&str> {
        self.0.proposed.as_deref()
    }
    /// Why, and what proves it.
    async fn reason(&self) -> &str {
        &self.0.reason
    }
    /// How far it is.
    async fn state(&self) -> CorrectionState {
        self.0.state.into()
    }
    /// When it was asked.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.requested_at
    }
    /// When it was decided.
    async fn decided_at(&self) -> Option<DateTime<Utc>> {
        self.0.decided_at
    }
    /// What the office says to it.
    async fn answer(&self) -> Option<&str> {
        self.0.answer.as_deref()
    }
    /// Grows by one at each change; state it as expectedVersion when you decide.
    async fn version(&self) -> i32 {
        self.0.version
    }
}

connection!(CorrectionRequestConnection, CorrectionRequestEdge, CorrectionRequest, CorrectionsAmong);

/// Which requests to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct CorrectionRequestFilter {
    /// In these states.
    pub states: Option<Vec<CorrectionState>>,
    /// About this person's record.
    pub cadre_id: Option<ID>,
}

impl From<CorrectionRequestFilter> for CorrectionsAmong {
    fn from(it: CorrectionRequestFilter) -> Self {
        Self {
            states: it.states.map(|all| all.into_iter().map(Into::into).collect()),
            cadre: it.cadre_id.as_ref().map(key),
        }
    }
}

/// What to correct.
#[derive(InputObject)]
pub struct RequestCorrectionInput {
    /// What of the own record.
    field: CorrectionField,
    /// What should stand there instead, at most 400 characters; never an identity or phone number.
    proposed: Option<String>,
    /// Why, and what proves it, 1 to 400 characters.
    reason: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Which request to take back.
#[derive(InputObject)]
pub struct CorrectionWithdrawInput {
    /// Global id.
    id: ID,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What to decide.
#[derive(InputObject)]
pub struct CorrectionDecideInput {
    /// Global id.
    id: ID,
    /// The version that you read.
    expected_version: i32,
    /// Whether the record is wrong: change it then, this does not.
    accept: bool,
    /// What the person is told, 1 to 400 characters.
    answer: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// A copy of the own record.
pub struct MyRecordExport {
    generated_at: DateTime<Utc>,
    file_name: String,
    content: String,
}

/// A copy of the own record.
#[Object(crate = "crate::relay::graphql")]
impl MyRecordExport {
    /// When it was made.
    async fn generated_at(&self) -> DateTime<Utc> {
        self.generated_at
    }
    /// A name for the file.
    async fn file_name(&self) -> &str {
        &self.file_name
    }
    /// JSON: the record, its dated facts, sealed values, disclosed memberships, pairs, requests, and the last 100 readings
    /// of the sealed values.
    async fn content(&self) -> &str {
        &self.content
    }
    /// The whole query root, to read on in the same request.
    async fn query(&self) -> QueryRoot {
        QueryRoot::default()
    }
}

payload!(
    /// What came of `requestCorrection`.
    RequestCorrectionPayload {
        /// The request.
        request: CorrectionRequest by CorrectionId
    }
);
payload!(
    /// What came of `correctionWithdraw`.
    CorrectionWithdrawPayload {
        /// The request as it is now.
        request: CorrectionRequest by CorrectionId
    }
);
payload!(
    /// What came of `correctionDecide`.
    CorrectionDecidePayload {
        /// The request as it is now.
        request: CorrectionRequest by CorrectionId
    }
);

/// Questions about one's own record, and about requests for correction.
#[derive(Default)]
pub struct OwnRecordQuery;

/// Questions about one's own record, and about requests for correction.
#[Object]
impl OwnRecordQuery {
    /// The caller's own record; null for an account that is no person of the registry.
    #[graphql(directive = access::apply(Action::OwnRecordRead))]
    async fn my_record(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "The day as of which dated things are told, future days too; one for the whole request.")]
        as_of: Option<Date>,
    ) -> Result<Option<Cadre>> {
        let session = ctx.session()?;
        session.agree(as_of.map(|it| it.0))?;
        let people = RowsOf::<OwnRecords>::new(person(session));
        Ok(session.ask(&people).await?.pop().map(Cadre))
    }

    /// Requests for correction that the caller may see: the own ones, and for officers and leaders those of their people,
    /// newest first.
    #[graphql(directive = access::apply(Action::CorrectionRead))]
    async fn correction_requests(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which requests.")] filter: Option<CorrectionRequestFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which request: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<CorrectionRequestConnection>> {
        CorrectionRequestConnection::open(ctx, filter.unwrap_or_default().into(), Order::Newest, first, after).await
    }
}

/// Changes around one's own record.
#[derive(Default)]
pub struct OwnRecordMutation;

/// Changes around one's own record.
#[Object]
impl OwnRecordMutation {
    /// Takes a copy of the own record, sealed values in the clear. It is on record in `accessLog`. Null for an account
    /// that is no person of the registry.
    #[graphql(directive = access::apply(Action::OwnRecordExport))]
    async fn my_record_export(&self, ctx: &Context<'_>) -> Result<Option<MyRecordExport>> {
        let session = ctx.session()?;
        let own = [SealedField::IdentityNumber, SealedField::Phone];
        let values = own.into_iter().filter_map(|field| Some((person(session)?, field))).collect();
        // Opened first: whoever may not is refused here, whether there is a person behind the account or not.
        let opened = session.open(&values, AccessPurpose::OwnCopy, "own copy").await?;
        let Some(person) = person(session) else { return Ok(None) };
        let generated_at = session.now();
        let content = copy(session, person, &opened, generated_at).await?;
        let file_name = format!("my-record-{}.json", session.today());
        Ok(Some(MyRecordExport { generated_at, file_name, content }))
    }

    /// Asks for a correction of the own record. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CorrectionRequest))]
    async fn request_correction(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to correct.")] input: RequestCorrectionInput,
    ) -> Result<Option<RequestCorrectionPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = RequestCorrection { field: input.field.into(), proposed: input.proposed, reason: input.reason };
        RequestCorrectionPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Takes an open request of one's own back. Problems: TRANSITION_REFUSED, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CorrectionRequest))]
    async fn correction_withdraw(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which request.")] input: CorrectionWithdrawInput,
    ) -> Result<Option<CorrectionWithdrawPayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let command = WithdrawCorrection { id: key(&input.id) };
        CorrectionWithdrawPayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }

    /// Decides on a request for correction. An accepted one changes no record: change it with `cadreUpdate`. Problems:
    /// INVALID, STALE, TRANSITION_REFUSED, SAME_PERSON, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::CorrectionDecide))]
    async fn correction_decide(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to decide.")] input: CorrectionDecideInput,
    ) -> Result<Option<CorrectionDecidePayload>> {
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let (id, expected_version) = (key(&input.id), input.expected_version);
        let command = DecideCorrection { id, expected_version, accept: input.accept, answer: input.answer };
        CorrectionDecidePayload::of(ctx.session()?.run(command, &terms).await, input.client_mutation_id).map(Some)
    }
}

/// The person behind the session.
fn person(session: &Session) -> Option<CadreId> {
    match session.actor() {
        Actor::Account(identity) => identity.person,
        Actor::Job(..) => None,
    }
}

/// Everything that is kept of a person and may be shown to them, as JSON.
async fn copy(session: &Session, person: CadreId, opened: &Opened, at: DateTime<Utc>) -> Result<String> {
    let record = session.ask(&RowsOf::<OwnRecords>::new([person])).await?.pop();
    let record = record.ok_or(Error::NotFound("cadre"))?;
    let readings = PageArgs::open(READINGS, None, Order::Newest, &"own copy", session.cursors())?;
    let readings = session.ask(&List { among: Readings { of: person }, page: readings }).await?;
    let sealed = |field| opened.value(person, field).map_or(Value::Null, |it| json!(it));
    let content = json!({
        "generatedAt": at,
        "record": record,
        "identityNumber": sealed(SealedField::IdentityNumber),
        "phone": sealed(SealedField::Phone),
        "posts": session.ask(&RowsOf::<Posts>::new([person])).await?,
        "positionLevels": session.ask(&RowsOf::<Levels>::new([person])).await?,
        "ranks": session.ask(&RowsOf::<Ranks>::new([person])).await?,
        "educations": session.ask(&RowsOf::<Educations>::new([person])).await?,
        "titles": session.ask(&RowsOf::<Titles>::new([person])).await?,
        "assessments": session.ask(&RowsOf::<Assessments>::new([person])).await?,
        "experiences": session.ask(&RowsOf::<Experiences>::new([person])).await?,
        "trainings": session.ask(&RowsOf::<Trainings>::new([person])).await?,
        "awards": session.ask(&RowsOf::<Awards>::new([person])).await?,
        "sanctions": session.ask(&RowsOf::<Sanctions>::new([person])).await?,
        "resume": session.ask(&RowsOf::<Resume>::new([person])).await?,
        "memberships": session.ask(&MyMemberships { person }).await?,
        "pairs": session.ask(&MyPairs { person }).await?,
        "correctionRequests": session.ask(&RowsOf::<CorrectionsOf>::new([person])).await?,
        "readings": readings.rows.into_iter().map(|(_, row)| row).collect::<Vec<_>>(),
    });
    serde_json::to_string_pretty(&content).map_err(Error::internal)
}
