//! Files on their way in and runs of imports in the schema: where to send the one, how far the other is.

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::{
    id::{CadreId, ImportRunId, Key, UploadId},
    import_finding, import_run, kind, upload,
};

use crate::{
    auth::address::Purpose,
    cadre::{graphql::Cadre, read::Cadres},
    connection,
    db::session::Session,
    error::Result,
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    questions::{One, row},
    relay::{FromRow, global_id},
    roster::{
        finding::{FindingCode, Severity},
        graphql::{Import, ImportKind, ImportMode},
        stored::{FindingsAmong, Imports, Runs, Uploads},
    },
};

/// Where a run of an import stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ImportState", name = "ImportRunState")]
pub enum RunState {
    /// Asked for; it waits for its turn.
    Waiting,
    /// At work.
    Running,
    /// At its end.
    Done,
    /// Ended without taking anything in: `failure` says why.
    Failed,
    /// The process that did it ended; nothing was taken in. Ask for it again with the same file and a new key.
    Interrupted,
}

/// Why a run of an import failed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ImportFailure", name = "ImportRunFailure")]
pub enum RunFailure {
    /// The file has errors, or no row that can go in: see the findings.
    File,
    /// Whoever asked for it may not import any more, or signed out.
    Rights,
    /// It met too many identity numbers of people kept elsewhere: try again in an hour.
    Throttled,
    /// Other imports did not end in time: ask for it again.
    Busy,
    /// Ours to mend.
    Internal,
}

/// A file on its way in.
#[derive(Clone)]
pub struct ImportUpload(upload::Model);

impl ImportUpload {
    /// A file of the caller's.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: UploadId) -> Result<Option<Self>> {
        Ok(row::<Uploads>(ctx.session()?, key).await?.map(Self))
    }
}

/// A file on its way in, of the caller's.
#[Object(crate = "crate::relay::graphql")]
impl ImportUpload {
    /// Global id.
    async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// Where to send it with PUT, without a token: a path of this server. Good once, and until `expiresAt`. Whoever has
    /// it can send the file, so tell it to nobody.
    async fn address(&self, ctx: &Context<'_>) -> Result<String> {
        let token = ctx.session()?.addresses().sign(Purpose::Upload, self.0.id.uuid(), self.0.expires_at);
        Ok(format!("/uploads/{token}"))
    }
    /// Until when the address is good.
    async fn expires_at(&self) -> DateTime<Utc> {
        self.0.expires_at
    }
    /// Its length in bytes, as it was announced.
    async fn bytes(&self) -> i32 {
        self.0.size
    }
    /// The longest file that is taken, in bytes.
    async fn maximum_bytes(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(ctx.session()?.rosters().file_bytes)
    }
    /// What it is called.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }
}

/// A run of an import.
#[derive(Clone)]
pub struct ImportRun(pub import_run::Model);

