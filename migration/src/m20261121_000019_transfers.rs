//! Moves of persons from one organization to another: offered, taken, refused, or made in one step.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        Columns::of(manager, "cadre_transfer")
            .key()
            .refer("cadre_id", "cadre")
            .refer("from_id", "organization")
            .text("from_name", 120)
            .refer("to_id", "organization")
            .text("to_name", 120)
            .kind("state", &["OFFERED", "COMPLETED", "REFUSED", "WITHDRAWN"])
            .day_maybe("effective_on")
            .text_maybe("document_number", 80)
            .text_maybe("reason", 500)
            .refer_maybe("offered_by", "account")
            .moment("offered_at")
            .refer_maybe("decided_by", "account")
            .moment_maybe("decided_at")
            .text_maybe("answer", 500)
            .version()
            .create()
            .await?;
        // A person is offered to one organization at a time; what is over is history.
        let open = "CREATE UNIQUE INDEX uq_cadre_transfer_open ON cadre_transfer (cadre_id) WHERE state = 'OFFERED'";
        manager.get_connection().execute_unprepared(open).await?;
        index(manager, false, "ix_cadre_transfer_cadre", "cadre_transfer", &["cadre_id", "effective_on"]).await?;
        index(manager, false, "ix_cadre_transfer_from", "cadre_transfer", &["from_id", "id"]).await?;
        index(manager, false, "ix_cadre_transfer_to", "cadre_transfer", &["to_id", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["cadre_transfer"]).await
    }
}
