//! The outbox: what changed that people may follow. Written by `run` in the transaction of the change, from what the
//! writer noted, so no command can forget it; numbered after the commit, by one step under a lock, so that numbers rise
//! in the order in which changes became visible; kept a day for who was away meanwhile.
//!
//! Considered and dropped: numbers from a sequence of the database. One is taken before its commit, so a later number can
//! be visible earlier, and who resumes after it never hears of the other.

use std::collections::BTreeMap;

use chrono::{DateTime, Utc};
use entity::outbox;
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, QueryTrait, sea_query::InsertStatement,
};
use uuid::Uuid;

use crate::{
    db::{
        change::{Change, Subject},
        door::Door,
    },
    error::{Action, Result},
};

pub use entity::kind::Topic;

/// Rows of one statement.
pub(super) const BATCH: usize = 500;
/// Names the lock of the numbering among the locks of the database; the digits say nothing.
const TURN: &str = "SELECT pg_advisory_xact_lock(5823304167)";
/// Numbers whatever waits, in the order of recording, on from the highest number.
const NUMBER: &str = "UPDATE outbox SET sequence = numbered.place FROM (\
    SELECT waiting.id AS id, highest.place + row_number() OVER (ORDER BY waiting.id) AS place \
    FROM outbox AS waiting, (SELECT coalesce(max(sequence), 0) AS place FROM outbox) AS highest \
    WHERE waiting.sequence IS NULL) AS numbered WHERE outbox.id = numbered.id";

/// That something changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// Its place among all.
    pub sequence: i64,
    /// What kind of thing changed.
    pub topic: Topic,
    /// Which one.
    pub subject: Uuid,
    /// The row that is all that changed, where fewer people may see it than the thing itself.
    pub restricted: Option<Uuid>,
    /// The act; none for one that this build does not know.
    pub act: Option<Action>,
    /// When.
    pub at: DateTime<Utc>,
}

impl From<outbox::Model> for Told {
    fn from(row: outbox::Model) -> Self {
        let act = Action::ALL.iter().find(|it| it.text() == row.action).copied();
        let outbox::Model { sequence, topic, subject_id, restricted_id, recorded_at, .. } = row;
        let sequence = sequence.unwrap_or_default();
        Self { sequence, topic, subject: subject_id, restricted: restricted_id, act, at: recorded_at }
    }
}

/// What writes what an act has to tell: of each thing once; nothing where there is nothing.
#[expect(clippy::disallowed_methods, reason = "the outbox is written here alone")]
pub(super) fn inserts(changes: &[Change], action: Action, recorded_at: DateTime<Utc>) -> Vec<InsertStatement> {
    let row = |(topic, subject_id, restricted_id)| outbox::Model {
        id: Uuid::now_v7(),
        sequence: None,
        topic,
        subject_id,
        restricted_id,
        action: action.text().to_owned(),
        recorded_at,
    };
    let rows: Vec<outbox::Model> = things(changes).into_iter().map(row).collect();
    let models = |batch: &[outbox::Model]| {
        outbox::Entity::insert_many(batch.iter().map(|row| row.clone().into_active_model().reset_all())).into_query()
    };
    rows.chunks(BATCH).map(models).collect()
}

/// What an act has to tell: the thing, and the restricted row where that is all that changed of it. A thing is told once,
/// but a duty by each of its rows: the person is all that they have in common.
fn things(changes: &[Change]) -> Vec<(Topic, Uuid, Option<Uuid>)> {
    let mut out = BTreeMap::new();
    for change in changes {
        let Some(Subject { topic, id, restricted }) = change.subject else { continue };
        let row = restricted.then_some(change.row);
        let apart = row.filter(|_| topic == Topic::Duty);
        out.entry((topic, id, apart)).and_modify(|it: &mut Option<Uuid>| *it = it.and(row)).or_insert(row);
    }
    out.into_iter().map(|((topic, id, _), row)| (topic, id, row)).collect()
}

/// Numbers what waits, and tells everybody who follows.
///
/// # Errors
/// `Internal` when the database fails; the sweeper comes back to it.
pub(super) async fn number(door: &Door) -> Result<()> {
    // Sent at once, so one transaction; what is numbered is seen as it is when the turn has come.
    let both = format!("{TURN}; {NUMBER}");
    let numbering = if door.database.get_database_backend() == DbBackend::Postgres { &both } else { NUMBER };
    door.database.execute_unprepared(numbering).await?;
    door.hub.channel.announce().await;
    Ok(())
}

