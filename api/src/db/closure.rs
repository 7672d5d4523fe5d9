//! `organization_closure`, kept exact by the writer in the same transaction as the tree.
//!
//! Whoever changes the tree waits for whoever changes it already. Otherwise two moves at once could each find no cycle
//! and make one together, or a unit be added below a subtree that is just leaving.

use std::any::Any;

use entity::{id::OrganizationId, organization};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbBackend, Statement, Value};

use crate::{
    db::unique,
    error::{Problem, ProblemCode, Result},
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
    run(tx, "LOCK TABLE organization_closure IN SHARE ROW EXCLUSIVE MODE", Vec::new()).await
}

fn statement(tx: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Statement {
    Statement::from_sql_and_values(tx.get_database_backend(), sql, values)
}

async fn run(tx: &DatabaseTransaction, sql: &str, values: Vec<Value>) -> Result<()> {
    tx.execute_raw(statement(tx, sql, values)).await.map_err(unique::failed)?;
    Ok(())
}
