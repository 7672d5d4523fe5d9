//! What row policies ask of each row, by indexes that hold the answer: whether an organization stands under another, and
//! whether a person is above what most may see. Next to nobody is, so that index is next to empty.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::columns::index;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

/// As policies write it: the planner must see that who is above a higher ceiling is in it too.
const ABOVE: &str = "NOT secrecy_level IN ('PUBLIC', 'INTERNAL')";

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let below = ["descendant_id", "ancestor_id", "depth"];
        index(manager, false, "ix_organization_closure_reach", "organization_closure", &below).await?;
        drop(manager, "ix_organization_closure_descendant", "organization_closure").await?;
        let above = format!("CREATE INDEX ix_cadre_above ON cadre (id) WHERE {ABOVE}");
        manager.get_connection().execute_unprepared(&above).await.map(|_| ())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop(manager, "ix_cadre_above", "cadre").await?;
        index(manager, false, "ix_organization_closure_descendant", "organization_closure", &["descendant_id"]).await?;
        drop(manager, "ix_organization_closure_reach", "organization_closure").await
    }
}

async fn drop(manager: &SchemaManager<'_>, name: &'static str, table: &'static str) -> Result<(), DbErr> {
    manager.drop_index(Index::drop().name(name).table(table).to_owned()).await
}