impl FromRow for ImportRun {
    type Row = import_run::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

impl ImportRun {
    /// A run that the caller may see.
    ///
    /// # Errors
    /// As the question.
    pub async fn by_key(ctx: &Context<'_>, key: ImportRunId) -> Result<Option<Self>> {
        Ok(row::<Runs>(ctx.session()?, key).await?.map(Self))
    }
}

/// The import of a file that was asked for: how far it is, and what came of it. Ask `node` for it again to follow it.
#[Object(crate = "crate::relay::graphql")]
impl ImportRun {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// What kind of file it is.
    async fn kind(&self) -> ImportKind {
        self.0.kind.into()
    }
    /// The organization whose people the file is about.
    async fn organization(&self, ctx: &Context<'_>) -> Result<Option<Organization>> {
        Ok(ctx.load(One::<Organizations>::of(self.0.organization_id)).await?.map(Organization))
    }
    /// What the file is called.
    async fn file_name(&self) -> &str {
        &self.0.file_name
    }
    /// SHA-256 of the file, in hexadecimal.
    async fn sha256(&self) -> &str {
        &self.0.file_hash
    }
    /// What happens to rows or forms in which something is wrong.
    async fn mode(&self) -> ImportMode {
        self.0.mode.into()
    }
    /// Whether it is only tried.
    async fn dry_run(&self) -> bool {
        self.0.dry_run
    }
    /// Where it stands.
    async fn state(&self) -> RunState {
        self.0.state.into()
    }
    /// Why it failed; null where it did not.
    async fn failure(&self) -> Option<RunFailure> {
        self.0.failure.map(Into::into)
    }
    /// Rows of people, or forms, in the file, good and bad; 0 before it ends.
    async fn rows_read(&self) -> i32 {
        self.0.rows_read
    }
    /// Rows or forms looked at so far.
    async fn rows_done(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(self.progress(ctx.session()?).await.0)
    }
    /// Rows or forms to go in; 0 before the file is read.
    async fn rows_total(&self, ctx: &Context<'_>) -> Result<u64> {
        Ok(self.progress(ctx.session()?).await.1)
    }
    /// New persons; of a dry run, those whom it would add.
    async fn added(&self) -> i32 {
        self.0.added
    }
    /// Persons whose record or facts changed.
    async fn changed(&self) -> i32 {
        self.0.changed
    }
    /// Persons of whom everything was recorded already.
    async fn unchanged(&self) -> i32 {
        self.0.unchanged
    }
    /// Rows or forms that a decision left out.
    async fn skipped(&self) -> i32 {
        self.0.skipped
    }
    /// Errors that were found, also those that are not listed.
    async fn errors(&self) -> i32 {
        self.0.errors
    }
    /// Warnings that were found.
    async fn warnings(&self) -> i32 {
        self.0.warnings
    }
    /// Hints that were found.
    async fn hints(&self) -> i32 {
        self.0.hints
    }
    /// When it was asked for.
    async fn requested_at(&self) -> DateTime<Utc> {
        self.0.requested_at
    }
    /// When it ended.
    async fn ended_at(&self) -> Option<DateTime<Utc>> {
        self.0.ended_at
    }
    /// What went in; null where nothing did.
    async fn imported(&self, ctx: &Context<'_>) -> Result<Option<Import>> {
        match self.0.import_id {
            Some(import) => Ok(ctx.load(One::<Imports>::of(import)).await?.map(Import)),
            None => Ok(None),
        }
    }
    /// What was found, in the order of the report, for whoever asked for the run; the first 50 of each kind.
    async fn findings(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which finding: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<ImportFindingConnection>> {
        ImportFindingConnection::open(ctx, FindingsAmong { run: self.0.id }, Order::Id, first, after).await
    }
}

impl ImportRun {
    async fn progress(&self, session: &Session) -> (u64, u64) {
        let total = u64::try_from(self.0.rows_total).unwrap_or(0);
        match self.0.state {
            kind::ImportState::Done => (total, total),
            kind::ImportState::Running => session.progress(self.0.id).await.unwrap_or((0, total)),
            _ => (0, total),
        }
    }
}

/// A finding of a run.
#[derive(Clone)]
pub struct ImportFinding(pub import_finding::Model);

impl FromRow for ImportFinding {
    type Row = import_finding::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

/// Something that a run found in its file: where, what is wrong, what to do.
#[Object(crate = "crate::relay::graphql")]
impl ImportFinding {
    /// Global id.
    pub async fn id(&self) -> ID {
        global_id(self.0.id)
    }
    /// How bad.
    async fn severity(&self) -> Option<Severity> {
        Severity::ALL.iter().find(|it| it.text() == self.0.severity).copied()
    }
    /// What kind.
    async fn code(&self) -> Option<FindingCode> {
        FindingCode::ALL.iter().find(|it| it.text() == self.0.code).copied()
    }
    /// The number of the form in its archive, from 1, by which a decision names it; null in a roster.
    async fn form(&self) -> Option<i32> {
        self.0.form
    }
    /// The row number as the spreadsheet shows it, or the line of a form's own file, from 1; null for the whole of it.
    async fn row(&self) -> Option<i32> {
        self.0.line
    }
    /// The header of the column as in the file, or which form and element; null for the row as a whole.
    async fn column(&self) -> Option<&str> {
        self.0.header.as_deref()
    }
    /// What is wrong.
    async fn message(&self) -> &str {
        &self.0.message
    }
    /// What to do.
    async fn remedy(&self) -> &str {
        &self.0.remedy
    }
    /// Whom the row or form could mean, of those that the caller may see, at most 20: decide, and import again.
    async fn candidates(&self, ctx: &Context<'_>) -> Result<Option<Vec<Cadre>>> {
        let texts = self.0.candidates.as_deref().unwrap_or_default().split(',');
        let keys = texts.filter_map(|it| it.parse().ok()).map(|it| One::<Cadres>::of(CadreId::from_uuid(it)));
        let found = futures_util::future::try_join_all(keys.map(|it| ctx.load(it))).await?;
        Ok(Some(found.into_iter().flatten().map(Cadre::from_row).collect()))
    }
}

connection!(ImportFindingConnection, ImportFindingEdge, ImportFinding, FindingsAmong);
