//! Keeping the audit trail: each civil day is sealed once it has ended, and can be verified ever after.
//!
//! A digest is the day's hash, chained to the day before and signed with the key that signs tokens. What is signed
//! begins with words and a blank, as no token does, so neither passes for the other. Digests stand in the database that
//! they witness: one who could change the trail, the digests and the key could forge all three, so `tidui audit verify`
//! prints the last hash, to be kept elsewhere.
//!
//! A day is sealed ten minutes after its end, when no transaction of it can still be under way. Days without acts are
//! sealed too: a missing day is a breach. Days leave the trail as a whole, after the longer of both retentions; their
//! digests stay.

use std::{path::PathBuf, sync::Arc, time::Duration};

use chrono::{DateTime, NaiveDate, SecondsFormat, SubsecRound, TimeDelta, Utc};
use entity::{access_log, audit_change, audit_digest, audit_event};
use jsonwebtoken::{Algorithm, crypto};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder, QuerySelect, QueryTrait,
    SqlErr, TransactionTrait,
};

use crate::{
    auth::keys::TokenKeys,
    clock::{civil_day, civil_midnight},
    config::Config,
    db::{
        digest::{self, Content},
        door::Door,
    },
    error::{Error, Result},
};

/// Between two looks at the clock.
const EVERY: Duration = Duration::from_secs(1);
/// Looks until another try, after one that failed.
const PAUSE: u64 = 60;
/// After the end of a day, until it is sealed.
const SETTLING: TimeDelta = TimeDelta::minutes(10);
/// How long after its retirement a key may still sign, in seconds: a day that was being hashed just then.
const LATE_S: i64 = 60;
/// What the first day continues.
const NOTHING: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// With which keys days are signed, and how long they stay.
pub struct Keeping {
    signing_key: PathBuf,
    kept_days: i64,
}

/// What came of a verification.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Verdict {
    /// Days that are as they were sealed.
    pub days: u64,
    /// Acts of those days.
    pub events: i64,
    /// The last sealed day and its hash, to be kept elsewhere.
    pub last: Option<(NaiveDate, String)>,
    /// The first day that is not as it was sealed, and what is wrong.
    pub breach: Option<(NaiveDate, String)>,
}

impl Keeping {
    /// As the settings say.
    pub fn of(config: &Config) -> Self {
        let longer = config.audit_retention_days.max(config.access_log_retention_days);
        Self {
            signing_key: PathBuf::from(&config.signing_key),
            kept_days: i64::try_from(longer).unwrap_or(i64::MAX).min(365_000),
        }
    }

    /// Read anew for each day: a key that was rotated meanwhile is the one to sign with.
    fn keys(&self) -> Result<TokenKeys> {
        TokenKeys::read(&self.signing_key).map_err(Error::broken)
    }

    /// Whether all of a day's retentions are over.
    fn over(&self, day: NaiveDate, today: NaiveDate) -> bool {
        day + TimeDelta::days(self.kept_days) < today
    }
}

/// Seals and forgets until it is dropped.
pub async fn keep(door: Arc<Door>, keeping: Keeping) {
    let (mut done, mut round, mut next) = (None, 0, 0);
    loop {
        tokio::time::sleep(EVERY).await;
        round += 1;
        let ended = ended(&door);
        if done == Some(ended) || round < next {
            continue;
        }
        let kept = async {
            seal(&door, &keeping).await?;
            forget(&door, &keeping).await
        };
        match kept.await {
            Ok(()) => done = Some(ended),
            Err(error) => {
                tracing::error!(?error, "the audit trail could not be sealed; the next try is in a minute");
                next = round + PAUSE;
            }
        }
    }
}

/// The last day that can be sealed.
fn ended(door: &Door) -> NaiveDate {
    civil_day(door.clock.now() - SETTLING) - TimeDelta::days(1)
}

