//! Imports as the registry keeps them, and who may see them.
//!
//! An import is for the officers who may import for that organization. The sealed rows follow it, and no question yields
//! them.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use entity::{
    id::{ImportRunId, OrganizationId, UploadId},
    import, import_finding, import_run,
    kind::{ImportState, Role},
    upload, upload_part,
};
use sea_orm::{Condition, sea_query::ExprTrait};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    auth::token::Subject,
    db::{
        door::Door,
        gate::{Alias, Gate, Visible},
        reader::Reader,
        session::{Query, Session},
    },
    error::{Action, Error, Result},
    follows, questions,
};

impl Visible for import::Entity {
    /// Within reach of an organization officer.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        gate.under(at.col(import::Column::OrganizationId), &[Role::OrganizationOfficer])
    }
}

impl Visible for import_run::Entity {
    /// Within reach of an organization officer.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        gate.under(at.col(import_run::Column::OrganizationId), &[Role::OrganizationOfficer])
    }
}

impl Visible for upload::Entity {
    /// The own ones, within reach of an organization officer.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let own = gate.scope().account().map(|it| at.col(upload::Column::AccountId).eq(it));
        gate.under(at.col(upload::Column::OrganizationId), &[Role::OrganizationOfficer]).add_option(own)
    }
}

follows!(upload_part.UploadId => upload);

impl Visible for import_finding::Entity {
    /// Of the own runs: a finding quotes the file, and names people whom another officer may not reach.
    fn visible(at: &Alias, gate: &Gate) -> Condition {
        let run = Alias::named("run_of_finding");
        let own = gate.scope().account().map(|it| run.col(import_run::Column::AccountId).eq(it));
        let runs = gate.visible::<import_run::Entity>(import_run::Column::Id, &run);
        let runs = runs.clone().cond_where(Condition::all().add_option(own)).to_owned();
        Condition::all().add(at.col(import_finding::Column::RunId).in_subquery(runs))
    }
}

/// Findings of a run.
#[derive(Clone, Debug, Serialize)]
pub struct FindingsAmong {
    /// The run.
    pub run: ImportRunId,
}

impl questions::Among for FindingsAmong {
    type Entity = import_finding::Entity;
    const ACTION: Action = Action::ImportRead;
    const LIST: &'static str = "import_finding.list";
    const COUNT: &'static str = "import_finding.count";
    fn by_name() -> import_finding::Column {
        import_finding::Column::Id
    }
    fn condition(&self, _: &Gate) -> Condition {
        Condition::all().add(Alias::own::<import_finding::Entity>().col(import_finding::Column::RunId).eq(self.run))
    }
}

/// Runs that nobody is at any more.
#[derive(Serialize)]
pub struct Abandoned {
    /// This process, and the runs that it is at.
    pub process: Uuid,
    /// See `process`.
    pub under_way: Vec<ImportRunId>,
    /// Another process that gave no sign of life since is dead; none where there can be no other.
    pub silent_since: Option<DateTime<Utc>>,
}

impl Query for Abandoned {
    const ACTION: Action = Action::ImportKeep;
    type Answer = Vec<import_run::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        let at = Alias::own::<import_run::Entity>();
        let open = at.col(import_run::Column::State).is_in([ImportState::Waiting, ImportState::Running]);
        let mine = at
            .col(import_run::Column::Process)
            .eq(self.process)
            .and(at.col(import_run::Column::Id).is_not_in(self.under_way.iter().copied()));
        let silent = self.silent_since.map(|since| at.col(import_run::Column::BeatenAt).lt(since));
        let others = Condition::all().add(at.col(import_run::Column::Process).ne(self.process)).add_option(silent);
        reader.find::<import_run::Entity>().filter(open).filter(Condition::any().add(mine).add(others)).all().await
    }
}

/// A file of the caller's.
struct Announced(UploadId);

impl Query for Announced {
    const ACTION: Action = Action::ImportUpload;
    type Answer = Option<upload::Model>;
    async fn load(&self, reader: &Reader<'_>) -> Result<Self::Answer> {
        reader.get::<upload::Entity>(self.0).await
    }
}

/// A file that comes in at its address.
pub struct Coming {
    /// Whoever announced it, as of now.
    pub session: Session,
    /// Which one.
    pub upload: Uuid,
    /// Whose it is.
    pub account: Subject,
    /// Its length, as it was announced.
    pub size: usize,
}

/// The file that comes in at an address, if whoever announced it still may.
///
/// # Errors
/// `NotFound` of an address that is forged, over or used; `Forbidden` or `Unauthenticated` where the right is gone.
pub async fn coming(door: &Arc<Door>, address: &str, request: &str) -> Result<Coming> {
    let (session, file) = door.sender(address, request).await?;
    let file = session.ask(&Announced(file.id)).await?.ok_or(Error::Forbidden(Action::ImportUpload))?;
    let size = usize::try_from(file.size).unwrap_or(0);
    Ok(Coming { session, upload: file.id.0, account: file.account_id, size })
}

/// Which imports to list.
#[derive(Clone, Debug, Default, Serialize)]
pub struct ImportsAmong {
    /// Into this organization.
    pub organization: Option<OrganizationId>,
}

impl questions::Among for ImportsAmong {
    type Entity = import::Entity;
    const ACTION: Action = Action::ImportRead;
    const LIST: &'static str = "import.list";
    const COUNT: &'static str = "import.count";
    fn by_name() -> import::Column {
        import::Column::Id
    }
    fn condition(&self, _: &Gate) -> Condition {
        let at = Alias::own::<import::Entity>();
        Condition::all().add_option(self.organization.map(|it| at.col(import::Column::OrganizationId).eq(it)))
    }
}

crate::belonging! {
    /// Imports by their own keys.
    Imports = import by Id(id: entity::id::ImportId), ordered Id, ImportRead, "roster.import_by_id";
    /// Runs by their own keys.
    Runs = import_run by Id(id: ImportRunId), ordered Id, ImportRead, "roster.run_by_id";
    /// Findings by their own keys.
    Findings = import_finding by Id(id: entity::id::ImportFindingId), ordered Id, ImportRead, "roster.finding_by_id";
    /// The caller's files by their own keys.
    Uploads = upload by Id(id: UploadId), ordered Id, ImportUpload, "roster.upload_by_id";
}
