//! Sealing anew what an old field key sealed, beside the requests, until the old key is needed no longer.
//!
//! A job of its own, in small batches that each are a transaction and an act in the audit trail: whenever it ends, the
//! next one goes on. Several processes may do it at once. A batch takes rows that nobody holds and waits for none, so it
//! can't be in anybody's way for long; and it writes a row only while it is as it was read. What a row means does not
//! change, so its version stays, and whoever is just changing it need not read it again.
//!
//! A value that does not open stays as it is and is named in the log: the rest must not wait for it.

use std::{collections::BTreeMap, marker::PhantomData, sync::Arc, time::Duration};

use entity::{
    Kept, Row, Versioned, account_factor,
    cadre_sealed::{self, Sealed},
    id::Key,
    import_row, kin_declaration, upload_part,
};
use sea_orm::{
    ColumnTrait, QueryFilter, QueryOrder, QuerySelect,
    sea_query::{Expr, LockBehavior, LockType},
};
use serde::Serialize;
use uuid::Uuid;

use crate::{
    auth::{keys::FieldKeys, policy::Job, seal::Seal},
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

/// A table whose rows hold a value that a field key sealed.
trait Resealed: Kept<Model: Send + Sync> {
    /// The column of the key's name.
    const KEY_ID: Self::Column;
    /// The column of the value.
    const VALUE: Self::Column;
    /// The value of a row sealed anew, with the name of the key.
    fn renewed(row: &Self::Model, seal: &Seal) -> Result<(Sealed, String)>;
}

impl Resealed for cadre_sealed::Entity {
    const KEY_ID: Self::Column = cadre_sealed::Column::KeyId;
    const VALUE: Self::Column = cadre_sealed::Column::Ciphertext;
    fn renewed(row: &cadre_sealed::Model, seal: &Seal) -> Result<(Sealed, String)> {
        let value = seal.open(row.cadre_id, row.field, &row.key_id, &row.ciphertext)?;
        seal.seal(row.cadre_id, row.field, &value)
    }
}

impl Resealed for account_factor::Entity {
    const KEY_ID: Self::Column = account_factor::Column::KeyId;
    const VALUE: Self::Column = account_factor::Column::Secret;
    fn renewed(row: &account_factor::Model, seal: &Seal) -> Result<(Sealed, String)> {
        seal.seal_factor(row.account_id, &seal.open_factor(row.account_id, &row.key_id, &row.secret)?)
    }
}

impl Resealed for import_row::Entity {
    const KEY_ID: Self::Column = import_row::Column::KeyId;
    const VALUE: Self::Column = import_row::Column::Cells;
    fn renewed(row: &import_row::Model, seal: &Seal) -> Result<(Sealed, String)> {
        seal.seal_import_row(row.id, &seal.open_import_row(row.id, &row.key_id, &row.cells)?)
    }
}

impl Resealed for kin_declaration::Entity {
    const KEY_ID: Self::Column = kin_declaration::Column::KeyId;
    const VALUE: Self::Column = kin_declaration::Column::Kinship;
    fn renewed(row: &kin_declaration::Model, seal: &Seal) -> Result<(Sealed, String)> {
        seal.reseal_kinship(&row.match_key, &row.key_id, &row.kinship)
    }
}

impl Resealed for upload_part::Entity {
    const KEY_ID: Self::Column = upload_part::Column::KeyId;
    const VALUE: Self::Column = upload_part::Column::Content;
    fn renewed(row: &upload_part::Model, seal: &Seal) -> Result<(Sealed, String)> {
        seal.seal_upload_part(row.id, &seal.open_upload_part(row.id, &row.key_id, &row.content)?)
    }
}

/// Seals values of a table anew: those after a row, in the order of their keys.
#[derive(Serialize)]
#[serde(bound = "")]
struct Reseal<E> {
    after: Option<Uuid>,
    #[serde(skip)]
    of: PhantomData<fn() -> E>,
}

impl<E: Resealed> Command for Reseal<E> {
    const ACTION: Action = Action::SealedRenew;
    type Outcome = E::Key;

    /// The last row that was looked at. `Busy` when none is left, or somebody else holds all of them.
    async fn apply(self, tx: &mut Writer<'_>) -> Result<E::Key> {
        let rows = outworn::<E>(tx, self.after).await?;
        let last = rows.last().map(Row::key).ok_or(Error::Busy { retry_after_s: 1 })?;
        for row in rows {
            match E::renewed(&row, tx.seal) {
                Ok(renewed) => renew::<E>(tx, &row, renewed).await?,
                Err(error) => tracing::error!(?error, row = %row.key().uuid(), "a sealed value can't be sealed anew"),
            }
        }
        Ok(last)
    }
}

#[expect(clippy::disallowed_methods, reason = "every value is sealed anew, whoever may see it, and none is shown")]
async fn outworn<E: Resealed>(tx: &Writer<'_>, after: Option<Uuid>) -> Result<Vec<E::Model>> {
    let mut select = E::find().filter(E::KEY_ID.is_in(tx.seal.outworn()));
    if let Some(after) = after {
        select = select.filter(E::ID.gt(after));
    }
    let select = select.order_by_asc(E::ID).limit(BATCH);
    tx.sent();
    Ok(select.lock_with_behavior(LockType::Update, LockBehavior::SkipLocked).all(&tx.tx).await?)
}

#[expect(clippy::disallowed_methods, reason = "no value changes: the act is audited, and not each row")]
async fn renew<E: Resealed>(tx: &Writer<'_>, row: &E::Model, (value, key_id): (Sealed, String)) -> Result<()> {
    tx.sent();
    E::update_many()
        .col_expr(E::VALUE, Expr::val(value))
        .col_expr(E::KEY_ID, Expr::val(key_id))
        .filter(E::ID.eq(row.key()))
        .filter(E::VERSION.eq(row.version()))
        .filter(E::KEY_ID.is_in(tx.seal.outworn()))
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
    each::<cadre_sealed::Entity>(door).await?;
    each::<account_factor::Entity>(door).await?;
    each::<import_row::Entity>(door).await?;
    each::<upload_part::Entity>(door).await?;
    each::<kin_declaration::Entity>(door).await
}

async fn each<E: Resealed>(door: &Arc<Door>) -> Result<()> {
    let session: Session = door.job(Job::Resealing, None);
    let mut after = None;
    while waiting::<E>(door).await? {
        match session.run(Reseal::<E> { after, of: PhantomData }, &Terms::default()).await {
            Ok(last) => after = Some(last.uuid()),
            Err(Error::Busy { .. }) => return Ok(()),
            Err(error) => return Err(error),
        }
        tokio::time::sleep(BREATH).await;
    }
    Ok(())
}

/// Whether there is anything to do, without a transaction.
#[expect(clippy::disallowed_methods, reason = "only whether there is any is asked")]
async fn waiting<E: Resealed>(door: &Door) -> Result<bool> {
    let any = E::find().select_only().column(E::ID).filter(E::KEY_ID.is_in(door.seal.outworn())).limit(1);
    Ok(any.into_tuple::<Uuid>().one(&door.database).await?.is_some())
}

/// How many values each key sealed, by its name.
///
/// # Errors
/// `Internal` when the database fails.
pub async fn sealed_with(door: &Door) -> Result<BTreeMap<String, i64>> {
    let mut out = counted::<cadre_sealed::Entity>(door).await?;
    let more = [
        counted::<account_factor::Entity>(door).await?,
        counted::<import_row::Entity>(door).await?,
        counted::<upload_part::Entity>(door).await?,
        counted::<kin_declaration::Entity>(door).await?,
    ];
    for more in more {
        for (key, count) in more {
            *out.entry(key).or_default() += count;
        }
    }
    Ok(out)
}

#[expect(clippy::disallowed_methods, reason = "values are counted by key, and none is read")]
async fn counted<E: Resealed>(door: &Door) -> Result<BTreeMap<String, i64>> {
    let counts = E::find().select_only().column(E::KEY_ID).column_as(E::ID.count(), "values").group_by(E::KEY_ID);
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
