//! Writing: one transaction of one command. What it changes is audited, and read back under the same row policies.
//!
//! `Writer` has no commit and no raw SQL. `Session::run` ends it, so a command can neither skip the audit nor commit
//! half of itself.
//!
//! Every row that a command changes it has read under the row policies, and reads back under them. Two verbs differ, by
//! name: `hand_over` lets a row leave the scope, and `merge_keep` (see `rekeeping`) gives rows another keeper that
//! their merger may not see.

mod settling;

use std::{
    any::Any,
    collections::{BTreeMap, BTreeSet, HashSet},
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use chrono::NaiveDate;
use entity::{
    Kept, Row, Table, Versioned,
    cadre_sealed::{self, Sealed},
    id::{AccountId, CadreId, Key},
    kind::{SealedField, SecrecyLevel},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseTransaction, DbBackend, EntityTrait, IntoActiveModel,
    QueryFilter,
    sea_query::{Expr, ExprTrait, SelectStatement},
};
use uuid::Uuid;

use crate::{
    auth::seal::Seal,
    calendar::Calendar,
    clock::Clock,
    db::{
        change::Change,
        classified::classified,
        closure,
        door::Door,
        errands::Errands,
        exporting::Opening,
        gate::{Alias, Gate, Visible},
        reader::{Reader, missing},
        session::Session,
        unique,
    },
    error::{Error, Result},
};

pub(super) use settling::Settling;

/// Rows of one insert statement: 20 columns of 500 rows stay below both databases' limit of bound values.
const BATCH: usize = 500;
/// Names the turn among the locks of the database; the digits say nothing.
const TURN_KEY: i64 = 5_823_304_166;

/// Which rows of a table were written, and the statement that reads them back.
struct Written {
    rows: BTreeSet<Uuid>,
    surviving: fn(&Gate, &[Uuid]) -> SelectStatement,
}

/// The transaction of one command.
pub struct Writer<'s> {
    pub(super) tx: DatabaseTransaction,
    pub(super) gate: Gate,
    statements: &'s AtomicU64,
    pub(super) seal: &'s Seal,
    clock: &'s Clock,
    calendar: &'s Arc<Calendar>,
    pub(super) errands: &'s Errands,
    secrecy_limit: SecrecyLevel,
    pub(super) changes: Vec<Change>,
    /// Tables changed so far. Filled only by the verbs below, so it can't lag behind the rows.
    pub(super) touched: BTreeSet<Table>,
    /// Rows to read back. A row that was handed over is not among them.
    written: BTreeMap<Table, Written>,
    /// Sealed values that an export opened, and what for.
    pub(super) opened: Opening,
    /// Whom a job acts for.
    pub(super) account: Option<AccountId>,
    /// What of the session's token may be revoked.
    presented: &'s [Uuid],
}

impl<'s> Writer<'s> {
    pub(super) fn new(tx: DatabaseTransaction, gate: Gate, session: &'s Session, door: &'s Door) -> Self {
        let (changes, touched, written) = (Vec::new(), BTreeSet::new(), BTreeMap::new());
        let account = gate.scope().account();
        let Door { seal, clock, calendar, secrecy_limit, errands, .. } = door;
        Self {
            tx,
            gate,
            statements: session.counter(),
            seal,
            clock,
            calendar,
            errands,
            secrecy_limit: *secrecy_limit,
            changes,
            touched,
            written,
            opened: Opening::default(),
            account,
            presented: session.presented(),
        }
    }

