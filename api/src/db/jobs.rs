//! Jobs: work that nobody waits for, in tables of the same database, done by whichever process claims it first.
//!
//! The library (apalis) keeps them: one is asked for once by its name, claimed by one worker, and given to another where the
//! process that has it shows no sign of life. A try that fails is made again, later each time, and told in the log and the
//! metrics. What a job does must bear being done twice all the same: a process that is cut off from the database looks dead
//! to the others. Nothing of the field stands in a job, only for which day it is.
//!
//! The schema of those tables comes by our own migration, and the time by which they are claimed is the database's; for
//! which civil day a job is to be done, the clock of this house says.

use std::{sync::Arc, time::Duration};

use apalis::{
    layers::{
        WorkerBuilderExt,
        retry::{
            HasherRng, RetryPolicy,
            backoff::{ExponentialBackoffMaker, MakeBackoff},
        },
    },
    prelude::{BackendExt, TaskBuilder, TaskSink, WorkerBuilder},
};
use apalis_postgres::PostgresStorage;
use apalis_sqlite::SqliteStorage;
use chrono::NaiveDate;
use entity::job_round;
use futures_util::stream;
use sea_orm::{
    ConnectionTrait, DbBackend, EntityTrait, Set,
    sea_query::{Expr, ExprTrait, OnConflict},
};
use serde::{Deserialize, Serialize};
use tokio::sync::Notify;
use uuid::Uuid;

use crate::{
    auth::policy::Job,
    db::{door::Door, session::Session},
    error::Result,
};

/// Between two looks at the day.
const LOOK: Duration = Duration::from_secs(1);
/// Between two signs of life of a worker; it looks for jobs as often.
const BEAT: Duration = Duration::from_secs(5);
/// Signs of life that a worker may owe before its jobs are given to others.
const SILENT_BEATS: usize = 3;
/// How often a job is tried again. After that it rests until it is asked for anew, the next hour.
const MORE_TRIES: usize = 8;
/// How long a worker waits between two tries: first, and at most.
const FIRST_PAUSE: Duration = Duration::from_secs(1);
const LONGEST_PAUSE: Duration = Duration::from_secs(120);
/// By how much a pause is made longer or shorter, so that workers do not come at one moment.
const JITTER: f64 = 0.3;
/// What nobody asks about any more: jobs that were over for a week, workers that were silent for a day.
const FORGET_ON_POSTGRES: &str = "\
    DELETE FROM apalis.jobs WHERE done_at < now() - interval '7 days' AND status IN ('Done', 'Failed', 'Killed'); \
    DELETE FROM apalis.workers AS gone WHERE last_seen < now() - interval '1 day' \
        AND NOT EXISTS (SELECT 1 FROM apalis.jobs WHERE lock_by = gone.id)";
const FORGET_ON_SQLITE: &str = "\
    DELETE FROM Jobs WHERE CAST(done_at AS integer) < strftime('%s', 'now') - 604800 \
        AND status IN ('Done', 'Failed', 'Killed'); \
    DELETE FROM Workers WHERE CAST(last_seen AS integer) < strftime('%s', 'now') - 86400 \
        AND NOT EXISTS (SELECT 1 FROM Jobs WHERE lock_by = Workers.id)";

/// Work that is done once for each civil day, soon after it begins: by one process of all, and at the next start where none
/// ran. Begun anew where a process died over it, so it must bear that.
pub trait Daily: Send + Sync + 'static {
    /// Its name, of all jobs of its kind.
    const NAME: &'static str;
    /// As what the server does it.
    const JOB: Job;
    /// Does it for a day; `last` is the day for which it was done before, where it ever was.
    fn work(session: &Session, last: Option<NaiveDate>, day: NaiveDate) -> impl Future<Output = Result<()>> + Send;
}

/// A job as it stands in the database.
#[derive(Clone, Debug, Serialize, Deserialize)]
struct Asked {
    day: NaiveDate,
}

/// Asks for the work of each day, and does what is asked for, until it is dropped.
pub async fn keep<D: Daily>(door: Arc<Door>) {
    let wake = Arc::new(Notify::new());
    let working = async {
        loop {
            let ended = match door.database.get_database_backend() {
                DbBackend::Postgres => on_postgres::<D>(&door, wake.clone()).await,
                _ => on_sqlite::<D>(&door, wake.clone()).await,
            };
            // The database is away, or was: another worker begins anew, and what this one held is given to it in time.
            tracing::warn!(job = D::NAME, cause = ended.err(), "a worker of jobs ended; another begins");
            tokio::time::sleep(BEAT).await;
        }
    };
    tokio::join!(asking::<D>(&door, &wake), working);
}

/// Looks each second whether the work of the civil day is done. Where it is not it is asked for, once an hour: a job that
/// failed for good must not be the last of its day.
async fn asking<D: Daily>(door: &Arc<Door>, wake: &Notify) {
    let (mut done, mut asked) = (None, String::new());
    loop {
        let day = door.clock.today();
        let name = format!("{day} {}", door.clock.now().format("%dT%H"));
        if done != Some(day) && asked != name {
            match last::<D>(door).await {
                Ok(last) if last >= Some(day) => {
                    done = Some(day);
                    forget(door).await;
                }
                Ok(_) => match ask::<D>(door, day, &name).await {
                    Ok(()) => {
                        asked = name;
                        wake.notify_one();
                    }
                    Err(cause) => tracing::warn!(job = D::NAME, cause, "a job could not be asked for"),
                },
                Err(error) => tracing::warn!(job = D::NAME, ?error, "it can't be told for which day a job was done"),
            }
        }
        tokio::time::sleep(LOOK).await;
    }
}

