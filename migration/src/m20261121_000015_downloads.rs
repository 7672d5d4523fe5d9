//! Files that go out, each on record; imports of forms beside those of rosters; readings of a row as it stood in its file.

use sea_orm_migration::{prelude::*, sea_orm::ConnectionTrait};

use crate::{
    alter::{add_kind, allow, drop_column},
    columns::{Columns, drop_all, index},
};

const PURPOSES: &[&str] = &[
    "APPOINTMENT",
    "POOL_REVIEW",
    "INSPECTION",
    "FILE_REVIEW",
    "STATISTICS_CHECK",
    "CORRECTION",
    "SUPERVISION",
    "OWN_COPY",
];
/// The tables that name a sealed value.
const SEALED: [&str; 2] = ["cadre_sealed", "access_log"];
const FEWER: &[&str] = &["IDENTITY_NUMBER", "PHONE"];
const MORE: &[&str] = &["IDENTITY_NUMBER", "PHONE", "IMPORTED_ROW"];

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        add_kind(manager, "import", "kind", &["ROSTER", "FORM"], Some("ROSTER")).await?;
        for table in SEALED {
            allow(manager, table, "field", FEWER, MORE).await?;
        }
        Columns::of(manager, "export")
            .key()
            .kind("kind", &["ROSTER", "POOL", "FORM"])
            .refer("organization_id", "organization")
            .refer_maybe("pool_id", "reserve_pool")
            .refer_maybe("cadre_id", "cadre")
            .day("as_of")
            .kind("purpose", PURPOSES)
            .text("reason", 200)
            .flag("without_numbers")
            .number_maybe("row_count")
            .moment("ordered_at")
            .refer("ordered_by", "account")
            .uuid_maybe("token_id")
            .uuid_maybe("sign_in_id")
            .moment_maybe("made_at")
            .version()
            .create()
            .await?;
        index(manager, false, "ix_export_organization", "export", &["organization_id", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["export"]).await?;
        for table in SEALED {
            // What the old set does not know is of no use without it; a reading stays on record in the audit trail.
            let gone = format!("DELETE FROM \"{table}\" WHERE \"field\" = 'IMPORTED_ROW'");
            manager.get_connection().execute_unprepared(&gone).await?;
            allow(manager, table, "field", MORE, FEWER).await?;
        }
        drop_column(manager, "import", "kind").await
    }
}
