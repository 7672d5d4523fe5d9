//! How an act ends before its commit: what it wrote is read back, its grounds are asked for again and held, and all of it goes
//! on record. Where few rows were written that is one statement, where the database can; otherwise one after the other.

use entity::{account_grant, audit_change, audit_event, id::AuditChangeId};
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DbBackend, EntityTrait, FromQueryResult, IntoActiveModel, QueryTrait, Select,
    sea_query::{Alias, CommonTableExpression, Expr, ExprTrait, InsertStatement, Query, SubQueryStatement, WithClause},
};

use crate::{
    auth::scope::Scope,
    db::{
        door::Door,
        outbox, rights,
        session::Session,
        writer::{Settling, Writer},
    },
    error::{Error, Result},
};

/// Inserts of one statement, at most.
const TOGETHER: usize = 3;
/// Rows of one insert into the audit trail.
const BATCH: usize = 1000;

/// Ends an act; says whether there is anything to tell of it.
///
/// # Errors
/// `NotFound` when a row was written where its writer can't see it; what `rights::stands` says.
pub(super) async fn end(
    session: &Session,
    door: &Door,
    scope: &Scope,
    writer: &Writer<'_>,
    event: audit_event::Model,
) -> Result<bool> {
    let (event_id, at) = (event.id, event.recorded_at);
    let (inserts, told) = trail(writer, event);
    let one = writer.tx.get_database_backend() == DbBackend::Postgres && inserts.len() <= TOGETHER;
    match one.then(|| writer.settling()).flatten() {
        Some(settling) => {
            let held = at_once(writer, inserts, rights::ground(session, door), settling).await?;
            rights::stands(session, door, scope, held)?;
        }
        None => {
            writer.settle().await?;
            rights::still(session, door, &writer.tx, scope).await?;
            for insert in inserts {
                writer.sent();
                writer.tx.execute_raw(writer.tx.get_database_backend().build(&insert)).await?;
            }
        }
    }
    writer.record_opened(event_id, at).await?;
    Ok(told)
}

/// What puts an act on record and tells of it; whether there is anything to tell.
#[expect(clippy::disallowed_methods, reason = "the audit trail is written here alone")]
fn trail(writer: &Writer<'_>, event: audit_event::Model) -> (Vec<InsertStatement>, bool) {
    let (event_id, at) = (event.id, event.recorded_at);
    let mut inserts = vec![audit_event::Entity::insert(event.into_active_model().reset_all()).into_query()];
    for batch in writer.changes.chunks(BATCH) {
        let rows = batch.iter().map(|change| {
            let row = audit_change::Model {
                id: AuditChangeId::fresh(),
                event_id,
                table_name: change.table.name().to_owned(),
                row_id: change.row,
                kind: change.kind,
                before_values: change.before.clone(),
                after_values: change.after.clone(),
            };
            row.into_active_model().reset_all()
        });
        inserts.push(audit_change::Entity::insert_many(rows).into_query());
    }
    let trail = inserts.len();
    inserts.extend(outbox::inserts(&writer.changes, writer.gate.scope().action(), at));
    let told = inserts.len() > trail;
    (inserts, told)
}

/// All of it by one statement; what the act stands on comes back.
async fn at_once(
    writer: &Writer<'_>,
    inserts: Vec<InsertStatement>,
    ground: Option<Select<account_grant::Entity>>,
    settling: Settling,
) -> Result<Vec<account_grant::Model>> {
    let mut along = WithClause::new();
    for (number, insert) in inserts.into_iter().enumerate() {
        let name = Alias::new(format!("written_{number}"));
        along.cte(CommonTableExpression::new().table_name(name).query(insert).to_owned());
    }
    let Settling { survivors, written } = settling;
    let survived = match survivors {
        Some(survivors) => {
            let count = Query::select().expr(Expr::col("id").count()).from_subquery(survivors, "survivor").to_owned();
            Expr::from(SubQueryStatement::SelectStatement(count))
        }
        None => Expr::val(written),
    };
    let standing = ground.is_some();
    let mut last = ground.map_or_else(Query::select, QueryTrait::into_query);
    last.expr_as(survived, "survived");
    writer.sent();
    let rows = writer.tx.query_all_raw(writer.tx.get_database_backend().build(&last.with(along))).await?;
    // Who has no grant any more is told that instead.
    if let Some(row) = rows.first()
        && row.try_get::<i64>("", "survived")? != written
    {
        // Which row it is is asked table by table.
        writer.settle().await?;
        return Err(Error::broken("a row that was written is not seen, and is"));
    }
    // A job stands on nothing: its one row says only what survived.
    if !standing {
        return Ok(Vec::new());
    }
    rows.iter().map(|row| Ok(account_grant::Model::from_query_result(row, "")?)).collect()
}
