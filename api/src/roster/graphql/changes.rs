//! Changes through the schema: a file is announced; one that came in is imported.

use std::{collections::BTreeMap, path::Path};

use async_graphql::{Context, Enum, ID, InputObject, Object};
use entity::id::{ImportRunId, UploadId};

use crate::{
    db::session::{Session, Terms},
    error::{Action, Error, Result},
    loaders::Caller,
    payload,
    relay::{access, key},
    roster::{
        decisions::Decision,
        graphql::{ImportMode, ImportRun, ImportUpload},
        running::{self, Importable, Rosters},
        write::{runs::StartImport, uploads::StartUpload},
    },
};

/// What a decision about a row or form may be, besides a person.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Enum)]
pub enum ImportChoice {
    /// It means somebody new.
    New,
    /// It is left out.
    Skip,
}

/// A file to announce.
#[derive(InputObject)]
pub struct RosterUploadStartInput {
    /// The organization whose people the file lists.
    organization_id: ID,
    /// What the file is called, 1 to 200 characters.
    file_name: String,
    /// Its length in bytes.
    bytes: i32,
    /// Its SHA-256 in hexadecimal: what comes is held to it.
    sha256: Option<String>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// What somebody decides about a row or form that could mean several persons: a person or a choice, one of the two.
#[derive(InputObject)]
pub struct ImportDecisionInput {
    /// The row, as the finding names it; of forms, the number of the form.
    row: u32,
    /// The person whom it means.
    cadre_id: Option<ID>,
    /// Or what else.
    choice: Option<ImportChoice>,
}

/// A file to import.
#[derive(InputObject)]
pub struct RosterImportInput {
    /// A file of your own that came in.
    upload_id: ID,
    /// What happens to rows in which something is wrong.
    #[graphql(default_with = "ImportMode::All")]
    mode: ImportMode,
    /// Whether it is only tried: it tells what it would do.
    #[graphql(default = false)]
    dry_run: bool,
    /// Decisions about rows that an earlier run found to mean several persons.
    decisions: Option<Vec<ImportDecisionInput>>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Decisions by row. Fails with INVALID on `decisions`: two about one row, or neither a person nor a choice.
fn decisions(given: Option<Vec<ImportDecisionInput>>) -> Result<BTreeMap<u32, Decision>> {
    let mut out = BTreeMap::new();
    for it in given.unwrap_or_default() {
        let decision = match (it.cadre_id, it.choice) {
            (Some(person), None) => Decision::Person(key(&person)),
            (None, Some(ImportChoice::New)) => Decision::New,
            (None, Some(ImportChoice::Skip)) => Decision::Skip,
            _ => return Err(Error::invalid("decisions", format!("about row {}: name a person or a choice", it.row))),
        };
        if out.insert(it.row, decision).is_some() {
            return Err(Error::invalid("decisions", format!("hold two about row {}", it.row)));
        }
    }
    Ok(out)
}

/// A file that is announced, of any kind.
pub struct Announced {
    /// The organization whose people it is about.
    pub organization: ID,
    /// What it is called; of a path, the last part.
    pub file_name: String,
    /// Its length.
    pub bytes: i32,
    /// Its SHA-256.
    pub sha256: Option<String>,
}

/// Announces a file of a kind.
///
/// # Errors
/// Those of the command.
pub async fn announce<I: Importable>(session: &Session, file: Announced, terms: &Terms) -> Result<UploadId> {
    let base = Path::new(&file.file_name).file_name().map(|it| it.to_string_lossy().into_owned());
    let command = StartUpload {
        kind: I::KIND,
        organization: key(&file.organization),
        file_name: base.unwrap_or_default(),
        bytes: file.bytes,
        sha256: file.sha256,
        most: session.rosters().file_bytes,
    };
    session.run(command, terms).await
}

/// An import that is asked for, of any kind.
pub struct Wanted {
    /// The file.
    pub upload: ID,
    /// What happens where something is wrong.
    pub mode: ImportMode,
    /// Whether it is only tried.
    pub dry_run: bool,
    /// Decisions that an earlier run asked for.
    pub decisions: Option<Vec<ImportDecisionInput>>,
}

/// Asks for an import of a kind, and sends its run on its way.
///
/// # Errors
/// Those of the decisions and of the command.
pub async fn import<I: Importable + 'static>(session: &Session, wanted: Wanted, terms: &Terms) -> Result<ImportRunId> {
    let decisions = decisions(wanted.decisions)?;
    let start = StartImport {
        upload: key(&wanted.upload),
        mode: wanted.mode.into(),
        dry_run: wanted.dry_run,
        decisions: decisions.clone(),
        process: session.process(),
    };
    let run = session.run(I::Start::from(start), terms).await?;
    running::begin::<I>(session, run, decisions);
    Ok(run)
}

payload!(
    /// What came of `rosterUploadStart`.
    RosterUploadStartPayload {
        /// The file to send.
        upload: ImportUpload by UploadId
    }
);
payload!(
    /// What came of `rosterImport`.
    RosterImportPayload {
        /// The run, as it stands at this moment.
        run: ImportRun by ImportRunId
    }
);

/// Imports of rosters.
#[derive(Default)]
pub struct RosterMutation;

/// Imports of rosters.
#[Object]
impl RosterMutation {
    /// Announces the file of a roster, and gives the address to send it to. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::ImportUpload))]
    async fn roster_upload_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to send.")] input: RosterUploadStartInput,
    ) -> Result<Option<RosterUploadStartPayload>> {
        let session = ctx.session()?;
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let RosterUploadStartInput { organization_id: organization, file_name, bytes, sha256, .. } = input;
        let done = announce::<Rosters>(session, Announced { organization, file_name, bytes, sha256 }, &terms).await;
        RosterUploadStartPayload::of(done, input.client_mutation_id).map(Some)
    }

    /// Imports a file that came in, in the background: follow the run. A row that could mean several persons is a
    /// finding with its candidates; decide, and import the file again. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::RosterImport))]
    async fn roster_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to import.")] input: RosterImportInput,
    ) -> Result<Option<RosterImportPayload>> {
        let session = ctx.session()?;
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let RosterImportInput { upload_id: upload, mode, dry_run, decisions, .. } = input;
        let done = import::<Rosters>(session, Wanted { upload, mode, dry_run, decisions }, &terms).await;
        RosterImportPayload::of(done, input.client_mutation_id).map(Some)
    }
}
