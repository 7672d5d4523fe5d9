//! Files that are ordered through the schema and fetched once: the order says what and what for, the address is good for
//! ten minutes, and whether its orderer still may is asked when it is fetched.

use std::{
    io::{Cursor, Seek, SeekFrom, Write},
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use chrono::NaiveDate;
use entity::{
    export,
    id::{ExportId, OrganizationId, PoolId},
    kind::ExportKind,
    reserve_pool,
};
use serde::Serialize;
use tokio::sync::Semaphore;

use crate::{
    belonging,
    db::{
        door::Door,
        session::{Command, Session, Terms},
        writer::Writer,
    },
    error::{Action, Error, Result},
    export::write::{Entry, Making, Order, names, record, roster, within_reach},
};

/// Bytes of a file that is made in memory: photos stand in forms.
const MOST_BYTES: usize = 256 << 20;
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

belonging! {
    /// Orders by their own keys.
    Exports = export by Id(id: ExportId), ordered Id, ExportRead, "export.by_id";
}

/// Orders the roster of an organization. Fails with INVALID or IDEMPOTENCY_KEY_REUSED.
#[derive(Serialize)]
pub struct OrderRoster {
    /// The organization.
    pub organization: OrganizationId,
    /// What goes out, and what for.
    pub order: Order,
}

impl Command for OrderRoster {
    const ACTION: Action = Action::RosterExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let top = within_reach(tx, self.organization).await?;
        let entry = Entry { kind: ExportKind::Roster, organization: top.id, pool: None, cadre: None };
        record(tx, entry, &self.order, None).await
    }
}

/// Orders the list of names of a pool. Fails with INVALID or IDEMPOTENCY_KEY_REUSED.
#[derive(Serialize)]
pub struct OrderPool {
    /// The pool.
    pub pool: PoolId,
    /// What goes out, and what for.
    pub order: Order,
}

impl Command for OrderPool {
    const ACTION: Action = Action::PoolExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let pool = tx.get::<reserve_pool::Entity>(self.pool).await?;
        let top = within_reach(tx, pool.organization_id).await?;
        let entry = Entry { kind: ExportKind::Pool, organization: top.id, pool: Some(pool.id), cadre: None };
        record(tx, entry, &self.order, None).await
    }
}

/// Makes a roster that was ordered.
#[derive(Serialize)]
struct MakeRoster {
    export: ExportId,
    #[serde(skip)]
    making: Making,
}

impl Command for MakeRoster {
    const ACTION: Action = Action::RosterExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let claimed = claim(tx, self.export).await?;
        let top = within_reach(tx, claimed.organization_id).await?;
        let rows = roster(tx, &top, &order(&claimed), &self.making).await?;
        counted(tx, claimed, rows).await
    }
}

/// Makes a pool's list of names that was ordered.
#[derive(Serialize)]
struct MakePool {
    export: ExportId,
    #[serde(skip)]
    making: Making,
}

impl Command for MakePool {
    const ACTION: Action = Action::PoolExport;
    type Outcome = ExportId;
    async fn apply(self, tx: &mut Writer<'_>) -> Result<ExportId> {
        let claimed = claim(tx, self.export).await?;
        let pool = claimed.pool_id.ok_or_else(|| Error::broken("an order of a pool names none"))?;
        let pool = tx.get::<reserve_pool::Entity>(pool).await?;
        let rows = names(tx, &pool, &order(&claimed), &self.making).await?;
        counted(tx, claimed, rows).await
    }
}

/// Takes the one use of an order, before anything is read for it: of several who come at once, all but one wait here for
/// that one's commit, and are told that it is gone.
///
/// # Errors
/// `NotFound` where it is gone.
pub async fn claim(tx: &mut Writer<'_>, id: ExportId) -> Result<export::Model> {
    let before = tx.get::<export::Entity>(id).await?;
    if before.made_at.is_some() {
        return Err(Error::NotFound("address"));
    }
    let after = export::Model { made_at: Some(tx.now()), ..before.clone() };
    tx.update::<export::Entity>(&before, after).await?;
    tx.get::<export::Entity>(id).await
}

