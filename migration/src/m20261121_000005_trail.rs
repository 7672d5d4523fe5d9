//! Who opened which sensitive value; the signed digest of each day; ways through the audit trail by time and request.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// Indexes on tables of earlier migrations, with their columns.
const INDEXES: [(&str, &str, &[&str]); 2] = [
    ("ix_audit_event_recorded", "audit_event", &["recorded_at", "id"]),
    ("ix_audit_event_request", "audit_event", &["request_id"]),
];

const PURPOSES: [&str; 7] =
    ["APPOINTMENT", "POOL_REVIEW", "INSPECTION", "FILE_REVIEW", "STATISTICS_CHECK", "CORRECTION", "SUPERVISION"];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "access_log")
            .key()
            .refer("event_id", "audit_event")
            .refer("cadre_id", "cadre")
            .kind("field", &["IDENTITY_NUMBER", "PHONE"])
            .kind("purpose", &PURPOSES)
            .text("reason", 200)
            .refer("account_id", "account")
            .moment("recorded_at")
            .create()
            .await?;
        index(manager, false, "ix_access_log_cadre", "access_log", &["cadre_id", "id"]).await?;
        index(manager, false, "ix_access_log_event", "access_log", &["event_id"]).await?;
        index(manager, false, "ix_access_log_account", "access_log", &["account_id"]).await?;
        Columns::of(manager, "audit_digest")
            .day("day")
            .number("events")
            .number("changes")
            .number("accesses")
            .text("hash", 64)
            .text("previous_hash", 64)
            .text("signature", 100)
            .text("kid", 64)
            .moment("signed_at")
            .keyed_by(&["day"])
            .create()
            .await?;
        for (name, table, columns) in INDEXES {
            index(manager, false, name, table, columns).await?;
        }
        // Who is overseen is asked by organization.
        index(manager, false, "ix_account_grant_organization", "account_grant", &["organization_id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for name in ["ix_account_grant_organization"].into_iter().chain(INDEXES.map(|(name, ..)| name)) {
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
        }
        drop_all(manager, &["audit_digest", "access_log"]).await
    }
}
