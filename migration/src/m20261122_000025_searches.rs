//! The assessments of one person by an index, whatever became of them: the unique one knows those on record alone.

use sea_orm_migration::prelude::*;

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        index(manager, false, "ix_assessment_cadre", "assessment", &["cadre_id", "year"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.drop_index(Index::drop().name("ix_assessment_cadre").table("assessment").to_owned()).await
    }
}
