//! With which key a value is sealed, so that the key can rotate.

use sea_orm_migration::{prelude::*, sea_orm::DbBackend};

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let mut column = ColumnDef::new("key_id");
        column.string_len(16).not_null().default("");
        if manager.get_database_backend() == DbBackend::Postgres {
            column.extra("COLLATE \"C\"");
        }
        manager.alter_table(Table::alter().table("cadre_sealed").add_column(column).to_owned()).await?;
        index(manager, false, "ix_cadre_sealed_key", "cadre_sealed", &["key_id", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_cadre_sealed_key").to_owned()).await?;
        manager.alter_table(Table::alter().table("cadre_sealed").drop_column("key_id").to_owned()).await
    }
}
