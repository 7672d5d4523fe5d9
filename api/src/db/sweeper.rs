//! Makes good what an outage or a kill left undone: committed changes that no cache was told of.
//!
//! Each half second it looks for events not marked as published, and renews the tables of those that it met the time before:
//! whoever committed the others is about to. While the cache can't be believed it also renews everything, and belief returns
//! only when that worked: so the first lookup after a (re)connect comes after the sweep. Changes that were committed and not
//! numbered are numbered. Old idempotency keys go here too, orders that nobody fetched, and runs of imports that nobody needs
//! to read any more. Once a minute the tally of people is summed up.

use std::{collections::BTreeSet, sync::Arc, time::Duration};

use chrono::TimeDelta;
use entity::{Table, audit_event, id::AuditEventId, idempotency_record, refresh_token, revoked_token};
use sea_orm::{ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, QueryFilter, QuerySelect};

use crate::{
    db::{addressed, door::Door, outbox, run},
    error::Result,
};

/// Between two sweeps.
const EVERY: Duration = Duration::from_millis(500);
/// Events of one sweep.
const MOST: u64 = 1000;

/// Sweeps until it is dropped.
pub async fn keep_sweeping(door: Arc<Door>) {
    let mut round: u64 = 0;
    let mut met = BTreeSet::new();
    loop {
        tokio::time::sleep(EVERY).await;
        sweep_left(&door, Some(&mut met)).await;
        if round.is_multiple_of(1200) {
            forget_old_keys(&door).await;
            door.forget_orders().await;
            door.forget_runs().await;
        }
        if round.is_multiple_of(120) {
            fold(&door).await;
        }
        if round.is_multiple_of(20) {
            door.forget_uploads().await;
        }
        round += 1;
    }
}

/// One sweep of all that there is: before a server takes its first request.
pub async fn sweep(door: &Door) {
    sweep_left(door, None).await;
}

/// One sweep, of what was met before where that is known.
async fn sweep_left(door: &Door, met: Option<&mut BTreeSet<AuditEventId>>) {
    if let Some(_turn) = door.aftermath.turn() {
        make_good(door, met).await;
    }
    if door.degraded() && door.recall.generations().mend().await {
        tracing::info!("the cache is believed again");
    }
}

/// Renews what no cache was told of, and numbers what was told to nobody.
async fn make_good(door: &Door, met: Option<&mut BTreeSet<AuditEventId>>) {
    let left = unpublished(door).await.map(|events| match met {
        Some(met) => {
            let now = events.iter().map(|it| it.id).collect();
            let before = std::mem::replace(met, now);
            events.into_iter().filter(|it| before.contains(&it.id)).collect()
        }
        None => events,
    });
    match left {
        Ok(events) if events.is_empty() => {}
        Ok(events) => {
            let touched: BTreeSet<Table> =
                events.iter().flat_map(|it| it.tables.split(',')).filter_map(Table::parse).collect();
            let ids: Vec<_> = events.iter().map(|it| it.id).collect();
            door.metrics.swept.add(u64::try_from(ids.len()).unwrap_or(0));
            run::publish(door, &ids, touched).await;
        }
        Err(error) => tracing::warn!(?error, "the sweeper could not read the audit trail"),
    }
    let waiting = match outbox::waits(door).await {
        Ok(true) => outbox::number(door).await,
        Ok(false) => Ok(()),
        Err(error) => Err(error),
    };
    if let Err(error) = waiting {
        tracing::warn!(?error, "the sweeper could not number the outbox");
    }
}

/// Sums up what was appended to the tally, where it is appended to.
async fn fold(door: &Door) {
    if door.database.get_database_backend() != DbBackend::Postgres {
        return;
    }
    if let Err(cause) = door.database.execute_unprepared("SELECT fold_cadre_tally()").await {
        tracing::warn!(%cause, "the tally could not be summed up; it is right all the same");
    }
}

#[expect(clippy::disallowed_methods, reason = "the sweeper reads no personnel row")]
async fn unpublished(door: &Door) -> Result<Vec<audit_event::Model>> {
    let published = audit_event::Column::Published.eq(false);
    Ok(audit_event::Entity::find().filter(published).limit(MOST).all(&door.database).await?)
}

#[expect(clippy::disallowed_methods, reason = "keys and tokens that are over are no records of the field")]
async fn forget_old_keys(door: &Door) {
    let old = idempotency_record::Column::RecordedAt.lt(door.clock.now() - TimeDelta::hours(24));
    if let Err(cause) = idempotency_record::Entity::delete_many().filter(old).exec(&door.database).await {
        tracing::warn!(%cause, "old idempotency keys could not be removed");
    }
    if let Err(error) = outbox::forget(door).await {
        tracing::warn!(?error, "old changes could not be removed from the outbox");
    }
    let (now, failed) = (door.clock.now(), "ended tokens could not be removed");
    // An address may outlive the token that it was ordered with, and must not outlive its revocation.
    let over = revoked_token::Column::ExpiresAt.lt(now - addressed::ORDER);
    if let Err(cause) = revoked_token::Entity::delete_many().filter(over).exec(&door.database).await {
        tracing::warn!(%cause, failed);
    }
    let over = refresh_token::Column::ExpiresAt.lt(now);
    if let Err(cause) = refresh_token::Entity::delete_many().filter(over).exec(&door.database).await {
        tracing::warn!(%cause, failed);
    }
}