/// For which day the work was done last.
#[expect(clippy::disallowed_methods, reason = "which days are done is no record of the field")]
async fn last<D: Daily>(door: &Door) -> Result<Option<NaiveDate>> {
    Ok(job_round::Entity::find_by_id(D::NAME.to_owned()).one(&door.database).await?.map(|it| it.day))
}

/// Puts down that the work of a day is done. A later day that stands there stays.
#[expect(clippy::disallowed_methods, reason = "which days are done is no record of the field")]
async fn end<D: Daily>(door: &Door, day: NaiveDate) -> Result<()> {
    let row = job_round::ActiveModel { job: Set(D::NAME.to_owned()), day: Set(day), ended_at: Set(door.clock.now()) };
    let later = Expr::col((job_round::Entity, job_round::Column::Day)).lt(day);
    let there = OnConflict::column(job_round::Column::Job)
        .update_columns([job_round::Column::Day, job_round::Column::EndedAt])
        .action_and_where(later)
        .to_owned();
    job_round::Entity::insert(row).on_conflict(there).exec_without_returning(&door.database).await?;
    Ok(())
}

async fn forget(door: &Door) {
    let old = match door.database.get_database_backend() {
        DbBackend::Postgres => FORGET_ON_POSTGRES,
        _ => FORGET_ON_SQLITE,
    };
    if let Err(cause) = door.database.execute_unprepared(old).await {
        tracing::warn!(%cause, "old jobs could not be removed");
    }
}

/// Does a job that was claimed: for the day that it is now, whatever the day on which it was asked for.
async fn perform<D: Daily>(door: &Arc<Door>) -> Result<()> {
    if let Some(fault) = &door.faults.in_job {
        fault()?;
    }
    let session = door.job(D::JOB, None);
    let (day, last) = (session.today(), last::<D>(door).await?);
    if last >= Some(day) {
        return Ok(());
    }
    D::work(&session, last, day).await?;
    end::<D>(door, day).await
}

/// The same, as the library wants it. What went wrong stands in our log alone.
async fn tried<D: Daily>(door: Arc<Door>, asked: Asked) -> std::result::Result<(), std::io::Error> {
    match perform::<D>(&door).await {
        Ok(()) => {
            door.metrics.jobs_done.add(1);
            Ok(())
        }
        Err(error) => {
            door.metrics.jobs_failed.add(1);
            tracing::error!(job = D::NAME, day = %asked.day, ?error, "a job failed; it is tried again");
            Err(std::io::Error::other("it failed: see the log of the server"))
        }
    }
}

/// A job of a day, asked for by a name: the same name twice is one job.
fn task(day: NaiveDate, name: &str) -> apalis::prelude::Task<Asked> {
    TaskBuilder::new(Asked { day }).idempotency_key(name).max_attempts(MORE_TRIES + 1).build()
}

async fn ask<D: Daily>(door: &Door, day: NaiveDate, name: &str) -> std::result::Result<(), String> {
    match door.database.get_database_backend() {
        DbBackend::Postgres => {
            let config = apalis_postgres::Config::default().queue(D::NAME);
            let pool = door.database.get_postgres_connection_pool();
            let mut storage = PostgresStorage::<Asked>::new(pool).with_config(config);
            let told = storage.push_task(task(day, name)).await.map_err(|cause| cause.to_string());
            // Another process was faster.
            told.or_else(|cause| if cause.contains("uq_jobs_idempotency_key") { Ok(()) } else { Err(cause) })
        }
        _ => {
            let config = apalis_sqlite::Config::default().queue(D::NAME);
            let pool = door.database.get_sqlite_connection_pool();
            let mut storage = SqliteStorage::<Asked>::new(pool).with_config(config);
            storage.push_task(task(day, name)).await.map_err(|cause| cause.to_string())
        }
    }
}

/// Runs a worker over a storage: one job at a time, each tried some times, later each time.
macro_rules! worker {
    ($storage:expr, $door:expr, $wake:expr, $daily:ident) => {{
        let pauses = ExponentialBackoffMaker::new(FIRST_PAUSE, LONGEST_PAUSE, JITTER, HasherRng::default());
        let pauses = pauses.map_err(|cause| cause.to_string())?.make_backoff();
        let woken = stream::unfold($wake, async |wake| {
            wake.notified().await;
            Some(((), wake))
        });
        let door = $door.clone();
        let worker = WorkerBuilder::new(format!("{}-{}", $daily::NAME, Uuid::now_v7()))
            .backend($storage.poll_with_stream(Box::pin(woken)))
            // In this order: a turn that is taken within a try would be waited for by the next try for ever.
            .concurrency(1)
            .retry(RetryPolicy::retries(MORE_TRIES).with_backoff(pauses))
            .build(move |asked: Asked| tried::<$daily>(door.clone(), asked));
        worker.run().await.map_err(|cause| cause.to_string())
    }};
}

async fn on_postgres<D: Daily>(door: &Arc<Door>, wake: Arc<Notify>) -> std::result::Result<(), String> {
    let mut config = apalis_postgres::Config::default().queue(D::NAME).heartbeat_interval(BEAT).batch_size(1);
    config.missed_heartbeats = SILENT_BEATS;
    let pool = door.database.get_postgres_connection_pool();
    worker!(PostgresStorage::<Asked>::new(pool).with_config(config), door, wake, D)
}

async fn on_sqlite<D: Daily>(door: &Arc<Door>, wake: Arc<Notify>) -> std::result::Result<(), String> {
    let mut config = apalis_sqlite::Config::default().queue(D::NAME).heartbeat_interval(BEAT).batch_size(1);
    config.missed_heartbeats = SILENT_BEATS;
    let pool = door.database.get_sqlite_connection_pool();
    worker!(SqliteStorage::<Asked>::new(pool).with_config(config), door, wake, D)
}
