//! An index less: nearly every person has one of two secrecy levels. Without statistics SQLite took it for the narrowest way
//! into the people all the same, and read all of them wherever it was asked for a few.

use sea_orm_migration::prelude::*;

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_cadre_secrecy").to_owned()).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, false, "ix_cadre_secrecy", "cadre", &["secrecy_level"]).await
    }
}
