//! Opening sealed values for a file that goes out: as many people as the file has, in one act.
//!
//! The same promise as `open`: which value of whom was opened, by whom and what for stands in the access log of the act
//! in the audit trail, in the transaction of the command; whoever makes the file hands it out after the commit alone.
//! Until then the log is kept as pairs of key and field, so that fifty thousand people take two megabytes.

use std::collections::{BTreeSet, HashMap};

use chrono::{DateTime, Utc};
use entity::{
    access_log, cadre, cadre_sealed,
    id::{AccessLogId, AuditEventId, CadreId},
    import, import_row,
    kind::{AccessPurpose, ImportKind, SealedField},
};
use sea_orm::{ActiveModelTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, sea_query::ExprTrait};

use crate::{
    db::{
        gate::Alias,
        open::{LONGEST_REASON, Opened},
        writer::Writer,
    },
    error::{Action, Error, Result},
};

/// Acts that make a file.
const EXPORTS: [Action; 3] = [Action::RosterExport, Action::PoolExport, Action::FormExport];
/// Rows of one insert into the access log.
const BATCH: usize = 500;

/// What an export opens, and what for.
#[derive(Clone, Debug)]
pub struct Stated {
    /// What for.
    pub purpose: AccessPurpose,
    /// What for, in words.
    pub reason: String,
}

impl Stated {
    /// With a reason of 1 to 200 characters. For the own copy there is another act.
    ///
    /// # Errors
    /// `Invalid` on `reason` or `purpose`.
    pub fn of(purpose: AccessPurpose, reason: &str) -> Result<Self> {
        let reason = reason.trim().to_owned();
        if !(1..=LONGEST_REASON).contains(&reason.chars().count()) {
            return Err(Error::invalid("reason", format!("must be 1 to {LONGEST_REASON} characters: say what for")));
        }
        if purpose == AccessPurpose::NotStated {
            return Err(Error::invalid("purpose", "is none: say what for"));
        }
        if purpose == AccessPurpose::OwnCopy {
            return Err(Error::invalid("purpose", "is that of the own copy: see myRecordExport"));
        }
        Ok(Self { purpose, reason })
    }
}

/// What was opened so far.
#[derive(Default)]
pub(super) struct Opening {
    values: Vec<(CadreId, SealedField)>,
    stated: Option<Stated>,
}

impl Writer<'_> {
    /// Numbers of people that exist for the scope, of these kinds.
    ///
    /// # Errors
    /// `Internal` within any act but an export, or where a value does not open.
    pub async fn open_numbers(
        &mut self,
        people: &BTreeSet<CadreId>,
        fields: &[SealedField],
        stated: &Stated,
    ) -> Result<Opened> {
        self.exporting(stated)?;
        let at = Alias::own::<cadre_sealed::Entity>();
        let theirs = at.col(cadre_sealed::Column::CadreId).is_in(people.iter().copied());
        let wanted = at.col(cadre_sealed::Column::Field).is_in(fields.iter().copied());
        let sealed = self.reader().find::<cadre_sealed::Entity>().filter(theirs).filter(wanted).all().await?;
        let mut opened = Opened::default();
        for row in sealed {
            let which = (row.cadre_id, row.field);
            opened.people.insert(row.cadre_id);
            opened.values.insert(which, self.seal.open(row.cadre_id, row.field, &row.key_id, &row.ciphertext)?);
            self.opened.values.push(which);
        }
        Ok(opened)
    }

    /// The last form of people that exist for the scope, as it stood in its file; none for those of whom none is kept.
    ///
    /// # Errors
    /// As `open_numbers`.
    #[expect(clippy::disallowed_methods, reason = "a form is kept with its person, whoever brought it in")]
    pub async fn open_forms(
        &mut self,
        people: &BTreeSet<CadreId>,
        stated: &Stated,
    ) -> Result<HashMap<CadreId, Vec<u8>>> {
        self.exporting(stated)?;
        let id = Alias::own::<cadre::Entity>().col(cadre::Column::Id);
        let visible = self.reader().find::<cadre::Entity>().filter(id.is_in(people.iter().copied())).all().await?;
        let (forms, row) = (Alias::named("kept_form"), Alias::own::<import_row::Entity>());
        let mut of_forms = self.gate.raw::<import::Entity>(import::Column::Id, &forms);
        of_forms.and_where(forms.col(import::Column::Kind).eq(ImportKind::Form));
        self.sent();
        let kept = import_row::Entity::find()
            .filter(row.col(import_row::Column::CadreId).is_in(visible.iter().map(|it| it.id)))
            .filter(row.col(import_row::Column::ImportId).in_subquery(of_forms))
            .order_by_asc(import_row::Column::Id)
            .all(&self.tx)
            .await?;
        // Later keys stand later: the last one wins, and only that one is opened.
        let last: HashMap<CadreId, import_row::Model> =
            kept.into_iter().filter_map(|it| Some((it.cadre_id?, it))).collect();
        let mut out = HashMap::new();
        for (person, row) in last {
            out.insert(person, self.seal.open_import_row(row.id, &row.key_id, &row.cells)?);
            self.opened.values.push((person, SealedField::ImportedRow));
        }
        Ok(out)
    }

    fn exporting(&mut self, stated: &Stated) -> Result<()> {
        let action = self.gate.scope().action();
        if !EXPORTS.contains(&action) {
            return Err(Error::broken(format!("{} is no export, and opens nothing", action.text())));
        }
        self.account.ok_or(Error::Forbidden(action))?;
        self.opened.stated = Some(stated.clone());
        Ok(())
    }

    /// Writes one row of the access log for each value that was opened.
    #[expect(clippy::disallowed_methods, reason = "the access log is written with its event alone")]
    pub(super) async fn record_opened(&self, event_id: AuditEventId, recorded_at: DateTime<Utc>) -> Result<()> {
        let (Some(stated), Some(account_id)) = (&self.opened.stated, self.account) else { return Ok(()) };
        for batch in self.opened.values.chunks(BATCH) {
            let rows = batch.iter().map(|(cadre_id, field)| {
                let row = access_log::Model {
                    id: AccessLogId::fresh(),
                    event_id,
                    cadre_id: *cadre_id,
                    field: (*field).into(),
                    purpose: stated.purpose,
                    reason: stated.reason.clone(),
                    account_id,
                    recorded_at,
                };
                row.into_active_model().reset_all()
            });
            self.sent();
            access_log::Entity::insert_many(rows).exec_without_returning(&self.tx).await?;
        }
        Ok(())
    }
}
