//! Imports of rosters: each import, and the rows of its file sealed as they stood there.

use sea_orm_migration::prelude::*;

use crate::columns::{Columns, drop_all, index};

#[derive(DeriveMigrationName)]
pub(crate) struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let counts = ["rows_read", "added", "changed", "unchanged", "skipped", "errors", "warnings", "hints"];
        let import = Columns::of(manager, "import")
            .key()
            .refer("organization_id", "organization")
            .text("file_name", 200)
            .text("file_hash", 64)
            .kind("mode", &["ALL", "GOOD"]);
        counts
            .into_iter()
            .fold(import, Columns::number)
            .moment("imported_at")
            .refer_maybe("imported_by", "account")
            .version()
            .create()
            .await?;
        index(manager, false, "ix_import_organization", "import", &["organization_id", "id"]).await?;
        index(manager, false, "ix_import_file", "import", &["file_hash", "organization_id"]).await?;
        Columns::of(manager, "import_row")
            .key()
            .refer("import_id", "import")
            .number("line")
            .refer_maybe("cadre_id", "cadre")
            .bytes("cells")
            .text("key_id", 16)
            .version()
            .create()
            .await?;
        index(manager, false, "ix_import_row_import", "import_row", &["import_id", "line"]).await?;
        index(manager, false, "ix_import_row_cadre", "import_row", &["cadre_id"]).await?;
        index(manager, false, "ix_import_row_key", "import_row", &["key_id", "id"]).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        drop_all(manager, &["import_row", "import"]).await
    }
}
