//! The audit trail in the schema: who did what, and who saw whose sensitive values.

use async_graphql::{Context, Enum, ID, InputObject, Object, SimpleObject};
use chrono::{DateTime, Utc};
use entity::{access_log, account, audit_change, audit_event, kind};

use crate::{
    audit::read::{Actors, Acts, Changes, Openers, Readings},
    cadre::graphql::AccessPurpose,
    connection,
    error::{Action, Result},
    loaders::Caller,
    page::Order,
    questions::{FreshMany, FreshOne},
    relay::{FromRow, access, global_id, key},
};

/// How an act ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::AuditOutcome")]
pub enum AuditOutcome {
    /// It was done.
    Done,
    /// It was refused.
    Refused,
}

/// What happened to a row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ChangeKind")]
pub enum ChangeKind {
    /// It was added.
    Insert,
    /// It was changed.
    Update,
    /// It was removed.
    Delete,
}

/// What of a person somebody saw.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::SeenField")]
pub enum SensitiveField {
    /// 公民身份号码
    IdentityNumber,
    /// 手机号码
    Phone,
    /// 导入原文: a row or form as it stood in the file that brought it.
    ImportedRow,
    /// 处分与书面认定: sanctions and what is declared, as a portrait, a comparison or a list shows them with the rest.
    Findings,
}

/// The short card of an account.
#[derive(SimpleObject)]
pub struct AccountCard {
    /// Name to sign in with.
    pub login: String,
    /// Name to show.
    pub name: String,
}

impl From<account::Model> for AccountCard {
    fn from(row: account::Model) -> Self {
        Self { login: row.login, name: row.name }
    }
}

/// One changed row of an act.
pub struct AuditChange(audit_change::Model);

/// One changed row of an act. Sensitive values are not among the columns: they were never written here.
#[Object(crate = "crate::relay::graphql")]
impl AuditChange {
    /// The table.
    async fn table(&self) -> &str {
        &self.0.table_name
    }
    /// The row's key: a UUID.
    async fn row_id(&self) -> String {
        self.0.row_id.to_string()
    }
    /// What happened to it.
    async fn kind(&self) -> ChangeKind {
        self.0.kind.into()
    }
    /// Changed columns before, as JSON; null for a row that was added.
    async fn before(&self) -> Option<&str> {
        self.0.before_values.as_deref()
    }
    /// Changed columns after, as JSON; null for a row that was removed.
    async fn after(&self) -> Option<&str> {
        self.0.after_values.as_deref()
    }
}

/// One act, done or refused.
#[derive(Clone)]
pub struct AuditEvent(audit_event::Model);

impl FromRow for AuditEvent {
    type Row = audit_event::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

/// One act, done or refused, as the audit trail keeps it.
#[Object(crate = "crate::relay::graphql")]
impl AuditEvent {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Who; null for a job of the server.
    async fn who(&self, ctx: &Context<'_>) -> Result<Option<AccountCard>> {
        let Some(account) = self.0.account_id else { return Ok(None) };
        Ok(ctx.load(FreshOne::<Actors>::of(account)).await?.map(AccountCard::from))
    }
    /// The roles that counted, or the job's name.
    async fn roles(&self) -> Vec<&str> {
        self.0.role.split(',').filter(|it| !it.is_empty()).collect()
    }
    /// What: an `Action` as it was called then.
    async fn action(&self) -> &str {
        &self.0.action
    }
    /// How it ended.
    async fn outcome(&self) -> AuditOutcome {
        self.0.outcome.into()
    }
    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
    /// The request, as its answer and the logs name it.
    async fn request_id(&self) -> &str {
        &self.0.request_id
    }
    /// What for, where it was stated.
    async fn purpose(&self) -> Option<&str> {
        self.0.purpose.as_deref()
    }
    /// The rows that it changed; empty where it changed none, and where the account ever held a grant beyond the
    /// caller's reach or above the caller's ceiling, because its rows may be of there.
    async fn changes(&self, ctx: &Context<'_>) -> Result<Option<Vec<AuditChange>>> {
        let rows = ctx.load(FreshMany::<Changes>::of(self.0.id)).await?.unwrap_or_default();
        Ok(Some(rows.into_iter().map(AuditChange).collect()))
    }
}

connection!(AuditEventConnection, AuditEventEdge, AuditEvent, Acts, ask);

/// One reading of a sensitive value.
#[derive(Clone)]
pub struct AccessLogEntry(access_log::Model);

impl FromRow for AccessLogEntry {
    type Row = access_log::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

/// One reading of one sensitive value of a person, or of the findings on them.
#[Object(crate = "crate::relay::graphql")]
impl AccessLogEntry {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Who saw it.
    async fn who(&self, ctx: &Context<'_>) -> Result<Option<AccountCard>> {
        Ok(ctx.load(FreshOne::<Openers>::of(self.0.account_id)).await?.map(AccountCard::from))
    }
    /// Which value.
    async fn field(&self) -> SensitiveField {
        self.0.field.into()
    }
    /// What for; NOT_STATED where none is asked for.
    async fn purpose(&self) -> AccessPurpose {
        self.0.purpose.into()
    }
    /// What for, in the reader's words; what was asked for, where no purpose is stated.
    async fn reason(&self) -> &str {
        &self.0.reason
    }
    /// When.
    async fn at(&self) -> DateTime<Utc> {
        self.0.recorded_at
    }
}

connection!(AccessLogConnection, AccessLogEdge, AccessLogEntry, Readings, ask);

/// Which acts to list; several conditions must all hold.
#[derive(Clone, Debug, Default, InputObject)]
pub struct AuditEventFilter {
    /// The act.
    pub action: Option<Action>,
    /// How it ended.
    pub outcome: Option<AuditOutcome>,
    /// By the account of this login.
    pub login: Option<String>,
    /// From when.
    pub from: Option<DateTime<Utc>>,
    /// Until when, exclusive.
    pub to: Option<DateTime<Utc>>,
    /// Within this request.
    pub request_id: Option<String>,
}

impl From<AuditEventFilter> for Acts {
    fn from(it: AuditEventFilter) -> Self {
        Self {
            action: it.action,
            outcome: it.outcome.map(Into::into),
            login: it.login,
            from: it.from,
            to: it.to,
            request_id: it.request_id,
        }
    }
}

/// Questions about the audit trail.
#[derive(Default)]
pub struct AuditQuery;

/// Questions about the audit trail.
#[Object]
impl AuditQuery {
    /// Who saw which sensitive value of a person, or the findings on them, when and what for, newest first: for the audit administrator of the
    /// organization that keeps the person, and for the person. Empty for anybody else's id.
    #[graphql(directive = access::apply(Action::AccessLogRead))]
    async fn access_log(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the person.")] cadre: ID,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which entry: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<AccessLogConnection>> {
        AccessLogConnection::open(ctx, Readings { of: key(&cadre) }, Order::Newest, first, after).await
    }

    /// Acts of the accounts that hold, or ever held, a grant within the caller's reach, newest first. Acts of jobs, and
    /// of accounts without a grant, only where the reach covers every organization.
    #[graphql(directive = access::apply(Action::AuditRead))]
    async fn audit_events(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Which acts.")] filter: Option<AuditEventFilter>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which act: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<AuditEventConnection>> {
        AuditEventConnection::open(ctx, filter.unwrap_or_default().into(), Order::Newest, first, after).await
    }
}
