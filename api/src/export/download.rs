//! Files that are ordered through the schema and fetched once: the order says what and what for, the address is good for
//! ten minutes, and whether its orderer still may is asked when it is fetched.

use std::{
    io::{Cursor, Seek, SeekFrom, Write},
    sync::{Arc, Mutex, PoisonError},
};

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
async fn claim(tx: &mut Writer<'_>, id: ExportId) -> Result<export::Model> {
    let before = tx.get::<export::Entity>(id).await?;
    if before.made_at.is_some() {
        return Err(Error::NotFound("address"));
    }
    let after = export::Model { made_at: Some(tx.now()), ..before.clone() };
    tx.update::<export::Entity>(&before, after).await?;
    tx.get::<export::Entity>(id).await
}

async fn counted(tx: &mut Writer<'_>, claimed: export::Model, rows: u32) -> Result<ExportId> {
    let (id, row_count) = (claimed.id, i32::try_from(rows).unwrap_or(i32::MAX));
    let after = export::Model { row_count: Some(row_count), ..claimed.clone() };
    tx.update::<export::Entity>(&claimed, after).await?;
    Ok(id)
}

fn order(it: &export::Model) -> Order {
    Order { as_of: Some(it.as_of), purpose: it.purpose, reason: it.reason.clone(), without_numbers: it.without_numbers }
}

/// A file that was fetched.
pub struct File {
    /// What it is called.
    pub name: String,
    /// The workbook.
    pub bytes: Vec<u8>,
}

/// Makes the file of an address, once, if there is a turn.
///
/// # Errors
/// `NotFound` of an address that is forged, over or used; `Forbidden`, `Unauthenticated` or `NotFound` of something else
/// where its orderer may no longer; `Busy` where others are being made, which leaves the address good.
pub async fn fetch(door: &Arc<Door>, turns: &Semaphore, address: &str, request: &str) -> Result<File> {
    let (session, ordered) = door.orderer(address, request).await?;
    let _turn = turns.try_acquire().map_err(|_| Error::Busy { retry_after_s: 5 })?;
    let terms = Terms { purpose: Some(ordered.purpose.text().to_owned()), ..Terms::default() };
    let kept = Kept::default();
    let making = Making::into(kept.clone());
    let (id, kind) = (ordered.id, ordered.kind);
    let name = match kind {
        ExportKind::Roster => {
            run(&session, MakeRoster { export: id, making }, &terms).await?;
            "roster"
        }
        ExportKind::Pool => {
            run(&session, MakePool { export: id, making }, &terms).await?;
            "pool"
        }
        ExportKind::Form => return Err(Error::NotFound("address")),
    };
    Ok(File { name: format!("{name}-{}.xlsx", session.today()), bytes: kept.bytes() })
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
struct Kept(Arc<Mutex<Cursor<Vec<u8>>>>);

impl Kept {
    fn bytes(self) -> Vec<u8> {
        std::mem::take(self.0.lock().unwrap_or_else(PoisonError::into_inner).get_mut())
    }
}

impl Write for Kept {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(bytes)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

impl Seek for Kept {
    fn seek(&mut self, to: SeekFrom) -> std::io::Result<u64> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).seek(to)
    }
}
