//! Editions of policies: the dated rule documents of organizations.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "policy_edition")
            .key()
            .refer("organization_id", "organization")
            .text("code", 60)
            .number("edition")
            .text("title", 200)
            .kind("state", &["DRAFT", "PUBLISHED"])
            .day("valid_from")
            .day_maybe("valid_to")
            .long_text("body")
            .refer_maybe("drafted_by", "account")
            .moment("drafted_at")
            .refer_maybe("published_by", "account")
            .moment_maybe("published_at")
            .version()
            .create()
            .await?;
        let columns = ["organization_id", "code", "edition"];
        index(manager, true, "uq_policy_edition_number", "policy_edition", &columns).await?;
        // One edition has effect in one place on one day: the last one that began.
        let begins = "CREATE UNIQUE INDEX uq_policy_edition_begin ON policy_edition (organization_id, code, valid_from) \
                      WHERE state = 'PUBLISHED'";
        manager.get_connection().execute_unprepared(begins).await?;
        index(manager, false, "ix_policy_edition_code", "policy_edition", &["code", "state"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["policy_edition"]).await
    }
}