/// Seals every day that has ended and is not sealed yet; the days that this call sealed.
///
/// # Errors
/// `Internal` when the database fails or the signing key can't be read.
pub async fn seal(door: &Door, keeping: &Keeping) -> Result<Vec<NaiveDate>> {
    let mut previous = last(door).await?;
    let mut sealed = Vec::new();
    let first = match &previous {
        Some(row) => Some(row.day + TimeDelta::days(1)),
        None => oldest(door).await?,
    };
    let Some(mut day) = first else { return Ok(sealed) };
    let ended = ended(door);
    if day > ended {
        return Ok(sealed);
    }
    while day <= ended {
        let keys = keeping.keys()?;
        let before = previous.as_ref().map_or(NOTHING, |it| it.hash.as_str());
        let row = signed(door, &keys, day, before).await?;
        if !append(door, row.clone()).await? {
            // Another process sealed it at the same time, and goes on.
            break;
        }
        sealed.push(day);
        day += TimeDelta::days(1);
        previous = Some(row);
    }
    Ok(sealed)
}

async fn signed(door: &Door, keys: &TokenKeys, day: NaiveDate, before: &str) -> Result<audit_digest::Model> {
    let Content { events, changes, accesses, hash } = digest::content(door, day, before).await?;
    let signed_at = door.clock.now().trunc_subsecs(0);
    let message = message(day, &hash, signed_at);
    let signature = crypto::sign(message.as_bytes(), &keys.signing, Algorithm::EdDSA).map_err(Error::internal)?;
    let (previous_hash, kid) = (before.to_owned(), keys.kid.clone());
    Ok(audit_digest::Model { day, events, changes, accesses, hash, previous_hash, signature, kid, signed_at })
}

fn message(day: NaiveDate, hash: &str, signed_at: DateTime<Utc>) -> String {
    format!("tidui audit v1 {day} {hash} {}", signed_at.to_rfc3339_opts(SecondsFormat::Secs, true))
}

/// Adds a digest; false when its day has one already.
#[expect(clippy::disallowed_methods, reason = "digests are written here alone")]
async fn append(door: &Door, row: audit_digest::Model) -> Result<bool> {
    let done = audit_digest::Entity::insert(row.into_active_model().reset_all());
    match done.exec_without_returning(&door.database).await {
        Ok(_) => Ok(true),
        Err(cause) if matches!(cause.sql_err(), Some(SqlErr::UniqueConstraintViolation(_))) => Ok(false),
        Err(cause) => Err(cause.into()),
    }
}

#[expect(clippy::disallowed_methods, reason = "digests are read here alone")]
async fn last(door: &Door) -> Result<Option<audit_digest::Model>> {
    Ok(audit_digest::Entity::find().order_by_desc(audit_digest::Column::Day).one(&door.database).await?)
}

/// The day of the oldest act.
#[expect(clippy::disallowed_methods, reason = "keeping the trail means all of it")]
async fn oldest(door: &Door) -> Result<Option<NaiveDate>> {
    let first = audit_event::Entity::find().order_by_asc(audit_event::Column::RecordedAt).one(&door.database).await?;
    Ok(first.map(|it| civil_day(it.recorded_at)))
}

/// Recomputes every sealed day, or those from one on, and says whether the trail is as it was sealed.
///
/// # Errors
/// `Internal` when the database fails or the signing key can't be read.
#[expect(clippy::disallowed_methods, reason = "digests are read here alone")]
pub async fn verify(door: &Door, keeping: &Keeping, from: Option<NaiveDate>) -> Result<Verdict> {
    let keys = keeping.keys()?;
    let rows = audit_digest::Entity::find().order_by_asc(audit_digest::Column::Day).all(&door.database).await?;
    let last = rows.last().map(|it| (it.day, it.hash.clone()));
    let mut verdict = Verdict { days: 0, events: 0, last, breach: None };
    let mut before: Option<&audit_digest::Model> = None;
    if let (Some(first), Some(oldest)) = (rows.first(), oldest(door).await?)
        && oldest < first.day
    {
        let why = format!("has acts, and the first sealed day is {}", first.day);
        return Ok(Verdict { breach: Some((oldest, why)), ..verdict });
    }
    for row in &rows {
        if from.is_none_or(|from| row.day >= from) {
            if let Some(breach) = breach(door, keeping, &keys, before, row).await? {
                verdict.breach = Some(breach);
                return Ok(verdict);
            }
            verdict.days += 1;
            verdict.events += i64::from(row.events);
        }
        before = Some(row);
    }
    Ok(verdict)
}

