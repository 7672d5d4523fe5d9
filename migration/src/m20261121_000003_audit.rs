//! The audit trail, and the memory of clients' idempotency keys.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "audit_event")
            .key()
            .moment("recorded_at")
            .refer_maybe("account_id", "account")
            .text("role", 200)
            .text("action", 60)
            .kind("outcome", &["DONE", "REFUSED"])
            .text("request_id", 60)
            .text_maybe("purpose", 500)
            .text("tables", 1000)
            .flag("published")
            .create()
            .await?;
        index(manager, false, "ix_audit_event_account", "audit_event", &["account_id", "recorded_at"]).await?;
        // The sweeper looks every second for what is not published: nearly always nothing.
        let unpublished = "CREATE INDEX ix_audit_event_unpublished ON audit_event (id) WHERE published = FALSE";
        manager.get_connection().execute_unprepared(unpublished).await?;
        Columns::of(manager, "audit_change")
            .key()
            .refer("event_id", "audit_event")
            .text("table_name", 60)
            .uuid("row_id")
            .kind("kind", &["INSERT", "UPDATE", "DELETE"])
            .long_text_maybe("before_values")
            .long_text_maybe("after_values")
            .create()
            .await?;
        index(manager, false, "ix_audit_change_event", "audit_change", &["event_id"]).await?;
        index(manager, false, "ix_audit_change_row", "audit_change", &["row_id"]).await?;
        Columns::of(manager, "idempotency_record")
            .refer("account_id", "account")
            .text("action", 60)
            .text("idempotency_key", 100)
            .text("input_hash", 64)
            .uuid("outcome_id")
            .moment("recorded_at")
            .keyed_by(&["account_id", "action", "idempotency_key"])
            .create()
            .await?;
        index(manager, false, "ix_idempotency_record_age", "idempotency_record", &["recorded_at"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["idempotency_record", "audit_change", "audit_event"]).await
    }
}
