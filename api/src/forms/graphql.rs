//! Appointment forms in the schema: announced, imported and ordered as rosters are. What they say is sealed, and the forms
//! themselves are shown by no question.

use async_graphql::{Context, ID, InputObject, Object};
use entity::id::{ExportId, ImportRunId, UploadId};

use crate::{
    cadre::graphql::AccessPurpose,
    db::session::Terms,
    error::{Action, Error, Result},
    export::{graphql::Export, write::Order},
    forms::{download::OrderForms, running::Forms, write::Whose},
    loaders::Caller,
    payload,
    relay::{access, key},
    roster::graphql::{Announced, ImportDecisionInput, ImportMode, ImportRun, ImportUpload, Wanted, announce, import},
};

/// A file of forms to announce.
#[derive(InputObject)]
pub struct AppointmentFormUploadStartInput {
    /// The organization whose people the forms are about.
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

/// A file of forms to import.
#[derive(InputObject)]
pub struct AppointmentFormImportInput {
    /// A file of your own that came in.
    upload_id: ID,
    /// What happens to forms in which something is wrong.
    #[graphql(default_with = "ImportMode::All")]
    mode: ImportMode,
    /// Whether it is only tried: it tells what it would do.
    #[graphql(default = false)]
    dry_run: bool,
    /// Decisions about forms that an earlier run found to mean several persons.
    decisions: Option<Vec<ImportDecisionInput>>,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

/// Whose forms to order: a person's or an organization's, one of the two.
#[derive(InputObject)]
pub struct AppointmentFormExportInput {
    /// Global id of the person, whose form comes by itself.
    cadre_id: Option<ID>,
    /// Or of the organization: the forms of its people, and of those below it, come as a zip; at most 2,000.
    organization_id: Option<ID>,
    /// What for; it is put on record.
    purpose: AccessPurpose,
    /// What for, in 1 to 200 characters; it is put on record.
    reason: String,
    /// Your key for this one intent, kept 24 hours.
    idempotency_key: Option<String>,
    /// Comes back unchanged.
    client_mutation_id: Option<String>,
}

fn whose(cadre: Option<ID>, organization: Option<ID>) -> Result<Whose> {
    match (cadre, organization) {
        (Some(person), None) => Ok(Whose::Person(key(&person))),
        (None, Some(unit)) => Ok(Whose::Organization(key(&unit))),
        _ => Err(Error::invalid("cadreId", "or organizationId: name one of the two")),
    }
}

payload!(
    /// What came of `appointmentFormUploadStart`.
    AppointmentFormUploadStartPayload {
        /// The file to send.
        upload: ImportUpload by UploadId
    }
);
payload!(
    /// What came of `appointmentFormImport`.
    AppointmentFormImportPayload {
        /// The run, as it stands at this moment.
        run: ImportRun by ImportRunId
    }
);
payload!(
    /// What came of `appointmentFormExport`.
    AppointmentFormExportPayload {
        /// The order.
        export: Export by ExportId
    }
);

/// Appointment forms.
#[derive(Default)]
pub struct FormMutation;

/// Appointment forms.
#[Object]
impl FormMutation {
    /// Announces a file of appointment forms (干部任免审批表): an `.lrmx`, or a zip of them; and gives the address to send it
    /// to. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::ImportUpload))]
    async fn appointment_form_upload_start(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to send.")] input: AppointmentFormUploadStartInput,
    ) -> Result<Option<AppointmentFormUploadStartPayload>> {
        let session = ctx.session()?;
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let AppointmentFormUploadStartInput { organization_id: organization, file_name, bytes, sha256, .. } = input;
        let done = announce::<Forms>(session, Announced { organization, file_name, bytes, sha256 }, &terms).await;
        AppointmentFormUploadStartPayload::of(done, input.client_mutation_id).map(Some)
    }

    /// Imports a file of appointment forms that came in, in the background: follow the run. What a form says becomes the
    /// record and dated facts; the form itself is kept whole and sealed. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::FormImport))]
    async fn appointment_form_import(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to import.")] input: AppointmentFormImportInput,
    ) -> Result<Option<AppointmentFormImportPayload>> {
        let session = ctx.session()?;
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: None };
        let AppointmentFormImportInput { upload_id: upload, mode, dry_run, decisions, .. } = input;
        let done = import::<Forms>(session, Wanted { upload, mode, dry_run, decisions }, &terms).await;
        AppointmentFormImportPayload::of(done, input.client_mutation_id).map(Some)
    }

    /// Orders the appointment form of a person, or those of an organization: the form that came in last, with what the
    /// record says otherwise since. Problems: INVALID, IDEMPOTENCY_KEY_REUSED.
    #[graphql(directive = access::apply(Action::FormExport))]
    async fn appointment_form_export(
        &self,
        ctx: &Context<'_>,
        #[graphql(desc = "What to order.")] input: AppointmentFormExportInput,
    ) -> Result<Option<AppointmentFormExportPayload>> {
        let purpose = entity::kind::AccessPurpose::from(input.purpose);
        let terms = Terms { idempotency_key: input.idempotency_key, purpose: Some(purpose.text().to_owned()) };
        let order = Order { as_of: None, purpose, reason: input.reason, without_numbers: false };
        let done = match whose(input.cadre_id, input.organization_id) {
            Ok(whose) => ctx.session()?.run(OrderForms { whose, order }, &terms).await,
            Err(error) => Err(error),
        };
        AppointmentFormExportPayload::of(done, input.client_mutation_id).map(Some)
    }
}
