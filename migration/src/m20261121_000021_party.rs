//! When somebody joined the party (入党时间, A0144), as far as known.

use sea_orm_migration::prelude::*;

use crate::alter::{add_text, drop_column};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        // As long as `birth_date`: a year, a month or a day.
        add_text(manager, "cadre", "party_joined_on", 10).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_column(manager, "cadre", "party_joined_on").await
    }
}
