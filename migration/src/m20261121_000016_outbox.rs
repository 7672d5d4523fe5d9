//! The outbox: what changed in pairs and memberships, for those who follow them.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "outbox")
            .key()
            .long_maybe("sequence")
            .kind("topic", &["PAIR", "MEMBERSHIP"])
            .uuid("subject_id")
            .uuid_maybe("restricted_id")
            .text("action", 64)
            .moment("recorded_at")
            .create()
            .await?;
        index(manager, true, "uq_outbox_sequence", "outbox", &["sequence"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["outbox"]).await
    }
}
