//! What is kept of a file: that it was imported, and its rows as they stood there, sealed.
//!
//! A row whose person was known as it is, of a file that is kept already, is not kept again.

use entity::{
    id::{CadreId, ImportId, ImportRowId, OrganizationId},
    import, import_row,
};
use sea_orm::sea_query::ExprTrait;

use crate::{
    db::{gate::Alias, writer::Writer},
    error::{Error, Result},
    follows,
    roster::{
        raw::RawCells,
        report::Report,
        write::{ImportRoster, Tally},
    },
};

follows!(import_row.ImportId => import);

/// The rows of a file on their way into the database.
pub(super) struct Keeping {
    import: ImportId,
    /// Whether the file went in before.
    known: bool,
    rows: Vec<import_row::Model>,
    /// Whether the import stands in the database.
    begun: bool,
}

impl Keeping {
    /// Begins; the import stands in the database from its first row on.
    pub async fn of(tx: &Writer<'_>, command: &ImportRoster) -> Result<Self> {
        let known = known(tx, command.organization, &command.file_hash).await?;
        Ok(Self { import: ImportId::fresh(), known, rows: Vec::new(), begun: false })
    }

    /// Keeps a row, unless nothing of it is new.
    pub fn keep(
        &mut self,
        tx: &Writer<'_>,
        line: u32,
        raw: &RawCells,
        whom: Option<CadreId>,
        moved: bool,
    ) -> Result<()> {
        if self.known && !moved {
            return Ok(());
        }
        let id = ImportRowId::fresh();
        let (cells, key_id) = tx.seal_import_row(id, &raw.content().map_err(Error::internal)?)?;
        let line = i32::try_from(line).unwrap_or(i32::MAX);
        self.rows.push(import_row::Model {
            id,
            import_id: self.import,
            line,
            cadre_id: whom,
            cells,
            key_id,
            version: 1,
        });
        Ok(())
    }

    /// Writes what was kept so far, and the import before it.
    pub async fn flush(&mut self, tx: &mut Writer<'_>, command: &ImportRoster) -> Result<()> {
        if self.rows.is_empty() {
            return Ok(());
        }
        if !self.begun {
            tx.insert::<import::Entity>(begun(tx, self.import, command)).await?;
        }
        self.begun = true;
        tx.insert_many::<import_row::Entity>(std::mem::take(&mut self.rows)).await
    }

    /// Says on the import what came of it. An import that changed nothing, of a file that is kept, leaves nothing.
    pub async fn end(self, tx: &mut Writer<'_>, command: &ImportRoster, tally: &Tally) -> Result<Option<ImportId>> {
        if !self.begun {
            return Ok(None);
        }
        let before = tx.get::<import::Entity>(self.import).await?;
        let report = command.watch.report.lock().unwrap_or_else(std::sync::PoisonError::into_inner).clone();
        let after = counted(before.clone(), &report, tally);
        tx.update::<import::Entity>(&before, after).await?;
        Ok(Some(self.import))
    }
}

/// An import with what was counted.
fn counted(row: import::Model, report: &Report, tally: &Tally) -> import::Model {
    let number = |count: u32| i32::try_from(count).unwrap_or(i32::MAX);
    import::Model {
        rows_read: number(report.rows),
        errors: number(report.errors),
        warnings: number(report.warnings),
        hints: number(report.hints),
        added: number(tally.added),
        changed: number(tally.changed),
        unchanged: number(tally.unchanged),
        skipped: number(tally.skipped),
        ..row
    }
}

fn begun(tx: &Writer<'_>, id: ImportId, command: &ImportRoster) -> import::Model {
    import::Model {
        id,
        kind: command.kind,
        organization_id: command.organization,
        file_name: command.short_name(),
        file_hash: command.file_hash.clone(),
        mode: command.mode,
        rows_read: 0,
        added: 0,
        changed: 0,
        unchanged: 0,
        skipped: 0,
        errors: 0,
        warnings: 0,
        hints: 0,
        imported_at: tx.now(),
        imported_by: tx.account(),
        version: 1,
    }
}

async fn known(tx: &Writer<'_>, organization: OrganizationId, hash: &str) -> Result<bool> {
    let at = Alias::own::<import::Entity>();
    let done = tx
        .reader()
        .find::<import::Entity>()
        .filter(at.col(import::Column::FileHash).eq(hash))
        .filter(at.col(import::Column::OrganizationId).eq(organization))
        .all()
        .await?;
    Ok(!done.is_empty())
}
