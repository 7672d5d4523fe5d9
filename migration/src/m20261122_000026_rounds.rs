//! What time makes of due items, the daily round that finds it, and the jobs that the round is.
//!
//! The tables of the jobs belong to the library that keeps them (apalis 1.0.0): their names, columns and the function
//! `get_jobs` are those that its own migrations lead to, without what its statements do not ask for. It is pinned to that
//! version: a newer one may come with a migration of ours. On PostgreSQL they stand in a schema of their own, and its
//! `hstore`, which the library writes, stays when they go: others may use it.

use sea_orm_migration::{
    prelude::*,
    sea_orm::{ConnectionTrait, DbBackend},
};

use crate::{
    alter::allow,
    columns::{Columns, drop_all, index},
};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const SUBJECTS: [&str; 8] = ["MEMBERSHIP", "POOL", "PAIR", "CADRE", "ORGANIZATION", "FACT", "TALK", "ISSUE"];
const TOPICS: [&str; 2] = ["PAIR", "MEMBERSHIP"];
const TOPICS_NOW: [&str; 3] = ["PAIR", "MEMBERSHIP", "DUTY"];

const JOBS_ON_SQLITE: &str = "\
    CREATE TABLE Workers (\
        id TEXT NOT NULL PRIMARY KEY, worker_type TEXT NOT NULL, storage_name TEXT NOT NULL, layers TEXT, \
        last_seen INTEGER NOT NULL DEFAULT (strftime('%s', 'now')), started_at INTEGER); \
    CREATE TABLE Jobs (\
        job BLOB NOT NULL, id TEXT NOT NULL PRIMARY KEY, job_type TEXT NOT NULL, status TEXT NOT NULL DEFAULT 'Pending', \
        attempts INTEGER NOT NULL DEFAULT 0, max_attempts INTEGER NOT NULL DEFAULT 25, \
        run_at INTEGER NOT NULL DEFAULT (strftime('%s', 'now')), last_result TEXT, lock_at INTEGER, lock_by TEXT, \
        done_at INTEGER, priority INTEGER NOT NULL DEFAULT 0, metadata TEXT, idempotency_key TEXT, \
        CONSTRAINT fk_Jobs_lock_by FOREIGN KEY (lock_by) REFERENCES Workers (id)); \
    CREATE UNIQUE INDEX uq_Jobs_idempotency_key ON Jobs (job_type, idempotency_key); \
    CREATE INDEX ix_Jobs_status ON Jobs (job_type, status, priority DESC, run_at); \
    CREATE INDEX ix_Jobs_lock_by ON Jobs (lock_by)";

const JOBS_ON_POSTGRES: &str = "\
    CREATE EXTENSION IF NOT EXISTS hstore; \
    CREATE SCHEMA apalis; \
    CREATE TABLE apalis.workers (\
        id text NOT NULL PRIMARY KEY, worker_type text NOT NULL, storage_name text NOT NULL, \
        layers text NOT NULL DEFAULT '', last_seen timestamptz NOT NULL DEFAULT now(), started_at timestamptz); \
    CREATE TABLE apalis.jobs (\
        job bytea NOT NULL, id text NOT NULL PRIMARY KEY, job_type text NOT NULL, status text NOT NULL DEFAULT 'Pending', \
        attempts integer NOT NULL DEFAULT 0, max_attempts integer NOT NULL DEFAULT 25, \
        run_at timestamptz NOT NULL DEFAULT now(), last_result jsonb, lock_at timestamptz, lock_by text, \
        done_at timestamptz, priority integer NOT NULL DEFAULT 0, idempotency_key text, metadata hstore, \
        CONSTRAINT fk_jobs_lock_by FOREIGN KEY (lock_by) REFERENCES apalis.workers (id)); \
    CREATE UNIQUE INDEX uq_jobs_idempotency_key ON apalis.jobs (job_type, idempotency_key); \
    CREATE INDEX ix_jobs_fetch ON apalis.jobs (job_type, priority DESC, run_at) \
        WHERE status = 'Pending' OR (status = 'Failed' AND attempts < max_attempts); \
    CREATE INDEX ix_jobs_lock_by ON apalis.jobs (lock_by); \
    CREATE FUNCTION apalis.get_jobs(worker_id text, v_job_type text, v_job_count integer DEFAULT 5) \
        RETURNS SETOF apalis.jobs LANGUAGE sql VOLATILE AS $$ \
            WITH next AS (\
                SELECT id FROM apalis.jobs \
                WHERE (status = 'Pending' OR (status = 'Failed' AND attempts < max_attempts)) \
                    AND run_at < now() AND job_type = v_job_type \
                ORDER BY priority DESC, run_at ASC LIMIT v_job_count FOR UPDATE SKIP LOCKED) \
            UPDATE apalis.jobs AS jobs SET status = 'Queued', lock_by = worker_id, lock_at = now() \
            FROM next WHERE jobs.id = next.id RETURNING jobs.*; \
        $$";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "duty_step")
            .key()
            .refer("edition_id", "policy_edition")
            .text("code", 60)
            .refer("organization_id", "organization")
            .kind("subject_kind", &SUBJECTS)
            .uuid("subject_id")
            .refer_maybe("cadre_id", "cadre")
            .day("due_on")
            .number("step")
            .text_maybe("proposed", 60)
            .day("reached_on")
            .version()
            .create()
            .await?;
        index(manager, true, "uq_duty_step_item", "duty_step", &["subject_id", "code", "due_on", "step"]).await?;
        index(manager, false, "ix_duty_step_cadre", "duty_step", &["cadre_id", "due_on"]).await?;
        index(manager, false, "ix_duty_step_organization", "duty_step", &["organization_id", "id"]).await?;
        let round = Columns::of(manager, "job_round").text("job", 60).day("day").moment("ended_at");
        round.keyed_by(&["job"]).create().await?;
        allow(manager, "outbox", "topic", &TOPICS, &TOPICS_NOW).await?;
        let jobs = match manager.get_database_backend() {
            DbBackend::Postgres => JOBS_ON_POSTGRES,
            _ => JOBS_ON_SQLITE,
        };
        manager.get_connection().execute_unprepared(jobs).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let jobs = match manager.get_database_backend() {
            DbBackend::Postgres => {
                "DROP FUNCTION apalis.get_jobs; DROP TABLE apalis.jobs, apalis.workers; DROP SCHEMA apalis"
            }
            _ => "DROP TABLE Jobs; DROP TABLE Workers",
        };
        manager.get_connection().execute_unprepared(jobs).await?;
        // Numbers rise on from the highest one: it must not go, whatever it tells.
        let told =
            "UPDATE outbox SET topic = 'PAIR' WHERE topic = 'DUTY' AND sequence = (SELECT max(sequence) FROM outbox)";
        manager.get_connection().execute_unprepared(told).await?;
        manager.get_connection().execute_unprepared("DELETE FROM outbox WHERE topic = 'DUTY'").await?;
        allow(manager, "outbox", "topic", &TOPICS_NOW, &TOPICS).await?;
        drop_all(manager, &["job_round", "duty_step"]).await
    }
}