/// Whether anything waits for its number.
///
/// # Errors
/// `Internal` when the database fails.
#[expect(clippy::disallowed_methods, reason = "the outbox is read here alone")]
pub(super) async fn waits(door: &Door) -> Result<bool> {
    let waiting = outbox::Entity::find().filter(outbox::Column::Sequence.is_null());
    Ok(waiting.one(&door.database).await?.is_some())
}

/// What was told after a place, in order; a full batch may not be all of it.
///
/// # Errors
/// `Internal` when the database fails.
#[expect(clippy::disallowed_methods, reason = "the outbox is read here alone")]
pub(super) async fn after(door: &Door, place: i64) -> Result<Vec<Told>> {
    let later = outbox::Entity::find().filter(outbox::Column::Sequence.gt(place));
    let later = later.order_by_asc(outbox::Column::Sequence).limit(u64::try_from(BATCH).unwrap_or(u64::MAX));
    Ok(later.all(&door.database).await?.into_iter().map(Told::from).collect())
}

/// The lowest and the highest number that are kept.
///
/// # Errors
/// `Internal` when the database fails.
#[expect(clippy::disallowed_methods, reason = "the outbox is read here alone")]
pub(super) async fn kept(door: &Door) -> Result<Option<(i64, i64)>> {
    let (lowest, highest) = (outbox::Column::Sequence.min(), outbox::Column::Sequence.max());
    let found = outbox::Entity::find().select_only().column_as(lowest, "lowest").column_as(highest, "highest");
    let found = found.into_tuple::<(Option<i64>, Option<i64>)>().one(&door.database).await?;
    Ok(found.and_then(|(lowest, highest)| Some((lowest?, highest?))))
}

/// Forgets what is older than is kept: from the oldest on without a gap, and never the newest, from which the next number
/// follows.
///
/// # Errors
/// `Internal` when the database fails.
#[expect(clippy::disallowed_methods, reason = "the outbox is no record of the field")]
pub(super) async fn forget(door: &Door) -> Result<()> {
    let oldest = door.clock.now() - door.changes_kept;
    let young = outbox::Entity::find().filter(outbox::Column::RecordedAt.gte(oldest));
    let young = young.filter(outbox::Column::Sequence.is_not_null()).order_by_asc(outbox::Column::Sequence);
    let first = young.one(&door.database).await?.and_then(|it| it.sequence);
    let first = match (first, kept(door).await?) {
        (Some(first), _) => first,
        (None, Some((_, highest))) => highest,
        (None, None) => return Ok(()),
    };
    outbox::Entity::delete_many().filter(outbox::Column::Sequence.lt(first)).exec(&door.database).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use entity::{Table, kind::ChangeKind};

    use super::*;

    fn change(subject: Option<(Topic, u128, bool)>, row: u128) -> Change {
        let subject = subject.map(|(topic, id, restricted)| Subject { topic, id: Uuid::from_u128(id), restricted });
        let (table, kind) = (Table::PairEvaluation, ChangeKind::Insert);
        Change { table, row: Uuid::from_u128(row), kind, before: None, after: None, subject }
    }

    #[test]
    fn a_thing_is_told_once_and_openly_where_anything_open_changed() {
        let pair = |restricted| Some((Topic::Pair, 1, restricted));
        let id = Uuid::from_u128;
        assert_eq!(things(&[change(None, 5)]), []);
        assert_eq!(things(&[change(pair(true), 5)]), [(Topic::Pair, id(1), Some(id(5)))]);
        assert_eq!(things(&[change(pair(true), 5), change(pair(false), 1)]), [(Topic::Pair, id(1), None)]);
        assert_eq!(things(&[change(pair(false), 1), change(pair(true), 5)]), [(Topic::Pair, id(1), None)]);
        let duty = Some((Topic::Duty, 1, true));
        let each = [(Topic::Duty, id(1), Some(id(5))), (Topic::Duty, id(1), Some(id(6)))];
        assert_eq!(things(&[change(duty, 6), change(duty, 5), change(duty, 5)]), each);
        assert_eq!(things(&[change(pair(false), 1), change(Some((Topic::Membership, 1, false)), 1)]).len(), 2);
    }
}