/// Says on an order how many people the file has.
///
/// # Errors
/// As `Writer::update`.
pub async fn counted(tx: &mut Writer<'_>, claimed: export::Model, rows: u32) -> Result<ExportId> {
    let (id, row_count) = (claimed.id, i32::try_from(rows).unwrap_or(i32::MAX));
    let after = export::Model { row_count: Some(row_count), ..claimed.clone() };
    tx.update::<export::Entity>(&claimed, after).await?;
    Ok(id)
}

/// What an order says.
pub fn order(it: &export::Model) -> Order {
    Order { as_of: Some(it.as_of), purpose: it.purpose, reason: it.reason.clone(), without_numbers: it.without_numbers }
}

/// A file that was fetched.
pub struct File {
    /// What it is called.
    pub name: String,
    /// What it is, as HTTP says it.
    pub kind: &'static str,
    /// Its bytes.
    pub bytes: Vec<u8>,
}

/// Makes appointment forms: what they are is known to a room that knows this one.
pub trait FormMaking: Command {
    /// The making of an order.
    fn of(export: ExportId, making: Making) -> Self;
}

/// What the file of a kind is called, and what it is.
fn named(it: &export::Model, today: NaiveDate) -> (String, &'static str) {
    match (it.kind, it.cadre_id) {
        (ExportKind::Roster, _) => (format!("roster-{today}.xlsx"), WORKBOOK),
        (ExportKind::Pool, _) => (format!("pool-{today}.xlsx"), WORKBOOK),
        // A form is in whatever encoding it came in, so nobody is told that it is text.
        (ExportKind::Form, Some(_)) => (format!("appointment-form-{today}.lrmx"), "application/octet-stream"),
        (ExportKind::Form, None) => (format!("appointment-forms-{today}.zip"), "application/zip"),
    }
}

/// Makes the file of an address, once, if there is a turn.
///
/// # Errors
/// `NotFound` of an address that is forged, over or used; `Forbidden`, `Unauthenticated` or `NotFound` of something else
/// where its orderer may no longer; `Busy` where others are being made, and `Invalid` of a file that is too large, which
/// both leave the address good.
pub async fn fetch<F: FormMaking>(door: &Arc<Door>, turns: &Semaphore, address: &str, request: &str) -> Result<File> {
    let (session, ordered) = door.orderer(address, request).await?;
    let _turn = turns.try_acquire().map_err(|_| Error::Busy { retry_after_s: 5 })?;
    let terms = Terms { purpose: Some(ordered.purpose.text().to_owned()), ..Terms::default() };
    let kept = Kept::default();
    let making = Making::into(kept.clone());
    let (id, kind) = (ordered.id, ordered.kind);
    let done = match kind {
        ExportKind::Roster => run(&session, MakeRoster { export: id, making }, &terms).await,
        ExportKind::Pool => run(&session, MakePool { export: id, making }, &terms).await,
        ExportKind::Form => run(&session, F::of(id, making), &terms).await,
    };
    if done.is_err() && kept.is_full() {
        return Err(Error::invalid("address", "names a file that is too large: order it unit by unit"));
    }
    done?;
    let (name, kind) = named(&ordered, session.today());
    Ok(File { name, kind, bytes: kept.bytes() })
}

async fn run<C: Command>(session: &Session, command: C, terms: &Terms) -> Result<()> {
    match session.run(command, terms).await {
        // Somebody fetched it meanwhile.
        Err(Error::Stale { .. }) => Err(Error::NotFound("address")),
        done => done.map(|_| ()),
    }
}

/// A file in memory that is there after its writer is gone.
#[derive(Clone, Default)]
struct Kept {
    file: Arc<Mutex<Cursor<Vec<u8>>>>,
    full: Arc<AtomicBool>,
}

impl Kept {
    fn bytes(self) -> Vec<u8> {
        std::mem::take(self.file.lock().unwrap_or_else(PoisonError::into_inner).get_mut())
    }

    fn is_full(&self) -> bool {
        self.full.load(Ordering::Relaxed)
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        let mut file = self.file.lock().unwrap_or_else(PoisonError::into_inner);
        if file.get_ref().len().saturating_add(bytes.len()) > MOST_BYTES {
            self.full.store(true, Ordering::Relaxed);
            return Err(std::io::Error::other("the file is too large"));
        }
        file.write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Kept {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.file.lock().unwrap_or_else(PoisonError::into_inner).seek(to)
    }
}
