//! The access log tells who was shown the findings on a person, too: without a purpose, for none is asked for.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::alter::allow;

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

const FIELDS: [&str; 3] = ["IDENTITY_NUMBER", "PHONE", "IMPORTED_ROW"];
const FIELDS_NOW: [&str; 4] = ["IDENTITY_NUMBER", "PHONE", "IMPORTED_ROW", "FINDINGS"];
const PURPOSES: [&str; 8] = [
    "APPOINTMENT",
    "POOL_REVIEW",
    "INSPECTION",
    "FILE_REVIEW",
    "STATISTICS_CHECK",
    "CORRECTION",
    "SUPERVISION",
    "OWN_COPY",
];
const PURPOSES_NOW: [&str; 9] = [
    "APPOINTMENT",
    "POOL_REVIEW",
    "INSPECTION",
    "FILE_REVIEW",
    "STATISTICS_CHECK",
    "CORRECTION",
    "SUPERVISION",
    "OWN_COPY",
    "NOT_STATED",
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        allow(manager, "access_log", "field", &FIELDS, &FIELDS_NOW).await?;
        allow(manager, "access_log", "purpose", &PURPOSES, &PURPOSES_NOW).await?;
        // One closed set for both, though no export goes without a purpose.
        allow(manager, "export", "purpose", &PURPOSES, &PURPOSES_NOW).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.get_connection().execute_unprepared("DELETE FROM access_log WHERE field = 'FINDINGS'").await?;
        allow(manager, "export", "purpose", &PURPOSES_NOW, &PURPOSES).await?;
        allow(manager, "access_log", "purpose", &PURPOSES_NOW, &PURPOSES).await?;
        allow(manager, "access_log", "field", &FIELDS_NOW, &FIELDS).await
    }
}
