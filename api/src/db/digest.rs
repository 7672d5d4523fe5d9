//! The hash of one civil day of the audit trail: its acts in the order of their keys, each with its changed rows and
//! the sensitive values that it opened, in a form that depends on nothing but what they say.
//!
//! Fields are spelled out below, not taken from the entities: a column added later must not change an old day's hash.
//! Whether the caches were told of an act is no part of it.

use std::collections::BTreeMap;

use aws_lc_rs::digest;
use chrono::{NaiveDate, TimeDelta};
use entity::{
    access_log, audit_change, audit_event,
    id::{AuditEventId, Key},
};
use sea_orm::{ColumnTrait, EntityTrait, QueryFilter, QueryOrder, QuerySelect};
use serde::Serialize;

use crate::{
    clock::civil_midnight,
    db::door::Door,
    error::{Error, Result},
    hash::hex,
};

/// Acts read at once.
const STEP: u64 = 200;
/// What a day holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Content {
    pub(super) events: i32,
    pub(super) changes: i32,
    pub(super) accesses: i32,
    /// SHA-256 in hexadecimal.
    pub(super) hash: String,
}

struct Hashing {
    context: digest::Context,
    events: i32,
    changes: i32,
    accesses: i32,
}

impl Hashing {
    fn line(&mut self, fields: &impl Serialize) -> Result<()> {
        let text = serde_json::to_vec(fields).map_err(Error::internal)?;
        self.context.update(&text);
        self.context.update(b"\n");
        Ok(())
    }

    fn event(&mut self, it: &audit_event::Model) -> Result<()> {
        self.events += 1;
        self.line(&(
            "event",
            it.id,
            it.recorded_at.timestamp_micros(),
            it.account_id,
            &it.role,
            &it.action,
            it.outcome,
            &it.request_id,
            &it.purpose,
            &it.tables,
        ))
    }

    fn change(&mut self, it: &audit_change::Model) -> Result<()> {
        self.changes += 1;
        self.line(&(
            "change",
            it.id,
            it.event_id,
            &it.table_name,
            it.row_id,
            it.kind,
            &it.before_values,
            &it.after_values,
        ))
    }

    fn access(&mut self, it: &access_log::Model) -> Result<()> {
        self.accesses += 1;
        let when = it.recorded_at.timestamp_micros();
        self.line(&("access", it.id, it.event_id, it.cadre_id, it.field, it.purpose, &it.reason, it.account_id, when))
    }
}

/// Reads a day and hashes it after the hash of the day before.
pub(super) async fn content(door: &Door, day: NaiveDate, previous: &str) -> Result<Content> {
    let context = digest::Context::new(&digest::SHA256);
    let mut hashing = Hashing { context, events: 0, changes: 0, accesses: 0 };
    hashing.line(&("tidui audit v1", day, previous))?;
    let mut last: Option<AuditEventId> = None;
    loop {
        let events = events(door, day, last).await?;
        let Some(end) = events.last() else { break };
        last = Some(end.id);
        let ids: Vec<AuditEventId> = events.iter().map(|it| it.id).collect();
        let (changes, accesses) = (changes(door, &ids).await?, accesses(door, &ids).await?);
        for event in &events {
            hashing.event(event)?;
            changes.get(&event.id.uuid()).into_iter().flatten().try_for_each(|it| hashing.change(it))?;
            accesses.get(&event.id.uuid()).into_iter().flatten().try_for_each(|it| hashing.access(it))?;
        }
    }
    let Hashing { context, events, changes, accesses } = hashing;
    Ok(Content { events, changes, accesses, hash: hex(context.finish().as_ref()) })
}

#[expect(clippy::disallowed_methods, reason = "the digest covers every act, whoever may see it")]
async fn events(door: &Door, day: NaiveDate, after: Option<AuditEventId>) -> Result<Vec<audit_event::Model>> {
    let mut select = audit_event::Entity::find()
        .filter(audit_event::Column::RecordedAt.gte(civil_midnight(day)))
        .filter(audit_event::Column::RecordedAt.lt(civil_midnight(day + TimeDelta::days(1))));
    if let Some(after) = after {
        select = select.filter(audit_event::Column::Id.gt(after));
    }
    Ok(select.order_by_asc(audit_event::Column::Id).limit(STEP).all(&door.database).await?)
}

#[expect(clippy::disallowed_methods, reason = "the digest covers every changed row, whoever may see it")]
async fn changes(door: &Door, of: &[AuditEventId]) -> Result<BTreeMap<uuid::Uuid, Vec<audit_change::Model>>> {
    let among = audit_change::Column::EventId.is_in(of.iter().copied());
    let rows = audit_change::Entity::find().filter(among).order_by_asc(audit_change::Column::Id);
    let mut out = BTreeMap::<_, Vec<_>>::new();
    for row in rows.all(&door.database).await? {
        out.entry(row.event_id.uuid()).or_default().push(row);
    }
    Ok(out)
}

#[expect(clippy::disallowed_methods, reason = "the digest covers every reading, whoever may see it")]
async fn accesses(door: &Door, of: &[AuditEventId]) -> Result<BTreeMap<uuid::Uuid, Vec<access_log::Model>>> {
    let among = access_log::Column::EventId.is_in(of.iter().copied());
    let rows = access_log::Entity::find().filter(among).order_by_asc(access_log::Column::Id);
    let mut out = BTreeMap::<_, Vec<_>>::new();
    for row in rows.all(&door.database).await? {
        out.entry(row.event_id.uuid()).or_default().push(row);
    }
    Ok(out)
}
