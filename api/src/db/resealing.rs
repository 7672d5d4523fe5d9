//! Sealing anew what an old field key sealed, beside the requests, until the old key is needed no longer.
//!
//! A job of its own, in small batches that each are a transaction and an act in the audit trail: whenever it ends, the
//! next one goes on. Several processes may do it at once. A batch takes rows that nobody holds and waits for none, so it
//! can't be in anybody's way for long; and it writes a row only while it is as it was read. What a row means does not
//! change, so its version stays, and whoever is just changing it need not read it again.
//!
//! A value that does not open stays as it is and is named in the log: the rest must not wait for it.

use std::{collections::BTreeMap, sync::Arc, time::Duration};

use entity::{
    cadre_sealed,
    id::{Key, SealedId},
};
use sea_orm::{
    ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use serde::Serialize;

use crate::{
    auth::{keys::FieldKeys, policy::Job},
    db::{
        door::Door,
        session::{Command, Session, Terms},
        writer::Writer,
    },
    error::{Action, Error, Result},
};

/// Between two looks at the keys.
const EVERY: Duration = Duration::from_secs(1);
/// Looks until the values are searched once more, where the keys are the same: a process that heard late of a rotation
/// may still have sealed one.
const PAUSE: u64 = 10;
/// Between two batches, so that requests get their turn.
const BREATH: Duration = Duration::from_millis(20);
/// Values of one batch.
const BATCH: u64 = 200;

/// Seals values anew: those after a row, in the order of their keys.
#[derive(Serialize)]
struct Reseal {
    after: Option<SealedId>,
}

impl Command for Reseal {
    const ACTION: Action = Action::SealedRenew;
    type Outcome = SealedId;

    /// The last row that was looked at. `Busy` when none is left, or somebody else holds all of them.
    async fn apply(self, tx: &mut Writer<'_>) -> Result<SealedId> {
        let rows = outworn(tx, self.after).await?;
        let last = rows.last().map(|it| it.id).ok_or(Error::Busy { retry_after_s: 1 })?;
        for row in rows {
            match tx.seal.open(row.cadre_id, row.field, &row.key_id, &row.ciphertext) {
                Ok(value) => renew(tx, row, &value).await?,
                Err(error) => tracing::error!(?error, row = %row.id.uuid(), "a sealed value can't be sealed anew"),
            }
        }
        Ok(last)
    }
}

#[expect(clippy::disallowed_methods, reason = "every value is sealed anew, whoever may see it, and none is shown")]
async fn outworn(tx: &Writer<'_>, after: Option<SealedId>) -> Result<Vec<cadre_sealed::Model>> {
    let mut select = cadre_sealed::Entity::find().filter(cadre_sealed::Column::KeyId.is_in(tx.seal.outworn()));
    if let Some(after) = after {
        select = select.filter(cadre_sealed::Column::Id.gt(after));
    }
    let select = select.order_by_asc(cadre_sealed::Column::Id).limit(BATCH);
    tx.sent();
    Ok(select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(&tx.tx).await?)
}

#[expect(clippy::disallowed_methods, reason = "no value changes: the act is audited, and not each row")]
async fn renew(tx: &Writer<'_>, row: cadre_sealed::Model, value: &str) -> Result<()> {
    let (ciphertext, key_id) = tx.seal.seal(row.cadre_id, row.field, value)?;
    tx.sent();
    cadre_sealed::Entity::update_many()
        .col_expr(cadre_sealed::Column::Ciphertext, Expr::val(ciphertext))
        .col_expr(cadre_sealed::Column::KeyId, Expr::val(key_id))
        .filter(cadre_sealed::Column::Id.eq(row.id))
        .filter(cadre_sealed::Column::Version.eq(row.version))
        .filter(cadre_sealed::Column::KeyId.eq(row.key_id))
        .exec(&tx.tx)
        .await?;
    Ok(())
}

/// Seals anew until it is dropped.
pub async fn keep(door: Arc<Door>) {
    let (mut done, mut round): (Vec<String>, u64) = (Vec::new(), 0);
    loop {
        tokio::time::sleep(EVERY).await;
        round += 1;
        let outworn = door.seal.outworn();
        if done == outworn && !round.is_multiple_of(PAUSE) {
            continue;
        }
        match reseal(&door).await {
            Ok(()) => done = outworn,
            Err(error) => {
                tracing::error!(?error, "values could not be sealed anew; the next try is in a moment");
                done = outworn;
            }
        }
    }
}

/// Seals every value anew that an old key sealed.
async fn reseal(door: &Arc<Door>) -> Result<()> {
    let session: Session = door.job(Job::Resealing, None);
    let mut after = None;
    while waiting(door).await? {
        match session.run(Reseal { after }, &Terms::default()).await {
            Ok(last) => after = Some(last),
            Err(Error::Busy { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(BREATH).await;
    }
    Ok(())
}

/// Whether there is anything to do, without a transaction.
#[expect(clippy::disallowed_methods, reason = "only whether there is any is asked")]
async fn waiting(door: &Door) -> Result<bool> {
    let outworn = cadre_sealed::Column::KeyId.is_in(door.seal.outworn());
    let any = cadre_sealed::Entity::find().select_only().column(cadre_sealed::Column::Id).filter(outworn).limit(1);
    Ok(any.into_tuple::<SealedId>().one(&door.database).await?.is_some())
}

/// How many values each key sealed, by its name.
///
/// # Errors
/// `Internal` when the database fails.
#[expect(clippy::disallowed_methods, reason = "values are counted by key, and none is read")]
pub async fn sealed_with(door: &Door) -> Result<BTreeMap<String, i64>> {
    let counts = cadre_sealed::Entity::find()
        .select_only()
        .column(cadre_sealed::Column::KeyId)
        .column_as(cadre_sealed::Column::Id.count(), "values")
        .group_by(cadre_sealed::Column::KeyId);
    Ok(counts.into_tuple::<(String, i64)>().all(&door.database).await?.into_iter().collect())
}

impl Door {
    /// Takes the field keys of a rotation, unless values still need one that is not among them.
    ///
    /// # Errors
    /// A sentence that says what to do; then the keys stay as they were.
    pub async fn renew_seal(&self, keys: &FieldKeys) -> std::result::Result<(), String> {
        let known = [Some(&keys.current), keys.next.as_ref(), keys.previous.as_ref()];
        let known: Vec<String> = known.into_iter().flatten().map(|it| it.id()).collect();
        // A key that goes is asked for, and not each time any changes.
        if self.seal.known().iter().any(|it| !known.contains(it)) {
            self.require_keys(&known).await?;
        }
        self.seal.renew(keys).map_err(|_| "the field keys were refused".to_owned())
    }

    /// Refuses to go on without a key that values were sealed with.
    ///
    /// # Errors
    /// A sentence that says what to do.
    pub async fn require_keys(&self, known: &[String]) -> std::result::Result<(), String> {
        let counts = sealed_with(self).await.map_err(|_| "the sealed values could not be counted".to_owned())?;
        match counts.iter().find(|(id, _)| !id.is_empty() && !known.contains(id)) {
            Some((id, count)) => Err(format!(
                "{count} sealed value(s) need the field key {id}, which is neither field_key nor the file beside it that \
                 ends in .previous.key: put that file back, and see tidui key status"
            )),
            None => Ok(()),
        }
    }

    /// The names of the field keys that are here, that of the one that seals first.
    pub fn field_keys(&self) -> Vec<String> {
        self.seal.known()
    }
}
