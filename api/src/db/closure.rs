//! `organization_closure`, kept exact by the writer in the same transaction as the tree.
//!
//! Whoever changes the tree waits for whoever changes it already. Otherwise two moves at once could each find no cycle
//! and make one together, or a unit be added below a subtree that is just leaving. It waits for those who write people
//! too, and they for it: what is derived from both (`cadre_scope`, `cadre_tally`) is kept by the database, which must see
//! both. While it waits for them they wait behind it, so it does not wait long at once: one of them could be waiting for
//! another that waits behind it.

use std::{any::Any, time::Duration};

use entity::{id::OrganizationId, organization};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, TransactionTrait, Value};

use crate::{
    db::unique,
    error::{Error, Problem, ProblemCode, Result},
};

/// After an organization was added.
pub(super) async fn added(tx: &DatabaseTransaction, row: &(dyn Any + Send + Sync)) -> Result<()> {
    let Some(row) = row.downcast_ref::<organization::Model>() else { return Ok(()) };
    alone(tx).await?;
    let itself = "INSERT INTO organization_closure (ancestor_id, descendant_id, depth) VALUES ($1, $2, 0)";
    run(tx, itself, vec![row.id.into(), row.id.into()]).await?;
    let Some(parent) = row.parent_id else { return Ok(()) };
    join(tx, row.id, parent).await
}

/// After an organization was changed: moves its subtree if its parent is another one.
pub(super) async fn changed(
    tx: &DatabaseTransaction,
    before: &(dyn Any + Send + Sync),
    after: &(dyn Any + Send + Sync),
) -> Result<()> {
    let both = (before.downcast_ref::<organization::Model>(), after.downcast_ref::<organization::Model>());
    let (Some(before), Some(after)) = both else { return Ok(()) };
    if before.parent_id == after.parent_id {
        return Ok(());
    }
    alone(tx).await?;
    let above = "SELECT descendant_id FROM organization_closure WHERE ancestor_id = $1 AND descendant_id = $2";
    if let Some(parent) = after.parent_id
        && tx.query_one_raw(statement(tx, above, vec![after.id.into(), parent.into()])).await?.is_some()
    {
        let message = "It is the organization itself or one below it: choose one outside its subtree.";
        return Err(Problem::new(ProblemCode::Cycle, message).on("parentId").into());
    }
    let leave = "DELETE FROM organization_closure WHERE descendant_id IN \
        (SELECT descendant_id FROM organization_closure WHERE ancestor_id = $1) AND ancestor_id NOT IN \
        (SELECT descendant_id FROM organization_closure WHERE ancestor_id = $2)";
    run(tx, leave, vec![after.id.into(), after.id.into()]).await?;
    match after.parent_id {
        Some(parent) => join(tx, after.id, parent).await,
        None => Ok(()),
    }
}

/// Puts a subtree whose inner rows stand under everything above `parent`.
async fn join(tx: &DatabaseTransaction, top: OrganizationId, parent: OrganizationId) -> Result<()> {
    let join = "INSERT INTO organization_closure (ancestor_id, descendant_id, depth) \
        SELECT above.ancestor_id, below.descendant_id, above.depth + below.depth + 1 \
        FROM organization_closure above CROSS JOIN organization_closure below \
        WHERE above.descendant_id = $1 AND below.ancestor_id = $2";
    run(tx, join, vec![parent.into(), top.into()]).await
}

/// Waits until nobody else is changing the tree, and keeps others waiting until the commit; readers go on. SQLite has
/// one writer anyway.
async fn alone(tx: &DatabaseTransaction) -> Result<()> {
    if tx.get_database_backend() != DbBackend::Postgres {
        return Ok(());
    }
    run(tx, "LOCK TABLE organization_closure IN SHARE ROW EXCLUSIVE MODE", Vec::new()).await?;
    for _ in 0..TRIES {
        let attempt = tx.begin().await?;
        let wait = format!(
            "SET LOCAL lock_timeout = {PATIENCE_MS}; SELECT pg_advisory_xact_lock({TREE}); \
             SET LOCAL lock_timeout TO DEFAULT"
        );
        match attempt.execute_unprepared(&wait).await {
            Ok(_) => return Ok(attempt.commit().await?),
            Err(cause) if cause.to_string().contains("lock timeout") => attempt.rollback().await?,
            Err(cause) => return Err(unique::failed(cause)),
        }
        tokio::time::sleep(TURN).await;
    }
    Err(Error::Busy { retry_after_s: 10 })
}

/// How long a change of the tree waits at once for those who write people, in milliseconds, and how often. Less than
/// after what the database takes a wait for one without end.
const PATIENCE_MS: u32 = 700;
const TRIES: u32 = 10;

/// Names the turn of the tree among the locks of the database, as its triggers do; the digits say nothing.
const TREE: i64 = 5_823_304_168;
/// How often a command that must be alone looks whether it is, and how long it waits between: ten seconds in all.
const TURNS: u32 = 50;
const TURN: Duration = Duration::from_millis(200);

/// Waits for a turn that one command at a time has, until its end, on PostgreSQL.
///
/// # Errors
/// `Busy` when another one takes longer than is worth waiting for.
pub(super) async fn turn(tx: &DatabaseTransaction, key: i64) -> Result<()> {
    for _ in 0..TURNS {
        let free = format!("SELECT pg_try_advisory_xact_lock({key}) AS free");
        let free = tx.query_one_raw(Statement::from_string(DbBackend::Postgres, free)).await?;
        if free.map(|row| row.try_get::<bool>("", "free")).transpose()? == Some(true) {
            return Ok(());
        }
        tokio::time::sleep(TURN).await;
    }
    Err(Error::Busy { retry_after_s: 10 })
}

fn statement(tx: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(tx.get_database_backend(), sql, values)
}

async fn run(tx: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Result<()> {
    tx.execute_raw(statement(tx, sql, values)).await.map_err(unique::failed)?;
    Ok(())
}