    /// Reads within the transaction, under the row policies.
    pub fn reader(&self) -> Reader<'_> {
        Reader::new(&self.tx, &self.gate, self.statements, self.calendar)
    }

    /// Who acts; none for a job that acts for nobody.
    pub fn account(&self) -> Option<AccountId> {
        self.account
    }

    /// The token that the session stands on, and the sign-in that it follows from, as far as there are any.
    pub fn presented(&self) -> (Option<Uuid>, Option<Uuid>) {
        (self.presented.first().copied(), self.presented.get(1).copied())
    }

    /// Names the account that a job acts for, for the audit trail. What somebody with a token does is always theirs.
    pub fn on_behalf_of(&mut self, account: AccountId) {
        self.account = self.gate.scope().account().or(Some(account));
    }

    /// The highest secrecy level of records that the deployment keeps.
    pub fn secrecy_limit(&self) -> SecrecyLevel {
        self.secrecy_limit
    }

    /// The working days of this deployment.
    pub fn calendar(&self) -> &'s Arc<Calendar> {
        self.calendar
    }

    /// The civil day of the command.
    pub fn today(&self) -> NaiveDate {
        self.clock.today()
    }

    /// The moment of the command.
    pub fn now(&self) -> chrono::DateTime<chrono::Utc> {
        self.clock.now()
    }

    /// Seals a sensitive value of a person; with it the name of the key.
    ///
    /// # Errors
    /// `Internal` when the machine gives no random bytes.
    pub fn seal(&self, cadre: CadreId, field: SealedField, value: &str) -> Result<(Sealed, String)> {
        self.seal.seal(cadre, field, value)
    }

    /// The keyed hash by which equal sensitive values are found.
    pub fn match_key(&self, field: SealedField, value: &str) -> String {
        self.seal.match_key(field, value)
    }

    /// Whether a sealed row holds this value; the value itself stays sealed.
    ///
    /// # Errors
    /// `Internal` when it was sealed with another key.
    pub fn seals(&self, row: &cadre_sealed::Model, value: &str) -> Result<bool> {
        let held = self.seal.open(row.cadre_id, row.field, &row.key_id, &row.ciphertext)?;
        Ok(aws_lc_rs::constant_time::verify_slices_are_equal(held.as_bytes(), value.as_bytes()).is_ok())
    }

    /// Which of these match keys any person has, within the scope or not. It says only that, so that a number held
    /// elsewhere is refused by name of its line instead of by a constraint.
    ///
    /// # Errors
    /// `Internal` when the database fails.
    #[expect(
        clippy::disallowed_methods,
        reason = "whether a key is taken must be known beyond the scope, and nothing else"
    )]
    pub async fn taken(&self, keys: &[String]) -> Result<HashSet<String>> {
        self.sent();
        let among = cadre_sealed::Column::MatchKey.is_in(keys.iter().map(String::as_str));
        let found = cadre_sealed::Entity::find().filter(among).all(&self.tx).await?;
        Ok(found.into_iter().filter_map(|it| it.match_key).collect())
    }

    /// Lets only one command at a time go on from here, until it ends: those that must see what the others commit.
    /// SQLite has one writer anyway.
    ///
    /// # Errors
    /// `Busy` when another one takes longer than is worth waiting for.
    pub async fn one_at_a_time(&self) -> Result<()> {
        if self.tx.get_database_backend() != DbBackend::Postgres {
            return Ok(());
        }
        self.sent();
        closure::turn(&self.tx, TURN_KEY).await
    }

    /// The row of a key.
    ///
    /// # Errors
    /// `NotFound` when it does not exist for the scope.
    pub async fn get<E: Visible>(&self, id: E::Key) -> Result<E::Model> {
        self.reader().get::<E>(id).await?.ok_or_else(missing::<E>)
    }

    /// The row of a key, kept from changing until the commit.
    ///
    /// # Errors
    /// `NotFound` when it does not exist for the scope.
    pub async fn get_held<E: Visible>(&self, id: E::Key) -> Result<E::Model> {
        let reader = self.reader();
        let row = reader.find::<E>().filter(Alias::own::<E>().col(E::ID).eq(id)).held();
        row.one().await?.ok_or_else(missing::<E>)
    }

    /// The row of a key at the version that the client saw.
    ///
    /// # Errors
    /// `NotFound`, or `Stale` when somebody changed it since.
    pub async fn get_at<E: Visible + Kept>(&self, id: E::Key, expected_version: i32) -> Result<E::Model> {
        let row = self.get::<E>(id).await?;
        if row.version() == expected_version {
            return Ok(row);
        }
        Err(Error::Stale { what: <E::Key as Key>::NOUN, actual: row.version() })
    }

    /// Adds a row.
    ///
    /// # Errors
    /// The problem of a named constraint; at the end, `NotFound` when the scope could not see the row.
    pub async fn insert<E: Visible + Kept>(&mut self, row: E::Model) -> Result<E::Key>
    where
        E::Model: Any + Send + Sync,
    {
        let key = row.key();
        self.insert_many::<E>(vec![row]).await?;
        Ok(key)
    }

    /// Adds rows, in as few statements as the databases allow.
    ///
    /// # Errors
    /// As `insert`.
    #[expect(clippy::disallowed_methods, reason = "the writer audits the rows and reads them back")]
    pub async fn insert_many<E: Visible + Kept>(&mut self, rows: Vec<E::Model>) -> Result<()>
    where
        E::Model: Any + Send + Sync,
    {
        for batch in rows.chunks(BATCH) {
            let models = batch.iter().map(|row| row.clone().into_active_model().reset_all());
            self.sent();
            E::insert_many(models).exec_without_returning(&self.tx).await.map_err(unique::failed)?;
            for row in batch {
                classified(row, self.secrecy_limit)?;
                closure::added(&self.tx, row).await?;
                self.noted::<E>(None, Some(row));
            }
        }
        Ok(())
    }

    /// Changes a row from the state that was read to another one; the version grows by itself.
    ///
    /// # Errors
    /// `Stale` when somebody changed it since it was read; otherwise as `insert`.
    pub async fn update<E: Visible + Kept>(&mut self, before: &E::Model, after: E::Model) -> Result<()>
    where
        E::Model: Any + Send + Sync,
    {
        let after = self.replace::<E>(before, after).await?;
        self.noted::<E>(Some(before), Some(&after));
        Ok(())
    }

    /// Changes a row so that it may leave the scope, as a transfer does. It is audited, and not read back.
    ///
    /// # Errors
    /// As `update`.
    pub async fn hand_over<E: Visible + Kept>(&mut self, before: &E::Model, after: E::Model) -> Result<()>
    where
        E::Model: Any + Send + Sync,
    {
        let after = self.replace::<E>(before, after).await?;
        self.audited::<E>(Some(before), Some(&after));
        if let Some(written) = self.written.get_mut(&E::TABLE) {
            written.rows.remove(&before.key().uuid());
        }
        Ok(())
    }

    /// Removes a row.
    ///
    /// # Errors
    /// `Stale` when somebody changed it since it was read.
    #[expect(clippy::disallowed_methods, reason = "the writer audits the row")]
    pub async fn delete<E: Visible + Kept>(&mut self, row: &E::Model) -> Result<()> {
        self.sent();
        let gone = E::delete_many()
            .filter(E::ID.eq(row.key()))
            .filter(E::VERSION.eq(row.version()))
            .exec(&self.tx)
            .await
            .map_err(unique::failed)?;
        if gone.rows_affected == 0 {
            return Err(self.stale::<E>(row.key()).await);
        }
        self.audited::<E>(Some(row), None);
        Ok(())
    }

    #[expect(clippy::disallowed_methods, reason = "the writer audits the row and reads it back")]
    async fn replace<E: Visible + Kept>(&mut self, before: &E::Model, after: E::Model) -> Result<E::Model>
    where
        E::Model: Any + Send + Sync,
    {
        classified(&after, self.secrecy_limit)?;
        let version = before.version() + 1;
        let mut model = after.into_active_model().reset_all();
        model.set(E::VERSION, version.into());
        let mut update = E::update_many().filter(E::ID.eq(before.key())).filter(E::VERSION.eq(before.version()));
        for column in super::gate::columns::<E>() {
            if let Some(value) = model.get(column).into_value() {
                update = update.col_expr(column, Expr::val(value));
            }
        }
        self.sent();
        let changed = update.exec(&self.tx).await.map_err(unique::failed)?;
        if changed.rows_affected == 0 {
            return Err(self.stale::<E>(before.key()).await);
        }
        let after = sea_orm::TryIntoModel::<E::Model>::try_into_model(model)?;
        closure::changed(&self.tx, before, &after).await?;
        Ok(after)
    }

    async fn stale<E: Visible + Kept>(&self, id: E::Key) -> Error {
        match self.reader().get::<E>(id).await {
            Ok(Some(row)) => Error::Stale { what: <E::Key as Key>::NOUN, actual: row.version() },
            Ok(None) => missing::<E>(),
            Err(error) => error,
        }
    }

    fn noted<E: Visible + Kept>(&mut self, before: Option<&E::Model>, after: Option<&E::Model>) {
        let written = self
            .written
            .entry(E::TABLE)
            .or_insert_with(|| Written { rows: BTreeSet::new(), surviving: |gate, rows| gate.surviving::<E>(rows) });
        written.rows.extend(after.map(|row| row.key().uuid()));
        self.audited::<E>(before, after);
    }

    pub(super) fn audited<E: Kept>(&mut self, before: Option<&E::Model>, after: Option<&E::Model>) {
        self.touched.insert(E::TABLE);
        if E::TABLE == Table::Organization {
            self.touched.insert(Table::OrganizationClosure);
        }
        if let Some(row) = after.or(before) {
            self.changes.push(Change::between(E::TABLE, row.key().uuid(), before, after));
        }
    }

    pub(super) fn sent(&self) {
        self.statements.fetch_add(1, Ordering::Relaxed);
    }
}
