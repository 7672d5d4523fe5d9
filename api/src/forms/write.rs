//! Appointment forms (干部任免审批表) in and out, each way one act.

use std::{collections::BTreeSet, io::Write as _};

use entity::{
    cadre,
    id::{CadreId, ExportId, OrganizationId},
    kind::{ExportKind, SealedField},
};
use serde::Serialize;
use zip::{ZipWriter, write::SimpleFileOptions};

use crate::{
    db::{exporting::Stated, session::Command, writer::Writer},
    error::{Action, Error, Result},
    export::{
        dossier::dossiers,
        write::{Entry, Making, Order, everybody, record, these, within_reach},
    },
    forms::telling::form,
    roster::write::ImportRoster,
};

/// Forms of one step: a photo stands in each.
const BATCH: usize = 20;

/// Imports forms that were read, as a roster is imported; each form is kept whole, sealed with its person.
#[derive(Serialize)]
pub struct ImportForms(pub ImportRoster);

impl From<ImportRoster> for ImportForms {
    fn from(import: ImportRoster) -> Self {
        Self(import)
    }
}

impl Command for ImportForms {
    const ACTION: Action = Action::FormImport;
    type Outcome = OrganizationId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<OrganizationId> {
        within_reach(tx, self.0.organization).await?;
        self.0.take(tx).await
    }
}

/// Whose forms go out.
#[derive(Clone, Copy, Debug, Serialize)]
pub enum Whose {
    /// One person's, as the form itself.
    Person(CadreId),
    /// Those of an organization and of those below it, as a zip.
    Organization(OrganizationId),
}

/// Writes forms of people, as far as the caller may see them.
#[derive(Serialize)]
pub struct ExportForms {
    /// Whose.
    pub whose: Whose,
    /// What for.
    pub order: Order,
    /// Where it goes.
    #[serde(skip)]
    pub making: Making,
}

impl Command for ExportForms {
    const ACTION: Action = Action::FormExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let Made { organization, cadre, count } = write(tx, self.whose, &self.making, &self.order.stated()?).await?;
        let entry = Entry { kind: ExportKind::Form, organization, pool: None, cadre };
        record(tx, entry, &self.order, Some(count)).await
    }
}

/// What was written.
pub struct Made {
    /// The organization, or the one that keeps the person.
    pub organization: OrganizationId,
    /// The person, where it is one's form.
    pub cadre: Option<CadreId>,
    /// How many forms.
    pub count: u32,
}

/// Writes forms to their place.
///
/// # Errors
/// `NotFound` of who is beyond reach; `Internal` where they can't be written.
pub async fn write(tx: &mut Writer<'_>, whose: Whose, making: &Making, stated: &Stated) -> Result<Made> {
    match whose {
        Whose::Person(id) => {
            let person = tx.get::<cadre::Entity>(id).await?;
            let top = within_reach(tx, person.organization_id).await?;
            let (_, file) = told(tx, vec![person], stated).await?.pop().ok_or_else(|| Error::broken("no form"))?;
            let mut target = making.target()?;
            target.write_all(&file).and_then(|()| target.flush()).map_err(Error::internal)?;
            making.count(1, 0);
            Ok(Made { organization: top.id, cadre: Some(id), count: 1 })
        }
        Whose::Organization(id) => {
            let top = within_reach(tx, id).await?;
            Ok(Made { organization: top.id, cadre: None, count: archive(tx, top.id, making, stated).await? })
        }
    }
}

/// A zip of the forms of an organization's people; says how many.
async fn archive(tx: &mut Writer<'_>, top: OrganizationId, making: &Making, stated: &Stated) -> Result<u32> {
    let mut zip = ZipWriter::new(making.target()?);
    let mut number = 0_u32;
    for some in everybody(tx, top).await?.chunks(BATCH) {
        let people = these(tx, top, some).await?;
        for (name, file) in told(tx, people, stated).await? {
            number += 1;
            // Namesakes need two names; a slash in a name would be a folder.
            let plain: String = name.chars().filter(|it| it.is_alphanumeric() || *it == '·').collect();
            zip.start_file(format!("{number:05}-{plain}.lrmx"), SimpleFileOptions::default())
                .map_err(Error::internal)?;
            zip.write_all(&file).map_err(Error::internal)?;
            making.count(1, 0);
        }
    }
    zip.finish().map_err(Error::internal)?.flush().map_err(Error::internal)?;
    Ok(number)
}

/// Name and form of each person.
async fn told(tx: &mut Writer<'_>, people: Vec<cadre::Model>, stated: &Stated) -> Result<Vec<(String, Vec<u8>)>> {
    let ids: BTreeSet<CadreId> = people.iter().map(|it| it.id).collect();
    let numbers = tx.open_numbers(&ids, &[SealedField::IdentityNumber], stated).await?;
    let mut kept = tx.open_forms(&ids, stated).await?;
    let today = tx.today();
    let dossiers = dossiers(tx, people, today).await?;
    let told = dossiers.iter().map(|it| {
        let id = it.record.id;
        let file = form(it, numbers.value(id, SealedField::IdentityNumber), kept.remove(&id).as_deref(), today);
        (it.record.name.clone(), file)
    });
    Ok(told.collect())
}
