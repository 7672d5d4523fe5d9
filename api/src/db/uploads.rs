//! Files that came in: put together again for who may import them, and removed once they are over; so are runs of imports
//! with what they found, since a finding quotes the file.

use chrono::TimeDelta;
use entity::{
    id::{UploadId, UploadPartId},
    import_finding, import_run, upload, upload_part,
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::ExprTrait};

use crate::{
    auth::scope::Scope,
    db::{
        door::Door,
        gate::{Alias, Gate},
        reader::{Reader, missing},
        session::Session,
        writer::Writer,
    },
    error::{Action, Result},
};

/// Bytes of a part: small enough for one statement.
pub const PART: usize = 512 * 1024;

impl Session {
    /// The bytes of a file of the caller's that came in, for the act that imports it.
    ///
    /// # Errors
    /// `Forbidden`; `NotFound` where there is none, or not the caller's.
    pub async fn uploaded(&self, action: Action, id: UploadId) -> Result<Vec<u8>> {
        let door = self.door();
        let gate = Gate::new(Scope::narrow(self.actor(), action, door.clock.now())?);
        let reader = Reader::new(&door.database, &gate, self.counter(), &door.calendar);
        let file = reader.get::<upload::Entity>(id).await?.ok_or_else(missing::<upload::Entity>)?;
        let mut out = Vec::with_capacity(usize::try_from(file.size).unwrap_or(0));
        let at = Alias::own::<upload_part::Entity>();
        for place in 0_i32.. {
            let mine = at.col(upload_part::Column::UploadId).eq(id).and(at.col(upload_part::Column::Place).eq(place));
            let Some(part) = reader.find::<upload_part::Entity>().filter(mine).one().await? else { break };
            out.extend(door.seal.open_upload_part(part.id, &part.key_id, &part.content)?);
        }
        Ok(out)
    }
}

impl Writer<'_> {
    /// Seals the parts of a file and keeps them, each in a statement of its own.
    ///
    /// # Errors
    /// As `insert`; `Internal` when the machine gives no random bytes.
    pub async fn keep_upload(&mut self, upload_id: UploadId, bytes: &[u8]) -> Result<()> {
        for (place, part) in bytes.chunks(PART).enumerate() {
            let id = UploadPartId::fresh();
            let (content, key_id) = self.seal.seal_upload_part(id, part)?;
            let place = i32::try_from(place).unwrap_or(i32::MAX);
            let row = upload_part::Model { id, upload_id, place, content, key_id, version: 1 };
            self.insert::<upload_part::Entity>(row).await?;
        }
        Ok(())
    }
}

impl Door {
    /// Removes runs that ended long ago, with what they found. What went in stays on record.
    #[expect(clippy::disallowed_methods, reason = "a report that was to be read is no record of the field")]
    pub(super) async fn forget_runs(&self) {
        let kept = TimeDelta::try_days(i64::try_from(self.errands.rosters.runs_days).unwrap_or(i64::MAX));
        let Some(over) = kept.and_then(|kept| self.clock.now().checked_sub_signed(kept)) else { return };
        let ended = import_run::Column::EndedAt.lt(over);
        let theirs = import_run::Entity::find().filter(ended.clone()).select_only().column(import_run::Column::Id);
        let found = import_finding::Column::RunId.in_subquery(theirs.into_query());
        let gone = match import_finding::Entity::delete_many().filter(found).exec(&self.database).await {
            Ok(_) => import_run::Entity::delete_many().filter(ended).exec(&self.database).await,
            Err(cause) => Err(cause),
        };
        if let Err(cause) = gone {
            tracing::warn!(%cause, "runs that ended long ago could not be removed; the next try is in ten minutes");
        }
    }

    /// Removes files that are over, parts first.
    #[expect(clippy::disallowed_methods, reason = "files that are over are no records of the field")]
    pub(super) async fn forget_uploads(&self) {
        let over = || upload::Entity::find().filter(upload::Column::KeptUntil.lte(self.clock.now()));
        let theirs = over().select_only().column(upload::Column::Id).into_query();
        let parts = upload_part::Entity::delete_many().filter(upload_part::Column::UploadId.in_subquery(theirs));
        let gone = match parts.exec(&self.database).await {
            Ok(_) => {
                let files = upload::Entity::delete_many().filter(upload::Column::KeptUntil.lte(self.clock.now()));
                files.exec(&self.database).await
            }
            Err(cause) => Err(cause),
        };
        if let Err(cause) = gone {
            tracing::warn!(%cause, "files that are over could not be removed; the next try is in a moment");
        }
    }
}
