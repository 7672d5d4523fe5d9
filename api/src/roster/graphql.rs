//! Imports in the schema: which files went in, and what came of them. Their rows are sealed, and not shown.

mod changes;
mod runs;

use async_graphql::{Context, Enum, ID, Object};
use chrono::{DateTime, Utc};
use entity::{id::OrganizationId, import, kind};

use crate::{
    connection,
    error::{Action, Result},
    loaders::Caller,
    organization::{graphql::Organization, read::Organizations},
    page::Order,
    questions::One,
    relay::{FromRow, access, global_id, key},
    roster::stored::ImportsAmong,
};

pub use changes::{Announced, ImportDecisionInput, RosterMutation, Wanted, announce, import};
pub use runs::{ImportFinding, ImportRun, ImportUpload};

/// What kind of file goes in.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ImportKind")]
pub enum ImportKind {
    /// A roster (干部花名册).
    Roster,
    /// Appointment forms (干部任免审批表, `.lrmx`): one, or a zip of them.
    #[graphql(name = "APPOINTMENT_FORM")]
    Form,
}

/// What happens to the rows or forms of a file in which something is wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
#[graphql(remote = "kind::ImportMode")]
pub enum ImportMode {
    /// Everything goes in, or nothing does.
    All,
    /// The good rows go in; the others stand among the findings.
    Good,
}

/// A file that went in.
#[derive(Clone)]
pub struct Import(pub import::Model);

impl FromRow for Import {
    type Row = import::Model;
    fn from_row(row: Self::Row) -> Self {
        Self(row)
    }
}

/// A roster (干部花名册) or a file of appointment forms (干部任免审批表) that went in, and what came of it. An import of a file that was imported before, and that
/// changes nothing, leaves nothing here.
#[Object(crate = "crate::relay::graphql")]
impl Import {
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
    /// What happened to rows or forms in which something was wrong.
    async fn mode(&self) -> ImportMode {
        self.0.mode.into()
    }
    /// Rows of people, or forms, in the file, good and bad.
    async fn rows_read(&self) -> i32 {
        self.0.rows_read
    }
    /// New persons.
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
    /// Errors that were found.
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
    /// When.
    async fn recorded_at(&self) -> DateTime<Utc> {
        self.0.imported_at
    }
}

connection!(ImportConnection, ImportEdge, Import, ImportsAmong);

/// Asks about imports.
#[derive(Default)]
pub struct RosterQuery;

/// Asks about imports.
#[Object]
impl RosterQuery {
    /// Files that went in, newest first: into one organization, or into any that the caller may import for.
    #[graphql(directive = access::apply(Action::ImportRead))]
    async fn imports(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "Global id of the organization.")] organization: Option<ID>,
        #[graphql(desc = "How many, 1 to 100.", default = 20)] first: i32,
        #[graphql(desc = "After which import: an endCursor of the same list.")] after: Option<String>,
    ) -> Result<Option<ImportConnection>> {
        let among = ImportsAmong { organization: organization.as_ref().map(key::<OrganizationId>) };
        ImportConnection::open(ctx, among, Order::Newest, first, after).await
    }
}