/// What is wrong with a sealed day.
async fn breach(
    door: &Door,
    keeping: &Keeping,
    keys: &TokenKeys,
    before: Option<&audit_digest::Model>,
    row: &audit_digest::Model,
) -> Result<Option<(NaiveDate, String)>> {
    let expected = before.map_or(row.day, |it| it.day + TimeDelta::days(1));
    if row.day != expected {
        return Ok(Some((expected, "has no digest, and a later day has one".to_owned())));
    }
    let wrong = |why: &str| Ok(Some((row.day, why.to_owned())));
    let before = before.map_or(NOTHING, |it| it.hash.as_str());
    if row.previous_hash != before {
        return wrong("does not continue the day before");
    }
    if let Some(why) = not_signed(keys, row) {
        return wrong(&why);
    }
    let found = digest::content(door, row.day, before).await?;
    if found.events == 0 && row.events > 0 && keeping.over(row.day, civil_day(door.clock.now())) {
        // Its retention is over, and it went as a whole.
        return Ok(None);
    }
    let counts = |events: i32, changes: i32, accesses: i32| {
        format!("{events} acts, {changes} changed rows and {accesses} opened values")
    };
    let (is, was) =
        (counts(found.events, found.changes, found.accesses), counts(row.events, row.changes, row.accesses));
    if is != was {
        return wrong(&format!("holds {is}; its digest says {was}"));
    }
    if found.hash != row.hash {
        return wrong(&format!("holds {is}, as sealed, but not with the same content"));
    }
    Ok(None)
}

/// Why a digest does not count as signed. A retired key could be in other hands: what it signed after its retirement
/// says nothing, nor does a day that ended only then.
fn not_signed(keys: &TokenKeys, row: &audit_digest::Model) -> Option<String> {
    let Some(key) = keys.public(&row.kid) else {
        return Some(format!("was signed with the key {}, which never was one beside --signing-key", row.kid));
    };
    let message = message(row.day, &row.hash, row.signed_at);
    if !crypto::verify(&row.signature, message.as_bytes(), &key.checking, Algorithm::EdDSA).unwrap_or(false) {
        return Some("has a digest that this server did not sign so".to_owned());
    }
    let ended = civil_midnight(row.day + TimeDelta::days(1));
    let late = key.retired.is_some_and(|it| row.signed_at.timestamp() > it.retired_at + LATE_S);
    if late || row.signed_at < ended {
        return Some(format!("has a digest that the key {} could not sign at {}", row.kid, row.signed_at));
    }
    None
}

/// Removes the sealed days whose retention is over, oldest first, each in a transaction of its own.
async fn forget(door: &Door, keeping: &Keeping) -> Result<()> {
    let Some(sealed) = last(door).await? else { return Ok(()) };
    let today = civil_day(door.clock.now());
    while let Some(day) = oldest(door).await?.filter(|day| *day <= sealed.day && keeping.over(*day, today)) {
        remove(door, day).await?;
        tracing::info!(%day, "a day of the audit trail was removed: its retention is over");
    }
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the one way out of the trail, for whole days whose retention is over")]
async fn remove(door: &Door, day: NaiveDate) -> Result<()> {
    let of_day = audit_event::Column::RecordedAt.lt(civil_midnight(day + TimeDelta::days(1)));
    let acts = audit_event::Entity::find().select_only().column(audit_event::Column::Id).filter(of_day.clone());
    let acts = acts.into_query();
    let tx = door.database.begin_with_options(door.options()).await?;
    let accesses = access_log::Column::EventId.in_subquery(acts.clone());
    access_log::Entity::delete_many().filter(accesses).exec(&tx).await?;
    audit_change::Entity::delete_many().filter(audit_change::Column::EventId.in_subquery(acts)).exec(&tx).await?;
    audit_event::Entity::delete_many().filter(of_day).exec(&tx).await?;
    Ok(tx.commit().await?)
}
