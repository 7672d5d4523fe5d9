//! Imports of forms that came in through the API: asked for, read, taken in.

use chrono::NaiveDate;
use entity::{id::ImportRunId, kind::ImportKind};
use serde::Serialize;

use crate::{
    config::Rosters,
    db::{session::Command, writer::Writer},
    error::{Action, Result},
    forms::{rows, write::ImportForms},
    roster::{
        report::Report,
        running::{Content, Importable},
        write::runs::StartImport,
    },
};

/// Asks for the import of forms that came in. Fails with INVALID, or as absent.
#[derive(Serialize)]
pub struct StartFormImport(StartImport);

impl From<StartImport> for StartFormImport {
    fn from(start: StartImport) -> Self {
        Self(start)
    }
}

impl Command for StartFormImport {
    const ACTION: Action = Action::FormImport;
    type Outcome = ImportRunId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ImportRunId> {
        self.0.ask_for(tx, ImportKind::Form).await
    }
}

/// Appointment forms.
pub enum Forms {}

impl Importable for Forms {
    type Command = ImportForms;
    type Start = StartFormImport;
    const KIND: ImportKind = ImportKind::Form;
    fn read(bytes: &[u8], limits: Rosters, today: NaiveDate) -> Content {
        let rows::Forms { rows, names, report } = rows::read(bytes, &limits.into(), today, Report::default());
        Content { rows, report, names }
    }
}
